//! Compiles the crate anew when a law file is added or removed, so that the embedded law is the folder's.

fn main() {
    println!("cargo::rerun-if-changed=../../law");
}
