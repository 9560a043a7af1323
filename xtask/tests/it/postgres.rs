//! `scripts/postgres`: a server of its own comes, does what it promises, and is gone afterwards.
//!
//! Where Debian's PostgreSQL isn't installed, only what the script says then is tested.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres")
}

/// The script in a folder for its clusters, as if no server were known.
fn postgres(home: &Path) -> Command {
    // Whoever runs the tests in the background has SIGINT ignored, and a shell can't undo that.
    let mut command = Command::new("env");
    command
        .arg("--default-signal=INT")
        .arg(script())
        .env("TMPDIR", home)
        .env_remove("FAZUN_TEST_POSTGRES")
        .env_remove("FAZUN_TEST_STANDBY")
        .env("TOOL", script());
    command
}

fn home() -> tempfile::TempDir {
    let home = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
    // The server runs as somebody else where the tests run as root.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(home.path(), open).unwrap();
    home
}

fn there() -> bool {
    let found = Path::new("/usr/lib/postgresql").is_dir();
    if !found {
        println!("skipped: no PostgreSQL here");
    }
    found
}

fn run(home: &Path, flags: &[&str], shell: &str) -> Output {
    let mut command = postgres(home);
    command
        .args(flags)
        .args(["bash", "-c", &format!("set -e; {shell}")]);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// Servers whose data lie in a folder.
fn servers(home: &Path) -> usize {
    let needle = home.display().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .filter(|line| line.contains("postgres\0-D") && line.contains(&needle))
        .count()
}

fn left(home: &Path) -> usize {
    std::fs::read_dir(home).unwrap().count()
}

fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

const ASK: &str = "psql -AtXq -v ON_ERROR_STOP=1";

#[test]
fn a_server_of_its_own_is_there_and_gone_afterwards() {
    if !there() {
        return;
    }
    let home = home();
    let shell = format!(
        "{ASK} $FAZUN_TEST_POSTGRES -c \"select current_setting('fsync'), current_setting('listen_addresses'), \
         current_setting('server_encoding'), rolsuper, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user\"; \
         {ASK} $FAZUN_TEST_POSTGRES_ADMIN -c 'select rolsuper from pg_roles where rolname = current_user'; \
         {ASK} $FAZUN_TEST_POSTGRES -c 'create database one'; \
         {ASK} ${{FAZUN_TEST_POSTGRES%/*}}/one -c 'create extension pg_trgm' -c 'create role two'; \
         {ASK} ${{FAZUN_TEST_POSTGRES/:*@/:wrong@}} -c 'select 1' && echo 'any password will do'; cat; exit 7"
    );
    let mut command = postgres(home.path());
    command.args(["bash", "-c", &format!("set -e; {shell}")]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"from outside\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said, "on|127.0.0.1|UTF8|f|f|t\nt\nfrom outside\n", "{output:?}");
    assert_eq!(output.status.code(), Some(7), "the command's own exit code");
    assert_eq!((servers(home.path()), left(home.path())), (0, 0));
}

#[test]
fn what_was_acknowledged_is_at_the_standby_after_the_primary_was_killed() {
    if !there() {
        return;
    }
    let home = home();
    let shell = format!(
        "{ASK} $FAZUN_TEST_POSTGRES -c 'create table kept (n int)'; \
         for n in 1 2 3 4 5 6 7 8 9; do {ASK} $FAZUN_TEST_POSTGRES -c \"insert into kept values ($n)\"; done; \
         $TOOL kill primary; \
         if {ASK} $FAZUN_TEST_POSTGRES -c 'select 1' 2>/dev/null; then echo 'still there'; fi; \
         $TOOL promote; \
         {ASK} $FAZUN_TEST_STANDBY -c 'insert into kept values (10)' -c 'select count(*), sum(n) from kept'"
    );
    let output = run(home.path(), &["--standby"], &shell);
    assert_eq!(said(&output), "10|55\n");
    assert!(output.status.success());
    assert_eq!((servers(home.path()), left(home.path())), (0, 0));
}

#[test]
fn a_killed_server_can_be_started_again() {
    if !there() {
        return;
    }
    let home = home();
    let shell = format!(
        "{ASK} $FAZUN_TEST_POSTGRES -c 'create table kept (n int)' -c 'insert into kept values (1)'; \
         $TOOL kill; $TOOL start; {ASK} $FAZUN_TEST_POSTGRES -c 'select n from kept'; \
         if $TOOL kill standby 2>/dev/null; then echo 'killed what is not there'; fi"
    );
    let output = run(home.path(), &[], &shell);
    assert_eq!(said(&output), "1\n");
    assert_eq!((servers(home.path()), left(home.path())), (0, 0));
}

#[test]
fn the_server_goes_with_the_script_whatever_ends_it() {
    if !there() {
        return;
    }
    for signal in ["TERM", "INT", "KILL"] {
        let home = home();
        let mark = home.path().join("up");
        let mut child = postgres(home.path())
            .args(["bash", "-c", "touch \"$MARK\"; exec sleep 60"])
            .env("MARK", &mark)
            .spawn()
            .unwrap();
        soon("the command is run", || mark.exists());
        assert_eq!(servers(home.path()), 1);
        let sent = Command::new("bash")
            .args(["-c", &format!("kill -{signal} {}", child.id())])
            .status()
            .unwrap();
        assert!(sent.success());
        assert!(!child.wait().unwrap().success(), "{signal}");
        soon(signal, || servers(home.path()) == 0);
        if signal != "KILL" {
            assert_eq!(left(home.path()), 1, "only the mark, after {signal}");
        }
    }
}

#[test]
fn a_server_that_is_named_already_is_used() {
    let home = home();
    let output = postgres(home.path())
        .env("FAZUN_TEST_POSTGRES", "postgres://elsewhere/x")
        .args(["bash", "-c", "echo $FAZUN_TEST_POSTGRES"])
        .output()
        .unwrap();
    assert_eq!(said(&output), "postgres://elsewhere/x\n");
}

#[test]
fn without_postgresql_it_says_what_to_type() {
    let home = home();
    let line = "skipped: tests on PostgreSQL (type: sudo apt-get install postgresql)\n";
    let mut optional = postgres(home.path());
    optional.env("FAZUN_POSTGRES_BIN", "/nowhere");
    let output = optional
        .args([
            "--optional",
            "bash",
            "-c",
            "echo ${FAZUN_TEST_POSTGRES-none}; exit 3",
        ])
        .output()
        .unwrap();
    assert_eq!(said(&output), format!("{line}none\n{line}"));
    assert_eq!(output.status.code(), Some(3));

    let mut needed = postgres(home.path());
    needed.env("FAZUN_POSTGRES_BIN", "/nowhere").arg("true");
    let output = needed.output().unwrap();
    assert_eq!(said(&output), format!("postgres: {line}"));
    assert_eq!(output.status.code(), Some(1));
}
