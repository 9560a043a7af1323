//! One module a check; each takes the tree and gives its violations.

mod circles;
mod compiled;
mod dependencies;
mod door;
mod edges;
mod law_folder;
mod law_numbers;
mod machine;
mod markdown;
mod problem;
mod purity;
mod samples;
mod security;
mod size;
mod terms;
mod words;

use crate::tree::Tree;
pub use problem::Problem;

/// Runs every check, in the order of paths.
pub fn all(tree: &Tree) -> Vec<Problem> {
    let checks: [fn(&Tree) -> Vec<Problem>; 15] = [
        circles::check,
        compiled::check,
        dependencies::check,
        door::check,
        edges::check,
        law_folder::check,
        law_numbers::check,
        machine::check,
        markdown::check,
        purity::check,
        samples::check,
        security::check,
        size::check,
        terms::check,
        words::check,
    ];
    let mut problems: Vec<Problem> = checks.iter().flat_map(|check| check(tree)).collect();
    problems.sort();
    problems
}
