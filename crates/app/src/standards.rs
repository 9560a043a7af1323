//! Standards of the user's own: imported, listed, shown with what they map to.
//!
//! They belong to the data directory, not to an agency: in the ledger they stand under
//! [`STANDARDS`], which no agency's id can be.

use crate::commands::{checked, keeps_machine};
use crate::commit::{self, Draft};
use crate::compiled::compiled_once;
use crate::ids::STANDARDS;
use crate::principal::Principal;
use crate::reads::Reads;
use crate::{App, AppError, map};
use collectors::standards::{self as parser, Kind, Mapping, Relationship, Selection, Standard};
use law::{Certainty, Control, Crossing, Relation};
use registers::standard::{Format, Holds, Standard as Row};
use std::collections::{HashMap, HashSet};
use store::{Blob, NewRow, StoredRow};
use views::{
    CrossingView, MappingSideView, MappingView, OwnRequirementView, OwnStandardHead, OwnStandardView,
    SelectionView, StandardFaultView, StandardImport,
};

const REGISTER: &str = "standard";
/// What stands before a row's id in mappings of others that lead to the protection baseline.
const BASELINE: &str = "urn:fazun:risk:req_node:protection-baseline:";
const SLUG_LIMIT: usize = 60;

/// An imported standard with its content.
struct Own {
    head: OwnStandardHead,
    content: Standard,
}

fn is_slug(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.len() <= SLUG_LIMIT
        && text.bytes().next().is_some_and(letter)
        && text.bytes().all(|b| letter(b) || b == b'-' || b == b'.')
}

/// A slug from the publisher's identifier, or from the file's name where that is no name.
fn derived(standard: &Standard, file_name: &str) -> Option<String> {
    let last = standard.id.rsplit([':', '/']).next().unwrap_or_default();
    let stem = file_name.split('.').next().unwrap_or_default();
    let uuid = standard.id.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let clean = |text: &str| {
        let word = |c: char| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        };
        let text: String = text.chars().map(word).take(SLUG_LIMIT).collect();
        text.trim_matches(['-', '.']).to_owned()
    };
    let candidates = if uuid { [stem, ""] } else { [last, stem] };
    candidates.into_iter().map(clean).find(|slug| is_slug(slug))
}

fn head(row: &StoredRow) -> Result<OwnStandardHead, AppError> {
    let body: Row = map::body(row)?;
    Ok(head_of(&row.row, row.version, &body))
}

fn head_of(slug: &str, edition: u32, body: &Row) -> OwnStandardHead {
    let (kind, kind_label) = match body.kind {
        Holds::Framework => ("framework", "框架或目錄"),
        Holds::Mapping => ("mapping", "對照"),
        Holds::Profile => ("profile", "選用（profile）"),
    };
    OwnStandardHead {
        slug: slug.to_owned(),
        identifier: body.identifier.clone(),
        title: body.title.clone(),
        version: body.version.clone(),
        publisher: body.publisher.clone(),
        format_label: match body.format {
            Format::CisoAssistant => "CISO Assistant 函式庫",
            Format::Oscal => "OSCAL",
        }
        .to_owned(),
        kind: kind.to_owned(),
        kind_label: kind_label.to_owned(),
        file_name: body.file_name.clone(),
        sha256: body.sha256.clone(),
        requirements: body.requirements,
        assessable: body.assessable,
        mappings: body.mappings,
        edition,
    }
}

fn row_of(standard: &Standard, file_name: &str, sha256: &str) -> Row {
    Row {
        identifier: standard.id.clone(),
        title: standard.title.clone(),
        version: standard.version.clone(),
        publisher: standard.publisher.clone(),
        format: match standard.format {
            parser::Format::CisoAssistant => Format::CisoAssistant,
            parser::Format::Oscal => Format::Oscal,
        },
        kind: match standard.kind {
            Kind::Framework => Holds::Framework,
            Kind::Mapping => Holds::Mapping,
            Kind::Profile => Holds::Profile,
        },
        file_name: file_name.to_owned(),
        sha256: sha256.to_owned(),
        requirements: standard.requirements.len() as u64,
        assessable: standard.assessable() as u64,
        mappings: standard.mappings.len() as u64,
    }
}

fn notes(standard: &Standard) -> Vec<(u32, String, String)> {
    let note = |n: &parser::Note| (n.line, n.pointer.clone(), n.message.clone());
    standard.notes.iter().map(note).collect()
}

fn faults(standard: &Standard) -> Vec<StandardFaultView> {
    let fault = |p: &parser::Problem| StandardFaultView {
        line: p.line,
        pointer: p.pointer.clone(),
        message: p.message.clone(),
        remedy: p.remedy.clone(),
    };
    standard.faults.iter().map(fault).collect()
}

/// Whether a file can be read as a standard; writes nothing. Strictly, where nothing at all may be
/// wrong with it.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(file_name: &str, bytes: &[u8], strictly: bool) -> Result<(), AppError> {
    let standard = parser::parse(file_name, bytes)?;
    if strictly {
        standard.strictly(file_name)?;
    }
    Ok(())
}

/// Imports a standard: a new one, a new edition of a known one, or nothing where the
/// same file is already there.
///
/// # Errors
/// Where the file can't be read, or the name is taken by another standard.
#[compiled_once]
pub async fn import(
    app: &App,
    who: &Principal,
    file_name: &str,
    bytes: Vec<u8>,
    named: Option<&str>,
) -> Result<StandardImport, AppError> {
    keeps_machine(who)?;
    let standard = parser::parse(file_name, &bytes)?;
    let sha256 = ledger::hex(&ledger::sha256(&bytes));
    let rows = Reads::open(app, STANDARDS).await?.latest_of(REGISTER).await?;
    let slug = slug_for(&standard, file_name, named, &rows)?;
    let known = rows.iter().find(|r| r.row == slug);
    if let Some(row) = known.filter(|r| !r.body.is_null()) {
        let head = head(row)?;
        if head.sha256 == sha256 {
            return Ok(StandardImport {
                outcome: "unchanged".to_owned(),
                head,
                notes: notes(&standard),
                faults: faults(&standard),
            });
        }
    }
    let version = known.map_or(0, |r| r.version);
    let body = row_of(&standard, file_name, &sha256);
    let rows = vec![NewRow {
        register: REGISTER.to_owned(),
        row: slug.clone(),
        expected_version: version,
        body: checked(&body)?,
    }];
    let mut draft = Draft::of("standard.import", rows);
    draft.blobs = vec![Blob {
        bytes,
        media_type: "application/octet-stream".to_owned(),
        name: file_name.to_owned(),
    }];
    commit::write(app, who, STANDARDS, draft).await?;
    Ok(StandardImport {
        outcome: if version == 0 { "new" } else { "new_edition" }.to_owned(),
        head: head_of(&slug, version.saturating_add(1), &body),
        notes: notes(&standard),
        faults: faults(&standard),
    })
}

/// The imported standards, by slug.
///
/// # Errors
/// Where the store can't be read.
#[compiled_once]
pub async fn own_list(app: &App) -> Result<Vec<OwnStandardHead>, AppError> {
    let rows = Reads::open(app, STANDARDS).await?.latest_of(REGISTER).await?;
    rows.iter().filter(|r| !r.body.is_null()).map(head).collect()
}

/// One imported standard, read again from its file, with what its mappings lead to.
///
/// # Errors
/// Where there is none, or its file can't be read any more.
#[compiled_once]
pub async fn own(app: &App, slug: &str) -> Result<OwnStandardView, AppError> {
    let heads = own_list(app).await?;
    let Some(index) = heads.iter().position(|h| h.slug == slug) else {
        let known: Vec<&str> = heads.iter().map(|h| h.slug.as_str()).collect();
        return Err(AppError::not_found(
            format!("沒有匯入過標準「{slug}」"),
            if known.is_empty() {
                "請先以 fazun standard import 匯入".to_owned()
            } else {
                format!("可用的標準：{}", known.join("、"))
            },
        ));
    };
    let reads = Reads::open(app, STANDARDS).await?;
    let mut all = Vec::new();
    for head in heads {
        let content = content(&reads, &head).await?;
        all.push(Own { head, content });
    }
    let homes = Homes::new(&all, app.corpus());
    let Some(own) = all.get(index) else {
        return Err(AppError::failed("標準讀不出來", "請執行 fazun ledger verify"));
    };
    Ok(OwnStandardView {
        head: own.head.clone(),
        levels: own
            .content
            .levels
            .iter()
            .map(|l| (l.id.clone(), l.title.clone()))
            .collect(),
        requirements: requirements(&own.content),
        mappings: homes.touching(own),
        selections: own
            .content
            .selections
            .iter()
            .map(|s| selection(s, &all))
            .collect(),
        notes: notes(&own.content),
        faults: faults(&own.content),
    })
}

async fn content(reads: &Reads<'_>, head: &OwnStandardHead) -> Result<Standard, AppError> {
    let blob = reads.blob(&head.sha256).await?.ok_or_else(|| {
        AppError::failed(
            format!("標準「{}」的檔案不在資料庫裡", head.slug),
            "請執行 fazun ledger verify",
        )
    })?;
    Ok(parser::parse(&head.file_name, &blob.bytes)?)
}

/// Under which slug a standard is kept: that of its earlier edition, the one asked for, or
/// one derived from it.
fn slug_for(
    standard: &Standard,
    file_name: &str,
    named: Option<&str>,
    rows: &[StoredRow],
) -> Result<String, AppError> {
    let identifier = |r: &StoredRow| {
        let id = r.body.get("identifier").and_then(serde_json::Value::as_str);
        id.map(str::to_owned)
    };
    // Some publishers give a catalogue and the profiles of it one identifier: they are no
    // editions of each other.
    let kind = map::word(&standard.kind);
    let same_kind = |r: &StoredRow| r.body.get("kind").and_then(serde_json::Value::as_str) == Some(&kind);
    let earlier = rows
        .iter()
        .find(|r| identifier(r).as_deref() == Some(standard.id.as_str()) && same_kind(r));
    if let Some(slug) = named.filter(|slug| !is_slug(slug)) {
        return Err(AppError::bad_input(
            format!("「{slug}」不能當代號"),
            format!("請用小寫英數字、連字號與點，以英數字開頭，最多 {SLUG_LIMIT} 字"),
        ));
    }
    if let Some(row) = earlier {
        return match named.filter(|slug| *slug != row.row) {
            Some(slug) => Err(AppError::bad_input(
                format!(
                    "這個標準（{}）已經以「{}」匯入，不能再叫「{slug}」",
                    standard.id, row.row
                ),
                format!("請不寫 --as，或寫 --as {}", row.row),
            )),
            None => Ok(row.row.clone()),
        };
    }
    let slug = match named {
        Some(slug) => slug.to_owned(),
        None => derived(standard, file_name).ok_or_else(|| {
            AppError::bad_input(
                format!("由識別碼「{}」與檔名取不出代號", standard.id),
                "請以 --as 指定，例如 --as city-guide",
            )
        })?,
    };
    match rows.iter().find(|r| r.row == slug && !r.body.is_null()) {
        Some(row) => Err(AppError::bad_input(
            format!(
                "代號「{slug}」已經是另一個標準（{}）",
                identifier(row).unwrap_or_default()
            ),
            "請以 --as 指定另一個代號",
        )),
        None => Ok(slug),
    }
}

fn requirements(standard: &Standard) -> Vec<OwnRequirementView> {
    let parents: HashMap<&str, Option<&str>> = standard
        .requirements
        .iter()
        .map(|r| (r.id.as_str(), r.parent.as_deref()))
        .collect();
    // The reader refuses circles; the bound only keeps that from mattering here.
    let depth = |id: &str| {
        let up = |at: &&str| parents.get(at).copied().flatten();
        std::iter::successors(Some(id), |at| up(at)).take(64).count() - 1
    };
    standard
        .requirements
        .iter()
        .map(|r| OwnRequirementView {
            id: r.id.clone(),
            reference: r.reference.clone(),
            parent: r.parent.clone(),
            depth: depth(&r.id),
            title: r.title.clone(),
            text: r.text.clone(),
            assessable: r.assessable,
            levels: r.levels.clone(),
            line: r.line,
            faults: r.faults.clone(),
        })
        .collect()
}

fn selection(s: &Selection, all: &[Own]) -> SelectionView {
    let has = |own: &Own| -> HashSet<String> {
        let ids = own.content.requirements.iter().filter(|r| r.assessable);
        ids.map(|r| r.id.clone()).collect()
    };
    let best = all
        .iter()
        .map(|own| (own, has(own)))
        .map(|(own, ids)| (s.ids.iter().filter(|id| ids.contains(*id)).count(), own, ids))
        .filter(|(found, _, _)| *found > 0)
        .max_by_key(|(found, _, _)| *found);
    let missing = best.as_ref().map_or_else(Vec::new, |(_, _, ids)| {
        s.ids.iter().filter(|id| !ids.contains(*id)).cloned().collect()
    });
    SelectionView {
        href: s.href.clone(),
        all: s.all,
        ids: s.ids.clone(),
        patterns: s.patterns.clone(),
        with_children: s.with_children,
        excluded: s.excluded.clone(),
        found_in: best.map(|(_, own, _)| own.head.slug.clone()),
        missing,
    }
}

/// Where an identifier of a mapping belongs.
struct Homes<'a> {
    all: &'a [Own],
    corpus: &'a law::Corpus,
    own: HashMap<&'a str, (&'a Own, &'a parser::Requirement)>,
    rows: HashMap<String, &'a Control>,
}

impl<'a> Homes<'a> {
    fn new(all: &'a [Own], corpus: &'a law::Corpus) -> Self {
        let own = all.iter().flat_map(|o| {
            let requirements = o.content.requirements.iter();
            requirements.map(move |r| (r.id.as_str(), (o, r)))
        });
        let rows = corpus.baseline.controls.iter();
        Self {
            all,
            corpus,
            own: own.collect(),
            rows: rows.map(|c| (c.id.to_lowercase(), c)).collect(),
        }
    }

    /// Mappings of a file, and those of others to or from its requirements.
    fn touching(&self, own: &Own) -> Vec<MappingView> {
        let ids: HashSet<&str> = own.content.requirements.iter().map(|r| r.id.as_str()).collect();
        let mut found = Vec::new();
        for other in self.all {
            let mine = other.head.slug == own.head.slug;
            for m in &other.content.mappings {
                if mine || ids.contains(m.from.as_str()) || ids.contains(m.to.as_str()) {
                    found.push(self.view(m, &other.head.slug));
                }
            }
        }
        found
    }

    fn view(&self, m: &Mapping, said_by: &str) -> MappingView {
        MappingView {
            from: self.side(&m.from),
            to: self.side(&m.to),
            relation: map::word(&m.relationship),
            relation_label: match m.relationship {
                Relationship::Equal => "相當於",
                Relationship::Subset => "範圍小於",
                Relationship::Superset => "範圍大於",
                Relationship::Intersects => "部分重疊於",
                Relationship::NotRelated => "無關於",
            }
            .to_owned(),
            strength: m.strength,
            said_by: said_by.to_owned(),
            faults: m.faults.clone(),
        }
    }

    fn side(&self, id: &str) -> MappingSideView {
        let side = |label: String, home: &str, rows: Vec<CrossingView>| MappingSideView {
            id: id.to_owned(),
            label,
            home: home.to_owned(),
            rows,
        };
        if let Some(row) = id.strip_prefix(BASELINE).and_then(|rest| self.rows.get(rest)) {
            let label = format!("{} {}", row.id, row.measure);
            return side(label, "資通系統防護基準", vec![self.row(row, None)]);
        }
        for standard in self.corpus.standards.values() {
            if let Some(control) = standard.named_by(id) {
                let rows = standard
                    .crossings(&control.id)
                    .flat_map(|c| c.rows.iter().map(move |row| (c, row)))
                    .filter_map(|(c, row)| Some(self.row(self.corpus.baseline.control(row)?, Some(c))))
                    .collect();
                return side(format!("{} {}", control.id, control.title), &standard.title, rows);
            }
        }
        match self.own.get(id) {
            Some((own, r)) => {
                let name = if r.title.is_empty() { &r.text } else { &r.title };
                let label = format!("{} {}", r.reference, name.lines().next().unwrap_or_default());
                side(label.trim().to_owned(), &own.head.title, Vec::new())
            }
            None => side(id.to_owned(), "", Vec::new()),
        }
    }

    /// A row of the baseline as a mapping reaches it: itself, or by a crosswalk.
    fn row(&self, row: &Control, crossing: Option<&Crossing>) -> CrossingView {
        let latest = self.corpus.baseline.editions.last();
        let edition = latest.map(String::as_str).unwrap_or_default();
        let relation = crossing.map_or(Relation::Equal, |c| c.relation);
        CrossingView {
            row: row.id.clone(),
            measure: row.measure_in(edition).to_owned(),
            demand: row.demand_in(edition).to_owned(),
            grade: row
                .edition(edition)
                .map_or_else(String::new, |e| e.grade.label().to_owned()),
            relation: map::word(&relation),
            relation_label: relation.label().to_owned(),
            certainty_label: crossing
                .map_or(Certainty::Open, |c| c.certainty)
                .label()
                .to_owned(),
            note: crossing.map_or_else(String::new, |c| c.note.clone()),
        }
    }
}
