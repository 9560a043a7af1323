//! Everybody there can be, for the tests of who may do what.

use crate::setup::{Answer, Caller, OTHER, Site};
use serde_json::{Value, json};

/// The demo agency with everybody there can be: two contracts with a vendor each, an audit
/// with its auditor, a superior agency with its supervisor, staff of another unit.
pub struct People {
    pub site: Site,
    pub contract: String,
    pub other_contract: String,
    pub audit: String,
    pub other_audit: String,
    pub parent: String,
}

impl People {
    pub async fn new() -> Self {
        let site = Site::new().await;
        let officer = site.by("officer");
        let mut contracts = Vec::new();
        for (name, vendor) in [("公文系統維護案", "甲公司"), ("網站維護案", "乙公司")] {
            let body = json!({ "name": name, "vendor": vendor, "from": "2026-01-01", "until": "2027-01-01" });
            contracts.push(officer.create("contract", &body).await.id());
        }
        let mut audits = Vec::new();
        for number in ["115-AU-01", "115-AU-02"] {
            let body = json!({
                "number": number, "title": format!("稽核{number}"), "kind": "internal", "scope": "全機關",
                "from": "2026-11-16", "until": "2026-11-27",
            });
            audits.push(officer.create("audit", &body).await.id());
        }
        let parent = site.plan("level-b-core-systems.pass.txt").await;
        officer
            .patch("agency", &site.agency, 1, &json!({ "parent": parent }))
            .await
            .ok();
        // Another superior is not one officer's word.
        let second = site.by("second officer");
        second.decide("agency", &site.agency, 1, "agree").await.ok();
        let demo = site.agency.clone();
        let from = "2020-01-01";
        let vendor =
            |contract: &str| json!({ "name": "廠商", "role": "vendor", "contract": contract, "from": from });
        site.member(&demo, "vendor", vendor(&contracts[0])).await;
        site.member(&demo, "other vendor", vendor(&contracts[1])).await;
        let auditor = json!({
            "name": "auditor", "role": "auditor", "audit": audits[0], "from": from, "until": "2027-01-01",
        });
        site.member(&demo, "auditor", auditor).await;
        let staff = json!({ "name": "other staff", "role": "staff", "unit": OTHER, "from": from });
        site.member(&demo, "other staff", staff).await;
        let supervisor = json!({ "name": "supervisor", "role": "supervisor", "from": from });
        site.member(&parent, "supervisor", supervisor).await;
        let [contract, other_contract] = contracts.try_into().unwrap();
        let [audit, other_audit] = audits.try_into().unwrap();
        Self {
            site,
            contract,
            other_contract,
            audit,
            other_audit,
            parent,
        }
    }

    pub fn by(&self, name: &str) -> Caller<'_> {
        self.site.by(name)
    }
}

pub fn total(answer: &Answer) -> u64 {
    answer.ok()["total"].as_u64().unwrap()
}

pub fn permit(number: &str) -> Value {
    json!({
        "number": number, "purpose": "緊急修復", "applicant": "陳示範", "source": "203.0.113.7",
        "destination": "192.0.2.10", "port": "3389", "protocol": "TCP", "from_outside": true,
        "to_database": false, "from": "2026-11-23", "until": "2026-11-24",
    })
}
