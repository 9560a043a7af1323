//! From one database into another, whichever they are: agency by agency, verified on arrival.
//!
//! Why entries and bodies alone are carried over: everything else of the records follows from them
//! and is derived by what derives it on every write, so that a copy can't differ from what would
//! have been written. Why it can be begun again: an agency whose chain ends alike is there, one
//! whose chain is a beginning of the other is gone on with. Why everything is compared before the first
//! row: what is refused leaves nothing in a database that is somebody else's, not even the mark of an
//! unfinished copy, behind which nobody could open it. What it can't know: what is written to
//! the source after its agency was read; the copy is made while nobody writes, or is made again.

use crate::act::Act;
use crate::commit::named_blobs;
use crate::compiled::compiled_once;
use crate::link::Link;
use crate::postgres::Across;
use crate::rows::{ENTRY, PAGE, StoredEntry, stored_entry};
use crate::transaction::Tx;
use crate::value::{Arg, args};
use crate::write::{batches, heads, insert_blob, put, written};
use crate::{Blob, Forms, Prepared, Store, StoreError, chain, unfinished};
use ledger::Head;
use serde_json::Value;
use sqlx::Error;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// How an agency arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Where its chain ends, here and there.
    pub head: Head,
    /// How many entries were carried over now; none of an agency that was there already.
    pub entries: u64,
}

const DOING: &str = "複製";

impl Store {
    /// Copies everything into another database and verifies it there, agency by agency; tells of each
    /// one as it is done. What is there already is not carried over again. Until all of it is there
    /// and verified nothing else opens the other database, whatever ends this on the way; called
    /// again for one that was opened by [`Store::open_to_copy`] it goes on.
    #[compiled_once]
    pub async fn copy(
        from: &Self,
        to: &Self,
        told: &(dyn Fn(&Copied) + Send + Sync),
    ) -> Result<Vec<Copied>, StoreError> {
        let chains = from.chains().await?;
        beginnings(from, to, &chains).await?;
        to.act(unfinished::Begin {
            origin: from.typed().to_owned(),
        })
        .await?;
        let mut all = Vec::new();
        for agency in chains {
            let copied = agency_of(from, to, &agency).await?;
            told(&copied);
            all.push(copied);
        }
        to.act(unfinished::End).await?;
        Ok(all)
    }

    /// Every chain, and every agency that something of the working space is of.
    async fn chains(&self) -> Result<Vec<String>, StoreError> {
        let mut tx = self.begin_across(Across::Whole).await?;
        let cells = tx
            .link()
            .rows(
                "SELECT agency FROM chain_head UNION SELECT agency FROM import_job
                 UNION SELECT agency FROM receipt UNION SELECT agency FROM job
                 UNION SELECT agency FROM outbox UNION SELECT agency FROM kept ORDER BY 1",
                Vec::new(),
            )
            .await
            .map_err(|e| self.failed(DOING, e))?;
        let all = cells.iter().map(|c| c.owned(0)).collect::<Result<_, Error>>();
        all.map_err(|e| self.failed(DOING, e))
    }
}

/// Refuses a target in which something else lies than a beginning of what comes.
async fn beginnings(from: &Store, to: &Store, chains: &[String]) -> Result<(), StoreError> {
    for there in to.heads().await?.into_iter().filter(|head| head.seq > 0) {
        let mut source = from.begin(&there.agency).await?;
        let holds = chain::holds(&mut source.link(), &there).await;
        if !chains.contains(&there.agency) || !holds.map_err(|e| from.failed(DOING, e))? {
            return Err(diverged(there));
        }
    }
    Ok(())
}

fn diverged(there: Head) -> StoreError {
    StoreError::Diverged {
        agency: there.agency,
        seq: there.seq,
    }
}

async fn agency_of(from: &Store, to: &Store, agency: &str) -> Result<Copied, StoreError> {
    let failed = |e| from.failed(DOING, e);
    let mut source = from.begin(agency).await?;
    source.link().take_time().await.map_err(failed)?;
    let head = chain::head(&mut source.link(), agency).await.map_err(failed)?;
    let mut there = to.reading(agency).await?.head().clone();
    // What is there is a beginning of what comes, or it is something else.
    if !chain::holds(&mut source.link(), &there).await.map_err(failed)? {
        return Err(diverged(there));
    }
    files(from, to, &mut source, agency).await?;
    let begun = there.seq;
    while there.seq < head.seq {
        let page = entries(&mut source.link(), agency, there.seq)
            .await
            .map_err(failed)?;
        let arrived = to
            .act(Arrive {
                after: there.clone(),
                page,
                forms: to.forms(),
            })
            .await?;
        if arrived.seq == there.seq {
            // Fewer entries than the head says: the source is damaged.
            break;
        }
        there = arrived;
    }
    working_space(from, to, &mut source, agency).await?;
    drop(source);
    to.list_texts(agency).await?;
    let verification = to.verify_agency(agency, std::slice::from_ref(&head)).await?;
    if there != head || !verification.is_sound() {
        return Err(StoreError::Broken {
            path: Path::new(to.place()).to_owned(),
            verification: Box::new(verification),
        });
    }
    Ok(Copied {
        entries: head.seq.saturating_sub(begun),
        head,
    })
}

/// A page of entries with their bodies, and when the last one was written.
async fn entries(link: &mut Link<'_>, agency: &str, after: u64) -> Result<Vec<(StoredEntry, String)>, Error> {
    let sql = format!(
        "SELECT {ENTRY}, v.body FROM ledger_entry e
         JOIN row_version v ON v.agency = e.agency AND v.seq = e.seq
         WHERE e.agency = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3"
    );
    let cells = link.rows(&sql, args![agency, after, PAGE]).await?;
    cells
        .iter()
        .map(|c| Ok((stored_entry(c)?, c.owned(11)?)))
        .collect()
}

/// The files that are not there yet, one at a time, as they may be large.
async fn files(from: &Store, to: &Store, source: &mut Tx, agency: &str) -> Result<(), StoreError> {
    let failed = |e| from.failed(DOING, e);
    let sql = "SELECT sha256 FROM blob WHERE agency = $1 ORDER BY sha256";
    let mut there = BTreeSet::new();
    {
        let mut tx = to.begin(agency).await?;
        let cells = tx.link().rows(sql, args![agency]).await;
        for cells in &cells.map_err(|e| to.failed(DOING, e))? {
            there.insert(cells.owned(0).map_err(failed)?);
        }
    }
    for cells in source.link().rows(sql, args![agency]).await.map_err(failed)? {
        let sha256 = cells.owned(0).map_err(failed)?;
        if there.contains(&sha256) {
            continue;
        }
        let found = source
            .link()
            .one(
                "SELECT bytes, media_type, name FROM blob WHERE agency = $1 AND sha256 = $2",
                args![agency, &sha256],
            )
            .await
            .map_err(failed)?;
        let Some(cells) = found else {
            continue;
        };
        let read = || {
            Ok::<_, Error>(Blob {
                bytes: cells.bytes(0)?.to_vec(),
                media_type: cells.owned(1)?,
                name: cells.owned(2)?,
            })
        };
        to.act(ArriveFile {
            agency: agency.to_owned(),
            sha256,
            blob: read().map_err(failed)?,
        })
        .await?;
    }
    Ok(())
}

/// Entries as they come from elsewhere.
struct Arrive {
    after: Head,
    page: Vec<(StoredEntry, String)>,
    forms: Arc<dyn Forms>,
}

impl Act for Arrive {
    type Out = Head;

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.after.agency
    }

    fn weight(&self) -> usize {
        self.page.len()
    }

    async fn act(&self, link: &mut Link<'_>, refused: &mut Option<StoreError>) -> Result<Head, Error> {
        let agency = &self.after.agency;
        let mut end = chain::end_to_write(link, agency).await?;
        if end.head.seq == 0 {
            chain::begin(link, agency, &*self.forms).await?;
            end = chain::end_to_write(link, agency).await?;
        }
        let is_derived = end.is_derived_by(&*self.forms);
        let mut head = end.head;
        if !is_derived {
            *refused = Some(StoreError::underived(agency));
            return Ok(head);
        }
        if head != self.after {
            *refused = Some(diverged(head.clone()));
            return Ok(head);
        }
        let rows: Vec<Prepared> = self
            .page
            .iter()
            .map(|(stored, body)| prepared(stored, body))
            .collect();
        let mut entries = self.page.iter();
        let mut at = 0;
        for batch in batches(&rows) {
            let standing = heads(link, agency, batch, &[]).await?;
            let mut arriving = Vec::with_capacity(batch.len());
            for (row, (stored, _)) in batch.iter().zip(entries.by_ref()) {
                at = stored.entry.at;
                let next = written(&*self.forms, stored.entry.clone(), row, &standing);
                head = next.own.clone();
                arriving.push(next);
            }
            put(link, &arriving).await?;
        }
        chain::move_head(link, &head, at).await?;
        Ok(head)
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &Head) -> Result<bool, Error> {
        chain::head_to_write(link, &out.agency).await?;
        chain::holds(link, out).await
    }
}

fn prepared(stored: &StoredEntry, body: &str) -> Prepared {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    Prepared {
        register: stored.entry.register.clone(),
        row: stored.entry.row.clone(),
        expected_version: stored.entry.version.saturating_sub(1),
        bytes: body.as_bytes().to_vec(),
        files: named_blobs(&value).into_iter().map(str::to_owned).collect(),
    }
}

struct ArriveFile {
    agency: String,
    sha256: String,
    blob: Blob,
}

impl Act for ArriveFile {
    type Out = ();

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        insert_blob(link, &self.agency, &self.sha256, &self.blob).await
    }
}

/// The tables of the working space, with their columns after the agency and how many of these are the
/// key.
const WORKING: &[(&str, &[&str], usize)] = &[
    (
        "import_job",
        &["id", "register", "actor", "at", "state", "detail", "bytes"],
        1,
    ),
    ("receipt", &["principal", "key", "request", "at", "answer"], 2),
    ("kept", &["kind", "id", "holder", "version", "until", "body"], 2),
    (
        "job",
        &[
            "id",
            "kind",
            "job_key",
            "open_key",
            "actor",
            "payload",
            "state",
            "again",
            "attempts",
            "most_attempts",
            "due_at",
            "taken",
            "worker",
            "heartbeat",
            "steps",
            "steps_total",
            "words",
            "kept",
            "result",
            "error",
            "created_at",
            "finished_at",
        ],
        1,
    ),
    ("job_file", &["job", "part", "bytes"], 2),
    (
        "outbox",
        &[
            "id",
            "kind",
            "address",
            "payload",
            "state",
            "attempts",
            "most_attempts",
            "due_at",
            "taken",
            "worker",
            "heartbeat",
            "error",
            "created_at",
            "finished_at",
        ],
        1,
    ),
];

/// What lies in the working space, as it stands: rows that are there are written over.
async fn working_space(from: &Store, to: &Store, source: &mut Tx, agency: &str) -> Result<(), StoreError> {
    for (table, columns, key) in WORKING {
        let keys = columns.get(..*key).unwrap_or_default().join(", ");
        let all = columns.join(", ");
        let places: Vec<String> = (2..columns.len() + 2).map(|n| format!("${n}")).collect();
        let set: Vec<String> = columns
            .iter()
            .skip(*key)
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        let put = format!(
            "INSERT INTO {table} (agency, {all}) VALUES ($1, {}) ON CONFLICT (agency, {keys}) DO UPDATE SET {}",
            places.join(", "),
            set.join(", ")
        );
        // One at a time: an import holds its file.
        let beyond: Vec<String> = (2..key + 2).map(|n| format!("${n}")).collect();
        let next = format!(
            "SELECT {all} FROM {table} WHERE agency = $1 AND ({keys}) > ({}) ORDER BY {keys} LIMIT 1",
            beyond.join(", ")
        );
        let mut after = vec![Arg::from(""); *key];
        loop {
            let mut asked = args![agency];
            asked.append(&mut after);
            let found = source.link().one(&next, asked).await;
            let Some(cells) = found.map_err(|e| from.failed(DOING, e))? else {
                break;
            };
            let row = cells.into_args();
            after = row.iter().take(*key).cloned().collect();
            let mut values = args![agency];
            values.extend(row);
            to.act(PutWorking {
                agency: agency.to_owned(),
                sql: put.clone(),
                values,
            })
            .await?;
        }
    }
    Ok(())
}

struct PutWorking {
    agency: String,
    sql: String,
    values: Vec<Arg>,
}

impl Act for PutWorking {
    type Out = ();

    const DOING: &'static str = DOING;

    fn agency(&self) -> &str {
        &self.agency
    }

    async fn act(&self, link: &mut Link<'_>, _refused: &mut Option<StoreError>) -> Result<(), Error> {
        link.run(&self.sql, self.values.clone()).await.map(|_| ())
    }
}
