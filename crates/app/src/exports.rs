//! The law in forms that other tools read.

use crate::{AppError, LawBook};
use period::Date;

impl LawBook<'_> {
    /// An edition of the protection baseline as OSCAL files: name and bytes of the catalogue
    /// and of a profile for each grade. The edition is a version's id, or a day on which it
    /// is in force; that of the day given where none is named.
    ///
    /// # Errors
    /// Where there is no such edition.
    pub fn oscal(&self, edition: Option<&str>, day: Date) -> Result<Vec<(String, Vec<u8>)>, AppError> {
        let known = |id: &str| self.0.baseline.editions.iter().any(|e| e == id);
        let edition = match edition.map(str::trim) {
            Some(text) if !known(text) => match period::parse_date(text) {
                Ok(day) => self.edition(None, day)?,
                Err(_) => self.edition(Some(text), day)?,
            },
            named => self.edition(named, day)?,
        };
        let files = law::oscal::documents(self.0, &edition).ok_or_else(|| {
            AppError::failed(
                format!("{edition} 版沒有施行日，無法匯出"),
                "請在 instrument.toml 補上 from、no_later_than 或 published",
            )
        })?;
        let mut out = Vec::new();
        for (name, document) in files {
            let mut bytes = serde_json::to_vec_pretty(&document)
                .map_err(|e| AppError::failed(format!("無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))?;
            bytes.push(b'\n');
            out.push((name, bytes));
        }
        Ok(out)
    }
}
