//! Accounts: how people come to one, sign in, are kept out, and what their roles let them do.

mod calendar;
mod roles;

use super::corpus;
use app::accounts::{
    Code, Joining, LinkPurpose, Opened, Signed, Stage, Visitor, Who, account_id, invite, members,
};
use app::{AgencyId, App, AppError, InitOptions, Kind, Principal, PutRecord, RowId, Surface, records};
use serde_json::json;
use std::cell::Cell;
use store::testing::Place;
use totp_rs::{Algorithm, Secret, TOTP};

/// 2026-11-21 10:00 in Taipei.
const START: i64 = 1_795_226_400_000_000;
const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
const GOOD: &str = "Kx7-nebula-Tractor-29";
const BETTER: &str = "Walnut-4-harbour-Quilt";
const FROM: Visitor<'static> = Visitor {
    address: "192.0.2.7",
    agent: "Tests/1",
};

thread_local! {
    /// Each test has a thread, and a clock, of its own.
    static NOW: Cell<i64> = const { Cell::new(START) };
}

fn moving() -> i64 {
    NOW.get()
}

fn later(by: i64) {
    NOW.set(NOW.get() + by);
}

struct House {
    app: App,
    _place: Place,
}

impl House {
    async fn new() -> Self {
        let place = Place::new().await;
        let app = App::open_at(place.location(), true, corpus(), moving)
            .await
            .unwrap();
        Self { app, _place: place }
    }

    /// Whoever keeps the installation, signed in.
    async fn first(&self) -> Signed {
        let link = self.app.first_link().await.unwrap().unwrap();
        let opened = self
            .app
            .join(secret(&link.path), &joining("admin.one", "陳管理", GOOD), &FROM)
            .await;
        self.signed(&opened.unwrap()).await
    }

    async fn signed(&self, opened: &Opened) -> Signed {
        self.app.signed(&opened.secret).await.unwrap().unwrap()
    }

    /// An agency with somebody in a role: its id and the member's.
    async fn agency(&self, name: &str) -> AgencyId {
        let plan = include_str!("../../../../../samples/plan/demo.pass.txt");
        let plan = plan.replace("海東縣政府觀光局", name).into_bytes();
        let options = InitOptions::default();
        let who = Principal::local("cli");
        let made = app::commands::init_from_plan(&self.app, &who, "計畫.txt", plan, options)
            .await
            .unwrap();
        AgencyId::parse(&made.id).unwrap()
    }

    async fn member(&self, agency: &AgencyId, role: &str) -> RowId {
        let visit = self
            .app
            .visit(&Principal::local("cli"), agency, self.app.today(), Surface::Cli)
            .await
            .unwrap();
        let put = PutRecord {
            body: json!({ "name": "林承辦", "role": role, "unit": "資訊科", "email": "lin.cb@example.gov.tw", "from": "2026-01-01" }),
            ..PutRecord::default()
        };
        let saved = records::put(&visit, app::register("member").unwrap(), put)
            .await
            .unwrap();
        RowId::parse(&saved.record.id).unwrap()
    }

    /// Somebody of an agency who took the invitation: their session's secret.
    async fn invited(&self, agency: &AgencyId, member: &RowId, login: &str) -> Opened {
        let visit = self
            .app
            .visit(&Principal::local("cli"), agency, self.app.today(), Surface::Cli)
            .await
            .unwrap();
        let link = invite(&visit, member).await.unwrap();
        drop(visit);
        self.app
            .join(secret(&link.path), &joining(login, "", GOOD), &FROM)
            .await
            .unwrap()
    }

    async fn sign_in(&self, login: &str, password: &str) -> Result<Opened, AppError> {
        self.app.sign_in(login, password, &FROM).await
    }
}

fn secret(path: &str) -> &str {
    path.strip_prefix("/link/").unwrap()
}

fn joining<'a>(login: &'a str, name: &'a str, password: &'a str) -> Joining<'a> {
    Joining {
        login,
        name,
        password,
        again: password,
    }
}

fn code(secret: &str) -> String {
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes).unwrap();
    totp.generate(u64::try_from(NOW.get() / 1_000_000).unwrap())
}

fn kind<T: std::fmt::Debug>(result: &Result<T, AppError>) -> Kind {
    result.as_ref().unwrap_err().kind()
}

#[tokio::test]
async fn the_first_account_comes_by_a_link_that_is_good_once() {
    let house = House::new().await;
    let link = house.app.first_link().await.unwrap().unwrap();
    let path = secret(&link.path).to_owned();
    for (login, name, password, again, says) in [
        ("ab", "陳管理", GOOD, GOOD, "3 至 64"),
        ("admin", "", GOOD, GOOD, "姓名"),
        ("admin", "陳管理", "short", "short", "至少 12"),
        ("admin", "陳管理", GOOD, BETTER, "兩次輸入"),
        (
            "admin",
            "陳管理",
            "Admin-nebula-Tractor",
            "Admin-nebula-Tractor",
            "不能含有帳號",
        ),
    ] {
        let joining = Joining {
            login,
            name,
            password,
            again,
        };
        let refused = house.app.join(&path, &joining, &FROM).await.unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
    let opened = house
        .app
        .join(&path, &joining("admin.one", "陳管理", GOOD), &FROM)
        .await
        .unwrap();
    let signed = house.signed(&opened).await;
    assert!(signed.keeps_platform() && signed.stage == Stage::Full && signed.name == "陳管理");
    // Used, it is nothing; and once there is an account there is no other first link.
    let again = house
        .app
        .join(&path, &joining("admin.two", "別人", GOOD), &FROM)
        .await;
    assert_eq!(kind(&again), Kind::NotFound);
    assert!(house.app.first_link().await.unwrap().is_none());
}

#[tokio::test]
async fn forms_outlive_a_restart() {
    let house = House::new().await;
    let key = house.app.form_key().await.unwrap();
    assert_eq!(house.app.form_key().await.unwrap(), key);
    assert_ne!(
        House::new().await.app.form_key().await.unwrap(),
        key,
        "each installation has its own"
    );
}

#[tokio::test]
async fn a_newer_link_takes_the_place_of_the_one_before_and_both_end() {
    let house = House::new().await;
    let lost = house.app.first_link().await.unwrap().unwrap();
    let found = house.app.first_link().await.unwrap().unwrap();
    assert_eq!(
        kind(&house.app.invitation(secret(&lost.path)).await),
        Kind::NotFound
    );
    assert_eq!(
        house.app.invitation(secret(&found.path)).await.unwrap().purpose,
        LinkPurpose::First
    );
    later(found.until - NOW.get() - 1);
    assert!(house.app.invitation(secret(&found.path)).await.is_ok());
    later(1);
    assert_eq!(
        kind(&house.app.invitation(secret(&found.path)).await),
        Kind::NotFound
    );
}

#[tokio::test]
async fn whoever_signs_in_is_told_the_same_whatever_was_wrong() {
    let house = House::new().await;
    house.first().await;
    let wrong = house
        .sign_in("admin.one", "nebula")
        .await
        .unwrap_err()
        .to_string();
    for (login, password) in [
        ("nobody.here", GOOD),
        ("admin.one", ""),
        ("", ""),
        ("王小明", GOOD),
    ] {
        assert_eq!(
            house.sign_in(login, password).await.unwrap_err().to_string(),
            wrong,
            "{login}"
        );
    }
    let opened = house.sign_in(" ＡＤＭＩＮ.one ", GOOD).await.unwrap();
    assert_eq!(house.signed(&opened).await.name, "陳管理");
    assert!(house.app.signed("00").await.unwrap().is_none());
    assert!(house.app.signed("").await.unwrap().is_none());
}

#[tokio::test]
async fn so_many_failures_shut_an_account_for_so_long_and_say_nothing_of_it() {
    let house = House::new().await;
    let admin = house.first().await;
    let wrong = house.sign_in("admin.one", "x").await.unwrap_err().to_string();
    for _ in 1..5 {
        assert_eq!(
            house.sign_in("admin.one", "x").await.unwrap_err().to_string(),
            wrong
        );
    }
    // The right one is refused too, in the same words, until the time is over.
    assert_eq!(
        house.sign_in("admin.one", GOOD).await.unwrap_err().to_string(),
        wrong
    );
    assert!(house.app.accounts(&admin).await.unwrap()[0].is_shut);
    later(15 * MINUTE - 1);
    assert!(house.sign_in("admin.one", GOOD).await.is_err());
    later(1);
    assert!(house.sign_in("admin.one", GOOD).await.is_ok());
    // Four failures and a success begin anew.
    for _ in 0..2 {
        for _ in 0..4 {
            assert!(house.sign_in("admin.one", "x").await.is_err());
        }
        assert!(house.sign_in("admin.one", GOOD).await.is_ok());
    }
    // A name that nobody has is shut alike: nothing tells them apart.
    for _ in 0..7 {
        assert_eq!(
            house.sign_in("nobody.here", "x").await.unwrap_err().to_string(),
            wrong
        );
    }
}

#[tokio::test]
async fn of_many_guesses_at_once_so_many_are_looked_at() {
    let house = House::new().await;
    house.first().await;
    let tries = || async {
        for _ in 0..2 {
            assert!(house.sign_in("admin.one", "x").await.is_err());
        }
    };
    tokio::join!(tries(), tries(), tries());
    assert!(
        house.sign_in("admin.one", GOOD).await.is_err(),
        "six were counted"
    );
}

#[tokio::test]
async fn a_session_ends_when_nothing_comes_and_after_a_day_of_work() {
    let house = House::new().await;
    house.first().await;
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    let idle = i64::from(house.signed(&opened).await.idle) * MINUTE;
    later(idle - 1);
    assert!(house.app.signed(&opened.secret).await.unwrap().is_some());
    later(idle - 1);
    assert!(
        house.app.signed(&opened.secret).await.unwrap().is_some(),
        "the sign of life counted"
    );
    later(idle);
    assert!(house.app.signed(&opened.secret).await.unwrap().is_none());
    let busy = house.sign_in("admin.one", GOOD).await.unwrap();
    let began = NOW.get();
    while NOW.get() < began + 12 * 60 * MINUTE - 5 * MINUTE {
        later(5 * MINUTE);
        assert!(house.app.signed(&busy.secret).await.unwrap().is_some());
    }
    later(5 * MINUTE);
    assert!(
        house.app.signed(&busy.secret).await.unwrap().is_none(),
        "twelve hours"
    );
}

#[tokio::test]
async fn a_device_is_asked_for_its_code_once_and_paper_helps_out() {
    let house = House::new().await;
    let admin = house.first().await;
    let enrolment = house.app.enrolment(&admin).await.unwrap();
    assert!(
        house
            .app
            .enrol(&admin, &enrolment.secret, "000000")
            .await
            .is_err()
    );
    let codes = house
        .app
        .enrol(&admin, &enrolment.secret, &code(&enrolment.secret))
        .await
        .unwrap();
    assert_eq!(codes.len(), 10);
    later(MINUTE);
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    let half = house.signed(&opened).await;
    assert_eq!((opened.stage, half.stage), (Stage::Code, Stage::Code));
    assert!(
        house
            .app
            .change_password(&half, GOOD, (BETTER, BETTER))
            .await
            .is_err(),
        "half is nobody"
    );
    let right = code(&enrolment.secret);
    assert!(house.app.show_code(&half, "123 456", &FROM).await.is_err());
    let spaced = format!("{} {}", &right[..3], &right[3..]);
    let Code::Right(whole) = house.app.show_code(&half, &spaced, &FROM).await.unwrap() else {
        panic!("a code of the device");
    };
    assert_eq!(house.signed(&whole).await.stage, Stage::Full);
    assert!(
        house.app.signed(&opened.secret).await.unwrap().is_none(),
        "the half session is over"
    );
    // The same code is worth nothing a second time.
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    let half = house.signed(&opened).await;
    assert!(house.app.show_code(&half, &right, &FROM).await.is_err());
    let Code::Recovered(_, left) = house.app.show_code(&half, &codes[3], &FROM).await.unwrap() else {
        panic!("a code on paper");
    };
    assert_eq!(left, 9);
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    let half = house.signed(&opened).await;
    assert!(
        house.app.show_code(&half, &codes[3], &FROM).await.is_err(),
        "used"
    );
}

#[tokio::test]
async fn codes_are_counted_like_passwords() {
    let house = House::new().await;
    let admin = house.first().await;
    let enrolment = house.app.enrolment(&admin).await.unwrap();
    house
        .app
        .enrol(&admin, &enrolment.secret, &code(&enrolment.secret))
        .await
        .unwrap();
    later(MINUTE);
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    let half = house.signed(&opened).await;
    for _ in 0..5 {
        assert!(house.app.show_code(&half, "000000", &FROM).await.is_err());
    }
    assert!(
        house
            .app
            .show_code(&half, &code(&enrolment.secret), &FROM)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_password_is_changed_by_its_owner_and_not_to_one_of_those_before() {
    let house = House::new().await;
    let admin = house.first().await;
    let other = house.sign_in("admin.one", GOOD).await.unwrap();
    let early = house
        .app
        .change_password(&admin, GOOD, (BETTER, BETTER))
        .await
        .unwrap_err();
    assert!(early.to_string().contains("天內不得再變更"), "{early}");
    later(DAY);
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    let signed = house.signed(&opened).await;
    for (former, new, again, says) in [
        ("wrong", BETTER, BETTER, "目前的密碼不正確"),
        (GOOD, GOOD, GOOD, "不能與前"),
        (GOOD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "太容易猜"),
        (GOOD, BETTER, GOOD, "兩次輸入"),
    ] {
        let refused = house
            .app
            .change_password(&signed, former, (new, again))
            .await
            .unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
    let changed = house
        .app
        .change_password(&signed, GOOD, (BETTER, BETTER))
        .await
        .unwrap();
    assert!(house.app.signed(&changed.secret).await.unwrap().is_some());
    assert!(
        house.app.signed(&opened.secret).await.unwrap().is_none(),
        "another secret from now on"
    );
    assert!(house.app.signed(&other.secret).await.unwrap().is_none());
    assert!(house.sign_in("admin.one", GOOD).await.is_err());
    assert!(house.sign_in("admin.one", BETTER).await.is_ok());
    // The one before stays shut out for so many changes.
    later(2 * DAY);
    let signed = house
        .signed(&house.sign_in("admin.one", BETTER).await.unwrap())
        .await;
    assert!(
        house
            .app
            .change_password(&signed, BETTER, (GOOD, GOOD))
            .await
            .is_err()
    );
    // After its longest time it must be changed before anything else.
    later(400 * DAY);
    let old = house.sign_in("admin.one", BETTER).await.unwrap();
    assert_eq!(old.stage, Stage::Password);
}

#[tokio::test]
async fn a_new_password_by_a_link_ends_what_was_and_asks_for_the_device() {
    let house = House::new().await;
    let admin = house.first().await;
    let agency = house.agency("海東縣政府示範局").await;
    let member = house.member(&agency, "officer").await;
    let opened = house.invited(&agency, &member, "lin.cb").await;
    let lin = house.signed(&opened).await;
    let enrolment = house.app.enrolment(&lin).await.unwrap();
    house
        .app
        .enrol(&lin, &enrolment.secret, &code(&enrolment.secret))
        .await
        .unwrap();
    assert_eq!(
        kind(&house.app.reset_link(&lin, &account_id("admin.one"), false).await),
        Kind::Forbidden
    );
    let link = house
        .app
        .reset_link(&admin, &account_id("lin.cb"), false)
        .await
        .unwrap();
    let reset = house
        .app
        .join(secret(&link.path), &joining("", "", BETTER), &FROM)
        .await
        .unwrap();
    assert_eq!(reset.stage, Stage::Code, "a link alone doesn't open it");
    assert!(house.app.signed(&opened.secret).await.unwrap().is_none());
    assert_eq!(
        kind(&house.app.invitation(secret(&link.path)).await),
        Kind::NotFound
    );
    // Where the device is lost as well, whoever keeps the installation says so, and the ledger.
    let lost = house
        .app
        .reset_link(&admin, &account_id("lin.cb"), true)
        .await
        .unwrap();
    let anew = house
        .app
        .join(
            secret(&lost.path),
            &joining("", "", "Meadow-77-lantern-Fig"),
            &FROM,
        )
        .await
        .unwrap();
    assert_eq!(anew.stage, Stage::Full);
}
