//! XML of any length in little memory.
//!
//! What: a walk over elements and text that bounds nesting, attributes and steps; document types
//! and unknown entities are refused. Why a walk and no tree: a sheet of many rows need not fit in
//! memory, and entity expansion and deep nesting are the known attacks on XML.
//! What it can't know: what the elements mean.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::gauge::Gauge;
use super::{Reason, Refusal};

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 256;
/// The most attributes that one element may have.
const MAX_ATTRIBUTES: usize = 1_000;
/// A tag of fewer bytes can't have too many.
const FEW_ATTRIBUTES: usize = 4 * MAX_ATTRIBUTES;

/// One step of the walk. Names are as written, with their prefix.
#[derive(Clone, Copy)]
pub(crate) enum Node<'a> {
    Open(&'a str, Attributes<'a>),
    Close(&'a str),
    /// Text, with the byte of the part at which it stands.
    Text(&'a str, usize),
}

/// The attributes of an element.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// An attribute by its name as written; without a prefix, one without a prefix.
    pub fn get(self, name: &str) -> Option<String> {
        self.find(|key| key == name)
    }

    /// An attribute by its name, whatever its prefix.
    pub fn local(self, name: &str) -> Option<String> {
        self.find(|key| local(key) == name)
    }

    fn find(self, is: impl Fn(&str) -> bool) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|a| is(a.key.as_ref()))
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

    fn too_many(self) -> bool {
        self.0.len() > FEW_ATTRIBUTES && {
            let mut attributes = self.0.attributes();
            attributes.with_checks(false).nth(MAX_ATTRIBUTES).is_some()
        }
    }
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Walks through a part; `visit` says whether to go on.
pub(crate) fn walk<E: From<Refusal>>(
    part: &str,
    input: impl BufRead,
    gauge: &Gauge<'_>,
    mut visit: impl FnMut(Node<'_>) -> Result<bool, E>,
) -> Result<(), E> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    loop {
        buffer.clear();
        gauge.next_piece();
        gauge.work.step().map_err(Refusal::from)?;
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX / 2);
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|e| gauge.refusal(part, Reason::by("內容不是完整的 XML", &e)))?;
        let broken = |reason: &str| E::from(gauge.refusal(part, reason));
        let on = match event {
            Event::Eof if depth > 0 => return Err(broken("內容在結束前中斷")),
            Event::Eof => return Ok(()),
            Event::DocType(_) => return Err(broken("含有 DOCTYPE 宣告，不予讀取")),
            Event::Start(e) | Event::Empty(e) if Attributes(&e).too_many() => {
                return Err(broken("一個標籤的屬性過多"));
            }
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
            Event::Text(e) => visit(Node::Text(&e, at))?,
            Event::CData(e) => visit(Node::Text(&e, at + "<![CDATA[".len()))?,
            Event::GeneralRef(e) => {
                let c = entity(&e).ok_or_else(|| broken("含有未知的實體參照，不予展開"))?;
                visit(Node::Text(c.encode_utf8(&mut [0; 4]), at))?
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
