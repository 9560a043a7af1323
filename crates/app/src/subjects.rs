//! A subject's page: a system, a person or a contract, with what every register says about it.
//!
//! Why by the field tables: a register that refers to systems is on a system's page without anybody
//! having to think of it. Why from the rows at hand: thirty registers make no statement. What it can't
//! know: rows that name the subject in words only.

use crate::AppError;
use crate::compiled::compiled_once;
use crate::ids::{RowId, register};
use crate::permission::Action;
use crate::records;
use crate::records::standings::standings_at;
use crate::rows::Rows;
use crate::search::{colour, due, duty};
use crate::visit::{Access, Visit, act};
use registers::entry::NoNames;
use registers::{Field, Kind, Record, RegisterSpec, Sensitivity};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use store::{Condition, Query, Select, StoredRow};
use views::{
    DutyView, SearchHit, SearchTarget, Status, SubjectBar, SubjectHead, SubjectRegister, SubjectStep,
    SubjectView,
};

/// So many rows of a register are shown.
const FEW: usize = 5;
/// So many rows of a very large register are counted.
const COUNTED: u32 = 200;
/// So many fields of a row are told.
const TOLD: usize = 3;
/// What a page is about.
const SUBJECTS: [&str; 3] = ["system", "person", "contract"];

/// The register whose rows have a page of their own under this part of an address.
pub fn subject_of(part: &str) -> Option<&'static str> {
    match part {
        "systems" => Some("system"),
        "persons" => Some("person"),
        "contracts" => Some("contract"),
        _ => None,
    }
}

/// The part of an address under which a register's rows have a page of their own.
pub fn part_of(register: &str) -> Option<&'static str> {
    match register {
        "system" => Some("systems"),
        "person" => Some("persons"),
        "contract" => Some("contracts"),
        _ => None,
    }
}

/// What a page is about.
struct About<'a> {
    register: &'static str,
    id: &'a str,
}

impl About<'_> {
    /// The fields of a register by which its rows name the subject.
    fn fields(&self, spec: &'static RegisterSpec) -> Vec<&'static Field> {
        let names = |f: &&Field| match f.kind {
            Kind::Reference(key) | Kind::References(key) => key == self.register,
            Kind::Subject => true,
            _ => false,
        };
        spec.fields.iter().filter(names).collect()
    }

    fn is_named(&self, field: &Field, value: &Value) -> bool {
        match (field.kind, value) {
            (Kind::Reference(_), Value::String(id)) => id == self.id,
            (Kind::References(_), Value::Array(ids)) => ids.iter().any(|id| id == self.id),
            (Kind::Subject, Value::Object(subject)) => {
                let said = |key: &str| subject.get(key).and_then(Value::as_str);
                said("kind") == Some(self.register) && said("id") == Some(self.id)
            }
            _ => false,
        }
    }

    /// Whether a row names it.
    fn names(&self, fields: &[&'static Field], body: &Value) -> bool {
        let value = |f: &Field| body.get(f.key).is_some_and(|v| self.is_named(f, v));
        fields.iter().any(|f| value(f))
    }
}

/// A row about the subject, as whoever asks may see it, in the newest form.
struct Told<'r> {
    row: Cow<'r, StoredRow>,
    body: Value,
}

/// A subject's page.
///
/// # Errors
/// Where it isn't there for the asker.
#[compiled_once]
pub async fn subject(visit: &Visit<'_>, key: &'static str, id: &RowId) -> Result<SubjectView, AppError> {
    if !SUBJECTS.contains(&key) {
        return Err(crate::ids::no_record(register("system")?, id.as_str()));
    }
    let own = register(key)?;
    let detail = records::record_detail(visit, own, Some(id)).await?;
    let about = About {
        register: key,
        id: id.as_str(),
    };
    let past = match visit.moment_seen() {
        None => None,
        Some(at) => Some((at, visit.loaded_as_seen().await?)),
    };
    let past = past.as_ref().map(|(at, loaded)| (*at, &loaded.rows));
    let (mut filled, mut empty) = (Vec::new(), Vec::new());
    let mut told: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for spec in registers::catalogue() {
        let fields = about.fields(spec);
        let Some(first) = fields.first().filter(|_| visit.can(Action::Read, spec)) else {
            continue;
        };
        let access = visit.may(act::Read, spec)?;
        let rows = rows_about(&access, (&about, &fields), past).await?;
        let made = of_register(&access, first, &rows).await?;
        if rows.is_empty() {
            empty.extend(Some(made).filter(|r| r.create && r.listed));
        } else {
            told.insert(spec.key, rows.into_iter().map(|r| r.body).collect());
            filled.push(made);
        }
    }
    let duties = match crate::duties::all(visit).await {
        // Not everybody may see them.
        Err(error) if error.kind() == crate::Kind::Forbidden => Vec::new(),
        duties => duties?,
    };
    let mut duties: Vec<DutyView> = duties
        .into_iter()
        .filter(|d| d.subject_id.as_deref() == Some(id.as_str()) && d.verdict != Status::NotApplicable)
        .collect();
    duties.sort_by_key(|d| (d.verdict, d.due.is_none(), d.due));
    let stands = detail.state != "void";
    let amend = stands && detail.may.amend && detail.state != "submitted";
    let fields = detail.fields.iter().filter(|f| !f.shown.is_empty());
    Ok(SubjectView {
        register: key.to_owned(),
        title: own.title.to_owned(),
        next: next(&duties, (&filled, &empty), (&detail.gaps, amend)),
        heads: heads(visit, key, &detail, &told),
        facts: fields.map(|f| (f.label.clone(), f.shown.clone())).collect(),
        standing: detail.standing,
        duties: duties.iter().map(duty).collect(),
        id: detail.id,
        name: detail.name,
        gaps: detail.gaps,
        registers: filled,
        empty,
        amend,
    })
}

/// The rows of a register that name the subject, the newest state first.
async fn rows_about<'r>(
    access: &Access<'r, act::Read>,
    (about, fields): (&About<'_>, &[&'static Field]),
    past: Option<(u64, &'r Rows)>,
) -> Result<Vec<Told<'r>>, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    // What is hidden of a row isn't told by where it is listed.
    let seen: Vec<&'static Field> = fields.iter().copied().filter(|f| told_of(access, f)).collect();
    let at_hand = match (access.at, past) {
        (None, _) if !spec.bulk => Some(visit.rows()),
        (Some(at), Some((then, rows))) if at == then => Some(rows),
        _ => None,
    };
    let mut found = Vec::new();
    if let Some(rows) = at_hand {
        for row in rows.standing(spec.key) {
            let body = registers::open_ref(spec, &row.body)?;
            if about.names(&seen, &body) {
                let body = body.into_owned();
                let row = Cow::Borrowed(row);
                found.push(Told { row, body });
            }
        }
        keep_own(access, &mut found).await?;
    } else {
        let query = query(access, about, &seen);
        for row in visit.reads().list(spec.key, query, COUNTED + 1).await? {
            let body = registers::open_ref(spec, &row.body)?.into_owned();
            let row = Cow::Owned(row);
            found.push(Told { row, body });
        }
    }
    for one in &mut found {
        one.body = access.hides.masked(spec, std::mem::take(&mut one.body));
    }
    found.sort_by_cached_key(|one| {
        let record = Record::new(spec, &one.row.row, &one.body);
        let dated = spec
            .fields
            .iter()
            .filter(|f| matches!(f.kind, Kind::Date | Kind::Moment));
        let happened = dated
            .filter_map(|f| record.day_of(f.key))
            .filter(|d| *d <= visit.today());
        std::cmp::Reverse((happened.max(), one.row.seq))
    });
    Ok(found)
}

/// Whether by whom a row is may be known: ids of persons say nothing by themselves, and the page
/// is of somebody whom the visitor sees already.
fn told_of(access: &Access<'_, act::Read>, field: &Field) -> bool {
    field.sensitivity == Sensitivity::Personal || !access.hides.hides(field)
}

/// Leaves out what isn't the visitor's own, where only that is shown: by what the rows say, and of
/// the rest by who made them.
async fn keep_own(access: &Access<'_, act::Read>, found: &mut Vec<Told<'_>>) -> Result<(), AppError> {
    let Some(own) = &access.own else {
        return Ok(());
    };
    let says = |one: &Told<'_>| {
        let said = |(field, text): &(String, String)| {
            one.body.get(field).and_then(Value::as_str) == Some(text.as_str())
        };
        own.rows.contains(&one.row.row) || own.fields.iter().any(said)
    };
    let rest: Vec<String> = found
        .iter()
        .filter(|one| !says(one))
        .map(|one| one.row.row.clone())
        .collect();
    let mut made = BTreeSet::new();
    if own.author.is_some() && !rest.is_empty() {
        let select = Select {
            among: Some(rest),
            own: access.own.clone(),
            at: access.at,
            ..Select::default()
        };
        let rows = access
            .visit
            .reads()
            .list(access.spec.key, &select, u32::MAX)
            .await?;
        made.extend(rows.into_iter().map(|row| row.row));
    }
    found.retain(|one| says(one) || made.contains(&one.row.row));
    Ok(())
}

/// The question for rows that are not at hand.
fn query(access: &Access<'_, act::Read>, about: &About<'_>, fields: &[&'static Field]) -> Query {
    let select = Select {
        own: access.own.clone(),
        at: access.at,
        ..Select::default()
    };
    let mut query = Query::from(&select);
    let named = fields.iter().map(|f| match f.kind {
        Kind::Subject => {
            let subject = format!("{}:{}", about.register, about.id);
            Condition::Names(f.key.to_owned(), vec![subject])
        }
        _ => Condition::Names(f.key.to_owned(), vec![about.id.to_owned()]),
    });
    let any = Condition::Or(named.collect());
    query.condition = Some(match query.condition {
        Some(own) => Condition::And(vec![own, any]),
        None => any,
    });
    query
}

/// A register's rows about the subject, as the page shows them.
async fn of_register(
    access: &Access<'_, act::Read>,
    field: &'static Field,
    rows: &[Told<'_>],
) -> Result<SubjectRegister, AppError> {
    let (visit, spec) = (access.visit, access.spec);
    let shown = rows.get(..FEW).unwrap_or(rows);
    let ids: Vec<&str> = shown.iter().map(|r| r.row.row.as_str()).collect();
    let standings = standings_at(visit, spec, Some(&ids), access.at).await?;
    let amends = visit.can(Action::Amend, spec) && spec.is_written();
    let hits = shown.iter().map(|one| {
        let record = Record::new(spec, &one.row.row, &one.body);
        let standing = standings.of(&one.row.row, one.row.version);
        let mut said = said(spec, &one.body);
        let refers = spec
            .field(spec.names_row)
            .is_some_and(|f| matches!(f.kind, Kind::Reference(_) | Kind::References(_) | Kind::Subject));
        let name = match record.name() {
            // The page's own name, or another's id, tells no rows apart.
            _ if refers && !said.is_empty() => said.remove(0).1,
            "" => record.id.to_owned(),
            name if refers => format!(
                "{}（{}）",
                spec.title,
                record.id.strip_prefix(name).unwrap_or(record.id)
            ),
            name => name.to_owned(),
        };
        said.truncate(TOLD);
        SearchHit {
            name,
            target: SearchTarget::Record {
                register: spec.key.to_owned(),
                id: one.row.row.clone(),
            },
            said,
            amend: amends && standing.state != "submitted",
            colour: colour(standing.state).to_owned(),
            state: standing.words,
            due: due(spec, &record, visit.today()),
        }
    });
    let counted = COUNTED as usize;
    let more = spec.bulk && rows.len() > counted;
    Ok(SubjectRegister {
        key: spec.key.to_owned(),
        title: spec.title.to_owned(),
        field: field.key.to_owned(),
        rows: hits.collect(),
        total: u64::try_from(if more { counted } else { rows.len() }).unwrap_or(u64::MAX),
        more,
        listed: field.kind != Kind::Subject,
        create: visit.can(Action::Create, spec) && spec.is_written(),
    })
}

/// What is told of a row: choices, days and short words, in the table's order.
fn said(spec: &RegisterSpec, body: &Value) -> Vec<(String, String)> {
    let fits = |f: &&Field| {
        f.key != spec.names_row
            && matches!(
                f.kind,
                Kind::Choice(_) | Kind::Date | Kind::Moment | Kind::Text | Kind::Number | Kind::Decimal
            )
    };
    let rank = |f: &Field| u8::from(!f.required) + u8::from(!f.expected && !f.required);
    let mut fields: Vec<&Field> = spec.fields.iter().filter(fits).collect();
    fields.sort_by_key(|f| rank(f));
    let told = |f: &Field| {
        let value = body.get(f.key).filter(|v| !v.is_null())?;
        let text = registers::entry::write(f, value, &NoNames);
        let text = text.trim();
        (!text.is_empty() && text.chars().count() <= 40).then(|| (f.label.to_owned(), text.to_owned()))
    };
    fields.into_iter().filter_map(told).take(TOLD + 1).collect()
}

/// What is told of a record where it waits among others: what must be known of it first.
pub fn in_short(record: &records::RecordView) -> Vec<(String, String)> {
    registers::register(record.register).map_or_else(Vec::new, |spec| said(spec, &record.body))
}

/// The next step: the record that answers the worst duty, else the duty itself, else what is missing
/// in the subject.
fn next(
    duties: &[DutyView],
    (filled, empty): (&[SubjectRegister], &[SubjectRegister]),
    (gaps, amend): (&[String], bool),
) -> Option<SubjectStep> {
    let open = duties
        .iter()
        .filter(|d| matches!(d.verdict, Status::NotMet | Status::Unknown));
    for owed in open.clone() {
        let proving = records::registers_for(&owed.key);
        let mut there = filled.iter().chain(empty).filter(|r| r.create && r.listed);
        if let Some(found) = there.find(|r| proving.iter().any(|(key, _)| *key == r.key)) {
            return Some(SubjectStep {
                words: format!("登錄{}", found.title),
                why: format!("{}：{}", owed.title, owed.status_words()),
                register: found.key.clone(),
                field: found.field.clone(),
                duty: None,
            });
        }
    }
    let mut open = open;
    if let Some(worst) = open.next() {
        return Some(SubjectStep {
            words: "看這項應辦事項缺什麼".to_owned(),
            why: format!("{}：{}", worst.title, worst.status_words()),
            register: String::new(),
            field: String::new(),
            duty: Some(duty(worst).target),
        });
    }
    let gap = gaps.first().filter(|_| amend)?;
    Some(SubjectStep {
        words: "補正這筆資料".to_owned(),
        why: gap.clone(),
        register: String::new(),
        field: String::new(),
        duty: None,
    })
}

/// What is told first, by what the subject is.
fn heads(
    visit: &Visit<'_>,
    key: &str,
    detail: &views::RecordDetail,
    told: &BTreeMap<&str, Vec<Value>>,
) -> Vec<SubjectHead> {
    match key {
        "system" => [grading(told), baseline(visit, detail, told)]
            .into_iter()
            .flatten()
            .collect(),
        "person" => [hours(visit, told), leaving(detail)]
            .into_iter()
            .flatten()
            .collect(),
        _ => Vec::new(),
    }
}

fn text<'v>(body: &'v Value, key: &str) -> &'v str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The newest grading: each aspect with its reason.
fn grading(told: &BTreeMap<&str, Vec<Value>>) -> Option<SubjectHead> {
    let last = told.get("grading")?.first()?;
    let spec = registers::register("grading")?;
    let aspects = spec
        .fields
        .iter()
        .filter(|f| spec.field(&format!("{}_reason", f.key)).is_some());
    let lines = aspects.map(|f| {
        let reason = text(last, &format!("{}_reason", f.key));
        let grade = text(last, f.key);
        let words = match reason {
            "" => format!("{grade}（未載理由）"),
            reason => format!("{grade}：{reason}"),
        };
        (f.label.to_owned(), words)
    });
    Some(SubjectHead {
        title: "分級與理由".to_owned(),
        lines: lines.collect(),
        bars: Vec::new(),
    })
}

/// How far the protection baseline is, dimension by dimension, the worst first.
fn baseline(
    visit: &Visit<'_>,
    detail: &views::RecordDetail,
    told: &BTreeMap<&str, Vec<Value>>,
) -> Option<SubjectHead> {
    let rows = told.get("control_check")?;
    let edition = rows.iter().map(|r| text(r, "edition")).max()?;
    let baseline = &visit.corpus().baseline;
    let grade = detail.fields.iter().find(|f| f.key == "grade");
    let grade = grade.and_then(|f| law::Grade::read(&f.shown));
    let done = |id: &str| {
        let of = rows
            .iter()
            .find(|r| text(r, "edition") == edition && text(r, "control") == id);
        of.is_some_and(|r| ["met", "not_applicable"].contains(&text(r, "result")))
    };
    let checked = |id: &str| {
        rows.iter()
            .any(|r| text(r, "edition") == edition && text(r, "control") == id)
    };
    let asked: Vec<&str> = match grade {
        Some(grade) => baseline
            .required(edition, grade)
            .iter()
            .map(|c| c.id.as_str())
            .collect(),
        // Without a grade nobody knows what is asked: what was looked at is told.
        None => baseline
            .controls
            .iter()
            .map(|c| c.id.as_str())
            .filter(|id| checked(id))
            .collect(),
    };
    let mut bars: Vec<SubjectBar> = Vec::new();
    for dimension in &baseline.dimensions {
        let of = asked
            .iter()
            .filter(|id| baseline.control(id).is_some_and(|c| c.dimension == dimension.key));
        let (of, met) = of.fold((0, 0), |(n, met), id| (n + 1, met + usize::from(done(id))));
        if of > 0 {
            bars.push(SubjectBar {
                label: dimension.title.clone(),
                done: met,
                of,
            });
        }
    }
    bars.sort_by(|a, b| {
        (a.done * b.of)
            .cmp(&(b.done * a.of))
            .then_with(|| b.of.cmp(&a.of))
    });
    let what = match grade {
        Some(_) => "符合或不適用者／應符合者",
        None => "符合或不適用者／已自評者；系統尚無防護需求等級，不知應符合幾項",
    };
    Some(SubjectHead {
        title: "防護基準進度".to_owned(),
        lines: vec![("計算方式".to_owned(), what.to_owned())],
        bars,
    })
}

/// This year's hours of training, kind by kind.
fn hours(visit: &Visit<'_>, told: &BTreeMap<&str, Vec<Value>>) -> Option<SubjectHead> {
    let rows = told.get("attendance")?;
    let year = visit.today().year();
    let spec = registers::register("attendance")?;
    let category = spec.field("category")?;
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows
        .iter()
        .filter(|r| text(r, "held_on").starts_with(&year.to_string()))
    {
        let hours = match row.get("hours") {
            Some(Value::String(digits)) => digits.parse().unwrap_or(0.0),
            Some(Value::Number(number)) => number.as_f64().unwrap_or(0.0),
            _ => 0.0,
        };
        let kind = row.get("category").unwrap_or(&Value::Null);
        *sums
            .entry(registers::entry::write(category, kind, &NoNames))
            .or_default() += hours;
    }
    let lines = sums.into_iter().map(|(kind, hours)| {
        let kind = if kind.trim().is_empty() {
            "未分類".to_owned()
        } else {
            kind
        };
        (kind, format!("{hours} 小時"))
    });
    Some(SubjectHead {
        title: format!("{} 年已登錄之訓練時數", year - 1911),
        lines: lines.collect(),
        bars: Vec::new(),
    })
}

/// What is to be done when somebody leaves, once a last day is known.
fn leaving(detail: &views::RecordDetail) -> Option<SubjectHead> {
    let field = |key: &str| detail.fields.iter().find(|f| f.key == key);
    field("left_on").filter(|f| !f.shown.is_empty())?;
    let each = ["left_on", "account_stopped_on", "rights_withdrawn_on"]
        .into_iter()
        .filter_map(field);
    let lines = each.map(|f| {
        let words = if f.shown.is_empty() {
            "尚未登錄"
        } else {
            f.shown.as_str()
        };
        (f.label.clone(), words.to_owned())
    });
    Some(SubjectHead {
        title: "離職檢核".to_owned(),
        lines: lines.collect(),
        bars: Vec::new(),
    })
}
