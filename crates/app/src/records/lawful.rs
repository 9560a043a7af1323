//! What a row of some registers must agree with in the law, however it comes in.
//!
//! Why apart from the registers' own rules: only the law data knows which instruments there are
//! and what is asked of an agency. Why one step: a form, the API, an import and a command pass
//! it alike. What it can't know: whether the decision that a row tells of was taken.

use crate::error::{FieldError, labelled};
use crate::incidents::contract_baseline;
use crate::permission::{Action, Allowed, allowed};
use crate::principal::Role;
use crate::visit::Visit;
use facts::Subject;
use law::{Corpus, Part};
use period::Date;
use registers::{FieldProblem, Kind, Record, RegisterSpec};
use serde_json::Value;

/// A body in its normal form that agrees with the law, its instruments by their own names; or
/// what is wrong with it.
pub(crate) fn register_rules(
    visit: &Visit<'_>,
    spec: &RegisterSpec,
    body: Value,
) -> Result<Value, Vec<FieldError>> {
    let body = instrument_rules(visit.corpus(), spec, body, visit.today())?;
    able_steps(spec, &body)?;
    super::times::in_time(visit, spec, &body)?;
    known_event(visit, spec, &body)?;
    if spec.key == "activity" {
        subject_has_duty(visit, spec, &body)?;
    }
    Ok(body)
}

/// The same of what needs no agency: for the rows of one that is only being made.
pub(crate) fn instrument_rules(
    corpus: &Corpus,
    spec: &RegisterSpec,
    mut body: Value,
    today: Date,
) -> Result<Value, Vec<FieldError>> {
    known_duties(corpus, spec, &body)?;
    known_parts(corpus, spec, &body)?;
    match spec.key {
        "agency" => known_city(corpus, spec, &body)?,
        "adoption" => {
            let slug = Record::new(spec, "", &body).text("instrument").trim().to_owned();
            let adoptable = |i: &law::Instrument| matches!(i.rank, law::Rank::Local | law::Rank::Plan);
            if !corpus.instrument(&slug).is_some_and(adoptable) {
                let message = format!(
                    "「{slug}」不是可以採用的規範。可採用他縣市之規定與範例計畫，請以 fazun law list 查看代號；中央法規不必採用，契約規範請登錄於契約"
                );
                return Err(wrong(spec, "instrument", message));
            }
            put(&mut body, "instrument", Value::from(slug));
        }
        "contract" => {
            let named = Record::new(spec, "", &body);
            let named: Vec<String> = named.list("baselines").into_iter().map(str::to_owned).collect();
            let mut slugs: Vec<String> = Vec::new();
            for name in named {
                let found = contract_baseline(corpus, &name, today);
                let found = found.map_err(|e| wrong(spec, "baselines", e.to_string()))?;
                if !slugs.contains(&found.slug) {
                    slugs.push(found.slug.clone());
                }
            }
            if body.get("baselines").is_some() {
                put(&mut body, "baselines", Value::from(slugs));
            }
        }
        _ => {}
    }
    Ok(body)
}

fn put(body: &mut Value, key: &str, value: Value) {
    if let Some(members) = body.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}

fn wrong(spec: &RegisterSpec, field: &str, message: String) -> Vec<FieldError> {
    vec![labelled(spec, FieldProblem::new(field, message), "")]
}

/// Whom an activity is for: it must be one of the subjects that the duty has.
fn subject_has_duty(visit: &Visit<'_>, spec: &RegisterSpec, body: &Value) -> Result<(), Vec<FieldError>> {
    let record = Record::new(spec, "", body);
    let duty = record.text("duty");
    let said = body.get("subject").cloned().unwrap_or_default();
    let said: Subject = serde_json::from_value(said).unwrap_or(Subject::Agency);
    let loaded = visit.loaded().map_err(|e| wrong(spec, "", e.to_string()))?;
    let mut subjects = Vec::new();
    let days = record.date("on").into_iter().chain([visit.today()]);
    for day in days {
        let assessment = crate::duties::assessment(visit, &loaded, day);
        let of = assessment.duties.iter().filter(|d| d.key == duty);
        subjects.extend(of.map(|d| (d.subject.clone(), d.subject_name.clone())));
    }
    if subjects.iter().any(|(s, _)| *s == said) {
        return Ok(());
    }
    let mut systems: Vec<String> = subjects
        .iter()
        .filter_map(|(s, name)| match s {
            Subject::System(id) | Subject::Contract(id) => Some(format!("{id}（{name}）")),
            _ => None,
        })
        .collect();
    systems.sort();
    systems.dedup();
    Err(match (subjects.is_empty(), systems.is_empty()) {
        (true, _) => {
            let message = format!(
                "「{duty}」在這一天不是本機關的應辦事項。請由應辦事項清單選取；等級或日期不同，應辦事項也不同"
            );
            wrong(spec, "duty", message)
        }
        (false, true) => {
            let message = "這項應辦事項的對象是全機關，請不要指定系統或契約";
            wrong(spec, "subject", message.to_owned())
        }
        (false, false) => {
            let contracts = subjects.iter().any(|(s, _)| matches!(s, Subject::Contract(_)));
            let what = if contracts { "契約" } else { "系統" };
            let message = format!(
                "這項應辦事項要逐一{what}登錄。請指定{what}：{}",
                systems.join("、")
            );
            wrong(spec, "subject", message)
        }
    })
}

/// Parts that a proof names must be parts of what it proves: a slip would silently answer nothing.
fn known_parts(corpus: &Corpus, spec: &RegisterSpec, body: &Value) -> Result<(), Vec<FieldError>> {
    let record = Record::new(spec, "", body);
    let duties = match spec.key {
        "activity" => vec![record.text("duty")],
        "evidence" => record.list("duties"),
        _ => return Ok(()),
    };
    let parts: Vec<&Part> = duties
        .into_iter()
        .filter_map(|duty| corpus.parts.get(duty))
        .flatten()
        .collect();
    let named = record.list("parts");
    let mut strangers = named.iter().filter(|key| !parts.iter().any(|p| p.key == **key));
    let Some(stranger) = strangers.next() else {
        return Ok(());
    };
    let those: Vec<String> = parts
        .iter()
        .map(|p| format!("{}（{}）", p.key, p.asks.trim_end_matches('。')))
        .collect();
    let which = if those.is_empty() {
        "所證之應辦事項不分項，請留空".to_owned()
    } else {
        format!("請填：{}", those.join("、"))
    };
    let message = format!("所證之應辦事項沒有涵蓋項目「{stranger}」；{which}");
    Err(wrong(spec, "parts", message))
}

/// A proof of parts of what an event sets off says of which event: a record that tells of such a one.
fn known_event(visit: &Visit<'_>, spec: &RegisterSpec, body: &Value) -> Result<(), Vec<FieldError>> {
    let record = Record::new(spec, "", body);
    let duties = match spec.key {
        "activity" => vec![record.text("duty")],
        "evidence" => record.list("duties"),
        _ => return Ok(()),
    };
    let corpus = visit.corpus();
    let on_event = |key: &&str| {
        let duty = corpus.duty(key);
        duty.is_some_and(|d| matches!(d.shape, law::Shape::OnEvent { .. }))
    };
    let waiting: Vec<&str> = duties.into_iter().filter(on_event).collect();
    let named = record.text("event").trim();
    if named.is_empty() {
        let parts = record.list("parts");
        let of = |duty: &&str| {
            let all = corpus.parts.get(*duty).map_or(&[][..], Vec::as_slice);
            all.iter().any(|part| parts.contains(&part.key.as_str()))
        };
        if !waiting.iter().any(of) {
            return Ok(());
        }
        let message = "所證之應辦事項由事由引起，請指明證明哪一件事由（登記簿代號/紀錄代號）";
        return Err(wrong(spec, "event", message.to_owned()));
    }
    let tells = |(register, row): (String, String)| {
        let raises = |spec: &&RegisterSpec| spec.raises.iter().any(|r| waiting.contains(&r.duty));
        let known = registers::register(&register).filter(raises);
        known.is_some_and(|_| visit.rows().standing(&register).any(|r| r.row == row))
    };
    if registers::activity::event_named(named).is_some_and(tells) {
        return Ok(());
    }
    let message = format!("「{named}」不是引起所證應辦事項之事由紀錄，請由應辦事項頁選取");
    Err(wrong(spec, "event", message))
}

/// The central government's agencies write this where others write their city.
const CENTRAL: &str = "中央";

/// A city that isn't one would have no rules of its own, and nobody would be told.
fn known_city(corpus: &Corpus, spec: &RegisterSpec, body: &Value) -> Result<(), Vec<FieldError>> {
    let city = Record::new(spec, "", body)
        .text("jurisdiction")
        .trim()
        .replace('台', "臺");
    let of_law = |city: &str| {
        let mut all = corpus.instruments.values();
        all.any(|i| i.rank == law::Rank::Local && i.jurisdiction.replace('台', "臺") == city)
    };
    if city.is_empty() || city == CENTRAL || facts::is_local_government(&city) || of_law(&city) {
        return Ok(());
    }
    let message =
        format!("沒有「{city}」這個直轄市或縣（市），請填全名，例如 臺北市、花蓮縣；中央機關填「{CENTRAL}」");
    Err(wrong(spec, "jurisdiction", message))
}

/// Duties that a body names must be duties: a slip would silently prove nothing.
fn known_duties(corpus: &Corpus, spec: &RegisterSpec, body: &Value) -> Result<(), Vec<FieldError>> {
    let record = Record::new(spec, "", body);
    // Elsewhere a field of that name holds other things, such as 職掌.
    for (register, key) in [
        ("activity", "duty"),
        ("evidence", "duties"),
        ("exception", "duty"),
        ("stocktake", "duty"),
    ] {
        let Some(field) = spec.field(key).filter(|_| spec.key == register) else {
            continue;
        };
        let named = match field.kind {
            Kind::List => record.list(key),
            _ => vec![record.text(key)],
        };
        let unknown = named
            .into_iter()
            .find(|d| !d.is_empty() && corpus.duty(d).is_none());
        if let Some(unknown) = unknown {
            let message = format!("沒有「{unknown}」這項應辦事項，請填應辦事項頁上的代號");
            let problem = FieldProblem::new(key, message);
            return Err(vec![labelled(spec, problem, "")]);
        }
    }
    if spec.key != "exception" {
        return Ok(());
    }
    let relieved = record.text("duty");
    if !relieved.is_empty() && !corpus.relievable().any(|d| d.key == relieved) {
        let title = corpus.duty(relieved).map_or(relieved, |d| d.title.as_str());
        let by = corpus.relief().and_then(|(by, _)| by.basis.last());
        let by = by.map_or_else(String::new, |b| corpus.print(&b.cite));
        let message = format!("「{title}」不是{by}所定得免執行之事項，請由清單選取");
        return Err(wrong(spec, "duty", message));
    }
    Ok(())
}

/// Steps of an agency's own route must be such as their roles can take: nobody decides on what
/// they may not read, so a record would wait for nobody.
fn able_steps(spec: &RegisterSpec, body: &Value) -> Result<(), Vec<FieldError>> {
    if spec.key != "route" {
        return Ok(());
    }
    let route = Record::new(spec, "", body);
    let Some(of) = registers::register(route.text("register")) else {
        return Ok(());
    };
    for step in route.list("steps") {
        let word = step.split_once(':').map_or(step, |(role, _)| role);
        let Some(role) = Role::of(word) else {
            continue;
        };
        // An auditor reads all but the own registers as of the audit's moment.
        let then = role == Role::Auditor && !of.is_in(registers::Hand::AuditorWrites);
        if allowed(role, Action::Decide, of) != Allowed::Yes || then {
            let message = format!(
                "{}不能閱覽「{}」的每一筆，無法辦理這一步；請改由其他角色辦理",
                role.title(),
                of.title
            );
            let problem = FieldProblem::new("steps", message);
            return Err(vec![labelled(spec, problem, "")]);
        }
    }
    Ok(())
}
