//! From an agency's rows to what follows from them: the snapshot of its facts and the promises of
//! its plans.
//!
//! What it can't know: what of it somebody may see.

use crate::held::{Kept, Loaded, ReadPlan};
use crate::records::route::asking;
use crate::rows::Rows;
use crate::{AppError, Reading, map};
use law::Corpus;

impl Loaded {
    /// Of an agency's rows at a position.
    pub(crate) fn of(corpus: &Corpus, agency: &str, rows: Rows, position: u64) -> Result<Self, AppError> {
        let asking = asking(corpus, &rows);
        let refs: Vec<registers::RowRef<'_>> = rows
            .all()
            .filter(|r| !r.body.is_null())
            .map(|r| registers::RowRef {
                register: &r.register,
                row: &r.row,
                version: r.version,
                body: &r.body,
            })
            .collect();
        let snapshot = registers::snapshot(agency, &refs, position, &asking).map_err(|problems| {
            let text = problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("；");
            AppError::failed(format!("機關資料無法組成：{text}"), "請依訊息更正該筆資料")
        })?;
        let mut readings = Vec::new();
        for row in rows.standing("plan") {
            let plan: registers::plan::Plan = map::body(row)?;
            readings.push(ReadPlan {
                row: row.row.clone(),
                version: row.version,
                reading: Reading::from_json(&plan.reading)?,
                file_name: plan.file_name,
                sha256: plan.sha256,
                from: plan.effective_from,
                until: plan.until,
            });
        }
        // The first one may be undated; each later one rules from its day.
        readings.sort_by(|a, b| (a.from, &a.row).cmp(&(b.from, &b.row)));
        let title = format!("{}資通安全維護計畫", snapshot.name);
        let overlay = |(n, plan): (usize, &ReadPlan)| {
            let version = format!("v{}", n + 1);
            plan.reading
                .overlay(corpus, (agency, &title, &version), (plan.from, plan.until))
        };
        let plans = readings.iter().enumerate().map(overlay).collect();
        Ok(Self {
            snapshot,
            plans,
            rows,
            readings,
            kept: Kept::default(),
        })
    }
}
