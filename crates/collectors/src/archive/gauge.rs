//! Bytes counted while they are unpacked.
//!
//! What: a stream that ends with a refusal at the first byte too many, whatever the archive had
//! declared. Why beside the stream: an XML reader hands on an error's words, not its kind; so
//! the kind waits here. What it can't know: what the bytes mean.

use std::cell::{Cell, RefCell};
use std::io::Read;

use super::{Reason, Refusal};
use crate::work::Work;

/// The largest single tag or piece of text that is unpacked.
const MAX_PIECE: u64 = 4 * 1024 * 1024;
/// The bytes that a reader takes at once.
pub(crate) const BUFFER: usize = 64 * 1024;

/// Counts what is unpacked, over all parts of a file.
pub(crate) struct Gauge<'w> {
    pub work: &'w Work,
    piece: Cell<u64>,
    over: RefCell<Option<Refusal>>,
}

impl<'w> Gauge<'w> {
    pub fn new(work: &'w Work) -> Self {
        Self {
            work,
            piece: Cell::new(0),
            over: RefCell::new(None),
        }
    }

    /// Begins the count of a single piece anew.
    pub fn next_piece(&self) {
        self.piece.set(0);
    }

    fn add(&self, bytes: usize) -> Result<(), Refusal> {
        self.work.unpack(bytes)?;
        let piece = self
            .piece
            .get()
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.piece.set(piece);
        if piece > MAX_PIECE + u64::try_from(BUFFER).unwrap_or(0) {
            return Err(Refusal::Bomb("單一標籤或文字超過上限".to_owned()));
        }
        Ok(())
    }

    /// What reading ended with: what was counted, else what the reader says.
    pub fn refusal(&self, part: &str, reason: impl Into<Reason>) -> Refusal {
        match self.over.borrow().clone() {
            Some(Refusal::Bomb(what)) => Refusal::Bomb(format!("{part}：{what}")),
            Some(other) => other,
            None => Refusal::Part {
                part: part.to_owned(),
                reason: reason.into(),
            },
        }
    }
}

/// A stream whose bytes are counted.
pub(crate) struct Metered<'g, 'w, R> {
    pub inner: R,
    pub gauge: &'g Gauge<'w>,
    /// The bytes that this part may still give, and what is said where it gives more.
    pub left: u64,
    pub too_much: &'static str,
}

impl<R: Read> Read for Metered<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(out)?;
        let counted = self.gauge.add(read).and_then(|()| {
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            let left = self.left.checked_sub(read);
            left.ok_or_else(|| Refusal::Bomb(self.too_much.to_owned()))
        });
        match counted {
            Ok(left) => {
                self.left = left;
                Ok(read)
            }
            Err(refusal) => {
                self.gauge.over.replace(Some(refusal));
                Err(std::io::Error::other("over"))
            }
        }
    }
}
