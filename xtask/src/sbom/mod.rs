//! The product's bill of materials, as CycloneDX 1.6: `cargo xtask sbom`.
//!
//! What is linked into `fazun` (scope `required`), what only builds it (`excluded`: procedural
//! macros and build scripts run on the builder's machine), and what crates carry inside, such as
//! SQLite's C source. The same commit gives the same bytes: the time is the commit's, the serial
//! number is made of the contents. What it can't know: what a crate carries that isn't in
//! `CARRIED`.

mod form;
#[cfg(test)]
mod tests;

use crate::cargo::{self, Closure, Key, Package};
use crate::supply;
use form::{Bom, Component, Dependency, Hash, License, Metadata, Property, Reference, Tools};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The package whose binary is the product.
const PRODUCT: &str = "cli";

/// Source of others inside a crate: the crate, the file that tells the version, what stands before it there.
const CARRIED: [Carried; 1] = [Carried {
    by: "libsqlite3-sys",
    file: "sqlite3/sqlite3.h",
    mark: "#define SQLITE_VERSION",
    name: "sqlite",
    vendor: "sqlite",
    license: "blessing",
    description: "SQLite, an SQL database engine in C; compiled into the binary.",
}];

struct Carried {
    by: &'static str,
    file: &'static str,
    mark: &'static str,
    name: &'static str,
    vendor: &'static str,
    license: &'static str,
    description: &'static str,
}

/// The bill of materials of the tree as it stands, at a time (seconds since 1970).
pub fn write(root: &Path, time: i64) -> Result<String, String> {
    let target = cargo::host()?;
    let linked = cargo::closure(root, PRODUCT, &target, false)?;
    let all = cargo::closure(root, PRODUCT, &target, true)?;
    let packages = cargo::packages(root, &target)?;
    let checksums = supply::checksums(root)?;

    let mut bom = Bom::new();
    let top = &all.top;
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, below) in &all.edges {
        let package = packages
            .get(key)
            .ok_or_else(|| format!("{} {} is unknown to cargo metadata", key.0, key.1))?;
        edges.insert(
            name_of(key, package),
            below
                .iter()
                .filter_map(|k| packages.get(k).map(|p| name_of(k, p)))
                .collect(),
        );
        if key != top {
            bom.components.push(component(
                package,
                linked.edges.contains_key(key),
                checksums.get(key),
            )?);
        }
    }
    let product = packages
        .get(top)
        .ok_or("the product is unknown to cargo metadata")?;
    let product_ref = name_of(top, product);
    for carried in &CARRIED {
        if let Some((crate_ref, component)) = carried_by(carried, &linked, &packages)? {
            edges
                .entry(crate_ref)
                .or_default()
                .insert(component.bom_ref.clone());
            edges.insert(component.bom_ref.clone(), BTreeSet::new());
            bom.components.push(component);
        }
    }
    let compiler = compiler()?;
    let std = standard_library(&compiler);
    edges
        .entry(product_ref.clone())
        .or_default()
        .insert(std.bom_ref.clone());
    edges.insert(std.bom_ref.clone(), BTreeSet::new());
    bom.components.push(std);

    bom.components.sort_by(|a, b| a.bom_ref.cmp(&b.bom_ref));
    bom.dependencies = edges
        .into_iter()
        .map(|(of, on)| Dependency {
            of,
            on: on.into_iter().collect(),
        })
        .collect();
    bom.metadata = Metadata {
        timestamp: jiff::Timestamp::from_second(time)
            .map_err(|error| format!("{time} is no time: {error}"))?
            .to_string(),
        tools: Tools::ours(env!("CARGO_PKG_VERSION")),
        component: Component {
            kind: "application",
            bom_ref: product_ref,
            name: "fazun".to_owned(),
            version: top.1.clone(),
            description: product.description.clone(),
            licenses: licenses(product)?,
            purl: Some(format!("pkg:generic/fazun@{}", top.1)),
            ..Component::default()
        },
        properties: vec![
            Property::new("fazun:target", &target),
            Property::new("fazun:compiler", &compiler.long),
        ],
    };
    bom.serial_number = serial(&bom.print()?);
    bom.print()
}

/// A name that is the same for everybody: the package URL of what is on crates.io, ours by folder.
fn name_of(key: &Key, package: &Package) -> String {
    match package.source {
        Some(_) => format!("pkg:cargo/{}@{}", key.0, key.1),
        None => format!("fazun/{}@{}", key.0, key.1),
    }
}

fn component(package: &Package, linked: bool, checksum: Option<&String>) -> Result<Component, String> {
    let key = package.key();
    let name = name_of(&key, package);
    let theirs = package.source.is_some();
    if theirs && checksum.is_none() {
        return Err(format!("{} {} has no checksum in Cargo.lock", key.0, key.1));
    }
    let repository = package
        .repository
        .iter()
        .filter(|url| theirs && url.starts_with("https://"))
        .map(|url| Reference::vcs(url))
        .collect();
    Ok(Component {
        kind: "library",
        bom_ref: name.clone(),
        name: key.0,
        version: key.1,
        description: package
            .description
            .as_deref()
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
        scope: Some(if linked { "required" } else { "excluded" }),
        hashes: checksum.map(|sum| Hash::sha256(sum)).into_iter().collect(),
        licenses: licenses(package)?,
        purl: theirs.then_some(name),
        external_references: repository,
        ..Component::default()
    })
}

fn licenses(package: &Package) -> Result<Vec<License>, String> {
    let stated = package
        .license
        .as_deref()
        .ok_or_else(|| format!("{} {} states no licence", package.name, package.version))?;
    let canonical = spdx::Expression::canonicalize(stated)
        .map_err(|error| format!("{}: `{stated}`: {}", package.name, error.reason))?;
    Ok(vec![License::expression(canonical.as_deref().unwrap_or(stated))])
}

fn carried_by(
    carried: &Carried,
    linked: &Closure,
    packages: &BTreeMap<Key, Package>,
) -> Result<Option<(String, Component)>, String> {
    let Some(key) = linked.edges.keys().find(|key| key.0 == carried.by) else {
        return Ok(None);
    };
    let package = packages
        .get(key)
        .ok_or_else(|| format!("{} is unknown to cargo metadata", key.0))?;
    let file = package.manifest_path.with_file_name(carried.file);
    let text = std::fs::read_to_string(&file)
        .map_err(|error| format!("{} can't be read: {error}", file.display()))?;
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix(carried.mark)?.trim().split('"').nth(1))
        .ok_or_else(|| format!("{} tells no version after {}", file.display(), carried.mark))?;
    let name = carried.name;
    let component = Component {
        kind: "library",
        bom_ref: format!("pkg:generic/{name}@{version}"),
        name: name.to_owned(),
        version: version.to_owned(),
        description: Some(carried.description.to_owned()),
        scope: Some("required"),
        licenses: vec![License::expression(carried.license)],
        cpe: Some(format!(
            "cpe:2.3:a:{}:{name}:{version}:*:*:*:*:*:*:*",
            carried.vendor
        )),
        purl: Some(format!("pkg:generic/{name}@{version}")),
        ..Component::default()
    };
    Ok(Some((name_of(key, package), component)))
}

struct Compiler {
    version: String,
    long: String,
}

fn compiler() -> Result<Compiler, String> {
    let long = cargo::output(std::process::Command::new("rustc").arg("-V"))?;
    let version = long
        .split_whitespace()
        .nth(1)
        .ok_or("rustc -V names no version")?;
    Ok(Compiler {
        version: version.to_owned(),
        long: long.trim().to_owned(),
    })
}

fn standard_library(compiler: &Compiler) -> Component {
    let purl = format!("pkg:generic/rust-std@{}", compiler.version);
    Component {
        kind: "library",
        bom_ref: purl.clone(),
        name: "rust-std".to_owned(),
        version: compiler.version.clone(),
        description: Some("The Rust standard library, as it comes with the compiler.".to_owned()),
        scope: Some("required"),
        licenses: vec![License::expression("Apache-2.0 OR MIT")],
        purl: Some(purl),
        ..Component::default()
    }
}

/// A UUID (version 8: made of something of one's own) of what the document says.
fn serial(text: &str) -> String {
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(Sha256::digest(text.as_bytes())) {
        *to = from;
    }
    let mut number = u128::from_be_bytes(bytes);
    number = (number & !(0xf << 76)) | (0x8 << 76);
    number = (number & !(0x3 << 62)) | (0x2 << 62);
    let hex = format!("{number:032x}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let parts: Vec<&str> = parts.iter().filter_map(|(a, b)| hex.get(*a..*b)).collect();
    format!("urn:uuid:{}", parts.join("-"))
}
