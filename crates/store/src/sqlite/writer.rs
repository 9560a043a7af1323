//! The one connection that writes, and its queue.
//!
//! Why a queue: SQLite has one writer at a time, and each of its transactions waits for the disk.
//! What waits is written in one transaction; one that is refused takes nothing of the others back,
//! and all of them are acknowledged when the disk has them. Texts that wait to be listed are listed when nothing else is to be written, or there are
//! too many of them. Why a thread of its own: an act waits for each of its statements, and nobody
//! else is kept waiting by that. Why a connection that failed is thrown away: after a full disk
//! SQLite has rolled back by itself, and nobody knows any more in what transaction the connection
//! stands. Why the file is looked for before and after: one that was moved away takes everything and
//! keeps it where nobody looks. What it can't know: whether another process writes too; it waits for
//! it, and tries again.

use super::connection::{Connection, For};
use super::pairs::{self, WAIT};
use super::spot::Spot;
use crate::StoreError;
use crate::act::{AnyAct, Outcome};
use crate::link::{Link, count_made, statements_made, upkeep};
use crate::retry::{Patience, is_passing};
use crate::value::args;
use sqlx::Error;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

type Answer = Result<Outcome, StoreError>;

/// How an act went, and how many statements it took.
type Done = (Outcome, u64);

/// How a transaction ended.
enum Ended {
    /// What was not refused is durable.
    Written(Vec<Done>),
    /// Nothing was written: this one of the group was refused after it had changed something.
    TakenBack(usize),
}

struct Request {
    act: Arc<dyn AnyAct>,
    answer: oneshot::Sender<Result<Done, StoreError>>,
}

enum Message {
    Act(Request),
    Close(oneshot::Sender<()>),
}

/// Acts that are written in one transaction, at most; a further one waits for the next.
const TOGETHER: usize = 128;
/// Rows that are written in one transaction, about; what is larger is written alone.
const ROWS_TOGETHER: usize = 1_000;
/// Acts that wait, at most; whoever comes then waits to be let in.
const WAITING: usize = 4_096;

/// Nobody wants to write when nobody came for so long: whoever was answered just now may come again.
const IDLE: Duration = Duration::from_millis(5);

/// Rows of an agency whose texts may wait while others want to write.
const TEXTS_WAIT: u64 = 16 * WAIT;

/// Where acts are handed in.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    /// Starts the writer over a connection to a database.
    pub(crate) fn start(
        connection: Connection,
        spot: &Arc<Spot>,
        place: Arc<str>,
    ) -> Result<Self, StoreError> {
        let (queue, waiting) = mpsc::channel(WAITING);
        let unstarted = |e| StoreError::io("開始寫入資料庫", spot.path(), e);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(unstarted)?;
        let desk = Desk {
            connection: Some(connection),
            spot: Arc::clone(spot),
            place,
            unlisted: None,
        };
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || runtime.block_on(desk.work(waiting)))
            .map_err(unstarted)?;
        Ok(Self { queue })
    }

    /// Hands something in, and waits until it is durable or refused.
    pub(crate) async fn carry_out(&self, act: Arc<dyn AnyAct>, place: &Arc<str>) -> Answer {
        let (answer, answered) = oneshot::channel();
        let doing = act.doing();
        let request = Message::Act(Request { act, answer });
        let closed = || StoreError::Closed {
            doing,
            place: place.to_string(),
        };
        self.queue.send(request).await.map_err(|_| closed())?;
        let (outcome, statements) = answered.await.unwrap_or_else(|_| Err(closed()))?;
        count_made(statements);
        Ok(outcome)
    }

    /// Finishes what waits and closes the connection.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

struct Desk {
    connection: Option<Connection>,
    spot: Arc<Spot>,
    place: Arc<str>,
    /// How many rows were written of an agency since its waiting texts were last listed; none
    /// before something was written: who only reads changes nothing.
    unlisted: Option<BTreeMap<String, u64>>,
}

impl Desk {
    async fn work(mut self, mut waiting: mpsc::Receiver<Message>) {
        let mut next = None;
        loop {
            if self.texts_wait(TEXTS_WAIT).is_some() {
                self.list_texts().await;
            }
            let message = match next.take().map_or_else(|| waiting.try_recv(), Ok) {
                Ok(message) => message,
                Err(TryRecvError::Empty) if self.texts_wait(WAIT).is_some() => {
                    match timeout(IDLE, waiting.recv()).await {
                        Ok(Some(message)) => message,
                        Ok(None) => break,
                        Err(_) => {
                            self.list_texts().await;
                            continue;
                        }
                    }
                }
                Err(_) => match waiting.recv().await {
                    Some(message) => message,
                    None => break,
                },
            };
            let first = match message {
                Message::Act(request) => request,
                Message::Close(done) => {
                    // Closed before it is said so.
                    drop(self);
                    let _ = done.send(());
                    return;
                }
            };
            let mut rows = first.act.weight();
            let mut group = vec![first];
            while group.len() < TOGETHER && rows < ROWS_TOGETHER {
                match waiting.try_recv() {
                    Ok(Message::Act(request)) if rows + request.act.weight() <= ROWS_TOGETHER => {
                        rows += request.act.weight();
                        group.push(request);
                    }
                    Ok(other) => {
                        next = Some(other);
                        break;
                    }
                    Err(_) => break,
                }
            }
            // Whoever went away before it began is not written for.
            group.retain(|request| !request.answer.is_closed());
            let written: Vec<_> = group
                .iter()
                .map(|request| (request.act.agency().to_owned(), request.act.weight() as u64))
                .collect();
            self.write(group).await;
            self.count_texts(written).await;
        }
    }

    /// An agency of which at least so many rows were written since its texts were listed.
    fn texts_wait(&self, least: u64) -> Option<&String> {
        let waiting = self.unlisted.iter().flatten();
        let most = waiting.max_by_key(|(_, rows)| **rows);
        most.filter(|(_, rows)| **rows >= least).map(|(agency, _)| agency)
    }

    /// Adds what was written; before the first time, what others left.
    async fn count_texts(&mut self, written: Vec<(String, u64)>) {
        if self.unlisted.is_none() {
            self.unlisted = Some(upkeep(self.left_unlisted()).await.unwrap_or_default());
        }
        for (agency, rows) in written {
            *self.unlisted.get_or_insert_default().entry(agency).or_default() += rows;
        }
    }

    async fn left_unlisted(&mut self) -> Option<BTreeMap<String, u64>> {
        let sql = "SELECT agency, COUNT(*) FROM row_text INDEXED BY row_text_unlisted
                   WHERE spot = 0 GROUP BY agency HAVING COUNT(*) >= $1";
        let mut link = Link::Quick(self.connection.as_mut()?);
        let left = link.rows(sql, args![WAIT]).await.ok()?;
        let of = left
            .iter()
            .map(|cells| Ok::<_, Error>((cells.owned(0)?, cells.unsigned(1)?)));
        of.collect::<Result<_, _>>().ok()
    }

    /// Lists some texts of the agency that waits most. What fails is tried again after further
    /// writes: until then a search reads the texts.
    async fn list_texts(&mut self) {
        let Some(agency) = self.texts_wait(WAIT).cloned() else {
            return;
        };
        let Some(mut connection) = self.connection.take() else {
            self.unlisted = None;
            return;
        };
        match upkeep(listed(&mut connection, &agency)).await {
            Ok(some) => {
                self.connection = Some(connection);
                if let Some(rows) = self
                    .unlisted
                    .get_or_insert_default()
                    .get_mut(&agency)
                    .filter(|_| !some)
                {
                    *rows = 0;
                }
            }
            Err(_) => self.unlisted = None,
        }
    }

    /// Writes a group together; where that fails, each by itself, so that what one act does
    /// wrong is told to nobody else.
    async fn write(&mut self, mut group: Vec<Request>) {
        let mut apart = Vec::new();
        while group.len() > 1 {
            match self.together(&group).await {
                Ok(Ended::Written(outcomes)) => {
                    for (request, outcome) in group.drain(..).zip(outcomes) {
                        let _ = request.answer.send(Ok(outcome));
                    }
                }
                Ok(Ended::TakenBack(refused)) => apart.push(group.remove(refused)),
                Err(_) => break,
            }
        }
        for request in group.into_iter().chain(apart) {
            let answer = match self.together(std::slice::from_ref(&request)).await {
                Ok(Ended::Written(mut outcomes)) => outcomes.pop().map(Ok),
                Ok(Ended::TakenBack(_)) => None,
                Err(error) => Some(Err(error)),
            };
            if let Some(answer) = answer {
                let _ = request.answer.send(answer);
            }
        }
    }

    async fn together(&mut self, group: &[Request]) -> Result<Ended, StoreError> {
        let Some(first) = group.first() else {
            return Ok(Ended::Written(Vec::new()));
        };
        let doing = first.act.doing();
        let mut patience = Patience::new();
        loop {
            match self.transaction(group).await {
                Ok(ended) => return Ok(ended),
                Err(error) if is_passing(&error) && patience.wait().await => {}
                Err(error) => return Err(StoreError::from_sqlx(doing, &self.place, error)),
            }
        }
    }

    /// One transaction. On an error its connection is dropped with whatever it had begun.
    async fn transaction(&mut self, group: &[Request]) -> Result<Ended, Error> {
        self.spot.check()?;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.spot.path(), For::Writing)?,
        };
        connection.bracket("BEGIN IMMEDIATE")?;
        let mut outcomes = Vec::with_capacity(group.len());
        let mut taken_back = None;
        for (n, request) in group.iter().enumerate() {
            let before = connection.changed();
            let done = carried_out(request, &mut Link::Quick(&mut connection)).await?;
            // Most are refused before they change anything: then there is nothing to take back, and a
            // savepoint for each would cost more than all that it saves.
            let is_refused = matches!(done.0, Outcome::Refused(_));
            outcomes.push(done);
            if is_refused && connection.changed() != before {
                taken_back = Some(n);
                break;
            }
        }
        let ended = match taken_back {
            Some(n) if group.len() > 1 => Ended::TakenBack(n),
            _ => Ended::Written(outcomes),
        };
        let there = self.spot.check();
        connection.bracket(if taken_back.is_some() || there.is_err() {
            "ROLLBACK"
        } else {
            "COMMIT"
        })?;
        self.connection = Some(connection);
        there.map(|()| ended)
    }
}

async fn carried_out(request: &Request, link: &mut Link<'_>) -> Result<Done, Error> {
    let before = statements_made();
    let outcome = request.act.carry_out(link).await?;
    Ok((outcome, statements_made().wrapping_sub(before)))
}

/// One transaction that lists some texts of an agency; whether there were enough of them.
async fn listed(connection: &mut Connection, agency: &str) -> Result<bool, Error> {
    let mut link = Link::Quick(connection);
    link.bracket("BEGIN IMMEDIATE").await?;
    let some = pairs::list_some(&mut link, agency, false).await?;
    link.bracket("COMMIT").await?;
    Ok(some)
}
