//! What there is: systems with their grades, contracts, assets, websites, keys, logs, backups, accounts.

use super::county::{Ground, System};
use super::days::{after, each, later, number, roc};
use super::hands::{Sheet, Step};
use serde_json::{Value, json};

/// Numbers that add up as those of businesses do, and lie below any that was given out.
const TAX_IDS: [&str; 6] = [
    "00000167", "00000183", "00000188", "00000194", "00000199", "00000201",
];

fn systems_of<'c>(ground: &Ground<'c>) -> impl Iterator<Item = (usize, &'c System)> + use<'c> {
    ground.office.systems.iter().enumerate()
}

/// Systems that the plan named already get what it didn't say.
pub(super) fn systems(ground: &Ground<'_>) -> Vec<Step> {
    if ground.is_told {
        return Vec::new();
    }
    let mut steps = Vec::new();
    for (n, system) in systems_of(ground) {
        let body = json!({
            "name": system.name, "core": system.core, "operator": "outsourced", "public_facing": system.public,
            "grade": system.graded().1, "hosting": "city_room", "host_keeper": "海東縣政府資訊處網路維運科",
            "unit": system.unit, "url": format!("https://{}.{}/", system.sub, ground.office.host),
            "vendor": ground.vendor(system.vendor), "personal_data": if n % 3 == 1 { "none" } else { "general" },
            "mtpd_hours": (system.rto * 2).to_string(), "rto_hours": system.rto.to_string(),
            "rpo_hours": system.rto.to_string(), "go_live": ground.ago(1500 + 211 * i64::try_from(n).unwrap_or(0)),
        });
        let step = Step::new("system", body);
        steps.push(if system.core { step.of(&system.name) } else { step });
    }
    steps
}

/// Lists of what there is.
pub(super) fn sheets(ground: &mut Ground<'_>) -> Vec<Sheet> {
    let mut sheets = vec![
        Sheet::of("vendor", vendors(ground)),
        Sheet::of("contract", contracts(ground)),
        Sheet::proven("data_return", returns(ground)),
        Sheet::proven("undertaking", vendor_people(ground)),
        Sheet::of("asset", assets(ground)),
        Sheet::of("website", websites(ground)),
        Sheet::of("crypto_key", keys(ground)),
        Sheet::proven("log_source", logs(ground)),
    ];
    sheets.push(Sheet::proven("backup", backups(ground)));
    sheets.push(Sheet::proven("restore_test", restores(ground)));
    sheets.push(Sheet::of("software", software(ground)));
    sheets.push(Sheet::of("account", accounts(ground)));
    sheets
}

fn vendors(ground: &Ground<'_>) -> Vec<Value> {
    let skip = usize::from(ground.is_told);
    let vendors = ground.office.vendors.iter().enumerate().skip(skip);
    vendors
        .map(|(n, name)| {
            let certified = n % 2 == 0;
            json!({
                "name": name, "contact": format!("專案經理{}", n + 1), "phone": format!("02-0000-01{n:02}"),
                "email": format!("service@vendor{}.example", n + 1), "emergency": format!("02-0000-09{n:02}（全天）"),
                "services": "資通系統建置及維運", "tax_id": TAX_IDS.get(n), "iso27001": certified,
                "certificate_no": certified.then(|| format!("IS-{:06}", 700_100 + n)),
                "certificate_until": certified.then(|| ground.ahead(40 + 190 * i64::try_from(n).unwrap_or(0))),
                "security_staff": n + 2, "measures": (!certified).then_some("訂有資安政策與人員管理規定，每年自評一次。"), "chinese_capital": false,
            })
        })
        .collect()
}

fn contracts(ground: &Ground<'_>) -> Vec<Value> {
    let clauses = [
        "environment",
        "personnel",
        "subcontracting",
        "security_test",
        "notice",
        "data_return",
        "other_measures",
        "audit",
        "confidentiality",
        "grade",
        "restricted_products",
        "personal_data",
    ];
    let contracts = ground.office.contracts.iter().enumerate();
    contracts
        .map(|(n, contract)| {
            let begun = later(ground.today, contract.from).unwrap_or(ground.today);
            json!({
                "name": ground.contract(contract), "vendor": ground.vendor(contract.vendor),
                "number": format!("{}-{}-{:03}", roc(begun), ground.office.code, 11 + n * 7),
                "signed_on": ground.ahead(contract.from - 6), "from": ground.ahead(contract.from),
                "until": ground.ahead(contract.until), "amount": contract.amount.to_string(),
                "subcontract_allowed": false, "security_clauses": clauses, "personal_data": "none",
                "contact": format!("專案經理{}", contract.vendor + 1), "officer": ground.keeper(n),
            })
        })
        .collect()
}

/// What vendors gave back when a contract ended.
fn returns(ground: &Ground<'_>) -> Vec<Value> {
    let ended = ground.office.contracts.iter().filter(|c| c.until < 0);
    ended
        .map(|contract| {
            json!({
                "number": format!("{}-RT-01", ground.office.code), "contract": ground.contract(contract), "reason": "expired",
                "ended_on": ground.ahead(contract.until), "items": "設備設定檔、網路架構圖、機房門禁卡", "quantity": "三項",
                "personal_data": false, "ways": ["return", "delete"], "done_on": ground.ahead(contract.until + 5),
                "received_by": ground.keeper(0), "pledged_on": ground.ahead(contract.until + 5),
                "accounts_stopped_on": ground.ahead(contract.until), "due": ground.ahead(contract.until + 14),
                "confirmed_by": ground.keeper(0), "confirmed_on": ground.ahead(contract.until + 8),
            })
        })
        .collect()
}

/// Those who work for the vendors; the newest of each office hasn't signed.
fn vendor_people(ground: &Ground<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for (n, contract) in ground.office.contracts.iter().enumerate() {
        for (k, role) in ["專案經理", "系統工程師"].into_iter().enumerate() {
            let is_newest = n == 1 && k == 1;
            rows.push(json!({
                "kind": "vendor_person", "person_name": format!("{role}{}", n * 2 + k + 1), "role": role,
                "unit": ground.vendor(contract.vendor), "contract": ground.contract(contract), "tier": 0,
                "leaves_on": (contract.until < 0).then(|| ground.ahead(contract.until)),
                "account_stopped_on": (contract.until < 0).then(|| ground.ahead(contract.until)),
                "text_version": "113-2", "joined_on": ground.ahead(contract.from),
                "signed_on": (!is_newest).then(|| ground.ahead(contract.from)), "method": "paper",
            }));
        }
    }
    rows
}

fn assets(ground: &mut Ground<'_>) -> Vec<Value> {
    let kinds = [
        ("應用伺服器", "physical", "HW"),
        ("資料庫伺服器", "physical", "HW"),
        ("核心交換器", "physical", "HW"),
        ("公務電腦", "physical", "HW"),
        ("資料庫管理系統", "software", "SW"),
        ("虛擬化軟體", "software", "SW"),
        ("系統文件及原始碼", "information", "IN"),
        ("機房空調服務", "service", "SV"),
    ];
    let mut rows = Vec::new();
    for n in 0..ground.office.assets {
        let at = usize::try_from(n).unwrap_or(0);
        let Some((name, category, prefix)) = kinds.get(at % kinds.len()) else {
            continue;
        };
        let system = ground.office.systems.get(at % ground.office.systems.len().max(1));
        let Some(system) = system else { continue };
        let grade = system.graded().1;
        let brand = ground.lot.pick(&ground.county.brands).cloned();
        let (age, spare) = (200 + ground.lot.below(2200), ground.lot.below(900));
        let is_physical = *category == "physical";
        let eol = (is_physical || *category == "software").then(|| ground.ahead(60 + spare));
        rows.push(json!({
            "number": format!("{prefix}-{:03}", 101 + n), "name": format!("{}{name}", system.name),
            "category": category, "system_name": system.name, "owner": system.unit,
            "custodian": ground.keeper(at), "user": system.unit, "location": if is_physical { "縣府機房 B 區" } else { "檔案伺服器" },
            "protection_level": grade, "core": system.core, "brand": brand.filter(|_| is_physical),
            "model": is_physical.then(|| format!("M{}", 200 + n % 9)), "quantity": 1, "labelled": true,
            "outsourced": false, "china_brand": false, "acquired_on": ground.ago(age), "eol": eol,
            "property_no": is_physical.then(|| format!("314{:07}", 20_100 + n)),
            "counted_on": ground.ago(72), "counted_by": ground.keeper(1),
        }));
    }
    rows
}

fn websites(ground: &Ground<'_>) -> Vec<Value> {
    let public = systems_of(ground).filter(|(_, s)| s.public);
    public
        .map(|(n, system)| {
            let left = 48 + 170 * i64::try_from(n).unwrap_or(0);
            json!({
                "name": system.name, "url": format!("https://{}.{}/", system.sub, ground.office.host),
                "domain": ground.office.host, "kind": if system.sub == "www" { "portal" } else { "service" },
                "system": system.name, "unit": system.unit, "contact": ground.of_unit(&system.unit),
                "https": true, "no_directory_listing": true, "tested_on": ground.ago(1010),
                "launched_on": ground.ago(1000), "content_checked_on": ground.ago(34),
                "content_checked_by": ground.of_unit(&system.unit), "self_assessed_on": ground.ago(160),
                "accessibility": "aa", "accessibility_until": ground.ahead(left),
            })
        })
        .collect()
}

fn keys(ground: &Ground<'_>) -> Vec<Value> {
    let left = [13, 96, 47, 211, 300, 158, 28, 340];
    let of = systems_of(ground).zip(left);
    of.map(|((n, system), left)| {
        json!({
            "number": format!("KY-{:03}", n + 1), "name": format!("{}伺服器憑證", system.name), "kind": "server",
            "system": system.name, "purpose": "網站加密傳輸", "algorithm": "RSA 2048", "issuer": "示範憑證管理中心",
            "from": ground.ahead(left - 365), "until": ground.ahead(left), "keeper": ground.keeper(n),
            "kept_in": "憑證伺服器，僅保管人得存取", "backed_up": true, "backup_place": "密封保存於保險櫃",
            "no_clear_copy": true, "renew_from": ground.ahead(left - 30), "checked_on": ground.ago(40),
        })
    })
    .collect()
}

fn logs(ground: &Ground<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for (n, system) in systems_of(ground) {
        rows.push(json!({
            "name": format!("{}應用日誌", system.name), "kind": "system", "system": system.name,
            "events": ["login", "privileged", "account", "configuration"], "content": "人、時、地、事",
            "retention": 12, "retention_unit": "month", "stored_at": "日誌集中平臺", "copied": true,
            "protection": "唯讀掛載，僅管理人得查閱", "capacity": "容量逾八成時告警", "time_source": "縣府校時伺服器",
            "keeper": ground.keeper(n), "oldest_on": ground.ago(372), "last_review": ground.ago(20),
            "next_review": ground.ahead(11),
        }));
    }
    rows.push(json!({
        "name": "對外防火牆", "kind": "firewall", "events": ["connection", "configuration"], "content": "來源、目的位址與埠",
        "retention": 12, "retention_unit": "month", "admin_days": 400, "connection_days": 400,
        "stored_at": "日誌集中平臺", "copied": true, "protection": "唯讀掛載，僅管理人得查閱", "capacity": "容量逾八成時告警",
        "time_source": "縣府校時伺服器", "keeper": ground.keeper(0), "oldest_on": ground.ago(380),
        "last_review": ground.ago(20), "next_review": ground.ahead(11),
    }));
    rows
}

fn backups(ground: &Ground<'_>) -> Vec<Value> {
    let of = systems_of(ground);
    of.map(|(n, system)| {
        json!({
            "name": format!("{}每日備份", system.name), "system": system.name, "content": ["system", "data", "configuration"],
            "method": "incremental", "frequency": "每日凌晨", "rpo_hours": system.rto.to_string(),
            "rto_hours": system.rto.to_string(), "kept": "三十份", "location": "縣府機房備份儲存設備", "offsite": true,
            "offsite_location": "北岬備援機房", "offline": true, "encrypted": true,
            "standby": "北岬備援機房之虛擬主機", "recovery": "系統復原作業說明書", "keeper": ground.keeper(n),
            "last_on": ground.ago(1), "last_ok": true, "next_test": ground.ahead(40 + 9 * i64::try_from(n).unwrap_or(0)),
        })
    })
    .collect()
}

fn restores(ground: &mut Ground<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for day in each(ground.today, 12, 60) {
        for (n, system) in systems_of(ground) {
            let tenths = 3 + ground.lot.below(system.rto * 7);
            rows.push(json!({
                "number": number(day, "RT", n + 1), "backup": format!("{}每日備份", system.name),
                "system": system.name, "on": day.to_string(), "by": ground.keeper(n), "method": "還原至測試環境",
                "copy_from": after(day, -1), "target_rto": system.rto.to_string(),
                "measured_rto": format!("{}.{}", tenths / 10, tenths % 10), "result": "success",
                "verified": "抽查資料筆數與最後異動時間相符。", "reviewed_by": ground.head(),
            }));
        }
    }
    rows
}

fn software(ground: &Ground<'_>) -> Vec<Value> {
    let all = [
        ("辦公室套裝軟體", "2024", "subscription", 60, 52, 200),
        ("端點防護軟體", "12", "subscription", 80, 71, 38),
        ("向量繪圖軟體", "9", "perpetual", 3, 3, 0),
        ("資料庫管理系統", "19", "perpetual", 4, 4, 0),
        ("壓縮軟體", "24", "open_source", 0, 66, 0),
        ("遠端會議軟體", "6", "subscription", 10, 9, 120),
    ];
    all.into_iter()
        .enumerate()
        .map(|(n, (name, version, licence, many, installed, left))| {
            json!({
                "number": format!("SL-{:03}", n + 1), "name": name, "version": version, "maker": "示範軟體公司",
                "licence": licence, "licences": (many > 0).then_some(many), "installed": installed,
                "terms": (licence == "open_source").then_some("允許公務使用"), "keeper": ground.keeper(n),
                "from": (left > 0).then(|| ground.ahead(left - 365)), "until": (left > 0).then(|| ground.ahead(left)),
                "counted_on": ground.ago(75),
            })
        })
        .collect()
}

fn accounts(ground: &mut Ground<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for n in 0..ground.office.accounts {
        let Some(system) = ground
            .office
            .systems
            .get(n.checked_rem(ground.office.systems.len()).unwrap_or(0))
        else {
            continue;
        };
        let privileged = n % 9 == 4;
        let idle = ground.lot.below(if n % 23 == 7 { 150 } else { 25 });
        let holder = if privileged {
            ground.keeper(n)
        } else {
            ground.person(n)
        };
        let name = if privileged {
            format!("adm-{}-{n:02}", system.sub)
        } else {
            format!("u{:03}-{}", 101 + n, system.sub)
        };
        rows.push(json!({
            "target": system.name, "system": system.name, "name": name,
            "kind": if privileged { "privileged" } else { "personal" }, "holder": holder, "unit": system.unit,
            "rights": if privileged { "系統管理" } else { "一般查詢及登打" }, "purpose": "業務需要",
            "requested_on": ground.ago(420), "request_no": format!("AR-{:04}", 300 + n),
            "approved_by": ground.head(), "approved_on": ground.ago(418), "from": ground.ago(417),
            "daily_account": privileged.then(|| format!("u{:03}", 101 + n)), "last_login": ground.ago(idle + 1),
        }));
    }
    rows
}
