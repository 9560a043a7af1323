//! What 今天 says beside the tasks: questions, and what changed since somebody was last here.

use period::Date;
use serde::Serialize;

/// How a question is answered where it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionInput {
    /// 有 or 沒有.
    YesNo,
    /// A day.
    Day,
    /// A few words.
    Words,
}

/// Something that isn't known, as a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuestionView {
    /// The fact.
    pub fact: String,
    /// The question.
    pub asks: String,
    /// How it is answered in place; none where its own page asks it.
    pub input: Option<QuestionInput>,
    /// How many duties it settles alone.
    pub settles: usize,
    /// How many wait for it, alone or with others.
    pub waiting: usize,
    /// Some of those.
    pub concerns: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// Who knows.
    pub knows: String,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeLine {
    /// 法規, 退回, 紀錄…
    pub kind: &'static str,
    /// What changed.
    pub text: String,
    /// Where to look.
    pub path: String,
}

/// What changed since somebody's last visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SinceView {
    /// When that was.
    pub since: String,
    /// What changed.
    pub lines: Vec<ChangeLine>,
    /// How many more registers changed.
    pub more: usize,
    /// Whether so much changed that not all of it was looked at.
    pub cut: bool,
}

/// A record that waits for a decision of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitingView {
    /// What it is: register and name.
    pub title: String,
    /// Where it is.
    pub path: String,
    /// For whom it waits; empty where it waits for the visitor.
    pub whom: String,
    /// Since when.
    pub since: String,
    /// Since how many days.
    pub days: i32,
}

/// A month of the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthView {
    /// Its first day.
    pub first: Date,
    /// How it is asked for: `115-07`.
    pub key: String,
    /// 7 月
    pub title: String,
    /// What is still to be done by a day of it.
    pub open: usize,
    /// How much of that is late.
    pub late: usize,
    /// What was done on a day of it.
    pub done: usize,
    /// Whether the day shown is in it.
    pub is_now: bool,
}
