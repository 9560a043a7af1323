//! The one door: who asks, of which agency, on which day, on which surface.
//!
//! Why: whoever is let in is let in once, with the grants, the position and one reading that hold
//! for the whole request; nothing of an agency is asked or changed but by a visit. Why a marker
//! for each action: what may be done with a register exists only on what [`Visit::may`] hands
//! out, so a call that nobody allowed doesn't compile. What it can't know: what the surface does
//! with an answer.

use crate::at_hand;
use crate::compiled::compiled_once;
use crate::held::Held;
use crate::ids::{AgencyId, no_agency, no_record};
use crate::permission::{Action, Allowed, allowed};
use crate::principal::{Grant, Principal, Role};
use crate::reads::{Begun, Reads};
use crate::records::masking::Hides;
use crate::records::own::own_rows;
use crate::rows::Rows;
use crate::{App, AppError, Loaded};
use law::Corpus;
use period::Date;
use registers::{Hand, RegisterSpec};
use std::marker::PhantomData;
use std::sync::Arc;
use store::{Own, Select, StoredRow};

/// Where somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A page.
    Web,
    /// A program with a token.
    Api,
    /// The command line.
    Cli,
    /// Work that goes on by itself.
    Job,
}

/// Somebody at an agency.
pub struct Visit<'a> {
    app: &'a App,
    who: Principal,
    agency: AgencyId,
    day: Date,
    surface: Surface,
    grants: Vec<Grant>,
    reads: Reads<'a>,
    held: Arc<Held>,
}

/// How often a reading is opened anew because another one was ahead of it.
const CATCH_UP: usize = 3;

impl App {
    /// Lets somebody in to an agency.
    ///
    /// # Errors
    /// Where there is no such agency, or the asker has nothing to do with it: the same words.
    #[compiled_once]
    pub async fn visit<'a>(
        &'a self,
        who: &Principal,
        agency: &AgencyId,
        day: Date,
        surface: Surface,
    ) -> Result<Visit<'a>, AppError> {
        self.visit_with(None, (who, agency), day, surface).await
    }

    /// The same, going on with the reading by which it was found out who it is.
    ///
    /// # Errors
    /// As [`App::visit`].
    #[compiled_once]
    pub async fn visit_with<'a>(
        &'a self,
        begun: Option<Begun>,
        (who, agency): (&Principal, &AgencyId),
        day: Date,
        surface: Surface,
    ) -> Result<Visit<'a>, AppError> {
        let mut reads = Reads::go_on(self, agency.as_str(), begun).await?;
        for _ in 0..CATCH_UP {
            if !at_hand::is_behind(self, &reads) {
                break;
            }
            drop(reads);
            reads = Reads::open(self, agency.as_str()).await?;
        }
        let supervises = who.grants.iter().any(|g| g.role == Role::Supervisor);
        let superiors = if supervises {
            reads.superiors().await?
        } else {
            Vec::new()
        };
        let grants = who.grants_for(agency, &superiors);
        if grants.is_empty() {
            return Err(no_agency(agency.as_str()));
        }
        let held = at_hand::held(self, &reads).await?;
        let held = held.filter(|held| held.rows.there("agency", agency.as_str()).is_some());
        let Some(held) = held else {
            return Err(no_agency(agency.as_str()));
        };
        Ok(Visit {
            app: self,
            who: who.clone(),
            agency: agency.clone(),
            day,
            surface,
            grants,
            reads,
            held,
        })
    }
}

impl<'a> Visit<'a> {
    /// The same visitor at the same agency, who sees what was written meanwhile. This visit's
    /// reading ends.
    ///
    /// # Errors
    /// As [`App::visit`].
    #[compiled_once]
    pub async fn again(&self) -> Result<Visit<'a>, AppError> {
        let app: &'a App = self.app;
        self.reads.end().await;
        app.visit(&self.who, &self.agency, self.day, self.surface).await
    }

    /// Who visits.
    pub fn who(&self) -> &Principal {
        &self.who
    }

    /// The agency.
    pub fn agency(&self) -> &AgencyId {
        &self.agency
    }

    /// The day that is asked about.
    pub fn day(&self) -> Date {
        self.day
    }

    /// Where they came in.
    pub fn surface(&self) -> Surface {
        self.surface
    }

    /// Today in Taipei.
    pub fn today(&self) -> Date {
        self.app.today()
    }

    /// How many statements it has made.
    pub fn statements(&self) -> u32 {
        self.reads.statements()
    }

    /// The instant now.
    pub(crate) fn now(&self) -> i64 {
        self.app.now()
    }

    /// The instant at which a day is looked at, in Taipei: now where it is today, else its end.
    pub(crate) fn instant(&self, day: Date) -> period::DateTime {
        let now = crate::clock::taipei_time(self.now());
        if now.date() == day {
            now
        } else {
            period::end_of(day)
        }
    }

    /// Now in Taipei, to the minute.
    pub(crate) fn moment(&self) -> String {
        crate::clock::taipei(self.now())
    }

    pub(crate) fn app(&self) -> &'a App {
        self.app
    }

    pub(crate) fn corpus(&self) -> &'a Corpus {
        self.app.corpus()
    }

    pub(crate) fn grants(&self) -> &[Grant] {
        &self.grants
    }

    pub(crate) fn reads(&self) -> &Reads<'a> {
        &self.reads
    }

    pub(crate) fn held(&self) -> &Held {
        &self.held
    }

    pub(crate) fn shared(&self) -> Arc<Held> {
        Arc::clone(&self.held)
    }

    /// The agency's rows, but those of very large registers.
    pub(crate) fn rows(&self) -> &Rows {
        &self.held.rows
    }

    /// What follows from the agency's rows as they stand.
    pub(crate) fn loaded(&self) -> Result<Arc<Loaded>, AppError> {
        let agency = self.agency.as_str();
        self.held
            .loaded(|| Loaded::of(self.corpus(), agency, self.rows().clone(), self.reads.position()))
    }

    /// What followed from the rows of a past position.
    pub(crate) async fn loaded_at(&self, at: u64) -> Result<Arc<Loaded>, AppError> {
        let agency = self.agency.as_str();
        let rows = Rows::of(self.reads.rows_at(at).await?);
        Ok(Arc::new(Loaded::of(self.corpus(), agency, rows, at)?))
    }

    /// What follows from the agency's rows as the visitor may see it: to an auditor, from those
    /// of the audit's moment.
    pub(crate) async fn loaded_as_seen(&self) -> Result<Arc<Loaded>, AppError> {
        match self.moment_seen() {
            None => self.loaded(),
            Some(at) => self.loaded_at(at).await,
        }
    }

    /// The position at which the visitor reads, where nothing but audits lets them in.
    pub(crate) fn moment_seen(&self) -> Option<u64> {
        let auditor = |g: &Grant| g.role == Role::Auditor;
        if self.grants.iter().all(auditor) {
            self.grants.iter().filter_map(|g| g.position).min()
        } else {
            None
        }
    }

    /// One row as it stands, or was withdrawn; the same whenever it is asked for.
    pub(crate) async fn row(&self, spec: &RegisterSpec, id: &str) -> Result<Option<StoredRow>, AppError> {
        if spec.bulk {
            return self.reads.row(spec.key, id).await;
        }
        Ok(self.rows().row(spec.key, id).cloned())
    }

    /// The best that the visitor's grants allow with a register.
    pub(crate) fn best(&self, action: Action, spec: &RegisterSpec) -> Allowed {
        let each = self.grants.iter().map(|g| allowed(g.role, action, spec));
        each.max().unwrap_or(Allowed::No)
    }

    /// Whether the visitor may do something with some rows of a register at least.
    pub(crate) fn can(&self, action: Action, spec: &RegisterSpec) -> bool {
        self.best(action, spec) != Allowed::No
    }

    /// What somebody may do with a register, and with which of its rows: what the action's
    /// operations are called on.
    ///
    /// # Errors
    /// Where the token is not for it, or no role of theirs allows it.
    pub fn may<A: Act>(&self, act: A, spec: &'static RegisterSpec) -> Result<Access<'_, A>, AppError> {
        self.who.demand(A::ACTION.scope())?;
        self.rights(act, spec)
    }

    /// As [`Visit::may`], whatever the token is for: for what follows from an action that the
    /// token allows.
    pub(crate) fn rights<A: Act>(
        &self,
        _act: A,
        spec: &'static RegisterSpec,
    ) -> Result<Access<'_, A>, AppError> {
        let best = self.best(A::ACTION, spec);
        if best == Allowed::No {
            let roles: Vec<&str> = self.grants.iter().map(|g| g.role.title()).collect();
            // An officer is not sent to the officer.
            let is_officer = self.grants.iter().any(|g| g.role == Role::Officer);
            let by_accounts = allowed(Role::Administrator, A::ACTION, spec) != Allowed::No;
            let next = match (is_officer, by_accounts) {
                (false, _) => "請洽本機關資安專責人員辦理，或請其調整您的角色",
                (true, true) => "請洽平臺管理者辦理",
                (true, false) => "此登記簿不提供這項操作；請由其所屬的頁面或指令辦理",
            };
            return Err(AppError::forbidden(
                format!(
                    "您在本機關的角色（{}）不能對「{}」{}",
                    roles.join("、"),
                    spec.title,
                    A::ACTION.title()
                ),
                next,
            ));
        }
        let holding = self.holding(A::ACTION, spec, best);
        let own = (best == Allowed::Own).then(|| own_rows(&self.who, spec, &holding));
        // Only where nothing but an auditor's grant allows it is the auditor's moment shown; what an
        // auditor fills in is read as it stands now.
        let auditor = |g: &&Grant| g.role == Role::Auditor;
        let then = holding.iter().all(auditor) && A::ACTION == Action::Read;
        let at = if then && !spec.is_in(Hand::AuditorWrites) {
            holding.iter().filter_map(|g| g.position).min()
        } else {
            None
        };
        Ok(Access {
            visit: self,
            spec,
            roles: holding.iter().map(|g| g.role).collect(),
            own,
            at,
            hides: Hides::of(&holding, best),
            act: PhantomData,
        })
    }

    /// The grants that give the best of what is allowed.
    pub(crate) fn holding(&self, action: Action, spec: &RegisterSpec, best: Allowed) -> Vec<&Grant> {
        let gives = |g: &&Grant| allowed(g.role, action, spec) == best;
        self.grants.iter().filter(gives).collect()
    }

    /// What of a register's rows is not shown to the visitor, whatever their token is for.
    pub(crate) fn hides(&self, spec: &RegisterSpec) -> Hides {
        let best = self.best(Action::Read, spec);
        Hides::of(&self.holding(Action::Read, spec, best), best)
    }
}

/// An action, as a type.
pub trait Act: Copy + Send + Sync + 'static {
    /// Which.
    const ACTION: Action;
    /// The action itself.
    const IT: Self;
}

/// An action that changes something.
pub trait Changes: Act {}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident $(: $changes:ident)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Act for $name {
            const ACTION: Action = Action::$name;
            const IT: Self = Self;
        }

        $(impl $changes for $name {})?
    )*};
}

/// The actions as types, for [`Visit::may`].
pub mod act {
    use super::{Act, Action, Changes};

    acts! {
        /// Lists, records, histories.
        Read;
        /// New records.
        Create: Changes;
        /// Changes.
        Amend: Changes;
        /// Takes a record back.
        Withdraw: Changes;
        /// Many at once, from a file.
        Import: Changes;
        /// As a file.
        Export;
        /// Sends on for approval, and calls back.
        Submit: Changes;
        /// Decides a step.
        Decide: Changes;
        /// Says something about a record.
        Comment: Changes;
    }
}

/// What somebody may do with a register, narrowed to their rows.
pub struct Access<'v, A> {
    pub(crate) visit: &'v Visit<'v>,
    pub(crate) spec: &'static RegisterSpec,
    /// The roles that allow it.
    pub(crate) roles: Vec<Role>,
    /// Only these rows; all where none.
    pub(crate) own: Option<Own>,
    /// As the ledger stood there.
    pub(crate) at: Option<u64>,
    /// What of the rows is not shown.
    pub(crate) hides: Hides,
    act: PhantomData<A>,
}

impl<A: Act> Access<'_, A> {
    /// A row that somebody may see, in its latest version or an auditor's.
    pub(crate) async fn visible(&self, id: &str) -> Result<StoredRow, AppError> {
        let row = self.seen(id).await?;
        row.ok_or_else(|| no_record(self.spec, id))
    }

    /// The same; none where it isn't there for them.
    pub(crate) async fn seen(&self, id: &str) -> Result<Option<StoredRow>, AppError> {
        self.one(id, false).await
    }

    /// A row that stands, or one that was withdrawn as it stood before.
    pub(crate) async fn one(&self, id: &str, withdrawn: bool) -> Result<Option<StoredRow>, AppError> {
        // What stands now, of everybody, is at hand.
        if !withdrawn && self.own.is_none() && self.at.is_none() {
            let row = self.visit.row(self.spec, id).await?;
            return Ok(row.filter(|r| !r.body.is_null()));
        }
        let stands = |row: Option<StoredRow>| row.is_some_and(|r| !r.body.is_null());
        if withdrawn && self.at.is_none() && stands(self.visit.row(self.spec, id).await?) {
            return Ok(None);
        }
        let select = Select {
            among: Some(vec![id.to_owned()]),
            own: self.own.clone(),
            at: self.at,
            withdrawn,
            ..Select::default()
        };
        let rows = self.visit.reads().list(self.spec.key, &select, 1).await?;
        Ok(rows.into_iter().next())
    }
}
