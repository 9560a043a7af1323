//! Citations in any text, and corrected copies that change nothing else.

use std::io::Read as _;

use collectors::{Edit, Spot, citations, correct, extract};
use proptest::prelude::*;

use super::formats::archive;

fn cited(text: &str) -> Vec<(String, Option<String>, String)> {
    let text = extract("a.txt", text.as_bytes()).expect("reads");
    citations(&text)
        .list
        .into_iter()
        .map(|c| (c.instrument, c.article, c.number))
        .collect()
}

fn articles(text: &str) -> Vec<String> {
    cited(text)
        .into_iter()
        .filter_map(|(_, article, _)| article)
        .collect()
}

#[test]
fn every_form_is_read() {
    for (text, want) in [
        ("依資通安全管理法第10條辦理。", &["10"][..]),
        ("依資安法第十條辦理。", &["10"]),
        ("依資安法第１０條辦理。", &["10"]),
        ("依資安法第10條、第11條及第12條辦理。", &["10", "11", "12"]),
        ("依資安法第10、11及12條辦理。", &["10", "11", "12"]),
        ("依資安法第3條至第5條辦理。", &["3", "4", "5"]),
        ("依資安法第3條至第5條及第8條辦理。", &["3", "4", "5", "8"]),
        ("依「施行細則第 6 條第 1 項第 3 款」辦理。", &["6"]),
        ("依資安法施行細則第6條第1項、第2項及第9條辦理。", &["6", "9"]),
        ("依資安法第6條之1辦理。", &["6-1"]),
        ("依資通安全管理法辦理，並依同法第12條提出。", &["12"]),
        ("資通安全管理法（以下簡稱本法）。依本法第12條。", &["12"]),
        ("依資安法第\n10條辦理。", &["10"]),
        ("依資安法第10\n條辦理。", &["10"]),
        ("依資通安全責任等級分級辦法附表十辦理。", &["附表十"]),
        ("資通安全管理法\t第10條\t維護計畫", &["10"]),
        // Other instruments, and words that are none.
        ("依建築法施行細則第6條辦理。", &[]),
        ("依空氣品質分級辦法第6條辦理。", &[]),
        ("依採購基本法第6條辦理。", &[]),
        ("本法第12條。", &[]),
        ("第十條　本要點自即日生效。", &[]),
    ] {
        assert_eq!(articles(text), want, "{text}");
    }
    let other = cited("依個人資料保護法（以下簡稱本法）。又依本法第27條。");
    assert!(
        other
            .iter()
            .all(|(instrument, _, _)| instrument == "個人資料保護法"),
        "{other:?}"
    );
}

#[test]
fn what_speaks_of_the_past_is_marked() {
    for (text, want) in [
        ("依資安法第10條訂定。", false),
        ("原資安法第10條。", true),
        ("資安法第10條移列第13條。", true),
        ("修正前之資安法第10條。", true),
        ("107年6月6日公布之資安法第10條。", true),
        ("條文對照表\n資安法第13條\t資安法第10條", true),
        ("修正紀錄\n版次\t說明\n1\t依資安法第10條訂定", true),
        ("依原則辦理，並依資安法第10條訂定。", false),
    ] {
        let text = extract("a.txt", text.as_bytes()).expect("reads");
        let list = citations(&text).list;
        assert!(
            !list.is_empty() && list.iter().all(|c| c.historic == want),
            "{list:?}"
        );
    }
}

/// One edit a number: each gets `12`.
fn edits(name: &str, bytes: &[u8]) -> Vec<Edit> {
    let text = extract(name, bytes).expect("reads");
    let list = citations(&text).list.into_iter();
    list.filter(|c| !c.number_spots.is_empty())
        .map(|c| Edit {
            spots: c.number_spots,
            text: "12".into(),
        })
        .collect()
}

fn corrected(name: &str, bytes: &[u8]) -> Vec<u8> {
    let copy = correct(name, bytes, &edits(name, bytes)).expect("corrects");
    assert!(copy.left.is_empty(), "{:?}", copy.left);
    copy.bytes
}

#[test]
fn text_keeps_its_mark_and_its_line_ends() {
    for (before, after) in [
        (
            "\u{FEFF}依資安法第10條\r\n。  \r\n",
            "\u{FEFF}依資安法第12條\r\n。  \r\n",
        ),
        ("依資安法第 1\n0 條\u{C}\n", "依資安法第 12\n 條\u{C}\n"),
        ("依資安法第十條\r依法\u{200B}", "依資安法第12條\r依法\u{200B}"),
        ("尾端沒有換行：資安法第１０條", "尾端沒有換行：資安法第12條"),
    ] {
        let bytes = corrected("a.txt", before.as_bytes());
        assert_eq!(String::from_utf8(bytes).expect("UTF-8"), after);
    }
    let (big5, _, _) = encoding_rs::BIG5.encode("本機關依資通安全管理法第10條辦理。\r\n");
    let edits = edits("a.txt", &big5);
    let copy = correct("a.txt", &big5, &edits).expect("corrects");
    assert_eq!(copy.converted, Some("Big5"));
    let text = String::from_utf8(copy.bytes).expect("UTF-8");
    assert_eq!(text, "本機關依資通安全管理法第12條辦理。\r\n");
}

fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("opens");
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).expect("entry");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("reads");
            (entry.name().expect("name").into_owned(), content)
        })
        .collect()
}

#[test]
fn documents_change_in_their_numbers_only() {
    let docx = r#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body><w:p><w:pPr><w:jc w:val="left"/></w:pPr><w:r><w:t>依資通安全</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>管理法第1</w:t></w:r><w:r><w:t xml:space="preserve">0條 &amp; 其施行細則第&#54;條。</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t><![CDATA[資安法]]></w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>第十條</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"#;
    let want = docx
        .replace("管理法第1<", "管理法第12<")
        .replace(">0條", ">條")
        .replace("第&#54;條", "第12條")
        .replace("第十條", "第12條");
    let odt = "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:text=\"t\"><office:body><office:text><text:p>依資安法第<text:span text:style-name=\"T1\">10</text:span>條<text:s/>辦理</text:p></office:text></office:body></office:document-content>";
    let want_odt = odt.replace(">10<", ">12<");
    for (name, part, before, after) in [
        ("a.docx", "word/document.xml", docx.to_owned(), want),
        ("a.odt", "content.xml", odt.to_owned(), want_odt),
        (
            "bom.odt",
            "content.xml",
            format!("\u{FEFF}{odt}"),
            format!("\u{FEFF}{}", odt.replace(">10<", ">12<")),
        ),
    ] {
        let original = archive(&[
            ("mimetype", "x"),
            (part, &before),
            ("media/image.bin", "\u{0}\u{1}圖"),
        ]);
        let copy = corrected(name, &original);
        for ((name, old), (copied, new)) in parts(&original).into_iter().zip(parts(&copy)) {
            assert_eq!(name, copied);
            if name == part {
                assert_eq!(String::from_utf8(new).expect("UTF-8"), after);
            } else {
                assert_eq!(old, new, "{name}");
            }
        }
        let text = extract(name, &copy).expect("reads again");
        assert!(
            citations(&text)
                .list
                .iter()
                .all(|c| c.article.as_deref() == Some("12"))
        );
    }
}

#[test]
fn what_has_no_place_in_the_file_is_left() {
    let edit = |line, column| Edit {
        spots: vec![Spot { line, column }],
        text: "x".into(),
    };
    let copy = correct(
        "a.txt",
        "甲乙".as_bytes(),
        &[edit(1, 5), edit(9, 0), edit(1, 0), edit(1, 0)],
    )
    .expect("ok");
    assert_eq!(copy.left, [0, 1, 3]);
    assert_eq!(copy.bytes, "x乙".as_bytes());
}

#[test]
fn many_names_end_in_reasonable_time() {
    for line in [
        "依資安法第10條、本法",
        "施行細則、同法",
        "附表十資安法",
        "第10條、",
        "資通安全管理法",
    ] {
        let hostile = line.repeat(120_000 / line.len());
        let text = extract("a.txt", hostile.as_bytes()).expect("reads");
        let begun = std::time::Instant::now();
        let _ = citations(&text);
        assert!(begun.elapsed().as_secs() < 20, "{line}: {:?}", begun.elapsed());
    }
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "資通安全管理法",
        "資安法",
        "施行細則",
        "本法",
        "同法",
        "其施行細則",
        "分級辦法",
        "附表",
        "第",
        "條",
        "之",
        "項",
        "款",
        "至",
        "、",
        "及",
        "10",
        "十",
        "１２",
        "0",
        "6",
        "\n",
        "\r\n",
        "\t",
        "(",
        ")",
        "「",
        "」",
        "。",
        "以下簡稱",
        "原",
        "修正前",
        "§",
        "-",
        " ",
        "\u{3000}",
        "\u{200B}",
        "𠀀",
        "a",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn places_are_in_the_text(text in prop_oneof![words(), any::<String>()]) {
        if let Ok(read) = extract("a.txt", text.as_bytes()) {
            for c in citations(&read).list {
                prop_assert!((1..=read.lines.len()).contains(&(c.line as usize)));
                for spot in c.name_spots.iter().chain(&c.number_spots) {
                    let line = &read.lines[spot.line as usize - 1].text;
                    prop_assert!((spot.column as usize) < line.chars().count());
                }
                let written: String = c.number_spots.iter()
                    .filter_map(|s| read.lines[s.line as usize - 1].text.chars().nth(s.column as usize))
                    .collect();
                prop_assert_eq!(written, c.number.replace(' ', ""));
            }
            let copy = correct("a.txt", text.as_bytes(), &[]).expect("reads");
            prop_assert_eq!(copy.bytes, text.as_bytes());
        }
    }
}
