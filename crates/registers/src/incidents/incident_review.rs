//! 受理通報與等級審核: what an agency above did about an incident that another one reported to it.
//!
//! Why apart from the incident: whoever suffers it and whoever reviews it are two, each with clocks of
//! its own, and the reporter may not use this system at all. What it can't know: what the reporter did
//! since; only the moments of the review are kept here.

use super::incident::{LEVELS, not_earlier, raise};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Grade, Group, Kind, NOTE, Raise, Reach, Record, RegisterSpec,
    found,
};

const LAW: &str = "incident-regulation";

/// Who reported: which clocks run hangs on it.
const REPORTERS: &[(&str, &str)] = &[
    ("public", "所屬、監督或所轄之公務機關"),
    ("special", "所管之特定非公務機關"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-RV-001")
        .required()
        .synonyms(&["通報編號"]),
    Field::new("reporter", "通報機關", Kind::Text, "示範市政府某某處").required(),
    Field::new(
        "reporter_kind",
        "通報機關之性質",
        Kind::Choice(REPORTERS),
        "public",
    )
    .required()
    .help("特定非公務機關之事件，由中央目的事業主管機關審核"),
    Field::new("title", "事件摘要", Kind::Text, "官網主機遭植入惡意程式").required(),
    Field::new("received_at", "接獲通報時間", Kind::Moment, "2026-06-01T09:55")
        .required()
        .help("審核時限自此起算")
        .law(LAW),
    Field::new("level", "通報之事件等級", Kind::Choice(LEVELS), "1")
        .expected()
        .help("審核時限依通報之等級")
        .law(LAW),
    Field::new(
        "level_changed_at",
        "通報機關變更等級時間",
        Kind::Moment,
        "2026-06-01T11:00",
    )
    .help("審核完成前，通報機關續行通報變更等級者填")
    .law(LAW),
    Field::new("reviewed_at", "完成審核時間", Kind::Moment, "2026-06-01T13:20").law(LAW),
    Field::new("reviewed_level", "審核之事件等級", Kind::Choice(LEVELS), "1").law(LAW),
    Field::new(
        "ground",
        "審核依據及理由",
        Kind::LongText,
        "非核心系統，影響輕微，維持第一級。",
    ),
    Field::new(
        "sent_at",
        "審核結果送主管機關時間",
        Kind::Moment,
        "2026-06-01T13:50",
    )
    .law(LAW),
    Field::new("asks_support", "請求支援", Kind::Flag, "false").help("通報或應變時需本機關支援者"),
    Field::new("supported_on", "支援完成日", Kind::Date, "2026-06-02"),
    Field::new("support", "支援或協助", Kind::LongText, "派員協助保全跡證。")
        .help("無須支援者寫「無」")
        .law(LAW),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "incident_review",
    title: "受理通報與等級審核",
    help: "上級機關或中央目的事業主管機關就所接獲通報之審核與轉送；時限自接獲、審核完成之時間起算",
    group: Group::Incidents,
    reach: Reach::Security,
    names_row: "title",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[
        raise("incident.review", "received_at", "reviewed_at", is_public),
        raise("incident.review_result", "reviewed_at", "sent_at", is_public),
        Raise {
            when: |row| is_public(row) && row.says("asks_support"),
            ..raise("incident.support", "received_at", "supported_on", is_public)
        },
        raise(
            "incident.ministry_review",
            "received_at",
            "reviewed_at",
            is_special,
        ),
        raise("incident.ministry_result", "reviewed_at", "sent_at", is_special),
    ],
    grade: Some(Grade::Own {
        level: "level",
        changed: "level_changed_at",
    }),
    ..RegisterSpec::TABLE
};

fn is_public(row: &Record<'_>) -> bool {
    row.text("reporter_kind") == "public"
}

fn is_special(row: &Record<'_>) -> bool {
    row.text("reporter_kind") == "special"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        not_earlier(row, "reviewed_at", "received_at"),
        not_earlier(row, "level_changed_at", "received_at"),
        not_earlier(row, "sent_at", "reviewed_at"),
    ]);
    if !row.is_blank("reviewed_at") {
        problems.extend(row.need("reviewed_level", "完成審核者，請填審核之等級"));
    }
    if !row.is_blank("sent_at") {
        problems.extend(row.need("reviewed_at", "送出審核結果前應完成審核，請填完成審核時間"));
    }
    if !row.is_blank("reviewed_level") && row.text("reviewed_level") != row.text("level") {
        problems.extend(row.need("ground", "審核之等級與通報不同，請敘明依據及理由"));
    }
    if !row.is_blank("supported_on") {
        problems.extend(row.need("support", "已支援者，請載明支援情形"));
    }
    problems
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let unsent = !row.is_blank("reviewed_at") && row.is_blank("sent_at");
    found([unsent.then(|| Gap::missing("sent_at", "已審核而尚未送出結果，請送主管機關並填送出時間"))])
}
