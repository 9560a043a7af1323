//! The form of `plan/wordings.toml`, how it is read, and what is refused.
//!
//! What it can't know: how plans are worded.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use super::parse::{RawValue, listed};
use crate::instrument::Certainty;
use crate::parameter::ValueKind;
use crate::wording::{Meant, PlanRule, Signs, Telling, Told, Wording};
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWordings {
    #[serde(default)]
    wording: Vec<Spanned<RawWording>>,
    #[serde(default)]
    finding: Vec<RawRule>,
    #[serde(default)]
    name: Vec<Spanned<RawName>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawName {
    reader: String,
    per: Option<String>,
    parameter: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSigns {
    #[serde(default)]
    chapters: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    under: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWording {
    duty: Option<Spanned<String>>,
    register: Option<Spanned<String>>,
    #[serde(default)]
    chapters: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    under: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    promises: Vec<RawTelling>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTelling {
    parameter: Spanned<String>,
    #[serde(default)]
    interval: bool,
    like: Option<String>,
    value: Option<RawValue>,
    item: Option<String>,
    reading: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    key: Spanned<String>,
    when: RawSigns,
    #[serde(default)]
    unless: Vec<RawSigns>,
    message: String,
    duty: String,
    certainty: Option<Certainty>,
}

/// Words divided by `|` are alternatives.
fn alternatives(lines: Vec<String>) -> Vec<Vec<String>> {
    let words = |line: String| line.split('|').map(str::to_owned).collect();
    lines.into_iter().map(words).collect()
}

listed!(RawWordings: wording, finding, name);

impl From<RawSigns> for Signs {
    fn from(raw: RawSigns) -> Self {
        Self {
            chapters: raw.chapters,
            says: alternatives(raw.says),
            under: alternatives(raw.under),
            not: raw.not,
        }
    }
}

impl Loader {
    /// Reads the wordings of plans; duties, parameters and readings must be read before.
    pub(crate) fn read_wordings(&mut self, file: &File<'_>) {
        let Some(raw) = self.take::<RawWordings>(file) else {
            return;
        };
        for n in raw.name {
            let n_begin = file.line(n.span().start);
            let n = n.into_inner();
            let Some(parameter) = n.parameter else {
                if let Some(per) = n.per {
                    self.plan_counts.entry(n.reader).or_default().insert(per, None);
                } else {
                    let message = format!("用語 `{}` 沒有寫明是哪個參數", n.reader);
                    self.problem(
                        &file.path,
                        n_begin,
                        message,
                        "請寫 `parameter`，或以 `per` 說明計算對象",
                    );
                }
                continue;
            };
            let line = file.line(parameter.span().start);
            let key = parameter.into_inner();
            if !self.parameters.contains_key(&key) && !self.doubts.of(Kind::Parameter, &key) {
                let message = format!("用語所指的參數 `{key}` 不存在");
                self.problem(&file.path, line, message, "請更正 key，或先新增該參數");
            }
            match n.per {
                Some(per) => {
                    self.plan_counts
                        .entry(n.reader)
                        .or_default()
                        .insert(per, Some(key));
                }
                None => {
                    self.plan_words.insert(n.reader, key);
                }
            }
        }
        for w in raw.wording {
            let begin = file.line(w.span().start);
            let w = w.into_inner();
            let (meant, line) = match (w.duty, w.register) {
                (Some(duty), None) => {
                    let line = file.line(duty.span().start);
                    let duty = duty.into_inner();
                    if !self.duties.iter().any(|d| d.key == duty) && !self.doubts.of(Kind::Duty, &duty) {
                        let message = format!("用語所指的應辦事項 `{duty}` 不存在");
                        self.problem(&file.path, line, message, "請更正 key，或先新增該事項");
                    }
                    (Meant::Duty(duty), line)
                }
                (None, Some(register)) => {
                    let line = file.line(register.span().start);
                    (Meant::Register(register.into_inner()), line)
                }
                (Some(key), Some(_)) => {
                    let line = file.line(key.span().start);
                    self.problem(&file.path, line, "用語同時寫了 duty 與 register", "請只留一項");
                    continue;
                }
                (None, None) => {
                    self.problem(
                        &file.path,
                        begin,
                        "用語沒有寫 duty 或 register",
                        "請寫明這些字詞是哪一項",
                    );
                    continue;
                }
            };
            let signs = Signs::from(RawSigns {
                chapters: w.chapters,
                says: w.says,
                under: w.under,
                not: w.not,
            });
            self.check_signs(file, line, &signs);
            let promises = w.promises.into_iter();
            let promises = promises.filter_map(|p| self.telling(file, p)).collect();
            self.wordings.push(Wording {
                meant,
                signs,
                promises,
            });
        }
        for r in raw.finding {
            let line = file.line(r.key.span().start);
            let key = r.key.into_inner();
            if self.plan_rules.iter().any(|known| known.key == key) {
                let message = format!("檢查 `{key}` 重複出現");
                self.problem(&file.path, line, message, "請只留一個");
            }
            let signs = Signs::from(r.when);
            self.check_signs(file, line, &signs);
            if !self.duties.iter().any(|d| d.key == r.duty) && !self.doubts.of(Kind::Duty, &r.duty) {
                let message = format!("檢查 `{key}` 所依的應辦事項 `{}` 不存在", r.duty);
                self.problem(&file.path, line, message, "請更正 duty");
            }
            self.plan_rules.push(PlanRule {
                key,
                signs,
                unless: r.unless.into_iter().map(Signs::from).collect(),
                message: r.message,
                duty: r.duty,
                certainty: r.certainty.unwrap_or(Certainty::Primary),
            });
        }
    }

    /// Signs that every sentence shows, or that none can, are a mistake.
    fn check_signs(&mut self, file: &File<'_>, line: usize, signs: &Signs) {
        let all = || signs.says.iter().chain(&signs.under);
        if signs.says.is_empty() && signs.under.is_empty() {
            self.problem(&file.path, line, "用語沒有寫 says 或 under", "請至少寫一組字詞");
        }
        if all().any(|any| any.iter().any(String::is_empty)) || signs.not.iter().any(String::is_empty) {
            self.problem(&file.path, line, "用語有空白的字詞", "請刪去多餘的「|」或空字串");
        }
    }

    fn telling(&mut self, file: &File<'_>, raw: RawTelling) -> Option<Telling> {
        let line = file.line(raw.parameter.span().start);
        let key = raw.parameter.into_inner();
        let Some(kind) = self.parameters.get(&key).map(|p| p.kind) else {
            if self.doubts.of(Kind::Parameter, &key) {
                return None;
            }
            let message = format!("用語所指的參數 `{key}` 不存在");
            self.problem(&file.path, line, message, "請更正 key，或先新增該參數");
            return None;
        };
        if let Some(reading) = raw.reading.as_ref().filter(|r| !self.readings.contains_key(*r)) {
            let message = format!("用語所指的讀法 `{reading}` 不存在");
            self.problem(&file.path, line, message, "請更正 key，或先新增該讀法");
        }
        let certainty = match raw.reading.as_ref().and_then(|r| self.readings.get(r)) {
            Some(reading) => reading.certainty,
            None => Certainty::Primary,
        };
        let value = match (raw.interval, raw.like, raw.value, raw.item) {
            (true, None, None, None) if kind == ValueKind::Interval => Told::Interval,
            (false, Some(other), None, None)
                if self.parameters.get(&other).is_some_and(|p| p.kind == kind) =>
            {
                Told::Like(other)
            }
            (false, None, Some(value), None) => match (kind, value) {
                (ValueKind::Number, RawValue::Number(n)) => Told::Value(crate::parameter::Value::Number(n)),
                (ValueKind::Word, RawValue::Word(w)) => Told::Value(crate::parameter::Value::Word(w)),
                _ => {
                    let message = format!("`{key}` 的值不合該參數的種類");
                    self.problem(&file.path, line, message, "請寫數字或該參數的用語");
                    return None;
                }
            },
            (false, None, None, Some(item)) if kind == ValueKind::Set => Told::Item(item),
            _ => {
                let message = format!("`{key}` 的 interval、like、value、item 須恰填一項，並合該參數的種類");
                self.problem(&file.path, line, message, "請只留一項");
                return None;
            }
        };
        Some(Telling {
            parameter: key,
            value,
            certainty,
        })
    }
}
