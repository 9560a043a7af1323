//! Forms: what they write, and what they say when they refuse.

use crate::setup::{one, strict, target};

#[tokio::test]
async fn something_done_is_recorded_with_evidence() {
    let site = one().await;
    let page = "/atest/duties/audit.internal";
    let token = site.token(page).await;
    let fields = [
        ("token", token.as_str()),
        ("duty", "audit.internal"),
        ("on", "１１４.１１.１８"),
        ("title", "114年度內部稽核"),
    ];
    let answer = site
        .upload(
            "/atest/activities",
            &fields,
            &[("C:\\公文\\稽核 報告.html", b"<script>"), ("", b"")],
        )
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.header("location"), "/atest/duties/audit.internal?done=1");
    let after = site.get(answer.header("location")).await.text();
    assert!(
        after.contains("已登錄辦理紀錄") && after.contains("114/11/18") && after.contains("稽核 報告.html"),
        "{after}"
    );

    let hash = ledger::hex(&ledger::sha256(b"<script>"));
    let file = site.get(&format!("/atest/files/{hash}")).await;
    assert_eq!(
        (file.status.as_u16(), file.bytes.as_slice()),
        (200, &b"<script>"[..])
    );
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(
        file.header("content-security-policy"),
        "default-src 'none'; sandbox; frame-ancestors 'none'"
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"__ __.html\"; filename*=UTF-8''%E7%A8%BD%E6%A0%B8%20%E5%A0%B1%E5%91%8A.html"
    );
}

#[tokio::test]
async fn duty_of_a_system() {
    let site = one().await;
    let page = "/atest/duties/scan.vulnerability?system=atest-s1";
    let token = site.token(page).await;
    let fields = [
        ("token", token.as_str()),
        ("duty", "scan.vulnerability"),
        ("system", "atest-s1"),
        ("on", "114/05/05"),
        ("title", "弱點掃描"),
    ];
    let answer = site.upload("/atest/activities?at=115/06/30", &fields, &[]).await;
    assert_eq!(
        answer.header("location"),
        "/atest/duties/scan.vulnerability?system=atest-s1&done=1&at=2026-06-30"
    );
    let wrong = [
        ("token", token.as_str()),
        ("duty", "scan.vulnerability"),
        ("system", "other-s1"),
        ("on", "114/05/05"),
    ];
    assert_eq!(site.upload("/atest/activities", &wrong, &[]).await.status, 404);
}

#[tokio::test]
async fn refused_record_keeps_what_was_entered() {
    let site = one().await;
    let token = site.token("/atest/duties/audit.internal").await;
    let big = vec![0_u8; 25 * 1024 * 1024 + 1];
    let six: Vec<(&str, &[u8])> = vec![("a.txt", b"x"); 6];
    for (on, title, files, expected) in [
        ("明天", "稽核", vec![], "看不懂日期「明天」"),
        ("", "稽核", vec![], "請填辦理日期"),
        ("116/01/01", "稽核", vec![], "辦理日期在今天之後"),
        ("114/11/18", "", vec![], "請用一句話寫下辦了什麼"),
        (
            "114/11/18",
            "稽核",
            vec![("空.txt", &b""[..])],
            "「空.txt」是空檔",
        ),
        (
            "114/11/18",
            "稽核",
            vec![("大.iso", big.as_slice())],
            "「大.iso」超過 25 MB",
        ),
        ("114/11/18", "稽核", six, "一次最多附 5 個檔案"),
    ] {
        let fields = [
            ("token", token.as_str()),
            ("duty", "audit.internal"),
            ("on", on),
            ("title", title),
            ("note", "原來的\"說明\"</textarea>"),
        ];
        let answer = site.upload("/atest/activities", &fields, &files).await;
        let text = answer.text();
        let status = if expected.contains("超過") { 413 } else { 422 };
        assert_eq!(answer.status, status, "{expected}");
        strict(expected, &answer);
        assert!(
            text.contains(expected) && text.contains("有資料需要更正"),
            "{expected}: {text}"
        );
        assert!(
            text.contains("<title>錯誤：") && text.contains("aria-invalid=\"true\""),
            "{expected}"
        );
        assert!(
            text.contains(&format!("value=\"{on}\"")) && text.contains("原來的&#34;說明&#34;&#60;/textarea"),
            "{text}"
        );
        assert!(text.contains("href=\"#record-"), "{expected}");
    }
    let again = [
        ("token", token.as_str()),
        ("duty", "audit.internal"),
        ("on", ""),
        ("title", "x"),
    ];
    let text = site
        .upload("/atest/activities", &again, &[("a.txt", b"x")])
        .await
        .text();
    assert!(text.contains("檔案沒有保存"), "{text}");
    assert!(
        site.get("/atest/duties/audit.internal")
            .await
            .text()
            .contains("還沒有辦理紀錄")
    );
}

#[tokio::test]
async fn agency_forms() {
    let site = one().await;
    let token = site.token("/atest/agency").await;
    let t = ("token", token.as_str());
    assert!(site.get("/atest/today").await.text().contains("缺等級核定日"));
    let done = site
        .post(
            "/atest/designation",
            &[
                t,
                ("level", "C"),
                ("approved_on", "112/3/15"),
                ("document_no", "府資字第1號"),
            ],
        )
        .await;
    assert_eq!(
        (done.status.as_u16(), done.header("location")),
        (303, "/atest/agency?done=designation")
    );
    let page = site.get("/atest/agency?done=designation").await.text();
    assert!(page.contains("112/03/15") && page.contains("府資字第1號") && page.contains("已登錄等級核定"));
    assert!(!site.get("/atest/today").await.text().contains("缺等級核定日"));

    let done = site
        .post("/atest/ciso", &[t, ("name", "王小明"), ("from", "113/1/1")])
        .await;
    assert_eq!(done.header("location"), "/atest/agency?done=ciso");
    let facts = [
        t,
        ("has_mail_server", "yes"),
        ("has_public_core_system", "unchanged"),
        ("records_from", "2025-01-01"),
    ];
    assert_eq!(
        site.post("/atest/facts", &facts).await.header("location"),
        "/atest/agency?done=facts"
    );
    let unknown = [t, ("has_mail_server", "unknown")];
    assert_eq!(
        site.post("/atest/facts", &unknown).await.header("location"),
        "/atest/agency?done=facts"
    );
    assert!(
        site.get("/atest/agency")
            .await
            .text()
            .contains("value=\"114/01/01\"")
    );

    for (form, fields, expected, kept) in [
        (
            "designation",
            &[("level", "Z"), ("document_no", "留著")][..],
            "請由清單選取",
            "value=\"留著\"",
        ),
        (
            "designation",
            &[("level", "B"), ("approved_on", "昨天")],
            "看不懂日期「昨天」",
            "value=\"B\" selected",
        ),
        (
            "designation",
            &[("level", "B"), ("approved_on", "2027-01-01")],
            "核定日期在今天之後",
            "value=\"2027-01-01\"",
        ),
        (
            "ciso",
            &[("name", " "), ("position", "副局長")],
            "請填資通安全長的姓名",
            "value=\"副局長\"",
        ),
        ("facts", &[("has_mail_server", "maybe")], "請由清單選取", ""),
        (
            "facts",
            &[("records_from", "9999-01-01")],
            "紀錄起始日在今天之後",
            "value=\"9999-01-01\"",
        ),
        ("facts", &[], "沒有要變更的項目", ""),
    ] {
        let all: Vec<(&str, &str)> = std::iter::once(t).chain(fields.iter().copied()).collect();
        let answer = site.post(&format!("/atest/{form}"), &all).await;
        assert_eq!(answer.status, 422, "{expected}");
        strict(expected, &answer);
        let text = answer.text();
        assert!(
            text.contains(expected) && text.contains(kept) && text.contains(&format!("href=\"#{form}")),
            "{expected}"
        );
    }
}

#[tokio::test]
async fn what_is_saved_unchanged_is_not_written_and_said_so() {
    let site = one().await;
    let new = "/atest/registers/system/new";
    let token = site.token(new).await;
    let fields = [
        ("token", token.as_str()),
        ("f-name", "公文系統"),
        ("f-go_live", "111/5/1"),
    ];
    let record = target(&site.upload(new, &fields, &[]).await);
    let edit = format!("{record}/edit");
    let seen = ("seen", "1");
    let same = [fields[0], seen, fields[1], ("f-go_live", "2022-05-01")];
    let answer = site.upload(&edit, &same, &[]).await;
    let again = answer.header("location");
    assert_eq!(again, format!("{record}?done=unchanged"));
    let page = site.get(again).await;
    strict("unchanged", &page);
    assert!(page.text().contains("沒有變更，未寫入新版本"), "{}", page.text());
    // It is the first version still: whoever changes something names that.
    let other = [fields[0], seen, ("f-name", "公文系統二"), fields[2]];
    let answer = site.upload(&edit, &other, &[]).await;
    assert_eq!(answer.header("location"), format!("{record}?done=saved"));

    let facts = [fields[0], ("has_mail_server", "yes")];
    let first = site.post("/atest/facts", &facts).await;
    assert_eq!(first.header("location"), "/atest/agency?done=facts");
    let second = site.post("/atest/facts", &facts).await;
    assert_eq!(second.header("location"), "/atest/agency?done=unchanged");
    assert!(
        site.get("/atest/agency?done=unchanged")
            .await
            .text()
            .contains("沒有變更，未寫入")
    );
}
