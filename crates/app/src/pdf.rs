//! PDF files with a text layer, by Debian's `pdftotext` where it is installed.
//!
//! Why a program beside ours: reading PDF in our own process would put the largest parser of all in
//! front of whatever somebody uploads. It gets the bytes and nothing else, so much time, memory and
//! output, and its text is read as any other. What it can't know: text that is only a picture.

use crate::AppError;
use std::borrow::Cow;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long it may take, in seconds of the clock and of the processor.
const SECONDS: u64 = 20;
/// How much memory it may have, in KiB.
const MEMORY: u64 = 512 * 1024;
/// How much text it may write.
const TEXT: u64 = 10 << 20;
/// How long until it is looked at again.
const LOOK: Duration = Duration::from_millis(20);
/// Where in a file its mark may begin.
const LOOKED_AT: usize = 1024;

/// The file itself, or a PDF's text in its place.
pub(crate) fn as_text<'b>(file_name: &str, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>, AppError> {
    let start = bytes.get(..LOOKED_AT.min(bytes.len())).unwrap_or_default();
    if !start.windows(5).any(|w| w == b"%PDF-") {
        return Ok(Cow::Borrowed(bytes));
    }
    let text = by_tool(file_name, bytes, "pdftotext")?;
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(AppError::bad_input(
            format!("檔案「{file_name}」是沒有文字層的 PDF（可能是掃描影像），讀不出文字"),
            "請由原始檔另存為 .odt、.docx 或純文字，或先以文字辨識（OCR）轉成有文字層的檔案，再上傳",
        ));
    }
    Ok(Cow::Owned(text))
}

fn refuse(file_name: &str, what: &str) -> AppError {
    AppError::bad_input(
        format!("檔案「{file_name}」是 PDF，{what}"),
        "請由原始檔另存為 .odt、.docx 或純文字後再上傳",
    )
}

fn by_tool(file_name: &str, bytes: &[u8], tool: &str) -> Result<Vec<u8>, AppError> {
    let limits = format!(
        "ulimit -v {MEMORY}; ulimit -t {SECONDS}; ulimit -c 0; exec \"$0\" -layout -enc UTF-8 -nopgbrk - -"
    );
    let started = Command::new("sh")
        .args(["-c", &limits, tool])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .current_dir("/")
        .spawn();
    let Ok(mut child) = started else {
        return Err(missing(file_name));
    };
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(refuse(file_name, "讀取時發生錯誤"));
    };
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // It may end before it has read everything.
            let _ = stdin.write_all(bytes);
        });
        let told = scope.spawn(move || {
            let mut text = Vec::new();
            let read = stdout.take(TEXT + 1).read_to_end(&mut text);
            read.map(|_| text)
        });
        let ended = wait(&mut child, Instant::now() + Duration::from_secs(SECONDS), || {
            told.is_finished()
        });
        let text = told.join().ok().and_then(Result::ok).unwrap_or_default();
        match ended {
            _ if text.len() as u64 > TEXT => Err(refuse(file_name, "文字過多，為安全起見不予讀取")),
            Ended::ByItself(Some(0)) => Ok(text),
            // What a shell says where there is no such program.
            Ended::ByItself(Some(127)) => Err(missing(file_name)),
            Ended::ByItself(_) => Err(refuse(file_name, "內容損壞、設有密碼或過於複雜，讀不出文字")),
            Ended::ByUs => Err(refuse(file_name, "讀取逾時，為安全起見已停止")),
        }
    })
}

/// How a program ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// With this code; none where a signal did it.
    ByItself(Option<i32>),
    /// It was ended.
    ByUs,
}

/// Waits until it ends, or ends it: after so long, or where it writes on and nobody reads.
fn wait(child: &mut Child, until: Instant, heard: impl Fn() -> bool) -> Ended {
    let mut deaf = 0;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ended::ByItself(status.code()),
            Ok(None) if Instant::now() < until && deaf < 50 => {
                deaf += u32::from(heard());
                std::thread::sleep(LOOK);
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Ended::ByUs;
            }
        }
    }
}

fn missing(file_name: &str) -> AppError {
    AppError::bad_input(
        format!("檔案「{file_name}」是 PDF，這台機器沒有讀取 PDF 的程式（pdftotext）"),
        "請系統管理者安裝 Debian 套件 poppler-utils，或由原始檔另存為 .odt、.docx 或純文字後再上傳",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use crate::reading::read_plan;
    use std::fmt::Write as _;

    /// A PDF of the simplest kind: lines of text on pages, with or without a text layer that names its characters.
    fn pdf(text: &str) -> Vec<u8> {
        let lines: Vec<&str> = text.lines().collect();
        let pages: Vec<&[&str]> = lines.chunks(50).collect();
        let mut objects: Vec<String> = vec![
            "<</Type/Catalog/Pages 2 0 R>>".into(),
            String::new(),
            "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>".into(),
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/FontDescriptor 6 0 R>>".into(),
        ];
        let map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /A def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange\nendcmap\nend\nend";
        objects.push(format!("<</Length {}>>stream\n{map}\nendstream", map.len()));
        objects.push("<</Type/FontDescriptor/FontName/A/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>".into());
        let mut kids = String::new();
        for page in pages {
            let mut stream = String::from("BT /F 10 Tf 14 TL 30 800 Td\n");
            for line in page {
                let hex: String = line.encode_utf16().fold(String::new(), |mut hex, unit| {
                    let _ = write!(hex, "{unit:04X}");
                    hex
                });
                let _ = writeln!(stream, "<{hex}> Tj T*");
            }
            stream.push_str("ET");
            objects.push(format!("<</Length {}>>stream\n{stream}\nendstream", stream.len()));
            let content = objects.len();
            objects.push(format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 2000 842]/Resources<</Font<</F 3 0 R>>>>/Contents {content} 0 R>>"
            ));
            let _ = write!(kids, "{} 0 R ", objects.len());
        }
        objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", kids.matches('R').count());
        let mut out = String::from("%PDF-1.7\n");
        let mut places = Vec::new();
        for (n, object) in objects.iter().enumerate() {
            places.push(out.len());
            let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", n + 1);
        }
        let table = out.len();
        let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for place in places {
            let _ = writeln!(out, "{place:010} 00000 n ");
        }
        let _ = write!(
            out,
            "trailer<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF",
            objects.len() + 1
        );
        out.into_bytes()
    }

    fn installed() -> bool {
        let found = Command::new("pdftotext")
            .arg("-v")
            .stderr(Stdio::null())
            .status()
            .is_ok();
        if !found {
            println!("skipped: pdftotext is not here");
        }
        found
    }

    #[test]
    fn a_plan_that_is_a_pdf_is_read() {
        if !installed() {
            return;
        }
        let path = testkit::root().join("samples/plan/in-words.pass.txt");
        let text = std::fs::read_to_string(path).expect("the sample");
        let read = |name: &str, bytes: &[u8]| {
            let json = read_plan(name, bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            Reading::from_json(&json).expect("a reading")
        };
        let (of_text, of_pdf) = (read("a.txt", text.as_bytes()), read("a.pdf", &pdf(&text)));
        let told = |r: &Reading| {
            let said: Vec<String> = r
                .undertakings
                .iter()
                .map(|u| format!("{} {}", u.clause, u.text))
                .collect();
            let numbers: Vec<String> = r
                .parameters
                .iter()
                .map(|p| format!("{} {}", p.key, p.value))
                .collect();
            let name = r.agency.as_ref().map(|a| a.name.clone());
            (name, r.level.as_ref().map(|l| l.value.clone()), said, numbers)
        };
        assert_eq!(told(&of_pdf), told(&of_text));
    }

    #[test]
    fn what_has_no_text_or_is_broken_is_refused_with_a_remedy() {
        if !installed() {
            return;
        }
        let refused = |bytes: &[u8]| as_text("掃描.pdf", bytes).expect_err("has no text").to_string();
        let scan = refused(&pdf("\n\n"));
        assert!(scan.contains("掃描影像") && scan.contains("OCR"), "{scan}");
        for broken in [&b"%PDF-1.7\n"[..], b"%PDF-1.7 garbage \xff\xfe", &pdf("甲")[..60]] {
            let said = refused(broken);
            assert!(said.contains("PDF") && said.contains("另存為"), "{said}");
        }
    }

    #[test]
    fn what_is_no_pdf_is_left_alone() {
        let text = as_text("a.txt", b"plain").expect("as it is");
        assert!(matches!(text, Cow::Borrowed(b"plain")));
    }

    #[test]
    fn a_missing_tool_is_told_with_what_to_install() {
        let said = by_tool("a.pdf", b"%PDF-1.7", "no-such-pdftotext")
            .expect_err("missing")
            .to_string();
        assert!(said.contains("poppler-utils") && said.contains(".odt"), "{said}");
    }

    #[test]
    fn a_tool_that_never_ends_is_ended_and_one_that_fails_is_told() {
        let mut sleeper = Command::new("sleep").arg("600").spawn().expect("starts");
        let began = Instant::now();
        let ended = wait(&mut sleeper, began + Duration::from_millis(200), || false);
        assert_eq!(ended, Ended::ByUs);
        let mut sleeper = Command::new("sleep").arg("600").spawn().expect("starts");
        let ended = wait(&mut sleeper, began + Duration::from_mins(10), || true);
        assert_eq!(ended, Ended::ByUs, "nobody hears it any more");
        assert!(began.elapsed() < Duration::from_secs(30));
        let said = by_tool("a.pdf", b"%PDF-1.7", "yes")
            .expect_err("knows no such option")
            .to_string();
        assert!(said.contains("PDF"), "{said}");
    }
}
