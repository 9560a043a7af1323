//! `fazun serve` as a supervisor meets it: logs, the access log, and its end.

use crate::{Place, code, error, fazun};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    pub fn start(args: &[&str]) -> Self {
        let all = [&["serve", "--listen", "127.0.0.1:0"], args].concat();
        let mut child = crate::command(&all)
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line
            .trim()
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        assert!(!address.is_empty());
        Self { child, address }
    }

    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends SIGTERM; how long it took, and what it had said.
    pub fn terminate(&mut self) -> (Duration, String) {
        let began = Instant::now();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success(), "{said}");
        (began.elapsed(), said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn half_a_head_does_not_keep_it_from_ending() {
    let place = Place::new();
    let mut server = Server::start(&["--data", &place.data()]);
    let mut half = TcpStream::connect(&server.address).unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nhost: loc").unwrap();
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    let (took, _) = server.terminate();
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn who_knows_its_address_may_end_it_at_once() {
    let place = Place::new();
    for _ in 0..5 {
        // Without a request in between: the address is the sign that it runs.
        Server::start(&["--data", &place.data()]).terminate();
    }
}

#[test]
fn logs_are_json_lines_without_addresses() {
    let place = Place::new();
    let agency = place.agency(None);
    let access = place.file("unused", b"").replace("unused", "access.log");
    let mut server = Server::start(&["--data", &place.data(), "--access-log", &access]);
    // Nobody is signed in: the page is not shown, and the log says no more.
    let answer = server.get(&format!("/{agency}/today?q=secret-word"));
    assert!(
        answer.starts_with("HTTP/1.1 303") && answer.contains("/sign-in?next="),
        "{answer}"
    );
    assert!(server.get("/assets/no/such/page").starts_with("HTTP/1.1 404"));
    let (_, said) = server.terminate();
    let lines: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 2, "{said}");
    assert_eq!(requests[0]["route"], "/{org}/today");
    assert_eq!(requests[0]["status"], 303);
    let id = requests[1]["request"].as_str().unwrap();
    assert!(!id.is_empty());
    assert!(!said.contains(&agency) && !said.contains("secret-word"), "{said}");

    let log = std::fs::read_to_string(&access).unwrap();
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(
        log.contains(&agency) && log.contains(id) && !log.contains("secret-word"),
        "{log}"
    );
    let mode = std::fs::metadata(&access).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // The next run goes on where this one ended.
    let mut server = Server::start(&[
        "--data",
        &place.data(),
        "--access-log",
        &access,
        "--log-format",
        "text",
    ]);
    server.get("/healthz");
    let (_, said) = server.terminate();
    assert!(said.lines().all(|line| !line.starts_with('{')), "{said}");
    assert_eq!(std::fs::read_to_string(&access).unwrap().lines().count(), 3);
}

#[test]
fn the_access_log_is_opened_anew_at_sighup() {
    let place = Place::new();
    let access = place.file("unused", b"").replace("unused", "access.log");
    let aside = format!("{access}.1");
    let mut server = Server::start(&["--data", &place.data(), "--access-log", &access]);
    let count = |path: &str| std::fs::read_to_string(path).map_or(0, |text| text.lines().count());
    let until = |what: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !what() {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    server.get("/healthz");
    until(&|| count(&access) == 1);
    std::fs::rename(&access, &aside).unwrap();
    let id = server.child.id().to_string();
    let sent = Command::new("kill").args(["-HUP", &id]).status().unwrap();
    assert!(sent.success());
    let asked = std::cell::Cell::new(1);
    until(&|| {
        server.get("/healthz");
        asked.set(asked.get() + 1);
        count(&access) > 0
    });
    let (_, said) = server.terminate();
    // No line is lost on the way from one to the other.
    assert!(count(&aside) > 0, "{said}");
    assert_eq!(count(&aside) + count(&access), asked.get(), "{said}");
    let mode = std::fs::metadata(&access).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn sighup_does_not_end_a_server_without_an_access_log() {
    let place = Place::new();
    let mut server = Server::start(&["--data", &place.data()]);
    server.get("/healthz");
    let id = server.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-HUP", &id])
            .status()
            .unwrap()
            .success()
    );
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    server.terminate();
}

#[test]
fn an_access_log_that_cannot_be_written_is_said_at_start() {
    let place = Place::new();
    let nowhere = place.data() + "/no/such/folder/access.log";
    let output = fazun(&["serve", "--data", &place.data(), "--access-log", &nowhere]);
    assert_eq!(code(&output), 1);
    let said = error(&output);
    assert!(
        said.contains("不能寫入存取紀錄") && said.contains("下一步"),
        "{said}"
    );
}

#[test]
fn the_law_that_a_server_uses_is_told_by_the_ledger() {
    let place = Place::new();
    let mut server = Server::start(&["--data", &place.data()]);
    server.get("/healthz");
    server.terminate();
    let output = fazun(&["ledger", "verify", "--data", &place.data()]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        (code(&output), text.matches("起採用法規資料").count()),
        (0, 1),
        "{text}"
    );
    // The same law again is no change.
    let mut server = Server::start(&["--data", &place.data()]);
    server.get("/healthz");
    server.terminate();
    let told = fazun(&["ledger", "verify", "--data", &place.data(), "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["laws"].as_array().map(Vec::len), Some(1), "{told}");
}

#[test]
fn mail_and_timestamps_that_can_t_work_are_said_at_start() {
    let place = Place::new();
    for (args, says) in [
        (&["--checkpoint-mail", "audit@example.gov.tw"][..], "--smtp-url"),
        (&["--smtp-url", "smtp://localhost"], "--mail-from"),
        (&["--checkpoint-tsa", "tsa.example.gov.tw"], "http://"),
    ] {
        let data = place.data();
        let output = fazun(&[&["serve", "--listen", "127.0.0.1:0", "--data", &data], args].concat());
        assert!(
            code(&output) != 0 && error(&output).contains(says),
            "{}",
            error(&output)
        );
    }
}

#[test]
fn doctor_knows_a_server_of_ours() {
    let place = Place::new();
    let server = Server::start(&["--data", &place.data()]);
    let output = fazun(&["doctor", "--data", &place.data(), "--listen", &server.address]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("服務執行中"), "{text}");
    assert_eq!(code(&output), 0, "{text}");
}

/// A certificate for `localhost` as files that only their owner reads.
fn certificate(place: &Place, until: i32) -> (String, String) {
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    let files = (
        place.file("cert.pem", pem.as_bytes()),
        place.file("key.pem", key.serialize_pem().as_bytes()),
    );
    std::fs::set_permissions(&files.1, std::fs::Permissions::from_mode(0o600)).unwrap();
    files
}

#[test]
fn with_a_certificate_it_serves_encrypted_and_the_doctor_counts_its_days() {
    let place = Place::new();
    let (cert, key) = certificate(&place, 4000);
    let data = place.data();
    let server = Server::start(&["--data", &data, "--tls-cert", &cert, "--tls-key", &key]);
    let address = server.address.trim_start_matches("https://").to_owned();
    assert_ne!(address, server.address, "the line says that it is encrypted");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("https://"),
        "{answer}"
    );
    let output = fazun(&[
        "doctor",
        "--data",
        &data,
        "--listen",
        &address,
        "--tls-cert",
        &cert,
        "--tls-key",
        &key,
    ]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("正常　憑證：有效，") && said.contains(" 天"),
        "{said}"
    );
    assert!(said.contains(&format!("{address} 服務執行中")), "{said}");
}

#[test]
fn what_would_be_readable_on_the_way_is_refused_with_what_to_do() {
    let place = Place::new();
    let (cert, key) = certificate(&place, 2021);
    let data = place.data();
    for (more, said) in [
        (
            &["--tls-cert", cert.as_str(), "--tls-key", key.as_str()][..],
            "到期",
        ),
        (&["--tls-cert", cert.as_str()], "--tls-key"),
        (&["--listen", "0.0.0.0:0"], "--public-url"),
        (
            &["--listen", "0.0.0.0:0", "--public-url", "https://fazun.example"],
            "--tls-cert",
        ),
        (&["--public-url", "http://fazun.example"], "http"),
        (&["--trusted-proxy", "0.0.0.0/0"], "代理主機"),
        (
            &[
                "--listen",
                "0.0.0.0:0",
                "--public-url",
                "https://fazun.example",
                "--trusted-proxy",
                "10.0.0.1",
                "--demo",
            ],
            "示範模式",
        ),
    ] {
        let output = fazun(&[&["serve", "--data", &data], more].concat());
        assert_eq!(code(&output), 2, "{more:?}: {}", error(&output));
        assert!(error(&output).contains(said), "{more:?}: {}", error(&output));
    }
}
