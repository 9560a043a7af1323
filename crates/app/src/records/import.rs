//! Many records from a file: preview, commit, and taking it back.
//!
//! Why the file is read again at the commit: nothing of a preview is trusted, and what
//! changed in between is noticed. Why one transaction: half an inventory is worse than
//! none. What it can't know: what an officer meant by a heading nobody uses; that is asked
//! once and remembered.

use super::check::{Bounds, Others};
use super::export::{ID, ListFile, ListFormat, VERSION, write_sheet};
use super::names::NameBook;
use crate::commands::{new_id, row_id};
use crate::permission::Action;
use crate::principal::Principal;
use crate::{App, AppError};
use collectors::sheet::table::{HEAD_ROWS, Header, Known, find_header};
use collectors::sheet::{Cell, Limits, SheetRow};
use documents::sheet::{Column, Table, Value as Out};
use registers::{Book, Kind, RegisterSpec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use store::{Job, NewRow, StoredRow};

/// What an officer says beside the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportOptions {
    /// The sheet; the first visible one where none.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Headings as written, and the field each is; an empty field passes the column over.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Whether to remember the headings for the next import.
    #[serde(default)]
    pub remember: bool,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineStatus {
    /// Can't be taken.
    Wrong,
    /// A new record.
    New,
    /// Changes a record.
    Changed,
    /// Says what the record says already.
    Same,
}

impl LineStatus {
    /// In the officer's words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wrong => "有誤",
            Self::New => "新增",
            Self::Changed => "更新",
            Self::Same => "不變",
        }
    }
}

/// A line of the file as the preview shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportLine {
    /// The row's number in the officer's own file.
    pub row: u32,
    /// What becomes of it.
    pub status: LineStatus,
    /// What names it.
    pub name: String,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// What would change: label, from, to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<(String, String, String)>,
}

/// How many lines of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// New records.
    pub new: u64,
    /// Changed ones.
    pub changed: u64,
    /// Lines that change nothing.
    pub same: u64,
    /// Lines that can't be taken.
    pub wrong: u64,
}

/// An import as it would be, or as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportReport {
    /// The import's id.
    pub id: String,
    /// The register.
    pub register: String,
    /// `preview`, `committed` or `undone`.
    pub state: String,
    /// The file's name.
    pub file: String,
    /// The file's hash.
    pub sha256: String,
    /// The sheet that was read.
    pub sheet: String,
    /// Every sheet that can be chosen.
    pub sheets: Vec<String>,
    /// The encoding of a text file.
    pub encoding: String,
    /// Rows of the header, first and last.
    pub header: (u32, u32),
    /// Headings as written with the field each was taken for; empty where for none.
    pub columns: Vec<(String, String)>,
    /// What an officer should know.
    pub notices: Vec<String>,
    /// How many lines of each kind.
    pub counts: ImportCounts,
    /// The first lines of each kind, the wrong ones first.
    pub lines: Vec<ImportLine>,
    /// What was said beside the file.
    pub options: ImportOptions,
    /// What was written, once it was.
    #[serde(default)]
    pub written: u64,
}

/// Which lines a commit takes.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Take the rest where lines are wrong; else nothing is taken.
    pub skip_wrong: bool,
    /// Only these rows; all where empty.
    pub only: BTreeSet<u32>,
    /// All but these rows.
    pub but: BTreeSet<u32>,
}

impl Chosen {
    fn takes(&self, row: u32) -> bool {
        (self.only.is_empty() || self.only.contains(&row)) && !self.but.contains(&row)
    }
}

/// Lines of each kind that a preview keeps.
const SHOWN: usize = 100;
/// How long a preview is kept: ninety days.
const KEPT_MICROS: i64 = 90 * 24 * 3600 * 1_000_000;
/// How many lines between two signs of progress.
const STEP: u64 = 1_000;

/// What is called now and then with how many lines are done.
pub type Progress<'p> = &'p mut (dyn FnMut(u64) + Send);

/// A standing row as an import compares with it.
struct Standing {
    version: u32,
    body: Value,
}

/// Everything a line is judged by.
struct Judge<'a> {
    app: &'a App,
    spec: &'static RegisterSpec,
    names: NameBook,
    others: Others,
    bounds: Bounds,
    standing: HashMap<String, Standing>,
    by_identity: HashMap<String, Vec<String>>,
    locked: BTreeSet<String>,
}

/// A line judged.
struct Judged {
    line: ImportLine,
    /// What to write: id (empty for a new row), the version seen, the body.
    write: Option<(String, u32, Value)>,
}

/// A sheet read through, each line handed on.
struct Through {
    opened: collectors::sheet::Opened,
    header: Header,
}

fn known(spec: &'static RegisterSpec) -> Vec<Known<'static>> {
    let own = [ID, VERSION].map(|(key, label)| Known {
        key,
        label,
        synonyms: &[],
    });
    let fields = spec.fields.iter().map(|f| Known {
        key: f.key,
        label: f.label,
        synonyms: f.synonyms,
    });
    own.into_iter().chain(fields).collect()
}

fn other_register(spec: &RegisterSpec, first: &[SheetRow]) -> AppError {
    let looks_like = registers::catalogue()
        .iter()
        .filter(|other| other.key != spec.key)
        .filter_map(|other| {
            let header = find_header(first, &known(other), &BTreeMap::new())?;
            let hits = header.columns.iter().flatten().count();
            Some((hits, other.title))
        })
        .max_by_key(|(hits, _)| *hits)
        .filter(|(hits, _)| *hits >= 3);
    let seen = looks_like.map_or_else(String::new, |(_, title)| format!("，看起來像「{title}」"));
    AppError::bad_input(
        format!("在前幾列找不到「{}」的表頭{seen}", spec.title),
        "請確認檔案與工作表，或先下載空白表，依其表頭填寫",
    )
}

/// Rows on their way from the file to whoever takes them, once the header is known.
struct Feed<'a> {
    known: Vec<Known<'static>>,
    saved: &'a BTreeMap<String, String>,
    first: Vec<SheetRow>,
    header: Option<Header>,
    is_other: bool,
    each: &'a mut dyn FnMut(&Header, SheetRow),
}

impl Feed<'_> {
    fn push(&mut self, row: SheetRow) -> ControlFlow<()> {
        if let Some(header) = &self.header {
            (self.each)(header, row);
            return ControlFlow::Continue(());
        }
        self.first.push(row);
        if self.first.len() >= HEAD_ROWS {
            self.settle();
        }
        if self.is_other {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Finds the header among the first rows, and hands on those below it.
    fn settle(&mut self) {
        match find_header(&self.first, &self.known, self.saved) {
            None => self.is_other = true,
            Some(header) => {
                for row in std::mem::take(&mut self.first) {
                    if row.number > header.rows.1 {
                        (self.each)(&header, row);
                    }
                }
                self.header = Some(header);
            }
        }
    }
}

fn read_through(
    spec: &'static RegisterSpec,
    saved: &BTreeMap<String, String>,
    (name, bytes, sheet): (&str, &[u8], Option<&str>),
    each: &mut dyn FnMut(&Header, SheetRow),
) -> Result<Through, AppError> {
    let mut feed = Feed {
        known: known(spec),
        saved,
        first: Vec::new(),
        header: None,
        is_other: false,
        each,
    };
    let opened = collectors::sheet::read(name, bytes, sheet, &Limits::default(), &mut |row| feed.push(row))?;
    if let Some(key) = opened.hidden_key.as_deref().filter(|key| *key != spec.key) {
        let title = registers::register(key).map_or("其他登記簿", |r| r.title);
        return Err(AppError::bad_input(
            format!("這是由「{title}」匯出的檔案，不是「{}」", spec.title),
            format!("請改匯入至「{title}」，或選擇正確的檔案"),
        ));
    }
    if feed.header.is_none() && !feed.is_other {
        feed.settle();
    }
    match feed.header {
        Some(header) => Ok(Through { opened, header }),
        None => Err(other_register(spec, &feed.first)),
    }
}

/// A cell in the words that a field reads.
fn words(field: &registers::Field, cell: &Cell) -> String {
    match (field.kind, cell) {
        (_, Cell::Empty) => String::new(),
        (_, Cell::Text(text)) => text.clone(),
        (_, Cell::Number(number)) => number.clone(),
        (Kind::Date, Cell::Day(day)) => day.to_string(),
        (_, Cell::Day(day)) => period::roc_short(*day),
        (_, Cell::Moment(at)) => at.clone(),
        (_, Cell::Flag(true)) => "是".to_owned(),
        (_, Cell::Flag(false)) => "否".to_owned(),
    }
}

/// What tells a row apart from the others of its register, folded; none where nothing does.
pub(crate) fn identity(spec: &RegisterSpec, body: &Value) -> Option<String> {
    if spec.identity.is_empty() {
        return None;
    }
    let parts: Vec<String> = spec
        .identity
        .iter()
        .map(|key| match body.get(key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.trim().to_lowercase(),
            Some(other) => other.to_string(),
        })
        .collect();
    // Where even the first part is blank, nothing tells the row apart.
    let said = parts.first().is_some_and(|p| !p.is_empty()) || parts.iter().skip(1).any(|p| !p.is_empty());
    said.then(|| parts.join("\u{1f}"))
}

impl Judge<'_> {
    fn judge(&self, header: &Header, row: &SheetRow, seen: &mut HashMap<String, u32>) -> Judged {
        let mut problems = Vec::new();
        let mut given = Map::new();
        let (mut id, mut version) = (String::new(), None);
        for (column, key) in header.columns.iter().enumerate() {
            let (Some(key), cell) = (key.as_deref(), row.cells.get(column).unwrap_or(&Cell::Empty)) else {
                continue;
            };
            if key == ID.0 {
                id = match cell {
                    Cell::Text(text) => text.trim().to_owned(),
                    Cell::Number(number) => number.clone(),
                    _ => String::new(),
                };
            } else if key == VERSION.0 {
                version = match cell {
                    Cell::Text(text) | Cell::Number(text) => text.trim().parse::<u32>().ok(),
                    _ => None,
                };
            } else if let Some(field) = self.spec.field(key) {
                match registers::entry::read(field, &words(field, cell), &self.names) {
                    Ok(value) => {
                        given.insert(key.to_owned(), value);
                    }
                    Err(message) => problems.push(message),
                }
            }
        }
        let standing = self.standing_for(&mut id, &given, version, &mut problems);
        let mut body = match standing {
            Some(standing) => standing.body.as_object().cloned().unwrap_or_default(),
            None => Map::new(),
        };
        for (key, value) in given {
            body.insert(key, value);
        }
        let body = Value::Object(body);
        let normal = if problems.is_empty() {
            self.normal(&id, &body, &mut problems)
        } else {
            None
        };
        if let Some(normal) = &normal
            && let Some(key) = identity(self.spec, normal)
            && let Some(first) = seen.insert(key, row.number)
        {
            problems.push(format!("與第 {first} 列是同一筆，請合併為一列"));
        }
        let named = normal.as_ref().unwrap_or(&body);
        let name = registers::Record::new(self.spec, "", named).name().to_owned();
        let line = |status, problems, changes| ImportLine {
            row: row.number,
            status,
            name: name.clone(),
            problems,
            changes,
        };
        let Some(normal) = normal.filter(|_| problems.is_empty()) else {
            return Judged {
                line: line(LineStatus::Wrong, problems, Vec::new()),
                write: None,
            };
        };
        match standing {
            None => Judged {
                line: line(LineStatus::New, Vec::new(), Vec::new()),
                write: Some((String::new(), 0, normal)),
            },
            Some(standing) if standing.body == normal => Judged {
                line: line(LineStatus::Same, Vec::new(), Vec::new()),
                write: None,
            },
            Some(standing) => {
                let changes = self.changes(&standing.body, &normal);
                Judged {
                    line: line(LineStatus::Changed, Vec::new(), changes),
                    write: Some((id, standing.version, normal)),
                }
            }
        }
    }

    /// The row that a line changes: by its id, else by what tells rows apart.
    fn standing_for(
        &self,
        id: &mut String,
        given: &Map<String, Value>,
        version: Option<u32>,
        problems: &mut Vec<String>,
    ) -> Option<&Standing> {
        if id.is_empty() {
            let key = identity(self.spec, &Value::Object(given.clone()))?;
            match self.by_identity.get(&key).map(Vec::as_slice) {
                None | Some([]) => return None,
                Some([only]) => id.clone_from(only),
                Some(many) => {
                    problems.push(format!(
                        "本機關已有 {} 筆相同的紀錄，無法判斷要更新哪一筆，請填「{}」",
                        many.len(),
                        ID.1
                    ));
                    return None;
                }
            }
        }
        let Some(standing) = self.standing.get(id.as_str()) else {
            problems.push(format!(
                "「{}」{id} 不是本機關「{}」的紀錄，新增者請留空",
                ID.1, self.spec.title
            ));
            return None;
        };
        if let Some(version) = version.filter(|v| *v != standing.version) {
            problems.push(format!(
                "這筆紀錄匯出後已被修改（檔案為第 {version} 版，現為第 {} 版），請重新匯出後再改",
                standing.version
            ));
        }
        if self.locked.contains(id.as_str()) {
            problems.push("這筆紀錄正在簽核中，請先撤回送簽".to_owned());
        }
        Some(standing)
    }

    fn normal(&self, id: &str, body: &Value, problems: &mut Vec<String>) -> Option<Value> {
        match self.spec.check(body) {
            Err(found) => {
                problems.extend(found.into_iter().map(|p| p.message));
                None
            }
            Ok(normal) => {
                let mut book = Book::new(self.app.today());
                for (key, rows) in &self.others {
                    if let Some(spec) = registers::register(key) {
                        book = book.with(spec, rows);
                    }
                }
                let found = self.app.judged(self.spec, id, &normal, &book, &self.bounds);
                problems.extend(found.into_iter().map(|p| AppError::Fields(vec![p]).to_string()));
                Some(normal)
            }
        }
    }

    fn changes(&self, before: &Value, now: &Value) -> Vec<(String, String, String)> {
        let shown = |value: Option<&Value>, field: &registers::Field| {
            value.map_or_else(String::new, |v| registers::entry::write(field, v, &self.names))
        };
        self.spec
            .fields
            .iter()
            .filter(|f| before.get(f.key) != now.get(f.key))
            .map(|f| {
                (
                    f.label.to_owned(),
                    shown(before.get(f.key), f),
                    shown(now.get(f.key), f),
                )
            })
            .collect()
    }
}

impl App {
    async fn judge_for(&self, agency: &str, spec: &'static RegisterSpec) -> Result<Judge<'_>, AppError> {
        let names = self.names(agency, spec, &BTreeMap::new()).await?;
        let others = self.others(agency, spec.looks_at).await?;
        let bounds = if spec.limits.is_empty() {
            Bounds::new()
        } else {
            self.bounds(&*self.load(agency).await?)
        };
        let standings = self.standings(agency, spec).await?;
        let mut standing = HashMap::new();
        let mut by_identity: HashMap<String, Vec<String>> = HashMap::new();
        let mut locked = BTreeSet::new();
        for StoredRow {
            row, version, body, ..
        } in self.store.latest_of(agency, spec.key).await?
        {
            if body.is_null() {
                continue;
            }
            if standings.of(&row, version).state == "submitted" {
                locked.insert(row.clone());
            }
            if let Some(key) = identity(spec, &body) {
                by_identity.entry(key).or_default().push(row.clone());
            }
            standing.insert(row, Standing { version, body });
        }
        Ok(Judge {
            app: self,
            spec,
            names,
            others,
            bounds,
            standing,
            by_identity,
            locked,
        })
    }

    async fn saved_columns(
        &self,
        agency: &str,
        spec: &RegisterSpec,
    ) -> Result<BTreeMap<String, String>, AppError> {
        let row = self
            .store
            .row("mapping", &format!("{agency}:{}", spec.key))
            .await?;
        let columns = row
            .filter(|r| r.agency == agency)
            .and_then(|r| serde_json::from_value(r.body.get("columns").cloned().unwrap_or_default()).ok());
        Ok(columns.unwrap_or_default())
    }

    /// Reads a file and says what an import of it would do; writes no record.
    ///
    /// # Errors
    /// Where the asker may not, or the file can't be read as this register.
    pub async fn preview_import(
        &self,
        who: &Principal,
        agency: &str,
        register: &str,
        (file, bytes): (&str, Vec<u8>),
        options: ImportOptions,
        progress: Progress<'_>,
    ) -> Result<ImportReport, AppError> {
        let access = self.access(who, Action::Import, agency, register).await?;
        let spec = access.spec;
        importable(spec)?;
        for (label, key) in &options.columns {
            if !key.is_empty() && spec.field(key).is_none() && key != ID.0 && key != VERSION.0 {
                return Err(AppError::bad_input(
                    format!("「{label}」對應的「{key}」不是「{}」的欄位", spec.title),
                    "請由欄位清單選取，或留空以略過該欄",
                ));
            }
        }
        let mut saved = self.saved_columns(agency, spec).await?;
        saved.extend(options.columns.clone());
        let judge = self.judge_for(agency, spec).await?;
        let mut counts = ImportCounts::default();
        let mut kept: BTreeMap<LineStatus, Vec<ImportLine>> = BTreeMap::new();
        let mut seen = HashMap::new();
        let mut formulas = 0_u64;
        let mut done = 0_u64;
        let through = read_through(
            spec,
            &saved,
            (file, &bytes, options.sheet.as_deref()),
            &mut |header, row| {
                let judged = judge.judge(header, &row, &mut seen);
                *match judged.line.status {
                    LineStatus::Wrong => &mut counts.wrong,
                    LineStatus::New => &mut counts.new,
                    LineStatus::Changed => &mut counts.changed,
                    LineStatus::Same => &mut counts.same,
                } += 1;
                formulas += u64::from(!row.formulas.is_empty());
                let list = kept.entry(judged.line.status).or_default();
                if list.len() < SHOWN {
                    list.push(judged.line);
                }
                done += 1;
                if done.is_multiple_of(STEP) {
                    progress(done);
                }
            },
        )?;
        if counts == ImportCounts::default() {
            return Err(AppError::bad_input(
                "表頭之下沒有資料",
                "請在表頭下一列開始填寫，存檔後再匯入",
            ));
        }
        let mut notices = through.opened.notices.clone();
        notices.extend(through.header.notices.clone());
        if formulas > 0 {
            notices.push(format!(
                "有 {formulas} 列含公式：取檔案存檔時之計算結果，不重新計算"
            ));
        }
        let from = through.opened.meta.iter().find(|(key, _)| key == "agency");
        if from.is_some_and(|(_, id)| id != agency) {
            notices.push("這個檔案是由其他機關匯出的；其系統編號不屬於本機關".to_owned());
        }
        let report = ImportReport {
            id: new_id(&format!("{agency}-i")),
            register: spec.key.to_owned(),
            state: "preview".to_owned(),
            file: file.to_owned(),
            sha256: ledger::hex(&ledger::sha256(&bytes)),
            sheet: through.opened.sheet.unwrap_or_default(),
            sheets: through.opened.sheets,
            encoding: through.opened.encoding.unwrap_or_default().to_owned(),
            header: through.header.rows,
            columns: through
                .header
                .labels
                .iter()
                .zip(&through.header.columns)
                .map(|(label, key)| (label.clone(), key.clone().unwrap_or_default()))
                .collect(),
            notices,
            counts,
            lines: kept.into_values().flatten().collect(),
            options,
            written: 0,
        };
        self.keep(who, agency, &report, bytes).await?;
        Ok(report)
    }

    async fn keep(
        &self,
        who: &Principal,
        agency: &str,
        report: &ImportReport,
        bytes: Vec<u8>,
    ) -> Result<(), AppError> {
        let detail = serde_json::to_string(report)
            .map_err(|e| AppError::failed(format!("匯入結果無法保存（{e}）"), "這是程式的錯誤，請回報"))?;
        let job = Job {
            id: report.id.clone(),
            agency: agency.to_owned(),
            register: report.register.clone(),
            actor: who.id.clone(),
            at: self.now(),
            state: report.state.clone(),
            detail,
            bytes,
        };
        self.store
            .put_job(&job, self.now().saturating_sub(KEPT_MICROS))
            .await?;
        Ok(())
    }

    async fn job_of(
        &self,
        who: &Principal,
        agency: &str,
        id: &str,
    ) -> Result<(Job, ImportReport, &'static RegisterSpec), AppError> {
        // Nobody learns of a job of another agency, nor of one of a register they may not import.
        self.grants(who, agency).await?;
        let missing = || {
            AppError::not_found(
                format!("沒有匯入作業「{id}」"),
                "匯入作業保存九十日；請重新上傳檔案",
            )
        };
        let job = self.store.job(agency, id).await?.ok_or_else(missing)?;
        let access = self.access(who, Action::Import, agency, &job.register).await?;
        let report = serde_json::from_str(&job.detail).map_err(|_| missing())?;
        Ok((job, report, access.spec))
    }

    /// An import as it stands.
    ///
    /// # Errors
    /// Where it isn't there for the asker.
    pub async fn import_report(
        &self,
        who: &Principal,
        agency: &str,
        id: &str,
    ) -> Result<ImportReport, AppError> {
        self.job_of(who, agency, id).await.map(|(_, report, _)| report)
    }

    /// The lines that can't be taken, each with its reason, in the officer's own columns.
    ///
    /// # Errors
    /// Where the import isn't there for the asker.
    pub async fn wrong_lines(&self, who: &Principal, agency: &str, id: &str) -> Result<ListFile, AppError> {
        let (job, report, spec) = self.job_of(who, agency, id).await?;
        let judge = self.judge_for(agency, spec).await?;
        let mut saved = self.saved_columns(agency, spec).await?;
        saved.extend(report.options.columns.clone());
        let mut seen = HashMap::new();
        let mut rows: Vec<Vec<Out>> = Vec::new();
        let width = report.columns.len();
        read_through(
            spec,
            &saved,
            (&report.file, &job.bytes, report.options.sheet.as_deref()),
            &mut |header, row| {
                let judged = judge.judge(header, &row, &mut seen);
                if judged.line.status == LineStatus::Wrong {
                    let mut cells = vec![
                        Out::Number(row.number.to_string()),
                        Out::Text(judged.line.problems.join("\n")),
                    ];
                    cells.extend((0..width).map(|n| match row.cells.get(n) {
                        None | Some(Cell::Empty) => Out::Empty,
                        Some(Cell::Text(text)) => Out::Text(text.clone()),
                        Some(Cell::Number(number)) => Out::Number(number.clone()),
                        Some(Cell::Day(day)) => Out::Day(*day),
                        Some(Cell::Moment(at)) => Out::Moment(at.clone()),
                        Some(Cell::Flag(flag)) => Out::Flag(*flag),
                    }));
                    rows.push(cells);
                }
            },
        )?;
        let column = |label: &str, width_chars: u16| Column {
            key: String::new(),
            label: label.to_owned(),
            width_chars,
            choices: Vec::new(),
            note: String::new(),
        };
        let mut columns = vec![column("原檔列號", 10), column("原因與更正方法", 50)];
        columns.extend(report.columns.iter().map(|(label, _)| column(label, 16)));
        let table = Table {
            title: format!("{}待更正", spec.title),
            columns,
            meta: vec![("key".to_owned(), spec.key.to_owned())],
        };
        let bytes = write_sheet(ListFormat::Ods, &table, &mut rows.into_iter())?;
        Ok(ListFile {
            name: format!("{}待更正.ods", spec.title),
            bytes,
            media_type: ListFormat::Ods.media_type(),
        })
    }

    /// Writes the lines of a previewed import, all in one transaction.
    ///
    /// # Errors
    /// Where lines are wrong and that was not accepted, or what stands has changed since.
    pub async fn commit_import(
        &self,
        who: &Principal,
        agency: &str,
        id: &str,
        chosen: &Chosen,
        progress: Progress<'_>,
    ) -> Result<ImportReport, AppError> {
        let (job, mut report, spec) = self.job_of(who, agency, id).await?;
        if report.state != "preview" {
            return Err(AppError::conflict(
                "這次匯入已經完成",
                "要再匯入一次請重新上傳檔案；要取消請用「復原」",
            ));
        }
        if report.counts.wrong > 0 && !chosen.skip_wrong {
            return Err(AppError::bad_input(
                format!("有 {} 列有誤，沒有匯入任何資料", report.counts.wrong),
                "請下載待更正的列、更正後重新上傳，或選擇「略過有誤的列」",
            ));
        }
        let judge = self.judge_for(agency, spec).await?;
        let mut saved = self.saved_columns(agency, spec).await?;
        saved.extend(report.options.columns.clone());
        let mut counts = ImportCounts::default();
        let mut seen = HashMap::new();
        let mut rows: Vec<store::Prepared> = Vec::new();
        let mut micros = self.now();
        read_through(
            spec,
            &saved,
            (&report.file, &job.bytes, report.options.sheet.as_deref()),
            &mut |header, row| {
                let judged = judge.judge(header, &row, &mut seen);
                *match judged.line.status {
                    LineStatus::Wrong => &mut counts.wrong,
                    LineStatus::New => &mut counts.new,
                    LineStatus::Changed => &mut counts.changed,
                    LineStatus::Same => &mut counts.same,
                } += 1;
                let Some((id, seen_version, body)) = judged.write.filter(|_| chosen.takes(row.number)) else {
                    return;
                };
                let id = if id.is_empty() {
                    micros = micros.saturating_add(1);
                    row_id(&format!("{agency}-r"), micros)
                } else {
                    id
                };
                rows.push(store::Prepared::of(&NewRow {
                    register: spec.key.to_owned(),
                    row: id,
                    expected_version: seen_version,
                    body,
                }));
            },
        )?;
        if counts != report.counts {
            return Err(AppError::conflict(
                "預覽之後，本機關的資料已有變動；沒有匯入任何資料",
                "請重新上傳檔案，看過新的預覽再匯入",
            ));
        }
        drop(judge);
        if rows.is_empty() {
            return Err(AppError::bad_input(
                "沒有要匯入的列",
                "請至少選擇一列新增或更新的資料",
            ));
        }
        report.written = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        "committed".clone_into(&mut report.state);
        if spec.typed.is_some() && !spec.bulk {
            let new: Vec<NewRow> = rows.iter().map(store::Prepared::unpacked).collect();
            self.would_hold(agency, &new).await?;
        }
        if report.options.remember {
            let columns: BTreeMap<&String, &String> = report.columns.iter().map(|(l, k)| (l, k)).collect();
            let mapping = format!("{agency}:{}", spec.key);
            let standing = self.store.row("mapping", &mapping).await?;
            rows.push(store::Prepared::of(&NewRow {
                register: "mapping".to_owned(),
                row: mapping,
                expected_version: standing.map_or(0, |r| r.version),
                body: json!({ "v": 1, "register": spec.key, "columns": columns }),
            }));
        }
        self.commit_prepared(who, agency, &format!("import:{id}"), rows, progress)
            .await?;
        self.keep(who, agency, &report, job.bytes).await?;
        Ok(report)
    }

    /// Takes an import back: new rows are withdrawn, changed ones get their former content.
    ///
    /// # Errors
    /// Where rows of it were changed since; nothing is taken back then.
    pub async fn undo_import(
        &self,
        who: &Principal,
        agency: &str,
        id: &str,
    ) -> Result<ImportReport, AppError> {
        let (job, mut report, spec) = self.job_of(who, agency, id).await?;
        if report.state != "committed" {
            return Err(AppError::conflict(
                "這次匯入沒有可復原的資料",
                "只有完成而未復原的匯入可以復原",
            ));
        }
        let written = self
            .store
            .heads_written_by(agency, &format!("import:{id}"), spec.key)
            .await?;
        let changed: Vec<&str> = written
            .iter()
            .filter(|w| w.latest != w.version)
            .map(|w| w.row.as_str())
            .collect();
        if let Some(first) = changed.first() {
            return Err(AppError::conflict(
                format!(
                    "有 {} 筆在匯入後又被修改（例如 {first}），沒有復原任何資料",
                    changed.len()
                ),
                "請逐筆處理，或先將那些紀錄改回",
            ));
        }
        let standings = self.standings(agency, spec).await?;
        let bound = written
            .iter()
            .find(|w| matches!(standings.of(&w.row, w.version).state, "submitted" | "final"));
        if let Some(bound) = bound {
            return Err(AppError::conflict(
                format!("匯入的紀錄已送簽或定版（{}），沒有復原任何資料", bound.row),
                "請先撤回送簽；已定版者不能復原",
            ));
        }
        let mut rows = Vec::with_capacity(written.len());
        for w in &written {
            let body = match w.version {
                1 => Value::Null,
                version => self
                    .store
                    .version(agency, spec.key, &w.row, version.saturating_sub(1))
                    .await?
                    .map_or(Value::Null, |r| r.body),
            };
            rows.push(store::Prepared::of(&NewRow {
                register: spec.key.to_owned(),
                row: w.row.clone(),
                expected_version: w.version,
                body,
            }));
        }
        if spec.typed.is_some() && !spec.bulk {
            let new: Vec<NewRow> = rows.iter().map(store::Prepared::unpacked).collect();
            self.would_hold(agency, &new).await?;
        }
        self.commit_prepared(who, agency, &format!("undo:{id}"), rows, &mut |_| {})
            .await?;
        "undone".clone_into(&mut report.state);
        self.keep(who, agency, &report, job.bytes).await?;
        Ok(report)
    }

    async fn commit_prepared(
        &self,
        who: &Principal,
        agency: &str,
        action: &str,
        rows: Vec<store::Prepared>,
        progress: Progress<'_>,
    ) -> Result<(), AppError> {
        let holds = self.still_valid(who).await?;
        self.store
            .commit_prepared(
                store::CommitHead {
                    actor: who.id.clone(),
                    at_micros: self.now(),
                    action: action.to_owned(),
                    agency: agency.to_owned(),
                    receipt: None,
                    holds,
                },
                rows,
                Vec::new(),
                progress,
            )
            .await?;
        Ok(())
    }
}

/// Registers that only the system writes have no lines to import.
fn importable(spec: &RegisterSpec) -> Result<(), AppError> {
    if spec.reach == registers::Reach::System {
        return Err(AppError::bad_input(
            format!("「{}」由系統登錄，不能匯入", spec.title),
            "請由對應的功能辦理",
        ));
    }
    Ok(())
}
