//! Kept files, and which rows name them.

use super::Reading;
use crate::StoreError;
use crate::compiled::compiled_once;
use crate::rows::{ROW, StoredBlob, StoredRow};
use crate::value::{Arg, Cells};
use sqlx::Error;

impl Reading {
    /// The hashes of all kept files, in their order.
    #[compiled_once]
    pub async fn files(&mut self) -> Result<Vec<String>, StoreError> {
        let args = vec![self.whose()];
        let cells = self
            .cells("SELECT sha256 FROM blob WHERE agency = $1 ORDER BY sha256", args)
            .await?;
        cells
            .iter()
            .map(|c| c.owned(0))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// The versions of rows that name a file, by register, row and version.
    #[compiled_once]
    pub async fn versions_naming(&mut self, sha256: &str) -> Result<Vec<StoredRow>, StoreError> {
        let sql = format!(
            "SELECT {ROW} FROM row_file f JOIN row_version v ON v.agency = f.agency AND v.seq = f.seq
             WHERE f.agency = $1 AND f.sha256 = $2 ORDER BY v.register, v.row_id, v.version"
        );
        let args = vec![self.whose(), Arg::from(sha256)];
        self.read(&sql, args).await
    }

    /// Every file that some version of a row names, with the row: hash, register, id, and the
    /// first entry at which it did.
    #[compiled_once]
    pub async fn named_files(&mut self) -> Result<Vec<(String, String, String, u64)>, StoreError> {
        let args = vec![self.whose()];
        let cells = self
            .cells(
                "SELECT sha256, register, row_id, MIN(seq) FROM row_file WHERE agency = $1
                 GROUP BY sha256, register, row_id ORDER BY sha256, register, row_id",
                args,
            )
            .await?;
        cells
            .iter()
            .map(|c| Ok((c.owned(0)?, c.owned(1)?, c.owned(2)?, c.unsigned(3)?)))
            .collect::<Result<_, Error>>()
            .map_err(|e| self.failed(e))
    }

    /// A kept file, after its bytes were compared with its hash.
    #[compiled_once]
    pub async fn blob(&mut self, sha256: &str) -> Result<Option<StoredBlob>, StoreError> {
        let args = vec![self.whose(), Arg::from(sha256)];
        let cells = self
            .cells(
                "SELECT sha256, bytes, media_type, name FROM blob WHERE agency = $1 AND sha256 = $2",
                args,
            )
            .await?;
        let Some(cells) = cells.first() else {
            return Ok(None);
        };
        let read = |c: &Cells| {
            Ok(StoredBlob {
                sha256: c.owned(0)?,
                bytes: c.bytes(1)?.to_vec(),
                media_type: c.owned(2)?,
                name: c.owned(3)?,
            })
        };
        let blob = read(cells).map_err(|e| self.failed(e))?;
        if ledger::hex(&ledger::sha256(&blob.bytes)) != blob.sha256 {
            return Err(StoreError::AlteredBlob { sha256: blob.sha256 });
        }
        Ok(Some(blob))
    }
}
