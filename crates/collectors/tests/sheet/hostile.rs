//! Files that are built to exhaust: refused soon, in little memory, never with a panic.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;

use crate::{bounded, folder, rows, sample, text};
use collectors::sheet::{Limits, SheetError, read};
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// An ODS whose tables are these.
pub(crate) fn ods(tables: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("mimetype", SimpleFileOptions::default())
        .unwrap();
    archive.write_all(TYPE.as_bytes()).unwrap();
    archive
        .start_file("content.xml", SimpleFileOptions::default())
        .unwrap();
    archive.write_all(b"<d><table:table table:name=\"A\">").unwrap();
    tables(&mut archive);
    archive.write_all(b"</table:table></d>").unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let blank = vec![b' '; 1024 * 1024];
    let bomb = ods(|archive| {
        for _ in 0..40 {
            archive.write_all(&blank).unwrap();
        }
    });
    assert!(bomb.len() < 100_000);
    let limits = Limits {
        unpacked: 16 * 1024 * 1024,
        ..Limits::default()
    };
    assert!(matches!(
        bounded(&bomb, None, &limits),
        Err(SheetError::Bomb { .. })
    ));
    // The declared size may lie; then the bytes themselves are counted.
    let mut lying = bomb.clone();
    let entry = lying.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    lying[entry + 24..entry + 28].copy_from_slice(&100_u32.to_le_bytes());
    assert!(bounded(&lying, None, &limits).is_err());
    // What packs as no honest file does is refused before the sum is reached.
    let tags = ods(|archive| {
        let block = format!("<a b=\"{}\"/>", "x".repeat(1024 * 1024));
        for _ in 0..80 {
            archive.write_all(block.as_bytes()).unwrap();
        }
    });
    let said = rows(&tags, None).unwrap_err().to_string();
    assert!(said.contains("壓縮比"), "{said}");
    // One piece of text of 40 MB is more than any cell's.
    assert!(matches!(rows(&bomb, None), Err(SheetError::Bomb { .. })));
}

#[test]
fn endless_attributes_and_depth_are_refused() {
    let deep = ods(|archive| archive.write_all("<a>".repeat(100_000).as_bytes()).unwrap());
    assert!(matches!(rows(&deep, None), Err(SheetError::Damaged { .. })));
    let wide = ods(|archive| {
        let mut tag = "<table:table-row".to_owned();
        for n in 0..200_000 {
            let _ = write!(tag, " a{n}=\"\"");
        }
        tag.push_str("/>");
        archive.write_all(tag.as_bytes()).unwrap();
    });
    let said = rows(&wide, None).unwrap_err().to_string();
    assert!(said.contains("屬性過多"), "{said}");
}

#[test]
fn many_sheets_of_one_large_part_are_counted_together() {
    let (main, rels) = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    );
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: String| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    part("[Content_Types].xml", "<Types/>".to_owned());
    let mut sheets = String::new();
    for n in 0..1000 {
        let _ = write!(sheets, "<sheet name=\"{n}\" r:id=\"a\"/>");
    }
    part(
        "xl/workbook.xml",
        format!("<workbook xmlns=\"{main}\"><sheets>{sheets}</sheets></workbook>"),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        format!("<R><Relationship Id=\"a\" Type=\"{rels}/worksheet\" Target=\"s.xml\"/></R>"),
    );
    part(
        "xl/s.xml",
        format!("<w><sheetData>{}</sheetData></w>", "<row/>".repeat(100_000)),
    );
    let bytes = archive.finish().unwrap().into_inner();
    let limits = Limits {
        unpacked: 1024 * 1024,
        ..Limits::default()
    };
    assert!(matches!(
        bounded(&bytes, None, &limits),
        Err(SheetError::Bomb { .. })
    ));
}

#[test]
fn ten_million_rows_are_refused_without_reading_them() {
    let row = b"<table:table-row><table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell></table:table-row>";
    let many = ods(|archive| {
        let block = row.repeat(1000);
        for _ in 0..300 {
            archive.write_all(&block).unwrap();
        }
    });
    let mut seen = 0;
    let error = read("x.ods", &many, None, &Limits::default(), &mut |_| {
        seen += 1;
        ControlFlow::Continue(())
    });
    assert_eq!(error.unwrap_err(), SheetError::TooManyRows { limit: 200_000 });
    assert_eq!(seen, 200_015);
    let lines = "a,b\n".repeat(10_000_000);
    let error = rows(lines.as_bytes(), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "資料超過 200000 列；請分成數個檔案，每個不超過 200000 列，再依序上傳"
    );
}

#[test]
fn the_limits_on_cells_are_kept_by_every_format() {
    let limits = Limits {
        cell_chars: 5,
        columns: 2,
        ..Limits::default()
    };
    let cell = |column: usize| {
        Err(SheetError::TooLong {
            row: 1,
            column,
            limit: 5,
        })
    };
    assert_eq!(bounded("a,六個字元太長\n".as_bytes(), None, &limits), cell(2));
    assert!(bounded("a,五個字元行\n".as_bytes(), None, &limits).is_ok());
    let bytes = ods(|archive| {
        let row = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>六個字元太長</text:p></table:table-cell></table:table-row>";
        archive.write_all(row.as_bytes()).unwrap();
    });
    assert_eq!(bounded(&bytes, None, &limits), cell(1));
    assert_eq!(
        bounded(b"a,b,c\n", None, &limits),
        Err(SheetError::TooWide { row: 1, limit: 2 })
    );
    assert!(bounded(b"a,b,,,\n", None, &limits).is_ok());
    assert!(bounded(",".repeat(1_000_000).as_bytes(), None, &limits).is_err());
    let small = Limits {
        bytes: 1024 * 1024,
        ..Limits::default()
    };
    let large = vec![b'a'; 1024 * 1024 + 1];
    assert_eq!(
        bounded(&large, None, &small),
        Err(SheetError::TooLarge { limit: 1 })
    );
    let unclosed = format!("編號,名稱\nA,\"{}\n", "甲".repeat(41_000));
    assert!(matches!(
        rows(unclosed.as_bytes(), None),
        Err(SheetError::TooLong {
            row: 2,
            column: 2,
            ..
        })
    ));
}

#[test]
fn breaking_off_ends_the_reading() {
    for name in ["every-type.pass.ods", "every-type.pass.xlsx", "big5.pass.csv"] {
        let mut seen = 0;
        let opened = read(name, &sample(name), None, &Limits::default(), &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        });
        assert_eq!(seen, 1, "{name}");
        // The sheets behind it are still listed.
        let sheets = opened.unwrap().sheets;
        assert_eq!(sheets.is_empty(), name.ends_with("csv"), "{name}");
    }
}

#[test]
fn a_name_that_lies_is_said() {
    let opened = read("清冊.xls", b"a,b\n", None, &Limits::default(), &mut |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(
        opened.unwrap().notices,
        ["檔名的副檔名是 .xls，內容其實是 CSV，已照內容讀取"]
    );
}

#[test]
fn odd_texts_are_read_or_refused() {
    assert_eq!(rows(b"", None), Err(SheetError::Empty));
    assert_eq!(rows(b"\n\n,,\n", None), Err(SheetError::Empty));
    assert_eq!(rows(b"\xEF\xBB\xBF", None), Err(SheetError::Empty));
    let (_, got) = rows(b"sep=|\r\na|b\r\n\r\nc|d", None).unwrap();
    assert_eq!((got[1].number, got[1].cells.len()), (3, 2));
    let (_, got) = rows(b"a\rb\r\rc", None).unwrap();
    assert_eq!(got.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 2, 4]);
    assert_eq!(got[2].cells, [text("c")]);
    let (opened, got) = rows(
        "a,甲\nb,乙\n"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<_>>()
            .as_slice(),
        None,
    )
    .unwrap();
    assert_eq!((opened.encoding, got.len()), (Some("UTF-16BE"), 2));
    let (_, got) = rows("甲<table,b\n".as_bytes(), None).unwrap();
    assert_eq!(got[0].cells, [text("甲<table"), text("b")]);
    assert!(rows(b"\x00\x01\x02\x03\x04", None).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn mutations_never_panic(which in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut names: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        let mut bytes = std::fs::read(folder().join(which.get(&names))).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = rows(&bytes, None);
    }

    #[test]
    fn any_xml_never_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "<table:table>", "</table:table>", "<table:table-row>", "</table:table-row>", "<table:table-row table:number-rows-repeated=\"9\"/>",
        "<table:table-cell office:value-type=\"date\" office:date-value=\"x\">", "</table:table-cell>", "<text:p>", "</text:p>", "字", " ", "<text:s text:c=\"99999999999\"/>",
        "<table:covered-table-cell/>", "<office:annotation>", "</office:annotation>", "&amp;", "&x;", "<![CDATA[y]]>", "<table:table-cell table:number-columns-repeated=\"300\">",
    ]), 0..30)) {
        let bytes = ods(|archive| archive.write_all(pieces.concat().as_bytes()).unwrap());
        let _ = rows(&bytes, None);
    }
}

/// Whoever uploads a broken file reads why in their own language; what the library said is kept
/// beside it.
#[test]
fn what_is_broken_is_said_in_the_officer_s_words() {
    let sound = sample_archive();
    let mut kept = 0;
    for at in (4..sound.len()).step_by(7) {
        let mut flipped = sound.clone();
        flipped[at] ^= 0x55;
        for bytes in [sound[..at].to_vec(), flipped] {
            let Err(error) = rows(&bytes, None) else {
                continue;
            };
            kept += usize::from(error.cause().is_some());
            let said = error.to_string();
            // Names of parts and of formats stay as they are.
            let words = said.split(|c: char| !c.is_ascii_alphabetic() && !"./_[]".contains(c));
            let foreign = words.filter(|w| w.len() > 3 && !w.contains(['.', '/']));
            let foreign: Vec<&str> = foreign.filter(|w| !["mimetype", "DOCTYPE"].contains(w)).collect();
            assert!(foreign.is_empty(), "{foreign:?}: {said}");
        }
    }
    assert!(kept > 10, "{kept}");
}

/// A small sheet with a packed part.
fn sample_archive() -> Vec<u8> {
    ods(|archive| {
        let row =
            b"<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>";
        archive.write_all(&row.repeat(20)).unwrap();
    })
}
