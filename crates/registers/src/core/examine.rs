//! Checks over records: what a row says of itself about one state that the law asks for.
//!
//! Why apart from gaps: a gap tells the keeper of a row what to mend, and is gone when it is mended;
//! a check answers a part of a duty, on any day, and says as well that all is as it must be. What it
//! can't know: what nobody recorded. A blank field is no answer, and a register without rows neither.

use super::record::Record;
use facts::{Checked, Source, Subject};
use period::Date;

/// What a row must be.
pub type Must = fn(&Record<'_>) -> bool;

/// One state that rows of a register tell of.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its key, by which law data names it.
    pub key: &'static str,
    /// What an officer calls it: 網站已關閉目錄瀏覽.
    pub label: &'static str,
    /// The field with the first day on which the row is one to look at; all days where empty.
    pub from: &'static str,
    /// The field with the first day on which it no longer is; never where empty.
    pub ends: &'static str,
    /// Whether the row tells of its first day only, as what was done once does; such a row is too
    /// old one day, as any other proof of that day.
    pub ages: bool,
    /// From when on it is otherwise than it must be, whatever the row says.
    pub lapses: Lapse,
    /// The field that names whom the row is about; the agency where there is none.
    pub about: Option<&'static str>,
    /// The field by whose word rows are looked at apart, such as the control they judge: each word is a
    /// check of its own, `key/word`. Of rows about the same and of the same word the latest counts.
    pub by: Option<&'static str>,
    /// A field and what the row that it refers to must be for this one to be looked at.
    pub of: Option<(&'static str, Must)>,
    /// Whether the row is one to look at.
    pub when: fn(&Record<'_>) -> bool,
    /// Whether it is as it must be; none where the row doesn't say.
    pub holds: fn(&Record<'_>) -> Option<bool>,
}

impl Check {
    /// A check of what stands, of which a row says nothing.
    pub(crate) const STATE: Self = Self {
        key: "",
        label: "",
        from: "",
        ends: "",
        ages: false,
        lapses: Lapse::Never,
        about: None,
        by: None,
        of: None,
        when: |_| true,
        holds: |_| None,
    };
}

/// From when on something that stands should have ended.
#[derive(Clone, Copy)]
pub enum Lapse {
    /// Never.
    Never,
    /// After the last day that a field of the row names.
    After(&'static str),
    /// The same, of rows of which this is so.
    AfterIf(&'static str, Must),
    /// On the day that a field of the row it refers to names: the reference, and that field.
    Of(&'static str, &'static str),
}

impl std::fmt::Debug for Lapse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Never => f.write_str("Never"),
            Self::After(field) => write!(f, "After({field:?})"),
            // Where a function lies says nothing.
            Self::AfterIf(field, _) => write!(f, "AfterIf({field:?})"),
            Self::Of(reference, field) => write!(f, "Of({reference:?}, {field:?})"),
        }
    }
}

/// What a row says to a check; `referred` finds a day in the row that a field refers to.
pub(crate) fn examined(
    check: &Check,
    record: &Record<'_>,
    (subject, title): (Subject, &str),
    source: &Source,
    referred: impl Fn(&str, &str) -> Option<Date>,
) -> Vec<Checked> {
    if !(check.when)(record) {
        return Vec::new();
    }
    let day = |key: &str| {
        Some(key)
            .filter(|key| !key.is_empty())
            .and_then(|key| record.date(key))
    };
    let (from, until) = (day(check.from), day(check.ends));
    // What has not begun is nothing to look at.
    if !check.from.is_empty() && from.is_none() {
        return Vec::new();
    }
    let lapse = match check.lapses {
        Lapse::After(field) => record.date(field).and_then(|last| last.tomorrow().ok()),
        Lapse::AfterIf(field, so) if so(record) => record.date(field).and_then(|last| last.tomorrow().ok()),
        Lapse::Never | Lapse::AfterIf(..) => None,
        Lapse::Of(reference, field) => referred(reference, field),
    };
    let key = match check.by {
        Some(field) => format!("{}/{}", check.key, record.text(field)),
        None => check.key.to_owned(),
    };
    let told = |from: Option<Date>, until: Option<Date>, holds: Option<bool>| Checked {
        check: key.clone(),
        subject: subject.clone(),
        title: title.to_owned(),
        from,
        until,
        ages: check.ages,
        holds,
        source: source.clone(),
    };
    let holds = (check.holds)(record);
    let lapse = lapse.filter(|lapse| until.is_none_or(|until| *lapse < until));
    match lapse {
        None => vec![told(from, until, holds)],
        Some(lapse) if from.is_some_and(|from| from >= lapse) => vec![told(from, until, Some(false))],
        Some(lapse) => vec![
            told(from, Some(lapse), holds),
            told(Some(lapse), until, Some(false)),
        ],
    }
}
