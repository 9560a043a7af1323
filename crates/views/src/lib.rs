//! What every surface renders: plain structs in the officer's words.
//!
//! The web page, the CLI's JSON and, later, documents and the API show these and
//! nothing else, so that none of them can say what another doesn't. What it can't
//! know: rows, HTTP, SQL.

mod agency;
mod baseline;
mod change;
mod day;
mod disclosure;
mod duty;
mod figures;
mod firstday;
mod frame;
mod job;
mod law;
mod lint;
mod place;
mod plan;
mod record;
mod search;
mod standard;
mod subject;
mod today;
mod year;

pub use agency::{
    AdoptionView, AgencyHead, AgencyView, BusinessView, ContractView, DesignationView, LevelCondition,
    LevelTrial, ObjectiveView, SystemView,
};
pub use baseline::{AspectView, BaselineGroup, BaselineRow, BaselineView, CarryRow, CarryView, EditionView};
pub use change::{
    ArticleChangeView, CiteView, DoubtView, DutyChangeView, ImpactDutyView, ImpactKind, ImpactSide,
    ImpactView, LawDiffView, LawMoveView, OtherChangeView, ParameterChangeView, PlanLineView,
    RequirementChangeView, ScopeView, TransitionalChangeView,
};
pub use day::{ChangeLine, MonthView, QuestionInput, QuestionView, SinceView, WaitingView};
pub use disclosure::{Disclosure, DisclosurePage};
pub use duty::{
    ClauseView, CountView, DeclaredView, DoneView, DutyView, EventView, FactView, LateView, LoserView,
    MomentView, OtherwiseView, PartView, PeriodView, ReadingView, RequirementView, Status, StepView,
};
pub use figures::{Bar, Bars, FiguresView, Point, RiskMatrix, RiskSquare, Trend};
pub use firstday::{
    CityEffect, FirstFinding, FirstFindings, FirstPlanView, FirstStep, StocktakeRow, StocktakeView,
};
pub use frame::{FrameView, PlaceLink, RunningIncident};
pub use job::{JobList, JobMade, JobProgressView, JobState, JobView};
pub use law::{ArticleVersionView, ArticleView, InstrumentView, LawNumberView, LawValueView, VersionView};
pub use lint::{LintFinding, LintGroup, LintView};
pub use place::{Onward, PlaceView, RegisterGroup};
pub use plan::{PlanHealthView, PlanIssue, PlanIssueGroup, PlanMove, PlanRevisionView};
pub use record::{
    FieldInput, FieldView, FileView, May, ProvesView, RecordDetail, RecordLine, RecordList, RegisterHead,
    TimelineEntry, Xray, XrayItem,
};
pub use search::{SearchGroup, SearchHit, SearchKind, SearchList, SearchTarget, SearchView};
pub use standard::{
    CrossingView, MappingSideView, MappingView, OwnRequirementView, OwnStandardHead, OwnStandardView,
    SelectionView, StandardControlView, StandardFaultView, StandardHead, StandardImport, StandardThemeView,
    StandardView,
};
pub use subject::{SubjectBar, SubjectHead, SubjectRegister, SubjectStep, SubjectView};
pub use today::{DutyListView, Group, Notice, Task, TodayView};
pub use year::{
    PromisedMonth, SpreadLine, Undated, YearCell, YearEntry, YearMonth, YearRow, YearState, YearView,
};
