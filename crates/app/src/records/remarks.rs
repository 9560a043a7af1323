//! 意見: what somebody says about a record, or asks for; the record stays as it is.
//!
//! Why rows of their own: a superior may speak and never edit, and the record's versions
//! stay those of its makers. What it can't know: whether a remark was heeded.

use crate::AppError;
use crate::commit::Draft;
use crate::compiled::compiled_once;
use crate::error::labelled;
use crate::ids::RowId;
use crate::new_ids::new_id;
use crate::principal::Role;
use crate::visit::{Visit, act};
use registers::RegisterSpec;
use serde_json::json;
use store::NewRow;

/// Says something about a record, or asks for more; the record stays as it is.
///
/// # Errors
/// Where the asker may not see the record.
#[compiled_once]
pub async fn comment(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    id: &RowId,
    (kind, text): (&str, &str),
) -> Result<(), AppError> {
    let access = visit.may(act::Comment, spec)?;
    let id = id.as_str();
    let row = access.visible(id).await?;
    if text.trim().is_empty() {
        return Err(AppError::bad_input("意見沒有內容", "請填寫意見"));
    }
    let kind = match kind {
        "return" if access.roles.contains(&Role::Supervisor) => "return",
        "return" => {
            return Err(AppError::forbidden(
                "只有上級機關可以退回補正",
                "請改以「意見」提出，或由簽核步驟退回",
            ));
        }
        "answer" => "answer",
        "comment" | "" => "comment",
        other => {
            return Err(AppError::bad_input(
                format!("「{other}」不是可用的意見種類"),
                "請用 comment（意見）、return（退回補正）或 answer（回復）",
            ));
        }
    };
    let remark = remark(visit, spec, id, row.version, kind, text);
    let own = crate::ids::register("comment")?;
    own.check(&remark.body)
        .map_err(|p| AppError::Fields(p.into_iter().map(|p| labelled(own, p, "")).collect()))?;
    access
        .commit(Draft::of("comment.create", vec![remark]))
        .await
        .map(|_| ())
}

pub(crate) fn remark(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    id: &str,
    version: u32,
    kind: &str,
    text: &str,
) -> NewRow {
    let agency = visit.agency();
    NewRow {
        register: "comment".to_owned(),
        row: new_id(&format!("{agency}-m")),
        expected_version: 0,
        body: json!({
            "v": 1, "register": spec.key, "row": id, "version": version, "kind": kind,
            "text": text.trim(), "by": visit.who().name, "at": visit.moment(),
        }),
    }
}
