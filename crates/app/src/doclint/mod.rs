//! Citations and promises of any document, judged by the law of a day.
//!
//! What: old numbers with the present ones, articles and names that no longer are, clauses
//! of another kind of body, promises below the floor, and, in a plan, missing chapters;
//! and a copy in which the old numbers are replaced. Why: the numbers moved, and papers of
//! every kind cite them. What it can't know: where a sentence fits both editions, or none,
//! it says so; it never guesses. The plan page (計畫健檢) asks the same law.

mod promises;
mod settle;

use crate::{AppError, Reading, health, map, reading};
use collectors::{Cited, Edit, PlanError};
use law::{Certainty, CitationStatus, Corpus, Judged, RawCitation, Version, judge_citation};
use period::Date;
use settle::Traces;
use std::collections::{BTreeMap, BTreeSet};
use views::{LintFinding, LintGroup, LintView};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A maintenance plan: chapters and promises are checked too.
    Plan,
    /// A rule or procedure.
    Rule,
    /// A contract, or what a contract asks.
    Contract,
    /// Anything else.
    Text,
}

impl DocumentKind {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Plan => ("plan", "維護計畫"),
            Self::Rule => ("rule", "規定"),
            Self::Contract => ("contract", "契約或需求文件"),
            Self::Text => ("text", "一般文件"),
        }
    }
}

/// How a document is to be judged.
#[derive(Debug, Clone, Default)]
pub struct LintOptions {
    /// What it is; found out where not given.
    pub kind: Option<DocumentKind>,
    /// The kind of body whose document it is; a public agency where neither given nor said.
    pub body: Option<String>,
    /// The level by which promises are weighed; the plan's own where not given.
    pub level: Option<String>,
}

/// A document with what was found in it.
#[derive(Debug, Clone)]
pub struct Linted {
    /// What was found.
    pub view: LintView,
    edits: Vec<Edit>,
}

/// A corrected copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedCopy {
    /// The file.
    pub bytes: Vec<u8>,
    /// The encoding that the original had, where the copy is UTF-8 instead.
    pub converted: Option<&'static str>,
    /// Lines of citations that could not be changed where they stand.
    pub left: Vec<u32>,
    /// How many places were changed.
    pub changed: usize,
}

/// Kinds of findings, worst first.
const KINDS: &[(&str, &str)] = &[
    ("nonexistent_article", "引用不存在的條文"),
    ("below_statutory_floor", "承諾低於法定"),
    ("wrong_body", "套用了不適用的條文"),
    ("missing_chapter", "缺少必備章節"),
    ("repealed_instrument", "引用已停止適用的法規"),
    ("old_number", "條號已變更"),
    ("renamed_instrument", "法規名稱已變更"),
    ("ambiguous", "看不出引用的是哪一版"),
    ("unknown", "無法查核"),
];

/// Checks a document by the law of a day; writes nothing.
///
/// # Errors
/// Where the file can't be read, or is said to be a plan and isn't one.
pub fn lint_document(
    corpus: &Corpus,
    file_name: &str,
    bytes: &[u8],
    options: &LintOptions,
    day: Date,
) -> Result<Linted, AppError> {
    let bytes = &*crate::pdf::as_text(file_name, bytes)?;
    let text = collectors::extract(file_name, bytes)?;
    let plan = match options.kind {
        None | Some(DocumentKind::Plan) => match reading::read_plan(file_name, bytes) {
            Ok(json) => Some(Reading::from_json(&json)?),
            Err(AppError::Unreadable(PlanError::NotAPlan { .. })) if options.kind.is_none() => None,
            Err(error) => return Err(error),
        },
        Some(_) => None,
    };
    let kind = options.kind.unwrap_or_else(|| match plan {
        Some(_) => DocumentKind::Plan,
        None => detected(&text),
    });
    let said = plan.as_ref().and_then(Reading::body);
    let body = options.body.as_deref().or(said).unwrap_or("public_agency");
    let found = collectors::citations(&text);
    let blank_lint = || Lint {
        corpus,
        day,
        body,
        plan: plan.as_ref(),
        withdrawn: BTreeSet::new(),
        findings: Vec::new(),
        edits: Vec::new(),
        traces: Traces::default(),
        historic: 0,
        not_held: BTreeSet::new(),
    };
    let mut lint = blank_lint();
    lint.citations(&found.list);
    // What is corrected must be right where it then stands: the copy is read as the paper was.
    while !lint.edits.is_empty() {
        let copy = collectors::citations(&collectors::edited(&text, &lint.edits));
        let mut again = blank_lint();
        again.citations(&copy.list);
        let same = copy.list.len() == found.list.len();
        let pairs: Vec<(usize, usize)> = found
            .list
            .iter()
            .zip(&copy.list)
            .filter(|_| same)
            .map(|(before, now)| (before.group, now.group))
            .collect();
        let unsettled = settle::unsettled(&lint.traces, &again.traces, &lint.withdrawn, &pairs);
        if unsettled.is_empty() {
            break;
        }
        let withdrawn = &lint.withdrawn | &unsettled;
        lint = blank_lint();
        lint.withdrawn = withdrawn;
        lint.citations(&found.list);
    }
    for line in &found.crowded {
        lint.findings.push(LintFinding {
            why: "這一段引用的法規過多，只查核了前面的部分。".into(),
            remedy: "請分段後再查核。".into(),
            ..blank("unknown", *line)
        });
    }
    let level = options.level.clone().or_else(|| {
        plan.as_ref()
            .and_then(|p| p.level.as_ref().map(|l| l.value.clone()))
    });
    if let Some(plan) = &plan {
        lint.of_plan(plan, level.as_deref(), &text);
    } else if matches!(kind, DocumentKind::Rule | DocumentKind::Contract) {
        let read = collectors::plan::read_rule(&text);
        let json = serde_json::to_value(&read).unwrap_or_default();
        lint.of_rule(&Reading::from_json(&json)?, level.as_deref(), &text);
    }
    let mut groups: Vec<LintGroup> = KINDS
        .iter()
        .map(|(kind, title)| LintGroup {
            kind: (*kind).into(),
            title: (*title).into(),
            findings: lint
                .findings
                .iter()
                .filter(|f| f.kind == *kind)
                .cloned()
                .collect(),
        })
        .filter(|g| !g.findings.is_empty())
        .collect();
    for group in &mut groups {
        group.findings.sort_by_key(|f| (f.line, f.column));
    }
    let (kind, kind_label) = kind.words();
    let body_label = if body == "public_agency" {
        "公務機關"
    } else {
        "特定非公務機關"
    };
    Ok(Linted {
        view: LintView {
            file_name: file_name.into(),
            kind: kind.into(),
            kind_label: kind_label.into(),
            body: body.into(),
            body_label: body_label.into(),
            level,
            day,
            editions: health::editions(corpus, day),
            encoding: text.encoding.map(str::to_owned),
            citations: found.list.len(),
            historic: lint.historic,
            not_held: lint.not_held.into_iter().collect(),
            fixable: lint.findings.iter().filter(|f| f.fixable).count(),
            groups,
        },
        edits: lint.edits,
    })
}

impl Linted {
    /// The file with what is fixable corrected, and nothing else changed.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn corrected(&self, file_name: &str, bytes: &[u8]) -> Result<CorrectedCopy, AppError> {
        let copy = collectors::correct(file_name, bytes, &self.edits)?;
        let line = |index: &usize| Some(self.edits.get(*index)?.spots.first()?.line);
        Ok(CorrectedCopy {
            bytes: copy.bytes,
            converted: copy.converted,
            changed: self.edits.len() - copy.left.len(),
            left: copy.left.iter().filter_map(line).collect(),
        })
    }
}

/// What a document calls itself in its first lines.
fn detected(text: &collectors::Text) -> DocumentKind {
    const CONTRACT: [&str; 6] = ["契約", "合約", "需求規範", "需求說明", "採購", "建議書"];
    const RULE: [&str; 10] = [
        "要點", "辦法", "規範", "原則", "規則", "規定", "須知", "準則", "程序", "細則",
    ];
    let head: Vec<&str> = text
        .lines
        .iter()
        .map(|l| l.text.trim())
        .filter(|l| !l.is_empty() && l.chars().count() <= 40)
        .take(6)
        .collect();
    let says = |words: &[&str]| head.iter().any(|l| words.iter().any(|w| l.contains(w)));
    if says(&CONTRACT) {
        DocumentKind::Contract
    } else if says(&RULE) {
        DocumentKind::Rule
    } else {
        DocumentKind::Text
    }
}

fn blank(kind: &str, line: u32) -> LintFinding {
    LintFinding {
        line: line.max(1),
        column: None,
        kind: kind.into(),
        text: String::new(),
        instrument: None,
        article: None,
        now: None,
        why: String::new(),
        certainty: "high".into(),
        law_certainty: None,
        remedy: String::new(),
        fixable: false,
    }
}

/// Which edition a number that stands in both belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// It stands for one matter only.
    Plain,
    Earlier,
    Present,
    Undecided,
}

struct Lint<'c> {
    corpus: &'c Corpus,
    day: Date,
    body: &'c str,
    plan: Option<&'c Reading>,
    /// Enumerations whose correction would be read as something else.
    withdrawn: BTreeSet<usize>,
    findings: Vec<LintFinding>,
    edits: Vec<Edit>,
    traces: Traces,
    historic: usize,
    not_held: BTreeSet<String>,
}

impl Lint<'_> {
    fn judge(&self, c: &Cited, article: Option<&str>, context: &str, body: bool, hint: bool) -> Judged {
        let raw = RawCitation {
            instrument: &c.instrument,
            article,
            context,
        };
        let body = body.then_some(self.body);
        judge_citation(self.corpus, raw, body, self.day, hint.then_some("earlier"))
    }

    fn context(&self, c: &Cited) -> String {
        match self.plan {
            Some(plan) => health::in_chapter(plan, u64::from(c.line), &c.context),
            None => c.context.clone(),
        }
    }

    /// Decides by the sentence, else by what follows the citation.
    fn decide(&self, c: &Cited, article: Option<&str>) -> (Side, Judged) {
        let mut judged = self.judge(c, article, &self.context(c), false, false);
        let Some(fits) = judged.fits else {
            return (Side::Plain, judged);
        };
        let side = |fits: law::Fits| match (fits.present, fits.earlier) {
            (0, 1..) => Side::Earlier,
            (1.., 0) => Side::Present,
            _ => Side::Undecided,
        };
        let mut decided = side(fits);
        if fits.present > 0 && fits.earlier > 0 {
            let near = self.judge(c, article, &c.tail, false, false);
            if let Some(by_tail) = near.fits.map(side)
                && by_tail != Side::Undecided
            {
                decided = by_tail;
                judged = near;
            }
        }
        (decided, judged)
    }

    fn citations(&mut self, list: &[Cited]) {
        let first: Vec<(Side, Judged)> = list
            .iter()
            .map(|c| self.decide(c, c.article.as_deref()))
            .collect();
        // One enumeration cites one edition: what decides one of its articles decides the others.
        let mut groups: BTreeMap<usize, BTreeSet<bool>> = BTreeMap::new();
        for (c, (side, _)) in list.iter().zip(&first) {
            if matches!(side, Side::Earlier | Side::Present) {
                groups.entry(c.group).or_default().insert(*side == Side::Earlier);
            }
        }
        let mut drafts: Vec<(usize, Draft)> = Vec::new();
        let mut whole: BTreeMap<usize, Enumeration> = BTreeMap::new();
        for (c, (side, judged)) in list.iter().zip(first) {
            let Some(slug) = judged.instrument.clone() else {
                self.not_held.insert(c.instrument.clone());
                continue;
            };
            let siblings = groups.get(&c.group).filter(|sides| sides.len() == 1);
            let (side, judged) = match (side, siblings.and_then(BTreeSet::first)) {
                (Side::Undecided, Some(true)) => (
                    Side::Earlier,
                    self.judge(c, c.article.as_deref(), "", false, true),
                ),
                (Side::Undecided, Some(false)) => (Side::Present, judged),
                other => (other.0, judged),
            };
            let enumeration = whole.entry(c.group).or_default();
            let Some(draft) = self.draft(c, &slug, side, &judged) else {
                enumeration.anchored |= side == Side::Present;
                continue;
            };
            if c.historic {
                self.historic += 1;
                enumeration.stuck = true;
                continue;
            }
            enumeration.anchored |= draft.edits.is_some() && draft.after == Side::Present;
            enumeration.loose |= draft.edits.is_some() && draft.after == Side::Undecided;
            enumeration.stuck |= draft.edits.is_none();
            drafts.push((c.group, draft));
        }
        for (group, mut draft) in drafts {
            // Half an enumeration in new numbers would be worse than all of it in old ones.
            let sound = !self.withdrawn.contains(&group)
                && whole
                    .get(&group)
                    .is_some_and(|e| !e.stuck && (!e.loose || e.anchored));
            if ["old_number", "renamed_instrument"].contains(&draft.finding.kind.as_str()) {
                self.traces.old.push((group, draft.finding.line));
            }
            if sound && draft.edits.is_some() {
                self.traces.edited.push((group, draft.finding.line));
            }
            let edits = draft.edits.take();
            draft.finding.fixable = sound && edits.is_some();
            if edits.is_some() && self.withdrawn.contains(&group) {
                draft.finding.remedy =
                    "請改為現行引用；改後這一句仍看得出兩種讀法，請自行確認後修改。".into();
            } else if edits.is_some() && !sound {
                draft.finding.remedy = "請改為現行引用；同一列舉有無法自動更正者，整組請一併修改。".into();
            }
            for edit in edits.into_iter().flatten().filter(|_| sound) {
                if !self.edits.contains(&edit) {
                    self.edits.push(edit);
                }
            }
            self.findings.push(draft.finding);
        }
    }

    fn draft(&self, c: &Cited, slug: &str, side: Side, judged: &Judged) -> Option<Draft> {
        let version = self
            .corpus
            .instrument(slug)?
            .version(judged.edition.as_deref().unwrap_or_default());
        let mut finding = LintFinding {
            column: Some(c.column),
            text: c.text.clone(),
            instrument: Some(version.map_or_else(|| c.instrument.clone(), |v| v.title.clone())),
            article: c.article.as_ref().map(|a| {
                let suffix = c.paragraph.map_or_else(String::new, |p| format!("第{p}項"));
                let named = a.starts_with("附表");
                format!("{}{suffix}", if named { a.clone() } else { label(a) })
            }),
            law_certainty: version.map(|v| map::word(&v.certainty)),
            ..blank("", c.line)
        };
        let mut edits = None;
        let mut after = Side::Plain;
        let now = judged.now.clone();
        if side == Side::Undecided {
            self.ambiguous(c, slug, version, &mut finding);
        } else if self.another_body(c, side) {
            finding.kind = "wrong_body".into();
            finding.why = "該條拘束的是另一類機關。".into();
            finding.remedy = "請改引本機關適用之條文，或刪除。".into();
        } else {
            match judged.status {
                CitationStatus::Current => return over_the_end(c, judged, version, finding),
                CitationStatus::Renumbered => {
                    finding.kind = "old_number".into();
                    finding.now = now.clone();
                    let by_words = side == Side::Earlier;
                    finding.why = if by_words {
                        "句中所述是舊版這個條號的內容；這個條號現在另有所指。".into()
                    } else {
                        "條號已隨修正移動。".into()
                    };
                    if by_words {
                        finding.certainty = "low".into();
                    }
                    if let Some((made, side)) = self.renumbering(c, judged) {
                        (edits, after) = (Some(made), side);
                    }
                    finding.remedy = remedy(c, judged, edits.is_some());
                }
                CitationStatus::Renamed => {
                    finding.kind = "renamed_instrument".into();
                    finding.now = now.clone();
                    finding.why = "該法規已修正名稱。".into();
                    if let Some((made, side)) = self.renaming(c, judged, version) {
                        (edits, after) = (Some(made), side);
                    }
                    finding.remedy = if c.article.is_some() && judged.articles.is_empty() {
                        "請改用現行名稱，條號請對照現行條文。".into()
                    } else {
                        remedy(c, judged, edits.is_some())
                    };
                }
                CitationStatus::Repealed if c.article.is_none() || version.is_none() => {
                    finding.kind = "repealed_instrument".into();
                    finding.why = "該法規在這一天沒有施行：尚未施行，或已停止適用。".into();
                    finding.remedy = "請改引現行規定或刪除。".into();
                }
                CitationStatus::Repealed => {
                    finding.kind = "nonexistent_article".into();
                    finding.why = "現行版本已沒有這一條，也沒有接續的條文。".into();
                    finding.remedy = "請改引現行規定或刪除。".into();
                }
                CitationStatus::Nonexistent => {
                    finding.kind = "nonexistent_article".into();
                    finding.why = "該法規沒有這一條。".into();
                    finding.remedy = "請查明後更正。".into();
                }
                CitationStatus::Unknown | CitationStatus::WrongBody => {
                    finding.kind = "unknown".into();
                    finding.why = "現行版本的條號資料不完整，查不到這一條現在是第幾條。".into();
                    finding.remedy = "請對照全國法規資料庫。".into();
                }
            }
        }
        if let Some(v) = version.filter(|v| v.certainty != Certainty::Primary) {
            let why = finding.why.trim_end_matches('。');
            finding.why = format!("{why}（現行版本之資料：{}）。", v.certainty.label());
        }
        Some(Draft {
            finding,
            edits,
            after,
        })
    }

    /// Whether the clause binds another kind of body, and the sentence doesn't speak of that one.
    fn another_body(&self, c: &Cited, side: Side) -> bool {
        let judged = match side {
            Side::Earlier => self.judge(c, c.article.as_deref(), "", true, true),
            _ => self.judge(c, c.article.as_deref(), &self.context(c), true, false),
        };
        if judged.status != CitationStatus::WrongBody {
            return false;
        }
        let other = "特定非公務機關";
        let speaks = if self.body == "public_agency" {
            c.context.contains(other)
        } else {
            c.context.replace(other, "").contains("公務機關")
        };
        !speaks
    }

    /// Both things that the number may stand for.
    fn ambiguous(&self, c: &Cited, slug: &str, version: Option<&Version>, finding: &mut LintFinding) {
        let earlier = self.judge(c, c.article.as_deref(), "", false, true);
        let id = c.article.as_deref().unwrap_or_default();
        let instrument = self.corpus.instrument(slug);
        let heading = |v: Option<&Version>| {
            v.and_then(|v| v.article(id))
                .map(|a| a.heading.clone())
                .filter(|h| !h.is_empty())
                .unwrap_or_else(|| "內容未取得".into())
        };
        let old = instrument.and_then(|i| i.version(earlier.cited_edition.as_deref()?));
        finding.kind = "ambiguous".into();
        finding.certainty = "low".into();
        let moved = earlier.now.map_or_else(String::new, |now| format!("，現為{now}"));
        finding.why = format!(
            "這個條號兩版都有：舊版是「{}」{moved}；現行是「{}」。由這一句看不出引用哪一個。",
            heading(old),
            heading(version)
        );
        finding.remedy = "請對照原意確認；引用舊版者改為現行條號。".into();
    }

    /// The edit that gives an article its present number, where nothing else is in doubt; and how
    /// the sentence is read then.
    fn renumbering(&self, c: &Cited, judged: &Judged) -> Option<(Vec<Edit>, Side)> {
        let [id] = judged.articles.as_slice() else {
            return None;
        };
        let new: u32 = id.parse().ok()?;
        if c.below || c.ranged || c.number_spots.is_empty() {
            return None;
        }
        let edit = Edit {
            spots: c.number_spots.clone(),
            text: collectors::renumbered(&c.number, new),
        };
        Some((vec![edit], self.afterwards(c, id)?))
    }

    /// How a citation is read once it has another number; none where it would be an old one again.
    fn afterwards(&self, c: &Cited, id: &str) -> Option<Side> {
        let (side, judged) = self.decide(c, Some(id));
        match side {
            Side::Plain => (judged.status == CitationStatus::Current).then_some(side),
            Side::Present | Side::Undecided => Some(side),
            Side::Earlier => None,
        }
    }

    /// The edits that give an instrument its present name, and its article the present number.
    fn renaming(&self, c: &Cited, judged: &Judged, version: Option<&Version>) -> Option<(Vec<Edit>, Side)> {
        let stands_for = ["本", "同", "其", "該"].iter().any(|w| c.name.starts_with(w));
        let title = &version?.title;
        if stands_for || c.name_spots.len() != c.name.chars().filter(|x| *x != ' ').count() {
            return None;
        }
        // The new name must not become the end of another one with what stands before it.
        let joined = format!("{}{title}", c.lead);
        let mut titles = self.corpus.instruments.values().flat_map(|i| &i.versions);
        if titles.any(|v| v.title.len() > title.len() && joined.ends_with(&v.title)) {
            return None;
        }
        let mut out: Vec<Edit> = renamed(c, title).into_iter().collect();
        let mut after = Side::Plain;
        if c.article.is_some() {
            let now = Cited {
                instrument: title.clone(),
                ..c.clone()
            };
            let (edits, side) = self.renumbering(&now, judged)?;
            after = side;
            if judged.articles.first() != c.article.as_ref() {
                out.extend(edits);
            }
        }
        (!out.is_empty()).then_some((out, after))
    }
}

struct Draft {
    finding: LintFinding,
    /// What corrects it, where that can be done.
    edits: Option<Vec<Edit>>,
    /// How it is read once it is corrected.
    after: Side,
}

/// What is known of the citations under one name.
#[derive(Default)]
struct Enumeration {
    /// One of them can't be corrected.
    stuck: bool,
    /// One of them is read rightly only beside others.
    loose: bool,
    /// One of them is of the present edition by its own words.
    anchored: bool,
}

fn label(id: &str) -> String {
    match id.split_once('-') {
        Some((number, branch)) => format!("第{number}條之{branch}"),
        None => format!("第{id}條"),
    }
}

fn remedy(c: &Cited, judged: &Judged, fixable: bool) -> String {
    if fixable {
        "改為現行引用；可產生更正本。".into()
    } else if judged.articles.len() > 1 {
        "原條文已分為數條，請依內容選用。".into()
    } else if c.below {
        "條號改為現行者；項、款是否相同未經核對，請對照現行條文。".into()
    } else if c.ranged {
        "起迄條號移動後範圍可能不同，請逐條確認後改寫。".into()
    } else {
        "請改引現行者。".into()
    }
}

/// A paragraph beyond those that a current article has.
fn over_the_end(
    c: &Cited,
    judged: &Judged,
    version: Option<&Version>,
    mut finding: LintFinding,
) -> Option<Draft> {
    let article = version?.article(judged.articles.first()?)?;
    let most = u32::from(article.paragraphs?);
    if c.paragraph.is_none_or(|p| p <= most) {
        return None;
    }
    finding.kind = "nonexistent_article".into();
    finding.why = format!("{}只有 {most} 項。", article.label);
    finding.remedy = "請查明後更正。".into();
    Some(Draft {
        finding,
        edits: None,
        after: Side::Plain,
    })
}

/// The least that must change in a name.
fn renamed(c: &Cited, title: &str) -> Option<Edit> {
    let old: Vec<char> = c.name.chars().collect();
    let new: Vec<char> = title.chars().collect();
    let same = |pairs: &mut dyn Iterator<Item = (&char, &char)>| pairs.take_while(|(a, b)| a == b).count();
    let mut head = same(&mut old.iter().zip(&new));
    let most = old.len().min(new.len());
    let tail = same(&mut old.iter().rev().zip(new.iter().rev())).min(most - head);
    if head + tail == old.len() {
        // Words are only put in: the character before (or after) them carries them.
        head = head.checked_sub(1)?;
    }
    let spots = c.name_spots.get(head..old.len() - tail)?.to_vec();
    let text: String = new.get(head..new.len() - tail)?.iter().collect();
    (!spots.is_empty() && (text.chars().count() != spots.len() || old != new)).then_some(Edit { spots, text })
}
