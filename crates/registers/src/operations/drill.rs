//! 演練: continuity, recovery, phishing and reporting drills, and what they showed.
//!
//! Why a rate above the law's is taken once it says what follows: it is what happened. What it
//! can't know: how people would act without knowing that it is a drill.

use crate::core::checks::{overdue, share};
use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Raise, Record,
    RegisterSpec, found,
};

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-DR-001")
        .required()
        .synonyms(&["編號"]),
    Field::new(
        "kind",
        "演練類別",
        Kind::Choice(&[
            ("continuity", "業務持續運作演練"),
            ("recovery", "災害復原演練"),
            ("social_engineering", "社交工程演練"),
            ("notification", "通報及應變演練"),
            ("attack", "網路攻防演練"),
            ("scenario", "情境演練"),
        ]),
        "continuity",
    )
    .required()
    .synonyms(&["類別", "演練種類"])
    .law(LAW),
    Field::new(
        "role",
        "辦理身分",
        Kind::Choice(&[
            ("own", "機關自行辦理"),
            ("taking_part", "配合上級或主管機關"),
            ("superior", "以上級機關身分辦理"),
        ]),
        "own",
    )
    .required(),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1")
        .help("業務持續運作演練以系統為標的，每一核心資通系統各登一筆")
        .synonyms(&["系統名稱", "演練標的"]),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1").help("廠商配合演練者，選其契約"),
    Field::new(
        "scope",
        "演練範圍及情境",
        Kind::LongText,
        "機房斷電，切換至備援主機。",
    )
    .required()
    .synonyms(&["範圍", "情境"]),
    Field::new("notified_on", "接獲通知日", Kind::Date, "2026-05-01").help("配合上級或主管機關者"),
    Field::new("plan_on", "演練計畫核定日", Kind::Date, "2026-05-05"),
    Field::new("on", "演練日期", Kind::Date, "2026-06-12").required(),
    Field::new("participants", "參演人數", Kind::Number, "25"),
    Field::new(
        "steps",
        "演練過程",
        Kind::LongText,
        "斷電、通報、切換、驗證、回復。",
    ),
    Field::new("target_rto", "目標 RTO（小時）", Kind::Decimal, "8").synonyms(&["RTO"]),
    Field::new("measured_rto", "實測 RTO（小時）", Kind::Decimal, "3.5").synonyms(&["復原時間"]),
    Field::new("sent", "寄送人數", Kind::Number, "120").help("社交工程演練"),
    Field::new("opened", "開啟人數", Kind::Number, "4"),
    Field::new("clicked", "點閱人數", Kind::Number, "1").help("點閱連結或開啟附件"),
    Field::new("open_rate", "開啟率（%）", Kind::Decimal, "3.33").synonyms(&["開啟率"]),
    Field::new("click_rate", "點閱率（%）", Kind::Decimal, "0.83").synonyms(&["點閱率", "點擊率"]),
    Field::new(
        "result",
        "演練結果",
        Kind::Choice(&[
            ("met", "達成目標"),
            ("partial", "部分達成"),
            ("not_met", "未達成"),
        ]),
        "met",
    ),
    Field::new("review", "檢討", Kind::LongText, "切換程序第三步應補網路設定。").synonyms(&["檢討事項"]),
    Field::new("improvement", "改善措施", Kind::LongText, "對點閱者加強訓練。")
        .help("未達目標，或開啟率、點閱率高於所定者必填"),
    Field::new("fix_due", "改善期限", Kind::Date, "2026-07-12"),
    Field::new("fixed_on", "改善完成日", Kind::Date, "2026-07-01"),
    Field::new("result_sent_on", "成果送出日", Kind::Date, "2026-06-30")
        .help("以上級機關身分辦理者，送主管機關之日"),
    Field::new("next_on", "下次演練日", Kind::Date, "2027-06-12"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "drill",
    title: "演練紀錄",
    help: "業務持續運作、災害復原、社交工程與通報應變等演練之情境、結果、檢討與改善",
    group: Group::Operations,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["drill"],
    gaps: Some(gaps),
    limits_on: &["on"],
    limits: &[
        Limit {
            parameter: "phishing.open_rate",
            judge: open_rate,
        },
        Limit {
            parameter: "phishing.click_rate",
            judge: click_rate,
        },
    ],
    proves: &[
        Proof {
            duty: "continuity.drill",
            on: "on",
            until: &[],
            about: Some("system"),
            when: |row| !row.is_blank("system") && is_reviewed(row, "continuity"),
        },
        Proof {
            duty: "social_engineering.drill",
            on: "on",
            until: &[],
            about: None,
            when: is_counted,
        },
        Proof {
            duty: "incident.drill",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_reviewed(row, "notification"),
        },
        Proof {
            duty: "drill.hold_social_engineering",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_superior(row) && is_counted(row),
        },
        Proof {
            duty: "drill.hold_incident",
            on: "on",
            until: &[],
            about: None,
            when: |row| is_superior(row) && is_reviewed(row, "notification"),
        },
        Proof {
            duty: "contract.drill.yearly",
            on: "on",
            until: &[],
            about: Some("contract"),
            when: |row| {
                !row.is_blank("contract") && (is_reviewed(row, "recovery") || is_reviewed(row, "continuity"))
            },
        },
    ],
    raises: &[
        Raise {
            duty: "drill.result_report",
            on: "on",
            settled_on: "result_sent_on",
            about: None,
            when: |row| {
                is_superior(row) && ["social_engineering", "notification"].contains(&row.text("kind"))
            },
        },
        Raise {
            duty: "drill.cooperate",
            on: "notified_on",
            settled_on: "on",
            about: None,
            when: |row| row.text("role") == "taking_part",
        },
        Raise {
            duty: "contract.exercise",
            on: "notified_on",
            settled_on: "on",
            about: Some("contract"),
            when: |row| {
                row.text("role") == "taking_part" && row.text("kind") == "attack" && !row.is_blank("contract")
            },
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_superior(row: &Record<'_>) -> bool {
    row.text("role") == "superior"
}

fn is_reviewed(row: &Record<'_>, kind: &str) -> bool {
    row.text("kind") == kind && !row.is_blank("result") && !row.is_blank("review")
}

fn is_counted(row: &Record<'_>) -> bool {
    let filled = ["open_rate", "click_rate"];
    row.text("kind") == "social_engineering" && filled.iter().all(|key| !row.is_blank(key))
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = Vec::new();
    problems.extend(found([
        share(row, "open_rate"),
        share(row, "click_rate"),
        crate::core::checks::part(row, "opened", "sent"),
        crate::core::checks::part(row, "clicked", "sent"),
        row.not_before("on", "plan_on"),
        row.not_before("on", "notified_on"),
        row.not_before("fixed_on", "on"),
        row.not_before("result_sent_on", "on"),
    ]));
    for (rate, count) in [("open_rate", "opened"), ("click_rate", "clicked")] {
        problems.extend(differs(row, rate, count));
    }
    let slow = row
        .decimal("measured_rto")
        .zip(row.decimal("target_rto"))
        .is_some_and(|(measured, target)| measured > target);
    if slow && row.text("result") == "met" {
        problems.push(FieldProblem::new(
            "result",
            "實測 RTO 超過目標，演練結果不應為「達成目標」，請更正其中之一",
        ));
    }
    if ["partial", "not_met"].contains(&row.text("result")) {
        problems.extend(row.need("improvement", "未達目標者，應載明改善措施"));
    }
    problems
}

/// A rate that isn't the count's share of those who were sent a mail.
fn differs(row: &Record<'_>, rate: &str, count: &str) -> Option<FieldProblem> {
    let (stated, part, all) = (row.decimal(rate)?, row.number(count)?, row.number("sent")?);
    #[expect(clippy::cast_precision_loss, reason = "people of one agency")]
    let counted = part as f64 / all.max(1) as f64 * 100.0;
    // Papers round to a tenth.
    ((stated - counted).abs() > 0.05).then(|| {
        FieldProblem::new(
            rate,
            format!(
                "依「{}」與「寄送人數」計算為 {counted:.2}，「{}」填 {stated}，請更正",
                row.label(count),
                row.label(rate)
            ),
        )
    })
}

fn above(row: &Record<'_>, bound: &Bound, rate: &str) -> Option<FieldProblem> {
    if row.text("kind") != "social_engineering" {
        return None;
    }
    let (stated, most) = (row.decimal(rate)?, bound.number?);
    (stated > most && row.is_blank("improvement")).then(|| {
        FieldProblem::new(
            "improvement",
            format!(
                "「{}」{stated} 高於 {}，請填改善措施（如對點閱者加強宣導或訓練）",
                row.label(rate),
                bound.words
            ),
        )
    })
}

fn open_rate(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    above(row, bound, "open_rate")
}

fn click_rate(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    above(row, bound, "click_rate")
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let over = row.date("on").is_some_and(|day| day < book.today);
    let kind = row.text("kind");
    let phishing = kind == "social_engineering";
    let later = book.all("drill").any(|d| {
        d.text("kind") == kind && d.text("system") == row.text("system") && d.date("on") > row.date("on")
    });
    let due = crate::core::checks::past(row, book, "next_on") && !later;
    found([
        (over && phishing && !is_counted(row))
            .then(|| Gap::missing("open_rate", "演練已辦理，請填開啟率與點閱率")),
        (over && !phishing && row.is_blank("result"))
            .then(|| Gap::missing("result", "演練日已過，請填演練結果；未辦理者更正演練日期")),
        (over && !phishing && !row.is_blank("result") && row.is_blank("review"))
            .then(|| Gap::missing("review", "演練後應檢討，請填檢討；無待改善者敘明")),
        (kind == "continuity" && row.is_blank("system"))
            .then(|| Gap::missing("system", "請選資通系統；未選者無從認定哪一核心系統已演練")),
        overdue(row, book, "fix_due", "fixed_on"),
        due.then(|| Gap::wrong("next_on", "已逾下次演練日而無新的演練紀錄，請辦理")),
    ])
}
