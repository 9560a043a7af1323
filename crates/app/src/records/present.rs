//! Registers and records as views: the same words on a page, in a form and in JSON.
//!
//! Why here and not in a surface: whoever shows a record must not need to know its table.

use super::access::ListQuery;
use super::fields::{field_view, offered, shown};
use super::names::{self, Eyes, NameBook};
use super::record::{RecordView, Standing};
use super::standings::route_of;
use super::{access, check, desk, history, second};
use crate::AppError;
use crate::compiled::compiled_once;
use crate::ids::RowId;
use crate::permission::Action;
use crate::visit::{Visit, act};
use registers::{Field, Kind, Record, RegisterSpec};
use serde_json::Value;
use std::collections::BTreeSet;
use views::{May, ProvesView, RecordDetail, RecordLine, RecordList, RegisterHead, TimelineEntry};

/// Columns of a list beside the name.
const COLUMNS: usize = 5;

fn head(spec: &RegisterSpec, count: u64) -> RegisterHead {
    RegisterHead {
        key: spec.key.to_owned(),
        title: spec.title.to_owned(),
        help: spec.help.to_owned(),
        group: spec.group.title().to_owned(),
        count,
    }
}

/// The fields that a list shows: the required ones first, then what is expected, in the
/// table's order; long texts, files and the name itself are left to the record's page.
fn listed(spec: &RegisterSpec) -> Vec<&'static Field> {
    let fits = |f: &&Field| {
        f.key != spec.names_row
            && !matches!(
                f.kind,
                Kind::LongText | Kind::Evidence | Kind::Json | Kind::List | Kind::Subject
            )
    };
    let mut chosen: Vec<&'static Field> = spec.fields.iter().filter(fits).filter(|f| f.required).collect();
    chosen.extend(
        spec.fields
            .iter()
            .filter(fits)
            .filter(|f| !f.required && f.expected),
    );
    chosen.extend(
        spec.fields
            .iter()
            .filter(fits)
            .filter(|f| !f.required && !f.expected && matches!(f.kind, Kind::Date | Kind::Choice(_))),
    );
    // A register that asks for little still shows what it holds.
    let rest = spec
        .fields
        .iter()
        .filter(fits)
        .filter(|f| !chosen.iter().any(|c| c.key == f.key));
    let rest: Vec<&'static Field> = rest.collect();
    chosen.extend(rest);
    chosen.truncate(COLUMNS);
    chosen.sort_by_key(|f| spec.fields.iter().position(|g| g.key == f.key));
    chosen
}

/// The registers that somebody may read, in the order of the menu.
///
/// # Errors
/// Where the asker has nothing to do with the agency.
#[compiled_once]
pub async fn register_index(visit: &Visit<'_>) -> Result<Vec<RegisterHead>, AppError> {
    let counts = access::register_counts(visit).await?;
    Ok(counts
        .into_iter()
        .map(|(spec, count)| head(spec, count))
        .collect())
}

/// One register, as the menu shows it.
///
/// # Errors
/// Where the asker may not read it.
#[compiled_once]
pub async fn register_head(visit: &Visit<'_>, spec: &'static RegisterSpec) -> Result<RegisterHead, AppError> {
    let access = visit.may(act::Read, spec)?;
    let count = if access.own.is_none() && access.at.is_none() && !spec.bulk {
        u64::try_from(visit.rows().standing(spec.key).count()).unwrap_or(u64::MAX)
    } else {
        let select = store::Select {
            own: access.own.clone(),
            at: access.at,
            ..store::Select::default()
        };
        visit.reads().count(spec.key, &select).await?
    };
    Ok(head(spec, count))
}

fn may(visit: &Visit<'_>, spec: &RegisterSpec) -> May {
    let can = |action: Action| visit.can(action, spec);
    let people = spec.reach != registers::Reach::System;
    May {
        create: can(Action::Create) && spec.is_written(),
        amend: can(Action::Amend) && spec.is_written(),
        withdraw: can(Action::Withdraw) && spec.is_written(),
        import: can(Action::Import) && people,
        export: can(Action::Export),
        submit: can(Action::Submit),
        comment: can(Action::Comment),
    }
}

/// One page of a register.
///
/// # Errors
/// Where the asker may not, or a filter names no field.
#[compiled_once]
pub async fn record_list(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    query: &ListQuery,
) -> Result<RecordList, AppError> {
    let page = access::list(visit, spec, query).await?;
    let columns = listed(spec);
    let mut mentioned = std::collections::BTreeMap::new();
    for row in &page.rows {
        for (key, texts) in super::names::mentions(spec, &row.body) {
            mentioned.entry(key).or_insert_with(BTreeSet::new).extend(texts);
        }
    }
    let names = names::names(visit, Eyes::Theirs, spec, &mentioned).await?;
    let empty = Value::Null;
    let rows = page
        .rows
        .iter()
        .map(|row| RecordLine {
            id: row.id.clone(),
            name: if row.name.is_empty() {
                row.id.clone()
            } else {
                shown_name(visit, spec, row, &names)
            },
            cells: columns
                .iter()
                .map(|f| shown(visit, f, row.body.get(f.key).unwrap_or(&empty), &names))
                .collect(),
            standing: row.standing.words.clone(),
            state: row.standing.state.to_owned(),
        })
        .collect();
    let filters = spec
        .fields
        .iter()
        .filter(|f| matches!(f.kind, Kind::Choice(_) | Kind::Flag))
        .take(6)
        .map(|f| {
            let given = query.equal.iter().find(|(key, _)| key == f.key);
            let value = given.map_or(Value::Null, |(_, text)| Value::from(text.clone()));
            let mut view = field_view(visit, spec, f, &Value::Null, (&names, &|_| Vec::new()));
            view.value = value.as_str().unwrap_or_default().to_owned();
            view
        })
        .collect();
    Ok(RecordList {
        register: head(spec, page.total),
        columns: columns.iter().map(|f| f.label.to_owned()).collect(),
        filters,
        rows,
        total: page.total,
        next: page.next,
        asks: route_of(visit, spec)?.is_some(),
        may: may(visit, spec),
    })
}

fn shown_name(visit: &Visit<'_>, spec: &RegisterSpec, row: &RecordView, names: &NameBook) -> String {
    let field = spec.field(spec.names_row);
    let value = row.body.get(spec.names_row);
    match (field, value) {
        (Some(field), Some(value)) => shown(visit, field, value, names),
        _ => row.name.clone(),
    }
}

/// A record's page, or the form of a new one where no id is given.
///
/// # Errors
/// Where it isn't there for the asker.
#[compiled_once]
pub async fn record_detail(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: Option<&RowId>,
) -> Result<RecordDetail, AppError> {
    let (record, then) = if let Some(id) = id.map(RowId::as_str) {
        let access = visit.may(act::Read, spec)?;
        let record = match access.withdrawn(id).await? {
            Some(record) => record,
            None => match access.show(id).await {
                // What waits for a second person is nowhere else yet.
                Err(error) => second::asked(visit, spec, id).ok_or(error)?,
                Ok(record) => record,
            },
        };
        (record, access.at.is_some())
    } else {
        visit.may(act::Create, spec)?;
        (blank(spec), false)
    };
    let names = names::names(
        visit,
        Eyes::Theirs,
        spec,
        &super::names::mentions(spec, &record.body),
    )
    .await?;
    let offered = offered(visit, spec).await?;
    let options = |key: &str| {
        let found = offered.iter().find(|(register, _)| *register == key);
        found.map(|(_, rows)| rows.clone()).unwrap_or_default()
    };
    let empty = Value::Null;
    let fields = spec
        .fields
        .iter()
        .map(|f| {
            field_view(
                visit,
                spec,
                f,
                record.body.get(f.key).unwrap_or(&empty),
                (&names, &options),
            )
        })
        .collect();
    let stands = record.standing.state != "void";
    let (timeline, mut gaps) = match id {
        Some(_) if record.standing.state == "pending" => (Vec::new(), Vec::new()),
        Some(id) if !stands => (timeline(visit, spec, id).await?, Vec::new()),
        Some(id) if then => (timeline(visit, spec, id).await?, Vec::new()),
        Some(id) => (
            timeline(visit, spec, id).await?,
            gaps_of(visit, spec, &record).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    if let Some(by) = second::asked_by(visit, spec, &record.id) {
        gaps.push(format!("有一項變更待第二人確認（提出者：{by}）"));
    }
    let waiting = record.standing.state == "submitted";
    let decides = waiting && desk::takes_step(visit, spec, &record.id).await?
        || second::may_confirm(visit, spec, &record.id);
    Ok(RecordDetail {
        register: head(spec, 0),
        name: shown_name(visit, spec, &record, &names),
        steps: if stands {
            desk::steps(visit, spec, &record)?
        } else {
            Vec::new()
        },
        proves: if stands {
            proves(visit, spec, &record)
        } else {
            Vec::new()
        },
        may: if stands { may(visit, spec) } else { May::default() },
        id: record.id,
        version: record.version,
        fields,
        standing: record.standing.words.clone(),
        state: record.standing.state.to_owned(),
        timeline,
        gaps,
        decides,
    })
}

async fn timeline(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
) -> Result<Vec<TimelineEntry>, AppError> {
    let entries = history::history(visit, spec, id).await?;
    let entry = |e: super::HistoryEntry| TimelineEntry {
        at: period::parse_instant(&e.at).map_or(e.at, period::roc_instant),
        by: e.by,
        words: e.words,
        version: e.version,
        changed: e.changed.into_iter().map(|c| (c.label, c.from, c.to)).collect(),
    };
    Ok(entries.into_iter().map(entry).collect())
}

async fn gaps_of(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    record: &RecordView,
) -> Result<Vec<String>, AppError> {
    let others = check::others(visit, spec.looks_at).await?;
    let book = check::book_of(visit.today(), &others);
    let mut row = Record::new(spec, &record.id, &record.body);
    row.is_final = matches!(record.standing.state, "final" | "none");
    let bounds = check::bounds_for(visit, spec)?;
    let mut said: Vec<String> = check::judged(visit, spec, &record.id, &record.body, &book, &bounds)
        .into_iter()
        .map(|p| AppError::Fields(vec![p]).to_string())
        .collect();
    said.extend(spec.gaps(&row, &book).into_iter().map(|g| g.message));
    let blank = spec.fields.iter().filter(|f| f.expected && row.is_blank(f.key));
    said.extend(blank.map(|f| format!("請補填「{}」", f.label)));
    Ok(said)
}

fn proves(visit: &Visit<'_>, spec: &RegisterSpec, record: &RecordView) -> Vec<ProvesView> {
    let row = Record::new(spec, &record.id, &record.body);
    let title = |key: &str| {
        let duty = visit.corpus().duty(key);
        duty.map_or_else(|| key.to_owned(), |d| d.title.clone())
    };
    let approved = record.standing.state == "none" || record.standing.approved_version.is_some();
    let has_files = spec.field("evidence").is_some() && !row.files("evidence").is_empty();
    let proven = approved && (has_files || record.standing.approved_version.is_some());
    let mut views: Vec<ProvesView> = Vec::new();
    for proof in spec.proves {
        let done = !record.id.is_empty() && (proof.when)(&row);
        let words = match (done, approved, has_files) {
            (false, _, _) => "填妥辦理結果後，可作為證明",
            (true, false, _) => "核定後，可作為證明",
            (true, true, _) if proven => "已可作為證明",
            (true, true, _) => "請附佐證檔案，方可作為證明",
        };
        views.push(ProvesView {
            duty: proof.duty.to_owned(),
            title: title(proof.duty),
            now: done && proven,
            words: words.to_owned(),
        });
    }
    for raise in spec.raises {
        if record.id.is_empty() || !(raise.when)(&row) {
            continue;
        }
        let settled = !row.is_blank(raise.settled_on);
        views.push(ProvesView {
            duty: raise.duty.to_owned(),
            title: title(raise.duty),
            now: settled && proven,
            words: match (settled, proven) {
                (true, true) => "已辦結",
                (true, false) => "已辦結，尚待佐證或核定",
                (false, _) => "尚未辦結",
            }
            .to_owned(),
        });
    }
    views
}

fn blank(spec: &'static RegisterSpec) -> RecordView {
    RecordView {
        register: spec.key,
        id: String::new(),
        version: 0,
        name: String::new(),
        body: Value::Object(serde_json::Map::new()),
        standing: Standing {
            state: "none",
            words: String::new(),
            waits_for: None,
            number: String::new(),
            approved_version: None,
        },
    }
}
