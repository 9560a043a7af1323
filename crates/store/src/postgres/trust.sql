-- What is known of the rest, as in sqlite/trust.sql.

-- By which forms what lies beside the bodies was derived; empty where nobody knows, or somebody is
-- at it.
ALTER TABLE chain_head ADD COLUMN derived text COLLATE "C" NOT NULL DEFAULT '';

-- That the database was found damaged, by whichever process: every process looks here, and writes
-- nothing while it stands. Of the installation, so there is at most one.
CREATE TABLE verdict (
    agency text COLLATE "C" PRIMARY KEY,
    why    text COLLATE "C" NOT NULL,
    at     bigint NOT NULL
){spread};

-- What became of the jobs about one thing.
CREATE INDEX job_by_key ON job (agency, kind, job_key, created_at);

{walls}
