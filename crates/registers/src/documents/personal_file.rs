//! 個人資料檔案: which files of personal data the agency keeps, and where it says so in public.
//!
//! Why a row for each change: what changed must be published anew, counted from that day. What it
//! can't know: whether a file exists that nobody recorded.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Record, RegisterSpec, found,
};

const LAW: &str = "personal-data-act";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "檔案名稱", Kind::Text, "旅宿業者聯絡人名冊")
        .required()
        .synonyms(&["個人資料檔案名稱"]),
    Field::new("made_on", "建立或變更日", Kind::Date, "2026-03-02")
        .required()
        .help("每次變更另登錄一筆；公開期限自此起算")
        .law(LAW),
    Field::new("unit", "保有單位", Kind::Text, "旅宿科").expected(),
    Field::new(
        "ground",
        "保有之依據及特定目的",
        Kind::LongText,
        "依發展觀光條例辦理旅宿管理。",
    )
    .expected()
    .law(LAW),
    Field::new("categories", "個人資料之類別", Kind::Text, "辨識個人者、聯絡方式")
        .expected()
        .law(LAW),
    Field::new("contact", "受理查詢之聯絡方式", Kind::Text, "旅宿科，07-0000000").law(LAW),
    Field::new("published_on", "公開日", Kind::Date, "2026-03-20").law(LAW),
    Field::new(
        "url",
        "公開之網址或方式",
        Kind::Text,
        "https://www.example.gov.tw/privacy",
    )
    .law(LAW),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "personal_file",
    title: "個人資料檔案",
    help: "保有之個人資料檔案與其公開：名稱、依據、特定目的、類別、公開日與方式，每次變更一筆",
    group: Group::Documents,
    names_row: "name",
    identity: &["name", "made_on"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "personal_data.publish",
        on: "made_on",
        settled_on: "published_on",
        about: None,
        when: |_| true,
    }],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([row.not_before("published_on", "made_on")]);
    if !row.is_blank("published_on") {
        problems.extend(found([
            row.need("ground", "公開之事項應含保有之依據及特定目的"),
            row.need("categories", "公開之事項應含個人資料之類別"),
            row.need("url", "請載明公開之網址或方式"),
        ]));
    }
    problems
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let hidden = row.is_blank("published_on");
    found([hidden.then(|| Gap::missing("published_on", "尚未公開，請於期限內公開並填公開日"))])
}
