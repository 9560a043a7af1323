//! 簽核流程: an agency's own steps for a register, where they differ from the default.
//!
//! Why its own register: who approves what is the agency's to say, as long as the last
//! step decides. What it can't know: who holds a role today.

use crate::{Book, Field, FieldProblem, Group, Kind, Reach, Record, RegisterSpec, found};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("register", "登記簿", Kind::Text, "remote_permit").required(),
    Field::new(
        "steps",
        "步驟",
        Kind::List,
        r#"["unit_head:reviews", "ciso:approves"]"#,
    )
    .required()
    .help("一行一步：角色:動作；角色 officer、unit_head、system_admin、ciso、auditor、supervisor，動作 reviews 審核、consults 會辦、approves 核定；最後一步為核定"),
    Field::new("prefix", "字號", Kind::Text, "RA").help("定版編號之英文字母"),
    Field::new("document_no", "核定文號", Kind::Text, "府資字第1150000000號"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "route",
    title: "簽核流程",
    help: "機關自訂之簽核步驟；未訂者依法規資料之預設",
    group: Group::Basics,
    reach: Reach::System,
    names_row: "register",
    identity: &["register"],
    fields: FIELDS,
    validate,
    looks_at: &["route"],
    rules,
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let roles = [
        "officer",
        "unit_head",
        "system_admin",
        "ciso",
        "auditor",
        "supervisor",
    ];
    let steps: Vec<(&str, &str)> = row
        .list("steps")
        .iter()
        .map(|step| step.split_once(':').unwrap_or((step, "")))
        .collect();
    let unknown = steps
        .iter()
        .find(|(role, does)| !roles.contains(role) || !["reviews", "consults", "approves"].contains(does));
    let known = crate::register(row.text("register")).is_some_and(|r| r.reach != Reach::System);
    let ends = steps.last().is_some_and(|(_, does)| *does == "approves");
    let early = steps.iter().rev().skip(1).any(|(_, does)| *does == "approves");
    found([
        (!known).then(|| {
            let message = "沒有這個登記簿，或其紀錄由系統登錄而不簽核；請填登記簿代號，例如 remote_permit";
            FieldProblem::new("register", message)
        }),
        unknown.map(|(role, does)| {
            FieldProblem::new(
                "steps",
                format!("「{role}:{does}」不是可用的步驟，請寫如 unit_head:reviews"),
            )
        }),
        (unknown.is_none() && (!ends || early))
            .then(|| FieldProblem::new("steps", "核定（approves）應是最後一步，也只能有這一步")),
        row.text("prefix")
            .chars()
            .any(|c| !c.is_ascii_uppercase())
            .then(|| FieldProblem::new("prefix", "「字號」請用大寫英文字母，例如 RA")),
    ])
}

/// With two ways for one register nobody knows which one a record takes.
fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let twice = book
        .all("route")
        .any(|other| other.id != row.id && other.text("register") == row.text("register"));
    found([twice.then(|| FieldProblem::new("register", "這個登記簿已訂有簽核流程，請於原筆修改"))])
}
