-- What stands for a while and is no record: who is signed in, how often somebody failed to, links that
-- are good for once.

-- `holder`: whose it is. `version`: counted up with each change, so that of two that saw the same one
-- changes it. `until`: from when on it is nothing any more.
CREATE TABLE kept (
    agency  TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    holder  TEXT    NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    until   INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    PRIMARY KEY (agency, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_by_holder ON kept (agency, kind, holder);
CREATE INDEX kept_by_end ON kept (agency, until);
