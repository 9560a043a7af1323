//! From a tree to typed values: keys that must be there, may be there, or are passed over.
//!
//! Why every reader of a standard goes through here: an unknown key is refused and a key
//! that is known but not taken over is noted, in one place and in the same words. What it
//! can't know: what the values mean to a format.

use super::model::{Note, Problem, Standard, StandardError};
use super::tree::{Node, Place, Value, short};
use crate::work::Work;
use std::collections::{BTreeMap, HashMap};

/// How many are kept until they are sorted; the others are counted.
const PROBLEMS_KEPT: usize = 1_000;
/// How many different notes there are before the others become one.
const NOTE_LIMIT: usize = 100;

/// A value with its place in the structure.
#[derive(Debug, Clone)]
pub(super) struct At<'n> {
    pub(super) node: &'n Node,
    pub(super) pointer: String,
}

impl<'n> At<'n> {
    pub(super) fn root(node: &'n Node) -> Self {
        Self {
            node,
            pointer: String::new(),
        }
    }

    pub(super) fn line(&self) -> u32 {
        self.node.place.line
    }
}

/// The keys that a map may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys {
    /// What it is, in words.
    pub(super) what: &'static str,
    /// Must be there.
    pub(super) required: &'static [&'static str],
    /// May be there.
    pub(super) optional: &'static [&'static str],
    /// Known, of no use here, and of no consequence.
    pub(super) idle: &'static [&'static str],
    /// Known and not taken over: noted.
    pub(super) left: &'static [&'static str],
}

/// The entries of a map whose keys were checked.
#[derive(Debug, Clone)]
pub(super) struct Fields<'n> {
    pub(super) at: At<'n>,
    entries: HashMap<&'n str, &'n Node>,
}

impl<'n> Fields<'n> {
    /// A key's value; nothing where it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<At<'n>> {
        let node = self.entries.get(key).copied()?;
        (node.value != Value::Null).then(|| At {
            node,
            pointer: format!("{}/{}", self.at.pointer, escaped(key)),
        })
    }
}

/// A key as a JSON pointer writes it.
fn escaped(key: &str) -> String {
    short(key).replace('~', "~0").replace('/', "~1")
}

/// Collects what is wrong and what was left.
#[derive(Debug)]
pub(super) struct Reader<'w> {
    work: &'w Work,
    problems: Vec<Problem>,
    /// Beyond those kept.
    uncounted: usize,
    /// What is wrong and keeps only its own entry from being used.
    faults: Vec<Problem>,
    /// Whether what is wrong now is a fault.
    gently: bool,
    notes: BTreeMap<(String, String), (Note, usize)>,
}

impl<'w> Reader<'w> {
    pub(super) fn new(work: &'w Work) -> Self {
        Self {
            work,
            problems: Vec::new(),
            uncounted: 0,
            faults: Vec::new(),
            gently: false,
            notes: BTreeMap::new(),
        }
    }

    pub(super) fn problem(
        &mut self,
        node: &Node,
        pointer: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let mut problem = node.place.problem(message, remedy);
        pointer.clone_into(&mut problem.pointer);
        self.push(problem);
    }

    /// Reads an entry whose mistakes concern nothing but itself: they are faults of the file, which is
    /// taken all the same.
    pub(super) fn gently<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.gently, true);
        let found = read(self);
        self.gently = before;
        found
    }

    pub(super) fn push(&mut self, problem: Problem) {
        if self.gently && self.faults.len() < PROBLEMS_KEPT {
            self.faults.push(problem);
        } else if self.problems.len() < PROBLEMS_KEPT {
            self.problems.push(problem);
        } else {
            self.uncounted += 1;
        }
    }

    pub(super) fn wrong(&mut self, at: &At<'_>, message: impl Into<String>, remedy: impl Into<String>) {
        self.problem(at.node, &at.pointer, message, remedy);
    }

    /// Something that is not taken over; repetitions are counted.
    pub(super) fn note(&mut self, group: &str, what: &str, place: Place, pointer: &str, why: &str) {
        let mut key = (group.to_owned(), short(what));
        let mut message = format!("{group}的「{}」{why}", key.1);
        if self.notes.len() >= NOTE_LIMIT && !self.notes.contains_key(&key) {
            key = ("～".to_owned(), String::new());
            "另有其他內容未採用".clone_into(&mut message);
        }
        let (_, count) = self.notes.entry(key).or_insert_with(|| {
            let note = Note {
                line: place.line,
                pointer: pointer.to_owned(),
                message,
            };
            (note, 0)
        });
        *count += 1;
    }

    /// The standard, or everything that is wrong.
    pub(super) fn finish(
        mut self,
        file: &str,
        standard: Option<Standard>,
    ) -> Result<Standard, StandardError> {
        let start = Place { line: 1, column: 1 };
        let waiting = self.work.go_on().map_err(|halt| start.halted(halt));
        waiting.map_err(|problem| StandardError::one(file, problem))?;
        if let Some(mut standard) = standard.filter(|_| self.problems.is_empty()) {
            standard.notes = self
                .notes
                .into_values()
                .map(|(mut note, count)| {
                    if count > 1 {
                        note.message = format!("{}（共 {count} 處）", note.message);
                    }
                    note
                })
                .collect();
            standard
                .notes
                .sort_by(|a, b| (a.line, &a.pointer).cmp(&(b.line, &b.pointer)));
            self.faults.sort_by_key(|p| (p.line, p.column));
            standard.faults = self.faults;
            return Ok(standard);
        }
        self.problems.append(&mut self.faults);
        Err(StandardError::listed(file, self.problems, self.uncounted))
    }

    fn type_error(&mut self, at: &At<'_>, wanted: &str) {
        let found = at.node.value.word();
        self.wrong(
            at,
            format!("這裡應為{wanted}，卻是{found}"),
            format!("請改成{wanted}"),
        );
    }

    /// The entries of a map, after its keys were checked.
    pub(super) fn fields<'n>(&mut self, at: &At<'n>, keys: Keys) -> Option<Fields<'n>> {
        // Nothing further is looked at; the end says why.
        if self.work.stopped() {
            return None;
        }
        let Value::Map(entries) = &at.node.value else {
            self.type_error(at, "鍵與值");
            return None;
        };
        let mut found = HashMap::new();
        for entry in entries {
            let key = entry.key.as_str();
            let pointer = format!("{}/{}", at.pointer, escaped(key));
            let among = |list: &[&str]| list.contains(&key);
            if among(keys.left) {
                if !empty(&entry.node.value) {
                    self.note(keys.what, key, entry.place, &pointer, "未採用");
                }
            } else if !(among(keys.required) || among(keys.optional) || among(keys.idle)) {
                let mut problem = entry.place.problem(
                    format!("{}沒有「{}」這個鍵", keys.what, short(key)),
                    format!("請更正或移除；可用的鍵：{}", known(keys)),
                );
                problem.pointer = pointer;
                self.push(problem);
            }
            found.insert(key, &entry.node);
        }
        for key in keys.required {
            if found.get(key).is_none_or(|node| node.value == Value::Null) {
                self.wrong(
                    at,
                    format!("{}缺少「{key}」", keys.what),
                    format!("請補上「{key}」"),
                );
            }
        }
        Some(Fields {
            at: at.clone(),
            entries: found,
        })
    }

    /// A text without blanks around it; a whole number is taken as it is written.
    pub(super) fn text(&mut self, at: &At<'_>) -> Option<String> {
        match &at.node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Text(_) => {
                self.wrong(at, "這裡是空白", "請填寫，或移除這個鍵");
                None
            }
            Value::Number(number) if number.bytes().all(|b| b.is_ascii_digit()) => Some(number.clone()),
            Value::Number(number) => {
                self.wrong(
                    at,
                    format!("{} 是數字，不是文字", short(number)),
                    "請加上引號，以免 1.10 被讀成 1.1",
                );
                None
            }
            _ => {
                self.type_error(at, "文字");
                None
            }
        }
    }

    /// A text that may be absent or empty.
    pub(super) fn maybe_text(&mut self, fields: &Fields<'_>, key: &str) -> String {
        match fields.get(key) {
            Some(at) if matches!(&at.node.value, Value::Text(t) if t.trim().is_empty()) => String::new(),
            Some(at) => self.text(&at).unwrap_or_default(),
            None => String::new(),
        }
    }

    /// A text that must be there; its absence was said with the keys.
    pub(super) fn must_text(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        fields.get(key).and_then(|at| self.text(&at))
    }

    /// A flag; false where it is absent.
    pub(super) fn flag(&mut self, fields: &Fields<'_>, key: &str) -> bool {
        match fields.get(key) {
            None => false,
            Some(at) => {
                if let Value::Flag(flag) = at.node.value {
                    return flag;
                }
                self.type_error(&at, "是非值（true 或 false）");
                false
            }
        }
    }

    /// A whole number within bounds, if it is there.
    pub(super) fn number(&mut self, fields: &Fields<'_>, key: &str, most: u32) -> Option<u32> {
        let at = fields.get(key)?;
        let Value::Number(text) = &at.node.value else {
            self.type_error(&at, "整數");
            return None;
        };
        let number = text.parse::<u32>().ok().filter(|n| *n <= most);
        if number.is_none() {
            self.wrong(
                &at,
                format!("{} 不是 0 到 {most} 的整數", short(text)),
                "請更正數字",
            );
        }
        number
    }

    /// The items of a list; none where it is absent.
    pub(super) fn list<'n>(&mut self, fields: &Fields<'n>, key: &str) -> Vec<At<'n>> {
        match fields.get(key) {
            None => Vec::new(),
            Some(at) => self.items(&at),
        }
    }

    /// The items of a list.
    pub(super) fn items<'n>(&mut self, at: &At<'n>) -> Vec<At<'n>> {
        let Value::List(items) = &at.node.value else {
            self.type_error(at, "清單");
            return Vec::new();
        };
        let item = |(n, node): (usize, &'n Node)| At {
            node,
            pointer: format!("{}/{n}", at.pointer),
        };
        items.iter().enumerate().map(item).collect()
    }

    /// The texts of a list.
    pub(super) fn texts(&mut self, fields: &Fields<'_>, key: &str) -> Vec<String> {
        let items = self.list(fields, key);
        items.iter().filter_map(|at| self.text(at)).collect()
    }
}

fn known(keys: Keys) -> String {
    let lists = [keys.required, keys.optional, keys.left, keys.idle];
    lists.concat().join("、")
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::Flag(_) | Value::Number(_) => false,
    }
}

/// Ids that must be unique, with the line that gave each first.
#[derive(Debug, Default)]
pub(super) struct Ids {
    seen: HashMap<String, u32>,
}

impl Ids {
    /// Whether an id is new; a repetition is said.
    pub(super) fn add(&mut self, reader: &mut Reader, at: &At<'_>, what: &str, id: &str) -> bool {
        if let Some(first) = self.seen.get(id) {
            reader.wrong(
                at,
                format!("{what}「{}」重複，第 {first} 行已經有了", short(id)),
                "請改用另一個，或刪除其中之一",
            );
            return false;
        }
        self.seen.insert(id.to_owned(), at.line());
        true
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.seen.contains_key(id)
    }
}
