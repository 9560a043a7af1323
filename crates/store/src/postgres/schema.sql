-- The tables of sqlite/schema.sql, as PostgreSQL keeps them. Every key begins with the agency, so
-- that the tables can be spread by it; `{spread}` is filled in where they are. Texts are ordered
-- by their bytes ("C"), whatever the database's own order is.

-- Where each chain ends. Its row is what writers of a chain wait for.
CREATE TABLE chain_head (
    agency text COLLATE "C" NOT NULL CHECK (agency <> ''),
    seq    bigint NOT NULL,
    hash   bytea  NOT NULL CHECK (octet_length(hash) = 32),
    at     bigint NOT NULL,
    PRIMARY KEY (agency)
){spread};

-- The chains of docs/LEDGER.md. `hash` is the entry's own hash.
CREATE TABLE ledger_entry (
    agency    text COLLATE "C" NOT NULL CHECK (agency <> ''),
    seq       bigint NOT NULL CHECK (seq > 0),
    prev      bytea  NOT NULL CHECK (octet_length(prev) = 32),
    at        bigint NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    action    text COLLATE "C" NOT NULL,
    register  text COLLATE "C" NOT NULL,
    row_id    text COLLATE "C" NOT NULL,
    version   bigint NOT NULL CHECK (version > 0),
    body_hash bytea  NOT NULL CHECK (octet_length(body_hash) = 32),
    hash      bytea  NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (agency, seq)
){spread};
CREATE INDEX ledger_entry_by_action ON ledger_entry (agency, action);

-- Every version of every row, with exactly the bytes that the ledger hashed.
CREATE TABLE row_version (
    agency   text COLLATE "C" NOT NULL,
    seq      bigint NOT NULL,
    register text COLLATE "C" NOT NULL,
    row_id   text COLLATE "C" NOT NULL,
    version  bigint NOT NULL CHECK (version > 0),
    body     text COLLATE "C" NOT NULL,
    PRIMARY KEY (agency, seq),
    UNIQUE (agency, register, row_id, version),
    FOREIGN KEY (agency, seq) REFERENCES ledger_entry (agency, seq)
){spread};

-- Which version is the latest, which one is the latest with a body, and who wrote the first.
CREATE TABLE row_head (
    agency   text COLLATE "C" NOT NULL,
    register text COLLATE "C" NOT NULL,
    row_id   text COLLATE "C" NOT NULL,
    version  bigint NOT NULL,
    seq      bigint NOT NULL,
    body_seq bigint NOT NULL,
    author   text COLLATE "C" NOT NULL,
    PRIMARY KEY (agency, register, row_id),
    FOREIGN KEY (agency, seq) REFERENCES row_version (agency, seq)
){spread};
CREATE INDEX row_head_by_seq ON row_head (agency, seq);
-- What is asked of all agencies: which there are, and their levels.
CREATE INDEX row_head_of_directory ON row_head (agency, register, row_id)
    WHERE register IN ('agency', 'designation');

-- What lists filter and sort by.
CREATE TABLE row_value (
    agency   text COLLATE "C" NOT NULL,
    register text COLLATE "C" NOT NULL,
    field    text COLLATE "C" NOT NULL,
    value    text COLLATE "C" NOT NULL,
    row_id   text COLLATE "C" NOT NULL,
    PRIMARY KEY (agency, register, field, value, row_id)
){spread};

-- What a search looks in, in lower case. `id` says nothing: it leads to the row's pairs.
CREATE SEQUENCE row_text_id;
CREATE TABLE row_text (
    id           bigint NOT NULL DEFAULT nextval('row_text_id'),
    agency       text COLLATE "C" NOT NULL,
    register     text COLLATE "C" NOT NULL,
    row_id       text COLLATE "C" NOT NULL,
    open         text COLLATE "C" NOT NULL,
    personal     text COLLATE "C" NOT NULL,
    confidential text COLLATE "C" NOT NULL,
    PRIMARY KEY (agency, register, row_id),
    UNIQUE (agency, id)
){spread};
-- The pairs of characters of row_text, as numbers that also tell agency and register.
CREATE TABLE row_gram (
    agency text COLLATE "C" NOT NULL,
    id     bigint NOT NULL,
    grams  bigint[] NOT NULL,
    PRIMARY KEY (agency, id)
){spread};
CREATE INDEX row_gram_by_pair ON row_gram USING gin (grams);

-- Files of an agency, by the SHA-256 of their bytes.
CREATE TABLE blob (
    agency     text COLLATE "C" NOT NULL CHECK (agency <> ''),
    sha256     text COLLATE "C" NOT NULL CHECK (octet_length(sha256) = 64),
    media_type text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    bytes      bytea NOT NULL,
    PRIMARY KEY (agency, sha256)
){spread};

-- Which versions name which file.
CREATE TABLE row_file (
    agency   text COLLATE "C" NOT NULL,
    sha256   text COLLATE "C" NOT NULL,
    register text COLLATE "C" NOT NULL,
    row_id   text COLLATE "C" NOT NULL,
    seq      bigint NOT NULL,
    PRIMARY KEY (agency, sha256, register, row_id, seq),
    FOREIGN KEY (agency, seq) REFERENCES row_version (agency, seq)
){spread};
CREATE INDEX row_file_by_version ON row_file (agency, seq);

-- Working space: nothing below is a record.
CREATE TABLE import_job (
    agency   text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL,
    register text COLLATE "C" NOT NULL,
    actor    text COLLATE "C" NOT NULL,
    at       bigint NOT NULL,
    state    text COLLATE "C" NOT NULL CHECK (state IN ('preview', 'committed', 'undone', 'discarded')),
    detail   text COLLATE "C" NOT NULL,
    bytes    bytea NOT NULL,
    PRIMARY KEY (agency, id)
){spread};
CREATE INDEX import_job_by_time ON import_job (agency, at);

CREATE TABLE receipt (
    agency    text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    key       text COLLATE "C" NOT NULL,
    request   bytea NOT NULL CHECK (octet_length(request) = 32),
    at        bigint NOT NULL,
    answer    text COLLATE "C" NOT NULL,
    PRIMARY KEY (agency, principal, key)
){spread};
CREATE INDEX receipt_by_time ON receipt (agency, at);

-- Against accidents: history is appended to, never changed.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_ARGV[0];
END
$$;
CREATE TRIGGER ledger_entry_keeps BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION append_only('ledger_entry');
CREATE TRIGGER ledger_entry_stays BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('ledger_entry');
CREATE TRIGGER row_version_keeps BEFORE UPDATE OR DELETE ON row_version
    FOR EACH ROW EXECUTE FUNCTION append_only('row_version');
CREATE TRIGGER row_version_stays BEFORE TRUNCATE ON row_version
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('row_version');
CREATE TRIGGER blob_keeps BEFORE UPDATE OR DELETE ON blob
    FOR EACH ROW EXECUTE FUNCTION append_only('blob');
CREATE TRIGGER blob_stays BEFORE TRUNCATE ON blob
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('blob');

-- The second wall: whatever a statement asks, the rows that are there for it are those of the
-- agency that its transaction is about (`fazun.agency`). Nothing said, nothing is there. Each
-- question across agencies has a name of its own (`fazun.across`) and sees what it needs; the whole
-- is read to be verified and to be dumped, and never written.
{walls}
-- Which agencies there are, their levels, and where their chains end.
CREATE POLICY directory ON chain_head FOR SELECT
    USING ((SELECT current_setting('fazun.across', true)) = 'directory');
CREATE POLICY directory ON row_head FOR SELECT
    USING ((SELECT current_setting('fazun.across', true)) = 'directory'
           AND register IN ('agency', 'designation'));
CREATE POLICY directory ON row_version FOR SELECT
    USING ((SELECT current_setting('fazun.across', true)) = 'directory'
           AND register IN ('agency', 'designation'));
-- Which agency is above which: everybody's rights are worked out by it.
CREATE POLICY superiors ON row_value FOR SELECT
    USING (register = 'agency' AND field = 'parent');
-- An index of pairs is not used by a statement behind a wall, as its operators may not look at rows
-- before the wall did. So the wall itself asks for the pairs, which the transaction says beside whose
-- rows it is about; where it says none, every row holds them.
CREATE POLICY pairs ON row_gram AS RESTRICTIVE FOR SELECT
    USING (grams @> (SELECT COALESCE(NULLIF(current_setting('fazun.pairs', true), ''), '{}'))::bigint[]);
