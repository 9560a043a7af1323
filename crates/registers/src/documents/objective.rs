//! 資通安全目標: what is to be reached, how it is counted, and who approved it.
//!
//! Why some objectives name their measure: the law or the agency's plan sets a value for
//! those, and an objective must not promise less. Why a reason lets some pass: a city lets
//! its agencies adjust three of them, with the 資通安全長's approval. What it can't know:
//! what was reached; measurements say so.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Record, RegisterSpec, found,
};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "目標編號", Kind::Text, "OBJ-01")
        .required()
        .synonyms(&["編號", "項次"]),
    Field::new("name", "目標", Kind::Text, "核心資通系統可用性")
        .required()
        .synonyms(&["目標名稱", "目標項目"]),
    Field::new(
        "kind",
        "性質",
        Kind::Choice(&[("quantitative", "量化"), ("qualitative", "質化")]),
        "quantitative",
    )
    .required()
    .synonyms(&["類別"]),
    Field::new(
        "measure",
        "法規或計畫已定之指標",
        Kind::Choice(&[
            ("availability.all", "資通系統可用性（%）"),
            ("availability.high_system", "防護需求等級高之系統可用率（%）"),
            ("availability.public_service", "與民眾相關之服務及系統可用率（%）"),
            ("incident.on_time_rate", "事件依限通報、應變及復原率（%）"),
            ("phishing.open_rate", "社交工程郵件開啟率（%）"),
            ("phishing.click_rate", "社交工程附件（連結）點閱率（%）"),
            ("objective.major_incidents", "第三級以上事件每年件數"),
            ("other", "其他"),
        ]),
        "availability.all",
    )
    .help("屬下列之一者請選，系統據以核對目標值；都不是者選其他"),
    Field::new("indicator", "指標", Kind::Text, "全年可用時間比率").synonyms(&["衡量指標", "績效指標"]),
    Field::new(
        "formula",
        "計算公式",
        Kind::LongText,
        "（應服務時間－非計畫中斷時間）÷應服務時間×100",
    )
    .synonyms(&["公式", "計算方式"]),
    Field::new(
        "direction",
        "達成條件",
        Kind::Choice(&[
            ("at_least", "大於或等於目標值"),
            ("at_most", "小於或等於目標值"),
            ("below", "小於目標值"),
        ]),
        "at_least",
    ),
    Field::new("target", "目標值", Kind::Decimal, "99.97").synonyms(&["目標數值"]),
    Field::new("unit", "單位", Kind::Text, "%"),
    Field::new(
        "criterion",
        "質化達成標準",
        Kind::LongText,
        "全體同仁均能說明發現異常時之通報對象。",
    )
    .help("質化目標如何認定達成"),
    Field::new("source", "資料來源", Kind::Text, "監控系統月報"),
    Field::new(
        "period",
        "評量週期",
        Kind::Choice(&[
            ("month", "每月"),
            ("quarter", "每季"),
            ("half_year", "每半年"),
            ("year", "每年"),
        ]),
        "year",
    )
    .expected()
    .synonyms(&["週期", "量測頻率"]),
    Field::new("owner", "負責單位", Kind::Text, "資訊科").expected(),
    Field::new(
        "adjustment",
        "調整理由",
        Kind::LongText,
        "業務僅於上班時間提供服務。",
    )
    .help("目標值依業務特性另定而低於所定數值者，敘明理由，並經資通安全長核定"),
    Field::new("ciso_approved_on", "資通安全長核定日", Kind::Date, "2026-01-20")
        .expected()
        .synonyms(&["資安長核定日", "核定日期"]),
    Field::new("from", "適用起日", Kind::Date, "2026-01-01"),
    Field::new("until", "停用日", Kind::Date, "2027-01-01").help("自這一天起不再適用；適用中留空"),
    Field::new("next_measure", "下次評量日", Kind::Date, "2026-12-31").expected(),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "objective",
    title: "資通安全目標",
    help: "量化與質化之資通安全目標、指標、公式與目標值，經資通安全長核定",
    group: Group::Documents,
    names_row: "name",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    limits: &[
        limit("availability.all", at_least_all),
        limit("availability.high_system", at_least_high),
        limit("availability.public_service", at_least_public),
        limit("incident.on_time_rate", on_time),
        limit("phishing.open_rate", open_rate),
        limit("phishing.click_rate", click_rate),
        limit("objective.major_incidents", major_incidents),
    ],
    ..RegisterSpec::TABLE
};

type Judge = fn(&Record<'_>, &Bound, &Book<'_>) -> Option<FieldProblem>;

const fn limit(parameter: &'static str, judge: Judge) -> Limit {
    Limit { parameter, judge }
}

fn at_least_all(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    looser(row, bound, "availability.all", false)
}

fn at_least_high(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    looser(row, bound, "availability.high_system", true)
}

fn at_least_public(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    looser(row, bound, "availability.public_service", true)
}

fn on_time(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    looser(row, bound, "incident.on_time_rate", false)
}

fn open_rate(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    looser(row, bound, "phishing.open_rate", false)
}

fn click_rate(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    looser(row, bound, "phishing.click_rate", false)
}

fn major_incidents(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    looser(row, bound, "objective.major_incidents", true)
}

/// Whether an objective asks less than the value that is set for its measure.
fn looser(row: &Record<'_>, bound: &Bound, measure: &str, adjustable: bool) -> Option<FieldProblem> {
    if row.text("measure") != measure {
        return None;
    }
    let (target, set) = (row.decimal("target")?, bound.number?);
    let less = if row.text("direction") == "at_least" {
        target < set
    } else {
        target > set
    };
    let adjusted = adjustable && !row.is_blank("adjustment") && !row.is_blank("ciso_approved_on");
    (less && !adjusted).then(|| {
        let remedy = if adjustable {
            "請更正目標值，或敘明調整理由並經資通安全長核定"
        } else {
            "請更正目標值"
        };
        FieldProblem::new("target", format!("目標值寬於所定之 {}，{remedy}", bound.words))
    })
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let set = !row.is_blank("measure") && row.text("measure") != "other";
    let least = ["availability.all", "availability.high_system"].contains(&row.text("measure"))
        || ["availability.public_service", "incident.on_time_rate"].contains(&row.text("measure"));
    let turned = set && !row.is_blank("direction") && least != (row.text("direction") == "at_least");
    let (from, until) = (row.date("from"), row.date("until"));
    let backwards = from.zip(until).is_some_and(|(from, until)| until <= from);
    let mut problems = found([
        turned.then(|| FieldProblem::new("direction", "達成條件與所選指標之方向相反，請更正")),
        backwards.then(|| FieldProblem::new("until", "「停用日」應晚於「適用起日」，請更正其中之一")),
    ]);
    if row.text("kind") == "quantitative" && !row.is_blank("target") {
        problems.extend(found([
            row.need("direction", "有目標值者，應選達成條件"),
            row.need("formula", "量化目標應有計算公式"),
        ]));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if row.date("until").is_some_and(|until| until <= book.today) {
        return Vec::new();
    }
    let late = row.date("next_measure").is_some_and(|day| day < book.today);
    let numbers = row.text("kind") == "quantitative";
    found([
        late.then(|| Gap::wrong("next_measure", "已逾評量日，請登錄目標評量並更新下次評量日")),
        (numbers && row.is_blank("target")).then(|| Gap::missing("target", "量化目標請填目標值")),
        (!numbers && row.is_blank("criterion")).then(|| Gap::missing("criterion", "質化目標請填達成標準")),
    ])
}
