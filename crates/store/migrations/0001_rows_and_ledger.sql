PRAGMA application_id = 1178688085; -- 'FAZU'

-- The chain of docs/LEDGER.md. `hash` is the entry's own hash.
CREATE TABLE ledger_entry (
    seq       INTEGER PRIMARY KEY CHECK (seq > 0),
    prev      BLOB    NOT NULL CHECK (length(prev) = 32),
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    agency    TEXT    NOT NULL,
    register  TEXT    NOT NULL,
    row_id    TEXT    NOT NULL,
    version   INTEGER NOT NULL CHECK (version > 0),
    body_hash BLOB    NOT NULL CHECK (length(body_hash) = 32),
    hash      BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Every version of every row, with exactly the bytes that the ledger hashed.
CREATE TABLE row_version (
    seq      INTEGER PRIMARY KEY REFERENCES ledger_entry (seq),
    agency   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    row_id   TEXT    NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0),
    body     TEXT    NOT NULL,
    UNIQUE (register, row_id, version)
) STRICT;
CREATE INDEX row_version_by_agency ON row_version (agency, register, row_id, seq);

-- Which version is the latest: derived, and checked against row_version on verification.
CREATE TABLE row_head (
    agency   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    row_id   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    seq      INTEGER NOT NULL REFERENCES row_version (seq),
    PRIMARY KEY (agency, register, row_id),
    UNIQUE (register, row_id)
) STRICT, WITHOUT ROWID;

-- Files, by the SHA-256 of their bytes.
CREATE TABLE blob (
    sha256     TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL,
    name       TEXT NOT NULL,
    bytes      BLOB NOT NULL
) STRICT;

-- Against accidents: history is appended to, never changed. (Whoever means to can drop
-- these; that is what the chain is for.)
CREATE TRIGGER ledger_entry_keeps BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER row_version_keeps BEFORE UPDATE ON row_version
BEGIN SELECT RAISE(ABORT, 'row_version is append-only'); END;
CREATE TRIGGER row_version_stays BEFORE DELETE ON row_version
BEGIN SELECT RAISE(ABORT, 'row_version is append-only'); END;
CREATE TRIGGER blob_keeps BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
CREATE TRIGGER blob_stays BEFORE DELETE ON blob
BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
