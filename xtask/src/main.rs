//! What a developer runs besides cargo's own: checks of the tree (`tidy`), of what the product is
//! made of (`supply`), its bill of materials (`sbom`), the release, and mutants of the code.
//!
//! Why our own checks: what the compiler and clippy can't see (who may depend on whom, where a
//! legal number may stand, whether a path in prose exists) rots unless something fails.
//! Each check is a module under `checks`, takes the tree and gives its violations; none
//! stops at the first. What it can't know: whether what stands there is right.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod cargo;
mod checks;
mod git;
mod mutants;
mod release;
mod sbom;
mod source;
mod supply;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask tidy [folder]   check the tree; every violation is listed
cargo xtask supply          advisories, licences and sources of what Cargo.lock holds
cargo xtask sbom [file]     the product's bill of materials, CycloneDX 1.6
cargo xtask release         binary, .deb, bill and sums of the last commit, in the target folder's dist
cargo xtask release --check the same, built twice in two folders and compared
cargo xtask mutants [--packages a,b] [--sample N] [--at-least PERCENT] [--only WORDS]… [--list]
                            whether tests notice a fixed sample of changes to the code";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["tidy"] => tidy(&workspace_root()),
        ["tidy", folder] => tidy(Path::new(folder)),
        ["supply"] => supply::run(&workspace_root()),
        ["sbom"] => done(bill(None)),
        ["sbom", file] => done(bill(Some(Path::new(file)))),
        ["release"] => done(release::run(&workspace_root(), false)),
        ["release", "--check"] => done(release::run(&workspace_root(), true)),
        ["mutants", options @ ..] => {
            done(mutants::Wish::read(options).and_then(|wish| mutants::run(&workspace_root(), &wish)))
        }
        _ => {
            eprintln!("{HELP}");
            ExitCode::from(2)
        }
    }
}

fn done(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bill(file: Option<&Path>) -> Result<(), String> {
    let root = workspace_root();
    let text = sbom::write(&root, git::time(&root)?)?;
    match file {
        None => {
            print!("{text}");
            Ok(())
        }
        Some(file) => std::fs::write(file, text)
            .map_err(|error| format!("{} can't be written: {error}", file.display())),
    }
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
