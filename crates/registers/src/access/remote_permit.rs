//! 遠距連線許可: who may connect from where to where, over what, and for how long.
//!
//! Why the limits aren't here: how many days, whether 「任意」 may be opened, and whether a
//! database may be reached from outside is what the law and the agency's plan say. What it
//! can't know: what the firewall really lets through; log and rule exports show that.

use crate::core::checks::port;
use crate::core::{
    Book, Bound, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, Lapse, Limit, NOTE, Proof,
    Record, RegisterSpec, Sensitivity, found,
};
use std::net::IpAddr;

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "申請單號", Kind::Text, "115-RA-001")
        .required()
        .synonyms(&["單號", "編號"]),
    Field::new("purpose", "事由", Kind::Text, "緊急修復公文系統")
        .required()
        .synonyms(&["申請事由", "用途"]),
    Field::new("applicant", "申請人", Kind::Text, "陳示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("contract", "委外契約", Kind::Reference("contract"), "k1")
        .help("由廠商連線者，選其契約；機關同仁連線者留空"),
    Field::new("source", "來源位址", Kind::Text, "203.0.113.7")
        .required()
        .help("IP 或網段；不可填任意")
        .synonyms(&["來源IP", "來源"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("destination", "目的位址", Kind::Text, "192.0.2.10")
        .required()
        .help("IP 或主機")
        .synonyms(&["目的IP", "目的"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("port", "埠", Kind::Text, "3389")
        .required()
        .synonyms(&["連接埠", "通訊埠", "Port"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("protocol", "協定", Kind::Text, "TCP")
        .required()
        .synonyms(&["通訊協定", "Protocol"]),
    Field::new("from_outside", "由機關網路以外連入", Kind::Flag, "true").required(),
    Field::new("to_database", "連線標的為資料庫", Kind::Flag, "false").required(),
    Field::new("from", "起日", Kind::Date, "2026-03-02")
        .required()
        .synonyms(&["開始日期", "起始日"]),
    Field::new("until", "迄日", Kind::Date, "2026-03-06")
        .required()
        .help("可以連線的最後一天")
        .synonyms(&["結束日期", "截止日"]),
    Field::new("opened_on", "開通日", Kind::Date, "2026-03-02"),
    Field::new("closed_on", "關閉日", Kind::Date, "2026-03-06")
        .help("實際關閉連線之日；逾迄日未關閉者列入體檢"),
    Field::new("review", "事後檢視結果", Kind::LongText, "連線紀錄與事由相符。"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "remote_permit",
    title: "遠距連線許可",
    help: "以現場維護為原則；緊急時申請之遠距連線，載明來源、目的、埠、協定與起訖，核准後開通，期滿關閉",
    group: Group::Access,
    hands: &[Hand::Unit, Hand::Anybody, Hand::VendorReads],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["contract"],
    gaps: Some(gaps),
    limits_on: &["from", "until"],
    limits: &[
        Limit {
            parameter: "remote_access.max_duration",
            judge: too_long,
        },
        Limit {
            parameter: "remote_access.open_address",
            judge: open_address,
        },
        Limit {
            parameter: "remote_access.database_from_outside",
            judge: database,
        },
    ],
    proves: &[Proof {
        duty: "remote_access.control",
        on: "closed_on",
        until: &[],
        about: None,
        when: is_closed,
    }],
    checks: &[
        Check {
            key: "remote_permit.narrow",
            label: "遠距連線載明來源、目的、埠與協定，未開放為全部",
            from: "opened_on",
            ends: "closed_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: is_narrow,
        },
        Check {
            key: "remote_permit.no_database",
            label: "資料庫未開放由外部遠端連線",
            from: "opened_on",
            ends: "closed_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: |row| Some(!(row.says("from_outside") && row.says("to_database"))),
        },
        Check {
            key: "remote_permit.closed",
            label: "遠距連線到期已關閉",
            from: "opened_on",
            ends: "closed_on",
            lapses: Lapse::After("until"),
            ..Check::STATE
        },
    ],
    ..RegisterSpec::TABLE
};

/// The word by which a parameter says that something may not be.
pub const FORBIDDEN: &str = "forbidden";

const WHERE_TO: [&str; 4] = ["source", "destination", "port", "protocol"];

/// Whether it says from where to where, and doesn't open everything.
fn is_narrow(permit: &Record<'_>) -> Option<bool> {
    if WHERE_TO.iter().any(|key| opens_all(permit.text(key))) {
        return Some(false);
    }
    let told = WHERE_TO.iter().all(|key| !permit.is_blank(key));
    told.then_some(true)
}

fn is_closed(permit: &Record<'_>) -> bool {
    !permit.is_blank("closed_on") && !permit.is_blank("review")
}

fn validate(permit: &Record<'_>) -> Vec<FieldProblem> {
    found([
        permit.not_before("until", "from"),
        permit.not_before("closed_on", "opened_on"),
        permit.not_before("until", "opened_on"),
        port(permit, "port"),
    ])
}

fn too_long(permit: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let (from, until) = (permit.date("from")?, permit.date("until")?);
    let days = f64::from(from.until(until).ok()?.get_days()) + 1.0;
    let most = bound.number.or(bound.days)?;
    (days > most).then(|| {
        FieldProblem::new(
            "until",
            format!(
                "起訖共 {days} 日，超過每次 {}；請縮短起訖，期滿仍需者另案申請",
                bound.words
            ),
        )
    })
}

/// Whether a text opens everything or nearly so: a word for all, asterisks, a network of a handful
/// of leading bits, or ranges that leave hardly anything out.
fn opens_all(text: &str) -> bool {
    let mut plain = crate::core::text::narrow(text).to_lowercase();
    for dash in ["–", "—", "~", "〜", "至", "到", ".."] {
        plain = plain.replace(dash, "-");
    }
    let tokens = plain.split(BETWEEN).map(bare).filter(|t| !t.is_empty());
    let mut ports = 0;
    for token in tokens {
        if is_any(token) {
            return true;
        }
        let colon = token
            .split_once(':')
            .map_or(0, |(first, last)| ports_between(first, last));
        ports += token.split(['/', ':']).map(ports_of).fold(colon, u32::max);
    }
    ports >= PORTS || range(&plain).is_some_and(|(first, last)| ports_between(first, last) >= PORTS)
}

/// A token without brackets and quotation marks around it.
fn bare(token: &str) -> &str {
    token.trim_matches(|c: char| c.is_whitespace() || "()（）[]「」『』\"'“”【】".contains(c))
}

fn is_any(token: &str) -> bool {
    let word = [
        "ip",
        "port",
        "ports",
        "埠",
        "通訊埠",
        "位址",
        "來源",
        "目的",
        "協定",
        "網段",
    ]
    .iter()
    .find_map(|end| token.strip_suffix(end))
    .unwrap_or(token);
    let words = [
        "any",
        "all",
        "任意",
        "任何",
        "任一",
        "全部",
        "全",
        "全開",
        "不限",
        "不限制",
        "不拘",
        "所有",
        "皆可",
        "::",
        "0",
        "0.0.0.0",
    ];
    let stars = token.contains('*') && token.chars().all(|c| "*.:".contains(c));
    let network = token.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits < WIDE)
    });
    let parts = token
        .split_once('/')
        .filter(|(address, _)| address.parse::<IpAddr>().is_err());
    words.contains(&word)
        || stars
        || network
        || parts.is_some_and(|(one, other)| is_any(one) || is_any(other))
        || range(token).is_some_and(|(first, last)| addresses_between(first, last))
}

fn range(token: &str) -> Option<(&str, &str)> {
    let (first, last) = token.split_once('-')?;
    Some((first.trim(), last.trim()))
}

/// How many ports a part of a token opens beyond the first.
fn ports_of(part: &str) -> u32 {
    range(part).map_or(0, |(first, last)| ports_between(first, last))
}

fn ports_between(first: &str, last: &str) -> u32 {
    let number = |s: &str| s.parse::<u16>().ok().map(u32::from);
    number(last)
        .zip(number(first))
        .map_or(0, |(last, first)| last.saturating_sub(first))
}

fn addresses_between(first: &str, last: &str) -> bool {
    match (first.parse::<IpAddr>(), last.parse::<IpAddr>()) {
        (Ok(IpAddr::V4(first)), Ok(IpAddr::V4(last))) => {
            u32::from(last).saturating_sub(u32::from(first)) >= 1 << (32 - u32::from(WIDE))
        }
        (Ok(IpAddr::V6(first)), Ok(IpAddr::V6(last))) => {
            u128::from(last).saturating_sub(u128::from(first)) >= 1 << (128 - u32::from(WIDE))
        }
        _ => false,
    }
}

/// A network of fewer leading bits than this is no network but a part of the world.
const WIDE: u8 = 8;
/// Ranges of so many ports leave hardly one out.
const PORTS: u32 = 65_000;
/// What may stand between several addresses or ports.
const BETWEEN: [char; 8] = [',', '、', ';', '，', '；', ' ', '\n', '\u{3000}'];

fn open_address(permit: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    if bound.word.as_deref() != Some(FORBIDDEN) {
        return None;
    }
    let open = WHERE_TO.into_iter().find(|key| opens_all(permit.text(key)))?;
    Some(FieldProblem::new(
        open,
        format!("「{}」不可開放為全部（ANY），請逐一載明", permit.label(open)),
    ))
}

fn database(permit: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let outside = permit.says("from_outside") && permit.says("to_database");
    (outside && bound.word.as_deref() == Some(FORBIDDEN)).then(|| {
        FieldProblem::new(
            "to_database",
            "資料庫不開放由機關網路以外遠端連線，請改為現場維護或由內部主機操作",
        )
    })
}

fn gaps(permit: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let over = permit.date("until").is_some_and(|until| until < book.today);
    // Opened is open, whatever became of the approval since.
    let opened = permit.is_final || !permit.is_blank("opened_on");
    let open = opened && over && permit.is_blank("closed_on");
    let unreviewed = permit.is_final && !permit.is_blank("closed_on") && permit.is_blank("review");
    found([
        open.then(|| {
            Gap::wrong(
                "closed_on",
                "許可期間已過而未登錄關閉，請確認連線已關閉並填關閉日",
            )
        }),
        unreviewed.then(|| Gap::hint("review", "連線已關閉，請檢視連線紀錄並填事後檢視結果")),
    ])
}
