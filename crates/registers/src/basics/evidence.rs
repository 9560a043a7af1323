//! 佐證: a file, since when it holds, what it proves, and how long it is kept.
//!
//! Why beside the files of a record: one paper often proves several duties, and the day
//! it holds from is not the day it was uploaded. Nothing is deleted: a newer file takes
//! the place of an older one, which stays. What it can't know: what a file really shows.

use crate::core::{
    Book, Field, FieldProblem, Gap, Hand, Kind, NOTE, Record, RegisterSpec, Sensitivity, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "佐證名稱", Kind::Text, "115年度內部稽核報告").required(),
    Field::new(
        "evidence",
        "檔案",
        Kind::Evidence,
        r#"[{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","name":"稽核報告.odt","size":20480,"media_type":"application/vnd.oasis.opendocument.text"}]"#,
    )
    .required()
    .help("恰為一個檔案；換新檔時另登錄一筆，並選取所取代者"),
    Field::new("effective_on", "生效日", Kind::Date, "2026-05-20")
        .required()
        .help("佐證所證之事發生或文件生效之日，不是上傳日"),
    Field::new("valid_until", "有效至", Kind::Date, "2028-06-30")
        .help("檔案本身載有效期者（如證書、契約），填最後一個有效日；未載明者留空"),
    Field::new("duties", "所證之應辦事項", Kind::List, r#"["audit.internal"]"#)
        .expected()
        .help("應辦事項代號，一行一項；同一檔案可證數項"),
    Field::new("parts", "涵蓋項目", Kind::List, r#"["TPE-19.5"]"#)
        .help("應辦事項分數項者，這個檔案證明其中哪幾項；未列者不計"),
    Field::new("event", "所屬事由", Kind::Text, "mobile_app/app1")
        .help("應辦事項由事由引起且分數項者，這個檔案證明哪一件事由"),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").help("只及於某一系統者"),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").help("只及於某一契約者"),
    Field::new(
        "class",
        "機密等級",
        Kind::Choice(&[("general", "一般"), ("restricted", "敏感（限閱）"), ("confidential", "機密")]),
        "general",
    )
    .required(),
    Field::new("retention_years", "保存年限", Kind::Number, "5").expected(),
    Field::new("keep_until", "保存至", Kind::Date, "2031-12-31"),
    Field::new("supersedes", "取代之佐證", Kind::Reference("evidence"), "e1"),
    Field::new("source", "出處", Kind::Text, "稽核小組").sensitivity(Sensitivity::Internal),
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "evidence",
    title: "佐證",
    help: "證明應辦事項之檔案：依雜湊保存，一檔可證數項，只能以新檔取代，不能刪除",
    hands: &[Hand::SystemsAdd, Hand::Apart],
    names_row: "title",
    identity: &["title", "effective_on"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["evidence"],
    rules: Some(rules),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let one = row.files("evidence").len() == 1;
    found([
        (!one).then(|| FieldProblem::new("evidence", "一筆佐證恰為一個檔案，請分筆登錄")),
        row.not_before("keep_until", "effective_on"),
        row.not_before("valid_until", "effective_on"),
    ])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let older = row.text("supersedes");
    if older.is_empty() {
        return Vec::new();
    }
    let taken = book
        .all("evidence")
        .find(|other| other.id != row.id && other.text("supersedes") == older);
    found([
        (older == row.id).then(|| FieldProblem::new("supersedes", "佐證不能取代自己，請改選舊的佐證")),
        taken.map(|other| {
            let message = format!("這筆佐證已由「{}」取代，請改選它", other.name());
            FieldProblem::new("supersedes", message)
        }),
    ])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let over = row.date("keep_until").is_some_and(|until| until < book.today);
    found([over.then(|| Gap::hint("keep_until", "保存期限已過，請依規定決定續存或報請銷毀"))])
}
