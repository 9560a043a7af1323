//! `fazun law diff`, `law impact`, `law open`: the law's change over time.

use crate::args::{LawDiffArgs, LawImpactArgs, LawOpenArgs};
use crate::commands::{day, enter, open};
use crate::out;
use ::period::Date;
use app::{AppError, LawBook};
use std::path::Path;
use std::process::ExitCode;
use views::{
    ArticleChangeView, CiteView, ImpactDutyView, ImpactKind, ImpactSide, ImpactView, LawDiffView,
    PlanLineView, Status,
};

pub fn diff(law: Option<&Path>, args: &LawDiffArgs) -> Result<ExitCode, AppError> {
    let corpus = app::load_law(law)?;
    let view = LawBook(&corpus).diff(&args.instrument, &args.from, &args.to, day(None)?)?;
    if args.json {
        out::json(&view)?;
    } else {
        print_diff(&view);
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn impact(law: Option<&Path>, args: &LawImpactArgs) -> Result<ExitCode, AppError> {
    let (from, to) = (day(Some(&args.from))?, day(args.to.as_deref())?);
    let app = open(law, &args.whose.data, false).await?;
    let view = app::impact::impact(&enter(&app, &args.whose, to).await?, from).await?;
    for text in &view.cautions {
        out::error(&format!("注意　{text}"));
    }
    if args.json {
        out::json(&view)?;
    } else {
        print_impact(&view);
    }
    Ok(ExitCode::SUCCESS)
}

pub fn doubts(law: Option<&Path>, args: &LawOpenArgs) -> Result<ExitCode, AppError> {
    let corpus = app::load_law(law)?;
    let list = LawBook(&corpus).doubts();
    if args.json {
        out::json(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut kind = "";
    for doubt in &list {
        if doubt.kind_label != kind {
            kind = &doubt.kind_label;
            let of_kind = list.iter().filter(|d| d.kind == doubt.kind).count();
            out::line(&format!("{kind}（{of_kind}）"));
        }
        out::line(&format!(
            "　　{}　{}　[{}]",
            doubt.at, doubt.what, doubt.certainty_label
        ));
        out::line(&format!("　　　　來源　{}", doubt.source));
    }
    out::line(&format!("共 {} 筆尚未與官方條文核對。", list.len()));
    Ok(ExitCode::SUCCESS)
}

fn print_diff(view: &LawDiffView) {
    let (from, to) = (&view.from, &view.to);
    out::line(&format!("{}（{}，{}）", from.title, from.id, from.span()));
    out::line(&format!("→ {}（{}，{}）", to.title, to.id, to.span()));
    if view.is_empty() {
        out::line("兩個版本沒有差異。");
        return;
    }
    if !view.duties.is_empty() {
        out::line(&format!("應辦事項（{}）", view.duties.len()));
    }
    for d in &view.duties {
        out::line(&format!(
            "　　[{}] {}　{}　{}",
            d.change_label, d.title, d.scope.words, d.key
        ));
        out::line(&format!("　　　　{} → {}", cites(&d.before), cites(&d.after)));
    }
    if !view.parameters.is_empty() {
        out::line(&format!("數值與期限（{}）", view.parameters.len()));
    }
    for p in &view.parameters {
        out::line(&format!(
            "　　[{}] {}　{}　{}",
            p.change_label, p.title, p.scope.words, p.key
        ));
        let side = |c: &Option<CiteView>| {
            c.as_ref().map_or_else(
                || "無".to_owned(),
                |c| {
                    format!(
                        "{}（{}{}）",
                        c.value.as_deref().unwrap_or_default(),
                        c.label,
                        mark(c)
                    )
                },
            )
        };
        out::line(&format!("　　　　{} → {}", side(&p.before), side(&p.after)));
        for (word, items) in [("增列", &p.more), ("刪去", &p.less)] {
            if !items.is_empty() {
                out::line(&format!("　　　　{word}：{}", items.join("、")));
            }
        }
        if !p.beside.is_empty() {
            out::line(&format!("　　　　請與「{}」合併解讀。", p.beside.join("」「")));
        }
    }
    if !view.transitional.is_empty() {
        out::line(&format!("過渡規定（{}）", view.transitional.len()));
    }
    for t in &view.transitional {
        out::line(&format!(
            "　　[{}] {}　{}　{}",
            t.change_label, t.title, t.scope.words, t.key
        ));
        out::line(&format!(
            "　　　　{}{}：{} 前已受核定者，自 {} 起{}",
            t.clause.label,
            mark(&t.clause),
            period::roc_short(t.before),
            period::roc_short(t.counted_from),
            t.clause.value.as_deref().unwrap_or_default()
        ));
    }
    if !view.articles.is_empty() {
        out::line(&format!("條文（{}）", view.articles.len()));
    }
    view.articles.iter().for_each(print_article);
    for text in &view.cautions {
        out::line(&format!("注意　{text}"));
    }
}

fn print_article(a: &ArticleChangeView) {
    let number = match (&a.old_label, &a.new_label) {
        (Some(old), Some(new)) if old == new => old.clone(),
        (Some(old), Some(new)) => format!("{old} → {new}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => String::new(),
    };
    let mut said = Vec::new();
    if a.heading_changed {
        said.push("標題不同".to_owned());
    }
    if a.gist_changed {
        said.push("要旨不同".to_owned());
    }
    match (&a.old_certainty, &a.new_certainty) {
        (Some(old), Some(new)) if old != new => said.push(format!("{old} → {new}")),
        (_, Some(one)) | (Some(one), None) => said.push(one.clone()),
        (None, None) => {}
    }
    out::line(&format!(
        "　　[{}] {number}　{}　（{}）",
        a.fate_label,
        a.heading,
        said.join("，")
    ));
    if a.gist_changed {
        out::line(&format!("　　　　前　{}", a.old_gist));
        out::line(&format!("　　　　後　{}", a.new_gist));
    }
}

fn cites(list: &[CiteView]) -> String {
    if list.is_empty() {
        return "無".to_owned();
    }
    let all: Vec<String> = list.iter().map(|c| format!("{}{}", c.label, mark(c))).collect();
    all.join("、")
}

/// What is not compared with an official text says so, wherever it is shown.
fn mark(c: &CiteView) -> String {
    match c.certainty.as_str() {
        "primary" => String::new(),
        _ => format!("［{}］", c.certainty_label),
    }
}

fn print_impact(view: &ImpactView) {
    let level = view
        .agency
        .level
        .as_deref()
        .map_or_else(String::new, |l| format!("（{l} 級）"));
    let (from, to) = (period::roc_short(view.from), period::roc_short(view.to));
    out::line(&format!("{}{level}　{from} → {to}", view.agency.name));
    out::line(&format!("這段期間換版的法規（{}）", view.laws.len()));
    for l in &view.laws {
        let named = |x: &Option<(String, String)>| {
            x.as_ref()
                .map_or_else(|| "無".to_owned(), |(title, id)| format!("{title}（{id}）"))
        };
        let latest = if l.at_latest { "至遲 " } else { "" };
        let since = l
            .since
            .map_or_else(String::new, |d| format!("　{latest}{}", period::roc_short(d)));
        let unmodelled = if l.modelled {
            ""
        } else {
            "　應辦事項尚未建檔"
        };
        out::line(&format!(
            "　　{} → {}{since}　{}{unmodelled}",
            named(&l.before),
            named(&l.after),
            l.certainty_label
        ));
    }
    if view.duties.is_empty() {
        out::line("沒有受影響的應辦事項。");
    }
    for kind in ImpactKind::ALL {
        let mine: Vec<&ImpactDutyView> = view
            .duties
            .iter()
            .filter(|d| d.kinds.first() == Some(&kind))
            .collect();
        if mine.is_empty() {
            continue;
        }
        out::line(&format!("{}（{}）", kind.word(), mine.len()));
        for duty in mine {
            print_duty(duty, view.from);
        }
    }
    if view.same > 0 {
        out::line(&format!(
            "另有 {} 項應辦事項只換了版本，條號、要求與期限都不變。",
            view.same
        ));
    }
    out::line(&format!("計畫要改的地方（{}）", view.plan.len()));
    for p in &view.plan {
        print_line(p);
    }
    if !view.systems.is_empty() {
        out::line(&format!("涉及的系統　{}", view.systems.join("、")));
    }
    if !view.others.is_empty() {
        let titles: Vec<&str> = view.others.iter().map(|o| o.title.as_str()).collect();
        out::line(&format!(
            "非因法規而不同（時間、等級或紀錄）（{}）　{}",
            view.others.len(),
            titles.join("、")
        ));
    }
    out::line("以上只是比較；先前登錄的資料與作成的判斷都沒有更動。");
}

fn print_duty(d: &ImpactDutyView, from: Date) {
    let words: Vec<&str> = d.kinds.iter().map(|k| k.word()).collect();
    let system = match d.subject.as_str() {
        "" => String::new(),
        name => format!("（{name}）"),
    };
    out::line(&format!(
        "　　[{}] {}{system}　{}",
        words.join("、"),
        d.title,
        d.key
    ));
    for r in &d.requirements {
        let value = |x: &Option<String>| x.clone().unwrap_or_else(|| "無".to_owned());
        out::line(&format!(
            "　　　　{}　{}：{} → {}",
            r.change.word(),
            r.title,
            value(&r.before),
            value(&r.after)
        ));
    }
    if let (Some(then), Some(before)) = (d.then, &d.before)
        && then != before.verdict
    {
        out::line(&format!("　　　　{}　{}", period::roc_short(from), then.word()));
    }
    print_side("依舊法", d.before.as_ref());
    print_side("依新法", d.after.as_ref());
    for r in &d.records {
        out::line(&format!(
            "　　　　紀錄　{} {}（佐證 {} 件）",
            period::roc_short(r.on),
            r.title,
            r.evidence
        ));
    }
    for r in &d.readings {
        let other = match r.alternative.as_str() {
            "" => String::new(),
            text => format!("另一種讀法：{text}"),
        };
        out::line(&format!(
            "　　　　讀法　{}［{}］{other}",
            r.text, r.certainty_label
        ));
    }
    for note in &d.notes {
        out::line(&format!("　　　　→ {note}"));
    }
}

fn print_side(name: &str, side: Option<&ImpactSide>) {
    let Some(side) = side else {
        out::line(&format!("　　　　{name}　不適用本機關"));
        return;
    };
    let labels: Vec<String> = side
        .clauses
        .iter()
        .map(|c| match c.certainty.as_str() {
            "primary" => c.label.clone(),
            _ => format!("{}［{}］", c.label, c.certainty_label),
        })
        .collect();
    let due = match side.verdict {
        Status::NotApplicable => format!("　{}", side.reason),
        _ => format!("　期限 {}", side.due_words),
    };
    out::line(&format!(
        "　　　　{name}　{}　{}{due}",
        labels.join("、"),
        side.verdict.word()
    ));
}

fn print_line(p: &PlanLineView) {
    out::line(&format!("　　第 {} 行（{}）　{}", p.line, p.chapter, p.message));
}
