//! An installation made by commands, and servers over it, of this build or of another.

use crate::client::Client;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Where the data lie, and by which program they are served.
pub struct Site {
    pub program: String,
    dir: tempfile::TempDir,
    database: Option<String>,
}

/// One agency with a token of its officer.
#[derive(Clone)]
pub struct Agency {
    pub id: String,
    pub token: String,
}

impl Site {
    /// A new one; on PostgreSQL, where an address is given (its database must be empty).
    pub fn new(program: &str, database: Option<String>) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self {
            program: program.to_owned(),
            dir,
            database,
        }
    }

    fn data(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).arg("--data").arg(self.data());
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
    }

    fn run(&self, args: &[&str]) -> String {
        let out = self.command(args).output().expect("runs");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{args:?}: {said}");
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    /// An agency of the sample plan.
    pub fn agency(&self) -> String {
        let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/plan/demo.pass.txt");
        let plan = plan.to_string_lossy().into_owned();
        self.run(&[
            "agency",
            "init",
            "--approved-on",
            "2019-08-01",
            "--from-plan",
            &plan,
        ])
    }

    /// So many agencies of the sample plan, made within this process: thousands of commands would take
    /// an hour.
    pub fn agencies(&self, count: usize) -> Vec<String> {
        let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/plan/demo.pass.txt");
        let plan = std::fs::read(plan).expect("the sample plan");
        let at = match &self.database {
            Some(address) => app::Location::parse(address).expect("an address"),
            None => app::Location::Sqlite(self.data()),
        };
        let law = app::law_for(None, &self.data()).expect("the law");
        let made = async {
            let app = app::App::open_at(&at, true, law.corpus, app::system_clock).await?;
            let mut made = Vec::new();
            for _ in 0..count {
                let options = app::InitOptions::default();
                let local = app::Principal::local("cli");
                let plan = plan.clone();
                let one = app::commands::init_from_plan(&app, &local, "demo.pass.txt", plan, options).await?;
                made.push(one.id);
            }
            app.close().await;
            Ok::<_, app::AppError>(made)
        };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(made).expect("agencies")
    }

    /// The same with an officer and a token.
    pub fn staffed(&self) -> Agency {
        let id = self.agency();
        let put = ["record", "put", "--json", "--agency", &id, "--register", "member"];
        let member = self.run(&[&put[..], &["name=王示範", "role=officer", "from=110/01/01"]].concat());
        let member: Value = serde_json::from_str(&member).expect("a record");
        let member = member["id"].as_str().expect("an id").to_owned();
        let expires = day_in(300);
        let mut args = vec![
            "token", "create", "--agency", &id, "--member", &member, "--label", "load",
        ];
        args.extend(["--scope", "read", "--scope", "write", "--expires", &expires]);
        let said = self.run(&args);
        let token = said.split_whitespace().find(|word| word.starts_with("fazun_"));
        Agency {
            token: token.expect("a token").to_owned(),
            id,
        }
    }

    /// Gives an agency so many assets.
    pub fn assets(&self, agency: &str, rows: usize) {
        let mut text = String::from(
            "資產編號,資產名稱,資產類別,擁有者,管理者,存放位置,防護需求等級,財產編號,廠牌,型號\r\n",
        );
        for n in 0..rows {
            let _ = write!(
                text,
                "AS-{n:06},主機{n},實體,資訊科,王示範,機房{}櫃,中,314-{n},示範牌,X-{}\r\n",
                n % 20,
                n % 300
            );
        }
        self.import(agency, "asset", &text);
    }

    /// Gives an agency so many rows of a register that have a name and nothing else.
    pub fn named(&self, agency: &str, register: &str, rows: usize) {
        let mut text = String::from("name\r\n");
        for n in 0..rows {
            let _ = write!(text, "示範{n:05}\r\n");
        }
        self.import(agency, register, &text);
    }

    fn import(&self, agency: &str, register: &str, text: &str) {
        let file = self.dir.path().join("rows.csv");
        std::fs::write(&file, text).expect("writes");
        let file = file.to_string_lossy().into_owned();
        let import = ["record", "import", "--agency", agency, "--register", register];
        self.run(&[&import[..], &["--commit", &file]].concat());
    }

    /// A server over it.
    pub fn serve(&self) -> Server {
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
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
        let server = Server { child, address };
        assert_eq!(Client::new(&server.address, None).get("/healthz").status, 200);
        server
    }
}

/// So many days from now, as ISO date.
fn day_in(days: i64) -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    now.saturating_add(jiff::Span::new().days(days)).to_string()
}

/// A server under way.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    pub fn client(&self, token: Option<&str>) -> Client {
        Client::new(&self.address, token)
    }

    fn of_process(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default()
    }

    /// Resident memory in MB.
    pub fn memory(&self) -> f64 {
        let status = self.of_process("status");
        let kb = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kb = kb.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        kb.unwrap_or(f64::NAN) / 1024.0
    }

    /// Processor time used so far, in milliseconds: what a request costs on a busy machine too.
    pub fn processor(&self) -> f64 {
        let stat = self.of_process("stat");
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) * 10.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
