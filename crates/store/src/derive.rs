//! Deriving anew what lies beside the bodies, some rows at a time.
//!
//! Why: when a register's form changes, what lists filter by and searches look in is no more what
//! the bodies say. Why it may be done twice, and begun anywhere: each row's values follow from its
//! body alone. What it can't know: whether they were wrong before; it writes all of them.

use crate::act::Act;
use crate::compiled::compiled_once;
use crate::forms::Promoted;
use crate::link::Link;
use crate::postgres::Across;
use crate::rows::{ENTRY, stored_entry};
use crate::value::{Arg, args};
use crate::write::insert_many;
use crate::{Forms, Store, StoreError, chain};
use ledger::Entry;
use serde_json::Value;
use sqlx::Error;
use std::sync::Arc;

/// How far a derivation is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DerivedAnew {
    /// How many rows were derived anew.
    pub rows: u64,
    /// The last of them (register, id), after which it goes on; none where there are no more.
    pub last: Option<(String, String)>,
}

impl Store {
    /// What the forms are called by which this process derives.
    pub fn forms_name(&self) -> String {
        self.forms().name()
    }

    /// Chains beside whose bodies lies what other forms derived, or began to.
    #[compiled_once]
    pub async fn underived(&self) -> Result<Vec<String>, StoreError> {
        let mut tx = self.begin_across(Across::Directory).await?;
        let forms = self.forms();
        let found = chain::derived_by_others(&mut tx.link(), &*forms).await;
        found.map_err(|e| self.failed("讀取帳本", e))
    }

    /// Derives the values and texts of some of an agency's rows anew, of those after a row
    /// (register, id; both empty for the first). From the first call to the one that finds no more
    /// rows, nothing else is written to the agency.
    #[compiled_once]
    pub async fn derive_anew(
        &self,
        agency: &str,
        after: (&str, &str),
        limit: u32,
    ) -> Result<DerivedAnew, StoreError> {
        self.act(DeriveAnew {
            agency: agency.to_owned(),
            after: (after.0.to_owned(), after.1.to_owned()),
            limit,
            forms: self.forms(),
        })
        .await
    }
}

struct DeriveAnew {
    agency: String,
    after: (String, String),
    limit: u32,
    forms: Arc<dyn Forms>,
}

impl Act for DeriveAnew {
    type Out = DerivedAnew;

    const DOING: &'static str = "重新推導索引";

    fn agency(&self) -> &str {
        &self.agency
    }

    fn weight(&self) -> usize {
        self.limit as usize
    }

    async fn act(
        &self,
        link: &mut Link<'_>,
        _refused: &mut Option<StoreError>,
    ) -> Result<DerivedAnew, Error> {
        let agency = &self.agency;
        // Nobody writes another body of the agency meanwhile.
        chain::head_to_write(link, agency).await?;
        let begins = self.after.0.is_empty() && self.after.1.is_empty();
        if begins {
            // From here on nobody writes by the forms before.
            chain::set_derived(link, agency, "").await?;
        }
        let sql = format!(
            "SELECT {ENTRY}, v.body FROM row_head h
             JOIN row_version v ON v.agency = h.agency AND v.seq = h.body_seq
             JOIN ledger_entry e ON e.agency = h.agency AND e.seq = h.body_seq
             WHERE h.agency = $1 AND (h.register, h.row_id) > ($2, $3)
             ORDER BY h.register, h.row_id LIMIT $4"
        );
        let page = link
            .rows(&sql, args![agency, &self.after.0, &self.after.1, self.limit])
            .await?;
        let mut rows: Vec<(Entry, Promoted)> = Vec::with_capacity(page.len());
        for cells in &page {
            let entry = stored_entry(cells)?.entry;
            let body: Value = serde_json::from_str(cells.text(11)?).unwrap_or_default();
            let promoted = Promoted::of(&self.forms.derive(&entry.register, &body));
            rows.push((entry, promoted));
        }
        let bodies: Vec<(&Entry, &Promoted)> = rows.iter().map(|(e, p)| (e, p)).collect();
        replace(link, agency, &bodies).await?;
        if rows.is_empty() {
            chain::set_derived(link, agency, &self.forms.name()).await?;
        }
        Ok(DerivedAnew {
            rows: u64::try_from(rows.len()).unwrap_or(u64::MAX),
            last: rows.pop().map(|(entry, _)| (entry.register, entry.row)),
        })
    }
}

/// Puts values and texts in place of whatever lies beside some rows.
async fn replace(link: &mut Link<'_>, agency: &str, bodies: &[(&Entry, &Promoted)]) -> Result<(), Error> {
    if bodies.is_empty() {
        return Ok(());
    }
    let (mut keys, mut pairs, mut values) = (args![agency], Vec::new(), Vec::new());
    for (entry, promoted) in bodies {
        pairs.push(format!("(${}, ${})", keys.len() + 1, keys.len() + 2));
        keys.extend([Arg::from(&entry.register), Arg::from(&entry.row)]);
        for (field, value) in &promoted.values {
            values.extend(args![agency, &entry.register, field, value, &entry.row]);
        }
    }
    let sql = format!(
        "DELETE FROM row_value WHERE agency = $1 AND (register, row_id) IN (VALUES {})",
        pairs.join(", ")
    );
    link.run_once(&sql, keys).await?;
    let into = "row_value (agency, register, field, value, row_id)";
    insert_many(link, into, 5, values, "").await?;
    link.put_texts(bodies).await
}
