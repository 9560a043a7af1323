//! The protection baseline as pages: an edition's rows for a grade, and what is carried over.

use crate::lawpages::version_view;
use crate::{AppError, LawBook, effects, map};
use law::{Certainty, Control, ControlEdition, ControlParameter, Grade};
use period::Date;
use views::{AspectView, BaselineGroup, BaselineRow, BaselineView, CarryRow, CarryView, EditionView};

/// The grade of a word.
fn grade_of(word: &str) -> Result<Grade, AppError> {
    Grade::read(word)
        .ok_or_else(|| AppError::bad_input(format!("沒有「{word}」這個防護需求等級"), "請輸入 普、中 或 高"))
}

fn ids(controls: &[&Control]) -> Vec<String> {
    controls.iter().map(|c| c.id.clone()).collect()
}

fn parameter_words(p: &ControlParameter) -> String {
    let unit = match p.unit.as_str() {
        "interval" | "flag" => "",
        unit => law::unit_label(unit),
    };
    match p.value {
        Some(value) => format!("{} {value} {unit}", p.title).trim_end().to_owned(),
        None if unit.is_empty() => format!("{}（機關訂）", p.title),
        None => format!("{}（機關訂，{unit}）", p.title),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "methods of a view over the corpus"
)]
impl LawBook<'_> {
    fn editions(&self, day: Date) -> Vec<EditionView> {
        let baseline = &self.0.baseline;
        let span = |id: &str| {
            let version = self
                .0
                .instrument(&baseline.instrument)
                .and_then(|i| i.version(id));
            version.map_or_else(String::new, |v| version_view(v, day).span())
        };
        let all = baseline.editions.iter();
        all.map(|id| EditionView {
            id: id.clone(),
            span: span(id),
        })
        .collect()
    }

    /// The edition named, or the one in force on the day.
    pub(crate) fn edition(&self, named: Option<&str>, day: Date) -> Result<String, AppError> {
        let baseline = &self.0.baseline;
        let known = baseline.editions.join("、");
        match named {
            Some(id) if baseline.editions.iter().any(|e| e == id) => Ok(id.to_owned()),
            Some(id) => Err(AppError::bad_input(
                format!("防護基準沒有「{id}」這一版"),
                format!("可用的版：{known}"),
            )),
            None => self
                .0
                .instrument(&baseline.instrument)
                .and_then(|i| i.version_on(day))
                .map(|v| v.id.clone())
                .filter(|id| baseline.editions.contains(id))
                .ok_or_else(|| {
                    AppError::not_found(
                        format!("{} 施行的防護基準尚未建檔", period::roc_short(day)),
                        format!("可用的版：{known}"),
                    )
                }),
        }
    }

    /// What an edition asks of a system of a grade, highest where none is named.
    ///
    /// # Errors
    /// Where there is no such edition or grade, or none in force on the day.
    pub fn baseline(
        &self,
        edition: Option<&str>,
        grade: Option<&str>,
        day: Date,
    ) -> Result<BaselineView, AppError> {
        let grade = grade.map_or(Ok(Grade::High), grade_of)?;
        let edition = self.edition(edition, day)?;
        let baseline = &self.0.baseline;
        let editions = self.editions(day);
        let required = baseline.required(&edition, grade);
        let before = baseline.editions.iter().take_while(|e| **e != edition).last();
        let effect = effects::of_edition(self.0, &edition);
        let groups = baseline.dimensions.iter().map(|d| BaselineGroup {
            key: d.key.clone(),
            title: d.title.clone(),
            english: d.english.clone(),
            rows: required
                .iter()
                .filter(|c| c.dimension == d.key)
                .filter_map(|c| Some(self.row(c, c.edition(&edition)?, before.map(String::as_str), &effect)))
                .collect(),
        });
        let grading = baseline.grading.as_ref();
        let aspects = grading.map(|g| g.aspects.as_slice()).unwrap_or_default();
        Ok(BaselineView {
            span: editions
                .iter()
                .find(|e| e.id == edition)
                .map_or_else(String::new, |e| e.span.clone()),
            caution: self.caution(&[&edition]),
            edition: edition.clone(),
            grade: grade.label().to_owned(),
            editions,
            grades: Grade::ALL.map(|g| g.label().to_owned()).to_vec(),
            count: required.len(),
            groups: groups.filter(|g| !g.rows.is_empty()).collect(),
            grading: aspects
                .iter()
                .map(|a| AspectView {
                    key: a.key.clone(),
                    title: a.title.clone(),
                    asks: a.asks.clone(),
                    levels: a
                        .levels
                        .iter()
                        .map(|(g, text)| (g.label().to_owned(), text.clone()))
                        .collect(),
                })
                .collect(),
            overall: grading.map_or_else(String::new, |g| {
                format!(
                    "整體取各構面中最高者；判為「{}」即屬核心資通系統。",
                    g.core_from.label()
                )
            }),
        })
    }

    fn row(&self, c: &Control, e: &ControlEdition, before: Option<&str>, effect: &str) -> BaselineRow {
        let mark = before.map_or_else(String::new, |v| mark(c, e, v));
        BaselineRow {
            effect: if mark.is_empty() { "" } else { effect }.to_owned(),
            id: c.id.clone(),
            measure: c.measure_in(&e.version).to_owned(),
            grade: e.grade.label().to_owned(),
            demand: c.demand_in(&e.version).to_owned(),
            parameters: c.parameters.iter().map(parameter_words).collect(),
            evidence: c.evidence.clone(),
            check: map::word(&c.check),
            check_label: c.check.label().to_owned(),
            how: c.how.clone(),
            cite: self.0.print(&e.cite),
            href: format!(
                "/laws/{}/{}/{}",
                e.cite.instrument, e.cite.version, e.cite.article
            ),
            certainty_label: e.certainty.label().to_owned(),
            mark,
            note: c.note.clone(),
        }
    }

    /// What becomes of a self-assessment made under one edition when a later one is in force.
    ///
    /// # Errors
    /// Where there is no such edition or grade, or the second is not the later.
    pub fn carry(&self, from: &str, to: &str, grade: &str, day: Date) -> Result<CarryView, AppError> {
        let grade = grade_of(grade)?;
        let (from, to) = (self.edition(Some(from), day)?, self.edition(Some(to), day)?);
        let carry = self.0.baseline.carry(&from, &to, grade).ok_or_else(|| {
            AppError::bad_input(
                format!("自評只能由較早的版帶到較晚的版，不能由 {from} 帶到 {to}"),
                format!(
                    "先寫較早的版，再寫較晚的版；可用的版：{}",
                    self.0.baseline.editions.join("、")
                ),
            )
        })?;
        let row = |c: &Control, version: &str, rows: Vec<String>, again: bool, why: String| CarryRow {
            id: c.id.clone(),
            measure: c.measure_in(version).to_owned(),
            demand: c.demand_in(version).to_owned(),
            rows,
            again,
            why,
        };
        let carried = carry.carried.iter().map(|r| {
            let rows = ids(&r.from);
            let why = match (r.changed, rows == [r.control.id.clone()]) {
                (false, _) => String::new(),
                (true, true) => "要求的內容有變，原答案須重看".to_owned(),
                (true, false) => format!("承接 {}，原答案須重看", rows.join("、")),
            };
            row(r.control, &to, rows, r.changed, why)
        });
        let new = carry.new.iter().map(|r| {
            let rows = ids(&r.from);
            let why = if rows.is_empty() {
                "新增".to_owned()
            } else {
                "原本較高等級才要求".to_owned()
            };
            row(r.control, &to, rows, false, why)
        });
        let gone = carry.gone.iter().map(|r| {
            let rows = ids(&r.into);
            let why = if rows.is_empty() {
                "刪除".to_owned()
            } else {
                "改由較高等級起要求".to_owned()
            };
            row(r.control, &from, rows, false, why)
        });
        let moved = carry.moved.iter().map(|r| {
            let why = format!("起始等級由{}改為{}", r.was.label(), r.now.label());
            row(r.control, &to, Vec::new(), false, why)
        });
        Ok(CarryView {
            grade: grade.label().to_owned(),
            caution: self.caution(&[&from, &to]),
            carried: carried.collect(),
            new: new.collect(),
            gone: gone.collect(),
            moved: moved.collect(),
            from: from.clone(),
            to: to.clone(),
        })
    }

    /// What must be known of editions that were not compared with an official text.
    fn caution(&self, editions: &[&str]) -> String {
        let rows = self.0.baseline.controls.iter();
        let unsure = rows
            .flat_map(|c| &c.editions)
            .any(|e| editions.contains(&e.version.as_str()) && e.certainty != Certainty::Primary);
        if unsure {
            "列與等級為二手資料，待與官方附表核對；列號為本系統自訂，列數不是法定數字。".to_owned()
        } else {
            String::new()
        }
    }
}

/// How a row stands to the edition before.
fn mark(c: &Control, e: &ControlEdition, before: &str) -> String {
    match c.edition(before) {
        None if e.was.is_empty() => "新增".to_owned(),
        None => format!("原列 {}", e.was.join("、")),
        Some(old) if old.grade != e.grade => format!("原為{}起", old.grade.label()),
        Some(_) if !e.was.is_empty() => format!("併入 {}", e.was.join("、")),
        Some(_) if c.demand_in(before) != c.demand_in(&e.version) => "內容有變".to_owned(),
        Some(_) => String::new(),
    }
}
