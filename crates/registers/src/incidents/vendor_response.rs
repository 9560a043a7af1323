//! 廠商應變紀錄: what a vendor did about an incident under its contract, moment by moment.
//!
//! Why apart from the incident: the contract's clocks run beside the law's, each from its
//! own moment, and one incident may concern several contracts. What it can't know: what the
//! signed contract says beyond the baselines that it names.

use super::incident::not_earlier;
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Grade, Group, Hand, Kind, NOTE, Raise, Reach, Record,
    RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-VR-001").required(),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .required()
        .synonyms(&["契約名稱"]),
    Field::new("incident", "事件", Kind::Reference("incident"), "i1").synonyms(&["事件編號"]),
    Field::new("matter", "事由", Kind::LongText, "維護主機遭入侵。")
        .required()
        .synonyms(&["事件摘要"]),
    Field::new("occurred_at", "發生時間", Kind::Moment, "2026-06-01T02:10"),
    Field::new("known_at", "廠商知悉時間", Kind::Moment, "2026-06-01T09:05"),
    Field::new(
        "told_agency_at",
        "廠商通報機關時間",
        Kind::Moment,
        "2026-06-01T09:20",
    )
    .help("廠商知悉後通知本機關之時間"),
    Field::new(
        "told_vendor_at",
        "機關通報廠商時間",
        Kind::Moment,
        "2026-06-01T09:30",
    )
    .help("廠商接獲本機關通報之時間"),
    Field::new(
        "responded_at",
        "完成初步應變時間",
        Kind::Moment,
        "2026-06-01T11:00",
    ),
    Field::new("team_at", "成立應變小組時間", Kind::Moment, "2026-06-01T10:30"),
    Field::new("onsite", "須到場應變", Kind::Flag, "true"),
    Field::new("onsite_at", "到場時間", Kind::Moment, "2026-06-01T11:10"),
    Field::new(
        "contained_at",
        "完成圍堵、根除與復原建議時間",
        Kind::Moment,
        "2026-06-01T15:40",
    ),
    Field::new(
        "forensics_told_at",
        "接獲鑑識通知時間",
        Kind::Moment,
        "2026-06-02T09:00",
    ),
    Field::new("forensics_report_on", "鑑識報告提交日", Kind::Date, "2026-06-12"),
    Field::new(
        "forensics_team",
        "鑑識團隊及證照",
        Kind::Text,
        "示範鑑識公司；電腦鑑識調查員證照",
    ),
    Field::new("handled_on", "處理完畢日", Kind::Date, "2026-06-05"),
    Field::new("report_on", "處理報告提交日", Kind::Date, "2026-06-12"),
    Field::new("breach_on", "知悉個資受侵害日", Kind::Date, "2026-06-01").help("涉及個人資料外洩者填"),
    Field::new("breach_told_on", "個資受侵害通知日", Kind::Date, "2026-06-01")
        .help("廠商通知本機關並開始調查、控制與修復之日"),
    Field::new("checked_on", "確認執行情形日", Kind::Date, "2026-06-15")
        .help("本機關以稽核或其他方式確認受託業務執行情形之日")
        .law("enforcement-rules"),
    Field::new(
        "checked",
        "確認結果",
        Kind::LongText,
        "補救措施均已完成，未再發生。",
    ),
    Field::new(
        "demand",
        "換人、限改或其他要求",
        Kind::LongText,
        "限七日內更換維護人員。",
    ),
    Field::new("demand_due", "限期改善日", Kind::Date, "2026-06-20"),
    Field::new("demand_done_on", "改善完成日", Kind::Date, "2026-06-18"),
    Field::new("claim", "損害賠償及追償", Kind::LongText, "無。"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "vendor_response",
    title: "廠商應變紀錄",
    help: "廠商就資安事件之通報、應變、到場、鑑識與報告，及本機關之確認；契約時限自所填時間起算",
    group: Group::Incidents,
    hands: &[Hand::VendorReads, Hand::VendorWrites],
    reach: Reach::Security,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[
        raise("contract.incident.notify", "known_at", "told_agency_at"),
        raise(
            "contract.incident.first_response",
            "told_vendor_at",
            "responded_at",
        ),
        raise("contract.incident.team", "told_vendor_at", "team_at"),
        Raise {
            when: |row| row.says("onsite"),
            ..raise("contract.incident.onsite", "told_vendor_at", "onsite_at")
        },
        raise("contract.incident.contain", "occurred_at", "contained_at"),
        raise(
            "contract.incident.forensics",
            "forensics_told_at",
            "forensics_report_on",
        ),
        raise("contract.incident.report", "handled_on", "report_on"),
        raise("contract.privacy.breach", "breach_on", "breach_told_on"),
        Raise {
            about: None,
            ..raise("outsourcing.check", "told_agency_at", "checked_on")
        },
    ],
    grade: Some(Grade::Of("incident")),
    ..RegisterSpec::TABLE
};

const fn raise(duty: &'static str, on: &'static str, settled_on: &'static str) -> Raise {
    Raise {
        duty,
        on,
        settled_on,
        about: Some("contract"),
        when: |_| true,
    }
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        not_earlier(row, "known_at", "occurred_at"),
        not_earlier(row, "told_agency_at", "known_at"),
        not_earlier(row, "responded_at", "told_vendor_at"),
        not_earlier(row, "team_at", "told_vendor_at"),
        not_earlier(row, "onsite_at", "told_vendor_at"),
        not_earlier(row, "contained_at", "occurred_at"),
        row.not_before("report_on", "handled_on"),
        row.not_before("breach_told_on", "breach_on"),
    ]);
    if !row.is_blank("checked_on") {
        problems.extend(row.need("checked", "已確認執行情形者應填結果"));
    }
    if !row.is_blank("demand_due") {
        problems.extend(row.need("demand", "定有限期者應填所要求之事項"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let late = row.date("demand_due").is_some_and(|due| due < book.today);
    let told = !row.is_blank("told_agency_at") || !row.is_blank("told_vendor_at");
    found([
        (late && row.is_blank("demand_done_on"))
            .then(|| Gap::wrong("demand_done_on", "已逾限期而未改善，請依契約處理，得終止者並敘明")),
        (told && row.is_blank("incident"))
            .then(|| Gap::hint("incident", "請選本機關登錄之事件；尚未登錄者請先登錄")),
    ])
}
