//! The closed vocabulary of fact keys. A law file that names another key is refused.

use serde::{Deserialize, Serialize};

/// What type of value a fact key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// One word of a closed list.
    Choice(&'static [&'static str]),
    /// Yes or no.
    Flag,
    /// A day.
    Date,
    /// A number.
    Number,
    /// A proper name, such as a city's; never a dimension of a law file.
    Name,
}

/// One key of the vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct FactSpec {
    /// The key, as law files and registers write it.
    pub key: &'static str,
    /// Its type.
    pub kind: FactKind,
    /// What an officer calls it.
    pub label: &'static str,
    /// Who can supply it when it is missing.
    pub supplied_by: &'static str,
    /// Where it is entered (register key).
    pub register: &'static str,
}

impl FactSpec {
    /// Whether a word is one of its closed list.
    pub fn takes(&self, word: &str) -> bool {
        matches!(self.kind, FactKind::Choice(words) if words.contains(&word))
    }
}

/// The level of an incident: a dimension of the event, not of the agency.
pub const INCIDENT_LEVEL: &str = "incident_level";

/// Whether a key speaks of an event. Until one is on record, a clause that names it binds
/// case by case.
pub fn is_of_event(key: &str) -> bool {
    key == INCIDENT_LEVEL
}

/// Whether a key says who is bound at all: a duty of others is no duty, not one that is waived.
pub fn is_of_obligor(key: &str) -> bool {
    matches!(key, "body" | "responsibility_level" | "supervises_agencies")
}

/// Events that set off a duty: key and what an officer calls it.
pub const TRIGGERS: &[(&str, &str)] = &[
    ("incident.known", "知悉資通安全事件"),
    ("incident.occurred", "資通安全事件發生"),
    ("incident.received", "接獲事件通報"),
    ("incident.reviewed", "完成事件等級審核"),
    ("ministry.received", "中央目的事業主管機關接獲通報"),
    ("ministry.reviewed", "中央目的事業主管機關完成審核"),
    ("incident.contained", "完成損害控制或復原"),
    ("incident.level_changed", "事件等級變更"),
    ("incident.handled", "事件處理完畢"),
    ("vendor.known", "廠商知悉資通安全事件"),
    ("vendor.received", "廠商接獲機關通報"),
    ("vendor.forensics_notified", "廠商接獲機關鑑識通知"),
    ("drill.done", "演練完成"),
    ("audit.notified", "接獲稽核通知"),
    ("audit.done", "稽核完成"),
    ("audit.report_received", "收受稽核結果報告"),
    ("scan.done", "完成弱點掃描"),
    ("scan.findings_notified", "接獲弱點掃描結果通知"),
    ("pentest.reported", "滲透測試報告提出"),
    ("contract.ended", "契約屆滿、解除或終止"),
    ("person.left", "人員離職或調職"),
    ("intelligence.received", "接獲資安情資"),
    ("product.notified", "接獲危害國家資通安全產品情資"),
    ("vetting.found", "適任性查核有查得事項"),
];

/// What an officer calls an event; words that are no key stand for themselves.
pub fn trigger_label(trigger: &str) -> &str {
    TRIGGERS
        .iter()
        .find(|(key, _)| *key == trigger)
        .map_or(trigger, |(_, label)| label)
}

/// What duties count: key and what an officer calls it.
pub const COUNTED: &[(&str, &str)] = &[
    ("dedicated_person", "在職之資通安全專職人員"),
    ("license", "有效之資通安全專業證照"),
    ("competence", "有效之資通安全職能評量證書"),
    ("paper", "有效之專業證照或職能評量證書"),
];

/// What an officer calls a counted thing; none for a word that is no key.
pub fn counted_label(what: &str) -> Option<&'static str> {
    COUNTED
        .iter()
        .find(|(key, _)| *key == what)
        .map(|(_, label)| *label)
}

/// Changes after which the law counts a period anew: key and what an officer calls it.
pub const ALTERATIONS: &[(&str, &str)] = &[
    ("system.added", "新增資通系統"),
    ("system.regraded", "防護需求等級變更"),
    ("system.core", "成為核心資通系統"),
    ("staff.short", "專職人員異動"),
];

/// What an officer calls a change; none for a word that is no key.
pub fn alteration_label(what: &str) -> Option<&'static str> {
    ALTERATIONS
        .iter()
        .find(|(key, _)| *key == what)
        .map(|(_, label)| *label)
}

/// Every fact key. Order is the order in which a page lists them.
pub const VOCABULARY: &[FactSpec] = &[
    FactSpec {
        key: "body",
        kind: FactKind::Choice(&["public_agency", "specific_non_government"]),
        label: "機關性質",
        supplied_by: "資通安全專責人員",
        register: "agency",
    },
    FactSpec {
        key: "responsibility_level",
        kind: FactKind::Choice(&["A", "B", "C", "D", "E"]),
        label: "資通安全責任等級",
        supplied_by: "資通安全專責人員（依等級核定函）",
        register: "designation",
    },
    FactSpec {
        key: "level_approved_on",
        kind: FactKind::Date,
        label: "初次受核定或等級變更之日",
        supplied_by: "資通安全專責人員（依等級核定函）",
        register: "designation",
    },
    FactSpec {
        key: "has_core_system",
        kind: FactKind::Flag,
        label: "有核心資通系統",
        supplied_by: "資通安全專責人員與業務單位主管",
        register: "system",
    },
    FactSpec {
        key: "has_non_core_system",
        kind: FactKind::Flag,
        label: "有非核心資通系統",
        supplied_by: "資通安全專責人員與業務單位主管",
        register: "agency",
    },
    FactSpec {
        key: "develops_systems",
        kind: FactKind::Flag,
        label: "有自行或委外開發之資通系統",
        supplied_by: "資通安全專責人員",
        register: "agency",
    },
    FactSpec {
        key: "has_mail_server",
        kind: FactKind::Flag,
        label: "有郵件伺服器",
        supplied_by: "資訊單位",
        register: "agency",
    },
    FactSpec {
        key: "has_public_core_system",
        kind: FactKind::Flag,
        label: "有對外服務之核心資通系統",
        supplied_by: "資訊單位",
        register: "agency",
    },
    FactSpec {
        key: "jurisdiction",
        kind: FactKind::Name,
        label: "所屬縣市",
        supplied_by: "資通安全專責人員",
        register: "agency",
    },
    FactSpec {
        key: "supervises_agencies",
        kind: FactKind::Flag,
        label: "有所屬或監督之機關",
        supplied_by: "資通安全專責人員",
        register: "agency",
    },
    FactSpec {
        key: "outsources_systems",
        kind: FactKind::Flag,
        label: "有委外辦理資通系統或服務",
        supplied_by: "資通安全專責人員與採購單位",
        register: "agency",
    },
    FactSpec {
        key: "uses_restricted_products",
        kind: FactKind::Flag,
        label: "有專案核准使用之危害國家資通安全產品",
        supplied_by: "資通安全專責人員",
        register: "agency",
    },
    FactSpec {
        key: "critical_infrastructure",
        kind: FactKind::Flag,
        label: "關鍵基礎設施提供者",
        supplied_by: "資通安全專責人員（依中央目的事業主管機關之指定）",
        register: "agency",
    },
    FactSpec {
        key: INCIDENT_LEVEL,
        kind: FactKind::Choice(&["1", "2", "3", "4"]),
        label: "資通安全事件等級",
        supplied_by: "資通安全專責人員（依事件分級）",
        register: "incident",
    },
    FactSpec {
        key: "has_plan",
        kind: FactKind::Flag,
        label: "有資通安全維護計畫",
        supplied_by: "資通安全專責人員",
        register: "plan",
    },
    FactSpec {
        key: "has_ciso",
        kind: FactKind::Flag,
        label: "已指派資通安全長",
        supplied_by: "機關首長",
        register: "appointment",
    },
];

/// The specification of a key, if the vocabulary holds it.
pub fn fact_spec(key: &str) -> Option<&'static FactSpec> {
    VOCABULARY.iter().find(|s| s.key == key)
}

/// A fact's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FactValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A day.
    Date(period::Date),
    /// A word of a closed list.
    Choice(String),
}

impl FactValue {
    /// Whether a law file would write the value so.
    pub fn is_word(&self, word: &str) -> bool {
        match self {
            Self::Flag(b) => word == if *b { "true" } else { "false" },
            Self::Choice(s) => s == word,
            Self::Number(_) | Self::Date(_) => self.as_word() == word,
        }
    }

    /// The value as a law file writes it in a table of dimensions (`"C"`, `"true"`).
    pub fn as_word(&self) -> String {
        match self {
            Self::Flag(b) => b.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Date(d) => d.to_string(),
            Self::Choice(s) => s.clone(),
        }
    }
}
