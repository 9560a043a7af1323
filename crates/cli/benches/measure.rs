//! What the product takes: `cargo bench -p cli --bench measure` prints it.
//!
//! A released binary should answer `duties` in under 20 ms inside the running server and
//! under 80 ms as a command, serve 今天 in under 10 ms, start in under 0.3 s and idle under
//! 60 MB. The figures are printed beside these bounds; nothing fails by chance here.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const FAZUN: &str = env!("CARGO_BIN_EXE_fazun");
const ROUNDS: usize = 30;

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data").to_string_lossy().into_owned();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/plan/demo.pass.txt");
    let made = Command::new(FAZUN)
        .args([
            "agency",
            "init",
            "--approved-on",
            "2019-08-01",
            "--data",
            &data,
            "--from-plan",
        ])
        .arg(plan)
        .output()
        .expect("runs");
    let id = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    assert!(!id.is_empty(), "{}", String::from_utf8_lossy(&made.stderr));

    let command = times(|| {
        let out = Command::new(FAZUN)
            .args(["duties", "--agency", &id, "--data", &data, "--json"])
            .output()
            .expect("runs");
        assert!(out.status.success());
    });
    print("fazun duties as a command", &command, 80.0, "ms");

    let mut starts = Vec::new();
    for _ in 0..5 {
        let (server, took) = Server::start(&data);
        starts.push(took);
        drop(server);
    }
    print("start until the first answer", &starts, 300.0, "ms");

    let (server, _) = Server::start(&data);
    std::thread::sleep(Duration::from_secs(1));
    println!(
        "{:<34} {:>9.1} MB   bound 60 MB",
        "idle resident memory",
        server.memory()
    );
    for (name, path, bound) in [
        ("page 今天", format!("/{id}/today"), 10.0),
        ("page 應辦事項", format!("/{id}/duties"), 20.0),
        ("page of one duty", format!("/{id}/duties/audit.internal"), 20.0),
        ("page 計畫健檢", format!("/{id}/plan"), 20.0),
    ] {
        let mut bytes = 0;
        let found = times(|| bytes = server.get(&path));
        print(&format!("{name} ({} KB)", bytes / 1024), &found, bound, "ms");
    }
    println!("{:<34} {:>9.1} MB", "resident memory after that", server.memory());
}

fn times(mut run: impl FnMut()) -> Vec<f64> {
    run();
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect()
}

fn print(name: &str, found: &[f64], bound: f64, unit: &str) {
    let mut sorted = found.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, middle) = (sorted[0], sorted[sorted.len() / 2]);
    let most = sorted[sorted.len() - 1];
    println!(
        "{name:<34} {middle:>9.2} {unit}   least {least:.2}, most {most:.2}; bound {bound} ({:.2} of it)",
        middle / bound
    );
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts the server; the time until its start page is answered, in milliseconds.
    fn start(data: &str) -> (Self, f64) {
        let start = Instant::now();
        let mut child = Command::new(FAZUN)
            .args(["serve", "--listen", "127.0.0.1:0", "--data", data])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped"))
            .read_line(&mut line)
            .expect("prints its address");
        let address = line
            .trim()
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        let server = Self { child, address };
        server.get("/healthz");
        (server, start.elapsed().as_secs_f64() * 1000.0)
    }

    /// Gets a page; how many bytes it has.
    fn get(&self, path: &str) -> usize {
        let mut stream = TcpStream::connect(&self.address).expect("connects");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .expect("sends");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answers");
        let head = String::from_utf8_lossy(&answer[..answer.len().min(20)]).into_owned();
        assert!(head.contains(" 200"), "{path}: {head}");
        answer.len()
    }

    /// Resident memory in MB.
    fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status
            .lines()
            .find(|l| l.starts_with("VmRSS:"))
            .unwrap_or_default();
        line.split_whitespace()
            .nth(1)
            .and_then(|n| n.parse::<f64>().ok())
            .unwrap_or_default()
            / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
