//! Lines that people keep on paper and in mails, and why one of them can't be read.
//!
//! Why so strict: a line that reads in two ways could be "the same" as another one. Only
//! the white space between words is free, as mail programs change it.

use crate::encoding::{Hash, from_hex};

/// Why a line is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It has too few or too many words.
    #[error("應為一行「{0}」，請整行複製，不要斷行")]
    Shape(&'static str),
    /// Another format's tag.
    #[error("這一行的格式是「{found}」，此處只讀「{expected}」；請確認複製的是哪一行，或用產生它的版本驗證")]
    Format {
        /// What the line begins with.
        found: String,
        /// What it should begin with.
        expected: &'static str,
    },
    /// The number is none, or is written another way than we write it.
    #[error("「{0}」不是數字，請重新複製")]
    Number(String),
    /// Not the right number of lower-case hexadecimal digits.
    #[error("「{0}」應為小寫十六進位字元（雜湊與公鑰 64 個，簽章 128 個），請重新複製")]
    Hexadecimal(String),
}

/// The words after the tag.
pub(crate) fn words<'a>(
    line: &'a str,
    tag: &'static str,
    shape: &'static str,
) -> Result<Vec<&'a str>, LineError> {
    let mut words = line.split_whitespace();
    match words.next() {
        None => Err(LineError::Shape(shape)),
        Some(found) if found != tag => Err(LineError::Format {
            found: found.chars().take(60).collect(),
            expected: tag,
        }),
        Some(_) => Ok(words.collect()),
    }
}

/// A number as we write it: decimal, without leading zeros or a plus.
pub(crate) fn number<N: std::str::FromStr + ToString>(word: &str) -> Result<N, LineError> {
    let number: Option<N> = word.parse().ok();
    number
        .filter(|n| n.to_string() == word)
        .ok_or_else(|| LineError::Number(word.chars().take(60).collect()))
}

pub(crate) fn hash(word: &str) -> Result<Hash, LineError> {
    from_hex(word).ok_or_else(|| LineError::Hexadecimal(word.chars().take(160).collect()))
}
