//! The law as pages: instruments, versions, one article through all its versions.

use crate::{App, AppError, map};
use law::{Article, Corpus, Instrument, Version};
use period::Date;
use views::{ArticleVersionView, ArticleView, InstrumentView, VersionView};

pub(crate) fn version_view(version: &Version, day: Date) -> VersionView {
    VersionView {
        id: version.id.clone(),
        title: version.title.clone(),
        from: version.from,
        no_later_than: version.no_later_than,
        until: version.until,
        certainty: map::word(&version.certainty),
        certainty_label: version.certainty.label().to_owned(),
        modelled: version.modelled,
        confirmed_on: version.confirmed_on,
        source: version.source.clone(),
        in_force: version.in_force_on(day),
        articles: version.articles.len(),
    }
}

/// The law as pages, without any agency.
#[derive(Debug, Clone, Copy)]
pub struct LawBook<'c>(pub &'c Corpus);

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "methods of a view over the corpus"
)]
impl LawBook<'_> {
    /// Every instrument, highest rank first.
    pub fn instruments(&self, day: Date) -> Vec<InstrumentView> {
        let mut all: Vec<&Instrument> = self.0.instruments.values().collect();
        all.sort_by_key(|i| (i.rank, &i.slug));
        all.into_iter()
            .map(|i| Self::instrument_of(i, day, None))
            .collect()
    }

    /// One instrument with the articles of a version; of the one in force where none is named.
    ///
    /// # Errors
    /// Where there is no such instrument or version.
    pub fn instrument(
        &self,
        slug: &str,
        version: Option<&str>,
        day: Date,
    ) -> Result<InstrumentView, AppError> {
        let missing =
            || AppError::not_found(format!("沒有法規「{slug}」"), "請以 fazun law list 查看法規代號");
        let instrument = self.0.instrument(slug).ok_or_else(missing)?;
        if let Some(id) = version
            && instrument.version(id).is_none()
        {
            let known: Vec<&str> = instrument.versions.iter().map(|v| v.id.as_str()).collect();
            return Err(AppError::not_found(
                format!("「{slug}」沒有版本「{id}」"),
                format!("可用的版本：{}", known.join("、")),
            ));
        }
        Ok(Self::instrument_of(instrument, day, version))
    }

    fn instrument_of(i: &Instrument, day: Date, shown: Option<&str>) -> InstrumentView {
        let current = shown
            .and_then(|id| i.version(id))
            .or_else(|| i.version_on(day))
            .or_else(|| i.latest());
        InstrumentView {
            slug: i.slug.clone(),
            title: current.map_or_else(|| i.slug.clone(), |v| v.title.clone()),
            rank: map::rank_label(i.rank).to_owned(),
            authority: i.authority.clone(),
            pcode: i.pcode.clone(),
            versions: i.versions.iter().rev().map(|v| version_view(v, day)).collect(),
            events: i.events.iter().map(|e| (e.date, e.note.clone())).collect(),
            articles: current
                .map(|v| {
                    v.articles
                        .iter()
                        .map(|a| {
                            let mark = a.certainty.label().to_owned();
                            (
                                a.id.clone(),
                                a.label.clone(),
                                a.heading.clone(),
                                a.gist.clone(),
                                mark,
                            )
                        })
                        .collect()
                })
                .unwrap_or_default(),
            shown: current.map_or_else(String::new, |v| v.id.clone()),
        }
    }

    /// One article through all its versions, under whatever number it had.
    ///
    /// # Errors
    /// Where there is no such article.
    pub fn article(
        &self,
        slug: &str,
        version: &str,
        article: &str,
        day: Date,
    ) -> Result<ArticleView, AppError> {
        let missing = || {
            AppError::not_found(
                format!("找不到「{slug}」版本「{version}」的「{article}」"),
                "請由法規頁選取，或以 fazun law show 法規代號 列出各條",
            )
        };
        let instrument = self.0.instrument(slug).ok_or_else(missing)?;
        let asked = instrument.version(version).ok_or_else(missing)?;
        let found = asked.article(article).ok_or_else(missing)?;
        let mut versions = vec![self.article_version(instrument, asked, found, day)];
        let index = instrument
            .versions
            .iter()
            .position(|v| v.id == asked.id)
            .unwrap_or_default();
        // Backwards through `was`, then forwards to what says it was this one.
        let mut ids = vec![found.id.clone()];
        for older in instrument.versions.iter().take(index).rev() {
            let newer = instrument.versions.iter().skip_while(|v| v.id != older.id).nth(1);
            let was: Vec<String> = newer
                .into_iter()
                .flat_map(|v| &v.articles)
                .filter(|a| ids.contains(&a.id))
                .flat_map(|a| a.was.clone())
                .collect();
            for a in older.articles.iter().filter(|a| was.contains(&a.id)) {
                versions.push(self.article_version(instrument, older, a, day));
            }
            ids = was;
        }
        let mut ids = vec![found.id.clone()];
        for newer in instrument.versions.iter().skip(index + 1) {
            let next: Vec<&Article> = newer
                .articles
                .iter()
                .filter(|a| a.was.iter().any(|w| ids.contains(w)))
                .collect();
            for a in &next {
                versions.insert(0, self.article_version(instrument, newer, a, day));
            }
            if !newer.articles.is_empty() {
                ids = next.iter().map(|a| a.id.clone()).collect();
            }
        }
        Ok(ArticleView {
            slug: slug.to_owned(),
            title: asked.title.clone(),
            label: format!("{}{}", asked.title, found.label),
            versions,
        })
    }

    fn article_version(&self, i: &Instrument, v: &Version, a: &Article, day: Date) -> ArticleVersionView {
        let corpus = self.0;
        let cites = |c: &law::Citation| c.instrument == i.slug && c.version == v.id && c.article == a.id;
        let mut duties: Vec<(String, String)> = corpus
            .duties
            .iter()
            .filter(|d| {
                d.basis.iter().any(|b| cites(&b.cite)) || d.transitional.iter().any(|t| cites(&t.cite))
            })
            .map(|d| (d.key.clone(), d.title.clone()))
            .collect();
        duties.dedup();
        let parameters = corpus
            .parameters
            .values()
            .flat_map(|p| {
                p.values
                    .iter()
                    .filter(|x| cites(&x.cite))
                    .map(|x| (p.key.clone(), p.title.clone(), p.words(x)))
            })
            .collect();
        let role = corpus
            .coverage
            .iter()
            .find(|c| c.instrument == i.slug && c.version == v.id && c.article == a.id)
            .map_or_else(String::new, |c| role_words(&c.role, &c.why));
        ArticleVersionView {
            version: version_view(v, day),
            article: a.id.clone(),
            label: a.label.clone(),
            heading: a.heading.clone(),
            gist: a.gist.clone(),
            certainty_label: a.certainty.label().to_owned(),
            role,
            duties,
            parameters,
        }
    }
}

impl App {
    /// The law as pages.
    pub fn lawbook(&self) -> LawBook<'_> {
        LawBook(self.corpus())
    }

    /// Every instrument, highest rank first.
    pub fn instruments(&self, day: Date) -> Vec<InstrumentView> {
        self.lawbook().instruments(day)
    }

    /// One instrument with the articles of a version.
    ///
    /// # Errors
    /// Where there is no such instrument or version.
    pub fn instrument(
        &self,
        slug: &str,
        version: Option<&str>,
        day: Date,
    ) -> Result<InstrumentView, AppError> {
        self.lawbook().instrument(slug, version, day)
    }

    /// One article through all its versions.
    ///
    /// # Errors
    /// Where there is no such article.
    pub fn article(
        &self,
        slug: &str,
        version: &str,
        article: &str,
        day: Date,
    ) -> Result<ArticleView, AppError> {
        self.lawbook().article(slug, version, article, day)
    }
}

fn role_words(role: &str, why: &str) -> String {
    let word = match role {
        "duty" => "產生應辦事項",
        "parameter" => "設定數值",
        "definition" => "定義",
        "penalty" => "罰則",
        "procedure" => "程序規定",
        "authority" => "機關權責",
        _ => "尚未建檔",
    };
    if why.is_empty() {
        word.to_owned()
    } else {
        format!("{word}：{why}")
    }
}
