//! A PostgreSQL that is killed under running servers: it comes back, or a standby takes its place.
//!
//! Each has a server of PostgreSQL of its own: the test runs itself once more inside of
//! `scripts/postgres`.

use crate::machine::{Disk, fill};
use crate::site::{Server, Site, free_port, now, root, send};
use crate::writers::{Writers, page};
use std::path::Path;
use std::process::Command;
use store::testing::{Place, SERVER};

/// Set in the second run.
const INSIDE: &str = "FAZUN_TEST_BREAKS_INSIDE";

/// Where the product's own files are, when the server's are on another disk.
const OUTSIDE: &str = "FAZUN_TEST_BREAKS_OUTSIDE";

/// Runs a test once more with a server of PostgreSQL of its own; true in that run.
fn inside(test: &str, standby: bool) -> bool {
    inside_of(test, standby, None)
}

/// The same, with the server's folder on another disk.
fn inside_of(test: &str, standby: bool, disk: Option<&Path>) -> bool {
    if std::env::var(INSIDE).is_ok() {
        return true;
    }
    let mut command = Command::new(root().join("scripts/postgres"));
    if standby {
        command.arg("--standby");
    }
    if let Some(disk) = disk {
        command.env(OUTSIDE, std::env::temp_dir()).env("TMPDIR", disk);
    }
    let run = command
        .arg("--optional")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "yes")
        .env_remove(SERVER)
        .env_remove("FAZUN_TEST_POSTGRES_ADMIN")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    println!("{said}");
    assert!(run.status.success(), "{said}");
    false
}

/// What the server of PostgreSQL is told.
fn postgres(act: &[&str]) {
    let done = Command::new(root().join("scripts/postgres")).args(act).status();
    assert!(done.unwrap().success(), "{act:?}");
}

/// A database on the server; it goes with the server, which may be gone by then.
fn place() -> Option<&'static Place> {
    if std::env::var(SERVER).is_err() {
        println!("skipped: there is no PostgreSQL");
        return None;
    }
    Some(Box::leak(Box::new(now(Place::of(true, false)))))
}

#[test]
fn a_database_that_vanishes_and_returns() {
    if !inside("away::a_database_that_vanishes_and_returns", false) {
        return;
    }
    let Some(place) = place() else { return };
    let site = Site::new(&place.dir().join("data"), Some(place.address()));
    let port = free_port();
    let _server = Server::start(&site, port);
    let writers = Writers::start(site, &[port], 3);
    writers.go_on(10);
    for _ in 0..2 {
        postgres(&["kill", "primary"]);
        writers.are_told(503, "database_away");
        let (status, text) = page(&writers.site, port);
        assert_eq!(status, 503, "{text}");
        for part in ["資料庫無法讀取", "恢復後系統會自行接上", "請系統管理者"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let ready = send(port, ("GET", "/readyz"), &[], &[]).unwrap();
        assert_eq!(ready.status, 503, "{}", ready.text);
        assert_eq!(send(port, ("GET", "/healthz"), &[], &[]).unwrap().status, 200);
        let wrong = writers.site.wrong();
        assert!(wrong.iter().any(|check| check == "database"), "{wrong:?}");
        postgres(&["start", "primary"]);
        let took = writers.go_on(10);
        println!("writes again after {took:?}");
        assert_eq!(page(&writers.site, port).0, 200);
    }
    writers.end(false);
}

#[test]
fn a_database_whose_disk_is_full() {
    let test = "away::a_database_whose_disk_is_full";
    let is_inside = std::env::var(INSIDE).is_ok();
    let disk = if is_inside { None } else { Disk::mounted(400) };
    if !is_inside && disk.is_none() {
        return;
    }
    if !inside_of(test, false, disk.as_ref().map(Disk::path)) {
        return;
    }
    let Some(place) = place() else { return };
    let own = tempfile::tempdir_in(std::env::var(OUTSIDE).unwrap()).unwrap();
    let site = Site::new(&own.path().join("data"), Some(place.address()));
    let port = free_port();
    let _server = Server::start(&site, port);
    let writers = Writers::start(site, &[port], 3);
    writers.go_on(10);
    for _ in 0..2 {
        let filler = Path::new(&std::env::var("FAZUN_TEST_POSTGRES_DIR").unwrap()).join("filler");
        fill(&filler);
        // A server that can't write its log stops; one that can't write a table says why.
        writers.are_told_one_of(&[(507, "disk_full"), (503, "database_away")]);
        std::fs::remove_file(filler).unwrap();
        // It comes back by itself, or is started by whoever made room.
        let _ = Command::new(root().join("scripts/postgres"))
            .args(["start", "primary"])
            .output();
        writers.go_on(10);
        assert_eq!(page(&writers.site, port).0, 200);
    }
    writers.end(false);
}

#[test]
fn a_primary_that_is_killed_and_its_standby_promoted() {
    if !inside("away::a_primary_that_is_killed_and_its_standby_promoted", true) {
        return;
    }
    let Some(place) = place() else { return };
    let standby = std::env::var("FAZUN_TEST_STANDBY").unwrap();
    let (_, standby) = standby.rsplit_once('@').unwrap();
    let (standby, _) = standby.split_once('/').unwrap();
    let (before, database) = place.address().rsplit_once('/').unwrap();
    let both = format!("{before},{standby}/{database}");
    let (account, _) = before.rsplit_once('@').unwrap();
    let promoted = format!("{account}@{standby}/{database}");

    let site = Site::new(&place.dir().join("data"), Some(&both));
    let ports = [free_port(), free_port()];
    let _servers = ports.map(|port| Server::start(&site, port));
    let (data, agency, token) = (site.data.clone(), site.agency.clone(), site.token.clone());
    let writers = Writers::start(site, &ports, 4);
    writers.go_on(20);
    postgres(&["kill", "primary"]);
    postgres(&["promote"]);
    let took = writers.go_on(20);
    println!("writes again {took:?} after the standby was promoted");
    writers.end(false);
    // And it is the standby alone that has everything.
    let site = Site {
        data,
        database: Some(promoted),
        agency,
        token,
        cookie: String::new(),
        environment: Vec::new(),
    };
    assert!(site.run(&["ledger", "verify"]).status.success());
}
