//! Sentences that promise something, with or without a number.

use super::variants::plan;
use super::{json, read, sample};
use serde_json::{Value, json as j};

fn told(reading: &Value) -> Vec<&Value> {
    reading["undertakings"]
        .as_array()
        .expect("a list")
        .iter()
        .collect()
}

fn of<'v>(reading: &'v Value, words: &str) -> &'v Value {
    told(reading)
        .into_iter()
        .find(|u| u["text"].as_str().is_some_and(|t| t.contains(words)))
        .unwrap_or_else(|| panic!("nothing says {words}: {reading:#}"))
}

#[test]
fn a_sentence_is_told_with_its_place_and_what_stands_above_it() {
    let reading = read(&plan(&[(
        9,
        "一、網路管理\n（一）無線網路\n1、機密資料不得經由無線網路傳送。\n2、本館宜採用加密方式。",
    )]));
    let firm = of(&reading, "機密資料不得");
    assert_eq!(firm["clause"], "玖、一(一)1");
    assert_eq!(firm["item"], "controls");
    assert_eq!(firm["above"], j!(["網路管理", "無線網路"]));
    assert_eq!(firm["firm"], true);
    let line = firm["line"].as_u64().expect("a line");
    let weak = of(&reading, "宜採用加密");
    assert_eq!(weak["line"], line + 1);
    assert_eq!(weak["firm"], Value::Null, "宜 binds nobody");
    // A heading promises nothing, and each sentence is told once.
    assert!(!told(&reading).iter().any(|u| u["text"] == "無線網路"));
}

#[test]
fn words_in_which_應_binds_nobody_are_no_promise() {
    let reading = read(&plan(&[
        (10, "一、應變小組之組成。\n二、應變小組應於接獲通知後集合。"),
        (12, "一、選任受託者應注意事項\n1、相關說明文字。"),
    ]));
    let firm: Vec<&str> = told(&reading)
        .into_iter()
        .filter(|u| u["firm"] == true)
        .filter_map(|u| u["text"].as_str())
        .collect();
    assert_eq!(firm, ["應變小組應於接獲通知後集合"]);
}

#[test]
fn how_often_and_for_which_systems_is_kept() {
    let reading = read(&plan(&[(
        9,
        "一、核心資通系統之備份應每季測試還原一次。\n二、非核心資通系統之備份應每年測試還原一次。\n三、日誌應定期檢視。",
    )]));
    let core = of(&reading, "每季測試");
    assert_eq!(
        (&core["core"], &core["every"]),
        (&j!(true), &j!({ "value": 3, "unit": "month" }))
    );
    let other = of(&reading, "非核心");
    assert_eq!(
        (&other["core"], &other["every"]),
        (&Value::Null, &j!({ "value": 1, "unit": "year" }))
    );
    assert_eq!(of(&reading, "定期檢視")["every"], Value::Null);
    // Two promises of one thing about two kinds of systems don't contradict each other.
    let kinds: Vec<&Value> = reading["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| &p["kind"])
        .collect();
    assert!(!kinds.contains(&&j!("conflicting_values")), "{kinds:?}");
}

#[test]
fn a_yearly_plan_is_made_yearly_and_a_yearly_report_says_nothing_of_it() {
    let reading = read(&plan(&[
        (5, "一、資安小組擬定年度資安工作計畫。"),
        (16, "應上級要求提出實施情形，說明年度資通安全計畫實施情形。"),
    ]));
    assert_eq!(of(&reading, "年度資安工作計畫")["every"]["unit"], "year");
    assert_eq!(of(&reading, "應上級要求")["every"], Value::Null);
}

#[test]
fn a_long_plan_is_read_up_to_a_bound() {
    let many: Vec<String> = (0..3000).map(|n| format!("第{n}款之設備應列冊。")).collect();
    let many = many.join("\n");
    assert_eq!(told(&read(&plan(&[(9, &many)]))).len(), 2000);
}

#[test]
fn the_sample_in_words_is_read_whole() {
    let reading = collectors::parse("in-words.pass.txt", &sample("in-words.pass.txt")).expect("reads");
    let reading = json(&reading);
    assert!(told(&reading).iter().filter(|u| u["firm"] == true).count() >= 20);
    assert_eq!(
        of(&reading, "目標之達成情形")["every"],
        j!({ "value": 6, "unit": "month" })
    );
}
