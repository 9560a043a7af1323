-- Working space: what is needed between two requests. Nothing here is a record, nothing here
-- is part of the ledger, and all of it may be lost without losing what was acknowledged.

-- An import between its preview and its commit, and what it wrote.
CREATE TABLE import_job (
    id         TEXT PRIMARY KEY,
    agency     TEXT    NOT NULL,
    register   TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('preview', 'committed', 'undone')),
    detail     TEXT    NOT NULL,
    bytes      BLOB    NOT NULL
) STRICT;
CREATE INDEX import_job_by_agency ON import_job (agency, at);

-- Answers already given, by the caller's own key, so that a repeated request writes nothing twice.
CREATE TABLE receipt (
    principal TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    request   BLOB    NOT NULL CHECK (length(request) = 32),
    at        INTEGER NOT NULL,
    answer    TEXT    NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;

-- Lists of one register are read in the order of their rows.
CREATE INDEX row_head_by_register ON row_head (register, agency, row_id);
-- What one action wrote: an import that is taken back.
CREATE INDEX ledger_entry_by_action ON ledger_entry (agency, action);
