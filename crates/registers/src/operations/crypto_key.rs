//! 金鑰與憑證: keys that stand for the agency, from when until when, and who keeps them.
//!
//! Why suspicion has a day: a key that may be broken is changed at once, and it must be seen
//! that it was. What it can't know: copies of a key that somebody took.

use crate::core::checks::{late, past};
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Lapse, NOTE, Proof, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "KEY-001")
        .required()
        .synonyms(&["金鑰編號", "憑證序號"]),
    Field::new("name", "金鑰或憑證名稱", Kind::Text, "全球資訊網伺服器憑證")
        .required()
        .synonyms(&["名稱"]),
    Field::new(
        "kind",
        "種類",
        Kind::Choice(&[
            ("organisation", "機關憑證"),
            ("server", "伺服器憑證"),
            ("application", "應用系統憑證"),
            ("encryption", "資料加密金鑰"),
            ("signing", "簽章金鑰"),
            ("device", "加密裝置"),
        ]),
        "server",
    )
    .required()
    .synonyms(&["類別"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1"),
    Field::new("purpose", "用途", Kind::Text, "網站傳輸加密").expected(),
    Field::new("algorithm", "演算法及長度", Kind::Text, "RSA 3072")
        .synonyms(&["演算法"])
        .sensitivity(Sensitivity::Confidential),
    Field::new("issuer", "核發機構", Kind::Text, "政府憑證管理中心"),
    Field::new("from", "啟用日期", Kind::Date, "2026-01-10")
        .expected()
        .synonyms(&["生效日", "啟用日"])
        .law(LAW),
    Field::new("until", "停用日期", Kind::Date, "2027-01-09")
        .expected()
        .help("憑證為到期日")
        .synonyms(&["到期日", "停用日", "有效期限"])
        .law(LAW),
    Field::new("keeper", "保管人", Kind::Text, "林示範")
        .expected()
        .synonyms(&["管理人"]),
    Field::new("kept_in", "保管方式", Kind::Text, "硬體安全模組")
        .expected()
        .help("如何防止更改、遺失與破壞；不登錄金鑰內容或密碼")
        .sensitivity(Sensitivity::Confidential)
        .law(LAW),
    Field::new("backed_up", "金鑰已備份", Kind::Flag, "true").law("information-bureau-plan"),
    Field::new("backup_place", "備份保管方式", Kind::Text, "密封存放於主管保險櫃")
        .sensitivity(Sensitivity::Confidential),
    Field::new("no_clear_copy", "未留存解密資訊於系統", Kind::Flag, "true").law("information-bureau-plan"),
    Field::new("renew_from", "預定換發日", Kind::Date, "2026-12-10").help("到期前開始辦理換發之日"),
    Field::new("suspected_on", "疑遭破解之日", Kind::Date, "2026-05-03"),
    Field::new("changed_on", "更換日", Kind::Date, "2026-05-03").help("疑遭破解後更換金鑰或廢止憑證之日"),
    Field::new("checked_on", "最近檢查日", Kind::Date, "2026-09-15").synonyms(&["清點日期"]),
    Field::new("stopped_on", "實際停用日", Kind::Date, "2027-01-05"),
    Field::new("replaced_by", "接續之編號", Kind::Text, "KEY-009"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "crypto_key",
    title: "金鑰與憑證清冊",
    help: "代表機關之金鑰、憑證與加密裝置：啟用與停用日期、保管、備份，疑遭破解時之更換",
    group: Group::Operations,
    names_row: "name",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "key.manage",
        on: "checked_on",
        until: &[],
        about: None,
        when: is_kept,
    }],
    checks: &[Check {
        key: "crypto_key.in_time",
        label: "金鑰與憑證未逾停用日期而續用",
        from: "from",
        ends: "stopped_on",
        lapses: Lapse::After("until"),
        when: |row| !row.is_blank("until"),
        ..Check::STATE
    }],
    ..RegisterSpec::TABLE
};

fn is_kept(row: &Record<'_>) -> bool {
    let filled = ["checked_on", "from", "until", "keeper", "kept_in"];
    filled.iter().all(|key| !row.is_blank(key)) && !is_in_doubt(row)
}

fn is_in_doubt(row: &Record<'_>) -> bool {
    !row.is_blank("suspected_on") && row.is_blank("changed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("renew_from", "from"),
        row.not_before("stopped_on", "from"),
        row.not_before("changed_on", "suspected_on"),
    ]);
    if !row.is_blank("changed_on") {
        problems.extend(row.need(
            "suspected_on",
            "疑遭破解而更換者，應載明其日；一般換發請填接續之編號",
        ));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if !row.is_blank("stopped_on") {
        return Vec::new();
    }
    let expired = late(row, book, "until", "stopped_on");
    let renew = !expired && past(row, book, "renew_from") && row.is_blank("replaced_by");
    let encrypts = ["encryption", "device"].contains(&row.text("kind"));
    found([
        expired.then(|| {
            Gap::wrong(
                "until",
                "已逾停用日期，請換發後填接續之編號與實際停用日，或更新日期",
            )
        }),
        renew.then(|| Gap::hint("renew_from", "已到預定換發日，請辦理換發")),
        is_in_doubt(row).then(|| Gap::wrong("changed_on", "金鑰疑遭破解，請立即更換並填更換日")),
        (encrypts && row.flag("backed_up") != Some(true))
            .then(|| Gap::missing("backed_up", "加密用之金鑰遺失即無法解密，請備份並另行保管")),
        (row.flag("no_clear_copy") == Some(false))
            .then(|| Gap::wrong("no_clear_copy", "系統中不應留存解密資訊，請清除後更新此欄")),
    ])
}
