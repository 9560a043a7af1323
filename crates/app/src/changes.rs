//! What changed between two versions of an instrument, and what the law data is not sure of.

use crate::map::{article_href, fact_words, word};
use crate::{AppError, LawBook, lawpages};
use facts::{FactValue, fact_spec};
use law::{
    Applies, ArticleChange, Certainty, Change, Corpus, Difference, DoubtKind, Fate, Instrument,
    ParameterChange, SureCite, SureValue, Value, Version,
};
use period::Date;
use views::{
    ArticleChangeView, CiteView, DoubtView, DutyChangeView, LawDiffView, ParameterChangeView, ScopeView,
    TransitionalChangeView,
};

impl LawBook<'_> {
    /// What changed between two versions, each named by its id or by a day on which it is in force.
    ///
    /// # Errors
    /// Where there is no such instrument or version; the message names those that are known.
    pub fn diff(&self, slug: &str, from: &str, to: &str, day: Date) -> Result<LawDiffView, AppError> {
        let corpus = self.0;
        let missing =
            || AppError::not_found(format!("沒有法規「{slug}」"), "請以 fazun law list 查看法規代號");
        let instrument = corpus.instrument(slug).ok_or_else(missing)?;
        let from = named(instrument, from)?;
        let to = named(instrument, to)?;
        let difference = law::diff(corpus, slug, &from.id, &to.id).ok_or_else(missing)?;
        Ok(view(corpus, &difference, from, to, day))
    }

    /// Every entry of the law data that was not compared with an official text.
    pub fn doubts(&self) -> Vec<DoubtView> {
        let doubts = law::doubts(self.0).into_iter();
        doubts
            .map(|d| DoubtView {
                kind: word(&d.kind),
                kind_label: kind_label(d.kind).to_owned(),
                label: d.cite.map_or_else(|| d.at.clone(), |c| self.0.print(&c)),
                at: d.at,
                what: d.what,
                certainty: word(&d.certainty),
                certainty_label: d.certainty.label().to_owned(),
                source: d.source,
            })
            .collect()
    }
}

/// A version by its id, or the one in force on a day.
fn named<'c>(instrument: &'c Instrument, text: &str) -> Result<&'c Version, AppError> {
    if let Some(version) = instrument.version(text) {
        return Ok(version);
    }
    let known: Vec<String> = instrument
        .versions
        .iter()
        .map(|v| {
            let from = v
                .start()
                .map_or_else(String::new, |d| format!("（{} 起）", period::roc_short(d)));
            format!("{}{from}", v.id)
        })
        .collect();
    let remedy = format!("可用的版本：{}；也可寫日期，例如 115/01/07", known.join("、"));
    let slug = &instrument.slug;
    match period::parse_date(text) {
        Ok(day) => instrument.version_on(day).ok_or_else(|| {
            let day = period::roc_short(day);
            AppError::not_found(format!("{day} 沒有施行中的「{slug}」版本"), remedy)
        }),
        Err(_) => Err(AppError::bad_input(
            format!("「{text}」不是「{slug}」的版本，也不是日期"),
            remedy,
        )),
    }
}

fn view(corpus: &Corpus, d: &Difference, from: &Version, to: &Version, day: Date) -> LawDiffView {
    let cites = |list: &[SureCite]| list.iter().map(|c| cite(corpus, c, None)).collect();
    let duties = d.duties.iter().map(|c| DutyChangeView {
        key: c.key.clone(),
        title: c.title.clone(),
        scope: scope(&c.scope),
        change: word(&c.change),
        change_label: change_label(c.change).to_owned(),
        before: cites(&c.before),
        after: cites(&c.after),
    });
    let parameters = d.parameters.iter().map(|c| ParameterChangeView {
        key: c.key.clone(),
        title: c.title.clone(),
        scope: scope(&c.scope),
        change: word(&c.change),
        change_label: change_label(c.change).to_owned(),
        before: c.before.as_ref().map(|v| cite(corpus, &v.clause, Some(&v.words))),
        after: c.after.as_ref().map(|v| cite(corpus, &v.clause, Some(&v.words))),
        more: items(corpus, &c.key, c.after.as_ref(), c.before.as_ref()),
        less: items(corpus, &c.key, c.before.as_ref(), c.after.as_ref()),
        beside: beside(corpus, d, c),
    });
    let transitional = d.transitional.iter().map(|t| {
        let words = corpus.duty(&t.key).and_then(|duty| {
            let key = duty.parameters().next()?;
            Some(corpus.parameters.get(key)?.words_of(&t.within))
        });
        TransitionalChangeView {
            key: t.key.clone(),
            title: t.title.clone(),
            scope: scope(&t.scope),
            change: word(&t.change),
            change_label: change_label(t.change).to_owned(),
            clause: cite(corpus, &t.clause, words.as_deref()),
            before: t.before,
            counted_from: t.counted_from,
        }
    });
    LawDiffView {
        instrument: d.instrument.clone(),
        from: lawpages::version_view(from, day),
        to: lawpages::version_view(to, day),
        articles: d.articles.iter().map(|a| article(a, from, to)).collect(),
        duties: duties.collect(),
        parameters: parameters.collect(),
        transitional: transitional.collect(),
        cautions: cautions(from, to),
    }
}

fn article(change: &ArticleChange, from: &Version, to: &Version) -> ArticleChangeView {
    let old = change.old.as_deref().and_then(|id| from.article(id));
    let new = change.new.as_deref().and_then(|id| to.article(id));
    let heading = new.map(|a| a.heading.clone()).filter(|h| !h.is_empty());
    let certainty = |c: Option<Certainty>| c.map(|c| c.label().to_owned());
    ArticleChangeView {
        fate: word(&change.fate),
        fate_label: fate_label(change).to_owned(),
        old: change.old.clone(),
        old_label: old.map(|a| a.label.clone()),
        new: change.new.clone(),
        new_label: new.map(|a| a.label.clone()),
        heading: heading
            .or_else(|| old.map(|a| a.heading.clone()))
            .unwrap_or_default(),
        heading_changed: change.heading,
        gist_changed: change.gist,
        old_gist: old.map(|a| a.gist.clone()).unwrap_or_default(),
        new_gist: new.map(|a| a.gist.clone()).unwrap_or_default(),
        old_certainty: certainty(change.old_certainty),
        new_certainty: certainty(change.new_certainty),
    }
}

/// What a list holds beyond another, in words.
fn items(corpus: &Corpus, key: &str, of: Option<&SureValue>, beyond: Option<&SureValue>) -> Vec<String> {
    let (Some(Value::Set(of)), Some(Value::Set(beyond))) = (of.map(|v| &v.value), beyond.map(|v| &v.value))
    else {
        return Vec::new();
    };
    let Some(parameter) = corpus.parameters.get(key) else {
        return Vec::new();
    };
    let words = |item: &String| parameter.words_of(&Value::Word(item.clone()));
    of.difference(beyond).map(words).collect()
}

/// Values of the same duty that change for the same bodies: four in all becoming one for each is one change.
fn beside(corpus: &Corpus, d: &Difference, change: &ParameterChange) -> Vec<String> {
    let weighs = |c: Change| matches!(c, Change::Tighter | Change::Looser | Change::Changed);
    if !weighs(change.change) {
        return Vec::new();
    }
    let together: Vec<&str> = corpus
        .duties
        .iter()
        .filter(|duty| duty.parameters().any(|key| key == change.key))
        .flat_map(law::Duty::parameters)
        .collect();
    let others = d.parameters.iter().filter(|o| {
        o.key != change.key
            && o.scope == change.scope
            && weighs(o.change)
            && together.contains(&o.key.as_str())
    });
    others.map(|o| o.title.clone()).collect()
}

pub(crate) fn scope(applies: &Applies) -> ScopeView {
    let words: Vec<String> = applies
        .0
        .iter()
        .map(|(key, accepted)| {
            let one = |w: &String| match w.as_str() {
                "true" => fact_words(key, &FactValue::Flag(true)),
                "false" => fact_words(key, &FactValue::Flag(false)),
                _ => fact_words(key, &FactValue::Choice(w.clone())),
            };
            let label = fact_spec(key).map_or(key.as_str(), |s| s.label);
            let said = accepted.iter().map(one).collect::<Vec<_>>().join("、");
            match key.as_str() {
                "responsibility_level" | "body" => said,
                _ => format!("{label}：{said}"),
            }
        })
        .collect();
    ScopeView {
        applies: applies.0.clone(),
        words: if words.is_empty() {
            "各機關".to_owned()
        } else {
            words.join("，")
        },
    }
}

fn cite(corpus: &Corpus, clause: &SureCite, value: Option<&str>) -> CiteView {
    let c = &clause.cite;
    CiteView {
        at: c.to_string(),
        label: corpus.print(c),
        certainty: word(&clause.certainty),
        certainty_label: clause.certainty.label().to_owned(),
        value: value.map(str::to_owned),
        href: article_href(&c.instrument, &c.version, &c.article),
    }
}

/// What limits a comparison of these two versions.
fn cautions(from: &Version, to: &Version) -> Vec<String> {
    let mut said = Vec::new();
    for version in [from, to] {
        if version.certainty != Certainty::Primary {
            said.push(format!(
                "版本 {} 之資料：{}。",
                version.id,
                version.certainty.label()
            ));
        }
        if !version.complete {
            said.push(format!(
                "版本 {} 未列出全部條文；找不到對應者列為「對應不明」，不當作刪除或新增。",
                version.id
            ));
        }
        if !version.modelled {
            said.push(format!(
                "版本 {} 之應辦事項尚未建檔；只在另一版本的事項列為「無法比較」。",
                version.id
            ));
        }
    }
    said.push("要旨為本系統之摘要；要旨不同不等於條文修正，要旨相同也不等於條文未修正。".to_owned());
    said.dedup();
    said
}

fn fate_label(change: &ArticleChange) -> &'static str {
    match (change.fate, change.old.is_some()) {
        (Fate::Moved, _) => "條號變更",
        (Fate::Kept, _) => "條號未變",
        (Fate::Added, _) => "新增",
        (Fate::Repealed, _) => "刪除",
        (Fate::Unknown, true) => "去向不明",
        (Fate::Unknown, false) => "來源不明",
    }
}

fn change_label(change: Change) -> &'static str {
    match change {
        Change::New => "新增",
        Change::Gone => "刪除",
        Change::Moved => "條號變更",
        Change::Tighter => "加嚴",
        Change::Looser => "放寬",
        Change::Changed => "不同",
        Change::Elsewhere => "他法規亦有",
        Change::Unknown => "無法比較",
    }
}

fn kind_label(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::Version => "版本",
        DoubtKind::Article => "條文",
        DoubtKind::Basis => "應辦事項之依據",
        DoubtKind::Transitional => "過渡規定",
        DoubtKind::Value => "數值",
        DoubtKind::Reading => "讀法",
    }
}
