//! Tidy checks of the tree: `cargo xtask tidy` runs them all.
//!
//! Why our own: what the compiler and clippy can't see (who may depend on whom, where a
//! legal number may stand, whether a path in prose exists) rots unless something fails.
//! Each check is a module under `checks`, takes the tree and gives its violations; none
//! stops at the first. What it can't know: whether what stands there is right.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod checks;
mod source;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("tidy") {
        return tidy(&arguments.next().map_or_else(workspace_root, PathBuf::from));
    }
    eprintln!("cargo xtask tidy [folder]   check the tree; every violation is listed");
    ExitCode::from(2)
}

fn tidy(root: &Path) -> ExitCode {
    let tree = match tree::Tree::read(root) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("{}: {error}", root.display());
            return ExitCode::from(2);
        }
    };
    let problems = checks::all(&tree);
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        println!("tidy: {} files, no violation", tree.files.len());
        ExitCode::SUCCESS
    } else {
        println!("tidy: {} files, {} violations", tree.files.len(), problems.len());
        ExitCode::FAILURE
    }
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
        .to_path_buf()
}
