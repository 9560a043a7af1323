//! The registers as a page for people: what is checked in under `docs/reference`.
//!
//! Why generated: whoever writes a file, a program or a form needs the same table that judges
//! it. What it can't know: the limits' values; those are the law's.

use crate::catalogue::catalogue;
use crate::core::{Field, Kind, Reach, RegisterSpec, Sensitivity};
use std::fmt::Write as _;

/// Every register with its fields, as Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# 登記簿\n\n由程式產生，請勿手改；測試比對本檔與程式。欄位依表單之順序；各角色之權限見\
         [權限表](permissions.md)。\n",
    );
    let mut group = None;
    for spec in catalogue() {
        if group != Some(spec.group) {
            group = Some(spec.group);
            let _ = write!(page, "\n## {}\n", spec.group.title());
        }
        register(&mut page, spec);
    }
    page
}

fn register(page: &mut String, spec: &RegisterSpec) {
    let _ = write!(
        page,
        "\n### {}（`{}`）\n\n{}。\n\n",
        spec.title, spec.key, spec.help
    );
    let mut line = |label: &str, said: String| {
        if !said.is_empty() {
            let _ = writeln!(page, "- {label}：{said}");
        }
    };
    line("格式版本", spec.v.to_string());
    line("閱覽範圍", reach(spec.reach).to_owned());
    line("經手", titles(spec.hands.iter().map(|hand| hand.title())));
    line("定版", spec.flow.title().to_owned());
    line("名稱欄位", code([spec.names_row]));
    line("辨識同一筆", code(spec.identity.iter().copied()));
    line("單獨足以辨識", code(spec.own_number));
    let rules = [
        (spec.typed.is_some() || spec.validate.is_some(), "欄位之間"),
        (spec.rules.is_some(), "與其他紀錄之間"),
        (spec.gaps.is_some(), "體檢"),
    ];
    line(
        "檢核",
        titles(
            rules
                .into_iter()
                .filter(|(there, _)| *there)
                .map(|(_, what)| what),
        ),
    );
    line("檢核時參照", code(spec.looks_at.iter().copied()));
    line("法規限制", code(each(spec.limits.iter().map(|l| l.parameter))));
    line("限制依何日之法規", code(spec.limits_on.iter().copied()));
    line("可證明之應辦事項", code(each(spec.proves.iter().map(|p| p.duty))));
    line(
        "計為",
        titles(spec.tallies.iter().filter_map(|t| facts::counted_label(t.what))),
    );
    line(
        "使期限重新起算之異動",
        titles(spec.alters.iter().filter_map(|a| facts::alteration_label(a.what))),
    );
    line("引發之應辦事項", code(each(spec.raises.iter().map(|r| r.duty))));
    page.push_str("\n| 欄位 | 代號 | 種類 | 必填 | 敏感性 | 說明 |\n| --- | --- | --- | --- | --- | --- |\n");
    for f in spec.fields {
        let needed = match (f.required, f.expected) {
            (true, _) => "必填",
            (false, true) => "應填",
            (false, false) => "",
        };
        let _ = writeln!(
            page,
            "| {} | `{}` | {} | {needed} | {} | {} |",
            cell(f.label),
            f.key,
            cell(&kind(f)),
            sensitivity(f.sensitivity),
            cell(f.help)
        );
    }
}

fn titles<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join("、")
}

fn code<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    let keys: Vec<String> = keys.into_iter().map(|key| format!("`{key}`")).collect();
    keys.join("、")
}

/// Each once, in its order.
fn each<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut once = Vec::new();
    for key in keys {
        if !once.contains(&key) {
            once.push(key);
        }
    }
    once
}

/// A text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Agency => "本機關",
        Reach::Security => "辦理資安者",
        Reach::Restricted => "資安專責人員與資通安全長",
        Reach::System => "系統",
    }
}

fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Public => "公開",
        Sensitivity::Internal => "內部",
        Sensitivity::Personal => "個資",
        Sensitivity::Confidential => "機敏",
    }
}

fn kind(field: &Field) -> String {
    let choices = |items: &[(&str, &str)]| {
        let items: Vec<String> = items
            .iter()
            .map(|(stored, shown)| format!("`{stored}` {shown}"))
            .collect();
        items.join("、")
    };
    match field.kind {
        Kind::Text => "文字".to_owned(),
        Kind::LongText => "多行文字".to_owned(),
        Kind::Choice(items) => format!("擇一：{}", choices(items)),
        Kind::Flag => "是否".to_owned(),
        Kind::Date => "日期".to_owned(),
        Kind::Moment => "日期與時間".to_owned(),
        Kind::Number => "整數".to_owned(),
        Kind::Decimal => "數字".to_owned(),
        Kind::Duration => "時間長度".to_owned(),
        Kind::Many(items) => format!("可複選：{}", choices(items)),
        Kind::Reference(key) => format!("引用 `{key}`"),
        Kind::References(key) => format!("引用數筆 `{key}`"),
        Kind::Subject => "對象".to_owned(),
        Kind::Evidence => "檔案".to_owned(),
        Kind::List => "清單，一行一項".to_owned(),
        Kind::Json => "由程式寫入".to_owned(),
    }
}
