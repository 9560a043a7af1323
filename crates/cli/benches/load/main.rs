//! What a server bears: `cargo bench -p cli --bench load -- [reads|apart|writes]…` prints it.
//!
//! - `reads`: 今天 and a list of 100 over 5,000 rows, by 8 clients.
//! - `apart`: what one agency's write does to the pages of another (`FAZUN_LOAD_AGENCIES`, 300;
//!   `FAZUN_LOAD_ROWS`, 5000), and `/laws` and `/healthz` by the number of agencies.
//! - `writes`: 64 clients write to a register (`FAZUN_LOAD_REGISTER`, `system`) of 50 agencies
//!   (`FAZUN_LOAD_SECONDS`, 60), each of which has `FAZUN_LOAD_ROWS` (0) rows of it to begin with, and
//!   count what was lost.
//!
//! `FAZUN_LOAD_PROGRAM` names another `fazun` to compare with; `FAZUN_LOAD_DATABASE` an empty
//! PostgreSQL database, `FAZUN_LOAD_SERVERS` how many servers stand over it. Beside rates, which hang on
//! the machine, it prints processor time a request, which hangs less on it. Nothing fails by chance
//! here; what was lost, or refused for no reason, does.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::format_push_string,
    missing_docs
)]

mod client;
mod site;

use client::{Measured, timed, together};
use site::{Agency, Server, Site};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const CLIENTS: usize = 8;
const WRITERS: usize = 64;
const WRITTEN_TO: usize = 50;

fn number(name: &str, otherwise: usize) -> usize {
    let given = std::env::var(name).ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn main() {
    let program =
        std::env::var("FAZUN_LOAD_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_fazun").to_owned());
    let database = std::env::var("FAZUN_LOAD_DATABASE").ok();
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wants = |what: &str| asked.is_empty() || asked.iter().any(|a| a == what);
    if wants("reads") {
        reads(&Site::new(&program, database.clone()));
    }
    if wants("apart") {
        apart(&program, database.clone());
    }
    if wants("writes") {
        writes(&Site::new(&program, database));
    }
}

fn print(name: &str, measured: &Measured, server: &Server, processor: f64) {
    println!(
        "{name:<34} {:>7.0}/s   p50 {:>6.2} ms, p99 {:>6.2} ms   {:.3} ms of processor each   {:.1} MB",
        measured.rate(),
        measured.percentile(50.0),
        measured.percentile(99.0),
        processor / measured.each.len() as f64,
        server.memory()
    );
}

/// Asks for one page by some clients, for some seconds.
fn asked_for(server: &Server, path: &str, token: Option<&str>, seconds: usize) -> (Measured, f64) {
    server.client(token).get(path);
    let before = server.processor();
    let measured = together(CLIENTS, Duration::from_secs(seconds as u64), |_, goes_on| {
        let mut client = server.client(token);
        let mut each = Vec::new();
        while goes_on() {
            let (answer, took) = timed(|| client.get(path));
            assert_eq!(
                answer.status,
                200,
                "{path}: {}",
                String::from_utf8_lossy(&answer.body)
            );
            each.push(took);
        }
        each
    });
    (measured, server.processor() - before)
}

fn reads(site: &Site) {
    let agency = site.staffed();
    site.assets(&agency.id, number("FAZUN_LOAD_ROWS", 5_000));
    let server = site.serve();
    let seconds = number("FAZUN_LOAD_SECONDS", 10);
    for (name, path, token) in [
        ("今天", format!("/{}/today", agency.id), None),
        (
            "list of 100 over the API",
            format!("/api/v1/agencies/{}/registers/asset/records?limit=100", agency.id),
            Some(agency.token.as_str()),
        ),
        (
            "duties over the API",
            format!("/api/v1/agencies/{}/duties", agency.id),
            Some(agency.token.as_str()),
        ),
        ("page of a list", format!("/{}/registers/asset", agency.id), None),
        ("/laws", "/laws".to_owned(), None),
        ("/healthz", "/healthz".to_owned(), None),
    ] {
        let (measured, processor) = asked_for(&server, &path, token, seconds);
        print(name, &measured, &server, processor);
    }
}

/// Milliseconds of a page, asked for one after the other.
fn median(server: &Server, path: &str, times: usize) -> f64 {
    let mut client = server.client(None);
    client.get(path);
    middle((0..times).map(|_| timed(|| client.get(path)).1).collect())
}

fn middle(each: Vec<f64>) -> f64 {
    Measured { each, seconds: 1.0 }.percentile(50.0)
}

fn apart(program: &str, database: Option<String>) {
    let rows = number("FAZUN_LOAD_ROWS", 5_000);
    let most = number("FAZUN_LOAD_AGENCIES", 300);
    let site = Site::new(program, database);
    let writer = site.staffed();
    let mut others = Vec::new();
    for count in [most / 10, most] {
        let more = site.agencies(count - 1 - others.len());
        for id in more.iter().filter(|_| rows > 0) {
            site.assets(id, rows);
        }
        others.extend(more);
        let server = site.serve();
        let first = &others[0];
        let laws = median(&server, "/laws", 200);
        let health = median(&server, "/healthz", 500);
        let today = format!("/{first}/today");
        let path = format!("/api/v1/agencies/{}/registers/vendor/records", writer.id);
        let mut writing = server.client(Some(&writer.token));
        let mut write = |n: usize| {
            let body = format!("{{\"name\":\"廠商 {count}-{n}\"}}");
            let (answer, took) = timed(|| writing.ask("POST", &path, "", &body));
            assert_eq!(answer.status, 201);
            took
        };
        // Before and after one write, of a server that has been asked for a while.
        median(&server, &today, 200);
        let before = median(&server, &today, 200);
        write(0);
        let after = median(&server, &today, 200);
        // Each page right behind a write, and each behind a pause as long: a server that waited for a
        // disk, or for anybody, begins again with cold caches.
        let mut client = server.client(None);
        client.get(&today);
        let mut behind = |wait: &mut dyn FnMut(usize)| {
            let each = (1..=300).map(|n| {
                wait(n);
                timed(|| client.get(&today)).1
            });
            middle(each.collect())
        };
        let mut waits = Vec::new();
        let written = behind(&mut |n| waits.push(write(n)));
        let pause = Duration::from_secs_f64(middle(waits) / 1000.0);
        let paused = behind(&mut |_| std::thread::sleep(pause));
        println!(
            "{count:>5} agencies × {rows} rows: /laws {laws:.2} ms, /healthz {health:.2} ms; 今天 of one agency {before:.2} ms, \
             after a write of another {after:.2} ms: ratio {:.2} (bound 1.2); each behind a write {written:.2} ms, behind a \
             pause as long ({:.1} ms) {paused:.2} ms: ratio {:.2}   {:.1} MB",
            after / before,
            pause.as_secs_f64() * 1000.0,
            written / paused,
            server.memory()
        );
    }
}

/// What a client acknowledged to itself.
#[derive(Default)]
struct Acknowledged {
    made: AtomicU64,
    counted: AtomicU64,
}

/// How far a row that everybody counts up has come.
fn counted(record: &serde_json::Value) -> u64 {
    let note = record["body"]["note"].as_str().unwrap_or_default();
    note.parse().unwrap_or(0)
}

fn writes(site: &Site) {
    let agencies: Vec<Agency> = (0..WRITTEN_TO).map(|_| site.staffed()).collect();
    let register = std::env::var("FAZUN_LOAD_REGISTER").unwrap_or_else(|_| "system".to_owned());
    let rows = number("FAZUN_LOAD_ROWS", 0);
    if rows > 0 {
        for agency in &agencies {
            site.named(&agency.id, &register, rows);
        }
    }
    println!("writes: {rows} rows of {register} an agency to begin with");
    let servers: Vec<Server> = (0..number("FAZUN_LOAD_SERVERS", 1))
        .map(|_| site.serve())
        .collect();
    let list = |agency: &Agency| format!("/api/v1/agencies/{}/registers/{register}/records", agency.id);
    // One row of each agency that everybody counts up.
    let shared: Vec<String> = agencies
        .iter()
        .map(|agency| {
            let mut client = servers[0].client(Some(&agency.token));
            let made = client.ask("POST", &list(agency), "", r#"{"name":"共用","note":"0"}"#);
            assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
            let made: serde_json::Value = serde_json::from_slice(&made.body).expect("a record");
            made["id"].as_str().expect("an id").to_owned()
        })
        .collect();
    let done: Vec<Acknowledged> = agencies.iter().map(|_| Acknowledged::default()).collect();
    let (again, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    let seconds = number("FAZUN_LOAD_SECONDS", 60);
    let before: f64 = servers.iter().map(Server::processor).sum();
    let measured = together(WRITERS, Duration::from_secs(seconds as u64), |n, goes_on| {
        let server = &servers[n % servers.len()];
        let mut each = Vec::new();
        let mut client = server.client(None);
        let mut round = 0;
        while goes_on() {
            let at = (n + round * 7) % agencies.len();
            let (agency, done) = (&agencies[at], &done[at]);
            let client = client.with(&agency.token);
            round += 1;
            if round % 4 != 0 {
                let body = format!("{{\"name\":\"示範 {n}-{round}\"}}");
                let (answer, took) = timed(|| client.ask("POST", &list(agency), "", &body));
                each.push(took);
                if answer.status == 201 {
                    done.made.fetch_add(1, Ordering::Relaxed);
                } else {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
                continue;
            }
            // Counted up from what was seen, again and again until nobody was faster.
            let path = format!("{}/{}", list(agency), shared[at]);
            loop {
                let seen = client.get(&path);
                assert_eq!(seen.status, 200, "{}", String::from_utf8_lossy(&seen.body));
                let record: serde_json::Value = serde_json::from_slice(&seen.body).expect("a record");
                let count = counted(&record);
                let (tag, body) = (
                    format!("If-Match: {}\r\n", seen.tag),
                    format!("{{\"note\":\"{}\"}}", count + 1),
                );
                let (answer, took) = timed(|| client.ask("PATCH", &path, &tag, &body));
                each.push(took);
                match answer.status {
                    200 => {
                        done.counted.fetch_add(1, Ordering::Relaxed);
                        break;
                    }
                    409 | 412 => {
                        again.fetch_add(1, Ordering::Relaxed);
                    }
                    _ => {
                        refused.fetch_add(1, Ordering::Relaxed);
                        break;
                    }
                }
            }
        }
        each
    });
    let processor = servers.iter().map(Server::processor).sum::<f64>() - before;
    print("writes", &measured, &servers[0], processor);
    let mut missing = 0;
    for ((agency, row), done) in agencies.iter().zip(&shared).zip(&done) {
        let mut client = servers[0].client(Some(&agency.token));
        let seen = client.get(&format!("{}/{row}", list(agency)));
        let record: serde_json::Value = serde_json::from_slice(&seen.body).expect("a record");
        let count = counted(&record);
        missing += done.counted.load(Ordering::Relaxed).abs_diff(count);
        let page = client.get(&format!("{}?limit=1", list(agency)));
        let page: serde_json::Value = serde_json::from_slice(&page.body).expect("a list");
        let there = page["total"].as_u64().unwrap_or(0);
        let made = done.made.load(Ordering::Relaxed) + rows as u64 + 1;
        missing += made.abs_diff(there);
    }
    let refused = refused.load(Ordering::Relaxed);
    println!(
        "   over {WRITTEN_TO} agencies by {WRITERS} clients and {} server(s): {} counted anew because somebody was faster, \
         {refused} refused, {missing} lost",
        servers.len(),
        again.load(Ordering::Relaxed)
    );
    assert_eq!((refused, missing), (0, 0), "refused and lost");
}
