//! The law as dated data.
//!
//! What: the corpus (instruments, their versions and articles, duties, parameters,
//! counting citations, readings, the protection baseline, standards, the working-day calendar), loaded from TOML and
//! checked whole before anything may use it; and the resolver, which tells for a
//! subject on a day which clauses bind and which lost. Why a crate: every legal
//! number, date and article lives in `law/`, none in code; this crate gives them a
//! shape and refuses what is inconsistent. What it can't know: whether a gist says
//! what the statute says (a legal officer reviews that), and anything about an
//! agency beyond the facts it is handed.

mod applies;
mod baseline;
mod carry;
mod citation;
mod clause;
mod corpus;
mod designating;
mod diff;
mod doubt;
mod duty;
mod error;
mod incident;
mod instrument;
mod judge;
mod lineage;
mod load;
pub mod oscal;
mod overlay;
mod parameter;
mod parts;
mod reach;
mod resolve;
mod resolved;
mod route;
mod source;
mod standard;
mod wording;

pub use applies::{Applicability, Applies};
pub use baseline::{
    Aspect, Baseline, CheckKind, Control, ControlEdition, ControlParameter, Dimension, Grade, Grading,
    Overall,
};
pub use carry::{Carried, Carry, Gone, Moved, New};
pub use citation::{Citation, Cited};
pub use clause::{ClauseKind, Fulfilment, Part, SourceClause};
pub use corpus::{Corpus, CountingCite, Cover, InterpretiveReading};
pub use designating::{Criterion, Designating, ToldBy, Tried, height};
pub use diff::{
    ArticleChange, Change, Difference, DutyChange, Fate, ParameterChange, SureCite, SureValue,
    TransitionalChange, diff,
};
pub use doubt::{Doubt, DoubtKind, doubts};
pub use duty::{Basis, Count, Duty, Restart, Shape, Shown, SubjectKind, Transitional};
pub use error::LawError;
pub use incident::{Answer, IncidentAspect, IncidentCase, IncidentLevels, LevelCase, LevelFound};
pub use instrument::{Article, Certainty, Event, Instrument, Rank, Version};
pub use judge::{CitationStatus, Fits, Judged, RawCitation, judge_citation};
pub use overlay::{Overlay, PlanParameter, Promise, Undertaking, duties_of};
pub use parameter::{Direction, Interval, Parameter, ParameterValue, Value, ValueKind, unit_label};
pub use resolve::{resolve, resolve_event, resolve_those};
pub use resolved::{
    CaseValue, Clause, Delegated, Loser, LosingReason, Relief, Requirement, Resolved, Rival, Ruled, Standing,
};
pub use route::{Approver, Does, Route, Step};
pub use source::SourceFile;
pub use standard::{Crossing, Relation, Standard, StandardControl, Theme};
pub use wording::{Meant, PlanRule, Sentence, Signs, Telling, Told, Wording};
