//! Delivers what waits in the outbox: takes a message, hands it over, and says how it went.
//!
//! Why beside the jobs and not one of them: a message is written with what it tells of, has its own
//! attempts, and is its own dead letter. Why each delivery has an end: nobody else is at a message as
//! long as its lease lasts, and a delivery ends well before. What it can't know: whether a message
//! that was handed over without anybody noting it arrived; the receiver knows a second one by its id.

use super::attempt::Failure;
use super::runner::{Report, Settings};
use crate::Clock;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use store::{Backoff, ClaimedMessage, Store};

/// How messages of one kind are delivered.
pub trait Carrier: Send + Sync + 'static {
    /// The kind; never changed once released.
    const KIND: &'static str;

    /// Hands a message over. It may be dropped wherever it waits, and done again.
    fn deliver(&self, message: &ClaimedMessage) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// For how long a message is a worker's own.
const LEASE: Duration = Duration::from_mins(5);
/// How long a delivery may take: the rest is for saying how it went.
const DELIVERY: Duration = Duration::from_mins(2);

/// Delivers messages of one kind.
pub struct Courier<C> {
    store: Store,
    clock: Clock,
    carrier: Arc<C>,
    settings: Settings,
    report: Report,
}

impl<C> std::fmt::Debug for Courier<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

impl<C: Carrier> Courier<C> {
    /// Over the outbox of a database.
    pub fn new(store: Store, clock: Clock, carrier: C, settings: Settings, report: Report) -> Self {
        Self {
            store,
            clock,
            carrier: Arc::new(carrier),
            settings,
            report,
        }
    }

    /// Delivers until `stop` ends; what is under way then gets the settings' grace, and is left to
    /// somebody else.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut failures = 0_u32;
        loop {
            let claimed = self
                .store
                .claim_message(&self.settings.worker, &[C::KIND], (self.clock)(), micros(LEASE))
                .await;
            match claimed {
                Ok(Some(message)) => {
                    failures = 0;
                    if self.carry(message, &mut stop).await {
                        return;
                    }
                    continue;
                }
                Ok(None) => failures = 0,
                Err(error) => {
                    failures += 1;
                    (self.report)(&format!("尋找待寄訊息失敗：{error}"));
                }
            }
            // A database that is away is asked seldom, and its log not filled.
            let doublings = 1_u32 << u32::min(failures, 6).saturating_sub(1);
            tokio::select! {
                () = tokio::time::sleep(self.settings.idle.saturating_mul(doublings)) => {}
                () = &mut stop => return,
            }
        }
    }

    /// Delivers one message; true where it was told to stop meanwhile.
    async fn carry(&self, message: ClaimedMessage, stop: &mut (impl Future<Output = ()> + Unpin)) -> bool {
        let name = message.dedupe_id();
        let delivery = tokio::time::timeout(DELIVERY, self.carrier.deliver(&message));
        tokio::pin!(delivery);
        let (ended, stopped) = tokio::select! {
            // What is handed over is handed over, whatever else came meanwhile.
            biased;
            ended = &mut delivery => (Some(ended), false),
            () = stop => (tokio::time::timeout(self.settings.grace, &mut delivery).await.ok(), true),
        };
        let (lease, now) = (&message.lease, (self.clock)());
        let said = match ended {
            Some(Ok(Ok(()))) => self.store.sent(lease, now).await,
            Some(Ok(Err(failure))) => {
                let (error, again) = match failure {
                    Failure::Later(error) => (error, Some(Backoff::default())),
                    Failure::Never(error) => (error, None),
                };
                (self.report)(&format!(
                    "訊息 {name} 未寄出（第 {} 次）：{error}",
                    message.attempt
                ));
                self.store.not_sent(lease, &error, again, now).await
            }
            Some(Err(_)) => {
                let error = "遞送逾時，對方沒有回應";
                (self.report)(&format!(
                    "訊息 {name} 未寄出（第 {} 次）：{error}",
                    message.attempt
                ));
                self.store
                    .not_sent(lease, error, Some(Backoff::default()), now)
                    .await
            }
            None => self.store.give_back(lease, now).await,
        };
        // Where nothing could be told, the lease ends by itself and the message is taken up again.
        if let Err(error) = said {
            (self.report)(&format!("訊息 {name} 的結果無法回報：{error}"));
        }
        stopped
    }
}
