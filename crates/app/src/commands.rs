//! What changes something: each is one commit, rows and ledger entries together.

use crate::commit::{self, Draft};
use crate::compiled::compiled_once;
use crate::ids::{DutyKey, RowId, register};
use crate::new_ids::new_id;
use crate::principal::Principal;
use crate::reading::read_plan;
use crate::records::lawful::instrument_rules;
use crate::records::{self, PutRecord, Saved};
use crate::uploads::EvidenceFile;
use crate::visit::Visit;
use crate::{App, AppError, Reading};
use facts::Subject;
use period::Date;
use registers::{FieldProblem, Row};
use serde::Serialize;
use serde_json::{Value, json};
use store::{Blob, NewRow};

/// What an officer may say beside the plan's file.
#[derive(Debug, Clone, Default)]
pub struct InitOptions {
    /// Day of the first approval of the level, or of its change.
    pub approved_on: Option<Date>,
    /// Records are complete from this day; today where nothing is said.
    pub records_from: Option<Date>,
    /// The plan is in force from this day; undated where nothing is said.
    pub effective_from: Option<Date>,
    /// The city whose rules bind it; none where nothing is said.
    pub jurisdiction: Option<String>,
    /// The level; the plan's own where nothing is said.
    pub level: Option<String>,
}

/// A new agency.
#[derive(Debug, Clone, Serialize)]
pub struct Initialised {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the officer should look at.
    pub notices: Vec<String>,
}

/// Something done.
#[derive(Debug, Clone)]
pub struct ActivityInput {
    /// The duty.
    pub duty: DutyKey,
    /// System id; the agency where none.
    pub system: Option<String>,
    /// The day.
    pub on: Date,
    /// What, in a line.
    pub title: String,
    /// More.
    pub note: String,
    /// Files.
    pub evidence: Vec<EvidenceFile>,
    /// The last day for which they hold, where they say one.
    pub valid_until: Option<Date>,
    /// Which parts of the duty it answers, by the ids of their clauses.
    pub parts: Vec<String>,
    /// Who states it by name, where somebody does.
    pub stated_by: Option<String>,
    /// The record of the event that it belongs to, as `register/row`, where an event sets the duty off.
    pub event: Option<String>,
}

/// Checks a row by its register's rules and gives it in its normal form.
pub(crate) fn checked<R: Row>(row: &R) -> Result<Value, AppError> {
    let value = serde_json::to_value(row)
        .map_err(|e| AppError::failed(format!("資料無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))?;
    registers::check::<R>(&value).map_err(|problems| refused(&problems))
}

fn refused(problems: &[FieldProblem]) -> AppError {
    let text = problems
        .iter()
        .map(|p| p.message.clone())
        .collect::<Vec<_>>()
        .join("；");
    AppError::bad_input(text, "請更正後再送一次；沒有寫入任何資料")
}

fn new_row(register: &str, row: String, body: Value) -> NewRow {
    NewRow {
        register: register.to_owned(),
        row,
        expected_version: 0,
        body,
    }
}

/// Whether a file can be read as a plan that names an agency; writes nothing.
///
/// # Errors
/// Where it can't.
pub fn check_plan(file_name: &str, bytes: &[u8]) -> Result<(), AppError> {
    agency_of(file_name, &Reading::from_json(&read_plan(file_name, bytes)?)?).map(|_| ())
}

pub(crate) fn agency_of(file_name: &str, reading: &Reading) -> Result<String, AppError> {
    reading.agency.as_ref().map(|a| a.name.clone()).ok_or_else(|| {
        AppError::bad_input(
            format!("{file_name}：讀不出機關全銜"),
            "請確認第一頁或適用範圍寫有機關全銜，再匯入一次",
        )
    })
}

/// Reads a plan and makes an agency of it: for whoever keeps this machine.
///
/// # Errors
/// Where somebody else asks, or the file can't be read as a plan or names no agency; nothing is
/// written then.
#[compiled_once]
pub async fn init_from_plan(
    app: &App,
    who: &Principal,
    file_name: &str,
    bytes: Vec<u8>,
    options: InitOptions,
) -> Result<Initialised, AppError> {
    keeps_machine(who)?;
    let json = read_plan(file_name, &bytes)?;
    let reading = Reading::from_json(&json)?;
    let name = agency_of(file_name, &reading)?;
    let today = app.today();
    let id = new_id("a");
    let file = (file_name, bytes.as_slice());
    let (rows, notices) = agency_rows(&id, &name, file, &json, &reading, &options, today)?;
    for row in &rows {
        lawful_alone(app, row)?;
    }
    let mut draft = Draft::of("agency.init_from_plan", rows);
    draft.blobs = vec![Blob {
        bytes,
        media_type: "application/octet-stream".into(),
        name: file_name.to_owned(),
    }];
    commit::write(app, who, &id, draft).await?;
    Ok(Initialised { id, name, notices })
}

/// What belongs to no agency is done by whoever keeps this machine, and by nobody over the network.
pub(crate) fn keeps_machine(who: &Principal) -> Result<(), AppError> {
    if who.is_local {
        return Ok(());
    }
    Err(AppError::forbidden(
        "只有本機操作者可以辦理",
        "請於本機以命令列辦理，或洽平臺管理者",
    ))
}

/// An agency's plan is replaced by its officer, or by whoever keeps this machine.
pub(crate) fn keeps_plan(visit: &Visit<'_>) -> Result<(), AppError> {
    let officer = |grant: &crate::principal::Grant| grant.role == crate::principal::Role::Officer;
    if visit.who().is_local || visit.grants().iter().any(officer) {
        return Ok(());
    }
    Err(AppError::forbidden(
        "只有資安專責人員可以更換本機關之計畫",
        "請洽本機關之資安專責人員",
    ))
}

/// A row of an agency that is only being made, by the rules that need no other row.
pub(crate) fn lawful_alone(app: &App, row: &NewRow) -> Result<(), AppError> {
    let spec = register(&row.register)?;
    let record = registers::Record::new(spec, &row.row, &row.body);
    let found = spec.rules(&record, &registers::Book::new(app.today()));
    let found = found.into_iter().map(|p| crate::error::labelled(spec, p, ""));
    let found: Vec<_> = found.collect();
    if !found.is_empty() {
        return Err(AppError::Fields(found));
    }
    instrument_rules(app.corpus(), spec, row.body.clone(), app.today())
        .map(|_| ())
        .map_err(AppError::Fields)
}

/// Records a level decision.
///
/// # Errors
/// Where the level or the date can't be used.
#[compiled_once]
pub async fn designate(
    visit: &Visit<'_>,
    level: &str,
    approved_on: Option<Date>,
    document_no: &str,
) -> Result<Saved, AppError> {
    // A decision without a date is the plan's own statement: the officer's completes or corrects it.
    let mut undated = None;
    for row in visit.rows().standing("designation") {
        let decision: registers::designation::Designation = crate::map::body(row)?;
        if decision.approved_on.is_none() {
            undated = Some(row);
            break;
        }
    }
    let id = undated.map(|r| RowId::parse(&r.row)).transpose()?;
    let put = PutRecord {
        seen: undated.map(|r| r.version),
        id,
        body: json!({ "level": level, "approved_on": approved_on, "document_no": document_no }),
        ..PutRecord::default()
    };
    records::put(visit, register("designation")?, put).await
}

/// Records something done, with its evidence; returns its id.
///
/// # Errors
/// Where the duty isn't one, the date lies ahead or a file is too large or empty.
#[compiled_once]
pub async fn record_activity(visit: &Visit<'_>, input: ActivityInput) -> Result<String, AppError> {
    let subject = subject_of(visit, &input)?;
    let put = PutRecord {
        body: json!({
            "duty": input.duty.as_str(), "subject": subject, "on": input.on,
            "title": input.title, "note": input.note, "valid_until": input.valid_until,
            "parts": input.parts, "stated_by": input.stated_by, "event": input.event,
        }),
        files: input.evidence,
        ..PutRecord::default()
    };
    let saved = records::put(visit, register("activity")?, put).await?;
    Ok(saved.record.id)
}

/// Whom an activity is for, by the kind of subject that its duty has.
fn subject_of(visit: &Visit<'_>, input: &ActivityInput) -> Result<Subject, AppError> {
    let Some(id) = &input.system else {
        return Ok(Subject::Agency);
    };
    let loaded = visit.loaded()?;
    for day in [input.on, visit.today()] {
        let assessment = crate::duties::assessment(visit, &loaded, day);
        let of = assessment.duties.iter().filter(|d| d.key == input.duty.as_str());
        let found = of.map(|d| &d.subject).find(|subject| match subject {
            Subject::Agency => false,
            Subject::System(known) | Subject::Contract(known) | Subject::Person(known) => known == id,
        });
        if let Some(subject) = found {
            return Ok(subject.clone());
        }
    }
    // Of which kind it is the duty doesn't say; the rules of the register do.
    Ok(Subject::System(id.clone()))
}

/// Changes what is known of the agency as a whole: keys of the agency register.
///
/// # Errors
/// Where a key or a value can't be used.
#[compiled_once]
pub async fn amend_agency(visit: &Visit<'_>, changes: Value) -> Result<Saved, AppError> {
    let put = PutRecord {
        id: Some(RowId::parse(visit.agency().as_str())?),
        body: changes,
        partial: true,
        ..PutRecord::default()
    };
    records::put(visit, register("agency")?, put).await
}

/// Changes what is known of the agency as a whole, from words as typed: each is read as its
/// field's kind asks, never guessed.
///
/// # Errors
/// Where a key or a word can't be used.
#[compiled_once]
pub async fn amend_agency_typed(visit: &Visit<'_>, typed: &[(String, String)]) -> Result<Saved, AppError> {
    let spec = register("agency")?;
    let mut changes = serde_json::Map::new();
    for (key, text) in typed {
        let Some(field) = spec.field(key) else {
            let known: Vec<&str> = spec.fields.iter().map(|f| f.key).collect();
            return Err(AppError::bad_input(
                format!("機關沒有「{key}」這個欄位"),
                format!("可用的欄位：{}", known.join("、")),
            ));
        };
        let value = match field.kind {
            _ if text.is_empty() => Value::Null,
            registers::Kind::Date => Value::String(period::parse_date(text)?.to_string()),
            registers::Kind::Flag => match text.as_str() {
                "true" | "是" | "有" => Value::Bool(true),
                "false" | "否" | "無" => Value::Bool(false),
                other => {
                    return Err(AppError::bad_input(
                        format!("「{}」不能是「{other}」", field.label),
                        "請填 true 或 false；不知道則留空，例如 has_mail_server=",
                    ));
                }
            },
            _ => Value::String(text.clone()),
        };
        changes.insert(key.clone(), value);
    }
    amend_agency(visit, Value::Object(changes)).await
}

/// Takes on an instrument by the agency's own decision.
///
/// # Errors
/// Where the law data has no such instrument, or one that binds without it.
#[compiled_once]
pub async fn adopt(
    visit: &Visit<'_>,
    (instrument, document_no): (&str, &str),
    (from, until): (Option<Date>, Option<Date>),
) -> Result<Saved, AppError> {
    let put = PutRecord {
        body: json!({ "instrument": instrument, "from": from, "until": until, "document_no": document_no }),
        ..PutRecord::default()
    };
    records::put(visit, register("adoption")?, put).await
}

/// Records a contract and the baselines that it names; returns its id.
///
/// # Errors
/// Where a field can't be used, or a baseline is none of the law data.
#[compiled_once]
pub async fn record_contract(visit: &Visit<'_>, contract: Value) -> Result<String, AppError> {
    let put = PutRecord {
        body: contract,
        ..PutRecord::default()
    };
    let saved = records::put(visit, register("contract")?, put).await?;
    Ok(saved.record.id)
}

/// Records who is 資通安全長 from a day on.
///
/// # Errors
/// Where a field can't be used.
#[compiled_once]
pub async fn appoint_ciso(
    visit: &Visit<'_>,
    (name, position, document_no): (&str, &str, &str),
    from: Option<Date>,
) -> Result<Saved, AppError> {
    let put = PutRecord {
        body: json!({
            "role": "ciso", "person_name": name, "position": position, "from": from,
            "document_no": document_no,
        }),
        ..PutRecord::default()
    };
    records::put(visit, register("appointment")?, put).await
}

/// A row of an agency that is only being made, checked by its register.
pub(crate) fn checked_row(key: &str, id: String, body: &Value) -> Result<NewRow, AppError> {
    let body = register(key)?
        .check(body)
        .map_err(|problems| refused(&problems))?;
    Ok(new_row(key, id, body))
}

pub(crate) fn agency_rows(
    id: &str,
    name: &str,
    (file_name, bytes): (&str, &[u8]),
    json: &Value,
    reading: &Reading,
    options: &InitOptions,
    today: Date,
) -> Result<(Vec<NewRow>, Vec<String>), AppError> {
    let mut notices = Vec::new();
    let body = reading.body().unwrap_or_else(|| {
        notices.push("計畫未寫明是否為公務機關，先以公務機關處理；請至「機關」頁確認。".to_owned());
        "public_agency"
    });
    let agency = json!({
        "name": name,
        "body": body,
        "records_from": options.records_from.unwrap_or(today),
        "develops_systems": reading.develops_systems.as_ref().map(|o| o.value),
        "has_core_system": reading.core_systems.as_ref().map(|o| o.value),
        "jurisdiction": options.jurisdiction.clone().unwrap_or_default(),
    });
    let check = |register: &str, value: &Value| {
        registers::register(register)
            .ok_or_else(|| AppError::failed("沒有這個登記簿", "這是程式的錯誤，請回報"))
            .and_then(|spec| spec.check(value).map_err(|p| refused(&p)))
    };
    let mut rows = vec![new_row("agency", id.to_owned(), check("agency", &agency)?)];
    let stated = reading.level.as_ref().map(|level| &level.value);
    match options.level.as_ref().or(stated) {
        Some(level) => {
            let row = json!({ "level": level, "approved_on": options.approved_on });
            rows.push(new_row(
                "designation",
                format!("{id}-d1"),
                check("designation", &row)?,
            ));
            if options.approved_on.is_none() {
                notices.push("計畫沒有等級核定日；請依核定函補登，自核定日起算之期限才能計算。".to_owned());
            }
        }
        None => notices.push("讀不出資通安全責任等級；請依核定函補登。".to_owned()),
    }
    let mut systems: Vec<(String, bool, u64)> = Vec::new();
    let businesses = reading
        .core_business
        .iter()
        .map(|b| (b, true))
        .chain(reading.non_core_business.iter().map(|b| (b, false)));
    for (n, (business, core)) in businesses.enumerate() {
        let row = json!({
            "name": business.name,
            "core": core,
            "system": business.system.clone().unwrap_or_default(),
            "importance": business.importance.clone().unwrap_or_default(),
            "impact": business.impact.clone().unwrap_or_default(),
            "mtpd": { "kind": business.mtpd.kind, "hours": business.mtpd.hours, "text": business.mtpd.text },
            "line": business.line,
        });
        rows.push(new_row(
            "business",
            format!("{id}-b{}", n + 1),
            check("business", &row)?,
        ));
        if let Some(system) = business.system.as_ref().filter(|s| !s.trim().is_empty()) {
            match systems.iter_mut().find(|(name, _, _)| name == system) {
                Some(known) => known.1 |= core,
                None => systems.push((system.clone(), core, business.line)),
            }
        }
    }
    for (n, (system, core, line)) in systems.into_iter().enumerate() {
        let row = json!({ "name": system, "core": core, "line": line });
        rows.push(new_row(
            "system",
            format!("{id}-s{}", n + 1),
            check("system", &row)?,
        ));
    }
    let plan = json!({
        "file_name": file_name,
        "sha256": ledger::hex(&ledger::sha256(bytes)),
        "effective_from": options.effective_from,
        "reading": json,
    });
    rows.push(new_row("plan", format!("{id}-plan"), check("plan", &plan)?));
    for problem in &reading.problems {
        notices.push(format!("第 {} 行：{}", problem.line, problem.message));
    }
    Ok((rows, notices))
}
