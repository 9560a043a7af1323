//! 作業中斷與異常: what stood still, from when until when, why, and what was done.
//!
//! Why moments: availability is counted from them. What it can't know: interruptions that
//! nobody noticed; monitoring shows those.

use crate::core::checks::{at, later};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-OT-001")
        .required()
        .synonyms(&["編號", "項次"]),
    Field::new("what", "中斷之服務或作業", Kind::Text, "公文系統無法登入")
        .required()
        .synonyms(&["異常情形", "中斷服務", "主旨"])
        .law(LAW),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1")
        .help("可用率依此計算；與系統無關者（如電力、網路）留空")
        .synonyms(&["系統名稱"]),
    Field::new(
        "kind",
        "類別",
        Kind::Choice(&[
            ("interruption", "作業中斷"),
            ("correction", "資料更正"),
            ("degraded", "效能異常"),
            ("other", "其他異常"),
        ]),
        "interruption",
    )
    .required(),
    Field::new("planned", "預先公告之停機", Kind::Flag, "false")
        .required()
        .help("事先公告之維護填「是」；不計入非預期中斷"),
    Field::new("from", "開始時間", Kind::Moment, "2026-05-04T09:10")
        .required()
        .synonyms(&["中斷時間", "發生時間", "起"]),
    Field::new("until", "恢復時間", Kind::Moment, "2026-05-04T10:40").synonyms(&[
        "結束時間",
        "復原時間",
        "迄",
    ]),
    Field::new("found_by", "發現方式", Kind::Text, "監控告警"),
    Field::new("impact", "影響範圍", Kind::LongText, "全機關無法收發公文。").expected(),
    Field::new("cause", "原因", Kind::LongText, "資料庫連線數用盡。").synonyms(&["發生原因"]),
    Field::new(
        "measure",
        "處置情形",
        Kind::LongText,
        "重新啟動服務並調整連線數上限。",
    )
    .synonyms(&["處理情形", "因應措施"]),
    Field::new("prevention", "預防再發措施", Kind::LongText, "增設連線數告警。"),
    Field::new("incident_no", "資安事件編號", Kind::Text, "115-IN-002")
        .help("經判斷屬資通安全事件者，填事件編號"),
    Field::new("recorded_by", "記錄人", Kind::Text, "林示範").expected(),
    Field::new("closed_on", "結案日", Kind::Date, "2026-05-06"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "outage",
    title: "作業中斷與異常紀錄",
    help: "作業中斷、更正與其他異常之起訖、原因與處置；可用率由此計算",
    group: Group::Systems,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["system"],
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "operation.monitor",
        on: "closed_on",
        until: &[],
        about: None,
        when: is_closed,
    }],
    ..RegisterSpec::TABLE
};

fn is_closed(row: &Record<'_>) -> bool {
    !row.is_blank("closed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([later(row, "until", "from")]);
    if is_closed(row) {
        problems.extend(found([
            row.need("until", "結案前應已恢復作業"),
            row.need("cause", "結案前應查明原因；無法查明者敘明"),
            row.need("measure", "結案前應記錄處置情形"),
        ]));
        let early = row.date("closed_on") < row.day_of("until").or(row.day_of("from"));
        if early {
            problems.push(FieldProblem::new(
                "closed_on",
                "「結案日」不可早於恢復之日，請更正其中之一",
            ));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if row.is_blank("until") {
        let standing = row.day_of("from").is_some_and(|day| day < book.today);
        return found([
            standing.then(|| Gap::wrong("until", "開始後已逾一日而未登錄恢復時間，請確認是否已恢復"))
        ]);
    }
    let hours = at(row, "from")
        .zip(at(row, "until"))
        .map(|(from, until)| from.duration_until(until).as_secs_f64() / 3600.0);
    let most = book.of(row, "system").and_then(|s| s.decimal("mtpd_hours"));
    let over = hours
        .zip(most)
        .filter(|(hours, most)| hours > most && !row.says("planned"));
    found([
        row.is_blank("cause")
            .then(|| Gap::missing("cause", "作業已恢復，請補填原因")),
        over.filter(|_| row.is_blank("prevention")).map(|(hours, most)| {
            Gap::wrong(
                "prevention",
                format!(
                    "中斷 {hours:.1} 小時，超過該系統最大可容忍中斷時間 {most} 小時，請檢討備援並填預防再發措施"
                ),
            )
        }),
    ])
}
