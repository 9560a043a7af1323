//! 年度教育訓練計畫: who is to be trained in what, for how long, and how it is followed up.
//!
//! Why the hours stand by kind of staff: the law asks different hours of each, and a plan
//! with fewer can't be kept. What it can't know: whether anybody came; attendance says so.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Record, RegisterSpec,
    found,
};

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "計畫名稱", Kind::Text, "115年度資通安全教育訓練計畫").required(),
    Field::new("year", "年度", Kind::Number, "115")
        .required()
        .help("民國年"),
    Field::new(
        "purpose",
        "目的及依據",
        Kind::LongText,
        "提升同仁資安認知；依維護計畫辦理。",
    )
    .synonyms(&["目的", "依據"]),
    Field::new(
        "goals",
        "訓練目標",
        Kind::LongText,
        "參訓率百分之百，測驗平均八十分。",
    )
    .expected()
    .synonyms(&["目標"]),
    Field::new("general_hours", "一般使用者及主管通識時數", Kind::Decimal, "3")
        .expected()
        .help("每人每年；資訊人員亦同")
        .law(LAW),
    Field::new("it_hours", "資訊人員專業時數", Kind::Decimal, "3")
        .help("專職人員以外之資訊人員")
        .law(LAW),
    Field::new("dedicated_hours", "專職人員專業時數", Kind::Decimal, "12").law(LAW),
    Field::new(
        "courses",
        "課程表",
        Kind::LongText,
        "一、資安通識：三小時，全體同仁，四月，線上。\n二、防火牆管理：六小時，資訊人員，六月。",
    )
    .required()
    .help("一行一門：課程、類別、對象、人數、時數、日期、地點、講師")
    .synonyms(&["課程", "訓練內容"]),
    Field::new(
        "by_work",
        "依工作類別之區分",
        Kind::LongText,
        "管理、業務、資訊三類。",
    )
    .expected(),
    Field::new(
        "topics",
        "課程內容",
        Kind::Many(&[
            ("policy", "資安政策"),
            ("law", "資安法令"),
            ("work", "作業內容"),
            ("technology", "資安技術"),
        ]),
        r#"["policy","law","work","technology"]"#,
    )
    .help("計畫所列課程所及之內容"),
    Field::new(
        "external",
        "外部使用者適用方式",
        Kind::LongText,
        "駐點人員併同參加通識課程。",
    ),
    Field::new("evaluation", "評量方式", Kind::Text, "課後測驗，六十分及格"),
    Field::new(
        "follow_up",
        "未達時數之追蹤",
        Kind::LongText,
        "每季清查，未達者十月底前補訓。",
    ),
    Field::new("phishing", "社交工程演練時程", Kind::Text, "五月、十月各一次"),
    Field::new("budget", "經費", Kind::Decimal, "60000").help("新臺幣元"),
    Field::new("made_on", "擬訂日", Kind::Date, "2026-01-12").expected(),
    Field::new("approved_on", "核定日", Kind::Date, "2026-01-20").synonyms(&["核定日期"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "training_plan",
    title: "年度教育訓練計畫",
    help: "年初依工作類別擬訂之宣導及訓練計畫：對象、時數、課程、評量與追蹤",
    group: Group::People,
    names_row: "title",
    identity: &["year", "title"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits: &[
        Limit {
            parameter: "training.general_hours",
            judge: general,
        },
        Limit {
            parameter: "training.it_hours",
            judge: it,
        },
        Limit {
            parameter: "training.professional_hours",
            judge: dedicated,
        },
    ],
    proves: &[Proof {
        duty: "training.plan",
        on: "approved_on",
        until: &[],
        about: None,
        when: is_whole,
    }],
    tells: &["topics"],
    ..RegisterSpec::TABLE
};

fn is_whole(row: &Record<'_>) -> bool {
    !row.is_blank("approved_on") && !row.is_blank("by_work")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    found([row.not_before("approved_on", "made_on")])
}

fn general(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    fewer(row, bound, "general_hours")
}

fn it(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    fewer(row, bound, "it_hours")
}

fn dedicated(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    fewer(row, bound, "dedicated_hours")
}

fn fewer(row: &Record<'_>, bound: &Bound, key: &'static str) -> Option<FieldProblem> {
    (row.decimal(key)? < bound.number?).then(|| {
        FieldProblem::new(
            key,
            format!("「{}」少於應有之 {}，請增加課程時數", row.label(key), bound.words),
        )
    })
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let waits = !row.is_blank("made_on") && row.is_blank("approved_on");
    found([waits.then(|| Gap::missing("approved_on", "計畫尚未核定，核定後始為完成"))])
}
