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
