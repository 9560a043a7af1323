//! Lists of one register: by pages, with filters, without reading what isn't shown.
//!
//! Why in SQL: an inventory may hold a hundred thousand rows, of which a page shows fifty.
//! What it can't know: which fields a register has; the caller names them from the table.

use crate::read::{signed, stored_entry, unsigned};
use crate::{Store, StoreError, StoredEntry, StoredRow};
use sqlx::{QueryBuilder, Row, Sqlite};

/// What a list shows.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// Fields that must hold exactly this text (a flag as `true` or `false`).
    pub equal: Vec<(String, String)>,
    /// A text that some field must contain.
    pub contains: String,
    /// Fields in which the text is not looked for.
    pub unsearched: Vec<String>,
    /// Rows after this id.
    pub after: String,
    /// Only these rows; all where none is said.
    pub among: Option<Vec<String>>,
    /// Only rows of which one of these is true.
    pub own: Option<Own>,
    /// As the ledger stood there; now, where none.
    pub at: Option<u64>,
    /// The rows that were withdrawn, as they stood before, instead of those that stand.
    pub withdrawn: bool,
}

/// Rows that are somebody's own; without anything, none are.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Fields that hold exactly this text.
    pub fields: Vec<(String, String)>,
    /// Who wrote the first version.
    pub author: Option<String>,
    /// Rows by id.
    pub rows: Vec<String>,
}

/// A version of a row with the entry that recorded it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The version.
    pub row: StoredRow,
    /// Its entry.
    pub entry: StoredEntry,
}

/// A row that an action wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenHead {
    /// Row id.
    pub row: String,
    /// The version that the action wrote.
    pub version: u32,
    /// The latest version.
    pub latest: u32,
}

fn source(query: &mut QueryBuilder<Sqlite>, agency: &str, register: &str, select: &Select) {
    let version = if select.withdrawn {
        " h JOIN row_version w ON w.seq = h.seq AND w.body = 'null' JOIN row_version v
          ON v.register = w.register AND v.row_id = w.row_id AND v.version = w.version - 1 WHERE "
    } else {
        " h JOIN row_version v ON v.seq = h.seq WHERE "
    };
    match select.at {
        None => {
            query.push(" FROM row_head").push(version).push("h.register = ");
            query.push_bind(register.to_owned());
            query.push(" AND h.agency = ").push_bind(agency.to_owned());
        }
        Some(at) => {
            query.push(" FROM (SELECT row_id, MAX(seq) AS seq FROM row_version WHERE agency = ");
            query.push_bind(agency.to_owned());
            query.push(" AND register = ").push_bind(register.to_owned());
            query.push(" AND seq <= ").push_bind(signed(at));
            query
                .push(" GROUP BY register, row_id)")
                .push(version)
                .push("true");
        }
    }
    query.push(" AND v.body <> 'null'");
    for (field, text) in &select.equal {
        query.push(" AND COALESCE(CASE json_type(v.body, ");
        let path = format!("$.{field}");
        query.push_bind(path.clone());
        query.push(") WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(json_extract(v.body, ");
        query.push_bind(path);
        query.push(") AS TEXT) END, '') = ").push_bind(text.clone());
    }
    if let Some(rows) = &select.among {
        // As one value: thousands may be asked for, and a statement takes only so many.
        let rows = serde_json::Value::from(rows.as_slice()).to_string();
        query.push(" AND h.row_id IN (SELECT value FROM json_each(");
        query.push_bind(rows).push("))");
    }
    if let Some(own) = &select.own {
        query.push(" AND (false");
        for (field, text) in &own.fields {
            query.push(" OR json_extract(v.body, ");
            query.push_bind(format!("$.{field}")).push(") = ");
            query.push_bind(text.clone());
        }
        for row in &own.rows {
            query.push(" OR v.row_id = ").push_bind(row.clone());
        }
        if let Some(author) = &own.author {
            query.push(
                " OR EXISTS (SELECT 1 FROM row_version f JOIN ledger_entry e ON e.seq = f.seq
                  WHERE f.register = v.register AND f.row_id = v.row_id AND f.version = 1 AND e.actor = ",
            );
            query.push_bind(author.clone()).push(")");
        }
        query.push(")");
    }
    if !select.contains.is_empty() {
        // Values only: the names of fields are not what anybody looks for.
        query.push(
            " AND EXISTS (SELECT 1 FROM json_each(v.body) j
              WHERE j.type IN ('text', 'integer', 'array')",
        );
        for field in &select.unsearched {
            query.push(" AND j.key <> ").push_bind(field.clone());
        }
        query.push(" AND instr(lower(j.value), lower(");
        query.push_bind(select.contains.clone()).push(")) > 0)");
    }
}

impl Store {
    fn listing(&self, error: sqlx::Error) -> StoreError {
        StoreError::from_sqlx("讀取清單", &self.path, error)
    }

    /// One page of a register's rows, withdrawn ones left out, by id.
    pub async fn list(
        &self,
        agency: &str,
        register: &str,
        select: &Select,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let mut query = QueryBuilder::new("SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body");
        source(&mut query, agency, register, select);
        if !select.after.is_empty() {
            query.push(" AND h.row_id > ").push_bind(select.after.clone());
        }
        query.push(" ORDER BY h.row_id LIMIT ").push_bind(limit);
        let rows = query
            .build()
            .fetch_all(&self.read)
            .await
            .map_err(|e| self.listing(e))?;
        self.rows(&rows)
    }

    /// How many rows a list has, withdrawn ones left out.
    pub async fn count(&self, agency: &str, register: &str, select: &Select) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("SELECT COUNT(*)");
        source(&mut query, agency, register, select);
        let count: i64 = query
            .build_query_scalar()
            .fetch_one(&self.read)
            .await
            .map_err(|e| self.listing(e))?;
        Ok(unsigned(count))
    }

    /// How many rows each register of an agency holds, withdrawn ones left out.
    pub async fn counts(&self, agency: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT h.register, COUNT(*) FROM row_head h JOIN row_version v ON v.seq = h.seq
             WHERE h.agency = ? AND v.body <> 'null' GROUP BY h.register ORDER BY h.register",
        )
        .bind(agency)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.listing(e))?;
        rows.iter()
            .map(|r| Ok((r.try_get(0)?, unsigned(r.try_get(1)?))))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(|e| self.listing(e))
    }

    /// The latest version of every row of an agency but those of some registers.
    pub async fn latest_but(&self, agency: &str, without: &[&str]) -> Result<Vec<StoredRow>, StoreError> {
        let mut query = QueryBuilder::new(
            "SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body
             FROM row_head h JOIN row_version v ON v.seq = h.seq WHERE h.agency = ",
        );
        query.push_bind(agency.to_owned());
        for register in without {
            query
                .push(" AND h.register <> ")
                .push_bind((*register).to_owned());
        }
        query.push(" ORDER BY h.register, h.row_id");
        let rows = query
            .build()
            .fetch_all(&self.read)
            .await
            .map_err(|e| self.listing(e))?;
        self.rows(&rows)
    }

    /// Every version of an agency's row with its entry, oldest first; another agency's row has none.
    pub async fn recorded(
        &self,
        agency: &str,
        register: &str,
        row: &str,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.with_entries(
            "WHERE e.agency = ? AND e.register = ? AND e.row_id = ? ORDER BY e.version",
            &[agency, register, row],
        )
        .await
    }

    /// The versions of an agency's rows that name a file, by register, row and version.
    pub async fn versions_naming(&self, agency: &str, sha256: &str) -> Result<Vec<StoredRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT v.agency, v.register, v.row_id, v.version, v.seq, v.body
             FROM row_file f JOIN row_version v ON v.seq = f.seq
             WHERE f.agency = ? AND f.sha256 = ? ORDER BY v.register, v.row_id, v.version",
        )
        .bind(agency)
        .bind(sha256)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.listing(e))?;
        self.rows(&rows)
    }

    /// Every file that some version of an agency's rows names, with the row: hash, register, id,
    /// and the first entry at which it did.
    pub async fn named_files(&self, agency: &str) -> Result<Vec<(String, String, String, i64)>, StoreError> {
        sqlx::query_as(
            "SELECT sha256, register, row_id, MIN(seq) FROM row_file WHERE agency = ?
             GROUP BY sha256, register, row_id ORDER BY sha256, register, row_id",
        )
        .bind(agency)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.listing(e))
    }

    /// The rows of one register that one action wrote, with the version written and the latest.
    pub async fn heads_written_by(
        &self,
        agency: &str,
        action: &str,
        register: &str,
    ) -> Result<Vec<WrittenHead>, StoreError> {
        let rows = sqlx::query(
            "SELECT e.row_id, e.version, h.version
             FROM ledger_entry e JOIN row_head h ON h.register = e.register AND h.row_id = e.row_id
             WHERE e.agency = ? AND e.action = ? AND e.register = ? ORDER BY e.seq",
        )
        .bind(agency)
        .bind(action)
        .bind(register)
        .fetch_all(&self.read)
        .await
        .map_err(|e| self.listing(e))?;
        rows.iter()
            .map(|r| {
                Ok(WrittenHead {
                    row: r.try_get(0)?,
                    version: r.try_get(1)?,
                    latest: r.try_get(2)?,
                })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(|e| self.listing(e))
    }

    /// One version of an agency's row.
    pub async fn version(
        &self,
        agency: &str,
        register: &str,
        row: &str,
        version: u32,
    ) -> Result<Option<StoredRow>, StoreError> {
        let found = sqlx::query(
            "SELECT agency, register, row_id, version, seq, body FROM row_version
             WHERE register = ? AND row_id = ? AND version = ? AND agency = ?",
        )
        .bind(register)
        .bind(row)
        .bind(version)
        .bind(agency)
        .fetch_optional(&self.read)
        .await
        .map_err(|e| self.listing(e))?;
        found.map(|r| self.stored(&r)).transpose()
    }

    async fn with_entries(&self, condition: &str, binds: &[&str]) -> Result<Vec<Recorded>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT e.seq, e.prev, e.at, e.actor, e.action, e.agency, e.register, e.row_id, e.version,
                    e.body_hash, e.hash, v.body
             FROM ledger_entry e JOIN row_version v ON v.seq = e.seq ",
        );
        // `condition` is one of the texts above, never a user's.
        let mut parts = condition.split('?');
        query.push(parts.next().unwrap_or_default());
        for (part, bind) in parts.zip(binds) {
            query.push_bind((*bind).to_owned()).push(part);
        }
        let rows = query
            .build()
            .fetch_all(&self.read)
            .await
            .map_err(|e| self.listing(e))?;
        rows.iter()
            .map(|r| {
                let entry = stored_entry(r).map_err(|e| self.listing(e))?;
                let text: &str = r.try_get(11).map_err(|e| self.listing(e))?;
                let body = serde_json::from_str(text).map_err(|_| StoreError::UnreadableBody {
                    register: entry.entry.register.clone(),
                    row: entry.entry.row.clone(),
                    version: entry.entry.version,
                })?;
                let row = StoredRow {
                    agency: entry.entry.agency.clone(),
                    register: entry.entry.register.clone(),
                    row: entry.entry.row.clone(),
                    version: entry.entry.version,
                    seq: entry.entry.seq,
                    body,
                };
                Ok(Recorded { row, entry })
            })
            .collect()
    }
}
