//! Very large registers: their rows are read by pages, and kept nowhere in memory.

/// Rows of a large register that are held at once.
pub(crate) const READ_AT_ONCE: u32 = 2_000;

/// Registers whose rows are not read for an assessment.
pub(crate) fn bulk() -> Vec<&'static str> {
    let bulk = registers::catalogue().iter().filter(|spec| spec.bulk);
    bulk.map(|spec| spec.key).collect()
}
