//! 今天 as it is made: where whose day begins, which questions are asked, what changed since the last visit.

use crate::ways::{Ways as _, local, visit};
use crate::{agency, corpus, product, sample};
use app::{
    AgencyId, App, Decision, Grant, Principal, PutRecord, Role, RowId, Surface, Verdict, frame, questions,
    records, since,
};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;
use store::testing::Place;
use testkit::day;
use views::{QuestionInput, Status};

const MINUTE: i64 = 60_000_000;

thread_local! {
    /// 2026-11-21 10:00 in Taipei; each test has a clock of its own.
    static NOW: Cell<i64> = const { Cell::new(1_795_226_400_000_000) };
}

fn moving() -> i64 {
    NOW.get()
}

fn later(minutes: i64) {
    NOW.set(NOW.get() + minutes * MINUTE);
}

async fn office() -> (Place, App, String) {
    let place = Place::new().await;
    let app = App::open_at(place.location(), true, corpus(), moving)
        .await
        .expect("opens");
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    (place, app, id)
}

fn grant(agency: &str, role: Role) -> Grant {
    Grant {
        role,
        agency: agency.to_owned(),
        unit: "資訊科".to_owned(),
        contract: String::new(),
        audit: String::new(),
        position: None,
        stands_for: None,
    }
}

fn somebody(agency: &str, id: &str, roles: &[Role]) -> Principal {
    let grants = roles.iter().map(|role| grant(agency, *role)).collect();
    Principal::member(&format!("member:{id}"), "王示範", grants)
}

#[tokio::test]
async fn the_day_of_each_role_begins_where_its_work_is() {
    let (_place, app, id) = office().await;
    for (roles, begins, first) in [
        (&[Role::Officer][..], "today", Some("今天")),
        (&[Role::Officer, Role::Ciso], "today", Some("今天")),
        (&[Role::Ciso], "approvals", Some("今天")),
        (&[Role::UnitHead], "mine", Some("本單位待辦")),
        (&[Role::Staff], "mine", Some("我的事")),
        (&[Role::SystemAdmin], "mine", Some("我的事")),
        (&[Role::Administrator], "settings", None),
    ] {
        let who = somebody(&id, "m1", roles);
        let visit = visit(&app, &who, &id).await.unwrap();
        assert_eq!(frame::landing(&visit), begins, "{roles:?}");
        let seen = frame::view(&visit).await.unwrap();
        assert_eq!(seen.places.first().map(|p| p.title), first, "{roles:?}");
        let year = seen.places.iter().any(|p| p.key == "year");
        assert_eq!(
            year,
            frame::sees_duties(&visit),
            "{roles:?}: no link to what they may not see"
        );
    }
}

#[tokio::test]
async fn a_fact_is_asked_once_however_many_duties_wait() {
    let (_place, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), None).await;
    let today = day("2026-11-21");
    let view = app.today_view(&id, today).await.unwrap();
    let unknown = |duties: &[views::DutyView]| duties.iter().filter(|d| d.verdict == Status::Unknown).count();
    let before = app.duties(&id, today).await.unwrap();
    assert!(!view.questions.is_empty() && view.questions.len() <= 4);
    let facts: BTreeSet<&str> = view.questions.iter().map(|q| q.fact.as_str()).collect();
    assert_eq!(facts.len(), view.questions.len(), "each once");
    for question in &view.questions {
        let wait = before
            .iter()
            .filter(|d| d.verdict == Status::Unknown)
            .filter(|d| {
                d.facts
                    .iter()
                    .any(|f| f.key == question.fact && f.value.is_none())
            })
            .count();
        assert_eq!(question.waiting, wait, "{}", question.fact);
        assert!(question.settles <= question.waiting && !question.concerns.is_empty());
        assert!(question.asks.ends_with('？') && !question.asks.contains(&question.fact));
    }
    let settles: Vec<usize> = view.questions.iter().map(|q| q.settles).collect();
    assert!(
        settles.is_sorted_by(|a, b| a >= b),
        "those that settle most first: {settles:?}"
    );
    let first = &view.questions[0];
    let said = match first.input.expect("it is answered in place") {
        QuestionInput::YesNo => "否",
        QuestionInput::Day => "108/08/01",
        QuestionInput::Words => "桃園市",
    };
    let at = visit(&app, &local("test"), &id).await.unwrap();
    questions::answer(&at, &first.fact, said).await.unwrap();
    drop(at);
    let after = app.duties(&id, today).await.unwrap();
    assert!(
        first.settles > 0 && unknown(&before) - unknown(&after) >= first.settles,
        "it settled what it said"
    );
    let again = app.today_view(&id, today).await.unwrap();
    assert!(
        again.questions.iter().all(|q| q.fact != first.fact),
        "it is not asked again"
    );
    // The approval's date is asked for as a day, and nothing that another register tells is asked for here.
    let at = visit(&app, &local("test"), &id).await.unwrap();
    for (fact, said) in [
        ("has_plan", "是"),
        ("level_approved_on", "2027-01-01"),
        ("level_approved_on", " "),
    ] {
        assert!(questions::answer(&at, fact, said).await.is_err(), "{fact}={said}");
    }
}

async fn put(app: &App, who: &Principal, id: &str, key: &str, body: Value) -> String {
    let put = PutRecord {
        body,
        ..PutRecord::default()
    };
    app.put_record(who, id, key, put).await.unwrap().record.id
}

#[tokio::test]
async fn what_changed_is_told_from_the_last_visit_on() {
    let (_place, app, id) = office().await;
    let (me, other) = (
        somebody(&id, "m1", &[Role::Officer]),
        somebody(&id, "m2", &[Role::Officer]),
    );
    let look = async |who: &Principal| {
        let at = visit(&app, who, &id).await.unwrap();
        since::view(&at).await.unwrap()
    };
    assert_eq!(look(&me).await, None, "nobody was here before");
    later(10);
    put(&app, &other, &id, "vendor", json!({ "name": "甲公司" })).await;
    assert_eq!(look(&me).await, None, "still the first visit");
    later(60);
    put(&app, &other, &id, "vendor", json!({ "name": "乙公司" })).await;
    put(&app, &me, &id, "vendor", json!({ "name": "丙公司" })).await;
    let told = look(&me).await.expect("a second visit");
    assert_eq!(told.since, "115/11/21 10:10");
    let lines: Vec<&str> = told.lines.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(
        lines,
        ["委外廠商：1 筆新增或修改（已離開的使用者）"],
        "not what I wrote"
    );
    later(10);
    assert_eq!(
        look(&me).await.as_ref(),
        Some(&told),
        "to and fro nothing is lost"
    );
    // Somebody else has a last visit of their own.
    assert_eq!(look(&other).await, None);
    later(60);
    let quiet = look(&me).await.expect("a third visit");
    assert_eq!((quiet.since.as_str(), quiet.lines.len()), ("115/11/21 11:20", 0));
}

#[tokio::test]
async fn what_was_sent_back_comes_back_to_whoever_sent_it() {
    let (_place, app, id) = office().await;
    let officer = somebody(&id, "m1", &[Role::Officer]);
    let at = visit(&app, &officer, &id).await.unwrap();
    assert_eq!(since::view(&at).await.unwrap(), None);
    drop(at);
    let body = json!({ "number": "115-IV-1", "year": 115, "reason": "regular", "scope": "全機關", "on": "2026-09-01", "by": "林示範" });
    let record = put(&app, &officer, &id, "inventory", body).await;
    let spec = app::register("inventory").unwrap();
    let row = RowId::parse(&record).unwrap();
    let at = visit(&app, &officer, &id).await.unwrap();
    let waits = |lines: &[views::WaitingView]| lines.iter().map(|l| l.title.clone()).collect::<Vec<_>>();
    records::submit(&at, spec, (&row, 1)).await.unwrap();
    let at = visit(&app, &officer, &id).await.unwrap();
    let (mine, others) = records::waiting_lines(&at).unwrap();
    assert_eq!(
        waits(&mine).len() + waits(&others).len(),
        1,
        "it waits for somebody"
    );
    assert!(
        others
            .iter()
            .all(|l| !l.whom.is_empty() && l.since == "115/11/21" && l.days == 0)
    );
    drop(at);
    let back = Decision {
        verdict: Verdict::Return,
        reason: "範圍未含委外主機".to_owned(),
        seen: 1,
    };
    let head = somebody(&id, "m3", &[Role::UnitHead, Role::Ciso, Role::Officer]);
    let at = app
        .visit(&head, &AgencyId::parse(&id).unwrap(), app.today(), Surface::Web)
        .await
        .unwrap();
    records::decide(&at, spec, &row, back).await.unwrap();
    drop(at);
    later(60);
    let at = visit(&app, &officer, &id).await.unwrap();
    let told = since::view(&at).await.unwrap().expect("a second visit");
    let line = told
        .lines
        .iter()
        .find(|l| l.kind == "退回")
        .expect("it came back");
    assert!(
        line.text.contains("資產盤點紀錄") && line.path.ends_with(&record),
        "{line:?}"
    );
}
