//! Finding the headings.

use std::collections::BTreeMap;

use crate::{rows, sample, text};
use collectors::sheet::table::{Header, Known, find_header, fold};
use collectors::sheet::{Cell, SheetRow};

const fn known<'a>(key: &'a str, label: &'a str, synonyms: &'a [&'a str]) -> Known<'a> {
    Known { key, label, synonyms }
}

const COLUMNS: &[Known<'static>] = &[
    known("number", "編號", &["資產編號"]),
    known("name", "名稱", &["資產名稱"]),
    known("keeper", "保管人", &["基本資料保管人"]),
    known("likelihood", "風險可能性", &[]),
    known("impact", "衝擊（風險）", &["風險衝擊"]),
];

fn row(number: u32, cells: &[&str]) -> SheetRow {
    SheetRow {
        number,
        cells: cells
            .iter()
            .map(|c| if c.is_empty() { Cell::Empty } else { text(c) })
            .collect(),
        merged: false,
        formulas: Vec::new(),
    }
}

fn find(rows: &[SheetRow]) -> Option<Header> {
    find_header(rows, COLUMNS, &BTreeMap::new())
}

fn keys(header: &Header) -> Vec<&str> {
    header
        .columns
        .iter()
        .map(|c| c.as_deref().unwrap_or("-"))
        .collect()
}

#[test]
fn labels_are_folded() {
    for (label, folded) in [
        (" 名　稱 ", "名稱"),
        ("名稱（必填）*", "名稱"),
        ("名稱【選填】", "名稱"),
        ("ＩＰ位址", "ip位址"),
        ("Asset_No.", "assetno"),
        ("台北市", "臺北市"),
        ("⼈員", "人員"),
        ("名稱\n(必填)：", "名稱"),
        ("地點（內部）", "地點內部"),
        ("（）", ""),
        ("（", ""),
    ] {
        assert_eq!(fold(label), folded, "{label}");
    }
}

#[test]
fn two_rows_of_headings_below_a_title() {
    let (_, rows) = rows(&sample("two-headings.pass.csv"), None).unwrap();
    let header = find(&rows).unwrap();
    assert_eq!(header.rows, (4, 5));
    assert_eq!(
        keys(&header),
        ["number", "name", "keeper", "likelihood", "impact"]
    );
    assert_eq!(
        header.labels,
        [
            "編號（必填）",
            "基本資料／名 稱＊",
            "基本資料／保管人",
            "風險／可能性",
            "風險／衝擊"
        ]
    );
    assert_eq!(header.notices.len(), 2, "{:?}", header.notices);
}

#[test]
fn one_row_goes_before_two_of_the_same() {
    let found = find(&[
        row(1, &["編號", "名稱"]),
        row(2, &["A-1", ""]),
        row(3, &["A-2", "x"]),
    ])
    .unwrap();
    assert_eq!(found.rows, (1, 1));
    // Rows that aren't neighbours are not joined.
    let apart = find(&[row(1, &["編號", "風險", ""]), row(3, &["", "可能性", "衝擊"])]);
    assert_eq!(apart, None);
}

#[test]
fn keys_unknown_labels_and_duplicates() {
    let found = find(&[row(3, &["number", "備註", "名稱", "資產名稱", "", "KEEPER"])]).unwrap();
    assert_eq!(keys(&found), ["number", "-", "name", "-", "-", "keeper"]);
    assert_eq!(found.unmapped, [(1, "備註".to_owned())]);
    assert_eq!(found.duplicate, [(3, "資產名稱".to_owned())]);
    assert_eq!(
        found.notices,
        ["第 4 欄「資產名稱」與前面的欄位同為「名稱」，不予讀取"]
    );
}

#[test]
fn a_saved_mapping_goes_first() {
    let saved = BTreeMap::from([
        ("財產號".to_owned(), "number".to_owned()),
        ("名稱".to_owned(), String::new()),
        ("品名".to_owned(), "name".to_owned()),
        ("舊欄".to_owned(), "gone".to_owned()),
    ]);
    let found = find_header(&[row(1, &["財產號*", "名稱", "品名", "舊欄"])], COLUMNS, &saved).unwrap();
    assert_eq!(keys(&found), ["number", "-", "name", "-"]);
    assert_eq!(found.unmapped, [(3, "舊欄".to_owned())]);
}

#[test]
fn a_file_of_another_register_has_no_headings() {
    assert_eq!(
        find(&[row(1, &["姓名", "職稱", "編號"]), row(2, &["王", "a", "1"])]),
        None
    );
    assert_eq!(find(&[]), None);
    let deep: Vec<SheetRow> = (1..=20)
        .map(|n| {
            row(
                n,
                if n == 16 {
                    &["編號", "名稱"]
                } else {
                    &["說明", ""]
                },
            )
        })
        .collect();
    assert_eq!(find(&deep), None);
    // One column is enough where there is only one.
    assert!(find(&[row(1, &["編號"]), row(2, &["A-1"])]).is_some());
    let one = [known("mail", "信箱", &[])];
    assert!(find_header(&[row(1, &["序", "信箱"])], &one, &BTreeMap::new()).is_some());
}
