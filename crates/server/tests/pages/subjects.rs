//! Pages of systems, persons and contracts: what they gather, and the way from and to them.

use crate::setup::{absent, one, strict, target};

#[tokio::test]
async fn a_system_s_page_leads_to_forms_that_name_it() {
    let site = one().await;
    let at = "/atest/systems/atest-s1";
    let list = site.get("/atest/registers/system").await.text();
    assert!(list.contains(&format!("href=\"{at}\"")), "{list}");
    // Corrected in two clicks: from the list to the form, and saved.
    let edit = "/atest/registers/system/records/atest-s1/edit";
    assert!(list.contains(&format!("href=\"{edit}\"")), "{list}");
    let page = site.get(at).await;
    strict(at, &page);
    let text = page.text();
    assert!(
        text.contains(&format!("href=\"{edit}\"")) && text.contains("還沒有紀錄的登記簿"),
        "{text}"
    );
    let form = "/atest/registers/log_source/new?system=atest-s1";
    assert!(text.contains(&format!("href=\"{form}\"")), "{text}");
    let opened = site.get(form).await.text();
    assert!(opened.contains("value=\"atest-s1\" selected"), "{opened}");
    let record = site.get("/atest/registers/system/records/atest-s1").await.text();
    assert!(record.contains(&format!("href=\"{at}\"")), "{record}");
    absent(
        &site,
        &[
            "/atest/systems/none",
            "/nobody/systems/atest-s1",
            "/atest/persons/atest-s1",
        ],
    )
    .await;
}

#[tokio::test]
async fn persons_and_contracts_have_sound_pages() {
    let site = one().await;
    for (key, part, fields) in [
        (
            "person",
            "persons",
            vec![("f-name", "陳示範<i>"), ("f-left_on", "115/11/01")],
        ),
        (
            "contract",
            "contracts",
            vec![
                ("f-name", "維護案"),
                ("f-vendor", "甲公司"),
                ("f-until", "115/12/31"),
            ],
        ),
    ] {
        let new = format!("/atest/registers/{key}/new");
        let token = site.token(&new).await;
        let fields = [&[("token", token.as_str())], fields.as_slice()].concat();
        let record = target(&site.upload(&new, &fields, &[]).await);
        let id = record.rsplit('/').next().unwrap();
        let at = format!("/atest/{part}/{id}");
        let page = site.get(&at).await;
        assert_eq!(page.status, 200, "{at}");
        strict(&at, &page);
        let text = page.text();
        assert!(
            text.contains("相關紀錄") || text.contains("還沒有紀錄的登記簿"),
            "{text}"
        );
        assert_eq!(text.contains("離職檢核"), key == "person", "{text}");
    }
}
