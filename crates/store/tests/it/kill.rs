//! kill -9 loses nothing that was acknowledged.

use super::place::{Place, everywhere};
use super::{commit, is_sound, open, open_as, position, row};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use store::{Location, OpenMode};

everywhere!(what_was_acknowledged_survives_kill_9);

const PLACE: &str = "FAZUN_TEST_KILL_PLACE";

/// Not a test of its own: the process that is killed. Commits until it dies and prints
/// each position when it was acknowledged.
#[tokio::test]
async fn child_that_commits_until_it_dies() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    let store = open(&Location::parse(&place).unwrap()).await;
    let start = position(&store, "a").await;
    for n in start.. {
        let rows = (0..3)
            .map(|i| {
                row(
                    "system",
                    &format!("r{n}-{i}"),
                    0,
                    json!({"filler": "x".repeat(500)}),
                )
            })
            .collect();
        let done = store.commit(commit("a", rows)).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nacknowledged {}", done.position).unwrap();
        out.flush().unwrap();
    }
}

async fn what_was_acknowledged_survives_kill_9(place: &Place) {
    let mut reached = 0;
    for round in 0..4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child_that_commits_until_it_dies", "--nocapture"])
            .env(PLACE, &place.text)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        while seen < 5 + round * 7 {
            let line = lines.next().unwrap().unwrap();
            if line.starts_with("acknowledged ") {
                seen += 1;
            }
            if let Some(n) = line.strip_prefix("acknowledged ") {
                reached = n.parse().unwrap();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still managed to print was acknowledged too.
        for line in lines.map_while(Result::ok) {
            if let Some(n) = line.strip_prefix("acknowledged ") {
                reached = n.parse().unwrap();
            }
        }
        let store = open_as(place, OpenMode::MustExist).await.unwrap();
        let position = position(&store, "a").await;
        assert!(position >= reached, "{position} < {reached}");
        assert_eq!(position % 3, 0, "a commit was torn");
        assert!(is_sound(&store, &[]).await);
        store.close().await;
    }
    assert!(reached > 100, "{reached}");
}
