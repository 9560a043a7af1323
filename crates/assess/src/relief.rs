//! What an agency asked to be relieved of: with consent and filing it need not be done; lacking
//! either it must, and the officer is told which is lacking.

use crate::assessment::{DutyAssessment, StepUsed, Verdict};
use crate::why::Case;
use law::{Loser, LosingReason, Relief, Standing};
use period::Moment;

impl Case<'_> {
    /// Says what came of a relief.
    pub fn relieved(&self, result: &mut DutyAssessment, relief: &Relief) {
        let asked = &relief.exemption;
        let days = format!(
            "{} 至 {}",
            period::roc_short(asked.begins().unwrap_or(asked.from)),
            period::roc_short(asked.until)
        );
        let said = if relief.holds {
            format!(
                "經{}同意、{}報備查，{days} 免執行",
                on(asked.agreed_on),
                on(asked.filed_on)
            )
        } else {
            let lacking = match (asked.agreed_on, asked.filed_on) {
                (None, None) => "尚未經同意，也尚未報備查".to_owned(),
                (None, Some(_)) => "尚未經同意".to_owned(),
                (Some(_), None) => "尚未報備查".to_owned(),
                (Some(_), Some(_)) if !asked.decided => "該紀錄尚未核定".to_owned(),
                // Both come, but later.
                (Some(_), Some(_)) => "同意或備查之日未到".to_owned(),
            };
            format!("已登錄 {days} 免執行，惟{lacking}，不生免執行之效力")
        };
        result.steps.push(StepUsed {
            rule: None,
            to: Some(Moment::Day(asked.until)),
            note: format!("{said}。"),
            cite: None,
            cite_label: relief.by.first().map(|c| c.label.to_string()),
        });
        if !relief.holds {
            if !matches!(result.verdict, Verdict::Met | Verdict::NotApplicable) {
                result.reason = format!("{}{said}。", result.reason);
            }
            return;
        }
        let gone = relief.instead_of.iter();
        result.losers.extend(gone.clone().map(|clause| Loser {
            clause: clause.clone(),
            outcome: "應辦理".to_owned(),
            reason: LosingReason::Relieved,
            below_floor: false,
        }));
        if self.resolved.standing == Standing::Relieved {
            result.verdict = Verdict::NotApplicable;
            result.reason_code = "exempt".to_owned();
            result.reason = format!("{said}。");
            result.binding.clone_from(&relief.by);
        } else {
            result.binding.extend(relief.by.iter().cloned());
            result.reason = format!("{}責任等級之要求{said}，其他規定仍應辦理。", result.reason);
        }
    }
}

fn on(day: Option<period::Date>) -> String {
    day.map_or_else(String::new, |day| format!(" {} ", period::roc_short(day)))
}
