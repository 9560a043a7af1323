#!/usr/bin/env python3
"""Verifies ledgers of Fazun without Fazun, by docs/LEDGER.md alone.

    verify_ledger.py [--agency ID] [--kept FILE]... [--key HEX] TARGET...

TARGET is an SQLite database (fazun.db), a package (fazun ledger export), or
postgres://... (read by `psql`, which must be installed; give the password by
PGPASSWORD or a pgpass file). FILE is a kept checkpoint, or a file with the line
of one chain's head. HEX is the installation's public key: with it, every
checkpoint must be signed by that key.

Needs nothing but Python 3.8. Written to be read, not to be fast: it is the second
implementation of the page, so where it disagrees with Fazun, one of the two is wrong.

Prints a line for each problem, and for each target "sound", "damaged" or
"unreadable". Exit status: 0 all sound, 1 something damaged, 2 something unreadable.
"""

import argparse
import hashlib
import json
import re
import sqlite3
import struct
import subprocess
import sys
import time
from pathlib import Path

ENTRY, CHECKPOINT = b"fazun-ledger-v2", b"fazun-checkpoint-v2"
TOLERANCE = 5_000_000
NOTICES = ("time_backwards", "future_time")


class Unreadable(Exception):
    """The target is not what the page describes."""


# --- Notation


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def lp(x):
    return struct.pack(">Q", len(x)) + x


def u64(n):
    return struct.pack(">Q", n)


def unhex(text, size=32):
    if not re.fullmatch("[0-9a-f]{%d}" % (2 * size), text):
        raise Unreadable(f"not {2 * size} lower-case hexadecimal digits: {text[:80]}")
    return bytes.fromhex(text)


def number(text, low=0, high=2**64 - 1):
    if not re.fullmatch("0|-?[1-9][0-9]{0,19}", text) or not low <= int(text) <= high:
        raise Unreadable(f"not a number: {text[:80]}")
    return int(text)


# --- Entries and chains


def genesis(agency):
    return H(lp(ENTRY), lp(agency.encode()))


class Entry:
    FIELDS = "agency seq prev at actor action register row version body_hash".split()

    def __init__(self, *values):
        for name, value in zip(self.FIELDS, values):
            setattr(self, name, value)

    def encoding(self):
        return b"".join(
            lp(field)
            for field in (
                ENTRY,
                self.agency.encode(),
                u64(self.seq),
                self.prev,
                struct.pack(">q", self.at),
                self.actor.encode(),
                self.action.encode(),
                self.register.encode(),
                self.row.encode(),
                struct.pack(">I", self.version),
                self.body_hash,
            )
        )

    @classmethod
    def decode(cls, data):
        tag, agency, seq, prev, at, actor, action, register, row, version, body_hash = fields(data, 11)
        sizes = [len(x) for x in (seq, prev, at, version, body_hash)]
        if tag != ENTRY or sizes != [8, 32, 8, 4, 32]:
            raise Unreadable("an entry that is none")
        texts = [x.decode() for x in (agency, actor, action, register, row)]
        return cls(
            texts[0], *struct.unpack(">Q", seq), prev, *struct.unpack(">q", at),
            *texts[1:], *struct.unpack(">I", version), body_hash,
        )


def fields(data, count):
    found = []
    while data:
        if len(data) < 8:
            raise Unreadable("a field without a length")
        size = struct.unpack(">Q", data[:8])[0]
        if size > len(data) - 8:
            raise Unreadable("a field that is longer than its record")
        found.append(data[8 : 8 + size])
        data = data[8 + size :]
    if len(found) != count:
        raise Unreadable(f"{len(found)} fields instead of {count}")
    return found


class Chain:
    """The verification of one chain; heads are (agency, seq, hash)."""

    def __init__(self, agency, report, kept):
        self.agency, self.report = agency, report
        self.seq, self.hash, self.latest, self.entries = 0, genesis(agency), None, 0
        self.kept = {}
        self.early, self.late = None, None
        for head in kept:
            self.expect(head)

    def expect(self, head):
        agency, seq, hash_ = head
        if agency == self.agency:
            self.kept.setdefault(seq, set()).add(hash_)
            self.compare()
        else:
            self.report("wrong_chain", self.agency, seq, f"a kept line of {agency}")

    def push(self, entry, stored, body):
        def problem(kind, seq=entry.seq, text=""):
            self.report(kind, self.agency, seq, text)

        if entry.agency != self.agency:
            return problem("wrong_chain", text=f"an entry of {entry.agency}")
        if entry.seq > self.seq + 1:
            problem("gap", self.seq + 1, f"the next is {entry.seq}")
        elif entry.seq < self.seq + 1:
            problem("gap", text="doubled or out of order")
        elif entry.prev != self.hash:
            problem("broken_link")
        hash_ = H(entry.encoding())
        if stored is not None and stored != hash_:
            problem("wrong_hash")
        if body is None:
            problem("missing_body")
        elif H(body) != entry.body_hash:
            problem("body_mismatch", text=f"{entry.register} / {entry.row} version {entry.version}")
        self.clock(entry)
        self.seq, self.hash, self.entries = entry.seq, hash_, self.entries + 1
        self.compare()

    def clock(self, entry):
        back = 0 if self.latest is None else self.latest - entry.at
        self.early = self.run("time_backwards", self.early, entry.seq, back)
        self.latest = entry.at if back <= 0 else self.latest
        ahead = entry.at - time.time_ns() // 1000
        self.late = self.run("future_time", self.late, entry.seq, ahead)

    def run(self, kind, run, seq, by):
        """Entries in a row whose clock was off are one notice: (first, last, greatest)."""
        if by > TOLERANCE:
            return (run[0], seq, max(by, run[2])) if run else (seq, seq, by)
        if run:
            first, last, most = run
            self.report(kind, self.agency, first, f"to {last}, by at most {most / 1e6:.1f} s")
        return None

    def compare(self):
        if any(hash_ != self.hash for hash_ in self.kept.pop(self.seq, ())):
            self.report("rewritten", self.agency, self.seq, "other than the kept line")

    def finish(self, stated):
        self.run("time_backwards", self.early, 0, 0)
        self.run("future_time", self.late, 0, 0)
        for seq in sorted(self.kept):
            if seq > self.seq:
                self.report("truncated", self.agency, self.seq, f"the kept line says {seq}")
            else:
                self.report("not_compared", self.agency, seq, "this entry was not read")
        if (stated or (self.agency, 0, genesis(self.agency))) != (self.agency, self.seq, self.hash):
            self.report("wrong_head", self.agency, self.seq, f"the end is stated as {stated}")


# --- Lines


def words(line, tag, least, most):
    found = line.split()
    if not found or found[0] != tag or not least <= len(found) - 1 <= most:
        raise Unreadable(f"not a line of {tag}: {line[:80]}")
    return found[1:]


def head_line(line):
    agency, seq, hash_ = words(line, "fazun-ledger-v2", 3, 3)
    return agency, number(seq), unhex(hash_)


class Checkpoint:
    def __init__(self, line):
        at, leaves, root = words(line, "fazun-checkpoint-v2", 3, 3)
        self.at, self.leaves, self.root = number(at, -(2**63), 2**63 - 1), number(leaves), unhex(root)
        self.line = f"fazun-checkpoint-v2 {at} {leaves} {root}"

    def signed(self, line, key):
        """Whether it bears a signature, of the wanted key where there is one."""
        if line is None:
            return key is None
        public, signature = words(line, "fazun-signature-v2", 2, 2)
        public, signature = unhex(public), unhex(signature, 64)
        return key in (None, public) and ed25519(public, self.line.encode(), signature)


def leaf(head):
    agency, seq, hash_ = head
    return H(b"\0", lp(CHECKPOINT), lp(agency.encode()), lp(u64(seq)), lp(hash_))


def node(left, right):
    return H(b"\1", left, right)


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else H()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node(root(leaves[:k]), root(leaves[k:]))


def proven(line, head, checkpoint):
    index, *path = words(line, "fazun-proof-v2", 1, 65)
    fn, sn, r = number(index), checkpoint.leaves - 1, leaf(head)
    path = [unhex(p) for p in path]
    if fn > sn:
        return False
    for p in path:
        if sn == 0:
            return False
        if fn % 2 or fn == sn:
            r = node(p, r)
            while not fn % 2 and fn:
                fn, sn = fn // 2, sn // 2
        else:
            r = node(r, p)
        fn, sn = fn // 2, sn // 2
    return sn == 0 and r == checkpoint.root


def kept_file(text, key):
    """The checkpoint of a kept file (None for a bare head) and its heads."""
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:
        raise Unreadable("a kept file without a line")
    if lines[0].split()[0] == "fazun-ledger-v2":
        return None, [head_line(line) for line in lines]
    checkpoint, rest = Checkpoint(lines[0]), lines[1:]
    signature = rest.pop(0) if rest and rest[0].split()[0] == "fazun-signature-v2" else None
    if not checkpoint.signed(signature, key):
        raise Unreadable("the kept checkpoint is not signed as it should be")
    heads = sorted((head_line(line) for line in rest), key=lambda head: head[0].encode())
    if heads and (len(heads), root([leaf(head) for head in heads])) != (checkpoint.leaves, checkpoint.root):
        raise Unreadable("the heads of the kept checkpoint are not those it was made over")
    return checkpoint, heads


def bare(checkpoint, heads):
    """Whether it is a line alone, with which only a proof can be compared."""
    return checkpoint is not None and not heads and checkpoint.leaves > 0


# --- Ed25519 (RFC 8032, 5.1 and 6), verification only

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def plus(a, b):
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, point):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = plus(total, point)
        point, n = plus(point, point), n >> 1
    return total


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def same(a, b):
    return not (a[0] * b[2] - b[0] * a[2]) % P and not (a[1] * b[2] - b[1] * a[2]) % P


def ed25519(public, message, signature):
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    key, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    # Points of small order would make one signature fit several messages.
    if any(same(times(8, q), (0, 1, 1, 0)) for q in (key, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return same(times(s, base), plus(r, times(k, key)))


# --- Bodies and files


def named(body):
    """The files that a body names, by their hashes as text."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, dict):
        return []
    items = value.get("evidence")
    items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    found = [holder.get("sha256") for holder in [value, *items]]
    return [name for name in found if isinstance(name, str) and name]


# --- A package


class Package:
    def __init__(self, file):
        self.file, self.hash, self.at = file, hashlib.sha256(), 0

    def read(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise Unreadable(f"it ends at byte {self.at + len(data)}")
        self.hash.update(data)
        self.at += size
        return data

    def header(self, expected=None):
        kind, size = self.read(1), struct.unpack(">Q", self.read(8))[0]
        if expected not in (None, kind):
            raise Unreadable(f"{expected} is missing before byte {self.at}")
        return kind, size

    def record(self, size, most=64 << 10):
        if size > most:
            raise Unreadable(f"the record at byte {self.at} is too long")
        return self.read(size)


def verify_package(file, report, kept, key):
    package = Package(file)
    if package.read(17) != b"fazun-package-v2\n":
        raise Unreadable("not a package")
    _, size = package.header(b"H")
    stated = head_line(package.record(size).decode())
    chain = Chain(stated[0], report, [head for _, heads in kept for head in heads if head[0] == stated[0]])
    lines, last, files, used, order = set(), b"", set(), set(), b"VFEZ"
    while True:
        before = package.hash.digest()
        kind, size = package.header()
        if kind not in (b"V", b"F", b"E", b"Z") or kind not in order:
            raise Unreadable(f"a record {kind} out of place before byte {package.at}")
        order = order[order.index(kind) :]
        if kind == b"V":
            found = package.record(size).decode().rstrip("\n").split("\n")
            if len(found) not in (3, 4):
                raise Unreadable("not the lines that vouch for a chain")
            checkpoint, head = Checkpoint(found[0]), head_line(found[-2])
            lines.add(checkpoint.line)
            chain.expect(head)
            if not proven(found[-1], head, checkpoint):
                report("unproven", chain.agency, head[1], checkpoint.line)
            if not checkpoint.signed(found[1] if len(found) == 4 else None, key):
                report("bad_signature", chain.agency, head[1], checkpoint.line)
        elif kind == b"F":
            sha256, media_type, name = fields(package.record(size), 3)
            media_type.decode(), name.decode()
            if len(sha256) != 32 or sha256 <= last:
                raise Unreadable("files that are doubled or out of order")
            last = sha256
            files.add(sha256.hex())
            _, size = package.header(b"D")
            content = hashlib.sha256()
            while size:
                chunk = package.read(min(size, 64 << 10))
                content.update(chunk)
                size -= len(chunk)
            if content.digest() != sha256:
                report("altered_file", chain.agency, 0, sha256.hex())
        elif kind == b"E":
            entry = Entry.decode(package.record(size))
            _, size = package.header(b"B")
            body = package.record(size, 64 << 20)
            chain.push(entry, None, body)
            for name in named(body):
                used.add(name)
                if name not in files:
                    report("missing_file", chain.agency, entry.seq, name)
        else:
            if size != 32:
                raise Unreadable("not a checksum")
            if package.record(size) != before:
                report("checksum", chain.agency, 0, "the bytes are not those that were written")
            if file.read(1):
                raise Unreadable("something follows the end")
            break
    for name in sorted(files - used):
        report("unnamed_file", chain.agency, 0, name)
    for checkpoint, heads in kept:
        if bare(checkpoint, heads) and checkpoint.line not in lines:
            report("not_compared", chain.agency, 0, f"no proof for {checkpoint.line}")
    chain.finish(stated)
    return {chain.agency: chain.entries}


# --- A database

# Every answer is text; bytes are hexadecimal. {hex} and {utf8} differ by database, {c} is the
# order of bytes, {where} narrows to one chain.
ENTRIES = """SELECT e.agency, e.seq, {hex}(e.prev{as_hex}), e.at, e.actor, e.action, e.register, e.row_id,
    e.version, {hex}(e.body_hash{as_hex}), {hex}(e.hash{as_hex}),
    CASE WHEN v.body IS NOT NULL THEN {hex}({utf8}{as_hex}) END
    FROM ledger_entry e LEFT JOIN row_version v ON v.agency = e.agency AND v.seq = e.seq
    AND v.register = e.register AND v.row_id = e.row_id AND v.version = e.version
    {where} ORDER BY e.agency {c}, e.seq"""
UNRECORDED = """SELECT v.agency, v.seq, v.register, v.row_id, v.version
    FROM row_version v LEFT JOIN ledger_entry e ON e.agency = v.agency AND e.seq = v.seq
    AND e.register = v.register AND e.row_id = v.row_id AND e.version = v.version
    {where_v} e.seq IS NULL ORDER BY v.agency {c}, v.seq"""
NEWEST = """SELECT agency, register, row_id, version, seq FROM row_version v WHERE NOT EXISTS
    (SELECT 1 FROM row_version w WHERE w.agency = v.agency AND w.register = v.register
    AND w.row_id = v.row_id AND w.version > v.version)"""
STANDING = "SELECT agency, register, row_id, version, seq FROM row_head"
WRONG_HEAD = f"""SELECT agency, register, row_id FROM (
    SELECT * FROM ({NEWEST} EXCEPT {STANDING}) a UNION SELECT * FROM ({STANDING} EXCEPT {NEWEST}) b) e
    {{where}} GROUP BY agency, register, row_id ORDER BY agency {{c}}, register {{c}}, row_id {{c}}"""
HEADS = "SELECT agency, seq, {hex}(hash{as_hex}) FROM chain_head e {where} ORDER BY agency {c}"
FILES = "SELECT agency, sha256, {hex}(bytes{as_hex}) FROM blob e {where} ORDER BY agency {c}, sha256 {c}"
QUERIES = [ENTRIES, UNRECORDED, WRONG_HEAD, HEADS, FILES]


def filled(agency, **dialect):
    quoted = None if agency is None else "'" + agency.replace("'", "''") + "'"
    where = "" if quoted is None else f"WHERE e.agency = {quoted}"
    where_v = "WHERE" if quoted is None else f"WHERE v.agency = {quoted} AND"
    return [query.format(where=where, where_v=where_v, **dialect) for query in QUERIES]


def sqlite_answers(path, agency):
    database = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    database.execute("BEGIN")
    for query in filled(agency, hex="hex", as_hex="", utf8="CAST(v.body AS BLOB)", c="COLLATE BINARY"):
        yield (
            [None if value is None else str(value) for value in row] for row in database.execute(query)
        )


def postgres_answers(url, agency):
    """One psql, one transaction; answers come as COPY's text, one after the other."""
    dialect = dict(hex="encode", as_hex=", 'hex'", utf8="convert_to(v.body, 'UTF8')", c='COLLATE "C"')
    script = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;", "SET client_encoding = 'UTF8';"]
    for query in filled(agency, **dialect):
        script += [f"COPY ({' '.join(query.split())}) TO STDOUT;", r"\echo '\\.end'"]
    command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url]
    psql = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    psql.stdin.write("\n".join(script).encode())
    psql.stdin.close()
    escapes = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

    def plain(value):
        if value == r"\N":
            return None
        return re.sub(r"\\(.)", lambda m: escapes.get(m[1], m[1]), value)

    def answer():
        for line in psql.stdout:
            line = line.decode().rstrip("\n")
            if line == r"\.end":
                return
            yield [plain(value) for value in line.split("\t")]
        raise Unreadable("psql stopped: see its message above")

    for _ in QUERIES:
        yield answer()


def verify_database(answers, report, kept, agency):
    chains, missing = {}, {}
    kept_heads = [head for _, heads in kept for head in heads if agency in (None, head[0])]

    def chain_of(name):
        if name not in chains:
            mine = [head for head in kept_heads if head[0] == name]
            chains[name] = Chain(name, report, mine)
        return chains[name]

    entries, unrecorded, wrong_heads, ends, files = answers
    for name, seq, prev, at, actor, action, register, row, version, body_hash, hash_, body in entries:
        prev, body_hash, hash_ = (bytes.fromhex(x) for x in (prev, body_hash, hash_))
        entry = Entry(name, int(seq), prev, int(at), actor, action, register, row, int(version), body_hash)
        body = None if body is None else bytes.fromhex(body)
        chain_of(name).push(entry, hash_, body)
        for sha256 in named(body or b""):
            missing.setdefault((name, sha256), int(seq))
    for name, seq, register, row, version in unrecorded:
        report("unrecorded_row", name, int(seq), f"{register} / {row} version {version}")
    for name, register, row in wrong_heads:
        report("wrong_latest", name, 0, f"{register} / {row}")
    stated = {name: (name, int(seq), bytes.fromhex(hash_)) for name, seq, hash_ in ends}
    for name, sha256, content in files:
        missing.pop((name, sha256), None)
        if hashlib.sha256(bytes.fromhex(content)).hexdigest() != sha256:
            report("altered_file", name, 0, sha256)
    for (name, sha256), seq in missing.items():
        report("missing_file", name, seq, sha256)
    for checkpoint, heads in kept:
        if bare(checkpoint, heads):
            report("not_compared", "-", 0, f"without its heads: {checkpoint.line}")
    # A chain that only a kept line or chain_head knows is one that is gone.
    for name in sorted({*stated, *(head[0] for head in kept_heads)}):
        chain_of(name)
    for name, chain in chains.items():
        chain.finish(stated.get(name))
    return {name: chain.entries for name, chain in chains.items()}


# --- The command


def verify(target, arguments, kept):
    problems = []
    shown = re.sub("//([^:@/]*):[^@]*@", r"//\1:...@", target)

    def report(kind, agency, seq, text):
        problems.append(kind)
        print(f"{shown}: {kind}: {agency} {seq}: {text}")

    try:
        if target.startswith(("postgres://", "postgresql://")):
            answers = postgres_answers(target, arguments.agency)
            chains = verify_database(answers, report, kept, arguments.agency)
        else:
            with open(target, "rb") as file:
                if file.read(16) == b"SQLite format 3\0":
                    answers = sqlite_answers(target, arguments.agency)
                    chains = verify_database(answers, report, kept, arguments.agency)
                else:
                    file.seek(0)
                    chains = verify_package(file, report, kept, arguments.key)
    except (Unreadable, OSError, UnicodeError, ValueError, TypeError, struct.error, sqlite3.Error) as error:
        print(f"{shown}: unreadable: {error}")
        return 2
    entries = sum(chains.values())
    damaged = any(kind not in NOTICES for kind in problems)
    print(f"{shown}: {'damaged' if damaged else 'sound'}: {len(chains)} chains, {entries} entries")
    return 1 if damaged else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agency", help="only this chain of a database")
    parser.add_argument("--kept", action="append", default=[], help="a kept checkpoint or head")
    parser.add_argument("--key", type=unhex, help="the public key that must have signed")
    parser.add_argument("target", nargs="+")
    arguments = parser.parse_args()
    try:
        kept = [kept_file(Path(name).read_text("utf-8"), arguments.key) for name in arguments.kept]
    except (Unreadable, OSError, UnicodeError) as error:
        print(f"kept file: unreadable: {error}")
        return 2
    return max(verify(target, arguments, kept) for target in arguments.target)


if __name__ == "__main__":
    sys.exit(main())
