//! 列管作業: what a superior, the competent authority or an auditor asked for, and by when.
//!
//! Why the kind is asked for: several duties wait for just such a request, and their clocks
//! start on its day; others are done by what is handed in. What it can't know: requests that
//! nobody entered.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Raise, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "列管編號", Kind::Text, "115-CP-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("title", "事項", Kind::Text, "提報責任等級應辦事項辦理情形")
        .required()
        .synonyms(&["案名", "主旨", "列管事項"]),
    Field::new(
        "kind",
        "類別",
        Kind::Choice(&[
            ("level_report", "應辦事項及防護基準提報"),
            ("findings", "檢測結果修補回報"),
            ("audit", "配合稽核"),
            ("audit_result", "稽核結果之改善報告"),
            ("audit_follow_up", "改善報告執行情形"),
            ("drill", "配合演練"),
            ("dispatch", "人力調度支援"),
            ("roster", "資安人員名冊備查"),
            ("maturity", "資安治理成熟度評估"),
            ("level", "責任等級之提交或核定"),
            ("survey", "調查及填報"),
            ("other", "其他"),
        ]),
        "level_report",
    )
    .required(),
    Field::new("asked_by", "交辦機關", Kind::Text, "示範市政府資訊局")
        .required()
        .synonyms(&["來文機關", "發文機關", "交辦單位"]),
    Field::new("asked_on", "交辦日", Kind::Date, "2026-05-04")
        .required()
        .help("收受通知之日")
        .synonyms(&["收文日", "來文日期"]),
    Field::new("asked_no", "來文文號", Kind::Text, "府資安字第1150000000號").synonyms(&["文號"]),
    Field::new(
        "demand",
        "要求內容",
        Kind::LongText,
        "於期限內至系統填報各項辦理情形。",
    )
    .synonyms(&["說明"]),
    Field::new("due", "期限", Kind::Date, "2026-05-29")
        .expected()
        .synonyms(&["回復期限", "預定完成日"]),
    Field::new("owner", "承辦人", Kind::Text, "陳示範").expected(),
    Field::new("answer", "辦理情形", Kind::LongText, "已完成填報。").synonyms(&["回復內容"]),
    Field::new("answered_on", "回復日", Kind::Date, "2026-05-25")
        .help("送出回復、報告或完成配合之日")
        .synonyms(&["回復日期", "函復日"]),
    Field::new("answer_no", "回復文號", Kind::Text, "府會字第1150000001號"),
    Field::new("done_on", "解除列管日", Kind::Date, "2026-06-10").synonyms(&["結案日"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "campaign",
    title: "列管作業",
    help: "上級、主管機關或稽核機關交辦事項之期限、回復與解除列管",
    group: Group::Documents,
    names_row: "title",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[
        proof("personnel.roster", |row| row.text("kind") == "roster"),
        proof("maturity.assess", |row| row.text("kind") == "maturity"),
        proof("maturity.assess_provider", |row| row.text("kind") == "maturity"),
        proof("level.submit", |row| row.text("kind") == "level"),
    ],
    raises: &[
        raise("level_duties.report", |row| row.text("kind") == "level_report"),
        raise("findings.report_back", |row| row.text("kind") == "findings"),
        raise("audit.cooperate", |row| row.text("kind") == "audit"),
        raise("audit.improvement_report", |row| {
            row.text("kind") == "audit_result"
        }),
        raise("audit.improvement_follow_up", |row| {
            row.text("kind") == "audit_follow_up"
        }),
        raise("level.change", |row| row.text("kind") == "level"),
        raise("drill.cooperate", |row| row.text("kind") == "drill"),
        raise("dispatch.support", |row| row.text("kind") == "dispatch"),
    ],
    ..RegisterSpec::TABLE
};

const fn raise(duty: &'static str, when: fn(&Record<'_>) -> bool) -> Raise {
    Raise {
        duty,
        on: "asked_on",
        settled_on: "answered_on",
        about: None,
        when,
    }
}

const fn proof(duty: &'static str, when: fn(&Record<'_>) -> bool) -> Proof {
    Proof {
        duty,
        on: "answered_on",
        until: &[],
        about: None,
        when,
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("due", "asked_on"),
        row.not_before("answered_on", "asked_on"),
        row.not_before("done_on", "asked_on"),
        row.not_before("done_on", "answered_on"),
    ]);
    if !row.is_blank("answered_on") {
        problems.extend(row.need("answer", "已回復者應填辦理情形"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let open = row.is_blank("answered_on") && row.is_blank("done_on");
    let late = open && row.date("due").is_some_and(|due| due < book.today);
    let idle = !row.is_blank("answered_on") && row.is_blank("done_on");
    found([
        late.then(|| Gap::wrong("answered_on", "已逾期限而未回復，請儘速辦理或申請展延")),
        idle.then(|| Gap::hint("done_on", "已回復而尚未解除列管，請確認後填解除列管日")),
    ])
}
