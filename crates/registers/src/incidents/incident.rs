//! 資通安全事件: what happened, when it was known, reported and contained, and how bad it was.
//!
//! Why moments and not days: the clocks of the law run by the hour. Why a late report is
//! taken with its reason: what happened can't be changed, and must be recorded as it was.
//! What it can't know: the level that the superior will set; it is entered when it is known.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Grade, Group, Hand, Kind, Limit, NOTE, Raise, Record,
    RegisterSpec, Sensitivity, found,
};

const LAW: &str = "incident-regulation";

/// Levels: (as stored, as shown).
pub(super) const LEVELS: &[(&str, &str)] =
    &[("1", "第一級"), ("2", "第二級"), ("3", "第三級"), ("4", "第四級")];

/// Levels of one aspect, or that it isn't touched.
const ASPECT: &[(&str, &str)] = &[
    ("0", "無影響"),
    ("1", "第一級"),
    ("2", "第二級"),
    ("3", "第三級"),
    ("4", "第四級"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "事件編號", Kind::Text, "115-IN-001")
        .required()
        .synonyms(&["編號", "通報編號"]),
    Field::new("title", "事件摘要", Kind::Text, "官網主機遭植入惡意程式")
        .required()
        .synonyms(&["事件名稱", "案由"]),
    Field::new("found_at", "發現時間", Kind::Moment, "2026-06-01T08:50")
        .help("同仁、廠商或設備最先發現異常之時間"),
    Field::new("occurred_at", "發生時間", Kind::Moment, "2026-06-01T02:10").help("查明者填；不明時留空"),
    Field::new("known_at", "知悉時間", Kind::Moment, "2026-06-01T09:10")
        .required()
        .help("本機關知悉為資通安全事件之時間；通報時限自此起算")
        .law(LAW),
    Field::new("filled_at", "填報時間", Kind::Moment, "2026-06-01T09:30"),
    Field::new("reporter", "通報人", Kind::Text, "陳示範")
        .expected()
        .synonyms(&["填報人", "聯絡人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("phone", "電話", Kind::Text, "07-0000000").synonyms(&["聯絡電話"]),
    Field::new("email", "電子郵件", Kind::Text, "chen@example.gov.tw").sensitivity(Sensitivity::Personal),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").synonyms(&["系統名稱", "受害系統"]),
    Field::new("device_ip", "設備 IP", Kind::Text, "192.0.2.10")
        .synonyms(&["IP", "IP位址"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("url", "網址", Kind::Text, "https://www.example.gov.tw/").synonyms(&["URL"]),
    Field::new("device", "廠牌及機型", Kind::Text, "示範牌 R740").sensitivity(Sensitivity::Confidential),
    Field::new("os", "作業系統及版本", Kind::Text, "Ubuntu 22.04").sensitivity(Sensitivity::Confidential),
    Field::new("software", "受駭軟體及版本", Kind::Text, "示範內容管理系統 5.1")
        .sensitivity(Sensitivity::Confidential),
    Field::new(
        "protection",
        "已有之防護",
        Kind::Many(&[
            ("antivirus", "防毒軟體"),
            ("firewall", "防火牆"),
            ("ips", "入侵偵測及防禦"),
            ("waf", "應用程式防火牆"),
            ("edr", "端點偵測及應變"),
            ("other", "其他"),
        ]),
        r#"["antivirus","firewall"]"#,
    )
    .synonyms(&["防護軟體"]),
    Field::new(
        "classes",
        "事件分類",
        Kind::Many(&[
            ("intrusion", "系統被入侵"),
            ("outward", "對外攻擊"),
            ("targeted", "針對性攻擊"),
            ("malware", "散播惡意程式"),
            ("relay", "中繼站"),
            ("spam", "電子郵件社交工程"),
            ("web", "網頁攻擊"),
            ("dos", "阻斷服務"),
            ("device", "設備異常或毀損"),
            ("leak", "資料外洩"),
            ("other", "其他"),
        ]),
        r#"["intrusion","web"]"#,
    )
    .expected()
    .synonyms(&["分類", "事件類型"]),
    Field::new(
        "situation",
        "狀況描述",
        Kind::LongText,
        "首頁遭置換，主機有不明排程。",
    )
    .required()
    .synonyms(&["事件說明", "狀況"])
    .law(LAW),
    Field::new("level_c", "機密性衝擊", Kind::Choice(ASPECT), "0").law(LAW),
    Field::new("level_i", "完整性衝擊", Kind::Choice(ASPECT), "1").law(LAW),
    Field::new("level_a", "可用性衝擊", Kind::Choice(ASPECT), "1").law(LAW),
    Field::new("level", "事件等級", Kind::Choice(LEVELS), "1")
        .expected()
        .help("三項衝擊之最高者；審核變更後填變更後之等級")
        .synonyms(&["等級", "綜合評估等級"])
        .law(LAW),
    Field::new("major", "重大資通安全事件", Kind::Flag, "false")
        .help("依通報辦法所定等級是否屬重大事件；屬者應召開研商會議")
        .expected(),
    Field::new(
        "impact",
        "影響範圍及損害",
        Kind::LongText,
        "官網停止服務三小時，無資料外洩。",
    )
    .synonyms(&["損害評估"]),
    Field::new("personal_data", "涉及個人資料", Kind::Flag, "true"),
    Field::new(
        "measures",
        "已採因應措施",
        Kind::LongText,
        "隔離主機，保留跡證，改以靜態頁服務。",
    )
    .synonyms(&["因應措施", "應變措施"])
    .law(LAW),
    Field::new("support", "外部支援需求", Kind::LongText, "無。")
        .help("無需求者寫「無」")
        .law(LAW),
    Field::new("others", "可能涉及之其他機關", Kind::Text, "無"),
    Field::new("reported_at", "通報時間", Kind::Moment, "2026-06-01T09:55")
        .help("完成通報之時間；以其他方式通報者亦同")
        .synonyms(&["完成通報時間"])
        .law(LAW),
    Field::new("late_reason", "逾時通報原因", Kind::LongText, "無。").help("逾通報時限者敘明"),
    Field::new(
        "alternative",
        "無法依規定方式通報之事由",
        Kind::LongText,
        "通報平臺維護中，先以電話及傳真通報。",
    )
    .law(LAW),
    Field::new(
        "alternative_ended_on",
        "無法通報原因解除日",
        Kind::Date,
        "2026-06-01",
    ),
    Field::new("made_up_on", "補行通報日", Kind::Date, "2026-06-01").law(LAW),
    Field::new("city_reported_on", "回報市府資安單位日", Kind::Date, "2026-06-01"),
    Field::new(
        "level_changed_at",
        "等級變更時間",
        Kind::Moment,
        "2026-06-01T13:20",
    )
    .help("知悉等級變更之時間；續行通報之時限自此起算")
    .synonyms(&["等級變更日"])
    .law(LAW),
    Field::new(
        "reported_again_at",
        "變更後續行通報時間",
        Kind::Moment,
        "2026-06-01T13:50",
    )
    .synonyms(&["變更後續行通報日"])
    .law(LAW),
    Field::new(
        "level_history",
        "等級評估及變更紀錄",
        Kind::LongText,
        "初判第一級；審核維持。",
    ),
    Field::new("ciso_meeting_on", "研商會議日", Kind::Date, "2026-06-01")
        .help("第三級、第四級事件由資通安全長召開")
        .law(LAW),
    Field::new(
        "contained_at",
        "完成損害控制或復原時間",
        Kind::Moment,
        "2026-06-01T15:40",
    )
    .synonyms(&["復原時間", "完成復原時間"])
    .law(LAW),
    Field::new(
        "contain_notified_at",
        "通知損害控制或復原完成時間",
        Kind::Moment,
        "2026-06-01T16:10",
    )
    .help("依指定方式通知指定對象之時間")
    .law(LAW),
    Field::new(
        "contain_notified_to",
        "損害控制完成之通知對象",
        Kind::Text,
        "示範市政府資訊局",
    )
    .help("主管機關或中央目的事業主管機關指定者"),
    Field::new("report_sent_on", "改善報告送出日", Kind::Date, "2026-06-25")
        .help("調查、處理及改善報告送出之日")
        .law(LAW),
    Field::new("leak_found_on", "查明個資受侵害日", Kind::Date, "2026-06-02").law("personal-data-act"),
    Field::new("persons_told_on", "通知當事人日", Kind::Date, "2026-06-03").law("personal-data-act"),
    Field::new("closed_on", "結案日", Kind::Date, "2026-07-10"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "incident",
    title: "資通安全事件",
    help: "事件之知悉、通報、等級、損害控制與改善；各時限自所填時間起算",
    group: Group::Incidents,
    hands: &[Hand::Unit, Hand::Anybody],
    reach: crate::core::Reach::Security,
    names_row: "title",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["incident_report"],
    gaps: Some(gaps),
    limits_on: &["known_at"],
    limits: &[Limit {
        parameter: "incident.report_limit",
        judge: late_report,
    }],
    raises: &[
        raise("incident.report", "known_at", "reported_at", |_| true),
        raise("incident.internal_report", "found_at", "known_at", |_| true),
        raise("incident.contain", "known_at", "contained_at", |_| true),
        raise(
            "incident.contain_notice",
            "known_at",
            "contain_notified_at",
            |_| true,
        ),
        raise(
            "incident.improvement_report",
            "contained_at",
            "report_sent_on",
            |_| true,
        ),
        raise(
            "incident.report_again",
            "level_changed_at",
            "reported_again_at",
            |_| true,
        ),
        raise(
            "incident.report_makeup",
            "alternative_ended_on",
            "made_up_on",
            |row| !row.is_blank("alternative"),
        ),
        raise("incident.city_report", "known_at", "city_reported_on", |_| true),
        raise("incident.ciso_meeting", "known_at", "ciso_meeting_on", is_major),
        raise(
            "personal_data.notify",
            "leak_found_on",
            "persons_told_on",
            |row| row.says("personal_data"),
        ),
    ],
    grade: Some(Grade::Own {
        level: "level",
        changed: "level_changed_at",
    }),
    ..RegisterSpec::TABLE
};

pub(super) const fn raise(
    duty: &'static str,
    on: &'static str,
    settled_on: &'static str,
    when: fn(&Record<'_>) -> bool,
) -> Raise {
    Raise {
        duty,
        on,
        settled_on,
        about: None,
        when,
    }
}

fn is_major(row: &Record<'_>) -> bool {
    row.says("major")
}

/// A moment that must not lie before another.
pub(super) fn not_earlier(row: &Record<'_>, key: &str, first: &str) -> Option<FieldProblem> {
    let (at, earlier) = (row.moment(key)?, row.moment(first)?);
    (at < earlier).then(|| {
        let (label, other) = (row.label(key), row.label(first));
        FieldProblem::new(key, format!("「{label}」不可早於「{other}」，請更正其中之一"))
    })
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        not_earlier(row, "known_at", "found_at"),
        not_earlier(row, "known_at", "occurred_at"),
        not_earlier(row, "reported_at", "known_at"),
        not_earlier(row, "contained_at", "occurred_at"),
        not_earlier(row, "contained_at", "found_at"),
        not_earlier(row, "level_changed_at", "known_at"),
        unfound(row),
        early_report(row),
        not_earlier(row, "contain_notified_at", "contained_at"),
        row.not_before("made_up_on", "alternative_ended_on"),
        not_earlier(row, "reported_again_at", "level_changed_at"),
        row.not_before("persons_told_on", "leak_found_on"),
        row.not_before("closed_on", "report_sent_on"),
        wrong_level(row),
    ]);
    if !row.is_blank("reported_at") {
        problems.extend(found([
            row.need("level", "通報時應評估等級"),
            row.need("measures", "通報時應載明已採之因應措施"),
            row.need("support", "通報時應載明外部支援需求，無者寫「無」"),
        ]));
    }
    if !row.is_blank("made_up_on") {
        problems.extend(row.need("alternative", "補行通報者，應敘明先前無法依規定方式通報之事由"));
    }
    if !row.is_blank("closed_on") {
        problems.extend(found([
            row.need("contained_at", "結案前應完成損害控制或復原"),
            row.need("report_sent_on", "結案前應送出調查、處理及改善報告"),
        ]));
    }
    problems
}

/// What was contained before the agency knew of it was found by somebody before.
fn unfound(row: &Record<'_>) -> Option<FieldProblem> {
    let (contained, known) = (row.moment("contained_at")?, row.moment("known_at")?);
    let explained = ["found_at", "occurred_at"].iter().any(|key| !row.is_blank(key));
    (contained < known && !explained).then(|| {
        let (label, other) = (row.label("contained_at"), row.label("known_at"));
        let message = format!(
            "「{label}」早於「{other}」；請填「{}」，或更正時間",
            row.label("found_at")
        );
        FieldProblem::new("contained_at", message)
    })
}

/// The report tells of what was done until it was contained.
fn early_report(row: &Record<'_>) -> Option<FieldProblem> {
    let (sent, contained) = (row.date("report_sent_on")?, row.day_of("contained_at")?);
    (sent < contained).then(|| {
        let (label, other) = (row.label("report_sent_on"), row.label("contained_at"));
        FieldProblem::new(
            "report_sent_on",
            format!("「{label}」不可早於「{other}」，請更正其中之一"),
        )
    })
}

/// The level is the highest of the three aspects, until somebody else has changed it.
fn wrong_level(row: &Record<'_>) -> Option<FieldProblem> {
    let aspects = ["level_c", "level_i", "level_a"];
    if row.is_blank("level") || !row.is_blank("level_changed_at") {
        return None;
    }
    // All three have to be judged before they decide; stored levels sort as numbers.
    let judged = aspects.iter().all(|key| !row.is_blank(key));
    let highest = aspects.into_iter().max_by_key(|key| row.text(key))?;
    let (most, level) = (row.text(highest), row.text("level"));
    let differs = judged && most != level && most != "0";
    differs.then(|| {
        FieldProblem::new(
            "level",
            format!(
                "「{}」為{}，事件等級應取三項之最高者，請更正",
                row.label(highest),
                row.shown(highest)
            ),
        )
    })
}

fn late_report(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let late = bound.late(row.when("known_at")?, row.when("reported_at")?)?;
    row.is_blank("late_reason").then(|| {
        let (limit, by) = (&bound.words, late.words());
        FieldProblem::new(
            "late_reason",
            format!("自知悉至通報已逾 {limit}（遲 {by}），請敘明逾時原因；時間有誤者請更正"),
        )
    })
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let known = row.day_of("known_at").is_some_and(|day| day < book.today);
    let closed = !row.is_blank("closed_on");
    let reported = book
        .all("incident_report")
        .any(|report| report.text("incident") == row.id);
    let leak = row.says("personal_data") && row.is_blank("leak_found_on");
    found([
        (known && row.is_blank("reported_at"))
            .then(|| Gap::wrong("reported_at", "知悉後尚未通報，請立即通報並填通報時間")),
        (!row.is_blank("contained_at") && !reported)
            .then(|| Gap::missing("report_sent_on", "請登錄事件調查、處理及改善報告")),
        (leak && !closed).then(|| Gap::hint("leak_found_on", "涉及個人資料，請查明是否受侵害並填查明日")),
        row.is_blank("personal_data")
            .then(|| Gap::missing("personal_data", "請填是否涉及個人資料")),
    ])
}
