//! A request that comes twice is done once; the second time it is told what the first one did.
//!
//! Why the key travels with whoever asks: every write of a request is one commit, so the
//! commit keeps the receipt whatever is written. What it can't know: whether two requests
//! with two keys mean the same; each of them is done.

use super::record::{Standing, standing};
use crate::AppError;
use crate::commit::answered;
use crate::principal::Principal;
use crate::visit::{Act, Visit};
use registers::RegisterSpec;
use registers::basics::approval::Approval;
use store::{NewRow, Receipt};

/// The hash by which a repeated request is known: of its parts, each with its length.
pub fn request_hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut whole = Vec::new();
    for part in parts {
        whole.extend_from_slice(&(part.len() as u64).to_be_bytes());
        whole.extend_from_slice(part);
    }
    ledger::sha256(&whole)
}

impl Principal {
    /// The same, asking something that may come twice: its own key, and the hash of what it asks.
    #[must_use]
    pub fn asking(mut self, once: Option<(String, [u8; 32])>) -> Self {
        self.once = once;
        self
    }

    /// What its commit keeps, so that the same request is not done again.
    pub(crate) fn receipt(&self, rows: &[NewRow]) -> Option<Receipt> {
        let (key, request) = self.once.clone()?;
        Some(Receipt {
            principal: self.id.clone(),
            key,
            request,
            answer: answer(rows),
        })
    }
}

/// What a commit of these rows is answered with: where the record stands, if that is what it
/// decided; else nothing.
fn answer(rows: &[NewRow]) -> String {
    let said = rows.iter().find_map(|row| match row.register.as_str() {
        "approval" => {
            let approval = Approval::read(&row.body).ok()?;
            Some(standing(&approval, approval.version))
        }
        // What a second person said of a change that waited.
        "pending" => match row.body.get("state")?.as_str()? {
            "confirmed" => Some(Standing::settled(true)),
            "refused" => Some(Standing::settled(false)),
            _ => None,
        },
        _ => None,
    });
    said.and_then(|s| serde_json::to_string(&s).ok())
        .unwrap_or_default()
}

/// What a written record is answered with: its id, and the version that was written.
pub(super) fn written(id: &str, version: u32) -> String {
    format!("{id}@{version}")
}

/// The id and the version that an answer names; none where only the id was kept.
pub(super) fn named(answer: &str) -> (&str, Option<u32>) {
    match answer.rsplit_once('@') {
        Some((id, version)) => (id, version.parse().ok()),
        None => (answer, None),
    }
}

/// The answer that the same request was given, if it came before; for whoever may still do
/// what it asks. It may be empty: then there is nothing to say but that it was done.
///
/// # Errors
/// Where the asker may not, or used the key for another request.
pub async fn first_answer<A: Act>(
    visit: &Visit<'_>,
    act: A,
    spec: &'static RegisterSpec,
) -> Result<Option<String>, AppError> {
    if visit.who().once.is_none() {
        return Ok(None);
    }
    // A change of rights is decided on by whoever may make one, not by an approval's step.
    let by_right = super::second::guards(spec) && visit.can(crate::Action::Create, spec);
    if !by_right {
        visit.may(act, spec)?;
    }
    answered(visit, visit.who().once.as_ref()).await
}

#[cfg(test)]
mod tests {
    use super::{named, written};

    #[test]
    fn an_answer_names_what_it_wrote() {
        assert_eq!(named(&written("a-r1", 3)), ("a-r1", Some(3)));
        assert_eq!(named("a-r1"), ("a-r1", None));
    }
}
