//! The tables of core and non-core business.
//!
//! What: finds each table by its column titles, divides it into rows by whatever the
//! source offers (tabs, pipes, runs of blanks, one cell per line), and reads the rows.
//! Why: these tables say what the agency must keep running. What it can't know: where
//! a cell ends when neither layout nor content shows it; such a row is reported.

mod cells;
mod flow;
mod header;
mod listed;
mod mtpd;
mod rows;
mod words;

use std::collections::HashMap;

use super::chapters::Found;
use super::lines::Source;
use super::model::{CoreBusiness, MtpdKind, NonCoreBusiness, Problem};
use crate::work::Work;
use header::{Header, Layout, Role};
use rows::Row;
pub(super) use rows::Tables;
use words::none_word;

pub(super) fn read(source: &Source, chapters: &[Found], problems: &mut Vec<Problem>, work: &Work) -> Tables {
    let mut tables = Tables::default();
    let start = chapters.first().map_or(0, |c| c.index);
    let hours_everywhere = source
        .lines
        .iter()
        .any(|l| l.compact.contains("以小時計") || l.compact.contains("單位:小時"));
    let mut index = start;
    // A plan has a handful of tables; a file made of titles must not cost more than a plan.
    while index < source.lines.len() && tables.ranges.len() < 40 && !work.stopped() {
        let Some(mut header) = header::at(source, index) else {
            index += 1;
            continue;
        };
        header.hours |= hours_everywhere;
        let end = end_of(source, chapters, &header);
        let rows = match header.layout {
            Layout::Tabs | Layout::Pipes => cells::rows(source, &header, end),
            Layout::Blanks => cells::blank_rows(source, &header, end),
            Layout::Flow => flow::rows(source, &header, end),
        };
        let last = rows.used;
        take(source, &header, rows.rows, &mut tables, problems);
        tables.ranges.push((index, last.max(header.body)));
        index = last.max(header.body).max(index + 1);
    }
    if tables.ranges.is_empty() {
        for (header, row) in listed::read(source, chapters) {
            take(source, &header, vec![row], &mut tables, problems);
        }
    }
    duplicates(&tables, problems);
    tables
}

/// The furthest a table can reach: the next chapter or the next table.
fn end_of(source: &Source, chapters: &[Found], header: &Header) -> usize {
    let chapter = chapters
        .iter()
        .map(|c| c.index)
        .find(|i| *i >= header.body)
        .unwrap_or(source.lines.len());
    (header.body..chapter)
        .find(|i| {
            header::at(source, *i).is_some_and(|h| h.core != header.core || h.signature != header.signature)
        })
        .unwrap_or(chapter)
}

fn take(source: &Source, header: &Header, rows: Vec<Row>, tables: &mut Tables, problems: &mut Vec<Problem>) {
    let number = |index: usize| source.lines.get(index).map_or(0, |l| l.number);
    let kind = if header.core {
        "核心業務"
    } else {
        "非核心業務"
    };
    if rows.is_empty() {
        let line = number(header.start);
        problems.push(Problem {
            kind: "unreadable",
            line,
            message: format!(
                "第 {line} 行起的{kind}表有欄名但讀不出任何一列。請確認每列一行、欄與欄之間用定位字元（Tab）或「|」隔開。"
            ),
        });
    }
    let mut above = String::new();
    for row in rows {
        let line = number(row.index);
        let get = |role: Role| -> Option<String> {
            let column = header.columns.iter().position(|c| *c == role)?;
            let text = row.cells.get(column)?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let cell = if header.columns.contains(&Role::Mtpd) {
            get(Role::Mtpd)
        } else {
            None
        };
        let mtpd = mtpd::read(cell.as_deref().unwrap_or_default(), header.hours);
        let named = get(Role::Name).or_else(|| (!header.core).then(|| get(Role::System)).flatten());
        let name = match named {
            Some(name) => name,
            // A business with several systems fills its name in once.
            None if !above.is_empty() && get(Role::System).is_some() => above.clone(),
            None => {
                problems.push(unreadable(line, kind, "沒有業務名稱"));
                continue;
            }
        };
        above.clone_from(&name);
        if let Some(why) = row.doubt {
            tables.core_doubt |= header.core;
            problems.push(unreadable(line, kind, why));
        }
        // A text that is no answer is no answer; what it says is reported instead.
        if mtpd.kind == MtpdKind::Missing && !mtpd.text.is_empty() {
            problems.push(Problem {
                kind: "unreadable",
                line,
                message: format!(
                    "第 {line} 行「{}」的最大可容忍中斷時間寫「{}」，讀不出是幾小時。請寫成一個數字加單位，例如「24小時」。",
                    shown(&name),
                    mtpd.text
                ),
            });
        }
        let system = get(Role::System).filter(|s| !none_word(s));
        if header.core {
            tables.core_system_column |= header.columns.contains(&Role::System);
            let (name, explained) = divide_name(&name);
            tables.core.push(CoreBusiness {
                name,
                operation: get(Role::Operation).or(explained),
                system,
                importance: get(Role::Importance),
                impact: get(Role::Impact),
                mtpd,
                line,
            });
        } else {
            tables.non_core.push(NonCoreBusiness {
                name,
                system,
                impact: get(Role::Impact),
                mtpd,
                line,
            });
        }
    }
}

fn unreadable(line: u32, kind: &str, why: &str) -> Problem {
    Problem {
        kind: "unreadable",
        line,
        message: format!(
            "第 {line} 行的{kind}列讀不完整：{why}。請對照原文補正，或把該列整理成一行、以 Tab 分欄。"
        ),
    }
}

/// `戶政業務：受理登記…` is a name with an explanation.
fn divide_name(cell: &str) -> (String, Option<String>) {
    for mark in ['：', ':'] {
        if let Some((head, tail)) = cell.split_once(mark) {
            let (head, tail) = (head.trim(), tail.trim());
            if (2..=30).contains(&head.chars().count()) && !tail.is_empty() {
                return (head.to_owned(), Some(tail.to_owned()));
            }
        }
    }
    (cell.to_owned(), None)
}

fn shown(name: &str) -> String {
    name.chars().take(30).collect()
}

fn duplicates(tables: &Tables, problems: &mut Vec<Problem>) {
    let key = |name: &str, system: Option<&String>| -> String {
        let all = format!("{name}\u{0}{}", system.map_or("", String::as_str));
        super::lines::fold(&all)
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect()
    };
    let core: Vec<(String, &str, u32)> = tables
        .core
        .iter()
        .map(|r| {
            (
                key(
                    &format!("{}\u{0}{}", r.name, r.operation.as_deref().unwrap_or("")),
                    r.system.as_ref(),
                ),
                r.name.as_str(),
                r.line,
            )
        })
        .collect();
    let non_core: Vec<(String, &str, u32)> = tables
        .non_core
        .iter()
        .map(|r| (key(&r.name, r.system.as_ref()), r.name.as_str(), r.line))
        .collect();
    for (table, rows) in [("核心業務", core), ("非核心業務", non_core)] {
        let mut seen: HashMap<&str, u32> = HashMap::new();
        for (key, name, line) in &rows {
            if let Some(first) = seen.get(key.as_str()) {
                problems.push(Problem {
                    kind: "duplicate_row",
                    line: *line,
                    message: format!(
                        "{table}表的「{}」出現兩次：第 {first} 行與第 {line} 行。請刪除重複的一列，或改成可區分的名稱。",
                        shown(name)
                    ),
                });
            } else {
                seen.insert(key, *line);
            }
        }
    }
}
