//! CycloneDX 1.6, as much of it as is written here, in the order of its specification.
//!
//! Structs, not a map: the order of fields is that of this page whatever features serde has.

use serde::Serialize;

/// The document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bom {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "bomFormat")]
    format: &'static str,
    spec_version: &'static str,
    /// A UUID of its own.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub serial_number: String,
    version: u32,
    /// What the document is about.
    pub metadata: Metadata,
    /// What it is made of.
    pub components: Vec<Component>,
    /// What of it needs what.
    pub dependencies: Vec<Dependency>,
}

impl Bom {
    /// A document about nothing yet.
    pub fn new() -> Self {
        Self {
            schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
            format: "CycloneDX",
            spec_version: "1.6",
            serial_number: String::new(),
            version: 1,
            metadata: Metadata::default(),
            components: Vec::new(),
            dependencies: Vec::new(),
        }
    }

    /// The document as text.
    pub fn print(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self)
            .map(|text| text + "\n")
            .map_err(|error| error.to_string())
    }
}

/// What the document is about.
#[derive(Default, Serialize)]
pub struct Metadata {
    /// When it was made.
    pub timestamp: String,
    /// What made it.
    pub tools: Tools,
    /// The product.
    pub component: Component,
    /// What else is known of the build.
    pub properties: Vec<Property>,
}

/// What made the document.
#[derive(Default, Serialize)]
pub struct Tools {
    components: Vec<Component>,
}

impl Tools {
    /// This program.
    pub fn ours(version: &str) -> Self {
        Self {
            components: vec![Component {
                kind: "application",
                name: "fazun xtask sbom".to_owned(),
                version: version.to_owned(),
                ..Component::default()
            }],
        }
    }
}

/// A part.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// `application` or `library`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its name in this document.
    #[serde(rename = "bom-ref", skip_serializing_if = "String::is_empty")]
    pub bom_ref: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// One line about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `required` where it is in the product, `excluded` where it only builds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'static str>,
    /// Of the archive that it comes in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<Hash>,
    /// One expression.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<License>,
    /// Its name in lists of vulnerabilities by CPE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpe: Option<String>,
    /// Its package URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// Where more is to be found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<Reference>,
}

/// A checksum.
#[derive(Serialize)]
pub struct Hash {
    alg: &'static str,
    content: String,
}

impl Hash {
    /// A SHA-256 in hexadecimal digits.
    pub fn sha256(content: &str) -> Self {
        Self {
            alg: "SHA-256",
            content: content.to_owned(),
        }
    }
}

/// A licence.
#[derive(Serialize)]
pub struct License {
    expression: String,
}

impl License {
    /// An SPDX expression.
    pub fn expression(expression: &str) -> Self {
        Self {
            expression: expression.to_owned(),
        }
    }
}

/// Where more is to be found.
#[derive(Serialize)]
pub struct Reference {
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
}

impl Reference {
    /// The repository.
    pub fn vcs(url: &str) -> Self {
        Self {
            kind: "vcs",
            url: url.to_owned(),
        }
    }
}

/// What a part needs.
#[derive(Serialize)]
pub struct Dependency {
    /// The part.
    #[serde(rename = "ref")]
    pub of: String,
    /// What it needs.
    #[serde(rename = "dependsOn", skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<String>,
}

/// A name and what it stands for.
#[derive(Serialize)]
pub struct Property {
    name: String,
    value: String,
}

impl Property {
    /// A property.
    pub fn new(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }
}
