//! Which law was in use when: an entry of the installation's own chain, whenever a process starts
//! with another law than the last one that was written.
//!
//! Why in the ledger: an assessment names the hash of its law, and an auditor asks since when that
//! law was used, and what it held. Why by the version that was seen: of processes that start at
//! once one writes. What it can't know: whether a process that started earlier still works with the
//! law before; and commands by hand, which may name another law each time, leave nothing here.

use crate::commit::{Draft, write};
use crate::compiled::compiled_once;
use crate::principal::Principal;
use crate::reads::Reads;
use crate::{App, AppError, Kind};
use law::Corpus;
use period::Date;
use serde::{Deserialize, Serialize};
use store::{INSTALLATION, NewRow, Store, StoreError};

/// Where it is kept: one row, whose versions are the laws that were used.
const REGISTER: &str = "law_in_use";
const ROW: &str = "law";

/// Who writes it.
const ACTOR: &str = "system";

/// How often it is tried against processes that start at the same time.
const TRIES: usize = 5;

/// An instrument of a law that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionUsed {
    /// The instrument, by its slug.
    pub instrument: String,
    /// The version that was in force.
    pub version: String,
    /// What it is called.
    pub title: String,
    /// Since when it is in force, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

/// A law that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    v: u32,
    /// The hash of its files.
    hash: String,
    /// The program that loaded it.
    engine: String,
    /// The day of the versions below.
    day: Date,
    editions: Vec<EditionUsed>,
}

/// Since when a law was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LawUse {
    /// Since when, in microseconds since 1970.
    pub at: i64,
    /// The hash of its files, as assessments name it.
    pub hash: String,
    /// The program that loaded it.
    pub engine: String,
    /// What was in force then.
    pub editions: Vec<EditionUsed>,
}

impl LawUse {
    /// In words: since when, how many instruments, which hash.
    pub fn words(&self) -> String {
        let since = crate::clock::taipei(self.at);
        let since = since.parse::<period::DateTime>().ok();
        format!(
            "{}起採用法規資料 {}（有效法規 {} 部，程式 {} 版）",
            since.map(period::roc_instant).unwrap_or_default(),
            self.hash,
            self.editions.len(),
            self.engine,
        )
    }
}

fn editions(corpus: &Corpus, day: Date) -> Vec<EditionUsed> {
    let in_force = corpus.instruments.values().filter_map(|instrument| {
        let version = instrument.version_on(day)?;
        Some(EditionUsed {
            instrument: instrument.slug.clone(),
            version: version.id.clone(),
            title: version.title.clone(),
            from: version.from,
        })
    });
    in_force.collect()
}

/// The laws that were used, the first one first; none where nothing was written of it.
///
/// # Errors
/// Where the database can't be read.
pub(crate) async fn laws_used(store: &Store) -> Result<Vec<LawUse>, StoreError> {
    let mut reading = store.reading(INSTALLATION).await?;
    let recorded = reading.recorded(REGISTER, ROW).await?;
    // One that this program can't read was written by a newer one: the verification tells of damage.
    let read = recorded.into_iter().filter_map(|one| {
        let body: Body = serde_json::from_value(one.row.body).ok()?;
        Some(LawUse {
            at: one.entry.entry.at,
            hash: body.hash,
            engine: body.engine,
            editions: body.editions,
        })
    });
    Ok(read.collect())
}

impl App {
    /// Writes down which law is in use, where it is another than the last one that was written;
    /// tells whether it was written.
    ///
    /// # Errors
    /// Where the database can't be read or written.
    #[compiled_once]
    pub async fn note_law(&self) -> Result<bool, AppError> {
        let day = self.today();
        let now = Body {
            v: 1,
            hash: self.corpus().hash.clone(),
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            day,
            editions: editions(self.corpus(), day),
        };
        let body = serde_json::to_value(&now)
            .map_err(|e| AppError::failed(format!("無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))?;
        let mut tried = 0;
        loop {
            let last = Reads::open(self, INSTALLATION).await?.row(REGISTER, ROW).await?;
            let is = |key: &str| last.as_ref().and_then(|row| row.body.get(key)?.as_str());
            if is("hash") == Some(now.hash.as_str()) {
                return Ok(false);
            }
            let row = NewRow {
                register: REGISTER.to_owned(),
                row: ROW.to_owned(),
                expected_version: last.as_ref().map_or(0, |row| row.version),
                body: body.clone(),
            };
            let draft = Draft::of("load", vec![row]);
            tried += 1;
            match write(self, &Principal::local(ACTOR), INSTALLATION, draft).await {
                Ok(()) => return Ok(true),
                // Another process wrote at the same time: perhaps the same law.
                Err(error) if error.kind() == Kind::Stale && tried < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The laws that were used, the first one first.
    ///
    /// # Errors
    /// Where the database can't be read.
    #[compiled_once]
    pub async fn laws_used(&self) -> Result<Vec<LawUse>, AppError> {
        Ok(laws_used(&self.store).await?)
    }
}
