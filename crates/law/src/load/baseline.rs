//! The forms of `baseline/*.toml`, how they are read, and what is refused.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use crate::baseline::{
    Aspect, Baseline, CheckKind, Control, ControlEdition, ControlParameter, Dimension, Grade, Grading,
    Overall,
};
use crate::citation::Citation;
use crate::instrument::Certainty;
use crate::parameter::{Value, ValueKind};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDimensions {
    #[serde(default)]
    dimension: Vec<RawDimension>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDimension {
    key: Spanned<String>,
    title: String,
    english: String,
    #[serde(default)]
    formerly: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControls {
    #[serde(default)]
    control: Vec<RawControl>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControl {
    id: Spanned<String>,
    dimension: String,
    measure: String,
    demand: String,
    #[serde(default)]
    parameters: Vec<RawControlParameter>,
    evidence: Vec<String>,
    check: CheckKind,
    how: String,
    editions: Vec<RawControlEdition>,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControlParameter {
    key: Spanned<String>,
    title: String,
    unit: String,
    value: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControlEdition {
    version: Spanned<String>,
    grade: Grade,
    cite: Spanned<String>,
    certainty: Certainty,
    measure: Option<String>,
    demand: Option<String>,
    #[serde(default)]
    was: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGrading {
    overall: Overall,
    core_from: Grade,
    core_cites: Vec<Spanned<String>>,
    editions: Vec<RawGradingEdition>,
    #[serde(default)]
    aspect: Vec<RawAspect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGradingEdition {
    version: Spanned<String>,
    cite: Spanned<String>,
    certainty: Certainty,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAspect {
    key: Spanned<String>,
    title: String,
    asks: String,
    levels: Vec<RawLevel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevel {
    grade: Grade,
    text: String,
}

super::parse::listed!(RawDimensions: dimension);
super::parse::listed!(RawControls: control);
super::parse::listed!(RawGrading: aspect);

impl Loader {
    /// Reads one file of an instrument's `baseline/`.
    pub(crate) fn read_baseline(&mut self, file: &File<'_>, slug: &str, name: &str) {
        if self.baseline.instrument.is_empty() {
            slug.clone_into(&mut self.baseline.instrument);
        } else if self.baseline.instrument != slug {
            let message = format!("防護基準已列於 `{}`", self.baseline.instrument);
            self.problem(&file.path, 0, message, "請只留在一部法規之下");
            return;
        }
        match name {
            "controls.toml" => self.read_controls(file, slug),
            "dimensions.toml" => self.read_dimensions(file),
            _ => self.read_grading(file, slug),
        }
    }

    fn read_dimensions(&mut self, file: &File<'_>) {
        let Some(raw) = self.take_entries::<RawDimensions>(file, "dimension") else {
            return;
        };
        for d in raw.dimension {
            let line = file.line(d.key.span().start);
            let key = d.key.into_inner();
            if self.baseline.dimension(&key).is_some() {
                let message = format!("構面 `{key}` 重複出現");
                self.problem(&file.path, line, message, "請只留一個");
            }
            self.baseline.dimensions.push(Dimension {
                key,
                title: d.title,
                english: d.english,
                formerly: d.formerly,
            });
        }
    }

    fn read_controls(&mut self, file: &File<'_>, slug: &str) {
        let Some(raw) = self.take_entries::<RawControls>(file, "control") else {
            return;
        };
        for c in raw.control {
            let line = file.line(c.id.span().start);
            let id = c.id.into_inner();
            if self.baseline.control(&id).is_some() {
                let message = format!("控制措施 `{id}` 重複出現");
                self.clash(
                    (&file.path, line),
                    &format!("control {id}"),
                    message,
                    "請只留一個",
                );
            }
            if c.evidence.is_empty() || c.editions.is_empty() {
                let message = format!("控制措施 `{id}` 未填佐證（evidence）或版本（editions）");
                self.problem(&file.path, line, message, "請寫明以何者佐證，以及由哪個版本要求");
            }
            self.places
                .insert(format!("control {id}"), (file.path.clone(), line));
            let mut parameters = Vec::new();
            for p in c.parameters {
                let line = file.line(p.key.span().start);
                let key = p.key.into_inner();
                self.places
                    .insert(format!("control {id} {key}"), (file.path.clone(), line));
                parameters.push(ControlParameter {
                    key,
                    title: p.title,
                    unit: p.unit,
                    value: p.value,
                });
            }
            let mut editions: Vec<ControlEdition> = Vec::new();
            for e in c.editions {
                let line = file.line(e.version.span().start);
                if editions.iter().any(|x| &x.version == e.version.get_ref()) {
                    let message = format!("控制措施 `{id}` 的版本 `{}` 重複出現", e.version.get_ref());
                    self.problem(&file.path, line, message, "請只留一個");
                }
                let Some(cite) = self.cite_in(file, slug, &e.version, &e.cite) else {
                    self.doubts.add(Kind::Control, &id);
                    continue;
                };
                self.places.insert(
                    format!("control {id}@{}", e.version.get_ref()),
                    (file.path.clone(), line),
                );
                editions.push(ControlEdition {
                    version: e.version.into_inner(),
                    grade: e.grade,
                    cite,
                    certainty: e.certainty,
                    measure: e.measure,
                    demand: e.demand,
                    was: e.was,
                });
            }
            self.baseline.controls.push(Control {
                id,
                dimension: c.dimension,
                measure: c.measure,
                demand: c.demand,
                parameters,
                evidence: c.evidence,
                check: c.check,
                how: c.how,
                editions,
                note: c.note,
            });
        }
    }

    fn read_grading(&mut self, file: &File<'_>, slug: &str) {
        let Some(raw) = self.take_entries::<RawGrading>(file, "aspect") else {
            return;
        };
        let mut core_cites = Vec::new();
        for cite in &raw.core_cites {
            core_cites.extend(self.cite(file, Some(slug), cite, None));
        }
        let mut editions = Vec::new();
        for e in &raw.editions {
            let cite = self.cite_in(file, slug, &e.version, &e.cite);
            editions.extend(cite.map(|cite| (cite, e.certainty)));
        }
        let mut aspects: Vec<Aspect> = Vec::new();
        for a in raw.aspect {
            let line = file.line(a.key.span().start);
            let key = a.key.into_inner();
            if aspects.iter().any(|x| x.key == key) {
                let message = format!("分級構面 `{key}` 重複出現");
                self.problem(&file.path, line, message, "請只留一個");
            }
            if !a.levels.iter().map(|l| l.grade).eq(Grade::ALL) {
                let message = format!("分級構面 `{key}` 未逐級寫明各等級的條件");
                self.problem(&file.path, line, message, "請依序填寫普、中、高，各一次");
            }
            aspects.push(Aspect {
                key,
                title: a.title,
                asks: a.asks,
                levels: a.levels.into_iter().map(|l| (l.grade, l.text)).collect(),
            });
        }
        self.baseline.grading = Some(Grading {
            overall: raw.overall,
            core_from: raw.core_from,
            core_cites,
            editions,
            aspects,
        });
    }

    /// A clause of a named version of the baseline's own instrument.
    fn cite_in(
        &mut self,
        file: &File<'_>,
        slug: &str,
        version: &Spanned<String>,
        cite: &Spanned<String>,
    ) -> Option<Citation> {
        let found = self
            .instruments
            .get(slug)
            .and_then(|i| i.version(version.get_ref()));
        let Some(start) = found.map(crate::instrument::Version::start) else {
            if self.doubts.version(slug, version.get_ref()) {
                return None;
            }
            let line = file.line(version.span().start);
            let message = format!("`{slug}` 沒有版本 `{}`", version.get_ref());
            self.problem(&file.path, line, message, "請使用 instrument.toml 所列的版本");
            return None;
        };
        let cited = self.cite(file, Some(slug), cite, start)?;
        if cited.instrument != slug || &cited.version != version.get_ref() {
            let line = file.line(cite.span().start);
            let message = format!("`{}` 不是 `{slug}@{}` 的條文", cite.get_ref(), version.get_ref());
            self.problem(&file.path, line, message, "請引用與該版相同的法規版本");
            return None;
        }
        Some(cited)
    }

    /// What only the baseline as a whole can show.
    pub(crate) fn check_baseline(&mut self) {
        let mut baseline = std::mem::take(&mut self.baseline);
        let versions = self.instruments.get(&baseline.instrument).map(|i| &i.versions);
        baseline.editions = versions
            .into_iter()
            .flatten()
            .map(|v| v.id.clone())
            .filter(|id| baseline.controls.iter().any(|c| c.edition(id).is_some()))
            .collect();
        let place = |version: &str| baseline.editions.iter().position(|e| e == version);
        for c in &mut baseline.controls {
            c.editions.sort_by_key(|e| place(&e.version));
        }
        for (key, message, remedy) in self.flaws(&baseline) {
            let (file, line) = self.places.get(&key).cloned().unwrap_or_default();
            self.problem(&file, line, message, remedy);
        }
        self.baseline = baseline;
    }

    fn flaws(&self, baseline: &Baseline) -> Vec<(String, String, &'static str)> {
        let mut found = Vec::new();
        let sure = |c: &&Control| !self.doubts.of(Kind::Control, &c.id);
        for c in baseline.controls.iter().filter(sure) {
            let home = format!("control {}", c.id);
            if baseline.dimension(&c.dimension).is_none() {
                if self.doubts.of(Kind::Dimension, &c.dimension) {
                    continue;
                }
                let message = format!("控制措施 `{}` 所屬的構面 `{}` 不存在", c.id, c.dimension);
                found.push((home.clone(), message, "請加入 dimensions.toml，或更正 key"));
            } else if !c.id.starts_with(&c.dimension) {
                let message = format!("控制措施 `{}` 的編號與所填構面 `{}` 不符", c.id, c.dimension);
                found.push((home.clone(), message, "編號（id）須以構面的 key 開頭"));
            }
            for e in &c.editions {
                let before = baseline.editions.iter().take_while(|v| **v != e.version).last();
                let mut seen = BTreeSet::new();
                for old in &e.was {
                    let there = before
                        .and_then(|v| baseline.control(old).and_then(|c| c.edition(v)))
                        .is_some();
                    if self.doubts.any(Kind::Control) {
                        continue;
                    }
                    if !there || old == &c.id || !seen.insert(old) {
                        let message = format!(
                            "控制措施 `{}`（版本 `{}`）的 was 寫 `{old}`，但前一版沒有這一列，或與本列、其他 was 重複",
                            c.id, e.version
                        );
                        found.push((format!("{home}@{}", e.version), message, "請更正 was，或移除"));
                    }
                }
            }
            for p in &c.parameters {
                if let Some((message, remedy)) = self.disagreement(baseline, c, p) {
                    found.push((format!("{home} {}", p.key), message, remedy));
                }
            }
        }
        found
    }

    /// A number of the law stands in the parameters, with its dates; the row may only repeat it.
    fn disagreement(
        &self,
        baseline: &Baseline,
        c: &Control,
        p: &ControlParameter,
    ) -> Option<(String, &'static str)> {
        if self.doubts.of(Kind::Parameter, &p.key) {
            return None;
        }
        let Some(known) = self.parameters.get(&p.key) else {
            let message = format!(
                "控制措施 `{}` 填了 `{}` 的值，但法規資料沒有這個參數",
                c.id, p.key
            );
            return p
                .value
                .map(|_| (message, "請在 duties.toml 新增 [[parameter]]，或不填 value"));
        };
        let unit = match known.kind {
            ValueKind::Number => known.unit.as_str(),
            ValueKind::Interval => "interval",
            _ => p.unit.as_str(),
        };
        if p.unit != unit {
            let message = format!(
                "控制措施 `{}` 的 `{}` 以 `{}` 為單位，法規參數則為 `{unit}`",
                c.id, p.key, p.unit
            );
            return Some((message, "請使用參數的單位"));
        }
        let value = Value::Number(p.value?);
        let agrees = c.editions.iter().all(|e| {
            known.values.iter().any(|v| {
                v.cite.instrument == baseline.instrument && v.cite.version == e.version && v.value == value
            })
        });
        (!agrees).then(|| {
            let message = format!("控制措施 `{}` 的 `{}` 與參數在其中一版的值不同", c.id, p.key);
            (message, "請將兩者改為一致，或不填 value")
        })
    }
}
