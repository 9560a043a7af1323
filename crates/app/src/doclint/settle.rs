//! Whether corrections hold where they then stand.
//!
//! Why: how a citation is read hangs on what stands around it, which other corrections change. What it
//! can't know: why a copy is read otherwise; what isn't sure is left to the officer.

use std::collections::BTreeSet;

/// What a lint found of enumerations: each with the line of its citation.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// Those that have edits.
    pub(super) edited: Vec<(usize, u32)>,
    /// Those with an old number or name, corrected or not.
    pub(super) old: Vec<(usize, u32)>,
}

/// Which enumerations that a paper's lint corrects can't be: those that the lint of the copy still finds
/// old, and those of a line where the copy shows something else to correct. `pairs` are the enumerations of
/// the same citations in both; `withdrawn` those that the paper's lint leaves as they are.
pub(super) fn unsettled(
    paper: &Traces,
    copy: &Traces,
    withdrawn: &BTreeSet<usize>,
    pairs: &[(usize, usize)],
) -> BTreeSet<usize> {
    let of = |list: &[(usize, u32)]| -> BTreeSet<usize> { list.iter().map(|(group, _)| *group).collect() };
    let old = of(&copy.old);
    let still: BTreeSet<usize> = pairs
        .iter()
        .filter(|(_, now)| old.contains(now))
        .map(|(before, _)| *before)
        .collect();
    let edited = of(&paper.edited);
    let found: BTreeSet<usize> = edited.intersection(&still).copied().collect();
    if !found.is_empty() {
        return found;
    }
    // What is left as it is stands in the copy to be corrected, and is left there too.
    let left: BTreeSet<usize> = pairs
        .iter()
        .filter(|(before, _)| withdrawn.contains(before))
        .map(|(_, now)| *now)
        .collect();
    let more = copy.edited.iter().filter(|(group, _)| !left.contains(group));
    let lines: BTreeSet<u32> = more.map(|(_, line)| *line).collect();
    if lines.is_empty() {
        return found;
    }
    let near = paper.edited.iter().filter(|(_, line)| lines.contains(line));
    let near: BTreeSet<usize> = near.map(|(group, _)| *group).collect();
    if near.is_empty() { edited } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces(edited: &[(usize, u32)], old: &[(usize, u32)]) -> Traces {
        Traces {
            edited: edited.to_vec(),
            old: old.to_vec(),
        }
    }

    fn told(copy: &Traces, withdrawn: &[usize], pairs: &[(usize, usize)]) -> Vec<usize> {
        let paper = traces(&[(1, 1), (2, 2)], &[(1, 1), (2, 2), (3, 3)]);
        let withdrawn = withdrawn.iter().copied().collect();
        unsettled(&paper, copy, &withdrawn, pairs).into_iter().collect()
    }

    #[test]
    fn a_correction_holds_where_the_copy_shows_nothing_of_it() {
        let same = [(1, 1), (2, 2), (3, 3)];
        assert_eq!(told(&traces(&[], &[]), &[], &same), [0; 0]);
        // One that was never corrected stays old.
        assert_eq!(told(&traces(&[], &[(3, 3)]), &[], &same), [0; 0]);
        assert_eq!(told(&traces(&[], &[(2, 2)]), &[], &same), [2]);
        // The copy's own numbers of enumerations count, not the paper's.
        assert_eq!(told(&traces(&[], &[(2, 1)]), &[], &[(1, 2), (2, 1)]), [1]);
    }

    #[test]
    fn what_the_copy_shows_besides_is_laid_to_its_line_or_to_all() {
        let same = [(1, 1), (2, 2), (3, 3)];
        assert_eq!(told(&traces(&[(3, 2)], &[]), &[], &same), [2]);
        assert_eq!(told(&traces(&[(3, 3)], &[]), &[], &same), [1, 2]);
        // What was withdrawn before shows again and means nothing.
        assert_eq!(told(&traces(&[(3, 3)], &[]), &[3], &same), [0; 0]);
        assert_eq!(told(&traces(&[(3, 3)], &[]), &[3], &[]), [1, 2]);
    }
}
