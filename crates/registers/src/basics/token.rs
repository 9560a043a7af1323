//! 存取權杖: what a program shows instead of a person's sign-in.
//!
//! Why only a hash: whoever reads the database can't act as its owner. What it can't
//! know: where a token was copied to; it ends by itself, and can be revoked at any time.

use crate::{Field, Group, Kind, Reach, RegisterSpec, Sensitivity};

/// What a token may be used for.
pub const SCOPES: &[(&str, &str)] = &[
    ("read", "閱覽"),
    ("write", "登錄與修改"),
    ("import", "匯入"),
    ("approve", "簽核"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("label", "用途", Kind::Text, "資產盤點程式").required(),
    Field::new("member", "使用者", Kind::Reference("member"), "m1").required(),
    Field::new(
        "secret_hash",
        "雜湊",
        Kind::Text,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    .required()
    .sensitivity(Sensitivity::Confidential),
    Field::new("scopes", "範圍", Kind::Many(SCOPES), r#"["read"]"#).required(),
    Field::new("expires", "到期日", Kind::Date, "2027-01-01")
        .required()
        .help("自這一天起不能再使用"),
    Field::new("revoked_at", "廢止時間", Kind::Moment, "2026-06-01T09:00"),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "token",
    title: "存取權杖",
    help: "供程式使用之權杖，只保存雜湊",
    group: Group::Basics,
    reach: Reach::System,
    names_row: "label",
    fields: FIELDS,
    ..RegisterSpec::TABLE
};
