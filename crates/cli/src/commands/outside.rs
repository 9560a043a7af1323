//! What the operator said of mail and timestamps, as the worker needs it.

use crate::args::outside::OutsideArgs;
use app::AppError;
use app::jobs::{Folder, MailAddress, MailServer, Outside, Post, Tsa};
use std::path::Path;

/// The password's other way in: it is in no list of processes.
const PASSWORD: &str = "FAZUN_SMTP_PASSWORD";

/// No password is longer.
const MOST: u64 = 4096;

fn unusable(error: String) -> AppError {
    AppError::bad_input(error, "請更正服務的參數或環境變數後重新啟動")
}

fn password(file: Option<&Path>) -> Result<Option<String>, AppError> {
    let Some(file) = file else {
        return Ok(std::env::var(PASSWORD).ok().filter(|text| !text.is_empty()));
    };
    let (_, bytes) = super::read_file(file, MOST)?;
    let text = String::from_utf8(bytes).map_err(|_| unusable(format!("{} 不是文字檔", file.display())))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()).filter(|text| !text.is_empty()))
}

/// Where checkpoints go, and what sends mail where the operator named a server.
pub(super) fn of(args: &OutsideArgs, folder: Folder) -> Result<(Outside, Option<Post>), AppError> {
    let address = |text: &Option<String>| -> Result<Option<MailAddress>, AppError> {
        let parsed = text.as_deref().map(str::parse::<MailAddress>).transpose();
        parsed.map_err(unusable)
    };
    let (mail_to, from) = (address(&args.checkpoint_mail)?, address(&args.mail_from)?);
    let authority = args.checkpoint_tsa.as_deref().map(Tsa::new).transpose();
    let authority = authority.map_err(unusable)?;
    let post = match (&args.smtp_url, from) {
        (Some(url), Some(from)) => {
            let server = MailServer {
                url: url.clone(),
                user: args.smtp_user.clone(),
                password: password(args.smtp_password_file.as_deref())?,
            };
            Some(Post::new(&server, from).map_err(unusable)?)
        }
        (Some(_), None) => {
            return Err(unusable(
                "指定了 --smtp-url 而沒有寄件人地址 --mail-from".to_owned(),
            ));
        }
        (None, _) => None,
    };
    if mail_to.is_some() && post.is_none() {
        return Err(unusable(
            "指定了 --checkpoint-mail 而沒有寄信的伺服器 --smtp-url".to_owned(),
        ));
    }
    let outside = Outside {
        folder,
        mail_to,
        authority,
    };
    Ok((outside, post))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> OutsideArgs {
        OutsideArgs {
            checkpoint_mail: None,
            checkpoint_tsa: None,
            smtp_url: None,
            smtp_user: None,
            smtp_password_file: None,
            mail_from: None,
        }
    }

    fn of(args: &OutsideArgs) -> Result<(Outside, Option<Post>), AppError> {
        super::of(args, Folder::new("kept"))
    }

    #[tokio::test]
    async fn nothing_leaves_that_nobody_asked_for() {
        let (outside, post) = of(&args()).unwrap();
        assert!(outside.mail_to.is_none() && outside.authority.is_none() && post.is_none());
    }

    #[tokio::test]
    async fn what_doesn_t_fit_together_is_said_and_no_password_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("password");
        std::fs::write(&file, "secret\n").unwrap();
        let text = |text: &str| Some(text.to_owned());
        let whole = OutsideArgs {
            checkpoint_mail: text("audit@example.gov.tw"),
            checkpoint_tsa: text("https://tsa.example.gov.tw/tsr"),
            smtp_url: text("smtps://mail.example.gov.tw"),
            smtp_user: text("fazun"),
            smtp_password_file: Some(file.clone()),
            mail_from: text("資安法遵 <fazun@example.gov.tw>"),
        };
        let (outside, post) = of(&whole).unwrap();
        assert!(outside.mail_to.is_some() && outside.authority.is_some());
        assert!(!format!("{post:?}{outside:?}").contains("secret"));
        let with = |change: &dyn Fn(&mut OutsideArgs)| {
            let mut args = whole.clone();
            change(&mut args);
            let said = of(&args).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(!said.contains("secret"), "{said}");
            said
        };
        assert!(with(&|a| a.mail_from = None).contains("--mail-from"));
        assert!(with(&|a| a.smtp_url = None).contains("--smtp-url"));
        assert!(with(&|a| a.smtp_user = None).contains("沒有帳號"));
        assert!(with(&|a| a.smtp_url = text("smtp://mail.example.gov.tw")).contains("未加密"));
        assert!(with(&|a| a.checkpoint_tsa = text("tsa")).contains("http://"));
        assert!(with(&|a| a.checkpoint_mail = text("nobody")).contains("nobody"));
        std::fs::write(&file, "\n").unwrap();
        assert!(with(&|_| {}).contains("沒有密碼"));
        std::fs::remove_file(&file).unwrap();
        assert!(with(&|_| {}).contains("讀不到"));
    }
}
