//! Forms as data: fields with what was entered and what is wrong with it.
//!
//! Why data: one template shows every form, so that label, hint, error and summary are
//! tied together in the same way everywhere. What is entered is kept when it is refused.

use crate::AppState;
use crate::error::Problem;
use crate::limits::FORM_LIMIT;
use axum::extract::{Form as Posted, FromRequest, Request};
use axum::http::StatusCode;
use period::Date;

/// How a field is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// One line.
    Text,
    /// Several lines.
    Area,
    /// One of these: value and label.
    Choice(Vec<(String, String)>),
    /// One of these, in groups: heading and values; the first says that nothing is chosen.
    Grouped(&'static str, Vec<(&'static str, Vec<String>)>),
    /// Any of these: value and label.
    Many(Vec<(String, String)>),
    /// Files.
    Files,
    /// One file.
    File,
}

impl Input {
    /// One of these: value and label.
    pub fn choice<'c>(choices: impl IntoIterator<Item = (&'c str, &'c str)>) -> Self {
        let owned = choices.into_iter().map(|(v, l)| (v.to_owned(), l.to_owned()));
        Self::Choice(owned.collect())
    }
}

/// One field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Name in the request.
    pub name: &'static str,
    /// Id in the page.
    pub id: String,
    /// Label.
    pub label: &'static str,
    /// Help.
    pub hint: String,
    /// Whether it may be left empty.
    pub optional: bool,
    /// How it is entered.
    pub input: Input,
    /// What was entered.
    pub value: String,
    /// What is wrong.
    pub error: Option<String>,
}

impl Field {
    /// What describes it, for assistive technology.
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.id));
        }
        ids.join(" ")
    }
}

impl Field {
    /// Whether this one of several is ticked.
    pub fn is_ticked(&self, key: &str) -> bool {
        self.value.lines().any(|one| one == key)
    }
}

/// A form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// Its heading's id; also what its field ids begin with.
    pub id: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What is wrong with it as a whole.
    pub error: Option<String>,
}

impl Form {
    /// Without fields.
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            fields: Vec::new(),
            error: None,
        }
    }

    /// With one more field.
    pub fn field(mut self, name: &'static str, label: &'static str, input: Input, hint: &str) -> Self {
        let id = format!("{}-{name}", self.id);
        let (hint, value) = (hint.to_owned(), String::new());
        self.fields.push(Field {
            name,
            id,
            label,
            hint,
            optional: false,
            input,
            value,
            error: None,
        });
        self
    }

    /// With the last field optional.
    pub fn optional(mut self) -> Self {
        if let Some(field) = self.fields.last_mut() {
            field.optional = true;
        }
        self
    }

    /// Takes what was entered.
    pub fn take(&mut self, entered: &[(String, String)]) {
        for field in &mut self.fields {
            if let Input::Many(choices) = &field.input {
                let ticked = entered.iter().filter(|(name, _)| name == field.name);
                let known = ticked
                    .map(|(_, value)| value.trim())
                    .filter(|v| choices.iter().any(|(key, _)| key == v));
                field.value = known.collect::<Vec<_>>().join("\n");
            } else if let Some((_, value)) = entered.iter().find(|(name, _)| name == field.name) {
                value.trim().clone_into(&mut field.value);
            }
        }
    }

    /// Sets a value.
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some(field) = self.fields.iter_mut().find(|f| f.name == name) {
            value.clone_into(&mut field.value);
        }
    }

    /// A value.
    pub fn value(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|f| f.name == name)
            .map_or("", |f| f.value.as_str())
    }

    /// Those that were ticked.
    pub fn chosen(&self, name: &str) -> impl Iterator<Item = &str> {
        self.value(name).lines()
    }

    /// Says what is wrong with a field, or with the whole.
    pub fn fail(&mut self, name: &str, message: impl Into<String>) {
        let message = message.into();
        match self.fields.iter_mut().find(|f| f.name == name) {
            Some(field) => field.error = field.error.take().or(Some(message)),
            None => self.error = self.error.take().or(Some(message)),
        }
    }

    /// A text that has to be there.
    pub fn required(&mut self, name: &str, message: &str) -> String {
        let value = self.value(name).to_owned();
        if value.is_empty() {
            self.fail(name, message);
        }
        value
    }

    /// A date, in any of the usual styles.
    pub fn date(&mut self, name: &str) -> Option<Date> {
        let value = self.value(name).to_owned();
        if value.is_empty() {
            return None;
        }
        match period::parse_date(&value) {
            Ok(day) => Some(day),
            Err(error) => {
                self.fail(name, error.to_string());
                None
            }
        }
    }

    /// One of the choices; anything else is no answer of ours.
    pub fn choice(&mut self, name: &str) -> String {
        let value = self.value(name).to_owned();
        let known = self
            .fields
            .iter()
            .filter(|f| f.name == name)
            .any(|f| match &f.input {
                Input::Choice(choices) => choices.iter().any(|(v, _)| *v == value),
                _ => false,
            });
        if !known {
            self.fail(name, "請由清單選取");
        }
        value
    }

    /// Everything that is wrong: id to go to, and message.
    pub fn problems(&self) -> Vec<(&str, &str)> {
        let whole = self.error.iter().map(|e| (self.id, e.as_str()));
        let fields = self
            .fields
            .iter()
            .filter_map(|f| Some((f.id.as_str(), f.error.as_deref()?)));
        whole.chain(fields).collect()
    }

    /// Whether something is wrong.
    pub fn failed(&self) -> bool {
        !self.problems().is_empty()
    }
}

/// Fields of a form that carried its session's token.
pub(crate) struct Entered(pub Vec<(String, String)>);

impl FromRequest<AppState> for Entered {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let Posted(fields) = Posted::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(
                |rejection| match axum::response::IntoResponse::into_response(rejection).status() {
                    StatusCode::PAYLOAD_TOO_LARGE => {
                        Problem::too_large(FORM_LIMIT, "請回上一頁縮短內容再送一次；長文請改以附件提供")
                    }
                    status => Problem::of(status),
                },
            )?;
        let token = fields
            .iter()
            .find(|(name, _)| name == "token")
            .map_or("", |(_, value)| value);
        if state.is_token(token) {
            Ok(Self(fields))
        } else {
            Err(Problem::forged("token"))
        }
    }
}
