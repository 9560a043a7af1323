//! Of which county or city an agency is: a choice, guessed from its name, with what it adds.
//!
//! What it can't know: whose a central agency's branch is; its name says no city, and somebody says.

use crate::{App, AppError};
use law::{Corpus, Rank};

/// What the central government's agencies write where others write their city.
pub const CENTRAL: &str = "中央";

/// 直轄市、縣（市） in groups, as a form offers them: heading and names.
pub fn city_choices(app: &App) -> Vec<(&'static str, Vec<String>)> {
    let mut known: Vec<String> = facts::LOCAL_GOVERNMENTS.iter().map(|c| (*c).to_owned()).collect();
    known.extend(app.cities().iter().map(|c| spelled(c)));
    let mut with: Vec<String> = app.cities().iter().map(|c| spelled(c)).collect();
    with.dedup();
    let mut without: Vec<String> = Vec::new();
    for city in known {
        if !with.contains(&city) && !without.contains(&city) {
            without.push(city);
        }
    }
    vec![
        ("已收錄自訂規定之縣市", with),
        ("其他直轄市、縣（市）", without),
        ("不屬縣市", vec![CENTRAL.to_owned()]),
    ]
}

/// 台 is written 臺 in names of cities.
pub(super) fn spelled(name: &str) -> String {
    name.trim().replace('台', "臺")
}

/// A city as it was typed or chosen: in its full name. Nothing where nothing was said.
///
/// # Errors
/// Where it is none: the one that was probably meant is named.
pub fn city_of(app: &App, typed: &str) -> Result<String, AppError> {
    let city = spelled(typed);
    let known: Vec<String> = city_choices(app).into_iter().flat_map(|(_, list)| list).collect();
    if city.is_empty() || known.contains(&city) {
        return Ok(city);
    }
    let near: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|k| k.starts_with(&city))
        .collect();
    let meant = if near.is_empty() {
        "請由清單選取直轄市或縣（市）之全名".to_owned()
    } else {
        format!("是否為「{}」？請由清單選取全名", near.join("」或「"))
    };
    Err(AppError::bad_input(
        format!("沒有「{city}」這個直轄市或縣（市）"),
        meant,
    ))
}

/// The city that an agency's name says: the one that it begins with, or that stands in it alone.
pub(super) fn guessed(corpus: &Corpus, name: &str) -> Option<String> {
    let name = spelled(name);
    let own = corpus
        .instruments
        .values()
        .filter(|i| i.rank == Rank::Local)
        .map(|i| spelled(&i.jurisdiction));
    let mut known: Vec<String> = facts::LOCAL_GOVERNMENTS.iter().map(|c| (*c).to_owned()).collect();
    known.extend(own);
    known.sort();
    known.dedup();
    let begun = known.iter().find(|city| name.starts_with(city.as_str()));
    let within = || {
        let mut all = known.iter().filter(|city| name.contains(city.as_str()));
        all.next().filter(|_| all.next().is_none())
    };
    begun.or_else(within).cloned()
}

#[cfg(test)]
mod tests {
    use super::guessed;

    #[test]
    fn a_city_is_guessed_from_the_name_or_not_at_all() {
        let corpus = testkit::corpus();
        let of = |name: &str| guessed(&corpus, name);
        assert_eq!(of("台北市政府資訊局").as_deref(), Some("臺北市"));
        assert_eq!(of("新北市政府").as_deref(), Some("新北市"));
        assert_eq!(of("國立嘉義縣高級中學").as_deref(), Some("嘉義縣"));
        assert_eq!(of("財政部關務署"), None);
    }
}
