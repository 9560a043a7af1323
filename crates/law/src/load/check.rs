//! Checks that need the corpus as a whole: references, rivals, the crosswalk, coverage.

use super::doubt::Kind;
use super::loader::{Loader, national};
use crate::duty::{Basis, Duty, Shape};
use crate::error::LawError;
use crate::parameter::{Parameter, ValueKind};
use period::Date;
use std::collections::HashSet;

impl Loader {
    pub(crate) fn check_whole(&mut self) {
        self.check_baseline();
        self.check_declared();
        self.check_rivals();
        let covers = self.coverage.iter();
        let covered: HashSet<(&str, &str, &str)> = covers
            .map(|c| (c.instrument.as_str(), c.version.as_str(), c.article.as_str()))
            .collect();
        let mut found: Vec<(String, String, String)> = Vec::new();
        for duty in self.duties.iter().filter(|d| !self.doubts.of(Kind::Duty, &d.key)) {
            let place = format!("duty {}", duty.key);
            for key in duty.parameters() {
                if !self.parameters.contains_key(key) && !self.doubts.of(Kind::Parameter, key) {
                    found.push((
                        place.clone(),
                        format!("應辦事項 `{}` 所指的參數 `{key}` 不存在", duty.key),
                        "請新增 [[parameter]]，或更正 key".into(),
                    ));
                }
            }
            for other in &duty.delegates {
                if !self.duties.iter().any(|d| d.key == *other) && !self.doubts.of(Kind::Duty, other) {
                    found.push((
                        place.clone(),
                        format!("應辦事項 `{}`：delegates 所列的 `{other}` 不是應辦事項", duty.key),
                        "請改為既有應辦事項之 key，例如 plan.establish".into(),
                    ));
                }
            }
            for count in &duty.counts {
                let parameter = self.parameters.get(&count.at_least);
                if self.doubts.of(Kind::Parameter, &count.at_least) {
                    continue;
                }
                let asked = duty.requires.contains(&count.at_least);
                if !asked || parameter.is_none_or(|p| p.kind != ValueKind::Number) {
                    found.push((
                        place.clone(),
                        format!(
                            "應辦事項 `{}` 計數所依的 `{}` 不是它要求的數值參數",
                            duty.key, count.at_least
                        ),
                        "請將 kind = \"number\" 的參數列入 requires，再以 at_least 指定".into(),
                    ));
                }
            }
            let facts = match &duty.shape {
                Shape::Once { counted_from, .. } => vec![counted_from.clone()],
                Shape::Every { starts_after, .. } => starts_after.iter().cloned().collect(),
                Shape::Standing { fact } => fact.iter().cloned().collect(),
                Shape::OnEvent { .. } | Shape::Monthly { .. } => Vec::new(),
            };
            if let Shape::Monthly { by, after } = &duty.shape {
                let number = self
                    .parameters
                    .get(by)
                    .is_none_or(|p| p.kind == ValueKind::Number);
                let there = after
                    .as_ref()
                    .is_none_or(|key| self.duties.iter().any(|d| d.key == *key));
                if !number || !there {
                    found.push((
                        place.clone(),
                        format!(
                            "應辦事項「{}」每月之期限所指之參數不是數值，或所待之應辦事項不存在",
                            duty.key
                        ),
                        "by 請指 kind = \"number\" 之參數（每月第幾日），after 請指既有應辦事項之 key".into(),
                    ));
                }
            }
            for key in facts.iter().chain(duty.transitional.iter().map(|t| &t.fact)) {
                if facts::fact_spec(key).is_none() {
                    found.push((
                        place.clone(),
                        format!("應辦事項 `{}` 的起算事實 `{key}` 不在事實詞彙表中", duty.key),
                        "請使用 crates/facts/src/vocabulary.rs 所列的鍵".into(),
                    ));
                }
            }
            if let (Shape::OnEvent { .. }, Some(parameter)) = (
                &duty.shape,
                duty.period_key().and_then(|key| self.parameters.get(key)),
            ) && parameter.kind == ValueKind::Number
                && !["hour", "day", "working_day", "month"].contains(&parameter.unit.as_str())
            {
                found.push((
                    format!("parameter {}", parameter.key),
                    format!(
                        "參數「{}」之單位「{}」不能作為期限",
                        parameter.key, parameter.unit
                    ),
                    "請用 hour、day、working_day、month，或改為 kind = \"span\"".into(),
                ));
            }
            if let Some(parameter) = duty.period_key().and_then(|key| self.parameters.get(key))
                && !self.doubts.of(Kind::Parameter, &parameter.key)
            {
                found.extend(without_period(duty, parameter).map(|(basis, day)| {
                    (
                        place.clone(),
                        format!(
                            "應辦事項「{}」依 {} 之期限沒有值：參數「{}」在 {day} 這一天沒有值",
                            duty.key, basis, parameter.key
                        ),
                        "請補上該段期間的值，或更正依據與值的起訖日".into(),
                    )
                }));
            }
            for (i, a) in duty.basis.iter().enumerate() {
                for b in duty.basis.iter().skip(i + 1) {
                    let same = a.cite.instrument == b.cite.instrument && a.cite.article == b.cite.article;
                    if same
                        && overlap((Some(a.from), a.until), (Some(b.from), b.until))
                        && a.applies.overlaps(&b.applies)
                    {
                        found.push((
                            place.clone(),
                            format!(
                                "應辦事項 `{}` 對同一情形有兩筆 `{}` 的依據同時有效",
                                duty.key, a.cite.article
                            ),
                            "請讓前一筆在後一筆開始之日結束".into(),
                        ));
                    }
                }
            }
        }
        for i in self.instruments.values() {
            for (before, version) in i.versions.iter().zip(i.versions.iter().skip(1)) {
                let lost = self.doubts.any(Kind::Article) || self.doubts.some_version(&i.slug);
                if before.articles.is_empty() || lost {
                    continue;
                }
                for a in &version.articles {
                    for old in a.was.iter().filter(|old| before.article(old).is_none()) {
                        found.push((
                            format!("{}@{}/{}", i.slug, version.id, a.id),
                            format!(
                                "條文 `{}` 的 was 寫 `{old}`，但版本 `{}` 沒有這一條",
                                a.id, before.id
                            ),
                            "請更正 was，或在該版本列出這一條".into(),
                        ));
                    }
                }
            }
            if self.doubts.any(Kind::Cover) {
                continue;
            }
            for v in i.versions.iter().filter(|v| v.modelled && i.is_national()) {
                for a in &v.articles {
                    if !covered.contains(&(i.slug.as_str(), v.id.as_str(), a.id.as_str())) {
                        found.push((
                            format!("{}@{}/{}", i.slug, v.id, a.id),
                            format!("條文 `{}`（`{}@{}`）未列入 coverage.toml", a.id, i.slug, v.id),
                            "請在該檔寫明它在本產品中的作用，或未納入的理由".into(),
                        ));
                    }
                }
            }
        }
        for (key, message, remedy) in found {
            let (file, line) = self.places.get(&key).cloned().unwrap_or_default();
            self.problem(&file, line, message, remedy);
        }
    }
}

impl Loader {
    /// A parameter is the same wherever it gets values.
    fn check_declared(&mut self) {
        let mut found = Vec::new();
        for (key, places) in &self.declared {
            let first = places
                .iter()
                .find(|(_, (file, _))| national(file))
                .or(places.first());
            let Some((shape, place)) = first else { continue };
            for (_, (file, line)) in places.iter().filter(|(other, _)| other != shape) {
                let message = format!("參數 `{key}` 的種類、單位或從嚴方向與他處不一致");
                let remedy = "請各處使用相同的種類、單位與從嚴方向";
                let mut error = LawError::new(file, *line, message, remedy);
                error.also = Some(place.clone());
                found.push(error);
            }
        }
        self.errors.extend(found);
    }

    /// Two values of one parameter by one instrument can't hold for the same case at once.
    fn check_rivals(&mut self) {
        let nowhere = (String::new(), 0);
        let mut found = Vec::new();
        for p in self.parameters.values() {
            let place = |i: usize| self.value_places.get(&p.key).and_then(|all| all.get(i));
            for (i, a) in p.values.iter().enumerate() {
                for (j, b) in p.values.iter().enumerate().skip(i + 1) {
                    if a.cite.instrument == b.cite.instrument
                        && a.value != b.value
                        && overlap((a.from, a.until), (b.from, b.until))
                        && a.applies.overlaps(&b.applies)
                    {
                        let (file, line) = place(j).unwrap_or(&nowhere);
                        let message = format!(
                            "參數 `{}` 對同一情形有兩個 `{}` 的值同時有效（{} 與 {}）",
                            p.key, a.cite.instrument, a.cite.article, b.cite.article
                        );
                        let remedy = "請讓前一筆在後一筆開始之日結束，或以 applies 限縮其中一筆";
                        let mut error = LawError::new(file, *line, message, remedy);
                        error.also = place(i).cloned();
                        found.push(error);
                    }
                }
            }
        }
        self.errors.extend(found);
    }
}

/// Clauses of a duty under which its period has a value of the same instrument on some days and
/// none on others; the first such day of each.
fn without_period<'d>(duty: &'d Duty, parameter: &'d Parameter) -> impl Iterator<Item = (String, Date)> + 'd {
    let of = |b: &Basis| {
        parameter
            .values
            .iter()
            .any(|v| v.cite.instrument == b.cite.instrument)
    };
    duty.basis.iter().filter(move |b| of(b)).filter_map(move |b| {
        let set = |day: Date| {
            parameter
                .values
                .iter()
                .any(|v| v.holds_on(day) && v.applies.overlaps(&b.applies))
        };
        let last = b.until.and_then(|u| u.yesterday().ok());
        let day = [Some(b.from), last]
            .into_iter()
            .flatten()
            .find(|day| !set(*day))?;
        Some((
            format!("{}@{}/{}", b.cite.instrument, b.cite.version, b.cite.article),
            day,
        ))
    })
}

fn overlap(a: (Option<Date>, Option<Date>), b: (Option<Date>, Option<Date>)) -> bool {
    let before =
        |end: Option<Date>, start: Option<Date>| matches!((end, start), (Some(e), Some(s)) if e <= s);
    !before(a.1, b.0) && !before(b.1, a.0)
}
