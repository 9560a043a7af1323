//! One search over all that somebody may see of an agency, and over the law.
//!
//! Why in memory: the rows of an agency are at hand, so that a search of ninety registers makes no
//! statement; only very large registers are asked for, one statement each with its index, and
//! rows that are somebody's own, where some were found. Why texts as lists search them: 「全部」 leads
//! to the list, which must say the same. What it can't know: what a name means; rows that only refer
//! to what was found stand on that row's own page.

use crate::AppError;
use crate::compiled::compiled_once;
use crate::permission::Action;
use crate::principal::Scope;
use crate::records::names::{self, Eyes};
use crate::records::standings::standings_at;
use crate::rows::Rows;
use crate::visit::{Access, Visit, act};
use period::Date;
use registers::entry::Names as _;
use registers::{Kind, Record, RegisterSpec};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use store::{Condition, Query, Scalar, Select, StoredRow};
use views::{SearchGroup, SearchHit, SearchKind, SearchList, SearchTarget, SearchView};

/// A text of fewer characters is in nearly everything.
const LEAST: usize = 2;
/// More than this of what was typed is not looked for.
const MOST: usize = 80;
/// So many of a register or a part of the law are shown.
const FEW: usize = 3;
/// So many rows of a very large register are counted.
const COUNTED: u32 = 200;
/// Characters around what was found.
const AROUND: usize = 18;
/// Words of labels of days that something ends on.
const ENDS: [&str; 8] = ["期限", "到期", "屆滿", "期滿", "迄日", "有效至", "預定", "終止"];
/// Registers of people.
const PEOPLE: [&str; 2] = ["person", "member"];

/// What is looked for.
struct Asked {
    /// In lower case.
    part: String,
    /// Whether its letters could stand in the other case; Chinese has none.
    is_cased: bool,
    day: Option<Date>,
}

impl Asked {
    fn of(text: &str) -> Self {
        Self {
            part: text.to_lowercase(),
            is_cased: text.chars().any(|c| c.is_lowercase() || c.is_uppercase()),
            day: period::parse_date(text).ok(),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        text.contains(&self.part) || self.is_cased && text.to_lowercase().contains(&self.part)
    }

    /// Whether a body may hold it: a quick look at all that stands in it.
    fn may_be_in(&self, value: &Value, iso: &str) -> bool {
        match value {
            Value::String(text) => self.is_in(text) || (!iso.is_empty() && text.starts_with(iso)),
            Value::Number(number) => number.to_string().contains(&self.part),
            Value::Array(items) => items.iter().any(|v| self.may_be_in(v, iso)),
            Value::Object(members) => members.values().any(|v| self.may_be_in(v, iso)),
            Value::Null | Value::Bool(_) => false,
        }
    }
}

/// A row in which it was found, by the texts and the days of its fields.
struct Found<'r> {
    row: Cow<'r, StoredRow>,
    texts: Vec<(&'static str, String)>,
    days: Vec<&'static str>,
}

/// What of a row that somebody may look in has it.
fn found_in<'r>(
    access: &Access<'_, act::Read>,
    asked: &Asked,
    row: Cow<'r, StoredRow>,
) -> Result<Option<Found<'r>>, AppError> {
    let spec = access.spec;
    let seen = |key: &str| spec.field(key).is_some_and(|f| !access.hides.hides(f));
    let mut texts = registers::searchable_fields(spec, &row.body);
    texts.retain(|(key, text)| seen(key) && asked.is_in(text));
    let mut days = Vec::new();
    if let Some(day) = asked.day {
        let body = registers::open_ref(spec, &row.body)?;
        let record = Record::new(spec, &row.row, &body);
        let dated = spec
            .fields
            .iter()
            .filter(|f| matches!(f.kind, Kind::Date | Kind::Moment));
        days = dated
            .filter(|f| record.day_of(f.key) == Some(day) && seen(f.key))
            .map(|f| f.key)
            .collect();
    }
    let is_found = !texts.is_empty() || !days.is_empty();
    Ok(is_found.then_some(Found { row, texts, days }))
}

/// Everything that somebody may see and that has a text or a day.
///
/// # Errors
/// Where the token is not for reading.
#[compiled_once]
pub async fn search(visit: &Visit<'_>, typed: &str) -> Result<SearchView, AppError> {
    visit.who().demand(Scope::Read)?;
    let text: String = typed.trim().chars().take(MOST).collect();
    let asked = Asked::of(&text);
    let mut view = SearchView {
        day: asked.day,
        too_short: text.chars().count() < LEAST,
        asked: text,
        kinds: Vec::new(),
    };
    if view.too_short {
        return Ok(view);
    }
    let past = match visit.moment_seen() {
        None => None,
        Some(at) => Some((at, visit.loaded_as_seen().await?)),
    };
    let past = past.as_ref().map(|(at, loaded)| (*at, &loaded.rows));
    let (mut people, mut records, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for spec in registers::catalogue() {
        if !visit.can(Action::Read, spec) {
            continue;
        }
        let access = visit.may(act::Read, spec)?;
        let mut found = of_register(&access, &asked, past).await?;
        if found.is_empty() {
            continue;
        }
        let counted = COUNTED as usize;
        let more = spec.bulk && found.len() > counted;
        if more {
            found.truncate(counted);
        }
        let (with_file, others): (Vec<_>, Vec<_>) = found.iter().partition(|f| is_by_file(spec, f));
        for (of, kind) in [(others, 0), (with_file, 1)] {
            if of.is_empty() {
                continue;
            }
            let group = group(&access, (&of, more), &view.asked, &asked).await?;
            match kind {
                1 => files.push(group),
                _ if PEOPLE.contains(&spec.key) => people.push(group),
                _ => records.push(group),
            }
        }
    }
    let duties = duties(visit, &asked).await?;
    let law = law(visit, &asked);
    view.kinds = [
        ("人員", people),
        ("紀錄", records),
        ("應辦事項", duties),
        ("法規", law),
        ("檔案", files),
    ]
    .into_iter()
    .filter(|(_, groups)| !groups.is_empty())
    .map(|(title, groups)| SearchKind {
        title: title.to_owned(),
        total: groups.iter().map(|g| g.total).sum(),
        groups,
    })
    .collect();
    Ok(view)
}

/// Whether nothing but the name of a file has it.
fn is_by_file(spec: &RegisterSpec, found: &Found<'_>) -> bool {
    let is_file = |key: &str| spec.field(key).is_some_and(|f| f.kind == Kind::Evidence);
    found.days.is_empty() && found.texts.iter().all(|(key, _)| is_file(key))
}

async fn of_register<'r>(
    access: &Access<'r, act::Read>,
    asked: &Asked,
    past: Option<(u64, &'r Rows)>,
) -> Result<Vec<Found<'r>>, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    let at_hand = match (access.at, past) {
        (None, _) if !spec.bulk => Some(visit.rows()),
        (Some(at), Some((then, rows))) if at == then => Some(rows),
        _ => None,
    };
    let Some(rows) = at_hand else {
        let rows = visit
            .reads()
            .list(spec.key, query(access, asked), COUNTED + 1)
            .await?;
        let each = rows
            .into_iter()
            .map(|row| found_in(access, asked, Cow::Owned(row)));
        return each.filter_map(Result::transpose).collect();
    };
    let iso = asked.day.map_or_else(String::new, |day| day.to_string());
    let likely = rows
        .standing(spec.key)
        .filter(|row| asked.may_be_in(&row.body, &iso));
    let each = likely.map(|row| found_in(access, asked, Cow::Borrowed(row)));
    let mut found: Vec<Found<'r>> = each.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    if access.own.is_some() && !found.is_empty() {
        let select = Select {
            among: Some(found.iter().map(|f| f.row.row.clone()).collect()),
            own: access.own.clone(),
            at: access.at,
            ..Select::default()
        };
        let own = visit.reads().list(spec.key, &select, u32::MAX).await?;
        let own: BTreeSet<String> = own.into_iter().map(|row| row.row).collect();
        found.retain(|f| own.contains(&f.row.row));
    }
    Ok(found)
}

/// The question for rows that are not at hand.
fn query(access: &Access<'_, act::Read>, asked: &Asked) -> Query {
    let select = Select {
        own: access.own.clone(),
        at: access.at,
        ..Select::default()
    };
    let mut query = Query::from(&select);
    let mut any = vec![Condition::Text(access.hides.searched(&asked.part))];
    if let Some(day) = asked.day {
        let dated = access.spec.fields.iter();
        let dated = dated.filter(|f| matches!(f.kind, Kind::Date | Kind::Moment) && !access.hides.hides(f));
        any.extend(dated.map(|f| Condition::Equals(f.key.to_owned(), Scalar::Text(day.to_string()))));
    }
    let any = match any.len() {
        1 => any.remove(0),
        _ => Condition::Or(any),
    };
    query.condition = Some(match query.condition {
        Some(own) => Condition::And(vec![own, any]),
        None => any,
    });
    query
}

/// The first rows of a register in which it was found, and where all of them are listed.
async fn group(
    access: &Access<'_, act::Read>,
    (found, more): (&[&Found<'_>], bool),
    typed: &str,
    asked: &Asked,
) -> Result<SearchGroup, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    // What is called so comes before what says so.
    let mut order: Vec<(u8, &Found<'_>)> = found.iter().map(|f| (rank(spec, f, asked), *f)).collect();
    order.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.row.seq.cmp(&a.1.row.seq)));
    let shown: Vec<&Found<'_>> = order.into_iter().take(FEW).map(|(_, f)| f).collect();
    let ids: Vec<&str> = shown.iter().map(|f| f.row.row.as_str()).collect();
    let standings = standings_at(visit, spec, Some(&ids), access.at).await?;
    let amends = visit.can(Action::Amend, spec) && spec.is_written();
    let mut hits = Vec::new();
    for one in shown {
        let body = registers::open_ref(spec, &one.row.body)?.into_owned();
        let body = access.hides.masked(spec, body);
        let record = Record::new(spec, &one.row.row, &body);
        let standing = standings.of(&one.row.row, one.row.version);
        let said = one.texts.iter().filter(|(key, _)| *key != spec.names_row);
        let said = said.map(|(key, text)| (label(spec, key), around(text, asked)));
        let days = one.days.iter().zip(asked.day);
        let days = days.map(|(key, day)| (label(spec, key), period::roc_short(day)));
        hits.push(SearchHit {
            name: named(visit, spec, &record).await?,
            target: SearchTarget::Record {
                register: spec.key.to_owned(),
                id: one.row.row.clone(),
            },
            said: days.chain(said).take(2).collect(),
            amend: amends && standing.state != "submitted",
            colour: colour(standing.state).to_owned(),
            state: standing.words,
            due: due(spec, &record, visit.today()),
        });
    }
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    Ok(SearchGroup {
        title: spec.title.to_owned(),
        register: spec.key.to_owned(),
        all: lists(spec, found, (typed, asked)),
        hits,
        total,
        more,
    })
}

fn rank(spec: &RegisterSpec, found: &Found<'_>, asked: &Asked) -> u8 {
    let whole = |(_, text): &(&str, String)| text.to_lowercase() == asked.part;
    let named = |(key, _): &(&str, String)| *key == spec.names_row;
    if found.texts.iter().any(whole) {
        0
    } else {
        u8::from(!found.texts.iter().any(named)) + 1
    }
}

/// The lists that show all of what was found: by the text, and by each field with the day.
fn lists(spec: &RegisterSpec, found: &[&Found<'_>], (typed, asked): (&str, &Asked)) -> Vec<SearchList> {
    let mut all = Vec::new();
    let by_text = found.iter().filter(|f| !f.texts.is_empty()).count();
    if by_text > 0 {
        all.push(SearchList {
            label: String::new(),
            query: ("q".to_owned(), typed.to_owned()),
            total: u64::try_from(by_text).unwrap_or(u64::MAX),
        });
    }
    let mut by_day: BTreeMap<&str, u64> = BTreeMap::new();
    for key in found.iter().flat_map(|f| &f.days) {
        *by_day.entry(key).or_default() += 1;
    }
    for (key, total) in by_day {
        // A list compares moments whole.
        let is_day = spec.field(key).is_some_and(|f| f.kind == Kind::Date);
        if let Some(day) = asked.day.filter(|_| is_day) {
            all.push(SearchList {
                label: label(spec, key),
                query: (key.to_owned(), period::roc_short(day)),
                total,
            });
        }
    }
    all
}

fn label(spec: &RegisterSpec, key: &str) -> String {
    spec.field(key).map_or(key, |f| f.label).to_owned()
}

/// How a record's state is coloured.
pub(crate) fn colour(state: &str) -> &'static str {
    match state {
        "final" => "met",
        "submitted" => "not_yet_due",
        "returned" => "not_met",
        _ => "not_applicable",
    }
}

/// What a record is called, as whoever asks may see it; by its id where nothing names it.
pub(crate) async fn named(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    record: &Record<'_>,
) -> Result<String, AppError> {
    let name = record.name();
    let refers = spec.field(spec.names_row).map(|f| f.kind);
    let name = match refers {
        Some(Kind::Reference(key)) if !name.is_empty() => {
            let mentioned = names::mentions(spec, record.body());
            let book = names::names(visit, Eyes::Theirs, spec, &mentioned).await?;
            book.name_of(key, name).unwrap_or_default()
        }
        _ => name.to_owned(),
    };
    Ok(if name.is_empty() {
        record.id.to_owned()
    } else {
        name
    })
}

/// The next of the days on which something of a row ends; the last one where none lies ahead.
pub(crate) fn due(spec: &RegisterSpec, record: &Record<'_>, today: Date) -> String {
    let ends = |f: &&registers::Field| f.kind == Kind::Date && ENDS.iter().any(|word| f.label.contains(word));
    let days = spec.fields.iter().filter(ends);
    let mut days: Vec<_> = days
        .filter_map(|f| Some((record.date(f.key)?, f.label)))
        .collect();
    days.sort_unstable();
    let next = days.iter().find(|(day, _)| *day >= today).or_else(|| days.last());
    next.map_or_else(String::new, |(day, label)| {
        format!("{label} {}（{}）", period::roc_short(*day), left(today, *day))
    })
}

/// How far away a day is, in words.
pub(crate) fn left(today: Date, day: Date) -> String {
    match today.duration_until(day).as_hours() / 24 {
        0 => "今天".to_owned(),
        n if n > 0 => format!("剩 {n} 天"),
        n => format!("已過 {} 天", -n),
    }
}

/// The words around what was found.
fn around(text: &str, asked: &Asked) -> String {
    let line = text.lines().find(|line| asked.is_in(line)).unwrap_or_default();
    let chars: Vec<char> = line.chars().collect();
    let before = line.to_lowercase();
    let at = before.find(&asked.part).and_then(|at| before.get(..at));
    let at = at.map_or(0, |before| before.chars().count());
    let from = at.saturating_sub(AROUND);
    let until = (at + asked.part.chars().count() + AROUND).min(chars.len());
    let piece: String = chars.get(from..until).unwrap_or_default().iter().collect();
    let (head, tail) = (
        if from > 0 { "…" } else { "" },
        if until < chars.len() { "…" } else { "" },
    );
    format!("{head}{piece}{tail}")
}

async fn duties(visit: &Visit<'_>, asked: &Asked) -> Result<Vec<SearchGroup>, AppError> {
    let duties = match crate::duties::all(visit).await {
        // Not everybody may see them.
        Err(error) if error.kind() == crate::Kind::Forbidden => return Ok(Vec::new()),
        duties => duties?,
    };
    let has =
        |d: &views::DutyView| asked.is_in(&d.title) || asked.is_in(&d.explain) || asked.is_in(&d.subject);
    let mut found: Vec<views::DutyView> = duties
        .into_iter()
        .filter(|d| has(d) || d.due.is_some() && d.due == asked.day)
        .collect();
    found.sort_by_key(|d| (!asked.is_in(&d.title), d.verdict));
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let hits: Vec<SearchHit> = found.iter().take(FEW * 2).map(duty).collect();
    Ok(groups("應辦事項", hits, total))
}

/// A duty as something that was found.
pub(crate) fn duty(duty: &views::DutyView) -> SearchHit {
    let subject = duty.subject_name();
    SearchHit {
        name: match subject {
            "" => duty.title.clone(),
            name => format!("{}（{name}）", duty.title),
        },
        target: SearchTarget::Duty {
            key: duty.key.clone(),
            subject: duty.subject_id.clone(),
        },
        said: Vec::new(),
        state: duty.status_words(),
        colour: duty.verdict.slug().to_owned(),
        due: match duty.due_words().as_str() {
            "—" => String::new(),
            words => format!("期限 {words}"),
        },
        amend: false,
    }
}

fn law(visit: &Visit<'_>, asked: &Asked) -> Vec<SearchGroup> {
    let book = crate::LawBook(visit.corpus());
    let (mut titles, mut articles) = (Vec::new(), Vec::new());
    for instrument in book.instruments(visit.day()) {
        let hit = |name: String, href: String, said: Vec<(String, String)>| SearchHit {
            name,
            target: SearchTarget::Law { href },
            said,
            state: String::new(),
            colour: String::new(),
            due: String::new(),
            amend: false,
        };
        if asked.is_in(&instrument.title) {
            let said = vec![("位階".to_owned(), instrument.rank.clone())];
            titles.push(hit(
                instrument.title.clone(),
                format!("/laws/{}", instrument.slug),
                said,
            ));
        }
        for (id, label, heading, gist, _) in &instrument.articles {
            if !(asked.is_in(heading) || asked.is_in(gist) || asked.is_in(label)) {
                continue;
            }
            let said = if asked.is_in(gist) {
                vec![("摘要".to_owned(), around(gist, asked))]
            } else {
                Vec::new()
            };
            let href = format!("/laws/{}/{}/{id}", instrument.slug, instrument.shown);
            articles.push((
                !asked.is_in(heading),
                hit(format!("{}{label} {heading}", instrument.title), href, said),
            ));
        }
    }
    articles.sort_by_key(|(rest, _)| *rest);
    let (first, second) = (count(&titles), count(&articles));
    titles.truncate(FEW);
    let articles = articles.into_iter().take(FEW * 2).map(|(_, hit)| hit).collect();
    let mut all = groups("法規名稱", titles, first);
    all.extend(groups("條文", articles, second));
    all
}

fn count<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}

fn groups(title: &str, hits: Vec<SearchHit>, total: u64) -> Vec<SearchGroup> {
    if hits.is_empty() {
        return Vec::new();
    }
    vec![SearchGroup {
        title: title.to_owned(),
        register: String::new(),
        hits,
        total,
        more: false,
        all: Vec::new(),
    }]
}
