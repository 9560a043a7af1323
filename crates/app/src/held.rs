//! The rows of an agency that are kept in memory, and what follows from them.
//!
//! Why by agency and its position: what one agency writes makes nothing of another be read
//! again. Why moved on by what was written since: a write of one row doesn't read five thousand.
//! Why bounded in bytes: three hundred agencies are served by one small machine. What it can't
//! know: rows of very large registers; those are read by pages when they are asked for.

use crate::records::bounded::OfDay;
use crate::rows::{Rows, weight};
use crate::{AppError, Reading};
use assess::Assessment;
use facts::Snapshot;
use law::Overlay;
use period::{Date, DateTime};
use registers::BookRow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use store::{Query, StoredRow};
use views::TodayView;

/// How much of all agencies is kept, as estimated by [`weight`]: what was used last stays.
const BUDGET: usize = 128 << 20;
/// Days whose assessment is kept with the rows that it was made of.
const DAYS_ASSESSED: usize = 3;
/// Days whose limits are kept.
const DAYS_LIMITED: usize = 32;
/// Lists whose number of rows is kept.
const LISTS_COUNTED: usize = 32;
/// Pages of lists that are kept, and how much they may weigh together.
const PAGES: usize = 8;
const PAGES_WEIGH: usize = 1 << 20;

/// What follows from an agency's rows at one position.
pub(crate) struct Loaded {
    pub snapshot: Snapshot,
    pub plans: Vec<Overlay>,
    pub rows: Rows,
    pub readings: Vec<ReadPlan>,
    /// What was made of it for some days.
    pub kept: Kept,
}

/// A plan of the agency with what was read in it.
pub(crate) struct ReadPlan {
    /// Its row.
    pub row: String,
    pub version: u32,
    pub file_name: String,
    pub sha256: String,
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub reading: Reading,
}

impl ReadPlan {
    /// Whether it rules on a day.
    fn rules_on(&self, day: Date) -> bool {
        self.from.is_none_or(|f| f <= day) && self.until.is_none_or(|u| day < u)
    }
}

impl Loaded {
    /// The plan that rules on a day; where none does yet, the first one.
    pub(crate) fn plan_on(&self, day: Date) -> Option<&ReadPlan> {
        let before = |p: &&ReadPlan| p.from.is_none_or(|f| f <= day);
        let ruling = self.readings.iter().find(|p| p.rules_on(day));
        ruling
            .or_else(|| self.readings.iter().rfind(before))
            .or_else(|| self.readings.first())
    }
}

/// Rows that a register's rules look at.
pub(crate) type Books = BTreeMap<&'static str, Arc<Vec<BookRow>>>;

/// An agency's rows, and what was made of them so far.
#[derive(Default)]
pub(crate) struct Held {
    pub rows: Rows,
    loaded: OnceLock<Arc<Loaded>>,
    books: Mutex<Books>,
    /// How many rows some lists have, the last ones asked for.
    counted: Mutex<Vec<(&'static str, Query, u64)>>,
    /// Pages of lists, the last ones asked for.
    pages: Mutex<Vec<KeptPage>>,
    /// What those weigh.
    pages_weigh: AtomicUsize,
}

/// The rows of one page of a list, and one more where there is a next page.
struct KeptPage {
    register: &'static str,
    query: Query,
    limit: u32,
    rows: Arc<Vec<StoredRow>>,
    weight: usize,
}

impl Held {
    pub(crate) fn of(rows: Rows) -> Self {
        Self {
            rows,
            ..Self::default()
        }
    }

    /// The same after some rows were written.
    pub(crate) fn moved_on(&self, written: Vec<StoredRow>) -> Self {
        let mut books = self.books.lock().map(|b| b.clone()).unwrap_or_default();
        // An approval or a route changes which rows of other registers are final.
        if written
            .iter()
            .any(|r| ["approval", "route"].contains(&r.register.as_str()))
        {
            books.clear();
        }
        for row in &written {
            books.remove(row.register.as_str());
        }
        Self {
            rows: self.rows.with(written),
            books: Mutex::new(books),
            ..Self::default()
        }
    }

    /// How many rows a list has, where that was counted since the agency last wrote.
    pub(crate) fn counted(&self, register: &str, query: &Query) -> Option<u64> {
        let counted = self.counted.lock().ok()?;
        let same = |(of, asked, _): &&(&str, Query, u64)| *of == register && asked == query;
        counted.iter().find(same).map(|(_, _, count)| *count)
    }

    /// One page of a list, where it was read since the agency last wrote.
    pub(crate) fn page(&self, register: &str, query: &Query, limit: u32) -> Option<Arc<Vec<StoredRow>>> {
        let mut pages = self.pages.lock().ok()?;
        let same = |p: &KeptPage| p.register == register && p.limit == limit && p.query == *query;
        let at = pages.iter().position(same)?;
        // What is asked for again goes last, so that it is forgotten last.
        let found = pages.remove(at);
        let rows = Arc::clone(&found.rows);
        pages.push(found);
        Some(rows)
    }

    /// Keeps one page of a list, unless it is very large.
    pub(crate) fn keep_page(
        &self,
        (register, query, limit): (&'static str, Query, u32),
        rows: Vec<StoredRow>,
    ) -> Arc<Vec<StoredRow>> {
        let weight = rows.iter().map(weight).sum();
        let rows = Arc::new(rows);
        if weight > PAGES_WEIGH {
            return rows;
        }
        if let Ok(mut pages) = self.pages.lock() {
            pages.push(KeptPage {
                register,
                query,
                limit,
                rows: Arc::clone(&rows),
                weight,
            });
            let all = |pages: &[KeptPage]| pages.iter().map(|p| p.weight).sum::<usize>();
            while pages.len() > PAGES || all(&pages) > PAGES_WEIGH {
                pages.remove(0);
            }
            self.pages_weigh.store(all(&pages), Ordering::Relaxed);
        }
        rows
    }

    /// About how many bytes it takes.
    fn weighs(&self) -> usize {
        self.rows
            .bytes
            .saturating_add(self.pages_weigh.load(Ordering::Relaxed))
    }

    /// Keeps how many rows a list has.
    pub(crate) fn keep_count(&self, register: &'static str, query: Query, count: u64) {
        if let Ok(mut counted) = self.counted.lock() {
            if counted.len() >= LISTS_COUNTED {
                counted.remove(0);
            }
            counted.push((register, query, count));
        }
    }

    /// What follows from the rows, made when it is first asked for.
    pub(crate) fn loaded(
        &self,
        make: impl FnOnce() -> Result<Loaded, AppError>,
    ) -> Result<Arc<Loaded>, AppError> {
        if let Some(loaded) = self.loaded.get() {
            return Ok(Arc::clone(loaded));
        }
        let new = Arc::new(make()?);
        Ok(Arc::clone(self.loaded.get_or_init(|| new)))
    }

    /// The rows of a register as rules look at them, made when they are first asked for.
    pub(crate) fn book(
        &self,
        key: &'static str,
        make: impl FnOnce() -> Result<Vec<BookRow>, AppError>,
    ) -> Result<Arc<Vec<BookRow>>, AppError> {
        if let Ok(books) = self.books.lock()
            && let Some(rows) = books.get(key)
        {
            return Ok(Arc::clone(rows));
        }
        let rows = Arc::new(make()?);
        if let Ok(mut books) = self.books.lock() {
            books.insert(key, Arc::clone(&rows));
        }
        Ok(rows)
    }
}

/// What is kept of a few days (or of what else it goes by), the last ones asked for.
pub(crate) struct Days<T, K = Date> {
    most: usize,
    kept: Mutex<Vec<OfKey<T, K>>>,
}

/// What is kept of one of them, with the instants for which it was made.
struct OfKey<T, K> {
    key: K,
    from: DateTime,
    until: Option<DateTime>,
    made: Arc<T>,
}

impl<T, K: Copy + PartialEq> Days<T, K> {
    fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    /// What is kept of a day at whatever hour, made where nothing is.
    pub(crate) fn of(&self, key: K, make: impl FnOnce() -> T) -> Arc<T> {
        self.known(key, DateTime::MIN)
            .unwrap_or_else(|| self.keep(key, (DateTime::MIN, None), make()))
    }

    /// What is kept of a day and holds at an instant.
    pub(crate) fn known(&self, key: K, at: DateTime) -> Option<Arc<T>> {
        let mut kept = self.kept.lock().ok()?;
        let holds = |of: &OfKey<T, K>| of.key == key && of.from <= at && of.until.is_none_or(|u| at <= u);
        let found = kept.iter().position(holds)?;
        // What is asked for again goes last, so that it is forgotten last.
        let found = kept.remove(found);
        let known = Arc::clone(&found.made);
        kept.push(found);
        Some(known)
    }

    /// What was last made of a day, though its hour may have passed.
    pub(crate) fn latest(&self, key: K) -> Option<Arc<T>> {
        let kept = self.kept.lock().ok()?;
        let found = kept.iter().find(|of| of.key == key)?;
        Some(Arc::clone(&found.made))
    }

    /// Keeps what was made of a day, and between which instants it holds, both included; of too many
    /// days, the one asked for longest ago is forgotten.
    pub(crate) fn keep(&self, key: K, (from, until): (DateTime, Option<DateTime>), made: T) -> Arc<T> {
        let made = Arc::new(made);
        if let Ok(mut kept) = self.kept.lock() {
            kept.retain(|of| of.key != key);
            if kept.len() >= self.most {
                kept.remove(0);
            }
            kept.push(OfKey {
                key,
                from,
                until,
                made: Arc::clone(&made),
            });
        }
        made
    }
}

/// What is kept with an agency's snapshot.
pub(crate) struct Kept {
    pub assessed: Days<Assessment>,
    pub limits: Days<OfDay>,
    /// The page 今天 of whoever sees every name, by the day shown and by today.
    pub today: Days<TodayView, (Date, Date)>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            assessed: Days::new(DAYS_ASSESSED),
            limits: Days::new(DAYS_LIMITED),
            today: Days::new(DAYS_ASSESSED),
        }
    }
}

struct Entry {
    position: u64,
    held: Arc<Held>,
    used: u64,
}

/// The agencies that were looked at last.
#[derive(Default)]
pub(crate) struct Cache(Mutex<(u64, HashMap<String, Entry>)>);

impl Cache {
    pub(crate) fn get(&self, agency: &str) -> Option<(u64, Arc<Held>)> {
        let mut kept = self.0.lock().ok()?;
        kept.0 = kept.0.wrapping_add(1);
        let now = kept.0;
        let entry = kept.1.get_mut(agency)?;
        entry.used = now;
        Some((entry.position, Arc::clone(&entry.held)))
    }

    pub(crate) fn put(&self, agency: &str, position: u64, held: &Arc<Held>) {
        let Ok(mut kept) = self.0.lock() else {
            return;
        };
        kept.0 = kept.0.wrapping_add(1);
        let used = kept.0;
        // Another visit may have read further meanwhile.
        if kept.1.get(agency).is_some_and(|e| e.position > position) {
            return;
        }
        let entry = Entry {
            position,
            held: Arc::clone(held),
            used,
        };
        kept.1.insert(agency.to_owned(), entry);
        forget(&mut kept.1);
    }

    /// Forgets agencies where more is kept than may be.
    pub(crate) fn trim(&self) {
        if let Ok(mut kept) = self.0.lock() {
            forget(&mut kept.1);
        }
    }
}

/// Forgets what was used longest ago, until the rest is within the budget.
fn forget(kept: &mut HashMap<String, Entry>) {
    while kept.len() > 1 && kept.values().map(|e| e.held.weighs()).sum::<usize>() > BUDGET {
        let oldest = kept.iter().min_by_key(|(_, e)| e.used);
        let Some(oldest) = oldest.map(|(agency, _)| agency.clone()) else {
            break;
        };
        kept.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn row(register: &str, id: &str, version: u32, text: &str) -> StoredRow {
        StoredRow {
            agency: "a".to_owned(),
            register: register.to_owned(),
            row: id.to_owned(),
            version,
            seq: 0,
            body: if text.is_empty() {
                Value::Null
            } else {
                json!({ "name": text })
            },
        }
    }

    #[test]
    fn of_too_much_what_was_used_last_stays() {
        let cache = Cache::default();
        let third = "x".repeat(BUDGET / 5);
        for agency in ["one", "two"] {
            let held = Arc::new(Held::of(Rows::of(vec![row("system", "a", 1, &third)])));
            cache.put(agency, 1, &held);
        }
        assert!(cache.get("one").is_some());
        let held = Arc::new(Held::of(Rows::of(vec![row("system", "a", 1, &third)])));
        cache.put("three", 1, &held);
        assert!(cache.get("two").is_none(), "it was used least");
        assert!(cache.get("one").is_some() && cache.get("three").is_some());
        // What was read further is not put back.
        cache.put("three", 0, &held);
        assert_eq!(cache.get("three").map(|(at, _)| at), Some(1));
    }

    #[test]
    fn pages_are_kept_by_what_was_asked_and_within_a_budget() {
        let held = Held::default();
        let of = |text: &str| Query {
            after: text.to_owned(),
            ..Query::default()
        };
        let some = || vec![row("system", "a", 1, "x")];
        held.keep_page(("system", of("one"), 50), some());
        assert!(held.page("system", &of("one"), 50).is_some());
        for (register, after, limit) in [("asset", "one", 50), ("system", "two", 50), ("system", "one", 51)] {
            assert!(held.page(register, &of(after), limit).is_none());
        }
        assert_eq!(held.weighs(), weight(&some()[0]));
        // The first one is asked for again and again, and outlives those after it.
        for n in 0..PAGES {
            held.keep_page(("system", of(&n.to_string()), 50), some());
            held.page("system", &of("one"), 50);
        }
        assert!(held.page("system", &of("one"), 50).is_some());
        assert!(held.page("system", &of("0"), 50).is_none(), "too many");
        assert!(held.page("system", &of("1"), 50).is_some());
        // A page that weighs as much as all may drives the others out; a heavier one isn't kept.
        let heavy = |bytes: usize| vec![row("system", "a", 1, &"x".repeat(bytes))];
        held.keep_page(("system", of("heavy"), 50), heavy(PAGES_WEIGH));
        assert!(held.page("system", &of("heavy"), 50).is_none());
        assert!(held.page("system", &of("one"), 50).is_some());
        held.keep_page(("system", of("half"), 50), heavy(PAGES_WEIGH / 2 - 200));
        assert!(held.page("system", &of("half"), 50).is_some());
        assert!(held.page("system", &of("one"), 50).is_none());
        assert!(held.weighs() <= PAGES_WEIGH);
    }

    #[test]
    fn the_number_of_rows_is_kept_by_what_was_asked() {
        let held = Held::default();
        let of = |text: &str| Query {
            after: text.to_owned(),
            ..Query::default()
        };
        held.keep_count("system", of("one"), 7);
        assert_eq!(held.counted("system", &of("one")), Some(7));
        assert_eq!(held.counted("asset", &of("one")), None);
        assert_eq!(held.counted("system", &of("two")), None);
        for n in 0..LISTS_COUNTED {
            held.keep_count("system", of(&n.to_string()), 1);
        }
        assert_eq!(held.counted("system", &of("one")), None, "the first of too many");
        assert_eq!(held.counted("system", &of("0")), Some(1));
        assert_eq!(held.moved_on(Vec::new()).counted("system", &of("0")), None);
    }

    #[test]
    fn days_asked_for_again_are_forgotten_last() {
        let days = Days::new(2);
        let day = |n: i8| Date::constant(2026, 1, n);
        for n in [1, 2, 1, 3] {
            days.of(day(n), || n);
        }
        assert_eq!(*days.of(day(1), || 0), 1, "kept");
        assert_eq!(*days.of(day(2), || 0), 0, "made anew");
    }
}
