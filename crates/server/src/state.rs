//! What every request shares: the application and this process's form token.
//!
//! Why a token per process: a page of another site can post a form but can't read one,
//! so it can't know the token. What it can't know: sessions; there is no sign-in yet.

use crate::web::work::Works;
use app::App;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shared by all requests.
#[derive(Clone)]
pub struct AppState {
    pub(crate) app: Arc<App>,
    token: Arc<str>,
    run: u16,
    count: Arc<AtomicU64>,
    /// What goes on after its answer was sent.
    pub(crate) works: Works,
}

impl AppState {
    /// Over an opened application, with a fresh token.
    pub fn new(app: Arc<App>) -> Self {
        // SipHash with a secret key of the process: four outputs make 256 bits.
        let secret = RandomState::new();
        let token = [0_u8, 1, 2, 3]
            .map(|n| format!("{:016x}", secret.hash_one(n)))
            .concat();
        let run = u16::try_from(secret.hash_one("run") & 0xffff).unwrap_or_default();
        Self {
            app,
            token: token.into(),
            run,
            count: Arc::default(),
            works: Works::default(),
        }
    }

    /// What forms carry in their hidden field.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Whether a form carried it; takes as long for a nearly right one as for a wrong one.
    pub(crate) fn is_token(&self, given: &str) -> bool {
        let (a, b) = (self.token.as_bytes(), given.as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |differing, (x, y)| differing | (x ^ y)) == 0
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
