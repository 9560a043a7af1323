//! 計畫健檢: what the plan reader found, judged by the law of a day.
//!
//! The reader knows no law. Here its citations are looked up, its promises weighed
//! against the floor of the plan's own level, its chapters compared with those that
//! the law demands, and its clauses with the body they bind.

use crate::bodyclauses::{counts_heads, shortened, wrong_body};
use crate::compiled::compiled_once;
use crate::ids::register;
use crate::visit::{Visit, act};
use crate::{App, AppError, Reading, map};
use assess::{Assessment, assess};
use facts::{Fact, FactValue, Snapshot, Source, Subject};
use law::{Certainty, CitationStatus, Corpus, Judged, Overlay, Rank, RawCitation, Value, judge_citation};
use period::Date;
use serde_json::{Value as Json, json};
use views::{PlanHealthView, PlanIssue, PlanIssueGroup};

/// What `fazun plan read` prints: the reading, with verdicts merged in.
#[derive(Debug, Clone)]
pub struct PlanReport {
    /// The whole report.
    pub json: Json,
}

/// Kinds of issues, worst first: kind, name, what it means and what to do.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "level_differs",
        "等級與核定不符",
        "計畫所載等級與登錄之核定不同；以核定為準檢查計畫。",
    ),
    (
        "missing_chapter",
        "缺少必備章節",
        "法規要求計畫必須寫的事項，計畫裡找不到。請補上該章。",
    ),
    (
        "below_statutory_floor",
        "承諾低於法定",
        "計畫寫的比法規要求的寬；法規仍然拘束機關，計畫應修正。",
    ),
    (
        "differs_from_law",
        "寫法與法規不同",
        "計畫的寫法與法規要求的做法不同；法規仍然拘束機關，請依各項說明改寫。",
    ),
    (
        "wrong_body_clause",
        "套用了不適用的條文",
        "這段內容出自拘束另一類機關的條文，請改用本機關適用者。",
    ),
    (
        "nonexistent_citation",
        "引用不存在的條文",
        "該法規沒有這一條，請查明後更正。",
    ),
    (
        "outdated_citation",
        "引用過時的條文",
        "條號或名稱已變更；內容不因此失效，但稽核會列為待改善，請改為現行者。",
    ),
    (
        "conflicting_values",
        "前後矛盾",
        "同一件事在計畫裡寫了不同的數字，請統一。",
    ),
    (
        "duplicate_row",
        "重複的列",
        "表格中同一名稱出現不只一次，請確認後刪除或區分。",
    ),
    (
        "looser_rule",
        "其他規定較寬",
        "縣市規定或採用之文件寫得比拘束機關的規定寬；計畫無須修改，依較嚴者辦理。",
    ),
    (
        "counted_otherwise",
        "計算方式不同",
        "計畫與法規的數字不是同一種（每人與合計），不能以大小相比；兩者分別辦理。",
    ),
    (
        "unknown_promise",
        "看似承諾而未能對應",
        "這些句子像是承諾，但對不到任何應辦事項，系統不會提醒；要列管者，請改成範本的寫法，或以登記簿登錄。",
    ),
    (
        "unreadable",
        "讀不出來",
        "系統沒有猜測；請對照原文，必要時改寫成一般格式後重新匯入。",
    ),
];

fn kind_name(kind: &str) -> (&'static str, &'static str) {
    KINDS
        .iter()
        .find(|(k, _, _)| *k == kind)
        .map_or(("其他", "請對照原文確認。"), |(_, name, help)| {
            (name, help)
        })
}

pub(crate) struct Judgement {
    pub judged: Vec<Judged>,
    pub issues: Vec<PlanIssue>,
}

impl App {
    /// Reads a plan's file and judges it by the law of a day; writes nothing.
    ///
    /// # Errors
    /// Where the file can't be read as a plan.
    pub fn plan_report(
        corpus: &Corpus,
        file_name: &str,
        bytes: &[u8],
        day: Date,
    ) -> Result<PlanReport, AppError> {
        let mut json = crate::reading::read_plan(file_name, bytes)?;
        let reading = Reading::from_json(&json)?;
        let judgement = judge(corpus, &reading, None, day);
        if let Some(list) = json.get_mut("citations").and_then(Json::as_array_mut) {
            for (citation, judged) in list.iter_mut().zip(&judgement.judged) {
                if let Some(object) = citation.as_object_mut() {
                    object.insert("status".into(), json!(map::word(&judged.status)));
                    object.insert("now".into(), json!(judged.now));
                    object.insert("edition".into(), json!(judged.edition));
                    object.insert("cited_edition".into(), json!(judged.cited_edition));
                }
            }
        }
        let problems: Vec<Json> = judgement
            .issues
            .iter()
            .map(|i| {
                json!({
                    "kind": i.kind,
                    "line": i.line,
                    "message": i.message,
                    "clauses": i.clauses.iter().map(|(label, _)| label).collect::<Vec<_>>(),
                })
            })
            .collect();
        if let Some(list) = json.get_mut("undertakings").and_then(Json::as_array_mut) {
            for (told, sentence) in list.iter_mut().zip(reading.sentences()) {
                if let Some(object) = told.as_object_mut() {
                    object.insert("duties".into(), json!(law::duties_of(corpus, &sentence)));
                }
            }
        }
        if let Some(object) = json.as_object_mut() {
            object.insert("problems".into(), Json::Array(problems));
            object.insert(
                "judged_by".into(),
                json!({ "at": day, "editions": editions(corpus, day) }),
            );
        }
        Ok(PlanReport { json })
    }
}

/// The page 計畫健檢.
///
/// # Errors
/// Where the agency has no plan, or the asker may not read it.
#[compiled_once]
pub async fn view(visit: &Visit<'_>) -> Result<PlanHealthView, AppError> {
    let plans = visit.may(act::Read, register("plan")?)?;
    let day = visit.day();
    let loaded = match plans.at {
        None => visit.loaded()?,
        Some(at) => visit.loaded_at(at).await?,
    };
    let none = || {
        AppError::not_found(
            "本機關還沒有匯入維護計畫",
            "請以 fazun agency init --from-plan 匯入",
        )
    };
    let plan = loaded.plan_on(day).ok_or_else(none)?;
    let reading = &plan.reading;
    let mut issues = health_issues(visit, &loaded, reading, day);
    // What is missing stands on no line; the page shows none.
    for issue in issues.iter_mut().filter(|i| i.kind == "missing_chapter") {
        issue.line = 0;
    }
    let groups = grouped(issues);
    Ok(PlanHealthView {
        agency: map::head(&loaded.snapshot, day),
        day,
        file_name: plan.file_name.clone(),
        sha256: plan.sha256.clone(),
        editions: editions(visit.corpus(), day),
        groups,
        read: what_was_read(visit, reading),
    })
}

/// Issues by kind, worst first.
pub(crate) fn grouped(mut issues: Vec<PlanIssue>) -> Vec<PlanIssueGroup> {
    let mut groups: Vec<PlanIssueGroup> = Vec::new();
    let place = |kind: &str| {
        KINDS
            .iter()
            .position(|(k, _, _)| *k == kind)
            .unwrap_or(KINDS.len())
    };
    issues.sort_by_key(|i| (place(&i.kind), i.line));
    for issue in issues {
        if let Some(group) = groups.iter_mut().find(|g| g.kind == issue.kind) {
            group.issues.push(issue);
            continue;
        }
        let (title, help) = kind_name(&issue.kind);
        groups.push(PlanIssueGroup {
            kind: issue.kind.clone(),
            title: title.into(),
            help: help.into(),
            issues: vec![issue],
        });
    }
    groups
}

/// What is wrong in a stored plan, by what is recorded of the agency, not only by what the plan says of it.
pub(crate) fn health_issues(
    visit: &Visit<'_>,
    loaded: &crate::Loaded,
    reading: &Reading,
    day: Date,
) -> Vec<PlanIssue> {
    judge(visit.corpus(), reading, Some(&loaded.snapshot), day).issues
}

/// How many things of a plan the agency should mend; what no change of the plan mends isn't counted.
pub(crate) fn to_mend(visit: &Visit<'_>, loaded: &crate::Loaded, reading: &Reading, day: Date) -> usize {
    let issues = health_issues(visit, loaded, reading, day);
    let mends = |i: &&PlanIssue| !{
        !matches!(
            i.kind.as_str(),
            "looser_rule" | "unknown_promise" | "counted_otherwise"
        )
    };
    issues.iter().filter(mends).count()
}

fn what_was_read(visit: &Visit<'_>, reading: &Reading) -> Vec<(String, String, u64)> {
    let mut read = Vec::new();
    for p in &reading.parameters {
        let parameter = visit.corpus().parameters.get(&p.key);
        // What no law asks for has the reader's own word.
        let own = collectors::plan::PARAMETERS.iter().find(|own| own.key == p.key);
        let title = parameter.map_or(own.map_or(p.key.as_str(), |own| own.label), |x| x.title.as_str());
        let word = p
            .value
            .as_str()
            .and_then(|w| parameter.map(|x| x.words_of(&Value::Word(w.to_owned()))));
        let value = match word {
            Some(word) => word,
            None if p.value == Json::Bool(true) => "是".to_owned(),
            None => format!(
                "{} {}",
                p.value.to_string().trim_matches('"'),
                law::unit_label(&p.unit)
            ),
        };
        read.push((title.to_owned(), value, p.line));
    }
    read
}

/// The editions by which a plan is judged on a day.
pub(crate) fn editions(corpus: &Corpus, day: Date) -> Vec<String> {
    corpus
        .instruments
        .values()
        .filter(|i| i.versions.iter().any(|v| v.modelled))
        .filter_map(|i| i.version_on(day))
        .map(|v| {
            let from = v
                .start()
                .map_or_else(String::new, |d| format!("（{} 起施行）", period::roc_short(d)));
            format!("{}{from}", v.title)
        })
        .collect()
}

pub(crate) fn judge(corpus: &Corpus, reading: &Reading, recorded: Option<&Snapshot>, day: Date) -> Judgement {
    let mut issues: Vec<PlanIssue> = reading
        .problems
        .iter()
        .map(|p| PlanIssue {
            kind: p.kind.clone(),
            line: p.line,
            message: p.message.clone(),
            clauses: Vec::new(),
        })
        .collect();
    let word = |key: &str| {
        let fact = recorded?.fact(&Subject::Agency, key, day)?;
        Some(fact.value.as_word())
    };
    let body = word("body").or_else(|| reading.body().map(str::to_owned));
    let body = body.as_deref();
    let level = word("responsibility_level");
    if let (Some(recorded), Some(stated)) = (&level, &reading.level)
        && *recorded != stated.value
    {
        issues.push(PlanIssue {
            kind: "level_differs".into(),
            line: stated.line,
            message: format!(
                "計畫寫 {} 級，登錄之核定為 {recorded} 級。請修正計畫，或確認核定紀錄。",
                stated.value
            ),
            clauses: Vec::new(),
        });
    }
    let judged = citations(corpus, reading, body, day);
    for (citation, judged) in reading.citations.iter().zip(&judged) {
        issues.extend(citation_issue(corpus, citation, judged));
    }
    missing_chapters(corpus, reading, day, &mut issues);
    let plan = Weighed::of(corpus, reading, (body, level), recorded, day);
    below_floor(corpus, &plan, &mut issues);
    counted_otherwise(corpus, &plan, &mut issues);
    differs(corpus, reading, &plan.assessment, &mut issues);
    unknown_promises(corpus, reading, &mut issues);
    wrong_body(corpus, reading, body, day, &mut issues);
    issues.sort_by_key(|i| i.line);
    Judgement { judged, issues }
}

/// A sentence with what its chapter says it is about.
pub(crate) fn in_chapter(reading: &Reading, line: u64, context: &str) -> String {
    let chapter = reading.chapters.iter().rev().find(|ch| ch.line <= line);
    let title = chapter.map_or("", |ch| ch.title.as_str());
    // The chapter of legal bases speaks of the plan without naming it.
    let basis = chapter.is_some_and(|ch| ch.item.as_deref() == Some("basis_purpose"));
    format!("{title}／{context}{}", if basis { "／維護計畫" } else { "" })
}

/// Judges every citation; those that their own sentence doesn't decide follow the rest of the document.
fn citations(corpus: &Corpus, reading: &Reading, body: Option<&str>, day: Date) -> Vec<Judged> {
    let contexts: Vec<String> = reading
        .citations
        .iter()
        .map(|c| in_chapter(reading, c.line, &c.context))
        .collect();
    let raw = |(c, context): (&'_ crate::reading::Citation, &'_ String), hint: Option<&str>| {
        let raw = RawCitation {
            instrument: &c.instrument,
            article: c.article.as_deref(),
            context,
        };
        judge_citation(corpus, raw, body, day, hint)
    };
    let pairs = || reading.citations.iter().zip(&contexts);
    let first: Vec<Judged> = pairs().map(|pair| raw(pair, None)).collect();
    let old = first
        .iter()
        .filter(|j| j.sure && j.cited_edition.is_some() && j.cited_edition != j.edition)
        .count();
    let new = first
        .iter()
        .filter(|j| {
            j.sure
                && j.cited_edition.is_some()
                && j.cited_edition == j.edition
                && j.status == CitationStatus::Current
        })
        .count();
    let hint = (old > new).then_some("earlier");
    pairs()
        .zip(first)
        .map(|(pair, first)| if first.sure { first } else { raw(pair, hint) })
        .collect()
}

pub(crate) fn citation_issue(
    corpus: &Corpus,
    c: &crate::reading::Citation,
    judged: &Judged,
) -> Option<PlanIssue> {
    let text = &c.text;
    let now = judged.now.as_deref().unwrap_or_default();
    let (kind, message) = match judged.status {
        CitationStatus::Current | CitationStatus::Unknown => return None,
        CitationStatus::Renumbered => (
            "outdated_citation",
            format!("引用「{text}」，條號已變更，現為{now}。請改引現行條號。"),
        ),
        CitationStatus::Renamed => (
            "outdated_citation",
            format!("引用「{text}」，該法規已修正名稱，現為{now}。請改用現行名稱。"),
        ),
        CitationStatus::Repealed => (
            "outdated_citation",
            format!("引用「{text}」，該規定已停止適用。請改引現行規定或刪除。"),
        ),
        CitationStatus::Nonexistent => (
            "nonexistent_citation",
            format!("引用「{text}」，該法規沒有這一條。請查明後更正。"),
        ),
        CitationStatus::WrongBody => (
            "wrong_body_clause",
            format!("引用「{text}」，該條拘束的是另一類機關。請改引本機關適用之條文。"),
        ),
    };
    let unsure = judged.instrument.as_deref().and_then(|slug| {
        let version = corpus.instrument(slug)?.version(judged.edition.as_deref()?)?;
        (version.certainty != Certainty::Primary).then(|| version.certainty.label())
    });
    let message = match unsure {
        Some(mark) => format!("{message}（現行版本之資料：{mark}）"),
        None => message,
    };
    Some(PlanIssue {
        kind: kind.into(),
        line: c.line,
        message,
        clauses: Vec::new(),
    })
}

pub(crate) fn missing_chapters(corpus: &Corpus, reading: &Reading, day: Date, issues: &mut Vec<PlanIssue>) {
    let Some(parameter) = corpus.parameters.get("plan.items") else {
        return;
    };
    for value in parameter.values.iter().filter(|v| v.holds_on(day)) {
        let Value::Set(items) = &value.value else { continue };
        for item in items {
            if reading.chapters.iter().any(|c| c.item.as_deref() == Some(item)) {
                continue;
            }
            let name = parameter
                .words
                .iter()
                .find(|(key, _)| key == item)
                .map_or(item.as_str(), |(_, label)| label);
            let clause = corpus.print(&value.cite);
            issues.push(PlanIssue {
                kind: "missing_chapter".into(),
                line: 1,
                message: format!(
                    "找不到「{name}」的章節；依{clause}，計畫應包括此事項。請補上，或確認章名。"
                ),
                clauses: vec![(clause, href(&value.cite))],
            });
        }
    }
}

fn href(cite: &law::Citation) -> String {
    map::article_href(&cite.instrument, &cite.version, &cite.article)
}

/// A snapshot that says only what the plan says.
fn as_snapshot(reading: &Reading, body: Option<&str>, level: Option<String>) -> Snapshot {
    let fact = |key: &str, value: FactValue| Fact {
        subject: Subject::Agency,
        key: key.into(),
        value,
        from: None,
        until: None,
        source: Source {
            register: "plan".into(),
            row: "reading".into(),
            version: 1,
            line: None,
        },
    };
    let mut facts = vec![fact(
        "body",
        FactValue::Choice(body.unwrap_or("public_agency").into()),
    )];
    if let Some(level) = level.or_else(|| reading.level.as_ref().map(|l| l.value.clone())) {
        facts.push(fact("responsibility_level", FactValue::Choice(level)));
    }
    // Promises are weighed whether or not there is a core system to which they would apply.
    facts.push(fact("has_core_system", FactValue::Flag(true)));
    Snapshot {
        agency: "plan".into(),
        name: String::new(),
        position: 0,
        records_from: None,
        facts,
        done: Vec::new(),
        events: Vec::new(),
        systems: Vec::new(),
        adopted: Vec::new(),
        contracts: Vec::new(),
        counted: Vec::new(),
        exempt: Vec::new(),
        delegated: Vec::new(),
        altered: Vec::new(),
        checked: Vec::new(),
        declared: Vec::new(),
    }
}

/// A plan weighed by the law of a day, as far as it tells of its agency.
pub(crate) struct Weighed {
    overlays: [Overlay; 1],
    assessment: Assessment,
}

impl Weighed {
    pub(crate) fn of(
        corpus: &Corpus,
        reading: &Reading,
        (body, level): (Option<&str>, Option<String>),
        recorded: Option<&Snapshot>,
        day: Date,
    ) -> Self {
        let overlays = [reading.overlay(corpus, ("plan", "本計畫", "1"), (None, None))];
        let mut snapshot = as_snapshot(reading, body, level);
        if let Some(recorded) = recorded {
            // What reaches the agency beside national law: its city's rules, and what it adopted.
            let city = recorded.fact(&Subject::Agency, "jurisdiction", day);
            snapshot.facts.extend(city.cloned());
            snapshot.adopted.clone_from(&recorded.adopted);
        }
        let assessment = assess(&snapshot, corpus, &overlays, day);
        Self { overlays, assessment }
    }
}

/// What the plan words otherwise than the clauses that bind the agency, by the rules of the law data.
fn differs(corpus: &Corpus, reading: &Reading, assessment: &Assessment, issues: &mut Vec<PlanIssue>) {
    let sentences = reading.sentences();
    for rule in &corpus.plan_rules {
        let duty = assessment.duties.iter().find(|d| d.key == rule.duty);
        let binding: Vec<_> = duty
            .iter()
            .flat_map(|d| &d.binding)
            .filter(|c| !c.is_promise())
            .collect();
        if binding.is_empty() {
            continue;
        }
        let labels: Vec<&str> = binding.iter().map(|c| c.label.as_ref()).collect();
        let mark = match rule.certainty {
            Certainty::Primary => String::new(),
            other => format!("〔{}〕", other.label()),
        };
        let href = |c: &&law::Clause| {
            (
                c.label.to_string(),
                map::article_href(&c.instrument, &c.version, &c.article),
            )
        };
        issues.extend(rule.broken_by(&sentences).into_iter().map(|sentence| PlanIssue {
            kind: "differs_from_law".into(),
            line: sentence.line as u64,
            message: format!("{}（{}）{mark}", rule.message, labels.join("、")),
            clauses: binding.iter().map(href).collect(),
        }));
    }
}

/// Sentences that bind and that the law data knows no duty for.
fn unknown_promises(corpus: &Corpus, reading: &Reading, issues: &mut Vec<PlanIssue>) {
    let sentences = reading.sentences();
    let numbers = reading
        .parameters
        .iter()
        .map(|p| p.line)
        .chain(reading.objectives.iter().map(|o| o.line));
    let numbers: Vec<usize> = numbers.filter_map(|line| usize::try_from(line).ok()).collect();
    issues.extend(
        Overlay::unknown(corpus, &sentences, &numbers)
            .into_iter()
            .map(|s| PlanIssue {
                kind: "unknown_promise".into(),
                line: s.line as u64,
                message: format!(
                    "{}「{}」像是承諾，但對不到任何應辦事項。",
                    s.clause,
                    shortened(&s.text)
                ),
                clauses: Vec::new(),
            }),
    );
}

pub(crate) fn below_floor(corpus: &Corpus, plan: &Weighed, issues: &mut Vec<PlanIssue>) {
    for finding in &plan.assessment.findings {
        let title = corpus
            .parameters
            .get(&finding.parameter)
            .map_or("", |p| p.title.as_str());
        let floor: Vec<String> = finding.floor.iter().map(|c| c.label.to_string()).collect();
        // What else the same line promises: twelve hours, but for one person only.
        let beside: Vec<String> = plan
            .overlays
            .iter()
            .flat_map(|o| &o.promises)
            .filter(|p| Some(p.line) == finding.clause.line && p.key != finding.parameter)
            .filter_map(|p| {
                corpus
                    .parameters
                    .get(&p.key)
                    .map(|x| format!("{} {}", x.title, x.words_of(&p.value)))
            })
            .chain(plan.overlays.iter().flat_map(|o| &o.apart).filter_map(|p| {
                let title = &corpus.parameters.get(&p.key)?.title;
                (Some(p.line) == finding.clause.line).then(|| format!("{title} {}", p.words()))
            }))
            .collect();
        let beside = if beside.is_empty() {
            String::new()
        } else {
            format!("（同一處並寫：{}）", beside.join("、"))
        };
        let asked = format!("「{}」（{}）", finding.asked, floor.join("、"));
        // What a city's rule or an adopted document says too loosely, no change of the plan mends.
        let others = finding.clause.rank == Rank::Local;
        let counts = corpus
            .parameters
            .get(&finding.parameter)
            .is_some_and(counts_heads);
        let message = if counts && !others {
            format!(
                "{title}：計畫以「{}」計算{beside}，法規以{asked}計算，兩者不是同一種數字，不以大小相比。請修正計畫為依法規之方式計算；修正前仍應依法規辦理。",
                finding.promised
            )
        } else if others {
            format!(
                "{title}：{}寫「{}」，較寬；拘束機關的是{asked}。計畫無須因此修改，請依較嚴者辦理。",
                finding.clause.label, finding.promised
            )
        } else {
            format!(
                "{title}：計畫寫「{}」{beside}，法規要求{asked}。請修正計畫；修正前仍應依法規辦理。",
                finding.promised
            )
        };
        let issue = PlanIssue {
            kind: if others { "looser_rule" } else { finding.kind }.into(),
            line: finding.clause.line.unwrap_or_default() as u64,
            message,
            clauses: finding
                .floor
                .iter()
                .map(|c| {
                    (
                        c.label.to_string(),
                        map::article_href(&c.instrument, &c.version, &c.article),
                    )
                })
                .collect(),
        };
        if !issues
            .iter()
            .any(|i| i.kind == issue.kind && i.message == issue.message)
        {
            issues.push(issue);
        }
    }
}

/// What a plan counts of each where the law counts all together: neither number is the greater.
pub(crate) fn counted_otherwise(corpus: &Corpus, plan: &Weighed, issues: &mut Vec<PlanIssue>) {
    let duties = plan.assessment.duties.iter();
    for requirement in duties.flat_map(|d| &d.requirements) {
        let heads = corpus
            .parameters
            .get(&requirement.key)
            .filter(|p| counts_heads(p));
        let Some(parameter) = heads else { continue };
        let Some(own) = requirement.winners.iter().find(|c| c.is_promise()) else {
            continue;
        };
        for law in requirement.losers.iter().filter(|l| l.clause.rank < own.rank) {
            let issue = PlanIssue {
                kind: "counted_otherwise".into(),
                line: own.line.unwrap_or_default() as u64,
                message: format!(
                    "{}：計畫以「{}」計算，{}以「{}」計算，兩者不是同一種數字，不以大小相比，分別辦理。",
                    parameter.title, requirement.words, law.clause.label, law.outcome
                ),
                clauses: vec![(
                    law.clause.label.to_string(),
                    map::article_href(&law.clause.instrument, &law.clause.version, &law.clause.article),
                )],
            };
            if !issues.contains(&issue) {
                issues.push(issue);
            }
        }
    }
}
