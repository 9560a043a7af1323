//! Small documents that ask for much: what they cost is counted, not timed, and stays in the budget.

use collectors::work::{Spent, Stop, TEXT, Work};
use collectors::{PlanError, citations_within, extract_within, parse_within};

use super::formats::{archive, docx, odt};
use super::sample;

/// Reads a document; what it cost stays in the budget, however it ended.
fn cost(name: &str, bytes: &[u8]) -> (Result<usize, PlanError>, Spent) {
    let work = Work::new(&TEXT, bytes.len(), Stop::default());
    let read = extract_within(name, bytes, &work);
    let (spent, most) = (work.spent(), work.most());
    assert!(spent.unpacked <= most.unpacked, "{spent:?} {most:?}");
    assert!(spent.steps <= most.steps, "{spent:?} {most:?}");
    assert!(spent.text <= most.text, "{spent:?} {most:?}");
    (
        read.map(|text| text.lines.iter().map(|l| l.text.len()).sum()),
        spent,
    )
}

/// The same plan in every format.
fn plans() -> [(&'static str, Vec<u8>); 3] {
    let text = String::from_utf8(sample("demo.pass.txt")).unwrap();
    [
        ("a.docx", docx(&text)),
        ("a.odt", odt(&text)),
        ("a.txt", text.into_bytes()),
    ]
}

fn document(body: &str) -> String {
    format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>")
}

#[test]
fn a_label_that_every_paragraph_repeats_is_no_label() {
    let paragraph = "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>";
    let numbering = |label: &str| {
        format!(
            "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"{label}\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>"
        )
    };
    let with = |label: &str, times: usize| {
        let body = document(&paragraph.repeat(times));
        archive(&[
            ("word/document.xml", &body),
            ("word/numbering.xml", &numbering(label)),
        ])
    };
    let (read, _) = cost("a.docx", &with("%1.", 3));
    assert_eq!(read, Ok("1.a2.a3.a".len()));
    // 100,000 characters times 30,000 paragraphs would be 3 GB.
    let (read, spent) = cost("a.docx", &with(&"x".repeat(100_000), 30_000));
    assert_eq!(read, Ok(30_000));
    assert_eq!(spent.text, 30_000);
    // The longest label that is one still is paid by each paragraph.
    let (read, _) = cost("a.docx", &with(&"x".repeat(250), 60_000));
    match read {
        Err(PlanError::Bomb { reason, .. }) => assert!(reason.contains("文字"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_only_repeats_is_refused_while_it_grows() {
    let blanks = "<text:s text:c=\"80\"/>".repeat(2_000);
    let paragraph = format!("<text:p>x{blanks}</text:p>");
    let content = format!("<o:d xmlns:text=\"t\">{}</o:d>", paragraph.repeat(60));
    let (read, _) = cost("a.odt", &archive(&[("content.xml", &content)]));
    assert!(matches!(read, Err(PlanError::Bomb { .. })), "{read:?}");
    // One paragraph of many pieces is refused at the length of a line, not at its end.
    let piece = "<w:r><w:t>甲乙丙丁戊己庚辛</w:t></w:r>".repeat(40_000);
    let bytes = archive(&[("word/document.xml", &document(&format!("<w:p>{piece}</w:p>")))]);
    let (read, spent) = cost("a.docx", &bytes);
    assert!(
        matches!(
            read,
            Err(PlanError::TooMuchText {
                reason: "單行過長",
                ..
            })
        ),
        "{read:?}"
    );
    assert!(
        spent.text <= 3 * collectors::text::MAX_LINE_BYTES as u64,
        "{spent:?}"
    );
    let lines = document(&"<w:p><w:r><w:t>a</w:t></w:r></w:p>".repeat(210_000));
    let (read, _) = cost("a.docx", &archive(&[("word/document.xml", &lines)]));
    let said = read.unwrap_err().to_string();
    assert!(said.contains('請'), "{said}");
}

#[test]
fn attributes_and_parts_are_bounded() {
    let many = (0..2_000).fold(String::new(), |all, n| all + &format!(" a{n}=\"\""));
    let bytes = archive(&[("word/document.xml", &document(&format!("<w:p{many}/>")))]);
    let said = cost("a.docx", &bytes).0.unwrap_err().to_string();
    assert!(said.contains("屬性過多"), "{said}");
    let inner = archive(&[("word/document.xml", &document("<w:p/>"))]);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a.docx", zip::write::SimpleFileOptions::default())
        .unwrap();
    std::io::Write::write_all(&mut zip, &inner).unwrap();
    let (read, spent) = cost("a.zip", &zip.finish().unwrap().into_inner());
    assert!(matches!(read, Err(PlanError::Unsupported { .. })), "{read:?}");
    assert_eq!(spent.unpacked, 0);
}

#[test]
fn a_plan_is_far_from_every_limit() {
    for (name, bytes) in plans() {
        let work = Work::new(&TEXT, bytes.len(), Stop::default());
        parse_within(name, &bytes, &work).unwrap();
        let (spent, most) = (work.spent(), work.most());
        assert!(spent.text * 10 < most.text, "{name}: {spent:?} {most:?}");
        assert!(spent.steps * 10 < most.steps, "{name}: {spent:?} {most:?}");
        assert!(
            spent.unpacked * 10 < most.unpacked || spent.unpacked == 0,
            "{name}: {spent:?} {most:?}"
        );
    }
}

#[test]
fn who_is_told_to_stop_stops() {
    let stop = Stop::new();
    let text = collectors::extract("demo.pass.txt", &sample("demo.pass.txt")).unwrap();
    let running = Work::new(&TEXT, 0, stop.clone());
    assert!(!citations_within(&text, &running).unwrap().list.is_empty());
    assert!(collectors::plan::read_rule_within(&text, &running).is_ok());
    stop.give();
    for (name, bytes) in plans() {
        let work = Work::new(&TEXT, bytes.len(), stop.clone());
        let ended = parse_within(name, &bytes, &work).map(|_| ());
        assert_eq!(
            ended,
            Err(PlanError::Stopped {
                file: name.to_owned()
            })
        );
        assert_eq!(work.spent().steps, 0, "{name}");
        let said = ended.unwrap_err().to_string();
        assert!(said.contains("請重新上傳"), "{said}");
    }
    assert!(citations_within(&text, &running).is_err());
    assert!(collectors::plan::read_rule_within(&text, &running).is_err());
}
