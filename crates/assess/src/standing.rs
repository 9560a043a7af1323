//! Duties at all times.

use crate::assessment::{DutyAssessment, Verdict};
use crate::why::Case;
use facts::{FactValue, Subject};
use law::Shape;

/// Proven by a flag of the registers, or by something done with evidence.
pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment) {
    let Shape::Standing { fact } = &case.resolved.duty.shape else {
        return;
    };
    result.due_basis = "持續具備".to_owned();
    if let Some(key) = fact {
        case.note_fact(&mut result.facts, key);
        let value = case
            .snapshot
            .fact(&Subject::Agency, key, case.day)
            .map(|f| &f.value);
        if value == Some(&FactValue::Flag(true)) {
            result.verdict = Verdict::Met;
            result.reason_code = "on record".to_owned();
            let spec = facts::fact_spec(key);
            let (label, register) = spec.map_or((key.as_str(), ""), |s| (s.label, s.register));
            result.reason = match register {
                "plan" => format!("{label}：計畫檔已登錄，並以雜湊保存。"),
                _ => format!("{label}：已有登錄紀錄。"),
            };
            return;
        }
    }
    if let Some(done) = result.done.iter().find(|d| d.evidence > 0) {
        result.verdict = Verdict::Met;
        result.reason_code = "done".to_owned();
        result.reason = format!(
            "{} 之辦理紀錄「{}」附有佐證。",
            period::roc_short(done.on),
            done.title
        );
        return;
    }
    result.verdict = Verdict::NotMet;
    result.reason_code = "no proof".to_owned();
    result.reason = if result.done.is_empty() {
        "應持續具備，尚無登錄紀錄或佐證。".to_owned()
    } else {
        "已有辦理紀錄，尚未附佐證。".to_owned()
    };
}
