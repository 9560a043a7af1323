//! An agency's year over REST alone: after each record, whether its duty counts as met, and
//! why not before.
//!
//! The year is in `samples/year`, a file a chapter, in the order of their names. Records
//! refer to each other by name, so the same steps can be replayed against any server:
//!
//! ```text
//! A=http://127.0.0.1:8080/api/v1/agencies/$AGENCY
//! curl -H "Authorization: Bearer $OFFICER" -H 'Content-Type: application/json' \
//!      -d "$BODY" $A/registers/grading/records                          # gives id and version
//! curl -H "Authorization: Bearer $OFFICER" -F "record=$BODY" -F evidence=@report.odt \
//!      $A/registers/scan/uploads                                        # the same with a file
//! curl -H "Authorization: Bearer $OFFICER" -H 'Content-Type: application/json' \
//!      -d '{"version": 1}' $A/registers/grading/records/$ID/submit
//! curl -H "Authorization: Bearer $HEAD" -H 'Content-Type: application/json' \
//!      -d '{"version": 1, "verdict": "agree"}' $A/registers/grading/records/$ID/decision
//! curl -H "Authorization: Bearer $OFFICER" $A/duties/classification.complete
//! ```
//!
//! `by` is who records (the officer where nobody is named), `approve` who decides, step by
//! step; `lacking` are the values that the first version has instead of those of `body`.
//! The last member of `approve` makes it final. `turns` are the duties that count as met
//! once all of it is there and not a moment earlier, `met` those that do at the end of the
//! step without having been asked on the way; both of the system `about`, where one is named.

use crate::setup::{Answer, Site, approve, days_pass};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    register: String,
    #[serde(default = "officer")]
    by: String,
    body: Map<String, Value>,
    #[serde(default)]
    lacking: Map<String, Value>,
    #[serde(default)]
    file: bool,
    #[serde(default)]
    approve: Vec<String>,
    #[serde(default)]
    about: String,
    #[serde(default)]
    turns: Vec<String>,
    #[serde(default)]
    met: Vec<String>,
}

fn officer() -> String {
    "officer".to_owned()
}

struct Year<'s> {
    site: &'s Site,
    turned: usize,
}

impl Year<'_> {
    async fn verdict(&self, step: &Step, duty: &str) -> String {
        let answer = self.site.by("officer").get(&format!("duties/{duty}")).await.ok();
        let subject = match step.about.as_str() {
            "" => "agency".to_owned(),
            system => format!("system:{system}"),
        };
        let duties = answer["duties"].as_array().unwrap();
        let duty = duties.iter().find(|d| d["subject"] == subject.as_str());
        let duty = duty.unwrap_or_else(|| panic!("{subject} has no such duty: {answer}"));
        format!(
            "{}: {}",
            duty["verdict"].as_str().unwrap(),
            duty["reason_code"].as_str().unwrap()
        )
    }

    async fn expect(&self, step: &Step, met: bool, when: &str) {
        let end = if met { &step.met[..] } else { &[] };
        for duty in step.turns.iter().chain(end) {
            let verdict = self.verdict(step, duty).await;
            assert_eq!(
                verdict.starts_with("met: "),
                met,
                "{} by {} {when}: {verdict}",
                duty,
                step.register
            );
        }
    }

    /// The first version: without what is lacking.
    async fn first(&self, step: &Step, file: bool) -> Answer {
        let mut body = step.body.clone();
        body.extend(step.lacking.clone());
        let body = Value::Object(body.into_iter().filter(|(_, v)| !v.is_null()).collect());
        let who = self.site.by(&step.by);
        if file {
            who.prove(&step.register, &body).await
        } else {
            who.create(&step.register, &body).await
        }
    }

    /// Fills in what was lacking.
    async fn fill(&self, step: &Step, id: &str, version: u64) -> u64 {
        let whole = step.lacking.keys();
        let rest: Map<String, Value> = whole.map(|k| (k.clone(), step.body[k].clone())).collect();
        let filled = self
            .site
            .by(&step.by)
            .patch(&step.register, id, version, &Value::Object(rest))
            .await;
        filled.version()
    }

    async fn evidence(&self, step: &Step, id: &str, version: u64) -> u64 {
        let path = format!("registers/{}/uploads", step.register);
        let version = version.to_string();
        let texts = [("record", "{}"), ("id", id), ("version", &version)];
        let bytes = format!("{}佐證{id}", step.register);
        let file = [("evidence", "佐證.odt", bytes.as_bytes())];
        self.site
            .by(&step.by)
            .form(&path, &[], &texts, &file)
            .await
            .version()
    }

    /// Draft, submitted, step by step: nothing counts before the last decision.
    async fn approve(&self, step: &Step, id: &str, version: u64, last: bool) {
        let who = self.site.by(&step.by);
        self.expect(step, false, "as a draft").await;
        let standing = who.submit(&step.register, id, version).await.ok();
        assert_eq!(standing["state"], "submitted");
        self.expect(step, false, "while it is submitted").await;
        for (n, decider) in step.approve.iter().enumerate() {
            let decider = self.site.by(decider);
            let waiting = decider.get("approvals").await.ok();
            let waits = |r: &Value| r["id"] == id;
            assert!(
                waiting["records"].as_array().unwrap().iter().any(waits),
                "{}: {id} waits for nobody at step {n}",
                step.register
            );
            let standing = decider.decide(&step.register, id, version, "agree").await.ok();
            let is_last = n + 1 == step.approve.len();
            assert_eq!(standing["state"], if is_last { "final" } else { "submitted" });
            self.expect(step, is_last && last, "after a decision").await;
        }
    }

    async fn take(&mut self, step: &Step) {
        self.expect(step, false, "before").await;
        let approved = !step.approve.is_empty();
        let proves = !step.turns.is_empty() || !step.met.is_empty();
        let made = self.first(step, step.file && (approved || !proves)).await;
        let (id, mut version) = (made.id(), made.version());
        assert_eq!(made.status, 201, "{}", made.asked);
        let lacks = !step.lacking.is_empty();
        if approved {
            self.approve(step, &id, version, !lacks).await;
            if lacks {
                version = self.fill(step, &id, version).await;
                self.approve(step, &id, version, true).await;
            }
        } else if proves {
            self.expect(step, false, "without a file").await;
            if lacks {
                version = self.evidence(step, &id, version).await;
                self.expect(step, false, "with something lacking").await;
                self.fill(step, &id, version).await;
            } else {
                self.evidence(step, &id, version).await;
            }
        }
        self.expect(step, true, "in the end").await;
        self.turned += step.turns.len() + step.met.len();
    }
}

fn chapters() -> Vec<(String, Vec<Step>)> {
    let folder = testkit::root().join("samples/year");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|path| {
            let steps = serde_json::from_slice(&std::fs::read(&path).unwrap());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let steps = steps.unwrap_or_else(|e| panic!("{name}: {e}"));
            (name, steps)
        })
        .collect()
}

async fn met(site: &Site) -> (usize, usize) {
    let answer = site.by("officer").get("duties").await.ok();
    let duties = answer["duties"].as_array().unwrap();
    let met = duties.iter().filter(|d| d["verdict"] == "met").count();
    (met, duties.len())
}

#[tokio::test]
async fn a_year_over_rest() {
    let site = Site::new().await;
    let officer = site.by("officer");
    let facts = json!({
        "supervises_agencies": false, "outsources_systems": false, "has_mail_server": false,
        "uses_restricted_products": false,
    });
    officer.patch("agency", &site.agency, 1, &facts).await.ok();
    let (before, _) = met(&site).await;
    let mut year = Year {
        site: &site,
        turned: 0,
    };
    for (chapter, steps) in chapters() {
        println!("{chapter}");
        for step in steps {
            if step.by == "auditor" && step.register == "auditor" {
                let body = json!({
                    "name": "auditor", "role": "auditor", "audit": step.body["audit"],
                    "from": "2026-10-01", "until": "2026-12-31",
                });
                site.member(&site.agency, "auditor", body).await;
            }
            year.take(&step).await;
        }
    }
    let (after, all) = met(&site).await;
    println!(
        "met before: {before}, after: {after} of {all}; turned by records: {}",
        year.turned
    );
    assert!(after >= before + year.turned, "{before} {after} {}", year.turned);
    let xray = officer.get("xray").await.ok();
    let wrong: Vec<&Value> = xray["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| i["rank"] == 0)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    site.sound().await;
}

async fn duty(site: &Site, key: &str) -> String {
    let answer = site.by("officer").get(&format!("duties/{key}")).await.ok();
    answer["duties"][0]["verdict"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_lies_ahead_proves_nothing() {
    let site = Site::new().await;
    let drill = json!({
        "number": "115-DR-9", "kind": "notification", "role": "own", "scope": "通報及應變",
        "on": "2026-12-01", "result": "met", "review": "無",
    });
    site.by("admin").prove("drill", &drill).await;
    assert_ne!(duty(&site, "incident.drill").await, "met");
    days_pass(10);
    assert_eq!(duty(&site, "incident.drill").await, "met");
}

#[tokio::test]
async fn a_draft_of_another_system_completes_nothing() {
    let site = Site::new().await;
    let (officer, admin) = (site.by("officer"), site.by("admin"));
    for name in ["甲系統", "乙系統"] {
        let system = json!({ "name": name, "core": false, "operator": "own", "grade": "普" });
        officer.create("system", &system).await.ok();
    }
    let grading = |system: &str, number: &str, completes: bool| {
        json!({
            "number": number, "system": system, "year": 115, "kind": "review", "graded_on": "2026-03-10",
            "confidentiality": "普", "integrity": "普", "availability": "普", "compliance": "普",
            "overall": "普", "completes": completes,
        })
    };
    let first = officer
        .create("grading", &grading("甲系統", "1", false))
        .await
        .id();
    let second = grading("乙系統", "2", true);
    let problem = officer.create("grading", &second).await.refused(422);
    assert!(
        problem["detail"].as_str().unwrap().contains("甲系統"),
        "{problem}"
    );
    approve(&site, "grading", &first, 1, &["head", "officer", "ciso"]).await;
    let second = officer.create("grading", &second).await.id();
    approve(&site, "grading", &second, 1, &["head", "officer", "ciso"]).await;
    assert_eq!(duty(&site, "classification.complete").await, "met");

    let review = |system: &str, number: &str, completes: bool| {
        json!({
            "number": number, "system": system, "edition": "2026", "checked_on": "2026-06-19",
            "met": 1, "partial": 0, "not_met": 0, "not_applicable": 0, "completes": completes,
        })
    };
    let first = admin
        .create("control_review", &review("甲系統", "1", false))
        .await
        .id();
    let second = review("乙系統", "2", true);
    let problem = admin.create("control_review", &second).await.refused(422);
    assert!(
        problem["detail"].as_str().unwrap().contains("甲系統"),
        "{problem}"
    );
    approve(&site, "control_review", &first, 1, &["admin", "officer"]).await;
    let second = admin.create("control_review", &second).await.id();
    approve(&site, "control_review", &second, 1, &["admin", "officer"]).await;
    assert_eq!(duty(&site, "baseline.complete").await, "met");
}
