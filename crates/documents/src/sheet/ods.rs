//! OpenDocument spreadsheets.
//!
//! What: rows go into the archive as they come, so only what is packed is held in memory. The
//! type of the file stands first and unpacked, the clock nowhere: the same table gives the same
//! bytes. Why days by ROC year: that is how officers read them; the cell is a real day.
//! What it can't know: how many rows will come; so the whole sheet is what is printed.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use period::{roc_instant, roc_short};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::model::{
    DocumentError, META, Ready, SPARE_ROWS, Table, Value, clean, failed, next_row, ready, sheet_name,
};
use super::parts::{CONTENT, MANIFEST, STYLES, TYPE, meta, settings};
use super::xml::{attribute, escape};

type Archive = ZipWriter<Cursor<Vec<u8>>>;

/// The table as ODS.
pub fn ods(table: &Table, rows: &mut dyn Iterator<Item = Vec<Value>>) -> Result<Vec<u8>, DocumentError> {
    let name = sheet_name(&table.title);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let stored = packed.compression_method(CompressionMethod::Stored);
    part(&mut archive, "mimetype", stored, TYPE)?;
    part(&mut archive, "META-INF/manifest.xml", packed, MANIFEST)?;
    part(&mut archive, "styles.xml", packed, STYLES)?;
    part(&mut archive, "meta.xml", packed, &meta(table))?;
    part(&mut archive, "settings.xml", packed, &settings(&name))?;
    part(&mut archive, "content.xml", packed, CONTENT)?;
    let mut out = String::new();
    start(&mut out, table, &name);
    let mut number = 1;
    for row in rows {
        number = next_row(number, row.len(), table.columns.len())?;
        out.push_str(r#"<table:table-row table:style-name="tall">"#);
        let given = row.len();
        for (index, value) in row.into_iter().enumerate() {
            cell(&mut out, validation(table, index), value);
        }
        (given..table.columns.len()).for_each(|index| cell(&mut out, validation(table, index), Value::Empty));
        out.push_str("</table:table-row>");
        if out.len() > 64 * 1024 {
            put(&mut archive, &out)?;
            out.clear();
        }
    }
    end(&mut out, table);
    put(&mut archive, &out)?;
    Ok(archive.finish().map_err(|e| failed(&e))?.into_inner())
}

fn part(
    archive: &mut Archive,
    name: &str,
    options: SimpleFileOptions,
    text: &str,
) -> Result<(), DocumentError> {
    archive.start_file(name, options).map_err(|e| failed(&e))?;
    put(archive, text)
}

fn put(archive: &mut Archive, text: &str) -> Result<(), DocumentError> {
    archive.write_all(text.as_bytes()).map_err(|e| failed(&e))
}

/// Column styles, choices, and the sheet up to its row of headings.
fn start(out: &mut String, table: &Table, name: &str) {
    for (index, column) in table.columns.iter().enumerate() {
        // A character of half width is about 0.2 cm wide.
        let tenths = u32::from(column.width_chars.clamp(4, 120)) * 2 + 4;
        let _ = write!(
            out,
            r#"<style:style style:name="co{index}" style:family="table-column"><style:table-column-properties style:column-width="{}.{}cm"/></style:style>"#,
            tenths / 10,
            tenths % 10
        );
    }
    out.push_str("</office:automatic-styles><office:body><office:spreadsheet>");
    if table.columns.iter().any(|column| !column.choices.is_empty()) {
        out.push_str("<table:content-validations>");
        for (index, column) in table.columns.iter().enumerate() {
            if column.choices.is_empty() {
                continue;
            }
            let list: Vec<String> = column
                .choices
                .iter()
                .map(|choice| format!("\"{}\"", clean(choice).replace('"', "\"\"")))
                .collect();
            let _ = write!(out, r#"<table:content-validation table:name="val{index}""#);
            attribute(
                out,
                "table:condition",
                &format!("of:cell-content-is-in-list({})", list.join(";")),
            );
            attribute(
                out,
                "table:base-cell-address",
                &format!("'{name}'.{}2", letters(index)),
            );
            out.push_str(r#" table:allow-empty-cell="true" table:display-list="unsorted"><table:error-message table:display="true" table:message-type="warning" table:title="不在選項中"><text:p>請從清單選一項</text:p></table:error-message></table:content-validation>"#);
        }
        out.push_str("</table:content-validations>");
    }
    out.push_str("<table:table");
    attribute(out, "table:name", name);
    out.push_str(r#" table:style-name="shown">"#);
    for index in 0..table.columns.len() {
        let _ = write!(
            out,
            r#"<table:table-column table:style-name="co{index}" table:default-cell-style-name="Default"/>"#
        );
    }
    out.push_str(r#"<table:table-header-rows><table:table-row table:style-name="tall">"#);
    for column in &table.columns {
        out.push_str(r#"<table:table-cell table:style-name="head" office:value-type="string">"#);
        if !column.note.is_empty() {
            out.push_str("<office:annotation>");
            paragraphs(out, &clean(&column.note));
            out.push_str("</office:annotation>");
        }
        paragraphs(out, &clean(&column.label));
        out.push_str("</table:table-cell>");
    }
    out.push_str("</table:table-row></table:table-header-rows>");
}

/// The end of the sheet, and the hidden one.
fn end(out: &mut String, table: &Table) {
    if table.columns.iter().any(|column| !column.choices.is_empty()) {
        let _ = write!(
            out,
            r#"<table:table-row table:number-rows-repeated="{SPARE_ROWS}">"#
        );
        for index in 0..table.columns.len() {
            match validation(table, index) {
                Some(index) => {
                    let _ = write!(
                        out,
                        r#"<table:table-cell table:content-validation-name="val{index}"/>"#
                    );
                }
                None => out.push_str("<table:table-cell/>"),
            }
        }
        out.push_str("</table:table-row>");
    }
    if table.columns.is_empty() {
        out.push_str("<table:table-row><table:table-cell/></table:table-row>");
    }
    out.push_str("</table:table>");
    if !table.meta.is_empty() {
        let _ = write!(
            out,
            r#"<table:table table:name="{META}" table:style-name="hidden"><table:table-column table:number-columns-repeated="2"/>"#
        );
        for (key, value) in &table.meta {
            out.push_str("<table:table-row>");
            for text in [key, value] {
                out.push_str(r#"<table:table-cell office:value-type="string">"#);
                paragraphs(out, &clean(text));
                out.push_str("</table:table-cell>");
            }
            out.push_str("</table:table-row>");
        }
        out.push_str("</table:table>");
    }
    out.push_str("</office:spreadsheet></office:body></office:document-content>");
}

/// The column's number where it has choices.
fn validation(table: &Table, index: usize) -> Option<usize> {
    table
        .columns
        .get(index)
        .filter(|column| !column.choices.is_empty())
        .map(|_| index)
}

fn cell(out: &mut String, choices: Option<usize>, value: Value) {
    let value = ready(value);
    let style = match &value {
        Ready::Empty | Ready::Text(_) => "text",
        Ready::Number(_) => "number",
        Ready::Day(_) => "day",
        Ready::Moment(_) => "moment",
    };
    let _ = write!(out, r#"<table:table-cell table:style-name="{style}""#);
    if let Some(index) = choices {
        let _ = write!(out, r#" table:content-validation-name="val{index}""#);
    }
    let shown = match value {
        Ready::Empty => {
            out.push_str("/>");
            return;
        }
        Ready::Text(text) => {
            out.push_str(r#" office:value-type="string">"#);
            text
        }
        Ready::Number(number) => {
            let _ = write!(out, r#" office:value-type="float" office:value="{number}">"#);
            number
        }
        Ready::Day(day) => {
            let _ = write!(
                out,
                r#" office:value-type="date" office:date-value="{:04}-{:02}-{:02}">"#,
                day.year(),
                day.month(),
                day.day()
            );
            roc_short(day)
        }
        Ready::Moment(at) => {
            let _ = write!(
                out,
                r#" office:value-type="date" office:date-value="{:04}-{:02}-{:02}T{:02}:{:02}:{:02}">"#,
                at.year(),
                at.month(),
                at.day(),
                at.hour(),
                at.minute(),
                at.second()
            );
            roc_instant(at)
        }
    };
    paragraphs(out, &shown);
    out.push_str("</table:table-cell>");
}

/// `A`, `B`, … `AA`.
fn letters(index: usize) -> String {
    let mut out = String::new();
    let mut rest = index + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        out.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    out
}

/// Each line a paragraph; blanks that XML readers would drop are counted out.
fn paragraphs(out: &mut String, text: &str) {
    for line in text.split('\n') {
        out.push_str("<text:p>");
        let mut rest = line;
        while !rest.is_empty() {
            let at = rest.find([' ', '\t']).unwrap_or(rest.len());
            let (plain, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
            escape(out, plain);
            let blanks = after.len() - after.trim_start_matches(' ').len();
            let last = after.len() == blanks;
            rest = after.get(blanks..).unwrap_or_default();
            match blanks {
                0 => {}
                1 if !plain.is_empty() && !last => out.push(' '),
                count => {
                    let _ = write!(out, r#"<text:s text:c="{count}"/>"#);
                }
            }
            if let Some(more) = rest.strip_prefix('\t') {
                out.push_str("<text:tab/>");
                rest = more;
            }
        }
        out.push_str("</text:p>");
    }
}
