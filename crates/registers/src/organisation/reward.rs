//! 獎懲: what somebody did for or against cyber-security, and what followed.
//!
//! Why hearing comes before punishment: nobody is punished unheard. Why restricted: this is
//! about persons, and only those who decide need it. What it can't know: which standard is
//! right for an agency; two are in use, so the row names its own.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Raise, Reach, Record, RegisterSpec,
    Sensitivity, found,
};

const LAW: &str = "personnel-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "編號", Kind::Text, "115-RD-001").required(),
    Field::new("person_name", "姓名", Kind::Text, "陳示範")
        .required()
        .synonyms(&["當事人", "受獎懲人"])
        .sensitivity(Sensitivity::Personal),
    Field::new("unit", "單位", Kind::Text, "資訊科").synonyms(&["服務單位"]),
    Field::new("position", "職稱", Kind::Text, "管理師"),
    Field::new(
        "kind",
        "獎懲別",
        Kind::Choice(&[("reward", "獎勵"), ("discipline", "懲處")]),
        "discipline",
    )
    .required()
    .synonyms(&["類別"])
    .law(LAW),
    Field::new("fact_on", "事實發生日", Kind::Date, "2026-05-04")
        .required()
        .synonyms(&["發生日期"]),
    Field::new(
        "facts",
        "事實及經過",
        Kind::LongText,
        "未依規定將資料上傳至未經核可之雲端空間。",
    )
    .required()
    .help("事實、原因、經過與影響")
    .synonyms(&["事實", "具體事蹟"])
    .sensitivity(Sensitivity::Personal),
    Field::new(
        "basis",
        "適用基準",
        Kind::Text,
        "公務機關所屬人員資通安全事項獎懲辦法",
    )
    .expected()
    .help("所依之獎懲辦法、基準或要點")
    .synonyms(&["依據"]),
    Field::new("proposal", "擬議獎懲", Kind::Text, "申誡一次").synonyms(&["建議獎懲"]),
    Field::new("proposed_on", "擬議日", Kind::Date, "2026-05-20"),
    Field::new("heard_on", "陳述或申辯日", Kind::Date, "2026-05-27")
        .help("懲處作成前給予陳述或申辯之日；放棄者填其表示放棄或期限屆滿之日")
        .law(LAW),
    Field::new(
        "statement",
        "陳述或申辯摘要",
        Kind::LongText,
        "當事人表示不知悉規定。",
    )
    .help("放棄者寫「放棄」")
    .sensitivity(Sensitivity::Personal),
    Field::new("expert", "專家學者意見", Kind::LongText, "尚不涉資安專業。").help("涉及資安專業時徵詢"),
    Field::new("decided_on", "核定日", Kind::Date, "2026-06-10").synonyms(&["獎懲日期"]),
    Field::new("result", "核定結果", Kind::Text, "口頭告誡並補訓三小時")
        .synonyms(&["獎懲結果"])
        .sensitivity(Sensitivity::Personal),
    Field::new("document_no", "獎懲令號", Kind::Text, "府人字第1150000000號").synonyms(&["文號"]),
    Field::new("appraised_on", "納入平時考核日", Kind::Date, "2026-08-31")
        .help("約聘僱人員者，填納入續聘參考之日")
        .law(LAW),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "reward",
    title: "資安獎懲",
    help: "所屬人員資安事項之獎勵與懲處：事實、適用基準、陳述申辯、核定，及納入平時考核之情形",
    group: Group::Organisation,
    reach: Reach::Restricted,
    names_row: "number",
    identity: &["number"],
    fields: FIELDS,
    validate: Some(validate),
    gaps: Some(gaps),
    raises: &[
        Raise {
            duty: "personnel.reward",
            on: "fact_on",
            settled_on: "decided_on",
            about: None,
            when: always,
        },
        Raise {
            duty: "personnel.statement",
            on: "proposed_on",
            settled_on: "heard_on",
            about: None,
            when: is_discipline,
        },
        Raise {
            duty: "personnel.appraisal",
            on: "decided_on",
            settled_on: "appraised_on",
            about: None,
            when: always,
        },
    ],
    ..RegisterSpec::TABLE
};

fn always(_: &Record<'_>) -> bool {
    true
}

fn is_discipline(row: &Record<'_>) -> bool {
    row.text("kind") == "discipline"
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("proposed_on", "fact_on"),
        row.not_before("decided_on", "fact_on"),
        row.not_before("decided_on", "proposed_on"),
        row.not_before("appraised_on", "decided_on"),
    ]);
    if !row.is_blank("decided_on") {
        problems.extend(row.need("result", "已核定者應填結果"));
        if is_discipline(row) {
            problems.extend(found([
                row.need("heard_on", "作成懲處前應給予當事人陳述或申辯之機會"),
                row.need("statement", "請摘要當事人之陳述或申辯，放棄者寫「放棄」"),
                row.not_before("decided_on", "heard_on"),
            ]));
        }
    }
    problems
}

fn gaps(row: &Record<'_>, _: &Book<'_>) -> Vec<Gap> {
    let unused = !row.is_blank("decided_on") && row.is_blank("appraised_on");
    found([unused.then(|| Gap::hint("appraised_on", "獎懲已核定，請於辦理平時考核或續聘時納入並填日期"))])
}
