//! 日誌來源: what is logged where, for how long it is kept, and how it is protected.
//!
//! Why a retention below the law's is taken once it says when that ends: it is how things
//! stand, and it must be seen. What it can't know: whether the logs are really there.

use crate::core::checks::{days, late, past};
use crate::core::{
    Book, Bound, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Lapse, Limit, NOTE, Proof, Record,
    RegisterSpec, found,
};
use period::Date;

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "日誌來源", Kind::Text, "公文系統應用程式日誌")
        .required()
        .synonyms(&["名稱", "來源", "設備名稱"]),
    Field::new(
        "kind",
        "來源類別",
        Kind::Choice(&[
            ("system", "資通系統"),
            ("operating_system", "作業系統"),
            ("database", "資料庫"),
            ("firewall", "防火牆"),
            ("device", "其他資安或網路設備"),
        ]),
        "system",
    )
    .required()
    .synonyms(&["類別"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1"),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .help("系統由廠商開發或維護者，選其契約"),
    Field::new(
        "events",
        "記錄事件",
        Kind::Many(&[
            ("login", "登入與登出"),
            ("privileged", "特權使用"),
            ("account", "帳號與權限異動"),
            ("password", "管理者變更密碼"),
            ("configuration", "重要組態異動"),
            ("sensitive", "存取機敏資料"),
            ("personal_data", "個資新增、修改、刪除、匯出與列印"),
            ("connection", "連線紀錄"),
        ]),
        r#"["login","privileged","account"]"#,
    )
    .expected()
    .synonyms(&["記錄內容", "事件類型"])
    .law(LAW),
    Field::new("content", "紀錄欄位", Kind::Text, "事件類型、時間、位置、使用者")
        .help("足以得知何人、何時、何地、做何事")
        .law(LAW),
    Field::new("retention", "保存期間", Kind::Number, "1")
        .required()
        .synonyms(&["保存期限", "保留期間", "保存天數"])
        .law(LAW),
    Field::new(
        "retention_unit",
        "保存期間單位",
        Kind::Choice(&[("day", "日"), ("month", "月"), ("year", "年")]),
        "year",
    )
    .required()
    .synonyms(&["單位"]),
    Field::new("admin_days", "防火牆管理紀錄保存日數", Kind::Number, "180").help("來源為防火牆者"),
    Field::new("connection_days", "防火牆連線紀錄保存日數", Kind::Number, "180")
        .help("來源為防火牆者；含來源、目的位址與埠"),
    Field::new(
        "shortfall",
        "保存不足之改善",
        Kind::LongText,
        "115 年底前擴充儲存空間。",
    )
    .help("低於所定保存期間者必填"),
    Field::new("shortfall_due", "改善期限", Kind::Date, "2026-12-31"),
    Field::new("improved_on", "改善完成日", Kind::Date, "2026-12-20"),
    Field::new("stored_at", "存放位置", Kind::Text, "日誌伺服器"),
    Field::new("copied", "異機備份", Kind::Flag, "true"),
    Field::new(
        "protection",
        "防護方式",
        Kind::Text,
        "僅日誌管理者可讀取，不可修改",
    )
    .help("防未經授權之存取、竄改與刪除")
    .expected()
    .law(LAW),
    Field::new(
        "capacity",
        "容量規劃及失效處置",
        Kind::Text,
        "容量達八成告警，失效時覆寫最舊者",
    ),
    Field::new("time_source", "校時來源", Kind::Text, "機關校時伺服器"),
    Field::new("keeper", "管理人", Kind::Text, "林示範").expected(),
    Field::new("oldest_on", "最早一筆日誌日期", Kind::Date, "2025-11-01").help("最近一次檢查時所見"),
    Field::new("last_review", "最近檢查日", Kind::Date, "2026-11-02").synonyms(&["檢查日期"]),
    Field::new("next_review", "下次檢查日", Kind::Date, "2027-11-01"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "log_source",
    title: "日誌來源清冊",
    help: "各系統與設備之日誌：記錄事件、保存期間、防護與檢查",
    group: Group::Operations,
    names_row: "name",
    identity: &["name"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits: &[
        Limit {
            parameter: "log.retention",
            judge: kept_long_enough,
        },
        Limit {
            parameter: "log.firewall_admin_retention",
            judge: admin_kept,
        },
        Limit {
            parameter: "log.firewall_connection_retention",
            judge: connection_kept,
        },
    ],
    proves: &[
        Proof {
            duty: "log.record",
            on: "last_review",
            until: &[],
            about: None,
            when: is_recorded,
        },
        Proof {
            duty: "log.retain",
            on: "last_review",
            until: &[],
            about: None,
            when: |row| is_recorded(row) && !is_short(row) && row.text("kind") != "firewall",
        },
        Proof {
            duty: "log.firewall_retain",
            on: "last_review",
            until: &[],
            about: None,
            when: |row| {
                let given = !row.is_blank("admin_days") && !row.is_blank("connection_days");
                row.text("kind") == "firewall" && given && !row.is_blank("last_review") && !is_short(row)
            },
        },
    ],
    checks: &[
        Check {
            key: "log_source.access",
            label: "系統日誌記錄登入登出與特權使用",
            from: "",
            ends: "",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |row| row.text("kind") == "system",
            holds: |row| records(row, &["login", "privileged"]),
        },
        Check {
            key: "log_source.protected",
            label: "日誌已有防護",
            from: "",
            ends: "",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: |row| (!row.is_blank("protection")).then_some(true),
        },
        Check {
            key: "log_source.copied",
            label: "日誌已異機備份",
            from: "",
            ends: "",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |row| row.text("kind") == "system",
            holds: |row| row.flag("copied"),
        },
        Check {
            key: "log_source.personal",
            label: "含個資之系統記錄個資之新增、修改、刪除、匯出與列印",
            of: Some(("system", |system| {
                !["", "none"].contains(&system.text("personal_data"))
            })),
            when: |row| row.text("kind") == "system",
            holds: |row| records(row, &["personal_data"]),
            ..Check::STATE
        },
        Check {
            key: "log_source.administrator",
            label: "廠商維護之系統記錄管理者之操作",
            about: Some("contract"),
            when: |row| !row.is_blank("contract"),
            holds: |row| records(row, &["privileged"]),
            ..Check::STATE
        },
        Check {
            key: "log_source.five",
            label: "廠商維護之系統記錄契約所定各類事件",
            about: Some("contract"),
            when: |row| !row.is_blank("contract"),
            holds: |row| records(row, FIVE),
            ..Check::STATE
        },
        Check {
            key: "log_source.capacity",
            label: "廠商維護之系統訂有日誌容量規劃及失效處置",
            about: Some("contract"),
            when: |row| !row.is_blank("contract"),
            holds: |row| (!row.is_blank("capacity")).then_some(true),
            ..Check::STATE
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_recorded(row: &Record<'_>) -> bool {
    let filled = ["last_review", "events", "protection"];
    filled.iter().all(|key| !row.is_blank(key))
}

/// Whether it is said to be kept for less than it should be, and not yet mended.
fn is_short(row: &Record<'_>) -> bool {
    !row.is_blank("shortfall") && row.is_blank("improved_on")
}

/// What a vendor's system records at least, as contracts ask.
const FIVE: &[&str] = &["login", "password", "account", "configuration", "sensitive"];

/// Whether it records all of these; none where nobody said what it records.
fn records(row: &Record<'_>, all: &[&str]) -> Option<bool> {
    let events = row.list("events");
    let has = all.iter().all(|event| events.contains(event));
    (!events.is_empty()).then_some(has)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if row.number("retention") == Some(0) {
        problems.push(FieldProblem::new(
            "retention",
            "「保存期間」應大於零；未保存者請勿登錄為日誌來源",
        ));
    }
    if !row.is_blank("shortfall") {
        problems.extend(row.need("shortfall_due", "保存不足者，應定改善期限"));
    }
    problems.extend(row.not_before("last_review", "oldest_on"));
    problems
}

/// The first day of the month that lies so many months after the first of another.
fn first_after(year: i16, month: i8, months: u16) -> Option<Date> {
    let index = i32::from(year) * 12 + i32::from(month) - 1 + i32::from(months);
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()
}

/// The most days that so many months in a row can have; a fraction counts as days of thirty.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "months of a few years, none negative"
)]
fn longest(months: f64) -> Option<i64> {
    let (whole, rest) = (months.trunc() as u16, (months.fract() * 30.0).round() as i64);
    // Two years, so that spans over a leap day are among them.
    let starts = [2023, 2024]
        .into_iter()
        .flat_map(|year| (1..=12).map(move |month| (year, month)));
    let spans = starts.filter_map(|(year, month)| {
        let from = Date::new(year, month, 1).ok()?;
        Some(days(from, first_after(year, month, whole)?) - 1)
    });
    Some(spans.max()? + rest)
}

fn kept_long_enough(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    if row.text("kind") == "firewall" || !row.is_blank("shortfall") {
        return None;
    }
    let (kept, least) = (row.number("retention")?, bound.number?);
    #[expect(clippy::cast_precision_loss, reason = "a few years of months")]
    let enough = match row.text("retention_unit") {
        "day" => i64::try_from(kept).is_ok_and(|kept| longest(least).is_some_and(|days| kept >= days)),
        "month" => kept as f64 >= least,
        _ => kept as f64 * 12.0 >= least,
    };
    (!enough).then(|| {
        let least = longest(least).unwrap_or_default();
        FieldProblem::new(
            "retention",
            format!(
                "保存期間不足 {}（以日計者至少 {least} 日）；請延長，一時無法延長者填「保存不足之改善」",
                bound.words
            ),
        )
    })
}

fn kept_days(row: &Record<'_>, bound: &Bound, key: &str) -> Option<FieldProblem> {
    if row.text("kind") != "firewall" || !row.is_blank("shortfall") {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "days of a few years")]
    let enough = row.number(key)? as f64 >= bound.number?;
    (!enough).then(|| {
        FieldProblem::new(
            key,
            format!(
                "「{}」不足 {}；請延長，一時無法延長者填「保存不足之改善」",
                row.label(key),
                bound.words
            ),
        )
    })
}

fn admin_kept(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    kept_days(row, bound, "admin_days")
}

fn connection_kept(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    kept_days(row, bound, "connection_days")
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let firewall = row.text("kind") == "firewall";
    found([
        late(row, book, "shortfall_due", "improved_on")
            .then(|| Gap::wrong("improved_on", "已逾保存不足之改善期限，請延長保存並填改善完成日")),
        (firewall && row.is_blank("admin_days"))
            .then(|| Gap::missing("admin_days", "請填防火牆管理紀錄保存日數")),
        (firewall && row.is_blank("connection_days"))
            .then(|| Gap::missing("connection_days", "請填防火牆連線紀錄保存日數")),
        past(row, book, "next_review")
            .then(|| Gap::wrong("next_review", "已逾下次檢查日，請檢查日誌是否正常產生與保存")),
    ])
}
