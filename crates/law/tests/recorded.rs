//! What the crate says of the shipped law, recorded as text: what became of every citation that
//! somebody may write, what changed between the editions, what binds seven agencies, and the export.
//! A change of the data or of the code shows in the text, to be read before it is recorded anew.
#![allow(clippy::expect_used, clippy::panic)]

use facts::{Exemption, FactValue, Snapshot, Source, Subject};
use law::oscal::documents;
use law::{Applies, Corpus, Overlay, PlanParameter, RawCitation, diff, judge_citation, resolve};
use std::fmt::Write as _;
use testkit::{AgencyBuilder, day};

fn compare(name: &str, text: &str) {
    let folder = testkit::root().join("crates/law/tests/recorded");
    testkit::recorded(&folder.join(name), text);
}

fn word<T: serde::Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).expect("a value");
    match value {
        serde_json::Value::String(word) => word,
        other => other.to_string(),
    }
}

/// Each instrument by each of its names, each article by its number and beyond, with no words around
/// it and with those of its own matter in each edition, before and after the amendments.
#[test]
fn what_became_of_citations() {
    let corpus = testkit::corpus();
    let mut text = String::new();
    for instrument in corpus.instruments.values().filter(|i| i.is_national()) {
        let mut names: Vec<&str> = instrument.versions.iter().map(|v| v.title.as_str()).collect();
        names.extend(instrument.aliases.iter().map(String::as_str).take(1));
        names.sort_unstable();
        names.dedup();
        let mut articles: Vec<(String, String)> = vec![
            ("2-9".to_owned(), String::new()),
            ("70".to_owned(), String::new()),
            ("附表九十".to_owned(), String::new()),
        ];
        for version in &instrument.versions {
            for article in version.articles.iter().filter(|a| !a.id.contains('.')) {
                articles.push((article.label.clone(), String::new()));
                if !article.about.is_empty() {
                    articles.push((article.label.clone(), article.about.join("、")));
                }
            }
        }
        articles.sort();
        articles.dedup();
        for name in names {
            let _ = writeln!(text, "{name}");
            for (article, context) in &articles {
                for at in ["2020-06-30", "2022-06-30", "2026-11-21"] {
                    for (body, hint) in [
                        (None, None),
                        (Some("public_agency"), Some("2018")),
                        (Some("specific_non_government"), None),
                    ] {
                        let raw = RawCitation {
                            instrument: name,
                            article: Some(article),
                            context,
                        };
                        let j = judge_citation(&corpus, raw, body, day(at), hint);
                        let now = j.now.unwrap_or_default();
                        let of = j.cited_edition.unwrap_or_default();
                        let sure = if j.sure { "" } else { " unsure" };
                        let fits = j
                            .fits
                            .map_or_else(String::new, |f| format!(" {}:{}", f.present, f.earlier));
                        let _ = writeln!(
                            text,
                            "    {article}（{context}）{at} {}: {} {now} [{}] of {of}{sure}{fits}",
                            body.unwrap_or("-"),
                            word(&j.status),
                            j.articles.join(" "),
                        );
                    }
                }
            }
        }
    }
    compare("citations.txt", &summed(&text));
}

/// The same line said of several bodies or days in a row is said once.
fn summed(text: &str) -> String {
    let mut out = String::new();
    let mut last = String::new();
    for line in text.lines() {
        let said = line.split_once(": ").map_or(line, |(_, said)| said);
        let about = line.split_once('）').map_or(line, |(about, _)| about);
        let key = format!("{about}{said}");
        if key != last {
            let _ = writeln!(out, "{line}");
            last = key;
        }
    }
    out
}

fn scope(applies: &Applies) -> String {
    let all = applies
        .0
        .iter()
        .map(|(key, words)| format!("{key}={}", words.join("/")));
    all.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_changed_between_editions() {
    let corpus = testkit::corpus();
    let mut text = String::new();
    for (slug, instrument) in &corpus.instruments {
        let versions = &instrument.versions;
        let pairs = versions.iter().zip(versions.iter().skip(1));
        for (from, to) in pairs.flat_map(|(a, b)| [(a, b), (b, a)]) {
            let d = diff(&corpus, slug, &from.id, &to.id).expect("both are there");
            assert!(diff(&corpus, slug, &from.id, &from.id).is_some_and(|d| d.is_empty()));
            let _ = writeln!(text, "{slug} {} -> {} {}", from.id, to.id, d.is_empty());
            for a in &d.articles {
                let side = |id: &Option<String>| id.clone().unwrap_or_else(|| "-".to_owned());
                let _ = writeln!(
                    text,
                    "    {} -> {}: {}",
                    side(&a.old),
                    side(&a.new),
                    word(&a.fate)
                );
            }
            for c in &d.duties {
                let _ = writeln!(
                    text,
                    "    duty {} [{}] {}: {} -> {}",
                    c.key,
                    scope(&c.scope),
                    word(&c.change),
                    word(&c.before),
                    word(&c.after)
                );
            }
            for c in &d.parameters {
                let _ = writeln!(
                    text,
                    "    value {} [{}] {}: {} -> {}",
                    c.key,
                    scope(&c.scope),
                    word(&c.change),
                    c.before.as_ref().map_or("-", |v| v.words.as_str()),
                    c.after.as_ref().map_or("-", |v| v.words.as_str())
                );
            }
            for c in &d.transitional {
                let _ = writeln!(
                    text,
                    "    transitional {} [{}] {} before {} from {}",
                    c.key,
                    scope(&c.scope),
                    word(&c.change),
                    c.before,
                    c.counted_from
                );
            }
        }
    }
    compare("editions.txt", &text);
}

fn asked(duty: &str, subject: Subject, (from, until): (&str, &str)) -> Exemption {
    let source = Source {
        register: "exception".to_owned(),
        row: duty.to_owned(),
        version: 1,
        line: None,
    };
    Exemption {
        duty: duty.to_owned(),
        subject,
        from: day(from),
        until: day(until),
        agreed_on: Some(day("2020-01-01")),
        filed_on: Some(day("2020-01-02")),
        decided: true,
        source,
    }
}

fn agencies() -> Vec<(&'static str, Snapshot)> {
    let c = || AgencyBuilder::level("C").approved(day("2019-08-01"));
    let flag = |agency: AgencyBuilder, key: &str, value| agency.fact(key, FactValue::Flag(value));
    vec![
        (
            "A",
            AgencyBuilder::level("A")
                .approved(day("2019-08-01"))
                .core_system("甲")
                .core_system("丙")
                .build(),
        ),
        (
            "B of 2022",
            AgencyBuilder::level("B")
                .approved(day("2022-03-02"))
                .no_core_system()
                .build(),
        ),
        (
            "C of Taipei",
            flag(
                flag(c().of_city("台北市"), "outsources_systems", true),
                "supervises_agencies",
                false,
            )
            .other_system("乙")
            .contract("維護案", &["vendor-security-requirements".to_owned()])
            .build(),
        ),
        (
            "C with a plan",
            flag(c().of_city("桃園市"), "has_mail_server", true)
                .no_core_system()
                .adopts("accounting-office-plan")
                .build(),
        ),
        (
            "C relieved",
            c().core_system("甲")
                .core_system("乙")
                .exempt(asked(
                    "audit.internal",
                    Subject::Agency,
                    ("2022-03-01", "2024-12-31"),
                ))
                .exempt(asked(
                    "scan.vulnerability",
                    Subject::System("甲".into()),
                    ("2022-01-01", "2022-12-31"),
                ))
                .exempt(asked(
                    "plan.establish",
                    Subject::Agency,
                    ("2020-01-01", "2027-12-31"),
                ))
                .exempt(Exemption {
                    filed_on: None,
                    ..asked("health_check", Subject::Agency, ("2022-01-01", "2022-12-31"))
                })
                .build(),
        ),
        ("D", AgencyBuilder::level("D").build()),
        (
            "not of the government",
            AgencyBuilder::level("B")
                .fact("body", FactValue::Choice("specific_non_government".into()))
                .build(),
        ),
    ]
}

fn plan(corpus: &Corpus) -> Overlay {
    let promise = |key: &str, number: f64, unit: &str, levels: &[&str]| PlanParameter {
        key: key.into(),
        number: Some(number),
        word: None,
        unit: unit.into(),
        clause: "拾伍".into(),
        line: 1,
        levels: levels.iter().map(|l| (*l).to_owned()).collect(),
        core: false,
        per: None,
    };
    let promises = [
        promise("audit.interval", 1.0, "year", &[]),
        promise("scan.interval", 3.0, "year", &[]),
        promise("health_check.interval", 1.5, "year", &[]),
        promise("incident.report_limit", 30.0, "minute", &[]),
        promise("incident.recovery_limit", 3.0, "day", &["1", "2"]),
        promise("log.retention", 60.0, "day", &[]),
    ];
    let held = (Some(day("2022-01-01")), Some(day("2026-11-21")));
    Overlay::new(corpus, "test", "測試計畫", "1", held, &promises).0
}

#[test]
fn what_binds_seven_agencies() {
    let corpus = testkit::corpus();
    let plans = [plan(&corpus)];
    let mut text = String::new();
    for (name, agency) in agencies() {
        for at in ["2020-06-30", "2022-06-30", "2026-11-20", "2026-11-21"] {
            let _ = writeln!(text, "{name} on {at}");
            for r in resolve(&corpus, &plans, &agency, day(at)) {
                let facts = r.facts.join(" ");
                let _ = writeln!(
                    text,
                    "  {} [{}] {} ({facts})",
                    r.duty.key,
                    r.subject_name,
                    word(&r.standing)
                );
                let _ = writeln!(text, "    about {}", word(&r.subject));
                if let Some(relief) = &r.relief {
                    let by: Vec<&str> = relief.by.iter().map(|c| c.label.as_ref()).collect();
                    let instead: Vec<&str> = relief.instead_of.iter().map(|c| c.label.as_ref()).collect();
                    let (by, instead) = (by.join("、"), instead.join("、"));
                    let _ = writeln!(text, "    relieved {} by {by} instead of {instead}", relief.holds);
                }
                for req in &r.requirements {
                    let by: Vec<&str> = req.winners.iter().map(|c| c.label.as_ref()).collect();
                    let _ = writeln!(text, "    {} = {} by {}", req.key, req.words, by.join("、"));
                    for l in &req.losers {
                        let floor = if l.below_floor { ", below the floor" } else { "" };
                        let (label, reason) = (&l.clause.label, word(&l.reason));
                        let _ = writeln!(text, "      not {label}: {} ({reason}{floor})", l.outcome);
                    }
                }
                for case in &r.cases {
                    let _ = writeln!(
                        text,
                        "    {} in {} = {}",
                        case.key,
                        case.case.join("/"),
                        case.words
                    );
                }
                for rule in &r.ruled {
                    let words = rule.period.as_ref().map_or("nothing", |p| p.words.as_str());
                    let from = rule
                        .from
                        .map_or_else(|| "ever".to_owned(), |from| from.to_string());
                    let since = rule
                        .since
                        .map_or_else(String::new, |since| format!(" since {since}"));
                    let _ = writeln!(text, "    ruled from {from}: {words}{since}");
                }
            }
        }
    }
    compare("agencies.txt", &text);
}

#[test]
fn what_is_exported_as_oscal() {
    let corpus = testkit::corpus();
    let (mut text, mut ids) = (String::new(), Vec::new());
    for edition in ["2018", "2021", "2026", "none"] {
        let Some(all) = documents(&corpus, edition) else {
            let _ = writeln!(text, "{edition}: none");
            continue;
        };
        for (name, document) in all {
            let json = serde_json::to_string_pretty(&document).expect("a document");
            ids.extend(uuids(&json).into_iter().next());
            // These follow the law data as a whole.
            let follows = |l: &&str| !["\"version\"", "\"last-modified\""].iter().any(|k| l.contains(k));
            let json: String = json.lines().filter(follows).collect::<Vec<_>>().join("\n");
            let count = |key: &str| json.matches(&format!("\"{key}\":")).count();
            let _ = writeln!(
                text,
                "{edition} {name}: {} bytes, {} ids, {} props, {} params, {} parts, digest {:016x}",
                json.len(),
                count("id"),
                count("props"),
                count("params"),
                count("parts"),
                digest(&json)
            );
        }
    }
    compare("oscal.txt", &text);
    // Every document has its own, each of version 5 and of the variant of RFC 9562.
    let count = ids.len();
    assert_eq!(count, 8);
    for id in &ids {
        let nibble = |at: usize| id.chars().nth(at);
        assert_eq!((id.len(), nibble(14)), (36, Some('5')), "{id}");
        assert!(nibble(19).is_some_and(|c| "89ab".contains(c)), "{id}");
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// The identifiers of a document.
fn uuids(json: &str) -> Vec<String> {
    let of = |line: &str| {
        let (_, id) = line.split_once("\"uuid\": \"")?;
        Some(id.split('"').next()?.to_owned())
    };
    json.lines().filter_map(of).collect()
}

/// FNV-1a: enough to see that something differs.
fn digest(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
