//! 情資評估: what came from where, of which class, what it means here and what was done.
//!
//! Why the class decides what is needed: news are weighed, attacks may have to be reported,
//! sensitive matters are masked, and what touches core business is weighed for it. What it
//! can't know: whether a source is reliable; the analyst says so.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Reach, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "intelligence-sharing-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "情資編號", Kind::Text, "115-TI-012")
        .required()
        .synonyms(&["編號"]),
    Field::new("title", "主旨", Kind::Text, "示範廠牌防火牆高風險弱點")
        .required()
        .synonyms(&["情資名稱", "標題"]),
    Field::new("source", "來源", Kind::Text, "N-ISAC")
        .required()
        .synonyms(&["情資來源"]),
    Field::new("received_at", "收件時間", Kind::Moment, "2026-04-20T10:05")
        .required()
        .synonyms(&["接收時間", "收受日期"]),
    Field::new(
        "content",
        "內容摘要",
        Kind::LongText,
        "特定版本遠端執行程式碼弱點，已有攻擊程式。",
    )
    .sensitivity(Sensitivity::Confidential),
    Field::new(
        "class",
        "分類",
        Kind::Choice(&[
            ("message", "資通安全相關之訊息性情資"),
            ("intrusion", "入侵攻擊情資"),
            ("sensitive", "機敏性之情資"),
            ("core", "涉及核心業務、核心資通系統之情資"),
        ]),
        "core",
    )
    .expected()
    .synonyms(&["情資分類"]),
    Field::new("reliable", "來源可靠", Kind::Flag, "true").law(LAW),
    Field::new("timely", "仍具時效", Kind::Flag, "true").law(LAW),
    Field::new(
        "systems",
        "可能受影響之系統",
        Kind::References("system"),
        r#"["s1"]"#,
    ),
    Field::new(
        "assessment",
        "研判及影響評估",
        Kind::LongText,
        "本機關同型設備一臺，屬受影響版本；風險高。",
    )
    .synonyms(&["影響評估", "風險研判"])
    .law(LAW),
    Field::new(
        "core_impact",
        "對核心業務之影響",
        Kind::LongText,
        "防火牆失效將使公文系統中斷。",
    )
    .help("涉及核心業務或核心資通系統者填"),
    Field::new("to_report", "須通報事件", Kind::Flag, "false")
        .help("入侵攻擊情資者，判斷是否已發生事件而須立即通報"),
    Field::new("incident", "通報之事件", Kind::Reference("incident"), "i1"),
    Field::new(
        "response",
        "因應措施",
        Kind::LongText,
        "當日更新韌體並限制管理介面來源。",
    )
    .help("預防或應變措施；研判無須因應者，寫明理由")
    .synonyms(&["因應情形", "處置"])
    .law(LAW),
    Field::new(
        "masking",
        "遮蔽處理",
        Kind::LongText,
        "遮蔽當事人姓名與電子郵件後提供同仁。",
    )
    .help("含個人資料、營業秘密等機敏內容者，遮蔽、刪除或去識別之方式"),
    Field::new("plan_change", "維護計畫之調整", Kind::LongText, "無須調整。"),
    Field::new("handler", "承辦人", Kind::Text, "陳示範").expected(),
    Field::new("analysed_on", "研判完成日", Kind::Date, "2026-04-20"),
    Field::new("done_on", "因應完成日", Kind::Date, "2026-04-21").synonyms(&["完成日"]),
    Field::new(
        "protection",
        "保護措施",
        Kind::Text,
        "存於限閱資料夾，僅資安人員可讀",
    )
    .law(LAW),
    Field::new("protected_on", "採取保護措施日", Kind::Date, "2026-04-20").law(LAW),
    Field::new("share_on", "發現應分享日", Kind::Date, "2026-04-20")
        .help("自行發現或整合出新型威脅而應分享者填；主管機關已分享或已公開者留空")
        .law(LAW),
    Field::new("shared_on", "分享日", Kind::Date, "2026-04-21").law(LAW),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "intelligence",
    title: "資安情資評估",
    help: "情資之收受、分類、研判、因應、遮蔽與分享",
    group: Group::Incidents,
    reach: Reach::Security,
    names_row: "title",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[
        Raise {
            duty: "intelligence.analyse",
            on: "received_at",
            settled_on: "done_on",
            about: None,
            when: |_| true,
        },
        Raise {
            duty: "intelligence.protect",
            on: "received_at",
            settled_on: "protected_on",
            about: None,
            when: |_| true,
        },
        Raise {
            duty: "intelligence.share",
            on: "share_on",
            settled_on: "shared_on",
            about: None,
            when: |_| true,
        },
    ],
    ..RegisterSpec::TABLE
};

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let received = row.day_of("received_at");
    let early = |key: &str| {
        let (day, first) = (row.date(key)?, received?);
        (day < first).then(|| {
            let label = row.label(key);
            FieldProblem::new(key, format!("「{label}」不可早於「收件時間」，請更正其中之一"))
        })
    };
    let mut problems = found([
        early("analysed_on"),
        early("protected_on"),
        row.not_before("done_on", "analysed_on"),
        row.not_before("shared_on", "share_on"),
    ]);
    if !row.is_blank("analysed_on") {
        problems.extend(found([
            row.need("class", "研判時應分類"),
            row.need("assessment", "研判完成者應填研判及影響評估"),
        ]));
        problems.extend(match row.text("class") {
            "intrusion" => row.need("to_report", "入侵攻擊情資應判斷是否須通報事件"),
            "sensitive" => row.need("masking", "機敏性之情資應遮蔽、刪除或去識別"),
            "core" => row.need("core_impact", "涉及核心業務或系統者，應評估對其之影響"),
            _ => None,
        });
    }
    if !row.is_blank("done_on") {
        problems.extend(found([
            row.need("analysed_on", "研判完成後始得結束因應"),
            row.need("response", "因應完成者應填因應措施，無須因應者寫明理由"),
        ]));
    }
    if !row.is_blank("protected_on") {
        problems.extend(row.need("protection", "請填所採之保護措施"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let old = row.day_of("received_at").is_some_and(|day| day < book.today);
    let unreported = row.says("to_report") && row.is_blank("incident");
    found([
        (old && row.is_blank("analysed_on"))
            .then(|| Gap::missing("analysed_on", "尚未研判，請分類並評估影響")),
        (!row.is_blank("analysed_on") && row.is_blank("done_on"))
            .then(|| Gap::missing("done_on", "已研判而未完成因應，請辦理並填因應完成日")),
        unreported.then(|| Gap::wrong("incident", "研判須通報事件，請通報並選取所登錄之事件")),
    ])
}
