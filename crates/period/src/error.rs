//! What can go wrong when a date, a period or a deadline is worked out.
//!
//! What: one enum for the crate; every message names the text, what is wrong with
//! it and an example of what to type, in the officer's language (zh-TW).
//! Why not one per module: a caller that parses a start and a span and counts
//! shows whichever failed in the same place. Problems of a calendar file concern
//! its editor, not the officer, and live in [`crate::CalendarError`].
//! What it can't know: which field of which form the text came from.

/// A date, a period or a deadline could not be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// A text is no date.
    #[error("看不懂日期「{text}」：{problem}。請輸入像 115/11/21 或 民國115年11月21日 的日期")]
    Date {
        /// The text, shortened.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A text is no instant.
    #[error("看不懂日期時間「{text}」：{problem}。請輸入像 115/11/21 10:00 的日期時間")]
    Instant {
        /// The text, shortened.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A text is no period.
    #[error("看不懂期間「{text}」：{problem}。請輸入像 72小時、14日、5工作天、2週、1個月 或 1年 的期間")]
    Span {
        /// The text, shortened.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The amount of a span is out of range.
    #[error("期間的數量 {amount} 不在 1 到 9999 之間。請輸入像 14日 或 1個月 的期間")]
    Amount {
        /// The amount given.
        amount: u32,
    },
    /// A period in hours needs the time of day at which it starts.
    #[error("{span}的期間即時起算，但起點「{start}」只有日期，沒有時刻。請輸入像 {start} 10:00 的日期時間")]
    TimeOfDayMissing {
        /// The day given, in short form.
        start: String,
        /// The period, in words.
        span: String,
    },
    /// The regime for hours was asked to count another unit.
    #[error("「以時計」的算法不能用來計算{span}。請改用以小時計的期間（例如 72小時），或改選其他算法")]
    NotInHours {
        /// The period, in words.
        span: String,
    },
    /// The end lies beyond the dates that can be represented.
    #[error("自 {start} 起算{span}，超出可計算的日期範圍（到西元 9999 年）。請檢查起點與期間是否打錯")]
    OutOfRange {
        /// The start, in short form.
        start: String,
        /// The period, in words.
        span: String,
    },
}

/// A text as an error message quotes it: trimmed and no longer than a line.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let text = text.trim();
    let mut short: String = text.chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    short
}
