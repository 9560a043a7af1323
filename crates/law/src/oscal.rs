//! The protection baseline as OSCAL: a catalogue of an edition, and a profile for each grade.
//!
//! What: the members of the official JSON schemas that we use, filled from the corpus; the
//! demands are our own words, as everywhere. Why here: a catalogue is the corpus in another
//! form, with nothing of an agency in it. The same corpus gives the same bytes: identifiers
//! are derived from its hash, and the time is that of the version, not of the clock. What it
//! can't know: the official numbering of rows, and OSCAL's Markdown; texts are plain.

use crate::baseline::{Control, ControlEdition, ControlParameter, Grade};
use crate::corpus::Corpus;
use crate::instrument::{Certainty, Version};
use crate::parameter::unit_label;
use period::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The release of the schemas that the documents follow.
const RELEASE: &str = "1.2.1";
/// The namespace of properties and parts that OSCAL itself doesn't define.
const NAMESPACE: &str = "urn:fazun:oscal";
/// The name of the catalogue's file, to which the profiles refer.
pub const CATALOG_FILE: &str = "catalog.json";

/// One file: a catalogue or a profile.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// A catalogue.
    Catalog(Catalog),
    /// A profile.
    Profile(Profile),
}

/// A catalogue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Catalog {
    uuid: String,
    metadata: Metadata,
    groups: Vec<Group>,
}

/// A profile: a choice among the controls of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    uuid: String,
    metadata: Metadata,
    imports: Vec<Import>,
    merge: Merge,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    last_modified: String,
    version: String,
    oscal_version: &'static str,
    document_ids: Vec<DocumentId>,
    props: Vec<Prop>,
    roles: Vec<Role>,
    parties: Vec<Party>,
    responsible_parties: Vec<Responsible>,
    remarks: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct DocumentId {
    identifier: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Role {
    id: &'static str,
    title: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Party {
    uuid: String,
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Responsible {
    role_id: &'static str,
    party_uuids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Prop {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ns: Option<&'static str>,
    value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Group {
    id: String,
    class: &'static str,
    title: String,
    props: Vec<Prop>,
    controls: Vec<ControlOut>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ControlOut {
    id: String,
    class: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<Param>,
    props: Vec<Prop>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Param {
    id: String,
    props: Vec<Prop>,
    label: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Part {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ns: Option<&'static str>,
    prose: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Import {
    href: &'static str,
    include_controls: Vec<Select>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Select {
    with_ids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Merge {
    as_is: bool,
}

/// A grade's word in file names and identifiers.
fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::Basic => "basic",
        Grade::Medium => "moderate",
        Grade::High => "high",
    }
}

/// The files of an edition, with their names: the catalogue and a profile for each grade.
/// Nothing where there is no such edition, or it has no day.
pub fn documents(corpus: &Corpus, edition: &str) -> Option<Vec<(String, Document)>> {
    let source = Source::new(corpus, edition)?;
    let mut files = vec![(CATALOG_FILE.to_owned(), Document::Catalog(source.catalog()))];
    for grade in Grade::ALL {
        let name = format!("profile-{}.json", word(grade));
        files.push((name, Document::Profile(source.profile(grade))));
    }
    Some(files)
}

struct Source<'c> {
    corpus: &'c Corpus,
    version: &'c Version,
    day: Date,
}

impl<'c> Source<'c> {
    fn new(corpus: &'c Corpus, edition: &str) -> Option<Self> {
        let baseline = &corpus.baseline;
        baseline.editions.iter().find(|e| *e == edition)?;
        let version = corpus.instrument(&baseline.instrument)?.version(edition)?;
        Some(Self {
            corpus,
            version,
            day: version.start().or(version.published)?,
        })
    }

    fn rows(&self) -> impl Iterator<Item = (&'c Control, &'c ControlEdition)> {
        let id = self.version.id.as_str();
        let rows = self.corpus.baseline.controls.iter();
        rows.filter_map(move |c| Some((c, c.edition(id)?)))
    }

    /// A name-based UUID, in the form of version 5 but by SHA-256: the corpus and what it is of.
    fn uuid(&self, of: &str) -> String {
        uuid(&format!("{}\n{}\n{of}", self.corpus.hash, self.version.id))
    }

    fn metadata(&self, of: &str, title_end: &str) -> Metadata {
        let party = uuid("party");
        // As sure as its least sure row.
        let rows = self.rows().map(|(_, e)| e.certainty);
        let certainty = rows.max().unwrap_or(Certainty::Open);
        let mut remarks =
            "各列的要求是資安法遵（Fazun）自己的話，不是條文；列號為自訂，列數不是法定數字。".to_owned();
        if certainty != Certainty::Primary {
            remarks.push_str("列與等級尚未與官方附表核對。");
        }
        Metadata {
            title: line(&format!(
                "資通系統防護基準（{}，{}版）{title_end}",
                self.version.title, self.version.id
            )),
            published: self.version.published.map(instant),
            last_modified: instant(self.day),
            version: format!(
                "{}+{}",
                self.version.id,
                self.corpus.hash.get(..12).unwrap_or_default()
            ),
            oscal_version: RELEASE,
            document_ids: vec![DocumentId {
                identifier: format!("urn:fazun:protection-baseline:{}:{of}", self.version.id),
            }],
            props: own(&[
                ("corpus", &self.corpus.hash),
                ("edition", &self.version.id),
                ("certainty", certainty.label()),
            ]),
            roles: vec![Role {
                id: "creator",
                title: "製作者",
            }],
            responsible_parties: vec![Responsible {
                role_id: "creator",
                party_uuids: vec![party.clone()],
            }],
            parties: vec![Party {
                uuid: party,
                kind: "organization",
                name: "資安法遵（Fazun）",
            }],
            remarks,
        }
    }

    fn catalog(&self) -> Catalog {
        let group = |d: &crate::baseline::Dimension| {
            let controls: Vec<ControlOut> = self
                .rows()
                .filter(|(c, _)| c.dimension == d.key)
                .map(|(c, e)| self.control(c, e, &d.title))
                .collect();
            (!controls.is_empty()).then(|| Group {
                id: token(&d.key),
                class: "dimension",
                title: line(&d.title),
                props: own(&[("english", &d.english)]),
                controls,
            })
        };
        let dimensions = self.corpus.baseline.dimensions.iter();
        Catalog {
            uuid: self.uuid("catalog"),
            metadata: self.metadata("catalog", ""),
            groups: dimensions.filter_map(group).collect(),
        }
    }

    fn control(&self, c: &Control, e: &ControlEdition, dimension: &str) -> ControlOut {
        let id = token(&c.id);
        let params: Vec<Param> = c.parameters.iter().map(|p| param(&id, p)).collect();
        // Items name the parameters, so that every tool shows them beside the demand.
        let items = c.parameters.iter().zip(&params).map(|(p, param)| {
            let unit = unit_label(&p.unit);
            let unit = if ["interval", "flag"].contains(&p.unit.as_str()) {
                ""
            } else {
                unit
            };
            let prose = format!("{}：{{{{ insert: param, {} }}}} {unit}", p.title, param.id);
            Part {
                id: None,
                name: "item",
                ns: None,
                prose: line(&prose),
                parts: Vec::new(),
            }
        });
        let mut parts = vec![Part {
            id: Some(format!("{id}_smt")),
            name: "statement",
            ns: None,
            prose: c.demand_in(&e.version).trim().to_owned(),
            parts: items.collect(),
        }];
        for (name, end, ns, prose) in [
            ("guidance", "gdn", None, c.how.trim().to_owned()),
            ("evidence", "evd", Some(NAMESPACE), c.evidence.join("、")),
            ("note", "nte", Some(NAMESPACE), c.note.trim().to_owned()),
        ] {
            if !prose.is_empty() {
                parts.push(Part {
                    id: Some(format!("{id}_{end}")),
                    name,
                    ns,
                    prose,
                    parts: Vec::new(),
                });
            }
        }
        let mut props = vec![Prop {
            name: "label",
            ns: None,
            value: line(&c.id),
        }];
        props.extend(own(&[
            ("dimension", dimension),
            ("grade", e.grade.label()),
            ("check", c.check.label()),
            ("certainty", e.certainty.label()),
            ("cite", &self.corpus.print(&e.cite)),
            ("was", &e.was.join("、")),
        ]));
        ControlOut {
            class: "protection-baseline",
            title: line(c.measure_in(&e.version)),
            id,
            params,
            props,
            parts,
        }
    }

    fn profile(&self, grade: Grade) -> Profile {
        let of = format!("profile:{}", word(grade));
        let required = self.corpus.baseline.required(&self.version.id, grade);
        Profile {
            uuid: self.uuid(&of),
            metadata: self.metadata(&of, &format!("，防護需求等級「{}」", grade.label())),
            imports: vec![Import {
                href: CATALOG_FILE,
                include_controls: vec![Select {
                    with_ids: required.iter().map(|c| token(&c.id)).collect(),
                }],
            }],
            merge: Merge { as_is: true },
        }
    }
}

fn param(control: &str, p: &ControlParameter) -> Param {
    Param {
        id: format!("{control}_prm_{}", token(&p.key)),
        props: own(&[("key", &p.key), ("unit", &p.unit)]),
        label: line(&p.title),
        values: p.value.map(|v| v.to_string()).into_iter().collect(),
    }
}

/// Properties of our own; those without a value are left out.
fn own(props: &[(&'static str, &str)]) -> Vec<Prop> {
    let prop = |(name, value): &(&'static str, &str)| Prop {
        name,
        ns: Some(NAMESPACE),
        value: line(value),
    };
    props.iter().map(prop).filter(|p| !p.value.is_empty()).collect()
}

/// Midnight in Taipei, where the law takes effect.
fn instant(day: Date) -> String {
    format!("{day}T00:00:00+08:00")
}

/// A text on one line, without blanks around it.
fn line(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(blank).collect::<String>().trim().to_owned()
}

/// A text as an OSCAL token; ids of the shipped baseline are tokens as they stand.
fn token(text: &str) -> String {
    let good = |c: char| c.is_alphanumeric() || ".-_".contains(c);
    let mut out: String = text.chars().map(|c| if good(c) { c } else { '_' }).collect();
    if !out.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        out.insert(0, '_');
    }
    out
}

fn uuid(name: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(NAMESPACE.as_bytes());
    hasher.update(b"\n");
    hasher.update(name.as_bytes());
    let mut out = String::new();
    for (n, byte) in hasher.finalize().iter().take(16).enumerate() {
        if [4, 6, 8, 10].contains(&n) {
            out.push('-');
        }
        let byte = match n {
            6 => (byte & 0x0f) | 0x50,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        let _ = write!(out, "{byte:02x}");
    }
    out
}
