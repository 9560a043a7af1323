//! Rows whose cells are divided by tabs, pipes or runs of blanks.
//!
//! What: puts rows together again that were broken across lines or pages. Why: a row
//! that wraps looks like two. What it can't know: which column a lone fragment
//! belongs to when the row before it was already whole; it then opens the next row.

use super::header::{self, Header, Layout};
use super::mtpd;
use super::rows::{Row, Rows};
use crate::plan::lines::Source;
use crate::plan::markers::{self, Kind};

/// Whether a line without cells ends the table.
pub(super) fn ends(text: &str) -> bool {
    const STARTS: [&str; 19] = [
        "各欄位",
        "備註",
        "註:",
        "註1",
        "說明:",
        "附件",
        "附表",
        "資料來源",
        "※",
        "本表",
        "本機關",
        "本局之",
        "本校之",
        "本府之",
        "本處之",
        "本所之",
        "本會之",
        "上表",
        "綜上",
    ];
    let section = markers::marker(text).is_some_and(|m| {
        matches!(
            m.kind,
            Kind::Han | Kind::Legal | Kind::Chapter | Kind::Section | Kind::HanParen | Kind::Roman
        ) || (matches!(m.kind, Kind::Decimal | Kind::Arabic | Kind::ArabicParen)
            && is_heading(text.get(m.end..).unwrap_or_default()))
    });
    section
        || STARTS.iter().any(|w| text.starts_with(w))
        || text.ends_with("如下:")
        || text.ends_with("如下表:")
        || text.ends_with("下表:")
}

/// Whether a text names the next table: `非核心業務` and its like, and nothing more.
fn is_heading(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    text.contains("核心業務") && text.chars().count() <= 16 && !text.contains(['。', ','])
}

/// Joins two pieces of one cell.
pub(super) fn join(left: &mut String, right: &str) {
    let right = right.trim();
    if right.is_empty() {
        return;
    }
    let before = left.chars().last();
    let after = right.chars().next();
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if latin(before) && latin(after) {
        left.push(' ');
    }
    left.push_str(right);
}

/// The cells of a line as written, not folded.
fn split_raw(raw: &str, layout: Layout) -> Vec<String> {
    match layout {
        Layout::Pipes => {
            let unified: String = raw
                .chars()
                .map(|c| {
                    if matches!(c, '｜' | '│' | '┃' | '∣' | '︱') {
                        '|'
                    } else {
                        c
                    }
                })
                .collect();
            header::split(&unified, layout)
        }
        _ => header::split(raw.trim_end_matches([' ', '\r']), layout),
    }
}

/// A row being put together.
struct Open {
    row: Row,
    /// Cells are still missing on the right.
    short: bool,
}

pub(super) fn rows(source: &Source, header: &Header, end: usize) -> Rows {
    let columns = header.columns.len();
    if header.layout == Layout::Pipes && is_stream(source, header, end) {
        return stream(source, header, end);
    }
    let divider = if header.layout == Layout::Tabs { '\t' } else { '|' };
    let mtpd_column = header.columns.iter().position(|c| *c == header::Role::Mtpd);
    let mut out: Vec<Row> = Vec::new();
    let mut open: Option<Open> = None;
    // A fragment that may be the beginning of the next row.
    let mut ahead: Option<(usize, String)> = None;
    let mut used = header.body;
    let mut index = header.body;
    while index < end {
        let Some(line) = source.lines.get(index) else {
            break;
        };
        let here = index;
        index += 1;
        if line.blank() || line.furniture {
            continue;
        }
        if header.parts.contains(&header::squeeze(&line.compact)) {
            used = index;
            continue;
        }
        if !line.folded.contains(divider) && !line.raw.contains(divider) {
            if ends(&line.folded) {
                break;
            }
            let text = line.raw.trim().to_owned();
            match &mut open {
                Some(o) if o.short => {
                    if let Some(last) = o.row.cells.last_mut() {
                        join(last, &text);
                    }
                }
                Some(o) if unfinished(o, mtpd_column, &text) => {
                    if let Some(last) = o.row.cells.last_mut() {
                        join(last, &text);
                    }
                }
                _ => {
                    if text.chars().count() > 80 {
                        break;
                    }
                    match &mut ahead {
                        Some((_, held)) => join(held, &text),
                        None => ahead = Some((here, text)),
                    }
                    continue;
                }
            }
            used = index;
            continue;
        }
        if line
            .compact
            .chars()
            .all(|c| matches!(c, '|' | '-' | ':' | '+' | '=' | '\t'))
        {
            used = index;
            continue;
        }
        let mut cells = split_raw(&line.raw, header.layout);
        while cells.len() > columns && cells.last().is_some_and(|c| c.trim().is_empty()) {
            cells.pop();
        }
        used = index;
        let mut start = here;
        if let Some((at, mut held)) = ahead.take() {
            if let Some(first) = cells.first_mut() {
                join(&mut held, first);
                *first = held;
            }
            start = at;
        }
        let leading_empty = cells.first().is_some_and(|c| c.trim().is_empty());
        if let Some(o) = &mut open {
            if o.short && !leading_empty && o.row.cells.len() + cells.len() <= columns + 1 {
                let mut rest = cells.into_iter();
                if let (Some(last), Some(first)) = (o.row.cells.last_mut(), rest.next()) {
                    join(last, &first);
                }
                o.row.cells.extend(rest);
                o.short = o.row.cells.len() < columns;
                continue;
            }
            let fresh = cells.len() == columns
                && mtpd_column.is_some_and(|c| {
                    let complete = |cells: &[String]| cells.get(c).is_some_and(|t| mtpd::plain(t, true));
                    complete(&cells) && complete(&o.row.cells)
                });
            if leading_empty && !fresh && cells.len() <= columns {
                for (column, piece) in cells.iter().enumerate() {
                    match o.row.cells.get_mut(column) {
                        Some(cell) => join(cell, piece),
                        None => o.row.cells.push(piece.trim().to_owned()),
                    }
                }
                o.short = o.row.cells.len() < columns;
                continue;
            }
        }
        if let Some(done) = open.take() {
            out.push(finish(done, header));
        }
        let short = cells.len() < columns;
        open = Some(Open {
            row: Row::new(start, cells),
            short,
        });
    }
    if let Some(done) = open.take() {
        out.push(finish(done, header));
    }
    Rows { rows: out, used }
}

/// Whether the last cell of a whole row waits for the rest of its sentence.
fn unfinished(open: &Open, mtpd_column: Option<usize>, text: &str) -> bool {
    let Some(last) = open.row.cells.last() else {
        return false;
    };
    // A cell that has grown long waits for nothing.
    if last.len() > 120 {
        return false;
    }
    let is_mtpd = mtpd_column == Some(open.row.cells.len().saturating_sub(1));
    let closing = text.chars().count() <= 6 && text.ends_with('。');
    let plain =
        mtpd::plain(last, true) && (last.ends_with('。') || last.ends_with('時') || last.ends_with('義'));
    closing || (is_mtpd && !plain && !last.ends_with('。') && last.starts_with(['由', '依', '視']))
}

fn finish(open: Open, header: &Header) -> Row {
    let columns = header.columns.len();
    let mut row = open.row;
    if row.cells.len() < columns {
        // The length stands last and tells itself apart; what is missing is between.
        let at = header.columns.iter().position(|c| *c == header::Role::Mtpd);
        if let Some(at) = at
            && row.cells.len() > 1
            && row.cells.last().is_some_and(|c| mtpd::plain(c, header.hours))
        {
            let cell = row.cells.pop().unwrap_or_default();
            row.cells.resize(at, String::new());
            row.cells.push(cell);
        }
        row.doubt = Some("欄數比欄名少");
    } else if row.cells.len() > columns {
        row.doubt = Some("欄數比欄名多");
    }
    row
}

/// Whether each line is one cell that a pipe ends.
fn is_stream(source: &Source, header: &Header, end: usize) -> bool {
    let (mut single, mut many) = (0_usize, 0_usize);
    for line in source
        .lines
        .iter()
        .take(end)
        .skip(header.body)
        .filter(|l| l.folded.contains('|'))
    {
        let inner = line.folded.trim_matches('|');
        if inner.contains('|') {
            many += 1;
        } else {
            single += 1;
        }
    }
    single > many
}

/// One cell per line, each ended by a pipe: rows are counted off.
fn stream(source: &Source, header: &Header, end: usize) -> Rows {
    let columns = header.columns.len();
    let mtpd_column = header.columns.iter().position(|c| *c == header::Role::Mtpd);
    let mut out = Vec::new();
    let mut row = Row::new(header.body, Vec::new());
    let mut cell = String::new();
    let mut used = header.body;
    for index in header.body..end {
        let Some(line) = source.lines.get(index) else {
            break;
        };
        if line.blank() || line.furniture {
            continue;
        }
        let fresh = row.cells.is_empty() && cell.is_empty();
        if fresh {
            if !line.folded.contains('|') && ends(&line.folded) {
                break;
            }
            row.index = index;
        }
        let unified: String = line
            .raw
            .chars()
            .map(|c| if c == '｜' { '|' } else { c })
            .collect();
        let mut pieces = unified.split('|').peekable();
        while let Some(piece) = pieces.next() {
            join(&mut cell, piece);
            if pieces.peek().is_some() {
                let text = std::mem::take(&mut cell);
                // A pipe at the line's beginning opens the row, it doesn't end a cell.
                if row.cells.is_empty() && text.is_empty() {
                    continue;
                }
                row.cells.push(text);
            }
            if row.cells.len() == columns {
                let odd = mtpd_column
                    .and_then(|c| row.cells.get(c))
                    .is_some_and(|c| c.chars().count() > 40);
                if odd {
                    row.doubt = Some("欄的次序與欄名對不上");
                }
                out.push(std::mem::replace(&mut row, Row::new(index, Vec::new())));
                used = index + 1;
            }
        }
    }
    if !row.cells.is_empty() {
        row.doubt = Some("欄數比欄名少");
        out.push(row);
    }
    Rows { rows: out, used }
}

/// Cells in columns of blanks: a row's cells stand below the titles.
pub(super) fn blank_rows(source: &Source, header: &Header, end: usize) -> Rows {
    let columns = header.columns.len();
    let mtpd_column = header.columns.iter().position(|c| *c == header::Role::Mtpd);
    // Lines in groups that blank lines divide.
    let mut groups: Vec<Vec<Placed>> = vec![Vec::new()];
    let mut used = header.body;
    for index in header.body..end {
        let Some(line) = source.lines.get(index) else {
            break;
        };
        if line.furniture {
            continue;
        }
        if line.blank() {
            if groups.last().is_some_and(|g| !g.is_empty()) {
                groups.push(Vec::new());
            }
            continue;
        }
        if header.parts.contains(&header::squeeze(&line.compact)) {
            used = index + 1;
            continue;
        }
        let pieces = header::chunks(&line.raw);
        if pieces.len() == 1 && (ends(&line.folded) || line.chars() > 45) {
            break;
        }
        let cells = place(&pieces, &header.stops, columns);
        if let Some(group) = groups.last_mut() {
            group.push(Placed { index, cells, pieces });
        }
        used = index + 1;
    }
    let complete = |cells: &[String]| {
        mtpd_column
            .and_then(|c| cells.get(c))
            .is_some_and(|t| !t.is_empty() && (mtpd::plain(t, true) || super::words::none_word(t)))
    };
    let groups: Vec<_> = groups.into_iter().filter(|g| !g.is_empty()).collect();
    let one_each = groups.len() > 1
        && groups
            .iter()
            .all(|g| g.iter().filter(|p| complete(&p.cells)).count() == 1)
        // A row that is whole and then another's beginning: the blank line is a page's end.
        && !groups.iter().any(|g| {
            g.iter()
                .skip_while(|p| !complete(&p.cells))
                .skip(1)
                .any(|p| p.opens(columns))
        });
    let mut out: Vec<Row> = Vec::new();
    // Where the pieces of the last row's first line began; they tell more than the titles.
    let mut stops: Vec<usize> = Vec::new();
    let mut vague = false;
    for group in groups {
        for (at, line) in group.into_iter().enumerate() {
            let opens = line.opens(columns);
            let Placed {
                index,
                mut cells,
                pieces,
            } = line;
            let filled = cells.iter().filter(|c| !c.is_empty()).count();
            let named = cells.first().is_some_and(|c| !c.is_empty());
            // All cells but the last, below a row that is whole: its end is on a later line.
            let torn = !one_each
                && opens
                && mtpd_column == Some(columns - 1)
                && out.last().is_some_and(|r| complete(&r.cells));
            let begins = if one_each {
                at == 0
            } else {
                (named && (complete(&cells) || filled == columns)) || torn || out.is_empty()
            };
            if begins {
                if torn && !complete(&cells) {
                    cells = pieces.iter().map(|(_, text)| text.clone()).collect();
                    cells.resize(columns, String::new());
                } else {
                    vague |= !one_each && !complete(&cells) && mtpd_column.is_some();
                }
                let aligned = pieces.len() == columns || torn;
                stops = if aligned {
                    pieces.iter().map(|(at, _)| *at).collect()
                } else {
                    Vec::new()
                };
                out.push(Row::new(index, cells));
            } else if let Some(row) = out.last_mut() {
                let whole = complete(&row.cells);
                if !stops.is_empty() {
                    match beneath(&pieces, &stops, columns) {
                        Some(placed) => cells = placed,
                        None => row.doubt = Some("續行對不準欄位"),
                    }
                }
                for (column, piece) in cells.iter().enumerate() {
                    if let Some(cell) = row.cells.get_mut(column) {
                        join(cell, piece);
                    }
                }
                // A length that something was joined to is no length any more.
                if whole && !complete(&row.cells) {
                    row.doubt = Some("續行對不準欄位");
                }
            }
        }
    }
    for row in &mut out {
        if row.cells.iter().filter(|c| !c.is_empty()).count() < 2 {
            row.doubt = Some("分不出欄");
        }
    }
    if vague && let Some(first) = out.first_mut() {
        first.doubt = Some("列與列之間分不開");
    }
    Rows { rows: out, used }
}

/// A line in columns of blanks.
struct Placed {
    index: usize,
    /// Its pieces below the titles.
    cells: Vec<String>,
    /// Its pieces with their display columns.
    pieces: Vec<(usize, String)>,
}

impl Placed {
    /// Whether all cells but the last are there, from the left margin on.
    fn opens(&self, columns: usize) -> bool {
        columns > 3 && self.pieces.len() + 1 == columns && self.pieces.first().is_some_and(|(at, _)| *at == 0)
    }
}

/// Puts the pieces of a row's later line below those of its first, one to a column; a
/// piece that stands below none, right of them all, is the next column's. Nothing when
/// a piece stands elsewhere.
fn beneath(pieces: &[(usize, String)], stops: &[usize], columns: usize) -> Option<Vec<String>> {
    // Blanks are rarely exact where wide and narrow characters mix.
    const SLACK: usize = 3;
    let mut cells = vec![String::new(); columns];
    let mut from = 0;
    for (at, text) in pieces {
        let near = stops
            .iter()
            .enumerate()
            .skip(from)
            .find(|(_, stop)| stop.abs_diff(*at) <= SLACK)
            .map(|(column, _)| column);
        let right = stops.last().is_some_and(|last| *at > *last + SLACK);
        let column = near.or_else(|| right.then_some(stops.len().max(from)))?;
        *cells.get_mut(column)? = text.clone();
        from = column + 1;
    }
    Some(cells)
}

/// Puts pieces below the titles: by order when all are there, else by position.
fn place(pieces: &[(usize, String)], stops: &[usize], columns: usize) -> Vec<String> {
    let mut cells = vec![String::new(); columns];
    if pieces.len() == columns {
        return pieces.iter().map(|(_, text)| text.clone()).collect();
    }
    let mut from = 0;
    for (column, text) in pieces {
        let best = stops
            .iter()
            .enumerate()
            .skip(from)
            .min_by_key(|(_, stop)| stop.abs_diff(*column))
            .map_or(columns.saturating_sub(1), |(i, _)| i);
        let target = best.min(columns.saturating_sub(1));
        if let Some(cell) = cells.get_mut(target) {
            join(cell, text);
        }
        from = target;
    }
    cells
}
