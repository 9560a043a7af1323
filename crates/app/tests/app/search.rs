//! Search: what is found by which words, and what nobody finds who may not see it.

use crate::ways::{Ways as _, local, visit};
use crate::{agency, product, sample};
use app::{AgencyId, App, Grant, Principal, PutRecord, Role, search};
use serde_json::{Value, json};
use views::{SearchTarget, SearchView};

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

async fn ask(app: &App, who: &Principal, id: &str, text: &str) -> SearchView {
    let visit = visit(app, who, id).await.unwrap();
    let before = visit.statements();
    let found = search::search(&visit, text).await.unwrap();
    let made = visit.statements() - before;
    assert!(made <= 9, "{text}: {made} statements");
    found
}

/// Registers of which something was found, each with how many.
fn registers_of(view: &SearchView) -> Vec<(&str, u64)> {
    let groups = view.kinds.iter().flat_map(|k| &k.groups);
    let records = groups.filter(|g| !g.register.is_empty());
    records.map(|g| (g.register.as_str(), g.total)).collect()
}

fn ids(view: &SearchView) -> Vec<&str> {
    let hits = view.kinds.iter().flat_map(|k| &k.groups).flat_map(|g| &g.hits);
    let records = hits.filter_map(|hit| match &hit.target {
        SearchTarget::Record { id, .. } => Some(id.as_str()),
        _ => None,
    });
    records.collect()
}

#[tokio::test]
async fn words_numbers_addresses_and_days_in_any_style_find_records() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let contract = json!({ "name": "申辦系統維護案", "vendor": "示範資訊股份有限公司", "number": "NK-7731", "until": "2026-12-31" });
    let contract = put(&app, &id, "contract", contract).await;
    let asset = json!({ "name": "門禁主機", "category": "physical", "number": "PH-0042", "ip": "192.0.2.77", "eol": "2026-12-31" });
    let asset = put(&app, &id, "asset", asset).await;
    let who = local("test");
    for (text, key, row) in [
        ("維護案", "contract", &contract),
        ("nk-77", "contract", &contract),
        ("115/12/31", "contract", &contract),
        ("1151231", "contract", &contract),
        ("115年12月31日", "contract", &contract),
        ("2026-12-31", "asset", &asset),
        ("門禁", "asset", &asset),
        ("192.0.2.77", "asset", &asset),
        ("ph-0042", "asset", &asset),
    ] {
        let found = ask(&app, &who, &id, text).await;
        assert!(
            registers_of(&found).iter().any(|(k, _)| *k == key),
            "{text}: {found:?}"
        );
        assert!(ids(&found).contains(&row.as_str()), "{text}: {found:?}");
        // What 「全部」 leads to says the same.
        for group in found.kinds.iter().flat_map(|k| &k.groups) {
            for list in &group.all {
                let mut query = app::ListQuery::default();
                match list.query.0.as_str() {
                    "q" => query.contains.clone_from(&list.query.1),
                    _ => query.equal.push(list.query.clone()),
                }
                let page = app
                    .list_records(&who, &id, &group.register, &query)
                    .await
                    .unwrap();
                assert!(page.total >= list.total, "{text} {}: {list:?}", group.register);
            }
        }
    }
    let due = ask(&app, &who, &id, "NK-7731").await;
    let hit = &due.kinds[0].groups[0].hits[0];
    assert_eq!(hit.due, "屆滿日 115/12/31（剩 40 天）");
    assert!(hit.amend);
}

#[tokio::test]
async fn duties_and_the_law_are_found_too() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let found = ask(&app, &local("test"), &id, "稽核").await;
    let titles: Vec<&str> = found.kinds.iter().map(|k| k.title.as_str()).collect();
    assert!(
        titles.contains(&"應辦事項") && titles.contains(&"法規"),
        "{titles:?}"
    );
    let duty = found.kinds.iter().find(|k| k.title == "應辦事項").unwrap();
    assert!(
        duty.groups[0].hits.iter().all(|h| !h.state.is_empty()),
        "{duty:?}"
    );
    for little in ["", " ", "稽", " 稽 "] {
        let found = ask(&app, &local("test"), &id, little).await;
        assert!(found.too_short && found.kinds.is_empty(), "{little:?}");
    }
    let nothing = ask(&app, &local("test"), &id, "沒有這樣的字").await;
    assert!(!nothing.too_short && nothing.kinds.is_empty());
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see() {
    let (_dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    let other = agency(
        &app,
        "other.pass.txt",
        sample("demo.pass.txt"),
        Some("2019-08-01"),
    )
    .await;
    let one = json!({ "name": "申辦系統維護案", "vendor": "甲公司", "number": "NK-7731" });
    let one = put(&app, &id, "contract", one).await;
    let two = json!({ "name": "公文系統維護案", "vendor": "乙公司", "number": "NK-7732" });
    let two = put(&app, &id, "contract", two).await;
    let person = json!({ "name": "歐陽示範", "unit": "資訊課" });
    put(&app, &id, "person", person).await;

    // A vendor finds its own contract only.
    let vendor = as_role(&id, Role::Vendor, "", &one);
    let found = ask(&app, &vendor, &id, "NK-773").await;
    assert_eq!(ids(&found), [one.as_str()], "{two}");
    assert!(registers_of(&ask(&app, &vendor, &id, "歐陽").await).is_empty());
    assert!(!format!("{:?}", ask(&app, &vendor, &id, "稽核").await.kinds).contains("應辦事項"));

    // A head of another unit finds nobody by a name that is masked for them; the officer does.
    let head = as_role(&id, Role::UnitHead, "會計室", "");
    let found = ask(&app, &head, &id, "歐陽示範").await;
    assert!(
        !registers_of(&found).iter().any(|(key, _)| *key == "person"),
        "{found:?}"
    );
    let found = ask(&app, &local("test"), &id, "歐陽示範").await;
    assert!(registers_of(&found).contains(&("person", 1)), "{found:?}");

    // An auditor finds what stood at the audit's moment.
    let head = app.chain_head(&AgencyId::parse(&id).unwrap()).await.unwrap();
    let then = head
        .split_whitespace()
        .find_map(|word| word.parse().ok())
        .unwrap();
    let late = json!({ "name": "事後新簽維護案", "vendor": "丙公司", "number": "NK-7739" });
    let late = put(&app, &id, "contract", late).await;
    let mut auditor = as_role(&id, Role::Auditor, "", "");
    auditor.grants[0].position = Some(then);
    auditor.grants[0].audit = "a1".to_owned();
    let found = ask(&app, &auditor, &id, "NK-773").await;
    assert!(ids(&found).contains(&one.as_str()) && !ids(&found).contains(&late.as_str()));

    // Another agency's rows are nowhere, and who has nothing to do with it isn't let in.
    let found = ask(&app, &local("test"), &other, "NK-773").await;
    assert!(registers_of(&found).is_empty(), "{found:?}");
    assert!(visit(&app, &vendor, &other).await.is_err());
}
