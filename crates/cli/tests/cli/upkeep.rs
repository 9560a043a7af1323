//! What whoever runs the machine asks: `fazun jobs` and `fazun upgrade`.

use crate::serve::Server;
use crate::{Place, code, error, fazun, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn text(args: &[&str]) -> String {
    let output = fazun(args);
    assert_eq!(code(&output), 0, "{args:?}: {}", error(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// The files of a folder; of one that isn't there, since the database is elsewhere, none.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(dir).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn an_upgrade_is_told_before_it_is_done_and_not_done_without_need() {
    let place = Place::new();
    place.agency(None);
    let data = place.data();
    let before = files(Path::new(&data));
    let told = text(&["upgrade", "--dry-run", "--data", &data]);
    for part in [
        "資料結構：第",
        "不需變更",
        "格式沒有變動",
        "不需重新整理",
        "沒有寫入任何資料",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let plan = json(&["upgrade", "--dry-run", "--data", &data, "--json"]);
    assert_eq!(plan["schema_from"], plan["schema_to"]);
    assert!(plan["looked_at"].as_u64().unwrap() > 3, "{plan}");
    assert!(plan["refused"].as_array().unwrap().is_empty());
    assert_eq!(files(Path::new(&data)), before);
    assert!(text(&["upgrade", "--data", &data]).contains("不需要升級"));
    assert!(
        !Path::new(&data).join("backups").exists(),
        "what wasn't needed leaves nothing behind"
    );
    if !store::testing::on_postgres() {
        let none = fazun(&["upgrade", "--dry-run", "--data", &format!("{data}-none")]);
        assert_ne!(code(&none), 0);
    }
    assert!(!Path::new(&format!("{data}-none")).exists());
}

#[test]
fn a_migration_that_fails_is_told_in_a_sentence_by_every_command() {
    if !store::testing::has_folder() {
        return;
    }
    let place = Place::new();
    place.agency(None);
    let data = place.data();
    let file = Path::new(&data).join("fazun.db");
    store::testing::alter_file(&file, "DELETE FROM schema_version WHERE version > 10");
    for args in [
        &["agency", "list", "--data", &data][..],
        &["upgrade", "--dry-run", "--data", &data],
        &["upgrade", "--data", &data],
        &["doctor", "--data", &data, "--listen", "127.0.0.1:0"],
    ] {
        let output = fazun(args);
        assert_eq!(code(&output), 1, "{args:?}");
        let told = error(&output) + &String::from_utf8_lossy(&output.stdout);
        for part in [
            "無法升級到第 11 版",
            "起因：table job already exists",
            "請停止服務、保留原資料庫",
        ] {
            assert!(told.contains(part), "{args:?} {part}: {told}");
        }
        let circle = args[0] == "doctor" && told.contains("請執行 fazun doctor");
        assert!(
            !told.contains("CREATE") && !told.contains("--") && !circle,
            "{told}"
        );
    }
    assert!(!Path::new(&data).join("backups").exists());
    // What serves says the same, and the whole to its log.
    let output = fazun(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    let told = error(&output);
    assert!(
        told.contains("CREATE TABLE job") && told.contains("already exists\n"),
        "{told}"
    );
}

#[test]
fn jobs_of_the_installation_are_listed_and_only_dead_ones_tried_again() {
    let place = Place::new();
    place.agency(None);
    let data = place.data();
    assert!(text(&["jobs", "--data", &data]).contains("沒有等候、執行中或待處理的工作"));
    let mut server = Server::start(&["--data", &data]);
    // It answers before it has asked for the night to come.
    let began = Instant::now();
    let counted = "fazun_jobs{kind=\"nightly\",state=\"queued\"} 1";
    while !server.get("/metrics").contains(counted) {
        assert!(began.elapsed() < Duration::from_secs(20), "nothing is counted");
        std::thread::sleep(Duration::from_millis(50));
    }
    server.terminate();
    let listed = text(&["jobs", "--data", &data]);
    assert!(listed.contains("等候中　@installation　安排夜間工作"), "{listed}");
    assert!(!listed.contains("2026-"), "{listed}");
    let other = text(&["jobs", "--data", &data, "--agency", "none"]);
    assert!(other.contains("沒有等候"), "{other}");
    assert!(text(&["jobs", "--dead", "--data", &data]).contains("沒有待處理的工作"));
    let all = json(&["jobs", "--data", &data, "--json"]);
    let job = &all["jobs"][0];
    assert_eq!(
        (&job["kind"], &job["state"]),
        (&"nightly".into(), &"queued".into())
    );
    let id = job["id"].as_str().unwrap();
    let waits = fazun(&["jobs", "--retry", id, "--data", &data]);
    assert_eq!(code(&waits), 1);
    assert!(error(&waits).contains("不在待處理之列"), "{}", error(&waits));
    assert_eq!(code(&fazun(&["jobs", "--retry", "none", "--data", &data])), 2);
}
