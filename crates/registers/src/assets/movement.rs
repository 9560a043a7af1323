//! 資產異動: who may use an asset, who carried it out, when it came back, and whether it was wiped.
//!
//! Why wiping is asked at the end and not at each return: a laptop that its holder carries home
//! stays his; one that changes hands must hold nothing. What it can't know: copies made outside.

use crate::core::checks::overdue;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Raise, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "information-bureau-plan";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "申請單號", Kind::Text, "115-MV-001")
        .required()
        .synonyms(&["單號", "編號"]),
    Field::new(
        "kind",
        "異動類別",
        Kind::Choice(&[
            ("authorise", "使用授權"),
            ("carry_out", "攜出"),
            ("return", "歸還"),
            ("transfer", "移轉"),
            ("dispose", "汰除"),
        ]),
        "carry_out",
    )
    .required()
    .synonyms(&["類別"]),
    Field::new("asset", "資產", Kind::Reference("asset"), "h1")
        .required()
        .synonyms(&["資產名稱", "設備名稱"]),
    Field::new("person", "使用人", Kind::Reference("person"), "p1")
        .synonyms(&["攜出人", "借用人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("outsider", "外部人員姓名", Kind::Text, "黃示範")
        .help("非本機關人員使用者")
        .sensitivity(Sensitivity::Personal),
    Field::new("company", "外部人員所屬單位", Kind::Text, "示範資訊股份有限公司"),
    Field::new("pledged", "外部人員已承諾守規且不複製", Kind::Flag, "true").law(LAW),
    Field::new("purpose", "用途", Kind::Text, "赴議會備詢")
        .expected()
        .synonyms(&["事由", "攜出事由"]),
    Field::new("authorised_by", "授權人", Kind::Text, "張示範")
        .help("資產管理人或權責主管")
        .synonyms(&["核准人", "管理人"])
        .law(LAW),
    Field::new("authorised_on", "授權日期", Kind::Date, "2026-04-01").synonyms(&["核准日期"]),
    Field::new("from", "起日", Kind::Date, "2026-04-02")
        .required()
        .help("開始使用、攜出、歸還、移轉或汰除之日")
        .synonyms(&["攜出日期", "異動日期"]),
    Field::new("due_back", "預定歸還日", Kind::Date, "2026-04-09").synonyms(&["應歸還日"]),
    Field::new("returned_on", "實際歸還日", Kind::Date, "2026-04-09").synonyms(&["歸還日期"]),
    Field::new("has_storage", "含儲存媒體", Kind::Flag, "true"),
    Field::new("wiped", "資料已安全抹除", Kind::Flag, "true")
        .help("移轉、汰除，或使用人歸還後改由他人使用者，應先安全抹除")
        .law(LAW),
    Field::new("software_removed", "版權軟體已移除", Kind::Flag, "true").law("information-security-rules"),
    Field::new("wiped_by", "抹除及確認人", Kind::Text, "林示範"),
    Field::new("inventory_updated_on", "清冊更新日", Kind::Date, "2026-04-10")
        .help("移轉或汰除者，更新資產清冊之日"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "movement",
    title: "資產使用與異動",
    help: "資產之使用授權、攜出、歸還、移轉與汰除；含儲存媒體者改由他人使用或汰除前應安全抹除",
    group: Group::Assets,
    hands: &[Hand::Unit, Hand::Anybody],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "inventory.update",
        on: "from",
        settled_on: "inventory_updated_on",
        about: None,
        when: changes_list,
    }],
    ..RegisterSpec::TABLE
};

fn changes_list(row: &Record<'_>) -> bool {
    ["transfer", "dispose"].contains(&row.text("kind"))
}

/// Whether the asset leaves its holder for good.
fn changes_hands(row: &Record<'_>) -> bool {
    match row.text("kind") {
        "return" | "transfer" | "dispose" => true,
        "authorise" => !row.is_blank("returned_on"),
        _ => false,
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("from", "authorised_on"),
        row.not_before("due_back", "from"),
        row.not_before("returned_on", "from"),
    ]);
    if row.says("has_storage") && changes_hands(row) {
        if !row.says("wiped") {
            problems.push(FieldProblem::new(
                "wiped",
                "含儲存媒體之資產歸還、移轉或汰除前，應確認資料已安全抹除；尚未抹除者，請先抹除再登錄",
            ));
        }
        problems.extend(row.need("wiped_by", "請載明抹除並確認之人"));
    }
    let outside = !row.is_blank("outsider") || !row.is_blank("company");
    if outside && ["authorise", "carry_out"].contains(&row.text("kind")) && !row.says("pledged") {
        problems.push(FieldProblem::new(
            "pledged",
            "外部人員使用前，應承諾遵守規定且不得複製；請先取得承諾",
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let kind = row.text("kind");
    let needs_leave = ["authorise", "carry_out"].contains(&kind) && row.is_blank("authorised_by");
    let endless = kind == "carry_out" && row.is_blank("due_back") && row.is_blank("returned_on");
    let nobody =
        ["authorise", "carry_out"].contains(&kind) && row.is_blank("person") && row.is_blank("outsider");
    found([
        overdue(row, book, "due_back", "returned_on"),
        needs_leave.then(|| Gap::missing("authorised_by", "使用或攜出前應經資產管理人授權，請填授權人")),
        endless.then(|| Gap::missing("due_back", "攜出而未定歸還日，請填預定歸還日")),
        nobody.then(|| Gap::missing("person", "請填使用人；外部人員填姓名及所屬單位")),
    ])
}
