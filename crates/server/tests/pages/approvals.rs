//! 簽核: sent on, called back, decided, signed on paper, remarked on.

use crate::setup::{PERMIT, Site, one, strict, target};
use crate::sign_in::{Browser, GOOD};

const NEW: &str = "/atest/registers/remote_permit/new";

async fn permit(site: &Site) -> (String, String) {
    let token = site.token(NEW).await;
    let more = [
        ("token", token.as_str()),
        ("f-number", "115-RA-001"),
        ("f-purpose", "緊急修復公文系統"),
        ("f-until", "115/03/06"),
    ];
    let fields = [&PERMIT[..], &more[..]].concat();
    let answer = site.upload(NEW, &fields, &[]).await;
    (target(&answer), token)
}

/// The agency's own route: the officer reviews, the 資通安全長 approves.
async fn route(site: &Site, token: &str) {
    let fields = [
        ("token", token),
        ("f-register", "remote_permit"),
        ("f-steps", "officer:reviews\r\nciso:approves"),
    ];
    let answer = site.upload("/atest/registers/route/new", &fields, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test]
async fn a_record_is_sent_decided_and_signed_on_paper() {
    let site = one().await;
    let empty = site.get("/atest/approvals").await;
    strict("approvals", &empty);
    assert!(empty.text().contains("沒有等待簽核的紀錄"));
    let (record, token) = permit(&site).await;
    let t = ("token", token.as_str());
    route(&site, &token).await;
    let page = site.get(&record).await;
    strict("record", &page);
    assert!(
        page.text().contains("草稿") && page.text().contains("資通安全長核定"),
        "{}",
        page.text()
    );

    // A version that nobody showed is not sent on.
    let old = site.post(&format!("{record}/submit"), &[t, ("seen", "7")]).await;
    assert_eq!(old.status, 422);
    strict("old", &old);
    assert!(old.text().contains("href=\"#approval\""), "{}", old.text());
    let sent = site.post(&format!("{record}/submit"), &[t, ("seen", "1")]).await;
    assert_eq!(
        sent.header("location"),
        format!("{record}?done=submitted"),
        "{}",
        sent.text()
    );
    let page = site.get(sent.header("location")).await.text();
    assert!(
        page.contains("已送簽") && page.contains("撤回送簽") && page.contains(">同意<"),
        "{page}"
    );
    assert!(!page.contains(&format!("href=\"{record}/edit\"")), "{page}");
    let waiting = site.get("/atest/approvals").await;
    strict("waiting", &waiting);
    assert!(waiting.text().contains("115-RA-001") && waiting.text().contains("遠距連線許可"));
    assert!(site.get("/atest/registers").await.text().contains("待簽核 1 件"));
    let list = site.get("/atest/registers/remote_permit").await.text();
    assert!(
        list.contains("<span class=\"tag s-not_yet_due\">簽核中"),
        "{list}"
    );

    // While it is on its way nobody changes it.
    let edit = format!("{record}/edit");
    let fields = [t, ("seen", "1"), ("f-number", "x")];
    let refused = site.upload(&edit, &fields, &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("正在簽核中"), "{}", refused.text());

    let bare = [t, ("seen", "1"), ("verdict", "return"), ("reason", " ")];
    let bare = site.post(&format!("{record}/decide"), &bare).await;
    assert_eq!(bare.status, 422);
    assert!(bare.text().contains("退回須有理由") && bare.text().contains("href=\"#decide\""));
    let back = [
        t,
        ("seen", "1"),
        ("verdict", "return"),
        ("reason", "<b>來源</b>不明"),
    ];
    let back = site.post(&format!("{record}/decide"), &back).await;
    assert_eq!(back.header("location"), format!("{record}?done=decided"));
    let page = site.get(&record).await.text();
    assert!(
        page.contains("已退回") && page.contains("&#60;b&#62;來源"),
        "{page}"
    );

    assert_eq!(
        site.post(&format!("{record}/submit"), &[t, ("seen", "1")])
            .await
            .status,
        303
    );
    assert_eq!(
        site.post(&format!("{record}/recall"), &[t])
            .await
            .header("location"),
        format!("{record}?done=recalled")
    );
    assert_eq!(site.post(&format!("{record}/recall"), &[t]).await.status, 422);
    assert_eq!(
        site.post(&format!("{record}/submit"), &[t, ("seen", "1")])
            .await
            .status,
        303
    );
    let agree = [t, ("seen", "1"), ("verdict", "agree")];
    assert_eq!(site.post(&format!("{record}/decide"), &agree).await.status, 303);
    let page = site.get(&record).await.text();
    assert!(
        page.contains("待資通安全長") && !page.contains(">同意<"),
        "{page}"
    );
    // The next step is another's.
    assert_eq!(site.post(&format!("{record}/decide"), &agree).await.status, 422);
    assert_eq!(
        site.post(&format!("{record}/decide"), &[t, ("seen", "1")])
            .await
            .status,
        400
    );

    let paper = format!("{record}/paper");
    for (signed_by, on, files, expected) in [
        (
            "",
            "115/03/02",
            vec![("簽名頁.pdf", &b"%PDF-1"[..])],
            "請填簽名頁上的核定者",
        ),
        (
            "王大明",
            "某天",
            vec![("簽名頁.pdf", &b"%PDF-1"[..])],
            "看不懂日期",
        ),
        ("王大明", "115/03/02", vec![], "請選取簽名頁的掃描檔"),
        (
            "王大明",
            "116/03/02",
            vec![("簽名頁.pdf", &b"%PDF-1"[..])],
            "核定日在今天之後",
        ),
    ] {
        let fields = [t, ("seen", "1"), ("signed_by", signed_by), ("on", on)];
        let answer = site.upload(&paper, &fields, &files).await;
        assert_eq!(answer.status, 422, "{expected}");
        strict(expected, &answer);
        assert!(answer.text().contains(expected), "{expected}: {}", answer.text());
    }
    let fields = [t, ("seen", "1"), ("signed_by", "王大明"), ("on", "115/03/02")];
    let done = site.upload(&paper, &fields, &[("簽名頁.pdf", b"%PDF-1")]).await;
    assert_eq!(
        done.header("location"),
        format!("{record}?done=paper"),
        "{}",
        done.text()
    );
    let page = site.get(&record).await.text();
    assert!(
        page.contains("已定版") && page.contains("王大明") && !page.contains("type=\"submit\">送簽"),
        "{page}"
    );
    let comment = site
        .post(&format!("{record}/comment"), &[t, ("text", "請補<i>照片</i>")])
        .await;
    assert_eq!(comment.header("location"), format!("{record}?done=commented"));
    let page = site.get(&record).await.text();
    assert!(page.contains("意見：請補&#60;i&#62;照片"), "{page}");
    let empty = site.post(&format!("{record}/comment"), &[t, ("text", "")]).await;
    assert_eq!(empty.status, 422);
    // What is final is not withdrawn.
    let gone = site
        .post(
            &format!("{record}/withdraw"),
            &[t, ("seen", "1"), ("reason", "x")],
        )
        .await;
    assert_eq!(gone.status, 422);
}

#[tokio::test]
async fn acts_need_the_token() {
    let site = one().await;
    let (record, _) = permit(&site).await;
    for act in ["submit", "recall", "decide", "comment", "withdraw"] {
        let answer = site
            .post(&format!("{record}/{act}"), &[("token", "0"), ("seen", "1")])
            .await;
        assert_eq!(answer.status, 403, "{act}");
        assert_eq!(site.get(&format!("{record}/{act}")).await.status, 405, "{act}");
    }
    let paper = site
        .upload(&format!("{record}/paper"), &[("seen", "1")], &[])
        .await;
    assert_eq!(paper.status, 403);
    assert!(site.get(&record).await.text().contains("草稿"));
}

#[tokio::test]
async fn the_list_is_decided_in_two_taps_and_goes_on_with_the_next() {
    let site = one().await;
    let token = site.token("/atest/registers/member/new").await;
    let fields = [
        ("token", token.as_str()),
        ("f-name", "張資安長"),
        ("f-role", "ciso"),
        ("f-from", "115/01/01"),
    ];
    let saved = site.upload("/atest/registers/member/new", &fields, &[]).await;
    let member = target(&saved).rsplit('/').next().unwrap().to_owned();
    let handed = site
        .post(&format!("/atest/people/{member}/invite"), &[("token", &token)])
        .await
        .text();
    let (_, rest) = handed.split_once("<code class=\"long\">").unwrap();
    let link = rest.split('<').next().unwrap().to_owned();
    let mut ciso = Browser::new(&site);
    let account = [("login", "chang.ciso"), ("password", GOOD), ("again", GOOD)];
    assert_eq!(ciso.fill(&link, &link, &account).await.status, 303);

    let (record, token) = permit(&site).await;
    let fields = [
        ("token", token.as_str()),
        ("f-register", "remote_permit"),
        ("f-steps", "ciso:approves"),
    ];
    site.upload("/atest/registers/route/new", &fields, &[]).await;
    let sent = site
        .post(&format!("{record}/submit"), &[("token", &token), ("seen", "1")])
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text());

    // It is where the day of the 資通安全長 begins, with what must be known of it.
    let begins = ciso.get("/atest").await;
    assert_eq!(begins.header("location"), "/atest/approvals");
    let list = ciso.get("/atest/approvals").await;
    strict("approvals", &list);
    let text = list.text();
    assert!(
        text.contains("同意") && text.contains("203.0.113.7") && text.contains("name=\"seen\" value=\"1\""),
        "{text}"
    );
    let decide = format!("{record}/decide");
    // Without a reason nothing is sent back; the record says why.
    let bare = [("seen", "1"), ("next", "approvals"), ("verdict", "return")];
    assert_eq!(ciso.fill("/atest/approvals", &decide, &bare).await.status, 422);
    let agree = [("seen", "1"), ("next", "approvals"), ("verdict", "agree")];
    let decided = ciso.fill("/atest/approvals", &decide, &agree).await;
    assert_eq!(decided.header("location"), "/atest/approvals?done=decided");
    let after = ciso.get("/atest/approvals?done=decided").await.text();
    assert!(
        after.contains("接著看下一件") && after.contains("沒有等待簽核的紀錄"),
        "{after}"
    );
    // Sent twice, the second says that it is decided.
    assert_eq!(ciso.fill("/atest/approvals", &decide, &agree).await.status, 422);
    assert!(site.get(&record).await.text().contains("已定版"));
}
