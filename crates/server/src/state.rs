//! What every request shares: the application, and what guards it.

use crate::access_log::AccessLog;
use crate::context;
use crate::failures::Failures;
use crate::limits::{Budget, Limits};
use crate::metrics::Metrics;
use crate::reach::{PublicUrl, Reach};
use crate::readiness::{self, Health};
use crate::session::FormKey;
use crate::throttle::Throttle;
use app::App;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a form's token is tied to: the browser, and who is signed in there, so that a form of before
/// signing in is none after it.
fn bound(session: String) -> String {
    match context::signed() {
        Some(signed) => format!("{session}/{}", signed.session),
        None => session,
    }
}

/// Shared by all requests.
#[derive(Clone)]
pub struct AppState {
    pub(crate) app: Arc<App>,
    pub(crate) forms: Arc<FormKey>,
    run: u16,
    count: Arc<AtomicU64>,
    pub(crate) limits: Limits,
    pub(crate) budget: Arc<Budget>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) access_log: Option<Arc<AccessLog>>,
    pub(crate) failures: Arc<Failures>,
    pub(crate) health: Health,
    pub(crate) shows_roles: bool,
    pub(crate) throttle: Arc<Throttle>,
    /// How often an address fetches calendars: apart, so that those shut nobody out.
    pub(crate) fetches: Arc<Throttle>,
    pub(crate) reach: Arc<Reach>,
}

impl AppState {
    /// Over an opened application, with a fresh key for its forms.
    pub fn new(app: Arc<App>) -> Self {
        let limits = Limits::default();
        let run = u16::try_from(RandomState::new().hash_one("run") & 0xffff).unwrap_or_default();
        Self {
            health: readiness::of(Arc::clone(&app)),
            app,
            forms: Arc::new(FormKey::fresh()),
            run,
            count: Arc::default(),
            limits,
            budget: Arc::new(Budget::new(limits.bodies)),
            metrics: Arc::default(),
            access_log: None,
            failures: Arc::default(),
            shows_roles: false,
            throttle: Arc::default(),
            fetches: Arc::default(),
            reach: Arc::default(),
        }
    }

    /// Lets whoever comes choose a role of the demonstration.
    #[must_use]
    pub fn with_roles_shown(mut self) -> Self {
        self.shows_roles = true;
        self
    }

    /// With other bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.budget = Arc::new(Budget::new(limits.bodies));
        self
    }

    /// With a key of forms that other processes hold too, or that outlives this one.
    #[must_use]
    pub fn with_form_key(mut self, key: [u8; 32]) -> Self {
        self.forms = Arc::new(FormKey::of(key));
        self
    }

    /// With a log of every request.
    #[must_use]
    pub fn with_access_log(mut self, log: impl Into<Arc<AccessLog>>) -> Self {
        self.access_log = Some(log.into());
        self
    }

    /// Reached from elsewhere, or by other names.
    #[must_use]
    pub fn with_reach(mut self, reach: impl Into<Arc<Reach>>) -> Self {
        self.reach = reach.into();
        self
    }

    /// Whether only people who have an account get in; of a demonstration everybody does.
    pub fn requires_sign_in(&self) -> bool {
        !self.shows_roles
    }

    /// The address that users know this server by, where it was said.
    pub fn public_url(&self) -> Option<&PublicUrl> {
        self.reach.public()
    }

    /// With something else to say about readiness.
    #[must_use]
    pub fn with_health(mut self, health: Health) -> Self {
        self.health = health;
        self
    }

    /// What forms carry in their hidden field: the token of this request's session.
    pub(crate) fn token(&self) -> String {
        context::session().map_or_else(String::new, |session| self.forms.token(&bound(session)))
    }

    /// Whether a form carried the token of the session that its browser showed.
    pub(crate) fn is_token(&self, given: &str) -> bool {
        context::shown_session().is_some_and(|session| self.forms.is_token(&bound(session), given))
    }

    /// Whether a form carried the token of a browser in which a session of this secret has ended.
    pub(crate) fn is_token_of(&self, secret: &str, given: &str) -> bool {
        let ended = app::accounts::session_of(secret);
        context::shown_session()
            .is_some_and(|session| self.forms.is_token(&format!("{session}/{ended}"), given))
    }

    /// The next request's id: short enough to be read out on the telephone.
    pub(crate) fn next_request(&self) -> String {
        format!(
            "{:04x}-{}",
            self.run,
            self.count.fetch_add(1, Ordering::Relaxed) + 1
        )
    }
}
