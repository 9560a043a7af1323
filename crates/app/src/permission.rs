//! What each role may do with each register.
//!
//! Why one function: the matrix that is checked in is generated from it, and every
//! operation asks it; there is no second place. What it can't know: which rows are
//! somebody's own; [`Allowed::Own`] is narrowed to them by the query.

use crate::principal::{Role, Scope};
use registers::{Group, Hand, Reach, RegisterSpec};

/// What can be done with a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Lists, records, histories.
    Read,
    /// New records.
    Create,
    /// Changes.
    Amend,
    /// Takes a record back; its history stays.
    Withdraw,
    /// Many at once, from a file, and taking such an import back.
    Import,
    /// As a file.
    Export,
    /// Sends on for approval, and calls back.
    Submit,
    /// Decides a step.
    Decide,
    /// Says something about a record.
    Comment,
}

impl Action {
    /// Every action, in the order of the matrix.
    pub const ALL: [Self; 9] = [
        Self::Read,
        Self::Create,
        Self::Amend,
        Self::Withdraw,
        Self::Import,
        Self::Export,
        Self::Submit,
        Self::Decide,
        Self::Comment,
    ];

    /// What an officer calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "閱覽",
            Self::Create => "登錄",
            Self::Amend => "修改",
            Self::Withdraw => "註銷",
            Self::Import => "匯入",
            Self::Export => "匯出",
            Self::Submit => "送簽",
            Self::Decide => "簽核",
            Self::Comment => "意見",
        }
    }

    /// What a token must be for to do it.
    pub fn scope(self) -> Scope {
        match self {
            Self::Read | Self::Export => Scope::Read,
            Self::Import => Scope::Import,
            Self::Decide => Scope::Approve,
            Self::Create | Self::Amend | Self::Withdraw | Self::Submit | Self::Comment => Scope::Write,
        }
    }
}

/// Whether something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allowed {
    /// It isn't.
    No,
    /// With one's own rows: of the unit, of the contract, of the audit, or made by oneself.
    Own,
    /// With every row of the agency.
    Yes,
}

/// What a role may do with a register.
pub fn allowed(role: Role, action: Action, spec: &RegisterSpec) -> Allowed {
    if spec.reach == Reach::System {
        return system(role, action, spec);
    }
    if spec.reach == Reach::Restricted && !matches!(role, Role::Officer | Role::Ciso) {
        return Allowed::No;
    }
    // Nobody decides on, or remarks about, what they may not read.
    if matches!(action, Action::Decide | Action::Comment) {
        return by_role(role, action, spec).min(by_role(role, Action::Read, spec));
    }
    by_role(role, action, spec)
}

fn by_role(role: Role, action: Action, spec: &RegisterSpec) -> Allowed {
    let of = |hand: Hand| spec.is_in(hand);
    let changes = matches!(
        action,
        Action::Create | Action::Amend | Action::Withdraw | Action::Import | Action::Submit
    );
    match role {
        Role::Officer => Allowed::Yes,
        // They look, decide and say; they never edit.
        Role::Ciso | Role::Supervisor => yes(!changes),
        Role::UnitHead => match action {
            // Files show more than their record says: those of others are not for a unit.
            Action::Read if of(Hand::Apart) => Allowed::Own,
            Action::Read if spec.reach == Reach::Agency => Allowed::Yes,
            Action::Decide | Action::Comment => Allowed::Yes,
            Action::Create => yes(of(Hand::Unit)),
            // What the unit itself reported, also where the register is not open to everyone.
            Action::Read | Action::Amend | Action::Submit | Action::Export if of(Hand::Unit) => Allowed::Own,
            _ => Allowed::No,
        },
        Role::Staff => match action {
            Action::Create => yes(of(Hand::Anybody)),
            Action::Read | Action::Amend | Action::Submit if of(Hand::Anybody) => Allowed::Own,
            _ => Allowed::No,
        },
        Role::SystemAdmin => {
            let mine = matches!(
                spec.group,
                Group::Systems | Group::Assets | Group::Access | Group::Operations
            );
            match action {
                Action::Decide => Allowed::Yes,
                Action::Read if of(Hand::Apart) => Allowed::Own,
                Action::Read => yes(mine || of(Hand::Anybody) || of(Hand::SystemsRead)),
                Action::Create => yes(mine || of(Hand::Anybody) || of(Hand::SystemsAdd)),
                Action::Comment => yes(mine),
                _ if mine => Allowed::Yes,
                _ if of(Hand::Anybody) && action != Action::Export => Allowed::Own,
                _ => Allowed::No,
            }
        }
        Role::Auditor => match action {
            Action::Read | Action::Comment | Action::Decide => Allowed::Yes,
            Action::Create | Action::Amend if of(Hand::AuditorWrites) => Allowed::Own,
            _ => Allowed::No,
        },
        Role::Vendor => match action {
            Action::Read if of(Hand::VendorReads) => Allowed::Own,
            // What it hands in becomes proof only when the agency approves it.
            Action::Create | Action::Amend | Action::Submit if of(Hand::VendorWrites) => Allowed::Own,
            _ => Allowed::No,
        },
        Role::Administrator => Allowed::No,
    }
}

fn system(role: Role, action: Action, spec: &RegisterSpec) -> Allowed {
    // Whoever could give roles, deputyships or steps could give them to oneself: content and
    // accounts are in different hands, except at this machine, whose operator is both.
    let keeps = role == Role::Administrator;
    let sees = matches!(role, Role::Officer | Role::Ciso);
    if !spec.is_in(Hand::Accounts) {
        // The plan, approvals, comments and mappings are written by doing something else. What is
        // about another record is as open as that record: it is told with it, and by itself
        // only to those from whom nothing is kept.
        let looks = matches!(role, Role::Auditor | Role::Supervisor) && !spec.is_in(Hand::AboutAnother);
        return yes((sees || looks) && action == Action::Read && !spec.is_in(Hand::Nobody));
    }
    match action {
        Action::Read => yes(keeps || sees && !spec.is_in(Hand::Hidden)),
        // Tokens are issued and revoked by commands of their own, never by a form: they are not
        // amended.
        Action::Amend => yes(keeps && spec.is_written()),
        Action::Create | Action::Withdraw => yes(keeps),
        _ => Allowed::No,
    }
}

fn yes(allowed: bool) -> Allowed {
    if allowed { Allowed::Yes } else { Allowed::No }
}

/// The whole matrix as a table in Markdown: what is checked in under `docs/reference`.
pub fn matrix() -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        "# 權限表\n\n由程式產生，請勿手改；測試比對本檔與程式。每格為該角色對該登記簿之可用動作，\
         「（自己）」者限本單位、本契約、本次稽核或自己登錄之紀錄。簽核另須為該步驟之角色。\n",
    );
    for role in Role::ALL {
        let _ = write!(text, "\n## {}（`{}`）\n\n| 登記簿 | ", role.title(), role.word());
        for action in Action::ALL {
            let _ = write!(text, "{} | ", action.title());
        }
        text.push_str("\n| --- |");
        for _ in Action::ALL {
            text.push_str(" --- |");
        }
        text.push('\n');
        for spec in registers::catalogue() {
            let _ = write!(text, "| {}（`{}`） |", spec.title, spec.key);
            for action in Action::ALL {
                let word = match allowed(role, action, spec) {
                    Allowed::Yes => " 可 |",
                    Allowed::Own => " 自己 |",
                    Allowed::No => " — |",
                };
                text.push_str(word);
            }
            text.push('\n');
        }
    }
    text
}
