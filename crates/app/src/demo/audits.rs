//! Audits and what followed from them: auditors, findings, corrective actions, the management's review.

use super::county::Ground;
use super::days::{after, each, later, number, of_year, roc};
use super::hands::{BOTH, Step};
use period::Date;
use serde_json::{Value, json};

fn audit_days(ground: &Ground<'_>) -> Vec<Date> {
    each(ground.today, if ground.office.plan == "a" { 6 } else { 12 }, 72)
}

/// What the last audit is called.
pub(super) fn audit_number(ground: &Ground<'_>) -> String {
    if ground.is_told {
        let day = of_year("10-12", ground.today).unwrap_or(ground.today);
        return format!("{}年度內部資通安全稽核", roc(day));
    }
    audit_days(ground)
        .last()
        .map_or_else(String::new, |day| audit_title(*day))
}

fn audit_title(day: Date) -> String {
    format!("{}年{}月內部資通安全稽核", roc(day), day.month())
}

pub(super) fn audits(ground: &Ground<'_>) -> Vec<Step> {
    let units = [ground.unit(0), ground.unit(1)];
    let leader = ground.of_unit("政風室");
    let days = audit_days(ground).into_iter().enumerate();
    days.map(|(n, day)| {
        let body = json!({
            "number": number(day, "AU", n + 1), "title": audit_title(day), "kind": "internal",
            "purpose": "依資通安全維護計畫辦理。", "scope": format!("{}；核心資通系統；機房。", units.join("、")),
            "units": units, "focus": "帳號管理、備份、委外。", "criteria": "維護計畫、應辦事項及控制措施。",
            "method": "訪談、文件檢視、實地查看。", "leader": leader, "team": leader,
            "secrecy": "稽核人員應簽署保密切結。", "previous": "前次發現均已改善。", "approved_on": after(day, -40),
            "notified_on": after(day, -25), "from": day.to_string(), "until": after(day, 1),
            "done_on": ground.by_now(day, 1), "result": "大致符合，待改善二項。", "reported_on": ground.by_now(day, 3),
            "reported_to_ciso_on": ground.by_now(day, 4),
        });
        Step::new("audit", body).agreed(&BOTH)
    })
    .collect()
}

pub(super) fn auditors(ground: &Ground<'_>) -> Vec<Value> {
    let told = of_year("10-12", ground.today).filter(|_| ground.is_told);
    let audits: Vec<(String, Date)> = match told {
        Some(day) => vec![(audit_number(ground), day)],
        None => audit_days(ground)
            .into_iter()
            .map(|day| (audit_title(day), day))
            .collect(),
    };
    let row = |(audit, day): (String, Date)| {
        json!({
            "audit": audit, "person_name": ground.of_unit("政風室"), "person": ground.of_unit("政風室"), "role": "leader",
            "organisation": "政風室", "conflict": "none", "text_version": "113-1", "signed_on": after(day, -30),
            "from": after(day, -30), "until": after(day, 30),
        })
    };
    audits.into_iter().map(row).collect()
}

pub(super) fn audit_items(ground: &Ground<'_>) -> Vec<Value> {
    let all = [
        (
            "1.1",
            "核心業務及其重要性",
            "核心業務及系統已界定並檢視",
            "conform",
            "",
        ),
        ("2.1", "政策及推動組織", "推動小組定期召開會議", "conform", ""),
        ("3.1", "專責人力及經費", "專職人員配置及資格", "conform", ""),
        (
            "4.1",
            "盤點及風險評估",
            "資產清冊與實際相符",
            "partial",
            "抽查十五項，一項存放位置與清冊不符。",
        ),
        (
            "5.1",
            "委外管理",
            "廠商人員保密切結",
            "nonconform",
            "新進廠商人員一名尚未簽署保密切結。",
        ),
        ("6.1", "防護及控制", "特權帳號定期清查", "conform", ""),
        ("7.1", "持續精進", "前次稽核發現之改善", "conform", ""),
    ];
    let unit = ground.unit(usize::from(ground.is_told));
    let told = of_year("10-12", ground.today).filter(|_| ground.is_told);
    let day = told
        .or_else(|| audit_days(ground).last().copied())
        .unwrap_or(ground.today);
    all.into_iter()
        .map(|(number, aspect, item, result, finding)| {
            json!({
                "audit": audit_number(ground), "number": number, "aspect": aspect, "item": item, "basis": "維護計畫",
                "unit": unit, "auditor": ground.of_unit("政風室"), "on": day.to_string(), "method": ["interview", "document"], "result": result,
                "finding": finding,
                "corrective": match result {
                    "nonconform" => Some(format!("{}-CA-003", ground.office.code)),
                    "partial" => Some(format!("{}-CA-004", ground.office.code)),
                    _ => None,
                },
            })
        })
        .collect()
}

pub(super) fn reviews(ground: &Ground<'_>) -> Vec<Step> {
    let december = Date::new(ground.today.year() - 1, 12, 10).unwrap_or(ground.today);
    let day = if later(december, 10).is_none_or(|d| d > ground.today) {
        december
            .checked_sub(jiff::Span::new().years(1))
            .unwrap_or(december)
    } else {
        december
    };
    let body = json!({
        "title": format!("{}年度資通安全管理審查會議", roc(day)), "held_on": day.to_string(), "time": "14:00–16:00",
        "place": "第一會議室", "chair": ground.person(0), "recorder": ground.keeper(0), "present": "推動小組全體成員",
        "month_reason": "配合年度績效結算時程。",
        "past_actions": "前次決議三項均已完成。", "issues": "法規修正及組織調整。", "plan_fitness": "適切，維持。",
        "performance": "目標大致達成，人力足額，稽核發現均已列管。", "risk": "高風險項目依計畫處理中。", "incidents": "無重大事件。",
        "feedback": "民眾反映網站速度，已改善。", "improvement": "加強廠商人員管理。", "corrective_review": "改善措施有效。",
        "decisions": "加強廠商人員保密切結之查核。", "conclusion": "照案通過。", "supervised_on": after(day, -7),
        "supervision": "督導各項工作進度。", "supervised": ["responsibilities", "protection", "incidents", "performance"],
        "closed_on": after(day, 8),
    });
    vec![Step::new("management_review", body).with_file().agreed(&BOTH)]
}

pub(super) fn decisions(ground: &Ground<'_>) -> Vec<Value> {
    let all = [
        ("加強廠商人員保密切結之查核", 60, "doing", Value::Null, 60),
        ("汰換逾保固之交換器", -80, "closed", json!(ground.ago(95)), 100),
        ("網站速度改善", -120, "closed", json!(ground.ago(140)), 100),
    ];
    all.into_iter()
        .enumerate()
        .map(|(n, (item, due, status, done, progress))| {
            json!({
                "number": format!("MR-{:02}", n + 1), "origin": "management_review", "decided_on": ground.ago(355), "item": item,
                "owner": ground.unit(n), "measure": "訂定期程並按季回報。", "due": ground.ahead(due), "progress": progress,
                "status": status, "done_on": done, "situation": "依期程辦理。", "follower": ground.keeper(0),
                "effect": (status == "closed").then_some("已達預期成效。"),
                "next_review": (status == "doing").then(|| ground.ahead(20)),
            })
        })
        .collect()
}

pub(super) fn correctives(ground: &Ground<'_>) -> Vec<Step> {
    // Found, due, done: days before and after today.
    let all = [
        (
            250,
            190,
            Some(200),
            "備份還原測試未留存驗證結果。",
            "測試紀錄表未列驗證欄。",
            "修正紀錄表並重測。",
        ),
        (
            175,
            120,
            Some(130),
            "部分設備未張貼財產標籤。",
            "新購設備未列入點收程序。",
            "點收時同時張貼標籤。",
        ),
        (
            66,
            -24,
            None,
            "新進廠商人員一名尚未簽署保密切結。",
            "進場通知未會辦承辦人。",
            "進場前由承辦人查核切結書。",
        ),
        (
            66,
            8,
            None,
            "一項資產存放位置與清冊不符。",
            "搬遷後未更新清冊。",
            "搬遷單增列清冊更新欄。",
        ),
    ];
    let mut steps = Vec::new();
    for (n, (found, due, done, finding, cause, measure)) in all.into_iter().enumerate() {
        // Only one of the offices is late with it.
        let due = if due == 8 && ground.office.plan != "b" {
            -31
        } else {
            due
        };
        let body = json!({
            "number": format!("{}-CA-{:03}", ground.office.code, n + 1), "origin": "internal_audit", "found_on": ground.ago(found),
            "class": if n == 2 { "nonconformity" } else { "improvement" }, "finding": finding, "unit": ground.unit(0),
            "cause": cause, "similar": "無", "measure": measure, "due": ground.ago(due), "progress": "依期程辦理。",
            "done_on": done.map(|d| ground.ago(d)), "effect": done.map(|_| "複查無同類情形。"), "effective": done.map(|_| true),
            "closed_on": done.map(|d| ground.ago(d - 12)),
        });
        let step = Step::new("corrective", body).with_file();
        steps.push(if done.is_some() {
            step.agreed(&["head", "ciso"])
        } else {
            step
        });
    }
    steps
}
