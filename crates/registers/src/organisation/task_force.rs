//! 資通安全推動小組: who sits in it, in which group, with what duties, from when until when.
//!
//! Why dated rows: the roster is asked for as it was on a day, and it changes with every
//! transfer. Why the four tasks stand beside the group: agencies name their groups as they
//! like, but each of the four must have somebody. What it can't know: whether a member
//! still works here; the register of persons says so where he is entered there.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, Sensitivity,
    found, within,
};

/// The four tasks of cyber-security work: (as stored, as shown).
pub const TASKS: &[(&str, &str)] = &[
    ("management", "管理面"),
    ("system_security", "系統安全"),
    ("protection", "資安防護"),
    ("compliance", "法遵"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("group", "分組", Kind::Text, "策略規劃組")
        .help("依本機關之分組填寫，例如策略規劃組、資安防護組、績效管理組；不分組或屬全組者留空")
        .synonyms(&["組別", "小組"]),
    Field::new(
        "role",
        "小組職稱",
        Kind::Choice(&[
            ("convener", "召集人"),
            ("deputy_convener", "副召集人"),
            ("secretary", "執行秘書"),
            ("leader", "組長"),
            ("member", "組員"),
        ]),
        "leader",
    )
    .required()
    .synonyms(&["職稱", "小組職務", "擔任職務"]),
    Field::new("person_name", "姓名", Kind::Text, "林示範")
        .required()
        .synonyms(&["成員", "成員姓名"])
        .sensitivity(Sensitivity::Personal),
    Field::new("unit", "單位", Kind::Text, "資訊科")
        .required()
        .synonyms(&["服務單位", "所屬單位"]),
    Field::new("position", "職級", Kind::Text, "科長").synonyms(&["本職", "職稱職級"]),
    Field::new(
        "duties",
        "職掌",
        Kind::LongText,
        "資通安全政策及目標之研議；傳達政策及目標。",
    )
    .expected()
    .synonyms(&["職掌事項", "負責事項", "分工"]),
    Field::new("tasks", "業務分工", Kind::Many(TASKS), r#"["management"]"#)
        .help("管理面含治理成熟度；四項業務各須有人負責，一人可負責數項"),
    Field::new("phone", "分機", Kind::Text, "5678").synonyms(&["電話", "聯絡電話"]),
    Field::new("email", "電子郵件", Kind::Text, "lin@example.gov.tw").sensitivity(Sensitivity::Personal),
    Field::new("deputy", "代理人", Kind::Text, "陳示範")
        .expected()
        .synonyms(&["職務代理人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("from", "到任日", Kind::Date, "2026-01-01")
        .expected()
        .synonyms(&["起日", "生效日"]),
    Field::new("until", "解任日", Kind::Date, "2027-01-01")
        .help("自這一天起不再擔任；仍在任時留空")
        .synonyms(&["迄日", "卸任日"]),
    Field::new("document_no", "指派公文文號", Kind::Text, "府資字第1150000000號")
        .synonyms(&["文號", "指派文號"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "task_force",
    title: "資通安全推動小組",
    help: "推動小組成員及分工表：分組、職掌與代理人，列冊並於異動時更新",
    group: Group::Organisation,
    names_row: "person_name",
    identity: &["person_name", "role", "group"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["task_force", "appointment", "person"],
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "organization.task_force",
            on: "from",
            until: &[],
            about: None,
            when: is_convened,
        },
        Proof {
            duty: "organization.assign",
            on: "from",
            until: &[],
            about: None,
            when: is_assigned,
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_convened(row: &Record<'_>) -> bool {
    row.text("role") == "convener" && !row.is_blank("document_no") && row.is_blank("until")
}

fn is_assigned(row: &Record<'_>) -> bool {
    !row.is_blank("duties") && !row.is_blank("document_no") && row.is_blank("until")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let (from, until) = (row.date("from"), row.date("until"));
    let backwards = from.zip(until).is_some_and(|(from, until)| until <= from);
    let own_deputy = !row.is_blank("deputy") && row.text("deputy") == row.text("person_name");
    found([
        backwards.then(|| FieldProblem::new("until", "「解任日」應晚於「到任日」，請更正其中之一")),
        own_deputy.then(|| FieldProblem::new("deputy", "「代理人」不可為本人，請填其他同仁")),
    ])
}

fn in_office(row: &Record<'_>, book: &Book<'_>) -> bool {
    within(book.today, row.date("from"), row.date("until"))
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !in_office(row, book) {
        return Vec::new();
    }
    let left = book.all("person").any(|person| {
        person.text("name") == row.text("person_name")
            && person.text("unit") == row.text("unit")
            && person.date("left_on").is_some_and(|left| left <= book.today)
    });
    let convener = row.text("role") == "convener";
    let another = book.all("task_force").any(|other| {
        convener && other.text("role") == "convener" && other.id != row.id && in_office(&other, book)
    });
    found([
        left.then(|| Gap::wrong("until", "「人員」已登錄離職，請填解任日並指派接任者")),
        another.then(|| Gap::wrong("role", "同時有二位召集人在任，請填前任之解任日")),
        convener.then(|| uncovered(row, book)).flatten(),
    ])
}

/// The tasks that nobody in office has, said once: at the convener.
fn uncovered(row: &Record<'_>, book: &Book<'_>) -> Option<Gap> {
    let members = book.all("task_force").chain(book.all("appointment"));
    let mut covered: Vec<&str> = row.list("tasks");
    for member in members.filter(|member| in_office(member, book)) {
        covered.extend(member.list("tasks"));
    }
    let open: Vec<&str> = TASKS
        .iter()
        .filter(|(task, _)| !covered.contains(task))
        .map(|(_, shown)| *shown)
        .collect();
    (!open.is_empty()).then(|| {
        Gap::missing(
            "tasks",
            format!("尚無人負責：{}；請於成員或人員指派勾選業務分工", open.join("、")),
        )
    })
}
