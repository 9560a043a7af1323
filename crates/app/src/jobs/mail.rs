//! Mail: messages of the outbox that go through the SMTP server which the operator named.
//!
//! Why the Message-ID follows from the message: of one that is sent twice after a crash, mail programs
//! show one. Why the password comes by a file or the environment and is in no address: addresses stand
//! in lists of processes and in logs. What it can't know: whether anybody reads the mailbox.

use super::attempt::Failure;
use super::courier::Carrier;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{ClaimedMessage, NewMessage};

/// How often a mail is tried before it is a dead letter: over more than half a day.
const ATTEMPTS: u32 = 20;

/// How long one command of the server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailFile {
    /// Its name, in ASCII.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What is in it.
    pub text: String,
}

/// What is written to somebody, as it waits in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Files that go along.
    pub files: Vec<MailFile>,
}

impl Mail {
    /// As a message of the outbox, by an id that its chain has once.
    ///
    /// # Errors
    /// Where it can't be written as JSON, which no text can't.
    pub fn message(&self, id: String, to: &MailAddress, due_at: i64) -> Result<NewMessage, String> {
        Ok(NewMessage {
            id,
            kind: Post::KIND.to_owned(),
            address: to.to_string(),
            payload: serde_json::to_string(self).map_err(|e| e.to_string())?,
            due_at,
            most_attempts: ATTEMPTS,
        })
    }
}

/// An address of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress(Mailbox);

impl std::str::FromStr for MailAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.trim().parse();
        parsed
            .map(Self)
            .map_err(|e| format!("「{text}」不是電子郵件地址（{e}）。請填 audit@example.gov.tw 這樣的地址"))
    }
}

impl std::fmt::Display for MailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How the mail server is reached; its password is shown nowhere.
#[derive(Clone)]
pub struct MailServer {
    /// `smtps://host`, `smtp://host?tls=required` or `smtp://host`.
    pub url: String,
    /// The account, where the server wants one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<String>,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not its address either: somebody may have put a password into it.
        f.debug_struct("MailServer").finish_non_exhaustive()
    }
}

/// The sender of mail.
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Post {
    /// By a server, in somebody's name. Nothing is sent yet.
    ///
    /// # Errors
    /// Where the server's address can't be used, or the password would cross the wire readable.
    pub fn new(server: &MailServer, from: MailAddress) -> Result<Self, String> {
        let (scheme, rest) = server.url.split_once("://").unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            // Not repeated: it may hold a password.
            return Err("SMTP 位址裡不得有帳號或密碼；帳號請以 --smtp-user 指定，密碼請以 --smtp-password-file 或環境變數 FAZUN_SMTP_PASSWORD 提供".to_owned());
        }
        let unusable = |why: &str| {
            format!(
                "SMTP 位址「{}」不能使用（{why}）。請填 smtps://主機、smtp://主機?tls=required 或 smtp://主機",
                server.url
            )
        };
        if !matches!(scheme, "smtp" | "smtps") || authority.is_empty() {
            return Err(unusable("不是 SMTP 位址"));
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&server.url);
        let mut builder = builder.map_err(|e| unusable(&e.to_string()))?;
        match (&server.user, &server.password) {
            (Some(user), Some(password)) => {
                // The first word about it is the one that counts.
                let query = rest.split_once('?').map_or("", |(_, query)| query);
                let tls = query.split('&').find(|part| part.starts_with("tls="));
                if scheme != "smtps" && tls != Some("tls=required") {
                    return Err(unusable("密碼不得未加密傳送；請用 smtps:// 或加上 ?tls=required"));
                }
                builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
            }
            (None, None) => {}
            (Some(_), None) => return Err(
                "指定了 SMTP 帳號而沒有密碼；請以 --smtp-password-file 或環境變數 FAZUN_SMTP_PASSWORD 提供"
                    .to_owned(),
            ),
            (None, Some(_)) => return Err("提供了 SMTP 密碼而沒有帳號；請以 --smtp-user 指定帳號".to_owned()),
        }
        Ok(Self {
            transport: builder.timeout(Some(PATIENCE)).build(),
            from: from.0,
        })
    }

    fn composed(&self, message: &ClaimedMessage) -> Result<Message, String> {
        let mail: Mail = serde_json::from_str(&message.payload)
            .map_err(|e| format!("信件內容讀不出來（{e}）：由另一個版本的程式寫入"))?;
        let to: MailAddress = message.address.parse()?;
        // The same message has the same id, whoever sends it and however often.
        let own = ledger::hex(&ledger::sha256(message.dedupe_id().as_bytes()));
        let id = format!("<{}@{}>", own, self.from.email.domain());
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(mail.text));
        for file in mail.files {
            let kind = ContentType::parse(&file.media_type).map_err(|e| format!("附件種類不對（{e}）"))?;
            parts = parts.singlepart(Attachment::new(file.name).body(file.text.into_bytes(), kind));
        }
        Message::builder()
            .from(self.from.clone())
            .to(to.0)
            .subject(mail.subject)
            .message_id(Some(id))
            .multipart(parts)
            .map_err(|e| format!("信件組不起來（{e}）"))
    }
}

impl Carrier for Post {
    const KIND: &'static str = "mail";

    async fn deliver(&self, message: &ClaimedMessage) -> Result<(), Failure> {
        let mail = self.composed(message).map_err(Failure::Never)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            // What the server refuses for good today it may take when the operator has mended it.
            Err(error) => Err(Failure::Later(format!(
                "郵件伺服器沒有收下這封信：{}。請確認 --smtp-url、帳號密碼與收件地址",
                crate::causes(&error)
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str, user: Option<&str>, password: Option<&str>) -> Result<Post, String> {
        let server = MailServer {
            url: url.to_owned(),
            user: user.map(str::to_owned),
            password: password.map(str::to_owned),
        };
        assert!(!format!("{server:?}").contains("secret"));
        Post::new(&server, "fazun@example.gov.tw".parse().unwrap())
    }

    #[tokio::test]
    async fn passwords_are_in_no_address_and_cross_no_open_wire() {
        assert!(server("smtp://relay.example.gov.tw", None, None).is_ok());
        for url in [
            "smtps://mail.example.gov.tw",
            "smtp://mail.example.gov.tw:587?tls=required",
        ] {
            let post = server(url, Some("fazun"), Some("secret")).unwrap();
            assert!(!format!("{post:?}").contains("secret"));
        }
        for (url, user, password, says) in [
            (
                "smtp://mail.example.gov.tw",
                Some("fazun"),
                Some("secret"),
                "未加密",
            ),
            (
                "smtp://mail.example.gov.tw?tls=opportunistic",
                Some("fazun"),
                Some("secret"),
                "未加密",
            ),
            (
                "smtp://mail.example.gov.tw?tls=opportunistic&tls=required",
                Some("fazun"),
                Some("secret"),
                "未加密",
            ),
            (
                "smtp://mail.example.gov.tw?xtls=required",
                Some("fazun"),
                Some("secret"),
                "未加密",
            ),
            (
                "smtps://fazun:secret@mail.example.gov.tw",
                None,
                None,
                "不得有帳號或密碼",
            ),
            ("smtps://mail.example.gov.tw", Some("fazun"), None, "沒有密碼"),
            ("smtps://mail.example.gov.tw", None, Some("secret"), "沒有帳號"),
            ("https://mail.example.gov.tw", None, None, "不是 SMTP 位址"),
            ("smtp://", None, None, "不是 SMTP 位址"),
            ("mail.example.gov.tw", None, None, "不是 SMTP 位址"),
            ("smtp://mail.example.gov.tw?tls=never", None, None, "不能使用"),
        ] {
            let said = server(url, user, password).unwrap_err();
            assert!(said.contains(says) && !said.contains("secret"), "{url}: {said}");
        }
        assert!(
            "no address"
                .parse::<MailAddress>()
                .unwrap_err()
                .contains("no address")
        );
    }
}
