//! What can be wrong with a database, as the program says it that somebody has installed: each in
//! a sentence that says what to do, by `serve` and by `doctor`, and no password in any.

use crate::{Place, code, error, fazun};
use serde_json::Value;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::testing::{SERVER, administer, alter_file};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// No word of a message, and in no message.
const PASSWORD: &str = "k9-geheim";

fn now<F: Future>(what: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(what)
}

/// A database of PostgreSQL with a role of its own, both of the same name.
struct Guest {
    name: String,
    host: String,
}

impl Guest {
    fn new(made: &str) -> Option<Self> {
        let Ok(server) = std::env::var(SERVER) else {
            println!("skipped: {SERVER} names no server");
            return None;
        };
        let name = format!(
            "fazun_guest_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let (_, place) = server.rsplit_once('@').unwrap();
        let host = place.split('/').next().unwrap().to_owned();
        now(async {
            administer(
                "postgres",
                &format!("CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'"),
            )
            .await;
            administer(
                "postgres",
                &format!("CREATE DATABASE {name} OWNER {name} TEMPLATE template0 {made}"),
            )
            .await;
        });
        Some(Self { name, host })
    }

    fn address(&self) -> String {
        format!("postgres://{0}:{PASSWORD}@{1}/{0}", self.name, self.host)
    }

    /// As the server's superuser, with `$` for the name.
    fn change(&self, sql: &str) {
        now(administer(&self.name, &sql.replace('$', &self.name)));
    }

    /// With an agency in it.
    fn filled(self) -> Self {
        let plan = crate::sample("demo.pass.txt");
        let output = fazun(&[
            "agency",
            "init",
            "--from-plan",
            &plan,
            "--database",
            &self.address(),
        ]);
        assert_eq!(code(&output), 0, "{}", error(&output));
        self
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let drop = |what: &str| format!("DROP {what} {}", self.name);
            now(async {
                administer("postgres", &format!("{} WITH (FORCE)", drop("DATABASE"))).await;
                administer("postgres", &drop("ROLE")).await;
            });
        }
    }
}

/// What the doctor finds wrong: check and everything that is said of it.
fn wrong(more: &[&str]) -> Vec<(String, String)> {
    let mut args = vec!["doctor", "--json", "--listen", "127.0.0.1:0"];
    args.extend(more);
    let output = fazun(&args);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !text.contains(PASSWORD) && !error(&output).contains(PASSWORD),
        "{text}"
    );
    let said: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}", error(&output)));
    let findings = said["findings"].as_array().unwrap();
    let wrong: Vec<(String, String)> = findings
        .iter()
        .filter(|f| f["severity"] == "problem")
        .map(|f| {
            let word = |key: &str| f[key].as_str().unwrap().to_owned();
            assert!(!word("remedy").is_empty(), "{f}");
            (word("check"), format!("{} {}", word("message"), word("remedy")))
        })
        .collect();
    assert_eq!(code(&output), i32::from(!wrong.is_empty()), "{text}");
    wrong
}

/// Asserts that neither serves it, and that both say why.
fn refused(args: &[&str], says: &str) {
    let mut serve = vec!["serve", "--listen", "127.0.0.1:0"];
    serve.extend(args);
    let output = fazun(&serve);
    let said = error(&output);
    assert_eq!(code(&output), 1, "{said}");
    assert!(said.contains(says), "{says}: {said}");
    assert!(said.contains('請') && !said.contains(PASSWORD), "{said}");
    let found = wrong(args);
    assert!(
        found.iter().any(|(_, said)| said.contains(says)),
        "{says}: {found:?}"
    );
    println!("{}", said.trim());
}

/// The same of a database of PostgreSQL; in a directory of its own, where there is nothing.
fn refused_at(address: &str, says: &str) {
    let place = Place::new();
    refused(&["--data", &place.data(), "--database", address], says);
    assert!(!Path::new(&place.data()).join("fazun.db").exists());
}

#[test]
fn an_address_that_leads_nowhere() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!(
        "postgres://fazun:{PASSWORD}@{}/fazun?connect_timeout=1",
        silent.local_addr().unwrap()
    );
    refused_at(&at, "沒有在時限內回應");
    drop(silent);
    refused_at(&at, "連不上資料庫");
    // Nobody is left who would.
    let place = Place::new();
    let output = fazun(&["serve", "--data", &place.data(), "--database", &at]);
    let said = error(&output);
    assert!(
        said.contains("請先啟動資料庫服務") && !said.contains("自行重新連線"),
        "{said}"
    );
    // What is after the `@` may be a part of a password: it is not repeated either.
    let place = Place::new();
    for wrong in [
        format!("postgres://fazun:a@b:{PASSWORD}/fazun"),
        format!("mysql://fazun:{PASSWORD}@h/d"),
        format!("postgres://fazun:{PASSWORD}@h/d?sslmode={PASSWORD}"),
    ] {
        for command in ["serve", "doctor"] {
            let output = fazun(&[command, "--data", &place.data(), "--database", &wrong]);
            assert_eq!(code(&output), 1);
            let said = error(&output);
            assert!(
                said.contains("資料庫網址有誤") && !said.contains(PASSWORD),
                "{said}"
            );
        }
    }
}

#[test]
fn a_wrong_password_and_a_database_that_is_not_there() {
    let Some(guest) = Guest::new("ENCODING 'UTF8'") else {
        return;
    };
    let address = guest.address();
    refused_at(
        &address.replace(PASSWORD, "another-k9-geheim"),
        "不接受這個帳號或密碼",
    );
    refused_at(&format!("{address}_not"), "CREATE DATABASE");
}

#[test]
fn what_another_program_or_another_version_made() {
    let Some(guest) = Guest::new("ENCODING 'UTF8'") else {
        return;
    };
    guest.change("CREATE TABLE invoices (id int)");
    refused_at(&guest.address(), "其他程式的資料表（invoices）");
    let output = fazun(&[
        "doctor",
        "--database",
        &guest.address(),
        "--listen",
        "127.0.0.1:0",
    ]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        told.contains("資料庫帳號") && !told.contains("機關隔離"),
        "{told}"
    );
    guest.change("DROP TABLE invoices");
    let guest = guest.filled();
    guest.change("INSERT INTO fazun_schema VALUES (99, 'future', '\\x00', 0)");
    refused_at(&guest.address(), "第 99 版");
    guest.change("UPDATE fazun_schema SET version = 2, name = 'past' WHERE version = 99");
    refused_at(&guest.address(), "早期開發版");
    guest.change("DELETE FROM fazun_schema WHERE version = 2");
    let place = Place::new();
    assert_eq!(
        wrong(&["--data", &place.data(), "--database", &guest.address()]),
        []
    );
}

#[test]
fn a_file_of_another_program_or_of_another_version() {
    if !store::testing::has_folder() {
        return;
    }
    let place = Place::new();
    let data = place.data();
    let file = Path::new(&data).join("fazun.db");
    std::fs::create_dir(&data).unwrap();
    let own = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&data, own).unwrap();
    // What opens it, or finds it, is what to do: no backup makes it ours, or the program newer.
    let not_by_a_backup = || {
        let found = wrong(&["--data", &data]);
        assert!(found.iter().all(|(_, said)| !said.contains("還原")), "{found:?}");
    };
    alter_file(&file, "CREATE TABLE invoices (id int)");
    refused(&["--data", &data], "不是本系統的");
    not_by_a_backup();
    std::fs::remove_file(&file).unwrap();
    place.agency(None);
    alter_file(&file, "INSERT INTO schema_version VALUES (99, 'future', x'00')");
    refused(&["--data", &data], "第 99 版");
    not_by_a_backup();
    alter_file(
        &file,
        "UPDATE schema_version SET version = 2, name = 'past' WHERE version = 99",
    );
    refused(&["--data", &data], "早期開發版");
    not_by_a_backup();
    alter_file(&file, "DELETE FROM schema_version WHERE version = 2");
    assert_eq!(wrong(&["--data", &data]), []);
}

#[test]
fn a_copy_that_was_not_finished() {
    if !store::testing::has_folder() {
        return;
    }
    let (place, target) = (Place::new(), Place::new());
    place.agency(None);
    let data = target.data();
    let (from, to) = (format!("sqlite:{}", place.data()), format!("sqlite:{data}"));
    let mark = "INSERT INTO unfinished_copy VALUES ('@installation', 'sqlite:/srv/fazun')";
    let is_copied = |to: &str| {
        let output = fazun(&["store", "copy", "--from", &from, "--to", to]);
        assert_eq!(code(&output), 0, "{}", error(&output));
    };
    is_copied(&to);
    alter_file(&Path::new(&data).join("fazun.db"), mark);
    refused(
        &["--data", &data],
        &format!("請再執行 fazun store copy --from sqlite:/srv/fazun --to {to}"),
    );
    for command in [&["ledger", "verify"][..], &["worker"], &["upgrade", "--dry-run"]] {
        let output = fazun(&[command, &["--data", &data]].concat());
        assert_eq!(code(&output), 1, "{command:?}");
        assert!(error(&output).contains("尚未複製完成"), "{}", error(&output));
    }
    is_copied(&to);
    assert_eq!(wrong(&["--data", &data]), []);
    let Some(guest) = Guest::new("ENCODING 'UTF8'") else {
        return;
    };
    is_copied(&guest.address());
    guest.change(mark);
    refused_at(&guest.address(), "尚未複製完成");
    is_copied(&guest.address());
    let place = Place::new();
    assert_eq!(
        wrong(&["--data", &place.data(), "--database", &guest.address()]),
        []
    );
}

#[test]
fn an_account_that_may_too_little_or_too_much() {
    let Some(guest) = Guest::new("ENCODING 'UTF8'") else {
        return;
    };
    guest.change("ALTER SCHEMA public OWNER TO CURRENT_USER; REVOKE ALL ON SCHEMA public FROM PUBLIC");
    refused_at(&guest.address(), "OWNER TO");
    guest.change("ALTER SCHEMA public OWNER TO $");
    let guest = guest.filled();
    let place = Place::new();
    let (data, address) = (place.data(), guest.address());
    let wrong = || wrong(&["--data", &data, "--database", &address]);
    assert_eq!(wrong(), []);
    for (change, back, check, says) in [
        (
            "ALTER ROLE $ BYPASSRLS",
            "ALTER ROLE $ NOBYPASSRLS",
            "account",
            "第二道隔離沒有作用",
        ),
        (
            "ALTER TABLE job NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE job FORCE ROW LEVEL SECURITY",
            "walls",
            "job",
        ),
        (
            "ALTER TABLE outbox DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE outbox ENABLE ROW LEVEL SECURITY",
            "walls",
            "outbox",
        ),
        (
            "ALTER TABLE job OWNER TO CURRENT_USER; GRANT ALL ON job TO $",
            "ALTER TABLE job OWNER TO $",
            "account",
            "job",
        ),
        (
            "ALTER DATABASE $ SET synchronous_commit = off",
            "ALTER DATABASE $ RESET synchronous_commit",
            "durability",
            "synchronous_commit",
        ),
    ] {
        guest.change(change);
        let found = wrong();
        let checks: Vec<&str> = found.iter().map(|(check, _)| check.as_str()).collect();
        assert_eq!(checks, [check], "{change}: {found:?}");
        assert!(found[0].1.contains(says), "{found:?}");
        guest.change(back);
        assert_eq!(wrong(), [], "{back}");
    }
}

#[test]
fn a_database_that_keeps_text_otherwise() {
    let Some(guest) = Guest::new("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'") else {
        return;
    };
    refused_at(&guest.address(), "編碼是 LATIN1");
    // Whatever the database orders by, ours is the order of bytes.
    if let Some(guest) = Guest::new("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-TW' LOCALE 'C'") {
        let guest = guest.filled();
        let place = Place::new();
        assert_eq!(
            wrong(&["--data", &place.data(), "--database", &guest.address()]),
            []
        );
    }
}

#[test]
fn a_server_that_is_too_old() {
    let Some(guest) = Guest::new("ENCODING 'UTF8'") else {
        return;
    };
    // One that says so: what it is asked for its version by is put before the server's own.
    guest.change(
        "CREATE SCHEMA shadow; GRANT USAGE ON SCHEMA shadow TO $;
         CREATE FUNCTION shadow.current_setting(name text) RETURNS text LANGUAGE sql AS
         'SELECT CASE name WHEN ''server_version_num'' THEN ''140019'' WHEN ''server_version'' THEN ''14.19''
          ELSE pg_catalog.current_setting(name) END';
         ALTER DATABASE $ SET search_path = shadow, pg_catalog, public",
    );
    refused_at(&guest.address(), "PostgreSQL 14.19，太舊");
    guest.change("ALTER DATABASE $ RESET search_path; DROP SCHEMA shadow CASCADE");
}

#[test]
fn a_server_that_is_reached_and_slow() {
    let Some(guest) = Guest::new("ENCODING 'UTF8'") else {
        return;
    };
    let guest = guest.filled();
    let name = guest.name.clone();
    let holding = std::thread::spawn(move || {
        now(administer(
            &name,
            "BEGIN; LOCK TABLE ledger_entry; SELECT pg_sleep(8); COMMIT",
        ));
    });
    std::thread::sleep(Duration::from_secs(1));
    let place = Place::new();
    let slow = format!("{}?statement_timeout=1", guest.address());
    let output = fazun(&["serve", "--data", &place.data(), "--database", &slow]);
    let said = error(&output);
    assert_eq!(code(&output), 1, "{said}");
    assert!(
        said.contains("沒有在時限內回應") && said.contains("負載") && !said.contains(PASSWORD),
        "{said}"
    );
    let found = wrong(&["--data", &place.data(), "--database", &slow]);
    assert!(
        found.iter().any(|(_, said)| said.contains("沒有在時限內回應")),
        "{found:?}"
    );
    holding.join().unwrap();
    assert_eq!(
        wrong(&["--data", &place.data(), "--database", &guest.address()]),
        []
    );
}
