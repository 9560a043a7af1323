//! 意見: what somebody says about a record, or asks for; the record stays as it is.
//!
//! Why rows of their own: a superior may speak and never edit, and the record's versions
//! stay those of its makers. What it can't know: whether a remark was heeded.

use super::access;
use crate::commands::new_id;
use crate::permission::Action;
use crate::principal::{Principal, Role};
use crate::{App, AppError};
use serde_json::json;
use store::{Holds, NewRow};

impl App {
    /// Says something about a record, or asks for more; the record stays as it is.
    ///
    /// # Errors
    /// Where the asker may not see the record.
    pub async fn comment(
        &self,
        who: &Principal,
        agency: &str,
        register: &str,
        id: &str,
        (kind, text): (&str, &str),
    ) -> Result<(), AppError> {
        let access = self.access(who, Action::Comment, agency, register).await?;
        let row = self.visible(&access, agency, id).await?;
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
        let remark = self.remark(who, agency, access.spec.key, id, row.version, kind, text);
        let spec = access::register_of("comment")?;
        spec.check(&remark.body).map_err(|p| {
            AppError::Fields(
                p.into_iter()
                    .map(|p| super::check::labelled(spec, p, ""))
                    .collect(),
            )
        })?;
        self.commit_holding(
            who,
            agency,
            "comment.create",
            vec![remark],
            Vec::new(),
            Holds::default(),
        )
        .await
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    pub(crate) fn remark(
        &self,
        who: &Principal,
        agency: &str,
        register: &str,
        id: &str,
        version: u32,
        kind: &str,
        text: &str,
    ) -> NewRow {
        NewRow {
            register: "comment".to_owned(),
            row: new_id(&format!("{agency}-m")),
            expected_version: 0,
            body: json!({
                "v": 1, "register": register, "row": id, "version": version, "kind": kind,
                "text": text.trim(), "by": who.name, "at": self.moment(),
            }),
        }
    }

    /// Now in Taipei, to the minute.
    pub(crate) fn moment(&self) -> String {
        super::history::taipei(self.now())
    }
}
