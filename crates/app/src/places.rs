//! The places of the menu: each with how it stands, what is due from it, and its registers.
//!
//! Why registers by what the agency needs: ninety of them are no answer to "where do I write this". What it
//! can't know: what somebody is looking for; every register stands in the settings as well.

use crate::compiled::compiled_once;
use crate::duties::{self, count};
use crate::frame::{Place, place_of, sees_duties};
use crate::ids::register;
use crate::permission::Action;
use crate::records::{register_index, registers_for};
use crate::today::{months, most_urgent, tasks};
use crate::visit::Visit;
use crate::{AppError, map};
use registers::{Group as Kept, RegisterSpec};
use serde_json::Value;
use std::collections::BTreeSet;
use views::{AgencyHead, DutyView, Group, Onward, PlaceView, RegisterGroup, RegisterHead, Status};

/// How many tasks a place shows.
const SHOWN: usize = 5;

/// A part of 清冊.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// 系統與資產
    Systems,
    /// 人員與訓練
    People,
    /// 廠商與契約
    Vendors,
}

impl Shelf {
    /// Every part, in their order.
    pub const ALL: [Self; 3] = [Self::Systems, Self::People, Self::Vendors];

    /// As addresses name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Systems => "systems",
            Self::People => "people",
            Self::Vendors => "vendors",
        }
    }

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Systems => "系統與資產",
            Self::People => "人員與訓練",
            Self::Vendors => "廠商與契約",
        }
    }

    fn holds(self, spec: &RegisterSpec) -> bool {
        let of_group = match spec.group {
            Kept::People => Self::People,
            Kept::Outsourcing => Self::Vendors,
            _ => Self::Systems,
        };
        of_group == self
    }
}

/// Duties of the agency where the visitor may see them, with what they rest on.
pub(crate) struct Known {
    pub(crate) head: AgencyHead,
    pub(crate) duties: Option<Vec<DutyView>>,
    heads: Vec<RegisterHead>,
}

pub(crate) async fn known(visit: &Visit<'_>) -> Result<Known, AppError> {
    let heads = register_index(visit).await?;
    if !sees_duties(visit) {
        return Ok(Known {
            head: map::head(&visit.loaded()?.snapshot, visit.day()),
            duties: None,
            heads,
        });
    }
    let seen = duties::seen(visit).await?;
    let duties = seen.views(&seen.assessed(visit, visit.day()));
    Ok(Known {
        head: map::head(seen.snapshot(), visit.day()),
        duties: Some(duties),
        heads,
    })
}

impl Known {
    /// Registers on which a duty of the agency rests.
    fn rested_on(&self) -> BTreeSet<&'static str> {
        let binding = self.duties.iter().flatten();
        binding
            .filter(|d| d.verdict != Status::NotApplicable)
            .flat_map(|d| registers_for(&d.key))
            .map(|(key, _)| key)
            .collect()
    }

    pub(crate) fn groups(&self, picks: &dyn Fn(&RegisterSpec) -> bool) -> Vec<RegisterGroup> {
        let rested_on = self.rested_on();
        let mut groups: Vec<RegisterGroup> = Vec::new();
        for head in &self.heads {
            let Some(spec) = registers::register(&head.key).filter(|spec| picks(spec)) else {
                continue;
            };
            let title = spec.group.title();
            if groups.last().is_none_or(|g| g.title != title) && !groups.iter().any(|g| g.title == title) {
                groups.push(RegisterGroup {
                    title: title.to_owned(),
                    needed: Vec::new(),
                    others: Vec::new(),
                });
            }
            let Some(group) = groups.iter_mut().find(|g| g.title == title) else {
                continue;
            };
            if head.count > 0 || rested_on.contains(spec.key) {
                group.needed.push(head.clone());
            } else {
                group.others.push(head.clone());
            }
        }
        groups
    }

    /// What is due from the registers that are picked, the most urgent first.
    fn due(&self, visit: &Visit<'_>, picks: &dyn Fn(&RegisterSpec) -> bool) -> Option<Group> {
        let duties = self.duties.as_ref()?;
        let rests = |d: &&DutyView| {
            registers_for(&d.key)
                .iter()
                .filter_map(|(key, _)| registers::register(key))
                .any(picks)
        };
        let all = most_urgent(duties.iter().filter(rests).cloned(), visit.day());
        Some(Group {
            id: "due",
            title: "應辦",
            empty: "目前沒有逾期或 30 天內到期的事項。",
            total: all.len(),
            more: format!("/{}/duties?status=not_met", visit.agency()),
            tasks: tasks(visit, all.iter().take(SHOWN)),
        })
    }

    fn count(&self, key: &str) -> u64 {
        self.heads.iter().find(|h| h.key == key).map_or(0, |h| h.count)
    }

    /// So many of these registers' records, of those that the visitor may read.
    fn told(&self, of: &[(&str, &str, &str)]) -> String {
        let seen = of
            .iter()
            .filter(|(key, _, _)| self.heads.iter().any(|h| h.key == *key));
        let said: Vec<String> = seen
            .map(|(key, name, unit)| format!("{name} {} {unit}", self.count(key)))
            .collect();
        if said.is_empty() {
            "登錄情形見下列各清單。".to_owned()
        } else {
            format!("已登錄{}。", said.join("、"))
        }
    }
}

pub(crate) fn onward(title: &str, text: impl Into<String>, path: &str) -> Onward {
    Onward {
        title: title.to_owned(),
        text: text.into(),
        path: path.to_owned(),
    }
}

/// The rows of a register, of which a field is blank.
fn open_rows(visit: &Visit<'_>, key: &str, ends: &str) -> usize {
    let rows = visit.rows().standing(key);
    rows.filter(|r| {
        r.body
            .get(ends)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .is_empty()
    })
    .count()
}

/// The place 年度.
///
/// # Errors
/// Where the asker may not see the duties.
#[compiled_once]
pub async fn year(visit: &Visit<'_>) -> Result<PlaceView, AppError> {
    // Tells those who may not what they may not.
    duties::seen(visit).await?;
    let known = known(visit).await?;
    let duties = known.duties.as_deref().unwrap_or_default();
    let counts: Vec<String> = count(duties)
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(status, n)| format!("{} {n}", status.word()))
        .collect();
    let year = period::roc_year(visit.day()).map_or_else(String::new, |y| format!("{y} 年度"));
    let picks = |spec: &RegisterSpec| place_of(spec) == Place::Year;
    let all = most_urgent(duties.iter().cloned(), visit.day());
    let due = Group {
        id: "due",
        title: "應辦",
        empty: "目前沒有逾期或 30 天內到期的事項。",
        total: all.len(),
        more: format!("/{}/duties?status=not_met", visit.agency()),
        tasks: tasks(visit, all.iter().take(SHOWN)),
    };
    let graded = known.count("system");
    let mut ways = vec![onward(
        "應辦事項",
        format!("全部 {} 項，依類別列出狀態、期限與依據", duties.len()),
        "duties",
    )];
    for (key, title, text) in [
        (
            "control_check",
            "防護基準自評",
            format!("{graded} 套系統的防護基準逐項檢核"),
        ),
        ("risk", "風險", format!("{} 項風險", known.count("risk"))),
        (
            "objective",
            "目標",
            format!("{} 項資通安全目標與其量測", known.count("objective")),
        ),
    ] {
        if known.heads.iter().any(|h| h.key == key) {
            ways.push(onward(title, text, &format!("registers/{key}")));
        }
    }
    Ok(PlaceView {
        agency: known.head.clone(),
        title: "年度",
        sentence: format!("{year}應辦 {} 項：{}。", duties.len(), counts.join("、")),
        due: Some(due),
        months: months(duties, visit.day()),
        todo: Vec::new(),
        onward: ways,
        seldom: Vec::new(),
        groups: known.groups(&picks),
    })
}

/// What falls into a month: of what is open, and of what was done.
///
/// # Errors
/// Where the asker may not see the duties.
#[compiled_once]
pub async fn month(visit: &Visit<'_>, first: period::Date) -> Result<Group, AppError> {
    let seen = duties::seen(visit).await?;
    let duties = seen.views(&seen.assessed(visit, visit.day()));
    let within = |day: period::Date| (day.year(), day.month()) == (first.year(), first.month());
    let open =
        |d: &DutyView| matches!(d.verdict, Status::NotMet | Status::NotYetDue) && d.due.is_some_and(within);
    let mut all: Vec<DutyView> = duties.into_iter().filter(open).collect();
    all.sort_by_key(|d| d.due);
    Ok(Group {
        id: "month",
        title: "這個月到期",
        empty: "這個月沒有到期而未辦完的事項。",
        total: all.len(),
        more: format!("/{}/duties", visit.agency()),
        tasks: tasks(visit, all.iter()),
    })
}

/// The place 清冊.
///
/// # Errors
/// Where the asker has nothing to do with the agency.
#[compiled_once]
pub async fn inventory(visit: &Visit<'_>, shelf: Shelf) -> Result<PlaceView, AppError> {
    let known = known(visit).await?;
    let picks = |spec: &RegisterSpec| place_of(spec) == Place::Inventory && shelf.holds(spec);
    let sentence = match shelf {
        Shelf::Systems => known.told(&[
            ("system", "資通系統", "套"),
            ("asset", "資產", "筆"),
            ("website", "網站", "個"),
        ]),
        Shelf::People => known.told(&[
            ("person", "人員", "名"),
            ("training", "訓練", "場"),
            ("certificate", "證照", "張"),
        ]),
        Shelf::Vendors => known.told(&[("vendor", "廠商", "家"), ("contract", "契約", "件")]),
    };
    Ok(PlaceView {
        agency: known.head.clone(),
        title: "清冊",
        sentence,
        due: known.due(visit, &picks),
        months: Vec::new(),
        todo: Vec::new(),
        onward: Vec::new(),
        seldom: Vec::new(),
        groups: known.groups(&picks),
    })
}

/// The place 稽核與事件.
///
/// # Errors
/// Where the asker has nothing to do with the agency.
#[compiled_once]
pub async fn matters(visit: &Visit<'_>) -> Result<PlaceView, AppError> {
    let known = known(visit).await?;
    let picks = |spec: &RegisterSpec| place_of(spec) == Place::Matters;
    let all =
        |key: &str| register(key).is_ok_and(|spec| visit.best(Action::Read, spec) == crate::Allowed::Yes);
    let mut said = Vec::new();
    if all("incident") && visit.moment_seen().is_none() {
        said.push(match open_rows(visit, "incident", "closed_on") {
            0 => "沒有未結案的事件".to_owned(),
            n => format!("{n} 件事件未結案"),
        });
    }
    said.push(
        known
            .told(&[
                ("audit", "稽核", "次"),
                ("corrective", "矯正措施", "項"),
                ("drill", "演練", "次"),
            ])
            .trim_end_matches('。')
            .to_owned(),
    );
    let mut ways = Vec::new();
    if register("incident").is_ok_and(|spec| visit.can(Action::Create, spec)) {
        ways.push(onward(
            "通報資安事件",
            "發現可疑情形，先登錄，時限自知悉起算",
            "registers/incident/new",
        ));
    }
    Ok(PlaceView {
        agency: known.head.clone(),
        title: "稽核與事件",
        sentence: format!("{}。", said.join("；")),
        due: known.due(visit, &picks),
        months: Vec::new(),
        todo: Vec::new(),
        onward: ways,
        seldom: Vec::new(),
        groups: known.groups(&picks),
    })
}

/// The place 文件.
///
/// # Errors
/// Where the asker has nothing to do with the agency.
#[compiled_once]
pub async fn papers(visit: &Visit<'_>) -> Result<PlaceView, AppError> {
    let known = known(visit).await?;
    let picks = |spec: &RegisterSpec| place_of(spec) == Place::Papers;
    let mut ways = Vec::new();
    let mut sentence = known.told(&[("document", "文件", "份")]);
    if known.duties.is_some() {
        let plan = visit.loaded_as_seen().await?;
        let plan = plan.plan_on(visit.day());
        sentence = match plan {
            Some(plan) => format!("現行維護計畫為「{}」；{sentence}", plan.file_name),
            None => format!("還沒有維護計畫；{sentence}"),
        };
        ways.push(onward("計畫健檢", "維護計畫與現行法規、各登錄資料的出入", "plan"));
    }
    if jobs_seen(visit) {
        ways.push(onward("匯出與工作", "製作中的檔案、匯入與其結果", "jobs"));
    }
    Ok(PlaceView {
        agency: known.head.clone(),
        title: "文件",
        sentence,
        due: known.due(visit, &picks),
        months: Vec::new(),
        todo: Vec::new(),
        onward: ways,
        seldom: Vec::new(),
        groups: known.groups(&picks),
    })
}

fn jobs_seen(visit: &Visit<'_>) -> bool {
    registers::catalogue()
        .iter()
        .any(|spec| visit.can(Action::Export, spec) || visit.can(Action::Import, spec))
}

/// 設定, with every register that the visitor may read.
///
/// # Errors
/// Where the asker has nothing to do with the agency.
#[compiled_once]
pub async fn settings(visit: &Visit<'_>) -> Result<PlaceView, AppError> {
    let known = known(visit).await?;
    let mut ways = Vec::new();
    if known.duties.is_some() {
        ways.push(onward(
            "機關",
            "責任等級、資通安全長、機關情形、帳本檢查點",
            "agency",
        ));
    }
    let reads = |key: &str| known.heads.iter().any(|h| h.key == key);
    if reads("member") {
        ways.push(onward(
            "使用者與邀請",
            "誰以什麼角色使用本系統、邀請與登入情形",
            "people",
        ));
    }
    for (key, title, text) in [
        ("deputy", "職務代理", "誰在哪段期間代理誰"),
        ("route", "簽核流程", "哪些紀錄由誰依序核定"),
        ("token", "存取權杖", "以程式介接時使用"),
    ] {
        if reads(key) {
            ways.push(onward(title, text, &format!("registers/{key}")));
        }
    }
    ways.push(onward(
        "全部登記簿",
        format!("{} 本，可依名稱篩選", known.heads.len()),
        "registers",
    ));
    Ok(PlaceView {
        agency: known.head.clone(),
        title: "設定",
        sentence: "不是每天要動的資料：機關、使用者、流程與全部登記簿。".to_owned(),
        due: None,
        months: Vec::new(),
        todo: Vec::new(),
        onward: ways,
        seldom: Vec::new(),
        groups: Vec::new(),
    })
}

/// Every register that the visitor may read, by group, those that the agency needs first; narrowed by a
/// part of its name or purpose.
///
/// # Errors
/// Where the asker has nothing to do with the agency.
#[compiled_once]
pub async fn all_registers(visit: &Visit<'_>, part: &str) -> Result<Vec<RegisterGroup>, AppError> {
    let known = known(visit).await?;
    let part = part.trim();
    Ok(known.groups(&|spec| {
        part.is_empty()
            || spec.title.contains(part)
            || spec.help.contains(part)
            || spec.group.title().contains(part)
    }))
}
