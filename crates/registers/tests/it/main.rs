//! The registers against their tables, their samples and the vocabulary of facts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod alterations;
mod approvals;
mod catalogue;
mod checks;
mod entry;
mod facts;
mod forms;
mod layers;
mod places;
mod promote;
mod proofs;
mod proofs_of_people;
mod proofs_that_age;
mod rows;
mod rules;

/// What a message says of days stands in ROC years; what somebody wrote is quoted as it was.
#[track_caller]
fn says_days_in_roc_years(message: &str) {
    let mut said = String::new();
    let mut depth = 0_u32;
    for c in message.chars() {
        match c {
            '「' => depth += 1,
            '」' => depth = depth.saturating_sub(1),
            c if depth == 0 => said.push(c),
            _ => {}
        }
    }
    // An example of how a day may be typed names both styles, and stands at the end.
    let said = said.split("例如").next().unwrap_or_default();
    let western = said.as_bytes().windows(10).any(|w| {
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        digits(&w[..4]) && w[4] == b'-' && digits(&w[5..7]) && w[7] == b'-' && digits(&w[8..])
    });
    assert!(!western, "a western date: {message}");
}
