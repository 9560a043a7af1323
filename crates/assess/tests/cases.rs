//! Every worked case under `law/`.

#[test]
fn worked_cases_hold() {
    let corpus = testkit::corpus();
    let mut count = 0;
    for file in testkit::law_files(&testkit::root().join("law")) {
        if file.path.ends_with("cases.md") {
            count += testkit::run_cases(&corpus, &file.path, &file.text);
        }
    }
    assert!(count >= 15, "only {count} cases were found");
}
