//! 欄位對應: which column of an agency's own file is which field, kept for the next import.

use crate::core::{Field, Flow, Hand, Kind, Page, Reach, RegisterSpec};

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("register", "登記簿", Kind::Text, "asset").required(),
    Field::new("columns", "對應", Kind::Json, r#"{"保管人":"custodian"}"#)
        .required()
        .help("表頭文字與欄位代號；空字串表示不匯入該欄"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "mapping",
    title: "欄位對應",
    help: "匯入時記住的表頭與欄位對應",
    reach: Reach::System,
    hands: &[Hand::Nobody],
    flow: Flow::Own,
    page: Page::Own,
    names_row: "register",
    identity: &["register"],
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
