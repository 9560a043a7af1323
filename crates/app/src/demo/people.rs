//! Who is there: the agency itself, its members, its people, what they learnt and signed.

use super::county::{Ground, Person};
use super::days::{each, roc};
use super::hands::{Sheet, Step, member};
use crate::ids::AgencyId;
use serde_json::{Value, json};

/// Why an agency names no county: its own isn't there, and any other would bring rules that aren't its.
const NOTE: &str = "示範資料：海東縣並不存在，其機關、人員、廠商與紀錄均為虛構，故不填所屬縣市。";

/// What is known of the agency as a whole.
pub(super) fn agency(ground: &Ground<'_>, superior: Option<&AgencyId>) -> Step {
    let above = if superior.is_some() {
        "海東縣政府資訊處"
    } else {
        "海東縣政府"
    };
    if ground.is_told {
        let body = json!({ "parent": superior.map(ToString::to_string), "supervisor": above, "note": NOTE });
        return Step::new("agency", body).by("local").of("");
    }
    let body = json!({
        "parent": superior.map(ToString::to_string), "supervisor": above,
        "develops_systems": true, "has_mail_server": true,
        "has_public_core_system": true, "has_non_core_system": true,
        "supervises_agencies": superior.is_none(), "outsources_systems": true,
        "uses_restricted_products": false, "critical_infrastructure": false,
        "note": NOTE,
    });
    Step::new("agency", body).by("local").of("")
}

/// The members, and the paper by which the 資通安全長 serves.
pub(super) fn members(ground: &Ground<'_>) -> Vec<Step> {
    let from = ground.ago(800);
    let first_unit = ground.unit(0);
    let serves = |person: Option<&Person>, role: &str| {
        let (name, unit) = person.map_or_else(Default::default, |p| (p.name.clone(), p.unit.clone()));
        json!({ "name": name, "role": role, "unit": unit, "from": from })
    };
    let people = || ground.people.iter();
    let officer = people().find(|p| p.dedicated);
    let admin = people().filter(|p| p.dedicated).nth(1).or(officer);
    let heads: Vec<&Person> = people().filter(|p| p.position == "科長").collect();
    let ciso = people().next();
    let ciso_name = ciso.map_or_else(String::new, |p| p.name.clone());
    let mut steps = vec![
        member("officer", serves(officer, "officer")),
        member("ciso", json!({ "name": ciso_name, "role": "ciso", "from": from })),
        member(
            "head",
            serves(heads.iter().find(|p| p.unit == first_unit).copied(), "unit_head"),
        ),
        member(
            "other head",
            serves(heads.iter().find(|p| p.unit != first_unit).copied(), "unit_head"),
        ),
        member("admin", serves(admin, "system_admin")),
    ];
    let position = ciso.map_or_else(String::new, |p| p.position.clone());
    let deputy = heads.first().map_or_else(String::new, |p| p.name.clone());
    steps.push(Step::new(
        "appointment",
        json!({ "role": "ciso", "person_name": ciso_name, "position": position, "from": from,
            "document_no": format!("海東{}人字第1130000123號", ground.office.short), "deputy": deputy }),
    ));
    steps
}

/// Those who come from outside, or only look: after there is what they look at.
pub(super) fn guests(ground: &Ground<'_>) -> Vec<Step> {
    let (from, until) = (ground.ago(60), ground.ahead(90));
    let staff = ground.people.iter().rev().find(|p| !p.it && p.unit != "政風室");
    let (name, unit) = staff.map_or_else(Default::default, |p| (p.name.clone(), p.unit.clone()));
    let staff = json!({ "name": name, "role": "staff", "unit": unit, "from": ground.ago(400) });
    let mut steps = vec![member("staff", staff)];
    if let Some(contract) = ground.office.contracts.first() {
        let body = json!({ "name": format!("{}駐點工程師", ground.vendor(contract.vendor)), "role": "vendor",
            "contract": ground.contract(contract), "from": from, "until": ground.ahead(contract.until) });
        steps.push(member("vendor", body));
    }
    let audit = super::audits::audit_number(ground);
    let auditor = ground
        .at("政風")
        .map_or_else(|| ground.of_unit("政風室"), |p| p.name.clone());
    steps.push(member(
        "auditor",
        json!({ "name": auditor, "role": "auditor", "audit": audit, "from": from, "until": until }),
    ));
    if ground.office.plan == "a" {
        let name = ground.of_unit("綜合規劃科");
        steps.push(member(
            "supervisor",
            json!({ "name": name, "role": "supervisor", "unit": "綜合規劃科", "from": ground.ago(500) }),
        ));
    }
    let name = ground.keeper(2);
    steps.push(member(
        "administrator",
        json!({ "name": name, "role": "administrator", "unit": ground.unit(0), "from": ground.ago(800) }),
    ));
    steps
}

/// Lists of people: themselves, what proves what they know, what they signed and heard.
pub(super) fn sheets(ground: &mut Ground<'_>) -> Vec<Sheet> {
    let rows = persons(ground);
    let trainings = trainings(ground);
    let attendance = attendance(ground, &trainings);
    let mut sheets = vec![
        Sheet::of("person", rows),
        Sheet::proven("certificate", certificates(ground)),
        Sheet::proven("undertaking", undertakings(ground)),
    ];
    sheets.push(Sheet::proven("training", trainings));
    sheets.push(Sheet::of("attendance", attendance));
    sheets.push(Sheet::of("task_force", task_force(ground)));
    sheets.push(Sheet::of("role_briefing", briefings(ground)));
    sheets
}

/// Those that the chapters don't tell of.
fn new_people<'g>(ground: &'g Ground<'_>) -> impl Iterator<Item = (usize, &'g Person)> {
    let told = if ground.is_told { 4 } else { 0 };
    ground.people.iter().enumerate().skip(told)
}

fn persons(ground: &mut Ground<'_>) -> Vec<Value> {
    let days: Vec<i64> = ground.people.iter().map(|_| 0).collect();
    let days: Vec<i64> = days.iter().map(|_| 240 + ground.lot.below(3000)).collect();
    let code = &ground.office.code;
    let mut rows = Vec::new();
    for ((n, person), joined) in new_people(ground).zip(days) {
        rows.push(json!({
            "name": person.name, "employee_no": format!("{code}{:03}", n + 101), "unit": person.unit,
            "position": person.position, "dedicated": person.dedicated, "it_staff": person.it,
            "joined_on": ground.ago(joined), "email": format!("u{:03}@{}", n + 101, ground.office.host),
        }));
    }
    if !ground.is_told {
        // Somebody who left, and whose rights were taken back.
        rows.push(json!({
            "name": "塗離職", "employee_no": format!("{code}099"), "unit": ground.unit(1), "position": "約僱人員",
            "dedicated": false, "it_staff": false, "joined_on": ground.ago(900), "left_on": ground.ago(47),
            "account_stopped_on": ground.ago(47), "rights_withdrawn_on": ground.ago(46),
        }));
    }
    rows
}

fn certificates(ground: &Ground<'_>) -> Vec<Value> {
    let left = [612, 18, 405, 220];
    let mut rows = Vec::new();
    let dedicated = new_people(ground).map(|(_, p)| p).filter(|p| p.dedicated);
    for ((n, person), left) in dedicated.enumerate().zip(left.into_iter().cycle()) {
        rows.push(json!({
            "person": person.name, "class": "license", "name": "資訊安全管理系統主導稽核員",
            "number": format!("LA-{:06}", 410_200 + n * 37), "issuer": "示範驗證股份有限公司",
            "issued_on": ground.ago(1095 - left), "expires_on": ground.ahead(left), "verified_on": ground.ago(200),
        }));
        rows.push(json!({
            "person": person.name, "class": "competence", "name": "資通安全職能評量證書（策略面）",
            "number": format!("CP-{:06}", 78_100 + n * 11), "issuer": "示範評量中心",
            "issued_on": ground.ago(700), "expires_on": ground.ahead(395 + left),
        }));
    }
    rows
}

/// What everybody signed; the last who came hasn't yet.
fn undertakings(ground: &Ground<'_>) -> Vec<Value> {
    let last = ground.people.len().saturating_sub(1);
    let mut rows: Vec<Value> = new_people(ground)
        .map(|(n, person)| {
            let signed = if n == last && !ground.is_told {
                Value::Null
            } else {
                json!(ground.ago(230))
            };
            json!({
                "kind": "staff", "person_name": person.name, "person": person.name, "unit": person.unit,
                "position": person.position, "text_version": format!("{}-1", roc(ground.today) - 1),
                "signed_on": signed, "method": "paper",
            })
        })
        .collect();
    rows.rotate_left(1);
    rows
}

/// Courses of each year: 通識 in spring and autumn, 專業 in summer.
fn trainings(ground: &mut Ground<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for (n, day) in each(ground.today, 6, 55).into_iter().enumerate() {
        for (title, category, hours) in &ground.county.courses {
            let is_general = category == "general";
            let is_turn = (title.starts_with("社交") || title.starts_with("資安事件")) == (n % 2 == 0);
            if !is_turn || (ground.is_told && !is_general) {
                continue;
            }
            let day = super::days::later(day, if is_general { 0 } else { 20 }).unwrap_or(day);
            if day > ground.today {
                continue;
            }
            let lecturer = ground.lot.pick(&ground.county.lecturers).cloned();
            let many = ground.people.len();
            rows.push(json!({
                "number": format!("{}-TR-{:02}", roc(day), rows.len() + 1),
                "title": format!("{}年{title}", roc(day)), "category": category, "held_on": day.to_string(),
                "hours": hours.to_string(), "lecturer": lecturer, "place": "大禮堂", "online": false,
                "organiser": ground.unit(0), "audience": if is_general { "全體同仁" } else { "資安及資訊人員" },
                "expected_people": many, "time": if is_general { "09:00–12:00" } else { "二日，09:00–16:00" },
            }));
        }
    }
    rows
}

/// Nearly everybody was there; those who missed a course show up as hours that are wanting.
fn attendance(ground: &mut Ground<'_>, trainings: &[Value]) -> Vec<Value> {
    let mut rows = Vec::new();
    let people: Vec<Person> = ground.people.clone();
    for training in trainings {
        let is_general = training.get("category").and_then(Value::as_str) == Some("general");
        let title = training.get("title").and_then(Value::as_str).unwrap_or_default();
        let is_second = title.contains("個人資料");
        for person in people.iter().filter(|p| is_general || p.it) {
            if !person.dedicated && ground.lot.chance(if is_second { 35 } else { 9 }) {
                continue;
            }
            let score = 70 + ground.lot.below(31);
            rows.push(json!({
                "course": title, "training": title, "person": person.name,
                "held_on": training.get("held_on"), "category": training.get("category"),
                "status": "present", "hours": training.get("hours"), "signed_in": true, "signed_out": true,
                "score": score.to_string(), "source": "sheet",
            }));
        }
    }
    rows
}

fn task_force(ground: &Ground<'_>) -> Vec<Value> {
    let groups = ["策略規劃組", "資安防護組", "績效管理組"];
    let tasks = ["management", "system_security", "protection", "compliance"];
    let chosen = ground.people.iter().take(6).enumerate();
    chosen
        .map(|(n, person)| {
            let role = match n {
                0 => "convener",
                1 => "secretary",
                2..=4 => "leader",
                _ => "member",
            };
            let task = tasks.get(n % 4);
            json!({
                "group": groups.get(n % 3).filter(|_| n > 1), "role": role, "person_name": person.name,
                "unit": person.unit, "position": person.position, "tasks": task.map(|t| vec![*t]),
                "duties": "依推動小組分工表辦理。", "phone": format!("#{}", 2101 + n),
                "deputy": ground.person(n + 6), "from": ground.ago(420),
            })
        })
        .collect()
}

/// Those who came this year were told the rules; one still has to be.
fn briefings(ground: &Ground<'_>) -> Vec<Value> {
    let newcomers = ground.people.iter().rev().take(3).enumerate();
    newcomers
        .map(|(n, person)| {
            let n = i64::try_from(n).unwrap_or(0);
            let arrived = 6 + n * 70;
            let briefed = (n > 0).then(|| ground.ago(arrived - 1));
            json!({
                "person_name": person.name, "person": person.name, "unit": person.unit,
                "position": person.position, "kind": if n == 1 { "transfer" } else { "new" },
                "arrived_on": ground.ago(arrived), "briefed_on": briefed,
                "briefed_by": briefed.as_ref().map(|_| ground.keeper(0)),
                "content": briefed.as_ref().map(|_| "帳號使用、可疑郵件通報、資料保護與保密義務。"),
                "material": "新進人員資安手冊", "signed": n > 0,
            })
        })
        .collect()
}
