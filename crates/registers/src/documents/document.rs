//! 四階文件: the agency's own papers, by tier, version and keeper.
//!
//! Why the kind is asked for: some papers are what a duty asks for (the policy, the plan,
//! the rules for incidents), and an approved one proves it. Why versions are rows: which
//! one held on a day is asked for later. What it can't know: what a paper says.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Record, RegisterSpec,
    found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "文件編號", Kind::Text, "ISMS-02-006")
        .required()
        .synonyms(&["編號"]),
    Field::new("title", "文件名稱", Kind::Text, "資產管理程序書")
        .required()
        .synonyms(&["名稱", "文件"]),
    Field::new(
        "tier",
        "階層",
        Kind::Choice(&[("1", "一階"), ("2", "二階"), ("3", "三階"), ("4", "四階")]),
        "2",
    )
    .required()
    .help("一階政策、二階程序、三階作業說明、四階表單與紀錄")
    .synonyms(&["階別", "文件階層"]),
    Field::new(
        "kind",
        "文件種類",
        Kind::Choice(&[
            ("policy", "資通安全政策及目標"),
            ("plan", "資通安全維護計畫"),
            ("response_plan", "資通安全事件應變計畫"),
            ("notification_rules", "事件通報作業規範"),
            ("response_rules", "事件應變作業規範"),
            ("personal_data", "個人資料安全維護規定"),
            ("system_document", "系統文件"),
            ("procedure", "程序書"),
            ("instruction", "作業說明書"),
            ("form", "表單及紀錄"),
            ("other", "其他"),
        ]),
        "procedure",
    )
    .required()
    .synonyms(&["種類", "類別"]),
    Field::new("version", "版次", Kind::Text, "2.1")
        .required()
        .synonyms(&["版本"]),
    Field::new("made_on", "制定日", Kind::Date, "2024-01-10").synonyms(&["制訂日期"]),
    Field::new("revised_on", "修訂日", Kind::Date, "2026-01-20").synonyms(&["制修訂日", "修訂日期"]),
    Field::new("approved_by", "核定者", Kind::Text, "資通安全長").expected(),
    Field::new("approved_on", "核定日", Kind::Date, "2026-02-01")
        .expected()
        .synonyms(&["核定日期"]),
    Field::new(
        "secrecy",
        "機密等級",
        Kind::Choice(&[
            ("general", "一般"),
            ("limited", "限閱"),
            ("sensitive", "敏感"),
            ("secret", "機密"),
        ]),
        "limited",
    ),
    Field::new("keeper", "保存單位", Kind::Text, "資訊科")
        .expected()
        .synonyms(&["保管單位", "權責單位"]),
    Field::new("location", "存放位置", Kind::Text, "文件管理系統／ISMS").synonyms(&["存放地點"]),
    Field::new("retention", "保存年限", Kind::Number, "5")
        .expected()
        .help("年；永久保存者留空並於備註敘明"),
    Field::new("distribution", "分發及取用對象", Kind::Text, "全體同仁")
        .help("系統文件限有需要者取用，請寫明對象")
        .synonyms(&["分發", "分發單位"]),
    Field::new("consistent_on", "與計畫核對日", Kind::Date, "2026-02-01")
        .help("確認內容與政策、目標及維護計畫相符之日；未核對者留空"),
    Field::new("for_non_core", "適用非核心資通系統", Kind::Flag, "true"),
    Field::new("next_review", "下次檢視日", Kind::Date, "2027-02-01")
        .expected()
        .synonyms(&["檢視日期"]),
    Field::new("withdrawn_on", "廢止日", Kind::Date, "2028-02-01")
        .help("改版者，舊版填新版生效之日")
        .synonyms(&["停用日"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "document",
    title: "四階文件清冊",
    help: "本機關資安管理文件之編號、版次、核定、保存與下次檢視日",
    group: Group::Documents,
    names_row: "title",
    identity: &["number", "version"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["document"],
    rules: Some(rules),
    gaps: Some(gaps),
    limits: &[Limit {
        parameter: "record.retention",
        judge: retention,
    }],
    proves: &[
        proof("policy.establish", is_policy),
        proof("plan.establish", is_plan),
        proof("incident.response_plan", is_response_plan),
        proof("incident.notification_rules", is_notification_rules),
        proof("incident.response_rules", is_response_rules),
        proof("personal_data.safeguards", is_personal_data),
        proof("system_documents.keep", is_kept_system_document),
        proof("isms.apply_non_core", is_for_non_core),
        Proof {
            duty: "documents.consistent",
            on: "consistent_on",
            until: &[],
            about: None,
            when: in_force,
        },
        proof("record.retain", is_kept_form),
    ],
    ..RegisterSpec::TABLE
};

const fn proof(duty: &'static str, when: fn(&Record<'_>) -> bool) -> Proof {
    Proof {
        duty,
        on: "approved_on",
        until: &[],
        about: None,
        when,
    }
}

fn in_force(row: &Record<'_>) -> bool {
    row.is_blank("withdrawn_on")
}

fn is(row: &Record<'_>, kind: &str) -> bool {
    row.text("kind") == kind && in_force(row)
}

fn is_policy(row: &Record<'_>) -> bool {
    is(row, "policy")
}

fn is_plan(row: &Record<'_>) -> bool {
    is(row, "plan")
}

fn is_response_plan(row: &Record<'_>) -> bool {
    is(row, "response_plan")
}

fn is_notification_rules(row: &Record<'_>) -> bool {
    is(row, "notification_rules")
}

fn is_response_rules(row: &Record<'_>) -> bool {
    is(row, "response_rules")
}

fn is_personal_data(row: &Record<'_>) -> bool {
    is(row, "personal_data")
}

fn is_kept_system_document(row: &Record<'_>) -> bool {
    is(row, "system_document") && !row.is_blank("location") && !row.is_blank("distribution")
}

fn is_for_non_core(row: &Record<'_>) -> bool {
    in_force(row) && row.says("for_non_core")
}

fn is_kept_form(row: &Record<'_>) -> bool {
    is(row, "form") && !row.is_blank("retention") && !row.is_blank("keeper") && !row.is_blank("location")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let low_policy = row.text("kind") == "policy" && row.text("tier") != "1";
    found([
        low_policy.then(|| FieldProblem::new("tier", "資通安全政策屬一階文件，請更正階層或文件種類")),
        row.not_before("revised_on", "made_on"),
        row.not_before("approved_on", "revised_on"),
        row.not_before("next_review", "approved_on"),
        row.not_before("withdrawn_on", "approved_on"),
    ])
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let twice = book.all("document").any(|other| {
        other.id != row.id
            && other.text("number") == row.text("number")
            && other.text("version") == row.text("version")
    });
    found([twice.then(|| FieldProblem::new("version", "這個文件編號已有同一版次，請更正編號或版次"))])
}

fn retention(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let years = f64::from(u32::try_from(row.number("retention")?).ok()?);
    (row.text("kind") == "form" && years < bound.number?).then(|| {
        FieldProblem::new(
            "retention",
            format!("資安紀錄至少保存 {}，請更正保存年限", bound.words),
        )
    })
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !in_force(row) {
        return Vec::new();
    }
    let late = row.date("next_review").is_some_and(|day| day < book.today);
    // The older of two versions is the one to end.
    let replaced = book.all("document").any(|other| {
        other.id != row.id
            && other.text("number") == row.text("number")
            && in_force(&other)
            && other.date("approved_on") > row.date("approved_on")
            && !row.is_blank("approved_on")
    });
    found([
        late.then(|| {
            Gap::wrong(
                "next_review",
                "已逾檢視日，請檢視文件、登錄檢視紀錄並更新下次檢視日",
            )
        }),
        replaced.then(|| Gap::wrong("withdrawn_on", "已有較新版次核定，請填舊版之廢止日")),
    ])
}
