//! 匯出與下載紀錄: what personal or restricted data left the system, and with whom.
//!
//! Why a row: it stands in the agency's own chain, so nobody can take back that a list was taken
//! away. What it can't know: what became of the file; and nothing of what stood in it is kept.

use crate::core::{Field, Flow, Kind, Page, Reach, RegisterSpec, Sensitivity};

/// How data leaves.
pub const KINDS: &[(&str, &str)] = &[
    ("export", "匯出清單"),
    ("download", "下載檔案"),
    ("package", "匯出整個帳本"),
    ("backup", "備份"),
];

/// By which way.
pub const SURFACES: &[(&str, &str)] = &[
    ("web", "網頁"),
    ("api", "程式介面"),
    ("cli", "命令列"),
    ("job", "背景工作"),
];

/// The field table. The hash of a file is not called `sha256`: the entry tells of the file, and
/// doesn't keep it.
pub const FIELDS: &[Field] = &[
    Field::new("kind", "種類", Kind::Choice(KINDS), "export").required(),
    Field::new("register", "登記簿", Kind::Text, "person").required(),
    Field::new("rows", "筆數", Kind::Number, "12"),
    Field::new(
        "file_hash",
        "檔案雜湊",
        Kind::LongText,
        "75cac1e39c2ba99adbb35f9ce41047f9eaeceb1bee4d6614d0197f7cf8f0ec62",
    ),
    Field::new("masked", "遮蔽之欄位", Kind::List, r#"["姓名"]"#),
    Field::new("surface", "途徑", Kind::Choice(SURFACES), "web").required(),
    Field::new("by", "何人", Kind::Text, "王示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("at", "時間", Kind::Moment, "2026-05-20T10:00").required(),
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "disclosure",
    title: "匯出與下載紀錄",
    help: "含個人資料或限制閱覽資料之登記簿，其清單之匯出與佐證檔案之下載；整個帳本之匯出亦記於此",
    reach: Reach::System,
    flow: Flow::Own,
    page: Page::Own,
    names_row: "register",
    fields: FIELDS,
    bulk: true,
    ..RegisterSpec::TABLE
};
