//! From rows and assessments to views.

use crate::AppError;
use crate::rows::Rows;
use assess::{CountVerdict, DutyAssessment, EventVerdict, PartVerdict, Verdict};
use facts::{FactValue, Snapshot, Subject};
use law::{Clause, LosingReason, Rank};
use period::{Lateness, Moment, PartOfDay};
use registers::basics::approval::Approval;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;
use store::StoredRow;
use views::{
    AgencyHead, ClauseView, CountView, DeclaredView, DoneView, DutyView, EventView, FactView, LateView,
    LoserView, OtherwiseView, PartView, PeriodView, ReadingView, RequirementView, Status, StepView,
};

/// A row's body as its register's struct.
pub(crate) fn body<R: registers::Row + DeserializeOwned>(row: &StoredRow) -> Result<R, AppError> {
    registers::read::<R>(&row.body).map_err(|error| {
        AppError::failed(
            format!("{} 的 {} 讀不出來（{error}）", row.register, row.row),
            "請執行 fazun ledger verify",
        )
    })
}

pub(crate) fn head(snapshot: &Snapshot, day: period::Date) -> AgencyHead {
    let level = match snapshot
        .fact(&Subject::Agency, "responsibility_level", day)
        .map(|f| &f.value)
    {
        Some(FactValue::Choice(level)) => Some(level.clone()),
        _ => None,
    };
    AgencyHead {
        id: snapshot.agency.clone(),
        name: snapshot.name.clone(),
        level,
    }
}

pub(crate) fn status(verdict: Verdict) -> Status {
    match verdict {
        Verdict::Met => Status::Met,
        Verdict::NotMet => Status::NotMet,
        Verdict::NotYetDue => Status::NotYetDue,
        Verdict::Unknown => Status::Unknown,
        Verdict::NotApplicable => Status::NotApplicable,
    }
}

/// A word of an enum as data writes it.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

pub(crate) fn rank_label(rank: Rank) -> &'static str {
    match rank {
        Rank::Act => "法律",
        Rank::Regulation => "法規命令",
        Rank::AdministrativeRule => "行政規則",
        Rank::Local => "地方規範",
        Rank::Plan => "本機關計畫",
        Rank::Contract => "契約規範",
    }
}

pub(crate) fn article_href(instrument: &str, version: &str, article: &str) -> String {
    if instrument.starts_with("plan:") {
        return String::new();
    }
    let article = article.split('/').next().unwrap_or(article);
    format!("/laws/{instrument}/{version}/{article}")
}

pub(crate) fn clause(c: &Clause) -> ClauseView {
    ClauseView {
        instrument: c.instrument.to_string(),
        version: c.version.to_string(),
        article: c.article.to_string(),
        label: c.label.to_string(),
        rank: word(&c.rank),
        gist: c.gist.to_string(),
        certainty: word(&c.certainty),
        certainty_label: if c.is_promise() {
            "計畫原文"
        } else {
            c.certainty.label()
        }
        .to_owned(),
        value: c.value.clone(),
        line: c.line,
        href: article_href(&c.instrument, &c.version, &c.article),
    }
}

fn losing(reason: LosingReason) -> &'static str {
    match reason {
        LosingReason::Weaker => "較寬，不作為依據",
        LosingReason::Displaced => "由過渡規定取代",
        LosingReason::Relieved => "經同意並報備查，期間內免執行",
    }
}

pub(crate) fn fact_words(key: &str, value: &FactValue) -> String {
    match value {
        FactValue::Flag(true) => "有".to_owned(),
        FactValue::Flag(false) => "無".to_owned(),
        FactValue::Date(day) => period::roc_short(*day),
        FactValue::Number(n) => n.to_string(),
        FactValue::Choice(word) => match (key, word.as_str()) {
            ("body", "public_agency") => "公務機關".to_owned(),
            ("body", _) => "特定非公務機關".to_owned(),
            ("responsibility_level", level) => format!("{level} 級"),
            _ => word.clone(),
        },
    }
}

/// A word as law files write it in a table of dimensions.
pub(crate) fn fact_word(key: &str, word: &str) -> String {
    let value = match word {
        "true" => FactValue::Flag(true),
        "false" => FactValue::Flag(false),
        word => FactValue::Choice(word.to_owned()),
    };
    fact_words(key, &value)
}

fn late(by: Lateness) -> LateView {
    LateView {
        words: by.words(),
        minutes: by.minutes(),
    }
}

fn event(e: &EventVerdict, hidden: &BTreeSet<&'static str>) -> EventView {
    let is_hidden = hidden.contains(e.source.register.as_str());
    let told = |text: &str| if is_hidden { String::new() } else { text.to_owned() };
    EventView {
        title: e.title.clone(),
        at: e.at.into(),
        level: e.level.clone().filter(|_| !is_hidden),
        verdict: status(e.verdict),
        reason_code: e.reason_code.to_owned(),
        within: e.within.clone(),
        due: e.due.map(Into::into),
        due_not_before: e.due_not_before.map(Into::into),
        provisional: e.provisional,
        settled: e.settled.as_ref().map(|s| s.at.into()),
        late_by: e.late_by.map(late),
        otherwise: e.otherwise.as_ref().map(|other| OtherwiseView {
            trigger: other.trigger_label.clone(),
            from: other.from.into(),
            due: other.due.map(Into::into),
        }),
        clauses: e.clauses.iter().map(clause).collect(),
        parts: e.parts.iter().map(|p| part(p, hidden)).collect(),
        register: told(&e.source.register),
        row: told(&e.source.row),
    }
}

/// A duty as every surface shows it.
pub(crate) fn duty(
    snapshot: &Snapshot,
    day: period::Date,
    d: &DutyAssessment,
    (rows, hidden): (&Rows, &BTreeSet<&'static str>),
) -> DutyView {
    let (subject, subject_id) = match &d.subject {
        Subject::Agency => ("agency".to_owned(), None),
        Subject::System(id) => (format!("system:{}", d.subject_name), Some(id.clone())),
        Subject::Contract(id) => (format!("contract:{}", d.subject_name), Some(id.clone())),
        Subject::Person(id) => (format!("person:{}", d.subject_name), Some(id.clone())),
    };
    DutyView {
        key: d.key.clone(),
        title: d.title.clone(),
        subject,
        subject_id,
        verdict: status(d.verdict),
        reason: d.reason.clone(),
        // Which facts are meant stands under `facts`.
        reason_code: d.reason_code.split(": ").next().unwrap_or_default().to_owned(),
        due: d.due,
        due_at: d.due_at,
        late_by: d.late_by.map(late),
        part_of_day: d
            .part_of_day
            .filter(|p| *p == PartOfDay::Morning)
            .map(|p| word(&p)),
        due_not_before: d.due_not_before,
        provisional: d.provisional,
        due_basis: d.due_basis.clone(),
        shape: d.shape.to_owned(),
        aspect: d.aspect.clone(),
        explain: d.explain.clone(),
        binding: d.binding.iter().map(clause).collect(),
        losers: d
            .losers
            .iter()
            .map(|l| LoserView {
                clause: clause(&l.clause),
                outcome: l.outcome.clone(),
                reason: word(&l.reason),
                reason_label: losing(l.reason).to_owned(),
                below_floor: l.below_floor,
            })
            .collect(),
        facts: d
            .facts
            .iter()
            .map(|f| FactView {
                key: f.key.clone(),
                label: f.label.clone(),
                value: f.value.clone(),
                words: snapshot
                    .fact(&Subject::Agency, &f.key, day)
                    .map_or_else(|| "不明".to_owned(), |fact| fact_words(&f.key, &fact.value)),
                source: f
                    .source
                    .as_ref()
                    .map(|s| format!("{}/{}@{}", s.register, s.row, s.version)),
                supplied_by: f.supplied_by.clone(),
            })
            .collect(),
        steps: d
            .steps
            .iter()
            .map(|s| StepView {
                rule: s.rule.map(|r| word(&r)),
                to: s.to.map(|m| match m {
                    Moment::Day(day) => day.to_string(),
                    Moment::Instant(at) => at.to_string(),
                }),
                note: s.note.clone(),
                cite: s.cite_label.clone(),
            })
            .collect(),
        readings: d
            .readings
            .iter()
            .map(|r| ReadingView {
                key: r.key.clone(),
                text: r.text.clone(),
                alternative: r.alternative.clone(),
                certainty: word(&r.certainty),
                certainty_label: r.certainty.label().to_owned(),
            })
            .collect(),
        requirements: d
            .requirements
            .iter()
            .map(|r| RequirementView {
                key: r.key.clone(),
                title: r.title.clone(),
                value: r.words.clone(),
                said_by: r.winners.iter().map(|c| c.label.to_string()).collect(),
            })
            .chain(d.cases.iter().map(|c| RequirementView {
                key: c.key.clone(),
                title: format!("{}（第 {} 級）", c.title, c.case.join("、")),
                value: c.words.clone(),
                said_by: vec![c.clause.label.to_string()],
            }))
            .collect(),
        periods: d
            .periods
            .iter()
            .map(|p| PeriodView {
                label: p.label.clone(),
                from: p.from,
                to: p.to,
                status: status(p.verdict),
            })
            .collect(),
        proof: d.proof.clone(),
        done: d
            .done
            .iter()
            .map(|x| {
                let is_hidden = hidden.contains(x.source.register.as_str());
                let body = proving(rows, &x.source).filter(|_| !is_hidden);
                let note = body.as_ref().and_then(|b| b.get("note")?.as_str());
                DoneView {
                    on: x.on,
                    title: x.title.clone(),
                    note: note.unwrap_or_default().to_owned(),
                    evidence: x.evidence,
                    row: if is_hidden {
                        String::new()
                    } else {
                        x.source.row.clone()
                    },
                    files: body.as_deref().map(files).unwrap_or_default(),
                }
            })
            .collect(),
        events: d.events.iter().map(|e| event(e, hidden)).collect(),
        proof_until: d.proof_until,
        counts: d.counts.iter().map(count).collect(),
        parts: d.parts.iter().map(|p| part(p, hidden)).collect(),
        declared: d.declared.as_ref().map(|said| DeclaredView {
            state: word(&said.state),
            on: said.on,
            document_no: said.document_no.clone(),
            prove_by: said.prove_by,
            row: said.source.row.clone(),
        }),
        before_records: d.before_records,
    }
}

fn part(p: &PartVerdict, hidden: &BTreeSet<&'static str>) -> PartView {
    let seen = |register: &str| !hidden.contains(register);
    let looked = p.checks.iter().filter_map(|key| registers::check_of(key));
    let wrong = p.wrong.iter().filter(|(_, source)| seen(&source.register));
    PartView {
        key: p.key.clone(),
        label: p.label.clone(),
        asks: p.asks.clone(),
        verdict: status(p.verdict),
        reason_code: p.reason_code.split(": ").next().unwrap_or_default().to_owned(),
        shown_by: p.shown_by.map(|by| word(&by)),
        shown: p.shown.clone(),
        until: p.until,
        checks: looked
            .filter(|(register, _)| seen(register.key))
            .map(|(register, check)| (register.key.to_owned(), check.label.to_owned()))
            .collect(),
        wrong: wrong
            .map(|(title, source)| (source.register.clone(), source.row.clone(), title.clone()))
            .collect(),
    }
}

fn count(c: &CountVerdict) -> CountView {
    CountView {
        what: c.what.clone(),
        label: c.label.clone(),
        each: c.each.clone(),
        needed: c.needed,
        have: c.have,
        lacking: c.lacking.len(),
        who: Vec::new(),
        enough_until: c.enough_until,
    }
}

/// The body that proves something: of the version that its source names, which the approval keeps
/// where a later draft stands.
fn proving<'r>(rows: &'r Rows, source: &facts::Source) -> Option<Cow<'r, Value>> {
    let row = rows.row(&source.register, &source.row)?;
    if row.version == source.version {
        return Some(Cow::Borrowed(&row.body));
    }
    let approval = rows.row("approval", &format!("{}:{}", source.register, source.row))?;
    let approval = Approval::read(&approval.body).ok()?;
    let (version, body) = registers::approved(&approval).ok()??;
    (version == source.version).then_some(Cow::Owned(body))
}

/// The files that a body names as its evidence: name and hash.
fn files(body: &Value) -> Vec<(String, String)> {
    let listed = body.get("evidence").and_then(Value::as_array);
    let word = |file: &Value, key: &str| file.get(key)?.as_str().map(str::to_owned);
    listed
        .into_iter()
        .flatten()
        .filter_map(|file| Some((word(file, "name")?, word(file, "sha256")?)))
        .collect()
}
