//! A calendar by a secret address: whose it is is asked at every fetch.

use super::*;

fn secret_of(path: &str) -> &str {
    let path = path.strip_prefix("/calendar/").unwrap();
    path.strip_suffix(".ics").unwrap()
}

#[tokio::test]
async fn a_calendar_is_good_until_it_is_changed_ended_or_its_holder_leaves() {
    let house = House::new().await;
    house.first().await;
    let agency = house.agency("海東縣政府示範局").await;
    let other = house.agency("海東縣政府另一局").await;
    let member = house.member(&agency, "officer").await;
    let lin = house
        .signed(&house.invited(&agency, &member, "lin.cb").await)
        .await;
    assert!(house.app.feed_at(&lin, &agency).await.unwrap().is_none());
    assert_eq!(kind(&house.app.new_feed(&lin, &other).await), Kind::NotFound);
    let first = house.app.new_feed(&lin, &agency).await.unwrap();
    let fetch = async |path: &str| app::year::calendar(&house.app, secret_of(path)).await.unwrap();
    let text = fetch(&first).await.expect("a calendar");
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.matches("BEGIN:VEVENT").count() > 5, "{text}");
    assert!(text.contains("DTSTAMP:20261121T020000Z\r\n"), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert_eq!(
        fetch(&first).await.as_deref(),
        Some(text.as_str()),
        "the same, with the same names"
    );
    let mut uids: Vec<&str> = text.split("\r\n").filter(|l| l.starts_with("UID:")).collect();
    let all = uids.len();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), all, "no name twice");
    assert!(!text.contains("系統："), "no name of a system");

    // A new address ends the former one; what isn't ours is nobody's.
    let second = house.app.new_feed(&lin, &agency).await.unwrap();
    assert!(fetch(&first).await.is_none() && fetch(&second).await.is_some());
    assert!(fetch("/calendar/ffff.ics").await.is_none());
    let line = house.app.feed_at(&lin, &agency).await.unwrap().unwrap();
    assert_eq!((line.agency.as_str(), line.at), (agency.as_str(), START));

    // Their term ends.
    let operator = Principal::local("cli");
    let today = house.app.today();
    let visit = house
        .app
        .visit(&operator, &agency, today, Surface::Cli)
        .await
        .unwrap();
    let until = |until: &str| PutRecord {
        id: Some(member.clone()),
        partial: true,
        body: json!({ "until": until }),
        ..PutRecord::default()
    };
    let put = PutRecord {
        seen: Some(1),
        ..until("2026-11-21")
    };
    records::put(&visit, app::register("member").unwrap(), put)
        .await
        .unwrap();
    drop(visit);
    assert!(fetch(&second).await.is_none(), "nobody there any more");
    house.app.end_feed(&lin, &agency).await.unwrap();
    assert!(house.app.feed_at(&lin, &agency).await.unwrap().is_none());
}

#[tokio::test]
async fn an_address_lapses_after_a_year() {
    let house = House::new().await;
    house.first().await;
    let agency = house.agency("海東縣政府示範局").await;
    let member = house.member(&agency, "officer").await;
    let lin = house
        .signed(&house.invited(&agency, &member, "lin.cb").await)
        .await;
    let path = house.app.new_feed(&lin, &agency).await.unwrap();
    later(365 * DAY);
    assert!(
        app::year::calendar(&house.app, secret_of(&path))
            .await
            .unwrap()
            .is_some()
    );
    later(2 * DAY);
    assert!(
        app::year::calendar(&house.app, secret_of(&path))
            .await
            .unwrap()
            .is_none()
    );
}
