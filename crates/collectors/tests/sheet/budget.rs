//! Small files that ask for much: what they cost is counted, not timed, and stays in the budget.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;

use collectors::sheet::{Limits, SheetError, SheetRow, read_within};
use collectors::work::{Amount, Budget, SHEET, Spent, Stop, Work};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::hostile::ods;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of so many sheets, all of which are the same part.
fn workbook(sheets: usize, shared: &str, rows: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    part("[Content_Types].xml", "<Types/>");
    let mut list = String::new();
    for n in 0..sheets {
        let _ = write!(list, "<sheet name=\"{n}\" r:id=\"a\"/>");
    }
    part(
        "xl/workbook.xml",
        &format!("<workbook><sheets>{list}</sheets></workbook>"),
    );
    let link = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let links = link("a", "worksheet", "s.xml") + &link("b", "sharedStrings", "t.xml");
    part("xl/_rels/workbook.xml.rels", &format!("<R>{links}</R>"));
    part("xl/t.xml", &format!("<sst><si><t>{shared}</t></si></sst>"));
    part("xl/s.xml", &format!("<w><sheetData>{rows}</sheetData></w>"));
    archive.finish().unwrap().into_inner()
}

/// What came of a file: how it ended, what it cost, and the rows and bytes that were handed on.
struct Outcome {
    ended: Result<(), SheetError>,
    spent: Spent,
    rows: usize,
    text: u64,
}

fn outcome(bytes: &[u8]) -> Outcome {
    outcome_within(&SHEET, bytes)
}

fn outcome_within(budget: &Budget, bytes: &[u8]) -> Outcome {
    let work = Work::new(budget, bytes.len(), Stop::default());
    let (mut rows, mut text) = (0, 0);
    let ended = read_within(
        "x",
        bytes,
        None,
        &Limits::default(),
        &work,
        &mut |row: SheetRow| {
            rows += 1;
            text += row
                .cells
                .iter()
                .map(|c| format!("{c:?}").len() as u64)
                .sum::<u64>();
            ControlFlow::Continue(())
        },
    );
    let (spent, most) = (work.spent(), work.most());
    for (what, spent, most) in [
        ("unpacked", spent.unpacked, most.unpacked),
        ("steps", spent.steps, most.steps),
        ("cells", spent.cells, most.cells),
        ("text", spent.text, most.text),
    ] {
        assert!(spent <= most, "{what}: {spent} of {most}");
    }
    Outcome {
        ended: ended.map(|_| ()),
        spent,
        rows,
        text,
    }
}

fn refused(bytes: &[u8], why: &str) -> Outcome {
    refused_within(&SHEET, bytes, why)
}

fn refused_within(budget: &Budget, bytes: &[u8], why: &str) -> Outcome {
    let out = outcome_within(budget, bytes);
    match &out.ended {
        Err(SheetError::Bomb { reason }) => assert!(reason.contains(why), "{reason}"),
        other => panic!("{why}: {other:?}"),
    }
    out
}

const SHARED: &str = "<c t=\"s\"><v>0</v></c>";

#[test]
fn a_text_that_many_cells_share_is_paid_by_each() {
    let row = format!("<row>{}</row>", SHARED.repeat(200));
    // 39,000 characters times 200,000 cells, in a few kilobytes.
    let bytes = workbook(1, &"x".repeat(39_000), &row.repeat(1_000));
    assert!(bytes.len() < 40_000, "{}", bytes.len());
    let out = refused(&bytes, "文字");
    assert!(out.spent.text < 16 * 1024 * 1024, "{:?}", out.spent);
    assert!(
        out.text <= out.spent.text + 100_000,
        "{} {:?}",
        out.text,
        out.spent
    );
    // One text of many pieces that must be put back costs the same.
    refused(&workbook(1, &"_x".repeat(19_000), &row.repeat(1_000)), "文字");
}

#[test]
fn many_sheets_of_one_part_are_one_budget() {
    // A tenth of what is allowed, so that the test is short.
    let tenth = |amount: Amount| Amount {
        base: amount.base / 10,
        ..amount
    };
    let unpacked = Budget {
        unpacked: tenth(SHEET.unpacked),
        ..SHEET
    };
    let steps = Budget {
        steps: tenth(SHEET.steps),
        ..SHEET
    };
    let bytes = workbook(1_000, "x", &"<row/>".repeat(100_000));
    assert!(bytes.len() < 10_000, "{}", bytes.len());
    let out = refused_within(&unpacked, &bytes, "內容總量");
    assert_eq!(out.rows, 0);
    // A blank that is shared makes rows of nothing; the steps to them count.
    let row = format!("<row>{}</row>", SHARED.repeat(10));
    let bytes = workbook(1_000, " ", &row.repeat(2_000));
    assert!(bytes.len() < 10_000, "{}", bytes.len());
    assert_eq!(refused_within(&steps, &bytes, "內容的項目").rows, 0);
}

#[test]
fn many_sheets_and_many_relations_are_not_compared_pair_by_pair() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    part("[Content_Types].xml", "<Types/>");
    let (mut sheets, mut links) = (String::new(), String::new());
    for n in 0..60_000 {
        let _ = write!(sheets, "<sheet name=\"{n}\" r:id=\"absent\"/>");
        let _ = write!(
            links,
            "<Relationship Id=\"{n}\" Type=\"{RELATIONS}/worksheet\" Target=\"s.xml\"/>"
        );
    }
    part(
        "xl/workbook.xml",
        &format!("<workbook><sheets>{sheets}</sheets></workbook>"),
    );
    part("xl/_rels/workbook.xml.rels", &format!("<R>{links}</R>"));
    let out = outcome(&archive.finish().unwrap().into_inner());
    assert_eq!(out.ended, Err(SheetError::Empty));
    assert!(out.spent.steps < 200_000, "{:?}", out.spent);
}

/// A row of one cell that is repeated, and a text in it.
fn repeated(rows: usize, columns: usize, text: &str) -> String {
    format!(
        "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell table:number-columns-repeated=\"{columns}\" office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell></table:table-row>"
    )
}

#[test]
fn repetitions_are_refused_before_they_are_made() {
    let whole = |row: String| ods(|archive| archive.write_all(row.as_bytes()).unwrap());
    for (bytes, why) in [
        // The text of one row already is too much; no row is made.
        (whole(repeated(1, 250, &"x".repeat(39_000))), "文字"),
        (whole(repeated(100_000, 1, &"x".repeat(39_000))), "文字"),
        (whole(repeated(200_000, 250, "x")), "儲存格"),
        (whole(repeated(100_000, 2, "x")), "儲存格"),
    ] {
        assert!(bytes.len() < 2_000, "{}", bytes.len());
        assert_eq!(refused(&bytes, why).rows, 0);
    }
    // What an officer's program writes for rows that are alike is read.
    let out = outcome(&whole(repeated(20_000, 4, "桌上型電腦")));
    assert_eq!((out.ended, out.rows), (Ok(()), 20_000));
    // Blanks by count are text like any other.
    let blanks = "x<text:s text:c=\"9000\"/><text:s text:c=\"9000\"/>x";
    refused(&whole(repeated(1, 1, blanks).repeat(20_000)), "文字");
}

#[test]
fn attributes_and_entities_are_bounded_in_every_part() {
    let mut tag = "<sheet".to_owned();
    for n in 0..2_000 {
        let _ = write!(tag, " a{n}=\"\"");
    }
    let bytes = workbook(1, "x", &format!("{tag}/>"));
    let said = outcome(&bytes).ended.unwrap_err().to_string();
    assert!(said.contains("屬性過多"), "{said}");
    for (shared, why) in [("&a;", "實體"), ("<!DOCTYPE x [<!ENTITY a \"b\">]>", "DOCTYPE")] {
        let said = outcome(&workbook(1, shared, "<row/>"))
            .ended
            .unwrap_err()
            .to_string();
        assert!(said.contains(why) && said.contains("請"), "{said}");
    }
}

#[test]
fn an_archive_inside_an_archive_is_not_opened() {
    let mut inner = workbook(1, "x", "<row/>");
    for _ in 0..8 {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .start_file("a.xlsx", SimpleFileOptions::default())
            .unwrap();
        archive.write_all(&inner).unwrap();
        inner = archive.finish().unwrap().into_inner();
    }
    let out = outcome(&inner);
    assert!(matches!(
        out.ended,
        Err(SheetError::NotSheet {
            what: "壓縮檔", ..
        })
    ));
    assert_eq!(out.spent.unpacked, 0);
}

#[test]
fn a_text_file_costs_what_it_holds() {
    let field = "字".repeat(13_000);
    let bytes = (field + ",").repeat(20) + "\n";
    let bytes = bytes.repeat(50).into_bytes();
    let out = outcome(&bytes);
    assert_eq!((out.ended, out.rows), (Ok(()), 50));
    assert!(out.spent.text <= bytes.len() as u64, "{:?}", out.spent);
    let commas = (",".repeat(200) + "\n").repeat(20_000);
    let out = outcome(commas.as_bytes());
    assert_eq!((out.ended, out.rows), (Err(SheetError::Empty), 0));
    assert!(out.spent.steps <= commas.len() as u64 + 10, "{:?}", out.spent);
}

#[test]
fn an_inventory_is_far_from_every_limit() {
    // Rows that are all alike pack best, so that each byte stands for the most; what the size of
    // the file adds is twice what they need, whether they are ten thousand or a hundred thousand.
    let cell =
        "<table:table-cell office:value-type=\"string\"><text:p>資訊處機房甲</text:p></table:table-cell>";
    let row = format!("<table:table-row>{}</table:table-row>", cell.repeat(20));
    let bytes = ods(|archive| {
        for _ in 0..10_000 {
            archive.write_all(row.as_bytes()).unwrap();
        }
    });
    let out = outcome(&bytes);
    assert_eq!((out.ended, out.rows, out.spent.cells), (Ok(()), 10_000, 200_000));
    let size = bytes.len() as u64;
    for (what, spent, amount) in [
        ("unpacked", out.spent.unpacked, SHEET.unpacked),
        ("steps", out.spent.steps, SHEET.steps),
        ("cells", out.spent.cells, SHEET.cells),
        ("text", out.spent.text, SHEET.text),
    ] {
        assert!(
            spent * 2 < amount.per_byte * size,
            "{what}: {spent}, {size} bytes"
        );
        // The same for 100,000 rows of 40 columns: within the most that is allowed.
        assert!(spent * 20 < amount.most, "{what}: {spent}");
    }
}

#[test]
fn who_is_told_to_stop_stops_at_the_next_step() {
    let row = format!("<row>{}</row>", SHARED.repeat(5)).repeat(1_000);
    let odf = ods(|archive| {
        archive
            .write_all(repeated(1, 5, "x").repeat(1_000).as_bytes())
            .unwrap();
    });
    let one = ods(|archive| archive.write_all(repeated(1_000, 5, "x").as_bytes()).unwrap());
    for bytes in [
        workbook(1, "x", &row),
        odf,
        one,
        "a,b\n".repeat(1_000).into_bytes(),
    ] {
        let stop = Stop::new();
        let work = Work::new(&SHEET, bytes.len(), stop.clone());
        let (mut rows, mut at) = (0, 0);
        let ended = read_within("x", &bytes, None, &Limits::default(), &work, &mut |_| {
            rows += 1;
            if rows == 10 {
                stop.give();
                at = work.spent().steps;
            }
            ControlFlow::Continue(())
        });
        assert_eq!(ended.map(|_| ()), Err(SheetError::Stopped));
        assert_eq!((rows, work.spent().steps), (10, at));
        // Who comes with the sign given does nothing at all.
        let work = Work::new(&SHEET, bytes.len(), stop.clone());
        let ended = read_within("x", &bytes, None, &Limits::default(), &work, &mut |_| {
            panic!("a row")
        });
        assert_eq!(ended.map(|_| ()), Err(SheetError::Stopped));
        assert_eq!(work.spent(), Spent::default());
    }
    assert!(SheetError::Stopped.to_string().contains("請重新上傳"));
}
