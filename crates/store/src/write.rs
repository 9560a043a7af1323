//! The only way in: files, row versions and their entries, in one transaction of one agency.
//!
//! Why the chain's head is read first and held: whoever writes to a chain comes after the one
//! before, so that what is judged next is judged of what stands. Why a body's files must be there:
//! evidence that is named but not kept proves nothing. What it can't know: whether the actor was
//! allowed to, and whether the body is a valid row; that is decided before.

use crate::act::Act;
use crate::commit::{BATCH, complete, keepable};
use crate::compiled::compiled_once;
use crate::forms::Promoted;
use crate::link::Link;
use crate::value::{Arg, args, places};
use crate::working::insert_receipt;
use crate::{Blob, Commit, CommitHead, Committed, Forms, Prepared, Store, StoreError, chain, jobs};
use ledger::{Draft, Entry, Head};
use serde_json::Value;
use sqlx::Error;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Told now and then how many rows are written.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

impl Store {
    /// Writes everything of a commit, or nothing.
    #[compiled_once]
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        complete(&commit)?;
        // Hashing and serialising happen before the write lock is taken.
        let rows = commit.rows.iter().map(Prepared::of).collect();
        let head = CommitHead {
            actor: commit.actor,
            at_micros: commit.at_micros,
            action: commit.action,
            agency: commit.agency,
            receipt: commit.receipt,
            holds: commit.holds,
            jobs: commit.jobs,
            outbox: commit.outbox,
            step: commit.step,
        };
        self.write_all(head, rows, commit.blobs, Arc::new(|_| {}), true)
            .await
    }

    /// Writes many rows at once, or nothing; says now and then how many are done. The entries
    /// are not given back.
    #[compiled_once]
    pub async fn commit_prepared(
        &self,
        head: CommitHead,
        rows: Vec<Prepared>,
        blobs: Vec<Blob>,
        progress: Progress,
    ) -> Result<Committed, StoreError> {
        if rows.is_empty() {
            return Err(StoreError::Incomplete {
                what: "沒有任何資料列",
            });
        }
        self.write_all(head, rows, blobs, progress, false).await
    }

    async fn write_all(
        &self,
        head: CommitHead,
        rows: Vec<Prepared>,
        files: Vec<Blob>,
        progress: Progress,
        keep_entries: bool,
    ) -> Result<Committed, StoreError> {
        keepable(&head, &rows, &files)?;
        jobs::all_complete(&head.jobs, &head.outbox)?;
        let blobs = files
            .iter()
            .map(|b| ledger::hex(&ledger::sha256(&b.bytes)))
            .collect();
        let append = Append {
            head,
            rows,
            files,
            blobs,
            forms: self.forms(),
            progress,
            keep_entries,
        };
        self.act(append).await
    }
}

/// A commit as it is carried out.
struct Append {
    head: CommitHead,
    rows: Vec<Prepared>,
    files: Vec<Blob>,
    blobs: Vec<String>,
    forms: Arc<dyn Forms>,
    progress: Progress,
    keep_entries: bool,
}

/// An entry, the chain's head after it, the row version it vouches for, and what lies beside it.
pub(crate) struct Written<'r> {
    entry: Entry,
    pub(crate) own: Head,
    row: &'r Prepared,
    /// The latest version with a body, and who wrote the first one.
    body_seq: u64,
    author: String,
    /// Nothing where the row is withdrawn: what lay beside its last body stays.
    promoted: Option<Promoted>,
    /// What lies beside the body that stands.
    before: Promoted,
}

/// What stands of a row.
pub(crate) struct Standing {
    version: u32,
    body_seq: u64,
    author: String,
    /// The body at `body_seq`, as its text.
    body: String,
}

/// What stands of the rows of a batch, and of those that were looked at.
pub(crate) type Heads = HashMap<(String, String), Standing>;

impl Act for Append {
    type Out = Committed;

    const DOING: &'static str = "寫入";

    fn agency(&self) -> &str {
        &self.head.agency
    }

    fn weight(&self) -> usize {
        self.rows.len()
    }

    async fn act(&self, link: &mut Link<'_>, refused: &mut Option<StoreError>) -> Result<Committed, Error> {
        let agency = &self.head.agency;
        let mut end = chain::end_to_write(link, agency).await?;
        if end.head.seq == 0 && chain::begin(link, agency, &*self.forms).await? {
            // Another writer may have begun it at the same time.
            end = chain::end_to_write(link, agency).await?;
        }
        let is_derived = end.is_derived_by(&*self.forms);
        let mut head = end.head;
        if !is_derived {
            return Ok(refuse(refused, StoreError::underived(agency), head));
        }
        if let Some(step) = &self.head.step
            && let Some(error) = jobs::carry_out(link, agency, step, self.head.at_micros).await?
        {
            return Ok(refuse(refused, error, head));
        }
        if let Some(error) = self.moved(link, &head).await? {
            return Ok(refuse(refused, error, head));
        }
        for (sha256, blob) in self.blobs.iter().zip(&self.files) {
            insert_blob(link, agency, sha256, blob).await?;
        }
        let mut entries = Vec::new();
        let mut done = 0_u64;
        for (n, batch) in batches(&self.rows).into_iter().enumerate() {
            let looked_at: &[_] = if n == 0 { &self.head.holds.rows } else { &[] };
            let standing = heads(link, agency, batch, looked_at).await?;
            if let Some(error) = conflict(&standing, looked_at, batch) {
                return Ok(refuse(refused, error, head));
            }
            if let Some(error) = missing_file(link, agency, (batch, &self.blobs)).await? {
                return Ok(refuse(refused, error, head));
            }
            let mut written = Vec::with_capacity(batch.len());
            for row in batch {
                let next = self.entry(&head, row, &standing);
                head = next.own.clone();
                written.push(next);
            }
            put(link, &written).await?;
            done = done.saturating_add(u64::try_from(batch.len()).unwrap_or(0));
            (self.progress)(done);
            if self.keep_entries {
                entries.extend(written.into_iter().map(|w| w.entry));
            }
        }
        chain::move_head(link, &head, self.head.at_micros).await?;
        if let Some(receipt) = &self.head.receipt
            && !insert_receipt(link, agency, receipt, self.head.at_micros).await?
        {
            return Ok(refuse(refused, StoreError::Repeated, head));
        }
        jobs::enqueue_all(link, agency, &self.head.jobs, self.head.at_micros).await?;
        jobs::post_all(link, agency, &self.head.outbox, self.head.at_micros).await?;
        Ok(Committed {
            entries,
            position: head.seq,
            head,
            blobs: self.blobs.clone(),
        })
    }

    async fn was_kept(&self, link: &mut Link<'_>, out: &Committed) -> Result<bool, Error> {
        // Whoever writes to the chain is waited for, also a lost connection's transaction.
        chain::head_to_write(link, &self.head.agency).await?;
        chain::holds(link, &out.head).await
    }
}

/// Says why nothing is written; the transaction is taken back.
fn refuse(refused: &mut Option<StoreError>, error: StoreError, head: Head) -> Committed {
    *refused = Some(error);
    Committed {
        entries: Vec::new(),
        position: head.seq,
        head,
        blobs: Vec::new(),
    }
}

impl Append {
    /// What of the registers that were looked at as a whole was written since.
    async fn moved(&self, link: &mut Link<'_>, head: &Head) -> Result<Option<StoreError>, Error> {
        let holds = &self.head.holds;
        if holds.unmoved.is_empty() || head.seq <= holds.since {
            return Ok(None);
        }
        for part in &holds.unmoved {
            // Over the few entries since, not over the register.
            let naming = link.dialect().contains("v.body", "$5");
            let sql = format!(
                "SELECT 1 FROM row_version v WHERE v.agency = $1 AND v.seq > $2 AND v.register = $3
                 AND substr(v.row_id, 1, length($4)) = $4 AND ($5 = '' OR {naming}) LIMIT 1"
            );
            let args = args![
                &self.head.agency,
                holds.since,
                &part.register,
                &part.beginning,
                &part.naming
            ];
            if link.one(&sql, args).await?.is_some() {
                return Ok(Some(StoreError::Moved {
                    register: part.register.clone(),
                }));
            }
        }
        Ok(None)
    }

    fn entry<'r>(&self, head: &Head, row: &'r Prepared, standing: &Heads) -> Written<'r> {
        let entry = ledger::append(
            head,
            Draft {
                at: self.head.at_micros,
                actor: self.head.actor.clone(),
                action: self.head.action.clone(),
                register: row.register.clone(),
                row: row.row.clone(),
                version: row.expected_version.saturating_add(1),
                body_hash: ledger::sha256(&row.bytes),
            },
        );
        written(&*self.forms, entry, row, standing)
    }
}

/// What lies beside a body; none beside one that withdraws its row.
fn promoted(forms: &dyn Forms, register: &str, body: &[u8]) -> Option<Promoted> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    (!body.is_null()).then(|| Promoted::of(&forms.derive(register, &body)))
}

/// An entry with its row, and what lies beside it after what stands.
pub(crate) fn written<'r>(
    forms: &dyn Forms,
    entry: Entry,
    row: &'r Prepared,
    standing: &Heads,
) -> Written<'r> {
    let before = standing.get(&(row.register.clone(), row.row.clone()));
    let own = promoted(forms, &row.register, &row.bytes);
    Written {
        own: entry.head(),
        body_seq: match (&own, before) {
            (Some(_), _) => entry.seq,
            (None, Some(before)) => before.body_seq,
            // It never had a body.
            (None, None) => 0,
        },
        author: before.map_or_else(|| entry.actor.clone(), |b| b.author.clone()),
        before: match (&own, before) {
            (Some(_), Some(before)) => promoted(forms, &row.register, before.body.as_bytes()),
            _ => None,
        }
        .unwrap_or_default(),
        promoted: own,
        entry,
        row,
    }
}

/// Writes entries with their rows, the latest versions, the files they name and what lies beside.
pub(crate) async fn put(link: &mut Link<'_>, written: &[Written<'_>]) -> Result<(), Error> {
    insert(link, written).await?;
    insert_files(link, written).await?;
    beside(link, written).await
}

/// Which row stands otherwise than its writer saw it.
fn conflict(standing: &Heads, held: &[(String, String, u32)], batch: &[Prepared]) -> Option<StoreError> {
    let held = held
        .iter()
        .map(|(register, row, version)| (register, row, *version));
    let rows = batch.iter().map(|r| (&r.register, &r.row, r.expected_version));
    held.chain(rows).find_map(|(register, row, expected)| {
        let there = standing.get(&(register.clone(), row.clone()));
        // Version 0: that there is no such row.
        let found = there.map_or(0, |s| s.version);
        (found != expected).then(|| StoreError::Conflict {
            register: register.clone(),
            row: row.clone(),
            expected,
            found,
        })
    })
}

/// Rows of one batch: as many as one statement writes, and no row twice, so that each finds
/// the version that stands before it.
pub(crate) fn batches(rows: &[Prepared]) -> Vec<&[Prepared]> {
    let mut batches = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let mut seen = HashSet::new();
        let fits = rest
            .iter()
            .take(BATCH)
            .take_while(|r| seen.insert((r.register.as_str(), r.row.as_str())))
            .count();
        let (batch, after) = rest.split_at(fits);
        batches.push(batch);
        rest = after;
    }
    batches
}

pub(crate) async fn heads(
    link: &mut Link<'_>,
    agency: &str,
    batch: &[Prepared],
    held: &[(String, String, u32)],
) -> Result<Heads, Error> {
    let rows = batch.iter().map(|r| (&r.register, &r.row));
    let all: BTreeSet<_> = held
        .iter()
        .map(|(register, row, _)| (register, row))
        .chain(rows)
        .collect();
    let all: Vec<_> = all.into_iter().collect();
    let mut heads = Heads::with_capacity(all.len());
    for some in all.chunks(BATCH) {
        let mut args = args![agency];
        let mut pairs = Vec::with_capacity(some.len());
        for (register, row) in some {
            pairs.push(format!("(${}, ${})", args.len() + 1, args.len() + 2));
            args.extend([Arg::from(*register), Arg::from(*row)]);
        }
        let sql = format!(
            "SELECT h.register, h.row_id, h.version, h.body_seq, h.author, COALESCE(v.body, 'null')
             FROM row_head h LEFT JOIN row_version v ON v.agency = h.agency AND v.seq = h.body_seq
             WHERE h.agency = $1 AND (h.register, h.row_id) IN (VALUES {})",
            pairs.join(", ")
        );
        let cells = if some.len() > FEW {
            link.rows_once(&sql, args).await?
        } else {
            link.rows(&sql, args).await?
        };
        for cells in &cells {
            let standing = Standing {
                version: cells.version(2)?,
                body_seq: cells.unsigned(3)?,
                author: cells.owned(4)?,
                body: cells.owned(5)?,
            };
            heads.insert((cells.owned(0)?, cells.owned(1)?), standing);
        }
    }
    Ok(heads)
}

/// Statements over so many rows or fewer come often enough to be kept prepared.
const FEW: usize = 8;

/// The first file that a batch names and that is neither kept nor comes with it.
async fn missing_file(
    link: &mut Link<'_>,
    agency: &str,
    (batch, fresh): (&[Prepared], &[String]),
) -> Result<Option<StoreError>, Error> {
    let named: BTreeSet<&str> = batch
        .iter()
        .flat_map(|r| &r.files)
        .filter(|file| !fresh.contains(file))
        .map(String::as_str)
        .collect();
    if named.is_empty() {
        return Ok(None);
    }
    let named = Arg::Texts(named.into_iter().map(str::to_owned).collect());
    let among = link.dialect().among("sha256", "$2");
    let sql = format!("SELECT sha256 FROM blob WHERE agency = $1 AND {among}");
    let kept = link.rows(&sql, vec![Arg::from(agency), named]).await?;
    let kept: HashSet<&str> = kept.iter().map(|c| c.text(0)).collect::<Result<_, _>>()?;
    let missing = batch.iter().find_map(|row| {
        let there = |f: &&String| kept.contains(f.as_str()) || fresh.contains(*f);
        let file = row.files.iter().find(|f| !there(f))?;
        Some(StoreError::UnknownBlob {
            register: row.register.clone(),
            row: row.row.clone(),
            sha256: file.clone(),
        })
    });
    Ok(missing)
}

pub(crate) async fn insert_blob(
    link: &mut Link<'_>,
    agency: &str,
    sha256: &str,
    blob: &Blob,
) -> Result<(), Error> {
    link.run(
        "INSERT INTO blob (agency, sha256, media_type, name, bytes) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (agency, sha256) DO NOTHING",
        args![
            agency,
            sha256,
            &blob.media_type,
            &blob.name,
            blob.bytes.as_slice()
        ],
    )
    .await?;
    Ok(())
}

/// Writes rows of equal columns, several a statement: each statement is a turn of the database, and
/// a large import would otherwise wait for most of its time.
pub(crate) async fn insert_many(
    link: &mut Link<'_>,
    into: &str,
    columns: usize,
    values: Vec<Arg>,
    then: &str,
) -> Result<(), Error> {
    let all = values.len().checked_div(columns).unwrap_or(0);
    let mut values = values.into_iter();
    let mut left = all;
    while left > 0 {
        let rows = left.min(BATCH);
        left -= rows;
        let some: Vec<Arg> = values.by_ref().take(rows * columns).collect();
        let sql = format!("INSERT INTO {into} VALUES {}{then}", places(rows, columns));
        if rows > FEW {
            link.run_once(&sql, some).await?;
        } else {
            link.run(&sql, some).await?;
        }
    }
    Ok(())
}

async fn insert(link: &mut Link<'_>, written: &[Written<'_>]) -> Result<(), Error> {
    let mut entries = Vec::with_capacity(written.len() * 11);
    let mut versions = Vec::with_capacity(written.len() * 6);
    let mut heads = Vec::with_capacity(written.len() * 7);
    for Written {
        entry,
        own,
        row,
        body_seq,
        author,
        ..
    } in written
    {
        entries.extend(args![
            &entry.agency,
            entry.seq,
            entry.prev.as_slice(),
            entry.at,
            &entry.actor,
            &entry.action,
            &entry.register,
            &entry.row,
            entry.version,
            entry.body_hash.as_slice(),
            own.hash.as_slice(),
        ]);
        let body = String::from_utf8_lossy(&row.bytes).into_owned();
        versions.extend(args![
            &entry.agency,
            entry.seq,
            &entry.register,
            &entry.row,
            entry.version,
            body
        ]);
        heads.extend(args![
            &entry.agency,
            &entry.register,
            &entry.row,
            entry.version,
            entry.seq,
            *body_seq,
            author
        ]);
    }
    let into =
        "ledger_entry (agency, seq, prev, at, actor, action, register, row_id, version, body_hash, hash)";
    insert_many(link, into, 11, entries, "").await?;
    let into = "row_version (agency, seq, register, row_id, version, body)";
    insert_many(link, into, 6, versions, "").await?;
    let into = "row_head (agency, register, row_id, version, seq, body_seq, author)";
    let then = " ON CONFLICT (agency, register, row_id) DO UPDATE
                 SET version = excluded.version, seq = excluded.seq, body_seq = excluded.body_seq";
    insert_many(link, into, 7, heads, then).await
}

/// Which files the rows name; a row may name one twice.
async fn insert_files(link: &mut Link<'_>, written: &[Written<'_>]) -> Result<(), Error> {
    let named: BTreeSet<_> = written
        .iter()
        .flat_map(|w| {
            w.row
                .files
                .iter()
                .map(move |sha256| (w.entry.seq, sha256, &w.entry))
        })
        .map(|(seq, sha256, entry)| (seq, sha256, &entry.agency, &entry.register, &entry.row))
        .collect();
    let mut values = Vec::with_capacity(named.len() * 5);
    for (seq, sha256, agency, register, row) in named {
        values.extend(args![agency, sha256, register, row, seq]);
    }
    insert_many(
        link,
        "row_file (agency, sha256, register, row_id, seq)",
        5,
        values,
        "",
    )
    .await
}

/// What lies beside the bodies: what the body before had and this one hasn't is taken away, what is
/// new is put there.
async fn beside(link: &mut Link<'_>, written: &[Written<'_>]) -> Result<(), Error> {
    let (mut gone, mut fresh) = (Vec::new(), Vec::new());
    let mut texts = Vec::new();
    for Written {
        entry,
        promoted,
        before,
        ..
    } in written
    {
        let Some(promoted) = promoted else {
            continue;
        };
        for (field, value) in before.values.difference(&promoted.values) {
            gone.extend(args![&entry.register, field, value, &entry.row]);
        }
        for (field, value) in promoted.values.difference(&before.values) {
            fresh.extend(args![&entry.agency, &entry.register, field, value, &entry.row]);
        }
        if !promoted.has_texts_of(before) {
            texts.push((entry, promoted));
        }
    }
    if let Some(first) = written.first() {
        take_away(link, &first.entry.agency, gone).await?;
    }
    let into = "row_value (agency, register, field, value, row_id)";
    insert_many(link, into, 5, fresh, "").await?;
    link.put_texts(&texts).await
}

/// Takes values (register, field, value, row) away.
async fn take_away(link: &mut Link<'_>, agency: &str, values: Vec<Arg>) -> Result<(), Error> {
    let mut values = values.into_iter().peekable();
    while values.peek().is_some() {
        let mut args = args![agency];
        args.extend(values.by_ref().take(BATCH * 4));
        let places: Vec<String> = (2..=args.len())
            .step_by(4)
            .map(|n| format!("(${n}, ${}, ${}, ${})", n + 1, n + 2, n + 3))
            .collect();
        let sql = format!(
            "DELETE FROM row_value WHERE agency = $1
             AND (register, field, value, row_id) IN (VALUES {})",
            places.join(", ")
        );
        if places.len() > FEW {
            link.run_once(&sql, args).await?;
        } else {
            link.run(&sql, args).await?;
        }
    }
    Ok(())
}
