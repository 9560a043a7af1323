//! Round trips: nasty texts one by one, then whatever proptest thinks of.

use crate::{WRITERS, all, day, expected, table};
use collectors::sheet::Cell;
use documents::sheet::Value;
use proptest::prelude::*;

fn back(rows: &[Vec<Value>], columns: usize) {
    let table = table(columns);
    for (format, write) in WRITERS {
        let bytes = write(&table, &mut rows.iter().cloned()).unwrap();
        let (_, got) = all(&bytes).unwrap();
        assert_eq!(got[0].number, 1, "{format}");
        let mut got = got.iter().skip(1).peekable();
        for (index, row) in rows.iter().enumerate() {
            let mut want: Vec<Cell> = row.iter().map(|value| expected(format, value)).collect();
            while want.last() == Some(&Cell::Empty) {
                want.pop();
            }
            if want.iter().all(Cell::is_blank) {
                continue;
            }
            let found = got.next().unwrap();
            assert_eq!(found.cells, want, "{format}");
            assert_eq!(found.number as usize, index + 2, "{format}");
            assert!(found.formulas.is_empty(), "{format}");
        }
        assert_eq!(got.next(), None, "{format}");
    }
}

#[test]
fn nasty_texts_come_back() {
    let long = "長".repeat(2000);
    let texts = [
        "𠮷𫝮罕用字",
        "  兩格開頭",
        "結尾兩格  ",
        "中間  兩格",
        "第一行\n第二行\n\n第四行",
        "\n開頭換行",
        "結尾換行\n",
        "a\r\nb\rc",
        "=1+1",
        "'=x",
        "''=x",
        "'普通",
        "+886",
        "-1-2",
        "@SUM(A1)",
        "\t縮排",
        "a\tb",
        "\rx",
        "007",
        "1-2",
        "1,2;3\t4",
        "說\"好\"",
        "\"",
        "<b>&amp;</b>",
        "控\u{1}制\u{0}字\u{b}元",
        "_x0041_ _x000D_",
        "👩‍👩‍👧‍👦🇹🇼",
        "\u{FEFF}有標記",
        "\u{3000}全形空白\u{3000}",
        "a\u{A0}b\u{2028}c\u{85}d",
        "]]>",
        "sep=;",
        "<!DOCTYPE html>",
        long.as_str(),
    ];
    let rows: Vec<Vec<Value>> = texts
        .iter()
        .map(|t| {
            vec![
                Value::Text("x".to_owned()),
                Value::Text((*t).to_owned()),
                Value::Empty,
            ]
        })
        .collect();
    back(&rows, 3);
    let rows: Vec<Vec<Value>> = texts.iter().map(|t| vec![Value::Text((*t).to_owned())]).collect();
    back(&rows, 1);
}

#[test]
fn every_kind_of_value_comes_back() {
    let rows = vec![
        vec![Value::Number("3".to_owned()), Value::Number("-0.5".to_owned())],
        vec![
            Value::Number("123456789012345".to_owned()),
            Value::Number("0.1".to_owned()),
        ],
        vec![Value::Day(day(2026, 11, 21)), Value::Day(day(1900, 3, 1))],
        vec![Value::Day(day(9999, 12, 31)), Value::Day(day(2000, 2, 29))],
        vec![
            Value::Moment("2026-11-21T14:05".to_owned()),
            Value::Moment("2026-11-21T00:00".to_owned()),
        ],
        vec![Value::Moment("2026-11-21T23:59:59".to_owned()), Value::Empty],
        vec![Value::Empty, Value::Empty],
        vec![Value::Flag(true), Value::Flag(false)],
        vec![Value::Empty, Value::Text("隔一列".to_owned())],
    ];
    back(&rows, 2);
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Empty),
        "[ -~\\n\\t\\r甲乙𠮷😀\u{3000}=+@'\\-\u{1}]{0,12}".prop_map(Value::Text),
        ".{0,20}".prop_map(Value::Text),
        (-1_000_000_i32..1_000_000).prop_map(|n| Value::Number(n.to_string())),
        (1950_i16..2200, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Value::Day(day(y, m, d))),
        (1950_i16..2200, 1_i8..=12, 0_i8..24, 0_i8..60)
            .prop_map(|(y, m, h, n)| Value::Moment(format!("{y:04}-{m:02}-09T{h:02}:{n:02}"))),
        any::<bool>().prop_map(Value::Flag),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec(value(), 3), 0..8)) {
        back(&rows, 3);
    }
}
