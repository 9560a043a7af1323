//! 第二人確認: what would give somebody an officer's rights, or an agency another superior, waits
//! for a second person.
//!
//! Why not the approval of a record: there a draft stands while it is decided on; here nothing may
//! be in force before it is, so the change itself waits beside the row. Why whoever keeps this
//! machine counts as one person: they could write anything, and must not do it alone once somebody
//! else is there who could look; on a new installation there is nobody yet. What it can't know:
//! whether two accounts are one human.

use super::change::{Saved, stale};
use super::check;
use super::decision::{Decision, Verdict};
use super::holds::holds_of;
use super::record::{RecordView, Standing};
use crate::AppError;
use crate::commit::Draft;
use crate::permission::{Action, Allowed, allowed};
use crate::principal::{Role, Scope};
use crate::visit::{Access, Changes, Visit, act};
use registers::RegisterSpec;
use registers::basics::deputy::Deputy;
use registers::basics::member::Member;
use serde_json::{Value, json};
use store::{Holds, NewRow, Receipt, StoredRow};

/// Where changes wait; their register is no register that anybody fills in.
const REGISTER: &str = "pending";
/// The roles whose rights need a second person.
const GUARDED: [Role; 2] = [Role::Officer, Role::Ciso];

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn pending_id(spec: &RegisterSpec, id: &str) -> String {
    format!("{}:{id}", spec.key)
}

/// The change of a record that waits, if one does.
fn waiting_row<'v>(visit: &'v Visit<'_>, spec: &RegisterSpec, id: &str) -> Option<&'v StoredRow> {
    let row = visit.rows().there(REGISTER, &pending_id(spec, id))?;
    (text(&row.body, "state") == "asked").then_some(row)
}

/// Whether some changes of a register wait for a second person.
pub(super) fn guards(spec: &RegisterSpec) -> bool {
    ["agency", "member", "deputy"].contains(&spec.key)
}

/// Whether a change adds to what somebody may do, or says who stands above the agency.
pub(super) fn concerns(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    before: Option<&Value>,
    body: &Value,
) -> Result<bool, AppError> {
    Ok(match spec.key {
        "agency" => {
            let before = before.map(|b| registers::open_ref(spec, b)).transpose()?;
            before.is_some_and(|b| text(&b, "parent") != text(body, "parent"))
        }
        "member" => {
            let next = Member::read(body)?;
            // What can't be read is taken to have said nothing.
            let before = before.and_then(|b| Member::read(b).ok());
            let adds = |before: Member| {
                // A blank day is no end at all.
                let longer = match (before.until, next.until) {
                    (Some(before), Some(next)) => before < next,
                    (before, next) => before.is_some() && next.is_none(),
                };
                longer || (before.name, before.role, before.from) != (next.name.clone(), next.role, next.from)
            };
            GUARDED.contains(&next.role) && before.is_none_or(adds)
        }
        "deputy" => {
            let next = Deputy::read(body)?;
            let member = visit.rows().there("member", &next.member);
            let member = member.map(|row| Member::read(&row.body)).transpose()?;
            let before = before.and_then(|b| Deputy::read(b).ok());
            let differs = |b: Deputy| {
                (b.member, b.deputy, b.from, b.until)
                    != (next.member.clone(), next.deputy.clone(), next.from, next.until)
            };
            member.is_some_and(|m| GUARDED.contains(&m.role)) && before.is_none_or(differs)
        }
        _ => false,
    })
}

/// Who may confirm a change in a register.
fn confirms(spec: &RegisterSpec, role: Role) -> bool {
    match spec.key {
        "agency" => matches!(role, Role::Officer | Role::Ciso),
        _ => allowed(role, Action::Create, spec) == Allowed::Yes,
    }
}

/// Whether a change has to wait for a second person.
pub(super) fn is_needed(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    before: Option<&Value>,
    body: &Value,
) -> Result<bool, AppError> {
    if !concerns(visit, spec, before, body)? {
        return Ok(false);
    }
    if !visit.who().is_local {
        return Ok(true);
    }
    for row in visit.rows().standing("member") {
        let member = Member::read(&row.body)?;
        if confirms(spec, member.role) && member.serves(visit.today()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses who would change the own rights, or stand for somebody by the own word.
pub(super) fn not_ones_own(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    id: &str,
    body: &Value,
) -> Result<(), AppError> {
    let Some(own) = visit.who().id.strip_prefix("member:") else {
        return Ok(());
    };
    let refused = match spec.key {
        "member" if id == own => "不能變更自己的使用者資料",
        "deputy" if text(body, "deputy") == own => "不能登錄自己為他人的代理人",
        _ => return Ok(()),
    };
    Err(AppError::forbidden(
        refused,
        "請由另一位平臺管理者或本機操作者辦理",
    ))
}

fn same_person(visit: &Visit<'_>, asker: &str) -> bool {
    let who = visit.who();
    who.id == asker || (who.is_local && !asker.starts_with("member:"))
}

/// Keeps a change until a second person confirms it.
pub(super) async fn ask<A: Changes>(
    access: &Access<'_, A>,
    (id, before): (&str, Option<&StoredRow>),
    body: Value,
    (receipt, mut holds): (Option<Receipt>, Holds),
) -> Result<Saved, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    let seen = before.map_or(0, |row| row.version);
    if waiting_row(visit, spec, id).is_some_and(|row| !same_person(visit, text(&row.body, "by"))) {
        return Err(AppError::conflict(
            "這筆紀錄已有他人提出、待第二人確認的變更",
            "請先於「待簽核」確認或退回該變更",
        ));
    }
    let pending = pending_id(spec, id);
    let version = visit.rows().row(REGISTER, &pending).map_or(0, |row| row.version);
    holds.rows.push((spec.key.to_owned(), id.to_owned(), seen));
    let who = visit.who();
    let asked = json!({
        "register": spec.key, "row": id, "seen": seen, "state": "asked", "body": body,
        "by": who.id, "name": who.name, "at": visit.moment(),
    });
    let record = view(visit, spec, id, &asked);
    let rows = vec![NewRow {
        register: REGISTER.to_owned(),
        row: pending,
        expected_version: version,
        body: asked,
    }];
    let mut draft = Draft::of(&format!("{}.ask", spec.key), rows);
    draft.receipt = receipt;
    draft.holds = holds;
    let repeated = access.commit(draft).await?.is_some();
    Ok(Saved {
        record,
        created: seen == 0,
        repeated,
        unchanged: false,
    })
}

/// A change that waits, as a record.
fn view(visit: &Visit<'_>, spec: &'static RegisterSpec, id: &str, asked: &Value) -> RecordView {
    let body = visit.hides(spec).masked(spec, body_of(spec, asked));
    RecordView {
        register: spec.key,
        name: registers::Record::new(spec, id, &body).name().to_owned(),
        id: id.to_owned(),
        version: seen(asked),
        body,
        standing: Standing {
            state: "pending",
            words: "待第二人確認".to_owned(),
            waits_for: None,
            number: String::new(),
            approved_version: None,
        },
    }
}

/// The body that a change would give, in the newest form; what can't be opened is shown as it
/// is, and refused when it is decided on.
fn body_of(spec: &RegisterSpec, asked: &Value) -> Value {
    let body = asked.get("body").cloned().unwrap_or_default();
    match registers::open_ref(spec, &body) {
        Ok(newest) => newest.into_owned(),
        Err(_) => body,
    }
}

fn seen(asked: &Value) -> u32 {
    let seen = asked.get("seen").and_then(Value::as_u64);
    seen.and_then(|v| u32::try_from(v).ok()).unwrap_or(0)
}

/// The change of a record that waits, as a record; none where none does.
pub(super) fn asked(visit: &Visit<'_>, spec: &'static RegisterSpec, id: &str) -> Option<RecordView> {
    let row = waiting_row(visit, spec, id)?;
    Some(view(visit, spec, id, &row.body))
}

/// Who asked for the change of a record that waits.
pub(super) fn asked_by(visit: &Visit<'_>, spec: &RegisterSpec, id: &str) -> Option<String> {
    let row = waiting_row(visit, spec, id)?;
    let name = text(&row.body, "name");
    Some(visit.hides(spec).person(name))
}

/// Whether the visitor may confirm the change of a record that waits.
pub(super) fn may_confirm(visit: &Visit<'_>, spec: &RegisterSpec, id: &str) -> bool {
    let able = visit.grants().iter().any(|g| confirms(spec, g.role));
    let row = waiting_row(visit, spec, id).filter(|_| able);
    row.is_some_and(|row| {
        let body = body_of(spec, &row.body);
        !same_person(visit, text(&row.body, "by")) && not_ones_own(visit, spec, id, &body).is_ok()
    })
}

/// The changes that wait for the visitor.
pub(super) fn waiting(visit: &Visit<'_>) -> Vec<RecordView> {
    let rows = visit.rows().standing(REGISTER);
    rows.filter_map(|row| {
        let spec = registers::register(text(&row.body, "register"))?;
        let id = text(&row.body, "row");
        may_confirm(visit, spec, id).then(|| asked(visit, spec, id))?
    })
    .collect()
}

/// Decides on a change that waits; none where none does.
pub(super) async fn decide(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &str,
    decision: &Decision,
) -> Result<Option<Standing>, AppError> {
    let Some(row) = waiting_row(visit, spec, id) else {
        return Ok(None);
    };
    visit.who().demand(Scope::Approve)?;
    let settled = if spec.key == "agency" {
        settle(&visit.rights(act::Decide, spec)?, row, decision).await
    } else {
        settle(&visit.rights(act::Create, spec)?, row, decision).await
    };
    settled.map(Some)
}

async fn settle<A: Changes>(
    access: &Access<'_, A>,
    row: &StoredRow,
    decision: &Decision,
) -> Result<Standing, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    let id = text(&row.body, "row");
    let body = row.body.get("body").cloned().unwrap_or_default();
    let body = registers::open(spec, body)?.body;
    if !access.roles.iter().any(|role| confirms(spec, *role)) {
        return Err(AppError::forbidden(
            "您的角色不能確認這項變更",
            "請由另一位有權者確認",
        ));
    }
    if same_person(visit, text(&row.body, "by")) {
        return Err(AppError::forbidden(
            "提出者不能確認自己提出的變更",
            "請由另一位有權者確認；本機操作者視為一人",
        ));
    }
    not_ones_own(visit, spec, id, &body)?;
    if decision.seen != seen(&row.body) {
        return Err(stale(spec, decision.seen, seen(&row.body)));
    }
    let mut kept = row.body.clone();
    let mut rows = Vec::new();
    let mut holds = Holds::default();
    let (state, verb) = match decision.verdict {
        Verdict::Agree => ("confirmed", "confirm"),
        Verdict::Return => ("refused", "refuse"),
        Verdict::Opinion => {
            return Err(AppError::bad_input("這項變更應同意或退回", "請選擇同意或退回"));
        }
    };
    if decision.verdict == Verdict::Return && decision.reason.trim().is_empty() {
        return Err(AppError::bad_input("退回須有理由", "請填寫退回理由與應補正之處"));
    }
    if decision.verdict == Verdict::Agree {
        // It must hold on the day on which it takes effect.
        let body = check::checked_body(visit, spec, id, &body).await?;
        holds = holds_of(visit, spec, id, &body).await?;
        rows.push(NewRow {
            register: spec.key.to_owned(),
            row: id.to_owned(),
            expected_version: seen(&row.body),
            body,
        });
    }
    if let Some(members) = kept.as_object_mut() {
        members.insert("state".to_owned(), state.into());
        members.insert("reason".to_owned(), decision.reason.trim().into());
        members.insert("decided_by".to_owned(), visit.who().id.clone().into());
        members.insert("decided_at".to_owned(), visit.moment().into());
    }
    rows.push(NewRow {
        register: REGISTER.to_owned(),
        row: row.row.clone(),
        expected_version: row.version,
        body: kept,
    });
    let mut draft = Draft::of(&format!("{}.{verb}", spec.key), rows);
    draft.holds = holds;
    access.commit(draft).await?;
    Ok(Standing::settled(decision.verdict == Verdict::Agree))
}
