//! 教育訓練課程: a session that was held, its hours and who taught it.
//!
//! Why apart from attendance: a session has one lecturer and many listeners. What it can't
//! know: who came; its attendance rows say so.

use crate::core::{
    Book, EVIDENCE, Field, FieldProblem, Gap, Group, Kind, NOTE, Proof, Record, RegisterSpec, found,
};

/// What a course counts as: (as stored, as shown).
pub const CATEGORIES: &[(&str, &str)] = &[
    ("general", "資通安全通識"),
    ("professional", "資通安全專業"),
    ("competence", "資通安全職能"),
    ("other", "其他"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("number", "課程編號", Kind::Text, "115-TR-01").synonyms(&["編號"]),
    Field::new("title", "課程名稱", Kind::Text, "社交工程防範實務")
        .required()
        .synonyms(&["課程", "名稱"]),
    Field::new("category", "類別", Kind::Choice(CATEGORIES), "general")
        .required()
        .synonyms(&["課程類別"]),
    Field::new("held_on", "上課日期", Kind::Date, "2026-04-16")
        .required()
        .synonyms(&["日期", "辦理日期"]),
    Field::new("ended_on", "結束日期", Kind::Date, "2026-04-16").help("一日以上之課程，填最後一天"),
    Field::new("time", "起訖時間", Kind::Text, "09:00－12:00").synonyms(&["時間"]),
    Field::new("hours", "時數", Kind::Decimal, "3")
        .required()
        .synonyms(&["課程時數"]),
    Field::new("place", "地點", Kind::Text, "第一會議室").help("線上課程填平臺名稱"),
    Field::new("online", "線上課程", Kind::Flag, "false"),
    Field::new("lecturer", "講師", Kind::Text, "王示範").expected(),
    Field::new("organiser", "主辦單位", Kind::Text, "資訊科").synonyms(&["辦理單位"]),
    Field::new("audience", "對象", Kind::Text, "全體同仁"),
    Field::new("expected_people", "應到人數", Kind::Number, "86").synonyms(&["應到"]),
    Field::new("present_people", "實到人數", Kind::Number, "84").synonyms(&["實到", "參加人數"]),
    Field::new("evaluation", "評量方式", Kind::Text, "課後測驗"),
    Field::new("certified_by", "認證機構", Kind::Text, "示範人員訓練中心").help("職能訓練者，填其認證機構"),
    Field::new("cost", "經費", Kind::Decimal, "12000").help("新臺幣元"),
    EVIDENCE,
    NOTE,
];

/// The register.
pub const SPEC: RegisterSpec = RegisterSpec {
    key: "training",
    title: "教育訓練課程",
    help: "已辦理或排定之資安教育訓練課程；出席與時數登錄於訓練簽到",
    group: Group::People,
    names_row: "title",
    identity: &["title", "held_on"],
    fields: FIELDS,
    validate: Some(validate),
    looks_at: &["attendance"],
    gaps: Some(gaps),
    proves: &[Proof {
        duty: "staff.develop",
        on: "held_on",
        until: &[],
        about: None,
        when: develops_staff,
    }],
    ..RegisterSpec::TABLE
};

fn develops_staff(row: &Record<'_>) -> bool {
    let special = ["professional", "competence"].contains(&row.text("category"));
    special && row.number("present_people") > Some(0)
}

fn validate(row: &Record<'_>) -> Vec<FieldProblem> {
    let none = row.decimal("hours").is_some_and(|hours| hours <= 0.0);
    found([
        none.then(|| FieldProblem::new("hours", "「時數」應大於零，請更正")),
        row.not_before("ended_on", "held_on"),
    ])
}

fn gaps(row: &Record<'_>, book: &Book<'_>) -> Vec<Gap> {
    let last = row.date("ended_on").or_else(|| row.date("held_on"));
    if last.is_none_or(|last| last >= book.today) {
        return Vec::new();
    }
    let came = || {
        book.all("attendance")
            .filter(|seat| seat.text("training") == row.id && seat.text("status") != "absent")
            .filter(|seat| seat.text("status") != "leave")
    };
    let counted = u64::try_from(came().count()).ok();
    let differs = counted > Some(0) && row.number("present_people").is_some_and(|n| Some(n) != counted);
    found([
        came()
            .next()
            .is_none()
            .then(|| Gap::missing("", "課程已結束而沒有簽到紀錄，請登錄或匯入訓練簽到")),
        differs.then(|| {
            let counted = counted.unwrap_or_default();
            Gap::hint(
                "present_people",
                format!("實到人數與簽到紀錄之 {counted} 人不符，請核對"),
            )
        }),
    ])
}
