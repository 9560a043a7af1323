//! Whether a line can be taken, and what it would change.
//!
//! Why a line finds its row by id first: two rows may say the same, an id is of one. What
//! it can't know: rows that other lines of the same file will make.

use super::super::check::{self, Bounds, Others};
use super::super::export::{ID, VERSION};
use super::super::masking::Hides;
use super::super::names::{self, Eyes, NameBook};
use super::super::{files, lawful, second, standings};
use super::report::{ImportLine, LineStatus};
use crate::AppError;
use crate::visit::Visit;
use collectors::sheet::table::Header;
use collectors::sheet::{Cell, SheetRow};
use registers::{Kind, RegisterSpec};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use store::{Select, StoredRow};

/// A standing row as an import compares with it.
pub(super) struct Standing {
    version: u32,
    /// As JSON: a parsed body takes several times the space, and most are never looked at.
    body: Box<str>,
}

impl Standing {
    fn body(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Everything a line is judged by.
pub(super) struct Judge<'a> {
    visit: &'a Visit<'a>,
    spec: &'static RegisterSpec,
    /// Names by which lines are understood.
    names: NameBook,
    /// Names as they are shown to whoever imports, where that differs.
    shown: Option<NameBook>,
    others: Others,
    bounds: Bounds,
    standing: HashMap<String, Standing>,
    by_identity: HashMap<String, Vec<String>>,
    locked: BTreeSet<String>,
    /// The files that a line may name: a hash alone is no right to a file.
    files: BTreeSet<String>,
    hides: Hides,
}

/// What lines would write, as one hash: a commit writes what was previewed, or nothing.
#[derive(Default)]
pub(super) struct Digest(Vec<u8>);

impl Digest {
    /// Takes a line.
    pub(super) fn line(&mut self, judged: &Judged) {
        if let Some((id, version, body)) = &judged.write {
            let mut said = format!("{}\u{1f}{id}\u{1f}{version}\u{1f}", judged.line.row).into_bytes();
            said.extend(store::canonical(body));
            self.0.extend(ledger::sha256(&said));
        }
    }

    /// The hash of all lines.
    pub(super) fn finish(&self) -> String {
        ledger::hex(&ledger::sha256(&self.0))
    }
}

/// A line judged.
pub(super) struct Judged {
    pub(super) line: ImportLine,
    /// What to write: id (empty for a new row), the version seen, the body.
    pub(super) write: Option<(String, u32, Value)>,
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
    let said = |key: &str| match body.get(key) {
        None | Some(Value::Null) => String::new(),
        // As the row would keep it: else the same file would make the same row again.
        Some(Value::String(text)) => registers::plain(text).to_lowercase(),
        Some(other) => other.to_string(),
    };
    if let Some(number) = spec.own_number.map(said).filter(|n| is_number(n)) {
        return Some(format!("\u{1e}{number}"));
    }
    let parts: Vec<String> = spec.identity.iter().map(|key| said(key)).collect();
    // Where even the first part is blank, nothing tells the row apart.
    let said = parts.first().is_some_and(|p| !p.is_empty()) || parts.iter().skip(1).any(|p| !p.is_empty());
    said.then(|| parts.join("\u{1f}"))
}

/// Whether a text is a number that somebody gave to one thing: not the number of a line in some
/// list, and not a sign for none.
fn is_number(text: &str) -> bool {
    let digits = text.chars().any(|c| c.is_ascii_digit());
    let letters = text.chars().any(char::is_alphabetic);
    digits && (letters || text.chars().count() > LINE_NUMBER)
}

/// Plain digits of up to so many characters may be the number of a line.
const LINE_NUMBER: usize = 4;

impl Judge<'_> {
    pub(super) fn judge(&self, header: &Header, row: &SheetRow, seen: &mut HashMap<String, u32>) -> Judged {
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
        let standing = standing.map(|s| (s.version, s.body()));
        if standing.is_none() && self.spec.key == "agency" && problems.is_empty() {
            problems.push("機關基本資料只有一筆，不能再新增；請由匯出的檔案修改".to_owned());
        }
        let mut body = match &standing {
            Some((_, body)) => body.as_object().cloned().unwrap_or_default(),
            None => Map::new(),
        };
        for (key, value) in given {
            body.insert(key, value);
        }
        let mut body = Value::Object(body);
        if let Some((_, standing)) = &standing {
            body = self.hides.restored(self.spec, standing, body);
        }
        let normal = if problems.is_empty() {
            let kept = standing.as_ref().map(|(_, body)| body);
            self.normal(&id, kept, &body, &mut problems)
        } else {
            None
        };
        // A line for a standing row is told apart by that row, a new one by what it says: two
        // rows may well have the same name.
        let own = match id.as_str() {
            "" => normal.as_ref().and_then(|body| identity(self.spec, body)),
            id => Some(format!("\u{1f}{id}")),
        };
        if let Some(first) = own.and_then(|key| seen.insert(key, row.number)) {
            problems.push(format!("與第 {first} 列是同一筆，請合併為一列"));
        }
        let named = normal.as_ref().unwrap_or(&body);
        let named = self.hides.masked(self.spec, named.clone());
        let name = registers::Record::new(self.spec, "", &named).name().to_owned();
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
            // By their canonical bytes: 72 and 72.0 are the same number.
            Some((_, body)) if store::canonical(&body) == store::canonical(&normal) => Judged {
                line: line(LineStatus::Same, Vec::new(), Vec::new()),
                write: None,
            },
            Some((version, body)) => {
                let changes = self.changes(&body, &normal);
                Judged {
                    line: line(LineStatus::Changed, Vec::new(), changes),
                    write: Some((id, version, normal)),
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

    fn normal(
        &self,
        id: &str,
        kept: Option<&Value>,
        body: &Value,
        problems: &mut Vec<String>,
    ) -> Option<Value> {
        match self.spec.check(body) {
            Err(found) => {
                problems.extend(found.into_iter().map(|p| p.message));
                None
            }
            Ok(normal) => {
                let lawful = lawful::register_rules(self.visit, self.spec, normal);
                let normal = match lawful {
                    Ok(normal) => normal,
                    Err(found) => {
                        problems.extend(found.into_iter().map(|p| AppError::Fields(vec![p]).to_string()));
                        return None;
                    }
                };
                match second::concerns(self.visit, self.spec, kept, &normal) {
                    Ok(false) => {}
                    Ok(true) => problems
                        .push("上級機關之變更須第二人確認，不能由檔案匯入；請於該筆紀錄修改".to_owned()),
                    Err(error) => problems.push(error.to_string()),
                }
                let book = check::book_of(self.visit.today(), &self.others);
                if self.spec.field("evidence").is_some() {
                    let record = registers::Record::new(self.spec, id, &normal);
                    let kept = kept.map(|kept| registers::Record::new(self.spec, id, kept).files("evidence"));
                    let kept = kept.unwrap_or_default();
                    let strange = record
                        .files("evidence")
                        .into_iter()
                        .find(|f| !kept.contains(f) && !self.files.contains(*f));
                    problems.extend(strange.map(super::super::change::no_file));
                }
                let found = check::judged(self.visit, self.spec, id, &normal, &book, &self.bounds);
                problems.extend(found.into_iter().map(|p| AppError::Fields(vec![p]).to_string()));
                Some(normal)
            }
        }
    }

    fn changes(&self, before: &Value, now: &Value) -> Vec<(String, String, String)> {
        let shown = |value: Option<&Value>, field: &registers::Field| {
            let names = self.shown.as_ref().unwrap_or(&self.names);
            value.map_or_else(String::new, |v| registers::entry::write(field, v, names))
        };
        self.spec
            .fields
            .iter()
            .filter(|f| before.get(f.key) != now.get(f.key) && !self.hides.hides(f))
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

pub(super) async fn judge_for<'v>(
    visit: &'v Visit<'v>,
    spec: &'static RegisterSpec,
) -> Result<Judge<'v>, AppError> {
    let names = names::all_names(visit, Eyes::All, spec).await?;
    let shown = if names::hides_names(visit, spec).await? {
        Some(names::all_names(visit, Eyes::Theirs, spec).await?)
    } else {
        None
    };
    let others = check::others(visit, spec.looks_at).await?;
    let bounds = check::bounds_for(visit, spec)?;
    let standings = standings::standings(visit, spec)?;
    let mut standing = HashMap::new();
    let mut by_identity: HashMap<String, Vec<String>> = HashMap::new();
    let mut locked = BTreeSet::new();
    let mut select = Select::default();
    loop {
        let rows = visit
            .reads()
            .list(spec.key, &select, super::super::bulk::READ_AT_ONCE)
            .await?;
        let Some(last) = rows.last() else {
            break;
        };
        select.after.clone_from(&last.row);
        for StoredRow {
            row, version, body, ..
        } in rows
        {
            let body = registers::open(spec, body)?.body;
            if standings.of(&row, version).state == "submitted" {
                locked.insert(row.clone());
            }
            if let Some(key) = identity(spec, &body) {
                by_identity.entry(key).or_default().push(row.clone());
            }
            let body = body.to_string().into_boxed_str();
            standing.insert(row, Standing { version, body });
        }
    }
    let files = match spec.field("evidence") {
        Some(_) => files::files_seen(visit).await?,
        None => BTreeSet::new(),
    };
    Ok(Judge {
        visit,
        spec,
        names,
        shown,
        others,
        bounds,
        standing,
        by_identity,
        locked,
        files,
        hides: visit.hides(spec),
    })
}
