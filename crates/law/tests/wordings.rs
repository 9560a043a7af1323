//! What the sentences of a plan are by the shipped wordings.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

use law::{Certainty, Overlay, PlanParameter, Sentence, Signs, Value, duties_of};

fn sentence(chapter: &str, text: &str, above: &[&str], every: Option<(f64, &str)>) -> Sentence {
    Sentence {
        chapter: chapter.into(),
        clause: "玖、一".into(),
        line: 7,
        text: text.into(),
        above: above.iter().map(|a| (*a).to_owned()).collect(),
        firm: true,
        core: false,
        every: every.map(|(n, unit)| (n, unit.to_owned())),
    }
}

fn overlay(promises: &[PlanParameter], sentences: &[Sentence]) -> Overlay {
    let corpus = testkit::corpus();
    let (overlay, _) = Overlay::new(&corpus, "a", "計畫", "1", (None, None), promises);
    overlay.with_sentences(&corpus, sentences)
}

fn promise(key: &str, number: f64, unit: &str) -> PlanParameter {
    PlanParameter {
        key: key.into(),
        number: Some(number),
        word: None,
        unit: unit.into(),
        clause: "拾伍".into(),
        line: 1,
        levels: Vec::new(),
        core: false,
        per: None,
    }
}

#[test]
fn a_number_of_all_is_no_number_of_each() {
    let of = |key: &str, number: f64, unit: &str, per: &str| PlanParameter {
        per: Some(per.into()),
        ..promise(key, number, unit)
    };
    let promised = |p: PlanParameter| overlay(&[p], &[]);
    for (per, key) in [
        ("each", "certificate.count"),
        ("total", "certificate.total"),
        ("at_least_one", "certificate.total"),
    ] {
        let plan = promised(of("certificate.count", 2.0, "certificate", per));
        let found: Vec<(&str, &Value)> = plan.promises.iter().map(|p| (p.key.as_str(), &p.value)).collect();
        assert_eq!(found, [(key, &Value::Number(2.0))], "{per}");
    }
    // The law counts hours of each; what a plan counts of all together is told and not compared.
    let plan = promised(of("training.professional_hours", 40.0, "hour", "total"));
    assert!(plan.promises.is_empty(), "{:?}", plan.promises);
    let told: Vec<String> = plan.apart.iter().map(PlanParameter::words).collect();
    assert_eq!(told, ["40 小時"]);
    let plan = promised(of("training.professional_hours", 12.0, "hour", "each"));
    assert_eq!(plan.promises.len(), 1);
    assert!(plan.apart.is_empty());
}

#[test]
fn every_group_of_words_must_be_there_and_none_of_the_others() {
    let words = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
    let signs = Signs {
        chapters: vec!["controls".into()],
        says: vec![words("備份|副本"), words("異地")],
        under: vec![words("資料")],
        not: vec!["測試".into()],
    };
    let shown =
        |chapter: &str, text: &str, above: &[&str]| signs.shown_by(&sentence(chapter, text, above, None));
    assert!(shown("controls", "備份應異地存放", &["資料保護"]));
    assert!(
        shown("controls", "資料副本應異地存放", &[]),
        "what stands above may stand in it"
    );
    assert!(!shown("risk", "備份應異地存放", &["資料保護"]), "another chapter");
    assert!(
        !shown("controls", "備份應存放", &["資料保護"]),
        "one group is missing"
    );
    assert!(
        !shown("controls", "備份應異地存放", &["其他"]),
        "nothing above says so"
    );
    assert!(
        !shown("controls", "備份應異地測試", &["資料保護"]),
        "a word that must not be there"
    );
    assert!(
        !shown("controls", "應存放", &["備份、資料、異地"]),
        "says looks at the sentence alone"
    );
}

#[test]
fn a_sentence_of_the_template_is_its_duty() {
    let corpus = testkit::corpus();
    for (chapter, text, duty) in [
        ("controls", "無線網路應採用加密方式傳輸", "network.control"),
        ("controls", "離職人員帳號應停用", "account.lifecycle"),
        ("training", "新進人員報到時應說明資安規範", "onboarding.briefing"),
        ("improvement", "應定期審查改善措施之有效性", "improvement.review"),
        ("outsourcing", "契約終止時應確認資料返還或刪除", "outsourcing.end"),
        ("inventory", "系統異動時應更新清冊", "inventory.update"),
    ] {
        assert!(
            duties_of(&corpus, &sentence(chapter, text, &[], None)).contains(&duty),
            "{text}"
        );
    }
    assert!(duties_of(&corpus, &sentence("controls", "指示牌應每三年更新", &[], None)).is_empty());
}

#[test]
fn what_binds_and_is_not_known_is_told_unless_its_number_was_understood() {
    let corpus = testkit::corpus();
    let mut sentences = vec![
        sentence("controls", "指示牌應每三年更新", &[], None),
        sentence("controls", "離職人員帳號應停用", &[], None),
    ];
    let unknown = |s: &[Sentence], numbers: &[usize]| Overlay::unknown(&corpus, s, numbers).len();
    assert_eq!(unknown(&sentences, &[]), 1);
    assert_eq!(unknown(&sentences, &[6, 8]), 1);
    assert_eq!(unknown(&sentences, &[7]), 0);
    sentences[0].firm = false;
    assert_eq!(unknown(&sentences, &[]), 0, "it doesn't bind");
}

#[test]
fn an_interval_in_a_sentence_counts_where_the_reader_found_none() {
    let says = sentence("controls", "遠距工作需求應每季審查", &[], Some((3.0, "month")));
    let of = |overlay: &Overlay| {
        let of = overlay
            .promises
            .iter()
            .filter(|p| p.key == "remote_access.review_interval");
        of.map(|p| (p.value.clone(), p.line)).collect::<Vec<_>>()
    };
    let found = of(&overlay(&[], std::slice::from_ref(&says)));
    assert!(
        matches!(found.as_slice(), [(Value::Interval(i), 7)] if i.every == 3),
        "{found:?}"
    );
    // A second sentence doesn't overrule the first, nor any what the reader found.
    let other = sentence("controls", "遠端連線應每年檢視", &[], Some((1.0, "year")));
    assert_eq!(of(&overlay(&[], &[says.clone(), other])), found);
    let read = [promise("remote_access.review_interval", 1.0, "month")];
    let kept = of(&overlay(&read, &[says]));
    assert!(
        matches!(kept.as_slice(), [(Value::Interval(i), 1)] if i.every == 1),
        "{kept:?}"
    );
    let halves = sentence("controls", "遠距工作需求應審查,每次", &[], Some((1.5, "month")));
    assert!(of(&overlay(&[], &[halves])).is_empty(), "no part of a month");
}

#[test]
fn what_a_reading_makes_of_a_sentence_is_open() {
    let says = sentence(
        "policy_objectives",
        "政策及目標應定期於管理審查會議檢討",
        &[],
        None,
    );
    let bare = overlay(&[], std::slice::from_ref(&says));
    assert!(bare.promises.is_empty(), "there is no review to which it refers");
    assert!(
        bare.undertakings
            .iter()
            .any(|u| u.duty == "policy.review" && u.line == 7)
    );
    let read = [promise("management_review.interval", 6.0, "month")];
    let whole = overlay(&read, &[says]);
    let review = whole
        .promises
        .iter()
        .find(|p| p.key == "policy.review_interval")
        .expect("follows the review");
    assert_eq!(review.value, whole.promises[0].value);
    assert_eq!(review.certainty, Certainty::Open);
    assert_eq!(whole.promises[0].certainty, Certainty::Primary);
}

#[test]
fn items_of_a_list_are_one_set() {
    let item = |text: &str| sentence("controls", text, &["資通安全健診"], None);
    let whole = overlay(
        &[],
        &[
            item("網路架構檢視"),
            item("伺服器惡意活動檢視"),
            item("安全設定檢視"),
        ],
    );
    let sets: Vec<_> = whole
        .promises
        .iter()
        .filter(|p| p.key == "health_check.items")
        .collect();
    assert_eq!(sets.len(), 1);
    assert!(matches!(&sets[0].value, Value::Set(items) if items.len() == 3));
    assert_eq!(sets[0].certainty, Certainty::Open, "one of them is a reading");
    assert_eq!(
        whole
            .undertakings
            .iter()
            .filter(|u| u.duty == "health_check")
            .count(),
        1,
        "one place is told once"
    );
}

#[test]
fn an_objective_is_weighed_under_the_law_s_name() {
    let whole = overlay(&[promise("availability", 99.9, "percent")], &[]);
    assert_eq!(whole.promises[0].key, "availability.all");
    assert_eq!(whole.promises[0].value, Value::Number(99.9));
}

#[test]
fn a_finding_is_made_unless_the_plan_says_it_right_elsewhere() {
    let corpus = testkit::corpus();
    let rule = |key: &str| {
        corpus
            .plan_rules
            .iter()
            .find(|r| r.key == key)
            .expect("the shipped rule")
    };
    let broken = |key: &str, sentences: &[Sentence]| rule(key).broken_by(sentences).len();
    let asked = sentence("report", "應上級機關要求提出實施情形", &[], None);
    let yearly = sentence("report", "每年向上級機關提出實施情形", &[], None);
    assert_eq!(broken("report_on_request_only", std::slice::from_ref(&asked)), 1);
    assert_eq!(broken("report_on_request_only", &[asked, yearly.clone()]), 0);
    assert_eq!(broken("report_on_request_only", &[yearly]), 0);
    let vendor = sentence("outsourcing", "受託者應提供第三方安全性檢測證明", &[], None);
    let own = sentence(
        "outsourcing",
        "屬核心資通系統者,機關應自行或另委託第三方檢測",
        &[],
        None,
    );
    assert_eq!(
        broken("third_party_test_by_vendor", std::slice::from_ref(&vendor)),
        1
    );
    assert_eq!(broken("third_party_test_by_vendor", &[vendor, own]), 0);
    let item = |text: &str| sentence("controls", text, &["資通安全健診"], None);
    assert_eq!(broken("health_check_item_differs", &[item("安全設定檢視")]), 1);
    assert_eq!(
        broken(
            "health_check_item_differs",
            &[item("安全設定檢視"), item("目錄伺服器設定檢視")]
        ),
        0
    );
}
