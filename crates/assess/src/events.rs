//! Duties that an event sets off, each event by the law of its own day.
//!
//! Nothing is due while no such event is on record. Why each event is resolved anew: an amendment
//! doesn't reach back, and a limit may hang on the level of an incident. What it can't know: the
//! hour of what is recorded by its day; where that would decide, it says so.

use crate::assessment::{DutyAssessment, EventVerdict, Otherwise, PartVerdict, StepUsed, Verdict};
use crate::clocks::otherwise;
use crate::ends::{self, End};
use crate::parts::{lacking, of_event};
use crate::why::Case;
use facts::{Event, Fact, FactKind, FactValue, INCIDENT_LEVEL, Subject, fact_spec};
use law::{Clause, Part, Resolved, Shape, resolve_event};
use period::{Counting, Date, Moment, Punctuality};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many events that are over are told, the latest first; those that are not are all told.
const TOLD: usize = 10;

/// Judges a duty by the events on record that set it off.
pub(crate) fn judge(case: &Case<'_>, result: &mut DutyAssessment) {
    result.due_basis = "事由發生時".to_owned();
    let mine = |e: &&Event| e.duty == result.key && e.subject == result.subject && case.has_come(e.at);
    let events: Vec<&Event> = case.snapshot.events.iter().filter(mine).collect();
    if events.is_empty() {
        result.verdict = Verdict::NotApplicable;
        result.reason_code = "no event on record".to_owned();
        result.reason = "目前沒有引起此事項之事由紀錄。".to_owned();
        return;
    }
    let mut law = Then::of(case);
    let mut judged: Vec<Judged<'_>> = events.into_iter().map(|e| law.judged(case, e)).collect();
    judged.sort_by_key(|j| {
        (
            j.rank(),
            j.closes(),
            j.event.at.date(),
            j.event.source.row.clone(),
        )
    });
    conclude(result, &judged);
    let (over, open): (Vec<_>, Vec<_>) = judged.into_iter().partition(|j| j.verdict == Verdict::Met);
    let mut over: Vec<Judged<'_>> = over;
    over.sort_by_key(|j| Reverse(j.event.at.date()));
    over.truncate(TOLD);
    let all = open.into_iter().chain(over);
    result.events = all.map(Judged::told).collect();
}

/// The law as it stood when an event happened.
struct Then<'a, 'c> {
    resolved: BTreeMap<(usize, Option<String>), Option<Resolved<'c>>>,
    /// Days on which the law or the agency's facts turned into something else.
    turns: Vec<Date>,
    counting: Counting,
    case: &'a Case<'c>,
}

impl<'a, 'c> Then<'a, 'c> {
    fn of(case: &'a Case<'c>) -> Self {
        let counting = match &case.resolved.duty.shape {
            Shape::OnEvent { counting, .. } => *counting,
            _ => Counting::AsStated,
        };
        Self {
            resolved: BTreeMap::new(),
            turns: turns(case),
            counting,
            case,
        }
    }

    /// The duty as the law of an event's day asks for it.
    fn on(&mut self, day: Date, level: Option<&str>) -> Option<&Resolved<'c>> {
        let case = self.case;
        // Between two turns every day is like the other.
        let stretch = self.turns.partition_point(|turn| *turn <= day);
        self.resolved
            .entry((stretch, level.map(str::to_owned)))
            .or_insert_with(|| {
                let graded: Vec<Fact> = level.map(graded).into_iter().collect();
                let duty = (case.resolved.duty, &case.resolved.subject);
                resolve_event(case.corpus, case.plans, case.snapshot, duty, (day, &graded))
            })
            .as_ref()
    }

    /// When an event's duty must be done, by which steps and clauses.
    fn end(&mut self, event: &Event, level: Option<&str>) -> (End, Vec<StepUsed>, Vec<Clause>, String) {
        let (case, counting) = (self.case, self.counting);
        let nothing = || (End::Open, Vec::new(), Vec::new(), String::new());
        let Some(period) = self.on(event.at.date(), level).and_then(Resolved::period) else {
            return nothing();
        };
        let Some(decided) = ends::decide(case.corpus, period, event.at, counting) else {
            return nothing();
        };
        let end = End::of(case.corpus, event.at, decided.span, counting);
        let steps = end
            .known()
            .map(|known| ends::steps(case, counting, &known.steps))
            .unwrap_or_default();
        (end, steps, decided.winners, decided.words)
    }

    fn judged<'e>(&mut self, case: &Case<'_>, event: &'e Event) -> Judged<'e> {
        let level = event.level.as_deref();
        let ungraded = level.is_none() && self.hangs_on_level(event.at.date());
        let (end, steps, clauses, words) = if ungraded {
            let ends = levels().iter().map(|level| self.end(event, Some(level)).0);
            let end = ends.reduce(End::or).unwrap_or(End::Open);
            (end, Vec::new(), Vec::new(), String::new())
        } else {
            self.end(event, level)
        };
        let other = event.level_changed.and_then(|changed| {
            let resolved = self.on(event.at.date(), level)?;
            otherwise(case.corpus, resolved, changed)
        });
        let parts = self.parts(event, level);
        let (mut verdict, mut reason_code, mut late_by) = verdict(case, event, &end, !parts.is_empty());
        let open = matches!(reason_code, "overdue" | "event open" | "end unknown");
        let open = open.then_some((verdict, reason_code));
        let (parts, last) = of_event::judge(case, event, &parts, open);
        if verdict == Verdict::Met {
            // What was shown of a part only after the time was over was late, whatever was settled before.
            if let (None, Some(Punctuality::Late(by))) = (late_by, last.map(|on| end.punctuality(on.into())))
            {
                (reason_code, late_by) = ("done late", Some(by));
            }
            if parts.iter().any(|part| part.verdict != Verdict::Met) {
                (verdict, reason_code) = (Verdict::NotMet, "parts open");
            }
        }
        Judged {
            parts,
            event,
            verdict,
            reason_code,
            late_by,
            end,
            ungraded,
            steps,
            clauses,
            words,
            otherwise: other,
        }
    }

    /// The parts of the duty by the law of the event's day, where they are told apart.
    fn parts(&mut self, event: &Event, level: Option<&str>) -> Vec<&'c Part> {
        let case = self.case;
        let Some(resolved) = self.on(event.at.date(), level) else {
            return Vec::new();
        };
        let winners = resolved.requirements.iter().flat_map(|r| &r.winners);
        let clauses = resolved.bases.iter().chain(winners);
        let instruments: Vec<&str> = clauses.map(|c| &*c.instrument).collect();
        of_event::apart(case, &instruments)
    }

    /// Whether only the level of the incident tells the time that the duty leaves.
    fn hangs_on_level(&mut self, day: Date) -> bool {
        let key = self.case.resolved.duty.period_key();
        let resolved = self.on(day, None);
        resolved.is_some_and(|r| r.cases.iter().any(|c| Some(c.key.as_str()) == key))
    }
}

fn levels() -> &'static [&'static str] {
    match fact_spec(INCIDENT_LEVEL).map(|spec| spec.kind) {
        Some(FactKind::Choice(levels)) => levels,
        _ => &[],
    }
}

fn graded(level: &str) -> Fact {
    Fact {
        subject: Subject::Agency,
        key: INCIDENT_LEVEL.to_owned(),
        value: FactValue::Choice(level.to_owned()),
        from: None,
        until: None,
        source: facts::Source {
            register: "incident".to_owned(),
            row: String::new(),
            version: 0,
            line: None,
        },
    }
}

/// Days on which something began or ceased to hold that this duty may hang on, in order.
fn turns(case: &Case<'_>) -> Vec<Date> {
    let duty = case.resolved.duty;
    let bases = duty.basis.iter().flat_map(|b| [Some(b.from), b.until]);
    let values = duty
        .parameters()
        .filter_map(|key| case.corpus.parameters.get(key))
        .flat_map(|p| &p.values)
        .flat_map(|v| [v.from, v.until]);
    let facts = case.snapshot.facts.iter().flat_map(|f| [f.from, f.until]);
    let adopted = case.snapshot.adopted.iter().flat_map(|a| [a.from, a.until]);
    let contracts = case.snapshot.contracts.iter().flat_map(|c| [c.from, c.until]);
    let plans = case.plans.iter().flat_map(|p| [p.from, p.until]);
    let all = bases.chain(values).chain(facts).chain(adopted);
    let mut turns: Vec<Date> = all.chain(contracts).chain(plans).flatten().collect();
    turns.sort_unstable();
    turns.dedup();
    turns
}

/// What is said of an event as a whole; where it has parts, each is shown by itself.
fn verdict(
    case: &Case<'_>,
    event: &Event,
    end: &End,
    in_parts: bool,
) -> (Verdict, &'static str, Option<period::Lateness>) {
    let settled = event.settled.as_ref().filter(|s| case.has_come(s.at));
    let Some(settled) = settled else {
        return if end.is_past(case.now) {
            (Verdict::NotMet, "overdue", None)
        } else if end.may_be_past(case.now) {
            (Verdict::Unknown, "end unknown", None)
        } else {
            (Verdict::NotYetDue, "event open", None)
        };
    };
    let (code, late_by) = match end.punctuality(settled.at) {
        Punctuality::InTime => ("done", None),
        Punctuality::Late(by) => ("done late", Some(by)),
        Punctuality::CantTell => return (Verdict::Unknown, "time unknown", None),
    };
    if event.evidence == 0 && !in_parts {
        return (Verdict::NotMet, "no proof", late_by);
    }
    (Verdict::Met, code, late_by)
}

/// An event with what is to be said of it.
struct Judged<'e> {
    parts: Vec<PartVerdict>,
    event: &'e Event,
    verdict: Verdict,
    reason_code: &'static str,
    late_by: Option<period::Lateness>,
    end: End,
    /// Whether its level decides and isn't known.
    ungraded: bool,
    steps: Vec<StepUsed>,
    clauses: Vec<Clause>,
    words: String,
    otherwise: Option<Otherwise>,
}

impl Judged<'_> {
    /// The worse, the lower.
    fn rank(&self) -> u8 {
        match (self.verdict, self.reason_code) {
            (Verdict::NotMet, "overdue") => 0,
            (Verdict::NotMet, _) => 1,
            (Verdict::Unknown, _) => 2,
            (Verdict::NotYetDue, _) => 3,
            (Verdict::Met | Verdict::NotApplicable, _) => 4,
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.reason_code, "overdue" | "event open" | "end unknown")
    }

    /// When it closes at the earliest; what never closes comes last.
    fn closes(&self) -> (bool, Option<period::DateTime>) {
        let at = match &self.end {
            End::Between(first, _) => Some(first.closes_at()),
            End::NotBefore(day, _) => Some(day.at(23, 59, 59, 0)),
            End::Open => None,
        };
        (at.is_none(), at)
    }

    /// Its end in words; empty where there is none.
    fn end_words(&self) -> String {
        match &self.end {
            End::Open => String::new(),
            End::Between(first, last) if first.end == last.end => format!("，期限 {}", moment(first.end)),
            End::Between(first, last) => {
                let why = if self.ungraded {
                    "事件等級尚未評估"
                } else {
                    "紀錄僅有日期"
                };
                let (first, last) = (moment(first.end), moment(last.end));
                format!("，期限在 {first} 至 {last} 之間（{why}）")
            }
            End::NotBefore(_, Some(likely)) => format!("，期限{}", ends::provisional(*likely)),
            End::NotBefore(day, None) => {
                format!("，期限不早於 {}（該年辦公日曆尚未建檔）", period::roc_short(*day))
            }
        }
    }

    fn told(self) -> EventVerdict {
        let (due, part_of_day, not_before) = match &self.end {
            End::Between(first, last) if first.end == last.end => {
                (Some(first.end), Some(first.part_of_day), None)
            }
            End::Between(first, _) => (None, None, Some(first.end)),
            End::NotBefore(day, likely) => (
                likely.map(|likely| Moment::Day(likely.end)),
                likely.map(|likely| likely.part_of_day),
                Some(Moment::Day(*day)),
            ),
            End::Open => (None, None, None),
        };
        let closes = match &self.end {
            End::Between(_, last) => Some(last.closes_at()),
            _ => None,
        };
        EventVerdict {
            title: self.event.title.clone(),
            at: self.event.at,
            level: self.event.level.clone(),
            verdict: self.verdict,
            reason_code: self.reason_code,
            within: self.words,
            due,
            part_of_day,
            due_not_before: not_before,
            provisional: matches!(self.end, End::NotBefore(_, Some(_))),
            settled: self.event.settled.clone(),
            late_by: self.late_by,
            otherwise: self.otherwise,
            clauses: self.clauses,
            parts: self.parts,
            source: self.event.source.clone(),
            closes,
        }
    }
}

fn moment(at: Moment) -> String {
    match at {
        Moment::Day(day) => period::roc_short(day),
        Moment::Instant(at) => period::roc_instant(at),
    }
}

/// What is said of the duty: what is said of its worst event, the first.
fn conclude(result: &mut DutyAssessment, judged: &[Judged<'_>]) {
    let Some(worst) = judged.first() else {
        return;
    };
    result.verdict = worst.verdict;
    result.reason_code = worst.reason_code.to_owned();
    let title = &worst.event.title;
    let open = judged.iter().filter(|j| j.is_open());
    let settled = worst.event.settled.as_ref();
    result.reason = match worst.reason_code {
        "overdue" | "event open" | "end unknown" => format!(
            "{} 之「{title}」尚未辦結{}{}；未辦結者共 {} 件。",
            moment(worst.event.at),
            worst.end_words(),
            match worst.reason_code {
                "overdue" => "，已逾期",
                "end unknown" => "，是否逾期無法判定",
                _ => "",
            },
            open.count()
        ),
        "parts open" => format!(
            "「{title}」已辦結，{}。",
            lacking(&worst.parts).unwrap_or_default()
        ),
        "no proof" => format!("「{title}」已辦結，尚未附佐證或核定。"),
        "time unknown" => format!(
            "「{title}」之{}為 {}{}，是否逾期無法判定，請補登時間。",
            settled.map_or("", |s| s.by.as_str()),
            settled.map_or_else(String::new, |s| moment(s.at)),
            worst.end_words()
        ),
        _ => {
            let late: Vec<_> = judged.iter().filter_map(|j| j.late_by).collect();
            result.late_by = late.iter().copied().max_by_key(|by| by.minutes());
            let said = result.late_by.map_or_else(String::new, |by| {
                format!("，其中 {} 件逾期，最久逾 {}", late.len(), by.words())
            });
            result.reason_code = if late.is_empty() { "done" } else { "done late" }.to_owned();
            format!("{} 件事由均已辦結{said}，並有佐證。", judged.len())
        }
    };
    if worst.is_open() || worst.reason_code == "time unknown" {
        set_due(result, worst);
    }
}

/// The end that is shown: the last that there may be where it has passed, else the first.
fn set_due(result: &mut DutyAssessment, worst: &Judged<'_>) {
    match &worst.end {
        End::Between(first, last) => {
            let shown = if worst.reason_code == "overdue" {
                last
            } else {
                first
            };
            result.due = Some(shown.end.date());
            result.due_at = match shown.end {
                Moment::Instant(at) => Some(at),
                Moment::Day(_) => None,
            };
            result.part_of_day = Some(shown.part_of_day);
        }
        End::NotBefore(day, likely) => {
            result.due_not_before = Some(*day);
            result.due = likely.map(|likely| likely.end);
            result.part_of_day = likely.map(|likely| likely.part_of_day);
            result.provisional = likely.is_some();
        }
        End::Open => {}
    }
    result.steps.extend(worst.steps.iter().cloned());
}
