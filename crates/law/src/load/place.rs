//! Where each file of the law folder belongs.

/// The files of a standard, in the order in which they are read.
pub(super) const STANDARD: [&str; 3] = ["standard.toml", "controls.toml", "crosswalk.toml"];

/// Whether a file is of a kind; names in the law folder are lower case.
fn is(file: &str, extension: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, e)| e == extension)
}

/// Where a file of the law folder belongs.
pub(super) enum Place<'p> {
    Instrument(&'p str),
    Articles(&'p str),
    Duties(Option<&'p str>),
    Baseline(&'p str, &'p str),
    Calendar,
    FixedHolidays,
    Counting,
    Proof,
    Routes,
    Readings,
    Coverage,
    Standard,
    Wordings,
    Clauses(&'p str),
    Levels(&'p str),
    Designation(&'p str),
    Prose,
    Stray,
}

/// Where a path says that its file belongs.
pub(super) fn place(path: &str) -> Place<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["calendars", "fixed.toml"] => Place::FixedHolidays,
        ["calendars", _, file] if is(file, "toml") => Place::Calendar,
        ["counting.toml"] => Place::Counting,
        ["proof.toml"] => Place::Proof,
        ["routes.toml"] => Place::Routes,
        ["readings.toml"] => Place::Readings,
        ["coverage.toml"] => Place::Coverage,
        // `lint/` is where a file that is checked on its own stands.
        ["plan", "wordings.toml"] => Place::Wordings,
        ["plan" | "lint", "duties.toml"] => Place::Duties(None),
        ["national", slug, file] | ["local", _, slug, file] => match *file {
            "instrument.toml" => Place::Instrument(slug),
            "duties.toml" => Place::Duties(Some(slug)),
            "readings.toml" => Place::Readings,
            "coverage.toml" => Place::Coverage,
            "clauses.toml" => Place::Clauses(slug),
            "levels.toml" => Place::Levels(slug),
            "designation.toml" => Place::Designation(slug),
            "cases.md" => Place::Prose,
            _ => Place::Stray,
        },
        ["national", slug, "articles", file] | ["local", _, slug, "articles", file] if is(file, "toml") => {
            Place::Articles(slug)
        }
        [
            "national",
            slug,
            "baseline",
            file @ ("controls.toml" | "dimensions.toml" | "grading.toml"),
        ] => Place::Baseline(slug, file),
        ["standards", _, file] if STANDARD.contains(file) => Place::Standard,
        [.., file] if is(file, "md") => Place::Prose,
        _ => Place::Stray,
    }
}
