//! 辦理紀錄: what was done, on which day, for which duty, and what proves it.
//!
//! Why evidence is counted by distinct hashes: the same file attached twice proves no
//! more. What it can't know: whether the duty's key exists and whether a file shows what
//! is claimed; the application knows the first, an auditor the second.

use crate::core::row::{Row, Stated, check};
use crate::core::text::is_sha256;
use crate::core::{Book, Field, FieldProblem, Kind, Record, RegisterSpec, Sensitivity, found};
use facts::{Done, Subject};
use period::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use crate::core::shape::Evidence;

/// One thing done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// The duty it serves, by key.
    pub duty: String,
    /// For whom.
    pub subject: Subject,
    /// On which day.
    pub on: Date,
    /// What, in a line.
    pub title: String,
    /// 說明
    #[serde(default)]
    pub note: String,
    /// What proves it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// 結果
    #[serde(default)]
    pub result: String,
    /// The last day for which the evidence holds, where it says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Which parts of a duty that carries several clauses this answers, by the ids of the clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Who states it by name, for parts that a person vouches for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_by: Option<String>,
    /// The record of the event that it belongs to, where an event sets the duty off: `register/row`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// The register and the row that `register/row` names; none where it names none.
pub fn event_named(text: &str) -> Option<(String, String)> {
    let (register, row) = text.trim().split_once('/')?;
    (!register.is_empty() && !row.is_empty()).then(|| (register.to_owned(), row.to_owned()))
}

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("duty", "應辦事項", Kind::Text, "audit.internal")
        .help("這次辦理對應哪一項應辦事項")
        .required(),
    Field::new("subject", "對象", Kind::Subject, r#"{"kind":"agency"}"#)
        .help("全機關、某一資通系統、某一人員，或某一契約")
        .required(),
    Field::new("on", "辦理日期", Kind::Date, "2026-05-20").required(),
    Field::new("title", "事由", Kind::Text, "115年度內部稽核").required(),
    Field::new("note", "說明", Kind::LongText, "稽核範圍為全機關，缺失二項。"),
    Field::new(
        "evidence",
        "佐證",
        Kind::Evidence,
        r#"[{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","name":"稽核報告.odt","size":20480,"media_type":"application/vnd.oasis.opendocument.text"}]"#,
    )
    .help("沒有佐證的紀錄不會使應辦事項成為「已完成」"),
    Field::new("result", "結果", Kind::Text, "缺失二項，均已改善"),
    Field::new("valid_until", "佐證有效至", Kind::Date, "2028-06-30")
        .help("佐證本身載有效期者（如證書、契約），填最後一個有效日；未載明者留空"),
    Field::new("parts", "涵蓋項目", Kind::List, r#"["TPE-19.5"]"#)
        .help("應辦事項分數項者，這份佐證或聲明證明其中哪幾項；未列者不計"),
    Field::new("stated_by", "聲明人", Kind::Text, "林示範")
        .help("無檔案而由承辦或主管具名聲明現況者，填其姓名；聲明只及於所列之涵蓋項目，與其他佐證同樣有效期")
        .sensitivity(Sensitivity::Internal),
    Field::new("event", "所屬事由", Kind::Text, "mobile_app/app1")
        .help("應辦事項由事由引起且分數項者，這次證明哪一件事由；由應辦事項頁登錄時以選單選取"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "activity",
    title: "辦理紀錄",
    help: "每辦理一次應辦事項登錄一筆，並附上佐證",
    names_row: "title",
    fields: FIELDS,
    typed: Some(check::<Activity>),
    identity: &["duty", "on", "title"],
    rules: Some(rules),
    ..RegisterSpec::TABLE
};

/// What lies ahead was not done yet.
fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let ahead = row.date("on").is_some_and(|day| day > book.today);
    found([
        ahead.then(|| FieldProblem::new("on", "辦理日期在今天之後，請填實際辦理的日期，例如 115/11/18")),
        row.not_before("valid_until", "on"),
        (!row.is_blank("stated_by") && row.list("parts").is_empty())
            .then(|| FieldProblem::new("parts", "具名聲明者，請列出所聲明之涵蓋項目")),
    ])
}

impl Row for Activity {
    const SPEC: RegisterSpec = SPEC;

    fn validate(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let ordinary = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if !self.duty.chars().all(ordinary) {
            problems.push(FieldProblem::new(
                "duty",
                "「應辦事項」請由清單選取（代碼只含小寫英文、數字、點、底線與連字號）",
            ));
        }
        if let Subject::System(id) | Subject::Person(id) | Subject::Contract(id) = &self.subject
            && id.trim().is_empty()
        {
            problems.push(FieldProblem::new("subject", "「對象」請選取資通系統、人員或契約"));
        }
        for (i, file) in self.evidence.iter().enumerate() {
            let message = if !is_sha256(&file.sha256) {
                "的檢核碼應為 64 個小寫十六進位字元，請重新上傳檔案"
            } else if file.name.trim().is_empty() {
                "沒有檔名，請重新上傳檔案"
            } else {
                continue;
            };
            problems.push(FieldProblem::new(
                "evidence",
                format!("第 {} 個佐證{message}", i + 1),
            ));
        }
        problems
    }
}

impl Stated<Activity> {
    /// The thing done, as an assessment sees it.
    pub fn done(&self) -> Done {
        let files: BTreeSet<&str> = self.row.evidence.iter().map(|e| e.sha256.as_str()).collect();
        Done {
            subject: self.row.subject.clone(),
            duty: self.row.duty.clone(),
            on: self.row.on,
            title: self.row.title.clone(),
            evidence: files.len(),
            until: self.row.valid_until,
            edition: None,
            parts: self.row.parts.clone(),
            stated_by: self.row.stated_by.clone().filter(|name| !name.trim().is_empty()),
            event: self.row.event.as_deref().and_then(event_named),
            says: Vec::new(),
            source: self.source.clone(),
        }
    }
}
