-- That what lies here came over from another database and not all of it did, as in sqlite/copy.sql.

-- From where, as it is typed. Of the installation, so there is at most one; it stands from before the
-- first row that came over until all was verified, and nothing but the copy opens the database meanwhile.
CREATE TABLE unfinished_copy (
    agency text COLLATE "C" PRIMARY KEY,
    origin text COLLATE "C" NOT NULL
){spread};

{walls}
