//! 適任性查核: who had to be vetted, what came back, and that he was heard.
//!
//! Why restricted: the findings are about a person's past. Why days of notice and statement
//! are fields: clocks of the law run from them. What it can't know: whether the work really
//! touches state secrets; whoever proposes the appointment says so.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Raise, Reach, Record,
    RegisterSpec, Sensitivity, found,
};

const LAW: &str = "personnel-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-VT-001").required(),
    Field::new("person_name", "當事人", Kind::Text, "陳示範")
        .required()
        .synonyms(&["姓名", "擬任人員"])
        .sensitivity(Sensitivity::Personal),
    Field::new("unit", "單位或公司", Kind::Text, "資訊科"),
    Field::new(
        "kind",
        "類別",
        Kind::Choice(&[
            ("staff", "擬任資安專職人員"),
            ("deputy", "代理資安專職人員"),
            ("vendor", "受託者人員"),
        ]),
        "staff",
    )
    .required()
    .law(LAW),
    Field::new(
        "work",
        "涉及之業務",
        Kind::LongText,
        "經核定為國家機密之系統維運。",
    )
    .required()
    .help("涉及國家機密、軍事機密或國防秘密之業務")
    .sensitivity(Sensitivity::Confidential),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").help("受託者人員者必選"),
    Field::new("proposed_on", "擬任或代理起日", Kind::Date, "2026-05-01")
        .required()
        .help("受託者人員者，填擬派任之日"),
    Field::new("deputy_months", "代理月數", Kind::Decimal, "4")
        .help("代理者填，預計代理之月數")
        .law(LAW),
    Field::new("consented_on", "當事人書面同意日", Kind::Date, "2026-05-02"),
    Field::new("informed_on", "知會當事人日", Kind::Date, "2026-05-04").law(LAW),
    Field::new("requested_on", "函請查核日", Kind::Date, "2026-05-04").synonyms(&["函查日"]),
    Field::new("request_no", "函查文號", Kind::Text, "府人字第1150000000號"),
    Field::new("replied_on", "函復日", Kind::Date, "2026-06-01").help("收受查核機關函復之日"),
    Field::new("found", "有查得事項", Kind::Flag, "true").sensitivity(Sensitivity::Personal),
    Field::new("notified_on", "書面通知當事人日", Kind::Date, "2026-06-02").law(LAW),
    Field::new("stated_on", "當事人陳述或申辯日", Kind::Date, "2026-06-10")
        .help("當事人提出者填，以一次為限")
        .law(LAW),
    Field::new("rechecked_on", "函請重行查核日", Kind::Date, "2026-06-12").law(LAW),
    Field::new(
        "result",
        "查核結果",
        Kind::Choice(&[("fit", "適任"), ("unfit", "不適任")]),
        "fit",
    )
    .sensitivity(Sensitivity::Personal),
    Field::new("decided_on", "認定日", Kind::Date, "2026-07-01"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "vetting",
    title: "適任性查核",
    help: "應查核之資安專職人員、代理人員與受託者人員之函查、通知、陳述及認定",
    group: Group::People,
    reach: Reach::Restricted,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits_on: &["proposed_on"],
    limits: &[Limit {
        parameter: "vetting.deputy_months",
        judge: long_deputy,
    }],
    raises: &[
        Raise {
            duty: "vetting.conduct",
            on: "proposed_on",
            settled_on: "decided_on",
            about: None,
            when: is_staff,
        },
        Raise {
            duty: "outsourcing.vetting",
            on: "proposed_on",
            settled_on: "decided_on",
            about: None,
            when: is_vendor,
        },
        Raise {
            duty: "vetting.notify",
            on: "replied_on",
            settled_on: "notified_on",
            about: None,
            when: |row| is_staff(row) && row.says("found"),
        },
        Raise {
            duty: "vetting.review",
            on: "stated_on",
            settled_on: "rechecked_on",
            about: None,
            when: is_staff,
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_vendor(row: &Record<'_>) -> bool {
    row.text("kind") == "vendor"
}

fn is_staff(row: &Record<'_>) -> bool {
    !is_vendor(row)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("replied_on", "requested_on"),
        row.not_before("notified_on", "replied_on"),
        row.not_before("stated_on", "notified_on"),
        row.not_before("rechecked_on", "stated_on"),
        row.not_before("decided_on", "replied_on"),
    ]);
    if is_vendor(row) {
        problems.extend(row.need("contract", "受託者人員應選所履行之契約"));
        if !row.is_blank("requested_on") || !row.is_blank("decided_on") {
            problems.extend(row.need("consented_on", "查核受託者人員前，應取得當事人書面同意"));
            problems.extend(row.not_before("requested_on", "consented_on"));
        }
    }
    if !row.is_blank("decided_on") {
        problems.extend(row.need("result", "已認定者應填查核結果"));
        if row.says("found") && is_staff(row) {
            problems.extend(row.need("notified_on", "有查得事項者，應先書面通知當事人"));
        }
        if !row.is_blank("stated_on") {
            problems.extend(row.need("rechecked_on", "當事人已陳述或申辯者，應先函請重行查核"));
        }
    }
    problems
}

fn long_deputy(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let months = row.decimal("deputy_months")?;
    let long = row.text("kind") == "deputy" && months > bound.number?;
    let undone = long && !row.is_blank("decided_on") && row.is_blank("requested_on");
    undone.then(|| {
        FieldProblem::new(
            "requested_on",
            format!("代理逾 {} 者亦應查核，請函請查核後再認定", bound.words),
        )
    })
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let silent = !row.is_blank("requested_on") && row.is_blank("informed_on") && is_staff(row);
    let unsaid = !row.is_blank("replied_on") && row.flag("found").is_none();
    found([
        silent.then(|| Gap::missing("informed_on", "已函請查核，請知會當事人並填日期")),
        unsaid.then(|| Gap::missing("found", "已收受函復，請填有無查得事項")),
    ])
}
