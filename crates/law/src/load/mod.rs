//! Loading a corpus: files are sorted into their places, read strictly, and every
//! reference between them is resolved. Nothing half-loaded leaves this folder.

mod absent;
mod baseline;
mod calendars;
mod check;
mod clauses;
mod designation;
mod doubt;
mod file;
mod instruments;
mod levels;
mod loader;
mod parse;
mod place;
mod refer;
mod restarts;
mod routes;
mod salvage;
mod standards;
mod values;
mod whole;
mod wordings;

use crate::corpus::Corpus;
use crate::error::LawError;
use crate::parts;
use crate::source::SourceFile;
use file::File;
use loader::Loader;
use period::FixedHolidays;
use place::{Place, place};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

impl Corpus {
    /// Loads and checks a corpus.
    ///
    /// # Errors
    /// Every problem found, each with its file, line and remedy; nothing half-loaded is returned.
    pub fn load(files: Vec<SourceFile>) -> Result<Self, Vec<LawError>> {
        load(files, None)
    }

    /// The same, where it is known which registers there are: the law may name no other. Beside a
    /// register's key the names are `key/what` for what a part may ask of its rows, `refuses:key`, and
    /// `check:key` for checks (`check:key/` where a row of the baseline follows); where none of a sort is
    /// named, what the law says of that sort is not looked at.
    ///
    /// # Errors
    /// As [`Corpus::load`].
    pub fn load_for<'r>(
        files: Vec<SourceFile>,
        registers: impl IntoIterator<Item = &'r str>,
    ) -> Result<Self, Vec<LawError>> {
        let registers: BTreeSet<String> = registers.into_iter().map(str::to_owned).collect();
        load(files, Some(&registers))
    }
}

/// Loads and checks a corpus: every pass goes over what the one before it left sound, so that all
/// problems of all files are told at once.
fn load(mut files: Vec<SourceFile>, registers: Option<&BTreeSet<String>>) -> Result<Corpus, Vec<LawError>> {
    files.sort();
    let files: Vec<File<'_>> = files.iter().map(File::of).collect();
    let once = |absent: &[String], plain: Option<&str>| {
        let loader = Loader {
            registers: registers.cloned(),
            plain: plain.map(str::to_owned),
            ..Loader::default()
        };
        load_once(&files, loader, absent)
    };
    once(&[], None).map_err(|errors| {
        let again = |absent: &[String]| once(absent, None).err().unwrap_or_default();
        let errors = absent::told(&files, errors, again);
        absent::counted(errors, |path| once(&[], Some(path)).err().unwrap_or_default())
    })
}

/// The same, where what would stand in some files that are absent is in doubt.
fn load_once(files: &[File<'_>], mut loader: Loader, absent: &[String]) -> Result<Corpus, Vec<LawError>> {
    for path in absent {
        loader.doubt_all_of(path);
    }
    loader.first_pass(files);
    loader.check_articles_are_there(files);
    loader.second_pass(files);
    loader.third_pass(files);
    loader.check_whole();
    loader.check_nothing_is_idle();
    loader.finish(files)
}

impl Loader {
    /// Instruments, articles, calendars and readings: what others refer to.
    fn first_pass(&mut self, files: &[File<'_>]) {
        for file in files {
            match place(&file.path) {
                Place::Instrument(slug) => self.instrument(file, slug),
                Place::Calendar => self.read_year(file),
                Place::FixedHolidays => self.fixed = self.take::<FixedHolidays>(file),
                Place::Readings => self.read_readings(file),
                Place::Stray => self.problem(
                    &file.path,
                    0,
                    "法規資料夾沒有放置此檔的位置",
                    "請移至 national/<法規>/、local/<縣市>/<法規>/ 或 standards/<標準>/，或移除此檔",
                ),
                Place::Prose => self.read_prose(file),
                _ => {}
            }
        }
        for file in files {
            if let Place::Articles(slug) = place(&file.path) {
                self.articles(file, slug);
            }
        }
    }

    /// What refers to instruments and articles.
    fn second_pass(&mut self, files: &[File<'_>]) {
        for file in files {
            match place(&file.path) {
                Place::Duties(slug) => self.read_duties(file, slug),
                Place::Counting => self.read_counting(file),
                Place::Proof => self.read_proof(file),
                Place::Routes => self.read_routes(file),
                Place::Coverage => self.read_coverage(file),
                Place::Baseline(slug, name) => self.read_baseline(file, slug, name),
                Place::Levels(slug) => self.read_levels(file, slug),
                Place::Designation(slug) => self.read_designation(file, slug),
                _ => {}
            }
        }
        self.read_standards(files);
    }

    /// What refers to duties and parameters of other files.
    fn third_pass(&mut self, files: &[File<'_>]) {
        self.attach_bases();
        for file in files {
            if let Place::Clauses(slug) = place(&file.path) {
                self.read_clauses(file, slug);
            }
            if matches!(place(&file.path), Place::Wordings) {
                self.read_wordings(file);
            }
        }
        self.check_clauses();
    }

    fn finish(mut self, files: &[File<'_>]) -> Result<Corpus, Vec<LawError>> {
        let calendar = self.calendar(files);
        let calendar = match self.fixed.take() {
            Some(fixed) => calendar.with_fixed(fixed),
            None => calendar,
        };
        if !self.errors.is_empty() {
            self.errors.sort();
            self.errors.dedup();
            return Err(self.errors);
        }
        let mut hasher = Sha256::new();
        for file in files {
            for part in [&file.path, &file.text] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part.as_bytes());
            }
        }
        let hash = hasher.finalize().iter().fold(String::new(), |mut hex, b| {
            let _ = write!(hex, "{b:02x}");
            hex
        });
        let mut corpus = Corpus {
            instruments: self.instruments,
            duties: self.duties,
            parameters: self.parameters,
            calendar,
            counting: self.counting,
            plan_words: self.plan_words,
            plan_counts: self.plan_counts,
            wordings: self.wordings,
            plan_rules: self.plan_rules,
            routes: self.routes,
            readings: self.readings,
            shown: self.shown,
            coverage: self.coverage,
            baseline: self.baseline,
            standards: self.standards,
            clauses: self.clauses,
            parts: BTreeMap::new(),
            levels: self.levels,
            designating: self.designating,
            hash,
            prints: HashMap::new(),
        };
        corpus.print_all();
        corpus.parts = parts::of(&corpus);
        Ok(corpus)
    }
}
