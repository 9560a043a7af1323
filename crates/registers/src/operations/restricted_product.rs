//! 危害國家資通安全產品: doubtful or restricted products, and the trail from finding to removal.
//!
//! Why one row follows a product: doubt, removal, leave to use, measures and retirement are
//! asked of it one after another. What it can't know: which products the authority names.

use crate::core::checks::{late, past};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Raise, Record, RegisterSpec,
    Sensitivity, found,
};

const ACT: &str = "cyber-security-management-act";
const REVIEW: &str = "product-review-regulation";

/// What is done while a restricted product stays in use; the keys are those of the law's set.
const MEASURES: &[(&str, &str)] = &[
    ("area_persons", "指定特定區域及人員"),
    ("no_broadcast", "不對不特定人播放影像或聲音"),
    ("search", "定期確認有無替代方案"),
    ("designated", "其他經主管機關指定事項"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-RP-001")
        .required()
        .synonyms(&["項次"]),
    Field::new("product", "產品名稱", Kind::Text, "示範牌網路攝影機")
        .required()
        .synonyms(&["產品", "品名"])
        .law(ACT),
    Field::new("brand", "廠牌", Kind::Text, "示範牌")
        .required()
        .synonyms(&["品牌"])
        .sensitivity(Sensitivity::Confidential)
        .law("restricted-products-principles"),
    Field::new("model", "型號", Kind::Text, "X-100").sensitivity(Sensitivity::Confidential),
    Field::new("quantity", "數量", Kind::Number, "2"),
    Field::new("asset", "資產", Kind::Reference("asset"), "h1"),
    Field::new("location", "使用地點", Kind::Text, "二樓會議室")
        .help("含委外營運、供公眾活動或使用之場地")
        .sensitivity(Sensitivity::Confidential),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").help("廠商所用者，選其契約"),
    Field::new("doubt_on", "發現疑慮之日", Kind::Date, "2026-01-05").help("是否有危害尚有疑慮者"),
    Field::new("doubt", "疑慮說明", Kind::LongText, "疑似自動連線至境外主機。"),
    Field::new("referred_on", "提報日", Kind::Date, "2026-01-08")
        .help("填具提報表送出之日")
        .law(REVIEW),
    Field::new("referred_to", "提報對象", Kind::Text, "上級機關"),
    Field::new("notified_on", "接獲情資之日", Kind::Date, "2026-02-01")
        .help("接獲危害國家資通安全產品情資者"),
    Field::new("removed_on", "移除或停用日", Kind::Date, "2026-12-05").law(REVIEW),
    Field::new("removal", "移除方式", Kind::Text, "停止使用並拆除"),
    Field::new("asked_on", "擬專案使用之日", Kind::Date, "2026-02-02")
        .help("因業務需求且無替代方案，擬以專案方式使用者"),
    Field::new(
        "reason",
        "業務需求及無替代方案之說明",
        Kind::LongText,
        "跨國會議指定使用，查無替代方案。",
    )
    .law(ACT),
    Field::new(
        "ciso_approved_on",
        "本機關資通安全長核可日",
        Kind::Date,
        "2026-02-05",
    )
    .law(ACT),
    Field::new(
        "superior_approved_on",
        "上級機關資通安全長核可日",
        Kind::Date,
        "2026-02-15",
    )
    .help("收受實施情形機關之資通安全長")
    .law(ACT),
    Field::new("approved_on", "主管機關核定日", Kind::Date, "2026-03-01").law(ACT),
    Field::new("approved_no", "核定文號", Kind::Text, "示字第1150000001號"),
    Field::new("from", "專案使用起日", Kind::Date, "2026-03-02"),
    Field::new("until", "專案使用迄日", Kind::Date, "2026-12-31"),
    Field::new(
        "measures",
        "使用期間之措施",
        Kind::Many(MEASURES),
        r#"["area_persons","search"]"#,
    )
    .law(REVIEW),
    Field::new("users", "指定使用人員及區域", Kind::Text, "會議室設備管理人員"),
    Field::new("searched_on", "最近確認替代方案之日", Kind::Date, "2026-09-01").law(REVIEW),
    Field::new(
        "unneeded_on",
        "無業務需求或有替代方案之日",
        Kind::Date,
        "2026-12-01",
    )
    .law(REVIEW),
    Field::new("retired_on", "銷毀或封存日", Kind::Date, "2026-12-05").law(REVIEW),
    Field::new("retirement", "銷毀或封存方式", Kind::Text, "實體銷毀"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "restricted_product",
    title: "危害國家資通安全產品",
    help: "有疑慮或經認定之產品：提報、移除，專案使用之核可與措施，以及銷毀或封存",
    group: Group::Operations,
    names_row: "product",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "product.project_use",
        on: "searched_on",
        until: &[],
        about: None,
        when: is_controlled,
    }],
    raises: &[
        Raise {
            duty: "product.refer",
            on: "doubt_on",
            settled_on: "referred_on",
            about: None,
            when: |_| true,
        },
        Raise {
            duty: "product.remove",
            on: "notified_on",
            settled_on: "removed_on",
            about: None,
            // Who was allowed to go on using it need not remove it.
            when: |row| row.is_blank("approved_on"),
        },
        Raise {
            duty: "product.approve",
            on: "asked_on",
            settled_on: "approved_on",
            about: None,
            when: |_| true,
        },
        Raise {
            duty: "product.retire",
            on: "unneeded_on",
            settled_on: "retired_on",
            about: None,
            when: |_| true,
        },
    ],
    // The superior approves the record; these two approve the use of the product.
    approved_elsewhere: &["ciso_approved_on", "approved_on"],
    // What goes up for approval is the leave to go on using it.
    settled_by_file: &["product.refer", "product.remove", "product.retire"],
    ..RegisterSpec::TABLE
};

fn is_controlled(row: &Record<'_>) -> bool {
    let filled = ["approved_on", "users", "searched_on"];
    filled.iter().all(|key| !row.is_blank(key)) && row.list("measures").contains(&"area_persons")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("referred_on", "doubt_on"),
        row.not_before("ciso_approved_on", "asked_on"),
        row.not_before("superior_approved_on", "ciso_approved_on"),
        row.not_before("approved_on", "superior_approved_on"),
        row.not_before("from", "approved_on"),
        row.not_before("until", "from"),
        row.not_before("retired_on", "unneeded_on"),
    ]);
    if !row.is_blank("approved_on") {
        problems.extend(found([
            row.need("reason", "專案使用應載明業務需求與無替代方案"),
            row.need("ciso_approved_on", "核定前應先經本機關資通安全長核可"),
            row.need(
                "superior_approved_on",
                "核定前應先經收受實施情形機關之資通安全長核可",
            ),
        ]));
    }
    if !row.is_blank("from") {
        problems.extend(found([
            row.need("approved_on", "經主管機關核定後，始得專案使用"),
            row.need("measures", "專案使用期間應採取措施"),
        ]));
    }
    if !row.is_blank("retired_on") {
        problems.extend(row.need("retirement", "請載明銷毀或封存之方式"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let gone = !row.is_blank("removed_on") || !row.is_blank("retired_on");
    if gone {
        return Vec::new();
    }
    let used = !row.is_blank("from");
    let known = !row.is_blank("notified_on");
    found([
        (known && row.is_blank("approved_on")).then(|| {
            Gap::wrong(
                "removed_on",
                "已接獲情資而未移除，請立即移除、解除安裝或停止使用並填移除日",
            )
        }),
        late(row, book, "until", "retired_on")
            .then(|| Gap::wrong("retired_on", "專案使用期間已過，請銷毀或封存並填銷毀或封存日")),
        (used && row.is_blank("searched_on"))
            .then(|| Gap::missing("searched_on", "專案使用中，請確認有無替代方案並填最近確認之日")),
        (used && row.is_blank("users")).then(|| Gap::missing("users", "專案使用中，請指定使用人員及區域")),
        (past(row, book, "unneeded_on"))
            .then(|| Gap::wrong("retired_on", "已無業務需求或有替代方案，請立即銷毀或封存")),
    ])
}
