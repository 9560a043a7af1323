//! What the ends of the chains say: of the clock that they were written by, and of what was kept of
//! them outside.
//!
//! What it can't know: what lies before the last entries; the verification reads that.

use super::finding::{Finding, LAST, LEDGER, SLACK_MICROS, unread};
use crate::jobs::{Folder, differs};
use store::{Store, StoreError};

const CLOCK: (&str, &str) = ("clock", "時鐘");

/// Whether the database is trusted: by whoever verified it last, and by the checkpoint that was kept last.
pub(super) async fn trust(store: &Store, kept: &Folder) -> Finding {
    let mend = "請停止服務、保存現場，以 fazun ledger verify 查看全部，再由備份還原（fazun restore）";
    if let Some(why) = store.distrusted() {
        return Finding::problem(LEDGER, format!("驗證不通過，已停止寫入：{why}"), mend);
    }
    let heads = match kept.latest() {
        Ok(heads) => heads,
        Err(error) => {
            return Finding::problem(LEDGER, error, "請修復檢查點資料夾後，再執行一次 fazun doctor");
        }
    };
    match differs(store, &heads).await {
        Ok(None) => Finding::sound(LEDGER, "最近的分錄驗證無誤；全部驗證請執行 fazun ledger verify"),
        Ok(Some(what)) => Finding::problem(LEDGER, what, mend),
        Err(error) => unread(LEDGER, &error),
    }
}

/// What the ledger's last entries say of the clock that they were written by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// The latest moment: after a clock was set back, the last entry itself is not the latest.
    newest: Option<i64>,
    /// By how many microseconds an entry lies before an earlier one of its chain at most.
    back: i64,
}

impl Times {
    /// With the moments of one chain's entries, in their order.
    fn and(mut self, chain: impl IntoIterator<Item = i64>) -> Self {
        let mut latest = None;
        for at in chain {
            self.back = self
                .back
                .max(latest.map_or(0, |latest: i64| latest.saturating_sub(at)));
            latest = latest.max(Some(at));
        }
        self.newest = self.newest.max(latest);
        self
    }

    /// What is to be said of the clock.
    pub(super) fn clock(self, now: i64) -> Finding {
        match self.newest {
            Some(newest) if newest > now.saturating_add(SLACK_MICROS) => Finding::problem(
                CLOCK,
                format!(
                    "主機時間 {} 早於帳本最後一筆 {}：時鐘曾被調回，或先前曾被調快",
                    moment(now),
                    moment(newest)
                ),
                "請停止服務，校正主機時間（建議啟用 NTP 校時）後再啟動；已寫入之時間不會更改，請將情形記錄備查",
            ),
            // Right again, or the latest entries would lie ahead.
            _ if self.back > SLACK_MICROS => Finding::problem(
                CLOCK,
                format!(
                    "{}（臺北時間）；帳本最近的分錄有時間早於前一筆者：主機時鐘曾經調整，這段時間以帳本順序為準",
                    moment(now)
                ),
                "請執行 fazun ledger verify 查看是哪幾筆、相差多久，並將情形記錄備查；已寫入之時間不會更改",
            )
            .notice(),
            _ => Finding::sound(CLOCK, format!("{}（臺北時間）", moment(now))),
        }
    }
}

/// Of every chain's last entries.
pub(super) async fn times(store: &Store) -> Result<Times, StoreError> {
    let mut times = Times::default();
    for head in store.heads().await? {
        let from = head.seq.saturating_sub(u64::from(LAST)).saturating_add(1);
        let entries = store.reading(&head.agency).await?.entries(from, LAST).await?;
        times = times.and(entries.iter().map(|stored| stored.entry.at));
    }
    Ok(times)
}

/// An instant in Taipei, as an officer writes it.
fn moment(micros: i64) -> String {
    let at = crate::clock::taipei(micros).parse::<period::DateTime>();
    at.map_or_else(|_| crate::utc(micros), period::roc_instant)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::*;

    #[test]
    fn only_a_clock_clearly_before_the_ledger_is_wrong() {
        let now = 1_795_226_400_000_000;
        let newest = |at: i64| Times::default().and([at]);
        for (times, severity) in [
            (Times::default(), Severity::Sound),
            (newest(now - 1), Severity::Sound),
            (newest(now + SLACK_MICROS), Severity::Sound),
            (newest(now + SLACK_MICROS + 1), Severity::Problem),
        ] {
            assert_eq!(times.clock(now).severity, severity, "{times:?}");
        }
        let said = newest(now + 400 * 86_400_000_000).clock(now).message;
        assert!(
            said.contains("115/11/21 10:00") && said.contains("116/12/26 10:00"),
            "{said}"
        );
    }

    #[test]
    fn a_clock_that_was_set_back_and_right_again_is_told() {
        let now = 1_795_226_400_000_000;
        let back = now - 2 * SLACK_MICROS;
        for (chain, severity) in [
            (vec![now - 1, now - SLACK_MICROS - 1, now], Severity::Sound),
            (vec![now - 1, now - SLACK_MICROS - 2, now], Severity::Notice),
            // What the entries before it went back by, not the one before alone.
            (vec![now, now - SLACK_MICROS, back, now], Severity::Notice),
        ] {
            let times = Times::default().and(chain);
            assert_eq!(times.clock(now).severity, severity, "{times:?}");
            assert_eq!(times.newest.max(Some(now)), Some(now));
        }
        // One chain's clock says nothing of another's.
        let apart = Times::default().and([now]).and([back]);
        assert_eq!((apart.newest, apart.back), (Some(now), 0));
    }
}
