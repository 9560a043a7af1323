//! Frameworks, catalogues, profiles and mappings that others publish.
//!
//! What: CISO Assistant libraries (YAML) and OSCAL catalogues and profiles (JSON) become
//! one plain [`Standard`], each requirement and mapping with its line. Why strict: what is
//! silently dropped from a standard is missed in every assessment that uses it, so an
//! unknown key, a dangling parent or a duplicate id refuses the file, and what is known but
//! not taken over is listed in [`Standard::notes`]. What it can't know: the law, whether
//! the publisher's text may be passed on, and what an external reference leads to.

mod ciso_assistant;
mod json;
mod model;
mod oscal;
mod shape;
mod tree;
mod yaml;

pub use model::{
    Format, Kind, Level, Mapping, Note, Problem, Relationship, Requirement, Selection, Standard,
    StandardError,
};

use crate::work::{STANDARD, Stop, Work};
use shape::Reader;
use tree::{Node, Value};

/// The largest file that is read: 16 MiB.
pub const SIZE_LIMIT: usize = 16 * 1024 * 1024;

/// Reads a standard; which format it is follows from its content, never from its name.
///
/// # Errors
/// Everything that is wrong with the file, each with its place and what to do.
pub fn parse(file: &str, bytes: &[u8]) -> Result<Standard, StandardError> {
    parse_within(file, bytes, &Work::new(&STANDARD, bytes.len(), Stop::default()))
}

/// As [`parse`], within a budget that the caller may look at, and stop.
///
/// # Errors
/// As [`parse`], and where the budget is spent or the sign to stop was given.
pub fn parse_within(file: &str, bytes: &[u8], work: &Work) -> Result<Standard, StandardError> {
    let text = text_of(bytes).map_err(|p| StandardError::one(file, p))?;
    let is_json = text.trim_start().starts_with(['{', '[']);
    let root = if is_json {
        json::parse(text, work)
    } else {
        yaml::parse(text, work)
    };
    let root = root.map_err(|p| StandardError::one(file, p))?;
    let mut reader = Reader::new(work);
    let standard = read(&mut reader, &root);
    reader.finish(file, standard)
}

fn read(reader: &mut Reader<'_>, root: &Node) -> Option<Standard> {
    let Value::Map(entries) = &root.value else {
        let found = root.value.word();
        reader.problem(
            root,
            "",
            format!("最外層應為鍵與值，這裡是{found}"),
            "請確認這是 CISO Assistant 的函式庫檔，或 OSCAL 的 catalog、profile",
        );
        return None;
    };
    let has = |key: &str| entries.iter().any(|e| e.key == key);
    if has("catalog") || has("profile") {
        oscal::read(reader, root)
    } else if has("objects") || has("urn") {
        ciso_assistant::read(reader, root)
    } else {
        let keys: Vec<&str> = entries.iter().take(5).map(|e| e.key.as_str()).collect();
        reader.problem(
            root,
            "",
            format!("認不出格式；最外層的鍵是 {}", keys.join("、")),
            "只收 CISO Assistant 函式庫（urn、objects）與 OSCAL 的 catalog、profile；其他 OSCAL 文件不收",
        );
        None
    }
}

/// The text of a file that must be UTF-8; a byte order mark is let pass.
fn text_of(bytes: &[u8]) -> Result<&str, Problem> {
    let at = |line: usize, message: String, remedy: &str| Problem {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: 1,
        pointer: String::new(),
        message,
        remedy: remedy.to_owned(),
    };
    if bytes.len() > SIZE_LIMIT {
        let message = format!(
            "檔案有 {} MB，超過上限 {} MB",
            bytes.len() >> 20,
            SIZE_LIMIT >> 20
        );
        return Err(at(1, message, "請分割，或移除用不到的部分再匯入"));
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = good.split(|b| *b == b'\n').count();
        at(line, "這一行不是 UTF-8 文字".to_owned(), "請另存為 UTF-8 再匯入")
    })?;
    if text.trim().is_empty() {
        return Err(at(1, "檔案是空的".to_owned(), "請確認匯出的內容"));
    }
    Ok(text)
}
