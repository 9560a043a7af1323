//! The corpus: every law file, parsed, checked as a whole and immutable from then on.

use crate::applies::Applies;
use crate::citation::{Citation, Cited, suffix};
use crate::duty::{Basis, Duty, Shape, Transitional};
use crate::error::{LawError, line_of};
use crate::instrument::{Article, Certainty, Event, Instrument, Version};
use crate::parameter::{Direction, Interval, Parameter, ParameterValue, Value};
use crate::parse::{self, Day, RawValue, RawWhen};
use period::{Calendar, CalendarYear, Counting, Date, Rule, Span};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// One file of the law folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Path inside the law folder, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Which clause a counting rule stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountingCite {
    /// Regime.
    pub counting: Counting,
    /// Rule.
    pub rule: Rule,
    /// Clause.
    pub cite: Citation,
}

/// How the project reads the law where it leaves more than one reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InterpretiveReading {
    /// Stable key.
    pub key: String,
    /// The reading taken.
    pub text: String,
    /// The other reading.
    pub alternative: String,
    /// How sure.
    pub certainty: Certainty,
    /// Whose reading, and where it stands.
    pub source: String,
}

/// What one article of a modelled version is to the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// Instrument slug.
    pub instrument: String,
    /// Version id.
    pub version: String,
    /// Article id.
    pub article: String,
    /// duty, parameter, definition, penalty, procedure, authority, `not_modelled`.
    pub role: String,
    /// Why it is not modelled.
    pub why: String,
}

/// The whole law at hand.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Instruments by slug.
    pub instruments: BTreeMap<String, Instrument>,
    /// Duties in the order of the files.
    pub duties: Vec<Duty>,
    /// Parameters by key.
    pub parameters: BTreeMap<String, Parameter>,
    /// Working days.
    pub calendar: Calendar,
    /// Citations of the counting rules.
    pub counting: Vec<CountingCite>,
    /// Readings by key.
    pub readings: BTreeMap<String, InterpretiveReading>,
    /// What each article is to the product.
    pub coverage: Vec<Cover>,
    /// SHA-256 over all files, in hex: which law an answer was given under.
    pub hash: String,
}

const ROLES: &[&str] =
    &["duty", "parameter", "definition", "penalty", "procedure", "authority", "not_modelled"];

impl Corpus {
    /// Loads and checks a corpus.
    ///
    /// # Errors
    /// Every problem found, each with its file, line and remedy; nothing half-loaded is returned.
    pub fn load(mut files: Vec<SourceFile>) -> Result<Self, Vec<LawError>> {
        files.sort();
        let mut loader = Loader::default();
        loader.first_pass(&files);
        if loader.errors.is_empty() {
            loader.second_pass(&files);
        }
        if loader.errors.is_empty() {
            loader.check_whole();
        }
        loader.finish(&files)
    }

    /// An instrument by slug.
    pub fn instrument(&self, slug: &str) -> Option<&Instrument> {
        self.instruments.get(slug)
    }

    /// The article a citation names.
    pub fn article(&self, cite: &Citation) -> Option<&Article> {
        self.instrument(&cite.instrument)?.version(&cite.version)?.article(&cite.article)
    }

    /// A duty by key.
    pub fn duty(&self, key: &str) -> Option<&Duty> {
        self.duties.iter().find(|d| d.key == key)
    }

    /// A citation printed in the official way: title, article, 項, 款.
    pub fn print(&self, cite: &Citation) -> String {
        let version = self.instrument(&cite.instrument).and_then(|i| i.version(&cite.version));
        let title = version.map_or(cite.instrument.as_str(), |v| v.title.as_str());
        let label = version
            .and_then(|v| v.article(&cite.article))
            .map_or_else(|| cite.article.clone(), |a| a.label.clone());
        format!("{title}{label}{}", suffix(cite.paragraph, cite.subparagraph))
    }

    /// The clause that a counting step applied, if the corpus names one.
    pub fn counting_cite(&self, counting: Counting, rule: Rule) -> Option<&Citation> {
        self.counting.iter().find(|c| c.counting == counting && c.rule == rule).map(|c| &c.cite)
    }

    /// Every day on which the law at hand changes, in order.
    pub fn boundaries(&self) -> BTreeSet<Date> {
        let versions = self.instruments.values().flat_map(|i| &i.versions);
        let bases = self.duties.iter().flat_map(|d| &d.basis).flat_map(|b| [Some(b.from), b.until]);
        let values = self.parameters.values().flat_map(|p| &p.values).flat_map(|v| [v.from, v.until]);
        versions.flat_map(|v| [v.start(), v.until]).chain(bases).chain(values).flatten().collect()
    }
}

#[derive(Default)]
struct Loader {
    instruments: BTreeMap<String, Instrument>,
    duties: Vec<Duty>,
    parameters: BTreeMap<String, Parameter>,
    years: Vec<CalendarYear>,
    counting: Vec<CountingCite>,
    readings: BTreeMap<String, InterpretiveReading>,
    coverage: Vec<Cover>,
    errors: Vec<LawError>,
    places: BTreeMap<String, (String, usize)>,
}

/// Where a file of the law folder belongs.
enum Place<'p> {
    Instrument(&'p str),
    Articles(&'p str),
    Duties(Option<&'p str>),
    Calendar,
    Counting,
    Readings,
    Coverage,
    Prose,
    Stray,
}

fn place(path: &str) -> Place<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["calendars", _, file] if file.ends_with(".toml") => Place::Calendar,
        ["counting.toml"] => Place::Counting,
        ["readings.toml"] => Place::Readings,
        ["coverage.toml"] => Place::Coverage,
        ["plan", "duties.toml"] => Place::Duties(None),
        ["national", slug, file] | ["local", _, slug, file] => match *file {
            "instrument.toml" => Place::Instrument(slug),
            "duties.toml" => Place::Duties(Some(slug)),
            "cases.md" => Place::Prose,
            _ => Place::Stray,
        },
        ["national", slug, "articles", file] | ["local", _, slug, "articles", file]
            if file.ends_with(".toml") =>
        {
            Place::Articles(slug)
        }
        [.., file] if file.ends_with(".md") => Place::Prose,
        _ => Place::Stray,
    }
}

impl Loader {
    fn problem(&mut self, file: &str, line: usize, message: impl Into<String>, remedy: impl Into<String>) {
        self.errors.push(LawError {
            file: file.to_owned(),
            line,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    fn take<T: serde::de::DeserializeOwned>(&mut self, file: &SourceFile) -> Option<T> {
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
                    "the law folder has no place for this file",
                    "move it to national/<instrument>/, local/<city>/<instrument>/ or remove it",
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
                Place::Coverage => self.read_coverage(file),
                _ => {}
            }
        }
    }

    fn instrument(&mut self, file: &SourceFile, slug: &str) {
        let Some(raw) = self.take::<parse::RawInstrument>(file) else { return };
        let line = line_of(&file.text, raw.slug.span().start);
        if raw.slug.get_ref() != slug {
            self.problem(
                &file.path,
                line,
                format!("slug `{}` stands in folder `{slug}`", raw.slug.get_ref()),
                "make both the same",
            );
        }
        if self.instruments.contains_key(slug) {
            self.problem(&file.path, line, format!("instrument `{slug}` is there twice"), "keep one folder");
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
            };
            self.check_version(file, line, slug, versions.last(), &version);
            self.places.insert(format!("{slug}@{}", version.id), (file.path.clone(), line));
            versions.push(version);
        }
        if versions.is_empty() {
            self.problem(&file.path, 0, format!("instrument `{slug}` has no version"), "add a [[version]]");
        }
        let events = raw
            .event
            .into_iter()
            .map(|e| Event { date: e.date.0, note: e.note, source: e.source })
            .collect();
        self.instruments.insert(
            slug.to_owned(),
            Instrument {
                slug: slug.to_owned(),
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

    fn check_version(&mut self, file: &SourceFile, line: usize, slug: &str, before: Option<&Version>, v: &Version) {
        if let (Some(from), Some(until)) = (v.start(), v.until)
            && until <= from
        {
            self.problem(
                &file.path,
                line,
                format!("version `{}` ends on {until} before it begins on {from}", v.id),
                "mend from or until",
            );
        }
        let Some(before) = before else { return };
        if before.id == v.id {
            self.problem(&file.path, line, format!("version `{}` is there twice", v.id), "keep one");
        }
        match (before.until, v.start()) {
            (None, _) => self.problem(
                &file.path,
                line,
                format!("two versions of `{slug}` in force at once: `{}` has no end and `{}` follows", before.id, v.id),
                format!("give `{}` an until", before.id),
            ),
            (Some(until), Some(from)) if until > from => self.problem(
                &file.path,
                line,
                format!("two versions of `{slug}` in force at once: `{}` until {until}, `{}` from {from}", before.id, v.id),
                "make the until of the earlier equal the from of the later",
            ),
            (Some(until), Some(from)) if until < from => self.problem(
                &file.path,
                line,
                format!("a gap: no version of `{slug}` is in force from {until} to {from}"),
                "make the until of the earlier equal the from of the later",
            ),
            _ => {}
        }
    }

    fn articles(&mut self, file: &SourceFile, slug: &str) {
        let Some(raw) = self.take::<parse::RawArticles>(file) else { return };
        let line = line_of(&file.text, raw.version.span().start);
        let known = self.instruments.get(slug).map(|i| {
            i.versions.iter().position(|v| &v.id == raw.version.get_ref())
        });
        let Some(Some(index)) = known else {
            self.problem(
                &file.path,
                line,
                format!("`{slug}` has no version `{}`", raw.version.get_ref()),
                "add it to instrument.toml or mend the name",
            );
            return;
        };
        let mut seen = BTreeSet::new();
        let mut articles = Vec::new();
        for a in raw.article {
            let line = line_of(&file.text, a.id.span().start);
            let id = a.id.into_inner();
            if !seen.insert(id.clone()) {
                self.problem(&file.path, line, format!("article `{id}` is there twice"), "keep one");
            }
            self.places.insert(format!("{slug}@{}/{id}", raw.version.get_ref()), (file.path.clone(), line));
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
        if let Some(version) = self.instruments.get_mut(slug).and_then(|i| i.versions.get_mut(index)) {
            version.articles = articles;
        }
    }

    fn read_readings(&mut self, file: &SourceFile) {
        let Some(raw) = self.take::<parse::RawReadings>(file) else { return };
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
                self.problem(&file.path, line, format!("reading `{key}` is there twice"), "keep one");
            }
        }
    }

    /// Resolves a citation: the version in force on `day` unless one is written.
    fn cite(&mut self, file: &SourceFile, home: Option<&str>, cite: &Spanned<String>, day: Option<Date>) -> Option<Citation> {
        let line = line_of(&file.text, cite.span().start);
        let text = cite.get_ref();
        let Some(cited) = Cited::read(text) else {
            self.problem(
                &file.path,
                line,
                format!("`{text}` is no citation"),
                "write article[/paragraph[/subparagraph]], or instrument@version/article…",
            );
            return None;
        };
        let Some(slug) = cited.instrument.as_deref().or(home) else {
            self.problem(
                &file.path,
                line,
                format!("`{text}` names no instrument"),
                "write instrument@version/article",
            );
            return None;
        };
        let Some(instrument) = self.instruments.get(slug) else {
            self.problem(&file.path, line, format!("`{text}` cites `{slug}`, which is not in the corpus"), "add the instrument or mend the name");
            return None;
        };
        let version = match (&cited.version, day) {
            (Some(id), _) => instrument.version(id),
            (None, Some(day)) => instrument.version_on(day),
            (None, None) => None,
        };
        let Some(version) = version else {
            let when = day.map_or_else(String::new, |d| format!(" on {d}"));
            self.problem(
                &file.path,
                line,
                format!("`{text}` cites `{slug}`, of which no such version is in force{when}"),
                "mend the dates or write the version: instrument@version/article",
            );
            return None;
        };
        let Some(article) = version.article(&cited.article) else {
            let message = format!("`{text}` cites article `{}` which `{slug}@{}` does not have", cited.article, version.id);
            self.problem(&file.path, line, message, "mend the number or list the article in articles/");
            return None;
        };
        if let (Some(p), Some(n)) = (cited.paragraph, article.paragraphs)
            && p > n
        {
            let message = format!("`{text}` cites 項 {p} of an article with {n}");
            self.problem(&file.path, line, message, "mend the paragraph");
            return None;
        }
        if let (Some(k), Some(n)) = (cited.subparagraph, article.items)
            && k > n
        {
            let message = format!("`{text}` cites 款 {k} of an article with at most {n}");
            self.problem(&file.path, line, message, "mend the subparagraph");
            return None;
        }
        Some(Citation {
            instrument: slug.to_owned(),
            version: version.id.clone(),
            article: cited.article,
            paragraph: cited.paragraph,
            subparagraph: cited.subparagraph,
        })
    }

    /// A dated entry must lie inside the version it cites.
    fn check_inside(&mut self, file: &SourceFile, line: usize, cite: &Citation, from: Option<Date>, until: Option<Date>) {
        let Some(version) = self.instruments.get(&cite.instrument).and_then(|i| i.version(&cite.version)) else { return };
        let late = from.zip(version.start()).is_some_and(|(f, start)| f < start)
            || version.until.is_some_and(|end| until.is_none_or(|u| u > end));
        if late {
            let span = format!(
                "{} – {}",
                version.start().map_or("?".into(), |d| d.to_string()),
                version.until.map_or("…".into(), |d| d.to_string())
            );
            let message = format!("the entry reaches beyond version `{}@{}` ({span}) that it cites", cite.instrument, cite.version);
            self.problem(&file.path, line, message, "split it at the day the version changes");
        }
    }

    fn applies(&mut self, file: &SourceFile, line: usize, raw: BTreeMap<String, Vec<String>>) -> Applies {
        let applies = Applies(raw);
        if let Some(word) = applies.unknown_word() {
            self.problem(
                &file.path,
                line,
                format!("`{word}` is not in the vocabulary of facts"),
                "use a key and a word of crates/facts/src/vocabulary.rs",
            );
        }
        applies
    }

    fn certainty(&self, cite: &Citation, stated: Option<Certainty>) -> Certainty {
        stated.unwrap_or_else(|| {
            self.instruments
                .get(&cite.instrument)
                .and_then(|i| i.version(&cite.version))
                .and_then(|v| v.article(&cite.article))
                .map_or(Certainty::Open, |a| a.certainty)
        })
    }

    fn read_duties(&mut self, file: &SourceFile, home: Option<&str>) {
        let Some(raw) = self.take::<parse::RawDuties>(file) else { return };
        for p in raw.parameter {
            self.read_parameter(file, home, p);
        }
        for d in raw.duty {
            self.read_duty(file, home, d);
        }
    }

    fn read_parameter(&mut self, file: &SourceFile, home: Option<&str>, p: parse::RawParameter) {
        let line = line_of(&file.text, p.key.span().start);
        let key = p.key.into_inner();
        let stricter = match p.stricter.as_str() {
            "lower" => Direction::Lower,
            "higher" => Direction::Higher,
            "superset" => Direction::Superset,
            "order" if !p.order.is_empty() => Direction::Order(p.order),
            other => {
                self.problem(
                    &file.path,
                    line,
                    format!("`{other}` is no direction of strictness"),
                    "use lower, higher, superset, or order with order = [loosest, …, strictest]",
                );
                return;
            }
        };
        let mut values = Vec::new();
        for v in p.values {
            let from = v.from.map(|Day(d)| d);
            let until = v.until.map(|Day(d)| d);
            let line = line_of(&file.text, v.cite.span().start);
            let Some(cite) = self.cite(file, home, &v.cite, from) else { continue };
            self.check_inside(file, line, &cite, from, until);
            let applies = self.applies(file, line, v.applies);
            let certainty = self.certainty(&cite, v.certainty);
            let value = value(v.value);
            if let (Direction::Order(order), Value::Word(word)) = (&stricter, &value)
                && !order.contains(word)
            {
                self.problem(&file.path, line, format!("`{word}` is not in the order of `{key}`"), "add it to order");
            }
            values.push(ParameterValue { from, until, value, cite, applies, certainty });
        }
        self.places.insert(format!("parameter {key}"), (file.path.clone(), line));
        if let Some(existing) = self.parameters.get_mut(&key) {
            if existing.stricter == stricter && existing.unit == p.unit && existing.kind == p.kind {
                existing.values.extend(values);
            } else {
                let message = format!("parameter `{key}` has another kind, unit or direction elsewhere");
                self.problem(&file.path, line, message, "give it one unit and one direction everywhere");
            }
            return;
        }
        let words = p.words.into_iter().collect();
        self.parameters.insert(key.clone(), Parameter { key, title: p.title, kind: p.kind, unit: p.unit, stricter, words, values });
    }

    fn read_duty(&mut self, file: &SourceFile, home: Option<&str>, d: parse::RawDuty) {
        let line = line_of(&file.text, d.key.span().start);
        let key = d.key.into_inner();
        if self.duties.iter().any(|other| other.key == key) {
            self.problem(&file.path, line, format!("duty `{key}` is there twice"), "keep one, or add a basis to it");
        }
        let applies = self.applies(file, line, d.applies);
        let shape = match d.when {
            RawWhen::Once { within, counted_from, counting } => Shape::Once { within, counted_from, counting },
            RawWhen::Every { interval, starts_after } => Shape::Every { interval, starts_after },
            RawWhen::OnEvent { trigger, within, counting } => Shape::OnEvent { trigger, within, counting },
            RawWhen::Standing { fact } => Shape::Standing { fact },
        };
        let mut basis = Vec::new();
        for b in d.basis {
            let line = line_of(&file.text, b.cite.span().start);
            let (from, until) = (b.from.0, b.until.map(|u| u.0));
            let Some(cite) = self.cite(file, home, &b.cite, Some(from)) else { continue };
            self.check_inside(file, line, &cite, Some(from), until);
            let applies = self.applies(file, line, b.applies);
            let certainty = self.certainty(&cite, b.certainty);
            basis.push(Basis { from, until, cite, applies, certainty });
        }
        if basis.is_empty() && home.is_some() {
            self.problem(&file.path, line, format!("duty `{key}` rests on no clause"), "add a basis");
        }
        let mut transitional: Vec<Transitional> = Vec::new();
        for t in d.transitional {
            let line = line_of(&file.text, t.cite.span().start);
            let (from, until) = (t.from.0, t.until.map(|u| u.0));
            let Some(cite) = self.cite(file, home, &t.cite, Some(from)) else { continue };
            self.check_inside(file, line, &cite, Some(from), until);
            let applies = self.applies(file, line, t.applies);
            let certainty = self.certainty(&cite, t.certainty);
            let entry = Transitional {
                from,
                until,
                fact: t.fact,
                before: t.before.0,
                counted_from: t.counted_from.0,
                within: value(t.within),
                cite,
                applies,
                certainty,
            };
            let rival = transitional.iter().find(|o| {
                o.applies.overlaps(&entry.applies)
                    && until.is_none_or(|u| o.from < u)
                    && o.until.is_none_or(|u| from < u)
            });
            if let Some(rival) = rival {
                let message = format!(
                    "duty `{key}`: two transitional clauses claim the same case, {}/{} and {}/{}",
                    rival.cite.version, rival.cite.article, entry.cite.version, entry.cite.article
                );
                self.problem(&file.path, line, message, "narrow one of them with applies or dates");
            }
            transitional.push(entry);
        }
        for reading in &d.readings {
            if !self.readings.contains_key(reading) {
                self.problem(&file.path, line, format!("reading `{reading}` is not in readings.toml"), "add it there");
            }
        }
        self.places.insert(format!("duty {key}"), (file.path.clone(), line));
        self.duties.push(Duty {
            key,
            title: d.title,
            aspect: d.aspect,
            explain: d.explain,
            proof: d.proof,
            subject: d.subject,
            applies,
            shape,
            requires: d.requires,
            basis,
            transitional,
            readings: d.readings,
            home: home.map(str::to_owned),
        });
    }

    fn read_counting(&mut self, file: &SourceFile) {
        let Some(raw) = self.take::<parse::RawCounting>(file) else { return };
        for r in raw.rule {
            if let Some(cite) = self.cite(file, None, &r.cite, None) {
                self.counting.push(CountingCite { counting: r.counting, rule: r.rule, cite });
            }
        }
    }

    fn read_coverage(&mut self, file: &SourceFile) {
        let Some(raw) = self.take::<parse::RawCoverage>(file) else { return };
        for c in raw.cover {
            let line = line_of(&file.text, c.instrument.span().start);
            if !ROLES.contains(&c.role.as_str()) {
                let message = format!("`{}` is no role of an article", c.role);
                self.problem(&file.path, line, message, format!("use one of {}", ROLES.join(", ")));
            }
            if c.role == "not_modelled" && c.why.trim().is_empty() {
                self.problem(&file.path, line, "not_modelled without a why", "say why in a few words");
            }
            for article in c.articles {
                let line = line_of(&file.text, article.span().start);
                let id = article.into_inner();
                let there = self
                    .instruments
                    .get(c.instrument.get_ref())
                    .and_then(|i| i.version(&c.version))
                    .is_some_and(|v| v.article(&id).is_some());
                if !there {
                    let message = format!("`{}@{}` has no article `{id}`", c.instrument.get_ref(), c.version);
                    self.problem(&file.path, line, message, "mend the number or list the article");
                }
                self.coverage.push(Cover {
                    instrument: c.instrument.get_ref().clone(),
                    version: c.version.clone(),
                    article: id,
                    role: c.role.clone(),
                    why: c.why.clone(),
                });
            }
        }
    }

    fn check_whole(&mut self) {
        let mut found: Vec<(String, String, String)> = Vec::new();
        for duty in &self.duties {
            let place = format!("duty {}", duty.key);
            for key in duty.parameters() {
                if !self.parameters.contains_key(key) {
                    found.push((place.clone(), format!("duty `{}` names parameter `{key}`, which is not there", duty.key), "add the [[parameter]] or mend the key".into()));
                }
            }
            let facts = match &duty.shape {
                Shape::Once { counted_from, .. } => vec![counted_from.clone()],
                Shape::Every { starts_after, .. } => starts_after.iter().cloned().collect(),
                Shape::Standing { fact } => fact.iter().cloned().collect(),
                Shape::OnEvent { .. } => Vec::new(),
            };
            for key in facts.iter().chain(duty.transitional.iter().map(|t| &t.fact)) {
                if facts::fact_spec(key).is_none() {
                    found.push((place.clone(), format!("duty `{}` runs from `{key}`, which is not in the vocabulary of facts", duty.key), "use a key of crates/facts/src/vocabulary.rs".into()));
                }
            }
            for (i, a) in duty.basis.iter().enumerate() {
                for b in duty.basis.iter().skip(i + 1) {
                    let same = a.cite.instrument == b.cite.instrument && a.cite.article == b.cite.article;
                    if same && overlap((Some(a.from), a.until), (Some(b.from), b.until)) && a.applies.overlaps(&b.applies) {
                        found.push((place.clone(), format!("duty `{}` has two bases of `{}` in force at once for the same case", duty.key, a.cite.article), "end the earlier where the later begins".into()));
                    }
                }
            }
        }
        for p in self.parameters.values() {
            for (i, a) in p.values.iter().enumerate() {
                for b in p.values.iter().skip(i + 1) {
                    if a.cite.instrument == b.cite.instrument
                        && overlap((a.from, a.until), (b.from, b.until))
                        && a.applies.overlaps(&b.applies)
                    {
                        found.push((format!("parameter {}", p.key), format!("parameter `{}` has two values of `{}` in force at once for the same case ({} and {})", p.key, a.cite.instrument, a.cite.article, b.cite.article), "end the earlier where the later begins, or narrow one with applies".into()));
                    }
                }
            }
        }
        for i in self.instruments.values() {
            for (before, version) in i.versions.iter().zip(i.versions.iter().skip(1)) {
                if before.articles.is_empty() {
                    continue;
                }
                for a in &version.articles {
                    for old in a.was.iter().filter(|old| before.article(old).is_none()) {
                        found.push((format!("{}@{}/{}", i.slug, version.id, a.id), format!("article `{}` says it was `{old}`, which version `{}` does not have", a.id, before.id), "mend was, or list the article there".into()));
                    }
                }
            }
            for v in i.versions.iter().filter(|v| v.modelled) {
                for a in &v.articles {
                    let n = self.coverage.iter().filter(|c| c.instrument == i.slug && c.version == v.id && c.article == a.id).count();
                    if n == 0 {
                        found.push((format!("{}@{}/{}", i.slug, v.id, a.id), format!("article `{}` of `{}@{}` is not in coverage.toml", a.id, i.slug, v.id), "say there what it is to the product, or why it is not modelled".into()));
                    }
                }
            }
        }
        for (key, message, remedy) in found {
            let (file, line) = self.places.get(&key).cloned().unwrap_or_default();
            self.problem(&file, line, message, remedy);
        }
    }

    fn finish(mut self, files: &[SourceFile]) -> Result<Corpus, Vec<LawError>> {
        let calendar = match Calendar::new(std::mem::take(&mut self.years)) {
            Ok(calendar) => calendar,
            Err(errors) => {
                for error in errors {
                    self.problem("calendars", 0, error.to_string(), "mend the year's file");
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
        let hash = hasher.finalize().iter().map(|b| format!("{b:02x}")).collect();
        Ok(Corpus {
            instruments: self.instruments,
            duties: self.duties,
            parameters: self.parameters,
            calendar,
            counting: self.counting,
            readings: self.readings,
            coverage: self.coverage,
            hash,
        })
    }
}

fn overlap(a: (Option<Date>, Option<Date>), b: (Option<Date>, Option<Date>)) -> bool {
    let before = |end: Option<Date>, start: Option<Date>| matches!((end, start), (Some(e), Some(s)) if e <= s);
    !before(a.1, b.0) && !before(b.1, a.0)
}

fn value(raw: RawValue) -> Value {
    match raw {
        RawValue::Number(n) => Value::Number(n),
        RawValue::Word(w) => Value::Word(w),
        RawValue::Every(e) => Value::Interval(Interval { every: e.every, unit: e.unit, times: e.times.unwrap_or(1) }),
        RawValue::Within(w) => Value::Span(Span { amount: w.within, unit: w.unit }),
        RawValue::Set(items) => Value::Set(items.into_iter().collect()),
    }
}
