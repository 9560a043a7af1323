//! 資產盤點: a count of the inventory, what differed, and who confirmed it.
//!
//! Why the confirmation decides: a list that was walked through but that nobody answers for
//! proves nothing. What it can't know: assets that nobody looked for.

use crate::core::checks::{is_own_system, names, overdue, part};
use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Hand, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

const LAW: &str = "enforcement-rules";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "紀錄編號", Kind::Text, "115-IV-001")
        .required()
        .synonyms(&["編號"]),
    Field::new("year", "年度", Kind::Number, "115")
        .required()
        .help("民國年"),
    Field::new(
        "reason",
        "盤點事由",
        Kind::Choice(&[
            ("regular", "定期盤點"),
            ("replacement", "設備更新汰換"),
            ("notice", "接獲產品情資"),
            ("other", "其他"),
        ]),
        "regular",
    )
    .required(),
    Field::new("scope", "盤點範圍", Kind::Text, "全機關各單位")
        .required()
        .synonyms(&["範圍"])
        .law(LAW),
    Field::new("on", "盤點開始日", Kind::Date, "2026-09-01")
        .required()
        .synonyms(&["盤點日期"]),
    Field::new("due", "預定完成日", Kind::Date, "2026-09-30").synonyms(&["盤點期限"]),
    Field::new("by", "盤點人", Kind::Text, "林示範")
        .required()
        .synonyms(&["盤點人員", "承辦人"]),
    Field::new("total", "帳列數", Kind::Number, "128").synonyms(&["帳列數量", "應盤數"]),
    Field::new("matched", "相符數", Kind::Number, "125").synonyms(&["盤點相符"]),
    Field::new("missing", "短少數", Kind::Number, "3").synonyms(&["盤虧"]),
    Field::new("added", "帳外數", Kind::Number, "2").synonyms(&["盤盈", "新增數"]),
    Field::new(
        "differences",
        "差異情形及處理",
        Kind::LongText,
        "三部筆電已報廢未除帳，補辦除帳；二部新購補登。",
    )
    .synonyms(&["差異說明"]),
    Field::new("restricted_checked", "已檢核有無危害產品", Kind::Flag, "true")
        .help("盤點時一併檢核有無下載、安裝或使用危害國家資通安全產品")
        .law("product-review-regulation"),
    Field::new("restricted_found", "危害產品數", Kind::Number, "0").help("查有者登錄「危害產品」"),
    Field::new("custodians_confirmed", "資產管理人均已確認", Kind::Flag, "true")
        .help("管理人確認所管資產已造冊、分級、備份，重要者有存取控制"),
    Field::new("risk_assessed", "已併同評估風險", Kind::Flag, "true")
        .help("盤點結果已納入風險評估並決定處理方式"),
    Field::new("hosting_recorded", "各系統主機所在均已登錄", Kind::Flag, "true")
        .help("資通系統之「主機所在」與「主機管理單位」均已填寫者填「是」")
        .law("system-development-principles"),
    Field::new("list_updated_on", "清冊更新日", Kind::Date, "2026-09-28"),
    Field::new("confirmed_by", "確認人", Kind::Text, "張示範").help("單位主管或權責主管"),
    Field::new("confirmed_on", "確認日期", Kind::Date, "2026-09-30").synonyms(&["完成日期"]),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "inventory",
    title: "資產盤點紀錄",
    help: "定期或設備異動後之盤點：範圍、數量、差異、危害產品檢核與確認",
    group: Group::Assets,
    hands: &[Hand::Unit],
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["system"],
    rules: Some(rules),
    gaps: Some(gaps),
    proves: &[
        Proof {
            duty: "inventory.review",
            on: "confirmed_on",
            until: &[],
            about: None,
            when: is_confirmed,
        },
        Proof {
            duty: "inventory.risk",
            on: "confirmed_on",
            until: &[],
            about: None,
            when: |row| is_confirmed(row) && row.says("risk_assessed"),
        },
        Proof {
            duty: "asset.custody",
            on: "confirmed_on",
            until: &[],
            about: None,
            when: |row| is_confirmed(row) && row.says("custodians_confirmed"),
        },
        Proof {
            duty: "hosting.responsibility",
            on: "confirmed_on",
            until: &[],
            about: None,
            when: |row| is_confirmed(row) && row.says("hosting_recorded"),
        },
        Proof {
            duty: "product.ban",
            on: "confirmed_on",
            until: &[],
            about: None,
            when: |row| {
                is_confirmed(row)
                    && row.says("restricted_checked")
                    && row.number("restricted_found") == Some(0)
            },
        },
    ],
    ..RegisterSpec::TABLE
};

fn is_confirmed(row: &Record<'_>) -> bool {
    !row.is_blank("confirmed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("confirmed_on", "on"),
        row.not_before("list_updated_on", "on"),
        part(row, "matched", "total"),
    ]);
    let counts = (row.number("total"), row.number("matched"), row.number("missing"));
    if let (Some(total), Some(matched), Some(missing)) = counts
        && matched + missing != total
    {
        problems.push(FieldProblem::new(
            "total",
            format!("「相符數」{matched} 加「短少數」{missing} 應等於「帳列數」{total}，請更正"),
        ));
    }
    if is_confirmed(row) {
        let why = "確認前應完成盤點";
        problems.extend(found([
            row.need("confirmed_by", "請載明確認之主管"),
            row.need("total", why),
            row.need("matched", why),
            row.need("missing", why),
        ]));
        let differs = row.number("missing").unwrap_or_default() + row.number("added").unwrap_or_default() > 0;
        if differs {
            problems.extend(row.need("differences", "帳物不符者，確認前應查明並處理"));
        }
        if row.says("restricted_checked") {
            problems.extend(row.need("restricted_found", "已檢核者請填危害產品數，沒有者填 0"));
        }
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    if !row.says("hosting_recorded") {
        return Vec::new();
    }
    let open: Vec<&str> = book
        .all("system")
        .filter(|s| is_own_system(s) && (s.is_blank("hosting") || s.is_blank("host_keeper")))
        .map(|s| s.name())
        .collect();
    (!open.is_empty())
        .then(|| {
            let message = format!("尚未登錄主機所在或主機管理單位之系統：{}；請先補登", names(&open));
            FieldProblem::new("hosting_recorded", message)
        })
        .into_iter()
        .collect()
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let stale = is_confirmed(row) && row.is_blank("list_updated_on");
    found([
        overdue(row, book, "due", "confirmed_on"),
        stale.then(|| Gap::missing("list_updated_on", "盤點已確認，請更新資產清冊並填清冊更新日")),
    ])
}
