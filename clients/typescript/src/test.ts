// What a program of an agency does: it reads duties, writes a record once, reads it back, changes
// it, and is told why where it may not. Every type comes from docs/reference/openapi.json.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./fazun.js";

type Schemas = components["schemas"];

function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

const baseUrl = setting("FAZUN_URL").replace(/\/$/, "");
const agency = setting("FAZUN_AGENCY");
const client = createClient<paths>({
  baseUrl,
  headers: { authorization: `Bearer ${setting("FAZUN_TOKEN")}` },
});

/** What an answer carries; a refusal is told in its own words. */
function given<T>(answer: { data?: T; error?: unknown; response: Response }, status: number): T {
  assert.equal(answer.response.status, status, JSON.stringify(answer.error));
  assert.ok(answer.response.headers.get("x-request-id"));
  assert.ok(answer.data !== undefined);
  return answer.data;
}

/** The problem of a refusal. */
function refused(answer: { error?: Schemas["Problem"]; response: Response }, status: number): Schemas["Problem"] {
  assert.equal(answer.response.status, status);
  assert.ok(answer.error);
  assert.equal(answer.error.status, status);
  assert.ok(answer.error.detail && answer.error.next && answer.error.request);
  return answer.error;
}

/** A record of the register of systems; the register says which fields its body has. */
function system(record: Schemas["SavedRecord"]): Schemas["system_record"] {
  // A token that is not for reading would be told only that it wrote.
  if (!("body" in record) || record.register !== "system") {
    throw new Error(`a record of ${record.register}`);
  }
  return record;
}

async function duties(): Promise<number> {
  const me = given(await client.GET("/api/v1/me"), 200);
  assert.ok(me.grants.some((grant) => grant.agency === agency && grant.role === "officer"));
  const path = { agency };
  const found = given(
    await client.GET("/api/v1/agencies/{agency}/duties", { params: { path, query: { at: "2026-11-21" } } }),
    200,
  ).duties;
  assert.ok(found.length > 20, `${found.length} duties`);
  for (const duty of found) {
    assert.ok(duty.title && duty.reason, duty.key);
    assert.ok(duty.binding.length > 0 || duty.verdict !== "not_met", duty.key);
  }
  const first = found[0];
  assert.ok(first);
  const one = given(
    await client.GET("/api/v1/agencies/{agency}/duties/{key}", {
      params: { path: { agency, key: first.key }, query: { at: "2026-11-21" } },
    }),
    200,
  ).duties;
  assert.deepEqual(one, found.filter((duty) => duty.key === first.key));
  return found.length;
}

async function records(): Promise<void> {
  const path = { agency, register: "system" } as const;
  const list = "/api/v1/agencies/{agency}/registers/{register}/records" as const;
  const single = "/api/v1/agencies/{agency}/registers/{register}/records/{id}" as const;
  const body = { name: "程式登錄之系統", note: "由產生之用戶端登錄" } satisfies Schemas["system"];

  // Sent twice under one key, it is done once.
  const header = { "Idempotency-Key": randomUUID() };
  const made = await client.POST(list, { params: { path, header }, body });
  const record = system(given(made, 201));
  const again = await client.POST(list, { params: { path, header }, body });
  assert.deepEqual(given(again, 200), record);
  assert.equal(record.body.name, body.name);
  assert.equal(record.body.note, body.note);
  assert.equal(made.response.headers.get("etag"), `"${record.version}"`);
  const location = made.response.headers.get("location");
  assert.ok(location?.endsWith(record.id), String(location));

  // It is read back as it was written.
  const one = { ...path, id: record.id };
  const read = given(await client.GET(single, { params: { path: one } }), 200);
  assert.deepEqual(read, record);
  const page = given(await client.GET(list, { params: { path, query: { q: body.name } } }), 200);
  assert.equal(page.total, 1);
  assert.deepEqual(page.records[0], record);

  // It is changed by whoever names the version that was seen, and by nobody else.
  const seen = { "If-Match": `"${record.version}"` };
  const changed = await client.PATCH(single, {
    params: { path: one, header: seen },
    body: { note: "已更新" },
  });
  const newer = system(given(changed, 200));
  assert.equal(newer.version, record.version + 1);
  assert.equal(newer.body.note, "已更新");
  const late = await client.PATCH(single, { params: { path: one, header: seen }, body: { note: "x" } });
  assert.equal(refused(late, 412).code, "stale");
  const past = given(
    await client.GET("/api/v1/agencies/{agency}/registers/{register}/records/{id}/history", {
      params: { path: one },
    }),
    200,
  ).history;
  assert.deepEqual(past.map((entry) => entry.kind), ["created", "amended"]);

  // It is taken back, and gone.
  const gone = await client.DELETE(single, {
    params: { path: one, header: { "If-Match": `"${newer.version}"` } },
    body: { reason: "測試完畢" },
  });
  assert.equal(gone.response.status, 204);
  refused(await client.GET(single, { params: { path: one } }), 404);

  // What is wrong is told field by field.
  const wrong = await client.POST(list, { params: { path }, body: { name: "" } satisfies Schemas["system"] });
  assert.equal(refused(wrong, 422).fields[0]?.field, "name");
}

async function strangers(): Promise<void> {
  const nobody = createClient<paths>({ baseUrl });
  const answer = await nobody.GET("/api/v1/me");
  assert.equal(refused(answer, 401).code, "unauthorised");
  assert.equal(answer.response.headers.get("www-authenticate"), "Bearer");
}

const count = await duties();
await records();
await strangers();
console.log(`client-test: ${count} duties read; a record written once, read back, changed and taken back`);
