//! What a JSON or YAML file says, with the place of every value, within limits.
//!
//! Why a tree of our own: a message must name line and column, a key that is there twice
//! must be refused, and both formats must be held to the same limits. What it can't know:
//! what the values mean.

use super::model::Problem;
use crate::work::Halt;

/// How deep values may be nested.
pub(super) const DEPTH_LIMIT: usize = 64;
/// How many values a file may have, what its aliases repeat included.
pub(super) const NODE_LIMIT: usize = 1_000_000;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    pub(super) fn problem(self, message: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem {
            line: self.line,
            column: self.column,
            pointer: String::new(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn too_deep(self) -> Problem {
        self.problem(
            format!("巢狀超過 {DEPTH_LIMIT} 層"),
            "請確認檔案是標準，不是刻意造成的深層資料",
        )
    }

    pub(super) fn too_many(self) -> Problem {
        self.problem(
            format!("資料超過 {NODE_LIMIT} 筆（含重複引用）"),
            "請分割檔案，或移除重複引用（別名）",
        )
    }

    pub(super) fn halted(self, halt: Halt) -> Problem {
        match halt {
            Halt::Stopped => self.problem(halt.words(), "沒有寫入任何資料；請重新上傳"),
            over => self.problem(
                format!("{}（含重複引用）", over.words()),
                "請分割檔案，或移除重複引用（別名）",
            ),
        }
    }

    pub(super) fn twice(self, key: &str) -> Problem {
        self.problem(format!("鍵「{}」重複", short(key)), "請只留一個")
    }
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    /// As written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

impl Value {
    /// What it is, in words.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Null => "空值",
            Self::Flag(_) => "是非值",
            Self::Number(_) => "數字",
            Self::Text(_) => "文字",
            Self::List(_) => "清單",
            Self::Map(_) => "鍵與值",
        }
    }
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) node: Node,
}

/// A text short enough for a message, on one line.
pub(super) fn short(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut out: String = text.chars().take(60).map(clean).collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}
