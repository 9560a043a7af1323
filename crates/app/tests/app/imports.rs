//! Every register through ODS, XLSX and CSV and back: nothing is lost.

use crate::ways::Ways as _;
use crate::{agency, product, sample};
use app::{
    App, Chosen, EvidenceFile, ImportOptions, LineStatus, ListFormat, ListQuery, Principal, PutRecord,
};
use proptest::prelude::*;
use registers::{Kind, Reach, RegisterSpec, catalogue};
use serde_json::{Map, Value, json};
use store::testing::Place;

const FORMATS: [ListFormat; 3] = [ListFormat::Ods, ListFormat::Xlsx, ListFormat::Csv];

fn officer() -> Principal {
    Principal::local("test")
}

async fn office() -> (Place, App, String) {
    let (dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    (dir, app, id)
}

/// The samples that a register must take, as fields and values.
fn samples(spec: &RegisterSpec) -> Vec<Value> {
    let path = testkit::root().join(format!("samples/registers/{}.pass.json", spec.key));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Without what needs other rows or files: those are shown elsewhere.
fn alone(spec: &RegisterSpec, body: &Value) -> Value {
    let mut members = body.as_object().cloned().unwrap_or_default();
    for field in spec.fields {
        let needs = matches!(
            field.kind,
            Kind::Reference(_) | Kind::References(_) | Kind::Evidence | Kind::Subject
        );
        if needs && !field.required {
            members.remove(field.key);
        }
    }
    Value::Object(members)
}

async fn put(app: &App, agency: &str, spec: &RegisterSpec, body: Value) -> Result<String, app::AppError> {
    let put = PutRecord {
        body,
        ..PutRecord::default()
    };
    app.put_record(&officer(), agency, spec.key, put)
        .await
        .map(|s| s.record.id)
}

async fn bodies(app: &App, agency: &str, register: &str) -> Vec<(String, Value)> {
    let query = ListQuery {
        limit: 500,
        ..ListQuery::default()
    };
    let page = app
        .list_records(&officer(), agency, register, &query)
        .await
        .unwrap();
    page.rows.into_iter().map(|r| (r.id, r.body)).collect()
}

/// Exported and imported again, every line says what the record says already.
async fn unchanged(app: &App, agency: &str, spec: &RegisterSpec) {
    for format in FORMATS {
        let file = app
            .export_records(&officer(), agency, spec.key, &ListQuery::default(), format)
            .await
            .unwrap_or_else(|e| panic!("{} {format:?}: {e}", spec.key));
        let report = app
            .preview_import(
                &officer(),
                agency,
                spec.key,
                (&file.name, file.bytes),
                ImportOptions::default(),
                &mut |_| {},
            )
            .await
            .unwrap_or_else(|e| panic!("{} {format:?}: {e}", spec.key));
        let counts = report.counts;
        assert_eq!(
            (counts.new, counts.changed, counts.wrong),
            (0, 0, 0),
            "{} {format:?}: {:?}",
            spec.key,
            report
                .lines
                .iter()
                .filter(|l| l.status != app::LineStatus::Same)
                .collect::<Vec<_>>()
        );
        assert!(counts.same > 0, "{}", spec.key);
    }
}

/// Every register that people fill in, with as many of its samples as stand without others.
#[tokio::test]
async fn what_is_exported_comes_back_the_same() {
    let (_dir, app, agency) = office().await;
    let mut shown = 0;
    let mut without = Vec::new();
    for spec in catalogue().iter().filter(|s| s.reach != Reach::System) {
        let mut kept = 0;
        for body in samples(spec) {
            if put(&app, &agency, spec, alone(spec, &body)).await.is_ok() {
                kept += 1;
            }
        }
        if kept == 0 && bodies(&app, &agency, spec.key).await.is_empty() {
            without.push(spec.key);
            continue;
        }
        unchanged(&app, &agency, spec).await;
        shown += 1;
    }
    // Those that can't stand without rows of other registers.
    let linked = [
        "deputy",
        "auditor",
        "audit_item",
        "attendance",
        "control_check",
        "gate",
        "measurement",
        "risk",
    ];
    let unexpected: Vec<_> = without
        .iter()
        .filter(|key| !linked.contains(key) && !needs_others(key))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
    assert!(shown > 45, "{shown}");
}

/// Whether a register's required fields refer to other rows or to files.
fn needs_others(key: &str) -> bool {
    registers::register(key).is_some_and(|spec| {
        spec.fields.iter().any(|f| {
            f.required && matches!(f.kind, Kind::Reference(_) | Kind::References(_) | Kind::Evidence)
        })
    })
}

/// References by name, several of them, files and lists survive as well.
#[tokio::test]
async fn references_and_files_come_back_too() {
    let (_dir, app, agency) = office().await;
    let register = |key: &str| registers::register(key).unwrap();
    for name in ["公文系統", "公文系統", "線上申辦、查詢系統"] {
        put(&app, &agency, register("system"), json!({ "name": name }))
            .await
            .unwrap();
    }
    let systems = bodies(&app, &agency, "system").await;
    let evidence = PutRecord {
        body: json!({
            "title": "稽核，報告「一」", "effective_on": "115/05/20", "class": "一般",
            "duties": ["audit.internal", "risk.assess"], "system": systems[0].0,
        }),
        files: vec![EvidenceFile {
            name: "報告 v1｜定稿.odt".into(),
            bytes: b"proof".to_vec(),
            media_type: "text/plain".into(),
        }],
        ..PutRecord::default()
    };
    app.put_record(&officer(), &agency, "evidence", evidence)
        .await
        .unwrap();
    unchanged(&app, &agency, register("evidence")).await;
    unchanged(&app, &agency, register("system")).await;
}

/// Whoever gives up while a file is read ends the reading, and nothing is kept of it.
#[tokio::test]
async fn a_preview_that_nobody_waits_for_ends_and_leaves_nothing() {
    let (_dir, app, agency) = office().await;
    let stop = app::Stop::new();
    let mut lines = 0;
    let csv = "廠商名稱\n".to_owned() + &(0..3_000).fold(String::new(), |all, n| format!("{all}廠商{n}\n"));
    let options = ImportOptions {
        stop: stop.clone(),
        ..ImportOptions::default()
    };
    // The first sign of progress is when it is given up.
    let refused = app
        .preview_import(
            &officer(),
            &agency,
            "vendor",
            ("vendors.csv", csv.into_bytes()),
            options,
            &mut |done| {
                lines = done;
                stop.give();
            },
        )
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("讀取已取消"), "{refused}");
    assert_eq!(lines, 1_000);
}

/// An import that changes, adds and is taken back leaves what was there.
#[tokio::test]
async fn an_import_is_committed_whole_and_taken_back_whole() {
    let (_dir, app, agency) = office().await;
    let spec = registers::register("vendor").unwrap();
    put(&app, &agency, spec, json!({ "name": "示範資訊" }))
        .await
        .unwrap();
    let before = bodies(&app, &agency, "vendor").await;
    let csv = "廠商名稱\n示範資訊\n乙示範公司\n,\n乙示範公司\n";
    let report = app
        .preview_import(
            &officer(),
            &agency,
            "vendor",
            ("vendors.csv", csv.as_bytes().to_vec()),
            ImportOptions::default(),
            &mut |_| {},
        )
        .await
        .unwrap();
    assert_eq!(
        (report.counts.new, report.counts.same, report.counts.wrong),
        (1, 1, 1),
        "{report:?}"
    );
    let twice = report
        .lines
        .iter()
        .find(|l| l.status == app::LineStatus::Wrong)
        .unwrap();
    assert!(
        twice.row == 5 && twice.problems[0].contains("第 3 列"),
        "{twice:?}"
    );
    let all = Chosen::default();
    let refused = app
        .commit_import(&officer(), &agency, &report.id, &all, &mut |_| {})
        .await;
    assert!(refused.unwrap_err().to_string().contains("1 列有誤"));
    assert_eq!(
        bodies(&app, &agency, "vendor").await,
        before,
        "nothing is half-written"
    );
    let rest = Chosen {
        skip_wrong: true,
        ..Chosen::default()
    };
    app.commit_import(&officer(), &agency, &report.id, &rest, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(bodies(&app, &agency, "vendor").await.len(), 2);
    let again = app
        .commit_import(&officer(), &agency, &report.id, &rest, &mut |_| {})
        .await;
    assert!(again.is_err(), "not twice");
    app.undo_import(&officer(), &agency, &report.id).await.unwrap();
    assert_eq!(bodies(&app, &agency, "vendor").await, before);
}

#[tokio::test]
async fn a_thing_is_known_by_its_number_whatever_it_is_called() {
    let (_dir, app, agency) = office().await;
    let spec = registers::register("asset").unwrap();
    for (number, name) in [("AS-1", "主機"), ("", "筆電")] {
        let asset = json!({ "number": number, "name": name, "category": "實體" });
        put(&app, &agency, spec, asset).await.unwrap();
    }
    let csv =
        "資產編號,資產名稱,資產類別\nAS-1,公文主機,實體\n,筆電,實體\nAS-2,主機,實體\nAS-2,備援主機,實體\n";
    let file = ("assets.csv", csv.as_bytes().to_vec());
    let report = app
        .preview_import(
            &officer(),
            &agency,
            "asset",
            file,
            ImportOptions::default(),
            &mut |_| {},
        )
        .await
        .unwrap();
    let mut found: Vec<_> = report.lines.iter().map(|l| (l.row, l.status)).collect();
    found.sort_unstable_by_key(|(row, _)| *row);
    let expected = [
        (2, LineStatus::Changed),
        (3, LineStatus::Same),
        (4, LineStatus::New),
        (5, LineStatus::Wrong),
    ];
    assert_eq!(found, expected, "{report:?}");
}

/// What nobody sees in a cell, and line numbers instead of numbers of things.
#[tokio::test]
async fn the_same_file_makes_the_same_rows_twice() {
    let (_dir, app, agency) = office().await;
    let csv = "資產編號,資產名稱,資產類別\nAS-1\u{200b},主\u{200b}機,實體\n,\"筆\n電\",實體\n1,甲,實體\n2,乙,實體\n無,丙,實體\n無,丁,實體\n";
    let import = async |csv: &str| {
        let file = ("assets.csv", csv.as_bytes().to_vec());
        let options = ImportOptions::default();
        let report = app
            .preview_import(&officer(), &agency, "asset", file, options, &mut |_| {})
            .await
            .unwrap();
        (report.id, report.counts)
    };
    let (id, counts) = import(csv).await;
    assert_eq!((counts.new, counts.wrong), (6, 0), "{counts:?}");
    app.commit_import(&officer(), &agency, &id, &Chosen::default(), &mut |_| {})
        .await
        .unwrap();
    let (_, counts) = import(csv).await;
    assert_eq!((counts.new, counts.same), (0, 6), "{counts:?}");
    // The second line of another list is another thing.
    let (_, counts) = import("資產編號,資產名稱,資產類別\n2,戊,實體\n無,己,實體\n").await;
    assert_eq!((counts.new, counts.changed), (2, 0), "{counts:?}");
}

/// Put aside and written at once: only one of the two happens, and each is told the truth.
#[tokio::test]
async fn what_is_put_aside_is_not_written_and_the_other_way_round() {
    for _ in 0..6 {
        let (_dir, app, agency) = office().await;
        let file = ("v.csv", "廠商名稱\n甲\n乙\n".as_bytes().to_vec());
        let report = app
            .preview_import(
                &officer(),
                &agency,
                "vendor",
                file,
                ImportOptions::default(),
                &mut |_| {},
            )
            .await
            .unwrap();
        let who = officer();
        let all = Chosen::default();
        let mut quiet = |_| {};
        let write = app.commit_import(&who, &agency, &report.id, &all, &mut quiet);
        let discard = app.discard_import(&who, &agency, &report.id);
        let (written, discarded) = tokio::join!(write, discard);
        assert_ne!(written.is_ok(), discarded.is_ok(), "{written:?} {discarded:?}");
        let rows = bodies(&app, &agency, "vendor").await.len();
        assert_eq!(rows, if written.is_ok() { 2 } else { 0 });
        let job = app.import_report(&who, &agency, &report.id).await.unwrap();
        let state = if written.is_ok() { "committed" } else { "discarded" };
        assert_eq!(job.state, state);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any values that a register takes survive the three formats.
    #[test]
    fn any_values_survive(
        which in 0_usize..1_000,
        values in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 1), 40),
        texts in prop::collection::vec("[\\PC]{0,24}", 40),
    ) {
        let specs: Vec<&RegisterSpec> = catalogue()
            .iter()
            .filter(|s| s.reach != Reach::System && s.typed.is_none() && !needs_others(s.key))
            .collect();
        let spec = specs[which % specs.len()];
        let mut body = Map::new();
        for (n, field) in spec.fields.iter().enumerate() {
            let text = &texts[n % texts.len()];
            let pick = &values[n % values.len()][0];
            let given = match field.kind {
                Kind::Text | Kind::LongText if !field.required => Value::from(text.clone()),
                Kind::Choice(choices) => Value::from(choices[pick.index(choices.len())].0),
                Kind::Number => Value::from(pick.index(100_000)),
                _ if field.required => field.example_value(),
                _ => continue,
            };
            body.insert(field.key.to_owned(), given);
        }
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (_dir, app, agency) = office().await;
            // Values that contradict each other are refused; then there is nothing to show.
            if put(&app, &agency, spec, Value::Object(body)).await.is_ok() {
                unchanged(&app, &agency, spec).await;
            }
        });
    }
}

#[tokio::test]
async fn a_preview_put_aside_stays_so() {
    let (_dir, app, id) = office().await;
    let csv = "姓名,單位\n王示範,資訊室\n".as_bytes().to_vec();
    let read = async || {
        app.preview_import(
            &officer(),
            &id,
            "person",
            ("人員.csv", csv.clone()),
            ImportOptions::default(),
            &mut |_| {},
        )
        .await
        .unwrap()
    };
    let before = bodies(&app, &id, "person").await;
    let report = read().await;
    for _ in 0..2 {
        let aside = app.discard_import(&officer(), &id, &report.id).await.unwrap();
        assert_eq!((aside.state.as_str(), aside.written), ("discarded", 0));
    }
    let chosen = Chosen {
        skip_wrong: true,
        ..Chosen::default()
    };
    let refused = app
        .commit_import(&officer(), &id, &report.id, &chosen, &mut |_| {})
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), app::Kind::Conflict);
    assert!(refused.to_string().contains("已經取消"), "{refused}");
    let again = app
        .preview_again(&officer(), &id, &report.id, ImportOptions::default(), &mut |_| {})
        .await;
    assert!(again.unwrap_err().to_string().contains("重新上傳"));
    assert_eq!(bodies(&app, &id, "person").await, before);
    // Only a preview can be put aside.
    let report = read().await;
    app.commit_import(&officer(), &id, &report.id, &chosen, &mut |_| {})
        .await
        .unwrap();
    let late = app.discard_import(&officer(), &id, &report.id).await.unwrap_err();
    assert!(late.to_string().contains("復原這次匯入"), "{late}");
    app.undo_import(&officer(), &id, &report.id).await.unwrap();
    let gone = app
        .commit_import(&officer(), &id, &report.id, &chosen, &mut |_| {})
        .await
        .unwrap_err();
    assert!(gone.to_string().contains("已經復原，不能再次寫入"), "{gone}");
}

/// A reading that nobody waits for ends, leaves no preview, and the next one goes on as ever.
#[tokio::test]
async fn a_reading_that_nobody_waits_for_ends() {
    let (_dir, app, agency) = office().await;
    let csv = "廠商名稱\n示範資訊\n";
    let read = async |options: ImportOptions| {
        let file = ("vendors.csv", csv.as_bytes().to_vec());
        app.preview_import(&officer(), &agency, "vendor", file, options, &mut |_| {})
            .await
    };
    let options = ImportOptions {
        stop: app::Stop::new(),
        ..ImportOptions::default()
    };
    let guard = options.stop.when_dropped();
    drop(guard);
    let error = read(options).await.unwrap_err();
    assert!(error.to_string().contains("讀取已取消"), "{error}");
    let options = ImportOptions {
        stop: app::Stop::new(),
        ..ImportOptions::default()
    };
    let _guard = options.stop.when_dropped();
    assert_eq!(read(options).await.unwrap().counts.new, 1);
}
