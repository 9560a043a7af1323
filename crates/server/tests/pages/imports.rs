//! Imports: choose, look, map, write, take back.

use std::fmt::Write;

use crate::setup::{Answer, NAME, Site, next_page, one, strict};

const IMPORT: &str = "/atest/registers/corrective/import";
const GOOD: &str = "編號,來源,發現日期,類別,發現事項,怪欄位\n115-CA-001,內部稽核,115/05/20,缺失,帳號未停用,甲\n115-CA-002,內部稽核,115/05/21,待改善,門禁紀錄<script>,乙\n115-CA-003,內部稽核,某天,待改善,日期寫錯,丙\n";

async fn send(site: &Site, csv: &str) -> Answer {
    let token = site.token(IMPORT).await;
    site.upload(IMPORT, &[("token", &token)], &[("清冊.csv", csv.as_bytes())])
        .await
}

#[tokio::test]
async fn a_file_is_looked_at_written_and_taken_back() {
    let site = one().await;
    let token = site.token(IMPORT).await;
    let t = ("token", token.as_str());
    let sent = send(&site, GOOD).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let job = sent.header("location").to_owned();
    let page = site.get(&job).await;
    strict("preview", &page);
    let text = page.text();
    for part in [
        "新增 2",
        "更新 0",
        "不變 0",
        "有誤 1",
        "怪欄位",
        "不匯入",
        "115-CA-001",
        "寫入 2 列（略過 1 列有誤）",
        "在更正之前，或選擇略過之前，不會寫入任何資料",
        "取消，不匯入",
        "清冊.csv",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("門禁紀錄<script>"));
    // Nothing is written yet.
    assert!(
        site.get("/atest/registers/corrective")
            .await
            .text()
            .contains("還沒有紀錄")
    );

    let refused = site.post(&format!("{job}/commit"), &[t]).await;
    assert_eq!(refused.status, 422);
    strict("refused", &refused);
    assert!(refused.text().contains("有 1 列有誤") && refused.text().contains("href=\"#commit\""));
    let odd = site
        .post(
            &format!("{job}/commit"),
            &[t, ("skip_wrong", "1"), ("but", "第3列")],
        )
        .await;
    assert_eq!(odd.status, 422);
    assert!(odd.text().contains("列號請填數字") && odd.text().contains("value=\"第3列\""));
    let wrong = site.get(&format!("{job}/wrong")).await;
    assert!(wrong.status == 200 && wrong.bytes.starts_with(b"PK"));
    assert!(wrong.header("content-disposition").starts_with("attachment; "));

    // The same file with a column taken for something.
    let column = text
        .split("「怪欄位」匯入為")
        .next()
        .unwrap()
        .rsplit("name=\"")
        .next()
        .unwrap();
    let column = column.split('"').next().unwrap().to_owned();
    let again = site.post(&job, &[t, (&column, "note"), ("remember", "1")]).await;
    assert_eq!(again.status, 303, "{}", again.text());
    let mapped = site.get(again.header("location")).await;
    strict("mapped", &mapped);
    let text = mapped.text();
    assert!(
        text.contains("已依新的對應重新預覽") && text.contains("value=\"note\" selected"),
        "{text}"
    );
    let job = again.header("location").split('?').next().unwrap().to_owned();
    let bad = site.post(&job, &[t, (&column, "no_such_field")]).await;
    assert_eq!(bad.status, 422);
    strict("bad", &bad);

    let done = site
        .post(&format!("{job}/commit"), &[t, ("skip_wrong", "1"), ("but", "3")])
        .await;
    assert_eq!(
        done.header("location"),
        format!("{job}?done=committed"),
        "{}",
        done.text()
    );
    let page = site.get(done.header("location")).await;
    strict("committed", &page);
    assert!(page.text().contains("已寫入 1 筆") && page.text().contains("復原這次匯入"));
    let list = site.get("/atest/registers/corrective").await.text();
    assert!(list.contains("共 1 筆") && list.contains("115-CA-001"), "{list}");
    assert_eq!(site.post(&format!("{job}/commit"), &[t]).await.status, 422);

    let undone = site.post(&format!("{job}/undo"), &[t]).await;
    assert_eq!(
        undone.header("location"),
        format!("{job}?done=undone"),
        "{}",
        undone.text()
    );
    assert!(
        site.get("/atest/registers/corrective")
            .await
            .text()
            .contains("還沒有紀錄")
    );
    assert_eq!(site.post(&format!("{job}/undo"), &[t]).await.status, 422);
    // What was taken back is not written again; the way is a new upload.
    let again = site
        .post(&format!("{job}/commit"), &[t, ("skip_wrong", "1")])
        .await;
    assert_eq!(again.status, 422);
    let text = again.text();
    assert!(
        text.contains("已經復原，不能再次寫入") && text.contains("請重新上傳檔案"),
        "{text}"
    );
}

#[tokio::test]
async fn a_preview_nobody_wants_is_put_aside() {
    let site = one().await;
    let token = site.token(IMPORT).await;
    let t = ("token", token.as_str());
    let job = send(&site, GOOD).await.header("location").to_owned();
    // The button is a form's, not a link: it does what it says.
    let text = site.get(&job).await.text();
    assert!(text.contains(&format!("formaction=\"{job}/discard\"")), "{text}");
    assert_eq!(site.get(&format!("{job}/discard")).await.status, 405);
    let done = site.post(&format!("{job}/discard"), &[t]).await;
    assert_eq!(done.header("location"), format!("{job}?done=discarded"));
    let page = site.get(done.header("location")).await;
    strict("discarded", &page);
    let text = page.text();
    assert!(
        text.contains("已取消，沒有寫入任何資料") && text.contains("重新上傳檔案"),
        "{text}"
    );
    assert!(!text.contains("/commit\""), "{text}");
    for act in ["/commit", "/undo", ""] {
        let answer = site.post(&format!("{job}{act}"), &[t, ("skip_wrong", "1")]).await;
        assert_eq!(answer.status, 422, "{act}");
        strict(act, &answer);
    }
    let answer = site
        .post(&format!("{job}/commit"), &[t, ("skip_wrong", "1")])
        .await;
    assert!(answer.text().contains("已經取消"), "{}", answer.text());
    let list = site.get("/atest/registers/corrective").await.text();
    assert!(list.contains("還沒有紀錄"));
    // A written one is not put aside: it is taken back.
    let job = send(&site, GOOD).await.header("location").to_owned();
    site.post(&format!("{job}/commit"), &[t, ("skip_wrong", "1")])
        .await;
    let late = site.post(&format!("{job}/discard"), &[t]).await;
    assert_eq!(late.status, 422);
    assert!(late.text().contains("復原這次匯入"), "{}", late.text());
}

#[tokio::test]
async fn formulas_and_old_workbooks_are_said_once_and_plainly() {
    let site = one().await;
    let old = std::fs::read(testkit::root().join("samples/sheets/old.fail.xls")).unwrap();
    let token = site.token(IMPORT).await;
    let answer = site
        .upload(IMPORT, &[("token", &token)], &[("舊.xls", &old)])
        .await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    for part in ["舊版 Excel（.xls）檔", "LibreOffice", "另存為 .xlsx 或 .ods"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("不是試算表"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_read_is_said_beside_the_file() {
    let site = one().await;
    let token = site.token(IMPORT).await;
    for (csv, expected) in [
        ("甲,乙\n1,2\n", "找不到「矯正措施」的表頭"),
        ("編號,來源,發現日期,類別,發現事項\n", "表頭之下沒有資料"),
    ] {
        let answer = send(&site, csv).await;
        assert_eq!(answer.status, 422, "{expected}");
        strict(expected, &answer);
        let text = answer.text();
        assert!(
            text.contains(expected) && text.contains("href=\"#import-file\""),
            "{expected}: {text}"
        );
    }
    // What a library says of it is for the log.
    for (name, bytes) in [("壞.xlsx", &b"PK\x03\x04broken"[..]), ("壞.ods", b"PK\x03\x04")] {
        let answer = site.upload(IMPORT, &[("token", &token)], &[(name, bytes)]).await;
        assert_eq!(answer.status, 422, "{name}");
        let text = answer.text();
        assert!(text.contains("檔案已損壞或不完整（壓縮結構："), "{name}: {text}");
        for foreign in ["nvalid", "EOCD", "central", "header"] {
            let said = text
                .split("檔案已損壞")
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap();
            assert!(!said.contains(foreign), "{name}: {said}");
        }
    }
    let none = site.upload(IMPORT, &[("token", &token)], &[]).await;
    assert_eq!(none.status, 422);
    assert!(none.text().contains("請選取要匯入的檔案"));
    assert_eq!(site.upload(IMPORT, &[], &[("a.csv", b"x")]).await.status, 403);
}

#[tokio::test]
async fn an_import_belongs_to_its_agency_and_register() {
    let site = Site::with(&[("atest", NAME), ("btest", "示範市政府人事處")]).await;
    let sent = send(&site, GOOD).await;
    let job = sent.header("location").to_owned();
    let token = site.token(IMPORT).await;
    let t = ("token", token.as_str());
    for foreign in [
        job.replace("/atest/", "/btest/"),
        job.replace("/corrective/", "/remote_permit/"),
    ] {
        assert_eq!(site.get(&foreign).await.status, 404, "{foreign}");
        assert_eq!(site.get(&format!("{foreign}/wrong")).await.status, 404);
        for act in ["", "/commit", "/undo", "/discard"] {
            let answer = site
                .post(&format!("{foreign}{act}"), &[t, ("skip_wrong", "1")])
                .await;
            assert_eq!(answer.status, 404, "{foreign}{act}");
        }
    }
    for path in [
        "/atest/jobs/none",
        "/atest/jobs/none/file",
        "/atest/registers/corrective/import/none",
    ] {
        assert_eq!(site.get(path).await.status, 404, "{path}");
    }
    assert_eq!(
        site.post(&format!("{job}/commit"), &[("token", "0")])
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn labels_of_assets() {
    let site = one().await;
    let path = "/atest/registers/asset/labels";
    assert!(site.get(path).await.text().contains("還沒有資產"));
    let import = "/atest/registers/asset/import";
    let token = site.token(import).await;
    let mut csv = "資產名稱,資產類別,所屬資通系統,管理者,財產編號,廠牌\n".to_owned();
    for n in 1..=25 {
        let system = if n == 1 {
            "線上申辦系統"
        } else {
            "公文系統"
        };
        let _ = writeln!(csv, "主機{n}<i>,實體,{system},資訊科,314-{n},示範牌");
    }
    let sent = site
        .upload(import, &[("token", &token)], &[("資產.csv", csv.as_bytes())])
        .await;
    let commit = format!("{}/commit", sent.header("location"));
    let done = site.post(&commit, &[("token", &token)]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let sheet = site.get(path).await;
    strict("labels", &sheet);
    let text = sheet.text();
    assert_eq!(text.matches("<svg ").count(), 24);
    assert_eq!(text.matches("★").count(), 1);
    assert!(
        text.contains("主機1&#60;i&#62;") && text.contains("314-1") && text.contains("下一頁標籤"),
        "{text}"
    );
    let next = next_page(&text);
    assert_eq!(site.get(&next).await.text().matches("<svg ").count(), 1);
}
