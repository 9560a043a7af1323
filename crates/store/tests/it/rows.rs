//! Writing and reading, and who wins when two write.

use super::place::{Place, everywhere};
use super::{blob, commit, filled, head, is_sound, open, open_as, position, read, row};
use serde_json::json;
use store::{Commit, Keeping, OpenMode, Query, Receipt, StoreError, WrittenHead, canonical};

everywhere!(
    the_latest_and_every_past_state_can_be_read,
    the_database_holds_the_bytes_that_were_hashed,
    of_two_writers_the_second_is_told,
    many_writers_at_once_lose_nothing,
    who_is_refused_takes_nothing_of_the_others_back,
    a_commit_that_fails_half_way_leaves_nothing,
    a_commit_larger_than_one_statement_is_one_chain,
    a_cancelled_commit_is_whole_or_nothing,
    a_row_is_known_by_its_agency_too,
    what_one_action_wrote_is_found_with_what_came_after,
    rows_are_counted_as_they_stand_and_as_they_stood,
    evidence_that_is_named_must_be_kept,
    a_file_is_found_by_the_rows_that_name_it,
    several_that_create_at_once_all_open,
    answers_are_kept_for_some_months,
    incomplete_commits_are_refused,
    history_can_not_be_changed_by_accident,
);

async fn the_latest_and_every_past_state_can_be_read(place: &Place) {
    let store = filled(place).await;
    let chains = store.heads().await.unwrap();
    assert_eq!(
        chains
            .iter()
            .map(|h| (h.agency.as_str(), h.seq))
            .collect::<Vec<_>>(),
        [("a", 5)]
    );
    let latest = read(&store, "a").await.latest().await.unwrap();
    let keys: Vec<_> = latest
        .iter()
        .map(|r| (r.row.as_str(), r.version, r.seq))
        .collect();
    assert_eq!(keys, [("d1", 1, 5), ("s1", 2, 4), ("s2", 1, 2), ("s3", 1, 3)]);
    assert_eq!(
        read(&store, "a").await.latest_of("system").await.unwrap().len(),
        3
    );
    assert_eq!(read(&store, "b").await.latest().await.unwrap(), []);

    let then = read(&store, "a").await.rows_at(3).await.unwrap();
    let keys: Vec<_> = then.iter().map(|r| (r.row.as_str(), r.version)).collect();
    assert_eq!(keys, [("s1", 1), ("s2", 1), ("s3", 1)]);
    assert_eq!(read(&store, "a").await.rows_at(5).await.unwrap(), latest);
    assert_eq!(read(&store, "a").await.rows_at(0).await.unwrap(), []);

    let history = read(&store, "a").await.history("system", "s1").await.unwrap();
    assert_eq!(history.iter().map(|r| r.version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        read(&store, "a")
            .await
            .row("system", "s1")
            .await
            .unwrap()
            .as_ref(),
        history.last()
    );
    assert_eq!(
        read(&store, "a").await.row("system", "nobody").await.unwrap(),
        None
    );

    assert_eq!(position(&store, "a").await, 5);
    let entries = read(&store, "a").await.entries(2, 2).await.unwrap();
    assert_eq!(entries.iter().map(|e| e.entry.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(entries[0].entry.hash(), entries[0].hash);

    let verification = store.verify(&[head(&store, "a").await]).await.unwrap();
    assert!(verification.is_sound(), "{verification:?}");
    assert_eq!(verification.entries(), 5);
}

async fn the_database_holds_the_bytes_that_were_hashed(place: &Place) {
    let store = open(place).await;
    let body = json!({"b": 24.0, "a": "資安\n"});
    let done = store
        .commit(commit("a", vec![row("business", "b1", 0, body.clone())]))
        .await
        .unwrap();
    assert_eq!(done.entries[0].body_hash, ledger::sha256(&canonical(&body)));
    let text = place.asked("SELECT body FROM row_version").await.unwrap();
    assert_eq!(text, ["{\"a\":\"資安\\n\",\"b\":24}"]);
}

async fn of_two_writers_the_second_is_told(place: &Place) {
    let one = filled(place).await;
    let two = open(place).await;
    let change = |who: &str| commit("a", vec![row("system", "s2", 1, json!({"by": who}))]);
    let (a, b) = tokio::join!(one.commit(change("one")), two.commit(change("two")));
    let lost = match (a, b) {
        (Ok(_), Err(e)) | (Err(e), Ok(_)) => e,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        lost.to_string(),
        "system 的 s2 已被他人更新（您看到的是第 1 版，現在是第 2 版）。請重新載入，再改一次"
    );
    let again = one
        .commit(commit("a", vec![row("system", "s2", 0, json!({}))]))
        .await;
    assert!(matches!(again, Err(StoreError::Conflict { found: 2, .. })));
    let ahead = one
        .commit(commit("a", vec![row("system", "new", 3, json!({}))]))
        .await;
    assert!(matches!(ahead, Err(StoreError::Conflict { found: 0, .. })));
    assert!(is_sound(&two, &[]).await);
}

async fn many_writers_at_once_lose_nothing(place: &Place) {
    let stores = [open(place).await, open(place).await];
    let mut tasks = Vec::new();
    for n in 0..24usize {
        let store = stores[n % 2].clone();
        tasks.push(tokio::spawn(async move {
            let rows = vec![row("system", &format!("r{n}"), 0, json!({"n": n}))];
            store.commit(commit("a", rows)).await
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(read(&stores[0], "a").await.latest().await.unwrap().len(), 24);
    assert!(is_sound(&stores[1], &[]).await);
}

async fn who_is_refused_takes_nothing_of_the_others_back(place: &Place) {
    let store = filled(place).await;
    let before = head(&store, "a").await.seq;
    let mut tasks = Vec::new();
    for n in 0..40usize {
        let (store, id) = (store.clone(), format!("r{n}"));
        // Some see a version that isn't there, before anything of them is written; some name a new file
        // beside it, and some come with a key that another one has used, after something was written.
        let seen = u32::from(n % 8 == 1 || n % 4 == 2) * 7;
        let mut commit = commit("a", vec![row("system", &id, seen, json!({"n": n}))]);
        if n % 4 == 2 {
            commit.blobs.push(blob(id.as_bytes()));
        }
        if n % 4 == 3 {
            commit.receipt = Some(Receipt {
                principal: "p".to_owned(),
                key: "one".to_owned(),
                request: [7; 32],
                answer: "{}".to_owned(),
            });
        }
        tasks.push(tokio::spawn(async move { (n, store.commit(commit).await) }));
    }
    let (mut by_key, mut written) = (0_u64, 0_u64);
    for task in tasks {
        let (n, answer) = task.await.unwrap();
        written += u64::from(answer.is_ok());
        by_key += u64::from(n % 4 == 3 && answer.is_ok());
        let as_expected = match &answer {
            Ok(_) => n % 4 == 0 || n % 8 == 5 || n % 4 == 3,
            Err(StoreError::Conflict { found: 0, .. }) => n % 8 == 1 || n % 4 == 2,
            Err(StoreError::Repeated) => n % 4 == 3,
            Err(_) => false,
        };
        assert!(as_expected, "{n}: {answer:?}");
    }
    assert_eq!((by_key, written), (1, 16));
    assert_eq!(head(&store, "a").await.seq, before + written);
    let orphan = ledger::hex(&ledger::sha256(b"r2"));
    assert_eq!(read(&store, "a").await.blob(&orphan).await.unwrap(), None);
    assert!(is_sound(&store, &[]).await);
}

async fn a_commit_that_fails_half_way_leaves_nothing(place: &Place) {
    let store = filled(place).await;
    let before = head(&store, "a").await;
    let mut half = commit(
        "a",
        vec![
            row("system", "s8", 0, json!({})),
            row("system", "s1", 2, json!({})),
            row("system", "s2", 7, json!({})),
        ],
    );
    half.blobs.push(blob(b"orphan"));
    assert!(matches!(
        store.commit(half).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(head(&store, "a").await, before);
    assert_eq!(read(&store, "a").await.row("system", "s8").await.unwrap(), None);
    let orphan = ledger::hex(&ledger::sha256(b"orphan"));
    assert_eq!(read(&store, "a").await.blob(&orphan).await.unwrap(), None);
    // The connection is usable again.
    store
        .commit(commit("a", vec![row("system", "s8", 0, json!({}))]))
        .await
        .unwrap();
}

async fn a_commit_larger_than_one_statement_is_one_chain(place: &Place) {
    let store = open(place).await;
    // More rows than a statement takes, and one of them three times: each version follows its own.
    let mut rows: Vec<_> = (0..1_200)
        .map(|n| row("asset", &format!("r{n:04}"), 0, json!({ "n": n })))
        .collect();
    rows.insert(700, row("asset", "r0003", 1, json!({"n": "second"})));
    rows.insert(701, row("asset", "r0003", 2, json!({"n": "third"})));
    let done = store.commit(commit("a", rows)).await.unwrap();
    assert_eq!((done.entries.len(), done.position), (1_202, 1_202));
    assert_eq!(
        read(&store, "a").await.latest_of("asset").await.unwrap().len(),
        1_200
    );
    let versions = read(&store, "a").await.history("asset", "r0003").await.unwrap();
    assert_eq!(
        versions.iter().map(|r| (r.version, r.seq)).collect::<Vec<_>>(),
        [(1, 4), (2, 701), (3, 702)]
    );
    assert!(is_sound(&store, &[done.head]).await);

    // Wrong in the last batch: nothing of the first ones stays.
    let mut rows: Vec<_> = (0..1_200)
        .map(|n| row("asset", &format!("q{n:04}"), 0, json!({ "n": n })))
        .collect();
    rows.push(row("asset", "r0003", 2, json!({"n": "late"})));
    let refused = store.commit(commit("a", rows)).await.unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Conflict {
                expected: 2,
                found: 3,
                ..
            }
        ),
        "{refused:?}"
    );
    assert_eq!(position(&store, "a").await, 1_202);
}

async fn a_cancelled_commit_is_whole_or_nothing(place: &Place) {
    let store = open(place).await;
    for n in 0..30u64 {
        let rows = (0..20)
            .map(|i| row("system", &format!("{n}-{i}"), 0, json!({})))
            .collect();
        let writer = store.clone();
        let task = tokio::spawn(async move { writer.commit(commit("a", rows)).await.map(|_| ()) });
        tokio::time::sleep(std::time::Duration::from_micros(n * 150)).await;
        task.abort();
        let _ = task.await;
    }
    assert_eq!(position(&store, "a").await % 20, 0);
    assert!(is_sound(&store, &[]).await);
    store
        .commit(commit("a", vec![row("system", "after", 0, json!({}))]))
        .await
        .unwrap();
}

async fn a_row_is_known_by_its_agency_too(place: &Place) {
    let store = filled(place).await;
    let taken = store
        .commit(commit("b", vec![row("system", "s2", 1, json!({}))]))
        .await;
    assert!(matches!(taken, Err(StoreError::Conflict { found: 0, .. })));
    // The same id is another row there.
    let own = vec![row("system", "s2", 0, json!({"name": "乙"}))];
    let done = store.commit(commit("b", own)).await.unwrap();
    assert_eq!((done.position, done.head.agency.as_str()), (1, "b"));
    assert_eq!(position(&store, "a").await, 5);
    let name = |row: Option<store::StoredRow>| row.unwrap().body["name"].as_str().unwrap().to_owned();
    assert_eq!(
        name(read(&store, "a").await.row("system", "s2").await.unwrap()),
        "系統2"
    );
    assert_eq!(
        name(read(&store, "b").await.row("system", "s2").await.unwrap()),
        "乙"
    );
    assert!(is_sound(&store, &[]).await);
    // A file of one agency is no file of another.
    let sha256 = ledger::hex(&ledger::sha256(b"proof"));
    assert_eq!(read(&store, "b").await.blob(&sha256).await.unwrap(), None);
    let named = vec![row("activity", "d1", 0, json!({"sha256": sha256}))];
    let refused = store.commit(commit("b", named)).await;
    assert!(matches!(refused, Err(StoreError::UnknownBlob { .. })));
}

async fn what_one_action_wrote_is_found_with_what_came_after(place: &Place) {
    let store = open(place).await;
    let by = |action: &str, agency: &str, rows| Commit {
        action: action.into(),
        ..commit(agency, rows)
    };
    let first = vec![
        row("system", "s2", 0, json!({})),
        row("vendor", "v1", 0, json!({})),
        row("system", "s1", 0, json!({})),
    ];
    store.commit(by("import:1", "a", first)).await.unwrap();
    let changed = vec![row("system", "s1", 1, json!({"name": "甲"}))];
    store.commit(by("update", "a", changed)).await.unwrap();
    for (agency, action) in [("b", "import:1"), ("a", "import:2")] {
        let other = vec![row("system", "other", 0, json!({}))];
        store.commit(by(action, agency, other)).await.unwrap();
    }
    let mut reading = read(&store, "a").await;
    let head = |row: &str, version, latest| WrittenHead {
        row: row.into(),
        version,
        latest,
    };
    assert_eq!(
        reading.heads_written_by("import:1", "system").await.unwrap(),
        [head("s2", 1, 1), head("s1", 1, 2)]
    );
    assert_eq!(
        reading.heads_written_by("update", "system").await.unwrap(),
        [head("s1", 2, 2)]
    );
    assert_eq!(reading.heads_written_by("import:3", "system").await.unwrap(), []);
}

async fn rows_are_counted_as_they_stand_and_as_they_stood(place: &Place) {
    let store = filled(place).await;
    // A withdrawn row is of no register, and those of another agency are not counted.
    let withdrawn = vec![row("system", "s3", 1, serde_json::Value::Null)];
    store.commit(commit("a", withdrawn)).await.unwrap();
    let other = vec![row("vendor", "v", 0, json!({}))];
    store.commit(commit("b", other)).await.unwrap();
    let mut reading = read(&store, "a").await;
    let counts = reading.counts().await.unwrap();
    assert_eq!(counts.get("system"), Some(&2));
    assert_eq!(counts.values().sum::<u64>(), 3, "{counts:?}");
    for (at, rows) in [(0, 0), (1, 1), (3, 3), (5, 3), (6, 2), (7, 2)] {
        let then = Query {
            at: Some(at),
            ..Query::default()
        };
        assert_eq!(reading.count("system", then).await.unwrap(), rows, "at {at}");
    }
}

async fn evidence_that_is_named_must_be_kept(place: &Place) {
    let store = filled(place).await;
    let body = json!({"evidence": [{"sha256": "ab".repeat(32)}]});
    let refused = store
        .commit(commit("a", vec![row("activity", "d2", 0, body)]))
        .await;
    assert!(matches!(refused, Err(StoreError::UnknownBlob { .. })));
    let sha256 = ledger::hex(&ledger::sha256(b"proof"));
    let kept = read(&store, "a").await.blob(&sha256).await.unwrap().unwrap();
    assert_eq!(kept.bytes, b"proof");
    // The same file may be named again without sending it again.
    let body = json!({"sha256": sha256});
    store
        .commit(commit("a", vec![row("plan", "p1", 0, body)]))
        .await
        .unwrap();
}

async fn a_file_is_found_by_the_rows_that_name_it(place: &Place) {
    let store = filled(place).await;
    let sha256 = ledger::hex(&ledger::sha256(b"proof"));
    let named = async |agency: &str| {
        let versions = read(&store, agency).await.versions_naming(&sha256).await.unwrap();
        versions
            .into_iter()
            .map(|v| (v.row, v.version))
            .collect::<Vec<_>>()
    };
    let d1 = ("d1".to_owned(), 1);
    assert_eq!(named("a").await, std::slice::from_ref(&d1));
    assert_eq!(named("b").await, []);
    // Named twice, by itself and among the evidence, and in a second version: one row.
    let body =
        json!({"sha256": sha256, "evidence": [{"sha256": sha256}, {"sha256": sha256}, "x", {"sha256": 1}]});
    let rows = vec![
        row("evidence", "e1", 0, body.clone()),
        row("evidence", "e1", 1, body),
    ];
    store.commit(commit("a", rows)).await.unwrap();
    let e1 = [("e1".to_owned(), 1), ("e1".to_owned(), 2)];
    assert_eq!(named("a").await, [std::slice::from_ref(&d1), &e1[..]].concat());
    // What no longer names it did so once.
    let rows = vec![row("activity", "d1", 1, json!(null))];
    store.commit(commit("a", rows)).await.unwrap();
    assert_eq!(named("a").await, [&[d1], &e1[..]].concat());
    let files = read(&store, "a").await.named_files().await.unwrap();
    let firsts: Vec<_> = files
        .iter()
        .map(|(_, _, row, seq)| (row.as_str(), *seq))
        .collect();
    assert_eq!(firsts, [("d1", 5), ("e1", 6)]);
    assert!(is_sound(&store, &[]).await);
}

async fn several_that_create_at_once_all_open(place: &Place) {
    let (a, b, c) = tokio::join!(open(place), open(place), open(place));
    for (n, store) in [a, b, c].into_iter().enumerate() {
        let rows = vec![row("system", &format!("s{n}"), 0, json!({}))];
        store.commit(commit("a", rows)).await.unwrap();
        assert!(is_sound(&store, &[]).await);
    }
}

async fn answers_are_kept_for_some_months(place: &Place) {
    let store = open(place).await;
    let day = 24 * 60 * 60 * 1_000_000_i64;
    for (n, at) in [(1, 0), (2, 10 * day), (3, 125 * day)] {
        let mut with_answer = commit("a", vec![row("system", &format!("s{n}"), 0, json!({}))]);
        with_answer.at_micros = at;
        with_answer.receipt = Some(Receipt {
            principal: "wang".into(),
            key: n.to_string(),
            request: [n; 32],
            answer: format!("s{n}"),
        });
        store.commit(with_answer).await.unwrap();
    }
    let known = async || {
        let mut known = Vec::new();
        for key in ["1", "2", "3"] {
            let receipt = read(&store, "a").await.receipt("wang", key).await.unwrap();
            known.push(receipt.is_some());
        }
        known
    };
    assert_eq!(
        known().await,
        [true; 3],
        "nobody's write waits for others' to be forgotten"
    );
    let keeping = Keeping {
        done: 0,
        dead: 0,
        imports: 0,
        receipts: 5 * day,
    };
    assert_eq!(store.clean_up("a", keeping).await.unwrap().receipts, 1);
    assert_eq!(known().await, [false, true, true]);
}

async fn incomplete_commits_are_refused(place: &Place) {
    let store = open(place).await;
    let mut nobody = commit("a", vec![row("system", "s", 0, json!({}))]);
    nobody.actor = " ".into();
    for bad in [
        commit("a", vec![]),
        commit("", vec![row("system", "s", 0, json!({}))]),
        commit("a", vec![row("", "s", 0, json!({}))]),
        nobody,
    ] {
        assert!(matches!(
            store.commit(bad).await,
            Err(StoreError::Incomplete { .. })
        ));
    }
}

async fn history_can_not_be_changed_by_accident(place: &Place) {
    let store = filled(place).await;
    for sql in [
        "UPDATE row_version SET body = '{}'",
        "DELETE FROM row_version",
        "UPDATE ledger_entry SET actor = 'x'",
        "DELETE FROM ledger_entry",
        "UPDATE blob SET name = 'x'",
        "DELETE FROM blob",
    ] {
        let refused = place.asked(sql).await.unwrap_err();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    if !place.is_sqlite() {
        for table in ["ledger_entry", "row_version", "blob"] {
            let refused = place
                .asked(&format!("TRUNCATE {table} CASCADE"))
                .await
                .unwrap_err();
            assert!(refused.contains("append-only"), "{table}: {refused}");
        }
    }
    assert!(is_sound(&store, &[]).await);
}

#[tokio::test]
async fn the_latest_rows_of_an_agency_are_found_by_index() {
    let place = Place::sqlite();
    let _store = filled(&place).await;
    let mut c = place.sqlite_connection().await;
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        "EXPLAIN QUERY PLAN SELECT v.body FROM row_head h
         JOIN row_version v ON v.agency = h.agency AND v.seq = h.seq
         WHERE h.agency = 'a' ORDER BY h.register, h.row_id",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    let plan: Vec<_> = plan.into_iter().map(|r| r.3).collect();
    assert_eq!(
        plan,
        [
            "SEARCH h USING PRIMARY KEY (agency=?)",
            "SEARCH v USING INDEX sqlite_autoindex_row_version_1 (agency=? AND seq=?)"
        ]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let _store = filled(&dir).await;
    let mode = |p: &std::path::Path| p.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for entry in std::fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert!(dir.join(store::DATABASE).exists());
    assert!(open_as(&dir, OpenMode::MustExist).await.is_ok());
}
