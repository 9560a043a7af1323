//! 委外廠商查核: whether a vendor does what was agreed, what was short, and whether it was mended.
//!
//! Why an event has its day: a check after an incident is owed from when it became known. What
//! it can't know: what the vendor didn't show.

use crate::core::checks::{late, overdue, past};
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Proof, Raise, Record,
    RegisterSpec, found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-VC-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .required()
        .synonyms(&["契約", "契約名稱"]),
    Field::new("vendor", "廠商", Kind::Reference("vendor"), "v1").synonyms(&["廠商名稱", "受查廠商"]),
    Field::new(
        "reason",
        "查核時機",
        Kind::Choice(&[
            ("selection", "選任前"),
            ("regular", "定期"),
            ("incident", "知悉廠商發生事件"),
            ("end", "契約終止"),
        ]),
        "regular",
    )
    .required(),
    Field::new("known_on", "知悉事件日", Kind::Date, "2026-07-01").help("因廠商發生資安事件而查核者"),
    Field::new("on", "查核日期", Kind::Date, "2026-08-12")
        .required()
        .law(LAW),
    Field::new(
        "method",
        "查核方式",
        Kind::Choice(&[
            ("on_site", "實地"),
            ("paper", "書面"),
            ("remote", "視訊"),
            ("third_party", "委託第三方"),
        ]),
        "on_site",
    )
    .required()
    .synonyms(&["方式"]),
    Field::new("checkers", "查核人員", Kind::Text, "陳示範、林示範").required(),
    Field::new("checked", "受查人員", Kind::Text, "黃示範"),
    Field::new(
        "items",
        "查核項目",
        Kind::LongText,
        "資安政策、人員、系統開發、日誌、事件通報、複委託。",
    )
    .expected()
    .synonyms(&["查核內容"]),
    Field::new("passed", "符合項數", Kind::Number, "30").synonyms(&["符合"]),
    Field::new("failed", "不符合項數", Kind::Number, "2").synonyms(&["不符合"]),
    Field::new("unfit", "不適用項數", Kind::Number, "4").synonyms(&["不適用"]),
    Field::new(
        "result",
        "總評",
        Kind::Choice(&[("good", "符合"), ("improve", "限期改善"), ("bad", "不符合")]),
        "improve",
    )
    .synonyms(&["查核結果", "結果"]),
    Field::new(
        "shortcomings",
        "缺失",
        Kind::LongText,
        "離職人員帳號未即時通知停用。",
    )
    .synonyms(&["缺失事項", "說明"]),
    Field::new("due", "改善期限", Kind::Date, "2026-09-12").synonyms(&["限期"]),
    Field::new("recheck_on", "複查日期", Kind::Date, "2026-09-15"),
    Field::new(
        "recheck",
        "複查結果",
        Kind::Choice(&[("done", "已改善"), ("not_done", "未改善")]),
        "done",
    ),
    Field::new("personal_data_checked", "已確認個資處理情形", Kind::Flag, "true")
        .help("受託處理個人資料者，一併確認"),
    Field::new("products_checked", "已確認未使用危害產品", Kind::Flag, "true")
        .help("廠商之產品清單與聲明；確有使用者，已經機關核可"),
    Field::new("next_on", "下次查核日", Kind::Date, "2027-08-31"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "vendor_check",
    title: "委外廠商查核",
    help: "選任前、定期或廠商發生事件後之查核：項目、結果、缺失、改善期限與複查",
    group: Group::Outsourcing,
    hands: &[Hand::VendorReads],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["vendor_check", "contract"],
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "outsourcing.verify",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_closed(row) && row.text("reason") != "selection",
        },
        Proof {
            duty: "outsourcing.supervise",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_closed(row) && row.text("reason") != "selection",
        },
        Proof {
            duty: "contract.audit.cooperate",
            on: "on",
            until: &[],
            about: Some("contract"),
            when: |row| is_closed(row) && row.text("reason") != "selection",
        },
        Proof {
            duty: "contract.privacy",
            on: "on",
            until: &[],
            about: Some("contract"),
            when: |row| is_closed(row) && row.says("personal_data_checked"),
        },
        Proof {
            duty: "contract.products",
            on: "on",
            until: &[],
            about: Some("contract"),
            when: |row| is_closed(row) && row.says("products_checked"),
        },
    ],
    raises: &[Raise {
        duty: "outsourcing.check",
        on: "known_on",
        settled_on: "on",
        about: None,
        when: |row| row.text("reason") == "incident",
    }],
    tells: &["personal_data_checked", "products_checked"],
    checks: &[Check {
        key: "vendor_check.products",
        label: "查核確認廠商未使用危害產品",
        from: "on",
        ages: true,
        about: Some("contract"),
        when: |row| row.text("reason") != "selection",
        holds: |row| row.flag("products_checked"),
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

/// Whether it has a result, and what was short is mended.
fn is_closed(row: &Record<'_>) -> bool {
    match row.text("result") {
        "good" => true,
        "" => false,
        _ => row.text("recheck") == "done",
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("on", "known_on"),
        row.not_before("due", "on"),
        row.not_before("recheck_on", "on"),
    ]);
    if row.text("reason") == "incident" {
        problems.extend(row.need("known_on", "因廠商發生事件而查核者，應載明知悉之日"));
    }
    match row.text("result") {
        "" => {}
        "good" => {
            if row.number("failed").unwrap_or_default() > 0 && row.text("recheck") != "done" {
                problems.push(FieldProblem::new(
                    "result",
                    "有不符合項目，總評不應為「符合」；請改為限期改善，或填複查已改善",
                ));
            }
        }
        _ => problems.extend(found([
            row.need("shortcomings", "須改善者，應載明缺失"),
            row.need("due", "須改善者，應定改善期限"),
        ])),
    }
    if !row.is_blank("recheck") {
        problems.extend(row.need("recheck_on", "已複查者，應填複查日期"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let open = ["improve", "bad"].contains(&row.text("result")) && row.text("recheck") != "done";
    let newer = book
        .all("vendor_check")
        .any(|c| c.text("contract") == row.text("contract") && c.date("on") > row.date("on"));
    let runs = book
        .of(row, "contract")
        .is_none_or(|c| crate::core::within(book.today, None, c.date("until")));
    found([
        (row.is_blank("result") && past(row, book, "on"))
            .then(|| Gap::missing("result", "查核日已過，請填總評")),
        (open && late(row, book, "due", "recheck_on"))
            .then(|| overdue(row, book, "due", "recheck_on"))
            .flatten(),
        (open && row.text("recheck") == "not_done")
            .then(|| Gap::wrong("recheck", "複查未改善，請依契約處理並再定期限")),
        (past(row, book, "next_on") && !newer && runs)
            .then(|| Gap::wrong("next_on", "已逾下次查核日，請辦理查核並新增一筆")),
    ])
}
