//! 工作: a large import and a large export by the pages, without scripts.

use crate::setup::{Site, one, strict};
use std::fmt::Write as _;

const IMPORT: &str = "/atest/registers/asset/import";
const ROWS: usize = 2_001;

async fn send(site: &Site, remark: usize) -> String {
    let mut csv = "資產編號,資產名稱,資產類別,備註\n".to_owned();
    for n in 0..ROWS {
        let _ = writeln!(csv, "HW-{n},主機{n},實體,{}", "備".repeat(remark));
    }
    let token = site.token(IMPORT).await;
    let sent = site
        .upload(IMPORT, &[("token", &token)], &[("清冊.csv", csv.as_bytes())])
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    sent.header("location").to_owned()
}

#[tokio::test]
async fn a_large_file_is_read_and_written_while_its_page_tells_how_far_it_is() {
    let site = one().await;
    let token = site.token(IMPORT).await;
    let t = ("token", token.as_str());
    let waiting = send(&site, 90).await;
    assert!(
        waiting.starts_with("/atest/jobs/") && waiting.ends_with("?wait=1"),
        "{waiting}"
    );
    let page = site.get(&waiting).await;
    strict("reading", &page);
    assert_eq!(page.header("refresh"), "2");
    let text = page.text();
    for part in ["讀取匯入的檔案", "等候中", "清冊.csv", "取消這項工作", "立即更新"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("2026-"), "no date as machines write it: {text}");
    let list = site.get("/atest/registers").await.text();
    assert!(
        list.contains("/atest/jobs") && list.contains("1 項執行中"),
        "{list}"
    );
    site.work().await;
    // Whoever waited is led on to the preview.
    let onward = site.get(&waiting).await;
    assert_eq!(onward.status, 303);
    let preview = onward.header("location").to_owned();
    let shown = site.get(&preview).await;
    strict("preview", &shown);
    assert!(shown.text().contains("寫入 2001 列"));

    let asked = site.post(&format!("{preview}/commit"), &[t]).await;
    assert_eq!(asked.header("location"), preview, "{}", asked.text());
    let going = site.get(&preview).await;
    strict("writing", &going);
    assert_eq!(going.header("refresh"), "2");
    let text = going.text();
    assert!(text.contains("等候中") && !text.contains("/commit\""), "{text}");
    site.work().await;
    let done = site.get(&preview).await;
    strict("written", &done);
    assert_eq!(done.header("refresh"), "");
    assert!(done.text().contains("已寫入 2001 筆"), "{}", done.text());
    let jobs = site.get("/atest/jobs").await;
    strict("jobs", &jobs);
    let text = jobs.text();
    assert!(
        text.contains("寫入匯入的資料") && text.contains("已寫入 2001 筆"),
        "{text}"
    );
    assert!(
        text.contains("本機操作者") && text.contains("115/11/21"),
        "{text}"
    );

    // The same list as a file: too long for a link.
    let list = site.get("/atest/registers/asset").await;
    strict("long list", &list);
    assert!(list.text().contains("製作 ODS"));
    assert_eq!(site.get("/atest/registers/asset.csv").await.status, 422);
    let export = "/atest/registers/asset/export";
    assert_eq!(site.post(export, &[("format", "csv")]).await.status, 403);
    let asked = site.post(export, &[t, ("format", "csv"), ("q", "")]).await;
    let job = asked.header("location").to_owned();
    assert!(job.starts_with("/atest/jobs/"), "{job} {}", asked.text());
    assert_eq!(site.get(&format!("{job}/file")).await.status, 404);
    site.work().await;
    let page = site.get(&job).await;
    strict("made", &page);
    assert!(
        page.text().contains("下載") && page.text().contains("檔案保存到 115/12/05"),
        "{}",
        page.text()
    );
    let file = site.get(&format!("{job}/file")).await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-disposition").starts_with("attachment; "));
    assert!(file.text().contains("HW-2000"));
}

#[tokio::test]
async fn a_job_is_called_off_or_comes_to_nothing_and_says_why() {
    let site = one().await;
    let token = site.token(IMPORT).await;
    let t = ("token", token.as_str());
    let preview = send(&site, 0).await;
    site.post(&format!("{preview}/commit"), &[t]).await;
    let text = site.get(&preview).await.text();
    let (_, rest) = text.split_once("action=\"/atest/jobs/").unwrap();
    let job = format!("/atest/jobs/{}", rest.split("/cancel").next().unwrap());
    assert_eq!(site.post(&format!("{job}/cancel"), &[]).await.status, 403);
    let off = site.post(&format!("{job}/cancel"), &[t]).await;
    assert_eq!(
        off.header("location"),
        "/atest/jobs?done=cancelled",
        "{}",
        off.text()
    );
    let list = site.get(off.header("location")).await;
    strict("called off", &list);
    assert!(list.text().contains("已取消"));
    assert_eq!(site.post(&format!("{job}/cancel"), &[t]).await.status, 409);
    // The preview stands as before.
    assert!(site.get(&preview).await.text().contains("寫入 2001 列"));

    // Written anew, and somebody changes a row of it before it is taken up.
    site.post(&format!("{preview}/commit"), &[t]).await;
    let new = "/atest/registers/asset/new";
    let fields = [t, ("name", "主機1"), ("number", "HW-1"), ("kind", "physical")];
    site.post(new, &fields).await;
    let second = send(&site, 0).await;
    assert_ne!(second, preview);
    site.post(&format!("{preview}/discard"), &[t]).await;
    site.work().await;
    let list = site.get("/atest/jobs").await;
    strict("dead", &list);
    let text = list.text();
    assert!(text.contains("待處理") && text.contains("已經取消"), "{text}");
    let (_, rest) = text.split_once("待處理").unwrap();
    let (_, rest) = rest.split_once("href=\"/atest/jobs/").unwrap();
    let dead = format!("/atest/jobs/{}", rest.split('"').next().unwrap());
    let page = site.get(&dead).await;
    strict("dead letter", &page);
    assert!(
        page.text().contains("未完成的原因") && page.text().contains("重試"),
        "{}",
        page.text()
    );
    let again = site.post(&format!("{dead}/retry"), &[t]).await;
    assert_eq!(
        again.header("location"),
        format!("{dead}?done=retried"),
        "{}",
        again.text()
    );
    strict("again", &site.get(again.header("location")).await);
}
