//! Standards of the user's own: import, editions, refusal, and what mappings lead to.

use crate::ways::Ways as _;
use crate::{agency, product, sample};
use app::Kind;
use views::StandardImport;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(testkit::root().join("samples").join(name)).expect("the sample is there")
}

async fn import(app: &app::App, name: &str, slug: Option<&str>) -> StandardImport {
    let file_name = name.rsplit('/').next().unwrap();
    app.import_standard("test", file_name, file(name), slug)
        .await
        .unwrap_or_else(|e| panic!("{name}: {e}"))
}

const FRAMEWORK: &str = "ciso-assistant/framework.pass.yaml";

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_another_is_a_new_edition() {
    let (place, app) = product().await;
    let first = import(&app, FRAMEWORK, None).await;
    assert_eq!(
        (first.outcome.as_str(), first.head.slug.as_str()),
        ("new", "city-guide")
    );
    assert_eq!(
        (
            first.head.requirements,
            first.head.assessable,
            first.head.mappings
        ),
        (4, 3, 2)
    );
    assert_eq!(first.notes.len(), 2);
    let position = app.ledger_head().await.unwrap();
    let again = import(&app, FRAMEWORK, Some("city-guide")).await;
    assert_eq!((again.outcome.as_str(), again.head.edition), ("unchanged", 1));
    assert_eq!(app.ledger_head().await.unwrap(), position, "nothing was written");

    let text = String::from_utf8(file(FRAMEWORK)).unwrap();
    let later = text.replacen("version: 2", "version: 3", 1).into_bytes();
    let done = app
        .import_standard("test", "later.yaml", later, None)
        .await
        .unwrap();
    assert_eq!((done.outcome.as_str(), done.head.edition), ("new_edition", 2));
    let list = app.own_standards().await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].version.as_str(), list[0].edition), ("3", 2));
    app.close().await;
    // Rows, entries and both files stand up to verification.
    let report = app::verify_ledger_at(place.location(), None, &app::KeptLines::default())
        .await
        .unwrap();
    assert!(report.sound, "{report:?}");
}

#[tokio::test]
async fn a_name_is_one_standard_s() {
    let (_dir, app) = product().await;
    import(&app, FRAMEWORK, Some("guide")).await;
    for (name, slug, says) in [
        (FRAMEWORK, Some("other"), "已經以「guide」匯入"),
        (
            "ciso-assistant/mapping.pass.yaml",
            Some("guide"),
            "已經是另一個標準",
        ),
        ("ciso-assistant/mapping.pass.yaml", Some("Guide!"), "不能當代號"),
        ("ciso-assistant/mapping.pass.yaml", Some(""), "不能當代號"),
    ] {
        let error = app
            .import_standard("test", "x.yaml", file(name), slug)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(says), "{says}: {error}");
        assert_eq!(error.kind(), Kind::BadInput);
    }
    assert_eq!(import(&app, FRAMEWORK, None).await.head.slug, "guide");
    // An identifier that is no name gives way to the file's name.
    assert_eq!(
        import(&app, "oscal/catalog.pass.json", None).await.head.slug,
        "catalog"
    );
    let error = app.own_standard("none").await.unwrap_err();
    assert!(error.to_string().contains("catalog、guide"), "{error}");
}

#[tokio::test]
async fn a_catalogue_and_a_profile_of_one_identifier_are_two_standards() {
    let (_dir, app) = product().await;
    import(&app, "oscal/profile.pass.json", None).await;
    let catalog = String::from_utf8(file("oscal/catalog.pass.json")).unwrap();
    let with =
        "\"document-ids\": [{ \"identifier\": \"urn:example:profile:small\" }], \"title\": \"示範目錄\"";
    let catalog = catalog.replacen("\"title\": \"示範目錄\"", with, 1).into_bytes();
    let again = |slug: Option<&'static str>| app.import_standard("test", "c.json", catalog.clone(), slug);
    let error = again(None).await.unwrap_err();
    assert!(error.to_string().contains("請以 --as 指定另一個代號"), "{error}");
    assert_eq!(again(Some("small-catalog")).await.unwrap().outcome, "new");
    assert_eq!(again(None).await.unwrap().head.slug, "small-catalog");
}

#[tokio::test]
async fn a_file_with_mistakes_writes_nothing() {
    let (_dir, app) = product().await;
    let before = app.ledger_head().await.unwrap();
    let error = app
        .import_standard(
            "test",
            "壞.yaml",
            file("ciso-assistant/many-mistakes.fail.yaml"),
            None,
        )
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.exit_code()), (Kind::BadInput, 2));
    assert!(
        error.to_string().contains("壞.yaml　第 5 行第 1 字（/colour）"),
        "{error}"
    );
    assert_eq!(app.ledger_head().await.unwrap(), before);
    assert!(app.own_standards().await.unwrap().is_empty());
}

#[tokio::test]
async fn mappings_lead_to_annex_a_to_the_baseline_and_to_other_imports() {
    let (_dir, app) = product().await;
    import(&app, FRAMEWORK, None).await;
    import(&app, "ciso-assistant/mapping.pass.yaml", None).await;
    let view = app.own_standard("city-guide").await.unwrap();
    assert_eq!(view.requirements.len(), 4);
    assert_eq!(view.requirements[1].depth, 1);
    // Two of its own, two of the other file that is about it.
    let found: Vec<(&str, &str, &str)> = view
        .mappings
        .iter()
        .map(|m| (m.from.label.as_str(), m.to.label.as_str(), m.said_by.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("1.1 保存", "A.8.15 日誌", "city-guide"),
            ("1.2 校時", "A.8.17 時鐘同步", "city-guide"),
            ("1.1 保存", "AU1-1 記錄事件", "city-guide-to-baseline"),
            ("2 每年演練一次。", "CP1-4 資料備份", "city-guide-to-baseline"),
        ]
    );
    let rows: Vec<&str> = view.mappings[1].to.rows.iter().map(|r| r.row.as_str()).collect();
    assert_eq!(rows, ["AU5-2", "AU5-1"]);
    assert_eq!(view.mappings[2].to.rows[0].row, "AU1-1");
    // Without the framework the mapping is shown with the identifier as it stands.
    let (_dir, alone) = product().await;
    import(&alone, "ciso-assistant/mapping.pass.yaml", None).await;
    let view = alone.own_standard("city-guide-to-baseline").await.unwrap();
    assert_eq!(
        view.mappings[0].from.label,
        "urn:example:risk:req_node:city-guide:1.1"
    );
    assert_eq!(view.mappings[0].from.home, "");
}

#[tokio::test]
async fn a_profile_finds_its_catalogue_among_the_imported() {
    let (_dir, app) = product().await;
    import(&app, "oscal/profile.pass.json", None).await;
    let view = app.own_standard("small").await.unwrap();
    assert_eq!(view.selections[0].found_in, None);
    import(&app, "oscal/catalog.pass.json", Some("demo")).await;
    let view = app.own_standard("small").await.unwrap();
    assert_eq!(view.selections[0].found_in.as_deref(), Some("demo"));
    assert_eq!(view.selections[0].ids, ["lg-1", "sub-1"]);
    assert!(view.selections[0].missing.is_empty() && view.selections[1].all);
}

#[tokio::test]
async fn standards_are_no_agency() {
    let (_dir, app) = product().await;
    import(&app, FRAMEWORK, None).await;
    assert!(app.agencies().await.unwrap().is_empty());
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let heads = app.agencies().await.unwrap();
    assert_eq!(heads.iter().map(|h| &h.id).collect::<Vec<_>>(), [&id]);
    let error = app
        .agency_view("standards", testkit::day("2026-11-21"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}
