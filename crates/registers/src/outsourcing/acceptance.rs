//! 交付檢查: what a vendor delivers, what of it others made, and who tested it.
//!
//! Why the agency's own test hangs on the system and the amount: the law asks for it there, and
//! which systems and which amount are the law's, not ours. What it can't know: what the delivered code does.

use crate::core::checks::is_core;
use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, Limit, NOTE, Proof, Raise, Record,
    RegisterSpec, found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-AK-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .required()
        .synonyms(&["契約"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").synonyms(&["系統名稱"]),
    Field::new("items", "交付項目", Kind::LongText, "原始碼、執行檔、系統文件。")
        .required()
        .synonyms(&["交付內容"]),
    Field::new("custom", "客製化資通系統", Kind::Flag, "true")
        .required()
        .law(LAW),
    Field::new("delivered_on", "交付日期", Kind::Date, "2026-09-01").required(),
    Field::new("source_list", "原始碼清單", Kind::Text, "原始碼清單第1版").help("文件名稱；原始碼之保管處所"),
    Field::new(
        "components",
        "第三方元件清單",
        Kind::LongText,
        "示範函式庫 2.1，MIT 授權。",
    )
    .help("非自行開發之內容、來源、版本與授權；沒有者寫「無」")
    .synonyms(&["非自行開發項目", "開源軟體清單", "SBOM"])
    .law(LAW),
    Field::new("licences", "授權證明", Kind::Text, "授權書影本").law(LAW),
    Field::new("malware_free", "無惡意程式及隱密通道之證明", Kind::Flag, "true")
        .help("廠商交付前檢查並附證明"),
    Field::new("vendor_test", "廠商檢測證明", Kind::Text, "源碼檢測報告第2版")
        .help("客製化系統，由廠商提供之安全性檢測證明")
        .synonyms(&["檢測證明"])
        .law(LAW),
    Field::new(
        "agency_test",
        "機關自行或第三方檢測",
        Kind::Text,
        "第三方檢測報告 115-T-01",
    )
    .help("核心資通系統，或委託金額達所定者")
    .law(LAW),
    Field::new("tested_on", "檢測完成日", Kind::Date, "2026-09-20").help("應有之檢測均完成之日"),
    Field::new(
        "findings",
        "檢測發現及改善",
        Kind::LongText,
        "中風險二項，已修正並複測通過。",
    ),
    Field::new("golive_on", "預定上線日", Kind::Date, "2026-10-01"),
    Field::new("cleared_on", "測試資料及帳號清除日", Kind::Date, "2026-09-30")
        .help("上線前清除正式環境之測試與管理資料及帳號"),
    Field::new("accepted_on", "驗收通過日", Kind::Date, "2026-10-20").synonyms(&["驗收日期"]),
    Field::new("accepted_by", "驗收人", Kind::Text, "張示範"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "acceptance",
    title: "委外交付檢查",
    help: "廠商交付之項目、非自行開發內容與授權、檢測證明、上線前清除與驗收",
    group: Group::Outsourcing,
    hands: &[Hand::VendorReads, Hand::VendorWrites],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["system", "contract"],
    gaps: Some(gaps),
    limits_on: &["delivered_on"],
    limits: &[
        Limit {
            parameter: "outsourcing.test_amount",
            judge: large,
        },
        Limit {
            parameter: "outsourcing.test_systems",
            judge: named_system,
        },
    ],
    proves: &[Proof {
        duty: "contract.deliver",
        on: "accepted_on",
        until: &[],
        about: Some("contract"),
        when: |row| !row.is_blank("accepted_on") && row.says("malware_free") && !row.is_blank("components"),
    }],
    raises: &[
        Raise {
            duty: "outsourcing.test",
            on: "delivered_on",
            settled_on: "tested_on",
            about: None,
            when: |row| row.says("custom"),
        },
        Raise {
            duty: "contract.golive",
            on: "golive_on",
            settled_on: "cleared_on",
            about: Some("contract"),
            when: |_| true,
        },
    ],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("tested_on", "delivered_on"),
        row.not_before("accepted_on", "delivered_on"),
        // Clearing belongs before going live.
        row.not_before("golive_on", "cleared_on"),
    ]);
    let custom = row.says("custom");
    if custom && !row.is_blank("tested_on") {
        problems.extend(row.need("vendor_test", "客製化系統，應有廠商提供之檢測證明"));
    }
    if !row.is_blank("accepted_on") {
        problems.extend(row.need("components", "驗收前應標示非自行開發之內容與來源，沒有者寫「無」"));
        let none = ["無", "無。"].contains(&row.text("components").trim());
        if !none && !row.is_blank("components") {
            problems.extend(row.need("licences", "有非自行開發之內容，應附授權證明"));
        }
        if custom {
            problems.extend(row.need("tested_on", "客製化系統驗收前，應完成檢測"));
        }
    }
    problems
}

fn lacks_agency_test(row: &Record<'_>) -> bool {
    row.says("custom") && !row.is_blank("tested_on") && row.is_blank("agency_test")
}

fn named_system(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    let named = bound.word.as_deref().unwrap_or_default().split(' ');
    let core = book.of(row, "system").is_some_and(|s| is_core(&s));
    let binds = named.into_iter().any(|kind| kind == "core" && core);
    (binds && lacks_agency_test(row)).then(|| {
        FieldProblem::new(
            "agency_test",
            format!(
                "{}，機關應自行或另委第三方檢測；完成後再填檢測完成日",
                bound.words
            ),
        )
    })
}

/// The parameter is in 萬元, a contract's amount in 元.
const UNIT: f64 = 10_000.0;

fn large(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    let amount = book.of(row, "contract")?.decimal("amount")? / UNIT;
    (amount >= bound.number? && lacks_agency_test(row)).then(|| {
        FieldProblem::new(
            "agency_test",
            format!(
                "委託金額達 {}，機關應自行或另委第三方檢測；完成後再填檢測完成日",
                bound.words
            ),
        )
    })
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let live = row.date("golive_on").is_some_and(|day| day <= book.today);
    let accepted = !row.is_blank("accepted_on");
    found([
        (live && row.is_blank("cleared_on")).then(|| {
            Gap::wrong(
                "cleared_on",
                "已逾預定上線日，請確認測試資料與帳號均已清除並填清除日",
            )
        }),
        (accepted && !row.says("malware_free"))
            .then(|| Gap::missing("malware_free", "請向廠商取得無惡意程式及隱密通道之證明")),
        (accepted && row.says("custom") && row.is_blank("source_list"))
            .then(|| Gap::hint("source_list", "客製化系統，請填原始碼清單及其保管處所")),
    ])
}
