//! YAML 1.2, one document, with the place of every value.
//!
//! Why events and a stack of our own: depth and count are bounded before anything is
//! built, and what an alias repeats counts like what is written out. What it can't know:
//! what another reader makes of `yes`, `on` or `1.10`; only `true` and `false` are flags,
//! and numbers are kept as written.

use super::model::Problem;
use super::tree::{DEPTH_LIMIT, Entry, NODE_LIMIT, Node, Place, Value};
use crate::work::Work;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use std::collections::{HashMap, HashSet};

/// A list or map that is being read.
struct Open {
    place: Place,
    anchor: usize,
    size: Size,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        seen: HashSet<String>,
        key: Option<(String, Place)>,
    },
}

/// What a value is made of; each repetition costs as much again.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    nodes: usize,
    text: usize,
}

struct Build<'w> {
    work: &'w Work,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Node, Size)>,
    nodes: usize,
    documents: usize,
    root: Option<Node>,
}

fn place(marker: &Marker) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place {
        line: number(marker.line().max(1)),
        column: number(marker.col().saturating_add(1)),
    }
}

/// Reads a whole file.
pub(super) fn parse(text: &str, work: &Work) -> Result<Node, Problem> {
    let mut build = Build {
        work,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        documents: 0,
        root: None,
    };
    for step in Parser::new_from_str(text) {
        let (event, span) = step.map_err(|error| {
            let at = place(error.marker());
            // The scanner has a limit of its own for brackets.
            if error.info().contains("recursion limit") {
                return at.too_deep();
            }
            let message = format!("YAML 語法有誤（{}）", error.info());
            at.problem(message, "請檢查這一行的縮排、引號與冒號")
        })?;
        build.take(event, place(&span.start))?;
    }
    build
        .root
        .ok_or_else(|| Place { line: 1, column: 1 }.problem("檔案裡沒有資料", "請確認匯出的內容"))
}

impl Build<'_> {
    fn take(&mut self, event: Event<'_>, at: Place) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(at.problem("檔案裡有兩份以上的 YAML 文件", "請一個檔案只放一份"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref(), at)?;
                let size = Size {
                    nodes: 1,
                    text: text.len(),
                };
                self.count(size, at)?;
                let merge = style == ScalarStyle::Plain && text == "<<";
                if merge && self.wants_key() {
                    return Err(at.problem("不收合併鍵「<<」", "請把要合併的內容直接寫出來"));
                }
                // A key is what is written, whatever it would be as a value.
                if self.wants_key() {
                    return self.key(text.into_owned(), at);
                }
                self.close(Node { place: at, value }, anchor, size)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(anchor, tag.as_deref(), "seq", at, Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let content = Content::Map {
                    entries: Vec::new(),
                    seen: HashSet::new(),
                    key: None,
                };
                self.open(anchor, tag.as_deref(), "map", at, content)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.stack.pop() else {
                    return Ok(());
                };
                let value = match open.content {
                    Content::List(items) => Value::List(items),
                    Content::Map { entries, .. } => Value::Map(entries),
                };
                let node = Node {
                    place: open.place,
                    value,
                };
                self.close(node, open.anchor, open.size)
            }
            Event::Alias(anchor) => {
                if self.wants_key() {
                    return Err(at.problem("別名不能當鍵", "請把鍵寫出來"));
                }
                let Some((_, size)) = self.anchors.get(&anchor) else {
                    return Err(at.problem("別名指向自己所在的資料", "請把內容寫出來，不要循環引用"));
                };
                let size = *size;
                // Counted before it is repeated: this is what stops a file of aliases.
                self.count(size, at)?;
                match self.anchors.get(&anchor) {
                    Some((node, _)) => {
                        let node = node.clone();
                        self.close(node, 0, size)
                    }
                    None => Ok(()),
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn count(&mut self, size: Size, at: Place) -> Result<(), Problem> {
        self.nodes = self.nodes.saturating_add(size.nodes);
        if self.nodes > NODE_LIMIT {
            return Err(at.too_many());
        }
        let spent = self.work.steps(size.nodes);
        let spent = spent.and_then(|()| self.work.text(size.text, 1));
        spent.map_err(|halt| at.halted(halt))
    }

    fn wants_key(&self) -> bool {
        matches!(
            self.stack.last().map(|open| &open.content),
            Some(Content::Map { key: None, .. })
        )
    }

    fn open(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        own: &str,
        at: Place,
        content: Content,
    ) -> Result<(), Problem> {
        if let Some(tag) = tag.filter(|t| !(t.is_yaml_core_schema() && t.suffix == own)) {
            return Err(unknown_tag(tag, at));
        }
        if self.wants_key() {
            return Err(at.problem("鍵必須是文字", "請檢查這一行的縮排與冒號"));
        }
        if self.stack.len() > DEPTH_LIMIT {
            return Err(at.too_deep());
        }
        let size = Size { nodes: 1, text: 0 };
        self.count(size, at)?;
        self.stack.push(Open {
            place: at,
            anchor,
            size,
            content,
        });
        Ok(())
    }

    fn key(&mut self, text: String, at: Place) -> Result<(), Problem> {
        if let Some(Open {
            content: Content::Map { seen, key, .. },
            ..
        }) = self.stack.last_mut()
        {
            if !seen.insert(text.clone()) {
                return Err(at.twice(&text));
            }
            *key = Some((text, at));
        }
        Ok(())
    }

    /// A value is complete: it is kept for aliases and put where it belongs.
    fn close(&mut self, node: Node, anchor: usize, size: Size) -> Result<(), Problem> {
        if anchor > 0 {
            self.count(size, node.place)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size.nodes = open.size.nodes.saturating_add(size.nodes);
        open.size.text = open.size.text.saturating_add(size.text);
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map { entries, key, .. } => {
                if let Some((key, place)) = key.take() {
                    entries.push(Entry { key, place, node });
                }
            }
        }
        Ok(())
    }
}

fn unknown_tag(tag: &Tag, at: Place) -> Problem {
    at.problem(format!("不收 YAML 標籤「{tag}」"), "請移除標籤，直接寫出值")
}

/// A scalar by the core schema of YAML 1.2.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Place) -> Result<Value, Problem> {
    if let Some(tag) = tag {
        return if tag.is_yaml_core_schema() && tag.suffix == "str" {
            Ok(Value::Text(text.to_owned()))
        } else {
            Err(unknown_tag(tag, at))
        };
    }
    if style != ScalarStyle::Plain {
        return Ok(Value::Text(text.to_owned()));
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Flag(true),
        "false" | "False" | "FALSE" => Value::Flag(false),
        _ if is_number(text) => Value::Number(text.to_owned()),
        _ => Value::Text(text.to_owned()),
    })
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|b| b.is_ascii_digit())
        && digits.parse::<f64>().is_ok()
}
