//! What aliases repeat is counted like what is written out: by its text, not by its number alone.

use collectors::standards::parse_within;
use collectors::work::{STANDARD, Stop, Work};

use crate::sample;

/// Why a text is refused; what it cost stays in the budget.
fn cost(text: &str) -> String {
    let work = Work::new(&STANDARD, text.len(), Stop::default());
    let read = parse_within("t", text.as_bytes(), &work);
    let (spent, most) = (work.spent(), work.most());
    assert!(
        spent.text <= most.text && spent.steps <= most.steps,
        "{spent:?} {most:?}"
    );
    read.map_or_else(|e| e.to_string(), |s| s.title)
}

#[test]
fn a_long_text_that_many_aliases_repeat_is_refused() {
    // A hundred kilobytes times 50,000: five gigabytes, with far fewer values than are allowed.
    let text = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(100_000),
        vec!["*a"; 50_000].join(",")
    );
    assert!(text.len() < 300_000);
    let said = cost(&text);
    assert!(
        said.contains("文字連同重複的超過") && said.contains("別名"),
        "{said}"
    );
    // The same within lists of lists.
    let nested = format!(
        "a: &a {}\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: [{}]\n",
        "x".repeat(100_000),
        vec!["*b"; 5_000].join(",")
    );
    let said = cost(&nested);
    assert!(said.contains("文字連同重複的超過"), "{said}");
}

#[test]
fn many_values_are_refused_by_number_whatever_the_format() {
    let json = format!("[{}0]", "0,".repeat(1_100_000));
    assert!(cost(&json).contains("超過"), "{}", cost(&json));
    let yaml = "- 0\n".repeat(1_100_000);
    assert!(cost(&yaml).contains("超過"), "{}", cost(&yaml));
}

#[test]
fn a_standard_is_far_from_every_limit_and_stops_when_told() {
    for name in ["ciso-assistant/framework.pass.yaml", "oscal/catalog.pass.json"] {
        let bytes = sample(name);
        let stop = Stop::new();
        let work = Work::new(&STANDARD, bytes.len(), stop.clone());
        parse_within(name, &bytes, &work).unwrap();
        let (spent, most) = (work.spent(), work.most());
        assert!(spent.steps > 0 && spent.text > 0, "{spent:?}");
        assert!(
            spent.text * 2 < most.text && spent.steps * 2 < most.steps,
            "{spent:?} {most:?}"
        );
        stop.give();
        let work = Work::new(&STANDARD, bytes.len(), stop);
        let said = parse_within(name, &bytes, &work).unwrap_err().to_string();
        assert!(said.contains("已取消") && said.contains("請重新上傳"), "{said}");
        assert_eq!(work.spent().text, 0);
    }
}
