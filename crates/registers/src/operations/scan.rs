//! 檢測: scans, tests and health checks; what they found, until when it is mended, whether it was.
//!
//! Why a test counts only once what is grave is mended and looked at again: the duty asks for
//! both. What it can't know: weaknesses that the tool doesn't know.

use crate::core::checks::{late, overdue, past};
use crate::core::{
    Book, Bound, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Lapse, Limit, NOTE, Proof, Raise,
    Record, RegisterSpec, Sensitivity, found,
};
use period::Date;

const LAW: &str = "classification-regulation";

/// What a health check looks at; the keys are those of the law's set.
const HEALTH: &[(&str, &str)] = &[
    ("network_architecture", "網路架構"),
    ("network_malicious_activity", "網路惡意活動"),
    ("endpoint_malicious_activity", "使用者端電腦惡意活動"),
    ("server_malicious_activity", "伺服器惡意活動"),
    ("directory_and_firewall_settings", "目錄服務與防火牆設定"),
    ("core_database_review", "核心系統資料庫安全"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-SC-001")
        .required()
        .synonyms(&["編號"]),
    Field::new(
        "kind",
        "檢測類別",
        Kind::Choice(&[
            ("vulnerability", "弱點掃描"),
            ("penetration", "滲透測試"),
            ("web", "網頁弱點檢核"),
            ("health", "資通安全健診"),
            ("security", "系統安全檢查評估"),
            ("source", "源碼檢測"),
            ("antivirus", "完整掃毒"),
        ]),
        "vulnerability",
    )
    .required()
    .synonyms(&["類別", "檢測種類", "檢測項目"])
    .law(LAW),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1")
        .help("以單一系統為標的者必選，該系統之應辦事項依此認定")
        .synonyms(&["系統名稱", "標的"]),
    Field::new("scope", "檢測範圍", Kind::Text, "公文系統主機與網頁")
        .required()
        .synonyms(&["範圍", "檢測標的"])
        .sensitivity(Sensitivity::Confidential),
    Field::new(
        "by",
        "辦理者",
        Kind::Choice(&[
            ("own", "機關自行"),
            ("third_party", "委託第三方"),
            ("vendor", "維護廠商"),
            ("authority", "上級或主管機關"),
        ]),
        "third_party",
    )
    .required(),
    Field::new("tester", "檢測單位", Kind::Text, "示範檢測有限公司").synonyms(&["檢測廠商"]),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .help("標的屬委外契約範圍者，選該契約"),
    Field::new("tool", "工具及版本", Kind::Text, "掃描工具 10.2"),
    Field::new(
        "items",
        "健診項目",
        Kind::Many(HEALTH),
        r#"["network_architecture"]"#,
    )
    .help("資通安全健診所含之項目")
    .law(LAW),
    Field::new("on", "檢測日期", Kind::Date, "2026-04-06")
        .required()
        .synonyms(&["掃描日期", "測試日期", "完成日期"]),
    Field::new("report_on", "報告日期", Kind::Date, "2026-04-15").synonyms(&["報告提出日"]),
    Field::new("report_no", "報告編號", Kind::Text, "115-VS-01 第1版"),
    Field::new("high", "高風險數", Kind::Number, "1").synonyms(&["高", "高風險", "嚴重"]),
    Field::new("medium", "中風險數", Kind::Number, "3").synonyms(&["中", "中風險"]),
    Field::new("low", "低風險數", Kind::Number, "8").synonyms(&["低", "低風險"]),
    Field::new("notified_on", "通知修補日", Kind::Date, "2026-04-16")
        .help("通知廠商，或接獲上級機關通知修補之日"),
    Field::new("fix_due", "修補期限", Kind::Date, "2026-05-16").synonyms(&["改善期限"]),
    Field::new("fixed_on", "修補完成日", Kind::Date, "2026-05-10").synonyms(&["改善完成日"]),
    Field::new("retest_on", "複測日期", Kind::Date, "2026-05-14").synonyms(&["複掃日期"]),
    Field::new(
        "retest",
        "複測結果",
        Kind::Choice(&[("passed", "通過"), ("failed", "未通過"), ("partial", "部分通過")]),
        "passed",
    ),
    Field::new("reported_back_on", "回報日", Kind::Date, "2026-05-15").help("向檢測機關回報修補結果之日"),
    Field::new(
        "accepted_risk",
        "未修補者之處理",
        Kind::LongText,
        "低風險八項納入下次改版。",
    )
    .help("無法修補者之替代措施與核准"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "scan",
    title: "安全性檢測",
    help: "弱點掃描、滲透測試、網頁檢核、資安健診等之範圍、發現、修補期限與複測",
    group: Group::Operations,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits_on: &["on"],
    limits: &[
        Limit {
            parameter: "health_check.items",
            judge: items_left_out,
        },
        Limit {
            parameter: "contract.scan.fix_within",
            judge: agency_scan_fix,
        },
        Limit {
            parameter: "contract.pentest.fix_within",
            judge: pentest_fix,
        },
    ],
    proves: &[
        Proof {
            duty: "scan.vulnerability",
            on: "on",
            until: &[],
            about: Some("system"),
            when: |row| of_system(row) && is_completed(row, "vulnerability"),
        },
        // The same scan, where the system isn't a core one.
        Proof {
            duty: "scan.system",
            on: "on",
            until: &[],
            about: Some("system"),
            when: |row| of_system(row) && is_completed(row, "vulnerability"),
        },
        Proof {
            duty: "scan.penetration",
            on: "on",
            until: &[],
            about: Some("system"),
            when: |row| of_system(row) && is_completed(row, "penetration"),
        },
        Proof {
            duty: "scan.web",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_completed(row, "web"),
        },
        Proof {
            duty: "health_check",
            on: "on",
            until: &[],
            about: None,
            // Which items are owed depends on the level; the law's set stands beside the duty.
            when: |row| is_completed(row, "health") && !row.is_blank("items"),
        },
        Proof {
            duty: "assessment.security",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_completed(row, "security"),
        },
        Proof {
            duty: "antivirus.full_scan",
            on: "on",
            until: &[],
            about: None,
            when: |row| row.text("kind") == "antivirus" && is_mended(row),
        },
        Proof {
            duty: "contract.scan.yearly",
            on: "on",
            until: &[],
            about: Some("contract"),
            when: |row| of_contract(row) && row.text("by") == "vendor" && is_completed(row, "vulnerability"),
        },
        Proof {
            duty: "contract.scan.agency",
            on: "on",
            until: &[],
            about: Some("contract"),
            when: |row| of_contract(row) && is_by_agency(row) && is_completed(row, "vulnerability"),
        },
    ],
    raises: &[
        Raise {
            duty: "contract.scan.report",
            on: "on",
            settled_on: "report_on",
            about: Some("contract"),
            when: |row| of_contract(row) && row.text("by") == "vendor" && row.text("kind") == "vulnerability",
        },
        Raise {
            duty: "contract.scan.fix",
            on: "notified_on",
            settled_on: "fixed_on",
            about: Some("contract"),
            when: |row| {
                of_contract(row) && is_by_agency(row) && is_grave(row) && row.text("kind") == "vulnerability"
            },
        },
        Raise {
            duty: "contract.pentest.fix",
            on: "report_on",
            settled_on: "fixed_on",
            about: Some("contract"),
            when: |row| of_contract(row) && is_grave(row) && row.text("kind") == "penetration",
        },
        Raise {
            duty: "findings.report_back",
            on: "notified_on",
            settled_on: "reported_back_on",
            about: None,
            when: |row| row.text("by") == "authority",
        },
    ],
    checks: &[Check {
        key: "scan.fixed",
        label: "中、高風險弱點已於期限內修補",
        from: "on",
        ends: "fixed_on",
        lapses: Lapse::After("fix_due"),
        about: Some("contract"),
        when: |row| {
            [row.number("high"), row.number("medium")]
                .into_iter()
                .flatten()
                .any(|n| n > 0)
        },
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

fn of_system(row: &Record<'_>) -> bool {
    !row.is_blank("system")
}

fn of_contract(row: &Record<'_>) -> bool {
    !row.is_blank("contract")
}

fn is_by_agency(row: &Record<'_>) -> bool {
    ["own", "third_party"].contains(&row.text("by"))
}

/// Whether it found something of medium risk or above.
fn is_grave(row: &Record<'_>) -> bool {
    row.number("high").unwrap_or_default() + row.number("medium").unwrap_or_default() > 0
}

/// Whether the counts are known, and what is of high risk is mended and passed when tested again.
fn is_mended(row: &Record<'_>) -> bool {
    match row.number("high") {
        None => false,
        Some(0) => true,
        Some(_) => !row.is_blank("fixed_on") && row.text("retest") == "passed",
    }
}

fn is_completed(row: &Record<'_>, kind: &str) -> bool {
    row.text("kind") == kind && !row.is_blank("report_on") && is_mended(row)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("report_on", "on"),
        row.not_before("notified_on", "on"),
        row.not_before("fix_due", "on"),
        row.not_before("fixed_on", "on"),
        row.not_before("retest_on", "fixed_on"),
    ]);
    if !row.is_blank("report_on") {
        let why = "報告已提出，請填數量，沒有者填 0";
        problems.extend(found([
            row.need("high", why),
            row.need("medium", why),
            row.need("low", why),
        ]));
    }
    if !row.is_blank("retest") {
        problems.extend(row.need("retest_on", "已有複測結果者，應填複測日期"));
    }
    let one_system = row.text("kind") == "penetration" && row.text("by") != "authority";
    if one_system {
        problems.extend(row.need(
            "system",
            "滲透測試以系統為標的，請選資通系統；一次測多個系統者分列",
        ));
    }
    problems
}

/// A day that lies longer after another than the contract's baseline allows.
fn beyond(row: &Record<'_>, from: &str, bound: &Bound) -> Option<FieldProblem> {
    let (start, most): (Date, f64) = (row.date(from)?, bound.days.or(bound.number)?);
    let due = row.date("fix_due")?;
    #[expect(clippy::cast_precision_loss, reason = "days of a few years")]
    let given = (crate::core::checks::days(start, due) - 1) as f64;
    (given > most).then(|| {
        FieldProblem::new(
            "fix_due",
            format!(
                "修補期限距「{}」{given} 日，超過契約規範之 {}，請提前",
                row.label(from),
                bound.words
            ),
        )
    })
}

fn agency_scan_fix(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let applies =
        of_contract(row) && is_by_agency(row) && is_grave(row) && row.text("kind") == "vulnerability";
    applies.then(|| beyond(row, "notified_on", bound)).flatten()
}

fn pentest_fix(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let applies = of_contract(row) && is_grave(row) && row.text("kind") == "penetration";
    applies.then(|| beyond(row, "report_on", bound)).flatten()
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let grave = is_grave(row);
    let unfixed = grave && row.is_blank("fixed_on");
    let retested = row.text("retest") == "passed";
    let bare = row.text("kind") == "health" && row.is_blank("items");
    let per_system = ["vulnerability", "source", "security"].contains(&row.text("kind"));
    found([
        (row.is_blank("report_on") && past(row, book, "on"))
            .then(|| Gap::missing("report_on", "檢測日已過，請填報告日期與各風險數量")),
        (unfixed && row.is_blank("fix_due"))
            .then(|| Gap::missing("fix_due", "有中風險以上之弱點，請定修補期限")),
        (unfixed && late(row, book, "fix_due", "fixed_on"))
            .then(|| overdue(row, book, "fix_due", "fixed_on"))
            .flatten(),
        (grave && !row.is_blank("fixed_on") && !retested)
            .then(|| Gap::missing("retest", "弱點已修補，請複測並填複測結果")),
        bare.then(|| Gap::missing("items", "請勾選本次健診所含之項目；應含項目依責任等級而定")),
        (per_system && row.is_blank("system"))
            .then(|| Gap::hint("system", "請選資通系統；未選者無從認定哪一系統已檢測")),
    ])
}

/// A health check that is reported holds every item that the law's set names.
fn items_left_out(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    if row.text("kind") != "health" || row.is_blank("report_on") {
        return None;
    }
    let given = row.list("items");
    let owed = bound.word.as_deref().unwrap_or_default();
    let open = owed
        .split(' ')
        .filter(|key| !key.is_empty() && !given.contains(key))
        .count();
    (open > 0).then(|| {
        FieldProblem::new(
            "items",
            format!(
                "健診應含：{}；尚有 {open} 項未勾選，請補辦或先不填報告日",
                bound.words
            ),
        )
    })
}
