//! 變更: what is changed in programs, systems and their environment, and how it can be undone.
//!
//! Why an emergency may be approved afterwards: waiting would do the greater harm; it stays
//! listed until somebody approves. What it can't know: changes made past the procedure.

use crate::core::checks::{late, overdue};
use crate::core::{
    Book, Check, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, Lapse, NOTE, Proof, Record,
    RegisterSpec, found,
};

const LAW: &str = "information-security-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "變更單號", Kind::Text, "115-CH-001")
        .required()
        .synonyms(&["單號", "編號"]),
    Field::new("title", "變更主旨", Kind::Text, "公文系統更新附件元件")
        .required()
        .synonyms(&["主旨", "變更項目"]),
    Field::new("system", "資通系統", Kind::Reference("system"), "s1").synonyms(&["系統名稱"]),
    Field::new(
        "kind",
        "變更類別",
        Kind::Choice(&[
            ("source", "程式原始碼"),
            ("configuration", "系統組態"),
            ("operating_system", "作業系統"),
            ("database", "資料庫"),
            ("architecture", "系統架構"),
            ("environment", "作業環境"),
            ("network", "網路與資安設備"),
        ]),
        "source",
    )
    .required(),
    Field::new("emergency", "緊急變更", Kind::Flag, "false")
        .required()
        .help("不及事先核准者填「是」，事後補行核准"),
    Field::new("emergency_reason", "緊急理由", Kind::LongText, "弱點已遭利用。"),
    Field::new("applicant", "申請人", Kind::Text, "陳示範").required(),
    Field::new("requested_on", "申請日期", Kind::Date, "2026-06-01").required(),
    Field::new("reason", "變更原因", Kind::LongText, "元件已停止支援。")
        .expected()
        .law(LAW),
    Field::new(
        "impact",
        "影響評估",
        Kind::LongText,
        "停機三十分鐘，其他系統不受影響。",
    )
    .help("對作業、資安與其他系統之影響")
    .synonyms(&["影響分析"])
    .law(LAW),
    Field::new(
        "rollback",
        "回復方案",
        Kind::LongText,
        "還原前一版程式與資料庫快照。",
    )
    .synonyms(&["復原計畫", "退版方案"]),
    Field::new("approved_by", "核准人", Kind::Text, "張示範").synonyms(&["權責主管"]),
    Field::new("approved_on", "核准日期", Kind::Date, "2026-06-03"),
    Field::new("separate", "測試與正式環境分開", Kind::Flag, "true"),
    Field::new("tested_on", "測試日期", Kind::Date, "2026-06-05"),
    Field::new(
        "test_result",
        "測試結果",
        Kind::LongText,
        "功能與資安測試均通過。",
    )
    .help("無法測試者敘明理由"),
    Field::new("old_version", "保留之舊版", Kind::Text, "v2.3.1")
        .help("供緊急應變之舊版程式及其存放處")
        .synonyms(&["舊版程式", "前一版本"])
        .law(LAW),
    Field::new("new_version", "變更後版本", Kind::Text, "v2.4.0"),
    Field::new("scheduled_on", "預定上線日", Kind::Date, "2026-06-10"),
    Field::new("done_on", "實際上線日", Kind::Date, "2026-06-10").synonyms(&["完成日期", "變更日期"]),
    Field::new("done_by", "執行人", Kind::Text, "林示範"),
    Field::new(
        "result",
        "變更結果",
        Kind::Choice(&[
            ("success", "成功"),
            ("rolled_back", "已回復原版"),
            ("cancelled", "取消"),
        ]),
        "success",
    ),
    Field::new("documents_updated", "系統文件已更新", Kind::Flag, "true"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "change",
    title: "變更管理",
    help: "程式、系統與環境之變更：影響評估、回復方案、核准、測試、上線與舊版保留",
    group: Group::Systems,
    hands: &[Hand::Unit],
    names_row: "title",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "change.control",
        on: "done_on",
        until: &[],
        about: None,
        when: is_controlled,
    }],
    checks: &[
        Check {
            key: "change.apart",
            label: "變更於測試環境為之，與正式環境分開",
            from: "done_on",
            ends: "",
            ages: true,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |row| row.text("result") != "cancelled",
            holds: |row| row.flag("separate"),
        },
        Check {
            key: "change.versioned",
            label: "程式變更載明變更後版本",
            from: "done_on",
            ends: "",
            ages: true,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |row| row.text("kind") == "source" && row.text("result") != "cancelled",
            holds: |row| (!row.is_blank("new_version")).then_some(true),
        },
        Check {
            key: "change.old_kept",
            label: "程式變更保留舊版",
            from: "done_on",
            ends: "",
            ages: true,
            lapses: Lapse::Never,
            about: None,
            by: None,
            of: None,
            when: |row| row.text("kind") == "source" && row.text("result") != "cancelled",
            holds: |row| (!row.is_blank("old_version")).then_some(true),
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_controlled(row: &Record<'_>) -> bool {
    let filled = [
        "done_on",
        "approved_on",
        "approved_by",
        "impact",
        "rollback",
        "test_result",
    ];
    filled.iter().all(|key| !row.is_blank(key)) && row.text("result") != "cancelled"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("done_on", "requested_on"),
        row.not_before("approved_on", "requested_on"),
    ]);
    let emergency = row.says("emergency");
    if emergency {
        problems.extend(row.need("emergency_reason", "緊急變更應敘明不及事先核准之理由"));
    }
    if row.is_blank("done_on") {
        return problems;
    }
    problems.extend(found([
        row.need("impact", "上線前應評估影響"),
        row.need("rollback", "上線前應有回復方案"),
        row.need("done_by", "請載明執行上線之人"),
        row.need("result", "請載明變更結果"),
    ]));
    if row.text("kind") == "source" {
        problems.extend(row.need("old_version", "程式變更應保留舊版，供緊急應變"));
    }
    if !emergency {
        problems.extend(found([
            row.need("approved_by", "上線前應經核准；不及核准者，請改為緊急變更"),
            row.need("approved_on", "上線前應經核准；不及核准者，請改為緊急變更"),
            row.need("test_result", "上線前應測試；無法測試者敘明理由"),
            row.not_before("done_on", "approved_on"),
            row.not_before("done_on", "tested_on"),
        ]));
    }
    problems
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    if row.is_blank("done_on") {
        let waiting = late(row, book, "scheduled_on", "done_on") && row.text("result") != "cancelled";
        return waiting
            .then(|| overdue(row, book, "scheduled_on", "done_on"))
            .flatten()
            .into_iter()
            .collect();
    }
    found([
        row.is_blank("approved_on")
            .then(|| Gap::wrong("approved_on", "緊急變更已上線，請補行核准並填核准日期")),
        row.is_blank("test_result")
            .then(|| Gap::missing("test_result", "緊急變更已上線，請補行測試並填結果")),
        (row.flag("documents_updated") == Some(false))
            .then(|| Gap::hint("documents_updated", "變更已上線，請更新系統文件")),
    ])
}
