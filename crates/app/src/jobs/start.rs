//! A worker of the product: the one list of its jobs.

use super::assess::Assess;
use super::checkpoint::Checkpoint;
use super::clean::CleanUp;
use super::courier::Courier;
use super::derive::DeriveAnew;
use super::export::ExportList;
use super::import::CommitImport;
use super::mail::{MailAddress, Post};
use super::nightly::{Nightly, next_night};
use super::outside::{Folder, differs};
use super::queue::StoreQueue;
use super::read::ReadImport;
use super::runner::{Job, Report, Runner, Settings};
use super::timestamp::Stamp;
use super::trust::kept_by;
use super::tsa::Tsa;
use super::undo::UndoImport;
use super::verify::Verify;
use crate::compiled::compiled_once;
use crate::{App, AppError};
use std::sync::Arc;
use store::{INSTALLATION, NewJob};

/// What of the daily checkpoint goes where, as the operator said.
#[derive(Debug, Clone)]
pub struct Outside {
    /// The folder in which it is kept.
    pub folder: Folder,
    /// To whom it is mailed.
    pub mail_to: Option<MailAddress>,
    /// Who stamps it.
    pub authority: Option<Tsa>,
}

impl From<Folder> for Outside {
    /// To the folder alone.
    fn from(folder: Folder) -> Self {
        Self {
            folder,
            mail_to: None,
            authority: None,
        }
    }
}

impl App {
    /// Compares the database with what was kept of it outside, and asks for the night to come. Of
    /// a database that was exchanged, nothing is written.
    ///
    /// # Errors
    /// Where the database can't be read or written, or the kept checkpoint can't be read.
    #[compiled_once]
    pub async fn start_night(&self, outside: Option<&Folder>) -> Result<(), AppError> {
        let now = self.now();
        if let Some(why) = differs(&self.store, &kept_by(outside)?).await? {
            self.store.distrust(why);
        }
        // Nothing is asked for either where another process found something.
        if self.store.share_trust(now).await?.is_some() {
            return Ok(());
        }
        self.store.enqueue(INSTALLATION, next_night(now), now).await?;
        Ok(())
    }

    /// Has what lists filter by and searches look in derived anew, of every chain beside which other
    /// forms left it: after a form has changed. Until that is done nobody looks at it. Gives how many
    /// chains.
    ///
    /// # Errors
    /// Where the database can't be read or written.
    #[compiled_once]
    pub async fn derive_underived(&self, actor: &str) -> Result<usize, AppError> {
        let now = self.now();
        let underived = self.store.underived().await?;
        for chain in &underived {
            let job = NewJob {
                id: format!("{}-{now}", DeriveAnew::KIND),
                kind: DeriveAnew::KIND.to_owned(),
                key: DeriveAnew::KIND.to_owned(),
                // One that has begun may have begun in the forms before.
                again: true,
                actor: actor.to_owned(),
                payload: "{}".to_owned(),
                due_at: now,
                most_attempts: DeriveAnew::ATTEMPTS,
                ..NewJob::default()
            };
            self.store.enqueue(chain, job, now).await?;
        }
        self.bell.notify_one();
        Ok(underived.len())
    }

    /// A worker that knows every job of the product.
    pub fn worker(
        self: &Arc<Self>,
        settings: Settings,
        outside: Option<Outside>,
        report: Report,
    ) -> Runner<StoreQueue> {
        let (app, store, clock) = (self, self.store.clone(), self.clock);
        let mut of_installation = vec![
            (Verify::KIND, Verify::ATTEMPTS),
            (CleanUp::KIND, CleanUp::ATTEMPTS),
        ];
        if outside.is_some() {
            of_installation.push((Checkpoint::KIND, Checkpoint::ATTEMPTS));
        }
        let queue = Arc::new(StoreQueue::new(store.clone(), clock));
        let runner = Runner::new(queue, settings, report)
            .with_bell(Arc::clone(&self.bell))
            .with(Nightly {
                store: store.clone(),
                clock,
                of_installation,
                of_agencies: vec![
                    (CleanUp::KIND, CleanUp::ATTEMPTS),
                    (Assess::KIND, Assess::ATTEMPTS),
                ],
            })
            .with(Assess {
                app: Arc::clone(app),
                store: store.clone(),
            })
            .with(CommitImport { app: Arc::clone(app) })
            .with(ReadImport { app: Arc::clone(app) })
            .with(UndoImport { app: Arc::clone(app) })
            .with(ExportList { app: Arc::clone(app) })
            .with(DeriveAnew { store: store.clone() })
            .with(CleanUp {
                store: store.clone(),
                clock,
            })
            .with(Verify {
                store: store.clone(),
                clock,
                outside: outside.as_ref().map(|outside| outside.folder.clone()),
            });
        let Some(outside) = outside else {
            return runner;
        };
        let runner = runner.with(Checkpoint {
            store,
            clock,
            outside: outside.folder.clone(),
            mail_to: outside.mail_to,
            stamped: outside.authority.is_some(),
        });
        match outside.authority {
            Some(authority) => runner.with(Stamp {
                outside: outside.folder,
                authority,
            }),
            None => runner,
        }
    }

    /// What delivers the mail that waits, by a server that the operator named.
    pub fn courier(&self, post: Post, settings: Settings, report: Report) -> Courier<Post> {
        Courier::new(self.store.clone(), self.clock, post, settings, report)
    }
}
