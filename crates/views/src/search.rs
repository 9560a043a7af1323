//! What a search finds, by kind, in the officer's words.

use serde::Serialize;

/// Where something that was found is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SearchTarget {
    /// A record.
    Record {
        /// Its register.
        register: String,
        /// Its id.
        id: String,
    },
    /// A duty.
    Duty {
        /// Its key.
        key: String,
        /// The system or other row that it is about.
        subject: Option<String>,
    },
    /// A page of the law.
    Law {
        /// Its address.
        href: String,
    },
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub target: SearchTarget,
    /// Where in it the text was found: label and words.
    pub said: Vec<(String, String)>,
    /// How it stands; empty where nothing is to be said.
    pub state: String,
    /// The state's word for style sheets.
    pub colour: String,
    /// What it is due for.
    pub due: String,
    /// Whether the one who asks may change it.
    pub amend: bool,
}

/// A list of all that was found of a kind: what it is called, its query, and how many it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchList {
    /// The list's name; empty for the register as such.
    pub label: String,
    /// The query by which the list shows them.
    pub query: (String, String),
    /// How many it has.
    pub total: u64,
}

/// What was found in one register or one part of the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchGroup {
    /// What it is called.
    pub title: String,
    /// The register; empty where it is none.
    pub register: String,
    /// The first ones.
    pub hits: Vec<SearchHit>,
    /// How many there are.
    pub total: u64,
    /// Whether there are more than were counted.
    pub more: bool,
    /// Where all of them are listed.
    pub all: Vec<SearchList>,
}

/// What was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchKind {
    /// 紀錄, 人員, 檔案, 應辦事項, 法規
    pub title: String,
    /// By register, or by part.
    pub groups: Vec<SearchGroup>,
    /// How many there are in all.
    pub total: u64,
}

/// An answer to a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SearchView {
    /// What was looked for.
    pub asked: String,
    /// Whether that is too little to look for.
    pub too_short: bool,
    /// The day that it was read as, where it is one.
    pub day: Option<period::Date>,
    /// What was found; kinds of which something was.
    pub kinds: Vec<SearchKind>,
}
