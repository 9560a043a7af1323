//! 宣導: what was made known to whom, and how.
//!
//! Why the subject is asked for: only what made the policy and its objectives known proves
//! that duty; a reminder about phishing is something else. What it can't know: whether
//! anybody listened.

use crate::core::{Book, EVIDENCE, Field, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("topic", "宣導主題", Kind::Text, "115年度資通安全政策及目標")
        .required()
        .synonyms(&["主題", "名稱"]),
    Field::new("held_on", "宣導日期", Kind::Date, "2026-03-10")
        .required()
        .synonyms(&["日期", "辦理日期"]),
    Field::new(
        "covers",
        "內容類別",
        Kind::Many(&[
            ("policy", "資通安全政策"),
            ("objectives", "資通安全目標"),
            ("law", "法令規定"),
            ("awareness", "資安認知"),
            ("incident", "事件通報"),
            ("privacy", "個人資料保護"),
            ("activity", "資安活動"),
        ]),
        r#"["policy","objectives"]"#,
    )
    .required()
    .synonyms(&["類別"]),
    Field::new(
        "method",
        "宣導方式",
        Kind::Choice(&[
            ("mail", "電子郵件"),
            ("meeting", "會議"),
            ("course", "課程"),
            ("website", "網站或公告"),
            ("poster", "海報"),
            ("event", "活動"),
            ("other", "其他"),
        ]),
        "mail",
    )
    .required()
    .synonyms(&["方式"]),
    Field::new(
        "audience",
        "宣導對象",
        Kind::Many(&[
            ("staff", "同仁"),
            ("head", "主管"),
            ("vendor", "廠商及供應商"),
            ("stakeholder", "其他利害關係人"),
            ("public", "民眾"),
        ]),
        r#"["staff","vendor"]"#,
    )
    .required()
    .synonyms(&["對象"]),
    Field::new(
        "content",
        "內容摘要",
        Kind::LongText,
        "政策全文、五項目標與各人職責。",
    )
    .expected()
    .synonyms(&["宣導內容"]),
    Field::new("people", "人數", Kind::Number, "85").synonyms(&["參加人數", "收件人數"]),
    Field::new("unit", "辦理單位", Kind::Text, "資訊科").synonyms(&["主辦單位"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "promotion",
    title: "資安宣導",
    help: "政策、目標與資安認知之宣導，及資安活動之紀錄",
    group: Group::Documents,
    names_row: "topic",
    identity: &["topic", "held_on"],
    fields: FIELDS,
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "policy.promote",
            on: "held_on",
            until: &[],
            about: None,
            when: is_policy,
        },
        Proof {
            duty: "training.activity",
            on: "held_on",
            until: &[],
            about: None,
            when: is_activity,
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_policy(row: &Record<'_>) -> bool {
    let covers = row.list("covers");
    let audience = row.list("audience");
    let inside = audience.contains(&"staff") || audience.contains(&"head");
    covers.contains(&"policy") && covers.contains(&"objectives") && inside
}

fn is_activity(row: &Record<'_>) -> bool {
    row.list("covers").contains(&"activity")
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let covers = row.list("covers");
    let half = covers.contains(&"policy") != covers.contains(&"objectives");
    found([half.then(|| {
        Gap::hint(
            "covers",
            "政策與目標應一併宣導；如已一併宣導，請於內容類別兩項都勾選",
        )
    })])
}
