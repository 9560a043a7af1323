//! What the files say together: whether something is left out, or serves nothing.
//!
//! What it can't know: whether a point that nobody counted was left out of a folder with its clause.

use super::doubt::Kind;
use super::file::File;
use super::loader::Loader;
use super::place::{Place, place};
use crate::instrument::{Instrument, Rank, Version};
use std::collections::BTreeSet;

impl Loader {
    /// Every version whose duties are modelled has its articles: where they are missing, that is told
    /// once, and not at each clause that refers to one.
    pub(super) fn check_articles_are_there(&mut self, files: &[File<'_>]) {
        if self.instruments.is_empty() && !self.doubts.any(Kind::Law) {
            self.problem(
                "national",
                0,
                "法規資料夾沒有任何法規",
                "請放入 national/<法規>/instrument.toml 與其 articles/",
            );
        }
        let needed = [
            ("counting.toml", "期間之計算依據"),
            ("proof.toml", "佐證之有效期間"),
            ("calendars", "辦公日曆"),
        ];
        for (path, what) in needed {
            if !files
                .iter()
                .any(|f| f.path == path || f.path.starts_with(&format!("{path}/")))
            {
                self.problem(path, 0, format!("法規資料夾缺{what}"), "請補上該檔");
            }
        }
        let covers = |f: &File<'_>| matches!(place(&f.path), Place::Coverage);
        let covered = self.instruments.values().filter(|i| i.is_national());
        let covered = covered
            .flat_map(|i| &i.versions)
            .any(|v| v.modelled && !v.articles.is_empty());
        if covered && !files.iter().any(covers) {
            let message = "法規資料夾缺 coverage.toml：各條文在本產品中的作用";
            self.problem("coverage.toml", 0, message, "請補上該檔");
            self.doubts.all(Kind::Cover);
        }
        let mut found = Vec::new();
        for instrument in self.instruments.values() {
            let modelled = instrument.versions.iter().filter(|v| v.modelled);
            for version in modelled.filter(|v| v.articles.is_empty()) {
                let name = format!("{}@{}", instrument.slug, version.id);
                if self.doubts.version(&instrument.slug, &version.id) {
                    continue;
                }
                let (file, line) = self.places.get(&name).cloned().unwrap_or_default();
                let home = file.strip_suffix("instrument.toml").unwrap_or_default();
                let path = format!("{home}articles/{}.toml", version.id);
                let there = files.iter().any(|f| f.path == path);
                found.push((name, file, line, path, there));
            }
        }
        for (name, file, line, path, there) in found {
            if there {
                self.problem(
                    &path,
                    1,
                    "條文檔沒有任何條文",
                    "請以 [[article]] 列出各條；只供引用、不納入應辦事項之版本，請在 instrument.toml 填 modelled = false",
                );
            } else {
                let message = format!(
                    "版本 `{}` 缺條文檔 {path}",
                    name.rsplit('@').next().unwrap_or_default()
                );
                self.problem(
                    &file,
                    line,
                    message,
                    "請補上該檔；只供引用、不納入應辦事項之版本，請填 modelled = false",
                );
            }
            if self.plain.as_ref() != Some(&path) {
                self.doubts.add(Kind::Law, &name);
            }
        }
        self.check_no_number_is_missing();
    }

    /// The articles of a version that lists all of its own are as many as the version says.
    fn check_no_number_is_missing(&mut self) {
        let mut found = Vec::new();
        for instrument in self.instruments.values() {
            for version in instrument
                .versions
                .iter()
                .filter(|v| v.complete && !v.articles.is_empty())
            {
                let name = format!("{}@{}", instrument.slug, version.id);
                if self.doubts.of(Kind::Law, &name) || self.doubts.any(Kind::Article) {
                    continue;
                }
                let missing = missing_numbers(version);
                if !missing.is_empty() {
                    found.push((name, missing));
                }
            }
        }
        for (name, missing) in found {
            let (file, line) = self.places.get(&name).cloned().unwrap_or_default();
            let message = format!("`{name}` 的條文檔缺第 {} 條（點）", missing.join("、"));
            self.problem(
                &file,
                line,
                message,
                "請在條文檔補上；未全部列出者請填 complete = false，或更正 article_count",
            );
        }
    }

    /// The points that `clauses.toml` counts, against those that are listed.
    pub(super) fn check_points(
        &mut self,
        file: &File<'_>,
        line: usize,
        (slug, version): (&str, &str),
        points: Option<usize>,
    ) {
        let name = format!("{slug}@{version}");
        if self.doubts.of(Kind::Law, &name) || self.doubts.any(Kind::Article) {
            return;
        }
        let Some(version) = self.instruments.get(slug).and_then(|i| i.version(version)) else {
            return;
        };
        let listed = version.articles.len();
        match points {
            Some(points) if points != listed => {
                let message = format!("`{name}` 載明共 {points} 點，條文檔列出 {listed} 點");
                let remedy = "請補上漏列之點及其條款，或更正 points";
                self.problem(&file.path, line, message, remedy);
            }
            None if version.complete => {
                let gaps = gaps(version);
                if !gaps.is_empty() {
                    let message = format!("`{name}` 的編號不連續，缺 {}", gaps.join("、"));
                    let remedy = format!(
                        "請補上該點及其條款；原文即無該點者，請在本檔填 points = {listed}，表示已全部列出"
                    );
                    self.problem(&file.path, line, message, remedy);
                }
            }
            _ => {}
        }
    }

    /// Parameters that no duty asks for reach nobody; so does a city's rule of a city that isn't one.
    pub(super) fn check_nothing_is_idle(&mut self) {
        self.check_reach();
        if [Kind::Duty, Kind::Control, Kind::Parameter]
            .into_iter()
            .any(|kind| self.doubts.any(kind))
        {
            return;
        }
        let asked: BTreeSet<&str> = self
            .duties
            .iter()
            .flat_map(crate::duty::Duty::parameters)
            .collect();
        let of_rows = self.baseline.controls.iter().flat_map(|c| &c.parameters);
        let of_rows: BTreeSet<&str> = of_rows.map(|p| p.key.as_str()).collect();
        let idle: Vec<String> = self
            .parameters
            .values()
            .filter(|p| {
                p.read_by.is_none() && !asked.contains(p.key.as_str()) && !of_rows.contains(p.key.as_str())
            })
            .map(|p| p.key.clone())
            .collect();
        for key in idle {
            let (file, line) = self
                .places
                .get(&format!("parameter {key}"))
                .cloned()
                .unwrap_or_default();
            self.problem(
                &file,
                line,
                format!("參數 `{key}` 不屬於任何應辦事項，不拘束任何機關"),
                "請列入應辦事項的 requires 或期限，或移除；由系統其他功能取用者，請填 read_by 說明",
            );
        }
    }

    fn check_reach(&mut self) {
        let mut found = Vec::new();
        for instrument in self.instruments.values() {
            let explained = self.explained.contains(&instrument.slug);
            if let Some((message, remedy)) = reaches_nobody(instrument, explained) {
                found.push((instrument.slug.clone(), message, remedy));
            }
        }
        for (slug, message, remedy) in found {
            let place = self.places.get(&format!("jurisdiction {slug}")).cloned();
            let (file, line) = place.unwrap_or_default();
            self.problem(&file, line, message, remedy);
        }
    }

    /// A file of worked cases has one at least.
    pub(super) fn read_prose(&mut self, file: &File<'_>) {
        if let Some((why, remedy)) = &file.unread {
            self.problem(&file.path, 0, why, remedy);
        } else if file.path.ends_with("cases.md") && !file.text.contains("```toml") {
            self.problem(
                &file.path,
                1,
                "沒有任何案例（```toml 區塊）",
                "請寫至少一個案例，或移除此檔",
            );
        }
    }

    /// Whether a register is known, and that its rows can say what is asked of them.
    pub(super) fn has_register_row(&self, key: &str) -> bool {
        let Some((register, asked)) = key.split_once('/') else {
            return self.has_register(key);
        };
        let Some(all) = &self.registers else {
            return true;
        };
        let told = all.iter().any(|name| name.contains('/'));
        let mut asked = asked.split('/');
        self.has_register(register)
            && (!told || asked.all(|what| all.contains(&format!("{register}/{what}"))))
    }

    /// Whether a check over records is known; of one by rows of the baseline that there is such a row.
    pub(super) fn has_check(&self, key: &str) -> bool {
        match key.split_once('/') {
            Some((check, control)) => {
                let row = |c: &crate::baseline::Control| c.id == control;
                self.knows("check:", &format!("{check}/"))
                    && (self.baseline.controls.iter().any(row) || self.doubts.of(Kind::Control, control))
            }
            None => self.knows("check:", key),
        }
    }

    /// Whether a name of a sort is known, where any of that sort is.
    pub(super) fn knows(&self, sort: &str, key: &str) -> bool {
        let Some(all) = &self.registers else {
            return true;
        };
        let told = all.iter().any(|name| name.starts_with(sort));
        !told || all.contains(&format!("{sort}{key}"))
    }

    /// Whether a register is known, where it can be known.
    pub(super) fn has_register(&self, key: &str) -> bool {
        self.registers.as_ref().is_none_or(|all| all.contains(key))
    }
}

/// Whom an instrument reaches hangs on its rank and on where it says that it holds.
fn reaches_nobody(instrument: &Instrument, explained: bool) -> Option<(String, &'static str)> {
    let place = instrument.jurisdiction.as_str();
    let national = place == "national";
    if instrument.is_national() {
        return (!national).then(|| {
            (
                format!("全國性法規的 jurisdiction 是「{place}」，卻拘束所有機關"),
                "請填 jurisdiction = \"national\"；地方之規定請填 rank = \"local\"",
            )
        });
    }
    let known = facts::is_local_government(place) || (explained && !national);
    (instrument.rank == Rank::Local && !known).then(|| {
        (
            format!("jurisdiction「{place}」不是直轄市或縣（市），本規定不拘束任何機關"),
            "請填直轄市或縣（市）之全名，例如 臺北市、花蓮縣；新設者請填 jurisdiction_note 說明",
        )
    })
}

fn number(id: &str) -> Option<u32> {
    id.split('.').next()?.parse().ok()
}

/// The numbers from one to as many as a version says it has, of which nothing is listed.
fn missing_numbers(version: &Version) -> Vec<String> {
    let listed: BTreeSet<u32> = version.articles.iter().filter_map(|a| number(&a.id)).collect();
    let all = 1..=version.article_count.unwrap_or(0);
    all.filter(|n| !listed.contains(n))
        .map(|n| n.to_string())
        .collect()
}

/// Numbers that are skipped between those of the same level: `3.2` where there are `3.1` and `3.3`.
fn gaps(version: &Version) -> Vec<String> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for article in &version.articles {
        let mut path = String::new();
        for part in article.id.split('.') {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
            known.insert(path.clone());
        }
    }
    let mut missing = Vec::new();
    for id in &known {
        let (above, last) = id
            .rsplit_once('.')
            .map_or(("", id.as_str()), |(above, last)| (above, last));
        let Ok(n) = last.parse::<u32>() else { continue };
        let sibling = |n: u32| {
            if above.is_empty() {
                n.to_string()
            } else {
                format!("{above}.{n}")
            }
        };
        let before = (1..n).rev().take_while(|n| !known.contains(&sibling(*n)));
        missing.extend(before.map(sibling));
    }
    missing.sort();
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::{Article, Certainty};

    fn version(ids: &[&str], count: Option<u32>) -> Version {
        let article = |id: &&str| Article {
            id: (*id).to_owned(),
            label: String::new(),
            heading: String::new(),
            gist: String::new(),
            paragraphs: None,
            items: None,
            was: Vec::new(),
            about: Vec::new(),
            body: Vec::new(),
            signs: Vec::new(),
            certainty: Certainty::Primary,
        };
        Version {
            id: "2024".into(),
            title: String::new(),
            published: None,
            from: None,
            no_later_than: None,
            until: None,
            set_by: None,
            source: String::new(),
            retrieved: None,
            confirmed_on: None,
            certainty: Certainty::Primary,
            modelled: true,
            complete: true,
            article_count: count,
            articles: ids.iter().map(article).collect(),
            places: std::collections::HashMap::new(),
        }
    }

    #[test]
    fn a_number_is_listed_by_itself_or_by_what_is_below_it() {
        assert_eq!(
            missing_numbers(&version(&["0", "1", "2.1", "4"], Some(5))),
            ["3", "5"]
        );
        assert!(missing_numbers(&version(&["1", "2"], Some(2))).is_empty());
        assert!(missing_numbers(&version(&["2"], None)).is_empty());
        assert_eq!(missing_numbers(&version(&["annex-1"], Some(1))), ["1"]);
    }

    #[test]
    fn a_skipped_number_is_a_gap_on_every_level() {
        assert!(gaps(&version(&["0", "1", "2.1", "2.2.1", "2.note", "3"], None)).is_empty());
        assert_eq!(
            gaps(&version(&["1", "2.1", "2.4", "4"], None)),
            ["2.2", "2.3", "3"]
        );
        assert_eq!(gaps(&version(&["2"], None)), ["1"]);
    }

    fn instrument(rank: Rank, place: &str) -> Instrument {
        Instrument {
            slug: "x".into(),
            pcode: None,
            rank,
            jurisdiction: place.into(),
            bodies: Vec::new(),
            folder: String::new(),
            authority: String::new(),
            aliases: Vec::new(),
            versions: Vec::new(),
            events: Vec::new(),
        }
    }

    #[test]
    fn a_rule_of_no_city_reaches_nobody() {
        let told = |rank, place| reaches_nobody(&instrument(rank, place), false).is_some();
        let explained = |rank, place| reaches_nobody(&instrument(rank, place), true).is_some();
        assert!(!explained(Rank::Local, "示範市") && told(Rank::Local, "示範市"));
        assert!(explained(Rank::Local, "national") && explained(Rank::Act, "臺北市"));
        assert!(!told(Rank::Local, "臺北市") && !told(Rank::Local, "台北市"));
        assert!(told(Rank::Local, "新台北市") && told(Rank::Local, "national"));
        assert!(!told(Rank::Act, "national") && told(Rank::AdministrativeRule, "臺北市"));
        assert!(!told(Rank::Plan, "某局") && !told(Rank::Contract, "某局"));
    }
}
