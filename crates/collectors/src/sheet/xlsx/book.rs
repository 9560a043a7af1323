//! What a workbook says of itself: its sheets, shared texts and formats.
//!
//! What: the parts around the rows. Why shared texts lie one behind the other: as strings of
//! their own, a small file could claim gigabytes. What it can't know: which sheet is meant.

use std::collections::BTreeMap;

use super::super::model::SheetError;
use super::super::values::{Shown, built_in, by_code};
use crate::archive::xml::{Node, local};
use crate::archive::zip::Package;

/// The most shared texts, and their bytes together.
const MAX_SHARED: usize = 4_000_000;
const MAX_SHARED_BYTES: usize = 256 * 1024 * 1024;
/// The most of anything else that is listed: sheets, relations, formats.
const MAX_LIST: usize = 70_000;

pub(super) struct Sheet {
    pub name: String,
    pub part: String,
    pub hidden: bool,
}

#[derive(Default)]
pub(super) struct Book {
    pub sheets: Vec<Sheet>,
    pub from_1904: bool,
    pub shared: Shared,
    pub styles: Vec<Shown>,
}

/// Texts one behind the other: four bytes each beside the text itself.
#[derive(Default)]
pub(super) struct Shared {
    all: String,
    ends: Vec<u32>,
}

impl Shared {
    pub fn get(&self, index: &str) -> Option<&str> {
        let index: usize = index.trim().parse().ok()?;
        let end = usize::try_from(*self.ends.get(index)?).ok()?;
        let start = match index.checked_sub(1) {
            Some(before) => usize::try_from(*self.ends.get(before)?).ok()?,
            None => 0,
        };
        self.all.get(start..end)
    }
}

/// Targets of a part's relations: id, kind, and the part meant.
fn relations(package: &mut Package<'_, '_>, of: &str) -> Result<Vec<(String, String, String)>, SheetError> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let part = format!("{folder}/_rels/{file}.rels");
    let mut out = Vec::new();
    package.walk(part.trim_start_matches('/'), |node| -> Result<bool, SheetError> {
        if let Node::Open(name, a) = node
            && local(name) == "Relationship"
            && out.len() < MAX_LIST
        {
            let get = |key| a.get(key).unwrap_or_default();
            let kind = get("Type");
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            out.push((get("Id"), kind, resolved(folder, &get("Target"))));
        }
        Ok(true)
    })?;
    Ok(out)
}

fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                steps.pop();
            }
            other => steps.push(other),
        }
    }
    steps.join("/")
}

pub(super) fn open(package: &mut Package<'_, '_>) -> Result<Book, SheetError> {
    let main = relations(package, "")?
        .into_iter()
        .find(|(_, kind, _)| kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, _, part)| part);
    let links = relations(package, &main)?;
    let part_of = |kind: &str| {
        links
            .iter()
            .find(|(_, k, _)| k == kind)
            .map(|(_, _, part)| part.clone())
    };
    let mut book = Book::default();
    let mut listed = Vec::new();
    let found = package.walk(&main, |node| -> Result<bool, SheetError> {
        if let Node::Open(name, a) = node {
            match local(name) {
                "workbookPr" => book.from_1904 = a.get("date1904").is_some_and(|v| v == "1" || v == "true"),
                "sheet" if listed.len() < MAX_LIST => {
                    let mut id = String::new();
                    a.each(|key, value| {
                        if key.ends_with(":id") {
                            id = value.to_owned();
                        }
                    });
                    let hidden = a.get("state").is_some_and(|state| state != "visible");
                    listed.push((a.get("name").unwrap_or_default(), id, hidden));
                }
                _ => {}
            }
        }
        Ok(true)
    })?;
    if !found {
        return Err(SheetError::NotSheet {
            what: "其他種類的檔案",
            remedy: "請上傳 .ods、.xlsx 或 .csv 檔",
        });
    }
    let mut parts: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, _, part) in links.iter().filter(|(_, kind, _)| kind == "worksheet") {
        parts.entry(id).or_insert(part);
    }
    for (name, id, hidden) in listed {
        if let Some(part) = parts.get(id.as_str()) {
            book.sheets.push(Sheet {
                name,
                part: (*part).to_owned(),
                hidden,
            });
        }
    }
    if let Some(part) = part_of("styles") {
        book.styles = styles(package, &part)?;
    }
    if let Some(part) = part_of("sharedStrings") {
        book.shared = shared(package, &part)?;
    }
    Ok(book)
}

fn styles(package: &mut Package<'_, '_>, part: &str) -> Result<Vec<Shown>, SheetError> {
    let mut codes: BTreeMap<u32, Shown> = BTreeMap::new();
    let mut out = Vec::new();
    let mut inside = false;
    package.walk(part, |node| -> Result<bool, SheetError> {
        match node {
            Node::Open(name, a) => match local(name) {
                "numFmt" if codes.len() < MAX_LIST => {
                    if let Some(id) = a.get("numFmtId").and_then(|id| id.parse().ok()) {
                        codes.insert(id, by_code(&a.get("formatCode").unwrap_or_default()));
                    }
                }
                "cellXfs" => inside = true,
                "xf" if inside && out.len() < MAX_LIST => {
                    let id = a.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    out.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Node::Close(name) if local(name) == "cellXfs" => inside = false,
            _ => {}
        }
        Ok(true)
    })?;
    Ok(out)
}

fn shared(package: &mut Package<'_, '_>, part: &str) -> Result<Shared, SheetError> {
    let mut out = Shared::default();
    let (mut in_text, mut phonetic) = (false, false);
    let too_much = || SheetError::Bomb {
        reason: "共用文字超過上限".to_owned(),
    };
    package.walk(part, |node| -> Result<bool, SheetError> {
        match node {
            Node::Open(name, _) => match local(name) {
                "t" => in_text = !phonetic,
                "rPh" => phonetic = true,
                _ => {}
            },
            Node::Text(text, _) if in_text => {
                if out.all.len() + text.len() > MAX_SHARED_BYTES {
                    return Err(too_much());
                }
                out.all.push_str(text);
            }
            Node::Close(name) => match local(name) {
                "t" => in_text = false,
                "rPh" => phonetic = false,
                "si" => {
                    if out.ends.len() >= MAX_SHARED {
                        return Err(too_much());
                    }
                    out.ends
                        .push(u32::try_from(out.all.len()).map_err(|_| too_much())?);
                }
                _ => {}
            },
            Node::Text(..) => {}
        }
        Ok(true)
    })?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        assert_eq!(resolved("xl", "../a/./b.xml"), "a/b.xml");
        assert_eq!(resolved("xl", "/c.xml"), "c.xml");
    }
}
