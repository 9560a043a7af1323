//! Office Open XML workbooks, for those who have no other program.
//!
//! What: the same table as ODS. Why through a library: Excel repairs or refuses what differs
//! from its own files in ways that no schema tells. The rows are held in memory until the end;
//! the library's other way writes temporary files, which a pure crate doesn't.
//! What it can't carry: a cell of more than 32,767 characters, and days before March 1900,
//! which are written as text.

use period::{Date, DateTime};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Note, Workbook, Worksheet, XlsxError,
};

use super::model::{
    DocumentError, LAST_ROW, META, Ready, SPARE_ROWS, Table, Value, clean, failed, next_row, ready,
    sheet_name,
};

const MAX_CHARS: usize = 32_767;
/// The characters that a list of choices may have where it stands in the rule itself.
const MAX_LIST: usize = 255;
/// The sheet that holds longer lists.
const CHOICES: &str = "_choices";
const ROC_DAY: &str = "[$-404]e/mm/dd;@";
const ROC_MOMENT: &str = "[$-404]e/mm/dd hh:mm;@";
/// A4.
const PAPER: u8 = 9;
/// The first day that both programs and people count alike.
const FIRST: (i16, i8, i8) = (1900, 3, 1);

/// The table as XLSX.
pub fn xlsx(table: &Table, rows: &mut dyn Iterator<Item = Vec<Value>>) -> Result<Vec<u8>, DocumentError> {
    let name = sheet_name(&table.title);
    let mut book = Workbook::new();
    book.set_properties(&properties(table).map_err(|e| failed(&e))?);
    let mut sheet = Worksheet::new();
    sheet.set_name(&name).map_err(|e| failed(&e))?;
    let styles = Styles::new();
    heading(&mut sheet, table, &styles)?;
    let mut number = 1;
    for row in rows {
        number = next_row(number, row.len(), table.columns.len())?;
        for (index, value) in row.into_iter().enumerate() {
            let value = ready(value);
            if let Ready::Text(text) = &value {
                short_enough(text, number, table, index)?;
            }
            cell(&mut sheet, &styles, number - 1, column(index)?, value).map_err(|e| failed(&e))?;
        }
    }
    let lists = choices(&mut sheet, table, number).map_err(|e| failed(&e))?;
    book.push_worksheet(sheet);
    if !lists.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(CHOICES).map_err(|e| failed(&e))?.set_hidden(true);
        for (index, list) in lists {
            for (row, choice) in (0_u32..).zip(list) {
                sheet
                    .write_string(row, column(index)?, clean(choice))
                    .map_err(|e| failed(&e))?;
            }
        }
    }
    if !table.meta.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(META).map_err(|e| failed(&e))?.set_hidden(true);
        for (row, (key, value)) in (0_u32..).zip(&table.meta) {
            sheet
                .write_string(row, 0, clean(key))
                .and_then(|sheet| sheet.write_string(row, 1, clean(value)))
                .map_err(|e| failed(&e))?;
        }
    }
    book.save_to_buffer().map_err(|e| failed(&e))
}

struct Styles {
    head: Format,
    text: Format,
    number: Format,
    day: Format,
    moment: Format,
}

impl Styles {
    fn new() -> Self {
        let cell = Format::new()
            .set_border(FormatBorder::Thin)
            .set_border_color("#B7C0CB")
            .set_align(FormatAlign::Top);
        let text = cell.clone().set_num_format("@").set_text_wrap();
        Self {
            head: text
                .clone()
                .set_bold()
                .set_background_color("#DFE7EF")
                .set_border_color("#5B6675")
                .set_align(FormatAlign::VerticalCenter),
            number: cell.clone(),
            day: cell.clone().set_num_format(ROC_DAY),
            moment: cell.set_num_format(ROC_MOMENT),
            text,
        }
    }
}

fn column(index: usize) -> Result<u16, DocumentError> {
    u16::try_from(index).map_err(|e| failed(&e))
}

/// A fixed day of creation: the clock is nobody's business here.
fn properties(table: &Table) -> Result<DocProperties, XlsxError> {
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let mut out = DocProperties::new()
        .set_title(clean(&table.title))
        .set_creation_datetime(&created);
    for (key, value) in &table.meta {
        // The format has no more room in a property; the hidden sheet has it whole.
        let short: String = clean(value).chars().take(MAX_LIST).collect();
        if !key.is_empty() && !short.is_empty() {
            out = out.set_custom_property(clean(key), short);
        }
    }
    Ok(out)
}

fn heading(sheet: &mut Worksheet, table: &Table, styles: &Styles) -> Result<(), DocumentError> {
    for (index, wanted) in table.columns.iter().enumerate() {
        let label = clean(&wanted.label);
        short_enough(&label, 1, table, index)?;
        let at = column(index)?;
        // Dates that don't fit are shown as ####.
        let width = f64::from(wanted.width_chars.clamp(6, 120)) + 2.0;
        sheet
            .write_string_with_format(0, at, label, &styles.head)
            .and_then(|sheet| sheet.set_column_width(at, width))
            .map_err(|e| failed(&e))?;
        if !wanted.note.is_empty() {
            let note: String = clean(&wanted.note).chars().take(MAX_CHARS / 2).collect();
            let note = Note::new(note).add_author_prefix(false);
            sheet.insert_note(0, at, &note).map_err(|e| failed(&e))?;
        }
    }
    sheet
        .set_landscape()
        .set_paper_size(PAPER)
        .set_print_fit_to_pages(1, 0)
        .set_repeat_rows(0, 0)
        .and_then(|sheet| sheet.set_freeze_panes(1, 0))
        .map_err(|e| failed(&e))?;
    Ok(())
}

fn short_enough(text: &str, row: u32, table: &Table, index: usize) -> Result<(), DocumentError> {
    if text.len() > MAX_CHARS && text.encode_utf16().count() > MAX_CHARS {
        return Err(DocumentError::TooLong {
            row,
            column: table
                .columns
                .get(index)
                .map(|c| c.label.clone())
                .unwrap_or_default(),
            limit: MAX_CHARS,
        });
    }
    Ok(())
}

fn cell(sheet: &mut Worksheet, styles: &Styles, row: u32, at: u16, value: Ready) -> Result<(), XlsxError> {
    match value {
        Ready::Empty => sheet.write_blank(row, at, &styles.text)?,
        Ready::Text(text) => sheet.write_string_with_format(row, at, text, &styles.text)?,
        Ready::Number(text) => match text.parse::<f64>() {
            Ok(number) => sheet.write_number_with_format(row, at, number, &styles.number)?,
            Err(_) => sheet.write_string_with_format(row, at, text, &styles.text)?,
        },
        Ready::Day(day) => match excel_day(day) {
            Some(date) => sheet.write_datetime_with_format(row, at, &date, &styles.day)?,
            None => sheet.write_string_with_format(row, at, day.to_string(), &styles.text)?,
        },
        Ready::Moment(moment) => match excel_moment(moment) {
            Some(date) => sheet.write_datetime_with_format(row, at, &date, &styles.moment)?,
            None => sheet.write_string_with_format(row, at, moment.to_string(), &styles.text)?,
        },
    };
    Ok(())
}

fn excel_day(day: Date) -> Option<ExcelDateTime> {
    if (day.year(), day.month(), day.day()) < FIRST {
        return None;
    }
    let (month, of_month) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, month, of_month).ok()
}

fn excel_moment(at: DateTime) -> Option<ExcelDateTime> {
    let (hour, minute) = (u16::try_from(at.hour()).ok()?, u8::try_from(at.minute()).ok()?);
    excel_day(at.date())?
        .and_hms(hour, minute, f64::from(at.second()))
        .ok()
}

/// Puts the choices at the rows, and gives back the lists that need a sheet of their own.
fn choices<'t>(
    sheet: &mut Worksheet,
    table: &'t Table,
    rows: u32,
) -> Result<Vec<(usize, &'t [String])>, XlsxError> {
    let mut lists = Vec::new();
    for (at, (index, wanted)) in (0_u16..).zip(table.columns.iter().enumerate()) {
        if wanted.choices.is_empty() {
            continue;
        }
        let length: usize = wanted.choices.iter().map(|c| c.encode_utf16().count() + 1).sum();
        let plain = wanted.choices.iter().all(|c| !c.contains([',', '"', '\n']));
        let rule = DataValidation::new();
        let rule = if plain && length <= MAX_LIST {
            rule.allow_list_strings(&wanted.choices)?
        } else {
            lists.push((index, wanted.choices.as_slice()));
            let letters = rust_xlsxwriter::column_number_to_name(at);
            let range = format!("={CHOICES}!${letters}$1:${letters}${}", wanted.choices.len());
            rule.allow_list_formula(Formula::new(range))
        };
        let rule = rule
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("不在選項中")?
            .set_error_message("請從清單選一項")?;
        let last = rows.saturating_add(SPARE_ROWS).min(LAST_ROW) - 1;
        sheet.add_data_validation(1, at, last.max(1), at, &rule)?;
    }
    Ok(lists)
}
