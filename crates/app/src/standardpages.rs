//! Standards beside the law as pages: controls, and the baseline's rows that map to them.

use crate::{AppError, LawBook, map};
use law::{Control, Crossing, Standard};
use period::Date;
use views::{CrossingView, StandardControlView, StandardHead, StandardThemeView, StandardView};

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "methods of a view over the corpus"
)]
impl LawBook<'_> {
    /// Every standard beside the law.
    pub fn standards(&self) -> Vec<StandardHead> {
        let head = |s: &Standard| StandardHead {
            slug: s.slug.clone(),
            title: s.title.clone(),
            count: s.controls.len(),
        };
        self.0.standards.values().map(head).collect()
    }

    /// One standard, with the rows of the edition that is in force on the day.
    ///
    /// # Errors
    /// Where there is no such standard.
    pub fn standard(&self, slug: &str, day: Date) -> Result<StandardView, AppError> {
        let standard = self.0.standards.get(slug).ok_or_else(|| {
            let known: Vec<&str> = self.0.standards.keys().map(String::as_str).collect();
            AppError::not_found(
                format!("沒有標準「{slug}」"),
                format!("可用的標準：{}", known.join("、")),
            )
        })?;
        let baseline = &self.0.baseline;
        let edition = self
            .0
            .instrument(&baseline.instrument)
            .and_then(|i| i.version_on(day))
            .filter(|v| baseline.editions.contains(&v.id))
            .map(|v| v.id.clone())
            .or_else(|| baseline.editions.last().cloned())
            .unwrap_or_default();
        let view = |theme: &law::Theme| StandardThemeView {
            key: theme.key.clone(),
            title: theme.title.clone(),
            controls: standard
                .controls
                .iter()
                .filter(|c| c.theme == theme.key)
                .map(|c| StandardControlView {
                    id: c.id.clone(),
                    title: c.title.clone(),
                    rows: self.crossed(standard, &c.id, &edition),
                })
                .collect(),
        };
        let themes: Vec<StandardThemeView> = standard.themes.iter().map(view).collect();
        let mapped = themes.iter().flat_map(|t| &t.controls);
        Ok(StandardView {
            slug: standard.slug.clone(),
            title: standard.title.clone(),
            publisher: standard.publisher.clone(),
            also: standard.also.clone(),
            source: standard.source.clone(),
            certainty_label: standard.certainty.label().to_owned(),
            caution: standard.note.clone(),
            span: self.edition_span(&edition, day),
            edition,
            count: standard.controls.len(),
            mapped: mapped
                .filter(|c| c.rows.iter().any(|r| !r.grade.is_empty()))
                .count(),
            themes,
        })
    }

    /// The rows that a control of a standard maps to, by their ids.
    fn crossed(&self, standard: &Standard, control: &str, edition: &str) -> Vec<CrossingView> {
        let view = |crossing: &Crossing, row: &Control| CrossingView {
            row: row.id.clone(),
            measure: row.measure_in(edition).to_owned(),
            demand: row.demand_in(edition).to_owned(),
            grade: row
                .edition(edition)
                .map_or_else(String::new, |e| e.grade.label().to_owned()),
            relation: map::word(&crossing.relation),
            relation_label: crossing.relation.label().to_owned(),
            certainty_label: crossing.certainty.label().to_owned(),
            note: crossing.note.clone(),
        };
        let mut rows: Vec<CrossingView> = standard
            .crossings(control)
            .flat_map(|c| c.rows.iter().map(move |id| (c, id)))
            .filter_map(|(c, id)| Some(view(c, self.0.baseline.control(id)?)))
            .collect();
        rows.sort_by(|a, b| a.row.cmp(&b.row));
        rows
    }

    /// The span of an edition of the baseline, in words.
    fn edition_span(&self, edition: &str, day: Date) -> String {
        self.0
            .instrument(&self.0.baseline.instrument)
            .and_then(|i| i.version(edition))
            .map_or_else(String::new, |v| crate::lawpages::version_view(v, day).span())
    }
}
