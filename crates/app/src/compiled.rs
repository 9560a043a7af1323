//! `#[compiled_once]`: a future behind a pointer.
//!
//! Why: that of a plain `async fn` is made into machine code by every crate and every test that awaits
//! it, with all that it awaits in turn; that of one marked so is made here, once.

pub(crate) use async_recursion::async_recursion as compiled_once;
