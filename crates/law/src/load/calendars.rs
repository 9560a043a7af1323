//! Years of working days, and each mistake of theirs with its file and line.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use period::{Calendar, CalendarError, CalendarYear};

fn key(year: i16) -> String {
    format!("calendar {year}")
}

impl Loader {
    pub(super) fn read_year(&mut self, file: &File<'_>) {
        let Some(year) = self.take::<CalendarYear>(file) else {
            return;
        };
        let key = key(year.year);
        if self.places.contains_key(&key) {
            let message = format!("{} 年的辦公日曆重複出現", year.year);
            self.clash((&file.path, 1), &key, message, "請只留一份");
            return;
        }
        self.keep_place(key, file, 1);
        self.years.push(year);
    }

    pub(super) fn calendar(&mut self, files: &[File<'_>]) -> Calendar {
        match Calendar::new(std::mem::take(&mut self.years)) {
            Ok(calendar) => calendar,
            Err(errors) => {
                for error in errors {
                    let (year, day) = match &error {
                        CalendarError::RepeatedYear { year } => (*year, None),
                        CalendarError::Entry { year, date, .. } => (*year, Some(date.to_string())),
                    };
                    let place = self.places.get(&key(year)).cloned();
                    let (path, first) = place.unwrap_or_else(|| ("calendars".into(), 0));
                    let text = files.iter().find(|f| f.path == path).map(|f| f.text.as_str());
                    // The last line with that day: of two entries the later one is too many.
                    let line = day.and_then(|day| {
                        text?
                            .lines()
                            .collect::<Vec<_>>()
                            .iter()
                            .rposition(|l| l.contains(&day))
                    });
                    let line = line.map_or(first, |at| at + 1);
                    self.problem(&path, line, error.to_string(), "請更正該年的檔案");
                }
                self.doubts.all(Kind::Calendar);
                Calendar::default()
            }
        }
    }
}
