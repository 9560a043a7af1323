-- What stands for a while and is no record, as in sqlite/kept.sql.

CREATE TABLE kept (
    agency  text COLLATE "C" NOT NULL,
    kind    text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    holder  text COLLATE "C" NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    until   bigint NOT NULL,
    body    text COLLATE "C" NOT NULL,
    PRIMARY KEY (agency, kind, id)
){spread};
CREATE INDEX kept_by_holder ON kept (agency, kind, holder);
CREATE INDEX kept_by_end ON kept (agency, until);

{walls}
