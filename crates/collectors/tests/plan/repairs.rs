//! Readings that once went wrong, each in words of our own.

use super::variants::plan;
use super::{read, value};
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

/// An item's own number is no value, and a value is located by it.
#[test]
fn item_numbers_are_not_values() {
    let r = read(&plan(&[(
        9,
        "9.1 弱點掃描每年辦理一次。\n9.2 日誌應留存至少兩年。\n9.2.1 年度滲透測試每二年辦理一次。",
    )]));
    for (key, want, unit, clause) in [
        ("log.retention", 24, "month", "玖、9.2"),
        ("pentest.interval", 2, "year", "玖、9.2.1"),
    ] {
        let p = r["parameters"]
            .as_array()
            .expect("parameters")
            .iter()
            .find(|p| p["key"] == key)
            .unwrap_or_else(|| panic!("{key}"));
        assert_eq!((&p["value"], &p["unit"]), (&j!(want), &j!(unit)), "{key}");
        assert_eq!(p["clause"], clause, "{key}");
    }
    for (line, want, unit) in [
        ("9.3 日誌保存期限不得少於150天。", 150, "day"),
        ("9.3 日誌之保存期間為七十日", 70, "day"),
    ] {
        let r = read(&plan(&[(9, line)]));
        assert_eq!(
            value(&r, "log.retention"),
            Some((j!(want), unit.to_owned())),
            "{line}"
        );
    }
}

/// A 節 is above the items in it, and its own sentences belong to no item of the one before.
#[test]
fn sections_are_part_of_a_clause() {
    let r = read(&plan(&[(
        9,
        "第一節 帳號\n一、帳號權限每半年清查一次。\n二、電腦閒置十分鐘應鎖定螢幕。\n第二節 日誌\n日誌應保存八個月。",
    )]));
    let clause = |key: &str| {
        r["parameters"]
            .as_array()
            .and_then(|all| all.iter().find(|p| p["key"] == key))
            .map(|p| p["clause"].clone())
    };
    assert_eq!(clause("log.retention"), Some(j!("玖第二節")));
    assert_eq!(clause("session.idle"), Some(j!("玖第一節、二")));
}

#[test]
fn a_numbered_heading_below_a_table_ends_it() {
    for mark in ["    ", "\t"] {
        let table = "3.1 核心業務\n核心業務 核心資通系統 業務失效影響說明 最大可容忍中斷時間\n戶籍 無 停擺 6小時\n3.2 非核心業務\n非核心業務 業務失效影響說明 最大可容忍中斷時間\n入口網 延後 2日"
            .lines()
            .map(|l| if l.starts_with('3') { l.to_owned() } else { l.replace(' ', mark) })
            .collect::<Vec<_>>()
            .join("\n");
        let r = read(&plan(&[(3, &table)]));
        assert_eq!(rows(&r, "core_business").len(), 1);
        assert_eq!(rows(&r, "core_business")[0]["name"], "戶籍");
        assert_eq!(rows(&r, "non_core_business")[0]["name"], "入口網");
    }
}

/// A cell that can't be read is missing and reported; only a length has hours.
#[test]
fn lengths_that_cannot_be_read_are_reported() {
    for (cell, kind, hours, reported) in [
        ("兩天半", "duration", j!(60), false),
        ("由資訊中心訂定", "deferred", Value::Null, false),
        ("即刻", "missing", Value::Null, true),
        ("評估中", "missing", Value::Null, true),
        ("36", "missing", Value::Null, true),
        ("2至3日", "missing", Value::Null, true),
        ("5個工作天", "missing", Value::Null, true),
        ("兩個月", "missing", Value::Null, true),
    ] {
        let table =
            format!("核心業務\t核心資通系統\t業務失效影響說明\t最大可容忍中斷時間\n戶籍\t無\t停擺\t{cell}");
        let r = read(&plan(&[(3, &table)]));
        let mtpd = &rows(&r, "core_business")[0]["mtpd"];
        assert_eq!((&mtpd["kind"], &mtpd["hours"]), (&j!(kind), &hours), "{cell}");
        let named =
            r["problems"].as_array().expect("problems").iter().any(|p| {
                p["kind"] == "unreadable" && p["message"].as_str().is_some_and(|m| m.contains(cell))
            });
        assert_eq!(named, reported, "{cell}");
    }
}

#[test]
fn citations_that_were_missed() {
    let body = "資通安全管理法（下稱資安法）第21條、第22條辦理。\n依資通安全管理法第17至19條辦理。\n依資安法第4條至第5條。\n依本法第8條及細則第3條辦理。\n依資通安全管理法第6、7條辦理。";
    let annex = "一、各機關對危害國家資通安全產品限制使用原則\n二、危害國家資通安全產品審查辦法\n三、資通安全維護計畫實施情形稽核辦法\n四、行政院及所屬各機關資訊安全管理要點\n五、特定非公務機關資通安全維護計畫實施情形稽核辦法";
    let r = read(&plan(&[(5, body), (12, annex)]));
    let found = |instrument: &str| -> Vec<String> {
        r["citations"]
            .as_array()
            .expect("citations")
            .iter()
            .filter(|c| c["instrument"] == instrument)
            .map(|c| c["article"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        found("資通安全管理法"),
        ["21", "22", "17", "18", "19", "4", "5", "8", "6", "7"]
    );
    assert_eq!(found("資通安全管理法施行細則"), ["3"]);
    for name in annex.lines().filter_map(|l| l.split_once('、')).map(|(_, n)| n) {
        assert_eq!(found(name), [""], "{name}");
    }
}

#[test]
fn promises_that_were_missed() {
    for (chapter, sentence, key, want, unit) in [
        (
            6,
            "資安專職人員每人應有證照與證書各乙張。",
            "certificate.count",
            j!(1),
            "certificate",
        ),
        (
            6,
            "資安專職人員每人應有證照與證書各乙張。",
            "certificate.coverage",
            j!("each"),
            "coverage",
        ),
        (
            6,
            "本處配置資安專責人員3人，每人應持有證照一張。",
            "staff.dedicated",
            j!(3),
            "person",
        ),
        (9, "系統應記住前四組密碼。", "password.history", j!(4), "count"),
        (
            9,
            "通行碼效期120天，並記錄前6次。",
            "password.history",
            j!(6),
            "count",
        ),
        (
            15,
            "管審會議每年至少召開三次。",
            "management_review.interval",
            j!(4),
            "month",
        ),
        (16, "依本法規定每半年提出。", "report.interval", j!(6), "month"),
        (16, "每年提出一次。", "report.interval", j!(1), "year"),
        (
            13,
            "一般使用者及主管，每人每年至少4小時。",
            "training.general_hours",
            j!(4),
            "hour",
        ),
        (
            13,
            "專責人員每人每年15小時；其餘另定。",
            "training.professional_hours",
            j!(15),
            "hour",
        ),
        (
            13,
            "專責人員每人每年15小時；其餘另定。",
            "training.professional_coverage",
            j!("each"),
            "coverage",
        ),
        (
            9,
            "遠端連線禁止目的設定為ANY。",
            "remote_access.any_forbidden",
            j!(true),
            "flag",
        ),
        (7, "每兩年盤點1次。", "inventory.interval", j!(2), "year"),
        (8, "每半年評估一次。", "risk.interval", j!(6), "month"),
        (8, "每兩年一次。", "risk.interval", j!(2), "year"),
    ] {
        let r = read(&plan(&[(chapter, sentence)]));
        assert_eq!(value(&r, key), Some((want, unit.to_owned())), "{sentence}");
    }
    let r = read(&plan(&[(
        6,
        "資訊人員每人每年應接受6小時訓練，由主管指定至少2人。",
    )]));
    assert_eq!(value(&r, "staff.dedicated"), None);
}

#[test]
fn levels_by_stems() {
    for (stem, want) in [("甲", "A"), ("乙", "B"), ("丙", "C"), ("丁", "D"), ("戊", "E")] {
        let r = read(&plan(&[(6, &format!("本處資通安全責任等級為{stem}級。"))]));
        assert_eq!(r["level"]["value"], want, "{stem}");
    }
}

/// Rows in columns of blanks, torn by a page's end.
#[test]
fn rows_of_blanks_torn_by_a_page_are_split_or_reported() {
    let head = "核心業務    核心資通系統    重要性說明    業務失效影響說明    最大可容忍中斷時間\n";
    let page = "\n測試縣政府農業處資通安全維護計畫\n- 7 -\n\n";
    let last = "畜牧管理    無    依組織規程執掌    影響防疫    無須定義\n";
    // The later lines stand exactly below the first ones.
    let sure = format!(
        "{head}農地管理    農地地理資訊系統    為本處依規程執掌，足認    無法查詢地    8小時\n                                  為重要者                  籍圖資\n林務管理    無    為本處法定執掌    影響林班巡\n{page}                                    護    2日\n{last}"
    );
    // These stand below nothing.
    let vague = format!(
        "{head}農地管理    農地地理資訊系統    為本處法定執掌    無法查詢地籍    8小時\n林務管理    無    為本處法定執掌    影響林班巡\n{page}      護    2日\n{last}"
    );
    let r = read(&plan(&[(3, &sure)]));
    let got: Vec<_> = rows(&r, "core_business")
        .iter()
        .map(|b| (&b["name"], &b["importance"], &b["impact"], &b["mtpd"]["hours"]))
        .collect();
    assert_eq!(
        got,
        [
            (
                &j!("農地管理"),
                &j!("為本處依規程執掌，足認為重要者"),
                &j!("無法查詢地籍圖資"),
                &j!(8)
            ),
            (
                &j!("林務管理"),
                &j!("為本處法定執掌"),
                &j!("影響林班巡護"),
                &j!(48)
            ),
            (
                &j!("畜牧管理"),
                &j!("依組織規程執掌"),
                &j!("影響防疫"),
                &Value::Null
            ),
        ],
        "{}",
        r["problems"]
    );
    let r = read(&plan(&[(3, &vague)]));
    assert_eq!(rows(&r, "core_business").len(), 3);
    let reported = r["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .any(|p| p["kind"] == "unreadable" && p["line"] == rows(&r, "core_business")[1]["line"]);
    assert!(reported, "{}", r["problems"]);
}
