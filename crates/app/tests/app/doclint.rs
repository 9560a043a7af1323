//! Documents of any kind: what they cite, and their corrected copies.

use crate::resolved::seed;
use app::{DocumentKind, LintOptions, Linted, lint_document};
use proptest::prelude::*;
use std::sync::{Arc, OnceLock};
use views::LintFinding;

/// Loaded once: the properties ask often.
fn corpus() -> Arc<law::Corpus> {
    static CORPUS: OnceLock<Arc<law::Corpus>> = OnceLock::new();
    Arc::clone(CORPUS.get_or_init(crate::corpus))
}

fn linted(name: &str, bytes: &[u8], options: &LintOptions) -> Linted {
    lint_document(&corpus(), name, bytes, options, testkit::day("2026-11-21")).expect("reads")
}

fn lint(text: &str) -> Vec<LintFinding> {
    findings(&linted("a.txt", text.as_bytes(), &LintOptions::default()))
}

fn findings(linted: &Linted) -> Vec<LintFinding> {
    let groups = linted.view.groups.iter();
    groups.flat_map(|g| g.findings.iter().cloned()).collect()
}

fn of<'f>(list: &'f [LintFinding], kind: &str) -> Vec<&'f LintFinding> {
    list.iter().filter(|f| f.kind == kind).collect()
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(testkit::root().join("samples/lint").join(name)).expect("the sample is there")
}

/// The corrected copy, which must have nothing left to correct, and correct to itself.
fn corrected(name: &str, bytes: &[u8]) -> (Vec<u8>, Linted) {
    let options = LintOptions::default();
    let copy = linted(name, bytes, &options)
        .corrected(name, bytes)
        .expect("corrects");
    assert!(copy.left.is_empty(), "{:?}", copy.left);
    let again = linted(name, &copy.bytes, &options);
    assert_eq!(again.view.fixable, 0, "{:?}", again.view.groups);
    let twice = again.corrected(name, &copy.bytes).expect("corrects");
    assert_eq!(twice.bytes, copy.bytes);
    (copy.bytes, again)
}

#[test]
fn a_rule_that_cites_in_every_way() {
    let bytes = sample("rule.pass.txt");
    let rule = linted("rule.pass.txt", &bytes, &LintOptions::default());
    let found: Vec<(u32, String, bool, String)> = findings(&rule)
        .into_iter()
        .map(|f| (f.line, f.kind, f.fixable, f.now.unwrap_or_default()))
        .collect();
    let act = |n: u32| format!("資通安全管理法第{n}條");
    let rules = |n: u32| format!("資通安全管理法施行細則第{n}條");
    let incident = "資通安全事件通報應變及演練辦法第6條".to_owned();
    let expected = [
        (6, "nonexistent_article", false, String::new()),
        (11, "wrong_body", false, String::new()),
        (12, "repealed_instrument", false, String::new()),
        (3, "old_number", true, act(13)),
        (3, "old_number", true, rules(9)),
        (4, "old_number", true, act(13)),
        (4, "old_number", true, act(12)),
        (4, "old_number", true, act(14)),
        (8, "old_number", false, rules(9)),
        (9, "old_number", false, act(13)),
        (9, "old_number", false, act(12)),
        (9, "old_number", false, act(14)),
        (14, "old_number", true, act(10)),
        (5, "renamed_instrument", true, incident),
        (7, "ambiguous", false, String::new()),
    ]
    .map(|(line, kind, fixable, now)| (line, kind.to_owned(), fixable, now));
    assert_eq!(found, expected);
    assert_eq!(rule.view.kind, "rule");
    assert_eq!((rule.view.historic, rule.view.fixable), (2, 7));
    assert_eq!(rule.view.not_held, ["檔案法"]);

    let (copy, again) = corrected("rule.pass.txt", &bytes);
    assert_eq!(again.view.total(), 8);
    let (old, new) = (
        String::from_utf8(bytes).expect("UTF-8"),
        String::from_utf8(copy).expect("UTF-8"),
    );
    let changed: Vec<usize> = old
        .lines()
        .zip(new.lines())
        .zip(1..)
        .filter(|((a, b), _)| a != b)
        .map(|(_, line)| line)
        .collect();
    assert_eq!(changed, [3, 4, 5, 14]);
    assert!(new.contains("資通安全管理法第十三條及施行細則第９條"), "{new}");
    assert!(new.contains("資安法第13條、第12條及第14條"), "{new}");
    assert!(new.contains("資通安全事件通報應變及演練辦法第6條"), "{new}");
}

#[test]
fn a_document_of_the_present_edition_is_clean() {
    let bytes = sample("clean.pass.txt");
    let clean = linted("clean.pass.txt", &bytes, &LintOptions::default());
    assert_eq!(
        (clean.view.total(), clean.view.kind.as_str()),
        (0, "contract"),
        "{:?}",
        clean.view.groups
    );
    assert!(clean.view.citations >= 4);
}

#[test]
fn the_same_numbers_were_right_before() {
    let text = "本府依資通安全管理法第10條訂定維護計畫，依第12條提出實施情形。";
    let then = lint_document(
        &corpus(),
        "a.txt",
        text.as_bytes(),
        &LintOptions::default(),
        testkit::day("2023-06-30"),
    );
    assert_eq!(then.expect("reads").view.total(), 0);
    assert_eq!(of(&lint(text), "old_number").len(), 1);
}

#[test]
fn a_sentence_that_fits_both_or_none_is_not_guessed() {
    for text in [
        "依資通安全管理法第12條辦理。",
        "資通安全長應提出實施情形，並遵守資通安全管理法第12條。",
    ] {
        let found = lint(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(
            (found[0].kind.as_str(), found[0].fixable),
            ("ambiguous", false),
            "{text}"
        );
        assert!(found[0].why.contains("資通安全管理法第14條"), "{}", found[0].why);
    }
}

#[test]
fn a_new_name_never_ends_another_with_what_stands_before_it() {
    corrected(
        "a.txt",
        "特定非公務機關特定非公務機關資通安全維護計畫實施情形稽核辦法、".as_bytes(),
    );
}

#[test]
fn half_an_enumeration_is_never_corrected() {
    let found = lint("本府依資通安全管理法第10條及第13條訂定維護計畫、辦理稽核。");
    assert!(found.iter().any(|f| f.kind == "old_number"), "{found:?}");
    assert!(found.iter().all(|f| !f.fixable), "{found:?}");
}

#[test]
fn the_body_decides_which_clauses_apply() {
    let text = "本公司依資通安全管理法第21條訂定維護計畫。".as_bytes();
    let as_body = |body: &str| {
        let options = LintOptions {
            body: Some(body.into()),
            ..LintOptions::default()
        };
        findings(&linted("a.txt", text, &options))
    };
    assert_eq!(of(&as_body("public_agency"), "wrong_body").len(), 1);
    assert!(as_body("specific_non_government").is_empty());
    // A sentence that speaks of the other kind of body may well cite its clause.
    let of_others = lint("本府所管特定非公務機關應依資通安全管理法第21條訂定維護計畫。");
    assert!(of_others.is_empty(), "{of_others:?}");
}

#[test]
fn promises_without_a_level_are_weighed_by_every_level() {
    let name = "demo.pass.txt";
    let text = String::from_utf8(crate::sample(name)).expect("UTF-8");
    let with = |level: &str| {
        let options = LintOptions {
            level: Some(level.into()),
            ..LintOptions::default()
        };
        of(
            &findings(&linted(name, text.as_bytes(), &options)),
            "below_statutory_floor",
        )
        .len()
    };
    assert!(with("A") >= with("E"));
    let nowhere = text.replace("C級", "").replace("C 級", "").replace("Ｃ級", "");
    let plan = linted(name, nowhere.as_bytes(), &LintOptions::default());
    if plan.view.level.is_none() {
        let found = findings(&plan);
        assert!(
            of(&found, "unknown").iter().any(|f| f.why.contains("未指定等級")),
            "{found:?}"
        );
    }
}

#[test]
fn a_text_that_is_no_plan_can_t_be_checked_as_one() {
    let options = LintOptions {
        kind: Some(DocumentKind::Plan),
        ..LintOptions::default()
    };
    let day = testkit::day("2026-11-21");
    let refused = lint_document(&corpus(), "a.txt", "甲方應遵守規定。".as_bytes(), &options, day);
    assert_eq!(refused.expect_err("no plan").exit_code(), 2);
}

#[test]
fn a_missing_chapter_of_a_plan_is_told() {
    let text = String::from_utf8(crate::sample("demo.pass.txt")).expect("UTF-8");
    let kept: Vec<&str> = text.lines().filter(|l| !l.contains("委外")).collect();
    let found = lint(&kept.join("\n"));
    assert_eq!(of(&found, "missing_chapter").len(), 1, "{found:?}");
    let options = LintOptions {
        kind: Some(DocumentKind::Text),
        ..LintOptions::default()
    };
    let as_text = findings(&linted("a.txt", kept.join("\n").as_bytes(), &options));
    assert!(of(&as_text, "missing_chapter").is_empty());
}

#[test]
fn the_five_source_documents() {
    // Old numbers, names, clauses of another body, promises; all findings; those that can be corrected.
    for (prefix, kind, expected) in [
        ("000", "rule", [0, 0, 0, 0, 0, 0]),
        ("001", "rule", [0, 2, 0, 1, 3, 2]),
        ("002", "plan", [4, 3, 1, 2, 10, 7]),
        ("003", "plan", [3, 1, 0, 1, 5, 4]),
        ("004", "contract", [0, 0, 0, 1, 1, 0]),
    ] {
        let Some((name, bytes)) = seed(prefix) else {
            println!("skipped: ../shared/seeds is not here");
            return;
        };
        let seen = linted(&name, &bytes, &LintOptions::default());
        let found = findings(&seen);
        let kinds = [
            "old_number",
            "renamed_instrument",
            "wrong_body",
            "below_statutory_floor",
        ];
        let mut counts: Vec<usize> = kinds.iter().map(|kind| of(&found, kind).len()).collect();
        counts.extend([seen.view.total(), seen.view.fixable]);
        assert_eq!(
            (seen.view.kind.as_str(), counts),
            (kind, expected.to_vec()),
            "{prefix}: {found:?}"
        );
        corrected(&name, &bytes);
    }
    // Sixty days of logs in a rule for agencies of every level.
    let Some((name, bytes)) = seed("001") else { return };
    let found = findings(&linted(&name, &bytes, &LintOptions::default()));
    let below = of(&found, "below_statutory_floor");
    assert!(
        below.iter().all(|f| f.line == 108 && f.why.contains("60 日")),
        "{below:?}"
    );
    let Some((name, bytes)) = seed("002") else { return };
    let found = findings(&linted(&name, &bytes, &LintOptions::default()));
    let now: Vec<&str> = of(&found, "old_number")
        .iter()
        .filter_map(|f| f.now.as_deref())
        .collect();
    let expected = [
        "資通安全管理法第13條",
        "資通安全管理法施行細則第9條",
        "資通安全管理法第12條",
        "資通安全管理法第14條",
    ];
    assert_eq!(now, expected);
}

#[test]
fn what_would_be_corrected_twice_is_left_to_the_officer() {
    let text = "資通安全管理法第12條第14條提出實施情形應變通報";
    let found = lint(text);
    let old = of(&found, "old_number");
    assert_eq!(old.len(), 2, "{found:?}");
    assert!(
        old.iter().all(|f| !f.fixable && f.remedy.contains("兩種讀法")),
        "{old:?}"
    );
    // A sentence beside it that is sure is corrected all the same.
    let both = format!("{text}。\n依資通安全管理法第10條訂定維護計畫。");
    let (copy, _) = corrected("a.txt", both.as_bytes());
    let want = format!("{text}。\n依資通安全管理法第13條訂定維護計畫。");
    assert_eq!(String::from_utf8(copy).expect("UTF-8"), want);
}

fn sentences() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "資通安全管理法",
        "資安法",
        "施行細則",
        "其施行細則",
        "本法",
        "同法",
        "第10條",
        "第11條",
        "第12條",
        "第13條",
        "第14條",
        "第六條",
        "第7條",
        "第３條",
        "第4條第1項",
        "、",
        "及",
        "至",
        "，",
        "。",
        "\n",
        "\t",
        "訂定維護計畫",
        "提出實施情形",
        "設置資通安全長",
        "稽核",
        "改善報告",
        "通報",
        "應變",
        "演練",
        "支援",
        "召開會議",
        "損害控制",
        "委外",
        "受託者",
        "情資",
        "獎勵",
        "核心業務",
        "重大資通安全事件",
        "資通安全事件通報及應變辦法",
        "資通安全事件通報應變及演練辦法",
        "通報及應變辦法",
        "公務機關所屬人員資通安全事項獎懲辦法",
        "特定非公務機關資通安全維護計畫實施情形稽核辦法",
        "附表十",
        "原",
        "修正前",
        "特定非公務機關",
    ]);
    prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_corrected_copy_has_nothing_left_to_correct(text in sentences()) {
        if !text.trim().is_empty() {
            corrected("a.txt", text.as_bytes());
        }
    }

    #[test]
    fn any_text_can_be_looked_at(text in any::<String>()) {
        let day = testkit::day("2026-11-21");
        let _ = lint_document(&corpus(), "a.txt", text.as_bytes(), &LintOptions::default(), day);
    }
}
