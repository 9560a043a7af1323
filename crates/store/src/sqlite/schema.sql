PRAGMA application_id = 1178688085; -- 'FAZU'

-- Every table begins with the chain (an agency's id, or a name with `@`): one agency's rows lie
-- together, and no statement of the main path is without it.

-- The chains of docs/LEDGER.md. `hash` is the entry's own hash.
CREATE TABLE ledger_entry (
    agency    TEXT    NOT NULL,
    seq       INTEGER NOT NULL CHECK (seq > 0),
    prev      BLOB    NOT NULL CHECK (length(prev) = 32),
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    register  TEXT    NOT NULL,
    row_id    TEXT    NOT NULL,
    version   INTEGER NOT NULL CHECK (version > 0),
    body_hash BLOB    NOT NULL CHECK (length(body_hash) = 32),
    hash      BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (agency, seq)
) STRICT;
-- What one action wrote: an import that is taken back.
CREATE INDEX ledger_entry_by_action ON ledger_entry (agency, action);

-- Where each chain ends: derived, and compared with ledger_entry on verification.
CREATE TABLE chain_head (
    agency TEXT    PRIMARY KEY,
    seq    INTEGER NOT NULL,
    hash   BLOB    NOT NULL CHECK (length(hash) = 32),
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every version of every row, with exactly the bytes that the ledger hashed.
CREATE TABLE row_version (
    agency   TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    register TEXT    NOT NULL,
    row_id   TEXT    NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0),
    body     TEXT    NOT NULL,
    PRIMARY KEY (agency, seq),
    UNIQUE (agency, register, row_id, version),
    FOREIGN KEY (agency, seq) REFERENCES ledger_entry (agency, seq)
) STRICT;

-- Which version is the latest: derived, and compared with row_version on verification.
-- `body_seq` is the latest version with a body; another one than `seq` where the row was withdrawn.
-- `author` is who wrote the first version.
CREATE TABLE row_head (
    agency   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    row_id   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    body_seq INTEGER NOT NULL,
    author   TEXT    NOT NULL,
    PRIMARY KEY (agency, register, row_id),
    FOREIGN KEY (agency, seq) REFERENCES row_version (agency, seq)
) STRICT, WITHOUT ROWID;
-- What was written since a position: caches follow it.
CREATE INDEX row_head_by_seq ON row_head (agency, seq);

-- What lists filter and sort by: derived from the body at `body_seq`, and compared with it on
-- verification.
CREATE TABLE row_value (
    agency   TEXT NOT NULL,
    register TEXT NOT NULL,
    field    TEXT NOT NULL,
    value    TEXT NOT NULL,
    row_id   TEXT NOT NULL,
    PRIMARY KEY (agency, register, field, value, row_id)
) STRICT, WITHOUT ROWID;

-- What a search looks in, in lower case, apart by who may search it; derived likewise.
CREATE TABLE row_text (
    agency       TEXT    NOT NULL,
    register     TEXT    NOT NULL,
    row_id       TEXT    NOT NULL,
    -- Where its pairs of characters are listed: 4,096 times the block, and its place there; 0 while
    -- they are listed nowhere.
    spot         INTEGER NOT NULL DEFAULT 0 CHECK (spot >= 0),
    open         TEXT    NOT NULL,
    personal     TEXT    NOT NULL,
    confidential TEXT    NOT NULL,
    PRIMARY KEY (agency, register, row_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX row_text_by_spot ON row_text (agency, register, spot) WHERE spot > 0;
CREATE INDEX row_text_unlisted ON row_text (agency, register) WHERE spot = 0;

-- Texts whose pairs were listed together: how many they were, how many of them still stand, and
-- the SHA-256 of the list.
CREATE TABLE text_block (
    agency   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    block    INTEGER NOT NULL CHECK (block > 0),
    size     INTEGER NOT NULL CHECK (size BETWEEN 1 AND 4096),
    live     INTEGER NOT NULL CHECK (live BETWEEN 0 AND size),
    digest   BLOB    NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (agency, register, block)
) STRICT, WITHOUT ROWID;

-- The pairs of characters of a block's texts, as numbers, each with the places of those texts.
CREATE TABLE text_pair (
    agency   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    block    INTEGER NOT NULL,
    pair     INTEGER NOT NULL,
    places   BLOB    NOT NULL,
    PRIMARY KEY (agency, register, block, pair)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER row_text_left_its_block AFTER UPDATE OF spot ON row_text
WHEN OLD.spot > 0 AND NEW.spot <> OLD.spot
BEGIN
    UPDATE text_block SET live = live - 1
    WHERE agency = OLD.agency AND register = OLD.register AND block = OLD.spot / 4096;
END;

-- Files of an agency, by the SHA-256 of their bytes.
CREATE TABLE blob (
    agency     TEXT NOT NULL,
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    media_type TEXT NOT NULL,
    name       TEXT NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY (agency, sha256)
) STRICT;

-- Which versions name which file: derived from the bodies, and compared with them on
-- verification, so that who may see a file is found without reading every row.
CREATE TABLE row_file (
    agency   TEXT    NOT NULL,
    sha256   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    row_id   TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (agency, sha256, register, row_id, seq),
    FOREIGN KEY (agency, seq) REFERENCES row_version (agency, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX row_file_by_version ON row_file (agency, seq);

-- Working space: what is needed between two requests. Nothing below is a record, nothing is part
-- of a chain, and all of it may be lost without losing what was acknowledged.

-- An import between its preview and its commit, and what it wrote.
CREATE TABLE import_job (
    agency     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    register   TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('preview', 'committed', 'undone', 'discarded')),
    detail     TEXT    NOT NULL,
    bytes      BLOB    NOT NULL,
    PRIMARY KEY (agency, id)
) STRICT;
CREATE INDEX import_job_by_time ON import_job (agency, at);

-- Answers already given, by the caller's own key, so that a repeated request writes nothing twice.
CREATE TABLE receipt (
    agency    TEXT    NOT NULL,
    principal TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    request   BLOB    NOT NULL CHECK (length(request) = 32),
    at        INTEGER NOT NULL,
    answer    TEXT    NOT NULL,
    PRIMARY KEY (agency, principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_by_time ON receipt (agency, at);

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
