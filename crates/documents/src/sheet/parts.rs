//! The parts of an ODS file that are the same for every table, and the styles of its cells.
//!
//! What: page and frozen row, properties, list of parts. Why ODF 1.2: it is the edition that
//! every program reads. What it can't know: the fonts of the machine that opens it.

use std::fmt::Write as _;

use super::model::Table;
use super::xml::{attribute, escape};

pub(super) const TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

pub(super) const MANIFEST: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">"#,
    r#"<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>"#,
    r#"<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>"#,
    r#"<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>"#,
    r#"<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>"#,
    r#"<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>"#,
    "</manifest:manifest>",
);

/// Page, fonts and the page's number; `Landscape` is what the tables refer to.
pub(super) const STYLES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.2">"#,
    "<office:styles>",
    r#"<style:default-style style:family="table-cell"><style:text-properties style:font-name="Noto Sans TC" fo:font-family="'Noto Sans TC', 'Noto Sans CJK TC', sans-serif" style:font-family-asian="'Noto Sans TC', 'Noto Sans CJK TC', '微軟正黑體', sans-serif" fo:font-size="11pt" style:font-size-asian="11pt" fo:language="en" fo:country="US" style:language-asian="zh" style:country-asian="TW"/></style:default-style>"#,
    r#"<style:style style:name="Default" style:family="table-cell"/>"#,
    "</office:styles><office:automatic-styles>",
    r#"<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin-top="1.2cm" fo:margin-bottom="1.2cm" fo:margin-left="1.2cm" fo:margin-right="1.2cm" style:print-page-order="ltr"/>"#,
    r#"<style:header-style><style:header-footer-properties fo:min-height="0.7cm" fo:margin-bottom="0.2cm"/></style:header-style><style:footer-style><style:header-footer-properties fo:min-height="0.7cm" fo:margin-top="0.2cm"/></style:footer-style></style:page-layout>"#,
    "</office:automatic-styles><office:master-styles>",
    r#"<style:master-page style:name="Landscape" style:page-layout-name="page"><style:header><text:p><text:title/></text:p></style:header><style:footer><text:p>第 <text:page-number>1</text:page-number> 頁，共 <text:page-count>1</text:page-count> 頁</text:p></style:footer></style:master-page>"#,
    "</office:master-styles></office:document-styles>",
);

/// What stands before the validations and sheets.
pub(super) const CONTENT: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2">"#,
    "<office:automatic-styles>",
    r#"<number:text-style style:name="as-text"><number:text-content/></number:text-style>"#,
    r#"<number:date-style style:name="as-day" number:language="zh" number:country="TW" number:automatic-order="false"><number:year number:calendar="ROC"/><number:text>/</number:text><number:month number:style="long" number:calendar="ROC"/><number:text>/</number:text><number:day number:style="long" number:calendar="ROC"/></number:date-style>"#,
    r#"<number:date-style style:name="as-moment" number:language="zh" number:country="TW" number:automatic-order="false"><number:year number:calendar="ROC"/><number:text>/</number:text><number:month number:style="long" number:calendar="ROC"/><number:text>/</number:text><number:day number:style="long" number:calendar="ROC"/><number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:date-style>"#,
    r#"<style:style style:name="shown" style:family="table" style:master-page-name="Landscape"><style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>"#,
    r#"<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>"#,
    r#"<style:style style:name="tall" style:family="table-row"><style:table-row-properties style:use-optimal-row-height="true"/></style:style>"#,
    r##"<style:style style:name="head" style:family="table-cell" style:data-style-name="as-text"><style:table-cell-properties fo:background-color="#dfe7ef" fo:border="0.5pt solid #5b6675" fo:wrap-option="wrap" style:vertical-align="middle"/><style:text-properties fo:font-weight="bold" style:font-weight-asian="bold"/></style:style>"##,
    r##"<style:style style:name="text" style:family="table-cell" style:data-style-name="as-text"><style:table-cell-properties fo:border="0.5pt solid #b7c0cb" fo:wrap-option="wrap" style:vertical-align="top"/></style:style>"##,
    r##"<style:style style:name="number" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #b7c0cb" style:vertical-align="top"/></style:style>"##,
    r##"<style:style style:name="day" style:family="table-cell" style:data-style-name="as-day"><style:table-cell-properties style:shrink-to-fit="true" fo:border="0.5pt solid #b7c0cb" style:vertical-align="top"/></style:style>"##,
    r##"<style:style style:name="moment" style:family="table-cell" style:data-style-name="as-moment"><style:table-cell-properties style:shrink-to-fit="true" fo:border="0.5pt solid #b7c0cb" style:vertical-align="top"/></style:style>"##,
);

/// Title and what the file carries.
pub(super) fn meta(table: &Table) -> String {
    let mut out = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"><office:meta><meta:generator>Fazun</meta:generator><dc:title>"#
    )
    .to_owned();
    escape(&mut out, &table.title);
    out.push_str("</dc:title>");
    for (key, value) in &table.meta {
        out.push_str(r#"<meta:user-defined meta:value-type="string""#);
        attribute(&mut out, "meta:name", key);
        out.push('>');
        escape(&mut out, value);
        out.push_str("</meta:user-defined>");
    }
    out.push_str("</office:meta></office:document-meta>");
    out
}

/// The row of headings stays where it is while the rows move.
pub(super) fn settings(sheet: &str) -> String {
    let mut out = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<office:document-settings xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" xmlns:ooo="http://openoffice.org/2004/office" office:version="1.2"><office:settings><config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views"><config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1</config:config-item><config:config-item-map-named config:name="Tables"><config:config-item-map-entry"#
    )
    .to_owned();
    attribute(&mut out, "config:name", sheet);
    out.push('>');
    for (name, kind, value) in [
        ("HorizontalSplitMode", "short", 0),
        ("VerticalSplitMode", "short", 2),
        ("HorizontalSplitPosition", "int", 0),
        ("VerticalSplitPosition", "int", 1),
        ("ActiveSplitRange", "short", 2),
        ("PositionLeft", "int", 0),
        ("PositionRight", "int", 0),
        ("PositionTop", "int", 0),
        ("PositionBottom", "int", 1),
    ] {
        let _ = write!(
            out,
            r#"<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>"#
        );
    }
    out.push_str(r#"</config:config-item-map-entry></config:config-item-map-named><config:config-item config:name="ActiveTable" config:type="string">"#);
    escape(&mut out, sheet);
    out.push_str("</config:config-item></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>");
    out
}
