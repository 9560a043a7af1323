//! What the law's change between two days does to an agency.
//!
//! The agency is judged three times: on the first day; on the second; and on the second
//! as if no law had changed since the first. What differs between the last two differs
//! because of the law; what differs between the first two does so because of time, level
//! or records, and is listed apart. Nothing is written: answers given earlier stay.

use crate::compiled::compiled_once;
use crate::duties::{self, Seen};
use crate::health::{citation_issue, judge};
use crate::visit::Visit;
use crate::{AppError, Reading, map};
use assess::{Assessment, DutyAssessment};
use facts::{Snapshot, Subject};
use law::{Certainty, CitationStatus, Clause, Corpus, Judged};
use period::Date;
use std::cmp::Ordering;
use views::{
    ImpactDutyView, ImpactKind, ImpactSide, ImpactView, LawMoveView, OtherChangeView, PlanIssue,
    PlanLineView, RequirementChangeView, Status,
};

/// A line of the plan, and what it cites.
struct Touched {
    view: PlanLineView,
    /// Instrument and article that it cites.
    cites: Option<(String, String)>,
    /// What its message is about: the name of a parameter, where it is a promise.
    about: String,
}

/// What the law's change between a day and the visit's does to an agency.
///
/// # Errors
/// Where the asker may not see the duties, or the days are in the wrong order.
#[compiled_once]
pub async fn impact(visit: &Visit<'_>, from: Date) -> Result<ImpactView, AppError> {
    let to = visit.day();
    if from > to {
        return Err(AppError::bad_input(
            format!("{} 在 {} 之後", period::roc_short(from), period::roc_short(to)),
            "請把較早的日期寫在 --from，較晚的寫在 --to",
        ));
    }
    let seen = duties::seen(visit).await?;
    let loaded = &seen.loaded;
    let corpus = visit.corpus();
    let frozen = corpus.frozen(from);
    let then = seen.assessed(visit, from);
    let unchanged = assess::assess_at(seen.snapshot(), &frozen, &loaded.plans, visit.instant(to));
    let now = seen.assessed(visit, to);
    let plan = loaded.plan_on(to).map(|p| &p.reading);
    let plan = plan.map_or_else(Vec::new, |reading| {
        plan_lines(corpus, (reading, seen.snapshot()), from, to)
    });
    let weigh = Weigh {
        corpus,
        seen: &seen,
        then: &then,
        plan: &plan,
        to,
    };
    let mut duties = Vec::new();
    let mut same = 0;
    for after in &now.duties {
        let before = find(&unchanged, after);
        match weigh.duty(before, Some(after)) {
            Some(view) => duties.push(view),
            None => same += usize::from(before.is_some_and(|b| new_version(b, after))),
        }
    }
    let gone = unchanged.duties.iter().filter(|b| find(&now, b).is_none());
    duties.extend(gone.filter_map(|before| weigh.duty(Some(before), None)));
    duties.sort_by_key(|d| d.kinds.first().copied());
    let mut systems: Vec<String> = duties.iter().map(|d| d.subject.clone()).collect();
    systems.retain(|s| !s.is_empty());
    systems.sort();
    systems.dedup();
    let mut cautions = visit.app().unmodelled(from);
    cautions.extend(visit.app().unmodelled(to));
    cautions.dedup();
    Ok(ImpactView {
        agency: map::head(seen.snapshot(), to),
        from,
        to,
        laws: moved_laws(corpus, from, to),
        duties,
        same,
        plan: plan.into_iter().map(|t| t.view).collect(),
        systems,
        others: others(&then, &unchanged),
        cautions,
    })
}

fn find<'a>(assessment: &'a Assessment, duty: &DutyAssessment) -> Option<&'a DutyAssessment> {
    let mut all = assessment.duties.iter();
    all.find(|d| d.key == duty.key && d.subject == duty.subject)
}

/// Whether a clause of a newer version binds under the same number.
fn new_version(before: &DutyAssessment, after: &DutyAssessment) -> bool {
    let known = |c: &Clause| {
        before
            .binding
            .iter()
            .any(|b| b.instrument == c.instrument && b.version == c.version)
    };
    !after.binding.iter().all(known)
}

struct Weigh<'a> {
    corpus: &'a Corpus,
    seen: &'a Seen,
    then: &'a Assessment,
    plan: &'a [Touched],
    to: Date,
}

impl Weigh<'_> {
    /// What happens to a duty; `None` where nothing does.
    fn duty(
        &self,
        before: Option<&DutyAssessment>,
        after: Option<&DutyAssessment>,
    ) -> Option<ImpactDutyView> {
        let shown = after.or(before)?;
        let mut kinds = Vec::new();
        let mut requirements = Vec::new();
        match (before, after) {
            (None, _) => kinds.push(ImpactKind::Appears),
            (_, None) => kinds.push(ImpactKind::Vanishes),
            (Some(b), Some(a)) => {
                requirements = self.requirements(b, a);
                kinds.extend(requirements.iter().map(|r| r.change));
                let due = |d: &DutyAssessment| d.due.or(d.due_not_before);
                match (due(b), due(a)) {
                    (Some(b), Some(a)) if a < b => kinds.push(ImpactKind::DueEarlier),
                    (Some(b), Some(a)) if a > b => kinds.push(ImpactKind::DueLater),
                    _ => {}
                }
                if a.verdict != b.verdict {
                    kinds.push(ImpactKind::Verdict);
                }
                kinds.extend(self.clauses(&b.binding, &a.binding));
            }
        }
        kinds.sort();
        kinds.dedup();
        if kinds.is_empty() {
            return None;
        }
        let plan: Vec<PlanLineView> = self
            .plan
            .iter()
            .filter(|t| {
                let promised = t.cites.is_none() && requirements.iter().any(|r| r.title == t.about);
                promised || before.is_some_and(|b| self.cited(t, &b.binding))
            })
            .map(|t| t.view.clone())
            .collect();
        let side = |d: &DutyAssessment| self.side(d);
        let seen = self.seen.view(shown, self.to);
        let records = seen.done;
        let only_number = kinds.iter().all(|k| *k == ImpactKind::Renumbered);
        let readings = if only_number { Vec::new() } else { seen.readings };
        let subject = match &shown.subject {
            Subject::Agency => String::new(),
            Subject::System(_) | Subject::Person(_) | Subject::Contract(_) => shown.subject_name.clone(),
        };
        Some(ImpactDutyView {
            key: shown.key.clone(),
            title: shown.title.clone(),
            subject,
            aspect: shown.aspect.clone(),
            notes: notes(&kinds, records.len(), &plan, before.zip(after)),
            kinds,
            then: find(self.then, shown).map(|d| map::status(d.verdict)),
            before: before.map(side),
            after: after.map(side),
            requirements,
            plan,
            records,
            readings,
        })
    }

    fn side(&self, d: &DutyAssessment) -> ImpactSide {
        let view = self.seen.view(d, self.to);
        ImpactSide {
            verdict: view.verdict,
            reason: view.reason.clone(),
            due: view.due,
            due_words: view.due_words(),
            clauses: view.binding,
        }
    }

    fn requirements(&self, before: &DutyAssessment, after: &DutyAssessment) -> Vec<RequirementChangeView> {
        let mut changes = Vec::new();
        for a in &after.requirements {
            let old = before.requirements.iter().find(|r| r.key == a.key);
            let change = match old {
                None => ImpactKind::Tighter,
                Some(b) => match self
                    .corpus
                    .parameters
                    .get(&a.key)
                    .and_then(|p| p.stricter.compare(&a.value, &b.value))
                {
                    Some(Ordering::Equal) => continue,
                    Some(Ordering::Greater) => ImpactKind::Tighter,
                    Some(Ordering::Less) => ImpactKind::Looser,
                    None => ImpactKind::Changed,
                },
            };
            changes.push(RequirementChangeView {
                key: a.key.clone(),
                title: a.title.clone(),
                change,
                before: old.map(|r| r.words.clone()),
                after: Some(a.words.clone()),
            });
        }
        let dropped = before
            .requirements
            .iter()
            .filter(|b| !after.requirements.iter().any(|a| a.key == b.key));
        changes.extend(dropped.map(|b| RequirementChangeView {
            key: b.key.clone(),
            title: b.title.clone(),
            change: ImpactKind::Looser,
            before: Some(b.words.clone()),
            after: None,
        }));
        changes
    }

    /// Whether clauses are those of before, renumbered, or others.
    fn clauses(&self, before: &[Clause], after: &[Clause]) -> Vec<ImpactKind> {
        let law =
            |list: &[Clause]| -> Vec<Clause> { list.iter().filter(|c| !c.is_promise()).cloned().collect() };
        let (before, after) = (law(before), law(after));
        let mut kinds = Vec::new();
        for b in &before {
            let heirs: Vec<&Clause> = after.iter().filter(|a| self.continues(b, a)).collect();
            if heirs.is_empty() {
                kinds.push(ImpactKind::OtherClause);
            } else if !heirs.iter().any(|a| same_number(&a.article, &b.article)) {
                kinds.push(ImpactKind::Renumbered);
            }
        }
        if after.iter().any(|a| !before.iter().any(|b| self.continues(b, a))) {
            kinds.push(ImpactKind::OtherClause);
        }
        kinds
    }

    fn continues(&self, b: &Clause, a: &Clause) -> bool {
        b.instrument == a.instrument
            && self.corpus.instrument(&b.instrument).is_some_and(|i| {
                let heirs = i.continued(&b.version, number(&b.article), &a.version);
                heirs.iter().any(|x| x.id == number(&a.article))
            })
    }

    /// Whether a line of the plan cites one of these clauses.
    fn cited(&self, touched: &Touched, clauses: &[Clause]) -> bool {
        let Some((instrument, article)) = &touched.cites else {
            return false;
        };
        clauses.iter().any(|c| {
            let id = number(&c.article);
            let version = self
                .corpus
                .instrument(&c.instrument)
                .and_then(|i| i.version(&c.version));
            let label = version.and_then(|v| v.article(id)).map(|a| a.label.as_str());
            *c.instrument == **instrument && (id == article || label == Some(article))
        })
    }
}

/// The article of a clause, without its paragraph.
fn number(article: &str) -> &str {
    article.split('/').next().unwrap_or(article)
}

/// What one of two clauses leaves out is no difference.
fn same_number(a: &str, b: &str) -> bool {
    a.split('/').zip(b.split('/')).all(|(a, b)| a == b)
}

fn notes(
    kinds: &[ImpactKind],
    records: usize,
    plan: &[PlanLineView],
    both: Option<(&DutyAssessment, &DutyAssessment)>,
) -> Vec<String> {
    let has = |kind: ImpactKind| kinds.contains(&kind);
    let mut notes = Vec::new();
    if !plan.is_empty() {
        let mut lines: Vec<String> = plan.iter().map(|p| p.line.to_string()).collect();
        lines.dedup();
        notes.push(format!(
            "修改計畫第 {} 行，見下列「計畫要改的地方」。",
            lines.join("、")
        ));
    }
    if has(ImpactKind::Appears) {
        notes.push("新的應辦事項：請指定負責人，辦理後登錄並附佐證。".to_owned());
    }
    if has(ImpactKind::Vanishes) && records == 0 {
        notes.push("法規不再要求；沒有辦理紀錄。".to_owned());
    }
    if has(ImpactKind::Vanishes) && records > 0 {
        notes.push(format!(
            "法規不再要求；已登錄的 {records} 筆辦理紀錄與佐證仍然保留。"
        ));
    }
    if has(ImpactKind::Tighter) && records > 0 {
        notes.push(format!(
            "已登錄的 {records} 筆辦理紀錄仍在；是否足以符合加嚴後的要求，請檢視。"
        ));
    }
    if has(ImpactKind::Tighter) && has(ImpactKind::Looser) {
        notes.push("有加嚴也有放寬，請合併解讀。".to_owned());
    }
    if let Some((before, after)) = both
        && has(ImpactKind::Tighter)
        && before.due.is_some()
        && before.due == after.due
    {
        notes.push("對本機關之期限不變。".to_owned());
    }
    notes
}

/// The lines of a plan that were right by the law of one day and are not by that of another.
fn plan_lines(
    corpus: &Corpus,
    (reading, snapshot): (&Reading, &Snapshot),
    from: Date,
    to: Date,
) -> Vec<Touched> {
    let (then, now) = (
        judge(corpus, reading, Some(snapshot), from),
        judge(corpus, reading, Some(snapshot), to),
    );
    let chapter = |line: u64| {
        let heading = reading.chapters.iter().rev().find(|c| c.line <= line);
        heading.map_or_else(String::new, |c| {
            let label = c.label.trim_end_matches(['、', ' ']);
            if label.is_empty() {
                c.title.clone()
            } else {
                format!("{label}、{}", c.title)
            }
        })
    };
    let touched = |issue: &PlanIssue, cites: Option<(String, String)>| Touched {
        view: PlanLineView {
            line: issue.line,
            chapter: chapter(issue.line),
            kind: issue.kind.clone(),
            message: issue.message.clone(),
        },
        cites,
        about: about(issue),
    };
    let mut lines = Vec::new();
    let judged = reading.citations.iter().zip(then.judged.iter().zip(&now.judged));
    for (citation, (old, new)) in judged {
        if old.status != CitationStatus::Current {
            continue;
        }
        if let Some(issue) = citation_issue(corpus, citation, new) {
            lines.push(touched(&issue, cites(citation.article.as_deref(), old)));
        }
    }
    let of_citations = ["outdated_citation", "nonexistent_citation"];
    let key = |issue: &PlanIssue| (issue.kind.clone(), issue.line, about(issue));
    let earlier: Vec<_> = then.issues.iter().map(key).collect();
    for issue in &now.issues {
        let told = of_citations.contains(&issue.kind.as_str())
            || lines.iter().any(|t: &Touched| t.view.message == issue.message);
        if !told && !earlier.contains(&key(issue)) {
            lines.push(touched(issue, None));
        }
    }
    lines.sort_by_key(|t| t.view.line);
    lines
}

/// A message names the clause of its day; what it is about stands before the first stop.
fn about(issue: &PlanIssue) -> String {
    let head = issue.message.split(['：', '；']).next();
    head.unwrap_or_default().to_owned()
}

fn cites(article: Option<&str>, judged: &Judged) -> Option<(String, String)> {
    Some((judged.instrument.clone()?, article?.to_owned()))
}

/// Instruments whose version in force differs between the days.
fn moved_laws(corpus: &Corpus, from: Date, to: Date) -> Vec<LawMoveView> {
    let mut all: Vec<_> = corpus.instruments.values().collect();
    all.sort_by_key(|i| (i.rank, &i.slug));
    all.into_iter()
        .filter_map(|i| {
            let (before, after) = (i.version_on(from), i.version_on(to));
            if before.map(|v| &v.id) == after.map(|v| &v.id) {
                return None;
            }
            let named = |v: &law::Version| (v.title.clone(), v.id.clone());
            let certainty = after.or(before).map_or(Certainty::Open, |v| v.certainty);
            Some(LawMoveView {
                slug: i.slug.clone(),
                before: before.map(named),
                after: after.map(named),
                since: after.map_or_else(|| before.and_then(|v| v.until), law::Version::start),
                at_latest: after.is_some_and(|v| v.from.is_none()),
                modelled: before.is_none_or(|v| v.modelled) && after.is_none_or(|v| v.modelled),
                certainty_label: certainty.label().to_owned(),
            })
        })
        .collect()
}

/// Duties whose presence or verdict would differ with the law unchanged.
fn others(then: &Assessment, unchanged: &Assessment) -> Vec<OtherChangeView> {
    let view = |d: &DutyAssessment, before: Option<Status>, after: Option<Status>| OtherChangeView {
        key: d.key.clone(),
        title: d.title.clone(),
        subject: d.subject_name.clone(),
        before,
        after,
    };
    let status = |d: &DutyAssessment| map::status(d.verdict);
    let mut list = Vec::new();
    for d in &unchanged.duties {
        let before = find(then, d).map(status);
        if before != Some(status(d)) {
            list.push(view(d, before, Some(status(d))));
        }
    }
    let gone = then.duties.iter().filter(|d| find(unchanged, d).is_none());
    list.extend(gone.map(|d| view(d, Some(status(d)), None)));
    list
}
