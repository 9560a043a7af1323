//! JSON, by the letter (RFC 8259), with the place of every value.
//!
//! Why not a ready-made reader: none that we use keeps the place of each value and refuses
//! a key that is there twice. What it can't know: numbers; they are kept as written.

use super::model::Problem;
use super::tree::{DEPTH_LIMIT, Entry, NODE_LIMIT, Node, Place, Value};
use crate::work::Work;
use std::collections::HashSet;
use std::iter::Peekable;
use std::str::Chars;

const REMEDY: &str = "請用 JSON 檢查工具更正語法，或重新匯出";

struct Scan<'a> {
    work: &'a Work,
    chars: Peekable<Chars<'a>>,
    place: Place,
    nodes: usize,
}

/// Reads a whole file.
pub(super) fn parse(text: &str, work: &Work) -> Result<Node, Problem> {
    let mut scan = Scan {
        work,
        chars: text.chars().peekable(),
        place: Place { line: 1, column: 1 },
        nodes: 0,
    };
    let node = scan.value(0)?;
    scan.space();
    match scan.chars.peek() {
        None => Ok(node),
        Some(c) => Err(scan.place.problem(format!("結尾之後還有「{c}」"), REMEDY)),
    }
}

impl Scan<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.chars.next()?;
        if c == '\n' {
            self.place.line = self.place.line.saturating_add(1);
            self.place.column = 1;
        } else {
            self.place.column = self.place.column.saturating_add(1);
        }
        Some(c)
    }

    fn space(&mut self) {
        while matches!(self.chars.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.next();
        }
    }

    fn expected(&mut self, what: &str) -> Problem {
        let message = match self.chars.peek() {
            Some(c) => format!("這裡應為{what}，卻是「{}」", c.escape_debug()),
            None => format!("檔案在這裡中斷，還缺{what}"),
        };
        self.place.problem(message, REMEDY)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.chars.peek() == Some(&wanted);
        if found {
            self.next();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Node, Problem> {
        self.space();
        let place = self.place;
        if depth > DEPTH_LIMIT {
            return Err(place.too_deep());
        }
        self.work.step().map_err(|halt| place.halted(halt))?;
        self.nodes += 1;
        if self.nodes > NODE_LIMIT {
            return Err(place.too_many());
        }
        let value = match self.chars.peek() {
            Some('{') => self.map(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.text()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z') => self.word(place)?,
            _ => return Err(self.expected("值")),
        };
        Ok(Node { place, value })
    }

    fn map(&mut self, depth: usize) -> Result<Value, Problem> {
        self.next();
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        self.space();
        if self.eat('}') {
            return Ok(Value::Map(entries));
        }
        loop {
            self.space();
            let place = self.place;
            if self.chars.peek() != Some(&'"') {
                return Err(self.expected("加雙引號的鍵"));
            }
            let key = self.text()?;
            if !seen.insert(key.clone()) {
                return Err(place.twice(&key));
            }
            self.space();
            if !self.eat(':') {
                return Err(self.expected("冒號"));
            }
            let node = self.value(depth + 1)?;
            entries.push(Entry { key, place, node });
            self.space();
            if self.eat('}') {
                return Ok(Value::Map(entries));
            }
            if !self.eat(',') {
                return Err(self.expected("逗號或右大括號"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Problem> {
        self.next();
        let mut items = Vec::new();
        self.space();
        if self.eat(']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat(']') {
                return Ok(Value::List(items));
            }
            if !self.eat(',') {
                return Err(self.expected("逗號或右中括號"));
            }
        }
    }

    fn word(&mut self, place: Place) -> Result<Value, Problem> {
        let mut word = String::new();
        while let Some(c) = self.chars.peek().copied().filter(char::is_ascii_alphanumeric) {
            if word.len() < 16 {
                word.push(c);
            }
            self.next();
        }
        match word.as_str() {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            "null" => Ok(Value::Null),
            _ => Err(place.problem(format!("「{word}」不是 JSON 的值"), REMEDY)),
        }
    }

    fn digits(&mut self, out: &mut String) -> Result<(), Problem> {
        let before = out.len();
        while let Some(c) = self.chars.peek().copied().filter(char::is_ascii_digit) {
            out.push(c);
            self.next();
        }
        if out.len() == before {
            return Err(self.expected("數字"));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Problem> {
        let mut out = String::new();
        if self.eat('-') {
            out.push('-');
        }
        if self.eat('0') {
            out.push('0');
            if self.chars.peek().is_some_and(char::is_ascii_digit) {
                return Err(self.expected("沒有前導零的數字"));
            }
        } else {
            self.digits(&mut out)?;
        }
        if self.eat('.') {
            out.push('.');
            self.digits(&mut out)?;
        }
        if self.eat('e') || self.eat('E') {
            out.push('e');
            if self.eat('-') {
                out.push('-');
            } else {
                self.eat('+');
            }
            self.digits(&mut out)?;
        }
        Ok(Value::Number(out))
    }

    fn text(&mut self) -> Result<String, Problem> {
        self.next();
        let mut out = String::new();
        loop {
            let place = self.place;
            match self.next() {
                Some('"') => {
                    let counted = self.work.text(out.len(), 1);
                    return counted.map(|()| out).map_err(|halt| place.halted(halt));
                }
                Some('\\') => out.push(self.escape(place)?),
                Some(c) if u32::from(c) >= 0x20 => out.push(c),
                Some(_) => return Err(place.problem("字串裡有控制字元或換行", REMEDY)),
                None => return Err(place.problem("檔案在字串裡中斷", REMEDY)),
            }
        }
    }

    fn escape(&mut self, place: Place) -> Result<char, Problem> {
        Ok(match self.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('u') => {
                let wrong = || place.problem("\\u 之後不是有效的字元碼", REMEDY);
                let high = self.hex().ok_or_else(wrong)?;
                let code = if (0xD800..0xDC00).contains(&high) {
                    let low = (self.eat('\\') && self.eat('u'))
                        .then(|| self.hex())
                        .flatten()
                        .filter(|low| (0xDC00..0xE000).contains(low))
                        .ok_or_else(wrong)?;
                    0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    high
                };
                char::from_u32(code).ok_or_else(wrong)?
            }
            _ => return Err(place.problem("反斜線之後不是可用的跳脫字元", REMEDY)),
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.chars.peek()?.to_digit(16)?;
            self.next();
            code = code * 16 + digit;
        }
        Some(code)
    }
}
