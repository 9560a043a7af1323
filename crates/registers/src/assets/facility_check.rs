//! 機房及辦公處所檢查: doors, fire, air, power, light and cameras, looked at and countersigned.
//!
//! Why each is asked by itself: "everything fine" is written too easily. What it can't know:
//! what happens between two rounds; monitoring does.

use crate::core::checks::{overdue, share};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "information-security-rules";

/// What must be in order in a server room.
const ROOM: [&str; 7] = [
    "access", "fire", "cooling", "power", "lighting", "camera", "clear",
];
/// What must be in order in an office.
const OFFICE: [&str; 4] = ["access", "fire", "power", "clear"];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-FC-001")
        .required()
        .synonyms(&["編號"]),
    Field::new(
        "kind",
        "場所類別",
        Kind::Choice(&[("server_room", "機房"), ("office", "辦公處所")]),
        "server_room",
    )
    .required(),
    Field::new("place", "場所名稱", Kind::Text, "三樓機房")
        .required()
        .synonyms(&["地點", "機房名稱"]),
    Field::new("on", "檢查日期", Kind::Date, "2026-08-03")
        .required()
        .synonyms(&["巡檢日期"]),
    Field::new("by", "檢查人", Kind::Text, "林示範")
        .required()
        .synonyms(&["巡檢人員"]),
    Field::new("temperature", "溫度（℃）", Kind::Decimal, "23.5").synonyms(&["溫度"]),
    Field::new("humidity", "相對濕度（%）", Kind::Decimal, "50").synonyms(&["濕度"]),
    Field::new("access", "門禁正常", Kind::Flag, "true")
        .synonyms(&["門禁"])
        .law(LAW),
    Field::new("fire", "消防設備正常", Kind::Flag, "true")
        .synonyms(&["消防"])
        .law(LAW),
    Field::new("cooling", "空調正常", Kind::Flag, "true")
        .synonyms(&["空調"])
        .law(LAW),
    Field::new("power", "電力及纜線正常", Kind::Flag, "true")
        .help("含不斷電系統與纜線之保護")
        .synonyms(&["電力", "UPS"])
        .law(LAW),
    Field::new("lighting", "緊急照明正常", Kind::Flag, "true").law(LAW),
    Field::new("camera", "監視錄影正常", Kind::Flag, "true")
        .synonyms(&["監視器", "CCTV"])
        .law(LAW),
    Field::new("clear", "無危險物、易燃物及飲食", Kind::Flag, "true")
        .help("辦公處所另含桌面淨空、機敏文件上鎖")
        .law(LAW),
    Field::new("entries_reviewed", "已檢視進出紀錄", Kind::Flag, "true"),
    Field::new("findings", "異常情形", Kind::LongText, "無。").synonyms(&["異常", "缺失"]),
    Field::new("fix_due", "改善期限", Kind::Date, "2026-08-17"),
    Field::new("fixed_on", "改善完成日", Kind::Date, "2026-08-10"),
    Field::new("reviewed_by", "複核主管", Kind::Text, "張示範").expected(),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "facility_check",
    title: "機房及辦公處所檢查",
    help: "門禁、消防、空調、電力、照明、監視與環境之檢查；異常者改善至完成",
    group: Group::Assets,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "facility.server_room",
            on: "on",
            until: &[],
            about: None,
            when: |row| row.text("kind") == "server_room" && is_in_order(row),
        },
        Proof {
            duty: "facility.office",
            on: "on",
            until: &[],
            about: None,
            when: |row| row.text("kind") == "office" && is_in_order(row),
        },
    ],
    ..RegisterSpec::TABLE
};

/// What is looked at in a place of this kind.
fn points(row: &Record<'_>) -> &'static [&'static str] {
    if row.text("kind") == "office" {
        &OFFICE
    } else {
        &ROOM
    }
}

fn is_in_order(row: &Record<'_>) -> bool {
    let seen = points(row).iter().all(|key| row.flag(key).is_some());
    let fine = points(row).iter().all(|key| row.says(key));
    seen && (fine || !row.is_blank("fixed_on")) && !row.is_blank("reviewed_by")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = Vec::new();
    problems.extend(found([
        share(row, "humidity"),
        row.not_before("fix_due", "on"),
        row.not_before("fixed_on", "on"),
    ]));
    let wrong = points(row).iter().find(|key| row.flag(key) == Some(false));
    if let Some(key) = wrong {
        let label = row.label(key);
        problems.extend(row.need("findings", &format!("「{label}」填「否」，應載明異常情形")));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let wrong = points(row).iter().any(|key| row.flag(key) == Some(false));
    let unseen: Vec<&str> = points(row)
        .iter()
        .filter(|key| row.flag(key).is_none())
        .map(|key| row.label(key))
        .collect();
    found([
        (!unseen.is_empty()).then(|| Gap::missing("", format!("尚未檢查：{}", unseen.join("、")))),
        (wrong && row.is_blank("fix_due") && row.is_blank("fixed_on"))
            .then(|| Gap::missing("fix_due", "有異常而未定改善期限，請填改善期限或改善完成日")),
        overdue(row, book, "fix_due", "fixed_on"),
    ])
}
