//! What changed since somebody was last here: the law, what came back to them, what others wrote.
//!
//! Why kept by person and agency, beside the records: when somebody looked is nothing that the agency's
//! chain should tell. Why a visit is over after half an hour: whoever goes to and fro must not lose what was
//! new this morning. What it can't know: whether they read it.

use crate::AppError;
use crate::accounts::kept;
use crate::clock::taipei_day;
use crate::compiled::compiled_once;
use crate::permission::{Action, Allowed};
use crate::reads::Reads;
use crate::visit::Visit;
use registers::basics::approval::{Approval, State};
use registers::basics::member::Member;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::INSTALLATION;
use views::{ChangeLine, SinceView};

const KIND: &str = "visit";
const MINUTE: i64 = 60_000_000;
/// After so long without a look, the next one begins another visit.
const APART: i64 = 30 * MINUTE;
/// How old the last look must be before another one is written.
const SIGN: i64 = 5 * MINUTE;
/// How long it is remembered.
const KEPT: i64 = 400 * 24 * 60 * MINUTE;
/// How many entries are looked at; of more, only their number matters.
const LOOKED_AT: u32 = 500;
/// How many lines are shown of each kind.
const SHOWN: usize = 5;

/// A look at 今天: when, and where the agency's chain stood.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Look {
    at: i64,
    position: u64,
}

/// The last look, and the one at which the visit before ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Body {
    last: Look,
    before: Option<Look>,
    /// The law data of the look before.
    law: String,
}

/// What changed since the visitor's last visit; none at the first one. Counts as a look.
///
/// # Errors
/// Where the database can't be read.
#[compiled_once]
pub async fn view(visit: &Visit<'_>) -> Result<Option<SinceView>, AppError> {
    let app = visit.app();
    let now = Look {
        at: visit.now(),
        position: visit.reads().position(),
    };
    let id = format!("{}/{}", visit.agency(), visit.who().id);
    let reads = Reads::open(app, INSTALLATION).await?;
    let seen = kept::find::<Body>(&reads, KIND, &id).await?;
    drop(reads);
    let law = visit.corpus().hash.clone();
    let Some(mut seen) = seen else {
        let body = Body {
            last: now,
            before: None,
            law,
        };
        let new = kept::Seen::new(id, visit.who().id.clone(), now.at + KEPT, body);
        // Where nothing can be written, the next visit is the first one once more.
        let _ = kept::keep(app, KIND, &new).await;
        return Ok(None);
    };
    if now.at - seen.body.last.at > APART {
        seen.body.before = Some(seen.body.last);
    }
    let before = seen.body.before;
    let view = match before {
        Some(before) => Some(changes(visit, before).await?),
        None => None,
    };
    if now.at - seen.body.last.at > SIGN {
        seen.body.last = now;
        seen.body.law = law;
        seen.until = now.at + KEPT;
        // Of two looks at once one is written; the other one was at the same time. Where nothing can be
        // written, the page is read all the same.
        let _ = kept::keep(app, KIND, &seen).await;
    }
    Ok(view)
}

async fn changes(visit: &Visit<'_>, before: Look) -> Result<SinceView, AppError> {
    let mut lines = law(visit, before);
    let entries = visit.reads().entries(before.position + 1, LOOKED_AT).await?;
    let cut = entries.len() >= LOOKED_AT as usize;
    let mut mine_back = Vec::new();
    // By register: rows, and who wrote them.
    let mut by_register: BTreeMap<&'static str, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for entry in &entries {
        if entry.actor == visit.who().id {
            continue;
        }
        if entry.register == "approval" {
            let line = returned(visit, &entry.row)?;
            mine_back.extend(line.filter(|line| !mine_back.contains(line)));
            continue;
        }
        let Some(spec) = registers::register(&entry.register) else {
            continue;
        };
        let shown = spec.reach != registers::Reach::System && visit.best(Action::Read, spec) == Allowed::Yes;
        if shown {
            let (rows, people) = by_register.entry(spec.key).or_default();
            rows.insert(entry.row.clone());
            people.insert(called(visit, &entry.actor));
        }
    }
    lines.extend(mine_back.into_iter().take(SHOWN));
    let mut told: Vec<_> = by_register.into_iter().collect();
    told.sort_by_key(|(_, (rows, _))| std::cmp::Reverse(rows.len()));
    let more = told.len().saturating_sub(SHOWN);
    for (key, (rows, people)) in told.into_iter().take(SHOWN) {
        let title = registers::register(key).map_or(key, |spec| spec.title);
        let people: Vec<String> = people.into_iter().take(3).collect();
        lines.push(ChangeLine {
            kind: "紀錄",
            text: format!("{title}：{} 筆新增或修改（{}）", rows.len(), people.join("、")),
            path: format!("/{}/registers/{key}", visit.agency()),
        });
    }
    Ok(SinceView {
        since: period::roc_instant(crate::clock::taipei_time(before.at)),
        lines,
        more,
        cut,
    })
}

/// Editions of the law that came into force meanwhile.
fn law(visit: &Visit<'_>, before: Look) -> Vec<ChangeLine> {
    let from = taipei_day(before.at);
    let all = visit.corpus().instruments.values();
    let new = all.flat_map(|i| i.versions.iter().map(move |v| (i, v)));
    let new = new.filter_map(|(i, v)| Some((i, v, v.start()?)));
    new.filter(|(_, _, start)| from < *start && *start <= visit.today())
        .map(|(i, v, start)| ChangeLine {
            kind: "法規",
            text: format!("{} 新版自 {} 施行", v.title, period::roc_short(start)),
            path: format!("/laws/{}", i.slug),
        })
        .collect()
}

/// A record that was sent back, where the visitor sent it on.
fn returned(visit: &Visit<'_>, id: &str) -> Result<Option<ChangeLine>, AppError> {
    let Some(row) = visit.rows().there("approval", id) else {
        return Ok(None);
    };
    let approval = Approval::read(&row.body)?;
    let mine = approval.decisions.iter().any(|d| d.by == visit.who().id);
    let spec = registers::register(&approval.register);
    let Some(spec) = spec.filter(|spec| mine && visit.can(Action::Read, spec)) else {
        return Ok(None);
    };
    let (kind, said) = match approval.state {
        State::Returned => ("退回", "退回，請補正後再送"),
        State::Final => ("核定", "已核定"),
        State::Submitted | State::Withdrawn => return Ok(None),
    };
    Ok(Some(ChangeLine {
        kind,
        text: format!("{}「{}」{said}", spec.title, name(visit, spec, &approval.row)),
        path: format!(
            "/{}/registers/{}/records/{}",
            visit.agency(),
            spec.key,
            approval.row
        ),
    }))
}

fn name(visit: &Visit<'_>, spec: &registers::RegisterSpec, id: &str) -> String {
    let row = visit.rows().there(spec.key, id);
    let said = row.and_then(|r| r.body.get(spec.names_row)?.as_str());
    visit.hides(spec).name(spec, said.unwrap_or(id))
}

/// What somebody is called who wrote something.
fn called(visit: &Visit<'_>, actor: &str) -> String {
    let Some(id) = actor.strip_prefix("member:") else {
        return match actor {
            "system" => "系統".to_owned(),
            _ => "本機操作者".to_owned(),
        };
    };
    let member = visit
        .rows()
        .there("member", id)
        .and_then(|r| Member::read(&r.body).ok());
    member.map_or_else(|| "已離開的使用者".to_owned(), |m| m.name)
}
