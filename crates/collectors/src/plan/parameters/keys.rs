//! The list of promises that are looked for.
//!
//! What: every key with its unit and the officer's word for it. Why: the list is the
//! contract with the law layer and with every surface. What it can't know: promises
//! that no key names; they stay in the plan's text.

/// A promise that a plan can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterKey {
    /// Stable key.
    pub key: &'static str,
    /// Unit of its values; `interval` stands for month, year, week or day.
    pub unit: &'static str,
    /// The officer's word for it.
    pub label: &'static str,
}

const fn key(key: &'static str, unit: &'static str, label: &'static str) -> ParameterKey {
    ParameterKey { key, unit, label }
}

/// Every key, in the order in which a plan usually has them.
pub const PARAMETERS: &[ParameterKey] = &[
    key("policy.promotion_interval", "interval", "資安政策宣導週期"),
    key("policy.review_interval", "interval", "資安政策及目標檢討週期"),
    key("staff.dedicated", "person", "資安專職（責）人員數"),
    key("certificate.count", "certificate", "資安證照、證書張數"),
    key("certificate.coverage", "coverage", "證照、證書的計算方式"),
    key("resources.review_interval", "interval", "人力及經費配置檢討週期"),
    key("inventory.interval", "interval", "資產盤點週期"),
    key(
        "classification.review_interval",
        "interval",
        "系統防護需求分級檢視週期",
    ),
    key("risk.interval", "interval", "風險評估週期"),
    key("password.min_length", "character", "通行碼最短長度"),
    key("password.classes", "class", "通行碼字元種類數"),
    key("password.max_age", "day", "通行碼最長使用日數"),
    key("password.min_age", "day", "通行碼最短使用日數"),
    key("password.history", "count", "不得重複的前幾次通行碼"),
    key("password.lockout_attempts", "count", "登入失敗鎖定次數"),
    key("password.lockout_minutes", "minute", "登入失敗鎖定時間"),
    key("session.idle", "minute", "閒置鎖定或登出時間"),
    key("account.review_interval", "interval", "帳號權限清查週期"),
    key(
        "account.privileged_review_interval",
        "interval",
        "特權帳號清查週期",
    ),
    key("software.review_interval", "interval", "軟體清查週期"),
    key("remote_access.max_duration", "day", "遠距連線最長期限"),
    key(
        "remote_access.any_forbidden",
        "flag",
        "遠距連線不得設定為全部（Any）",
    ),
    key("backup.test_interval", "interval", "備份有效性測試週期"),
    key("log.retention", "month", "日誌保存期間"),
    key("record.retention", "year", "紀錄保存年限"),
    key("continuity.drill_interval", "interval", "業務持續運作演練週期"),
    key("scan.interval", "interval", "弱點掃描（檢測）週期"),
    key("pentest.interval", "interval", "滲透測試週期"),
    key("health_check.interval", "interval", "資通安全健診週期"),
    key("social_engineering.interval", "interval", "社交工程演練週期"),
    key("incident_drill.interval", "interval", "事件通報及應變演練週期"),
    key("incident.report_limit", "hour", "事件通報時限"),
    key("incident.recovery_limit", "hour", "損害控制或復原時限"),
    key("vendor.notify_limit", "hour", "受託者通知時限"),
    key("training.professional_hours", "hour", "專業課程或職能訓練時數"),
    key("training.professional_coverage", "coverage", "專業訓練的適用對象"),
    key("training.general_hours", "hour", "一般（通識）教育訓練時數"),
    key("audit.interval", "interval", "內部稽核週期"),
    key("audit.notice", "day", "稽核前通知日數"),
    key("management_review.interval", "interval", "管理審查會議週期"),
    key("management_review.month", "month_of_year", "管理審查會議月份"),
    key("plan.review_interval", "interval", "維護計畫檢討週期"),
    key("report.interval", "interval", "實施情形提出週期"),
];
