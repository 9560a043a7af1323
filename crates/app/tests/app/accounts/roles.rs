//! What somebody with an account is where: by the agencies' members, today.

use super::*;

#[tokio::test]
async fn a_member_is_what_the_agency_says_today() {
    let house = House::new().await;
    house.first().await;
    let (agency, other) = (
        house.agency("海東縣政府示範局").await,
        house.agency("海東縣政府另一局").await,
    );
    let member = house.member(&agency, "unit_head").await;
    let opened = house.invited(&agency, &member, "lin.cb").await;
    let lin = house.signed(&opened).await;
    assert_eq!(lin.account.as_ref().unwrap().email, "lin.cb@example.gov.tw");
    let (who, _) = house.app.principal_at(&lin, &agency).await.unwrap();
    assert_eq!(
        (who.id.as_str(), who.grants.len()),
        (format!("member:{member}").as_str(), 1)
    );
    let today = house.app.today();
    assert!(house.app.visit(&who, &agency, today, Surface::Web).await.is_ok());
    // Of another agency: the same words as of one that isn't there.
    let (stranger, _) = house.app.principal_at(&lin, &other).await.unwrap();
    let shut = house
        .app
        .visit(&stranger, &other, today, Surface::Web)
        .await
        .err()
        .unwrap()
        .to_string();
    let nowhere = AgencyId::parse("a0000000000").unwrap();
    let none = house
        .app
        .visit(&stranger, &nowhere, today, Surface::Web)
        .await
        .err()
        .unwrap()
        .to_string();
    assert_eq!(
        shut.replace(other.as_str(), "X"),
        none.replace(nowhere.as_str(), "X")
    );
    assert_eq!(
        house
            .app
            .agencies_of(&house.app.principal_anywhere(&lin).await.unwrap())
            .await
            .unwrap()
            .len(),
        1
    );
    // Their term ends: with the same session they are nobody there.
    let operator = Principal::local("cli");
    let visit = house
        .app
        .visit(&operator, &agency, today, Surface::Cli)
        .await
        .unwrap();
    let put = PutRecord {
        id: Some(member.clone()),
        seen: Some(1),
        partial: true,
        body: json!({ "until": today.to_string() }),
        ..PutRecord::default()
    };
    records::put(&visit, app::register("member").unwrap(), put)
        .await
        .unwrap();
    drop(visit);
    let lin = house.signed(&opened).await;
    let (gone, _) = house.app.principal_at(&lin, &agency).await.unwrap();
    assert!(gone.grants.is_empty());
    // And whoever had come in before writes nothing any more.
    let visit = house.app.visit(&who, &agency, today, Surface::Web).await;
    if let Ok(visit) = visit {
        let put = PutRecord {
            body: json!({ "title": "x" }),
            ..PutRecord::default()
        };
        assert!(
            records::put(&visit, app::register("need").unwrap(), put)
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn one_person_serves_two_agencies_by_one_account() {
    let house = House::new().await;
    house.first().await;
    let (one, two) = (
        house.agency("海東縣政府示範局").await,
        house.agency("海東縣政府另一局").await,
    );
    let a = house.member(&one, "officer").await;
    let opened = house.invited(&one, &a, "lin.cb").await;
    let head = house.member(&two, "unit_head").await;
    let operator = Principal::local("cli");
    let visit = house
        .app
        .visit(&operator, &two, house.app.today(), Surface::Cli)
        .await
        .unwrap();
    let link = invite(&visit, &head).await.unwrap();
    let taken = house
        .app
        .join(secret(&link.path), &joining("lin.cb", "", BETTER), &FROM)
        .await;
    assert_eq!(kind(&taken), Kind::Conflict, "the name is somebody's");
    let lin = house.signed(&opened).await;
    house.app.join_with(secret(&link.path), &lin).await.unwrap();
    assert!(
        house.app.join_with(secret(&link.path), &lin).await.is_err(),
        "good once"
    );
    let lin = house.signed(&opened).await;
    assert_eq!(lin.account.as_ref().unwrap().members.len(), 2);
    for (agency, id) in [(&one, &a), (&two, &head)] {
        let (who, _) = house.app.principal_at(&lin, agency).await.unwrap();
        assert_eq!(who.id, format!("member:{id}"));
    }
    let visit = visit.again().await.unwrap();
    let lines = members(&visit).await.unwrap();
    assert_eq!(
        lines.iter().find(|l| l.id == head.as_str()).unwrap().login,
        "lin.cb"
    );
}

#[tokio::test]
async fn an_account_is_shut_by_another_keeper_and_ends_at_once() {
    let house = House::new().await;
    let admin = house.first().await;
    let agency = house.agency("海東縣政府示範局").await;
    let member = house.member(&agency, "officer").await;
    let opened = house.invited(&agency, &member, "lin.cb").await;
    let lin = house.signed(&opened).await;
    assert_eq!(kind(&house.app.accounts(&lin).await), Kind::Forbidden);
    assert_eq!(
        kind(&house.app.close_account(&lin, &account_id("admin.one"), "x").await),
        Kind::Forbidden
    );
    assert_eq!(
        kind(&house.app.set_platform(&lin, &account_id("lin.cb"), true).await),
        Kind::Forbidden
    );
    assert!(
        house
            .app
            .close_account(&admin, &account_id("admin.one"), "x")
            .await
            .is_err(),
        "not oneself"
    );
    house
        .app
        .close_account(&admin, &account_id("lin.cb"), "離職")
        .await
        .unwrap();
    assert!(house.app.signed(&opened.secret).await.unwrap().is_none());
    let closed = house.sign_in("lin.cb", GOOD).await.unwrap_err().to_string();
    assert_eq!(
        closed,
        house.sign_in("nobody.here", GOOD).await.unwrap_err().to_string()
    );
    house
        .app
        .close_account(&admin, &account_id("lin.cb"), "")
        .await
        .unwrap();
    assert!(house.sign_in("lin.cb", GOOD).await.is_ok());
    // What can't be undone wants the password anew after a while.
    later(11 * MINUTE);
    let stale = Signed {
        is_fresh: false,
        ..admin.clone()
    };
    assert_eq!(
        kind(&house.app.close_account(&stale, &account_id("lin.cb"), "x").await),
        Kind::Forbidden
    );
    let shown = house.app.show_again(&admin, GOOD).await.unwrap();
    assert!(house.signed(&shown).await.is_fresh);
}

#[tokio::test]
async fn what_was_typed_is_kept_for_whoever_typed_it() {
    let house = House::new().await;
    house.first().await;
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    later(31 * MINUTE);
    assert!(house.app.signed(&opened.secret).await.unwrap().is_none());
    let who = house.app.held_before(&opened.secret).await.unwrap().unwrap();
    assert_eq!(who, Who::Account(account_id("admin.one")));
    let draft = app::accounts::Draft {
        path: "/a1/registers/need/new".to_owned(),
        fields: vec![("f-title".to_owned(), "採購".to_owned())],
        files: 1,
        is_multipart: true,
    };
    let id = house.app.keep_draft(&who, draft.clone()).await.unwrap();
    let again = house
        .signed(&house.sign_in("admin.one", GOOD).await.unwrap())
        .await;
    assert_eq!(house.app.draft(&again, &id).await.unwrap(), draft);
    let operator = house
        .signed(&house.app.operator_session(&FROM).await.unwrap())
        .await;
    assert_eq!(kind(&house.app.draft(&operator, &id).await), Kind::NotFound);
    later(DAY);
    let next = house
        .signed(&house.sign_in("admin.one", GOOD).await.unwrap())
        .await;
    assert_eq!(kind(&house.app.draft(&next, &id).await), Kind::NotFound);
}

#[tokio::test]
async fn whoever_makes_an_agency_is_its_officer_and_administrator() {
    let house = House::new().await;
    let admin = house.first().await;
    let agency = house.agency("海東縣政府示範局").await;
    house.app.settle(&admin, &agency).await.unwrap();
    let opened = house.sign_in("admin.one", GOOD).await.unwrap();
    let signed = house.signed(&opened).await;
    let (who, _) = house.app.principal_at(&signed, &agency).await.unwrap();
    let roles: Vec<&str> = who.grants.iter().map(|g| g.role.word()).collect();
    assert_eq!(roles, ["officer", "administrator"]);
}
