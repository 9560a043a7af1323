//! 遠距連線許可: who may connect from where to where, over what, and for how long.
//!
//! Why the limits aren't here: how many days, whether 「任意」 may be opened, and whether a
//! database may be reached from outside is what the law and the agency's plan say. What it
//! can't know: what the firewall really lets through; log and rule exports show that.

use crate::checks::port;
use crate::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Record, RegisterSpec,
    Sensitivity, found,
};
use std::net::Ipv4Addr;

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
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate,
    looks_at: &["contract"],
    gaps,
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
        about: None,
        when: is_closed,
    }],
    ..RegisterSpec::TABLE
};

/// The word by which a parameter says that something may not be.
pub const FORBIDDEN: &str = "forbidden";

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

/// Whether a text opens everything or nearly so: 任意, any, an asterisk, a network of a handful
/// of leading bits, or a range that begins at the first port and ends near the last.
fn is_any(text: &str) -> bool {
    let text = crate::entry::narrow(text).trim().to_lowercase();
    let begins = [
        "any", "任意", "任何", "全部", "全開", "不限", "不拘", "所有", "0.0.0.0",
    ];
    let words = ["all", "::", "0"];
    let wide = |(_, bits): (&str, &str)| bits.parse::<u8>().is_ok_and(|bits| bits < WIDE);
    let number = |s: &str| {
        let s = s.trim();
        s.parse::<u32>()
            .ok()
            .or_else(|| s.parse::<Ipv4Addr>().ok().map(u32::from))
    };
    let span = |(first, last): (&str, &str)| {
        let most = if last.contains('.') { ADDRESSES } else { PORTS };
        number(last)
            .zip(number(first))
            .is_some_and(|(last, first)| last.saturating_sub(first) >= most)
    };
    words.contains(&text.as_str())
        || text.contains('*')
        || begins.iter().any(|word| text.starts_with(word))
        || text.split_once('/').is_some_and(wide)
        || text.split_once(['-', '~']).is_some_and(span)
}

/// A network of fewer leading bits than this is no network but a part of the world.
const WIDE: u8 = 8;
/// A range of so many ports leaves hardly one out.
const PORTS: u32 = 50_000;
/// A range of so many addresses is as wide as such a network.
const ADDRESSES: u32 = 1 << (32 - WIDE);
/// What may stand between several addresses or ports.
const BETWEEN: [char; 8] = [',', '、', ';', '，', '；', ' ', '\n', '\u{3000}'];

fn open_address(permit: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    if bound.word.as_deref() != Some(FORBIDDEN) {
        return None;
    }
    let open = ["source", "destination", "port", "protocol"]
        .into_iter()
        .find(|key| permit.text(key).split(BETWEEN).any(is_any))?;
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
