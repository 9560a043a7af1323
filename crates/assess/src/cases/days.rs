//! The days and instants of a case.

use period::{Date, Moment};

/// What is wrong, with the byte of the case's text.
pub(super) type Wrong = (usize, String);

/// Reads days and instants of a case; what is none is told at the case's head.
pub(super) struct Days {
    /// The byte of the case at which such a slip is told.
    pub(super) at: usize,
    /// What is wrong so far.
    pub(super) wrong: Vec<Wrong>,
}

impl Days {
    pub(super) fn date(&mut self, stamp: &toml::value::Datetime) -> Option<Date> {
        let read = stamp.to_string().parse().ok();
        self.or_told(stamp, read)
    }

    pub(super) fn moment(&mut self, stamp: &toml::value::Datetime) -> Option<Moment> {
        let read = Moment::try_from(stamp.to_string()).ok();
        self.or_told(stamp, read)
    }

    fn or_told<T>(&mut self, stamp: &toml::value::Datetime, read: Option<T>) -> Option<T> {
        if read.is_none() {
            self.wrong
                .push((self.at, format!("「{stamp}」不是曆法上的日期或時刻")));
        }
        read
    }

    pub(super) fn some(&mut self, stamp: Option<&toml::value::Datetime>) -> Option<Date> {
        stamp.and_then(|stamp| self.date(stamp))
    }
}
