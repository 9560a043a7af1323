//! Duties at all times.

use crate::assessment::{DutyAssessment, Verdict};
use crate::kept;
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
    kept::judge(case, result);
}
