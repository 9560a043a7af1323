//! Limits of the law that no plan and no city has to repeat.

use crate::ways::{Ways as _, local};
use crate::{agency, product, sample};
use app::{AppError, PutRecord};
use serde_json::json;

#[tokio::test]
async fn a_log_kept_too_short_is_refused_whatever_the_city() {
    for city in ["", "臺北市", "桃園市"] {
        let (_place, app) = product().await;
        // A plan that promises nothing of logs.
        let plan = String::from_utf8(sample("demo.pass.txt")).expect("a text");
        let (before, after) = (plan.len(), plan.replace("主機與防火牆日誌保存 6 個月以上", "略"));
        assert!(after.len() < before);
        let id = agency(&app, "demo.pass.txt", after.into_bytes(), Some("2019-08-01")).await;
        if !city.is_empty() {
            let put = PutRecord {
                id: Some(app::RowId::parse(&id).expect("an id")),
                seen: Some(1),
                body: json!({ "jurisdiction": city }),
                partial: true,
                ..PutRecord::default()
            };
            app.put_record(&local("test"), &id, "agency", put)
                .await
                .expect("is taken");
        }
        let mut refused = Vec::new();
        for days in [60, 400] {
            let put = PutRecord {
                body: json!({
                    "name": "防火牆日誌", "kind": "operating_system", "retention": days, "retention_unit": "day",
                }),
                ..PutRecord::default()
            };
            let result = app.put_record(&local("test"), &id, "log_source", put).await;
            refused.push(matches!(result, Err(AppError::Fields(_))));
            if let Err(error) = result {
                println!("{city} {days}: {error}");
            }
        }
        assert_eq!(refused, [true, false], "{city}");
    }
}
