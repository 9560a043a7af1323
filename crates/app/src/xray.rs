//! 體檢: everything that is missing or inconsistent, the worst first.
//!
//! Why from the same rules as forms: what a form would refuse today is wrong where it
//! stands already. Rows of very large registers are looked at in one pass each. What it
//! can't know: what was never entered; a register that a duty needs and that is empty is
//! said to be.

use crate::AppError;
use crate::compiled::compiled_once;
use crate::error::labelled;
use crate::permission::{Action, Allowed};
use crate::principal::{Role, Scope};
use crate::records::standings::{self, standings_in};
use crate::records::{check, desk};
use crate::rows::Rows;
use crate::visit::{Access, Visit, act};
use registers::{Book, Kind, Reach, Record, RegisterSpec, Severity};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use store::StoredRow;
use views::{Xray, XrayItem};

/// Findings of one kind that a page shows of one register before it says how many more.
const OF_ONE_KIND: usize = 50;

fn item(spec: &RegisterSpec, rank: u8, (id, name): (&str, &str), field: &str, message: String) -> XrayItem {
    XrayItem {
        rank,
        severity: match rank {
            0 => "不一致",
            1 => "缺漏",
            _ => "提示",
        }
        .to_owned(),
        register: spec.key.to_owned(),
        title: spec.title.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        field: field.to_owned(),
        message,
        clause: String::new(),
    }
}

/// Everything missing or inconsistent in the registers that somebody may read.
///
/// # Errors
/// Where the token is not for reading.
#[compiled_once]
pub async fn xray(visit: &Visit<'_>) -> Result<Xray, AppError> {
    visit.who().demand(Scope::Read)?;
    let grants = visit.grants();
    // To an auditor nothing is said of what came after the audit's moment.
    let then = visit.moment_seen();
    let loaded = visit.loaded_as_seen().await?;
    let bounds = crate::records::Bounds::of(Some(std::sync::Arc::clone(&loaded)));
    let mut items: Vec<XrayItem> = Vec::new();
    let sees_all = grants
        .iter()
        .any(|g| matches!(g.role, Role::Officer | Role::Ciso));
    let mut looked_at = 0;
    let mut empty: Vec<&'static RegisterSpec> = Vec::new();
    let mut there = There {
        rows: &loaded.rows,
        is_whole: then.is_some(),
        large: BTreeMap::new(),
    };
    for spec in registers::catalogue() {
        let readable = visit.best(Action::Read, spec) == Allowed::Yes;
        if !readable || (spec.reach == Reach::System && spec.gaps.is_none()) {
            continue;
        }
        let access = visit.may(act::Read, spec)?;
        let others = match then {
            None => check::others(visit, spec.looks_at).await?,
            Some(_) => check::others_in(visit, &loaded.rows, spec.looks_at)?,
        };
        let book = check::book_of(visit.today(), &others);
        let standings = match access.at {
            None => standings::standings(visit, spec)?,
            Some(_) => standings_in(visit, &loaded.rows, spec)?,
        };
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let mut found = Sieve::default();
        let mut pages = Pages::of(&access, (then, &loaded.rows));
        let mut is_empty = true;
        while let Some(rows) = pages.next(&access).await? {
            is_empty = false;
            there.look_for(visit, spec, &rows).await?;
            for row in &rows {
                let mut record = Record::new(spec, &row.row, &row.body);
                record.is_final = matches!(standings.of(&row.row, row.version).state, "final" | "none");
                looked_at += 1;
                of_row(visit, spec, &record, (&book, &bounds), &there, &mut found);
                if let Some(key) = crate::records::identity(spec, record.body())
                    && let Some(first) = seen.insert(key, record.id.to_owned())
                {
                    let message = format!("與另一筆紀錄（{first}）相同，可能重複登錄，請合併或註銷其一");
                    found.push(item(spec, 2, (record.id, record.name()), "", message));
                }
            }
        }
        if is_empty {
            empty.push(spec);
        }
        items.extend(found.finish(spec).into_iter().map(|i| veiled(&access, spec, i)));
    }
    let assessment = crate::duties::assessment(visit, &loaded, visit.today());
    items.extend(unproven(&assessment, &empty));
    if sees_all {
        items.extend(unapproved(visit, &loaded, &assessment));
    }
    items.extend(waiting_long(visit).await?);
    items.extend(other_level(visit, &loaded)?);
    items.extend(read_before(visit, &loaded));
    items.sort();
    let count = |rank: u8| items.iter().filter(|i| i.rank == rank).count();
    Ok(Xray {
        counts: (count(0), count(1), count(2)),
        items,
        looked_at,
    })
}

/// The rows of one register by pages: from what is at hand, or, of a very large one, read.
struct Pages<'r> {
    at_hand: Option<Vec<&'r StoredRow>>,
    after: Option<String>,
}

impl<'r> Pages<'r> {
    fn of(access: &Access<'r, act::Read>, (then, past): (Option<u64>, &'r Rows)) -> Self {
        let (spec, now) = (access.spec, access.visit.rows());
        let at_hand = match access.at {
            None if !spec.bulk => Some(now),
            Some(_) if access.at == then => Some(past),
            _ => None,
        };
        Self {
            at_hand: at_hand.map(|rows| rows.standing(spec.key).collect()),
            after: Some(String::new()),
        }
    }

    async fn next(
        &mut self,
        access: &Access<'r, act::Read>,
    ) -> Result<Option<Vec<Cow<'r, StoredRow>>>, AppError> {
        let Some(after) = self.after.take() else {
            return Ok(None);
        };
        if let Some(rows) = self.at_hand.take() {
            let rows = rows
                .into_iter()
                .map(|row| opened(access.spec, Cow::Borrowed(row)));
            return Ok(Some(rows.collect::<Result<Vec<_>, _>>()?).filter(|r| !r.is_empty()));
        }
        let select = store::Select {
            own: access.own.clone(),
            at: access.at,
            after,
            ..store::Select::default()
        };
        let key = access.spec.key;
        let rows = access
            .visit
            .reads()
            .list(key, &select, crate::records::bulk::READ_AT_ONCE)
            .await?;
        if rows.len() == crate::records::bulk::READ_AT_ONCE as usize {
            self.after = rows.last().map(|last| last.row.clone());
        }
        let rows = rows.into_iter().map(|row| opened(access.spec, Cow::Owned(row)));
        Ok(Some(rows.collect::<Result<Vec<_>, _>>()?).filter(|r| !r.is_empty()))
    }
}

/// A row in the newest form of its register; copied only where its form is an older one.
fn opened<'r>(spec: &RegisterSpec, mut row: Cow<'r, StoredRow>) -> Result<Cow<'r, StoredRow>, AppError> {
    let newest = match registers::open_ref(spec, &row.body)? {
        Cow::Owned(body) => Some(body),
        Cow::Borrowed(_) => None,
    };
    if let Some(body) = newest {
        row.to_mut().body = body;
    }
    Ok(row)
}

/// What of the rows that others refer to is there.
struct There<'r> {
    rows: &'r Rows,
    /// Whether the rows at hand are those of very large registers too.
    is_whole: bool,
    large: BTreeMap<&'static str, BTreeSet<String>>,
}

impl There<'_> {
    /// Looks for the rows of very large registers to which some rows refer, at once.
    async fn look_for(
        &mut self,
        visit: &Visit<'_>,
        spec: &'static RegisterSpec,
        rows: &[Cow<'_, StoredRow>],
    ) -> Result<(), AppError> {
        let mut wanted: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for row in rows.iter().filter(|_| !self.is_whole) {
            let record = Record::new(spec, &row.row, &row.body);
            for (key, id, _) in referred(spec, &record) {
                let known = self.large.get(key).is_some_and(|ids| ids.contains(id));
                if registers::register(key).is_some_and(|r| r.bulk) && !known {
                    wanted.entry(key).or_default().insert(id.to_owned());
                }
            }
        }
        for (key, ids) in wanted {
            let found = visit.reads().rows(key, &ids).await?;
            let there = self.large.entry(key).or_default();
            there.extend(found.into_iter().map(|r| r.row));
        }
        Ok(())
    }

    fn has(&self, key: &str, id: &str) -> bool {
        if !self.is_whole && registers::register(key).is_some_and(|r| r.bulk) {
            return self.large.get(key).is_some_and(|ids| ids.contains(id));
        }
        self.rows.there(key, id).is_some()
    }
}

/// The rows to which a row refers: register, id, and by which field.
fn referred<'b>(
    spec: &'static RegisterSpec,
    record: &Record<'b>,
) -> Vec<(&'static str, &'b str, &'static registers::Field)> {
    let mut named = Vec::new();
    for field in spec.fields {
        match field.kind {
            Kind::Reference(key) => named.push((key, record.text(field.key), field)),
            Kind::References(key) => {
                named.extend(record.list(field.key).into_iter().map(|id| (key, id, field)));
            }
            _ => {}
        }
    }
    named.retain(|(_, id, _)| !id.is_empty());
    named
}

fn of_row(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    record: &Record<'_>,
    (book, bounds): (&Book<'_>, &crate::records::Bounds),
    there: &There<'_>,
    found: &mut Sieve,
) {
    let at = (record.id, record.name());
    if let Err(problems) = spec.check(record.body()) {
        for problem in problems {
            let problem = labelled(spec, problem, "");
            found.push(item(spec, 0, at, &problem.field, problem.message));
        }
        return;
    }
    for problem in check::judged(visit, spec, record.id, record.body(), book, bounds) {
        let mut wrong = item(spec, 0, at, &problem.field, problem.message);
        wrong.clause = problem.clause;
        found.push(wrong);
    }
    for gap in spec.gaps(record, book) {
        let rank = match gap.severity {
            Severity::Wrong => 0,
            Severity::Missing => 1,
            Severity::Hint => 2,
        };
        found.push(item(spec, rank, at, gap.field, gap.message));
    }
    // The approval itself says who approved and when.
    let told = |field: &registers::Field| record.is_final && spec.tells_approval(field);
    for field in spec
        .fields
        .iter()
        .filter(|f| f.expected && record.is_blank(f.key) && !told(f))
    {
        let message = format!("請補填「{}」", field.label);
        found.push(item(spec, 1, at, field.key, message));
    }
    for (key, id, field) in referred(spec, record) {
        if !there.has(key, id) {
            let title = registers::register(key).map_or("", |r| r.title);
            let message = format!("「{}」所指的「{title}」已註銷或不存在，請改選", field.label);
            found.push(item(spec, 0, at, field.key, message));
        }
    }
}

/// Registers without a record whose records would prove what is due and isn't.
fn unproven(assessment: &assess::Assessment, empty: &[&'static RegisterSpec]) -> Vec<XrayItem> {
    let due: Vec<(&str, &str, String)> = assessment
        .duties
        .iter()
        .filter(|d| d.verdict == assess::Verdict::NotMet && d.done.is_empty())
        .map(|d| {
            let clause = d.binding.first().map(|c| c.label.to_string());
            (d.key.as_str(), d.title.as_str(), clause.unwrap_or_default())
        })
        .collect();
    let mut items = Vec::new();
    for spec in empty {
        let open: Vec<_> = due
            .iter()
            .filter(|(key, _, _)| spec.proves.iter().any(|p| p.duty == *key))
            .collect();
        let Some((_, title, clause)) = open.first() else {
            continue;
        };
        let more = match open.len() {
            1 => String::new(),
            n => format!("等 {n} 項"),
        };
        let message = format!("尚無任何紀錄，「{title}」{more}應辦事項因此沒有證明；已辦理者請補登");
        let mut missing = item(spec, 1, ("", ""), "", message);
        missing.clause.clone_from(clause);
        items.push(missing);
    }
    items
}

/// Duties that are met by a file alone, though a register with an approval would prove them.
fn unapproved(visit: &Visit<'_>, loaded: &crate::Loaded, assessment: &assess::Assessment) -> Vec<XrayItem> {
    let asking = crate::records::route::asking(visit.corpus(), &loaded.rows);
    let mut items = Vec::new();
    let met = assessment
        .duties
        .iter()
        .filter(|d| d.verdict == assess::Verdict::Met);
    for duty in met {
        let by_file = |d: &&facts::Done| ["activity", "evidence"].contains(&d.source.register.as_str());
        // The latest first: it is what meets the duty now.
        let Some(last) = duty.done.iter().find(|d| d.evidence > 0).filter(by_file) else {
            continue;
        };
        let proves = |spec: &&RegisterSpec| spec.proves.iter().any(|p| p.duty == duty.key);
        let approved = registers::catalogue().iter().filter(|s| asking.contains(s.key));
        let (Some(with_approval), Some(own)) = (
            approved.into_iter().find(proves),
            registers::register(&last.source.register),
        ) else {
            continue;
        };
        let message = format!(
            "「{}」僅以佐證檔案證明，未經簽核；請於「{}」登錄並送簽",
            duty.title, with_approval.title
        );
        items.push(item(own, 2, (&last.source.row, &last.title), "", message));
    }
    items
}

/// That the level given and the one by the agency's own statements differ.
fn other_level(visit: &Visit<'_>, loaded: &crate::Loaded) -> Result<Option<XrayItem>, AppError> {
    let seen = |key: &str| registers::register(key).filter(|s| visit.best(Action::Read, s) == Allowed::Yes);
    let (Some(spec), Some(_)) = (seen("designation"), seen("level_criterion")) else {
        return Ok(None);
    };
    let trial = crate::leveltrial::trial(visit.corpus(), loaded, visit.today())?;
    let differs = trial.filter(|t| t.differs);
    Ok(differs.map(|t| XrayItem {
        clause: t.clause,
        ..item(spec, 2, ("", ""), "level", format!("等級試算：{}", t.words))
    }))
}

/// That the plan was read when the reader didn't yet keep promises without a number.
fn read_before(visit: &Visit<'_>, loaded: &crate::Loaded) -> Option<XrayItem> {
    let spec = registers::register("plan").filter(|s| visit.best(Action::Read, s) == Allowed::Yes)?;
    let plan = loaded.plan_on(visit.today())?;
    let row = loaded.rows.row("plan", &plan.row)?;
    row.body.get("reading")?.get("undertakings").is_none().then(|| {
        let message = "這份計畫是以舊版讀取，沒有讀出不帶數字的承諾，應辦事項可能不全；請重新讀取計畫：以同一個檔案執行 fazun plan adopt".to_owned();
        item(spec, 1, (&plan.row, &plan.file_name), "reading", message)
    })
}

/// Records that wait for a decision.
async fn waiting_long(visit: &Visit<'_>) -> Result<Vec<XrayItem>, AppError> {
    let mut items = Vec::new();
    for record in desk::waiting_for(visit).await? {
        if let Some(spec) = registers::register(record.register) {
            let message = format!("{}，請簽核者辦理", record.standing.words);
            items.push(item(spec, 2, (&record.id, &record.name), "", message));
        }
    }
    Ok(items)
}

/// A finding for somebody to whom a part of the rows isn't shown: which record and which field,
/// not what stands there, and no names.
fn veiled(access: &Access<'_, act::Read>, spec: &RegisterSpec, mut item: XrayItem) -> XrayItem {
    if access.hides.keys(spec).is_empty() || item.id.is_empty() {
        return item;
    }
    let hidden = spec.field(spec.names_row).is_some_and(|f| access.hides.hides(f));
    if hidden {
        item.name.clone_from(&item.id);
    }
    let label = spec.field(&item.field).map_or("", |f| f.label);
    item.message = match label {
        "" => "這筆紀錄有缺漏或不一致，請洽資安專責人員".to_owned(),
        label => format!("「{label}」有缺漏或不一致，請洽資安專責人員"),
    };
    item
}

/// Findings of one register: of what repeats, the first ones and how many more.
#[derive(Default)]
struct Sieve {
    kept: Vec<XrayItem>,
    counts: BTreeMap<(u8, String, String), usize>,
}

impl Sieve {
    fn push(&mut self, one: XrayItem) {
        let general: String = one.message.chars().take(12).collect();
        let count = self
            .counts
            .entry((one.rank, one.field.clone(), general))
            .or_default();
        *count += 1;
        if *count <= OF_ONE_KIND {
            self.kept.push(one);
        }
    }

    fn finish(mut self, spec: &RegisterSpec) -> Vec<XrayItem> {
        for ((rank, field, general), count) in self.counts {
            if count > OF_ONE_KIND {
                let more = count - OF_ONE_KIND;
                let message = format!("另有 {more} 筆同類情形（{general}…），請由清單或匯出後處理");
                self.kept.push(item(spec, rank, ("", ""), &field, message));
            }
        }
        self.kept
    }
}
