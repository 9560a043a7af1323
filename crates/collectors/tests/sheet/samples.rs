//! Each sample gets the verdict in its name; those that pass give what is written here.

use crate::{folder, number, plain, rows, sample, text};
use collectors::sheet::{Cell, Format, SheetError};
use period::Date;

fn day(year: i16, month: i8, day: i8) -> Cell {
    Cell::Day(Date::new(year, month, day).unwrap())
}

fn moment(text: &str) -> Cell {
    Cell::Moment(text.to_owned())
}

#[test]
fn verdicts_are_those_of_the_names() {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let result = rows(&sample(&name), None);
        assert_eq!(result.is_ok(), name.contains(".pass."), "{name}: {result:?}");
        if let Err(error) = result {
            let said = error.to_string();
            assert!(
                said.contains('請') || matches!(error, SheetError::NoSuchSheet { .. }),
                "{name}: {said}"
            );
        }
        seen += 1;
    }
    assert!(seen > 20);
}

#[test]
fn every_type_of_ods() {
    let (opened, got) = rows(&sample("every-type.pass.ods"), None).unwrap();
    assert_eq!(opened.format, Format::Ods);
    assert_eq!(opened.sheets, ["空白", "資料", "後面"]);
    assert_eq!(opened.sheet.as_deref(), Some("資料"));
    assert_eq!(
        plain(&got),
        [
            (1, vec![text("名稱"), text("值")]),
            (5, vec![text("小數"), number("3")]),
            (6, vec![text("百分比"), number("0.5")]),
            (7, vec![text("金額"), number("1000")]),
            (8, vec![text("日期"), day(2026, 11, 21)]),
            (9, vec![text("時刻"), moment("2026-11-21T14:05")]),
            (10, vec![text("時間"), text("14:05")]),
            (11, vec![text("是非"), Cell::Flag(true)]),
            (12, vec![text("公式"), number("2")]),
            (13, vec![text("無結果")]),
            (14, vec![text("註解"), text("內 文  尾\n二\t三\n四")]),
            (15, vec![text("合併"), Cell::Empty, text("右")]),
            (16, vec![text("重複")]),
            (17, vec![text("重複")]),
        ]
    );
    assert_eq!(got[8].formulas, [1]);
    assert_eq!(got[9].formulas, [1]);
    assert!(got[11].merged && !got[10].merged);
    assert_eq!(opened.notices.len(), 3, "{:?}", opened.notices);
}

#[test]
fn every_type_of_xlsx() {
    let (opened, got) = rows(&sample("every-type.pass.xlsx"), None).unwrap();
    assert_eq!(opened.format, Format::Xlsx);
    assert_eq!(opened.sheets, ["空白", "資料"]);
    assert_eq!(
        plain(&got),
        [
            (2, vec![text("標題")]),
            (
                4,
                vec![text("臺北"), text("行內 "), Cell::Empty, day(2026, 11, 21)]
            ),
            (
                5,
                vec![
                    moment("2026-11-21T14:05"),
                    number("0.5"),
                    Cell::Flag(true),
                    text("14:05"),
                    text("#N/A")
                ]
            ),
            (6, vec![number("2"), text("x"), Cell::Empty, day(2026, 11, 21)]),
        ]
    );
    assert!(got[0].merged && !got[1].merged);
    assert_eq!(got[3].formulas, [0, 1, 2]);
    assert_eq!(opened.notices.len(), 3, "{:?}", opened.notices);
    // A hidden sheet can be asked for by its name.
    let (_, hidden) = rows(&sample("every-type.pass.xlsx"), Some("藏起")).unwrap();
    assert_eq!(plain(&hidden), [(1, vec![number("1")])]);
    let error = rows(&sample("every-type.pass.xlsx"), Some("無")).unwrap_err();
    assert_eq!(error.to_string(), "沒有名為「無」的工作表；檔案裡有：空白、資料");
    let (_, old) = rows(&sample("mac-dates.pass.xlsx"), None).unwrap();
    assert_eq!(plain(&old), [(1, vec![day(2026, 11, 21)])]);
}

#[test]
fn texts_of_all_encodings_and_separators() {
    let (opened, got) = rows(&sample("big5.pass.csv"), None).unwrap();
    assert_eq!(opened.encoding, Some("Big5"));
    assert_eq!(
        plain(&got),
        [
            (1, vec![text("編號"), text("名稱"), text("啟用日")]),
            (2, vec![text("A-1"), text("公文系統"), text("115/11/21")]),
            // The empty line keeps its number; the line break inside quotes takes none.
            (4, vec![text("A-2"), text("含,逗號\n與換行"), text("民國115年")]),
        ]
    );
    let (_, got) = rows(&sample("semicolon.pass.csv"), None).unwrap();
    assert_eq!(got[1].cells, [text("A-1"), text("甲,乙")]);
    let (opened, got) = rows(&sample("tab-utf16.pass.csv"), None).unwrap();
    assert_eq!(opened.encoding, Some("UTF-16LE"));
    assert_eq!(got[1].cells, [text("A-1"), text("甲")]);
    let (opened, got) = rows(&sample("shielded.pass.csv"), None).unwrap();
    assert_eq!(opened.encoding, Some("UTF-8 BOM"));
    assert_eq!(got[1].cells, [text("=1+1"), text("'=x")]);
    assert_eq!(got[2].cells, [text("'普通"), text("-5")]);
}

#[test]
fn refusals_name_what_it_is_and_the_way_out() {
    for (name, says) in [
        (
            "old.fail.xls",
            "舊版 Excel（.xls）檔，無法讀取；請以 LibreOffice Calc 或 Excel 開啟，另存為 .xlsx 或 .ods",
        ),
        ("web-page.fail.xls", "網頁（HTML）檔"),
        ("xml-2003.fail.xls", "XML 試算表（2003）"),
        ("report.fail.pdf", "PDF 檔"),
        ("letter.fail.odt", "文書檔（.odt）"),
        ("letter.fail.docx", "文書檔（.docx）"),
        ("binary.fail.xlsb", "（.xlsb）"),
        ("packed.fail.zip", "請解壓縮"),
        ("password.fail.xlsx", "檔案設有密碼"),
        ("password.fail.ods", "檔案設有密碼"),
        ("not-big5.fail.csv", "第 3 列有無法辨識的字元"),
        ("repeated-rows.fail.ods", "請分成數個檔案"),
        ("repeated-columns.fail.ods", "第 1 列在第 256 欄之後還有資料"),
        ("too-wide.fail.xlsx", "第 1 列在第 256 欄之後還有資料"),
        ("truncated.fail.xlsx", "已損壞或不完整"),
        ("doctype.fail.xlsx", "DOCTYPE"),
        ("rows-out-of-order.fail.xlsx", "列號 3 不合順序"),
        ("row-beyond-the-last.fail.xlsx", "列號 10000000"),
        ("shared-text-missing.fail.xlsx", "共用文字不存在"),
        ("nothing.fail.xlsx", "檔案裡沒有資料"),
    ] {
        let said = rows(&sample(name), None).unwrap_err().to_string();
        assert!(said.contains(says), "{name}: {said}");
    }
}
