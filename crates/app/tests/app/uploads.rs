//! What may be kept as evidence.

use crate::ways::Ways as _;
use crate::{agency, product, sample};
use app::{EvidenceFile, Principal, PutRecord};
use serde_json::json;

#[tokio::test]
async fn programs_are_refused_and_types_are_what_the_bytes_say() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let who = Principal::local("test");
    let put = |name: &str, bytes: &[u8]| PutRecord {
        body: json!({ "title": name, "effective_on": "2026-05-20", "class": "general" }),
        files: vec![EvidenceFile {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
            media_type: "image/png".into(),
        }],
        ..PutRecord::default()
    };
    for (name, bytes) in [
        ("a.pdf", b"MZ\x90\0".as_slice()),
        ("a.txt", b"\x7fELF\x02"),
        ("a.log", b"#!/bin/sh\n"),
        ("a.pdf.exe", b"plain"),
        ("run.JS", b"plain"),
        ("empty.txt", b""),
    ] {
        let error = app.put_record(&who, &id, "evidence", put(name, bytes)).await;
        let said = error.expect_err(name).to_string();
        assert!(said.contains(name) && said.contains("下一步"), "{said}");
    }
    for (name, bytes, kept) in [
        ("a.pdf", b"%PDF-1.7".as_slice(), "application/pdf"),
        ("log.txt", "一".as_bytes(), "text/plain"),
        ("x.bin", b"\xff\xfe\0\0", "application/octet-stream"),
    ] {
        let saved = app
            .put_record(&who, &id, "evidence", put(name, bytes))
            .await
            .unwrap();
        assert_eq!(saved.record.body["evidence"][0]["media_type"], kept, "{name}");
    }
}
