//! What a page must have so that nobody is shut out: headings in order, a name for whatever can
//! be filled in, pressed or followed, tables with headings, references that lead somewhere.
//!
//! Read off the tags, without a browser: our templates close what they open.

use std::collections::{BTreeMap, BTreeSet};

/// A tag as it stands, with what follows it up to the next one.
struct Tag<'h> {
    name: &'h str,
    closes: bool,
    attributes: BTreeMap<&'h str, &'h str>,
    text: &'h str,
}

impl<'h> Tag<'h> {
    fn get(&self, name: &str) -> &'h str {
        self.attributes.get(name).copied().unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }
}

fn attributes(mut rest: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return found;
        }
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let mut value = "";
        rest = after;
        if let Some(quoted) = after.strip_prefix("=\"") {
            (value, rest) = quoted.split_once('"').expect("values are quoted");
        }
        assert!(found.insert(name, value).is_none(), "{name} twice");
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    for part in html.split('<').skip(1) {
        let (inside, text) = part.split_once('>').unwrap_or_else(|| panic!("<{part}"));
        if inside.starts_with('!') {
            continue;
        }
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let end = inside
            .find(|c: char| c.is_whitespace() || c == '/')
            .unwrap_or(inside.len());
        let (name, rest) = inside.split_at(end);
        found.push(Tag {
            name,
            closes,
            attributes: attributes(rest),
            text,
        });
    }
    found
}

/// What is read out of an element: its text, or that of the pictures in it.
fn said(tags: &[Tag<'_>], at: usize) -> String {
    let name = tags[at].name;
    let mut depth = 0;
    let mut text = String::new();
    for tag in &tags[at..] {
        if tag.name == name {
            depth = if tag.closes { depth - 1 } else { depth + 1 };
        }
        if depth == 0 {
            break;
        }
        text.push_str(tag.get("aria-label"));
        text.push_str(tag.text.trim());
    }
    text
}

fn level(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// Asserts the structure of a page.
#[track_caller]
pub fn sound(path: &str, html: &str) {
    let tags = tags(html);
    let open = || tags.iter().enumerate().filter(|(_, tag)| !tag.closes);
    let find = |name: &str| open().find(|(_, tag)| tag.name == name).map(|(at, _)| at);
    assert_eq!(tags[find("html").unwrap()].get("lang"), "zh-Hant-TW", "{path}");
    let title = tags[find("title").unwrap()].text;
    assert!(
        title.ends_with("－Fazun 資安法遵") && !title.starts_with('－'),
        "{path}: {title}"
    );

    // Headings: one h1, and nothing skipped on the way down.
    let mut before = 1;
    for (at, tag) in open() {
        if let Some(level) = level(tag.name) {
            assert!(level <= before + 1, "{path}: h{before} is followed by h{level}");
            assert!(!said(&tags, at).is_empty(), "{path}: an empty h{level}");
            before = level;
        }
    }
    assert_eq!(
        open().filter(|(_, t)| t.name == "h1").count(),
        1,
        "{path}: one h1"
    );

    // Ids, and what points to them.
    let mut ids = BTreeSet::new();
    for (_, tag) in open().filter(|(_, t)| t.has("id")) {
        let id = tag.get("id");
        assert!(!id.is_empty() && ids.insert(id), "{path}: the id {id} twice");
    }
    for (_, tag) in open() {
        for name in ["aria-describedby", "aria-labelledby", "for"] {
            for id in tag.get(name).split_whitespace() {
                assert!(ids.contains(id), "{path}: {name} to {id}, which is not there");
            }
            assert!(
                !tag.has(name) || !tag.get(name).is_empty(),
                "{path}: {name} to nothing"
            );
        }
        if let Some(id) = tag.get("href").strip_prefix('#') {
            assert!(ids.contains(id), "{path}: a link to #{id}, which is not there");
        }
    }

    // Whatever is filled in, pressed or followed has a name.
    let labelled: BTreeSet<&str> = open()
        .map(|(_, t)| t.get("for"))
        .filter(|id| !id.is_empty())
        .collect();
    let mut within_label = 0_usize;
    for (at, tag) in tags.iter().enumerate() {
        if tag.name == "label" {
            within_label = if tag.closes {
                within_label - 1
            } else {
                within_label + 1
            };
        }
        if tag.closes {
            continue;
        }
        let is_hidden = tag.get("type") == "hidden";
        if matches!(tag.name, "input" | "select" | "textarea") && !is_hidden {
            let named = within_label > 0
                || labelled.contains(tag.get("id"))
                || !tag.get("aria-label").is_empty()
                || tag.has("aria-labelledby");
            assert!(named, "{path}: no label for {} {}", tag.name, tag.get("name"));
        }
        if matches!(tag.name, "input" | "select" | "textarea" | "fieldset") && tag.has("aria-invalid") {
            let error = format!("{}-error", tag.get("id"));
            let described = tag
                .get("aria-describedby")
                .split_whitespace()
                .any(|id| id == error);
            assert!(described, "{path}: {error} isn't said with its field");
        }
        if matches!(
            tag.name,
            "button" | "a" | "summary" | "label" | "legend" | "option"
        ) {
            assert!(
                !said(&tags, at).is_empty(),
                "{path}: a {} without words",
                tag.name
            );
        }
        if tag.name == "fieldset" {
            let next = tags[at + 1..].iter().find(|t| !t.closes).unwrap();
            assert_eq!(next.name, "legend", "{path}: a fieldset without a legend");
        }
        if matches!(tag.name, "img" | "svg") {
            let named =
                tag.has("alt") || !tag.get("aria-label").is_empty() || tag.get("aria-hidden") == "true";
            assert!(named, "{path}: a picture without words");
        }
        // Tables: what they are of, and which way a heading goes.
        if tag.name == "table" {
            let caption = tags[at + 1..].iter().find(|t| !t.closes).unwrap().name == "caption";
            let named = caption || tag.has("aria-label") || tag.has("aria-labelledby");
            assert!(named, "{path}: a table without a name");
        }
        if tag.name == "th" {
            assert!(
                ["col", "row"].contains(&tag.get("scope")),
                "{path}: th without scope"
            );
        }
    }
}
