//! What must be kept: until when it is shown, in what words, and how many are there.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use assess::{DutyAssessment, Verdict, assess};
use facts::{Counted, Source, Subject};
use testkit::{AgencyBuilder, corpus, day};

fn counted(what: &str, of: &str, (from, until): (&str, &str), shown: Option<bool>) -> Counted {
    let on = |text: &str| (!text.is_empty()).then(|| day(text));
    Counted {
        what: what.into(),
        of: of.into(),
        from: on(from),
        until: on(until),
        shown,
        source: Source {
            register: "person".into(),
            row: of.into(),
            version: 1,
            line: None,
        },
    }
}

fn person(of: &str, from: &str, until: &str) -> Counted {
    counted("dedicated_person", of, (from, until), None)
}

fn paper(what: &str, of: &str, from: &str, until: &str) -> Counted {
    counted(what, of, (from, until), Some(true))
}

fn of(agency: AgencyBuilder, duty: &str, on: &str) -> DutyAssessment {
    let result = assess(&agency.build(), &corpus(), &[], day(on));
    result.duties.into_iter().find(|d| d.key == duty).expect(duty)
}

/// Of level B, approved long ago: two dedicated persons, each with a licence and a certificate.
fn office(counted: &[Counted]) -> AgencyBuilder {
    let office = AgencyBuilder::level("B").approved(day("2021-09-01"));
    counted.iter().cloned().fold(office, AgencyBuilder::counted)
}

const STAFF: &str = "staff.dedicated";
const PAPERS: &str = "certificate.dedicated";

#[test]
fn a_duty_says_until_when_its_proof_shows_it() {
    let agency = AgencyBuilder::level("C").done("product.ban", day("2026-05-20"));
    let met = of(agency.clone(), "product.ban", "2026-11-21");
    assert_eq!(
        (met.verdict, met.due, met.proof_until),
        (Verdict::Met, Some(day("2027-05-20")), Some(day("2027-05-20")))
    );
    assert_eq!(met.due_basis, "佐證可證明之末日");
    assert_eq!(
        met.reason,
        "115/05/20 之辦理紀錄「product.ban」附有佐證，可證明至 116/05/20。"
    );
    assert_eq!(met.readings.len(), 1, "{:?}", met.readings);
    let ended = of(agency.clone(), "product.ban", "2027-05-21");
    assert!(ended.reason.contains("只能證明至 116/05/20"), "{}", ended.reason);
    assert_eq!(ended.part_of_day, None);
    // What says itself how long it holds relies on no reading.
    let own = of(agency.shown_until(day("2026-12-31")), "product.ban", "2026-11-21");
    assert_eq!((own.due, own.readings.len()), (Some(day("2026-12-31")), 0));
    // Without evidence a record shows nothing.
    let mut bare = AgencyBuilder::level("C")
        .done("product.ban", day("2026-05-20"))
        .build();
    bare.done[0].evidence = 0;
    let bare = assess(&bare, &corpus(), &[], day("2026-11-21"));
    let bare = bare
        .duties
        .iter()
        .find(|d| d.key == "product.ban")
        .expect("the duty");
    assert_eq!((bare.reason_code.as_str(), bare.proof_until), ("no proof", None));
    assert_eq!(bare.reason, "已有辦理紀錄，尚未附佐證。");
    let nothing = of(AgencyBuilder::level("C"), "product.ban", "2026-11-21");
    assert_eq!(nothing.reason, "應持續具備，尚無登錄紀錄或佐證。");
    assert_eq!((nothing.due, nothing.due_basis.as_str()), (None, "持續具備"));
}

#[test]
fn what_holds_longest_shows_it() {
    let agency = AgencyBuilder::level("C")
        .done("product.ban", day("2026-05-20"))
        .done("product.ban", day("2025-01-10"))
        .shown_until(day("2026-03-01"));
    assert_eq!(
        of(agency, "product.ban", "2026-06-01").proof_until,
        Some(day("2027-05-20"))
    );
}

#[test]
fn persons_are_counted_while_they_are_in_post() {
    let two = [person("甲", "", ""), person("乙", "2022-01-01", "2027-03-01")];
    let papered = |persons: &[Counted]| office(persons).done(STAFF, day("2026-06-01"));
    let met = of(papered(&two), STAFF, "2026-11-21");
    let count = &met.counts[0];
    assert_eq!((met.verdict, count.needed, count.have), (Verdict::Met, 2, 2));
    // Who leaves before the proof ends ends it.
    assert_eq!(
        (met.due, met.due_basis.as_str()),
        (Some(day("2027-02-28")), "數量足額之末日")
    );
    assert_eq!(count.enough_until, Some(day("2027-02-28")));
    assert_eq!(
        met.reason,
        "在職之資通安全專職人員應有 2，已登錄 2；115/06/01 之辦理紀錄「staff.dedicated」附有佐證，可證明至 \
         116/06/01；逾期限 1369 日。"
    );
    let longer = [person("甲", "", ""), person("乙", "2022-01-01", "2027-09-01")];
    let met = of(papered(&longer), STAFF, "2026-11-21");
    assert_eq!(
        (met.due, met.due_basis.as_str()),
        (Some(day("2027-06-01")), "佐證可證明之末日")
    );

    // One more than needed may leave.
    let three = [&longer[..], &[person("丙", "", "2027-02-01")]].concat();
    let met = of(papered(&three), STAFF, "2026-11-21");
    assert_eq!(
        (met.counts[0].have, met.counts[0].enough_until),
        (3, Some(day("2027-08-31")))
    );

    // By the edition of 2026 the year begins anew on the day on which one left; before, there was none.
    let left = of(papered(&two), STAFF, "2027-03-01");
    assert_eq!(
        (
            left.verdict,
            left.reason_code.as_str(),
            left.due,
            left.provisional
        ),
        (Verdict::NotYetDue, "restarted", Some(day("2028-03-01")), true)
    );
    assert_eq!(
        left.reason,
        "專職人員異動（116/03/01）後，期限重新起算至 預估 117/03/01（117 年辦公日曆公布後確定），尚未屆至；\
         在職之資通安全專職人員應有 2，已登錄 1。"
    );
    let before = [person("甲", "", ""), person("乙", "", "2025-12-01")];
    let left = of(papered(&before), STAFF, "2026-11-21");
    assert_eq!(
        (left.verdict, left.reason_code.as_str(), left.due),
        (Verdict::NotMet, "count short", Some(day("2025-11-30")))
    );
    assert_eq!(left.reason, "數量不足：在職之資通安全專職人員應有 2，已登錄 1。");
    // Who came after all others had left makes no day on which there were enough.
    let apart = [person("甲", "", "2023-01-01"), person("乙", "2023-06-01", "")];
    let never = of(papered(&apart), STAFF, "2026-11-21");
    assert_eq!(
        (never.reason_code.as_str(), never.due),
        ("overdue", Some(day("2022-09-01")))
    );
    assert_eq!(never.counts[0].enough_until, None);
    assert!(never.reason.contains("應有 2，已登錄 1"), "{}", never.reason);
}

#[test]
fn in_its_term_a_number_may_still_be_short() {
    let agency = AgencyBuilder::level("B").approved(day("2026-03-02"));
    let early = of(agency.clone(), STAFF, "2026-11-21");
    assert_eq!(
        (early.verdict, early.due),
        (Verdict::NotYetDue, Some(day("2027-03-02")))
    );
    assert_eq!(
        early.reason,
        "期限 116/03/02，尚未屆至；在職之資通安全專職人員應有 2，已登錄 0。"
    );
    // One who left in the term, or a paper that has ended in it, makes it no breach; the year begins anew.
    let left = agency
        .counted(person("甲", "", ""))
        .counted(person("乙", "", "2026-06-01"))
        .done(STAFF, day("2026-05-01"))
        .shown_until(day("2026-05-31"));
    assert_eq!(of(left.clone(), STAFF, "2026-11-21").verdict, Verdict::NotYetDue);
    assert_eq!(of(left.clone(), STAFF, "2027-06-01").reason_code, "restarted");
    assert_eq!(of(left, STAFF, "2027-06-02").reason_code, "overdue");
}

#[test]
fn papers_are_counted_for_each_person() {
    let all = [
        person("甲", "", ""),
        person("乙", "", ""),
        paper("license", "甲", "", "2028-01-01"),
        paper("competence", "甲", "", ""),
        paper("license", "乙", "", ""),
        paper("competence", "乙", "", "2027-06-01"),
    ];
    let met = of(office(&all), PAPERS, "2027-05-31");
    assert_eq!(
        (met.verdict, met.reason_code.as_str()),
        (Verdict::Met, "enough on record")
    );
    assert_eq!(
        (met.due, met.due_basis.as_str()),
        (Some(day("2027-05-31")), "數量足額之末日")
    );
    assert_eq!(
        met.reason,
        "每名在職之資通安全專職人員均有有效之資通安全專業證照 1 以上；每名在職之資通安全專職人員均有有效之資通安全職能評量證書 1 以上。"
    );
    let short = of(office(&all), PAPERS, "2027-06-01");
    assert_eq!(
        (short.reason_code.as_str(), short.due),
        ("count short", Some(day("2027-05-31")))
    );
    assert_eq!(
        short.reason,
        "數量不足：每名在職之資通安全專職人員應有有效之資通安全職能評量證書 1，1 名不足。"
    );
    assert_eq!(short.counts[1].lacking, ["乙"]);
    assert!(short.counts[0].lacking.is_empty());
    // Who has left needs none; nobody in post has nothing that suffices.
    let gone = [&all[..1], &all[2..4], &[person("丙", "", "2026-01-01")]].concat();
    assert_eq!(of(office(&gone), PAPERS, "2027-05-31").verdict, Verdict::Met);
    let nobody = of(office(&all[2..]), PAPERS, "2027-05-31");
    assert_eq!(nobody.counts[0].have, 0);
    assert!(
        nobody.reason.contains("尚未登錄任何在職之資通安全專職人員"),
        "{}",
        nobody.reason
    );
}

#[test]
fn a_paper_without_its_file_is_none() {
    let mut papers = vec![
        person("甲", "", ""),
        paper("license", "甲", "", ""),
        counted("competence", "甲", ("", ""), Some(false)),
    ];
    assert_eq!(of(office(&papers), PAPERS, "2027-05-31").counts[1].have, 0);
    papers.push(paper("competence", "甲", "", ""));
    let both = of(office(&papers), PAPERS, "2027-05-31");
    // There are enough, but not each shows itself: a proof of the whole does.
    assert_eq!((both.counts[1].have, both.reason_code.as_str()), (1, "overdue"));
    let proven = office(&papers).done(PAPERS, day("2027-01-05"));
    assert_eq!(of(proven, PAPERS, "2027-05-31").verdict, Verdict::Met);
}

#[test]
fn the_first_proof_ends_the_term_and_the_last_one_shows_the_day() {
    let agency = AgencyBuilder::level("C")
        .approved(day("2021-09-01"))
        .done("protection.antivirus", day("2022-08-31"))
        .done("protection.antivirus", day("2026-08-31"));
    let met = of(agency, "protection.antivirus", "2026-11-21");
    assert_eq!(
        (met.verdict, met.late_by, met.due),
        (Verdict::Met, None, Some(day("2027-08-31")))
    );
    let late = AgencyBuilder::level("C")
        .approved(day("2021-09-01"))
        .done("protection.antivirus", day("2022-09-03"))
        .done("protection.antivirus", day("2026-08-31"));
    let late = of(late, "protection.antivirus", "2026-11-21");
    assert_eq!(late.late_by.map(period::Lateness::words).as_deref(), Some("2 日"));
    // What is without evidence was no proof, however early.
    let mut early = AgencyBuilder::level("C")
        .approved(day("2021-09-01"))
        .done("protection.antivirus", day("2022-08-01"))
        .done("protection.antivirus", day("2026-08-31"))
        .build();
    early.done[0].evidence = 0;
    let early = assess(&early, &corpus(), &[], day("2026-11-21"));
    let early = early
        .duties
        .iter()
        .find(|d| d.key == "protection.antivirus")
        .expect("the duty");
    assert_eq!(
        early.late_by.map(period::Lateness::words).as_deref(),
        Some("1460 日")
    );
    // Where nobody knows when the term began, what is not shown is unknown, and what ceased isn't.
    let unknown = AgencyBuilder::level("C");
    assert_eq!(
        of(unknown.clone(), "protection.antivirus", "2026-11-21").verdict,
        Verdict::Unknown
    );
    let ceased = unknown.done("protection.antivirus", day("2022-08-31"));
    assert_eq!(
        of(ceased, "protection.antivirus", "2026-11-21").reason_code,
        "proof_outdated"
    );
}

#[test]
fn a_proof_of_a_system_shows_nothing_of_the_agency() {
    let agency = AgencyBuilder::level("C").done_for(
        Subject::System("公文系統".into()),
        "product.ban",
        day("2026-05-20"),
    );
    assert_eq!(of(agency, "product.ban", "2026-11-21").reason_code, "no proof");
}
