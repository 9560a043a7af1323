//! 管理審查會議: what the management looked at, what it said, and what it decided.
//!
//! Why each topic is a field: minutes in which one is missing don't show that it was looked
//! at, so they can't be closed. What it can't know: who really spoke.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Record, RegisterSpec,
    found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "會議名稱", Kind::Text, "115年度資通安全管理審查會議")
        .required()
        .synonyms(&["會議名稱及次別", "次別"]),
    Field::new("held_on", "會議日期", Kind::Date, "2026-12-10")
        .required()
        .synonyms(&["日期", "開會日期"]),
    Field::new("time", "起訖時間", Kind::Text, "14:00－16:00").synonyms(&["時間"]),
    Field::new(
        "month_reason",
        "未於所定月份召開之原因",
        Kind::LongText,
        "配合外部稽核提前召開。",
    )
    .help("計畫定有月份而於其他月份召開（含臨時會議）者填"),
    Field::new("place", "地點", Kind::Text, "第一會議室"),
    Field::new("chair", "主席", Kind::Text, "資通安全長 王示範")
        .required()
        .synonyms(&["主持人"]),
    Field::new("recorder", "紀錄", Kind::Text, "陳示範").expected(),
    Field::new("present", "出席人員", Kind::LongText, "推動小組全體。").synonyms(&["出席", "與會人員"]),
    Field::new(
        "absent",
        "請假及列席人員",
        Kind::LongText,
        "請假：無；列席：政風室。",
    )
    .synonyms(&["列席", "請假"]),
    Field::new(
        "past_actions",
        "過往議案之處理狀態",
        Kind::LongText,
        "前次決議三案，均已結案。",
    )
    .synonyms(&["前次決議執行情形"]),
    Field::new(
        "issues",
        "內外部議題之變更",
        Kind::LongText,
        "子法修正施行；組織無調整。",
    ),
    Field::new(
        "plan_fitness",
        "維護計畫之適切性",
        Kind::LongText,
        "配合法規修正第四章。",
    ),
    Field::new(
        "performance",
        "績效之回饋",
        Kind::LongText,
        "目標五項達成四項；人力足敷；控制措施均落實；內稽缺失一項；矯正措施均有效。",
    )
    .help("政策及目標、人力資源配置、控制措施之實施、內外部稽核結果、不符合項目與矯正措施"),
    Field::new(
        "risk",
        "風險評鑑結果及處理進度",
        Kind::LongText,
        "高風險二項均已處理。",
    ),
    Field::new(
        "incidents",
        "重大資安事件之處理及改善",
        Kind::LongText,
        "本年度無重大事件。",
    ),
    Field::new(
        "feedback",
        "利害關係人之回饋",
        Kind::LongText,
        "民眾反映一件，已回復。",
    ),
    Field::new(
        "improvement",
        "持續改善之機會",
        Kind::LongText,
        "導入多因子鑑別。",
    ),
    Field::new(
        "corrective_review",
        "改善措施成效之審查",
        Kind::LongText,
        "各項改善措施、進度與佐證均審查有效。",
    )
    .expected()
    .help("各項改善措施、進度與佐證是否有效"),
    Field::new(
        "decisions",
        "討論及決議",
        Kind::LongText,
        "一、維護計畫修正通過。\n二、編列端點偵測經費。",
    )
    .help("決議事項另登錄於決議及改善追蹤")
    .synonyms(&["決議", "決議事項"]),
    Field::new("motions", "臨時動議", Kind::LongText, "無。"),
    Field::new("conclusion", "主席裁示", Kind::LongText, "請各單位依限辦理。"),
    Field::new("supervised_on", "資通安全長督導日", Kind::Date, "2026-11-30")
        .help("會前督導各項工作與績效之日"),
    Field::new(
        "supervision",
        "資通安全長督導情形",
        Kind::LongText,
        "聽取目標達成與事件檢討之報告並批示。",
    ),
    Field::new(
        "supervised",
        "督導事項",
        Kind::Many(SUPERVISED),
        r#"["responsibilities","protection","incidents","performance"]"#,
    )
    .help("督導情形所及之事項；各項均督導者，始證明資通安全長已督導"),
    Field::new("closed_on", "紀錄核定日", Kind::Date, "2026-12-18").help("各項審查事項均填後，紀錄始得核定"),
    EVIDENCE,
    NOTE,
];

/// What the review must look at.
const TOPICS: [&str; 8] = [
    "past_actions",
    "issues",
    "plan_fitness",
    "performance",
    "risk",
    "incidents",
    "feedback",
    "improvement",
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "management_review",
    title: "管理審查會議",
    help: "管理審查會議紀錄：各項審查事項、決議與裁示，核定後始為完成",
    group: Group::Audit,
    names_row: "title",
    identity: &["title", "held_on"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits_on: &["held_on"],
    limits: &[Limit {
        parameter: "management_review.month",
        judge: other_month,
    }],
    proves: &[
        Proof {
            duty: "management_review.hold",
            on: "held_on",
            until: &[],
            about: None,
            when: is_closed,
        },
        Proof {
            duty: "improvement.review",
            on: "held_on",
            until: &[],
            about: None,
            when: |row| is_closed(row) && !row.is_blank("corrective_review"),
        },
        Proof {
            duty: "ciso.supervise",
            on: "supervised_on",
            until: &[],
            about: None,
            when: is_supervised,
        },
    ],
    ..RegisterSpec::TABLE
};

/// What a CISO supervises.
const SUPERVISED: &[(&str, &str)] = &[
    ("responsibilities", "責任之分配與協調"),
    ("protection", "防護措施"),
    ("incidents", "事件之檢討"),
    ("performance", "工作與績效"),
];

fn is_supervised(row: &Record<'_>) -> bool {
    let matters = row.list("supervised");
    !row.is_blank("supervision") && SUPERVISED.iter().all(|(key, _)| matters.contains(key))
}

fn is_closed(row: &Record<'_>) -> bool {
    !row.is_blank("closed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("closed_on", "held_on"),
        row.not_before("held_on", "supervised_on"),
    ]);
    if is_closed(row) {
        let blank = TOPICS
            .iter()
            .filter_map(|key| row.need(key, "紀錄核定前，各項審查事項均應記載，無者寫「無」"));
        problems.extend(blank);
        problems.extend(found([
            row.need("present", "紀錄核定前應載明出席人員"),
            row.need("decisions", "紀錄核定前應載明決議，無者寫「無」"),
        ]));
    }
    problems
}

fn other_month(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let (held, month) = (row.date("held_on")?, bound.number?);
    let other = (f64::from(held.month()) - month).abs() > 0.5;
    (other && row.is_blank("month_reason")).then(|| {
        FieldProblem::new(
            "month_reason",
            format!(
                "計畫定於 {} 召開，請更正日期，或敘明未於該月召開之原因",
                bound.words
            ),
        )
    })
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let held = row.date("held_on").is_some_and(|day| day < book.today);
    if !held || is_closed(row) {
        return Vec::new();
    }
    let blank: Vec<&str> = TOPICS
        .iter()
        .filter(|key| row.is_blank(key))
        .map(|key| row.label(key))
        .collect();
    let message = if blank.is_empty() {
        "會議已開而紀錄未核定，請陳核並填紀錄核定日".to_owned()
    } else {
        format!("會議已開而紀錄未核定，尚缺：{}", blank.join("、"))
    };
    vec![Gap::missing("closed_on", message)]
}
