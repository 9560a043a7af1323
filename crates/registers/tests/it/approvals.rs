//! Approvals, members, deputyships, tokens and routes: their types agree with their tables, and
//! an approval goes from state to state by what somebody does.

use registers::ReadError;
use registers::basics::approval::{Act, Approval, Approved, Event, State};
use registers::basics::deputy::Deputy;
use registers::basics::member::{Member, ROLES, Role};
use registers::basics::route::Route;
use registers::basics::step::{Approver, Does, Step};
use registers::basics::token::{SCOPES, Scope, Token};
use registers::{approved, register};
use serde::Serialize;
use serde_json::{Value, json};

fn day(s: &str) -> period::Date {
    s.parse().unwrap()
}

fn event(by: &str, verdict: Act, version: u32) -> Event {
    Event {
        by: by.to_owned(),
        name: format!("{by}示範"),
        stood_for: String::new(),
        verdict,
        role: String::new(),
        reason: String::new(),
        at: "2026-05-20T10:00".to_owned(),
        version,
    }
}

fn steps(words: &[&str]) -> Vec<Step> {
    words.iter().map(|w| Step::of(w).unwrap()).collect()
}

fn sent(words: &[&str]) -> Approval {
    Approval::about(("remote_permit", "r1", 2), steps(words), None).sent(event("m1", Act::Submit, 2))
}

fn final_of(version: u32, body: Value) -> Approved {
    Approved {
        version,
        number: "115-RA-001".to_owned(),
        on: day("2026-05-21"),
        hash: "h".to_owned(),
        body,
    }
}

/// A type reads its register's example and gives it back; nothing is lost, nothing is added.
fn agrees<T: Serialize>(key: &str, read: fn(&Value) -> Result<T, ReadError>) {
    let spec = register(key).unwrap();
    let body = spec.check(&spec.example()).unwrap();
    let mut back = serde_json::to_value(read(&body).unwrap()).unwrap();
    back["v"] = json!(1);
    assert_eq!(back, body, "{key}");
    for sample in crate::rows::samples(key, "pass") {
        let body = spec.check(&sample).unwrap();
        read(&body).unwrap_or_else(|e| panic!("{key} {body}: {e}"));
    }
    let newer = read(&json!({"v": spec.v + 1})).err();
    let (found, known) = (u64::from(spec.v) + 1, spec.v);
    assert_eq!(newer, Some(ReadError::Newer { found, known }), "{key}");
    let mut stray = body;
    stray["stray"] = json!(1);
    assert!(matches!(read(&stray).err(), Some(ReadError::Shape(_))), "{key}");
    assert!(
        matches!(read(&Value::Null).err(), Some(ReadError::Shape(_))),
        "{key}"
    );
}

#[test]
fn types_agree_with_their_tables() {
    agrees("approval", Approval::read);
    agrees("member", Member::read);
    agrees("deputy", Deputy::read);
    agrees("token", Token::read);
    agrees("route", Route::read);
}

#[test]
fn words_and_titles_are_those_of_the_tables() {
    let roles: Vec<(&str, &str)> = Role::ALL.map(|r| (r.word(), r.title())).to_vec();
    assert_eq!(roles, ROLES);
    let scopes: Vec<(&str, &str)> = Scope::ALL.map(|s| (s.word(), s.title())).to_vec();
    assert_eq!(scopes, SCOPES);
    for role in Role::ALL {
        assert_eq!(Role::of(role.word()), Some(role));
        assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        // Each step is one role's; some roles take none.
        let takes = Approver::ALL.into_iter().filter(|a| role.takes(*a)).count();
        let decides = !matches!(role, Role::Staff | Role::Vendor | Role::Administrator);
        assert_eq!(takes, usize::from(decides), "{role:?}");
    }
    assert_eq!((Role::of("king"), Scope::of("king")), (None, None));
    assert_eq!(Scope::of("approve"), Some(Scope::Approve));
    for approver in Approver::ALL {
        assert_eq!(serde_json::to_value(approver).unwrap(), approver.word());
        assert!(!approver.title().is_empty());
    }
    for does in Does::ALL {
        assert_eq!(serde_json::to_value(does).unwrap(), does.word());
    }
    let step = Step::of("unit_head:reviews").unwrap();
    assert_eq!(
        (step.words(), step.title()),
        ("unit_head:reviews".to_owned(), "單位主管審核".to_owned())
    );
    for wrong in [
        "unit_head",
        "unit_head:",
        ":reviews",
        "vendor:reviews",
        "ciso:decides",
        "ciso:reviews:x",
    ] {
        assert_eq!(Step::of(wrong), None, "{wrong}");
    }
    let outside: Vec<Role> = Role::ALL.into_iter().filter(|r| !r.is_of_the_agency()).collect();
    assert_eq!(outside, [Role::Auditor, Role::Vendor, Role::Supervisor]);
    let state = register("approval").unwrap().field("state").unwrap();
    let registers::Kind::Choice(words) = state.kind else {
        panic!("a choice")
    };
    let known = [State::Submitted, State::Returned, State::Withdrawn, State::Final];
    let known = known.map(|s| serde_json::to_value(s).unwrap());
    assert_eq!(words.iter().map(|(w, _)| json!(w)).collect::<Vec<_>>(), known);
}

#[test]
fn an_approval_keeps_the_members_that_it_is_stored_with() {
    let begun = sent(&["unit_head:reviews", "ciso:approves"]);
    assert_eq!(
        begun.body(),
        json!({
            "v": 1, "register": "remote_permit", "row": "r1", "version": 2, "state": "submitted", "step": 0,
            "steps": [{"role": "unit_head", "does": "reviews"}, {"role": "ciso", "does": "approves"}],
            "decisions": [{"by": "m1", "name": "m1示範", "verdict": "submit", "at": "2026-05-20T10:00", "version": 2}],
        })
    );
    let scan = registers::activity::Evidence {
        sha256: "0".repeat(64),
        name: "簽名頁.pdf".to_owned(),
        size: 5,
        media_type: "application/pdf".to_owned(),
    };
    let done = begun.passed(0, event("m2", Act::Agree, 2)).finished(
        final_of(2, json!({"v": 1})),
        vec![scan],
        event("m3", Act::Paper, 2),
    );
    let body = done.body();
    assert_eq!((&body["state"], &body["step"]), (&json!("final"), &json!(2)));
    assert_eq!(
        (&body["number"], &body["body_hash"]),
        (&json!("115-RA-001"), &json!("h"))
    );
    assert_eq!(
        body["approved"],
        json!({"version": 2, "number": "115-RA-001", "on": "2026-05-21", "hash": "h", "body": {"v": 1}})
    );
    assert_eq!(body["evidence"][0]["name"], "簽名頁.pdf");
    assert_eq!(Approval::read(&body), Ok(done));
    // A null stands for what there isn't.
    let mut none = sent(&[]).body();
    none["approved"] = Value::Null;
    assert_eq!(Approval::read(&none), Ok(sent(&[])));
    assert_eq!(Approval::id("asset", "a1"), "asset:a1");
}

#[test]
fn what_somebody_does_leads_to_a_state() {
    let begun = sent(&["unit_head:reviews", "officer:reviews", "ciso:approves"]);
    assert_eq!((begun.state, begun.step), (State::Submitted, 0));
    assert_eq!(begun.waits_for(), Some(Approver::UnitHead));
    let passed = begun.clone().passed(0, event("m2", Act::Agree, 2));
    assert_eq!((passed.state, passed.step), (State::Submitted, 1));
    assert_eq!(passed.waits_for(), Some(Approver::Officer));
    let returned = passed.clone().returned(1, event("m3", Act::Return, 2));
    assert_eq!((returned.state, returned.step), (State::Returned, 1));
    let back = passed.called_back(event("m1", Act::Withdraw, 2));
    assert_eq!((back.state, back.step), (State::Withdrawn, 1));
    assert_eq!(back.decisions.last().map(|e| e.verdict), Some(Act::Withdraw));
    // Sent on again, later and with other steps, it keeps what happened.
    let again = Approval::about(
        ("remote_permit", "r1", 3),
        steps(&["ciso:approves"]),
        Some(returned),
    );
    let again = again.sent(event("m4", Act::Submit, 3));
    assert_eq!((again.state, again.step, again.version), (State::Submitted, 0, 3));
    assert_eq!((again.decisions.len(), again.sender()), (4, Some("m4")));
    assert_eq!(again.current(), Step::of("ciso:approves"));
    let done = again.finished(final_of(3, json!({})), vec![], event("m5", Act::Agree, 3));
    assert_eq!((done.state, done.step, done.current()), (State::Final, 1, None));
    assert_eq!(
        (done.approved_version(), done.approved_by()),
        (Some(3), Some("m5示範"))
    );
    assert_eq!((done.state_of(3), done.state_of(4)), (Some(State::Final), None));
    // The next version is under way, and what was approved stays.
    let next = Approval::about(("remote_permit", "r1", 4), steps(&["ciso:approves"]), Some(done));
    assert_eq!(
        (next.number.as_str(), next.body_hash.as_str(), next.evidence.len()),
        ("", "", 0)
    );
    let next = next
        .sent(event("m6", Act::Submit, 4))
        .passed(0, event("m7", Act::Agree, 4));
    assert_eq!(
        (next.approved_version(), next.approved_by()),
        (Some(3), Some("m5示範"))
    );
    assert_eq!(sent(&[]).approved_by(), None);
    assert_eq!(sent(&[]).waits_for(), None);
}

#[test]
fn a_consultation_holds_nothing_up_and_a_review_does() {
    let open = |words: &[&str], at: usize| {
        let mut approval = sent(words);
        approval.step = at;
        let found: Vec<usize> = approval.open_steps().map(|(n, _)| n).collect();
        found
    };
    let way = &[
        "officer:consults",
        "auditor:consults",
        "unit_head:reviews",
        "ciso:approves",
    ];
    assert_eq!(open(way, 0), [0, 1, 2]);
    assert_eq!(open(way, 1), [1, 2]);
    assert_eq!(open(way, 2), [2]);
    assert_eq!(open(way, 3), [3]);
    assert_eq!(open(way, 4), [] as [usize; 0]);
    let taken = sent(way).open_steps().map(|(_, s)| s.does).collect::<Vec<_>>();
    assert_eq!(taken, [Does::Consults, Does::Consults, Does::Reviews]);
}

#[test]
fn nobody_is_taken_to_have_agreed_who_did_not_in_this_round() {
    let begun = sent(&["unit_head:reviews", "ciso:approves"]).passed(0, event("m2", Act::Agree, 2));
    assert!(begun.agreed_in_this_round("m2"));
    assert!(!begun.agreed_in_this_round("m1"), "who sent it agreed to nothing");
    assert!(!begun.agreed_in_this_round("m3"));
    let asked = sent(&[]).passed(0, event("m2", Act::Opinion, 2));
    assert!(!asked.agreed_in_this_round("m2"), "an opinion is no agreement");
    let again = Approval::about(("x", "r", 3), vec![], Some(begun)).sent(event("m1", Act::Submit, 3));
    assert!(!again.agreed_in_this_round("m2"), "that was the round before");
}

#[test]
fn what_an_approval_says_fills_what_its_record_leaves_blank() {
    // 會議紀錄 of a management review: when it was approved is told by its approval.
    let spec = registers::catalogue()
        .iter()
        .find(|s| {
            let tells = |kind| s.fields.iter().any(|f| s.tells_approval(f) && f.kind == kind);
            tells(registers::Kind::Date) && tells(registers::Kind::Text)
        })
        .expect("a register with both");
    let field = |kind| {
        spec.fields
            .iter()
            .find(|f| spec.tells_approval(f) && f.kind == kind)
            .unwrap()
            .key
    };
    let (on, by) = (field(registers::Kind::Date), field(registers::Kind::Text));
    let filled = |body: Value| {
        let approval = Approval::about((spec.key, "r1", 2), vec![], None)
            .sent(event("m1", Act::Submit, 2))
            .finished(final_of(2, body), vec![], event("m2", Act::Agree, 2));
        // Somebody works on the next version.
        let later = Approval::about((spec.key, "r1", 3), vec![], Some(approval));
        let later = later.sent(event("m9", Act::Submit, 3));
        approved(&later).unwrap().unwrap()
    };
    for blank in [json!({"v": 1}), json!({"v": 1, on: null, by: ""})] {
        let (version, body) = filled(blank);
        assert_eq!(
            (version, &body[on], &body[by]),
            (2, &json!("2026-05-21"), &json!("m2示範"))
        );
    }
    let (_, said) = filled(json!({"v": 1, on: "2026-01-02", by: "王示範"}));
    assert_eq!((&said[on], &said[by]), (&json!("2026-01-02"), &json!("王示範")));
    assert_eq!(approved(&sent(&[])), Ok(None));
    let mut unknown = sent(&[]).finished(final_of(2, json!({})), vec![], event("m2", Act::Agree, 2));
    unknown.register = "planet".to_owned();
    assert_eq!(approved(&unknown), Ok(None));
    let newer = sent(&[]).finished(final_of(2, json!({"v": 99})), vec![], event("m2", Act::Agree, 2));
    assert!(matches!(
        approved(&newer),
        Err(ReadError::Newer { found: 99, .. })
    ));
}

#[test]
fn who_serves_and_which_token_holds_ends_on_its_day() {
    let member = |more: Value| {
        let mut body = json!({"v": 1, "name": "王示範", "role": "officer", "from": "2026-01-01"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        Member::read(&body).unwrap()
    };
    let until = member(json!({"until": "2027-01-01"}));
    let days = ["2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01"];
    assert_eq!(days.map(|d| until.serves(day(d))), [false, true, true, false]);
    assert!(member(json!({})).serves(day("2090-01-01")));
    let deputy = json!({"v": 1, "member": "m1", "deputy": "m2", "from": "2026-07-01", "until": "2026-07-15"});
    let deputy = Deputy::read(&deputy).unwrap();
    let days = ["2026-06-30", "2026-07-01", "2026-07-14", "2026-07-15"];
    assert_eq!(days.map(|d| deputy.serves(day(d))), [false, true, true, false]);
    let token = |revoked: &str| {
        let body = json!({"v": 1, "label": "x", "member": "m1", "secret_hash": "h", "scopes": ["write", "read"],
            "expires": "2027-01-01", "revoked_at": revoked});
        Token::read(&body).unwrap()
    };
    let days = ["2026-12-31", "2027-01-01"];
    assert_eq!(days.map(|d| token("").holds(day(d))), [true, false]);
    assert!(!token("2026-06-01T09:00").holds(day("2026-05-01")));
    assert_eq!(
        token("").scopes.into_iter().collect::<Vec<_>>(),
        [Scope::Read, Scope::Write]
    );
}

#[test]
fn a_route_is_for_what_can_be_approved_and_ends_with_one_approval() {
    let spec = register("route").unwrap();
    let wrong = |body: Value| {
        let problems = spec.check(&body).err().unwrap_or_default();
        problems.into_iter().map(|p| p.field).collect::<Vec<_>>()
    };
    let route = |register: &str, steps: &[&str]| json!({"register": register, "steps": steps});
    assert_eq!(
        wrong(route("asset", &["officer:reviews", "ciso:approves"])),
        [] as [&str; 0]
    );
    for key in ["planet", "approval", "member", "route", "plan"] {
        assert_eq!(wrong(route(key, &["ciso:approves"])), ["register"], "{key}");
    }
    for steps in [
        &["ciso:reviews"][..],
        &["ciso:approves", "officer:approves"],
        &["ciso:approves", "officer:reviews"],
        &["vendor:reviews", "ciso:approves"],
    ] {
        assert_eq!(wrong(route("asset", steps)), ["steps"], "{steps:?}");
    }
    let mut lower = route("asset", &["ciso:approves"]);
    lower["prefix"] = json!("Ra");
    assert_eq!(wrong(lower), ["prefix"]);
    let stored = spec
        .check(&route("asset", &["officer:reviews", "ciso:approves"]))
        .unwrap();
    let read = Route::read(&stored).unwrap();
    assert_eq!(
        (read.register.as_str(), read.steps),
        ("asset", steps(&["officer:reviews", "ciso:approves"]))
    );
    let odd = Route::read(&json!({"v": 1, "register": "asset", "steps": ["king:rules"]}));
    assert!(matches!(odd, Err(ReadError::Shape(said)) if said.contains("king:rules")));
}
