-- Work to be done and messages to be delivered. Nothing here is a record or part of a chain; what a
-- job writes is. Taken up by one worker at a time: `taken` counts how often, and whoever holds an
-- earlier number holds nothing any more.

-- `due_at`: nobody takes it up before; of a running one, when its worker is given up for dead.
-- `open_key`: of unfinished jobs of one kind and key there is one; none once it is finished.
-- `again`: asked for once more while it ran. `kept`: what it told itself for the next attempt.
-- A time that is not yet is 0.
CREATE TABLE job (
    agency        TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    job_key       TEXT    NOT NULL,
    open_key      TEXT,
    actor         TEXT    NOT NULL,
    payload       TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    again         INTEGER NOT NULL CHECK (again IN (0, 1)),
    attempts      INTEGER NOT NULL,
    most_attempts INTEGER NOT NULL CHECK (most_attempts > 0),
    due_at        INTEGER NOT NULL,
    taken         INTEGER NOT NULL,
    worker        TEXT    NOT NULL,
    heartbeat     INTEGER NOT NULL,
    steps         INTEGER NOT NULL,
    steps_total   INTEGER NOT NULL,
    words         TEXT    NOT NULL,
    kept          TEXT    NOT NULL,
    result        TEXT    NOT NULL,
    error         TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    finished_at   INTEGER NOT NULL,
    PRIMARY KEY (agency, id),
    UNIQUE (agency, kind, open_key),
    CHECK ((open_key IS NULL) = (state IN ('done', 'dead')))
) STRICT;
CREATE INDEX job_by_time ON job (agency, created_at);
-- Across agencies: workers serve all of them.
CREATE INDEX job_by_due ON job (due_at, agency, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_running ON job (agency, due_at) WHERE state = 'running';

-- What a job was given and what it made, apart from what changes all the time.
CREATE TABLE job_file (
    agency TEXT NOT NULL,
    job    TEXT NOT NULL,
    part   TEXT NOT NULL CHECK (part IN ('input', 'output')),
    bytes  BLOB NOT NULL,
    PRIMARY KEY (agency, job, part),
    FOREIGN KEY (agency, job) REFERENCES job (agency, id)
) STRICT;

-- Messages to be delivered; `id` is told to whoever receives one, who may get it twice.
CREATE TABLE outbox (
    agency        TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    payload       TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    attempts      INTEGER NOT NULL,
    most_attempts INTEGER NOT NULL CHECK (most_attempts > 0),
    due_at        INTEGER NOT NULL,
    taken         INTEGER NOT NULL,
    worker        TEXT    NOT NULL,
    heartbeat     INTEGER NOT NULL,
    error         TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    finished_at   INTEGER NOT NULL,
    PRIMARY KEY (agency, id)
) STRICT;
CREATE INDEX outbox_by_time ON outbox (agency, created_at);
CREATE INDEX outbox_by_due ON outbox (due_at, agency, id) WHERE state IN ('queued', 'running');
CREATE INDEX outbox_running ON outbox (agency, due_at) WHERE state = 'running';
