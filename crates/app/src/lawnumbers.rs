//! The numbers of the law as a list: each parameter with its values and the duties that ask for it.

use crate::lawpages::LawBook;
use crate::map;
use law::{Direction, Parameter, ParameterValue, ValueKind};
use period::Date;
use views::{LawNumberView, LawValueView};

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "methods of a view over the corpus"
)]
impl LawBook<'_> {
    /// Every parameter with its values on a day; of one version of one instrument where that is named.
    pub fn numbers(&self, day: Date, of: Option<(&str, &str)>) -> Vec<LawNumberView> {
        let asked = |value: &ParameterValue| match of {
            Some((slug, version)) => value.cite.instrument == slug && value.cite.version == version,
            None => value.holds_on(day),
        };
        let all = self.0.parameters.values();
        all.filter_map(|p| {
            let values: Vec<LawValueView> = p
                .values
                .iter()
                .filter(|v| asked(v))
                .map(|v| self.value(p, v))
                .collect();
            (of.is_none() || !values.is_empty()).then(|| self.number(p, values))
        })
        .collect()
    }

    fn number(&self, p: &Parameter, values: Vec<LawValueView>) -> LawNumberView {
        let duties = self
            .0
            .duties
            .iter()
            .filter(|d| d.parameters().any(|key| key == p.key));
        LawNumberView {
            key: p.key.clone(),
            title: p.title.clone(),
            kind: kind(p.kind).to_owned(),
            stricter: stricter(p).to_owned(),
            duties: duties.map(|d| (d.key.clone(), d.title.clone())).collect(),
            read_by: p.read_by.clone(),
            values,
        }
    }

    fn value(&self, p: &Parameter, v: &ParameterValue) -> LawValueView {
        let applies = v.applies.0.iter().map(|(key, words)| {
            let label = facts::fact_spec(key).map_or(key.as_str(), |spec| spec.label);
            let words: Vec<String> = words.iter().map(|word| map::fact_word(key, word)).collect();
            format!("{label}：{}", words.join("、"))
        });
        LawValueView {
            value: p.words(v),
            clause: self.0.print(&v.cite),
            applies: applies.collect(),
            from: v.from,
            until: v.until,
            certainty_label: v.certainty.label().to_owned(),
        }
    }
}

fn kind(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Number => "數值",
        ValueKind::Word => "用詞",
        ValueKind::Interval => "週期",
        ValueKind::Span => "期間",
        ValueKind::Set => "項目",
    }
}

fn stricter(p: &Parameter) -> &'static str {
    match (&p.stricter, p.kind) {
        (Direction::Lower, ValueKind::Number) => "愈小愈嚴",
        (Direction::Lower, _) => "愈短愈嚴",
        (Direction::Higher, _) => "愈大愈嚴",
        (Direction::Superset, _) => "愈多愈嚴",
        (Direction::Order(_), _) => "依寬嚴順序",
    }
}
