//! What is larger than is taken is refused as such, with how much is.

use crate::setup::Site;
use serde_json::json;

const MB: usize = 1024 * 1024;

#[tokio::test]
async fn a_file_that_is_too_large_is_told_so_with_the_limit() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let list = vec![b'x'; 64 * MB + 1];
    let evidence = &list[..=25 * MB];
    let body = json!({ "name": "公文系統", "operator": "own" });
    let id = officer.create("system", &body).await.id();
    let before = site.position().await;
    let body = body.to_string();
    let paper = format!("registers/system/records/{id}/paper");
    let signed = [("signed_by", "王小明"), ("on", "2026-11-01"), ("version", "1")];
    for (path, texts, file, limit) in [
        ("registers/asset/imports", &[][..], &list[..], "64 MB"),
        (
            "registers/system/uploads",
            &[("record", body.as_str())],
            evidence,
            "25 MB",
        ),
        (paper.as_str(), &signed, evidence, "25 MB"),
    ] {
        let files = [("file", "大.csv", file)];
        let answer = officer.form(path, &[], texts, &files).await;
        let problem = answer.refused(413);
        assert_eq!(problem["code"], "too_large", "{path}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("大.csv") && detail.contains(limit),
            "{path}: {detail}"
        );
    }
    assert_eq!(site.position().await, before, "nothing was written");
}
