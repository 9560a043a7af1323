//! A duty that carries several clauses is met when each of its parts is, and says which are not.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use assess::{DutyAssessment, PartVerdict, ShownBy, Verdict, assess};
use facts::{Checked, Event, FactValue, Settled, Source, Subject};
use testkit::{AgencyBuilder, corpus, day};

const TODAY: &str = "2026-11-21";

fn of(agency: &AgencyBuilder, duty: &str, on: &str) -> DutyAssessment {
    let result = assess(&agency.clone().build(), &corpus(), &[], day(on));
    result.duties.into_iter().find(|d| d.key == duty).expect(duty)
}

fn part<'d>(duty: &'d DutyAssessment, key: &str) -> &'d PartVerdict {
    duty.parts.iter().find(|p| p.key == key).expect(key)
}

fn taipei() -> AgencyBuilder {
    let office = AgencyBuilder::level("C").of_city("臺北市");
    office.fact("develops_systems", FactValue::Flag(true))
}

fn checked(check: &str, (from, until): (&str, &str), holds: Option<bool>, ages: bool) -> Checked {
    let on = |text: &str| (!text.is_empty()).then(|| day(text));
    Checked {
        check: check.into(),
        subject: facts::Subject::Agency,
        title: "全球資訊網".into(),
        from: on(from),
        until: on(until),
        ages,
        holds,
        source: Source {
            register: "website".into(),
            row: "w1".into(),
            version: 1,
            line: None,
        },
    }
}

const WEB: &str = "website.secure";
const ALL: [&str; 4] = ["TPE-19.1", "TPE-19.3", "TPE-19.4", "TPE-19.5"];

#[test]
fn one_file_without_a_word_of_what_it_shows_answers_no_part() {
    let bare = of(&taipei().done(WEB, day("2026-05-20")), WEB, TODAY);
    assert_eq!(bare.verdict, Verdict::NotMet);
    assert_eq!(bare.parts.len(), 4);
    assert!(
        bare.parts
            .iter()
            .all(|p| p.verdict == Verdict::NotMet && p.shown_by.is_none())
    );
    assert_eq!(bare.done.len(), 1, "what was done is still told");
    assert!(
        bare.reason.starts_with("涵蓋 4 項，已證明 0 項，尚缺「"),
        "{}",
        bare.reason
    );
    // An agency that the city's rules don't reach has no such duty at all.
    let elsewhere = AgencyBuilder::level("C").of_city("高雄市").build();
    let result = assess(&elsewhere, &corpus(), &[], day(TODAY));
    assert!(result.duties.iter().all(|d| d.key != WEB));
}

#[test]
fn the_parts_that_a_file_names_are_answered_and_the_others_are_named() {
    let some = taipei().done(WEB, day("2026-05-20")).answering(&ALL[..2]);
    let half = of(&some, WEB, TODAY);
    assert_eq!(
        (half.verdict, half.reason_code.as_str()),
        (Verdict::NotMet, "no proof")
    );
    let met: Vec<bool> = half.parts.iter().map(|p| p.verdict == Verdict::Met).collect();
    assert_eq!(met, [true, true, false, false]);
    assert_eq!(part(&half, ALL[0]).until, Some(day("2027-05-20")));
    assert_eq!(part(&half, ALL[0]).shown_by, Some(ShownBy::Evidence));
    let open = &part(&half, ALL[2]).label;
    assert!(
        half.reason.contains("已證明 2 項") && half.reason.contains(open.as_str()),
        "{}",
        half.reason
    );
    assert!(
        !half.reason.contains(part(&half, ALL[0]).label.as_str()),
        "{}",
        half.reason
    );

    // The rest later: the whole is shown until the first of them is too old.
    let whole = some.done(WEB, day("2026-08-01")).answering(&ALL[2..]);
    let met = of(&whole, WEB, TODAY);
    assert_eq!(
        (met.verdict, met.due, met.proof_until),
        (Verdict::Met, Some(day("2027-05-20")), Some(day("2027-05-20")))
    );
    assert!(met.reason.starts_with("涵蓋 4 項，均已證明。"), "{}", met.reason);
    assert_eq!(of(&whole, WEB, "2027-05-20").verdict, Verdict::Met);
    let stale = of(&whole, WEB, "2027-05-21");
    assert_eq!(
        (stale.verdict, stale.reason_code.as_str()),
        (Verdict::NotMet, "proof_outdated")
    );
    assert!(stale.reason.contains("已證明 2 項"), "{}", stale.reason);
    assert_eq!(part(&stale, ALL[0]).reason_code, "proof_outdated");
    assert_eq!(part(&stale, ALL[3]).verdict, Verdict::Met);
    // What was never shown is worse than what is no longer.
    let some = taipei().done(WEB, day("2024-05-20")).answering(&ALL[..2]);
    assert_eq!(of(&some, WEB, TODAY).reason_code, "no proof");
}

#[test]
fn a_statement_by_name_answers_the_parts_it_names_and_ages() {
    let stated = |parts: &[&str]| {
        let said = taipei().done(WEB, day("2026-05-20"));
        of(&said.answering(parts).stated_by("林示範"), WEB, TODAY)
    };
    let all = stated(&ALL);
    assert_eq!((all.verdict, all.due), (Verdict::Met, Some(day("2027-05-20"))));
    assert_eq!(part(&all, ALL[1]).shown_by, Some(ShownBy::Statement));
    assert!(
        part(&all, ALL[1]).shown.starts_with("林示範聲明"),
        "{:?}",
        part(&all, ALL[1])
    );
    let none = stated(&[]);
    assert!(
        none.parts.iter().all(|p| p.verdict == Verdict::NotMet),
        "{:?}",
        none.parts
    );
    // Of a duty without parts a statement is no proof.
    let ban = AgencyBuilder::level("C").done("product.ban", day("2026-05-20"));
    let ban = of(&ban.stated_by("林示範"), "product.ban", TODAY);
    assert_eq!((ban.verdict, ban.parts.len()), (Verdict::NotMet, 0));
}

#[test]
fn a_row_of_a_register_answers_the_parts_that_name_the_register() {
    let row = taipei().done(WEB, day("2026-05-20")).by_row_of("website");
    // Only if it says what the clause is about.
    let silent = of(&row, WEB, TODAY);
    assert!(silent.parts.iter().all(|p| p.verdict == Verdict::NotMet));
    let seen = of(&row.saying(&["content_checked_on"]), WEB, TODAY);
    let met = |key: &str| part(&seen, key).verdict == Verdict::Met;
    assert!(met("TPE-19.3") && !met("TPE-19.1") && !met("TPE-19.5"));
    assert_eq!(part(&seen, "TPE-19.3").shown_by, Some(ShownBy::Record));
}

#[test]
fn what_records_say_answers_a_part_and_outweighs_a_paper() {
    let paper = || taipei().done(WEB, day("2026-05-20")).answering(&ALL);
    let listing = |rows: &[Checked]| {
        let agency = rows.iter().cloned().fold(taipei(), AgencyBuilder::checked);
        of(&agency, WEB, TODAY)
    };
    let row = |span, holds| checked("website.no_listing", span, holds, false);
    let fine = listing(&[row(("2026-03-01", ""), Some(true))]);
    let shown = part(&fine, "TPE-19.5");
    assert_eq!(
        (shown.verdict, shown.shown_by),
        (Verdict::Met, Some(ShownBy::Check))
    );
    assert_eq!((shown.reason_code.as_str(), shown.until), ("checked", None));
    assert_eq!(part(&fine, "TPE-19.4").verdict, Verdict::NotMet, "another check");
    // One row that doesn't say, or no row at all that stands, answers nothing.
    let silent = |rows: &[Checked]| part(&listing(rows), "TPE-19.5").verdict == Verdict::NotMet;
    let said = row(("2026-03-01", ""), Some(true));
    assert!(silent(&[said.clone(), row(("2026-03-01", ""), None)]));
    assert!(silent(&[row(("2026-11-22", ""), Some(true))]));
    assert!(silent(&[row(("2026-03-01", TODAY), Some(true))]));
    assert!(!silent(&[row((TODAY, "2026-11-22"), Some(true))]));

    // A row that says otherwise is told, whatever a paper says; once it is over, it is not.
    let wrong = paper()
        .checked(said)
        .checked(row(("2026-03-01", "2026-12-01"), Some(false)));
    let now = of(&wrong, WEB, TODAY);
    assert_eq!(
        (now.verdict, now.reason_code.as_str()),
        (Verdict::NotMet, "check failed")
    );
    assert_eq!(part(&now, "TPE-19.5").wrong.len(), 1);
    assert!(part(&now, "TPE-19.5").shown.contains("1 筆與本項不符"));
    assert_eq!(part(&now, "TPE-19.1").verdict, Verdict::Met);
    assert_eq!(of(&wrong, WEB, "2026-12-01").verdict, Verdict::Met);
    // A paper answers where records say nothing.
    assert_eq!(of(&paper(), WEB, TODAY).verdict, Verdict::Met);
}

#[test]
fn a_row_that_tells_of_one_day_only_is_too_old_one_day() {
    let done = checked("change.apart", ("2026-06-10", ""), Some(true), true);
    let agency = taipei().checked(done);
    let apart = |on: &str| part(&of(&agency, "change.control", on), "TPE-9.2").clone();
    assert_eq!(apart("2027-06-10").verdict, Verdict::Met);
    assert_eq!(apart("2027-06-10").until, Some(day("2027-06-10")));
    assert_eq!(apart("2027-06-11").verdict, Verdict::NotMet);
    // Neither does an old wrong weigh for ever.
    let once = taipei().checked(checked("change.apart", ("2025-06-10", ""), Some(false), true));
    assert_eq!(
        part(&of(&once, "change.control", "2026-06-10"), "TPE-9.2").reason_code,
        "check failed"
    );
    assert_eq!(
        part(&of(&once, "change.control", "2026-06-11"), "TPE-9.2").reason_code,
        "no proof"
    );
}

#[test]
fn a_period_is_done_when_each_part_of_it_is() {
    let plan = |parts: &[&str]| {
        let agency = AgencyBuilder::level("C").adopts("information-bureau-plan");
        let agency = agency
            .records_from(day("2025-01-01"))
            .done("audit.internal", day("2026-05-20"));
        of(&agency.answering(parts), "audit.internal", TODAY)
    };
    let both = plan(&["KHH-15.2d", "KHH-15.2e"]);
    assert_eq!(both.parts.len(), 2);
    let one = plan(&["KHH-15.2d"]);
    assert_eq!(part(&both, "KHH-15.2e").verdict, Verdict::Met);
    assert_eq!(part(&one, "KHH-15.2d").verdict, Verdict::Met);
    assert_eq!(one.verdict, part(&one, "KHH-15.2e").verdict);
    assert_ne!(one.verdict, Verdict::Met);
    let this = |duty: &DutyAssessment| {
        let now = duty
            .periods
            .iter()
            .find(|p| p.from <= day("2026-05-20") && day("2026-05-20") <= p.to);
        now.map(|p| p.verdict)
    };
    assert_eq!(this(&one).is_some(), this(&both).is_some());
    assert!(this(&one) != Some(Verdict::Met), "{:?}", one.periods);
}

const APP: &str = "mobile_app.secure";
const OF_APP: [&str; 4] = ["TPE-28.1", "TPE-28.2", "TPE-28.3", "TPE-28.5"];

fn release(row: &str, on: &str, settled: Option<&str>, says: &[&str]) -> Event {
    Event {
        subject: Subject::Agency,
        duty: APP.into(),
        at: day(on).into(),
        title: format!("行動應用程式：{row}"),
        settled: settled.map(|on| Settled {
            at: day(on).into(),
            by: "安全事項完成日".into(),
        }),
        level: None,
        level_changed: None,
        evidence: 1,
        says: says.iter().map(|what| (*what).to_owned()).collect(),
        source: Source {
            register: "mobile_app".into(),
            row: row.into(),
            version: 1,
            line: None,
        },
    }
}

#[test]
fn an_event_is_met_when_each_part_of_it_is_shown() {
    let says = ["permissions", "sensitive_data=false", "tested_on"];
    let settled = || release("m1", "2026-08-01", Some("2026-08-10"), &says);
    let three = taipei().event(settled());
    let duty = of(&three, APP, TODAY);
    assert_eq!(
        (duty.verdict, duty.reason_code.as_str()),
        (Verdict::NotMet, "parts open")
    );
    assert!(duty.parts.is_empty(), "parts are of the event");
    let event = &duty.events[0];
    let keys: Vec<&str> = event.parts.iter().map(|p| p.key.as_str()).collect();
    assert_eq!(keys, OF_APP);
    let met = |event: &assess::EventVerdict| -> Vec<bool> {
        event.parts.iter().map(|p| p.verdict == Verdict::Met).collect()
    };
    assert_eq!(met(event), [true, true, true, false]);
    assert_eq!(event.parts[0].shown_by, Some(ShownBy::Record));
    assert!(
        duty.reason.contains("涵蓋 4 項，已證明 3 項，尚缺") && duty.reason.contains(&event.parts[3].label),
        "{}",
        duty.reason
    );
    // What names the part but not the event, or another event, shows nothing.
    let stray = three.clone().done(APP, day("2026-08-20")).answering(&OF_APP);
    assert_eq!(of(&stray, APP, TODAY).verdict, Verdict::NotMet);
    let other = stray.of_event("mobile_app", "m2");
    assert_eq!(of(&other, APP, TODAY).verdict, Verdict::NotMet);
    // A file that names both does, and so does a statement by name.
    let shown = three.done(APP, day("2026-08-20")).answering(&OF_APP[3..]);
    let shown = shown.of_event("mobile_app", "m1");
    let whole = of(&shown, APP, TODAY);
    assert_eq!(
        (whole.verdict, whole.reason_code.as_str()),
        (Verdict::Met, "done")
    );
    assert_eq!(whole.events[0].parts[3].shown_by, Some(ShownBy::Evidence));
    let stated = of(&shown.clone().stated_by("林示範"), APP, TODAY);
    assert_eq!(stated.verdict, Verdict::Met);
    let part = &stated.events[0].parts[3];
    assert_eq!(part.shown_by, Some(ShownBy::Statement));
    let when = period::roc_short(day("2026-08-20"));
    assert!(
        part.shown.contains("林示範") && part.shown.contains(&when),
        "{}",
        part.shown
    );
    // It was not shown before that day, and is for good from then on.
    assert_eq!(of(&shown, APP, "2026-08-19").verdict, Verdict::NotMet);
    assert_eq!(of(&shown, APP, "2027-12-20").verdict, Verdict::Met);
    // Each event is shown by itself.
    let two = shown.event(release("m2", "2026-09-01", Some("2026-09-05"), &says));
    let duty = of(&two, APP, TODAY);
    assert_eq!((duty.verdict, duty.events.len()), (Verdict::NotMet, 2));
    assert_eq!(duty.events[0].source.row, "m2");
    assert_eq!(met(&duty.events[1]), [true; 4]);
}

#[test]
fn parts_of_an_event_that_is_not_settled_are_as_open_as_it_is() {
    let open = taipei().event(release("m1", "2026-11-01", None, &["permissions"]));
    let duty = of(&open, APP, TODAY);
    assert_eq!(
        (duty.verdict, duty.reason_code.as_str()),
        (Verdict::NotYetDue, "event open")
    );
    let parts = &duty.events[0].parts;
    assert!(
        parts
            .iter()
            .all(|p| p.verdict == Verdict::NotYetDue && p.shown_by.is_none())
    );
    // A row without evidence shows nothing of what it says.
    let mut bare = release("m1", "2026-08-01", Some("2026-08-10"), &["permissions"]);
    bare.evidence = 0;
    let duty = of(&taipei().event(bare), APP, TODAY);
    assert_eq!(
        (duty.verdict, duty.reason_code.as_str()),
        (Verdict::NotMet, "parts open")
    );
    assert!(duty.events[0].parts.iter().all(|p| p.verdict == Verdict::NotMet));
}

#[test]
fn a_check_over_the_record_of_an_event_answers_its_part_only() {
    let told = |row: &str, holds| {
        let mut told = checked("data_return.disposed", ("2026-06-30", ""), holds, false);
        told.source.register = "data_return".into();
        row.clone_into(&mut told.source.row);
        told
    };
    let end = |row: &str, settled: Option<&str>| {
        let mut event = release(row, "2026-06-30", settled, &[]);
        event.duty = "outsourcing.end".into();
        event.source.register = "data_return".into();
        event
    };
    let plan = || {
        let plan = AgencyBuilder::level("C").adopts("information-bureau-plan");
        plan.fact("outsources_systems", FactValue::Flag(true))
    };
    let fine = plan()
        .event(end("d1", Some("2026-07-10")))
        .checked(told("d1", Some(true)));
    // What is wrong with another contract's end is no matter of this one's.
    let fine = fine.checked(told("d2", Some(false)));
    let duty = of(&fine, "outsourcing.end", TODAY);
    assert_eq!(duty.verdict, Verdict::Met, "{}", duty.reason);
    let late = plan()
        .event(end("d1", Some("2026-07-10")))
        .checked(told("d1", Some(false)));
    let duty = of(&late, "outsourcing.end", TODAY);
    let part = &duty.events[0].parts[0];
    assert_eq!(
        (duty.verdict, part.reason_code.as_str()),
        (Verdict::NotMet, "check failed")
    );
    assert_eq!(part.wrong.len(), 1);
}

#[test]
fn what_records_can_only_contradict_is_shown_by_a_paper_until_they_do() {
    let old = |holds| checked("software.supported", ("2026-01-01", ""), holds, false);
    let duty = "endpoint.protect";
    let paper = || taipei().done(duty, day("2026-05-20"));
    assert_eq!(
        of(&taipei().checked(old(Some(true))), duty, TODAY).verdict,
        Verdict::NotMet
    );
    assert_eq!(of(&paper(), duty, TODAY).verdict, Verdict::Met);
    assert_eq!(of(&paper().checked(old(None)), duty, TODAY).verdict, Verdict::Met);
    let wrong = of(&paper().checked(old(Some(false))), duty, TODAY);
    assert_eq!(
        (wrong.verdict, wrong.reason_code.as_str()),
        (Verdict::NotMet, "check failed")
    );
    assert_eq!(part(&wrong, "TPE-11.1").wrong[0].0, "全球資訊網");
}

#[test]
fn a_self_assessment_answers_once_every_system_was_assessed() {
    let row = |system: &str, control: &str, holds| {
        let mut told = checked(
            &format!("control_check/{control}"),
            ("2026-04-01", ""),
            holds,
            true,
        );
        told.subject = Subject::System(system.into());
        told
    };
    let duty = "password.initial";
    let one = || {
        let one = taipei().system("公文系統", Some(false));
        one.checked(row("公文系統", "IA2-1", Some(true)))
    };
    assert_eq!(of(&one(), duty, TODAY).verdict, Verdict::Met);
    assert_eq!(of(&one(), duty, "2027-04-02").verdict, Verdict::NotMet, "it ages");
    let two = || one().system("差勤系統", Some(false));
    assert_eq!(
        of(&two(), duty, TODAY).verdict,
        Verdict::NotMet,
        "nobody looked at the other"
    );
    // The other was assessed, and its grade doesn't ask for that control.
    let both = two().checked(row("差勤系統", "AC1-1", Some(true)));
    assert_eq!(of(&both, duty, TODAY).verdict, Verdict::Met);
    let wrong = two().checked(row("差勤系統", "IA2-1", Some(false)));
    assert_eq!(of(&wrong, duty, TODAY).reason_code, "check failed");
}
