//! The connections that read, a few of them, each lent for one transaction.
//!
//! Why always the first that is free: it has the pages in memory that are read most, and a machine with
//! one visitor keeps one connection's pages, not those of eight. What it can't know: what is read.

use super::connection::{Connection, For};
use super::spot::Spot;
use sqlx::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// How many transactions read at once; a further one waits for one of them.
const READERS: u32 = 8;
/// How long it waits.
const WAITS: Duration = Duration::from_secs(30);
/// How long readers that are under way are waited for when the database is closed.
const LEAVE: Duration = Duration::from_millis(500);

/// Lends connections that read.
#[derive(Debug, Clone)]
pub(crate) struct Readers(Arc<Inner>);

/// A connection that is lent to one at a time.
type Slot = Arc<tokio::sync::Mutex<Connection>>;

#[derive(Debug)]
struct Inner {
    spot: Arc<Spot>,
    slots: Mutex<Vec<Slot>>,
    room: Arc<Semaphore>,
}

impl Inner {
    /// The first connection that is free, or a new one.
    fn free(&self) -> Result<OwnedMutexGuard<Connection>, Error> {
        let mut slots = self.slots.lock().map_err(|_| Error::WorkerCrashed)?;
        let free = slots
            .iter()
            .find_map(|slot| Arc::clone(slot).try_lock_owned().ok());
        if let Some(free) = free {
            return Ok(free);
        }
        // Of the file that the others read.
        self.spot.check()?;
        let new = slot(Connection::open(self.spot.path(), For::Reading)?);
        slots.push(Arc::clone(&new));
        new.try_lock_owned().map_err(|_| Error::WorkerCrashed)
    }
}

fn slot(connection: Connection) -> Slot {
    Arc::new(tokio::sync::Mutex::new(connection))
}

impl Readers {
    /// Of a database that is there; one connection is opened, so that it is known whether it can be.
    pub(crate) fn of(spot: &Arc<Spot>) -> Result<Self, Error> {
        let first = Connection::open(spot.path(), For::Reading)?;
        Ok(Self(Arc::new(Inner {
            spot: Arc::clone(spot),
            slots: Mutex::new(vec![slot(first)]),
            room: Arc::new(Semaphore::new(READERS as usize)),
        })))
    }

    /// Begins to read, in a file that lies where it was opened, looked at seldom.
    pub(crate) async fn begin(&self) -> Result<Reader, Error> {
        let room = Arc::clone(&self.0.room).acquire_owned();
        let room = tokio::time::timeout(WAITS, room).await;
        let room = room
            .map_err(|_| Error::PoolTimedOut)?
            .map_err(|_| Error::PoolClosed)?;
        self.0.spot.check_seldom()?;
        let connection = self.0.free()?;
        connection.bracket("BEGIN")?;
        Ok(Reader {
            connection,
            readers: Some(Arc::clone(&self.0)),
            _room: Some(room),
        })
    }

    /// Closes the connections. Whoever still reads is not waited for much longer: nothing of a
    /// reading can be lost.
    pub(crate) async fn close(&self) {
        let all = tokio::time::timeout(LEAVE, self.0.room.acquire_many(READERS)).await;
        self.0.room.close();
        drop(all);
        if let Ok(mut slots) = self.0.slots.lock() {
            slots.clear();
        }
    }
}

/// A transaction that reads; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    connection: OwnedMutexGuard<Connection>,
    /// Whose the connection is.
    readers: Option<Arc<Inner>>,
    // Given back after the connection: fields are dropped in their order.
    _room: Option<OwnedSemaphorePermit>,
}

impl Reader {
    /// A transaction of a connection that nobody else uses afterwards.
    pub(crate) fn alone(connection: Connection) -> Result<Self, Error> {
        connection.bracket("BEGIN")?;
        let connection = slot(connection).try_lock_owned();
        Ok(Self {
            connection: connection.map_err(|_| Error::WorkerCrashed)?,
            readers: None,
            _room: None,
        })
    }

    /// Its connection.
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let ended = self.connection.bracket("ROLLBACK").is_ok();
        // One that can't end its transaction is lent to nobody any more.
        if !ended
            && let Some(readers) = &self.readers
            && let Ok(mut slots) = readers.slots.lock()
        {
            slots.retain(|slot| !Arc::ptr_eq(slot, OwnedMutexGuard::mutex(&self.connection)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Cell;

    fn filled() -> (tempfile::TempDir, Connection, Readers) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("of a test");
        let writer = rusqlite::Connection::open(&path).unwrap();
        writer
            .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
            .unwrap();
        let writer = Connection::open(&path, For::Writing).unwrap();
        let readers = Readers::of(&Arc::new(Spot::of(&path).unwrap())).unwrap();
        (dir, writer, readers)
    }

    fn sum(reader: &mut Reader) -> Cell {
        let sql = "SELECT SUM(a) FROM t";
        let found = reader.connection().rows(sql, Vec::new(), true).unwrap();
        found[0].0[0].clone()
    }

    fn add(writer: &Connection) {
        writer
            .execute("INSERT INTO t VALUES (1)", Vec::new(), true)
            .unwrap();
    }

    #[tokio::test]
    async fn a_reader_sees_one_moment_and_the_next_one_a_later() {
        let (_dir, writer, readers) = filled();
        let mut first = readers.begin().await.unwrap();
        assert_eq!(sum(&mut first), Cell::Int(1));
        add(&writer);
        let mut second = readers.begin().await.unwrap();
        assert_eq!((sum(&mut first), sum(&mut second)), (Cell::Int(1), Cell::Int(2)));
        drop(first);
        assert_eq!(sum(&mut readers.begin().await.unwrap()), Cell::Int(2));
    }

    #[tokio::test]
    async fn one_after_the_other_uses_one_connection() {
        let (_dir, _writer, readers) = filled();
        for _ in 0..20 {
            drop(readers.begin().await.unwrap());
        }
        assert_eq!(readers.0.slots.lock().unwrap().len(), 1);
        let many = [readers.begin().await.unwrap(), readers.begin().await.unwrap()];
        drop(many);
        assert_eq!(readers.0.slots.lock().unwrap().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_room_for_so_many_and_the_next_one_waits() {
        let (_dir, _writer, readers) = filled();
        let mut all = Vec::new();
        for _ in 0..READERS {
            all.push(readers.begin().await.unwrap());
        }
        assert!(matches!(readers.begin().await, Err(Error::PoolTimedOut)));
        all.pop();
        readers.begin().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_lent_when_it_closed_does_not_come_back() {
        let (_dir, _writer, readers) = filled();
        let late = readers.begin().await.unwrap();
        readers.close().await;
        assert!(matches!(readers.begin().await, Err(Error::PoolClosed)));
        drop(late);
        assert_eq!(readers.0.slots.lock().unwrap().len(), 0);
    }

    #[tokio::test]
    async fn a_connection_that_is_in_no_transaction_any_more_is_given_up() {
        let (_dir, _writer, readers) = filled();
        let mut odd = readers.begin().await.unwrap();
        odd.connection().bracket("ROLLBACK").unwrap();
        drop(odd);
        assert_eq!(readers.0.slots.lock().unwrap().len(), 0);
        let mut next = readers.begin().await.unwrap();
        assert_eq!(sum(&mut next), Cell::Int(1));
    }
}
