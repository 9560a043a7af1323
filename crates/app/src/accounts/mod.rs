//! Accounts: who a person is to the whole installation, and how they show it.
//!
//! Why apart from 使用者: a person may serve several agencies in several roles with terms, and a
//! password belongs to the person. An account says nothing of what may be done; that is looked up
//! among the agencies' members at every request. What it can't know: whether the person at the
//! keyboard is the one; it knows what they showed.

mod account;
mod attempts;
mod becoming;
mod desk;
mod draft;
mod feed;
mod form_key;
mod founding;
mod here;
pub(crate) mod kept;
mod link;
mod listing;
mod opening;
mod own;
mod password;
mod policy;
mod second;
mod secret;
mod session;

pub use account::{Account, Membership, account_id};
pub use becoming::{Invitation, Joining};
pub use desk::{MemberLine, invite, may_invite, members};
pub use draft::{Draft, session_of};
pub use feed::FeedLine;
pub use link::{LinkPurpose, OneTimeLink};
pub use listing::{AccountLine, SessionLine};
pub use opening::Code;
pub use own::Enrolment;
pub use policy::{Policy, Rule};
pub use session::{Opened, Signed, Stage, Visitor, Who};
