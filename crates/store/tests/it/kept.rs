//! What stands for a while: kept once, changed by one of two, used up once, gone when its time is over.

use super::open;
use super::place::{Place, everywhere};
use store::{INSTALLATION, Kept, Store};

everywhere!(
    what_is_kept_is_changed_by_one_of_two_that_saw_it,
    what_is_good_for_once_is_used_once,
    what_somebody_holds_is_dropped_but_for_one,
    what_has_ended_goes_when_something_new_is_kept,
);

fn link(id: &str, holder: &str, until: i64) -> Kept {
    Kept {
        kind: "link".to_owned(),
        id: id.to_owned(),
        holder: holder.to_owned(),
        version: 0,
        until,
        body: "{}".to_owned(),
    }
}

async fn kept(store: &Store, id: &str) -> Option<Kept> {
    let mut reading = store.reading(INSTALLATION).await.unwrap();
    reading.kept("link", id).await.unwrap()
}

async fn held(store: &Store, holder: &str) -> Vec<String> {
    let mut reading = store.reading(INSTALLATION).await.unwrap();
    let all = reading.kept_of("link", holder).await.unwrap();
    all.into_iter().map(|kept| kept.id).collect()
}

async fn what_is_kept_is_changed_by_one_of_two_that_saw_it(place: &Place) {
    let store = open(place).await;
    assert!(
        store
            .keep_for_now(INSTALLATION, link("a", "w", 9), 1)
            .await
            .unwrap()
    );
    assert!(
        !store
            .keep_for_now(INSTALLATION, link("a", "x", 9), 1)
            .await
            .unwrap()
    );
    let seen = kept(&store, "a").await.unwrap();
    assert_eq!((seen.version, seen.holder.as_str()), (1, "w"));
    let changed = Kept {
        body: "1".to_owned(),
        until: 12,
        ..seen
    };
    assert!(
        store
            .keep_for_now(INSTALLATION, changed.clone(), 1)
            .await
            .unwrap()
    );
    assert!(
        !store
            .keep_for_now(INSTALLATION, changed.clone(), 1)
            .await
            .unwrap()
    );
    let after = kept(&store, "a").await.unwrap();
    assert_eq!(
        after,
        Kept {
            version: 2,
            ..changed
        }
    );
    // Another chain has none of it.
    let mut reading = store.reading("a").await.unwrap();
    assert_eq!(reading.kept("link", "a").await.unwrap(), None);
}

async fn what_is_good_for_once_is_used_once(place: &Place) {
    let store = open(place).await;
    store
        .keep_for_now(INSTALLATION, link("a", "w", 9), 1)
        .await
        .unwrap();
    assert!(!store.use_up(INSTALLATION, "other", "a").await.unwrap());
    assert!(!store.use_up("b", "link", "a").await.unwrap());
    assert!(store.use_up(INSTALLATION, "link", "a").await.unwrap());
    assert!(!store.use_up(INSTALLATION, "link", "a").await.unwrap());
    assert_eq!(kept(&store, "a").await, None);
}

async fn what_somebody_holds_is_dropped_but_for_one(place: &Place) {
    let store = open(place).await;
    for (id, holder) in [("a", "w"), ("b", "w"), ("c", "w"), ("d", "x")] {
        store
            .keep_for_now(INSTALLATION, link(id, holder, 9), 1)
            .await
            .unwrap();
    }
    let dropped = store.drop_kept(INSTALLATION, ("link", "w"), "b").await.unwrap();
    assert_eq!((dropped, held(&store, "w").await), (2, vec!["b".to_owned()]));
    assert_eq!(held(&store, "x").await, ["d"]);
    assert_eq!(
        store.drop_kept(INSTALLATION, ("other", "w"), "").await.unwrap(),
        0
    );
}

async fn what_has_ended_goes_when_something_new_is_kept(place: &Place) {
    let store = open(place).await;
    for (id, until) in [("a", 5), ("b", 6), ("c", 7)] {
        store
            .keep_for_now(INSTALLATION, link(id, "w", until), 1)
            .await
            .unwrap();
    }
    store
        .keep_for_now(INSTALLATION, link("d", "w", 20), 6)
        .await
        .unwrap();
    assert_eq!(held(&store, "w").await, ["c", "d"]);
}
