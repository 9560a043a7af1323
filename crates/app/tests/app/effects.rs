//! From when on the rows that an edition changed are asked for.

use super::corpus;
use app::LawBook;
use views::BaselineRow;

fn rows(edition: &str, on: &str) -> Vec<BaselineRow> {
    let corpus = corpus();
    let day = on.parse().expect("a day");
    let view = LawBook(&corpus)
        .baseline(Some(edition), None, day)
        .expect("there");
    view.groups.into_iter().flat_map(|g| g.rows).collect()
}

#[test]
fn a_changed_row_says_from_when_it_is_asked_for_and_an_old_one_does_not() {
    let rows = rows("2026", "2026-11-21");
    let row = |id: &str| rows.iter().find(|r| r.id == id).expect(id);
    let words = "115/01/07 前已受核定者：A、B 級 116/01/07 前，C 級 117/01/07 前（預估）";
    // New, asked for from a lower grade, and altered.
    for id in ["SA7-2", "CP2-3", "AC1-2", "AC1-6", "CP1-5"] {
        assert!(!row(id).mark.is_empty(), "{id}");
        assert_eq!(row(id).effect, words, "{id}");
    }
    assert_eq!(
        (row("AC1-1").mark.as_str(), row("AC1-1").effect.as_str()),
        ("", "")
    );
    let marked = rows.iter().filter(|r| !r.mark.is_empty()).count();
    let told = rows.iter().filter(|r| !r.effect.is_empty()).count();
    assert_eq!(marked, told);
}

#[test]
fn the_first_edition_changed_nothing() {
    assert!(rows("2021", "2022-01-01").iter().all(|r| r.effect.is_empty()));
}
