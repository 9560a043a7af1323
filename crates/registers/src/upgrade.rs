//! Which stored rows are of an older form, and what the newest would make of them.
//!
//! Why over all rows and before anything else: whoever updates the program learns what it would
//! read otherwise, and what it couldn't read, while the older one still runs. Of an approval
//! also the body that it keeps is looked at: that is of its own register's form. What it can't
//! know: rows of registers that are not in the catalogue; they are passed over.

use crate::basics::approval::{self, Approval};
use crate::catalogue::register;
use crate::core::stored::{Finds, Problem, RowRef};
use crate::core::upgrade::{Upgrade, upgrade};

/// A row of an older form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlderRow {
    /// Register key.
    pub register: String,
    /// Row id.
    pub row: String,
    /// Row version.
    pub version: u32,
    /// Whether this is the body that its approval keeps.
    pub kept_by_approval: bool,
    /// What the newest form makes of it.
    pub upgrade: Upgrade,
}

/// What an upgrade would find among rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upgrades {
    /// How many bodies were looked at.
    pub looked_at: usize,
    /// Those of an older form.
    pub older: Vec<OlderRow>,
    /// Those that can't be opened.
    pub unreadable: Vec<Problem>,
}

/// Which of these rows are of an older form, and which can't be opened.
pub fn upgrades(rows: &[RowRef<'_>]) -> Upgrades {
    upgrades_by(register, rows)
}

/// As [`upgrades`], where rows are of other registers than those that are shipped.
pub fn upgrades_by(finds: Finds, rows: &[RowRef<'_>]) -> Upgrades {
    let mut found = Upgrades::default();
    for row in rows.iter().filter(|r| !r.body.is_null()) {
        found.look(finds, row, false);
        if row.register != approval::SPEC.key {
            continue;
        }
        match Approval::read(row.body) {
            Ok(approval) => {
                if let Some(last) = &approval.approved {
                    let kept = RowRef {
                        register: &approval.register,
                        row: &approval.row,
                        version: last.version,
                        body: &last.body,
                    };
                    found.look(finds, &kept, true);
                }
            }
            // Opened, and yet no approval: what could not be opened was told above.
            Err(error) => {
                let problem = Problem::of(row, &error);
                if !found.unreadable.contains(&problem) {
                    found.unreadable.push(problem);
                }
            }
        }
    }
    found
}

impl Upgrades {
    fn look(&mut self, finds: Finds, row: &RowRef<'_>, kept_by_approval: bool) {
        let Some(spec) = finds(row.register) else {
            return;
        };
        self.looked_at = self.looked_at.saturating_add(1);
        match upgrade(spec, row.body) {
            Ok(None) => {}
            Ok(Some(upgrade)) => self.older.push(OlderRow {
                register: row.register.to_owned(),
                row: row.row.to_owned(),
                version: row.version,
                kept_by_approval,
                upgrade,
            }),
            Err(error) => self.unreadable.push(Problem::of(row, &error)),
        }
    }
}
