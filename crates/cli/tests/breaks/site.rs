//! An agency in a database, the servers over it, and one request to them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use store::Location;

pub fn now<F: Future>(what: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(what)
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A session of whoever keeps the machine, as a cookie.
async fn session(location: &Location) -> String {
    let law = app::load_law(None).unwrap();
    let app = app::App::open_at(location, false, law, app::system_clock)
        .await
        .unwrap();
    let from = app::accounts::Visitor {
        address: "127.0.0.1",
        agent: "",
    };
    let opened = app.operator_session(&from).await.unwrap();
    app.close().await;
    format!("fazun_signed={}", opened.secret)
}

/// An agency with a member who may write and import.
pub struct Site {
    pub data: String,
    pub database: Option<String>,
    pub agency: String,
    pub token: String,
    /// The cookie of whoever keeps the machine.
    pub cookie: String,
    /// What the servers are started with besides.
    pub environment: Vec<(String, String)>,
}

impl Site {
    /// Makes it, in a directory that is there or not.
    pub fn new(data: &Path, database: Option<&str>) -> Self {
        let mut site = Self {
            data: data.display().to_string(),
            database: database.map(str::to_owned),
            agency: String::new(),
            token: String::new(),
            cookie: String::new(),
            environment: Vec::new(),
        };
        let plan = root().join("samples/plan/demo.pass.txt");
        site.agency = site.said(&["agency", "init", "--from-plan", plan.to_str().unwrap()]);
        let agency = site.agency.clone();
        let of = ["--agency", &agency];
        let member = [&["record", "put"], &of[..], &["--register", "member"]].concat();
        let member = site.said(
            &[
                &member[..],
                &["name=王示範", "role=資安專責人員", "from=115/01/01"],
            ]
            .concat(),
        );
        let month = app::system_clock() + 30 * 24 * 3600 * 1_000_000;
        let until = app::taipei_day(month).to_string();
        let mut token = [&["token", "create"], &of[..], &["--member", &member]].concat();
        token.extend(["--label", "試驗", "--expires", &until]);
        for scope in ["read", "write", "import"] {
            token.extend(["--scope", scope]);
        }
        site.token = site.said(&token);
        site.cookie = now(session(&site.location()));
        site
    }

    /// A page as whoever keeps the machine sees it.
    pub fn page(&self, port: u16, path: &str) -> io::Result<Answer> {
        send(port, ("GET", path), &[("cookie", &self.cookie)], &[])
    }

    /// Runs a command over it.
    pub fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fazun"));
        command.args(args).args(["--data", &self.data]);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command.envs(self.environment.clone()).output().unwrap()
    }

    fn said(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {error}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub fn location(&self) -> Location {
        let place = self.database.as_deref().unwrap_or(&self.data);
        Location::parse(place).unwrap()
    }

    /// What the doctor finds wrong.
    pub fn wrong(&self) -> Vec<String> {
        let output = self.run(&["doctor", "--json", "--listen", "127.0.0.1:0"]);
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = said["findings"].as_array().unwrap();
        let wrong = findings.iter().filter(|f| f["severity"] == "problem");
        wrong.map(|f| f["check"].as_str().unwrap().to_owned()).collect()
    }

    /// An answer to somebody with the token.
    pub fn ask(
        &self,
        port: u16,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let token = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", token.as_str())];
        all.extend(headers);
        let path = format!("/api/v1/agencies/{}/{path}", self.agency);
        send(port, (method, &path), &all, body)
    }
}

pub struct Answer {
    pub status: u16,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// One request on a connection of its own. An answer that was broken off is none.
pub fn send(
    port: u16,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head = format!("{head}{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, text) = answer.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    if length.is_some_and(|length: usize| length != text.len()) {
        return Err(broken());
    }
    Ok(Answer {
        status: status.ok_or_else(broken)?,
        text: text.to_owned(),
    })
}

/// A port that nobody listens on, to be listened on again and again.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Names a file for what servers log, where somebody wants to read it.
const LOG: &str = "FAZUN_BREAKS_LOG";

/// A process of `fazun serve`.
pub struct Server {
    child: Child,
}

impl Server {
    pub fn start(site: &Site, port: u16) -> Self {
        let log =
            std::env::var(LOG).map(|path| File::options().create(true).append(true).open(path).unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_fazun"));
        command.args([
            "serve",
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--data",
            &site.data,
        ]);
        if let Some(database) = &site.database {
            command.args(["--database", database]);
        }
        let mut child = command
            .envs(site.environment.clone())
            .stdout(Stdio::piped())
            .stderr(log.map_or_else(|_| Stdio::null(), Stdio::from))
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.as_mut().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert!(line.starts_with("http://"), "a server doesn't start: {line}");
        Self { child }
    }

    /// SIGKILL. It must have lived until now.
    pub fn kill(&mut self) {
        assert!(
            self.child.try_wait().unwrap().is_none(),
            "a server ended by itself"
        );
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
