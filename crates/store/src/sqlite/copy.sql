-- That what lies here came over from another database and not all of it did.

-- From where, as it is typed. Of the installation, so there is at most one; it stands from before the
-- first row that came over until all was verified, and nothing but the copy opens the database meanwhile.
CREATE TABLE unfinished_copy (
    agency TEXT PRIMARY KEY,
    origin TEXT NOT NULL
) STRICT, WITHOUT ROWID;
