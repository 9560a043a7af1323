//! Compiles the crate anew when a law file is added or removed, so that the embedded law is the folder's.

#[expect(clippy::print_stdout, reason = "this is how a build script speaks")]
fn main() {
    println!("cargo::rerun-if-changed=../../law");
}
