//! XML of any length in little memory.
//!
//! What: a walk over a part's elements and text that bounds depth, size of a single piece,
//! and all bytes unpacked; document types and unknown entities are refused. Why beside the
//! walk of `text`: a plan fits in memory, a sheet of many rows need not.
//! What it can't know: what the elements mean.

use std::cell::Cell;
use std::io::{BufReader, Read};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::SheetError;

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 256;
/// The largest single tag or piece of text.
const MAX_PIECE: u64 = 4 * 1024 * 1024;
const BUFFER: usize = 64 * 1024;

/// Counts what is unpacked, over all parts of a file.
pub(super) struct Meter {
    limit: Cell<u64>,
    total: Cell<u64>,
    piece: Cell<u64>,
    over: Cell<Option<&'static str>>,
}

impl Meter {
    pub fn new(limit: u64) -> Rc<Self> {
        Rc::new(Self {
            limit: Cell::new(limit),
            total: Cell::new(0),
            piece: Cell::new(0),
            over: Cell::new(None),
        })
    }

    /// Allows for parts that are read more than once.
    pub fn allow(&self, times: u64) {
        self.limit.set(self.limit.get().saturating_mul(times));
    }

    /// Begins the count of a single piece anew.
    pub fn next_piece(&self) {
        self.piece.set(0);
    }

    fn add(&self, bytes: usize) -> Result<(), &'static str> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.total.set(self.total.get().saturating_add(bytes));
        self.piece.set(self.piece.get().saturating_add(bytes));
        if self.total.get() > self.limit.get() {
            self.over.set(Some("內容總量超過上限"));
        } else if self.piece.get() > MAX_PIECE + u64::try_from(BUFFER).unwrap_or(0) {
            self.over.set(Some("單一標籤或文字超過上限"));
        }
        self.over.get().map_or(Ok(()), Err)
    }

    /// The error that reading ended with: too much, or broken.
    pub fn error(&self, part: &str, reason: &str) -> SheetError {
        match self.over.get() {
            Some(what) => SheetError::Bomb {
                reason: format!("{part}：{what}"),
            },
            None => SheetError::Damaged {
                reason: format!("{part}：{reason}"),
            },
        }
    }
}

/// A reader whose bytes are counted.
pub(super) struct Metered<R> {
    pub inner: R,
    pub meter: Rc<Meter>,
    /// The bytes that this part may still give.
    pub left: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(out)?;
        self.meter.add(read).map_err(std::io::Error::other)?;
        let Some(left) = self.left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX)) else {
            let what = "壓縮比高得不尋常";
            self.meter.over.set(Some(what));
            return Err(std::io::Error::other(what));
        };
        self.left = left;
        Ok(read)
    }
}

/// One step of the walk. Names are as written, with their prefix.
pub(super) enum Node<'a> {
    Open(&'a str, Attributes<'a>),
    Close(&'a str),
    Text(&'a str),
}

/// The attributes of an element.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// An attribute by its name as written; without a prefix, one without a prefix.
    pub fn get(self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|a| a.key.as_ref() == name)
            .map(|a| {
                let raw: &str = a.value.as_ref();
                unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
            })
    }

    /// Each attribute's name as written and its raw value.
    pub fn each(self, mut visit: impl FnMut(&str, &str)) {
        for a in self.0.attributes().with_checks(false).flatten() {
            visit(a.key.as_ref(), a.value.as_ref());
        }
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Walks through a part; `visit` says whether to go on.
pub(super) fn walk<R: Read>(
    part: &str,
    input: Metered<R>,
    mut visit: impl FnMut(Node<'_>) -> Result<bool, SheetError>,
) -> Result<(), SheetError> {
    let meter = Rc::clone(&input.meter);
    let mut reader = Reader::from_reader(BufReader::with_capacity(BUFFER, input));
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    loop {
        buffer.clear();
        meter.next_piece();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|e| meter.error(part, &e.to_string()))?;
        let broken = |reason: &str| meter.error(part, reason);
        let on = match event {
            Event::Eof if depth > 0 => return Err(broken("內容在結束前中斷")),
            Event::Eof => return Ok(()),
            Event::DocType(_) => return Err(broken("含有 DOCTYPE 宣告，不予讀取")),
            Event::Start(e) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(broken("巢狀過深"));
                }
                visit(Node::Open(e.name().as_ref(), Attributes(&e)))?
            }
            Event::Empty(e) => {
                visit(Node::Open(e.name().as_ref(), Attributes(&e)))?
                    && visit(Node::Close(e.name().as_ref()))?
            }
            Event::End(e) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(e.name().as_ref()))?
            }
            Event::Text(e) => visit(Node::Text(&e))?,
            Event::CData(e) => visit(Node::Text(&e))?,
            Event::GeneralRef(e) => {
                let c = entity(&e).ok_or_else(|| broken("含有未知的實體參照，不予展開"))?;
                visit(Node::Text(c.encode_utf8(&mut [0; 4])))?
            }
            _ => true,
        };
        if !on {
            return Ok(());
        }
    }
}

fn entity(e: &BytesRef<'_>) -> Option<char> {
    match e.resolve_char_ref() {
        Ok(Some(c)) => return Some(c),
        Ok(None) => {}
        Err(_) => return None,
    }
    match &**e {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
