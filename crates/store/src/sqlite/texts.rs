//! What is searched: the texts of one register of an agency lie together, and wait unlisted until
//! the index of pairs takes them up.

use crate::commit::BATCH;
use crate::forms::Promoted;
use crate::link::Link;
use crate::value::{Arg, args, places};
use ledger::Entry;
use sqlx::Error;

/// Puts the texts of rows in place of those that lay there. A text that is another one than before
/// is listed nowhere.
pub(crate) async fn put(link: &mut Link<'_>, bodies: &[(&Entry, &Promoted)]) -> Result<(), Error> {
    for some in bodies.chunks(BATCH) {
        let mut values: Vec<Arg> = Vec::with_capacity(some.len() * 6);
        for (entry, promoted) in some {
            values.extend(args![
                &entry.agency,
                &entry.register,
                &entry.row,
                &promoted.open,
                &promoted.personal,
                &promoted.confidential
            ]);
        }
        let sql = format!(
            "INSERT INTO row_text (agency, register, row_id, open, personal, confidential) VALUES {}
             ON CONFLICT (agency, register, row_id) DO UPDATE SET open = excluded.open,
                 personal = excluded.personal, confidential = excluded.confidential, spot = 0
             WHERE open <> excluded.open OR personal <> excluded.personal
                OR confidential <> excluded.confidential",
            places(some.len(), 6)
        );
        if some.len() > 8 {
            link.run_once(&sql, values).await?;
        } else {
            link.run(&sql, values).await?;
        }
    }
    Ok(())
}
