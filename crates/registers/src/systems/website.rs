//! 網站: the agency's sites, under which address, in which state, and how they were judged.
//!
//! Why an address of digits is refused: a site without its assigned name can't be told from
//! a forgery. What it can't know: what the site serves today; a probe sees that.

use crate::core::checks::past;
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Lapse, NOTE, Proof, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "system-development-principles";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "網站名稱", Kind::Text, "示範處全球資訊網")
        .required()
        .synonyms(&["名稱"]),
    Field::new("url", "網址", Kind::Text, "https://www.demo.example.gov.tw/")
        .required()
        .help("含 https://；不可直接使用 IP")
        .synonyms(&["URL", "網站網址"])
        .sensitivity(Sensitivity::Public)
        .law(LAW),
    Field::new("domain", "核配網域", Kind::Text, "example.gov.tw")
        .help("經核可之網域，網址應在其下")
        .expected()
        .synonyms(&["網域", "網域名稱"]),
    Field::new(
        "kind",
        "網站性質",
        Kind::Choice(&[
            ("portal", "入口網站"),
            ("service", "業務系統"),
            ("campaign", "活動網站"),
            ("internal", "內部網站"),
        ]),
        "portal",
    )
    .expected(),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1"),
    Field::new("unit", "權責單位", Kind::Text, "秘書室")
        .expected()
        .synonyms(&["管理單位", "主管單位"]),
    Field::new("contact", "管理人員", Kind::Text, "陳示範")
        .synonyms(&["網站管理員", "聯絡人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("https", "全站使用 HTTPS", Kind::Flag, "true"),
    Field::new("no_directory_listing", "已關閉目錄瀏覽", Kind::Flag, "true")
        .law("information-security-rules"),
    Field::new("tested_on", "上線前測試日期", Kind::Date, "2026-02-20").help("弱點修正後始上線"),
    Field::new("launched_on", "上線日期", Kind::Date, "2026-03-01"),
    Field::new("content_checked_on", "內容檢核日期", Kind::Date, "2026-09-01")
        .help("最近一次檢核內容是否正確、即時，有無不得公開之資訊"),
    Field::new("content_checked_by", "內容檢核人", Kind::Text, "林示範"),
    Field::new("self_assessed_on", "管理規範自評日", Kind::Date, "2026-06-15")
        .help("依政府網站服務管理規範自評"),
    Field::new(
        "accessibility",
        "無障礙等級",
        Kind::Choice(&[("a", "A"), ("aa", "AA"), ("aaa", "AAA"), ("none", "未取得")]),
        "aa",
    )
    .synonyms(&["無障礙標章"]),
    Field::new(
        "accessibility_until",
        "無障礙標章到期日",
        Kind::Date,
        "2028-06-30",
    ),
    Field::new("assessed_on", "年度考核日", Kind::Date, "2026-10-10"),
    Field::new("score", "考核結果或分數", Kind::Text, "92 分"),
    Field::new("improvement", "考核改善情形", Kind::LongText, "已修正失效連結。"),
    Field::new("retired_on", "停用日", Kind::Date, "2030-01-01"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "website",
    title: "網站清冊",
    help: "機關網站之網址、核配網域、發布安全、管理規範自評、無障礙與年度考核",
    group: Group::Systems,
    names_row: "name",
    identity: &["url"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "website.rules",
            on: "self_assessed_on",
            until: &[],
            about: None,
            when: follows_rules,
        },
        Proof {
            duty: "website.assessment",
            on: "assessed_on",
            until: &[],
            about: None,
            when: is_assessed,
        },
        Proof {
            duty: "website.secure",
            on: "content_checked_on",
            until: &[],
            about: None,
            when: is_secure,
        },
    ],
    checks: &[
        Check {
            key: "website.no_listing",
            label: "網站已關閉目錄瀏覽",
            from: "launched_on",
            ends: "retired_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: |row| row.flag("no_directory_listing"),
        },
        Check {
            key: "website.tested",
            label: "網站上線前已測試",
            from: "launched_on",
            ends: "retired_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: |row| (!row.is_blank("tested_on")).then_some(true),
        },
        Check {
            key: "website.accessible",
            label: "網站已取得無障礙標章且在有效期內",
            from: "launched_on",
            ends: "retired_on",
            ages: false,
            lapses: Lapse::After("accessibility_until"),
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: |row| match row.text("accessibility") {
                "" => None,
                mark => Some(["a", "aa", "aaa"].contains(&mark)),
            },
        },
        Check {
            key: "website.https",
            label: "網站全站使用 HTTPS",
            from: "launched_on",
            ends: "retired_on",
            holds: |row| row.flag("https"),
            ..Check::STATE
        },
        Check {
            key: "website.government",
            label: "入口網站使用政府網域",
            from: "launched_on",
            ends: "retired_on",
            when: |row| row.text("kind") == "portal",
            holds: |row| (!row.is_blank("domain")).then(|| is_of_government(row.text("domain"))),
            ..Check::STATE
        },
    ],
    tells: &["content_checked_on"],
    ..RegisterSpec::TABLE
};

/// Whether a domain is one of those that are given to government bodies only.
fn is_of_government(domain: &str) -> bool {
    let domain = domain.trim().trim_end_matches('.').to_ascii_lowercase();
    domain == "gov.tw" || domain.ends_with(".gov.tw")
}

fn follows_rules(row: &Record<'_>) -> bool {
    !row.is_blank("self_assessed_on") && ["a", "aa", "aaa"].contains(&row.text("accessibility"))
}

fn is_assessed(row: &Record<'_>) -> bool {
    !row.is_blank("assessed_on") && !row.is_blank("score")
}

fn is_secure(row: &Record<'_>) -> bool {
    let filled = ["content_checked_on", "content_checked_by", "tested_on"];
    filled.iter().all(|key| !row.is_blank(key)) && row.says("no_directory_listing")
}

/// The host of an address; none where it is no web address.
pub(crate) fn host(url: &str) -> Option<&str> {
    let (scheme, rest) = url.trim().split_once("://")?;
    if !["http", "https"].contains(&scheme.to_lowercase().as_str()) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit('@').next()?;
    let host = if place.starts_with('[') {
        place.trim_start_matches('[').split(']').next()?
    } else {
        place.split(':').next()?
    };
    Some(host).filter(|h| !h.is_empty())
}

/// Whether a host is an IP address, in whichever way it is written.
pub(crate) fn is_address(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or(host);
    // A name's last label is never a number; browsers read 0x7f.1 and 2130706433 as addresses.
    let number = last.bytes().all(|b| b.is_ascii_digit()) || last.to_lowercase().starts_with("0x");
    number || host.contains(':')
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    match host(row.text("url")) {
        None => problems.push(FieldProblem::new(
            "url",
            "「網址」請填完整網址，例如 https://www.example.gov.tw/",
        )),
        Some(host) if is_address(host) => problems.push(FieldProblem::new(
            "url",
            "網站不可直接以 IP 對外，請申請網址並改填核配之網址",
        )),
        Some(host) => {
            let domain = row.text("domain").trim_start_matches(['*', '.']).to_lowercase();
            let host = host.to_lowercase();
            let inside = host == domain || host.ends_with(&format!(".{domain}"));
            if !domain.is_empty() && !inside {
                problems.push(FieldProblem::new(
                    "url",
                    format!("網址之主機「{host}」不在核配網域「{domain}」之下，請更正其中之一"),
                ));
            }
        }
    }
    problems.extend(found([
        row.not_before("launched_on", "tested_on"),
        row.not_before("retired_on", "launched_on"),
    ]));
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if past(row, book, "retired_on") {
        return Vec::new();
    }
    found([
        past(row, book, "accessibility_until")
            .then(|| Gap::wrong("accessibility_until", "無障礙標章已到期，請重新申請並更新到期日")),
        (row.flag("no_directory_listing") == Some(false))
            .then(|| Gap::wrong("no_directory_listing", "網站開放目錄瀏覽，請關閉後更新此欄")),
        (row.flag("https") == Some(false)).then(|| Gap::hint("https", "尚未全站使用 HTTPS，請排定改善")),
        (!row.is_blank("launched_on") && row.is_blank("tested_on"))
            .then(|| Gap::missing("tested_on", "已上線而無上線前測試日期，請補填或補行測試")),
    ])
}
