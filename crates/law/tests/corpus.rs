//! The corpus of the repository, and what a corpus refuses.

#[test]
fn loads() {
    let corpus = testkit::corpus();
    assert!(corpus.duties.len() > 40);
}
