-- Work to be done and messages to be delivered, as in sqlite/jobs.sql.

-- `due_at`: nobody takes it up before; of a running one, when its worker is given up for dead.
-- `open_key`: of unfinished jobs of one kind and key there is one; none once it is finished.
-- `again`: asked for once more while it ran. `kept`: what it told itself for the next attempt.
-- A time that is not yet is 0.
CREATE TABLE job (
    agency        text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    job_key       text COLLATE "C" NOT NULL,
    open_key      text COLLATE "C",
    actor         text COLLATE "C" NOT NULL,
    payload       text COLLATE "C" NOT NULL,
    state         text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    again         bigint NOT NULL CHECK (again IN (0, 1)),
    attempts      bigint NOT NULL,
    most_attempts bigint NOT NULL CHECK (most_attempts > 0),
    due_at        bigint NOT NULL,
    taken         bigint NOT NULL,
    worker        text COLLATE "C" NOT NULL,
    heartbeat     bigint NOT NULL,
    steps         bigint NOT NULL,
    steps_total   bigint NOT NULL,
    words         text COLLATE "C" NOT NULL,
    kept          text COLLATE "C" NOT NULL,
    result        text COLLATE "C" NOT NULL,
    error         text COLLATE "C" NOT NULL,
    created_at    bigint NOT NULL,
    finished_at   bigint NOT NULL,
    PRIMARY KEY (agency, id),
    UNIQUE (agency, kind, open_key),
    CHECK ((open_key IS NULL) = (state IN ('done', 'dead')))
){spread};
CREATE INDEX job_by_time ON job (agency, created_at);
-- Across agencies: workers serve all of them.
CREATE INDEX job_by_due ON job (due_at, agency, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_running ON job (agency, due_at) WHERE state = 'running';

-- What a job was given and what it made, apart from what changes all the time.
CREATE TABLE job_file (
    agency text COLLATE "C" NOT NULL,
    job    text COLLATE "C" NOT NULL,
    part   text COLLATE "C" NOT NULL CHECK (part IN ('input', 'output')),
    bytes  bytea NOT NULL,
    PRIMARY KEY (agency, job, part),
    FOREIGN KEY (agency, job) REFERENCES job (agency, id)
){spread};

-- Messages to be delivered; `id` is told to whoever receives one, who may get it twice.
CREATE TABLE outbox (
    agency        text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    address       text COLLATE "C" NOT NULL,
    payload       text COLLATE "C" NOT NULL,
    state         text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    attempts      bigint NOT NULL,
    most_attempts bigint NOT NULL CHECK (most_attempts > 0),
    due_at        bigint NOT NULL,
    taken         bigint NOT NULL,
    worker        text COLLATE "C" NOT NULL,
    heartbeat     bigint NOT NULL,
    error         text COLLATE "C" NOT NULL,
    created_at    bigint NOT NULL,
    finished_at   bigint NOT NULL,
    PRIMARY KEY (agency, id)
){spread};
CREATE INDEX outbox_by_time ON outbox (agency, created_at);
CREATE INDEX outbox_by_due ON outbox (due_at, agency, id) WHERE state IN ('queued', 'running');
CREATE INDEX outbox_running ON outbox (agency, due_at) WHERE state = 'running';

{walls}
-- Workers serve all agencies: what is due, and how much waits, is looked for across them; one of it is
-- then taken, and its content read, behind its agency's wall.
CREATE POLICY queue ON job FOR SELECT
    USING ((SELECT current_setting('fazun.across', true)) = 'queue');
CREATE POLICY queue ON outbox FOR SELECT
    USING ((SELECT current_setting('fazun.across', true)) = 'queue');
