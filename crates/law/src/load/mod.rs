//! Loading a corpus: files are sorted into their places, read strictly, and every
//! reference between them is resolved. Nothing half-loaded leaves this folder.

mod baseline;
mod check;
mod clauses;
mod file;
mod instruments;
mod levels;
mod loader;
mod parse;
mod refer;
mod routes;
mod standards;

use crate::corpus::Corpus;
use crate::error::LawError;
use crate::source::SourceFile;
use file::File;
use loader::Loader;
use period::{Calendar, CalendarYear, FixedHolidays};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;

impl Corpus {
    /// Loads and checks a corpus.
    ///
    /// # Errors
    /// Every problem found, each with its file, line and remedy; nothing half-loaded is returned.
    pub fn load(mut files: Vec<SourceFile>) -> Result<Self, Vec<LawError>> {
        files.sort();
        load(&files.iter().map(File::of).collect::<Vec<_>>())
    }
}

/// Loads and checks a corpus from its sorted files.
fn load(files: &[File<'_>]) -> Result<Corpus, Vec<LawError>> {
    let mut loader = Loader::default();
    loader.first_pass(files);
    if loader.errors.is_empty() {
        loader.second_pass(files);
    }
    if loader.errors.is_empty() {
        loader.third_pass(files);
    }
    if loader.errors.is_empty() {
        loader.check_whole();
    }
    loader.finish(files)
}

/// Whether a file is of a kind; names in the law folder are lower case.
fn is(file: &str, extension: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, e)| e == extension)
}

/// Where a file of the law folder belongs.
enum Place<'p> {
    Instrument(&'p str),
    Articles(&'p str),
    Duties(Option<&'p str>),
    Baseline(&'p str, &'p str),
    Calendar,
    FixedHolidays,
    Counting,
    Proof,
    Routes,
    Readings,
    Coverage,
    Standard,
    Clauses(&'p str),
    Levels(&'p str),
    Prose,
    Stray,
}

fn place(path: &str) -> Place<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["calendars", "fixed.toml"] => Place::FixedHolidays,
        ["calendars", _, file] if is(file, "toml") => Place::Calendar,
        ["counting.toml"] => Place::Counting,
        ["proof.toml"] => Place::Proof,
        ["routes.toml"] => Place::Routes,
        ["readings.toml"] => Place::Readings,
        ["coverage.toml"] => Place::Coverage,
        // `lint/` is where a file that is checked on its own stands.
        ["plan" | "lint", "duties.toml"] => Place::Duties(None),
        ["national", slug, file] | ["local", _, slug, file] => match *file {
            "instrument.toml" => Place::Instrument(slug),
            "duties.toml" => Place::Duties(Some(slug)),
            "readings.toml" => Place::Readings,
            "coverage.toml" => Place::Coverage,
            "clauses.toml" => Place::Clauses(slug),
            "levels.toml" => Place::Levels(slug),
            "cases.md" => Place::Prose,
            _ => Place::Stray,
        },
        ["national", slug, "articles", file] | ["local", _, slug, "articles", file] if is(file, "toml") => {
            Place::Articles(slug)
        }
        [
            "national",
            slug,
            "baseline",
            file @ ("controls.toml" | "dimensions.toml" | "grading.toml"),
        ] => Place::Baseline(slug, file),
        ["standards", _, file] if standards::FILES.contains(file) => Place::Standard,
        [.., file] if is(file, "md") => Place::Prose,
        _ => Place::Stray,
    }
}

impl Loader {
    /// Instruments, articles, calendars and readings: what others refer to.
    fn first_pass(&mut self, files: &[File<'_>]) {
        for file in files {
            match place(&file.path) {
                Place::Instrument(slug) => self.instrument(file, slug),
                Place::Calendar => {
                    if let Some(year) = self.take::<CalendarYear>(file) {
                        self.years.push(year);
                    }
                }
                Place::FixedHolidays => self.fixed = self.take::<FixedHolidays>(file),
                Place::Readings => self.read_readings(file),
                Place::Stray => self.problem(
                    &file.path,
                    0,
                    "法規資料夾沒有放置此檔的位置",
                    "請移至 national/<法規>/、local/<縣市>/<法規>/ 或 standards/<標準>/，或移除此檔",
                ),
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
        }
        self.check_clauses();
    }

    fn finish(mut self, files: &[File<'_>]) -> Result<Corpus, Vec<LawError>> {
        let calendar = match Calendar::new(std::mem::take(&mut self.years)) {
            Ok(calendar) => calendar,
            Err(errors) => {
                for error in errors {
                    self.problem("calendars", 0, error.to_string(), "請更正該年的檔案");
                }
                Calendar::default()
            }
        };
        let calendar = match self.fixed.take() {
            Some(fixed) => calendar.with_fixed(fixed),
            None => calendar,
        };
        if !self.errors.is_empty() {
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
            routes: self.routes,
            readings: self.readings,
            shown: self.shown,
            coverage: self.coverage,
            baseline: self.baseline,
            standards: self.standards,
            clauses: self.clauses,
            levels: self.levels,
            hash,
            prints: HashMap::new(),
        };
        corpus.print_all();
        Ok(corpus)
    }
}
