//! 可用率: how much of its operating time a system was there, over a period.
//!
//! Why a rate below the law's floor is taken once it says what is done about it: the rate is
//! a fact, and refusing it would only hide it. What it can't know: interruptions that were
//! not recorded.

use crate::core::checks::{at, days, share};
use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Group, Kind, Limit, NOTE, Record, RegisterSpec,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-AV-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1")
        .required()
        .synonyms(&["系統名稱"]),
    Field::new("from", "統計起日", Kind::Date, "2026-01-01")
        .required()
        .synonyms(&["起日"]),
    Field::new("until", "統計迄日", Kind::Date, "2026-12-31")
        .required()
        .help("含當日")
        .synonyms(&["迄日"]),
    Field::new("service_hours", "總運作時數", Kind::Decimal, "8760")
        .required()
        .help("期間內應提供服務之時數；全天候者為日數乘以 24")
        .synonyms(&["總時數", "應運作時數"]),
    Field::new("unplanned_minutes", "非預期中斷分鐘數", Kind::Number, "90")
        .required()
        .synonyms(&["中斷分鐘", "非計畫中斷"]),
    Field::new("planned_minutes", "預先公告之停機分鐘數", Kind::Number, "240").synonyms(&["計畫性停機"]),
    Field::new("rate", "可用率（%）", Kind::Decimal, "99.98")
        .required()
        .help("總運作時數扣除非預期中斷後，占總運作時數之百分比")
        .synonyms(&["可用率", "可用性"]),
    Field::new("public_service", "與民眾相關之服務", Kind::Flag, "false"),
    Field::new(
        "improvement",
        "未達標之檢討與改善",
        Kind::LongText,
        "增設備援主機。",
    )
    .help("低於所定可用率者必填"),
    Field::new("counted_by", "統計人", Kind::Text, "陳示範").expected(),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "availability",
    title: "系統可用率統計",
    help: "各系統於一段期間之可用率；中斷分鐘數須與作業中斷紀錄相符",
    group: Group::Systems,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["system", "outage"],
    rules: Some(rules),
    limits_on: &["until"],
    limits: &[
        Limit {
            parameter: "availability.all",
            judge: any_system,
        },
        Limit {
            parameter: "availability.high_system",
            judge: high_system,
        },
        Limit {
            parameter: "availability.public_service",
            judge: public_service,
        },
    ],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = Vec::new();
    problems.extend(share(row, "rate"));
    problems.extend(row.not_before("until", "from"));
    if row.decimal("service_hours") == Some(0.0) {
        problems.push(FieldProblem::new(
            "service_hours",
            "「總運作時數」應大於零，請更正",
        ));
    }
    problems
}

/// Minutes of a system's interruptions within the period, planned or not.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "minutes of a few years"
)]
fn minutes(row: &Record<'_>, book: &Book<'_>, planned: bool) -> Option<u64> {
    let (first, last) = (row.date("from")?, row.date("until")?);
    let (start, end) = (first.at(0, 0, 0, 0), last.tomorrow().ok()?.at(0, 0, 0, 0));
    let of_system = book
        .all("outage")
        .filter(|o| o.text("system") == row.text("system") && o.text("kind") == "interruption");
    let total: f64 = of_system
        .filter(|o| o.says("planned") == planned)
        .filter_map(|o| {
            // One that still lasts counts to the period's end.
            let from = at(&o, "from")?.max(start);
            let until = at(&o, "until").unwrap_or(end).min(end);
            Some(from.duration_until(until).as_mins().max(0) as f64)
        })
        .sum();
    Some(total as u64)
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let hours = row.decimal("service_hours").unwrap_or_default();
    if let Some((from, until)) = row.date("from").zip(row.date("until")) {
        #[expect(clippy::cast_precision_loss, reason = "days of a few years")]
        let most = days(from, until) as f64 * 24.0;
        if hours > most {
            problems.push(FieldProblem::new(
                "service_hours",
                format!("期間只有 {most} 小時，「總運作時數」不可多於此，請更正"),
            ));
        }
    }
    for (key, planned) in [("unplanned_minutes", false), ("planned_minutes", true)] {
        if let Some((stated, counted)) = row.number(key).zip(minutes(row, book, planned))
            && stated != counted
        {
            let label = row.label(key);
            problems.push(FieldProblem::new(
                key,
                format!("作業中斷紀錄於期間內計 {counted} 分鐘，「{label}」填 {stated}，請更正其中之一"),
            ));
        }
    }
    if let Some((rate, unplanned)) = row.decimal("rate").zip(row.number("unplanned_minutes")) {
        #[expect(clippy::cast_precision_loss, reason = "minutes of a few years")]
        let counted = (hours * 60.0 - unplanned as f64) / (hours * 60.0) * 100.0;
        // A rounding of the second decimal is no contradiction.
        if (rate - counted).abs() > 0.01 {
            problems.push(FieldProblem::new(
                "rate",
                format!("依總運作時數與非預期中斷計算為 {counted:.2}，「可用率（%）」填 {rate}，請更正"),
            ));
        }
    }
    problems
}

fn below(row: &Record<'_>, bound: &Bound) -> Option<FieldProblem> {
    let (rate, least) = (row.decimal("rate")?, bound.number?);
    (rate < least && row.is_blank("improvement")).then(|| {
        FieldProblem::new(
            "improvement",
            format!("可用率 {rate}% 低於 {}，請填檢討與改善", bound.words),
        )
    })
}

fn any_system(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    below(row, bound)
}

fn high_system(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    let is_high = book.of(row, "system")?.text("grade") == "高";
    is_high.then(|| below(row, bound)).flatten()
}

fn public_service(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    let faces = book.of(row, "system").is_some_and(|s| s.says("public_facing"));
    let is_public = row.flag("public_service").unwrap_or(faces);
    is_public.then(|| below(row, bound)).flatten()
}
