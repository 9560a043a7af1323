//! What another body does for the agency: while consent is shown the agency need not do it itself;
//! where it isn't, the officer is told what is lacking and the duty stays as it was.
//!
//! Why *not applicable* and never *met*: consent shows who is to do it, not that it was done. What was
//! done, by whomever, is on record as of any duty, and makes it met.

use crate::assessment::{DutyAssessment, StepUsed, Verdict};
use crate::why::Case;
use facts::Delegation;
use law::{Certainty, Delegated};
use period::{Date, Moment, later};

/// Code of a duty that the agency's superior, or another in its place, does.
const BY_SUPERIOR: &str = "by_superior";

impl Case<'_> {
    /// Says who does it, and what shows that.
    pub fn delegated(&self, result: &mut DutyAssessment, delegated: &Delegated) {
        if result.verdict == Verdict::NotApplicable {
            return;
        }
        let asked = &delegated.delegation;
        let last = self.shows_until(asked);
        let (holds, said) = self.say(asked, last);
        let by = delegated.by.first();
        result.steps.push(StepUsed {
            rule: None,
            to: last.map(Moment::Day),
            note: format!("{said}。"),
            cite: None,
            cite_label: by.map(|c| c.label.to_string()),
        });
        if delegated.by.iter().any(|c| c.certainty == Certainty::Open) {
            let readings = delegated.readings.iter();
            result
                .readings
                .extend(readings.filter_map(|key| self.reading(key)));
        }
        if result.verdict == Verdict::Met || !holds {
            result.reason = format!("{}{said}。", result.reason);
            return;
        }
        result.verdict = Verdict::NotApplicable;
        BY_SUPERIOR.clone_into(&mut result.reason_code);
        result.reason = format!("{said}，本機關不另辦理；其辦理結果登錄並附佐證後，列為符合。");
        result.binding.extend(delegated.by.iter().cloned());
        result.due = None;
        result.due_at = None;
        result.part_of_day = None;
        result.due_not_before = None;
        result.provisional = false;
        result.proof_until = last;
    }

    /// The last day that the consent shows: its own, else as long as any proof shows a state.
    fn shows_until(&self, asked: &Delegation) -> Option<Date> {
        let shown = asked.shown_on(self.day)?;
        asked
            .until
            .or_else(|| later(shown, self.corpus.shown.as_ref()?.within))
    }

    /// Whether another does it that day, and that in words.
    fn say(&self, asked: &Delegation, last: Option<Date>) -> (bool, String) {
        let by = &asked.by;
        let over = asked.until.filter(|until| *until < self.day);
        let lacking = |what: &str| (false, format!("已登錄由{by}代辦，惟{what}，仍由本機關辦理"));
        match (over, asked.shown_on(self.day), last) {
            (Some(until), ..) => (
                false,
                format!("由{by}代辦至 {} 已期滿，由本機關辦理", period::roc_short(until)),
            ),
            (None, None, _) if asked.agreed_on.is_some() => lacking("同意之日未到"),
            (None, None, _) => lacking("尚未經同意"),
            _ if !asked.decided => lacking("該紀錄尚未核定"),
            _ if asked.evidence == 0 => lacking("同意尚未附佐證"),
            (None, Some(shown), Some(last)) if last < self.day => lacking(&format!(
                "同意最近一次於 {} 確認，只能證明至 {}，請重新確認",
                period::roc_short(shown),
                period::roc_short(last)
            )),
            (None, Some(_), last) => {
                let agreed = asked.agreed_on.map(period::roc_short).unwrap_or_default();
                let number = match asked.agreed_no.as_str() {
                    "" => String::new(),
                    number => format!("（{number}）"),
                };
                let till = last.map_or_else(String::new, |last| {
                    format!("，可證明至 {}", period::roc_short(last))
                });
                (
                    true,
                    format!("經{} {agreed} 同意{number}，由{by}代辦{till}", asked.agreed_by),
                )
            }
        }
    }
}
