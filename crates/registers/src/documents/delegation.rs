//! 上級代辦: which of the agency's plan and report its superior makes in its place, and by whose consent.
//!
//! Why consent has its day, number and file: without it the duty stays with the agency. Why an open
//! end is confirmed anew: a consent of years ago doesn't show how things are today. What it can't
//! know: whether it was done; what was done is recorded as of any duty.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Record, RegisterSpec, found,
};
use facts::{Delegation, Source};

const LAW: &str = "enforcement-rules";

const PLAN: &str = "plan.establish";
const REPORT: &str = "implementation_report.submit";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-DG-001").required(),
    Field::new(
        "what",
        "代辦事項",
        Kind::Choice(&[
            ("plan", "維護計畫之訂定、修正及實施"),
            ("report", "實施情形之提出"),
            ("both", "維護計畫及實施情形"),
        ]),
        "both",
    )
    .required()
    .law(LAW),
    Field::new(
        "kind",
        "代辦機關之關係",
        Kind::Choice(&[
            ("superior", "上級機關"),
            ("supervising", "監督機關"),
            ("affiliated", "上級或監督機關所屬公務機關"),
            ("ministry", "中央目的事業主管機關"),
            ("ministry_agency", "中央目的事業主管機關所屬公務機關"),
            ("ministry_body", "中央目的事業主管機關所管特定非公務機關"),
        ]),
        "superior",
    )
    .required()
    .law(LAW),
    Field::new("by", "代辦機關", Kind::Text, "示範市政府")
        .required()
        .synonyms(&["辦理機關"])
        .law(LAW),
    Field::new("applied_on", "申請日期", Kind::Date, "2026-01-10").required(),
    Field::new("agreed_by", "同意機關", Kind::Text, "示範市政府")
        .help("公務機關為上級或監督機關；特定非公務機關為中央目的事業主管機關")
        .law(LAW),
    Field::new("agreed_on", "同意日", Kind::Date, "2026-01-20")
        .help("未經同意者留空，應辦事項仍由本機關辦理")
        .law(LAW),
    Field::new("agreed_no", "同意文號", Kind::Text, "府資安字第1150000003號")
        .expected()
        .synonyms(&["文號"]),
    Field::new("from", "起日", Kind::Date, "2026-02-01").required(),
    Field::new("until", "迄日", Kind::Date, "2027-12-31")
        .help("代辦之最後一天；同意未定期間者留空，並每年確認")
        .synonyms(&["期限"]),
    Field::new("confirmed_on", "最近確認日", Kind::Date, "2027-01-15")
        .help("未定期間者，最近一次確認同意仍然有效之日，並附佐證"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "delegation",
    title: "上級代辦之同意",
    help: "維護計畫或實施情形經同意由上級等機關代辦：代辦機關、同意、期間；代辦之結果登錄於辦理紀錄並附佐證",
    group: Group::Documents,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "plan.delegate",
        on: "applied_on",
        settled_on: "agreed_on",
        about: None,
        when: |_| true,
    }],
    ..RegisterSpec::TABLE
};

/// What another does for the agency by a record.
pub(crate) fn delegations(
    row: &Record<'_>,
    evidence: usize,
    decided: bool,
    source: &Source,
) -> Vec<Delegation> {
    let duties: &[&str] = match row.text("what") {
        "plan" => &[PLAN],
        "report" => &[REPORT],
        "both" => &[PLAN, REPORT],
        _ => &[],
    };
    let Some(from) = row.date("from") else {
        return Vec::new();
    };
    let one = |duty: &&str| Delegation {
        duty: (*duty).to_owned(),
        by: row.text("by").to_owned(),
        from,
        until: row.date("until"),
        agreed_by: match row.text("agreed_by") {
            "" => row.text("by"),
            name => name,
        }
        .to_owned(),
        agreed_on: row.date("agreed_on"),
        agreed_no: row.text("agreed_no").to_owned(),
        confirmed_on: row.date("confirmed_on"),
        evidence,
        decided,
        source: source.clone(),
    };
    duties.iter().map(one).collect()
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("agreed_on", "applied_on"),
        row.not_before("until", "from"),
        row.not_before("confirmed_on", "agreed_on"),
    ]);
    if !row.is_blank("agreed_on") {
        problems.extend(row.need("agreed_by", "經同意者應填同意機關"));
    }
    if !row.is_blank("agreed_no") || !row.is_blank("confirmed_on") {
        problems.extend(row.need("agreed_on", "有同意文號或確認日者，應填同意日"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let begun = row.date("from").is_some_and(|from| from <= book.today);
    let over = row.date("until").is_some_and(|until| until < book.today);
    found([
        (begun && !over && row.is_blank("agreed_on")).then(|| {
            Gap::wrong(
                "agreed_on",
                "代辦已開始而未登錄同意；未經同意者仍由本機關辦理，請補正",
            )
        }),
        (begun && !over && !row.is_blank("agreed_on") && row.files("evidence").is_empty())
            .then(|| Gap::missing("evidence", "請附同意函；無佐證者，應辦事項仍列本機關辦理")),
    ])
}
