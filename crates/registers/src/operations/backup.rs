//! 備份計畫: what is backed up, how, how often, where to, and how it comes back.
//!
//! Why off-site and off-line are asked apart: fire takes the one, ransomware the other. What
//! it can't know: whether last night's run worked; its own report does.

use crate::core::checks::{is_core, past};
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Lapse, NOTE, Proof, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("name", "備份名稱", Kind::Text, "公文系統每日備份")
        .required()
        .synonyms(&["名稱", "備份項目"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").synonyms(&["系統名稱"]),
    Field::new(
        "content",
        "備份內容",
        Kind::Many(&[
            ("system", "完整系統"),
            ("configuration", "組態"),
            ("data", "資料"),
            ("source", "原始碼"),
        ]),
        r#"["system","configuration","data"]"#,
    )
    .expected()
    .law(LAW),
    Field::new(
        "method",
        "備份方式",
        Kind::Choice(&[
            ("full", "完整備份"),
            ("incremental", "增量備份"),
            ("differential", "差異備份"),
            ("snapshot", "快照"),
            ("replica", "即時複寫"),
        ]),
        "full",
    )
    .required()
    .synonyms(&["方式"]),
    Field::new("frequency", "備份頻率", Kind::Text, "每日")
        .required()
        .synonyms(&["週期", "頻率"])
        .law(LAW),
    Field::new(
        "rpo_hours",
        "資料可容忍損失時間（RPO，小時）",
        Kind::Decimal,
        "24",
    )
    .synonyms(&["RPO"]),
    Field::new("rto_hours", "復原時間目標（RTO，小時）", Kind::Decimal, "8").synonyms(&["RTO"]),
    Field::new("kept", "保留份數或期間", Kind::Text, "三十份").synonyms(&["保留期間"]),
    Field::new("location", "存放位置", Kind::Text, "機房備份主機")
        .expected()
        .sensitivity(Sensitivity::Confidential),
    Field::new("offsite", "異地存放", Kind::Flag, "true").expected(),
    Field::new("offsite_location", "異地位置", Kind::Text, "二辦備份櫃")
        .sensitivity(Sensitivity::Confidential),
    Field::new("offline", "離線存放", Kind::Flag, "true")
        .help("平時與網路分離，勒索軟體無從加密")
        .expected(),
    Field::new("encrypted", "備份已加密", Kind::Flag, "true"),
    Field::new("standby", "備援方案", Kind::LongText, "第二機房待命主機。").help("核心資通系統應有備援方案"),
    Field::new("recovery", "復原程序", Kind::LongText, "系統復原程序書第四版。")
        .help("核心資通系統應有復原程序；文件名稱或摘要"),
    Field::new("keeper", "負責人", Kind::Text, "林示範").expected(),
    Field::new("last_on", "最近備份日", Kind::Date, "2026-11-20").synonyms(&["最近一次備份"]),
    Field::new("last_ok", "最近備份成功", Kind::Flag, "true"),
    Field::new("next_test", "下次還原測試日", Kind::Date, "2027-03-31"),
    Field::new("ended_on", "停止日", Kind::Date, "2029-12-31"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "backup",
    title: "備份計畫",
    help: "各系統之備份內容、方式、頻率、存放與復原程序；還原測試另行登錄",
    group: Group::Operations,
    names_row: "name",
    identity: &["name"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["system", "restore_test"],
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "backup.keep",
            on: "last_on",
            until: &[],
            about: None,
            when: works,
        },
        Proof {
            duty: "continuity.prepare",
            on: "last_on",
            until: &[],
            about: Some("system"),
            when: |row| {
                let whole = ["system", "configuration", "data"];
                works(row)
                    && !row.is_blank("system")
                    && whole.iter().all(|part| row.list("content").contains(part))
                    && !row.is_blank("standby")
                    && !row.is_blank("recovery")
            },
        },
    ],
    checks: &[
        Check {
            key: "backup.encrypted",
            label: "備份已加密",
            from: "",
            ends: "ended_on",
            ages: false,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |_| true,
            holds: |row| row.says("encrypted").then_some(true),
        },
        Check {
            key: "backup.succeeded",
            label: "最近一次備份成功",
            ends: "ended_on",
            holds: |row| row.flag("last_ok"),
            ..Check::STATE
        },
        Check {
            key: "backup.offsite",
            label: "備份另存一份於異地",
            ends: "ended_on",
            holds: |row| row.flag("offsite"),
            ..Check::STATE
        },
        Check {
            key: "backup.tested",
            label: "還原測試未逾所定日期",
            ends: "ended_on",
            lapses: Lapse::After("next_test"),
            when: |row| !row.is_blank("next_test"),
            ..Check::STATE
        },
    ],
    ..RegisterSpec::TABLE
};

fn works(row: &Record<'_>) -> bool {
    !row.is_blank("last_on") && row.says("last_ok")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = Vec::new();
    if row.says("offsite") {
        problems.extend(row.need("offsite_location", "異地存放者，應載明異地位置"));
    }
    if !row.is_blank("last_on") {
        problems.extend(row.need("last_ok", "請載明最近一次備份是否成功"));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if past(row, book, "ended_on") {
        return Vec::new();
    }
    let system = book.of(row, "system");
    let core = system.as_ref().is_some_and(is_core);
    let tested = book
        .all("restore_test")
        .any(|t| t.text("backup") == row.id && t.text("result") == "success");
    let target = |key: &str| system.and_then(|s| s.decimal(key));
    let slow = row
        .decimal("rpo_hours")
        .zip(target("rpo_hours"))
        .is_some_and(|(own, wanted)| own > wanted);
    found([
        (row.flag("last_ok") == Some(false))
            .then(|| Gap::wrong("last_ok", "最近一次備份失敗，請排除後更新最近備份日")),
        (row.flag("offline") == Some(false) && row.flag("offsite") == Some(false))
            .then(|| Gap::wrong("offline", "備份既未異地亦未離線存放，請至少擇一辦理")),
        (core && row.is_blank("standby"))
            .then(|| Gap::missing("standby", "核心資通系統應有備援方案，請填寫")),
        (core && row.is_blank("recovery"))
            .then(|| Gap::missing("recovery", "核心資通系統應有復原程序，請填寫")),
        (!tested).then(|| Gap::missing("", "尚無成功之還原測試，請辦理並登錄還原測試")),
        (tested && past(row, book, "next_test"))
            .then(|| Gap::wrong("next_test", "已逾下次還原測試日，請辦理還原測試並更新日期")),
        slow.then(|| {
            Gap::wrong(
                "rpo_hours",
                "備份之可容忍損失時間長於資通系統所定，請提高頻率或調整系統所定值",
            )
        }),
    ])
}
