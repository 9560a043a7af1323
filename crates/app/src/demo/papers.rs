//! Papers that somebody decides on: grades, objectives, risks, audits, documents, reports, budgets; and
//! those that still lie on somebody's desk.

use super::audits;
use super::county::Ground;
use super::days::{after, each, number, roc};
use super::hands::{BOTH, Sheet, Step};
use period::Date;
use serde_json::{Value, json};

const ALL_THREE: [&str; 3] = ["head", "officer", "ciso"];

/// What was decided.
pub(super) fn decided(ground: &mut Ground<'_>) -> Vec<Step> {
    let mut steps = objectives(ground);
    if !ground.is_told {
        steps.extend(gradings(ground));
        steps.extend(documents(ground));
        steps.extend(inventories(ground));
        steps.extend(audits::audits(ground));
        steps.extend(reports(ground));
    }
    steps.extend(risk_assessment(ground));
    steps.extend(audits::reviews(ground));
    steps.extend(audits::correctives(ground));
    steps.extend(exceptions(ground));
    let budgets = budgets(ground, &[0]);
    steps.extend(
        budgets
            .into_iter()
            .map(|body| Step::new("budget", body).with_file().agreed(&BOTH)),
    );
    steps.extend(incidents(ground));
    steps
}

/// Lists that need what was decided.
pub(super) fn sheets(ground: &mut Ground<'_>) -> Vec<Sheet> {
    let mut sheets = vec![
        Sheet::proven("measurement", measurements(ground)),
        Sheet::of("risk", risks(ground)),
    ];
    sheets.push(Sheet::proven("budget", budgets(ground, &[2, 1])));
    sheets.push(Sheet::proven("auditor", audits::auditors(ground)));
    sheets.push(Sheet::of("audit_item", audits::audit_items(ground)));
    sheets.push(Sheet::proven("control_check", control_checks(ground)));
    sheets.push(Sheet::proven("vendor_check", vendor_checks(ground)));
    sheets.push(Sheet::of("change", changes(ground)));
    sheets.push(Sheet::of("decision", audits::decisions(ground)));
    sheets
}

fn objectives(ground: &Ground<'_>) -> Vec<Step> {
    let all = [
        ("OB-01", "資通系統可用性", "availability.all", "at_least", "99.5"),
        (
            "OB-02",
            "社交工程演練郵件開啟率",
            "phishing.open_rate",
            "below",
            "8",
        ),
        (
            "OB-03",
            "社交工程演練附件點閱率",
            "phishing.click_rate",
            "below",
            "4",
        ),
    ];
    all.into_iter()
        .map(|(number, name, measure, direction, target)| {
            let body = json!({
                "number": number, "name": name, "kind": "quantitative", "measure": measure, "indicator": name,
                "formula": "依目標評量程序計算。", "direction": direction, "target": target, "unit": "%",
                "source": "可用率統計及演練紀錄", "period": "quarter", "owner": ground.unit(0),
                "ciso_approved_on": ground.ago(690), "from": ground.ago(690), "next_measure": ground.ahead(35),
            });
            Step::new("objective", body).agreed(&BOTH)
        })
        .collect()
}

fn measurements(ground: &mut Ground<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for day in each(ground.today, 3, 0).into_iter().skip(1) {
        let from = day.checked_sub(jiff::Span::new().months(3)).unwrap_or(day);
        let (quarter, until) = ((from.month() + 2) / 3, day.yesterday().unwrap_or(day));
        let hundredths = 9_930 + ground.lot.below(68);
        let met = hundredths >= 9_950;
        let rates = [
            (
                "資通系統可用性",
                format!("{}.{:02}", hundredths / 100, hundredths % 100),
                met,
            ),
            (
                "社交工程演練郵件開啟率",
                format!("{}.{}", 2 + ground.lot.below(5), ground.lot.below(10)),
                true,
            ),
            (
                "社交工程演練附件點閱率",
                format!("{}.{}", ground.lot.below(3), ground.lot.below(10)),
                true,
            ),
        ];
        for (objective, value, reached) in rates {
            rows.push(json!({
                "objective": objective, "period": format!("{}年第{quarter}季", roc(from)), "from": from.to_string(),
                "until": until.to_string(), "measured_on": after(day, 2), "value": value,
                "data": "依各月統計彙整。", "reached": reached,
                "reason": (!reached).then_some("資料庫異常，中斷時間較長。"), "action": (!reached).then_some("增設備援節點。"),
                "measured_by": ground.keeper(0),
            }));
        }
    }
    rows
}

fn gradings(ground: &Ground<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    let office = ground.office;
    let last = office.systems.len().saturating_sub(1);
    for day in each(ground.today, 12, 20).into_iter().rev().take(1) {
        for (n, system) in office.systems.iter().enumerate() {
            let (each, overall) = system.graded();
            let grade = |n: usize| each.get(n).cloned();
            let body = json!({
                "number": number(day, "GR", n + 1), "system": system.name, "year": roc(day), "kind": "review",
                "graded_on": day.to_string(), "confidentiality": grade(0), "integrity": grade(1), "availability": grade(2),
                "compliance": grade(3), "confidentiality_reason": "依系統所存資料之敏感程度評定。",
                "integrity_reason": "資料遭竄改將影響業務正確。", "availability_reason": "依可容忍中斷時間評定。",
                "compliance_reason": "依所涉法令評定。", "overall": overall, "business_unit": system.unit,
                "graded_by": ground.of_unit(&system.unit), "next_review": after(day, 365),
                "completes": (n == last).then_some(true),
            });
            steps.push(Step::new("grading", body).agreed(&ALL_THREE));
        }
    }
    steps
}

fn documents(ground: &Ground<'_>) -> Vec<Step> {
    let all = [
        ("01-002", "資通安全政策及目標", "1", "policy", 190),
        (
            "02-009",
            "資通安全事件通報作業規範",
            "2",
            "notification_rules",
            150,
        ),
        ("02-010", "資通安全事件應變作業規範", "2", "response_rules", 120),
        ("02-011", "資通安全事件應變計畫", "2", "response_plan", 200),
        ("02-014", "個人資料檔案安全維護規定", "2", "personal_data", 260),
        ("03-021", "系統復原作業說明書", "3", "system_document", 25),
    ];
    all.into_iter()
        .map(|(number, title, tier, kind, left)| {
            let body = json!({
                "number": format!("{}-ISMS-{number}", ground.office.code), "title": title, "tier": tier, "kind": kind,
                "version": "3.0", "made_on": ground.ago(1600), "revised_on": ground.ago(375 - left),
                "approved_by": ground.person(0), "approved_on": ground.ago(365 - left), "secrecy": "limited",
                "keeper": ground.unit(0), "retention": 5, "distribution": "資安專責人員、系統管理者",
                "consistent_on": ground.ago(365 - left), "for_non_core": true, "next_review": ground.ahead(left),
            });
            Step::new("document", body).agreed(&BOTH)
        })
        .collect()
}

fn inventories(ground: &Ground<'_>) -> Vec<Step> {
    let days = each(ground.today, 6, 60).into_iter().enumerate();
    days.map(|(n, day)| {
        let total = ground.office.assets;
        let body = json!({
            "number": number(day, "IV", n + 1), "year": roc(day), "reason": "regular", "scope": "全機關各單位",
            "on": day.to_string(), "by": ground.keeper(1), "total": total, "matched": total, "missing": 0, "added": 0,
            "restricted_checked": true, "restricted_found": 0, "custodians_confirmed": true, "risk_assessed": true,
            "hosting_recorded": true, "list_updated_on": after(day, 2), "confirmed_by": ground.head(),
            "confirmed_on": after(day, 3),
        });
        Step::new("inventory", body).by("head").agreed(&["head", "officer"])
    })
    .collect()
}

fn reports(ground: &Ground<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    let this = roc(ground.today);
    for (n, year) in [this - 2, this - 1].into_iter().enumerate() {
        // Last year's may still be under way at the beginning of the year.
        let submitted = Date::new(ground.today.year(), 2, 20).ok().and_then(|d| {
            let span = jiff::Span::new().years(1);
            if n == 0 { d.checked_sub(span).ok() } else { Some(d) }
        });
        let submitted = submitted.filter(|d| *d <= ground.today).map(|d| d.to_string());
        let body = json!({
            "title": format!("{year}年度資通安全維護計畫實施情形"), "year": year, "core_business": "核心業務及系統均已檢視。",
            "policy_objectives": "目標大致達成。", "organization": "推動小組開會二次。", "resources": "專職人員依規定配置。",
            "ciso": "由副首長兼任。", "systems_assets": "盤點二次，清冊相符。", "risk": "評估完成，高風險均有處理計畫。",
            "controls": "控制措施依期程完成。", "incident": "演練二次，無重大事件。", "intelligence": "均已評估並因應。",
            "outsourcing": "委外契約均納入資安條款。", "appraisal": "依規定辦理。", "improvement": "稽核發現均已追蹤。",
            "due": submitted.clone().unwrap_or_else(|| ground.ahead(40)), "to": "受理機關", "approved_on": submitted,
            "submitted_on": submitted, "document_no": submitted.as_ref().map(|_| format!("海東{}字第{year}0000456號", ground.office.short)),
        });
        steps.push(Step::new("report", body).agreed(&BOTH));
        let plan = json!({
            "title": format!("{}年度資通安全教育訓練計畫", year + 1), "year": year + 1, "goals": "全員達成所定時數。",
            "general_hours": "3", "it_hours": "3", "dedicated_hours": "12",
            "courses": "一、資安通識，全體同仁。\n二、資安專業，資安及資訊人員。", "by_work": "管理、業務、資訊三類。",
            "topics": ["policy", "law", "work", "technology"],
            "approved_on": Date::new(ground.today.year() - i16::from(n == 0), 1, 1).map_or_else(|_| ground.ago(1), |d| d.to_string()),
            "evaluation": "課後測驗", "follow_up": "未達者補課。",
            "made_on": Date::new(ground.today.year() - i16::from(n == 0), 1, 1).map_or_else(|_| ground.ago(1), |d| d.to_string()),
        });
        steps.push(Step::new("training_plan", plan).agreed(&BOTH));
    }
    steps
}

fn method(ground: &Ground<'_>) -> String {
    format!("{}年版五級風險矩陣", roc(ground.today) - 2)
}

fn risk_day(ground: &Ground<'_>) -> Date {
    each(ground.today, 12, 48).last().copied().unwrap_or(ground.today)
}

fn risk_number(ground: &Ground<'_>) -> String {
    number(risk_day(ground), "RM", 1)
}

fn risk_assessment(ground: &Ground<'_>) -> Vec<Step> {
    let day = risk_day(ground);
    let many = ground.county.threats.len() * if ground.office.plan == "a" { 2 } else { 1 };
    vec![
        Step::new(
            "risk_method",
            json!({ "name": method(ground), "from": ground.ago(900), "formula": "matrix", "scale": 5, "acceptable": 9,
                "levels": "1 極低、2 低、3 中、4 高、5 極高", "approved_by": ground.person(0), "approved_on": ground.ago(905) }),
        ),
        Step::new(
            "risk_assessment",
            json!({ "number": risk_number(ground), "year": roc(day), "reason": if ground.is_told { "change" } else { "regular" },
                "scope": "資通系統及機房", "method": method(ground), "formula": "matrix", "scale": 5, "acceptable": 9,
                "started_on": after(day, -20), "due": after(day, 10), "by": ground.unit(0), "by_grade": true,
                "result": format!("共評估 {many} 項，高於可接受風險值者均訂有處理措施。") }),
        ),
    ]
}

fn risks(ground: &mut Ground<'_>) -> Vec<Value> {
    let (office, county) = (ground.office, ground.county);
    let day = risk_day(ground);
    let rounds = if office.plan == "a" { 2 } else { 1 };
    let mut rows = Vec::new();
    for round in 0..rounds {
        for (n, (threat, weakness, measure)) in county.threats.iter().enumerate() {
            let (likely, impact) = (1 + ground.lot.below(4), 1 + ground.lot.below(5));
            let value = likely * impact;
            let above = value > 9;
            ground.risks.0 += 1;
            ground.risks.1 += i64::from(above);
            let settled = above && ground.lot.chance(45);
            let system = office
                .systems
                .get((n + round * 3).checked_rem(office.systems.len()).unwrap_or(0));
            let Some(system) = system else { continue };
            let (lower, due) = ((likely - 1).max(1), 30 + 11 * ground.lot.below(9));
            rows.push(json!({
                "number": format!("{}-{:02}", risk_number(ground), rows.len() + 1), "assessment": risk_number(ground),
                "asset_name": system.name, "category": "information", "owner": system.unit, "threat": threat,
                "weakness": weakness, "controls": "已有基本防護。", "likelihood": likely, "impact": impact, "value": value,
                "treatment": if above { "reduce" } else { "accept" }, "measure": above.then_some(measure),
                "responsible": above.then(|| ground.keeper(n)), "due": above.then(|| ground.ahead(due)),
                "assessed_on": day.to_string(), "assessed_by": ground.keeper(0), "done_on": settled.then(|| ground.ago(6)),
                "residual_likelihood": settled.then_some(lower), "residual_impact": settled.then_some((impact - 2).max(1)),
                "residual_value": settled.then_some(lower * (impact - 2).max(1)),
            }));
        }
    }
    rows
}

/// Its result, once its risks are known.
pub(super) fn assessed(ground: &Ground<'_>) -> Vec<Step> {
    let day = risk_day(ground);
    let (total, above) = ground.risks;
    let body = json!({ "total": total, "above": above, "done_on": ground.by_now(day, 3), "reported_on": ground.by_now(day, 4) });
    vec![
        Step::new("risk_assessment", body)
            .of(&risk_number(ground))
            .agreed(&BOTH),
    ]
}

fn exceptions(ground: &Ground<'_>) -> Vec<Step> {
    let all = [
        ("部分公務電腦因相容性未套用瀏覽器組態", 22, "gcb"),
        ("舊版報表程式須以共用目錄交換檔案", 140, "sharing"),
    ];
    let chosen = all
        .into_iter()
        .enumerate()
        .take(if ground.is_told { 1 } else { 2 });
    chosen
        .map(|(n, (rule, left, kind))| {
            let body = json!({
                "number": format!("{}-EX-{:02}", ground.office.code, n + 1), "applied_on": ground.ago(182 - left),
                "unit": ground.unit(0), "kind": kind, "rule": rule, "reason": "業務系統尚未改版。",
                "substitute": "限制使用人員並加強監控。", "risk": "殘餘風險可接受。", "from": ground.ago(170 - left),
                "until": ground.ahead(left), "review_on": ground.ahead(left - 10), "supervisor_on": ground.ago(180 - left),
                "ciso_approved_on": ground.ago(175 - left),
            });
            Step::new("exception", body).agreed(&ALL_THREE)
        })
        .collect()
}

/// Of this year, or of so many years ago.
fn budgets(ground: &mut Ground<'_>, years_ago: &[i16]) -> Vec<Value> {
    let scale = if ground.office.plan == "a" { 6 } else { 1 };
    let all = [
        ("系統維護費", "maintenance", 900, 14),
        ("資安檢測服務", "service", 260, 100),
        ("防護設備及軟體", "equipment", 420, 82),
    ];
    let mut steps = Vec::new();
    for back in years_ago.iter().copied() {
        let year = roc(ground.today) - i64::from(back);
        for (item, kind, amount, percent) in all {
            let thousands = (amount + ground.lot.below(90)) * scale;
            let spent = if back == 0 { 71 } else { 96 };
            let body = json!({
                "year": year, "item": item, "kind": kind, "amount": (thousands * 1000).to_string(),
                "security_amount": (thousands * 10 * percent).to_string(), "analysis": "依前二年決算及報價估算，無重複。",
                "from": Date::new(ground.today.year() - back, 1, 1).map_or_else(|_| ground.ago(1), |d| d.to_string()),
                "prepared_on": ground.ago(100 + 365 * i64::from(back)), "approved_on": ground.ago(40 + 365 * i64::from(back)),
                "spent": (thousands * 10 * spent).to_string(),
            });
            steps.push(body);
        }
    }
    steps
}

/// One that is over; the one that runs is the smallest office's.
fn incidents(ground: &Ground<'_>) -> Vec<Step> {
    if ground.is_told {
        return Vec::new();
    }
    let day = ground.ago(163);
    let body = json!({
        "number": format!("{}-IN-001", ground.office.code), "title": "公務電腦遭勒索軟體加密", "known_at": format!("{day}T10:05"),
        "occurred_at": format!("{day}T08:40"), "reporter": ground.keeper(1), "classes": ["malware"],
        "situation": "一臺公務電腦開啟郵件附件後檔案遭加密，已離線。", "personal_data": false, "level_c": "0", "level_i": "1",
        "level_a": "1", "level": "1", "major": false, "measures": "離線、重灌並以備份還原。", "support": "無",
        "reported_at": format!("{day}T10:40"), "contained_at": format!("{day}T16:20"),
        "contain_notified_at": format!("{day}T16:50"), "contain_notified_to": "主管機關通報系統",
        "report_sent_on": ground.ago(150), "closed_on": ground.ago(145),
    });
    let title = "公務電腦遭勒索軟體加密";
    let report = json!({
        "number": format!("{}-IC-001", ground.office.code), "incident": title, "occurred_at": format!("{day}T08:40"),
        "known_at": format!("{day}T10:05"), "contained_at": format!("{day}T16:20"), "impact": "一臺公務電腦，無個人資料。",
        "containment": "離線、重灌、還原備份。", "investigation": "比對郵件與端點紀錄，確認未擴散。",
        "root_cause": "同仁開啟偽冒報價單之附件。", "managerial": "修正可疑郵件通報流程。", "technical": "封鎖含巨集之附件。",
        "people": "辦理補訓。", "resources": "增購端點偵測授權。", "due": ground.ago(120), "tracking": "每季抽測一次。",
        "to": "主管機關", "sent_on": ground.ago(150),
    });
    vec![
        Step::new("incident", body).with_file(),
        Step::new("incident_report", report).with_file().agreed(&BOTH),
    ]
}

fn control_checks(ground: &mut Ground<'_>) -> Vec<Value> {
    let controls = ground.controls.clone();
    let office = ground.office;
    let mut rows = Vec::new();
    let systems = office
        .systems
        .iter()
        .filter(|s| s.core)
        .take(if office.plan == "a" { 2 } else { 1 });
    for system in systems.filter(|_| !ground.is_told) {
        for (id, grade) in &controls {
            let reached = match system.graded().1 {
                "高" => true,
                "中" => grade != "高",
                _ => grade == "普",
            };
            if !reached {
                continue;
            }
            let fall = ground.lot.below(100);
            let (result, word) = match fall {
                0..84 => ("met", "依程序辦理，紀錄完整。"),
                84..93 => ("partial", "部分設備尚未設定，排定期程中。"),
                93..97 => ("not_met", "待系統改版後辦理。"),
                _ => ("not_applicable", "系統無此功能。"),
            };
            let open = result == "partial" || result == "not_met";
            rows.push(json!({
                "system": system.name, "edition": ground.edition, "control": id, "grade": grade, "result": result,
                "explanation": word, "responsible": ground.of_unit(&system.unit), "checked_on": ground.ago(75),
                "compensating": (result == "not_met").then_some("限制來源並加強監控。"),
                "due": open.then(|| ground.ahead(50 + fall)),
            }));
        }
    }
    rows
}

fn vendor_checks(ground: &Ground<'_>) -> Vec<Value> {
    let running = ground.office.contracts.iter().filter(|c| c.until > 0).enumerate();
    running
        .map(|(n, contract)| {
            json!({
                "number": format!("{}-VC-{:02}", ground.office.code, n + 1), "contract": ground.contract(contract),
                "vendor": ground.vendor(contract.vendor), "reason": "regular", "on": ground.ago(90), "method": "on_site",
                "checkers": ground.keeper(0), "checked": "專案經理", "items": "保密切結、帳號、原始碼保管、事件通報。",
                "passed": 24 - n, "failed": i64::from(n == 1), "unfit": 1, "result": if n == 1 { "improve" } else { "good" },
                "shortcomings": (n == 1).then_some("新進人員切結書未及時送達。"), "due": (n == 1).then(|| ground.ago(60)),
                "recheck_on": (n == 1).then(|| ground.ago(58)), "recheck": (n == 1).then_some("done"),
                "personal_data_checked": true, "products_checked": true, "next_on": ground.ahead(275),
            })
        })
        .collect()
}

fn changes(ground: &Ground<'_>) -> Vec<Value> {
    let titles = [
        "調整連線逾時設定",
        "作業系統安全性更新",
        "資料庫索引調整",
        "防火牆規則檢討",
    ];
    let kinds = ["configuration", "operating_system", "database", "network"];
    let systems = ground.office.systems.iter().cycle();
    titles
        .into_iter()
        .zip(kinds)
        .zip(systems)
        .enumerate()
        .map(|(n, ((title, kind), system))| {
            let day = 30 + 45 * i64::try_from(n).unwrap_or(0);
            json!({
                "number": format!("{}-CH-{:03}", ground.office.code, n + 1), "title": format!("{}{title}", system.name),
                "system": system.name, "kind": kind, "emergency": false, "applicant": ground.keeper(n),
                "requested_on": ground.ago(day + 9), "reason": "例行維護。", "impact": "夜間停機十分鐘。",
                "rollback": "還原變更前快照。", "approved_by": ground.head(), "approved_on": ground.ago(day + 6),
                "separate": true, "tested_on": ground.ago(day + 4), "test_result": "正常。", "old_version": "快照保留三十日",
                "scheduled_on": ground.ago(day), "done_on": ground.ago(day), "done_by": ground.keeper(n), "result": "success",
                "documents_updated": true,
            })
        })
        .collect()
}

/// What lies on somebody's desk today, and what came back with a remark.
pub(super) fn undecided(ground: &Ground<'_>) -> Vec<Step> {
    let (code, unit) = (&ground.office.code, ground.unit(0));
    let exception = |n: &str, rule: &str| {
        Step::new(
            "exception",
            json!({ "number": format!("{code}-EX-{n}"), "applied_on": ground.ago(4), "unit": unit, "kind": "function", "rule": rule,
                "reason": "廠商修正版須至下次改版始能提供。", "substitute": "人工覆核並留存紀錄。", "risk": "低。",
                "from": ground.ahead(3), "until": ground.ahead(120), "review_on": ground.ahead(60) }),
        )
    };
    let document = json!({
        "number": format!("{code}-ISMS-02-020"), "title": "委外廠商人員管理作業規範", "tier": "2", "kind": "procedure",
        "version": "1.0", "made_on": ground.ago(12), "approved_by": ground.person(0), "secrecy": "limited",
        "keeper": unit, "retention": 5, "next_review": ground.ahead(350),
    });
    let next = roc(ground.today) + 1;
    let budget = json!({
        "year": next, "item": "資安監控服務擴充", "kind": "service", "amount": "1200000", "security_amount": "1200000",
        "analysis": "依市場報價估算。", "prepared_on": ground.ago(6),
    });
    let account = json!({
        "target": "檔案伺服器", "name": "tmp-audit-01", "kind": "temporary", "holder": ground.person(3), "unit": unit,
        "rights": "唯讀", "purpose": "稽核期間調閱", "requested_on": ground.ago(3), "until": ground.ahead(20), "from": ground.ahead(1),
    });
    vec![
        exception("11", "登入失敗鎖定時間改由人工解除"),
        exception("12", "舊版查詢畫面不套用閒置登出").agreed(&["head", "officer"]),
        Step::new("budget", budget).agreed(&["officer"]),
        Step::new("document", document)
            .agreed(&["officer"])
            .returned("ciso", "請補列廠商人員離場時之帳號停用程序，並會辦政風室後再送。"),
        Step::new("account", account).returned("head", "請敘明調閱範圍，並改以個人帳號加授權辦理。"),
    ]
    .into_iter()
    .map(sent)
    .collect()
}

/// Each of these was sent on.
fn sent(step: Step) -> Step {
    Step { sent: true, ..step }
}
