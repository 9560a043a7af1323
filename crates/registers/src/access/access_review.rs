//! 帳號及權限清查: a review of accounts or remote connections, what was found, what was done.
//!
//! Why what was found must be disposed of: a review that only counts leaves the door open.
//! What it can't know: accounts on systems that the review left out.

use crate::core::checks::{overdue, part};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "information-bureau-plan";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-AR-001")
        .required()
        .synonyms(&["編號"]),
    Field::new(
        "kind",
        "清查類別",
        Kind::Choice(&[
            ("general", "一般帳號及權限"),
            ("privileged", "特權帳號"),
            ("vendor", "最高權限及廠商帳號"),
            ("remote", "遠距連線"),
        ]),
        "privileged",
    )
    .required()
    .law(LAW),
    Field::new("period", "清查期別", Kind::Text, "115 年第 3 季")
        .required()
        .synonyms(&["期別", "季別"]),
    Field::new("scope", "清查範圍", Kind::Text, "全部系統與設備")
        .expected()
        .synonyms(&["系統", "範圍"]),
    Field::new("on", "清查日期", Kind::Date, "2026-09-30").required(),
    Field::new("reviewer", "清查人", Kind::Text, "林示範")
        .required()
        .synonyms(&["清查人員", "審查人"]),
    Field::new("total", "清查數", Kind::Number, "46")
        .expected()
        .synonyms(&["帳號總數"]),
    Field::new("kept", "保留數", Kind::Number, "42").synonyms(&["保留"]),
    Field::new("stopped", "停用或關閉數", Kind::Number, "3").synonyms(&["停用"]),
    Field::new("adjusted", "調整權限數", Kind::Number, "1").synonyms(&["調整"]),
    Field::new("expired", "逾期數", Kind::Number, "2").help("已逾使用期限而仍可使用者"),
    Field::new("shared", "共用數", Kind::Number, "0").help("由二人以上共用者"),
    Field::new("trail_checked", "已檢視使用軌跡", Kind::Flag, "true").help("特權帳號之使用紀錄"),
    Field::new("separate", "與日常帳號分開", Kind::Flag, "true"),
    Field::new(
        "findings",
        "發現事項及處置",
        Kind::LongText,
        "二件逾期帳號已停用。",
    )
    .synonyms(&["處置", "處理情形"]),
    Field::new("fix_due", "處理期限", Kind::Date, "2026-10-07"),
    Field::new("fixed_on", "處理完成日", Kind::Date, "2026-10-02"),
    Field::new("confirmed_by", "主管", Kind::Text, "張示範").synonyms(&["複核主管", "核定人"]),
    Field::new("confirmed_on", "主管確認日期", Kind::Date, "2026-10-05"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "access_review",
    title: "帳號及權限清查",
    help: "定期清查一般、特權、廠商帳號與遠距連線：數量、逾期與共用之處置、主管確認",
    group: Group::Access,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "account.review",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_done(row, "general"),
        },
        Proof {
            duty: "account.privileged_review",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_done(row, "privileged"),
        },
        Proof {
            duty: "account.privileged_use",
            on: "on",
            until: &[],
            about: None,
            when: |row| {
                is_done(row, "privileged") && row.says("trail_checked") && row.number("shared") == Some(0)
            },
        },
        Proof {
            duty: "account.vendor",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_done(row, "vendor"),
        },
        Proof {
            duty: "remote_access.review",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_done(row, "remote"),
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_done(row: &Record<'_>, kind: &str) -> bool {
    row.text("kind") == kind && !row.is_blank("confirmed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        part(row, "expired", "total"),
        part(row, "shared", "total"),
        row.not_before("fixed_on", "on"),
        row.not_before("confirmed_on", "on"),
    ]);
    let parts = ["kept", "stopped", "adjusted"].map(|key| row.number(key));
    if let ([Some(kept), Some(stopped), Some(adjusted)], Some(total)) = (parts, row.number("total"))
        && kept + stopped + adjusted != total
    {
        problems.push(FieldProblem::new(
            "total",
            format!(
                "保留、停用與調整合計 {}，應等於「清查數」{total}，請更正",
                kept + stopped + adjusted
            ),
        ));
    }
    if !row.is_blank("confirmed_on") {
        problems.extend(found([
            row.need("confirmed_by", "請載明確認之主管"),
            row.need("total", "確認前應完成清查"),
        ]));
        if row.number("expired").unwrap_or_default() > 0 {
            problems.extend(found([
                row.need("findings", "有逾期者，應載明處置"),
                row.need("fixed_on", "有逾期者，應處理完成後始得確認"),
            ]));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let waiting = row.is_blank("confirmed_on") && row.date("on").is_some_and(|day| day < book.today);
    let used = row.text("kind") == "privileged";
    found([
        overdue(row, book, "fix_due", "fixed_on"),
        waiting.then(|| Gap::missing("confirmed_on", "清查結果尚未經主管確認，請送主管確認")),
        (used && row.number("shared").unwrap_or_default() > 0)
            .then(|| Gap::wrong("shared", "特權帳號有共用情形，請改為一人一帳號")),
        (used && !row.says("trail_checked"))
            .then(|| Gap::hint("trail_checked", "請一併檢視特權帳號之使用軌跡")),
    ])
}
