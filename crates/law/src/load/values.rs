//! Whether a value is of its parameter's kind.
//!
//! Why: a number in quotation marks is a word to TOML; it would load, and bind nobody.

use crate::parameter::{Direction, Value, ValueKind};

/// What a kind is called, how its value is written, and in which directions it can be stricter.
fn form(kind: ValueKind) -> (&'static str, &'static str) {
    match kind {
        ValueKind::Number => ("數值（number）", "value = 3，或 { number = 6, unit = \"month\" }"),
        ValueKind::Word => ("用詞（word）", "value = \"order 所列之詞\""),
        ValueKind::Interval => ("週期（interval）", "value = { every = 1, unit = \"year\" }"),
        ValueKind::Span => ("期間（span）", "value = { within = 1, unit = \"month\" }"),
        ValueKind::Set => ("項目（set）", "value = [\"甲\", \"乙\"]"),
    }
}

fn written(value: &Value) -> (ValueKind, String) {
    match value {
        Value::Number(n) => (ValueKind::Number, format!("數值 {n}")),
        Value::Word(word) => (ValueKind::Word, format!("文字「{word}」")),
        Value::Interval(_) => (ValueKind::Interval, "週期".into()),
        Value::Span(_) => (ValueKind::Span, "期間".into()),
        Value::Set(_) => (ValueKind::Set, "清單".into()),
    }
}

/// What is wrong with a value of another kind than its parameter's, and what to write.
pub(super) fn of_another_kind(kind: ValueKind, value: &Value) -> Option<(String, String)> {
    let (is, shown) = written(value);
    if is == kind {
        return None;
    }
    let (name, example) = form(kind);
    let quoted = match value {
        Value::Word(word) if kind == ValueKind::Number => word.trim().parse::<f64>().ok(),
        _ => None,
    };
    let remedy = match quoted {
        Some(n) => format!("請去掉引號，寫成 value = {n}"),
        None => format!("請寫成 {example}，或更正 kind"),
    };
    Some((format!("種類是{name}，值卻是{shown}"), remedy))
}

/// What is wrong with a direction that values of a kind can't be compared in, and what to write.
pub(super) fn of_another_direction(kind: ValueKind, stricter: &Direction) -> Option<(String, &'static str)> {
    let (fits, remedy) = match kind {
        ValueKind::Number => (
            matches!(stricter, Direction::Lower | Direction::Higher),
            "請使用 stricter = \"lower\" 或 \"higher\"",
        ),
        ValueKind::Interval | ValueKind::Span => (
            matches!(stricter, Direction::Lower),
            "請使用 stricter = \"lower\"：愈短愈嚴",
        ),
        ValueKind::Word => (
            matches!(stricter, Direction::Order(_)),
            "請使用 stricter = \"order\"，並填寫 order = [最寬, …, 最嚴]",
        ),
        ValueKind::Set => (
            matches!(stricter, Direction::Superset),
            "請使用 stricter = \"superset\"",
        ),
    };
    (!fits).then(|| (format!("種類是{}，不能用這個從嚴方向比較", form(kind).0), remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Interval;
    use period::{Span, Unit};

    fn every(kind: ValueKind) -> Value {
        match kind {
            ValueKind::Number => Value::Number(3.0),
            ValueKind::Word => Value::Word("all".into()),
            ValueKind::Interval => Value::Interval(Interval {
                every: 1,
                unit: Unit::Year,
                times: 1,
            }),
            ValueKind::Span => Value::Span(Span {
                amount: 1,
                unit: Unit::Month,
            }),
            ValueKind::Set => Value::Set(["a".to_owned()].into()),
        }
    }

    const KINDS: [ValueKind; 5] = [
        ValueKind::Number,
        ValueKind::Word,
        ValueKind::Interval,
        ValueKind::Span,
        ValueKind::Set,
    ];

    #[test]
    fn a_value_is_of_its_own_kind_only() {
        for kind in KINDS {
            for other in KINDS {
                assert_eq!(of_another_kind(kind, &every(other)).is_none(), kind == other);
            }
        }
    }

    #[test]
    fn a_number_in_quotation_marks_is_told_without_them() {
        let told =
            |word: &str| of_another_kind(ValueKind::Number, &Value::Word(word.into())).unwrap_or_default();
        assert_eq!(
            told(" 6"),
            (
                "種類是數值（number），值卻是文字「 6」".into(),
                "請去掉引號，寫成 value = 6".into()
            )
        );
        assert!(told("六").1.starts_with("請寫成 value = 3"));
        let (_, remedy) = of_another_kind(ValueKind::Span, &Value::Word("6".into())).unwrap_or_default();
        assert!(remedy.contains("within = 1"), "{remedy}");
    }

    #[test]
    fn a_direction_compares_some_kinds_only() {
        let directions = [
            Direction::Lower,
            Direction::Higher,
            Direction::Superset,
            Direction::Order(vec!["all".into()]),
        ];
        let fit = |kind| {
            directions
                .iter()
                .map(|d| of_another_direction(kind, d).is_none())
                .collect::<Vec<_>>()
        };
        assert_eq!(fit(ValueKind::Number), [true, true, false, false]);
        for kind in [ValueKind::Interval, ValueKind::Span] {
            assert_eq!(fit(kind), [true, false, false, false]);
        }
        assert_eq!(fit(ValueKind::Set), [false, false, true, false]);
        assert_eq!(fit(ValueKind::Word), [false, false, false, true]);
    }
}
