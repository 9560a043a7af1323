//! 現況盤點: every standing and one-off duty with how it stands, said row by row or on a sheet.
//!
//! Why rows of a register: who said what, when, stays. What it can't know: whether it is so; without
//! a file nothing of it counts as done.

use crate::compiled::compiled_once;
use crate::duties::{self, Seen};
use crate::ids::{RowId, register};
use crate::records::export::{body_cells, table, write_sheet};
use crate::records::names::{self, Eyes};
use crate::records::{self, ListFile, ListFormat, PutRecord, Saved};
use crate::visit::{Visit, act};
use crate::{AppError, map};
use documents::sheet::{Column, Value as Cell};
use facts::Subject;
use period::Date;
use registers::stocktake::Stocktake;
use serde_json::json;
use std::collections::BTreeMap;
use store::StoredRow;
use views::{DutyView, Status, StocktakeRow, StocktakeView};

pub use registers::stocktake::STATES;

const REGISTER: &str = "stocktake";
/// Shapes of duties that are asked about: the others come around again by themselves.
const ASKED: [&str; 2] = ["standing", "once"];

/// What somebody says of one duty.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// A key of [`STATES`].
    pub state: String,
    /// When it was done.
    pub on: Option<Date>,
    /// Under which document number.
    pub document_no: String,
    /// Where the proof is.
    pub proof_at: String,
    /// By when the proof is to be brought.
    pub prove_by: Option<Date>,
    /// More.
    pub note: String,
}

/// About whom a duty is, as its record says it.
fn subject(duty: &DutyView) -> Subject {
    let id = duty.subject_id.clone().unwrap_or_default();
    match duty.subject_kind() {
        "系統" => Subject::System(id),
        "契約" => Subject::Contract(id),
        "人員" => Subject::Person(id),
        _ => Subject::Agency,
    }
}

fn asked(duties: Vec<DutyView>) -> impl Iterator<Item = DutyView> {
    let asks = |d: &DutyView| ASKED.contains(&d.shape.as_str()) && d.verdict != Status::NotApplicable;
    duties.into_iter().filter(asks)
}

/// The latest statement of each duty and subject.
fn said<'v>(visit: &'v Visit<'_>) -> Result<Vec<(&'v StoredRow, Stocktake)>, AppError> {
    let mut all = Vec::new();
    for row in visit.rows().standing(REGISTER) {
        all.push((row, map::body::<Stocktake>(row)?));
    }
    all.sort_by(|(a, x), (b, y)| (x.said_on, &a.row).cmp(&(y.said_on, &b.row)));
    all.reverse();
    Ok(all)
}

/// How far a stocktake is: answered or proven, and how many in all.
pub(super) fn progress(duties: Vec<DutyView>) -> (usize, usize) {
    let mut count = (0, 0);
    for duty in asked(duties) {
        count.1 += 1;
        count.0 += usize::from(duty.declared.is_some() || duty.verdict == Status::Met);
    }
    count
}

async fn duties_of(visit: &Visit<'_>) -> Result<(Seen, Vec<DutyView>), AppError> {
    let seen = duties::seen(visit).await?;
    let duties = seen.views(&seen.assessed(visit, visit.today()));
    Ok((seen, duties))
}

/// The page 現況盤點.
///
/// # Errors
/// Where the asker may not see the duties.
#[compiled_once]
pub async fn stocktake(visit: &Visit<'_>) -> Result<StocktakeView, AppError> {
    visit.may(act::Read, register(REGISTER)?)?;
    let (seen, duties) = duties_of(visit).await?;
    let (answered, total) = progress(duties.clone());
    let said = said(visit)?;
    let mut groups: Vec<(String, Vec<StocktakeRow>)> = Vec::new();
    for duty in asked(duties) {
        let about = subject(&duty);
        let own = said
            .iter()
            .find(|(_, s)| s.duty == duty.key && s.subject == about);
        let row = told(&duty, own);
        match groups.iter_mut().find(|(aspect, _)| *aspect == duty.aspect) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((duty.aspect, vec![row])),
        }
    }
    let until = visit.rows().row("agency", visit.agency().as_str());
    let until = until.and_then(|row| row.body.get("stocktake_until")?.as_str()?.parse().ok());
    Ok(StocktakeView {
        agency: map::head(seen.snapshot(), visit.today()),
        answered,
        total,
        until,
        records_from: seen.snapshot().records_from,
        groups,
    })
}

fn told(duty: &DutyView, own: Option<&(&StoredRow, Stocktake)>) -> StocktakeRow {
    let said = own.map(|(_, said)| said);
    StocktakeRow {
        key: duty.key.clone(),
        subject: duty.subject_id.clone().unwrap_or_default(),
        about: match duty.subject_name() {
            "" => String::new(),
            name => format!("{}：{name}", duty.subject_kind()),
        },
        title: duty.title.clone(),
        clause: duty.first_clause().to_owned(),
        clause_href: duty.binding.first().map_or_else(String::new, |c| c.href.clone()),
        due: duty.due_words(),
        state: duty.status_words(),
        tone: duty.tone(),
        is_met: duty.verdict == Status::Met,
        answer: said.map_or_else(String::new, |s| map::word(&s.state)),
        answer_words: said.map_or_else(String::new, |s| {
            let word = map::word(&s.state);
            let shown = STATES.iter().find(|(key, _)| *key == word);
            shown.map_or(word, |(_, shown)| (*shown).to_owned())
        }),
        on: said.and_then(|s| s.on),
        document_no: said.map_or_else(String::new, |s| s.document_no.clone()),
        proof_at: said.map_or_else(String::new, |s| s.proof_at.clone()),
        note: said.map_or_else(String::new, |s| s.note.clone()),
        prove_by: duty.declared.as_ref().and_then(|d| d.prove_by),
        record: own.map_or_else(String::new, |(row, _)| row.row.clone()),
    }
}

/// Says how one duty stands; what was said of it before is replaced.
///
/// # Errors
/// Where the agency has no such duty today, or what is said can't be used.
#[compiled_once]
pub async fn stocktake_answer(
    visit: &Visit<'_>,
    (key, about): (&str, &str),
    answer: Answer,
) -> Result<Saved, AppError> {
    let (_, duties) = duties_of(visit).await?;
    let is_it = |d: &DutyView| d.key == key && d.subject_id.as_deref().unwrap_or_default() == about;
    let duty = asked(duties).find(is_it).ok_or_else(|| {
        AppError::not_found(
            "今天的現況盤點沒有這一項",
            "等級、縣市或系統有異動時，項目隨之增減；請重新載入現況盤點",
        )
    })?;
    let about = subject(&duty);
    let said = said(visit)?;
    let own = said
        .iter()
        .find(|(_, s)| s.duty == duty.key && s.subject == about);
    // Corrected, not said anew: the day by which proofs are due doesn't move along.
    let same = own.filter(|(_, s)| map::word(&s.state) == answer.state);
    let said_on = same.map_or(visit.today(), |(_, s)| s.said_on);
    let prove_by = answer.prove_by.or_else(|| same.and_then(|(_, s)| s.prove_by));
    let put = PutRecord {
        id: own.map(|(row, _)| RowId::parse(&row.row)).transpose()?,
        seen: own.map(|(row, _)| row.version),
        body: json!({
            "duty": duty.key,
            "subject": about,
            "state": answer.state,
            "on": answer.on,
            "document_no": answer.document_no,
            "proof_at": answer.proof_at,
            "said_by": visit.who().name,
            "said_on": said_on,
            "prove_by": prove_by,
            "note": answer.note,
        }),
        ..PutRecord::default()
    };
    records::put(visit, register(REGISTER)?, put).await
}

/// The stocktake as a sheet for colleagues: a line for every duty, those that nobody answered too.
/// It comes back by the register's own import, which passes over lines without an answer.
///
/// # Errors
/// Where the asker may not take it along.
#[compiled_once]
pub async fn stocktake_sheet(visit: &Visit<'_>, format: ListFormat) -> Result<ListFile, AppError> {
    let spec = register(REGISTER)?;
    visit.may(act::Export, spec)?;
    let (_, duties) = duties_of(visit).await?;
    let said = said(visit)?;
    let mut head = table(visit.agency(), spec);
    head.columns.extend(
        [
            ("title", "事項名稱（供參考）", 30),
            ("clause", "依據（供參考）", 30),
            ("due", "期限（供參考）", 18),
        ]
        .map(|(key, label, width_chars)| Column {
            key: format!("_{key}"),
            label: label.to_owned(),
            width_chars,
            choices: Vec::new(),
            note: "供填表參考，匯入時略過".to_owned(),
        }),
    );
    let names = names::names(visit, Eyes::Theirs, spec, &BTreeMap::new()).await?;
    let mut lines: Vec<Vec<Cell>> = Vec::new();
    for duty in asked(duties) {
        let about = subject(&duty);
        let own = said
            .iter()
            .find(|(_, s)| s.duty == duty.key && s.subject == about);
        let asks = json!({ "duty": duty.key, "subject": about, "said_on": visit.today() });
        let (mut line, body) = match own {
            Some((row, _)) => {
                let id = Cell::Text(row.row.clone());
                (vec![id, Cell::Number(row.version.to_string())], &row.body)
            }
            None => (vec![Cell::Empty, Cell::Empty], &asks),
        };
        line.extend(body_cells(spec, body, &names));
        let told = [
            duty.title.clone(),
            duty.first_clause().to_owned(),
            duty.due_words(),
        ];
        line.extend(told.map(Cell::Text));
        lines.push(line);
    }
    Ok(ListFile {
        name: format!("現況盤點.{}", format.ending()),
        bytes: write_sheet(format, &head, &mut lines.into_iter())?,
        media_type: format.media_type(),
    })
}
