//! The key that ties forms to browsers: one for all processes of an installation, and after a restart.
//!
//! Why kept and not made at each start: a form that somebody fills in while the server is restarted is
//! still theirs. What it can't know: nothing but forms hangs on it; who is signed in is kept elsewhere.

use super::kept::{Seen, keep, look};
use super::secret::fill;
use crate::compiled::compiled_once;
use crate::{App, AppError};

const KIND: &str = "form_key";
const ONE: &str = "one";

impl App {
    /// The key; made where there is none yet.
    ///
    /// # Errors
    /// Where the database can't be read or written.
    #[compiled_once]
    pub async fn form_key(&self) -> Result<[u8; 32], AppError> {
        for _ in 0..2 {
            if let Some(seen) = look::<[u8; 32]>(self, KIND, ONE).await? {
                return Ok(seen.body);
            }
            let mut key = [0_u8; 32];
            fill(&mut key)?;
            let new = Seen::new(ONE.to_owned(), String::new(), i64::MAX, key);
            // Another process may have been faster: then its key is ours.
            keep(self, KIND, &new).await?;
        }
        Err(AppError::failed("表單金鑰沒有建立", "請重新啟動"))
    }
}
