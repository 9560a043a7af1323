//! Text with commas, as Excel in Taiwan opens it: UTF-8 with a mark, lines that end in CR LF.
//!
//! Why an apostrophe before some texts: programs run a cell that begins with `=`, `+`, `-`, `@`,
//! tab or return as a formula. One is put before every text that begins so, apostrophes before
//! that not counted; the reader takes exactly one off, and nothing is lost.
//! What it can't carry: types, choices and hidden data.

use period::{roc_instant, roc_short};

use super::model::{DocumentError, Ready, Table, Value, clean, next_row, ready};

/// The table as CSV.
pub fn csv(table: &Table, rows: &mut dyn Iterator<Item = Vec<Value>>) -> Result<Vec<u8>, DocumentError> {
    let mut out = "\u{FEFF}".to_owned();
    for (index, column) in table.columns.iter().enumerate() {
        field(&mut out, index, &shielded(&clean(&column.label)));
    }
    out.push_str("\r\n");
    let mut number = 1;
    for row in rows {
        number = next_row(number, row.len(), table.columns.len())?;
        let cells = row.len();
        for (index, value) in row.into_iter().enumerate() {
            let text = match ready(value) {
                Ready::Empty => String::new(),
                Ready::Text(text) => shielded(&text),
                Ready::Number(number) => number,
                Ready::Day(day) => roc_short(day),
                Ready::Moment(at) => roc_instant(at),
            };
            field(&mut out, index, &text);
        }
        (cells.max(1)..table.columns.len()).for_each(|_| out.push(','));
        out.push_str("\r\n");
    }
    Ok(out.into_bytes())
}

fn shielded(text: &str) -> String {
    let begins = text
        .trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn field(out: &mut String, index: usize, text: &str) {
    if index > 0 {
        out.push(',');
    }
    let bare = !text.contains(['"', ',', ';', '\t', '\n']) && text.trim() == text;
    if bare {
        out.push_str(text);
    } else {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    }
}
