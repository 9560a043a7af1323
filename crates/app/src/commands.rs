//! What changes something: each is one commit, rows and ledger entries together.

use crate::{App, AppError, Reading};
use facts::Subject;
use period::Date;
use registers::RowRef;
use registers::activity::{Activity, Evidence};
use registers::designation::Designation;
use registers::{FieldProblem, Row};
use serde::Serialize;
use serde_json::{Value, json};
use std::hash::{BuildHasher, Hasher};
use store::{Blob, Commit, NewRow, StoredRow};

/// What an officer may say beside the plan's file.
#[derive(Debug, Clone, Default)]
pub struct InitOptions {
    /// Day of the first approval of the level, or of its change.
    pub approved_on: Option<Date>,
    /// Records are complete from this day; today where nothing is said.
    pub records_from: Option<Date>,
    /// The plan is in force from this day; undated where nothing is said.
    pub effective_from: Option<Date>,
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

/// A file that proves something.
#[derive(Debug, Clone)]
pub struct EvidenceFile {
    /// Name it came with.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Media type as stated; never trusted.
    pub media_type: String,
}

/// Something done.
#[derive(Debug, Clone)]
pub struct ActivityInput {
    /// Duty key.
    pub duty: String,
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
}

/// The largest file taken as evidence: 25 MiB.
pub const EVIDENCE_LIMIT: usize = 25 * 1024 * 1024;

fn random() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

/// A short id that reads well aloud: no 0, 1, l, o.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}{}", digits(random(), 10))
}

/// An id that sorts after those made before it, so that lists keep the order of entry.
pub(crate) fn row_id(prefix: &str, micros: i64) -> String {
    let moment = u64::try_from(micros).unwrap_or(0);
    format!("{prefix}{}{}", digits(moment, 11), digits(random(), 4))
}

/// The lowest `count` digits of a number in base 32, the greatest first.
fn digits(mut bits: u64, count: usize) -> String {
    const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let mut reversed = Vec::with_capacity(count);
    for _ in 0..count {
        let index = usize::try_from(bits & 31).unwrap_or(0);
        reversed.push(ALPHABET.get(index).map_or('2', |b| char::from(*b)));
        bits >>= 5;
    }
    reversed.into_iter().rev().collect()
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
        .map(|p| format!("{}：{}", p.field, p.message))
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

impl App {
    /// Whether a file can be read as a plan that names an agency; writes nothing.
    ///
    /// # Errors
    /// Where it can't.
    pub fn check_plan(file_name: &str, bytes: &[u8]) -> Result<(), AppError> {
        Self::agency_of(file_name, &Reading::from_json(&read_plan(file_name, bytes)?)?).map(|_| ())
    }

    fn agency_of(file_name: &str, reading: &Reading) -> Result<String, AppError> {
        reading.agency.as_ref().map(|a| a.name.clone()).ok_or_else(|| {
            AppError::bad_input(
                format!("{file_name}：讀不出機關全銜"),
                "請確認第一頁或適用範圍寫有機關全銜，再匯入一次",
            )
        })
    }

    /// Reads a plan and makes an agency of it.
    ///
    /// # Errors
    /// Where the file can't be read as a plan or names no agency; nothing is written then.
    pub async fn init_from_plan(
        &self,
        actor: &str,
        file_name: &str,
        bytes: Vec<u8>,
        options: InitOptions,
    ) -> Result<Initialised, AppError> {
        let json = read_plan(file_name, &bytes)?;
        let reading = Reading::from_json(&json)?;
        let name = Self::agency_of(file_name, &reading)?;
        let today = self.today();
        for (what, day) in [
            ("核定日", options.approved_on),
            ("紀錄起始日", options.records_from),
        ] {
            if day.is_some_and(|d| d > today) {
                return Err(AppError::bad_input(
                    format!("{what}在今天之後"),
                    "請確認日期，例如 115/08/01",
                ));
            }
        }
        let id = new_id("a");
        let (rows, notices) = agency_rows(&id, &name, file_name, &bytes, &json, &reading, &options, today)?;
        let blob = Blob {
            bytes,
            media_type: "application/octet-stream".into(),
            name: file_name.to_owned(),
        };
        self.write(actor, "agency.init_from_plan", &id, rows, vec![blob])
            .await?;
        Ok(Initialised { id, name, notices })
    }

    /// Records a level decision.
    ///
    /// # Errors
    /// Where the level or the date can't be used.
    pub async fn designate(
        &self,
        actor: &str,
        agency: &str,
        level: &str,
        approved_on: Option<Date>,
        document_no: &str,
    ) -> Result<(), AppError> {
        let loaded = self.load(agency).await?;
        if approved_on.is_some_and(|d| d > self.today()) {
            return Err(AppError::bad_input(
                "核定日在今天之後",
                "請填核定函所載日期，例如 115/08/01",
            ));
        }
        let body = json!({ "level": level, "approved_on": approved_on, "document_no": document_no });
        let body = registers::check::<Designation>(&body).map_err(|p| refused(&p))?;
        // A decision without a date is the plan's own statement: the officer's completes or corrects it.
        let undated = loaded.rows.iter().find(|r| {
            r.register == "designation"
                && !r.body.is_null()
                && r.body.get("approved_on").is_none_or(Value::is_null)
        });
        let row = match undated {
            Some(row) => NewRow {
                register: "designation".into(),
                row: row.row.clone(),
                expected_version: row.version,
                body,
            },
            None => new_row("designation", new_id(&format!("{agency}-d")), body),
        };
        self.write(actor, "designation.record", agency, vec![row], Vec::new())
            .await
    }

    /// Records something done, with its evidence.
    ///
    /// # Errors
    /// Where the duty isn't one, the date lies ahead or a file is too large or empty.
    pub async fn record_activity(
        &self,
        actor: &str,
        agency: &str,
        input: ActivityInput,
    ) -> Result<String, AppError> {
        let loaded = self.load(agency).await?;
        if self.corpus().duty(&input.duty).is_none() {
            return Err(AppError::bad_input(
                format!("沒有「{}」這項應辦事項", input.duty),
                "請以 fazun duties --agency 機關代號 查看應辦事項的代號",
            ));
        }
        if input.on > self.today() {
            return Err(AppError::bad_input(
                "辦理日期在今天之後",
                "請填實際辦理的日期，例如 115/11/18",
            ));
        }
        let subject = self.subject(&loaded, &input)?;
        let mut evidence = Vec::new();
        let mut blobs = Vec::new();
        for file in input.evidence {
            let file = crate::uploads::accepted(file)?;
            evidence.push(Evidence {
                sha256: ledger::hex(&ledger::sha256(&file.bytes)),
                name: file.name.clone(),
                size: file.bytes.len() as u64,
                media_type: file.media_type.clone(),
            });
            blobs.push(Blob {
                bytes: file.bytes,
                media_type: file.media_type,
                name: file.name,
            });
        }
        let activity = Activity {
            duty: input.duty,
            subject,
            on: input.on,
            title: input.title,
            note: input.note,
            evidence,
            result: String::new(),
        };
        let id = new_id(&format!("{agency}-a"));
        let row = new_row("activity", id.clone(), checked(&activity)?);
        self.write(actor, "activity.record", agency, vec![row], blobs)
            .await?;
        Ok(id)
    }

    /// Whom the activity is for: it must be one of the subjects that the duty has.
    fn subject(&self, loaded: &crate::Loaded, input: &ActivityInput) -> Result<Subject, AppError> {
        let mut subjects = Vec::new();
        for day in [input.on, self.today()] {
            let duties = self.assessment(loaded, day).duties;
            subjects.extend(
                duties
                    .into_iter()
                    .filter(|d| d.key == input.duty)
                    .map(|d| (d.subject, d.subject_name)),
            );
        }
        let wanted = subjects.iter().find(|(s, _)| match s {
            Subject::Agency => input.system.is_none(),
            Subject::System(id) | Subject::Contract(id) | Subject::Person(id) => {
                input.system.as_deref() == Some(id.as_str())
            }
        });
        if let Some((subject, _)) = wanted {
            return Ok(subject.clone());
        }
        let mut systems: Vec<String> = subjects
            .iter()
            .filter_map(|(s, name)| match s {
                Subject::System(id) | Subject::Contract(id) => Some(format!("{id}（{name}）")),
                _ => None,
            })
            .collect();
        systems.sort();
        systems.dedup();
        Err(match (subjects.is_empty(), systems.is_empty()) {
            (true, _) => AppError::bad_input(
                format!("「{}」在這一天不是本機關的應辦事項", input.duty),
                "請由應辦事項清單選取；等級或日期不同，應辦事項也不同",
            ),
            (false, true) => AppError::bad_input("這項應辦事項的對象是全機關", "請不要指定系統或契約"),
            (false, false) => {
                let contracts = subjects.iter().any(|(s, _)| matches!(s, Subject::Contract(_)));
                let what = if contracts { "契約" } else { "系統" };
                AppError::bad_input(
                    format!("這項應辦事項要逐一{what}登錄"),
                    format!("請指定{what}：{}", systems.join("、")),
                )
            }
        })
    }

    /// Changes what is known of the agency as a whole: keys of the agency register.
    ///
    /// # Errors
    /// Where a key or a value can't be used.
    pub async fn amend_agency(&self, actor: &str, agency: &str, changes: Value) -> Result<(), AppError> {
        let loaded = self.load(agency).await?;
        let Some(row) = loaded.rows.iter().find(|r| r.register == "agency") else {
            return Err(AppError::failed(
                "找不到機關基本資料",
                "請執行 fazun ledger verify",
            ));
        };
        let mut body = row.body.clone();
        if let (Some(body), Some(changes)) = (body.as_object_mut(), changes.as_object()) {
            for (key, value) in changes {
                body.insert(key.clone(), value.clone());
            }
        }
        let body = registers::check::<registers::agency::Agency>(&body).map_err(|p| refused(&p))?;
        let from = body
            .get("records_from")
            .and_then(Value::as_str)
            .and_then(|d| d.parse().ok());
        self.not_ahead("紀錄起始日", from)?;
        let row = NewRow {
            register: "agency".into(),
            row: row.row.clone(),
            expected_version: row.version,
            body,
        };
        self.write(actor, "agency.amend", agency, vec![row], Vec::new())
            .await
    }

    /// Changes what is known of the agency as a whole, from words as typed: each is read as its
    /// field's kind asks, never guessed.
    ///
    /// # Errors
    /// Where a key or a word can't be used.
    pub async fn amend_agency_typed(
        &self,
        actor: &str,
        agency: &str,
        typed: &[(String, String)],
    ) -> Result<(), AppError> {
        let spec = registers::register("agency")
            .ok_or_else(|| AppError::failed("沒有這個登記簿", "這是程式的錯誤，請回報"))?;
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
        self.amend_agency(actor, agency, Value::Object(changes)).await
    }

    /// A day that a record states can't lie ahead.
    fn not_ahead(&self, what: &str, day: Option<Date>) -> Result<(), AppError> {
        if day.is_some_and(|d| d > self.today()) {
            return Err(AppError::bad_input(
                format!("{what}在今天之後"),
                "請確認日期，例如 115/08/01",
            ));
        }
        Ok(())
    }

    /// Takes on an instrument by the agency's own decision.
    ///
    /// # Errors
    /// Where the law data has no such instrument, or one that binds without it.
    pub async fn adopt(
        &self,
        actor: &str,
        agency: &str,
        (instrument, document_no): (&str, &str),
        (from, until): (Option<Date>, Option<Date>),
    ) -> Result<(), AppError> {
        self.load(agency).await?;
        let known = self.corpus().instrument(instrument);
        if !known.is_some_and(|i| matches!(i.rank, law::Rank::Local | law::Rank::Plan)) {
            return Err(AppError::bad_input(
                format!("「{instrument}」不是可以採用的規範"),
                "可採用他縣市之規定與範例計畫，請以 fazun law list 查看代號；中央法規不必採用，契約規範請登錄於契約",
            ));
        }
        let body =
            json!({ "instrument": instrument, "from": from, "until": until, "document_no": document_no });
        let body = registers::check::<registers::adoption::Adoption>(&body).map_err(|p| refused(&p))?;
        let row = new_row("adoption", new_id(&format!("{agency}-n")), body);
        self.write(actor, "adoption.record", agency, vec![row], Vec::new())
            .await
    }

    /// Records a contract and the baselines that it names; returns its id.
    ///
    /// # Errors
    /// Where a field can't be used, or a baseline is none of the law data.
    pub async fn record_contract(
        &self,
        actor: &str,
        agency: &str,
        contract: Value,
    ) -> Result<String, AppError> {
        self.load(agency).await?;
        let body = registers::check::<registers::contract::Contract>(&contract).map_err(|p| refused(&p))?;
        let mut body = body;
        let named = body
            .get("baselines")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let slugs = named
            .iter()
            .map(|name| {
                let name = name.as_str().unwrap_or_default();
                let found = crate::incidents::contract_baseline(self.corpus(), name, self.today())?;
                Ok(Value::from(found.slug.clone()))
            })
            .collect::<Result<Vec<Value>, AppError>>()?;
        if let Some(body) = body.as_object_mut() {
            body.insert("baselines".to_owned(), Value::from(slugs));
        }
        let id = new_id(&format!("{agency}-k"));
        let row = new_row("contract", id.clone(), body);
        self.write(actor, "contract.record", agency, vec![row], Vec::new())
            .await?;
        Ok(id)
    }

    /// Records who is 資通安全長 from a day on.
    ///
    /// # Errors
    /// Where a field can't be used.
    pub async fn appoint_ciso(
        &self,
        actor: &str,
        agency: &str,
        (name, position, document_no): (&str, &str, &str),
        from: Option<Date>,
    ) -> Result<(), AppError> {
        self.load(agency).await?;
        let body = json!({ "role": "ciso", "person_name": name, "position": position, "from": from, "document_no": document_no });
        let body = registers::check::<registers::appointment::Appointment>(&body).map_err(|p| refused(&p))?;
        let row = new_row("appointment", new_id(&format!("{agency}-p")), body);
        self.write(actor, "appointment.record", agency, vec![row], Vec::new())
            .await
    }

    /// Refuses rows that would contradict those that stand: nothing written can be taken back.
    pub(crate) async fn would_hold(&self, agency: &str, rows: &[NewRow]) -> Result<(), AppError> {
        let standing = self.store.latest_but(agency, &crate::records::bulk()).await?;
        let replaced = |r: &&StoredRow| !rows.iter().any(|n| n.register == r.register && n.row == r.row);
        let mut after: Vec<RowRef<'_>> = standing
            .iter()
            .filter(replaced)
            .filter(|r| !r.body.is_null())
            .map(|r| RowRef {
                register: &r.register,
                row: &r.row,
                version: r.version,
                body: &r.body,
            })
            .collect();
        after.extend(rows.iter().filter(|r| !r.body.is_null()).map(|r| RowRef {
            register: &r.register,
            row: &r.row,
            version: r.expected_version.saturating_add(1),
            body: &r.body,
        }));
        registers::snapshot(agency, &after, 0, &self.asking(&standing))
            .map(|_| ())
            .map_err(|problems| {
                let text = problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("；");
                AppError::bad_input(
                    format!("與既有資料牴觸：{text}"),
                    "請更正後再送一次；沒有寫入任何資料",
                )
            })
    }

    async fn write(
        &self,
        actor: &str,
        action: &str,
        agency: &str,
        rows: Vec<NewRow>,
        blobs: Vec<Blob>,
    ) -> Result<(), AppError> {
        self.would_hold(agency, &rows).await?;
        self.store
            .commit(Commit {
                actor: actor.to_owned(),
                at_micros: self.now(),
                action: action.to_owned(),
                agency: agency.to_owned(),
                rows,
                blobs,
                receipt: None,
                holds: store::Holds::default(),
            })
            .await?;
        Ok(())
    }
}

/// Reads a plan's file into the reader's JSON.
pub(crate) fn read_plan(file_name: &str, bytes: &[u8]) -> Result<Value, AppError> {
    let reading = collectors::parse(file_name, bytes)?;
    serde_json::to_value(&reading)
        .map_err(|e| AppError::failed(format!("讀取結果無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))
}

#[expect(
    clippy::too_many_arguments,
    reason = "one row set from one plan; a struct would only rename them"
)]
fn agency_rows(
    id: &str,
    name: &str,
    file_name: &str,
    bytes: &[u8],
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
    });
    let check = |register: &str, value: &Value| {
        registers::register(register)
            .ok_or_else(|| AppError::failed("沒有這個登記簿", "這是程式的錯誤，請回報"))
            .and_then(|spec| spec.check(value).map_err(|p| refused(&p)))
    };
    let mut rows = vec![new_row("agency", id.to_owned(), check("agency", &agency)?)];
    match &reading.level {
        Some(level) => {
            let row = json!({ "level": level.value, "approved_on": options.approved_on });
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
