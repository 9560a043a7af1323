//! One operation of the API in words: what it asks for, who may, and what it answers.
//!
//! Why beside the routes and not on the handlers: a route and its description are one line of
//! `routes.rs`, so that neither can be without the other. What it can't know: what a handler does; the
//! tests hold every answer against what is said here.

use super::parts::Part;
use super::schemas::{SchemaOf, schema_of};
use app::{Action, Scope};
use axum::routing::MethodFilter;
use schemars::JsonSchema;
use std::collections::BTreeSet;

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// Reads.
    Get,
    /// Does something.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Takes back.
    Delete,
}

impl Method {
    /// As the description names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }

    /// As the router asks for it.
    pub fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// The API itself and who calls.
    Caller,
    /// What the law asks.
    Duties,
    /// Records of registers.
    Records,
    /// Their approval.
    Approvals,
    /// Many records as a file.
    Files,
    /// Work that goes on by itself.
    Jobs,
}

impl Tag {
    /// Every tag, in the order of the reference.
    pub const ALL: [Self; 6] = [
        Self::Caller,
        Self::Duties,
        Self::Records,
        Self::Approvals,
        Self::Files,
        Self::Jobs,
    ];

    /// The name in the description.
    pub fn word(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Duties => "duties",
            Self::Records => "records",
            Self::Approvals => "approvals",
            Self::Files => "files",
            Self::Jobs => "jobs",
        }
    }

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Caller => "介面與身分",
            Self::Duties => "應辦事項與體檢",
            Self::Records => "紀錄",
            Self::Approvals => "簽核",
            Self::Files => "匯入、匯出與檔案",
            Self::Jobs => "工作",
        }
    }
}

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Everybody, without a token.
    Anybody,
    /// Whoever has a token.
    Holder,
    /// Whose token is for that.
    For(Scope),
    /// Whose role may do that with the register, and whose token is for it.
    May(Action),
    /// The same, with a token that is also for something else.
    MayAnd(Action, Scope),
}

impl Who {
    /// What a token must be for.
    pub fn scopes(self) -> Vec<&'static str> {
        match self {
            Self::Anybody | Self::Holder => Vec::new(),
            Self::For(scope) => vec![scope.word()],
            Self::May(action) => vec![action.scope().word()],
            Self::MayAnd(action, scope) => vec![action.scope().word(), scope.word()],
        }
    }

    /// In words.
    pub fn words(self) -> String {
        let scopes = self.scopes().join("、");
        match self {
            Self::Anybody => "不需權杖。".to_owned(),
            Self::Holder => "任何有效之權杖。".to_owned(),
            Self::For(_) => format!("權杖範圍須含 {scopes}。"),
            Self::May(action) | Self::MayAnd(action, _) => format!(
                "角色須可對該登記簿{}（見權限表），權杖範圍須含 {scopes}。",
                action.title()
            ),
        }
    }
}

/// What a parameter of the address holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A text.
    Text,
    /// A day.
    Day,
    /// A number from 1 to this.
    UpTo(u32),
    /// Yes or no.
    Flag,
    /// Fields of the register with what they must hold, each a parameter of its own.
    Fields,
}

/// A parameter behind the question mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Query {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// What it is for.
    pub what: &'static str,
}

const fn asks(name: &'static str, holds: Holds, what: &'static str) -> Query {
    Query { name, holds, what }
}

/// The day that is asked about.
pub(crate) const AT: &[Query] = &[asks(
    "at",
    Holds::Day,
    "哪一天，例如 2026-11-21 或 115/11/21；不帶時為今天",
)];

const TEXT: Query = asks("q", Holds::Text, "任一欄位包含之文字");
const AFTER: Query = asks(
    "after",
    Holds::Text,
    "自此編號之後：上一頁之 next；Link 標頭亦有下一頁之網址",
);
const LIMIT: Query = asks(
    "limit",
    Holds::UpTo(app::records::PAGE_LIMIT),
    "每頁筆數，1 至 500；不帶時為 50",
);
const WITHDRAWN: Query = asks(
    "withdrawn",
    Holds::Flag,
    "true 時改列已註銷者，內容為註銷前之最後一版",
);
const FIELDS: Query = asks(
    "fields",
    Holds::Fields,
    "以登記簿之欄位為參數名稱，只列該欄位為此內容之紀錄，例如 unit=資訊室",
);

/// What narrows a list.
pub(crate) const LIST: &[Query] = &[TEXT, AFTER, LIMIT, WITHDRAWN, FIELDS];

/// What narrows an export, which has no pages.
pub(crate) const EXPORT: &[Query] = &[TEXT, WITHDRAWN, FIELDS];

/// What a request carries.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    /// Nothing.
    None,
    /// This type as JSON.
    Json(SchemaOf),
    /// A whole record of the register.
    Record,
    /// Some fields of a record.
    Part,
    /// A form with files, by its parts.
    Parts(&'static [Part]),
}

/// What an answer carries.
#[derive(Clone, Copy)]
pub(crate) enum Content {
    /// Nothing.
    Nothing,
    /// This type as JSON.
    Json(SchemaOf),
    /// The description of the API.
    Description,
    /// A spreadsheet, in the format that was asked for.
    Sheet,
    /// A file of whatever kind.
    File,
}

/// A header that an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Head {
    /// The version, for `If-Match`.
    Tag,
    /// Where what was made is.
    Location,
    /// Where the next page is; only where there is one.
    Link,
    /// The file's name.
    Disposition,
}

impl Head {
    /// Every header.
    pub const ALL: [Self; 4] = [Self::Tag, Self::Location, Self::Link, Self::Disposition];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tag => "ETag",
            Self::Location => "Location",
            Self::Link => "Link",
            Self::Disposition => "Content-Disposition",
        }
    }

    /// What it says.
    pub fn what(self) -> &'static str {
        match self {
            Self::Tag => "版本；更新時原樣帶入 If-Match",
            Self::Location => "這筆資料之網址",
            Self::Link => "下一頁之網址，rel=\"next\"；最後一頁沒有",
            Self::Disposition => "檔名",
        }
    }

    /// Whether every answer that may have it has it.
    pub fn is_certain(self) -> bool {
        self != Self::Link
    }
}

/// One way in which a request succeeds.
#[derive(Clone)]
pub(crate) struct Answer {
    /// The status.
    pub status: u16,
    /// What it means.
    pub what: &'static str,
    /// What it carries.
    pub content: Content,
    /// Its headers, beside those that every answer has.
    pub heads: Vec<Head>,
}

/// A method on a path.
#[derive(Clone)]
pub(crate) struct Operation {
    /// The method.
    pub method: Method,
    /// The path, below the API's prefix.
    pub path: &'static str,
    /// Its name for programs; it never changes.
    pub id: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What it is about.
    pub tag: Option<Tag>,
    /// Who may.
    pub who: Who,
    /// What must be known besides.
    pub note: &'static str,
    /// Parameters behind the question mark.
    pub query: &'static [Query],
    /// Whether the version that was seen must be named.
    pub sees: bool,
    /// Whether a request may come twice under one key.
    pub once: bool,
    /// Whether the answer is left out where its reader has it.
    pub known: bool,
    /// What a request carries.
    pub body: Body,
    /// How it succeeds.
    pub answers: Vec<Answer>,
    more: &'static [u16],
}

/// What an operation is before anything else is said of it.
fn new(
    method: Method,
    path: &'static str,
    (id, summary): (&'static str, &'static str),
    who: Who,
) -> Operation {
    Operation {
        method,
        path,
        id,
        summary,
        tag: None,
        who,
        note: "",
        query: &[],
        sees: false,
        once: false,
        known: false,
        body: Body::None,
        answers: Vec::new(),
        more: &[],
    }
}

/// A question.
pub(crate) fn get(path: &'static str, name: (&'static str, &'static str), who: Who) -> Operation {
    new(Method::Get, path, name, who)
}

/// Something to be done.
pub(crate) fn post(path: &'static str, name: (&'static str, &'static str), who: Who) -> Operation {
    new(Method::Post, path, name, who)
}

/// Something to be replaced.
pub(crate) fn put(path: &'static str, name: (&'static str, &'static str), who: Who) -> Operation {
    new(Method::Put, path, name, who)
}

/// Something to be changed in part.
pub(crate) fn patch(path: &'static str, name: (&'static str, &'static str), who: Who) -> Operation {
    new(Method::Patch, path, name, who)
}

/// Something to be taken back.
pub(crate) fn delete(path: &'static str, name: (&'static str, &'static str), who: Who) -> Operation {
    new(Method::Delete, path, name, who)
}

impl Operation {
    /// What it is about.
    pub fn about(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// What it is about, where nothing else was said.
    pub fn about_also(mut self, tag: Tag) -> Self {
        self.tag = self.tag.or(Some(tag));
        self
    }

    /// What must be known besides.
    pub fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    /// With parameters behind the question mark.
    pub fn query(mut self, query: &'static [Query]) -> Self {
        self.query = query;
        self
    }

    /// The version that was seen is named in `If-Match`.
    pub fn sees(mut self) -> Self {
        self.sees = true;
        self
    }

    /// It may come twice under one `Idempotency-Key`.
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Carries this type as JSON.
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = Body::Json(schema_of::<T>);
        self
    }

    /// Carries a record, in whole or in part.
    pub fn takes_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Succeeds with this type.
    pub fn answers<T: JsonSchema>(self) -> Self {
        self.answers_with::<T>(200, "完成")
    }

    /// Succeeds with this type and another status.
    pub fn answers_with<T: JsonSchema>(self, status: u16, what: &'static str) -> Self {
        self.gives(status, what, Content::Json(schema_of::<T>))
    }

    /// Succeeds with something.
    pub fn gives(mut self, status: u16, what: &'static str, content: Content) -> Self {
        let heads = match content {
            Content::Sheet | Content::File => vec![Head::Disposition],
            _ => Vec::new(),
        };
        self.answers.push(Answer {
            status,
            what,
            content,
            heads,
        });
        self
    }

    /// The last answer has these headers.
    pub fn with(mut self, heads: &[Head]) -> Self {
        if let Some(last) = self.answers.last_mut() {
            last.heads.extend_from_slice(heads);
        }
        self
    }

    /// Says so where its reader has the answer already, by `If-None-Match`.
    pub fn unless_known(mut self) -> Self {
        self.known = true;
        self.gives(304, "與已有者相同", Content::Nothing)
            .with(&[Head::Tag])
    }

    /// Is refused in these ways as well.
    pub fn refuses(mut self, more: &'static [u16]) -> Self {
        self.more = more;
        self
    }

    /// The statuses with which it is refused.
    pub fn refusals(&self) -> BTreeSet<u16> {
        let mut all = BTreeSet::from([400, 421, 500, 503]);
        if self.who != Who::Anybody {
            all.insert(401);
        }
        if !matches!(self.who, Who::Anybody | Who::Holder) || self.method != Method::Get {
            all.insert(403);
        }
        if self.path.contains('{') {
            all.insert(404);
        }
        if !matches!(self.body, Body::None) {
            all.extend([408, 413]);
        }
        if self.method != Method::Get {
            all.extend([409, 422, 507]);
        }
        if self.sees {
            all.extend([412, 428]);
        }
        all.extend(self.more);
        all
    }
}
