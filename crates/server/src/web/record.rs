//! Recording something done, with its evidence.
//!
//! Why the whole request is read even where a file is too large: a browser that is
//! refused while it still sends shows a broken connection instead of our words. Only what
//! is kept stays in memory.

use super::duties::{record_form, show_duty};
use super::forms::Form;
use super::page::go;
use crate::AppState;
use crate::day::{Day, with};
use crate::error::Problem;
use crate::words;
use app::{ActivityInput, AppError, EvidenceFile, Kind};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Path, State};
use axum::response::Response;

/// How many files at once.
const FILES: usize = 5;
/// The longest text.
const TEXT_LIMIT: usize = 32 * 1024;
/// The most parts of a request.
const PARTS: usize = 64;
/// The largest request that is read to its end.
pub(crate) const REQUEST_LIMIT: usize = 1024 * 1024 * 1024;

/// What a request carried.
#[derive(Default)]
pub(crate) struct Parts {
    pub texts: Vec<(String, String)>,
    pub files: Vec<EvidenceFile>,
    pub refused: Option<String>,
}

/// A text that a request carried; empty where it carried none.
pub(crate) fn text_of<'p>(parts: &'p Parts, name: &str) -> &'p str {
    parts.text(name)
}

impl Parts {
    fn text(&self, name: &str) -> &str {
        self.texts
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }
}

/// Bytes up to a limit; none where there are more. Reads to the end in any case.
async fn bytes(field: &mut Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, MultipartError> {
    let mut kept = Vec::new();
    let mut fits = true;
    while let Some(chunk) = field.chunk().await? {
        fits = fits && kept.len() + chunk.len() <= limit;
        if fits {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    Ok(fits.then_some(kept))
}

/// A file's own name: without folders and control characters, not longer than a disk takes.
fn file_name(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    if name.trim().is_empty() {
        "未命名".to_owned()
    } else {
        name.trim().to_owned()
    }
}

pub(crate) async fn parts(mut form: Multipart) -> Result<Parts, MultipartError> {
    let mut parts = Parts::default();
    let mut seen = 0;
    while let Some(mut field) = form.next_field().await? {
        seen += 1;
        let name = field.name().unwrap_or_default().to_owned();
        if seen > PARTS {
            parts.refused = Some("表單的欄位太多".to_owned());
            bytes(&mut field, 0).await?;
        } else if let Some(given) = field.file_name().map(str::to_owned) {
            let media_type = field
                .content_type()
                .unwrap_or("application/octet-stream")
                .to_owned();
            let limit = if parts.files.len() < FILES {
                app::EVIDENCE_LIMIT
            } else {
                0
            };
            let kept = bytes(&mut field, limit).await?;
            let shown = file_name(&given);
            match kept {
                // A file field that was left empty comes as a file without name and bytes.
                Some(kept) if kept.is_empty() && given.is_empty() => {}
                Some(kept) if kept.is_empty() => {
                    parts.refused = Some(format!("「{shown}」是空檔，請確認檔案"));
                }
                Some(bytes) => parts.files.push(EvidenceFile {
                    name: shown,
                    bytes,
                    media_type,
                }),
                None if limit == 0 => parts.refused = Some(format!("一次最多附 {FILES} 個檔案，請分次登錄")),
                None => {
                    parts.refused = Some(format!("「{shown}」超過 25 MB，請分割檔案或改附較小的檔案"));
                }
            }
        } else {
            match bytes(&mut field, TEXT_LIMIT).await? {
                Some(text) => parts
                    .texts
                    .push((name, String::from_utf8_lossy(&text).into_owned())),
                None => parts.texts.push((name, String::new())),
            }
        }
    }
    Ok(parts)
}

/// POST /{org}/activities
pub(crate) async fn record(
    State(state): State<AppState>,
    Path(org): Path<String>,
    day: Day,
    form: Multipart,
) -> Result<Response, Problem> {
    let parts = parts(form).await.map_err(|error| Problem::of(error.status()))?;
    if !state.is_token(parts.text("token")) {
        return Err(Problem::forged("token"));
    }
    let key = parts.text("duty").to_owned();
    let system = Some(parts.text("system").to_owned()).filter(|s| !s.is_empty());
    let subject = (key.as_str(), system.as_deref());
    // Before anything is judged: the page to come back to must exist.
    state.app.duty(&org, subject.0, subject.1, day.date).await?;
    let mut form = record_form(&day);
    form.take(&parts.texts);
    let input = checked(&mut form, &day, &parts, subject);
    let Some(input) = input.filter(|_| !form.failed()) else {
        return show_duty(&state, &org, subject, day, Some(ask_again(form, &parts)), false).await;
    };
    match state.app.record_activity("local", &org, input).await {
        Ok(_) => {
            let mut target = format!("/{org}/duties/{}", words::encode(&key));
            if let Some(system) = &system {
                target = with(&target, "system", system);
            }
            Ok(go(&day.href(&with(&target, "done", "1"))))
        }
        Err(AppError::Told {
            kind: Kind::BadInput,
            message,
            remedy,
        }) => {
            form.fail("", format!("{message}。{remedy}"));
            show_duty(&state, &org, subject, day, Some(ask_again(form, &parts)), false).await
        }
        Err(error) => Err(error.into()),
    }
}

fn checked(
    form: &mut Form,
    day: &Day,
    parts: &Parts,
    (key, system): (&str, Option<&str>),
) -> Option<ActivityInput> {
    let on = form.date("on");
    form.required("on", "請填辦理日期，例如 115/11/18");
    if on.is_some_and(|on| on > day.today) {
        form.fail("on", "辦理日期在今天之後，請填實際辦理的日期");
    }
    let title = form.required("title", "請用一句話寫下辦了什麼");
    if title.chars().count() > 200 {
        form.fail("title", "請縮短到 200 字以內，其餘寫在「說明」");
    }
    if let Some(refused) = &parts.refused {
        form.fail("evidence", refused);
    }
    Some(ActivityInput {
        duty: key.to_owned(),
        system: system.map(str::to_owned),
        on: on?,
        title,
        note: form.value("note").to_owned(),
        evidence: parts.files.clone(),
    })
}

/// A browser doesn't send chosen files a second time by itself.
fn ask_again(mut form: Form, parts: &Parts) -> Form {
    if !parts.files.is_empty() {
        form.fail("evidence", "檔案沒有保存，更正其他欄位後請重新選取");
    }
    form
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_lose_folders() {
        assert_eq!(file_name("C:\\公文\\報告.pdf"), "報告.pdf");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\r\nb.txt"), "ab.txt");
        assert_eq!(file_name(".."), "..");
        assert_eq!(file_name("/"), "未命名");
    }
}
