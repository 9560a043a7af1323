//! What went on: interruptions, availability, tests, drills, reviews and changes since the first of last year.

use super::county::{Ground, System};
use super::days::{after, each, later, number, roc};
use super::hands::Sheet;
use period::Date;
use serde_json::{Value, json};

/// Lists of what went on.
pub(super) fn sheets(ground: &mut Ground<'_>) -> Vec<Sheet> {
    let (outages, availability) = service(ground);
    let mut sheets = vec![
        Sheet::proven("outage", outages),
        Sheet::of("availability", availability),
        Sheet::proven("scan", scans(ground)),
        Sheet::proven("drill", drills(ground)),
        Sheet::proven("access_review", access_reviews(ground)),
        Sheet::proven("facility_check", facility(ground)),
        Sheet::proven("log_review", log_reviews(ground)),
        Sheet::proven("software_review", software_reviews(ground)),
        Sheet::proven("promotion", promotions(ground)),
    ];
    sheets.push(Sheet::of("entry_log", entries(ground)));
    sheets.push(Sheet::proven("intelligence", intelligence(ground)));
    sheets.push(Sheet::proven("project", projects(ground)));
    sheets
}

/// Months that are over, since the first of last year: first and last day.
fn months(today: Date) -> Vec<(Date, Date)> {
    let starts = each(today, 1, 0);
    let months = starts.into_iter().map(|from| (from, from.last_of_month()));
    months.filter(|(_, until)| *until < today).collect()
}

/// Interruptions of the core systems, and what was left of each month.
fn service(ground: &mut Ground<'_>) -> (Vec<Value>, Vec<Value>) {
    let causes = [
        "資料庫連線數用罄",
        "儲存設備韌體異常",
        "網路設備轉送異常",
        "應用程式記憶體不足",
    ];
    let (mut outages, mut shares) = (Vec::new(), Vec::new());
    let office = ground.office;
    let core: Vec<&System> = office.systems.iter().filter(|s| s.core).collect();
    for (from, until) in months(ground.today) {
        for (n, system) in core.iter().enumerate() {
            let mut lost = 0;
            if ground.lot.chance(20) {
                // Once in a while it takes longer than the objective allows.
                let longest = if ground.lot.chance(15) { 420 } else { 95 };
                lost = 9 + ground.lot.below(longest);
                let day = later(from, 2 + ground.lot.below(24)).unwrap_or(from);
                let start = 60 * (8 + ground.lot.below(8)) + ground.lot.below(60);
                let end = start + lost;
                let at = |minutes: i64| format!("{day}T{:02}:{:02}", minutes / 60, minutes % 60);
                let cause = ground.lot.word(&causes);
                outages.push(json!({
                    "number": number(day, "OT", outages.len() + 1), "what": format!("{}無法連線", system.name),
                    "system": system.name, "kind": "interruption", "planned": false, "from": at(start), "until": at(end),
                    "found_by": "監控告警", "impact": "使用者無法登入或送件。", "cause": format!("{cause}。"),
                    "measure": "重新啟動服務並調整設定。", "prevention": "增列監控門檻。",
                    "recorded_by": ground.keeper(n), "closed_on": after(day, 3),
                }));
            }
            let hours = i64::from(until.day()) * 24;
            let all = hours * 60;
            // Of ten thousand, to the nearest.
            let rate = (all - lost).saturating_mul(10_000).saturating_add(all / 2) / all.max(1);
            let improvement = (rate < 9_950).then_some("檢討備援切換程序，增設健康檢查並縮短人工介入時間。");
            shares.push(json!({
                "number": format!("{}-AV-{:02}{:02}", roc(from), from.month(), n + 1), "system": system.name,
                "from": from.to_string(), "until": until.to_string(), "service_hours": hours.to_string(),
                "unplanned_minutes": lost, "rate": format!("{}.{:02}", rate / 100, rate % 100),
                "public_service": system.public, "improvement": improvement, "counted_by": ground.keeper(n),
            }));
        }
    }
    (outages, shares)
}

fn scans(ground: &mut Ground<'_>) -> Vec<Value> {
    let office = ground.office;
    let tester = office.vendors.last().cloned();
    let mut rows = Vec::new();
    let kinds = [
        ("vulnerability", "弱點掃描", 6, 40),
        ("penetration", "滲透測試", 12, 45),
        ("health", "資通安全健診", 12, 55),
    ];
    for (kind, word, months, place) in kinds {
        for day in each(ground.today, months, place) {
            let whole = kind == "health";
            let systems = office
                .systems
                .iter()
                .filter(|s| s.core)
                .take(if whole { 1 } else { 9 });
            for system in systems {
                let (high, medium) = (ground.lot.below(3), ground.lot.below(6));
                let items = [
                    "network_architecture",
                    "network_malicious_activity",
                    "endpoint_malicious_activity",
                    "server_malicious_activity",
                    "directory_and_firewall_settings",
                    "core_database_review",
                ];
                rows.push(json!({
                    "number": number(day, if whole { "HC" } else { "SC" }, rows.len() + 1), "kind": kind,
                    "system": (!whole).then(|| system.name.clone()),
                    "scope": if whole { "全機關".to_owned() } else { format!("{}之{word}", system.name) },
                    "by": "third_party", "tester": tester, "items": whole.then_some(items), "on": day.to_string(),
                    "report_on": after(day, 3), "report_no": number(day, "RP", rows.len() + 1),
                    "high": high, "medium": medium, "low": ground.lot.below(14), "notified_on": after(day, 3),
                    "fix_due": after(day, 28), "fixed_on": ground.by_now(day, 21), "retest_on": ground.by_now(day, 25),
                    "retest": later(day, 25).filter(|d| *d <= ground.today).map(|_| "passed"),
                }));
            }
        }
    }
    rows
}

fn drills(ground: &mut Ground<'_>) -> Vec<Value> {
    let office = ground.office;
    let is_superior = office.plan == "a";
    let mut rows = Vec::new();
    let people = 30 + 60 * i64::from(is_superior);
    for day in each(ground.today, 6, 50) {
        let (opened, clicked) = (1 + ground.lot.below(people / 20), ground.lot.below(2));
        let share = |many: i64| format!("{}.{:02}", many * 100 / people, many * 10_000 / people % 100);
        let roles: &[&str] = if is_superior {
            &["own", "superior"]
        } else {
            &["own"]
        };
        for role in roles {
            rows.push(json!({
                "number": number(day, "SE", rows.len() + 1), "kind": "social_engineering", "role": role,
                "scope": if *role == "own" { "全體同仁電子郵件。" } else { "所屬機關同仁電子郵件。" }, "plan_on": after(day, -20),
                "on": day.to_string(), "sent": people, "opened": opened, "clicked": clicked, "open_rate": share(opened),
                "click_rate": share(clicked), "result": "met", "review": "點閱者已補訓。",
                "result_sent_on": (*role == "superior").then(|| ground.by_now(day, 20)),
            }));
        }
    }
    for day in each(ground.today, 12, 50) {
        for system in office.systems.iter().filter(|s| s.core) {
            let tenths = 5 + ground.lot.below(system.rto * 9);
            rows.push(json!({
                "number": number(day, "DR", rows.len() + 1), "kind": "continuity", "role": "own",
                "system": system.name, "scope": "主機故障，切換至北岬備援機房。", "plan_on": after(day, -15),
                "on": day.to_string(), "participants": 8, "target_rto": system.rto.to_string(),
                "measured_rto": format!("{}.{}", tenths / 10, tenths % 10), "result": "met",
                "review": "切換程序可再簡化。", "next_on": after(day, 365),
            }));
        }
        let roles: &[&str] = if is_superior {
            &["own", "superior"]
        } else {
            &["own"]
        };
        for role in roles {
            let day = later(day, 40).filter(|d| *d <= ground.today).unwrap_or(day);
            rows.push(json!({
                "number": number(day, "NT", rows.len() + 1), "kind": "notification", "role": role,
                "scope": "入口網站遭竄改之通報及應變。", "on": day.to_string(), "participants": 14, "result": "met",
                "review": "聯絡清冊應每季更新。", "result_sent_on": (*role == "superior").then(|| ground.by_now(day, 20)),
            }));
        }
    }
    rows
}

fn access_reviews(ground: &mut Ground<'_>) -> Vec<Value> {
    let kinds = [
        ("privileged", "特權帳號", 3),
        ("general", "一般帳號", 6),
        ("vendor", "廠商帳號", 12),
        ("remote", "遠距連線", 6),
    ];
    let mut rows = Vec::new();
    for (kind, word, months) in kinds {
        for day in each(ground.today, months, 80) {
            let (total, stopped) = (12 + ground.lot.below(30), ground.lot.below(3));
            rows.push(json!({
                "number": number(day, "AR", rows.len() + 1), "kind": kind,
                "period": format!("{}年{}月", roc(day), day.month()), "scope": format!("各系統之{word}"),
                "on": day.to_string(), "reviewer": ground.keeper(1), "total": total, "kept": total - stopped,
                "stopped": stopped, "adjusted": 0, "expired": 0, "shared": 0, "trail_checked": true, "separate": true,
                "findings": if stopped > 0 { "離職及調職者之帳號，已停用。" } else { "無。" },
                "fixed_on": (stopped > 0).then(|| after(day, 1)), "fix_due": (stopped > 0).then(|| after(day, 7)),
                "confirmed_by": ground.head(), "confirmed_on": after(day, 2),
            }));
        }
    }
    rows
}

fn facility(ground: &mut Ground<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for (n, day) in each(ground.today, 3, 30).into_iter().enumerate() {
        let warm = ground.lot.chance(12);
        rows.push(json!({
            "number": number(day, "FC", n + 1), "kind": "server_room", "place": "縣府機房 B 區", "on": day.to_string(),
            "by": ground.keeper(n), "temperature": if warm { "27.5" } else { "22.5" }, "humidity": "52", "access": true, "fire": true,
            "cooling": !warm, "power": true, "lighting": true, "camera": true, "clear": true, "entries_reviewed": true,
            "findings": warm.then_some("二號空調出風溫度偏高，已通知廠商清洗濾網。"), "fix_due": warm.then(|| after(day, 10)),
            "fixed_on": warm.then(|| ground.by_now(day, 4)), "reviewed_by": ground.head(),
        }));
    }
    rows
}

fn log_reviews(ground: &mut Ground<'_>) -> Vec<Value> {
    let sources: Vec<String> = ground
        .office
        .systems
        .iter()
        .map(|s| format!("{}應用日誌", s.name))
        .collect();
    let mut rows = Vec::new();
    for (n, (from, until)) in months(ground.today).into_iter().enumerate() {
        let Some(day) = later(until, 3).filter(|d| *d <= ground.today) else {
            continue;
        };
        let odd = ground.lot.chance(15);
        rows.push(json!({
            "number": number(day, "LR", n + 1), "sources": format!("對外防火牆\n{}", sources.join("\n")),
            "from": from.to_string(), "until": until.to_string(), "on": day.to_string(), "by": ground.keeper(n),
            "backed_up": true, "abnormal": odd, "findings": odd.then_some("同一位址連續登入失敗，已封鎖。"),
            "action": odd.then_some("封鎖來源位址並通知帳號持有人變更密碼。"), "fix_due": odd.then(|| after(day, 7)),
            "fixed_on": odd.then(|| ground.by_now(day, 1)),
            "checked_by": ground.head(), "checked_on": day.to_string(),
        }));
    }
    rows
}

fn software_reviews(ground: &Ground<'_>) -> Vec<Value> {
    let days = each(ground.today, 6, 65).into_iter().enumerate();
    days.map(|(n, day)| {
        json!({
            "number": number(day, "SR", n + 1), "period": format!("{}年{}月", roc(day), day.month()),
            "on": day.to_string(), "by": ground.keeper(n), "scope": "全體公務電腦", "devices": 40, "checked": 40,
            "unlicensed": 0, "unapproved": i64::from(n == 1), "restricted": 0,
            "action": (n == 1).then_some("未經核准之影音播放軟體一套，已移除。"), "fix_due": (n == 1).then(|| after(day, 7)),
            "fixed_on": (n == 1).then(|| after(day, 1)), "confirmed_by": ground.head(),
            "confirmed_on": after(day, 3),
        })
    })
    .collect()
}

fn promotions(ground: &Ground<'_>) -> Vec<Value> {
    let topics = [
        "密碼與多因子驗證",
        "可疑郵件怎麼通報",
        "資通安全政策與目標宣導",
        "行動裝置保護",
    ];
    let days = each(ground.today, 3, 60)
        .into_iter()
        .zip(topics.into_iter().cycle());
    days.map(|(day, topic)| {
        json!({
            "topic": topic, "held_on": day.to_string(), "covers": ["policy", "objectives", "awareness"], "method": "mail",
            "audience": ["staff", "head"], "content": format!("{topic}之重點、案例及聯絡窗口。"),
            "people": ground.people.len(), "unit": ground.unit(0),
        })
    })
    .collect()
}

fn entries(ground: &mut Ground<'_>) -> Vec<Value> {
    let reasons = ["儲存設備硬碟更換", "空調保養", "網路線路測試", "主機韌體更新"];
    let mut rows = Vec::new();
    for n in 0..10_i64 {
        let at = usize::try_from(n).unwrap_or(0);
        let days = 3 + n * 12 + ground.lot.below(6);
        let day = ground.ago(days);
        let reason = ground.lot.word(&reasons);
        let vendor = ground.vendor(at % ground.office.vendors.len().max(1));
        rows.push(json!({
            "serial": format!("{:03}", 120 - n), "area": "縣府機房 B 區", "entered": format!("{day}T{:02}:10", 9 + n % 6),
            "left": format!("{day}T{:02}:40", 10 + n % 6), "name": format!("系統工程師{}", n + 1), "company": vendor,
            "outsider": true, "reason": reason, "badge": format!("識別證換訪客證 {:02}", n + 1), "escort": ground.keeper(at),
            "sealed": true, "approved_by": ground.head(), "reviewed_by": ground.head(), "reviewed_on": ground.ago(1),
        }));
    }
    rows
}

fn intelligence(ground: &Ground<'_>) -> Vec<Value> {
    let all = [
        (210, "郵件伺服器軟體高風險弱點", "core", "已更新至修補版本。"),
        (120, "偽冒縣府之釣魚郵件", "message", "加入過濾規則並宣導。"),
        (
            40,
            "惡意中繼站位址清單",
            "intrusion",
            "已於防火牆封鎖，查無連線紀錄。",
        ),
        (5, "虛擬化軟體弱點公告", "core", ""),
    ];
    all.into_iter()
        .enumerate()
        .map(|(n, (days, title, class, response))| {
            let settled = !response.is_empty();
            json!({
                "number": format!("TI-{:03}", n + 31), "title": title, "source": "示範情資分享平臺",
                "received_at": format!("{}T09:20", ground.ago(days)), "content": title, "class": class, "reliable": true,
                "timely": true, "assessment": settled.then_some("經比對資產清冊，研判影響有限。"), "to_report": false,
                "core_impact": settled.then_some("未影響核心業務。"), "response": response, "handler": ground.keeper(n),
                "analysed_on": settled.then(|| ground.ago(days - 1)), "done_on": settled.then(|| ground.ago(days - 3)),
                "protection": "限資安專責人員閱覽", "protected_on": ground.ago(days),
            })
        })
        .collect()
}

fn projects(ground: &Ground<'_>) -> Vec<Value> {
    let Some(system) = ground.office.systems.get(1) else {
        return Vec::new();
    };
    let number = format!("PJ-{}-01", roc(ground.today));
    vec![json!({
        "number": number, "name": format!("{}功能擴增案", system.name), "system": system.name, "kind": "extend",
        "unit": system.unit, "manager": ground.of_unit(&system.unit), "proposed_on": ground.ago(240),
        "alternatives": "共通系統無此功能。", "way": "outsourced", "running_cost": "每年約增列維護費六萬元。",
        "evaluated_on": ground.ago(220), "grade": system.graded().1, "security_demands": "依防護基準逐項納入需求規格。",
        "budget": "980000", "security_budget": "120000", "started_on": ground.ago(130),
    })]
}
