//! Column titles: where a table begins and what its columns mean.
//!
//! What: matches titles written in one row, one per line, or broken across lines.
//! Why: the titles are the only sure sign of a table in plain text. What it can't
//! know: a table whose titles share no word with the template's.

use crate::plan::lines::Source;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Name,
    Operation,
    System,
    Importance,
    Impact,
    Mtpd,
    Other,
}

/// How cells are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Tabs,
    Pipes,
    Blanks,
    Flow,
}

/// The titles of one table.
pub(super) struct Header {
    /// Index of its first line.
    pub start: usize,
    /// Index after its last line.
    pub body: usize,
    pub columns: Vec<Role>,
    /// Display columns at which the titles begin, when runs of blanks divide them.
    pub stops: Vec<usize>,
    pub core: bool,
    pub layout: Layout,
    /// Whether the titles say that times are in hours.
    pub hours: bool,
    /// The squeezed titles, to recognise them again on the next page.
    pub signature: String,
    /// The squeezed lines of the titles.
    pub parts: Vec<String>,
}

const TERMS: &[(Role, &[&str])] = &[
    (
        Role::Name,
        &[
            "非核心業務名稱",
            "非核心業務項目",
            "非核心業務",
            "核心業務名稱",
            "核心業務項目",
            "核心業務",
            "業務名稱",
            "業務項目",
            "主要業務",
        ],
    ),
    (
        Role::Operation,
        &[
            "作業名稱",
            "作業項目",
            "作業內容",
            "業務內容",
            "業務說明",
            "業務功能",
            "作業流程",
        ],
    ),
    (
        Role::System,
        &[
            "非核心資通系統名稱",
            "非核心資通系統",
            "核心資通系統名稱",
            "核心資通系統",
            "核心資訊系統",
            "非核心系統",
            "核心系統",
            "資通系統名稱",
            "資通系統",
            "系統名稱",
            "使用系統",
            "使用之資通系統",
            "資訊系統名稱",
            "資訊系統",
            "對應資通系統",
            "對應系統",
            "支援系統",
        ],
    ),
    (
        Role::Importance,
        &["業務重要性說明", "業務重要性", "重要性說明", "重要性"],
    ),
    (
        Role::Impact,
        &[
            "業務失效影響說明",
            "業務失效影響",
            "失效影響說明",
            "失效影響",
            "業務中斷影響說明",
            "業務中斷影響",
            "中斷影響說明",
            "中斷影響",
            "業務影響說明",
            "影響說明",
            "衝擊說明",
        ],
    ),
    (
        Role::Mtpd,
        &[
            "最大可容忍中斷時間",
            "最大容忍中斷時間",
            "最長可容忍中斷時間",
            "最大可容許中斷時間",
            "可容忍中斷時間",
            "容忍中斷時間",
            "MTPD",
            "MTD",
            "MAO",
        ],
    ),
    (
        Role::Other,
        &[
            "項次",
            "編號",
            "序號",
            "次序",
            "備註",
            "RTO",
            "RPO",
            "復原時間目標",
            "復原時間點目標",
            "復原點目標",
            "資料復原時間點目標",
            "系統復原時間目標",
            "防護需求等級",
            "資通系統分級",
            "資通系統等級",
            "系統分級",
            "系統等級",
            "防護等級",
            "主管單位",
            "承辦單位",
            "權責單位",
            "業務單位",
            "負責單位",
            "維護單位",
            "主責單位",
            "單位",
            "類別",
        ],
    ),
];

/// The table that begins at a line, if one does.
pub(super) fn at(source: &Source, index: usize) -> Option<Header> {
    let line = source.lines.get(index)?;
    if line.blank() || line.furniture || line.compact.contains('。') {
        return None;
    }
    let mut header = divided(source, index).or_else(|| run_together(source, index))?;
    let names = |role: Role| header.columns.contains(&role);
    let useful = header.columns.iter().filter(|r| **r != Role::Other).count();
    if !(names(Role::Name) || (names(Role::System) && names(Role::Mtpd))) || useful < 2 {
        return None;
    }
    if !(names(Role::Mtpd) || names(Role::Impact) || names(Role::Importance)) {
        return None;
    }
    header.core = is_core(source, &header);
    Some(header)
}

fn is_core(source: &Source, header: &Header) -> bool {
    if header.signature.contains("非核心") {
        return false;
    }
    if header.signature.contains("核心業務") || header.signature.contains("核心資通系統") {
        return true;
    }
    // The titles don't say; the nearest text above them does.
    let above = (0..header.start)
        .rev()
        .filter_map(|i| source.lines.get(i))
        .take(12);
    for line in above {
        if line.compact.contains("非核心") {
            return false;
        }
        if line.compact.contains("核心業務") {
            return true;
        }
    }
    true
}

/// Cells of a line in the layout that it shows.
pub(super) fn split(text: &str, layout: Layout) -> Vec<String> {
    match layout {
        Layout::Tabs => text.split('\t').map(|c| c.trim().to_owned()).collect(),
        Layout::Pipes => {
            let text = text.trim();
            let text = text.strip_prefix('|').unwrap_or(text);
            let text = text.strip_suffix('|').unwrap_or(text);
            text.split('|')
                .map(|c| c.trim().trim_matches('*').trim().to_owned())
                .collect()
        }
        Layout::Blanks => chunks(text).into_iter().map(|(_, c)| c).collect(),
        Layout::Flow => vec![text.trim().to_owned()],
    }
}

/// Runs of text divided by two blanks or more, with their display columns.
pub(super) fn chunks(text: &str) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let (mut column, mut blanks, mut open) = (0_usize, 2_usize, false);
    for c in text.chars() {
        let blank = c.is_whitespace();
        if blank {
            let wide = if c == '\u{3000}' { 2 } else { 1 };
            blanks += wide;
            column += wide;
            open &= blanks < 2;
            continue;
        }
        if open {
            if let Some((_, last)) = out.last_mut() {
                if blanks == 1 {
                    last.push(' ');
                }
                last.push(c);
            }
        } else {
            out.push((column, c.to_string()));
            open = true;
        }
        blanks = 0;
        column += if c.is_ascii() { 1 } else { 2 };
    }
    out
}

/// Titles in one line, in cells.
fn divided(source: &Source, index: usize) -> Option<Header> {
    let line = source.lines.get(index)?;
    let layout = if line.folded.contains('\t') {
        Layout::Tabs
    } else if line.folded.contains('|') {
        Layout::Pipes
    } else if line.folded.contains("  ") {
        Layout::Blanks
    } else {
        return None;
    };
    let folded = super::super::lines::fold(&line.raw);
    let titles: Vec<String> = split(&folded, layout).iter().map(|t| squeeze(t)).collect();
    let filled = titles.iter().filter(|t| !t.is_empty()).count();
    if filled < 2 || titles.iter().any(|t| t.chars().count() > 24) {
        return None;
    }
    // A row of data says 業務 and 影響 as well; only whole titles make a header, and a
    // length, or a word for none, stands below titles and never among them.
    let filled_in = |t: &String| !t.is_empty() && (super::words::none_word(t) || super::mtpd::plain(t, true));
    let known = titles
        .iter()
        .filter(|t| exact(t).is_some_and(|r| r != Role::Other))
        .count();
    if known < 2 || titles.iter().any(filled_in) {
        return None;
    }
    let columns: Vec<Role> = titles.iter().map(|t| classify(t)).collect();
    if columns.iter().filter(|r| **r != Role::Other).count() < 2 {
        return None;
    }
    let mut header = Header {
        start: index,
        body: index + 1,
        columns,
        stops: chunks(&line.raw).into_iter().map(|(at, _)| at).collect(),
        core: true,
        layout,
        hours: false,
        signature: titles.concat(),
        parts: vec![squeeze(&line.compact)],
    };
    // The second line of wrapped titles, and the rule of a Markdown table.
    while let Some(next) = source.next_text(header.body - 1) {
        let Some(line) = source.lines.get(next) else { break };
        let folded = super::super::lines::fold(&line.raw);
        let cells: Vec<String> = split(&folded, layout).iter().map(|c| squeeze(c)).collect();
        let rule = line
            .compact
            .chars()
            .all(|c| matches!(c, '|' | '-' | ':' | '+' | '=' | '\t'));
        let wrapped = !rule
            && next <= header.body + 1
            && header.parts.len() < 4
            && cells.iter().filter(|c| !c.is_empty()).all(|c| tail(c))
            && cells.iter().any(|c| !c.is_empty());
        if !rule && !wrapped {
            break;
        }
        header.signature.push_str(&cells.concat());
        header.parts.push(squeeze(&line.compact));
        header.body = next + 1;
    }
    header.hours = in_hours(&header.signature);
    Some(header)
}

/// What a wrapped title goes on with.
fn tail(cell: &str) -> bool {
    const TAILS: [&str; 16] = [
        "中斷時間",
        "時間",
        "名稱",
        "說明",
        "系統",
        "影響說明",
        "影響",
        "(小時)",
        "(MTPD)",
        "斷時間",
        "間",
        "明",
        "資通系統",
        "統",
        "(單位:小時)",
        "業務",
    ];
    TAILS.contains(&cell)
}

/// Titles one per line or broken across lines, read as one run of known terms.
fn run_together(source: &Source, index: usize) -> Option<Header> {
    let mut run = String::new();
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut parts = Vec::new();
    let mut at = Some(index);
    while let Some(i) = at {
        let line = source.lines.get(i)?;
        if ends.len() >= 18 || line.compact.contains('。') {
            break;
        }
        let piece = squeeze(&line.compact);
        run.push_str(&piece);
        parts.push(piece);
        ends.push((run.len(), i));
        at = source.next_text(i);
    }
    let mut columns = Vec::new();
    let mut position = 0;
    // The last place where a title and a line end together.
    let mut whole: Option<(usize, usize, usize)> = None;
    while let Some((role, length)) = longest(run.get(position..)?) {
        position += length;
        position += aside(run.get(position..)?);
        columns.push(role);
        if let Some((_, i)) = ends.iter().find(|(end, _)| *end == position) {
            whole = Some((position, *i, columns.len()));
        }
        // Wide tables don't have more columns than this.
        if columns.len() >= 12 {
            break;
        }
    }
    let (end, last, count) = whole?;
    columns.truncate(count);
    parts.truncate(ends.iter().filter(|(e, _)| *e <= end).count());
    let signature = run.get(..end)?.to_owned();
    let layout = layout_below(source, last);
    Some(Header {
        start: index,
        body: last + 1,
        hours: in_hours(&signature),
        columns,
        stops: Vec::new(),
        core: true,
        layout,
        signature,
        parts,
    })
}

/// The layout of the rows below titles that stood one per line.
fn layout_below(source: &Source, last: usize) -> Layout {
    let mut at = last;
    for _ in 0..6 {
        let Some(next) = source.next_text(at) else { break };
        if let Some(line) = source.lines.get(next) {
            if line.folded.contains('\t') {
                return Layout::Tabs;
            }
            if line.folded.contains('|') {
                return Layout::Pipes;
            }
        }
        at = next;
    }
    Layout::Flow
}

fn in_hours(signature: &str) -> bool {
    [
        "(小時",
        "小時)",
        "單位:小時",
        "(時)",
        "(hr",
        "(HR",
        "以小時計",
        "時間小時",
    ]
    .iter()
    .any(|w| signature.contains(w))
}

/// An aside in brackets behind a title: (MTPD), (小時).
fn aside(text: &str) -> usize {
    if !text.starts_with('(') {
        return 0;
    }
    match text.find(')') {
        Some(close) if close <= 40 => close + 1,
        _ => 0,
    }
}

fn longest(text: &str) -> Option<(Role, usize)> {
    TERMS
        .iter()
        .flat_map(|(role, terms)| terms.iter().map(|t| (*role, *t)))
        .filter(|(_, term)| text.starts_with(term))
        .max_by_key(|(_, term)| term.len())
        .map(|(role, term)| (role, term.len()))
}

/// The role of a text that is a known title and nothing else.
pub(super) fn exact(title: &str) -> Option<Role> {
    let title = squeeze(title);
    let (role, length) = longest(&title)?;
    (length + aside(title.get(length..)?) == title.len()).then_some(role)
}

/// The role of a title in a cell of its own.
fn classify(title: &str) -> Role {
    let has = |words: &[&str]| words.iter().any(|w| title.contains(w));
    if has(&[
        "RTO", "RPO", "復原", "等級", "分級", "備註", "項次", "編號", "序號",
    ]) && !has(&["容忍", "MTPD"])
    {
        return Role::Other;
    }
    if has(&["容忍", "中斷時間", "MTPD", "MTD", "容許中斷"]) {
        return Role::Mtpd;
    }
    if has(&["失效", "影響", "衝擊"]) {
        return Role::Impact;
    }
    if has(&["重要性"]) {
        return Role::Importance;
    }
    if has(&["單位"]) {
        return Role::Other;
    }
    if has(&["作業", "業務內容", "業務說明", "業務功能"]) {
        return Role::Operation;
    }
    if has(&["系統"]) && !has(&["業務/", "業務或", "業務及"]) {
        return Role::System;
    }
    if has(&["業務"]) {
        return Role::Name;
    }
    Role::Other
}

/// A title without blanks, dividers and emphasis.
pub(super) fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '|' | '*'))
        .collect()
}
