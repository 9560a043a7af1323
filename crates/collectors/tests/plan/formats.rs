//! The same plan as .txt, .odt, .docx and in other encodings reads the same.

use std::io::Write as _;

use super::{json, sample};
use serde_json::Value;
use zip::write::SimpleFileOptions;

pub(crate) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default())
            .expect("starts");
        zip.write_all(content.as_bytes()).expect("writes");
    }
    zip.finish().expect("finishes").into_inner()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

pub(crate) fn odt(text: &str) -> Vec<u8> {
    let mut body = String::new();
    for line in text.lines() {
        if line.contains('\t') {
            body.push_str("<table:table><table:table-row>");
            for cell in line.split('\t') {
                body += &format!(
                    "<table:table-cell><text:p>{}</text:p></table:table-cell>",
                    escape(cell)
                );
            }
            body.push_str("</table:table-row></table:table>");
        } else {
            body += &format!("<text:p>{}</text:p>", escape(line).replace("  ", " <text:s/>"));
        }
    }
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="tb"><office:body><office:text>{body}</office:text></office:body></office:document-content>"#
    );
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", &xml),
    ])
}

pub(crate) fn docx(text: &str) -> Vec<u8> {
    let mut body = String::new();
    let run = |t: &str| {
        format!(
            r#"<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>"#,
            escape(t)
        )
    };
    for line in text.lines() {
        if line.contains('\t') {
            body.push_str("<w:tbl><w:tr>");
            for cell in line.split('\t') {
                body += &format!("<w:tc><w:tcPr/>{}</w:tc>", run(cell));
            }
            body.push_str("</w:tr></w:tbl>");
        } else {
            body += &run(line);
        }
    }
    let xml = format!(r#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#);
    archive(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &xml)])
}

fn parsed(name: &str, bytes: &[u8]) -> Value {
    json(&collectors::parse(name, bytes).unwrap_or_else(|e| panic!("{name}: {e}")))
}

#[test]
fn odt_and_docx_read_as_the_text_does() {
    for name in [
        "demo.pass.txt",
        "level-b-core-systems.pass.txt",
        "chapters-by-han.pass.txt",
    ] {
        let text = String::from_utf8(sample(name)).expect("UTF-8");
        let want = parsed("a.txt", text.as_bytes());
        for (file, bytes) in [("a.odt", odt(&text)), ("a.docx", docx(&text))] {
            let mut got = parsed(file, &bytes);
            // Indents are layout in these formats; excerpts are trimmed either way.
            got["lines"] = want["lines"].clone();
            assert_eq!(got, want, "{name} as {file}");
        }
    }
}

#[test]
fn encodings_and_line_ends_change_nothing_but_a_notice() {
    let text = String::from_utf8(sample("demo.pass.txt")).expect("UTF-8");
    let want = parsed("a.txt", text.as_bytes());
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(parsed("a.txt", crlf.as_bytes()), want);
    assert_eq!(parsed("a.txt", format!("\u{FEFF}{crlf}").as_bytes()), want);
    let (big5, _, lossy) = encoding_rs::BIG5.encode(&text);
    assert!(!lossy);
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, name) in [(big5.as_ref(), "Big5"), (&utf16, "UTF-16LE")] {
        let mut got = parsed("a.txt", bytes);
        let problems = got["problems"].as_array_mut().expect("problems");
        let notice = problems.remove(0);
        assert_eq!(notice["kind"], "encoding");
        assert!(
            notice["message"].as_str().is_some_and(|m| m.contains(name)),
            "{notice}"
        );
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn automatic_chapter_numbers_of_a_docx_are_restored() {
    let text = String::from_utf8(sample("level-b-core-systems.pass.txt")).expect("UTF-8");
    let mut body = String::new();
    for line in text.lines() {
        let chapter = line
            .split_once('、')
            .filter(|(l, _)| l.chars().all(|c| "壹貳參肆伍陸柒捌玖拾".contains(c)));
        match chapter {
            Some((_, title)) => {
                body += &format!(
                    r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{title}</w:t></w:r></w:p>"#
                );
            }
            None => body += &format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", escape(line)),
        }
    }
    let document = format!(r#"<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#);
    let numbering = r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="ideographLegalTraditional"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#;
    let bytes = archive(&[
        ("word/document.xml", &document),
        ("word/numbering.xml", numbering),
    ]);
    assert_eq!(parsed("a.docx", &bytes), parsed("a.txt", text.as_bytes()));
}

fn html(text: &str) -> String {
    let mut body = String::new();
    for line in text.lines() {
        if line.contains('\t') {
            body.push_str("<TABLE><tr>");
            for cell in line.split('\t') {
                body += &format!("<td class=\"a\">{}", escape(cell));
            }
            body.push_str("</table>\n");
        } else {
            body += &format!("<p style='x'><span>{}</span></p>\n", escape(line));
        }
    }
    format!(
        "<!DOCTYPE html>\n<html><head><title>計畫</title><style>p > a {{}}</style></head><body>{body}</body></html>"
    )
}

#[test]
fn a_web_page_reads_as_the_text_does() {
    let name = "demo.pass.txt";
    let text = String::from_utf8(sample(name)).expect("UTF-8");
    let page = html(&text);
    let told = |file: &str, bytes: &[u8]| {
        let read = collectors::parse(file, bytes).unwrap_or_else(|e| panic!("{e}"));
        let mut read = json(&read);
        // Lines of a page are its blocks; empty ones are none.
        without_lines(&mut read);
        read
    };
    let want = told(name, text.as_bytes());
    assert_eq!(told("plan.html", page.as_bytes()), want);
    assert_eq!(
        told(
            "plan.htm",
            page.replace("<!DOCTYPE html>\n", "\u{FEFF}").as_bytes()
        ),
        want
    );
}

fn without_lines(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in ["line", "end_line", "lines"] {
                map.remove(key);
            }
            map.retain(|key, _| key != "problems");
            map.values_mut().for_each(without_lines);
        }
        Value::Array(list) => list.iter_mut().for_each(without_lines),
        _ => {}
    }
}

#[test]
fn a_page_s_text_is_what_one_reads_on_it() {
    let lines = |html: &str| -> Vec<String> {
        let page = format!("<html><body>{html}</body></html>");
        let text = collectors::extract("a.html", page.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
        text.lines.into_iter().map(|l| l.text).collect()
    };
    assert_eq!(
        lines("<p>一、甲<br>二、乙</p><p></p><div>丙\n  丁</div>"),
        ["一、甲", "二、乙", "丙 丁"]
    );
    assert_eq!(
        lines("<p>甲&amp;乙&nbsp;&#x8cc7;&#36890;&unknown;</p>"),
        ["甲&乙 資通&unknown;"]
    );
    assert_eq!(
        lines("<p>x<!-- 不要 --><script>if (a < b) { '</p>' }</script>y</p>"),
        ["xy"]
    );
    assert_eq!(lines("<p>≦ 5 < 8 碼</p>"), ["≦ 5 < 8 碼"]);
    assert_eq!(
        lines("<table><tr><th>業務<th colspan=2>系統</tr><tr><td>甲<td><p>乙</p><p>丙</p><td>丁</table>尾"),
        ["業務\t系統\t", "甲\t乙 丙\t丁", "尾"]
    );
    assert_eq!(
        lines("<table><tr><td>外<table><tr><td>內</td></tr></table></td><td>右</td></tr></table>"),
        ["外 內\t右"]
    );
    // What nobody closes ends with the page.
    assert_eq!(lines("<p>甲<script>乙"), ["甲"]);
    assert_eq!(lines("<p>甲</p><!-- 乙"), ["甲"]);
    assert_eq!(lines("<p title='>'>甲</p>").len(), 1);
}

#[test]
fn a_hostile_page_costs_what_its_size_costs() {
    let began = std::time::Instant::now();
    for piece in [
        "<a '",
        "<td>",
        "<table><tr><td>",
        "</",
        "&#",
        "<!-",
        "<script></scrip",
        "<p>x",
    ] {
        let page = format!("<html>{}", piece.repeat(1 << 18));
        // Whatever comes of it, it comes soon.
        let _ = collectors::extract("a.html", page.as_bytes());
    }
    assert!(
        began.elapsed() < std::time::Duration::from_mins(1),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_page_is_corrected_in_its_own_text() {
    let page = "<html><body><p>依資通安全管理法第&#49;0條</p></body></html>";
    let text = collectors::extract("a.html", page.as_bytes()).expect("reads");
    assert_eq!(text.lines[0].text, "依資通安全管理法第10條");
    let spot = |column| collectors::Spot { line: 1, column };
    let edit = collectors::Edit {
        spots: vec![spot(9), spot(10)],
        text: "13".into(),
    };
    let corrected = collectors::correct("a.html", page.as_bytes(), &[edit]).expect("corrects");
    let want = "<html><body><p>依資通安全管理法第13條</p></body></html>";
    assert_eq!(String::from_utf8(corrected.bytes).expect("text"), want);
}
