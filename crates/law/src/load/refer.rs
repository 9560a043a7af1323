//! The second pass of loading: what refers to instruments and articles, with every
//! citation resolved against the version it must lie in.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use super::parse::{self, Day, RawValue, RawWhen};
use super::values::{of_another_direction, of_another_kind};
use crate::applies::Applies;
use crate::citation::{Citation, Cited};
use crate::corpus::{CountingCite, Cover};
use crate::duty::{Basis, Duty, Shape, Shown, Transitional};
use crate::instrument::{Certainty, Version};
use crate::parameter::{
    Direction, Interval, Parameter, ParameterValue, Value, ValueKind, convert, number_words, unit_label,
};
use period::{Date, Span};
use std::collections::BTreeMap;
use toml::Spanned;

const ROLES: &[&str] = &[
    "duty",
    "parameter",
    "definition",
    "penalty",
    "procedure",
    "authority",
    "not_modelled",
];

impl Loader {
    /// Resolves a citation: the version in force on `day` unless one is written.
    pub(crate) fn cite(
        &mut self,
        file: &File<'_>,
        home: Option<&str>,
        cite: &Spanned<String>,
        day: Option<Date>,
    ) -> Option<Citation> {
        let line = file.line(cite.span().start);
        let text = cite.get_ref();
        let Some(cited) = Cited::read(text) else {
            self.problem(
                &file.path,
                line,
                format!("`{text}` 不是可辨識的條文引用"),
                "請寫成 條[/項[/款]]，或 法規@版本/條…",
            );
            return None;
        };
        let Some(slug) = cited.instrument.as_deref().or(home) else {
            self.problem(
                &file.path,
                line,
                format!("`{text}` 未指明法規"),
                "請寫成 法規@版本/條",
            );
            return None;
        };
        if self.doubts.of(Kind::Law, slug) {
            return None;
        }
        let Some(instrument) = self.instruments.get(slug) else {
            self.problem(
                &file.path,
                line,
                format!("`{text}` 引用 `{slug}`，但法規資料未收錄這部法規"),
                "請新增這部法規，或更正名稱",
            );
            return None;
        };
        // Which version is meant can't be told; but an article that none has is no article.
        let has = |v: &Version| v.article(&cited.article).is_some();
        let undated = cited.version.is_none() && self.doubts.of(Kind::Days, slug);
        if undated && (self.doubts.some_version(slug) || instrument.versions.iter().any(has)) {
            return None;
        }
        let version = match (&cited.version, day) {
            (None, _) if undated => instrument.latest(),
            (Some(id), _) => instrument.version(id),
            (None, Some(day)) => instrument.version_on(day),
            (None, None) => None,
        };
        let Some(version) = version else {
            let id = cited.version.as_deref().unwrap_or_default();
            if self.doubts.version(slug, id) {
                return None;
            }
            let when = day.map_or_else(String::new, |d| format!("於 {d} "));
            self.problem(
                &file.path,
                line,
                format!("`{text}` 引用 `{slug}`，但該法規{when}沒有相應的有效版本"),
                "請更正日期，或寫明版本：法規@版本/條",
            );
            return None;
        };
        let Some(article) = version.article(&cited.article) else {
            if self.doubts.version(slug, &version.id) || self.doubts.of(Kind::Article, &cited.article) {
                return None;
            }
            let message = format!(
                "`{text}` 引用條文 `{}`，但 `{slug}@{}` 沒有這一條",
                cited.article, version.id
            );
            self.problem(&file.path, line, message, "請更正條號，或在 articles/ 列出該條文");
            return None;
        };
        if let (Some(p), Some(n)) = (cited.paragraph, article.paragraphs)
            && p > n
        {
            let message = format!("`{text}` 引用第 {p} 項，但該條只有 {n} 項");
            self.problem(&file.path, line, message, "請更正項次");
            return None;
        }
        if let (Some(k), Some(n)) = (cited.subparagraph, article.items)
            && k > n
        {
            let message = format!("`{text}` 引用第 {k} 款，但該條至多 {n} 款");
            self.problem(&file.path, line, message, "請更正款次");
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
    pub(crate) fn check_inside(
        &mut self,
        file: &File<'_>,
        line: usize,
        cite: &Citation,
        from: Option<Date>,
        until: Option<Date>,
    ) {
        let Some(version) = self
            .instruments
            .get(&cite.instrument)
            .and_then(|i| i.version(&cite.version))
        else {
            return;
        };
        if self.doubts.of(Kind::Days, &cite.instrument) {
            return;
        }
        let late = from.zip(version.start()).is_some_and(|(f, start)| f < start)
            || version.until.is_some_and(|end| until.is_none_or(|u| u > end));
        if late {
            let span = format!(
                "{} – {}",
                version.start().map_or("?".into(), |d| d.to_string()),
                version.until.map_or("…".into(), |d| d.to_string())
            );
            let message = format!(
                "本筆的期間超出所引版本 `{}@{}`（{span}）",
                cite.instrument, cite.version
            );
            self.problem(&file.path, line, message, "請在版本更替之日分成兩筆");
        }
    }

    pub(crate) fn applies(
        &mut self,
        file: &File<'_>,
        line: usize,
        raw: BTreeMap<String, Vec<String>>,
    ) -> Applies {
        let applies = Applies(raw);
        if let Some(word) = applies.unknown_word() {
            self.problem(
                &file.path,
                line,
                format!("`{word}` 不在事實詞彙表中"),
                "請使用 crates/facts/src/vocabulary.rs 所列的鍵與詞",
            );
        }
        applies
    }

    pub(crate) fn certainty(&self, cite: &Citation, stated: Option<Certainty>) -> Certainty {
        stated.unwrap_or_else(|| {
            let instrument = self.instruments.get(&cite.instrument);
            let version = instrument.and_then(|i| i.version(&cite.version));
            let article = version.and_then(|v| v.article(&cite.article));
            let article = article.map_or(Certainty::Open, |a| a.certainty);
            // A city's rule of which nobody is sure whether it holds is no surer in its clauses.
            match (instrument, version) {
                (Some(i), Some(v)) if !i.is_national() => article.max(v.certainty),
                _ => article,
            }
        })
    }

    pub(crate) fn read_duties(&mut self, file: &File<'_>, home: Option<&str>) {
        let Some(raw) = self.take_entries::<parse::RawDuties>(file, "duty") else {
            return;
        };
        for p in raw.parameter {
            self.read_parameter(file, home, p);
        }
        for d in raw.duty {
            self.read_duty(file, home, d);
        }
        for b in raw.basis {
            let line = file.line(b.duty.span().start);
            let duty = b.duty.into_inner();
            let basis = self.read_basis(file, home, (b.from, b.until), &b.cite, (b.applies, b.certainty));
            match basis {
                Some(basis) => self.further.push((file.path.clone(), line, duty, basis)),
                None => self.doubts.add(Kind::Duty, &duty),
            }
        }
    }

    /// Gives the bases that other files add to their duties.
    pub(crate) fn attach_bases(&mut self) {
        for (file, line, key, basis) in std::mem::take(&mut self.further) {
            match self.duties.iter_mut().find(|d| d.key == key) {
                Some(duty) => duty.basis.push(basis),
                None if self.doubts.of(Kind::Duty, &key) => {}
                None => self.problem(
                    &file,
                    line,
                    format!("依據所指的應辦事項 `{key}` 不存在"),
                    "請更正 key，或新增該應辦事項",
                ),
            }
        }
    }

    fn read_basis(
        &mut self,
        file: &File<'_>,
        home: Option<&str>,
        (from, until): (Day, Option<Day>),
        cite: &Spanned<String>,
        (applies, certainty): (BTreeMap<String, Vec<String>>, Option<Certainty>),
    ) -> Option<Basis> {
        let line = file.line(cite.span().start);
        let (from, until) = (from.0, until.map(|u| u.0));
        if until.is_some_and(|u| u <= from) {
            self.problem(
                &file.path,
                line,
                format!("依據的 until 不在 from（{from}）之後"),
                "請更正其中之一",
            );
        }
        let cite = self.cite(file, home, cite, Some(from))?;
        self.check_inside(file, line, &cite, Some(from), until);
        let applies = self.applies(file, line, applies);
        let certainty = self.certainty(&cite, certainty);
        Some(Basis {
            from,
            until,
            cite,
            applies,
            certainty,
        })
    }

    fn read_parameter(&mut self, file: &File<'_>, home: Option<&str>, p: parse::RawParameter) {
        let line = file.line(p.key.span().start);
        let key = p.key.into_inner();
        let stricter = match p.stricter.as_str() {
            "lower" => Direction::Lower,
            "higher" => Direction::Higher,
            "superset" => Direction::Superset,
            "order" if !p.order.is_empty() => Direction::Order(p.order),
            other => {
                self.doubts.add(Kind::Parameter, &key);
                self.problem(
                    &file.path,
                    line,
                    format!("`{other}` 不是可用的從嚴方向"),
                    "請使用 lower、higher、superset，或使用 order 並填寫 order = [最寬, …, 最嚴]",
                );
                return;
            }
        };
        if let Some((what, remedy)) = of_another_direction(p.kind, &stricter) {
            self.problem(&file.path, line, format!("參數 `{key}` 的{what}"), remedy);
        }
        let mut values = Vec::new();
        let mut places = Vec::new();
        for v in p.values {
            let from = v.from.map(|Day(d)| d);
            let until = v.until.map(|Day(d)| d);
            let line = file.line(v.cite.span().start);
            let said = self.said(file, line, &p.unit, &v.value);
            let value = value(v.value, &p.unit);
            if let Some((what, remedy)) = of_another_kind(p.kind, &value) {
                self.doubts.add(Kind::Parameter, &key);
                self.problem(&file.path, line, format!("參數 `{key}` 的{what}"), remedy);
                continue;
            }
            if let Some(what) = cannot_be(&value) {
                let message = format!("參數「{key}」的值{what}");
                self.problem(
                    &file.path,
                    line,
                    message,
                    "請填大於零的數，期間與週期為 1 至 9999 的整數",
                );
            }
            let Some(cite) = self.cite(file, home, &v.cite, from) else {
                self.doubts.add(Kind::Parameter, &key);
                continue;
            };
            self.check_inside(file, line, &cite, from, until);
            let applies = self.applies(file, line, v.applies);
            let certainty = self.certainty(&cite, v.certainty);
            if let (Direction::Order(order), Value::Word(word)) = (&stricter, &value)
                && !order.contains(word)
            {
                self.problem(
                    &file.path,
                    line,
                    format!("`{word}` 不在 `{key}` 的寬嚴順序（order）中"),
                    "請加入 order",
                );
            }
            places.push((file.path.clone(), line));
            values.push(ParameterValue {
                from,
                until,
                value,
                cite,
                applies,
                certainty,
                said,
            });
        }
        let place = format!("parameter {key}");
        let shape = (p.kind, p.unit.clone(), stricter.clone());
        let declared = self.declared.entry(key.clone()).or_default();
        declared.push((shape, (file.path.clone(), line)));
        if let Some(existing) = self.parameters.get_mut(&key) {
            if existing.stricter == stricter && existing.unit == p.unit && existing.kind == p.kind {
                existing.values.extend(values);
                self.value_places.entry(key).or_default().extend(places);
            } else {
                self.doubts.add(Kind::Parameter, &key);
            }
            return;
        }
        self.keep_place(place, file, line);
        self.value_places.insert(key.clone(), places);
        let words = p.words;
        self.parameters.insert(
            key.clone(),
            Parameter {
                key,
                title: p.title,
                kind: p.kind,
                unit: p.unit,
                stricter,
                words,
                read_by: p.read_by,
                values,
            },
        );
    }

    fn read_duty(&mut self, file: &File<'_>, home: Option<&str>, d: parse::RawDuty) {
        let line = file.line(d.key.span().start);
        let key = d.key.into_inner();
        let place = format!("duty {key}");
        let twice = self.places.contains_key(&place);
        if twice {
            let message = format!("應辦事項 `{key}` 重複出現");
            let remedy = "請只留一個，或改為替它加上依據（basis）";
            self.clash((&file.path, line), &place, message, remedy);
        }
        let applies = self.applies(file, line, d.applies);
        let shape = match d.when {
            RawWhen::Once {
                within,
                counted_from,
                counting,
            } => Shape::Once {
                within,
                counted_from,
                counting,
            },
            RawWhen::Every {
                interval,
                starts_after,
            } => Shape::Every {
                interval,
                starts_after,
            },
            RawWhen::Monthly { by, after } => Shape::Monthly { by, after },
            RawWhen::OnEvent {
                trigger,
                within,
                counting,
            } => {
                if trigger.contains('.') && facts::trigger_label(&trigger) == trigger {
                    self.problem(
                        &file.path,
                        line,
                        format!("`{trigger}` 不是詞彙表中的起因"),
                        "請使用 crates/facts/src/vocabulary.rs 中 TRIGGERS 的鍵，或不含句點（.）的一般文字",
                    );
                }
                Shape::OnEvent {
                    trigger,
                    within,
                    counting,
                }
            }
            RawWhen::Standing { fact } => Shape::Standing { fact },
        };
        let mut basis = Vec::new();
        for b in d.basis {
            let read = self.read_basis(file, home, (b.from, b.until), &b.cite, (b.applies, b.certainty));
            if read.is_none() {
                self.doubts.add(Kind::Duty, &key);
            }
            basis.extend(read);
        }
        if basis.is_empty() && home.is_some() && !self.doubts.of(Kind::Duty, &key) {
            self.problem(
                &file.path,
                line,
                format!("應辦事項 `{key}` 沒有任何依據"),
                "請加上依據（basis）",
            );
        }
        let mut transitional: Vec<Transitional> = Vec::new();
        for t in d.transitional {
            let line = file.line(t.cite.span().start);
            let (from, until) = (t.from.0, t.until.map(|u| u.0));
            let Some(cite) = self.cite(file, home, &t.cite, Some(from)) else {
                continue;
            };
            // A clause of an earlier edition that goes on for those it covered names its version.
            if !t.cite.get_ref().contains('@') {
                self.check_inside(file, line, &cite, Some(from), until);
            }
            let applies = self.applies(file, line, t.applies);
            let certainty = self.certainty(&cite, t.certainty);
            let within = value(t.within, "");
            if let Some((what, remedy)) = of_another_kind(ValueKind::Span, &within) {
                let message = format!("應辦事項 `{key}` 過渡規定之期限{what}");
                self.problem(&file.path, line, message, remedy.replace("value =", "within ="));
            }
            let entry = Transitional {
                from,
                until,
                fact: t.fact,
                before: t.before.0,
                counted_from: t.counted_from.0,
                within,
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
                    "應辦事項 `{key}`：兩筆過渡規定適用於同一情形，{}/{} 與 {}/{}",
                    rival.cite.version, rival.cite.article, entry.cite.version, entry.cite.article
                );
                self.problem(&file.path, line, message, "請以 applies 或日期限縮其中一筆");
            }
            transitional.push(entry);
        }
        let restarts = self.read_restarts(file, home, d.restarts);
        if let Some(edition) = &d.edition
            && home
                .and_then(|slug| self.instruments.get(slug))
                .is_some_and(|i| i.version(edition).is_none())
            && !home.is_some_and(|slug| self.doubts.of(Kind::Law, slug) || self.doubts.version(slug, edition))
        {
            self.problem(
                &file.path,
                line,
                format!("應辦事項 `{key}` 所要求之版本 `{edition}` 不是本法規之版本"),
                "請使用 instrument.toml 所列的版本，或移除 edition",
            );
        }
        let named = restarts.iter().filter_map(|r| r.reading.as_ref());
        for reading in d.readings.iter().chain(named) {
            if !self.readings.contains_key(reading) && !self.doubts.of(Kind::Reading, reading) {
                self.problem(
                    &file.path,
                    line,
                    format!("readings.toml 沒有讀法 `{reading}`"),
                    "請在該檔加上",
                );
            }
        }
        if d.kept && !matches!(shape, Shape::Once { .. }) {
            self.problem(
                &file.path,
                line,
                format!("應辦事項 `{key}`：kept 只用於辦理一次（once）之事項"),
                "請移除 kept；持續具備（standing）之事項本即須維持",
            );
        }
        self.check_relief(file, line, home, &key, &d.relieves);
        let counts = self.read_counts(file, line, d.counts);
        if twice {
            return;
        }
        self.keep_place(place, file, line);
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
            restarts,
            edition: d.edition,
            readings: d.readings,
            kept: d.kept,
            relieves: d.relieves,
            delegates: d.delegates,
            counts,
            home: home.map(str::to_owned),
        });
    }

    pub(crate) fn read_proof(&mut self, file: &File<'_>) {
        let Some(raw) = self.take::<parse::RawProof>(file) else {
            return;
        };
        let reading = raw.standing.reading.get_ref();
        if !self.readings.contains_key(reading) && !self.doubts.of(Kind::Reading, reading) {
            let line = file.line(raw.standing.reading.span().start);
            self.problem(
                &file.path,
                line,
                format!("readings.toml 沒有讀法 `{reading}`"),
                "請在該檔加上",
            );
        }
        self.shown = Some(Shown {
            within: Span {
                amount: raw.standing.within,
                unit: raw.standing.unit,
            },
            reading: reading.clone(),
        });
    }

    /// Articles from whose duties a duty relieves must be articles of its own instrument.
    fn check_relief(
        &mut self,
        file: &File<'_>,
        line: usize,
        home: Option<&str>,
        key: &str,
        relieves: &[String],
    ) {
        let Some((home, instrument)) = home.and_then(|home| Some((home, self.instruments.get(home)?))) else {
            return;
        };
        // What a version lists that couldn't be read isn't known.
        let known = |article: &String| {
            let listed = |v: &Version| v.article(article).is_some() || self.doubts.version(home, &v.id);
            instrument.versions.iter().any(listed) || self.doubts.of(Kind::Article, article)
        };
        if let Some(unknown) = relieves.iter().find(|a| !known(a)) {
            self.problem(
                &file.path,
                line,
                format!("應辦事項 `{key}`：relieves 所列 `{unknown}` 不是本規範之條文或附表"),
                "請改為 articles/ 所列之代號，例如 annex-1",
            );
        }
    }

    /// A value in another unit than the parameter's, as its clause says it.
    fn said(&mut self, file: &File<'_>, line: usize, unit: &str, value: &RawValue) -> Option<String> {
        let RawValue::Measure(m) = value else {
            return None;
        };
        if convert(m.number, &m.unit, unit).is_none() {
            let message = format!("單位 `{}` 不能換算為 `{unit}`", m.unit);
            self.problem(
                &file.path,
                line,
                message,
                "請使用 minute、hour、day、working_day、week、month 或 year",
            );
        }
        Some(format!("{} {}", number_words(m.number), unit_label(&m.unit)))
    }

    pub(crate) fn read_counting(&mut self, file: &File<'_>) {
        let Some(raw) = self.take_entries::<parse::RawCounting>(file, "rule") else {
            return;
        };
        for r in raw.rule {
            if let Some(cite) = self.cite(file, None, &r.cite, None) {
                self.counting.push(CountingCite {
                    counting: r.counting,
                    rule: r.rule,
                    cite,
                });
            }
        }
    }

    pub(crate) fn read_coverage(&mut self, file: &File<'_>) {
        let Some(raw) = self.take_entries::<parse::RawCoverage>(file, "cover") else {
            return;
        };
        for c in raw.cover {
            let line = file.line(c.instrument.span().start);
            if !ROLES.contains(&c.role.as_str()) {
                let message = format!("`{}` 不是可用的條文作用（as）", c.role);
                self.problem(
                    &file.path,
                    line,
                    message,
                    format!("請使用下列之一：{}", ROLES.join("、")),
                );
            }
            if c.role == "not_modelled" && c.why.trim().is_empty() {
                self.problem(&file.path, line, "not_modelled 未填 why（理由）", "請簡述理由");
            }
            for article in c.articles {
                let line = file.line(article.span().start);
                let id = article.into_inner();
                let there = self
                    .instruments
                    .get(c.instrument.get_ref())
                    .and_then(|i| i.version(&c.version))
                    .is_some_and(|v| v.article(&id).is_some());
                let doubts = &self.doubts;
                let refused =
                    doubts.version(c.instrument.get_ref(), &c.version) || doubts.of(Kind::Article, &id);
                if !there && !refused {
                    let message = format!("`{}@{}` 沒有條文 `{id}`", c.instrument.get_ref(), c.version);
                    self.problem(&file.path, line, message, "請更正條號，或列出該條文");
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
}

/// Why a value can't be one: a limit of nothing, or of more than anyone means.
fn cannot_be(value: &Value) -> Option<&'static str> {
    const MOST: u32 = 9_999;
    let length = |n: u32| (1..=MOST).contains(&n);
    match value {
        Value::Number(n) if !n.is_finite() => Some("不是可用的數"),
        Value::Number(n) if *n <= 0.0 || *n > 1e9 => Some("超出可用的範圍"),
        Value::Interval(i) if !length(i.every) || !length(i.times) => Some("超出可用的範圍"),
        Value::Span(s) if !length(s.amount) => Some("超出可用的範圍"),
        Value::Set(items) if items.is_empty() => Some("沒有任何項目"),
        _ => None,
    }
}

fn value(raw: RawValue, unit: &str) -> Value {
    match raw {
        RawValue::Measure(m) => Value::Number(convert(m.number, &m.unit, unit).unwrap_or(f64::NAN)),
        RawValue::Number(n) => Value::Number(n),
        RawValue::Word(w) => Value::Word(w),
        RawValue::Every(e) => Value::Interval(Interval {
            every: e.every,
            unit: e.unit,
            times: e.times.unwrap_or(1),
        }),
        RawValue::Within(w) => Value::Span(Span {
            amount: w.within,
            unit: w.unit,
        }),
        RawValue::Set(items) => Value::Set(items.into_iter().collect()),
    }
}
