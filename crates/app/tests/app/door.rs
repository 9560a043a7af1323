//! One door: every way refuses the same, what was seen is held, and a visit reads little.

use crate::ways::{Ways as _, local, visit};
use crate::{agency, product, sample};
use app::{
    AgencyId, App, AppError, Chosen, ImportOptions, Kind, LineStatus, Principal, PutRecord, RowId, Surface,
    duties, records, register, today, xray,
};
use serde_json::{Value, json};
use store::testing::Place;
use testkit::day;

async fn office() -> (Place, App, String) {
    let (dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    (dir, app, id)
}

fn new(body: Value) -> PutRecord {
    PutRecord {
        body,
        ..PutRecord::default()
    }
}

/// What no way may write: register, fields, and a word of the refusal.
fn refused() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "designation",
            json!({ "level": "B", "approved_on": "2028-01-01" }),
            "核定日在今天之後",
        ),
        (
            "adoption",
            json!({ "instrument": "no-such-thing" }),
            "不是可以採用的規範",
        ),
        (
            "adoption",
            json!({ "instrument": "cyber-security-management-act" }),
            "不是可以採用的規範",
        ),
        (
            "contract",
            json!({ "name": "維護", "vendor": "甲", "baselines": ["nothing"] }),
            "nothing",
        ),
        (
            "activity",
            json!({ "duty": "audit.internal", "subject": { "kind": "agency" }, "on": "2028-01-01", "title": "稽核" }),
            "今天之後",
        ),
        (
            "activity",
            json!({ "duty": "no.such.duty", "subject": { "kind": "agency" }, "on": "2026-11-20", "title": "稽核" }),
            "沒有「no.such.duty」",
        ),
    ]
}

/// By the command that has a name of its own, where there is one.
async fn by_command(app: &App, id: &str, key: &str, body: &Value) -> Option<AppError> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    match key {
        "designation" => {
            let on = Some(day(text("approved_on")));
            app.designate("test", id, text("level"), on, "").await.err()
        }
        "adoption" => app
            .adopt("test", id, (text("instrument"), ""), (None, None))
            .await
            .err(),
        "contract" => app.record_contract("test", id, body.clone()).await.err(),
        _ => {
            let input = app::ActivityInput {
                duty: app::DutyKey::parse(text("duty")).unwrap(),
                system: None,
                on: day(text("on")),
                title: text("title").to_owned(),
                note: String::new(),
                evidence: Vec::new(),
                valid_until: None,
                parts: Vec::new(),
                stated_by: None,
                event: None,
            };
            app.record_activity("test", id, input).await.err()
        }
    }
}

/// A line of a list with these fields.
fn list(key: &str, body: &Value) -> Vec<u8> {
    let spec = registers::register(key).unwrap();
    let members = body.as_object().unwrap();
    let (mut heads, mut cells) = (Vec::new(), Vec::new());
    for (name, value) in members {
        heads.push(spec.field(name).unwrap().label);
        cells.push(match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items[0].as_str().unwrap().to_owned(),
            _ => "全機關".to_owned(),
        });
    }
    format!("{}\n{}\n", heads.join(","), cells.join(",")).into_bytes()
}

#[tokio::test]
async fn every_way_refuses_the_same() {
    let (_dir, app, id) = office().await;
    let who = local("test");
    let head = app.ledger_head().await.unwrap();
    for (key, body, word) in refused() {
        let error = by_command(&app, &id, key, &body).await;
        let error = error.unwrap_or_else(|| panic!("the command wrote {key}: {body}"));
        assert_eq!(error.kind(), Kind::BadInput, "{key}: {error}");
        assert!(error.to_string().contains(word), "{key}: {error}");
        // Forms, the API and `fazun record put` come this way.
        let error = app.put_record(&who, &id, key, new(body.clone())).await;
        let error = error.err().unwrap_or_else(|| panic!("put wrote {key}: {body}"));
        assert_eq!(error.kind(), Kind::BadInput, "{key}: {error}");
        assert!(error.to_string().contains(word), "{key}: {error}");
        let file = ("list.csv", list(key, &body));
        let report = app
            .preview_import(&who, &id, key, file, ImportOptions::default(), &mut |_| {})
            .await
            .unwrap_or_else(|e| panic!("{key}: {e}"));
        assert_eq!(report.counts.wrong, 1, "{key}: {:?}", report.lines);
        let line = report
            .lines
            .iter()
            .find(|l| l.status == LineStatus::Wrong)
            .unwrap();
        let said = line.problems.join("；");
        assert!(said.contains(word), "{key}: {said}");
        let all = Chosen::default();
        let commit = app.commit_import(&who, &id, &report.id, &all, &mut |_| {}).await;
        assert_eq!(commit.unwrap_err().kind(), Kind::BadInput);
        assert_eq!(
            app.ledger_head().await.unwrap(),
            head,
            "{key}: nothing was written"
        );
    }
}

#[tokio::test]
async fn a_plan_with_a_level_of_a_day_ahead_makes_no_agency() {
    let (_dir, app) = product().await;
    let options = app::InitOptions {
        approved_on: Some(day("2028-01-01")),
        ..app::InitOptions::default()
    };
    let error = app
        .init_from_plan("test", "demo.pass.txt", sample("demo.pass.txt"), options)
        .await;
    assert_eq!(error.unwrap_err().kind(), Kind::BadInput);
    assert!(app.agencies().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_referred_to_is_held_as_it_was_seen() {
    let (_dir, app, id) = office().await;
    let who = local("test");
    let spec = register("system").unwrap();
    let target = app
        .put_record(&who, &id, "system", new(json!({ "name": "快註銷的系統" })))
        .await;
    let target = RowId::parse(&target.unwrap().record.id).unwrap();
    // Somebody looks, and the row goes before they write.
    let seen = visit(&app, &who, &id).await.unwrap();
    let now = visit(&app, &who, &id).await.unwrap();
    records::withdraw(&now, spec, (&target, None), "重複登錄")
        .await
        .unwrap();
    let (key, body) = referring(&target);
    let head = app.ledger_head().await.unwrap();
    let late = records::put(&seen, register(key).unwrap(), new(body.clone())).await;
    assert!(
        matches!(
            late.as_ref().map_err(AppError::kind),
            Err(Kind::Stale | Kind::BadInput)
        ),
        "{late:?}"
    );
    assert_eq!(app.ledger_head().await.unwrap(), head);
    // Whoever looks afterwards is told that it is gone.
    let gone = app.put_record(&who, &id, key, new(body)).await;
    assert_eq!(gone.unwrap_err().kind(), Kind::BadInput);
    assert_eq!(app.ledger_head().await.unwrap(), head);
}

/// A record of some register that refers to a system.
fn referring(target: &RowId) -> (&'static str, Value) {
    for spec in registers::catalogue() {
        let refers = |f: &&registers::Field| f.kind == registers::Kind::Reference("system");
        let Some(field) = spec.fields.iter().find(refers) else {
            continue;
        };
        let path = testkit::root().join(format!("samples/registers/{}.pass.json", spec.key));
        let samples: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut body = samples[0].clone();
        let others = |f: &&registers::Field| {
            f.key != field.key
                && matches!(
                    f.kind,
                    registers::Kind::Reference(_)
                        | registers::Kind::References(_)
                        | registers::Kind::Evidence
                )
        };
        if spec.fields.iter().filter(others).any(|f| f.required) {
            continue;
        }
        for other in spec.fields.iter().filter(others) {
            body.as_object_mut().unwrap().remove(other.key);
        }
        body[field.key] = json!(target.as_str());
        return (spec.key, body);
    }
    panic!("no register refers to a system")
}

/// How many statements a visit makes for each kind of question.
#[tokio::test]
async fn a_visit_reads_little() {
    let (_dir, app, id) = office().await;
    let who = local("test");
    for n in 0..5 {
        let body = json!({ "name": format!("系統{n}") });
        app.put_record(&who, &id, "system", new(body)).await.unwrap();
    }
    let enter = || visit(&app, &who, &id);
    let warm = enter().await.unwrap();
    duties::all(&warm).await.unwrap();
    let spec = register("system").unwrap();
    let rows = records::list(&warm, spec, &app::ListQuery::default())
        .await
        .unwrap()
        .rows;
    let row = RowId::parse(&rows[0].id).unwrap();
    let at = enter().await.unwrap();
    today::view(&at).await.unwrap();
    assert!(at.statements() <= 2, "today: {}", at.statements());
    let at = enter().await.unwrap();
    records::record_list(&at, spec, &app::ListQuery::default())
        .await
        .unwrap();
    assert!(at.statements() <= 6, "a list: {}", at.statements());
    let at = enter().await.unwrap();
    records::record_detail(&at, spec, Some(&row)).await.unwrap();
    assert!(at.statements() <= 8, "a record: {}", at.statements());
    let at = enter().await.unwrap();
    xray::xray(&at).await.unwrap();
    assert!(at.statements() <= 40, "the X-ray: {}", at.statements());
    let before = app.statements();
    let at = enter().await.unwrap();
    records::put(&at, spec, new(json!({ "name": "另一系統" })))
        .await
        .unwrap();
    let made = app.statements() - before;
    assert!(made <= 8, "a new record: {made}");
}

#[tokio::test]
async fn another_agency_writes_and_nothing_of_this_one_is_read_anew() {
    let (_dir, app, id) = office().await;
    let other = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let who = local("test");
    duties::all(&visit(&app, &who, &id).await.unwrap()).await.unwrap();
    app.put_record(&who, &other, "system", new(json!({ "name": "別的系統" })))
        .await
        .unwrap();
    let before = app.statements();
    let at = visit(&app, &who, &id).await.unwrap();
    duties::all(&at).await.unwrap();
    assert!(app.statements() - before <= 2, "{}", app.statements() - before);
}

#[tokio::test]
async fn a_token_ends_within_a_year_and_a_day() {
    let (_dir, app, id) = office().await;
    let who = local("test");
    let member = json!({ "name": "王", "role": "staff", "unit": "資訊室", "from": "2020-01-01" });
    let member = app
        .put_record(&who, &id, "member", new(member))
        .await
        .unwrap()
        .record
        .id;
    let member = app::PersonId::parse(&member).unwrap();
    let scopes = ["read".to_owned()];
    let at = visit(&app, &who, &id).await.unwrap();
    let issue = async |days: i64| {
        let until = app::taipei_day(crate::clock() + days * 24 * 3600 * 1_000_000);
        app::members::issue_token(&at, &member, ("test", &scopes, until)).await
    };
    let error = issue(367).await.unwrap_err();
    assert_eq!(error.kind(), Kind::BadInput, "{error}");
    assert!(error.to_string().contains("366"), "{error}");
    let issued = issue(366).await.unwrap();
    let principal = app.authenticate(&issued.secret).await.unwrap();
    assert_eq!(principal.name, "王");
}

#[tokio::test]
async fn ids_are_parsed_at_the_edge() {
    let (_dir, app, _) = office().await;
    for text in ["", "standards", "@installation", "a\nb", &"x".repeat(300)] {
        let error = AgencyId::parse(text).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound, "{text:?}");
        assert!(error.to_string().starts_with("沒有機關「"), "{error}");
    }
    let nobody = AgencyId::parse("nobody").unwrap();
    let who: Principal = local("test");
    let error = app
        .visit(&who, &nobody, app.today(), Surface::Cli)
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), Kind::NotFound);
    let member = Principal::member("member:x", "某人", Vec::new());
    let stranger = app
        .visit(&member, &nobody, app.today(), Surface::Api)
        .await
        .err()
        .unwrap();
    assert_eq!(stranger.to_string(), error.to_string(), "the same words for both");
}
