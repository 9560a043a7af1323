//! Files of ours, then broken: an error or rows, never a panic.

use crate::{WRITERS, all, day, table};
use documents::sheet::Value;
use proptest::prelude::*;

fn files() -> Vec<Vec<u8>> {
    let rows = || {
        vec![
            vec![
                Value::Text(" a\n=b".to_owned()),
                Value::Day(day(2026, 11, 21)),
                Value::Number("1.5".to_owned()),
            ],
            vec![
                Value::Moment("2026-11-21T14:05".to_owned()),
                Value::Flag(true),
                Value::Empty,
            ],
        ]
        .into_iter()
    };
    WRITERS
        .iter()
        .map(|(_, write)| write(&table(3), &mut rows()).unwrap())
        .collect()
}

#[test]
fn cut_files_are_refused_or_read() {
    for bytes in files().iter().take(2) {
        for end in (4..bytes.len() - 1).step_by(97) {
            assert!(all(&bytes[..end]).is_err(), "{end}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn mutations_never_panic(which in 0_usize..3, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = files().swap_remove(which);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = all(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = all(&bytes);
    }
}
