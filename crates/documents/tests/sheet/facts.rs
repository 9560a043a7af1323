//! What a written file carries beside its rows, and what is refused.

use crate::{WRITERS, all, column, day, table};
use documents::sheet::{DocumentError, Value, ods, xlsx};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn the_hidden_key_and_the_title_come_back() {
    for (format, write) in WRITERS {
        let bytes = write(&table(2), &mut vec![vec![text("a")]].into_iter()).unwrap();
        let (opened, _) = all(&bytes).unwrap();
        if format == "csv" {
            assert_eq!(opened.encoding, Some("UTF-8 BOM"));
            assert_eq!(opened.hidden_key, None);
        } else {
            assert_eq!(opened.sheets, ["資產 清冊"], "{format}");
            assert_eq!(opened.sheet.as_deref(), Some("資產 清冊"), "{format}");
            assert_eq!(opened.hidden_key.as_deref(), Some("asset"), "{format}");
            assert_eq!(opened.meta, table(2).meta, "{format}");
        }
    }
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let mut table = table(2);
    table.columns[1].choices = vec!["普".to_owned(), "中".to_owned()];
    table.columns[1].note = "說明".to_owned();
    for (format, write) in WRITERS {
        let rows = || vec![vec![Value::Day(day(2026, 11, 21)), text("中")]].into_iter();
        let one = write(&table, &mut rows()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert_eq!(one, write(&table, &mut rows()).unwrap(), "{format}");
    }
}

#[test]
fn choices_and_notes_are_no_rows() {
    let mut table = table(2);
    table.columns[0].choices = vec!["說\"好\"".to_owned(), "甲,乙".to_owned()];
    table.columns[1].choices = (0..300).map(|n| format!("選項{n}")).collect();
    table.columns[1].note = "第一行\n第二行".to_owned();
    for (format, write) in WRITERS {
        let bytes = write(&table, &mut vec![vec![text("甲,乙"), text("選項3")]].into_iter()).unwrap();
        let (opened, rows) = all(&bytes).unwrap();
        assert_eq!(rows.len(), 2, "{format}");
        if format != "csv" {
            assert_eq!(opened.sheets.len(), 1, "{format}");
        }
    }
}

#[test]
fn an_ods_begins_with_its_type_unpacked() {
    let bytes = ods(&table(1), &mut std::iter::empty()).unwrap();
    assert_eq!(&bytes[30..38], b"mimetype");
    assert_eq!(&bytes[38..84], b"application/vnd.oasis.opendocument.spreadsheet");
}

#[test]
fn a_table_without_columns_or_rows_is_written() {
    for (format, write) in WRITERS {
        for columns in [0, 1] {
            assert!(
                write(&table(columns), &mut std::iter::empty()).is_ok(),
                "{format}"
            );
        }
    }
}

#[test]
fn what_xlsx_cant_hold_is_said_with_the_way_out() {
    let mut rows = vec![vec![text("a")], vec![text(&"長".repeat(32_768))]].into_iter();
    let error = xlsx(&table(1), &mut rows).unwrap_err();
    assert_eq!(
        error.to_string(),
        "第 3 列「欄位0」超過 32767 字，XLSX 的儲存格放不下；請改用 ODS"
    );
    let mut rows = vec![vec![text(&"長".repeat(32_768))]].into_iter();
    assert!(ods(&table(1), &mut rows).is_ok());
}

#[test]
fn a_row_that_is_too_wide_is_refused() {
    for (_, write) in WRITERS {
        let mut rows = vec![vec![text("a"), text("b")]].into_iter();
        assert_eq!(
            write(&table(1), &mut rows),
            Err(DocumentError::Shape {
                row: 2,
                found: 2,
                columns: 1
            })
        );
    }
}

#[test]
fn days_before_excel_counts_are_text_in_xlsx() {
    let mut rows = vec![vec![Value::Day(day(1895, 4, 17))]].into_iter();
    let bytes = xlsx(&table(1), &mut rows).unwrap();
    let (_, rows) = all(&bytes).unwrap();
    assert_eq!(
        rows[1].cells,
        [collectors::sheet::Cell::Text("1895-04-17".to_owned())]
    );
}

#[test]
fn headings_are_found_again() {
    use collectors::sheet::table::{Known, find_header};
    let mut table = table(0);
    table.columns = vec![column("name", "名稱（必填）"), column("start", "啟用日")];
    for (format, write) in WRITERS {
        let bytes = write(&table, &mut vec![vec![text("甲"), text("乙")]].into_iter()).unwrap();
        let (_, rows) = all(&bytes).unwrap();
        let known = [
            Known {
                key: "name",
                label: "名稱",
                synonyms: &[],
            },
            Known {
                key: "start",
                label: "啟用日",
                synonyms: &[],
            },
        ];
        let header = find_header(&rows, &known, &std::collections::BTreeMap::new()).unwrap();
        assert_eq!(header.rows, (1, 1), "{format}");
        assert_eq!(
            header.columns,
            [Some("name".to_owned()), Some("start".to_owned())],
            "{format}"
        );
    }
}
