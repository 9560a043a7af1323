//! 帳號: who holds which account on which system, what for, until when, and by whose leave.
//!
//! Why a shared account needs more than a leave: nobody can be asked for what it did, so
//! something else must say it. What it can't know: accounts that a system has and this list
//! doesn't; a review of the system's own list finds them.

use crate::core::checks::{late, past};
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, Lapse, NOTE, Proof, Record,
    RegisterSpec, Sensitivity, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("target", "系統或設備", Kind::Text, "公文系統")
        .required()
        .synonyms(&["系統", "系統名稱", "主機"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").help("屬已登錄之資通系統者選之"),
    Field::new("name", "帳號", Kind::Text, "chen01")
        .required()
        .synonyms(&["帳號名稱", "使用者帳號", "登入帳號"])
        .sensitivity(Sensitivity::Confidential),
    Field::new(
        "kind",
        "帳號類別",
        Kind::Choice(&[
            ("personal", "個人帳號"),
            ("privileged", "特權帳號"),
            ("shared", "共用帳號"),
            ("service", "服務帳號"),
            ("temporary", "臨時或緊急帳號"),
        ]),
        "personal",
    )
    .required()
    .synonyms(&["類別"]),
    Field::new("holder", "持有人", Kind::Reference("person"), "p1")
        .help("機關人員；委外人員填下列二欄")
        .synonyms(&["使用人", "使用者"])
        .sensitivity(Sensitivity::Personal),
    Field::new("vendor_person", "委外人員姓名", Kind::Text, "黃示範").sensitivity(Sensitivity::Personal),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .help("委外人員之帳號，選其契約；契約期滿應停用"),
    Field::new("unit", "單位", Kind::Text, "歲計科").synonyms(&["所屬單位"]),
    Field::new("rights", "權限", Kind::Text, "承辦人")
        .help("以業務所需為限")
        .expected()
        .synonyms(&["角色", "權限範圍"]),
    Field::new("purpose", "用途", Kind::Text, "公文收發")
        .expected()
        .synonyms(&["使用目的", "事由"]),
    Field::new("requested_on", "申請日期", Kind::Date, "2026-01-05"),
    Field::new("request_no", "核准單號", Kind::Text, "115-AC-001").synonyms(&["申請單號"]),
    Field::new("approved_by", "核准人", Kind::Text, "張示範")
        .synonyms(&["權責主管"])
        .law(LAW),
    Field::new("approved_on", "核准日期", Kind::Date, "2026-01-06"),
    Field::new(
        "compensating",
        "補償控管",
        Kind::LongText,
        "登記使用人與時段，主管每週核對紀錄。",
    )
    .help("共用帳號者，如何得知何人使用")
    .law(LAW),
    Field::new("daily_account", "日常帳號", Kind::Text, "chen01")
        .help("特權帳號持有人平日作業所用之帳號，應與特權帳號分開"),
    Field::new("hours", "使用時段", Kind::Text, "上班時間").help("限定作業時間者"),
    Field::new("from", "啟用日期", Kind::Date, "2026-01-06").synonyms(&["開通日期"]),
    Field::new("until", "使用期限", Kind::Date, "2026-12-31")
        .help("臨時帳號與委外人員帳號必填")
        .synonyms(&["到期日", "有效期限"]),
    Field::new("last_login", "最後登入日", Kind::Date, "2026-10-30").synonyms(&["最後登入"]),
    Field::new("stopped_on", "停用日期", Kind::Date, "2026-12-31").synonyms(&["停用日"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "account",
    title: "帳號清冊",
    help: "各系統與設備之帳號、持有人、權限、核准與期限；共用、特權、臨時與委外人員帳號另有要求",
    group: Group::Access,
    hands: &[Hand::Unit, Hand::Anybody],
    names_row: "name",
    identity: &["target", "name"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["contract", "person", "undertaking"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "account.lifecycle",
        on: "approved_on",
        until: &[],
        about: None,
        when: is_approved,
    }],
    checks: &[
        Check {
            key: "account.leavers",
            label: "離職人員之帳號已停用",
            from: "",
            ends: "stopped_on",
            ages: false,
            lapses: Lapse::Of("holder", "left_on"),
            about: None,
            by: None,
            of: None,
            when: |row| !row.is_blank("holder"),
            holds: |_| Some(true),
        },
        Check {
            key: "account.vendor_ends",
            label: "委外人員之帳號期滿已收回",
            from: "",
            ends: "stopped_on",
            ages: false,
            lapses: Lapse::After("until"),
            about: None,
            by: None,
            of: None,
            when: is_of_vendor,
            holds: |row| (!row.is_blank("until")).then_some(true),
        },
        Check {
            key: "account.personal",
            label: "帳號為個人專用，共用者經核准",
            from: "",
            ends: "stopped_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: is_personal,
        },
        Check {
            key: "account.privileged_apart",
            label: "特權帳號與日常帳號分開",
            from: "",
            ends: "stopped_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |row| row.text("kind") == "privileged",
            holds: |row| (!row.is_blank("daily_account")).then_some(true),
        },
        Check {
            key: "account.privileged_own",
            label: "特權帳號由機關人員保管",
            from: "",
            ends: "stopped_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |row| row.text("kind") == "privileged",
            holds: |row| {
                let known = !row.is_blank("holder") || is_of_vendor(row);
                known.then(|| !is_of_vendor(row))
            },
        },
        Check {
            key: "account.expired",
            label: "逾使用期限之帳號已停用",
            ends: "stopped_on",
            lapses: Lapse::After("until"),
            when: |row| !row.is_blank("until"),
            holds: |_| Some(true),
            ..Check::STATE
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_approved(row: &Record<'_>) -> bool {
    let filled = ["requested_on", "approved_on", "approved_by", "rights", "purpose"];
    filled.iter().all(|key| !row.is_blank(key))
}

fn is_of_vendor(row: &Record<'_>) -> bool {
    !row.is_blank("vendor_person") || (!row.is_blank("contract") && row.is_blank("holder"))
}

/// Whether one person answers for it, or somebody allowed that several do.
fn is_personal(row: &Record<'_>) -> Option<bool> {
    if row.text("kind") == "shared" {
        let allowed = !row.is_blank("approved_by") && !row.is_blank("approved_on");
        return allowed.then_some(true);
    }
    let known = !row.is_blank("holder") || !row.is_blank("vendor_person");
    known.then_some(true)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("approved_on", "requested_on"),
        row.not_before("until", "from"),
        row.not_before("stopped_on", "from"),
    ]);
    match row.text("kind") {
        "shared" => problems.extend(found([
            row.need("approved_by", "共用帳號應經權責主管核准"),
            row.need("compensating", "共用帳號應有補償控管，使人員可歸責"),
        ])),
        "privileged" => {
            problems.extend(row.need("approved_by", "特權帳號應經申請、授權並留存紀錄"));
            if !row.is_blank("daily_account") && row.text("daily_account") == row.text("name") {
                problems.push(FieldProblem::new(
                    "daily_account",
                    "特權帳號應與日常帳號分開，請另設日常作業所用之帳號",
                ));
            }
        }
        "temporary" => problems.extend(row.need("until", "臨時或緊急帳號應定使用期限，到期停用")),
        _ => {}
    }
    if is_of_vendor(row) {
        problems.extend(found([
            row.need("contract", "委外人員之帳號，請選其契約"),
            row.need("vendor_person", "委外人員之帳號，請填使用者姓名，不以公司共用"),
            row.need("until", "委外人員之帳號應定使用期限，期滿收回"),
        ]));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    // A contract's end is the first day that it no longer holds.
    let ends = book.of(row, "contract").and_then(|c| c.date("until"));
    if let Some((until, end)) = row.date("until").zip(ends)
        && until >= end
        && is_of_vendor(row)
        && row.is_blank("stopped_on")
    {
        problems.push(FieldProblem::new(
            "until",
            format!(
                "委外人員帳號之使用期限應早於契約屆滿日（{}），請縮短",
                period::roc_short(end)
            ),
        ));
    }
    let signed = book.all("undertaking").any(|u| {
        u.text("contract") == row.text("contract")
            && u.text("person_name") == row.text("vendor_person")
            && u.date("signed_on").is_some_and(|day| day <= book.today)
            && u.date("leaves_on").is_none_or(|day| day > book.today)
            && row
                .date("from")
                .is_none_or(|from| u.date("signed_on") <= Some(from))
    });
    if is_of_vendor(row) && !signed && row.is_blank("stopped_on") {
        problems.push(FieldProblem::new(
            "vendor_person",
            "這位委外人員在本契約尚未簽署保密切結書，請先登錄切結書，再申請帳號",
        ));
    }
    if let Some(left) = book.of(row, "holder").and_then(|p| p.date("left_on"))
        && row.date("from").is_some_and(|from| from >= left)
    {
        problems.push(FieldProblem::new(
            "holder",
            format!(
                "持有人已於 {} 離職，不可再核發帳號，請更正持有人",
                period::roc_short(left)
            ),
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !row.is_blank("stopped_on") {
        return Vec::new();
    }
    let left = book
        .of(row, "holder")
        .and_then(|p| p.date("left_on"))
        .is_some_and(|day| day <= book.today);
    let ended = book
        .of(row, "contract")
        .is_some_and(|c| c.date("until").is_some_and(|day| day <= book.today));
    let vendor = is_of_vendor(row);
    let privileged = row.text("kind") == "privileged";
    let nobody = row.is_blank("holder") && row.is_blank("vendor_person");
    found([
        late(row, book, "until", "stopped_on").then(|| {
            Gap::wrong(
                "stopped_on",
                "使用期限已過而未停用，請停用並填停用日期，或重新申請",
            )
        }),
        left.then(|| Gap::wrong("stopped_on", "持有人已離職，請立即停用帳號並填停用日期")),
        (vendor && ended && !past(row, book, "until"))
            .then(|| Gap::wrong("stopped_on", "契約已屆滿，請收回委外人員之帳號並填停用日期")),
        (privileged && vendor).then(|| {
            Gap::hint(
                "kind",
                "特權帳號由委外人員持有：最高權限宜由機關人員保管，請確認是否必要",
            )
        }),
        (privileged && row.is_blank("daily_account"))
            .then(|| Gap::hint("daily_account", "請填持有人之日常帳號，以確認與特權帳號分開")),
        (nobody && row.text("kind") != "service")
            .then(|| Gap::missing("holder", "帳號無持有人，請填持有人或停用")),
        (nobody && row.text("kind") == "service" && row.is_blank("unit"))
            .then(|| Gap::missing("unit", "服務帳號請填負責單位")),
        row.is_blank("approved_by")
            .then(|| Gap::missing("approved_by", "帳號應經核准，請補填核准人與核准日期")),
    ])
}
