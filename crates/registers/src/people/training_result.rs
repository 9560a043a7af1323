//! 訓練時數及證照結算: whether everybody who must has had the hours, or holds the papers.
//!
//! Why closing is guarded: the duty is done only when each of them has, and the hours are
//! summed from the attendance, not from what somebody writes here. Why certificates close
//! here too: one person's certificate proves nothing for the others. What it can't know:
//! staff who aren't entered as persons.

use crate::core::{
    Book, Bound, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, Limit, NOTE, Proof, Record, RegisterSpec,
    found,
};

const LAW: &str = "classification-regulation";

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("title", "名稱", Kind::Text, "115年度資安通識教育訓練結算").required(),
    Field::new(
        "kind",
        "結算項目",
        Kind::Choice(&[
            ("general", "通識教育訓練（專職人員以外之全體）"),
            ("it", "資訊人員專業訓練"),
            ("dedicated", "專職人員專業訓練"),
            ("certificate", "專職人員證照及證書"),
        ]),
        "general",
    )
    .required()
    .law(LAW),
    Field::new("from", "統計起日", Kind::Date, "2026-01-01")
        .required()
        .help("通識與專職人員為一年，資訊人員專業訓練依其週期；證照填統計迄日同一天亦可"),
    Field::new("until", "統計迄日", Kind::Date, "2026-12-31").required(),
    Field::new("exempt", "不列計人員", Kind::References("person"), r#"["p9"]"#)
        .help("留職停薪、期間內到職等不列計者"),
    Field::new(
        "exempt_reason",
        "不列計原因",
        Kind::LongText,
        "全年育嬰留職停薪。",
    ),
    Field::new("people", "應達成人數", Kind::Number, "85").synonyms(&["應訓人數"]),
    Field::new("closed_on", "結算日", Kind::Date, "2026-12-31")
        .help("全員達成後填；尚有人未達成時，系統列出其姓名"),
    Field::new("closed_by", "結算人", Kind::Text, "林示範"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "training_result",
    title: "訓練時數及證照結算",
    help: "年終依人員與簽到核算各類訓練時數、專職人員證照；全員達成始得結算",
    group: Group::People,
    names_row: "title",
    identity: &["kind", "from", "until"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["person", "attendance", "certificate"],
    rules: Some(rules),
    gaps: Some(gaps),
    limits_on: &["until"],
    limits: &[
        Limit {
            parameter: "training.general_hours",
            judge: general,
        },
        Limit {
            parameter: "training.it_hours",
            judge: it,
        },
        Limit {
            parameter: "training.professional_hours",
            judge: dedicated,
        },
        Limit {
            parameter: "training.general_interval",
            judge: |row, bound, _| too_long(row, bound, "general"),
        },
        Limit {
            parameter: "training.it_interval",
            judge: |row, bound, _| too_long(row, bound, "it"),
        },
        Limit {
            parameter: "training.dedicated_interval",
            judge: |row, bound, _| too_long(row, bound, "dedicated"),
        },
        Limit {
            parameter: "certificate.count",
            judge: certificates,
        },
    ],
    proves: &[
        proof("training.general", |row| {
            row.text("kind") == "general" && is_closed(row)
        }),
        proof("training.it_staff", |row| {
            row.text("kind") == "it" && is_closed(row)
        }),
        proof("training.dedicated", |row| {
            row.text("kind") == "dedicated" && is_closed(row)
        }),
        Proof {
            duty: "certificate.dedicated",
            on: "closed_on",
            until: &[],
            about: None,
            when: |row| row.text("kind") == "certificate" && is_closed(row),
        },
    ],
    ..RegisterSpec::TABLE
};

/// Proof on the last day of the period: a year that is closed in January is still that year.
const fn proof(duty: &'static str, when: fn(&Record<'_>) -> bool) -> Proof {
    Proof {
        duty,
        on: "until",
        until: &[],
        about: None,
        when,
    }
}

fn is_closed(row: &Record<'_>) -> bool {
    !row.is_blank("closed_on")
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let mut problems = found([
        row.not_before("until", "from"),
        row.not_before("closed_on", "until"),
    ]);
    if !row.is_blank("exempt") {
        problems.extend(row.need("exempt_reason", "有不列計人員者，應敘明原因"));
    }
    if is_closed(row) {
        problems.extend(row.need("people", "結算時應填應達成人數，沒有應達成者填 0"));
    }
    problems
}

/// Whether a person must reach what a row settles.
fn is_subject(row: &Record<'_>, person: &Record<'_>) -> bool {
    let (dedicated, it_staff) = (person.says("dedicated"), person.says("it_staff"));
    let kind = match row.text("kind") {
        "general" => !dedicated,
        "it" => it_staff && !dedicated,
        _ => dedicated,
    };
    let until = row.date("until");
    let here = person.date("left_on").is_none_or(|left| Some(left) > until);
    let joined = person.date("joined_on").is_none_or(|day| Some(day) <= until);
    kind && here && joined && !row.list("exempt").contains(&person.id)
}

fn subjects<'a>(row: &'a Record<'a>, book: &'a Book<'a>) -> impl Iterator<Item = Record<'a>> {
    book.all("person").filter(move |person| is_subject(row, person))
}

fn rules(row: &Record<'_>, book: &Book<'_>) -> Vec<FieldProblem> {
    if !is_closed(row) {
        return Vec::new();
    }
    let counted = u64::try_from(subjects(row, book).count()).unwrap_or_default();
    let nobody = counted == 0 && row.text("kind") == "general";
    let differs = row.number("people").is_some_and(|people| people != counted);
    found([
        nobody.then(|| FieldProblem::new("closed_on", "「人員」沒有應受訓者，請先登錄人員再結算")),
        differs.then(|| {
            FieldProblem::new(
                "people",
                format!("依「人員」應達成者為 {counted} 人，請更正人數，或補登人員"),
            )
        }),
    ])
}

fn general(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    short_of_hours(row, bound, book, "general", &["general"])
}

fn it(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    short_of_hours(row, bound, book, "it", &["professional", "competence"])
}

fn dedicated(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    short_of_hours(row, bound, book, "dedicated", &["professional", "competence"])
}

/// Hours of several periods must not be added up to those of one.
fn too_long(row: &Record<'_>, bound: &Bound, kind: &str) -> Option<FieldProblem> {
    if row.text("kind") != kind {
        return None;
    }
    let (from, until) = (row.date("from")?, row.date("until")?);
    let days = from.until(until).ok()?.get_days();
    // Both ends count, and a leap year has a day more: these two just meet.
    (f64::from(days) > bound.days?)
        .then(|| FieldProblem::new("until", format!("統計期間長於 {}，請分期結算", bound.words)))
}

/// The persons whose hours within the period are fewer than the law asks.
fn short_of_hours(
    row: &Record<'_>,
    bound: &Bound,
    book: &Book<'_>,
    kind: &str,
    categories: &[&str],
) -> Option<FieldProblem> {
    if row.text("kind") != kind || !is_closed(row) {
        return None;
    }
    let least = bound.number?;
    let (from, until) = (row.date("from"), row.date("until"));
    let hours = |person: &str| -> f64 {
        book.all("attendance")
            .filter(|seat| seat.text("person") == person && categories.contains(&seat.text("category")))
            .filter(|seat| seat.date("held_on") >= from && seat.date("held_on") <= until)
            .filter_map(|seat| seat.decimal("hours"))
            .sum()
    };
    let missing: Vec<&str> = subjects(row, book)
        .filter(|person| hours(person.id) < least)
        .map(|person| person.name())
        .collect();
    open(
        &missing,
        &format!("時數未達 {}", bound.words),
        "請補訓並登錄簽到後再結算",
    )
}

/// The persons who hold fewer valid papers of either class than the law asks.
fn certificates(row: &Record<'_>, bound: &Bound, book: &Book<'_>) -> Option<FieldProblem> {
    if row.text("kind") != "certificate" || !is_closed(row) {
        return None;
    }
    let (least, until) = (bound.number?, row.date("until"));
    let enough = |person: &str, class: &str| {
        let valid = book.all("certificate").filter(|paper| {
            paper.text("person") == person
                && paper.text("class") == class
                && paper.date("issued_on") <= until
                && paper.date("expires_on").is_none_or(|last| Some(last) >= until)
        });
        u32::try_from(valid.count()).is_ok_and(|count| f64::from(count) >= least)
    };
    let missing: Vec<&str> = subjects(row, book)
        .filter(|person| !enough(person.id, "license") || !enough(person.id, "competence"))
        .map(|person| person.name())
        .collect();
    open(
        &missing,
        &format!("有效證照或證書未各達 {}", bound.words),
        "請取得並登錄證照及證書後再結算",
    )
}

fn open(missing: &[&str], what: &str, remedy: &str) -> Option<FieldProblem> {
    (!missing.is_empty()).then(|| {
        let names = missing.join("、");
        FieldProblem::new("closed_on", format!("{names} {what}，{remedy}"))
    })
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let over = row.date("until").is_some_and(|until| until < book.today);
    found([(over && !is_closed(row))
        .then(|| Gap::missing("closed_on", "統計期間已過而未結算，請確認全員達成後填結算日"))])
}
