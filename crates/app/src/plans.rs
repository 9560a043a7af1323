//! A revised plan takes the place of the former one: shown first, then written.
//!
//! Why a row for each plan and not a new version of one: earlier days keep the plan that ruled then.
//! What it can't know: whether the revision was approved; whoever hands it in says from when it rules.

use crate::commands::keeps_plan;
use crate::commit::{self, Draft};
use crate::compiled::compiled_once;
use crate::held::ReadPlan;
use crate::ids::register;
use crate::new_ids::new_id;
use crate::reading::read_plan;
use crate::visit::{Visit, act};
use crate::{AppError, Loaded, Reading, map};
use assess::{Assessment, DutyAssessment, Verdict, assess};
use facts::{FactValue, Subject};
use law::{Overlay, Requirement};
use period::Date;
use serde_json::{Value, json};
use std::cmp::Ordering;
use store::{Blob, NewRow};
use views::{PlanMove, PlanRevisionView};

/// A plan's file as it is handed in.
pub struct PlanFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The day from which it rules; today where nothing is said.
    pub from: Option<Date>,
}

/// What a revised plan would change; writes nothing.
///
/// # Errors
/// Where the file can't be read as a plan, is another agency's or the same as before, or would
/// rule from a day that is already ruled by a later one.
#[compiled_once]
pub async fn preview(visit: &Visit<'_>, file: &PlanFile) -> Result<PlanRevisionView, AppError> {
    visit.may(act::Read, register("plan")?)?;
    let loaded = visit.loaded()?;
    let revision = Revision::of(visit, &loaded, file)?;
    // A day that could not be written is refused before anything is shown of it.
    row("", 0, &revision.body(&file.name))?;
    Ok(revision.told(visit, &loaded, file, false))
}

/// Writes a revised plan: the former one ends on the day on which it begins.
///
/// # Errors
/// As [`preview`], and where somebody else asks than whoever keeps this machine.
#[compiled_once]
pub async fn adopt(visit: &Visit<'_>, file: PlanFile) -> Result<PlanRevisionView, AppError> {
    keeps_plan(visit)?;
    let loaded = visit.loaded()?;
    let revision = Revision::of(visit, &loaded, &file)?;
    let told = revision.told(visit, &loaded, &file, true);
    let mut rows = Vec::new();
    let own = match revision.former {
        Former::Corrected(plan) | Former::ReadAnew(plan) => (plan.row.clone(), plan.version),
        Former::Ended(plan) => {
            let mut body = visit
                .rows()
                .row("plan", &plan.row)
                .map(|row| row.body.clone())
                .unwrap_or_default();
            if let Some(object) = body.as_object_mut() {
                object.insert("until".into(), json!(revision.from));
            }
            rows.push(row(&plan.row, plan.version, &body)?);
            (new_id("p"), 0)
        }
        Former::None => (new_id("p"), 0),
    };
    rows.push(row(&own.0, own.1, &revision.body(&file.name))?);
    commit::would_hold(visit, &rows)?;
    let mut draft = Draft::of("plan.revise", rows);
    draft.holds.since = visit.reads().position();
    draft.blobs = vec![Blob {
        bytes: file.bytes,
        media_type: "application/octet-stream".into(),
        name: file.name,
    }];
    visit.reads().end().await;
    commit::write(visit.app(), visit.who(), visit.agency().as_str(), draft).await?;
    Ok(told)
}

fn row(id: &str, version: u32, body: &Value) -> Result<NewRow, AppError> {
    let body = register("plan")?.check(body).map_err(|problems| {
        let text: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        AppError::bad_input(text.join("；"), "請更正後再送一次；沒有寫入任何資料")
    })?;
    Ok(NewRow {
        register: "plan".into(),
        row: id.to_owned(),
        expected_version: version,
        body,
    })
}

/// What becomes of the plan that ruled so far.
enum Former<'l> {
    /// There was none.
    None,
    /// It ends.
    Ended(&'l ReadPlan),
    /// The revision rules from its very day: it is corrected.
    Corrected(&'l ReadPlan),
    /// The same file, of which the reader finds more than it did.
    ReadAnew(&'l ReadPlan),
}

struct Revision<'l> {
    former: Former<'l>,
    /// The day that was given, and the one from which it rules.
    given: Option<Date>,
    from: Date,
    sha256: String,
    json: Value,
    reading: Reading,
}

impl<'l> Revision<'l> {
    fn of(visit: &Visit<'_>, loaded: &'l Loaded, file: &PlanFile) -> Result<Self, AppError> {
        let json = read_plan(&file.name, &file.bytes)?;
        let reading = Reading::from_json(&json)?;
        let own = &loaded.snapshot.name;
        match &reading.agency {
            Some(named) if plain(&named.name) == plain(own) => {}
            Some(named) => {
                return Err(AppError::bad_input(
                    format!("{}：這是「{}」的計畫，不是「{own}」的修正", file.name, named.name),
                    "請確認檔案與機關代號；機關已更名者，請先以 fazun agency set 更正機關名稱。沒有寫入任何資料",
                ));
            }
            None => {
                return Err(AppError::bad_input(
                    format!("{}：讀不出機關全銜，無法確認是「{own}」的計畫", file.name),
                    "請確認第一頁或適用範圍寫有機關全銜，再匯入一次。沒有寫入任何資料",
                ));
            }
        }
        let sha256 = ledger::hex(&ledger::sha256(&file.bytes));
        let from = file.from.unwrap_or_else(|| visit.today());
        let last = loaded.readings.last();
        let same = last.filter(|p| p.sha256 == sha256);
        // Read by a reader that finds more, the same file says more: it is read anew, from the same day on.
        let kept = |p: &ReadPlan| Some(visit.rows().row("plan", &p.row)?.body.get("reading")? == &json);
        if let Some(plan) = same.filter(|p| kept(p) == Some(false)) {
            return Ok(Self {
                former: Former::ReadAnew(plan),
                given: plan.from,
                from: plan.from.unwrap_or_else(|| visit.today()),
                sha256,
                json,
                reading,
            });
        }
        if same.is_some() {
            return Err(AppError::bad_input(
                format!("{}與最近一次匯入的計畫是同一個檔案", file.name),
                "請選擇修正後的計畫檔。沒有寫入任何資料",
            ));
        }
        let former = match last {
            None => Former::None,
            Some(plan) => match plan.from.map_or(Ordering::Less, |f| f.cmp(&from)) {
                Ordering::Less => Former::Ended(plan),
                Ordering::Equal => Former::Corrected(plan),
                Ordering::Greater => {
                    let since = plan.from.map_or_else(String::new, period::roc_short);
                    return Err(AppError::bad_input(
                        format!(
                            "最近一次匯入的計畫自 {since} 起施行，修正不能自更早的 {} 起施行",
                            period::roc_short(from)
                        ),
                        "請以 --from 指定同一天（更正該計畫）或更晚的日期。沒有寫入任何資料",
                    ));
                }
            },
        };
        Ok(Self {
            former,
            given: file.from,
            from,
            sha256,
            json,
            reading,
        })
    }

    /// The plan's row.
    fn body(&self, file_name: &str) -> Value {
        json!({
            "file_name": file_name,
            "sha256": self.sha256,
            "effective_from": self.rules_from(),
            "reading": self.json,
        })
    }

    fn rules_from(&self) -> Option<Date> {
        match self.former {
            Former::None | Former::ReadAnew(_) => self.given,
            Former::Ended(_) | Former::Corrected(_) => Some(self.from),
        }
    }

    fn former(&self) -> Option<&'l ReadPlan> {
        match self.former {
            Former::None => None,
            Former::Ended(plan) | Former::Corrected(plan) | Former::ReadAnew(plan) => Some(plan),
        }
    }

    /// What it changes on the day from which it rules, by the law of that day.
    fn told(&self, visit: &Visit<'_>, loaded: &Loaded, file: &PlanFile, written: bool) -> PlanRevisionView {
        let (corpus, day) = (visit.corpus(), self.from);
        let title = format!("{}資通安全維護計畫", loaded.snapshot.name);
        let overlay = |reading: &Reading, version: &str| {
            reading.overlay(corpus, (visit.agency().as_str(), &title, version), (None, None))
        };
        let of = |plan: Option<Overlay>| {
            let plans: Vec<Overlay> = plan.into_iter().collect();
            assess(&loaded.snapshot, corpus, &plans, day)
        };
        let before = of(self.former().map(|p| overlay(&p.reading, "v1")));
        let after = of(Some(overlay(&self.reading, "v2")));
        let mut view = PlanRevisionView {
            agency: map::head(&loaded.snapshot, day),
            file_name: file.name.clone(),
            from: day,
            former: self.former().map(|p| (p.file_name.clone(), p.from)),
            corrects: matches!(self.former, Former::Corrected(_) | Former::ReadAnew(_)),
            gained: missing_from(&before, &after),
            lost: missing_from(&after, &before),
            stricter: Vec::new(),
            looser: Vec::new(),
            changed: Vec::new(),
            notices: self.notices(loaded),
            written,
        };
        for new in after.duties.iter().filter(|d| binds(d)) {
            if let Some(old) = find(&before, new).filter(|d| binds(d)) {
                compare(corpus, old, new, &mut view);
            }
        }
        view
    }

    fn notices(&self, loaded: &Loaded) -> Vec<String> {
        let mut notices = Vec::new();
        let level = loaded
            .snapshot
            .fact(&Subject::Agency, "responsibility_level", self.from);
        let recorded = level.map(|f| f.value.as_word());
        match (&self.reading.level, recorded) {
            (Some(stated), Some(recorded)) if stated.value != recorded => notices.push(format!(
                "計畫寫 {} 級，登錄之核定為 {recorded} 級；等級不因計畫而改變，請確認核定紀錄。",
                stated.value
            )),
            _ => {}
        }
        let says = self
            .reading
            .core_systems
            .as_ref()
            .map(|o| FactValue::Flag(o.value));
        let known = loaded
            .snapshot
            .fact(&Subject::Agency, "has_core_system", self.from);
        if let (Some(says), Some(known)) = (says, known)
            && says != known.value
        {
            notices.push("計畫所寫有無核心資通系統，與登錄者不同；請至「機關」頁確認。".to_owned());
        }
        notices.push("計畫所列業務及系統不會自動更新登記簿；有異動者請另行登錄。".to_owned());
        for problem in &self.reading.problems {
            notices.push(format!("第 {} 行：{}", problem.line, problem.message));
        }
        notices
    }
}

/// A name as it is compared: 臺 and 台 are the same, blanks are none.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c == '台' { '臺' } else { c })
        .collect()
}

fn binds(duty: &DutyAssessment) -> bool {
    duty.verdict != Verdict::NotApplicable || duty.shape == "on_event"
}

fn find<'a>(assessment: &'a Assessment, duty: &DutyAssessment) -> Option<&'a DutyAssessment> {
    let mut all = assessment.duties.iter();
    all.find(|d| d.key == duty.key && d.subject == duty.subject)
}

/// The duties of one assessment that another has not.
fn missing_from(one: &Assessment, other: &Assessment) -> Vec<PlanMove> {
    let there = |d: &&DutyAssessment| find(one, d).is_some_and(binds);
    let of = other.duties.iter().filter(|d| binds(d) && !there(d));
    of.map(|d| moved(d, "", None, None)).collect()
}

fn moved(duty: &DutyAssessment, what: &str, before: Option<&str>, after: Option<&str>) -> PlanMove {
    let clause = duty.binding.iter().find(|c| c.is_promise());
    PlanMove {
        key: duty.key.clone(),
        title: duty.title.clone(),
        subject: duty.subject_name.clone(),
        what: what.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        clause: clause.map(|c| c.article.to_string()),
    }
}

/// What binds a duty before and after, parameter by parameter.
fn compare(corpus: &law::Corpus, old: &DutyAssessment, new: &DutyAssessment, view: &mut PlanRevisionView) {
    let of = |d: &DutyAssessment, key: &str| -> Option<Requirement> {
        d.requirements.iter().find(|r| r.key == key).cloned()
    };
    let mut keys: Vec<&str> = Vec::new();
    for r in old.requirements.iter().chain(&new.requirements) {
        if !keys.contains(&r.key.as_str()) {
            keys.push(&r.key);
        }
    }
    for key in keys {
        let (before, after) = (of(old, key), of(new, key));
        let parameter = corpus.parameters.get(key);
        let how = match (&before, &after, parameter) {
            (Some(b), Some(a), Some(p)) => p.stricter.compare(&a.value, &b.value),
            (None, Some(_), _) => Some(Ordering::Greater),
            (Some(_), None, _) => Some(Ordering::Less),
            _ => None,
        };
        let list = match how {
            Some(Ordering::Equal) => continue,
            Some(Ordering::Greater) => &mut view.stricter,
            Some(Ordering::Less) => &mut view.looser,
            None => &mut view.changed,
        };
        let title = parameter.map_or(key, |p| p.title.as_str());
        let words = |r: &Option<Requirement>| r.as_ref().map(|r| r.words.clone());
        let (before, after) = (words(&before), words(&after));
        list.push(moved(new, title, before.as_deref(), after.as_deref()));
    }
}
