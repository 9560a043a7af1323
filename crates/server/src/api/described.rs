//! Routes together with what is said of them.

use super::operation::{Operation, Tag};
use crate::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::on;

/// Some routes of the API.
pub(super) struct Described {
    tag: Tag,
    router: Router<AppState>,
    operations: Vec<Operation>,
}

impl Described {
    /// None yet; those to come are about this.
    pub fn about(tag: Tag) -> Self {
        Self {
            tag,
            router: Router::new(),
            operations: Vec::new(),
        }
    }

    /// With one more operation, done by this handler.
    pub fn route<H: Handler<T, AppState>, T: 'static>(mut self, operation: Operation, handler: H) -> Self {
        let operation = operation.about_also(self.tag);
        self.router = self
            .router
            .route(operation.path, on(operation.method.filter(), handler));
        self.operations.push(operation);
        self
    }

    /// Whose requests carry this much at most.
    pub fn carrying(mut self, most: usize) -> Self {
        self.router = self.router.layer(DefaultBodyLimit::max(most));
        self
    }

    /// With others.
    pub fn and(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.operations.extend(others.operations);
        self
    }

    /// The routes.
    pub fn router(self) -> Router<AppState> {
        self.router
    }

    /// What is said of them.
    pub fn operations(self) -> Vec<Operation> {
        self.operations
    }
}
