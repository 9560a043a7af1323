//! Readings that once went wrong, each in words of our own.

use super::read;
use super::variants::plan;
use serde_json::{Value, json as j};

fn rows<'a>(reading: &'a Value, table: &str) -> &'a [Value] {
    reading[table].as_array().expect("rows")
}

/// Data may use the words of titles; only whole titles make a header.
#[test]
fn rows_that_speak_of_business_and_impact_are_rows() {
    for (name, mark) in [("tabs", "\t"), ("pipes", "|"), ("blanks", "    ")] {
        let line = |cells: &[&str]| match mark {
            "|" => format!("| {} |\n", cells.join(" | ")),
            _ => format!("{}\n", cells.join(mark)),
        };
        let table = [
            line(&[
                "核心業務",
                "核心資通系統",
                "重要性說明",
                "業務失效影響說明",
                "最大可容忍中斷時間",
            ]),
            line(&["兵役業務", "無", "重要性高之法定業務", "影響役男權益", "3日"]),
            line(&["農地業務", "農地資訊系統", "法定", "影響農民申請", "8小時"]),
        ]
        .concat();
        let r = read(&plan(&[(3, &table)]));
        let got: Vec<_> = rows(&r, "core_business")
            .iter()
            .map(|b| (b["name"].clone(), b["impact"].clone(), b["mtpd"]["hours"].clone()))
            .collect();
        assert_eq!(
            got,
            [
                (j!("兵役業務"), j!("影響役男權益"), j!(72)),
                (j!("農地業務"), j!("影響農民申請"), j!(8)),
            ],
            "{name}"
        );
    }
}
