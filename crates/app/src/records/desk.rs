//! What lies on somebody's desk: routes, steps, and the records that wait.
//!
//! Why apart: moving a record along and asking where it is are different questions.

use super::approval::{at_step, steps_of, text, the_step, version_of};
use crate::principal::Principal;
use crate::{App, AppError};
use law::{Does, Step};
use registers::RegisterSpec;
use serde_json::{Value, json};

/// The route of a register in an agency.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub steps: Vec<Step>,
    pub prefix: String,
}

impl App {
    /// How a register's records become final in an agency; none where they need no approval.
    pub(crate) async fn route_of(&self, agency: &str, register: &str) -> Result<Option<Way>, AppError> {
        let known = self.corpus().route(register);
        let own = self.store.latest_of(agency, "route").await?;
        let own = own.iter().find(|r| text(&r.body, "register") == register);
        let default_prefix = known.map_or_else(String::new, |r| r.prefix.clone());
        if let Some(own) = own {
            let listed = own.body.get("steps").and_then(Value::as_array);
            let steps = listed
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .filter_map(|s| s.split_once(':'))
                .map(|(role, does)| serde_json::from_value(json!({ "role": role, "does": does })))
                .collect::<Result<Vec<Step>, _>>()
                .map_err(|_| AppError::failed("機關自訂的簽核流程讀不懂", "請更正「簽核流程」之步驟"))?;
            let prefix = match text(&own.body, "prefix") {
                "" if default_prefix.is_empty() => "FZ".to_owned(),
                "" => default_prefix,
                own => own.to_owned(),
            };
            return Ok(Some(Way { steps, prefix }));
        }
        Ok(known.map(|r| Way {
            steps: r.steps.clone(),
            prefix: r.prefix.clone(),
        }))
    }

    /// Whether somebody takes the step at which a record stands.
    pub(crate) async fn takes_step(
        &self,
        who: &Principal,
        agency: &str,
        spec: &RegisterSpec,
        id: &str,
    ) -> Result<bool, AppError> {
        let Some(row) = self.approval_row(agency, spec, id).await? else {
            return Ok(false);
        };
        let grants = self.grants(who, agency).await?;
        let Some(record) = self.store.row(spec.key, id).await?.filter(|r| r.agency == agency) else {
            return Ok(false);
        };
        let steps = steps_of(&row.body);
        Ok(the_step(&steps, at_step(&row.body), &grants, (spec, &record)).is_ok())
    }

    /// The steps of a record's approval in words, each with whether it is done.
    pub(crate) async fn steps(
        &self,
        agency: &str,
        spec: &RegisterSpec,
        record: &super::RecordView,
    ) -> Result<Vec<(String, bool)>, AppError> {
        let Some(way) = self.route_of(agency, spec.key).await? else {
            return Ok(Vec::new());
        };
        let approval = self.approval_row(agency, spec, &record.id).await?;
        let (steps, done) = match approval.filter(|a| version_of(&a.body) == record.version) {
            Some(a) if record.standing.state == "final" => {
                let steps = steps_of(&a.body);
                let all = steps.len();
                (steps, all)
            }
            Some(a) if record.standing.state == "submitted" => (steps_of(&a.body), at_step(&a.body)),
            _ => (way.steps, 0),
        };
        let words = |step: &Step| {
            let does = match step.does {
                Does::Reviews => "審核",
                Does::Consults => "會辦",
                Does::Approves => "核定",
            };
            format!("{}{does}", step.role.title())
        };
        Ok(steps
            .iter()
            .enumerate()
            .map(|(n, s)| (words(s), n < done))
            .collect())
    }

    /// Records that wait for somebody: register, id, name, since when.
    ///
    /// # Errors
    /// Where the asker has nothing to do with the agency.
    pub async fn waiting_for(
        &self,
        who: &Principal,
        agency: &str,
    ) -> Result<Vec<super::RecordView>, AppError> {
        self.grants(who, agency).await?;
        let mut waiting = Vec::new();
        for row in self.store.latest_of(agency, "approval").await? {
            if text(&row.body, "state") != "submitted" {
                continue;
            }
            let (register, id) = (text(&row.body, "register"), text(&row.body, "row"));
            let Some(spec) = registers::register(register) else {
                continue;
            };
            if !who.is_local && !self.takes_step(who, agency, spec, id).await? {
                continue;
            }
            // Not every register is open to everyone who takes a step somewhere.
            match self.record(who, agency, register, id).await {
                Ok(record) if record.standing.state == "submitted" => waiting.push(record),
                Ok(_) | Err(AppError::Told { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(waiting)
    }
}
