//! What an agency asked to be relieved of, by the record that an officer writes.

use crate::ways::{Ways as _, local, visit};
use crate::{agency, product, sample};
use app::{AppError, EvidenceFile, PaperSignature, PutRecord, RowId, records};
use serde_json::{Value, json};
use testkit::day;
use views::Status;

fn asked(duty: &str, more: &Value) -> Value {
    let mut body = json!({
        "number": "115-EX-009", "applied_on": "2026-03-01", "unit": "資訊室", "kind": "level_duty",
        "duty": duty, "rule": "啟用防毒軟體", "reason": "專用設備無法安裝",
        "substitute": "隔離於獨立網段", "from": "2026-03-20", "until": "2026-12-31",
    });
    let (Some(body_of), Some(more)) = (body.as_object_mut(), more.as_object()) else {
        return body;
    };
    body_of.extend(more.clone());
    body
}

#[tokio::test]
async fn a_relief_counts_once_it_was_consented_to_and_filed() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let status = async || {
        let duties = app.duties(&id, day("2026-06-01")).await.expect("duties");
        let duty = duties.into_iter().find(|d| d.key == "protection.antivirus");
        let duty = duty.expect("the duty");
        (duty.verdict, duty.reason)
    };
    let put = async |row: Option<(&str, u32)>, body: Value| {
        let put = PutRecord {
            id: row.map(|(id, _)| app::RowId::parse(id).expect("an id")),
            seen: row.map(|(_, seen)| seen),
            body,
            ..PutRecord::default()
        };
        let saved = app.put_record(&local("test"), &id, "exception", put).await;
        saved.map(|saved| saved.record.id)
    };
    let sign = async |row: &str, seen: u32| {
        let visit = visit(&app, &local("test"), &id).await.expect("a visit");
        let paper = PaperSignature {
            signed_by: "張資安".into(),
            on: visit.today(),
            scan: EvidenceFile {
                name: "簽名頁.pdf".into(),
                bytes: b"%PDF-1.4 signed".to_vec(),
                media_type: "application/pdf".into(),
            },
            seen,
        };
        let spec = registers::register("exception").expect("the register");
        let row = RowId::parse(row).expect("an id");
        let signed = records::approve_on_paper(&visit, spec, &row, paper).await;
        signed.expect("signed");
    };
    assert_eq!(status().await.0, Status::NotMet);
    let row = put(None, asked("protection.antivirus", &json!({})))
        .await
        .expect("is taken");
    let (before, reason) = status().await;
    assert_eq!(before, Status::NotMet);
    assert!(reason.contains("尚未經同意，也尚未報備查"), "{reason}");
    let dates = json!({ "agreed_on": "2026-03-10", "filed_on": "2026-03-19" });
    put(Some((&row, 1)), asked("protection.antivirus", &dates))
        .await
        .expect("is taken");
    // The agency itself hasn't decided to ask for it.
    let (draft, reason) = status().await;
    assert_eq!(draft, Status::NotMet);
    assert!(reason.contains("該紀錄尚未核定"), "{reason}");
    sign(&row, 2).await;
    let (after, reason) = status().await;
    assert_eq!(after, Status::NotApplicable, "{reason}");
    assert!(reason.contains("115/03/19 報備查"), "{reason}");
    // Ended before its time, it is done again from that day on.
    let ended = json!({ "agreed_on": "2026-03-10", "filed_on": "2026-03-19", "closed_on": "2026-06-01" });
    put(Some((&row, 2)), asked("protection.antivirus", &ended))
        .await
        .expect("is taken");
    assert_eq!(status().await.0, Status::NotApplicable);
    sign(&row, 3).await;
    let (over, reason) = status().await;
    assert_eq!(over, Status::NotMet, "{reason}");
    // Only what the annexes ask for can be relieved of, and only what is a duty.
    for (duty, says) in [
        ("plan.establish", "不是資通安全責任等級分級辦法"),
        ("no.such", "沒有「no.such」"),
    ] {
        match put(None, asked(duty, &json!({ "number": "115-EX-010" }))).await {
            Err(AppError::Fields(errors)) => {
                assert!(errors.iter().any(|e| e.message.contains(says)), "{errors:?}");
            }
            other => panic!("{duty}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_the_superior_does_with_consent_is_not_for_the_agency_to_do() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let put = async |row: Option<(RowId, u32)>, more: &Value, files: Vec<EvidenceFile>| {
        let mut body = json!({
            "number": "115-DG-001", "what": "report", "kind": "superior", "by": "示範市政府",
            "applied_on": "2026-01-10", "from": "2026-02-01",
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        let (row, seen) = row.unzip();
        let put = PutRecord {
            id: row,
            seen,
            body,
            files,
            ..PutRecord::default()
        };
        let saved = app.put_record(&local("test"), &id, "delegation", put).await;
        RowId::parse(&saved.expect("is taken").record.id).expect("an id")
    };
    let report = async |at: &str| {
        let duties = app.duties(&id, day(at)).await.expect("duties");
        let duty = duties
            .into_iter()
            .find(|d| d.key == "implementation_report.submit");
        duty.expect("the duty")
    };
    let row = put(None, &json!({}), Vec::new()).await;
    let asked = report("2026-06-01").await;
    assert_eq!(asked.verdict, Status::NotYetDue);
    assert!(asked.reason.contains("尚未經同意"), "{}", asked.reason);
    let agreed = json!({ "agreed_by": "示範市政府", "agreed_on": "2026-01-20", "agreed_no": "府資字第1號" });
    let row = put(Some((row, 1)), &agreed, Vec::new()).await;
    let bare = report("2026-06-01").await;
    assert!(bare.reason.contains("同意尚未附佐證"), "{}", bare.reason);
    let letter = EvidenceFile {
        name: "同意函.pdf".into(),
        bytes: b"%PDF-1.4 consent".to_vec(),
        media_type: "application/pdf".into(),
    };
    put(Some((row, 2)), &agreed, vec![letter]).await;
    let theirs = report("2026-06-01").await;
    assert_eq!(theirs.verdict, Status::NotApplicable);
    assert_eq!(theirs.status_words(), "由上級代辦");
    assert_eq!((theirs.due, theirs.proof_until), (None, Some(day("2027-01-20"))));
    // An open end is confirmed anew each year.
    let later = report("2027-01-21").await;
    assert_eq!(later.verdict, Status::NotYetDue);
    assert!(later.reason.contains("請重新確認"), "{}", later.reason);
}

#[tokio::test]
async fn who_lacks_a_paper_is_named() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let body = json!({ "name": "丙丁示範", "unit": "資訊科", "dedicated": true, "joined_on": "2024-02-01" });
    let put = PutRecord {
        body,
        ..PutRecord::default()
    };
    let saved = app.put_record(&local("test"), &id, "person", put).await;
    saved.expect("is taken");
    let duties = app.duties(&id, day("2027-02-01")).await.expect("duties");
    let duty = duties.into_iter().find(|d| d.key == "certificate.dedicated");
    let counts = duty.expect("the duty").counts;
    let each: Vec<_> = counts.iter().filter(|c| c.each.is_some()).collect();
    assert!(!each.is_empty());
    for count in each {
        assert!(count.who.contains(&"丙丁示範".to_owned()), "{count:?}");
        assert_eq!(count.who.len(), count.lacking, "{count:?}");
    }
}
