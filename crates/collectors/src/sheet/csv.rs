//! Text with separators.
//!
//! What: encoding and separator are found, quoted fields and the line breaks in them are read,
//! and the apostrophe that keeps programs from running a text as a formula is taken off again.
//! Why every cell is text: `007` and `1-2` must not become a number and a day on the way.
//! What it can't know: a file in another old encoding whose bytes happen to be Big5.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use encoding_rs::{BIG5, DecoderResult, Encoding, UTF_16BE, UTF_16LE};

use super::model::{Cell, Format, Opened, SheetError, SheetRow};
use super::sink::Sink;
use super::values::text;
use crate::work::{Halt, Work};

/// The fields of a row that are told apart; programs export at most this many columns.
const MAX_FIELDS: usize = 16_385;
/// The rows by which the separator is found.
const SAMPLE_ROWS: usize = 20;
const SEPARATORS: [u8; 3] = *b",;\t";

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Opened, SheetError> {
    let (content, encoding) = decode(bytes, sink.work)?;
    if content.contains('\0') {
        return Err(SheetError::NotSheet {
            what: "無法辨識的檔案",
            remedy: "請上傳 .ods、.xlsx 或 .csv 檔",
        });
    }
    let mut content = content.as_str();
    let mut separator = None;
    // Excel's own way of naming the separator; it shows no row for it.
    if let Some((first, rest)) = content.split_once('\n')
        && let Some(named) = first.trim_end().strip_prefix("sep=")
        && let [byte] = named.as_bytes()
    {
        (separator, content) = (Some(*byte), rest);
    }
    let separator = separator.unwrap_or_else(|| find_separator(content.as_bytes()));
    let mut rows = Rows::new(
        content,
        separator,
        sink.limits.columns.max(1).saturating_mul(sink.limits.cell_chars),
    );
    while let Some(number) = rows.next()? {
        let mut cells = Vec::new();
        sink.work.steps(rows.fields)?;
        for (column, field) in rows.fields().enumerate() {
            if field.len() > sink.limits.cell_chars && field.chars().count() > sink.limits.cell_chars {
                return Err(sink.too_long(number, column));
            }
            sink.work.text(field.len(), 1)?;
            cells.push(text(unescaped(field)));
        }
        if rows.cut
            || cells
                .iter()
                .skip(sink.limits.columns)
                .any(|cell| *cell != Cell::Empty)
        {
            return Err(sink.too_wide(number));
        }
        let row = SheetRow {
            number,
            cells,
            merged: false,
            formulas: Vec::new(),
        };
        sink.push(row, 1)?;
        if sink.stopped() {
            break;
        }
    }
    if sink.rows() == 0 {
        return Err(SheetError::Empty);
    }
    let mut notices = sink.notices();
    if !encoding.starts_with("UTF-8") {
        notices.push(format!("檔案編碼是 {encoding}，已轉為 UTF-8"));
    }
    Ok(Opened {
        format: Format::Csv,
        encoding: Some(encoding),
        sheets: Vec::new(),
        sheet: None,
        notices,
        hidden_key: None,
        meta: Vec::new(),
    })
}

/// The text behind the apostrophe that shields it; exactly what `documents` puts there.
fn unescaped(field: &str) -> &str {
    match field.strip_prefix('\'') {
        Some(rest)
            if rest
                .trim_start_matches('\'')
                .starts_with(['=', '+', '-', '@', '\t', '\r']) =>
        {
            rest
        }
        _ => field,
    }
}

/// Rows of a text, each with its number.
struct Rows<'a> {
    input: &'a [u8],
    reader: Reader,
    number: u32,
    after_return: bool,
    output: Vec<u8>,
    most: usize,
    ends: Vec<usize>,
    fields: usize,
    /// The row has more fields than are told apart.
    cut: bool,
}

impl<'a> Rows<'a> {
    fn new(content: &'a str, separator: u8, most: usize) -> Self {
        Self {
            input: content.as_bytes(),
            reader: ReaderBuilder::new().delimiter(separator).build(),
            number: 0,
            after_return: false,
            output: vec![0; 64 * 1024],
            most: most.max(64 * 1024),
            ends: vec![0; MAX_FIELDS],
            fields: 0,
            cut: false,
        }
    }

    /// Reads the next row that isn't an empty line, and gives its number.
    fn next(&mut self) -> Result<Option<u32>, SheetError> {
        self.skip_empty();
        if self.input.is_empty() {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        (self.fields, self.cut) = (0, false);
        let mut written = 0;
        loop {
            let broken = || SheetError::damaged(format!("第 {} 列", self.number));
            let (out, ends) = (self.output.get_mut(written..), self.ends.get_mut(self.fields..));
            let (out, ends) = out.zip(ends).ok_or_else(broken)?;
            let (result, read, wrote, ended) = self.reader.read_record(self.input, out, ends);
            self.after_return = read > 0 && self.input.get(read - 1) == Some(&b'\r');
            self.input = self.input.get(read..).unwrap_or_default();
            written += wrote;
            self.fields += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return Ok(Some(self.number)),
                // An empty input tells the reader that this was all.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.output.len() < self.most => {
                    let larger = self.output.len().saturating_mul(2);
                    self.output.resize(larger, 0);
                }
                ReadRecordResult::OutputFull => {
                    let reason = format!("第 {} 列過長，可能缺少結尾的引號", self.number);
                    return Err(SheetError::damaged(reason));
                }
                ReadRecordResult::OutputEndsFull => {
                    self.cut = true;
                    return Ok(Some(self.number));
                }
            }
        }
    }

    /// Passes over empty lines, which the reader would skip without counting.
    fn skip_empty(&mut self) {
        if self.after_return
            && let Some(rest) = self.input.strip_prefix(b"\n")
        {
            self.input = rest;
        }
        self.after_return = false;
        while let Some(rest) = [&b"\r\n"[..], b"\n", b"\r"]
            .iter()
            .find_map(|end| self.input.strip_prefix(*end))
        {
            self.input = rest;
            self.number = self.number.saturating_add(1);
        }
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().take(self.fields).map(move |end| {
            let field = self.output.get(start..*end).unwrap_or_default();
            start = *end;
            std::str::from_utf8(field).unwrap_or_default()
        })
    }
}

/// The separator by which the first rows fall into the most columns of the same count.
fn find_separator(content: &[u8]) -> u8 {
    let head = content.get(..content.len().min(256 * 1024)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let mut best = (0, 0, b',');
    for separator in SEPARATORS {
        let mut rows = Rows::new(&head, separator, 256 * 1024);
        let mut counts = Vec::new();
        while counts.len() < SAMPLE_ROWS
            && let Ok(Some(_)) = rows.next()
        {
            counts.push(rows.fields);
        }
        for count in counts.iter().copied().filter(|count| *count > 1) {
            let alike = counts.iter().filter(|other| **other == count).count();
            if (alike, count) > (best.0, best.1) {
                best = (alike, count, separator);
            }
        }
    }
    best.2
}

/// The bytes that are decoded before the sign to stop is looked at again.
const AT_ONCE: usize = 1024 * 1024;

fn decode(bytes: &[u8], work: &Work) -> Result<(String, &'static str), SheetError> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return utf8(rest).map(|text| (text, "UTF-8 BOM"));
    }
    for (mark, encoding, name) in [
        (b"\xFF\xFE", UTF_16LE, "UTF-16LE"),
        (b"\xFE\xFF", UTF_16BE, "UTF-16BE"),
    ] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return by(encoding, rest, work)?
                .map(|text| (text, name))
                .map_err(undecodable);
        }
    }
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // One zero in fifty characters at least, and only in one half of them.
    if even.min(odd) == 0 && even.max(odd) * 100 >= head.len() && even.max(odd) > 0 {
        // Line ends and separators are ASCII, so one half of each is zero.
        let (encoding, name) = if odd > even {
            (UTF_16LE, "UTF-16LE")
        } else {
            (UTF_16BE, "UTF-16BE")
        };
        return by(encoding, bytes, work)?
            .map(|text| (text, name))
            .map_err(undecodable);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), "UTF-8")),
        Err(error) => by(BIG5, bytes, work)?.map(|text| (text, "Big5")).map_err(|line| {
            // The encoding that got further is the one that was meant.
            undecodable(line.max(line_of(bytes, error.valid_up_to())))
        }),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, SheetError> {
    std::str::from_utf8(bytes)
        .map(str::to_owned)
        .map_err(|e| undecodable(line_of(bytes, e.valid_up_to())))
}

fn undecodable(row: u32) -> SheetError {
    SheetError::Undecodable { row }
}

fn line_of(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or_default();
    lines(before.split(|b| *b == b'\n').count().saturating_sub(1))
}

fn lines(ends: usize) -> u32 {
    u32::try_from(ends).unwrap_or(u32::MAX).saturating_add(1)
}

/// The text, or the line of the first bytes that are none.
fn by(encoding: &'static Encoding, bytes: &[u8], work: &Work) -> Result<Result<String, u32>, Halt> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut out = String::with_capacity(room.unwrap_or(bytes.len()).min(bytes.len().saturating_mul(2)));
    let mut pieces = bytes.chunks(AT_ONCE).peekable();
    while let Some(piece) = pieces.next() {
        work.step()?;
        let (mut rest, last) = (piece, pieces.peek().is_none());
        loop {
            let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut out, last);
            rest = rest.get(read..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => out.reserve(rest.len().max(64)),
                DecoderResult::Malformed(..) => return Ok(Err(lines(out.matches('\n').count()))),
            }
        }
    }
    Ok(Ok(out))
}
