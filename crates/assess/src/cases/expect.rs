//! What a case expects of a duty, held against what the engine says.

use super::days::{Days, Wrong};
use super::form::RawExpect;
use crate::{Assessment, Verdict};
use law::Corpus;
use period::{Lateness, Moment};
use toml::Spanned;

/// The word that a case writes for a verdict.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::NotMet => "not_met",
        Verdict::NotYetDue => "not_yet_due",
        Verdict::Unknown => "unknown",
        Verdict::NotApplicable => "not_applicable",
    }
}

/// What an officer calls it.
fn label(word: &str) -> &'static str {
    match word {
        "met" => "已符合",
        "not_met" => "未符合",
        "not_yet_due" => "尚未到期",
        "unknown" => "資料不足",
        "not_applicable" => "不適用",
        "absent" => "不列",
        _ => "",
    }
}

/// Tells of a duty that there isn't: a slip of the pen would be absent, and nothing more.
pub(super) fn known_duty(corpus: &Corpus, duty: &Spanned<String>, wrong: &mut Vec<Wrong>) {
    let key = duty.get_ref();
    if !corpus.duties.iter().any(|d| d.key == *key) {
        wrong.push((duty.span().start, format!("法規資料沒有應辦事項 `{key}`")));
    }
}

fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "無".to_owned(), |v| v.to_string())
}

/// What differs, in words.
pub(super) fn differences(
    corpus: &Corpus,
    result: &Assessment,
    expect: &RawExpect,
    days: &mut Days,
) -> Vec<String> {
    let key = expect.duty.get_ref();
    let mut wrong = Vec::new();
    if label(&expect.verdict).is_empty() {
        wrong.push(format!(
            "{key}：`{}` 不是判定；請用 met、not_met、not_yet_due、unknown、not_applicable、absent",
            expect.verdict
        ));
        return wrong;
    }
    let before = days.wrong.len();
    known_duty(corpus, &expect.duty, &mut days.wrong);
    if days.wrong.len() > before {
        return wrong;
    }
    let Some(found) = result.duties.iter().find(|d| d.key == *key) else {
        if expect.verdict != "absent" {
            let verdict = &expect.verdict;
            wrong.push(format!(
                "{key}：不列於該機關之應辦事項，預期{}（{verdict}）",
                label(verdict)
            ));
        }
        return wrong;
    };
    let verdict = word(found.verdict);
    if verdict != expect.verdict {
        wrong.push(format!(
            "{key}：判定{}（{verdict}），預期{}（{}）；理由：{}",
            label(verdict),
            label(&expect.verdict),
            expect.verdict,
            found.reason
        ));
    }
    let mut differs = |what: &str, is: String, expected: String| {
        if is != expected {
            wrong.push(format!("{key}：{what}為 {is}，預期 {expected}"));
        }
    };
    if let Some(stamp) = &expect.due {
        match days.moment(stamp) {
            Some(Moment::Instant(at)) => differs("期限", or_none(found.due_at), at.to_string()),
            Some(Moment::Day(day)) => differs("期限", or_none(found.due), day.to_string()),
            None => {}
        }
    }
    if let Some(late) = &expect.late {
        let is = found.late_by.map(Lateness::words).unwrap_or_default();
        differs("逾期時間", format!("「{is}」"), format!("「{late}」"));
    }
    if let Some(code) = &expect.code {
        differs("理由代碼", found.reason_code.clone(), code.clone());
    }
    if let Some(other) = expect.other.as_ref().and_then(|stamp| days.moment(stamp)) {
        let is = found.events.first().and_then(|e| e.otherwise.as_ref()?.due);
        differs("另一讀法之期限", or_none(is.map(told)), told(other));
    }
    if let Some(provisional) = expect.provisional {
        let words = |is: bool| if is { "預估" } else { "確定" }.to_owned();
        differs("期限之性質", words(found.provisional), words(provisional));
    }
    if let Some(n) = expect.losers {
        differs("未採之條文數", found.losers.len().to_string(), n.to_string());
    }
    if let Some(n) = expect.findings {
        let have = result.findings.iter().filter(|f| f.duty == *key).count();
        differs("發現數", have.to_string(), n.to_string());
    }
    if let Some(clause) = &expect.binding
        && !found
            .binding
            .iter()
            .any(|c| *c.article == **clause || c.label.contains(clause.as_str()))
    {
        let binding: Vec<&str> = found.binding.iter().map(|c| &*c.article).collect();
        wrong.push(format!(
            "{key}：「{clause}」未拘束該機關，拘束者為 {}",
            if binding.is_empty() {
                "無".to_owned()
            } else {
                binding.join("、")
            }
        ));
    }
    wrong
}

fn told(moment: Moment) -> String {
    match moment {
        Moment::Day(day) => day.to_string(),
        Moment::Instant(at) => at.to_string(),
    }
}
