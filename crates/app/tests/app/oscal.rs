//! The baseline as OSCAL: valid, deterministic, and read back by our own reader without loss.

use crate::ways::Ways as _;
use crate::{corpus, product};
use app::LawBook;
use collectors::standards;
use law::Grade;
use serde_json::Value;
use std::collections::BTreeSet;

const NAMES: [&str; 4] = [
    "catalog.json",
    "profile-basic.json",
    "profile-moderate.json",
    "profile-high.json",
];

fn files(edition: &str) -> Vec<(String, Vec<u8>)> {
    let day = testkit::day("2026-11-21");
    LawBook(&corpus()).oscal(Some(edition), day).expect("exports")
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("is JSON")
}

#[test]
fn the_files_are_named_and_the_same_every_time() {
    for edition in ["2021", "2026"] {
        let first = files(edition);
        assert_eq!(first.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), NAMES);
        assert_eq!(first, files(edition));
    }
    // A day names the edition in force on it.
    assert_eq!(files("2021"), files("115/01/06"));
    assert_eq!(files("2026"), files("2026-01-07"));
    let book = corpus();
    for (wrong, says) in [("1999", "可用的版：2021、2026"), ("109/01/01", "尚未建檔")] {
        let error = LawBook(&book)
            .oscal(Some(wrong), testkit::day("2026-11-21"))
            .unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn catalogue_and_profiles_hold_what_the_baseline_holds() {
    let corpus = corpus();
    for edition in ["2021", "2026"] {
        let files = files(edition);
        let catalog = value(&files[0].1);
        let catalog = &catalog["catalog"];
        assert_eq!(catalog["metadata"]["oscal-version"], "1.2.1");
        let from = corpus.instrument(&corpus.baseline.instrument).unwrap();
        let from = from.version(edition).unwrap().from.unwrap();
        assert_eq!(
            catalog["metadata"]["last-modified"],
            format!("{from}T00:00:00+08:00")
        );
        let title = catalog["metadata"]["title"].as_str().unwrap();
        assert!(
            title.starts_with("資通系統防護基準（資通安全責任等級分級辦法，"),
            "{title}"
        );
        // As sure as its least sure row, whatever the certainty of the version's identity.
        assert_eq!(catalog["metadata"]["props"][2]["value"], "二手資料，待核對");
        let mut ids = BTreeSet::new();
        let mut param_ids = BTreeSet::new();
        for group in catalog["groups"].as_array().unwrap() {
            for control in group["controls"].as_array().unwrap() {
                let id = control["id"].as_str().unwrap();
                assert!(ids.insert(id.to_owned()), "{id} is there twice");
                let row = corpus.baseline.control(id).expect("ids are ours, unchanged");
                assert_eq!(group["id"], row.dimension.as_str());
                assert_eq!(control["parts"][0]["prose"], row.demand_in(edition));
                let prop = |name: &str| {
                    let props = control["props"].as_array().unwrap();
                    let found = props.iter().find(|p| p["name"] == name);
                    found.map_or(Value::Null, |p| p["value"].clone())
                };
                let e = row.edition(edition).unwrap();
                assert_eq!(prop("grade"), e.grade.label());
                assert_eq!(prop("certainty"), e.certainty.label());
                assert_eq!(prop("check"), row.check.label());
                assert_eq!(prop("cite"), corpus.print(&e.cite));
                let params = control["params"].as_array().map_or(0, Vec::len);
                assert_eq!(params, row.parameters.len(), "{id}");
                for n in 0..params {
                    assert!(param_ids.insert(control["params"][n]["id"].to_string()));
                }
            }
        }
        assert_eq!(ids.len(), corpus.baseline.required(edition, Grade::High).len());
        let mut uuids = BTreeSet::from([catalog["uuid"].clone().to_string()]);
        for (grade, (_, bytes)) in Grade::ALL.iter().zip(&files[1..]) {
            let profile = value(bytes);
            let profile = &profile["profile"];
            assert!(uuids.insert(profile["uuid"].to_string()));
            assert_eq!(profile["imports"][0]["href"], "catalog.json");
            let chosen = &profile["imports"][0]["include-controls"][0]["with-ids"];
            let wanted: Vec<&str> = corpus
                .baseline
                .required(edition, *grade)
                .iter()
                .map(|c| c.id.as_str())
                .collect();
            assert_eq!(chosen, &serde_json::json!(wanted));
        }
    }
}

#[test]
fn what_is_exported_is_valid_by_the_official_schemas() {
    let Some(folder) = testkit::shared()
        .map(|s| s.join("data/schemas/oscal"))
        .filter(|f| f.is_dir())
    else {
        println!("skipped: the OSCAL schemas are not beside the repository");
        return;
    };
    let schema = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).expect("the schema is there");
        jsonschema::validator_for(&value(&bytes)).expect("the schema can be used")
    };
    let catalog = schema("oscal_catalog_schema.json");
    let profile = schema("oscal_profile_schema.json");
    for edition in ["2021", "2026"] {
        for (name, bytes) in files(edition) {
            let by = if name == "catalog.json" {
                &catalog
            } else {
                &profile
            };
            let document = value(&bytes);
            let wrong: Vec<String> = by
                .iter_errors(&document)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{edition} {name}: {wrong:#?}");
        }
    }
    // The check itself sees what is wrong.
    let mut broken = value(&files("2026")[0].1);
    broken["catalog"]["groups"][0]["controls"][0]["id"] = "1 2".into();
    assert!(!catalog.is_valid(&broken));
}

#[tokio::test]
async fn what_is_exported_comes_back_without_loss() {
    let corpus = corpus();
    let (_dir, app) = product().await;
    for edition in ["2021", "2026"] {
        let files = files(edition);
        let catalog = standards::parse(&files[0].0, &files[0].1).unwrap_or_else(|e| panic!("{e}"));
        let rows = corpus.baseline.required(edition, Grade::High);
        let answered: Vec<_> = catalog.requirements.iter().filter(|r| r.assessable).collect();
        assert_eq!(
            answered.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(),
            rows.iter().map(|c| c.id.as_str()).collect::<Vec<_>>()
        );
        for (read, row) in answered.iter().zip(&rows) {
            assert_eq!(read.parent.as_deref(), Some(row.dimension.as_str()));
            assert_eq!(read.title, row.measure_in(edition));
            assert_eq!(read.text.lines().next(), Some(row.demand_in(edition)));
            assert_eq!(read.text.lines().count(), 1 + row.parameters.len());
            assert_eq!(read.levels, [row.edition(edition).unwrap().grade.label()]);
        }
        let slug = format!("baseline-{edition}");
        app.import_standard("test", &files[0].0, files[0].1.clone(), Some(&slug))
            .await
            .unwrap();
        for (grade, (name, bytes)) in Grade::ALL.iter().zip(&files[1..]) {
            let profile = standards::parse(name, bytes).unwrap_or_else(|e| panic!("{e}"));
            let wanted: Vec<String> = corpus
                .baseline
                .required(edition, *grade)
                .iter()
                .map(|c| c.id.clone())
                .collect();
            assert_eq!(profile.selections[0].ids, wanted);
            let slug = format!("{slug}-{}", name.trim_end_matches(".json"));
            app.import_standard("test", name, bytes.clone(), Some(&slug))
                .await
                .unwrap();
            let view = app.own_standard(&slug).await.unwrap();
            assert!(view.selections[0].missing.is_empty(), "{slug}");
        }
    }
    assert_eq!(app.own_standards().await.unwrap().len(), 8);
}
