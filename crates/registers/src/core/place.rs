//! Where a register stands among people: its group, its reach, whose hands it is in, how its
//! records become final and on which page they are seen.
//!
//! Why said at the register: who adds one decides all of this in its file, and the permission
//! rule, routes and pages follow without a list of keys elsewhere. What it can't know: who
//! holds a role, and which rows are somebody's own.

/// Where a menu lists a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// 組織與資源
    Organisation,
    /// 文件與目標
    Documents,
    /// 系統
    Systems,
    /// 資產
    Assets,
    /// 風險
    Risk,
    /// 存取與連線
    Access,
    /// 維運
    Operations,
    /// 人員與訓練
    People,
    /// 委外
    Outsourcing,
    /// 稽核與改善
    Audit,
    /// 事件與情資
    Incidents,
    /// 基本資料 that the system derives from a plan or keeps for itself
    Basics,
}

impl Group {
    /// Every group, in the order of the menu.
    pub const ALL: [Self; 12] = [
        Self::Organisation,
        Self::Documents,
        Self::Systems,
        Self::Assets,
        Self::Risk,
        Self::Access,
        Self::Operations,
        Self::People,
        Self::Outsourcing,
        Self::Audit,
        Self::Incidents,
        Self::Basics,
    ];

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Organisation => "組織與資源",
            Self::Documents => "文件與目標",
            Self::Systems => "資通系統",
            Self::Assets => "資產與媒體",
            Self::Risk => "風險",
            Self::Access => "存取與連線",
            Self::Operations => "維運",
            Self::People => "人員與訓練",
            Self::Outsourcing => "委外",
            Self::Audit => "稽核與改善",
            Self::Incidents => "事件與情資",
            Self::Basics => "基本資料",
        }
    }
}

/// Who keeps a register, and so who may see it at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everyone of the agency.
    Agency,
    /// Those who work on cyber-security.
    Security,
    /// The officer and the 資通安全長 only: rewards and discipline.
    Restricted,
    /// The system writes it, never a form.
    System,
}

/// In whose hands a register is, beside those who work on cyber-security.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hand {
    /// A unit keeps it itself.
    Unit,
    /// Anybody may ask for it, or report it.
    Anybody,
    /// A vendor sees what is of its contract.
    VendorReads,
    /// A vendor hands it in.
    VendorWrites,
    /// An auditor fills it in, and reads it as it stands now.
    AuditorWrites,
    /// Who runs the systems sees it, whatever its group.
    SystemsRead,
    /// Who runs the systems adds to it, whatever its group.
    SystemsAdd,
    /// Its files show more than it says: units and who runs the systems see only their own.
    Apart,
    /// The administrator keeps it: who may use the system, and how approvals go.
    Accounts,
    /// Nobody but the administrator sees it.
    Hidden,
    /// It is about another record: as open as that one, and by itself only to those from whom
    /// nothing is kept.
    AboutAnother,
    /// Nobody reads it: the system keeps it for itself.
    Nobody,
}

impl Hand {
    /// Every hand, in the order of the reference.
    pub const ALL: [Self; 12] = [
        Self::Unit,
        Self::Anybody,
        Self::VendorReads,
        Self::VendorWrites,
        Self::AuditorWrites,
        Self::SystemsRead,
        Self::SystemsAdd,
        Self::Apart,
        Self::Accounts,
        Self::Hidden,
        Self::AboutAnother,
        Self::Nobody,
    ];

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unit => "單位自行登錄",
            Self::Anybody => "人人可申請或通報",
            Self::VendorReads => "廠商閱覽本契約者",
            Self::VendorWrites => "廠商填報",
            Self::AuditorWrites => "稽核員填報",
            Self::SystemsRead => "系統管理者閱覽",
            Self::SystemsAdd => "系統管理者登錄",
            Self::Apart => "單位與系統管理者僅見自己者",
            Self::Accounts => "平臺管理者維護",
            Self::Hidden => "僅平臺管理者可見",
            Self::AboutAnother => "隨所屬紀錄開放",
            Self::Nobody => "系統自用",
        }
    }
}

/// How the records of a register become final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// They hold as they are written; no route can be set for them.
    None,
    /// By the steps of a route, where the law or the agency sets one.
    Approval,
    /// By a command of their own: they tell of something that was done, and no form writes them.
    Own,
}

impl Flow {
    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "登錄即定",
            Self::Approval => "得依簽核流程定版",
            Self::Own => "由對應之功能登錄",
        }
    }
}

/// On which page the records of a register are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// On those that all registers share: list, record, form.
    Generic,
    /// On a page of its own, or within that of another record.
    Own,
}
