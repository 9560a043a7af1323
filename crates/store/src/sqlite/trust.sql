-- What is known of the rest: by which forms something was derived, and that it was found damaged.

-- By which forms what lies beside the bodies was derived; empty where nobody knows, or somebody is
-- at it.
ALTER TABLE chain_head ADD COLUMN derived TEXT NOT NULL DEFAULT '';

-- That the database was found damaged, by whichever process: every process looks here, and writes
-- nothing while it stands. Of the installation, so there is at most one.
CREATE TABLE verdict (
    agency TEXT    PRIMARY KEY,
    why    TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What became of the jobs about one thing.
CREATE INDEX job_by_key ON job (agency, kind, job_key, created_at);
