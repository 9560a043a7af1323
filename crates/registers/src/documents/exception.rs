//! 例外及偏離: which rule can't be kept, what is done instead, until when, and who agreed.
//!
//! Why an end is required: an exception without one becomes the rule. Why consent must come
//! first: what began without it is a violation, not an exception. What it can't know:
//! whether the substitute protects as well.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Raise, Record, RegisterSpec, found,
};
use facts::{Exemption, Source, Subject};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-EX-001")
        .required()
        .synonyms(&["申請單號", "單號"]),
    Field::new("applied_on", "申請日期", Kind::Date, "2026-03-01").required(),
    Field::new("unit", "申請單位", Kind::Text, "會計室")
        .required()
        .synonyms(&["單位"]),
    Field::new(
        "kind",
        "類別",
        Kind::Choice(&[
            ("development", "系統開發及維運規定"),
            ("level_duty", "責任等級應辦事項或控制措施"),
            ("gcb", "政府組態基準"),
            ("function", "系統功能限制之調整"),
            ("sharing", "網路資源分享"),
            ("other", "其他規定"),
        ]),
        "level_duty",
    )
    .required(),
    Field::new("rule", "無法辦理之規定", Kind::Text, "電子郵件過濾機制")
        .required()
        .help("法規、計畫或基準之條款與內容")
        .synonyms(&["規定", "偏離規定", "控制措施"]),
    Field::new("duty", "免執行之應辦事項", Kind::Text, "protection.mail_filter")
        .help("限類別為責任等級應辦事項者；同意與備查日期俱全時，期間內免辦。免執行個別控制措施者，請於無法辦理之規定敘明")
        .law("classification-regulation"),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").synonyms(&["系統名稱"]),
    Field::new("reason", "無法辦理原因", Kind::LongText, "專用設備無法加裝過濾機制。")
        .required()
        .synonyms(&["原因"]),
    Field::new(
        "substitute",
        "替代之資安作為",
        Kind::LongText,
        "隔離於獨立網段，附件由他機掃描後轉入。",
    )
    .required()
    .synonyms(&["擬採資安作為", "補償措施", "替代措施"]),
    Field::new("risk", "殘餘風險評估", Kind::LongText, "風險值在可接受範圍內。"),
    Field::new("from", "起日", Kind::Date, "2026-03-20")
        .required()
        .synonyms(&["生效日"]),
    Field::new("until", "迄日", Kind::Date, "2026-12-31")
        .required()
        .help("例外之最後一天；仍需者期滿前另案申請")
        .synonyms(&["期限", "有效期限"]),
    Field::new("review_on", "檢視日", Kind::Date, "2026-09-30")
        .expected()
        .help("期間內再次檢視之日，檢視後更新為下次之日"),
    Field::new("supervisor_on", "權責主管同意日", Kind::Date, "2026-03-10"),
    Field::new("ciso_approved_on", "資通安全長同意日", Kind::Date, "2026-03-15")
        .synonyms(&["資安長同意日", "核准日"]),
    Field::new("agreed_on", "等級提交或核定機關同意日", Kind::Date, "2026-03-16")
        .help("免執行責任等級應辦事項或控制措施者，須經同意並報備查，缺一不生效力")
        .law("classification-regulation"),
    Field::new("agreed_no", "同意文號", Kind::Text, "府資安字第1150000000號"),
    Field::new("filed_on", "報主管機關備查日", Kind::Date, "2026-03-19").law("classification-regulation"),
    Field::new("filed_no", "備查文號", Kind::Text, "數授資字第1150000001號"),
    Field::new("closed_on", "結束日", Kind::Date, "2026-12-31")
        .help("恢復依規定辦理，或另案續行之日")
        .synonyms(&["解除日"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "exception",
    title: "例外及偏離核准",
    help: "無法依規定辦理者：原因、替代之資安作為、期限與同意；期滿應結束或另案申請",
    group: Group::Documents,
    hands: &[Hand::Unit, Hand::Anybody],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[
        Raise {
            duty: "exception.approve",
            on: "applied_on",
            settled_on: "ciso_approved_on",
            about: None,
            when: needs_ciso,
        },
        Raise {
            duty: "level_duties.exempt",
            on: "applied_on",
            settled_on: "filed_on",
            about: None,
            when: is_level_duty,
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_level_duty(row: &Record<'_>) -> bool {
    row.text("kind") == "level_duty"
}

fn needs_ciso(row: &Record<'_>) -> bool {
    row.text("kind") == "development"
}

/// What the agency asked to be relieved of; none for other exceptions.
pub(crate) fn exemption(row: &Record<'_>, decided: bool, source: &Source) -> Option<Exemption> {
    let duty = row.text("duty");
    if !is_level_duty(row) || duty.is_empty() {
        return None;
    }
    let system = row.text("system");
    let until = row.date("until")?;
    Some(Exemption {
        duty: duty.to_owned(),
        subject: if system.is_empty() {
            Subject::Agency
        } else {
            Subject::System(system.to_owned())
        },
        from: row.date("from")?,
        // From the day on which it was ended it is done as the rule has it.
        until: match row.date("closed_on").and_then(|day| day.yesterday().ok()) {
            Some(closed) => until.min(closed),
            None => until,
        },
        agreed_on: row.date("agreed_on"),
        filed_on: row.date("filed_on"),
        decided,
        source: source.clone(),
    })
}

/// The field with the consent that this kind needs.
fn consent(row: &Record<'_>) -> &'static str {
    match row.text("kind") {
        "level_duty" => "filed_on",
        "function" | "sharing" => "supervisor_on",
        _ => "ciso_approved_on",
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("from", consent(row)),
        row.not_before("filed_on", "agreed_on"),
        row.not_before("closed_on", "from"),
    ]);
    if !is_level_duty(row) && !row.is_blank("duty") {
        problems.push(FieldProblem::new(
            "duty",
            "只有類別為「責任等級應辦事項或控制措施」者，才填「免執行之應辦事項」；請改類別或清空此欄",
        ));
    }
    if is_level_duty(row) && !row.is_blank("filed_on") {
        problems.extend(row.need("agreed_on", "報備查前應經責任等級提交或核定機關同意"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !row.is_blank("closed_on") {
        return Vec::new();
    }
    let begun = row.date("from").is_some_and(|from| from <= book.today);
    let over = row.date("until").is_some_and(|until| until < book.today);
    let late = row.date("review_on").is_some_and(|day| day < book.today);
    let consent = consent(row);
    found([
        (begun && row.is_blank(consent)).then(|| {
            Gap::wrong(
                consent,
                format!(
                    "例外已開始而「{}」空白；未經同意者不得辦理，請補正或停止",
                    row.label(consent)
                ),
            )
        }),
        over.then(|| Gap::wrong("closed_on", "例外已期滿，請恢復依規定辦理並填結束日，或另案申請")),
        (late && !over).then(|| Gap::wrong("review_on", "已逾檢視日，請檢視仍否需要並更新檢視日")),
    ])
}
