//! What a worked case can say, and what is said of one that is wrong.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use assess::cases::{Failure, run_cases};
use law::Corpus;
use std::sync::OnceLock;

fn corpus() -> &'static Corpus {
    static CORPUS: OnceLock<Corpus> = OnceLock::new();
    CORPUS.get_or_init(testkit::corpus)
}

/// A text of one case, its name on line 4.
fn case(body: &str) -> String {
    format!(
        "# 案例\n\n```toml\nname = \"甲\"\nlevel = \"C\"\napproved = 2019-08-01\nrecords_from = 2019-01-01\n{body}\n```\n"
    )
}

fn failures(body: &str) -> Vec<Failure> {
    let tried = run_cases(corpus(), &case(body));
    assert_eq!(tried.count, 1);
    tried.failures
}

fn holds(body: &str) {
    let found = failures(body);
    assert!(found.is_empty(), "{body}\n{found:#?}");
}

/// The one failure: its line and its words.
fn fails(body: &str, line: usize, says: &str) {
    let found = failures(body);
    assert_eq!(found.len(), 1, "{body}\n{found:#?}");
    assert_eq!(found[0].line, line, "{}", found[0]);
    assert!(found[0].message.contains(says), "{}", found[0]);
}

#[test]
fn a_fact_that_changes_is_of_its_days() {
    let facts = "facts = [\n  { key = \"responsibility_level\", value = \"B\", from = 2024-03-01 },\n  { key = \"level_approved_on\", value = 2024-03-01, from = 2024-03-01 },\n]\ncore_system = \"甲系統\"";
    let expect = |at: &str, verdict: &str, is: &str| {
        format!(
            "{facts}\nat = {at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"{verdict}\", binding = \"{is}\" }} ]"
        )
    };
    holds(&expect("2024-02-29", "not_met", "annex-5.internal-audit"));
    holds(&expect("2024-03-01", "not_yet_due", "annex-3.internal-audit"));
    fails(
        &expect("2024-02-29", "not_met", "annex-3.internal-audit"),
        14,
        "「annex-3.internal-audit」未拘束該機關，拘束者為 annex-5.internal-audit",
    );
    // A key that the form doesn't have is told with its line.
    fails("no = 1", 8, "unknown field `no`");
}

#[test]
fn contracts_bind_while_they_run() {
    let expect = |at: &str, verdict: &str| {
        format!(
            "contract = {{ name = \"甲\", baselines = [ \"vendor-security-requirements\" ], from = 2024-01-01, until = 2024-07-01 }}\n\
             contracts = [ {{ name = \"乙\", baselines = [] }} ]\n\
             at = {at}\nexpect = [ {{ duty = \"contract.incident.contain\", verdict = \"{verdict}\" }} ]"
        )
    };
    holds(&expect("2023-12-31", "absent"));
    holds(&expect("2024-07-01", "absent"));
    let bound = failures(&expect("2024-06-30", "absent"));
    assert!(bound.len() == 1 && bound[0].message.contains("判定"), "{bound:?}");
    let first = failures(&expect("2024-01-01", "absent"));
    assert_eq!(first, bound, "the first day is as the last");
    fails(
        "contracts = [ { name = \"乙\", baselines = [ \"no-such\" ] } ]\nat = 2024-01-01\nexpect = [ { duty = \"audit.internal\", verdict = \"not_met\" } ]",
        4,
        "未收錄 `no-such`",
    );
}

#[test]
fn an_instrument_is_taken_on_for_a_time() {
    let expect = |at: &str, verdict: &str| {
        format!(
            "adopts = [ {{ instrument = \"information-security-rules\", from = 2024-01-01, until = 2024-07-01 }} ]\n\
             at = {at}\nexpect = [ {{ duty = \"account.lifecycle\", verdict = \"{verdict}\" }} ]"
        )
    };
    holds(&expect("2023-12-31", "absent"));
    holds(&expect("2024-07-01", "absent"));
    for at in ["2024-01-01", "2024-06-30"] {
        let found = failures(&expect(at, "absent"));
        assert!(
            found
                .iter()
                .all(|f| f.message.contains("account.lifecycle：判定")),
            "{found:?}"
        );
        assert_eq!(found.len(), 1, "it binds on {at}");
    }
}

#[test]
fn nothing_is_met_by_what_no_file_shows() {
    let expect = |files: usize, verdict: &str| {
        format!(
            "done = [ {{ duty = \"audit.internal\", on = 2025-03-01, evidence = {files} }} ]\n\
             at = 2025-06-01\nexpect = [ {{ duty = \"audit.internal\", verdict = \"{verdict}\" }} ]"
        )
    };
    holds(&expect(1, "met"));
    holds(&expect(2, "met"));
    fails(&expect(0, "met"), 10, "判定未符合（not_met），預期已符合（met）");
}

#[test]
fn an_exemption_relieves_once_it_is_filed() {
    let expect = |how: &str, at: &str, code: &str, duty: &str| {
        format!(
            "exemptions = [ {{ duty = \"{duty}\", from = 2026-03-01, until = 2026-12-30{how} }} ]\n\
             at = {at}\nexpect = [ {{ duty = \"protection.antivirus\", verdict = \"{}\", code = \"{code}\" }} ]",
            if code == "exempt" {
                "not_applicable"
            } else {
                "not_met"
            }
        )
    };
    let both = ", agreed = 2026-03-10, filed = 2026-03-19";
    let antivirus = "protection.antivirus";
    holds(&expect(both, "2026-03-18", "overdue", antivirus));
    holds(&expect(both, "2026-03-19", "exempt", antivirus));
    holds(&expect(both, "2026-12-30", "exempt", antivirus));
    holds(&expect(both, "2026-12-31", "overdue", antivirus));
    holds(&expect(
        ", agreed = 2026-03-10",
        "2026-12-30",
        "overdue",
        antivirus,
    ));
    holds(&expect(
        ", filed = 2026-03-10",
        "2026-12-30",
        "overdue",
        antivirus,
    ));
    fails(
        &expect(both, "2026-12-31", "overdue", "protection.antivirs"),
        8,
        "`protection.antivirs`",
    );
}

#[test]
fn an_incident_is_told_by_the_hour() {
    let event = "events = [ { duty = \"incident.report\", at = 2026-11-20T10:00:00, level = \"3\", settled = 2026-11-20T12:30:00 } ]";
    let open = event.replace(", settled = 2026-11-20T12:30:00", "");
    let expect = |event: &str, rest: &str| {
        format!("{event}\nat = 2026-11-21\nexpect = [ {{ duty = \"incident.report\", {rest} }} ]")
    };
    let late = |rest: &str| expect(event, &format!("verdict = \"met\", {rest}"));
    let over = |rest: &str| expect(&open, &format!("verdict = \"not_met\", {rest}"));
    holds(&late("late = \"1 小時 30 分鐘\""));
    holds(&over("due = 2026-11-20T11:00:00"));
    for (body, says) in [
        (
            over("due = 2026-11-20T11:01:00"),
            "期限為 2026-11-20T11:00:00，預期 2026-11-20T11:01:00",
        ),
        (over("due = 2026-11-21"), "期限為 2026-11-20，預期 2026-11-21"),
        (
            late("late = \"2 小時\""),
            "逾期時間為 「1 小時 30 分鐘」，預期 「2 小時」",
        ),
        (late("code = \"overdue\""), "理由代碼為"),
        (late("losers = 99"), "未採之條文數為"),
        (late("findings = 99"), "發現數為 0，預期 99"),
        (late("provisional = true"), "期限之性質為 確定，預期 預估"),
        (late("other = 2026-11-22"), "另一讀法之期限為 無，預期 2026-11-22"),
    ] {
        fails(&body, 10, says);
    }
    let audit = "at = 2026-11-21\nexpect = [ { duty = \"audit.internal\", verdict = \"not_met\" } ]";
    fails(
        &format!("{}\n{audit}", event.replace("\"3\"", "\"5\"")),
        8,
        "不能是 \"5\"",
    );
}

#[test]
fn slips_of_the_pen_are_told_and_not_taken_for_absence() {
    let at = "at = 2025-06-01";
    for (body, line, says) in [
        (
            format!("{at}\nexpect = [ {{ duty = \"audit.internl\", verdict = \"absent\" }} ]"),
            9,
            "沒有應辦事項 `audit.internl`",
        ),
        (
            format!("{at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"done\" }} ]"),
            9,
            "`done` 不是判定",
        ),
        (format!("{at}\nexpect = []"), 4, "沒有寫預期"),
        (
            format!(
                "done = [ {{ duty = \"audit.internl\", on = 2025-01-01 }} ]\n{at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"not_met\" }} ]"
            ),
            8,
            "`audit.internl`",
        ),
        (
            format!(
                "flags = {{ has_mail = true }}\n{at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"not_met\" }} ]"
            ),
            4,
            "`has_mail` 不在事實詞彙表中",
        ),
        (
            format!(
                "facts = [ {{ key = \"has_mail_server\", value = \"yes\" }} ]\n{at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"not_met\" }} ]"
            ),
            8,
            "有郵件伺服器）不能是 \"yes\"",
        ),
        (
            format!(
                "body = \"company\"\n{at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"not_met\" }} ]"
            ),
            4,
            "不能是 \"company\"",
        ),
        (
            format!(
                "core_system = 3\n{at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"not_met\" }} ]"
            ),
            4,
            "core_system 請填",
        ),
        (
            format!(
                "counted = [ {{ what = \"cars\", of = \"甲\" }} ]\n{at}\nexpect = [ {{ duty = \"audit.internal\", verdict = \"not_met\" }} ]"
            ),
            8,
            "`cars` 不是可計數的對象",
        ),
        (
            "at = 10:30:00\nexpect = [ { duty = \"audit.internal\", verdict = \"not_met\" } ]".to_owned(),
            4,
            "「10:30:00」不是曆法上的日期或時刻",
        ),
    ] {
        fails(&body, line, says);
    }
    let tried = run_cases(
        corpus(),
        &case(&format!("{at}\nexpect = []")).replace("level = \"C\"", "level = \"F\""),
    );
    assert!(tried.failures[0].message.contains("不能是 \"F\""), "{tried:?}");
    let tried = run_cases(corpus(), "# 待補\n");
    assert_eq!(
        (tried.count, tried.failures.len(), tried.failures[0].line),
        (0, 1, 1)
    );
    let shown = tried.failures[0].to_string();
    assert!(shown.starts_with("1: 沒有任何案例"), "{shown}");
}

#[test]
fn every_case_of_a_file_is_tried() {
    let good = "at = 2025-06-01\nexpect = [ { duty = \"audit.internal\", verdict = \"not_met\" } ]";
    let bad = "at = 2025-06-01\nexpect = [ { duty = \"audit.internal\", verdict = \"met\" } ]";
    let text = [case(bad), case(good), case(bad)].concat();
    let tried = run_cases(corpus(), &text);
    let lines: Vec<usize> = tried.failures.iter().map(|f| f.line).collect();
    assert_eq!((tried.count, lines), (3, vec![9, 29]));
    assert!(
        tried.failures[0]
            .to_string()
            .starts_with("9: 案例「甲」：audit.internal：判定未符合")
    );
}
