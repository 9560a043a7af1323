//! Which law was in use when.

use crate::{clock, corpus, product};
use app::{App, KeptLines};
use std::sync::Arc;

#[tokio::test]
async fn a_law_is_written_down_once_over_any_number_of_processes() {
    let (place, app) = product().await;
    assert_eq!(app.laws_used().await.unwrap(), []);
    // Several processes start over one database.
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(
            App::open_at(place.location(), false, corpus(), clock)
                .await
                .unwrap(),
        );
    }
    let mut all = vec![app];
    all.extend(others);
    let mut noting = tokio::task::JoinSet::new();
    for one in all {
        noting.spawn(async move {
            let wrote = one.note_law().await.unwrap();
            one.close().await;
            wrote
        });
    }
    let wrote = noting.join_all().await;
    assert_eq!(wrote.iter().filter(|wrote| **wrote).count(), 1, "{wrote:?}");

    let app = App::open_at(place.location(), false, corpus(), clock)
        .await
        .unwrap();
    assert!(!app.note_law().await.unwrap());
    let laws = app.laws_used().await.unwrap();
    let [law] = laws.as_slice() else {
        panic!("{laws:?}");
    };
    assert_eq!((law.at, law.hash.as_str()), (clock(), corpus().hash.as_str()));
    let act = law
        .editions
        .iter()
        .find(|e| e.instrument == "cyber-security-management-act");
    let in_force = corpus();
    let in_force = in_force.instruments["cyber-security-management-act"].version_on(app.today());
    assert_eq!(act.map(|a| a.version.as_str()), in_force.map(|v| v.id.as_str()));
    let said = law.words();
    assert!(
        said.contains("115/11/21 10:00") && said.contains(&law.hash),
        "{said}"
    );
}

#[tokio::test]
async fn another_law_is_written_after_it_and_told_by_verification_and_doctor() {
    let (place, app) = product().await;
    assert!(app.note_law().await.unwrap());
    app.close().await;
    let mut other = (*corpus()).clone();
    other.hash = "0".repeat(64);
    let other = Arc::new(other);
    let app = App::open_at(place.location(), false, Arc::clone(&other), clock)
        .await
        .unwrap();
    assert!(app.note_law().await.unwrap());
    assert!(!app.note_law().await.unwrap());
    app.close().await;
    // And back: that too is a change.
    let app = App::open_at(place.location(), false, corpus(), clock)
        .await
        .unwrap();
    assert!(app.note_law().await.unwrap());
    app.close().await;

    let report = app::verify_ledger_at(place.location(), None, &KeptLines::default())
        .await
        .unwrap();
    assert!(report.sound, "{:?}", report.damages);
    let hashes: Vec<&str> = report.laws.iter().map(|law| law.hash.as_str()).collect();
    assert_eq!(hashes, [&corpus().hash, &other.hash, &corpus().hash]);
    let found = app::examine(place.dir(), place.location(), None, clock()).await;
    let told = found.iter().find(|f| f.check == "law_used").unwrap();
    assert!(
        told.message.contains(&other.hash) && told.message.contains(&corpus().hash),
        "{told:?}"
    );
}

#[tokio::test]
async fn an_installation_that_noted_none_says_so() {
    let (place, app) = product().await;
    app.close().await;
    let found = app::examine(place.dir(), place.location(), None, clock()).await;
    let told = found.iter().find(|f| f.check == "law_used").unwrap();
    assert!(told.message.contains("尚未記載"), "{told:?}");
}
