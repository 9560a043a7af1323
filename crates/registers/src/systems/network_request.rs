//! 網域、IP 與防火牆申請: what is asked of whoever runs the network, and what was assigned.
//!
//! Why its own list: an address is used only after it was assigned, and a firewall rule that
//! was opened for a time must be closed. What it can't know: the rules that are really set.

use super::website::{host, is_address};
use crate::core::checks::{late, port};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Record, RegisterSpec, Sensitivity,
    found,
};

const LAW: &str = "system-development-principles";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "申請單號", Kind::Text, "115-NR-001")
        .required()
        .synonyms(&["單號", "編號"]),
    Field::new(
        "kind",
        "申請項目",
        Kind::Choice(&[
            ("domain", "網址（網域）"),
            ("ip", "IP 位址"),
            ("firewall", "防火牆設定"),
        ]),
        "domain",
    )
    .required()
    .law(LAW),
    Field::new(
        "action",
        "申請性質",
        Kind::Choice(&[("add", "新增"), ("change", "變更"), ("remove", "取消")]),
        "add",
    )
    .expected(),
    Field::new("requested_on", "申請日期", Kind::Date, "2026-02-01").required(),
    Field::new("applicant", "申請人", Kind::Text, "陳示範")
        .required()
        .sensitivity(Sensitivity::Personal),
    Field::new("unit", "申請單位", Kind::Text, "秘書室").expected(),
    Field::new("purpose", "用途", Kind::Text, "全球資訊網改版")
        .required()
        .synonyms(&["事由", "申請事由"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1"),
    Field::new("domain", "申請網址", Kind::Text, "www.demo.example.gov.tw").synonyms(&["網域名稱", "網址"]),
    Field::new("ip", "IP 位址", Kind::Text, "192.0.2.10")
        .synonyms(&["IP"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("source", "來源位址", Kind::Text, "192.0.2.0/24")
        .synonyms(&["來源IP"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("destination", "目的位址", Kind::Text, "192.0.2.10")
        .synonyms(&["目的IP"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("port", "埠", Kind::Text, "443")
        .synonyms(&["連接埠", "Port"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("protocol", "協定", Kind::Text, "TCP").synonyms(&["通訊協定"]),
    Field::new("from", "起日", Kind::Date, "2026-02-10"),
    Field::new("until", "迄日", Kind::Date, "2027-02-09").help("長期使用者留空"),
    Field::new(
        "result",
        "審核結果",
        Kind::Choice(&[
            ("approved", "同意"),
            ("rejected", "不同意"),
            ("withdrawn", "撤回"),
        ]),
        "approved",
    ),
    Field::new("assigned", "核配內容", Kind::Text, "www.demo.example.gov.tw")
        .synonyms(&["核配網址", "核配IP"]),
    Field::new("assigned_on", "核配（開通）日", Kind::Date, "2026-02-09"),
    Field::new("closed_on", "停用（關閉）日", Kind::Date, "2027-02-09"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "network_request",
    title: "網址、IP 與防火牆申請",
    help: "設置系統或網站前申請網址、IP 與防火牆設定，以核配者對外；到期或不用時停用",
    group: Group::Systems,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[Raise {
        duty: "website.domain",
        on: "requested_on",
        settled_on: "assigned_on",
        about: None,
        when: is_pursued,
    }],
    ..RegisterSpec::TABLE
};

fn is_pursued(row: &Record<'_>) -> bool {
    !["rejected", "withdrawn"].contains(&row.text("result")) && row.text("action") != "remove"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("assigned_on", "requested_on"),
        row.not_before("closed_on", "assigned_on"),
        port(row, "port"),
    ]);
    if row.is_blank("assigned_on") {
        return problems;
    }
    if !is_pursued(row) && row.text("action") != "remove" {
        problems.push(FieldProblem::new(
            "assigned_on",
            "審核結果為不同意或撤回者，不應有核配日，請更正其中之一",
        ));
    }
    match row.text("kind") {
        "domain" => {
            problems.extend(row.need("assigned", "請載明核配之網址"));
            let given = row.text("assigned");
            if !given.is_empty() && is_address(host(given).unwrap_or(given)) {
                problems.push(FieldProblem::new(
                    "assigned",
                    "網址申請所核配者應為網址，不可為 IP",
                ));
            }
        }
        "ip" => problems.extend(row.need("assigned", "請載明核配之 IP")),
        _ => {
            let why = "防火牆設定應逐項載明後始得開通";
            for key in ["source", "destination", "port", "protocol"] {
                problems.extend(row.need(key, why));
            }
        }
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let open = late(row, book, "until", "closed_on") && !row.is_blank("assigned_on");
    open.then(|| {
        Gap::wrong(
            "closed_on",
            "使用期間已過而未停用，請確認已停用並填停用日，或申請展延",
        )
    })
    .into_iter()
    .collect()
}
