//! Pictures with the data beside them. A picture without data is not there.

use crate::AgencyHead;
use serde::Serialize;

/// One square of the risk matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskSquare {
    /// 可能性
    pub likelihood: u64,
    /// 衝擊
    pub impact: u64,
    /// How many risks.
    pub count: usize,
    /// 1 low, 2 middle, 3 high: thirds of the greatest product, a shade for the eye and no judgement.
    pub band: u8,
}

/// Likelihood by impact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskMatrix {
    /// The greatest likelihood first.
    pub rows: Vec<Vec<RiskSquare>>,
    /// How many risks are in it.
    pub total: usize,
    /// How many have no likelihood or impact, or one beyond the scale.
    pub outside: usize,
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// Whose.
    pub label: String,
    /// What it is, in words.
    pub words: String,
    /// More.
    pub note: String,
    /// Its length in hundredths of the whole.
    pub percent: u8,
    /// The colour class.
    pub colour: &'static str,
    /// The record; empty where it is of several.
    pub href: String,
}

/// Bars with a title.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bars {
    /// Id for the heading.
    pub id: &'static str,
    /// The question that it answers.
    pub title: String,
    /// What it is made of, and what must be known to read it.
    pub meta: String,
    /// What the first column is.
    pub head: &'static str,
    /// What the second is.
    pub value: &'static str,
    /// The bars.
    pub bars: Vec<Bar>,
    /// Where the records are.
    pub href: String,
}

/// One point of a trend.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// When, in words.
    pub when: String,
    /// What, in words.
    pub value: String,
    /// Whether the aim was reached, where there is one.
    pub reached: Option<bool>,
    /// Across, 0 to 600.
    pub x: u32,
    /// Down, 0 to 160.
    pub y: u32,
}

/// A line over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// Id for the heading.
    pub id: String,
    /// What is shown.
    pub title: String,
    /// The aim in words; empty where there is none.
    pub aim: String,
    /// How far down the aim is.
    pub aim_y: Option<u32>,
    /// The points, the earliest first.
    pub points: Vec<Point>,
    /// Where the records are.
    pub href: String,
}

impl Trend {
    /// The points as an SVG line takes them.
    pub fn line(&self) -> String {
        let each: Vec<String> = self.points.iter().map(|p| format!("{},{}", p.x, p.y)).collect();
        each.join(" ")
    }
}

/// The page 圖表.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FiguresView {
    /// The agency.
    pub agency: AgencyHead,
    /// Risks, where there are any.
    pub matrix: Option<RiskMatrix>,
    /// Lines.
    pub trends: Vec<Trend>,
    /// Bars.
    pub bars: Vec<Bars>,
}

impl FiguresView {
    /// Whether there is nothing to show yet.
    pub fn is_empty(&self) -> bool {
        self.matrix.is_none() && self.trends.is_empty() && self.bars.is_empty()
    }
}
