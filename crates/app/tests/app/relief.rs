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
