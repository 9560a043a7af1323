//! 資通安全稽核: the plan of an audit, its notice, its team and its result.
//!
//! Why the team is compared with the units: nobody audits his own work. Why the notice is a
//! limit: how many days is for the law and the agency's plan. What it can't know: how a
//! person is tied to a unit otherwise; the auditor's own declaration says so.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Raise, Record,
    RegisterSpec, found,
};

const LAW: &str = "audit-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-AU-01").required(),
    Field::new("title", "稽核名稱", Kind::Text, "115年度內部資通安全稽核")
        .required()
        .synonyms(&["名稱", "計畫名稱"]),
    Field::new(
        "kind",
        "類別",
        Kind::Choice(&[
            ("internal", "內部稽核"),
            ("after_change", "重大變更後之內部稽核"),
            ("subordinate", "對所屬或監督機關之稽核"),
        ]),
        "internal",
    )
    .required(),
    Field::new(
        "purpose",
        "依據與目的",
        Kind::LongText,
        "依維護計畫辦理，確認控制措施之落實。",
    )
    .expected()
    .law(LAW),
    Field::new(
        "scope",
        "稽核範圍",
        Kind::LongText,
        "資訊科、會計室；公文系統；機房。",
    )
    .required()
    .help("單位、系統與地點")
    .law(LAW),
    Field::new("units", "受稽單位", Kind::List, r#"["會計室","資訊科"]"#)
        .expected()
        .help("一行一個，單位名稱與「人員」所填一致")
        .synonyms(&["受稽核單位"]),
    Field::new("focus", "重點領域", Kind::LongText, "帳號管理、委外管理。"),
    Field::new(
        "criteria",
        "稽核基準與項目",
        Kind::LongText,
        "維護計畫、附表之應辦事項及控制措施。",
    )
    .expected()
    .synonyms(&["稽核準則", "稽核項目"])
    .law(LAW),
    Field::new(
        "method",
        "稽核方式",
        Kind::LongText,
        "訪談、文件檢視、實地查看；抽樣十分之一。",
    )
    .expected()
    .help("含抽樣方式")
    .law(LAW),
    Field::new("leader", "稽核組長", Kind::Reference("person"), "p1").expected(),
    Field::new(
        "team",
        "稽核小組成員",
        Kind::References("person"),
        r#"["p1","p2"]"#,
    )
    .help("本機關之稽核員，含組長"),
    Field::new("outsiders", "外聘委員", Kind::List, r#"["周示範"]"#)
        .help("一行一人；其基本資料與切結登錄於稽核人員"),
    Field::new(
        "composition",
        "小組組成方式",
        Kind::LongText,
        "由政風、會計與資訊單位派員組成。",
    )
    .law(LAW),
    Field::new(
        "secrecy",
        "保密義務",
        Kind::LongText,
        "稽核人員應簽署保密切結，資料於結案後返還。",
    )
    .expected()
    .law(LAW),
    Field::new(
        "selection",
        "受稽核機關遴選原則",
        Kind::LongText,
        "依責任等級與前次結果擇定。",
    )
    .help("稽核所屬或監督機關者填")
    .law(LAW),
    Field::new(
        "assistance",
        "受稽單位協助事項",
        Kind::LongText,
        "指派陪同人員，備妥文件。",
    ),
    Field::new(
        "previous",
        "前次稽核結果",
        Kind::LongText,
        "前次缺失二項，本次複查。",
    )
    .help("納入本次稽核之事項"),
    Field::new(
        "schedule",
        "日程",
        Kind::LongText,
        "九時起始會議；十時會計室；十四時資訊科；十六時結束會議。",
    )
    .law(LAW),
    Field::new("approved_on", "計畫核定日", Kind::Date, "2026-10-20").expected(),
    Field::new("changed_on", "重大變更或改造日", Kind::Date, "2026-09-01").help("重大變更後之稽核填"),
    Field::new("notified_on", "通知日", Kind::Date, "2026-10-27")
        .expected()
        .help("書面通知受稽單位之日")
        .synonyms(&["通知日期"]),
    Field::new(
        "late_notice",
        "未及通知之原因",
        Kind::LongText,
        "配合主管機關期程提前辦理。",
    )
    .help("稽核已辦理而通知日數不足者，敘明原因"),
    Field::new("from", "稽核起日", Kind::Date, "2026-11-16")
        .required()
        .synonyms(&["稽核日期", "起日"]),
    Field::new("until", "稽核迄日", Kind::Date, "2026-11-17")
        .required()
        .synonyms(&["迄日"]),
    Field::new("done_on", "稽核完成日", Kind::Date, "2026-11-17").help("各項目稽核完畢之日"),
    Field::new(
        "result",
        "總評",
        Kind::LongText,
        "大致符合；部分符合二項、不符合一項。",
    )
    .synonyms(&["稽核結果", "結果摘要"]),
    Field::new("reported_on", "結果報告日", Kind::Date, "2026-11-20").help("結果報告完成之日"),
    Field::new(
        "reported_to_ciso_on",
        "呈報資通安全長日",
        Kind::Date,
        "2026-11-21",
    )
    .synonyms(&["呈報資安長日期"]),
    Field::new("delivered_on", "交付受稽核機關日", Kind::Date, "2026-11-25")
        .help("稽核所屬或監督機關者填")
        .law(LAW),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "audit",
    title: "資通安全稽核",
    help: "稽核計畫、通知、稽核小組與結果報告；稽核人員不得稽核所屬單位",
    group: Group::Audit,
    names_row: "title",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["person", "auditor"],
    rules: Some(rules),
    gaps: Some(gaps),
    limits_on: &["from"],
    limits: &[
        Limit {
            parameter: "audit.notice",
            judge: short_notice,
        },
        Limit {
            parameter: "audit.team_size",
            judge: small_team,
        },
    ],
    proves: &[
        Proof {
            duty: "audit.internal",
            on: "done_on",
            until: &[],
            about: None,
            when: |row| !is_subordinate(row) && !row.is_blank("reported_to_ciso_on"),
        },
        proof("audit.subordinates"),
        proof("audit.oversee"),
    ],
    raises: &[
        Raise {
            duty: "audit.report",
            on: "done_on",
            settled_on: "reported_to_ciso_on",
            about: None,
            when: |row| !is_subordinate(row),
        },
        Raise {
            duty: "audit.result_report",
            on: "done_on",
            settled_on: "delivered_on",
            about: None,
            when: is_subordinate,
        },
        Raise {
            duty: "audit.after_change",
            on: "changed_on",
            settled_on: "done_on",
            about: None,
            when: |row| row.text("kind") == "after_change",
        },
    ],
    ..RegisterSpec::TABLE
};

const fn proof(duty: &'static str) -> Proof {
    Proof {
        duty,
        on: "done_on",
        until: &[],
        about: None,
        when: |row| is_subordinate(row) && !row.is_blank("reported_on"),
    }
}

fn is_subordinate(row: &Record<'_>) -> bool {
    row.text("kind") == "subordinate"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("notified_on", "approved_on"),
        row.not_before("from", "notified_on"),
        row.not_before("done_on", "from"),
        row.not_before("reported_on", "done_on"),
        row.not_before("reported_to_ciso_on", "done_on"),
        row.not_before("delivered_on", "reported_on"),
    ]);
    if ["reported_on", "reported_to_ciso_on"]
        .iter()
        .any(|key| !row.is_blank(key))
    {
        problems.extend(found([
            row.need("done_on", "稽核完成後始得提報結果"),
            row.need("result", "提報前應填總評"),
        ]));
    }
    problems
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    let units = row.list("units");
    let team: Vec<Record<'_>> = row
        .list("team")
        .into_iter()
        .filter_map(|id| book.find("person", id))
        .collect();
    let mut problems = Vec::new();
    if let [only] = units.as_slice() {
        let own = team.iter().find(|person| person.text("unit") == *only);
        problems.extend(own.map(|person| {
            let name = person.name();
            FieldProblem::new(
                "team",
                format!("{name} 屬受稽單位「{only}」，不得稽核所屬單位，請改派他單位人員"),
            )
        }));
        return problems;
    }
    // With several units, members may audit each other's; each unit needs somebody from outside it.
    if !team.is_empty() && row.is_blank("outsiders") {
        let closed = units
            .iter()
            .find(|unit| team.iter().all(|person| person.text("unit") == **unit));
        problems.extend(closed.map(|unit| {
            FieldProblem::new(
                "team",
                format!("稽核小組均屬「{unit}」，無人得稽核該單位，請加派他單位人員"),
            )
        }));
    }
    problems
}

fn short_notice(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    let (notified, from) = (row.date("notified_on")?, row.date("from")?);
    let days = f64::from(notified.until(from).ok()?.get_days());
    let least = bound.number.or(bound.days)?;
    if days >= least {
        return None;
    }
    // What was already held can't be moved; that the notice was short has to be explained.
    let held = from < book.today;
    if held && !row.is_blank("late_notice") {
        return None;
    }
    let (field, remedy) = if held {
        ("late_notice", "請敘明未及通知之原因")
    } else {
        ("from", "請延後稽核日期")
    };
    Some(FieldProblem::new(
        field,
        format!("通知日距稽核起日 {days} 日，少於應有之 {}，{remedy}", bound.words),
    ))
}

fn small_team(row: &Record<'_>, bound: &Bound, _: &Book<'_>) -> Option<FieldProblem> {
    let people = row.list("team").len() + row.list("outsiders").len();
    let small = f64::from(u32::try_from(people).ok()?) < bound.number?;
    (is_subordinate(row) && small).then(|| {
        FieldProblem::new(
            "team",
            format!("稽核小組 {people} 人，少於應有之 {}，請加派人員", bound.words),
        )
    })
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let over = row.date("until").is_some_and(|until| until < book.today);
    let near = row.date("from").is_some_and(|from| from <= book.today);
    let signed = |id: &str| {
        book.all("auditor").any(|paper| {
            paper.text("audit") == row.id && paper.text("person") == id && !paper.is_blank("signed_on")
        })
    };
    let unsigned: Vec<&str> = row
        .list("team")
        .into_iter()
        .filter(|id| !signed(id))
        .filter_map(|id| book.find("person", id))
        .map(|person| person.name())
        .collect();
    found([
        (near && row.is_blank("team") && row.is_blank("outsiders"))
            .then(|| Gap::missing("team", "尚未登錄稽核小組成員")),
        (near && !unsigned.is_empty()).then(|| {
            let names = unsigned.join("、");
            Gap::missing(
                "team",
                format!("{names} 尚未簽署聘任同意暨保密切結書，請於稽核人員登錄"),
            )
        }),
        (over && row.is_blank("done_on"))
            .then(|| Gap::wrong("done_on", "稽核期間已過，請填稽核完成日，或更正稽核日期")),
    ])
}
