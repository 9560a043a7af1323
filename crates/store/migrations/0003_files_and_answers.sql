-- Which versions name which file: derived from the bodies, and checked against them on
-- verification, so that who may see a file is found without reading every row.
CREATE TABLE row_file (
    agency   TEXT    NOT NULL,
    sha256   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    row_id   TEXT    NOT NULL,
    seq      INTEGER NOT NULL REFERENCES row_version (seq),
    PRIMARY KEY (agency, sha256, register, row_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX row_file_by_version ON row_file (seq);

-- A body that is no JSON was altered: it names nothing here, and verification says so.
INSERT OR IGNORE INTO row_file (agency, sha256, register, row_id, seq)
SELECT agency, sha256, register, row_id, seq FROM (
    SELECT v.agency, v.register, v.row_id, v.seq,
           CASE WHEN json_valid(v.body) AND json_type(v.body, '$.sha256') = 'text'
                THEN json_extract(v.body, '$.sha256') END AS sha256
    FROM row_version v
    UNION ALL
    SELECT v.agency, v.register, v.row_id, v.seq,
           CASE WHEN f.type = 'object' AND json_type(f.value, '$.sha256') = 'text'
                THEN json_extract(f.value, '$.sha256') END
    FROM row_version v,
         json_each(CASE WHEN json_valid(v.body) AND json_type(v.body, '$.evidence') = 'array'
                        THEN json_extract(v.body, '$.evidence') ELSE '[]' END) f)
WHERE sha256 IS NOT NULL AND sha256 <> '';

-- The primary key of row_head already reads one register of an agency in the order of its rows.
DROP INDEX row_head_by_register;

-- Answers are forgotten after a while (working.rs).
CREATE INDEX receipt_by_time ON receipt (at);

-- A preview may also be put aside.
CREATE TABLE import_job_new (
    id         TEXT PRIMARY KEY,
    agency     TEXT    NOT NULL,
    register   TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('preview', 'committed', 'undone', 'discarded')),
    detail     TEXT    NOT NULL,
    bytes      BLOB    NOT NULL
) STRICT;
INSERT INTO import_job_new SELECT id, agency, register, actor, at, state, detail, bytes FROM import_job;
DROP TABLE import_job;
ALTER TABLE import_job_new RENAME TO import_job;
CREATE INDEX import_job_by_agency ON import_job (agency, at);
