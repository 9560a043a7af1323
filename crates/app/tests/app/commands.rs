//! What is written, and what is refused without a trace.

use crate::ways::Ways as _;
use crate::{agency, clock, corpus, product, sample};
use app::{ActivityInput, App, AppError, EvidenceFile, InitOptions, KeptLines, Kind};
use serde_json::json;
use store::testing::{Place, has_folder};
use testkit::day;
use views::{DutyView, Status};

fn find<'d>(duties: &'d [DutyView], key: &str) -> &'d DutyView {
    duties.iter().find(|d| d.key == key).expect("the duty is there")
}

fn done(duty: &str, on: &str, evidence: &[&[u8]]) -> ActivityInput {
    ActivityInput {
        duty: app::DutyKey::parse(duty).unwrap(),
        system: None,
        on: day(on),
        title: "辦理完成".into(),
        note: String::new(),
        evidence: evidence
            .iter()
            .map(|bytes| EvidenceFile {
                name: "佐證.txt".into(),
                bytes: bytes.to_vec(),
                media_type: "text/plain".into(),
            })
            .collect(),
        valid_until: None,
        parts: Vec::new(),
        stated_by: None,
        event: None,
    }
}

#[tokio::test]
async fn a_file_that_is_no_plan_leaves_nothing_behind() {
    let (place, app) = product().await;
    for name in [
        "regulation-in-points.fail.txt",
        "truncated.fail.docx",
        "bomb.fail.docx",
        "spreadsheet.fail.docx",
    ] {
        let error = app
            .init_from_plan("test", name, sample(name), InitOptions::default())
            .await
            .expect_err("must be refused");
        assert_eq!(error.kind(), Kind::BadInput, "{name}: {error}");
        assert_eq!(error.exit_code(), 2);
    }
    assert!(app.agencies().await.expect("reads").is_empty());
    let report = app::verify_ledger_at(place.location(), None, &KeptLines::default())
        .await
        .expect("verifies");
    assert_eq!(report.entries, 0);
}

#[tokio::test]
async fn a_duty_is_met_when_and_only_when_its_proof_exists() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let at = day("2026-11-21");
    let verdict = async |key: &str| find(&app.duties(&id, at).await.expect("duties"), key).verdict;
    assert_eq!(verdict("classification.complete").await, Status::NotMet);
    app.record_activity("test", &id, done("classification.complete", "2026-11-20", &[]))
        .await
        .expect("recorded");
    assert_eq!(
        verdict("classification.complete").await,
        Status::NotMet,
        "a record without evidence proves nothing"
    );
    app.record_activity(
        "test",
        &id,
        done("classification.complete", "2026-11-20", &[b"table"]),
    )
    .await
    .expect("recorded");
    assert_eq!(verdict("classification.complete").await, Status::Met);
    // It counts; that nobody approved it is said where the register for it asks for approval.
    let operator = app::Principal::local("test");
    let xray = app.xray(&operator, &id).await.expect("looks");
    let hint = xray.items.iter().find(|i| i.message.contains("未經簽核"));
    let hint = hint.expect("the hint is there");
    assert_eq!((hint.rank, hint.register.as_str()), (2, "activity"));
    assert!(hint.message.contains("資通系統分級"), "{}", hint.message);
    let before = app.duties(&id, day("2026-11-19")).await.expect("duties");
    assert_eq!(
        find(&before, "classification.complete").verdict,
        Status::NotMet,
        "it was not done yet on that day"
    );
    let hash = ledger::hex(&ledger::sha256(b"table"));
    assert_eq!(app.file(&id, &hash).await.expect("kept").1, b"table");
}

#[tokio::test]
async fn a_date_of_approval_turns_unknown_into_a_deadline() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let at = day("2026-11-21");
    let level = app
        .agency_head(&id, at)
        .await
        .expect("head")
        .level
        .expect("read from the plan");
    let duties = app.duties(&id, at).await.expect("duties");
    let duty = find(&duties, "classification.complete");
    assert_eq!((duty.verdict, duty.due), (Status::Unknown, None));
    assert!(
        duty.facts
            .iter()
            .any(|f| f.key == "level_approved_on" && f.supplied_by.is_some())
    );
    app.designate("test", &id, &level, Some(day("2019-08-01")), "府資字第1號")
        .await
        .expect("recorded");
    let duties = app.duties(&id, at).await.expect("duties");
    let duty = find(&duties, "classification.complete");
    assert_eq!(
        (duty.verdict, duty.due),
        (Status::NotMet, Some(day("2020-08-03")))
    );
    assert_eq!(duty.part_of_day.as_deref(), Some("morning"));
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let refused = |result: Result<String, AppError>| result.expect_err("must be refused").kind();
    let bad = Kind::BadInput;
    assert_eq!(
        refused(
            app.record_activity("test", &id, done("no.such.duty", "2026-11-20", &[]))
                .await
        ),
        bad
    );
    assert_eq!(
        refused(
            app.record_activity("test", &id, done("audit.internal", "2026-11-22", &[]))
                .await
        ),
        bad
    );
    assert_eq!(
        refused(
            app.record_activity("test", &id, done("audit.internal", "2026-11-20", &[b""]))
                .await
        ),
        bad
    );
    let missing = app
        .record_activity("test", "nobody", done("audit.internal", "2026-11-20", &[]))
        .await;
    assert_eq!(refused(missing), Kind::NotFound);
    let error = app
        .designate("test", &id, "F", None, "")
        .await
        .expect_err("no such level");
    assert_eq!(error.kind(), bad);
    let error = app
        .amend_agency("test", &id, json!({ "no_such_field": true }))
        .await
        .expect_err("no such field");
    assert_eq!(error.kind(), bad);
}

#[tokio::test]
async fn one_agency_s_files_are_not_another_s() {
    let (_dir, app) = product().await;
    let one = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let other = agency(&app, "b.txt", sample("level-b-core-systems.pass.txt"), None).await;
    app.record_activity("test", &one, done("audit.internal", "2026-11-20", &[b"secret"]))
        .await
        .expect("recorded");
    let hash = ledger::hex(&ledger::sha256(b"secret"));
    assert_eq!(
        app.file(&other, &hash).await.expect_err("is not its").kind(),
        Kind::NotFound
    );
    assert!(app.file(&one, &hash).await.is_ok());
}

#[tokio::test]
async fn a_core_system_has_duties_of_its_own() {
    let (_dir, app) = product().await;
    let id = agency(
        &app,
        "b.txt",
        sample("level-b-core-systems.pass.txt"),
        Some("2024-03-01"),
    )
    .await;
    let duties = app.duties(&id, day("2026-11-21")).await.expect("duties");
    let scans: Vec<&DutyView> = duties.iter().filter(|d| d.key == "scan.vulnerability").collect();
    assert!(
        !scans.is_empty() && scans.iter().all(|d| d.subject.starts_with("system:")),
        "{scans:#?}"
    );
    let system = scans[0].subject_id.clone();
    let input = ActivityInput {
        system: system.clone(),
        ..done("scan.vulnerability", "2026-05-01", &[b"report"])
    };
    app.record_activity("test", &id, input).await.expect("recorded");
    let duties = app.duties(&id, day("2026-11-21")).await.expect("duties");
    let scan = duties
        .iter()
        .find(|d| d.key == "scan.vulnerability" && d.subject_id == system)
        .expect("there");
    assert_eq!(scan.verdict, Status::Met);
}

#[tokio::test]
async fn a_broken_ledger_is_refused_and_left_as_it_is() {
    if !has_folder() {
        return;
    }
    let (place, app) = product().await;
    let dir = place.dir();
    agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let line = app.ledger_head().await.expect("head");
    app.close().await;
    let path = dir.join("fazun.db");
    let mut bytes = std::fs::read(&path).expect("there");
    let needle = b"responsibility"; // any text of a body would do
    let needle: &[u8] = if bytes.windows(needle.len()).any(|w| w == needle) {
        needle
    } else {
        b"core_business"
    };
    let at = bytes
        .windows(needle.len())
        .position(|w| w == needle)
        .expect("the body is in the file");
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).expect("written");
    let Err(error) = App::open(dir, true, corpus(), clock).await else {
        panic!("must be refused")
    };
    assert_eq!(error.exit_code(), 1);
    assert!(
        matches!(error.code(), "ledger_broken" | "database_corrupt"),
        "{error}"
    );
    assert_eq!(
        std::fs::read(&path).expect("there"),
        bytes,
        "nothing was repaired"
    );
    let report = app::verify_ledger(dir, None, &KeptLines::read(&line).expect("a kept line")).await;
    assert!(report.is_err() || !report.expect("checked").sound);
}

#[tokio::test]
async fn a_backup_comes_back() {
    let (place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let copy = place.dir().join("copy.db");
    // With a second chain: that of the installation.
    assert!(app.note_law().await.expect("noted"));
    let (_, kept) = app.backup(&copy).await.expect("a backup");
    assert!(app.backup(&copy).await.is_err(), "a backup is never overwritten");
    let bare = kept.checkpoint.to_string();
    let file = kept.to_string();
    // Both vouch for what is unchanged; the file also for what went on.
    for text in [&bare, &file] {
        let lines = KeptLines::read(text).expect("kept");
        let report = app::verify_ledger_at(place.location(), None, &lines).await;
        assert!(report.expect("verified").sound, "{text}");
    }
    app.designate("test", &id, "B", Some(day("2024-05-01")), "")
        .await
        .expect("a later change");
    app.close().await;
    let lines = KeptLines::read(&file).expect("kept");
    let report = app::verify_ledger_at(place.location(), None, &lines).await;
    assert!(report.expect("verified").sound);
    let lines = KeptLines::read(&bare).expect("kept");
    let gone_on = app::verify_ledger_at(place.location(), None, &lines).await;
    let said = gone_on.expect_err("can't be told").to_string();
    assert!(said.contains(".checkpoint"), "{said}");
    for text in [&bare, &file] {
        let other = Place::bare().await;
        let lines = KeptLines::read(text).expect("kept");
        let line = app::restore_at(&copy, other.location(), &lines).await;
        let line = line.expect("restored");
        let root = bare.rsplit(' ').next().expect("a root");
        assert!(line.ends_with(root), "{line}");
    }
    let elsewhere = Place::bare().await;
    app::restore_at(&copy, elsewhere.location(), &KeptLines::default())
        .await
        .expect("restored");
    let again = App::open_at(elsewhere.location(), false, corpus(), clock)
        .await
        .expect("opens");
    assert!(
        !again
            .duties(&id, day("2026-11-21"))
            .await
            .expect("duties")
            .is_empty()
    );
}

#[tokio::test]
async fn a_decision_that_contradicts_another_is_refused_and_locks_nobody_out() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let error = app
        .designate("test", &id, "B", Some(day("2019-08-01")), "")
        .await
        .expect_err("two levels on one day");
    assert_eq!(error.kind(), Kind::BadInput, "{error}");
    assert_eq!(app.agencies().await.expect("still listed").len(), 1);
    app.designate("test", &id, "B", Some(day("2024-05-01")), "")
        .await
        .expect("a later change");
    let head = app.agency_head(&id, day("2026-11-21")).await.expect("head");
    assert_eq!(head.level.as_deref(), Some("B"));
    // The plan still says C: that is a finding, and its promises are weighed by B.
    let health = app.plan_health(&id, day("2026-11-21")).await.expect("health");
    assert!(health.groups.iter().any(|g| g.kind == "level_differs"));
}

#[tokio::test]
async fn the_plan_s_undated_level_can_be_corrected() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    app.designate("test", &id, "B", None, "")
        .await
        .expect("corrected");
    let head = app.agency_head(&id, day("2026-11-21")).await.expect("head");
    assert_eq!(head.level.as_deref(), Some("B"));
}

#[tokio::test]
async fn proof_for_the_wrong_subject_is_refused() {
    let (_dir, app) = product().await;
    let id = agency(
        &app,
        "b.txt",
        sample("level-b-core-systems.pass.txt"),
        Some("2024-03-01"),
    )
    .await;
    let whole = app
        .record_activity("test", &id, done("scan.vulnerability", "2026-05-01", &[b"x"]))
        .await;
    let text = whole.expect_err("is done system by system").to_string();
    assert!(text.contains("請指定系統"), "{text}");
    let duties = app.duties(&id, day("2026-11-21")).await.expect("duties");
    let system = duties.iter().find_map(|d| d.subject_id.clone());
    let input = ActivityInput {
        system,
        ..done("audit.internal", "2026-05-01", &[b"x"])
    };
    assert!(app.record_activity("test", &id, input).await.is_err());
}

#[tokio::test]
async fn words_are_read_as_their_field_asks() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let set = async |key: &str, text: &str| {
        app.amend_agency_typed("test", &id, &[(key.to_owned(), text.to_owned())])
            .await
    };
    set("note", "1150131").await.expect("a note is a text");
    set("has_mail_server", "是").await.expect("a flag");
    assert!(set("has_mail_server", "大概").await.is_err());
    assert!(set("records_from", "119/01/01").await.is_err(), "lies ahead");
    assert!(set("no_such_field", "x").await.is_err());
}

/// What names a part of what an event sets off says of which event, and of one that there is.
#[tokio::test]
async fn a_part_of_an_event_is_shown_of_an_event_that_there_is() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let city = [("jurisdiction".to_owned(), "臺北市".to_owned())];
    app.amend_agency_typed("test", &id, &city).await.expect("a city");
    let said = |event: Option<&str>| ActivityInput {
        parts: vec!["TPE-28.5".into()],
        stated_by: Some("林示範".into()),
        event: event.map(str::to_owned),
        ..done("mobile_app.secure", "2026-05-01", &[])
    };
    for (event, told) in [
        (None, "請指明證明哪一件事由"),
        (Some("mobile_app"), "不是引起所證應辦事項之事由紀錄"),
        (Some("mobile_app/none"), "不是引起所證應辦事項之事由紀錄"),
        (Some("website/none"), "不是引起所證應辦事項之事由紀錄"),
    ] {
        let error = app.record_activity("test", &id, said(event)).await;
        let error = error.expect_err("no such event").to_string();
        assert!(error.contains(told), "{event:?}: {error}");
    }
    // A duty that no event sets off has none.
    let standing = ActivityInput {
        event: Some("mobile_app/none".into()),
        ..done("audit.internal", "2026-05-01", &[b"x"])
    };
    assert!(app.record_activity("test", &id, standing).await.is_err());
}
