//! Loading a corpus: files are sorted into their places, read strictly, and every
//! reference between them is resolved. Nothing half-loaded leaves this file.

use crate::baseline::Baseline;
use crate::clause::SourceClause;
use crate::corpus::{Corpus, CountingCite, Cover, InterpretiveReading, SourceFile};
use crate::duty::{Basis, Duty};
use crate::error::{LawError, line_of};
use crate::incident::IncidentLevels;
use crate::instrument::{Article, Event, Instrument, Version};
use crate::parameter::Parameter;
use crate::parse;
use crate::route::Route;
use crate::standard::{self, Standard};
use period::{Calendar, CalendarYear};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use toml::Spanned;

/// Loads and checks a corpus from its sorted files.
pub(crate) fn load(files: &[SourceFile]) -> Result<Corpus, Vec<LawError>> {
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

#[derive(Default)]
pub(crate) struct Loader {
    pub(crate) instruments: BTreeMap<String, Instrument>,
    pub(crate) duties: Vec<Duty>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    years: Vec<CalendarYear>,
    pub(crate) counting: Vec<CountingCite>,
    pub(crate) readings: BTreeMap<String, InterpretiveReading>,
    pub(crate) coverage: Vec<Cover>,
    pub(crate) baseline: Baseline,
    pub(crate) standards: BTreeMap<String, Standard>,
    pub(crate) clauses: Vec<SourceClause>,
    pub(crate) levels: IncidentLevels,
    pub(crate) routes: Vec<Route>,
    /// Bases that another file adds to a duty: where they stand, the duty, the basis.
    pub(crate) further: Vec<(String, usize, String, Basis)>,
    errors: Vec<LawError>,
    pub(crate) places: BTreeMap<String, (String, usize)>,
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
    Counting,
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
        ["calendars", _, file] if is(file, "toml") => Place::Calendar,
        ["counting.toml"] => Place::Counting,
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
        ["standards", _, file] if standard::FILES.contains(file) => Place::Standard,
        [.., file] if is(file, "md") => Place::Prose,
        _ => Place::Stray,
    }
}

impl Loader {
    pub(crate) fn problem(
        &mut self,
        file: &str,
        line: usize,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.errors.push(LawError {
            file: file.to_owned(),
            line,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    pub(crate) fn take<T: serde::de::DeserializeOwned>(&mut self, file: &SourceFile) -> Option<T> {
        let said = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        if !file.text.lines().any(said) {
            self.problem(&file.path, 1, "檔案沒有內容", "請填寫內容，或移除此檔");
            return None;
        }
        match parse::read(&file.path, &file.text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    /// Instruments, articles, calendars and readings: what others refer to.
    fn first_pass(&mut self, files: &[SourceFile]) {
        for file in files {
            match place(&file.path) {
                Place::Instrument(slug) => self.instrument(file, slug),
                Place::Calendar => {
                    if let Some(year) = self.take::<CalendarYear>(file) {
                        self.years.push(year);
                    }
                }
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
    fn second_pass(&mut self, files: &[SourceFile]) {
        for file in files {
            match place(&file.path) {
                Place::Duties(slug) => self.read_duties(file, slug),
                Place::Counting => self.read_counting(file),
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
    fn third_pass(&mut self, files: &[SourceFile]) {
        self.attach_bases();
        for file in files {
            if let Place::Clauses(slug) = place(&file.path) {
                self.read_clauses(file, slug);
            }
        }
        self.check_clauses();
    }

    fn instrument(&mut self, file: &SourceFile, slug: &str) {
        let Some(raw) = self.take::<parse::RawInstrument>(file) else {
            return;
        };
        let line = line_of(&file.text, raw.slug.span().start);
        if raw.slug.get_ref() != slug {
            self.problem(
                &file.path,
                line,
                format!("slug `{}` 與所在資料夾 `{slug}` 不同", raw.slug.get_ref()),
                "請將兩者改為一致",
            );
        }
        if self.instruments.contains_key(slug) {
            self.problem(
                &file.path,
                line,
                format!("法規 `{slug}` 重複出現"),
                "請只留一個資料夾",
            );
        }
        let mut versions: Vec<Version> = Vec::new();
        for v in raw.version {
            let line = line_of(&file.text, v.id.span().start);
            let version = Version {
                id: v.id.get_ref().clone(),
                title: v.title,
                published: v.published.map(|d| d.0),
                from: v.from.map(|d| d.0),
                no_later_than: v.no_later_than.map(|d| d.0),
                until: v.until.map(|d| d.0),
                set_by: v.set_by,
                source: v.source,
                retrieved: v.retrieved.map(|d| d.0),
                confirmed_on: v.confirmed_on.map(|d| d.0),
                certainty: v.certainty,
                modelled: v.modelled,
                complete: v.complete,
                article_count: v.article_count,
                articles: Vec::new(),
                places: HashMap::new(),
            };
            self.check_version(file, line, slug, versions.last(), &version);
            self.places
                .insert(format!("{slug}@{}", version.id), (file.path.clone(), line));
            versions.push(version);
        }
        if versions.is_empty() {
            self.problem(
                &file.path,
                0,
                format!("法規 `{slug}` 沒有任何版本"),
                "請加上 [[version]]",
            );
        }
        let events = raw
            .event
            .into_iter()
            .map(|e| Event {
                date: e.date.0,
                note: e.note,
                source: e.source,
            })
            .collect();
        self.instruments.insert(
            slug.to_owned(),
            Instrument {
                slug: slug.to_owned(),
                folder: file.path.rsplit('/').nth(2).unwrap_or_default().to_owned(),
                pcode: raw.pcode,
                rank: raw.rank,
                jurisdiction: raw.jurisdiction,
                authority: raw.authority,
                aliases: raw.aliases,
                versions,
                events,
            },
        );
    }

    fn check_version(
        &mut self,
        file: &SourceFile,
        line: usize,
        slug: &str,
        before: Option<&Version>,
        v: &Version,
    ) {
        if let (Some(from), Some(until)) = (v.start(), v.until)
            && until <= from
        {
            self.problem(
                &file.path,
                line,
                format!("版本 `{}` 的失效日 {until} 不晚於施行日 {from}", v.id),
                "請更正 from 或 until",
            );
        }
        let Some(before) = before else { return };
        if before.id == v.id {
            self.problem(
                &file.path,
                line,
                format!("版本 `{}` 重複出現", v.id),
                "請只留一個",
            );
        }
        match (before.until, v.start()) {
            (None, _) => self.problem(
                &file.path,
                line,
                format!(
                    "`{slug}` 有兩個版本同時有效：`{}` 未填失效日，其後又有 `{}`",
                    before.id, v.id
                ),
                format!("請為 `{}` 填寫 until", before.id),
            ),
            (Some(until), Some(from)) if until > from => self.problem(
                &file.path,
                line,
                format!(
                    "`{slug}` 有兩個版本同時有效：`{}` 至 {until} 失效，`{}` 自 {from} 施行",
                    before.id, v.id
                ),
                "請將前一版本的 until 改為與後一版本的 from 相同",
            ),
            (Some(until), Some(from)) if until < from => self.problem(
                &file.path,
                line,
                format!("版本之間有空窗：自 {until} 至 {from} 沒有有效的 `{slug}` 版本"),
                "請將前一版本的 until 改為與後一版本的 from 相同",
            ),
            _ => {}
        }
    }

    fn articles(&mut self, file: &SourceFile, slug: &str) {
        let Some(raw) = self.take::<parse::RawArticles>(file) else {
            return;
        };
        let line = line_of(&file.text, raw.version.span().start);
        let known = self
            .instruments
            .get(slug)
            .map(|i| i.versions.iter().position(|v| &v.id == raw.version.get_ref()));
        let Some(Some(index)) = known else {
            self.problem(
                &file.path,
                line,
                format!("`{slug}` 沒有版本 `{}`", raw.version.get_ref()),
                "請加入 instrument.toml，或更正版本名稱",
            );
            return;
        };
        let mut seen = BTreeSet::new();
        let mut articles = Vec::new();
        for a in raw.article {
            let line = line_of(&file.text, a.id.span().start);
            let id = a.id.into_inner();
            if !seen.insert(id.clone()) {
                self.problem(&file.path, line, format!("條文 `{id}` 重複出現"), "請只留一個");
            }
            self.places.insert(
                format!("{slug}@{}/{id}", raw.version.get_ref()),
                (file.path.clone(), line),
            );
            articles.push(Article {
                id,
                label: a.label,
                heading: a.heading,
                gist: a.gist,
                paragraphs: a.paragraphs,
                items: a.items,
                was: a.was.into_iter().map(Spanned::into_inner).collect(),
                about: a.about,
                body: a.body,
                signs: a.signs,
                certainty: a.certainty,
            });
        }
        if let Some(version) = self
            .instruments
            .get_mut(slug)
            .and_then(|i| i.versions.get_mut(index))
        {
            let ids = articles.iter().enumerate();
            version.places = ids.map(|(i, a): (usize, &Article)| (a.id.clone(), i)).collect();
            version.articles = articles;
        }
    }

    fn read_readings(&mut self, file: &SourceFile) {
        let Some(raw) = self.take::<parse::RawReadings>(file) else {
            return;
        };
        for r in raw.reading {
            let line = line_of(&file.text, r.key.span().start);
            let key = r.key.into_inner();
            let reading = InterpretiveReading {
                key: key.clone(),
                text: r.text,
                alternative: r.alternative,
                certainty: r.certainty,
                source: r.source,
            };
            if self.readings.insert(key.clone(), reading).is_some() {
                self.problem(&file.path, line, format!("讀法 `{key}` 重複出現"), "請只留一個");
            }
        }
    }

    fn finish(mut self, files: &[SourceFile]) -> Result<Corpus, Vec<LawError>> {
        let calendar = match Calendar::new(std::mem::take(&mut self.years)) {
            Ok(calendar) => calendar,
            Err(errors) => {
                for error in errors {
                    self.problem("calendars", 0, error.to_string(), "請更正該年的檔案");
                }
                Calendar::default()
            }
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
