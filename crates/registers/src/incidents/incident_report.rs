//! 事件調查、處理及改善報告: what was found out about an incident, and what keeps it from
//! happening again.
//!
//! Why sending is guarded: the law lists what the report contains. What it can't know:
//! whether the cause that is named is the true one.

use super::incident::not_earlier;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Reach, Record, RegisterSpec, found,
};

const LAW: &str = "incident-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "報告編號", Kind::Text, "115-IR-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("incident", "事件", Kind::Reference("incident"), "i1")
        .required()
        .synonyms(&["事件編號"]),
    Field::new("occurred_at", "發生時間", Kind::Moment, "2026-06-01T02:10").law(LAW),
    Field::new("known_at", "知悉時間", Kind::Moment, "2026-06-01T09:10").law(LAW),
    Field::new(
        "contained_at",
        "完成損害控制或復原時間",
        Kind::Moment,
        "2026-06-01T15:40",
    )
    .law(LAW),
    Field::new(
        "impact",
        "影響範圍及損害評估",
        Kind::LongText,
        "官網停止服務三小時，無資料外洩。",
    )
    .law(LAW),
    Field::new(
        "containment",
        "損害控制及復原歷程",
        Kind::LongText,
        "九時三十分隔離主機；十五時四十分由備份復原。",
    )
    .law(LAW),
    Field::new(
        "investigation",
        "調查及處理歷程",
        Kind::LongText,
        "檢視日誌，入侵途徑為未更新之外掛。",
    )
    .law(LAW),
    Field::new(
        "root_cause",
        "根因分析",
        Kind::LongText,
        "外掛弱點逾三個月未更新，未列入資產清冊。",
    )
    .synonyms(&["發生原因"])
    .law(LAW),
    Field::new(
        "managerial",
        "管理面防範措施",
        Kind::LongText,
        "外掛納入資產清冊。",
    )
    .law(LAW),
    Field::new(
        "technical",
        "技術面防範措施",
        Kind::LongText,
        "啟用自動更新與應用程式防火牆。",
    )
    .law(LAW),
    Field::new("people", "人力面防範措施", Kind::LongText, "指定代理人。").law(LAW),
    Field::new(
        "resources",
        "資源面防範措施",
        Kind::LongText,
        "編列弱點管理經費。",
    )
    .law(LAW),
    Field::new("due", "預定完成日", Kind::Date, "2026-08-31").law(LAW),
    Field::new(
        "tracking",
        "成效追蹤機制",
        Kind::LongText,
        "每季於推動小組會議報告。",
    )
    .law(LAW),
    Field::new("corrective", "矯正措施", Kind::Reference("corrective"), "c1"),
    Field::new("extended_on", "同意延長日", Kind::Date, "2026-06-20").help("申請延長送交期限經同意者填"),
    Field::new("extended_to", "延長至", Kind::Date, "2026-07-31"),
    Field::new("to", "受理機關", Kind::Text, "示範市政府").synonyms(&["送交機關"]),
    Field::new("sent_on", "送出日", Kind::Date, "2026-06-25")
        .help("各項內容均填後送出")
        .synonyms(&["送交日"]),
    Field::new("asked_on", "要求說明或調整日", Kind::Date, "2026-07-02"),
    Field::new("answered_on", "說明或調整完成日", Kind::Date, "2026-07-06"),
    EVIDENCE,
    NOTE,
];

/// What the report must contain.
const CONTENTS: [&str; 6] = [
    "impact",
    "containment",
    "investigation",
    "root_cause",
    "due",
    "tracking",
];

/// Measures against it happening again; one at least.
const MEASURES: [&str; 4] = ["managerial", "technical", "people", "resources"];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "incident_report",
    title: "事件調查、處理及改善報告",
    help: "事件之時間、損害、歷程、根因、防範措施與追蹤；各項均填後送出",
    group: Group::Incidents,
    reach: Reach::Security,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["incident"],
    rules: Some(rules),
    gaps: Some(gaps),
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        not_earlier(row, "known_at", "occurred_at"),
        not_earlier(row, "contained_at", "occurred_at"),
        row.not_before("answered_on", "asked_on"),
        row.not_before("asked_on", "sent_on"),
    ]);
    if !row.is_blank("sent_on") {
        problems.extend(
            CONTENTS
                .iter()
                .filter_map(|key| row.need(key, "送出前，報告各項內容均應填寫")),
        );
        let timed = row.need("known_at", "送出前應載明發生或知悉之時間");
        problems.extend(timed.filter(|_| row.is_blank("occurred_at")));
        problems.extend(row.need("contained_at", "送出前應載明完成損害控制或復原之時間"));
        if MEASURES.iter().all(|key| row.is_blank(key)) {
            problems.push(FieldProblem::new(
                "managerial",
                "送出前，管理、技術、人力、資源各面至少填一項防範措施",
            ));
        }
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let Some(incident) = book.of(row, "incident") else {
        return Vec::new();
    };
    let differs = |key: &str| {
        let (own, told) = (row.moment(key)?, incident.moment(key)?);
        (own != told).then(|| {
            let label = row.label(key);
            FieldProblem::new(key, format!("「{label}」與事件所載不符，請更正其中之一"))
        })
    };
    found([
        differs("occurred_at"),
        differs("known_at"),
        differs("contained_at"),
    ])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let incident = book.of(row, "incident");
    let untold = incident.is_some_and(|incident| incident.date("report_sent_on") != row.date("sent_on"));
    let asked = !row.is_blank("asked_on") && row.is_blank("answered_on");
    let late = row.date("extended_to").is_some_and(|day| day < book.today) && row.is_blank("sent_on");
    found([
        (untold && !row.is_blank("sent_on"))
            .then(|| Gap::wrong("sent_on", "事件之改善報告送出日與此不同，請更新事件")),
        asked.then(|| Gap::wrong("answered_on", "已被要求說明或調整，請辦理後填完成日")),
        late.then(|| Gap::wrong("sent_on", "已逾同意延長之期限而未送出，請儘速送出")),
    ])
}
