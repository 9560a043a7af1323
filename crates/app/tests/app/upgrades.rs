//! After an upgrade no list and no search misses a row silently; and a database that one process
//! finds damaged is written to by none.

use crate::ways::local;
use crate::{agency, clock, corpus, sample};
use app::{AgencyId, App, AppError, ListQuery, Surface, jobs, records, register};
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Derived, Forms, OpenMode, Store};
use tokio::time::{sleep, timeout};

/// The forms of a program before: by them nothing is found.
#[derive(Debug)]
struct Before;

impl Forms for Before {
    fn name(&self) -> String {
        "before".to_owned()
    }

    fn derive(&self, _: &str, _: &Value) -> Derived {
        Derived::default()
    }
}

/// Three systems, two of which a search finds.
async fn systems(app: &App, id: &str) {
    for name in ["公文系統", "公文交換系統", "差勤系統"] {
        let visit = app
            .visit(
                &local("test"),
                &AgencyId::parse(id).expect("an id"),
                app.today(),
                Surface::Web,
            )
            .await
            .expect("let in");
        let put = app::PutRecord {
            body: serde_json::json!({ "name": name }),
            ..app::PutRecord::default()
        };
        let spec = register("system").expect("known");
        records::put(&visit, spec, put).await.expect("written");
    }
}

async fn open(dir: &Path) -> Arc<App> {
    Arc::new(App::open(dir, false, corpus(), clock).await.expect("opens"))
}

/// How many systems a search finds.
async fn found(app: &App, id: &str, contains: &str) -> Result<u64, AppError> {
    let visit = app
        .visit(&local("test"), &AgencyId::parse(id)?, app.today(), Surface::Web)
        .await?;
    let query = ListQuery {
        contains: contains.to_owned(),
        ..ListQuery::default()
    };
    Ok(records::list(&visit, register("system")?, &query).await?.total)
}

/// Derives a chain by forms, as a program would that knows these.
async fn derive(dir: &Path, id: &str, forms: Arc<dyn Forms>) {
    let store = Store::open(dir, OpenMode::MustExist, forms).await.expect("opens");
    let mut after = (String::new(), String::new());
    while let Some(last) = store
        .derive_anew(id, (&after.0, &after.1), 50)
        .await
        .expect("derived")
        .last
    {
        after = last;
    }
    store.close().await;
}

/// Lets a worker work until something holds.
async fn work_until(app: &Arc<App>, done: impl AsyncFn() -> bool) {
    let report: jobs::Report = Arc::new(|what: &str| panic!("{what}"));
    let settings = jobs::Settings {
        idle: Duration::from_millis(20),
        ..jobs::Settings::of("w")
    };
    let until = async {
        while !done().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(
        Duration::from_mins(1),
        app.worker(settings, None, report).run(until),
    )
    .await
    .expect("in time");
}

#[tokio::test]
async fn an_agency_waits_until_its_lists_are_derived_anew_and_is_then_found_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = App::open(dir.path(), true, corpus(), clock).await.expect("opens");
    let id = agency(
        &first,
        "demo.pass.txt",
        sample("demo.pass.txt"),
        Some("2019-08-01"),
    )
    .await;
    systems(&first, &id).await;
    let (all, some) = (
        found(&first, &id, "").await.expect("listed"),
        found(&first, &id, "公文").await.expect("found"),
    );
    assert!(some > 0 && all > some, "{some} of {all}");
    assert_eq!(first.derive_underived("test").await.expect("asked"), 0);
    first.close().await;
    // Another program has been at it: a search by what it left would find nothing.
    derive(dir.path(), &id, Arc::new(Before)).await;

    let app = open(dir.path()).await;
    let refused = found(&app, &id, "公文").await.expect_err("it waits");
    assert_eq!(refused.code(), "being_derived", "{refused}");
    assert!(refused.to_string().contains("重新整理"), "{refused}");
    // What was derived otherwise is no damage.
    assert!(app.look_through(None).await.expect("verified").is_empty());
    // Two processes start, and both ask; it is done once.
    assert_eq!(app.derive_underived("test").await.expect("asked"), 1);
    assert_eq!(app.derive_underived("test").await.expect("asked"), 1);
    work_until(&app, async || found(&app, &id, "").await.is_ok()).await;
    assert_eq!(found(&app, &id, "公文").await.expect("found"), some);
    assert_eq!(found(&app, &id, "").await.expect("listed"), all);
    assert_eq!(app.derive_underived("test").await.expect("asked"), 0);
}

/// A register whose form has changed: `label` became `name`.
static MADE: registers::RegisterSpec = registers::RegisterSpec {
    key: "made",
    title: "示範簿",
    v: 2,
    upcasts: &[|mut body| {
        if let Some(name) = body.remove("label") {
            body.insert("name".to_owned(), name);
        }
        body
    }],
    fields: &[registers::Field::new("name", "名稱", registers::Kind::Text, "甲").required()],
    ..registers::RegisterSpec::TABLE
};

fn finds(key: &str) -> Option<&'static registers::RegisterSpec> {
    if key == "made" {
        Some(&MADE)
    } else {
        registers::register(key)
    }
}

/// Rows of the older form, as the program before wrote them: two good ones, one that has to be
/// mended, and what somebody wants beside them.
async fn older(dir: &Path, more: Option<Value>) {
    let store = Store::open(dir, OpenMode::Create, Arc::new(Before))
        .await
        .expect("opens");
    let bodies = [
        serde_json::json!({"v": 1, "label": "甲"}),
        serde_json::json!({"v": 1, "label": "乙"}),
        serde_json::json!({"v": 1}),
        serde_json::json!({"v": 2, "name": "丙"}),
    ];
    let rows = bodies
        .into_iter()
        .chain(more)
        .enumerate()
        .map(|(n, body)| store::NewRow {
            register: "made".to_owned(),
            row: format!("m{n}"),
            expected_version: 0,
            body,
        });
    let commit = store::Commit {
        actor: "before".to_owned(),
        at_micros: clock(),
        action: "create".to_owned(),
        agency: "atest".to_owned(),
        rows: rows.collect(),
        ..store::Commit::default()
    };
    store.commit(commit).await.expect("written");
    store.close().await;
}

/// Every file of a folder with its bytes.
fn files(dir: &Path) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(dir)
        .expect("read")
        .map(|e| e.expect("read").path());
    let files = entries.filter(|path| path.is_file());
    files
        .map(|path| (path.clone(), std::fs::read(&path).expect("read")))
        .collect()
}

#[tokio::test]
async fn what_an_upgrade_would_do_is_told_without_a_byte_and_then_done() {
    let dir = tempfile::tempdir().expect("a directory");
    older(dir.path(), None).await;
    let location = app::Location::Sqlite(dir.path().to_owned());
    let before = files(dir.path());
    let plan = async || {
        app::upgrade_plan_by(&location, app::forms(), finds)
            .await
            .expect("told")
    };
    let told = plan().await;
    assert_eq!(files(dir.path()), before);
    assert_eq!((told.looked_at, told.schema_from), (4, told.schema_to));
    let change = app::FormChange {
        register: "made".to_owned(),
        title: "示範簿".to_owned(),
        from: 1,
        to: 2,
        rows: 3,
        to_mend: 1,
    };
    assert_eq!(told.forms, [change]);
    let derive = app::Rederived {
        agency: "atest".to_owned(),
        rows: 4,
    };
    assert_eq!(told.derive, [derive]);
    assert!(told.refused.is_empty() && !told.is_empty());

    let said: Mutex<Vec<String>> = Mutex::default();
    let tell = |line: &str| said.lock().expect("not poisoned").push(line.to_owned());
    let backup = dir.path().join("before.db");
    let done = app::upgrade_by(
        &location,
        Some(&|| Ok(backup.clone())),
        &tell,
        app::forms(),
        finds,
    )
    .await;
    assert_eq!(done.expect("done"), told);
    let said = said.into_inner().expect("not poisoned");
    assert!(
        said[0].contains("before.db") && said.last().expect("told").contains("4 筆"),
        "{said:?}"
    );
    // What was stored is as it was, and the backup is of what was there before.
    let after = plan().await;
    assert!(
        after.derive.is_empty() && after.forms == told.forms && after.is_empty(),
        "{after:?}"
    );
    let restored = dir.path().join("restored");
    app::restore(&backup, &restored, &app::KeptLines::default())
        .await
        .expect("restored");
    let again = app::upgrade_plan_by(&app::Location::Sqlite(restored), app::forms(), finds).await;
    assert_eq!(again.expect("told").derive, told.derive);
    // Done twice, it does nothing, not even a backup.
    let other = dir.path().join("other.db");
    app::upgrade_by(
        &location,
        Some(&|| Ok(other.clone())),
        &|_: &str| {},
        app::forms(),
        finds,
    )
    .await
    .expect("nothing to do");
    assert!(!other.exists());
}

#[tokio::test]
async fn what_cannot_be_read_stands_in_the_way_and_nothing_is_changed() {
    let dir = tempfile::tempdir().expect("a directory");
    older(dir.path(), Some(serde_json::json!({"v": 9, "name": "丁"}))).await;
    let location = app::Location::Sqlite(dir.path().to_owned());
    let told = app::upgrade_plan_by(&location, app::forms(), finds)
        .await
        .expect("told");
    assert_eq!(told.refused.len(), 1, "{told:?}");
    let one = &told.refused[0];
    assert_eq!(
        (one.agency.as_str(), one.title.as_str(), one.row.as_str()),
        ("atest", "示範簿", "m4")
    );
    assert!(!one.why.is_empty());
    let before = files(dir.path());
    let backup = dir.path().join("before.db");
    let refused = app::upgrade_by(
        &location,
        Some(&|| Ok(backup.clone())),
        &|_: &str| {},
        app::forms(),
        finds,
    )
    .await;
    let refused = refused.expect_err("refused").to_string();
    assert!(refused.contains("1 筆") && refused.contains("m4"), "{refused}");
    assert_eq!(files(dir.path()), before);
}

#[tokio::test]
async fn a_derivation_that_another_program_began_begins_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = App::open(dir.path(), true, corpus(), clock).await.expect("opens");
    let id = agency(
        &first,
        "demo.pass.txt",
        sample("demo.pass.txt"),
        Some("2019-08-01"),
    )
    .await;
    systems(&first, &id).await;
    let some = found(&first, &id, "公文").await.expect("found");
    first.close().await;
    derive(dir.path(), &id, Arc::new(Before)).await;
    let app = open(dir.path()).await;
    app.derive_underived("test").await.expect("asked");
    app.close().await;
    // It was killed when all but the last rows were behind it.
    let store = Store::open(dir.path(), OpenMode::MustExist, Arc::new(Before))
        .await
        .expect("opens");
    let taken = store
        .claim("old", &["derive-anew"], clock(), 1)
        .await
        .expect("claimed");
    let lease = taken.expect("a job").lease;
    let kept = r#"{"forms":"before","register":"zzz","row":"zzz","rows":99}"#;
    store.keep(&lease, kept, clock()).await.expect("kept");
    store.give_back(&lease, clock()).await.expect("given back");
    store.close().await;
    let app = open(dir.path()).await;
    work_until(&app, async || found(&app, &id, "").await.is_ok()).await;
    assert_eq!(found(&app, &id, "公文").await.expect("found"), some);
}

#[tokio::test]
async fn what_a_worker_finds_stops_every_server_until_it_is_whole_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Arc::new(App::open(dir.path(), true, corpus(), clock).await.expect("opens"));
    let id = agency(
        &server,
        "demo.pass.txt",
        sample("demo.pass.txt"),
        Some("2019-08-01"),
    )
    .await;
    let worker = open(dir.path()).await;
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let report: jobs::Report = {
        let said = Arc::clone(&said);
        Arc::new(move |what: &str| said.lock().expect("not poisoned").push(what.to_owned()))
    };
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn({
        let server = Arc::clone(&server);
        async move {
            let stop = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            server.watch_trust(Duration::from_millis(20), report, stop).await;
        }
    });
    let until = async |trusted: bool| {
        let heeded = async {
            while server.distrusted().is_none() != trusted {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(20), heeded).await.expect("heeded");
    };
    // A checkpoint is kept of another database than this one.
    let outside = jobs::Folder::new(dir.path().join("kept"));
    let other = ledger::Head {
        agency: id.clone(),
        seq: 1,
        hash: [7; 32],
    };
    outside.put(1, vec![other]).expect("put");
    let damages = worker.look_through(Some(&outside)).await.expect("verified");
    assert!(!damages.is_empty());
    until(false).await;
    assert!(server.notice().expect("a banner").contains("已停止寫入"));
    let member = serde_json::json!({"name": "王示範", "role": "officer", "from": "2026-01-01"});
    let put = async |app: &App| {
        let visit = app
            .visit(&local("test"), &AgencyId::parse(&id)?, app.today(), Surface::Web)
            .await?;
        let record = app::PutRecord {
            body: member.clone(),
            ..app::PutRecord::default()
        };
        records::put(&visit, register("member")?, record)
            .await
            .map(|_| ())
    };
    for app in [&server, &worker] {
        let refused = put(app).await.expect_err("nothing is written");
        assert!(refused.to_string().contains("已停止寫入"), "{refused}");
    }
    // Whoever starts now learns of it before anything else.
    let late = open(dir.path()).await;
    late.start_night(None).await.expect("started");
    assert!(late.distrusted().is_some());
    // The right database is back, and what was kept agrees with it.
    std::fs::remove_dir_all(dir.path().join("kept")).expect("mended");
    assert!(
        late.look_through(Some(&outside))
            .await
            .expect("verified")
            .is_empty()
    );
    until(true).await;
    assert_eq!(server.notice(), None);
    put(&server).await.expect("written again");
    let _ = stop.send(true);
    watching.await.expect("ended");
    let said = said.lock().expect("not poisoned").clone();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].contains("已停止寫入") && said[1].contains("已恢復寫入"),
        "{said:?}"
    );
}
