//! 體檢: everything that is missing or inconsistent, the worst first.
//!
//! Why from the same rules as forms: what a form would refuse today is wrong where it
//! stands already. Rows of very large registers are looked at in one pass each. What it
//! can't know: what was never entered; a register that a duty needs and that is empty is
//! said to be.

use crate::permission::{Action, Allowed, allowed};
use crate::principal::{Principal, Role, Scope};
use crate::records::{Access, labelled};
use crate::{App, AppError};
use registers::{Book, Kind, Reach, Record, RegisterSpec, Severity};
use std::collections::{BTreeMap, BTreeSet};
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

impl App {
    /// Everything missing or inconsistent in the registers that somebody may read.
    ///
    /// # Errors
    /// Where the asker has nothing to do with the agency.
    pub async fn xray(&self, who: &Principal, agency: &str) -> Result<Xray, AppError> {
        who.demand(Scope::Read)?;
        let grants = self.grants(who, agency).await?;
        let loaded = self.load(agency).await?;
        let bounds = crate::records::Bounds::of(Some(std::sync::Arc::clone(&loaded)));
        let mut items: Vec<XrayItem> = Vec::new();
        let sees_all = grants
            .iter()
            .any(|g| matches!(g.role, Role::Officer | Role::Ciso));
        let mut looked_at = 0;
        let mut empty: Vec<&'static RegisterSpec> = Vec::new();
        let mut ids: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for spec in registers::catalogue() {
            let readable = grants
                .iter()
                .any(|g| allowed(g.role, Action::Read, spec) == Allowed::Yes);
            if !readable || (spec.reach == Reach::System && spec.gaps.is_none()) {
                continue;
            }
            let access = self.access(who, Action::Read, agency, spec.key).await?;
            let others = self.others(agency, spec.looks_at).await?;
            let mut book = Book::new(self.today());
            for (key, rows) in &others {
                if let Some(other) = registers::register(key) {
                    book = book.with(other, rows);
                }
            }
            let standings = self.standings(agency, spec).await?;
            let mut seen: BTreeMap<String, String> = BTreeMap::new();
            let mut found = Sieve::default();
            let mut select = store::Select {
                own: access.own.clone(),
                at: access.at,
                ..store::Select::default()
            };
            loop {
                let rows = self
                    .store
                    .list(agency, spec.key, &select, crate::records::READ_AT_ONCE)
                    .await?;
                let Some(last) = rows.last() else {
                    break;
                };
                select.after.clone_from(&last.row);
                for row in &rows {
                    let body = registers::open_ref(spec, &row.body)?;
                    let mut record = Record::new(spec, &row.row, &body);
                    record.is_final = matches!(standings.of(&row.row, row.version).state, "final" | "none");
                    looked_at += 1;
                    self.of_row(agency, spec, &record, (&book, &bounds), &mut ids, &mut found)
                        .await?;
                    if let Some(key) = crate::records::identity(spec, record.body())
                        && let Some(first) = seen.insert(key, record.id.to_owned())
                    {
                        let message = format!("與另一筆紀錄（{first}）相同，可能重複登錄，請合併或註銷其一");
                        found.push(item(spec, 2, (record.id, record.name()), "", message));
                    }
                }
            }
            if seen.is_empty() && select.after.is_empty() {
                empty.push(spec);
            }
            items.extend(found.finish(spec).into_iter().map(|i| veiled(&access, spec, i)));
        }
        let assessment = self.assessment(&loaded, self.today());
        items.extend(Self::unproven(&assessment, &empty));
        if sees_all {
            items.extend(self.unapproved(&loaded, &assessment));
        }
        items.extend(self.waiting_long(who, agency).await?);
        items.sort();
        let count = |rank: u8| items.iter().filter(|i| i.rank == rank).count();
        Ok(Xray {
            counts: (count(0), count(1), count(2)),
            items,
            looked_at,
        })
    }

    async fn of_row(
        &self,
        agency: &str,
        spec: &'static RegisterSpec,
        record: &Record<'_>,
        (book, bounds): (&Book<'_>, &crate::records::Bounds),
        ids: &mut BTreeMap<&'static str, BTreeSet<String>>,
        found: &mut Sieve,
    ) -> Result<(), AppError> {
        let at = (record.id, record.name());
        if let Err(problems) = spec.check(record.body()) {
            for problem in problems {
                let problem = labelled(spec, problem, "");
                found.push(item(spec, 0, at, &problem.field, problem.message));
            }
            return Ok(());
        }
        for problem in self.judged(spec, record.id, record.body(), book, bounds) {
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
        for field in spec.fields {
            let (key, named) = match field.kind {
                Kind::Reference(key) => (key, vec![record.text(field.key)]),
                Kind::References(key) => (key, record.list(field.key)),
                _ => continue,
            };
            for id in named.into_iter().filter(|id| !id.is_empty()) {
                if !self.is_there(agency, key, id, ids).await? {
                    let title = registers::register(key).map_or("", |r| r.title);
                    let message = format!("「{}」所指的「{title}」已註銷或不存在，請改選", field.label);
                    found.push(item(spec, 0, at, field.key, message));
                }
            }
        }
        Ok(())
    }

    async fn is_there(
        &self,
        agency: &str,
        key: &'static str,
        id: &str,
        ids: &mut BTreeMap<&'static str, BTreeSet<String>>,
    ) -> Result<bool, AppError> {
        let bulk = registers::register(key).is_some_and(|r| r.bulk);
        if bulk {
            let row = self.store.row(key, id).await?;
            return Ok(row.is_some_and(|r| r.agency == agency && !r.body.is_null()));
        }
        if !ids.contains_key(key) {
            let rows = self.store.latest_of(agency, key).await?;
            let there = rows.into_iter().filter(|r| !r.body.is_null()).map(|r| r.row);
            ids.insert(key, there.collect());
        }
        Ok(ids.get(key).is_some_and(|known| known.contains(id)))
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
    fn unapproved(&self, loaded: &crate::Loaded, assessment: &assess::Assessment) -> Vec<XrayItem> {
        let asking = self.asking(&loaded.rows);
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

    /// Records that wait for a decision.
    async fn waiting_long(&self, who: &Principal, agency: &str) -> Result<Vec<XrayItem>, AppError> {
        let mut items = Vec::new();
        for record in self.waiting_for(who, agency).await? {
            if let Some(spec) = registers::register(record.register) {
                let message = format!("{}，請簽核者辦理", record.standing.words);
                items.push(item(spec, 2, (&record.id, &record.name), "", message));
            }
        }
        Ok(items)
    }
}

/// A finding for somebody to whom a part of the rows isn't shown: which record and which field,
/// not what stands there, and no names.
fn veiled(access: &Access, spec: &RegisterSpec, mut item: XrayItem) -> XrayItem {
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
