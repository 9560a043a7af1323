//! A copy into another database is the same, can be begun again, and never mixes two.

use super::place::{Place, everywhere};
use super::{Somewhere, blob, commit, filled, is_sound, open, open_as, row};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use store::{
    AnyForms, Copied, DATABASE, Finished, Job, Location, NewJob, NewMessage, OpenMode, Receipt, Store,
    StoreError,
};

everywhere!(
    a_copy_that_was_killed_opens_for_nothing_but_its_end,
    what_is_refused_leaves_no_mark
);

/// Two agencies with versions, a withdrawn row, files, an import and an answer.
async fn source<P: Somewhere + ?Sized>(place: &P) -> Store {
    let store = filled(place).await;
    let rows = vec![row("system", "s3", 1, Value::Null)];
    store.commit(commit("a", rows)).await.unwrap();
    let rows = (0..1_200).map(|n| {
        row(
            "asset",
            &format!("r{n:04}"),
            0,
            json!({"n": n, "名": "資產\u{0}"}),
        )
    });
    let mut many = commit("b", rows.collect());
    many.receipt = Some(Receipt {
        principal: "wang".into(),
        key: "k".into(),
        request: [7; 32],
        answer: "{}".into(),
    });
    // Named by no row.
    many.blobs.push(blob(b"left"));
    store.commit(many).await.unwrap();
    let job = Job {
        id: "j".into(),
        agency: "c".into(),
        register: "asset".into(),
        actor: "wang".into(),
        at: 5,
        state: "preview".into(),
        detail: "{}".into(),
        bytes: vec![0, 255],
    };
    store.put_job(&job, 0).await.unwrap();
    // One that is done, one that waits, and a message that was given up.
    for (id, at) in [("w1", 1), ("w2", 2)] {
        let job = NewJob {
            id: id.into(),
            kind: "count".into(),
            key: id.into(),
            most_attempts: 2,
            input: vec![9],
            ..NewJob::default()
        };
        store.enqueue("c", job, at).await.unwrap();
    }
    let claimed = store.claim("w", &["count"], 3, 10).await.unwrap().unwrap();
    let made = Finished {
        output: vec![1, 2],
        ..Finished::default()
    };
    store.finish(&claimed.lease, made, 4).await.unwrap();
    let message = NewMessage {
        id: "m".into(),
        kind: "mail".into(),
        most_attempts: 1,
        ..NewMessage::default()
    };
    store.post("d", message, 1).await.unwrap();
    store
}

/// Everything of an agency that can be asked for.
async fn everything(store: &Store, agency: &str) -> String {
    let mut reading = store.reading(agency).await.unwrap();
    let mut all = Vec::new();
    for row in reading.latest().await.unwrap() {
        all.push(format!(
            "{:?}",
            reading.recorded(&row.register, &row.row).await.unwrap()
        ));
    }
    all.push(format!("{:?}", reading.entries(0, 5_000).await.unwrap()));
    all.push(format!("{:?}", reading.named_files().await.unwrap()));
    for bytes in [&b"proof"[..], b"left"] {
        let file = reading.blob(&ledger::hex(&ledger::sha256(bytes))).await.unwrap();
        all.push(format!("{file:?}"));
    }
    all.push(format!("{:?}", reading.receipt("wang", "k").await.unwrap()));
    all.push(format!("{:?}", reading.job("j").await.unwrap()));
    all.push(format!("{:?}", reading.jobs(10).await.unwrap()));
    for id in ["w1", "w2"] {
        let files = (
            reading.job_input(id).await.unwrap(),
            reading.job_output(id).await.unwrap(),
        );
        all.push(format!("{files:?}"));
    }
    for register in ["asset", "system"] {
        all.push(format!("{:?}", reading.authors(register).await.unwrap()));
        all.push(format!(
            "{:?}",
            reading.count(register, store::Query::default()).await.unwrap()
        ));
    }
    all.join("\n")
}

async fn copy(from: &Store, to: &Store) -> Result<Vec<(String, u64)>, StoreError> {
    let told = Mutex::new(Vec::new());
    let all = Store::copy(from, to, &|copied: &Copied| {
        told.lock().unwrap().push(copied.clone());
    })
    .await?;
    assert_eq!(*told.lock().unwrap(), all);
    Ok(all.into_iter().map(|c| (c.head.agency, c.entries)).collect())
}

async fn there_and_back(from: &Place, over: &Place, back: &Place) {
    let source = source(from).await;
    let middle = open(over).await;
    let counts = |a, b| [("a", a), ("b", b), ("c", 0), ("d", 0)].map(|(agency, n)| (agency.to_owned(), n));
    assert_eq!(copy(&source, &middle).await.unwrap(), counts(6, 1_200));
    let last = open(back).await;
    assert_eq!(copy(&middle, &last).await.unwrap(), counts(6, 1_200));
    for agency in ["a", "b", "c", "d"] {
        let expected = everything(&source, agency).await;
        assert_eq!(everything(&middle, agency).await, expected);
        assert_eq!(everything(&last, agency).await, expected);
    }
    assert_eq!(
        middle.work_counts().await.unwrap(),
        source.work_counts().await.unwrap()
    );
    assert_eq!(middle.heads().await.unwrap(), source.heads().await.unwrap());
    assert!(
        middle
            .verify(&source.heads().await.unwrap())
            .await
            .unwrap()
            .is_sound()
    );
    // What is there already is not carried over again; what came since is.
    assert_eq!(copy(&source, &middle).await.unwrap(), counts(0, 0));
    let rows = vec![row("system", "s2", 1, json!({"name": "系統二"}))];
    source.commit(commit("a", rows)).await.unwrap();
    assert_eq!(copy(&source, &middle).await.unwrap(), counts(1, 0));
    assert_eq!(everything(&middle, "a").await, everything(&source, "a").await);
    // Work goes on there.
    let rows = vec![row("system", "s2", 2, json!({"name": "乙"}))];
    middle.commit(commit("a", rows)).await.unwrap();
    let ahead = copy(&source, &middle).await;
    assert!(
        matches!(ahead, Err(StoreError::Diverged { seq: 8, .. })),
        "{ahead:?}"
    );
    for store in [source, middle, last] {
        store.close().await;
    }
}

#[tokio::test]
async fn from_sqlite_to_postgres_and_back() {
    let Some(over) = Place::postgres(0).await else {
        return;
    };
    there_and_back(&Place::sqlite(), &over, &Place::sqlite()).await;
    over.gone().await;
}

#[tokio::test]
async fn from_postgres_to_spread_tables_by_way_of_sqlite() {
    let (Some(from), Some(back)) = (Place::postgres(0).await, Place::postgres(4).await) else {
        return;
    };
    there_and_back(&from, &Place::sqlite(), &back).await;
    from.gone().await;
    back.gone().await;
}

#[tokio::test]
async fn from_one_folder_to_another() {
    there_and_back(&Place::sqlite(), &Place::sqlite(), &Place::sqlite()).await;
}

#[tokio::test]
async fn what_is_damaged_is_not_called_a_copy() {
    let from = Place::sqlite();
    source(&from).await.close().await;
    from.tamper("UPDATE row_version SET body = '{\"name\":\"x\"}' WHERE agency = 'a' AND seq = 2")
        .await;
    let damaged = super::open_broken(&from).await;
    let to = Place::sqlite();
    let into = open(&to).await;
    let refused = copy(&damaged, &into).await;
    assert!(matches!(refused, Err(StoreError::Broken { .. })), "{refused:?}");
    into.close().await;
    is_unfinished(&to).await;
    // A chain of its own is not mixed with another one.
    let other = Place::sqlite();
    let store = super::open_as(&other, OpenMode::Create).await.unwrap();
    store
        .commit(commit("a", vec![row("system", "x", 0, json!({}))]))
        .await
        .unwrap();
    let refused = copy(&damaged, &store).await;
    assert!(
        matches!(refused, Err(StoreError::Diverged { seq: 1, .. })),
        "{refused:?}"
    );
}

const FROM: &str = "FAZUN_TEST_COPY_FROM";
const TO: &str = "FAZUN_TEST_COPY_TO";

/// Not a test of its own: the process that dies when the first agency has arrived.
#[tokio::test]
async fn child_that_copies_until_it_dies() {
    let (Ok(from), Ok(to)) = (std::env::var(FROM), std::env::var(TO)) else {
        return;
    };
    let from = open(&Location::parse(&from).unwrap()).await;
    let to = open_to_copy(&Location::parse(&to).unwrap()).await;
    let _ = Store::copy(&from, &to, &|_| std::process::abort()).await;
}

async fn open_to_copy<P: Somewhere + ?Sized>(place: &P) -> Store {
    Store::open_to_copy(&place.location(), Arc::new(AnyForms))
        .await
        .unwrap()
}

fn killed_on_the_way(from: &Place, to: &Place) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "copies::child_that_copies_until_it_dies",
            "--nocapture",
        ])
        .envs([(FROM, &from.text), (TO, &to.text)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(!child.unwrap().success());
}

/// Whatever opens it says what lies there and what to type.
async fn is_unfinished(place: &Place) {
    let forms = || Arc::new(AnyForms);
    let (at, must) = (&place.location, OpenMode::MustExist);
    let all = [
        Store::open_at(at, must, forms()).await.err(),
        Store::open_at(at, OpenMode::Create, forms()).await.err(),
        Store::open_at_unverified(at, must, forms()).await.err(),
        Store::inspect(at, forms()).await.err(),
    ];
    for refused in all {
        assert!(
            matches!(refused, Some(StoreError::UnfinishedCopy { .. })),
            "{refused:?}"
        );
        let said = refused.unwrap().to_string();
        let typed =
            ["sqlite:/", "postgres://"].map(|from| format!("請再執行 fazun store copy --from {from}"));
        assert!(typed.iter().any(|typed| said.contains(typed)), "{said}");
        assert!(said.contains(&format!(" --to {}", at.typed())), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

async fn a_copy_that_was_killed_opens_for_nothing_but_its_end(over: &Place) {
    let from = Place::sqlite();
    source(&from).await.close().await;
    goes_on_after_it_was_killed(&from, over).await;
}

#[tokio::test]
async fn a_copy_from_postgres_that_was_killed() {
    let Some(from) = Place::postgres(0).await else {
        return;
    };
    source(&from).await.close().await;
    goes_on_after_it_was_killed(&from, &Place::sqlite()).await;
    from.gone().await;
}

async fn goes_on_after_it_was_killed(from: &Place, over: &Place) {
    killed_on_the_way(from, over);
    is_unfinished(over).await;
    // Another source doesn't finish it.
    let other = Place::sqlite();
    let strange = open(&other).await;
    let to = open_to_copy(over).await;
    let refused = copy(&strange, &to).await;
    assert!(matches!(refused, Err(StoreError::Diverged { .. })), "{refused:?}");
    to.close().await;
    is_unfinished(over).await;
    if over.is_sqlite() {
        let file = over.dir().join(DATABASE);
        let refused = Store::check_backup(&file, &[], &AnyForms).await;
        assert!(
            matches!(refused, Err(StoreError::UnfinishedCopy { .. })),
            "{refused:?}"
        );
    }
    let source = open(from).await;
    let to = open_to_copy(over).await;
    let counts = [("a", 0), ("b", 1_200), ("c", 0), ("d", 0)].map(|(agency, n)| (agency.to_owned(), n));
    assert_eq!(copy(&source, &to).await.unwrap(), counts);
    to.close().await;
    let whole = open_as(over, OpenMode::MustExist).await.unwrap();
    assert!(is_sound(&whole, &source.heads().await.unwrap()).await);
    for agency in ["a", "b", "c", "d"] {
        assert_eq!(
            everything(&whole, agency).await,
            everything(&source, agency).await
        );
    }
    whole.close().await;
    source.close().await;
}

async fn what_is_refused_leaves_no_mark(place: &Place) {
    let from = Place::sqlite();
    let source = filled(&from).await;
    // An agency of its own, which the source doesn't know.
    let there = open(place).await;
    let rows = vec![row("system", "x", 0, json!({}))];
    there.commit(commit("z", rows)).await.unwrap();
    let refused = copy(&source, &there).await;
    assert!(
        matches!(&refused, Err(StoreError::Diverged { agency, seq: 1 }) if agency == "z"),
        "{refused:?}"
    );
    there.close().await;
    let there = open_as(place, OpenMode::MustExist).await.unwrap();
    assert_eq!(there.heads().await.unwrap().len(), 1);
    there.close().await;
}
