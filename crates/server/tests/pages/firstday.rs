//! The first day over HTTP: from an empty database to dated duties, and a revised plan.

use crate::setup::{Site, one, strict, target};

const PLAN: &str = "/../../samples/plan/in-words.pass.txt";

fn plan() -> Vec<u8> {
    std::fs::read(format!("{}{PLAN}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

async fn handed_in(site: &Site) -> String {
    let token = site.token("/new").await;
    let sent = site
        .upload("/new", &[("token", &token)], &[("計畫.txt", &plan())])
        .await;
    target(&sent)
}

#[tokio::test]
async fn from_an_empty_database_to_dated_duties() {
    let site = Site::with(&[]).await;
    let first = site.get("/").await;
    strict("/", &first);
    assert!(first.text().contains("讀取並預覽"));
    let preview = handed_in(&site).await;
    let page = site.get(&preview).await;
    strict(&preview, &page);
    let text = page.text();
    assert!(
        text.contains("還沒有寫入任何資料") && text.contains("確認並建立機關"),
        "{text}"
    );
    assert!(site.app.agencies().await.unwrap().is_empty());
    let token = site.token(&preview).await;
    // A city that is none is told, and nothing is written.
    let wrong = [
        ("token", &*token),
        ("city", "桃園"),
        ("level", "C"),
        ("approved_on", "113/03/15"),
    ];
    let refused = site.post(&preview, &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("是否為「桃園市」"), "{}", refused.text());
    assert!(site.app.agencies().await.unwrap().is_empty());
    let said = [
        ("token", &*token),
        ("city", "台北市"),
        ("level", "C"),
        ("approved_on", "113/03/15"),
    ];
    let made = target(&site.post(&preview, &said).await);
    // Sent twice, and from the page that was gone back to: one agency.
    assert_eq!(target(&site.post(&preview, &said).await), made);
    assert_eq!(site.app.agencies().await.unwrap().len(), 1);
    let stocktake = site.get(&made).await;
    strict(&made, &stocktake);
    assert!(stocktake.text().contains("現況盤點"));
    let today = site.get(&made.replace("/stocktake", "/today")).await;
    strict("today", &today);
    assert!(today.text().contains("開始使用：") && today.text().contains("期限早於啟用日"));
    assert!(
        !today.text().contains("逾期 9"),
        "no days are counted from before the records"
    );
}

#[tokio::test]
async fn a_duty_is_declared_row_by_row_and_stays_unmet() {
    let site = one().await;
    let token = site.token("/atest/stocktake").await;
    let duty = "plan.establish";
    let page = site.get("/atest/stocktake").await.text();
    let key = page
        .split("name=\"duty\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or(duty)
        .to_owned();
    let row = [("token", &*token), ("duty", &*key), ("about", ""), ("state", "")];
    let refused = site.post("/atest/stocktake", &row).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("請選擇現況"));
    let row = [
        ("token", &*token),
        ("duty", &*key),
        ("about", ""),
        ("state", "done"),
        ("on", "112/05/02"),
    ];
    assert!(target(&site.post("/atest/stocktake", &row).await).starts_with("/atest/stocktake"));
    let said = site.get("/atest/stocktake").await.text();
    assert!(said.contains("已辦理，112/05/02"), "{said}");
    let duty = site.get(&format!("/atest/duties/{key}")).await.text();
    assert!(!duty.contains("tag s-met\">"), "{duty}");
    let unknown = [
        ("token", &*token),
        ("duty", "no.such"),
        ("about", ""),
        ("state", "done"),
    ];
    assert_eq!(site.post("/atest/stocktake", &unknown).await.status, 404);
    let sheet = site.get("/atest/stocktake/sheet").await;
    assert_eq!(sheet.status, 200);
    assert!(sheet.bytes.starts_with(b"PK"));
    // It comes back the same: lines that nobody answered are passed over.
    let import = "/atest/registers/stocktake/import";
    let back = site
        .upload(import, &[("token", &token)], &[("現況盤點.ods", &sheet.bytes)])
        .await;
    let preview = site.get(&target(&back)).await.text();
    for counted in ["新增 0", "更新 0", "不變 1", "有誤 0"] {
        assert!(preview.contains(counted), "{counted}: {preview}");
    }
}

#[tokio::test]
async fn what_is_no_plan_is_refused_in_words_and_previews_end() {
    let site = Site::with(&[]).await;
    let token = site.token("/new").await;
    for (name, bytes) in [
        ("空.txt", &b""[..]),
        ("亂.odt", &b"PK\x03\x04broken"[..]),
        ("筆記.txt", "今天開會。".as_bytes()),
    ] {
        let refused = site.upload("/new", &[("token", &token)], &[(name, bytes)]).await;
        assert_eq!(refused.status, 422, "{name}: {}", refused.text());
        strict(name, &refused);
        assert!(refused.text().contains("還沒有寫入"), "{name}");
    }
    let forged = site
        .upload("/new", &[("token", "x")], &[("計畫.txt", &plan())])
        .await;
    assert_eq!(forged.status, 403);
    let preview = handed_in(&site).await;
    let discarded = site
        .post(&format!("{preview}/discard"), &[("token", &token)])
        .await;
    assert_eq!(target(&discarded), "/new");
    assert_eq!(site.get(&preview).await.status, 409);
    assert_eq!(site.get("/new/a0000000000").await.status, 404);
    let said = [("token", &*token), ("city", "中央"), ("level", "C")];
    assert_eq!(site.post(&preview, &said).await.status, 409);
    assert!(site.app.agencies().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_agency_begins_without_a_plan_once() {
    let site = Site::with(&[]).await;
    let token = site.token("/new").await;
    let said = [
        ("token", &*token),
        ("key", "0123456789abcdef"),
        ("name", "示範縣政府文化局"),
        ("level", "C"),
        ("city", "花蓮縣"),
        ("body", "public_agency"),
        ("approved_on", "113/03/15"),
    ];
    let made = target(&site.post("/new/bare", &said).await);
    assert_eq!(target(&site.post("/new/bare", &said).await), made);
    assert_eq!(site.app.agencies().await.unwrap().len(), 1);
    let page = site.get(&made).await;
    strict(&made, &page);
    let nameless = [
        ("token", &*token),
        ("key", "1"),
        ("name", ""),
        ("level", ""),
        ("body", "public_agency"),
    ];
    assert_eq!(site.post("/new/bare", &nameless).await.status, 422);
}

#[tokio::test]
async fn a_plan_of_another_agency_is_no_revision() {
    let site = one().await;
    let token = site.token("/atest/plan").await;
    let refused = site
        .upload(
            "/atest/plan/revision",
            &[("token", &token)],
            &[("別的.txt", &plan())],
        )
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("不是「示範市政府文化觀光局」的修正"),
        "{}",
        refused.text()
    );
    assert_eq!(site.app.agencies().await.unwrap().len(), 1);
    // The same plan in the agency's own name is shown, then rules; sent twice, it rules once.
    let own = String::from_utf8(plan()).unwrap();
    let own = own.replace("雲川縣立山城博物館", "示範市政府文化觀光局");
    let sent = site
        .upload(
            "/atest/plan/revision",
            &[("token", &token)],
            &[("修正.txt", own.as_bytes())],
        )
        .await;
    let preview = target(&sent);
    let page = site.get(&preview).await;
    strict(&preview, &page);
    assert!(page.text().contains("確認採用這份計畫") && page.text().contains("加嚴"));
    let confirm = [("token", &*token)];
    assert_eq!(target(&site.post(&preview, &confirm).await), "/atest/plan");
    assert_eq!(target(&site.post(&preview, &confirm).await), "/atest/plan");
    assert_eq!(site.get("/atest/plan/revision/pnothing").await.status, 404);
}

#[tokio::test]
async fn whoever_keeps_the_installation_begins_and_is_the_first_officer() {
    let site = crate::sign_in::keep(Site::with(&[]).await).await;
    let mut admin = crate::sign_in::Browser::new(&site);
    admin.sign_in("admin.one", crate::sign_in::GOOD).await;
    let first = admin.get("/").await.text();
    assert!(
        first.contains("開始使用") && first.contains("/new/bare"),
        "{first}"
    );
    let key = first.split("name=\"key\" value=\"").nth(1).unwrap();
    let key = key.split('"').next().unwrap().to_owned();
    let fields = [
        ("key", key.as_str()),
        ("name", "海東縣政府文化局"),
        ("level", "C"),
        ("city", ""),
        ("body", "public_agency"),
        ("approved_on", ""),
    ];
    let made = admin.fill("/new", "/new/bare", &fields).await;
    let today = made.header("location").to_owned();
    assert_eq!(made.status, 303, "{}", made.text());
    // Sent twice it is the same agency, and its founder is there once.
    let again = admin.fill("/new", "/new/bare", &fields).await;
    assert_eq!(again.header("location"), today);
    assert_eq!(admin.get("/").await.header("location"), today);
    assert!(admin.get(&today).await.text().contains("開始使用："));
    let agency = today.split('/').nth(1).unwrap().to_owned();
    let people = admin.get(&format!("/{agency}/people")).await.text();
    assert_eq!(
        people.matches("陳管理").count(),
        2 + 1,
        "officer, administrator, and above: {people}"
    );
}
