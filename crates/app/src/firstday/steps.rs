//! The six steps of a new agency, each done or not by what its records say.
//!
//! Why no flags: what is taken back is open again. What it can't know: whether more people should be
//! invited, or more systems listed; one shows that it was begun.

use super::stocktake::progress;
use crate::compiled::compiled_once;
use crate::visit::Visit;
use crate::{AppError, Loaded};
use facts::{FactValue, Subject};
use period::Date;
use views::{DutyView, FirstStep};

/// The steps of an agency as loaded, by its duties of a day; none where all are done.
pub(crate) fn of(agency: &str, loaded: &Loaded, day: Date, duties: Vec<DutyView>) -> Vec<FirstStep> {
    let fact = |key: &str| loaded.snapshot.fact(&Subject::Agency, key, day);
    let says = |key: &str, flag: bool| fact(key).is_some_and(|f| f.value == FactValue::Flag(flag));
    let (answered, asked) = progress(duties);
    let city = fact("jurisdiction").is_some();
    let level = fact("responsibility_level").is_some();
    let approved = fact("level_approved_on").is_some();
    let systems = loaded.rows.standing("system").count();
    let no_systems = says("has_core_system", false) && says("has_non_core_system", false);
    let people = loaded.rows.standing("member").count();
    let proven = loaded.snapshot.done.iter().any(|d| d.evidence > 0);
    let lacks: Vec<&str> = [(city, "縣市"), (level, "等級"), (approved, "等級核定日")]
        .into_iter()
        .filter_map(|(there, what)| (!there).then_some(what))
        .collect();
    let step =
        |title: &'static str, is_done: bool, detail: String, href: &str, button: &'static str| FirstStep {
            title,
            is_done,
            detail,
            href: format!("/{agency}/{href}"),
            button,
        };
    let steps = vec![
        step(
            "讀入維護計畫",
            !loaded.readings.is_empty(),
            "由計畫讀出等級、業務、系統與承諾".to_owned(),
            "plan",
            "上傳計畫",
        ),
        step(
            "確認縣市與等級",
            lacks.is_empty(),
            if lacks.is_empty() {
                "縣市、等級與核定日都已登錄".to_owned()
            } else {
                format!("尚缺{}", lacks.join("、"))
            },
            "agency",
            "補登",
        ),
        step(
            "現況盤點",
            answered == asked,
            format!("{answered}／{asked} 項已說明"),
            "stocktake",
            if answered == 0 {
                "開始盤點"
            } else {
                "繼續盤點"
            },
        ),
        step(
            "列出資通系統",
            systems > 0 || no_systems,
            if systems > 0 {
                format!("已登錄 {systems} 個系統")
            } else {
                "還沒有登錄系統".to_owned()
            },
            "registers/system",
            "登錄系統",
        ),
        step(
            "邀請同仁",
            people > 0,
            if people > 0 {
                format!("已有 {people} 位使用者")
            } else {
                "還沒有其他使用者".to_owned()
            },
            "registers/member",
            "新增使用者",
        ),
        step(
            "附上第一件佐證",
            proven,
            "任一辦理紀錄附上檔案".to_owned(),
            "duties?status=not_met",
            "選一項辦理",
        ),
    ];
    if steps.iter().all(|s| s.is_done) {
        Vec::new()
    } else {
        steps
    }
}

/// The six steps, as they stand today; none where all are done.
///
/// # Errors
/// Where the asker may not see the duties.
#[compiled_once]
pub async fn steps(visit: &Visit<'_>) -> Result<Vec<FirstStep>, AppError> {
    let seen = crate::duties::seen(visit).await?;
    let day = visit.today();
    let duties = seen.views(&seen.assessed(visit, day));
    Ok(of(visit.agency().as_str(), &seen.loaded, day, duties))
}
