//! A worker of the product: the one list of its jobs.

use super::assess::Assess;
use super::checkpoint::Checkpoint;
use super::clean::CleanUp;
use super::derive::DeriveAnew;
use super::export::ExportList;
use super::import::CommitImport;
use super::nightly::{Nightly, next_night};
use super::outside::{Folder, differs};
use super::queue::StoreQueue;
use super::runner::{Job, Report, Runner, Settings};
use super::verify::Verify;
use crate::{App, AppError};
use std::sync::Arc;
use store::{INSTALLATION, NewJob};

impl App {
    /// Compares the database with what was kept of it outside, and asks for the night to come. Of
    /// a database that was exchanged, nothing is written.
    ///
    /// # Errors
    /// Where the database can't be read or written, or the kept checkpoint can't be read.
    pub async fn start_night(&self, outside: Option<&Folder>) -> Result<(), AppError> {
        if let Some(outside) = outside {
            let kept = outside.latest().map_err(|e| {
                AppError::failed(
                    e,
                    "請修復檢查點資料夾，或以 --checkpoints 指定另一個資料夾後重新啟動",
                )
            })?;
            if let Some(why) = differs(&self.store, &kept).await? {
                self.store.distrust(why);
                return Ok(());
            }
        }
        let now = self.now();
        self.store.enqueue(INSTALLATION, next_night(now), now).await?;
        Ok(())
    }

    /// Has what lists filter by and searches look in derived anew, of every chain: after a form has
    /// changed. Gives how many chains.
    ///
    /// # Errors
    /// Where the database can't be written.
    pub async fn derive_all(&self, actor: &str) -> Result<usize, AppError> {
        let now = self.now();
        let heads = self.store.heads().await?;
        for head in &heads {
            let job = NewJob {
                id: format!("{}-{now}", DeriveAnew::KIND),
                kind: DeriveAnew::KIND.to_owned(),
                key: DeriveAnew::KIND.to_owned(),
                // One that has begun may have begun in the form before.
                again: true,
                actor: actor.to_owned(),
                payload: "{}".to_owned(),
                due_at: now,
                most_attempts: DeriveAnew::ATTEMPTS,
                ..NewJob::default()
            };
            self.store.enqueue(&head.agency, job, now).await?;
        }
        Ok(heads.len())
    }

    /// A worker that knows every job of the product.
    pub fn worker(
        self: &Arc<Self>,
        settings: Settings,
        outside: Option<Folder>,
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
            .with(ExportList { app: Arc::clone(app) })
            .with(DeriveAnew { store: store.clone() })
            .with(CleanUp {
                store: store.clone(),
                clock,
            })
            .with(Verify {
                store: store.clone(),
                outside: outside.clone(),
            });
        match outside {
            Some(outside) => runner.with(Checkpoint {
                store,
                clock,
                outside,
            }),
            None => runner,
        }
    }
}
