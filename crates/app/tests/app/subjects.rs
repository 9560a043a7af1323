//! Subjects' pages: what refers to a row, both ways, and by whom it is seen.

use crate::ways::{Ways as _, local, visit};
use crate::{agency, product, sample};
use app::{App, Grant, Kind, Principal, PutRecord, Role, RowId, subjects};
use serde_json::{Value, json};
use views::{SearchTarget, SubjectView};

async fn put(app: &App, id: &str, key: &str, body: Value) -> String {
    let put = PutRecord {
        body,
        ..PutRecord::default()
    };
    let saved = app.put_record(&local("test"), id, key, put).await;
    saved.unwrap_or_else(|e| panic!("{key}: {e}")).record.id
}

fn as_role(id: &str, role: Role, unit: &str, contract: &str) -> Principal {
    let grant = Grant {
        role,
        agency: id.to_owned(),
        unit: unit.to_owned(),
        contract: contract.to_owned(),
        audit: String::new(),
        position: None,
        stands_for: None,
    };
    Principal::member("somebody", "某人", vec![grant])
}

async fn page(app: &App, who: &Principal, id: &str, key: &'static str, row: &str) -> SubjectView {
    let visit = visit(app, who, id).await.unwrap();
    let before = visit.statements();
    let page = subjects::subject(&visit, key, &RowId::parse(row).unwrap())
        .await
        .unwrap();
    let made = visit.statements() - before;
    assert!(made <= 9, "{key}: {made} statements");
    page
}

/// Rows that are listed of a register.
fn rows<'v>(page: &'v SubjectView, key: &str) -> Vec<&'v str> {
    let of = page.registers.iter().filter(|r| r.key == key);
    let rows = of.flat_map(|r| &r.rows).filter_map(|hit| match &hit.target {
        SearchTarget::Record { id, .. } => Some(id.as_str()),
        _ => None,
    });
    rows.collect()
}

/// Every register that refers to one is on its page: with rows, or as one that has none yet.
#[tokio::test]
async fn every_register_that_refers_to_a_subject_is_on_its_page() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let who = local("test");
    let system = put(&app, &id, "system", json!({ "name": "線上申辦系統二" })).await;
    let person = put(&app, &id, "person", json!({ "name": "歐陽示範" })).await;
    let contract = put(
        &app,
        &id,
        "contract",
        json!({ "name": "維護案", "vendor": "甲公司" }),
    )
    .await;
    for (key, row) in [("system", &system), ("person", &person), ("contract", &contract)] {
        let page = page(&app, &who, &id, key, row).await;
        for spec in registers::catalogue() {
            let refers = spec.fields.iter().any(|f| match f.kind {
                registers::Kind::Reference(to) | registers::Kind::References(to) => to == key,
                _ => false,
            });
            let visit = visit(&app, &who, &id).await.unwrap();
            let may = visit.may(app::act::Create, spec).is_ok() && spec.reach != registers::Reach::System;
            if refers && may {
                let shown = page
                    .registers
                    .iter()
                    .chain(&page.empty)
                    .any(|r| r.key == spec.key);
                assert!(shown, "{key}: {}", spec.key);
            }
        }
    }
}

#[tokio::test]
async fn rows_are_told_newest_first_and_of_this_subject_only() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let who = local("test");
    let one = put(&app, &id, "system", json!({ "name": "甲系統", "grade": "中" })).await;
    let two = put(&app, &id, "system", json!({ "name": "乙系統" })).await;
    let check = |system: &str, control: &str, result: &str, on: &str| json!({ "system": system, "edition": "2026", "control": control, "result": result, "checked_on": on, "explanation": "說明" });
    let late = put(
        &app,
        &id,
        "control_check",
        check(&one, "AC1-1", "met", "2026-05-01"),
    )
    .await;
    let early = put(
        &app,
        &id,
        "control_check",
        check(&one, "AC1-2", "not_met", "2026-03-01"),
    )
    .await;
    let other = put(
        &app,
        &id,
        "control_check",
        check(&two, "AC1-1", "met", "2026-06-01"),
    )
    .await;
    let first = page(&app, &who, &id, "system", &one).await;
    assert_eq!(rows(&first, "control_check"), [late.as_str(), early.as_str()]);
    let second = page(&app, &who, &id, "system", &two).await;
    assert_eq!(rows(&second, "control_check"), [other.as_str()]);
    let head = first.heads.iter().find(|h| h.title == "防護基準進度").unwrap();
    let worst_first = head.bars.is_sorted_by(|a, b| a.done * b.of <= b.done * a.of);
    let done: usize = head.bars.iter().map(|b| b.done).sum();
    assert!(worst_first && done == 1, "{head:?}");
    assert!(
        head.bars.iter().map(|b| b.of).sum::<usize>() > 2,
        "all that the grade asks for: {head:?}"
    );
    // What is taken back is gone from the page.
    let nobody = visit(&app, &who, &id).await.unwrap();
    let missing = subjects::subject(&nobody, "system", &RowId::parse("no-such").unwrap()).await;
    assert_eq!(missing.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_subject_s_page_shows_no_more_than_its_registers() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let one = put(
        &app,
        &id,
        "contract",
        json!({ "name": "甲案", "vendor": "甲公司" }),
    )
    .await;
    let two = put(
        &app,
        &id,
        "contract",
        json!({ "name": "乙案", "vendor": "乙公司" }),
    )
    .await;
    let person = put(
        &app,
        &id,
        "person",
        json!({ "name": "歐陽示範", "unit": "資訊課" }),
    )
    .await;
    let vendor = as_role(&id, Role::Vendor, "", &one);
    let mine = page(&app, &vendor, &id, "contract", &one).await;
    assert_eq!(mine.name, "甲案");
    assert!(
        mine.duties.is_empty(),
        "duties are the agency's: {:?}",
        mine.duties
    );
    let visiting = visit(&app, &vendor, &id).await.unwrap();
    for (key, row) in [("contract", &two), ("person", &person)] {
        let refused = subjects::subject(&visiting, key, &RowId::parse(row).unwrap()).await;
        assert!(refused.is_err(), "{key}");
    }
    let head = as_role(&id, Role::UnitHead, "會計室", "");
    let veiled = page(&app, &head, &id, "person", &person).await;
    assert!(!format!("{veiled:?}").contains("歐陽示範"), "{veiled:?}");
    assert!(!veiled.amend);
    let seen = page(&app, &local("test"), &id, "person", &person).await;
    assert!(seen.name == "歐陽示範" && seen.amend);
}
