//! Law files that don't load leave in use what the same folder held last.

use app::{files_of, law_for};
use std::path::Path;

fn copy(from: &Path, to: &Path) {
    for file in files_of(from).expect("the law folder") {
        let path = to.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, file.text).expect("written");
    }
}

#[test]
fn a_slip_in_the_law_leaves_the_last_good_one_in_use() {
    let dir = tempfile::tempdir().expect("a directory");
    let (law, data) = (dir.path().join("law"), dir.path().join("data"));
    copy(&testkit::root().join("law"), &law);
    let duties = law.join("plan/duties.toml");
    let good = std::fs::read_to_string(&duties).expect("read");

    std::fs::write(&duties, good.replacen("key =", "kye =", 1)).expect("written");
    assert!(law_for(Some(&law), &data).is_err(), "nothing loaded before");

    std::fs::create_dir_all(&data).expect("made");
    std::fs::write(&duties, &good).expect("written");
    let first = law_for(Some(&law), &data).expect("good law");
    assert!(first.refused.is_empty());

    std::fs::write(&duties, good.replacen("key =", "kye =", 1)).expect("written");
    let second = law_for(Some(&law), &data).expect("the last good law");
    assert_eq!(second.corpus.hash, first.corpus.hash);
    assert_eq!(
        second.refused.first().map(|e| e.file.as_str()),
        Some("plan/duties.toml")
    );

    // Unreadable bytes are no reason to shut either; another folder's law is no substitute.
    std::fs::write(&duties, [0xff_u8, 0xfe]).expect("written");
    let bytes = law_for(Some(&law), &data).expect("the last good law");
    assert_eq!(
        (bytes.refused.len(), bytes.corpus.hash.as_str()),
        (1, first.corpus.hash.as_str())
    );
    let other = dir.path().join("other");
    copy(&testkit::root().join("law"), &other);
    std::fs::write(other.join("plan/duties.toml"), "kye = 1").expect("written");
    assert!(law_for(Some(&other), &data).is_err());

    // A mended folder takes over again.
    std::fs::write(&duties, format!("{good}\n# mended\n")).expect("written");
    let third = law_for(Some(&law), &data).expect("good law");
    assert!(third.refused.is_empty() && third.corpus.hash != first.corpus.hash);
}
