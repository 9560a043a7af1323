//! Registers: the index, lists, records, their forms, files in and out.

use crate::setup::{NAME, PERMIT, Site, absent, next_page, one, strict, target};

const LIST: &str = "/atest/registers/corrective";

/// A corrective action with these fields beside the required ones, and its address.
async fn corrective(site: &Site, number: &str, more: &[(&str, &str)]) -> String {
    let new = format!("{LIST}/new");
    let token = site.token(&new).await;
    let mut fields = vec![
        ("token", token.as_str()),
        ("f-number", number),
        ("f-origin", "internal_audit"),
        ("f-found_on", "115/5/20"),
        ("f-class", "nonconformity"),
        ("f-finding", "二名離職人員之帳號未停用。"),
    ];
    fields.extend(more);
    let answer = site.upload(&new, &fields, &[]).await;
    target(&answer)
}

#[tokio::test]
async fn every_register_has_its_pages() {
    let site = one().await;
    let index = site.get("/atest/registers").await;
    strict("registers", &index);
    let text = index.text();
    let lists: Vec<String> = text
        .split("href=\"/atest/registers/")
        .skip(1)
        .filter_map(|t| t.split('"').next())
        .map(str::to_owned)
        .collect();
    assert!(lists.len() > 15, "{lists:?}");
    assert!(text.contains("稽核與改善") && text.contains("<span class=\"num\">2 筆</span>"));
    for key in lists {
        let list = site.get(&format!("/atest/registers/{key}")).await;
        assert_eq!(list.status, 200, "{key}");
        strict(&key, &list);
        let page = list.text();
        for (rest, form) in [
            ("new", "enctype=\"multipart/form-data\""),
            ("import", "讀取並預覽"),
        ] {
            if page.contains(&format!("href=\"/atest/registers/{key}/{rest}\"")) {
                let answer = site.get(&format!("/atest/registers/{key}/{rest}")).await;
                assert_eq!(answer.status, 200, "{key}/{rest}");
                strict(&format!("{key}/{rest}"), &answer);
                assert!(answer.text().contains(form), "{key}/{rest}");
            }
        }
    }
    absent(
        &site,
        &[
            "/atest/registers/nothing",
            "/atest/registers/nothing/new",
            "/atest/registers/corrective/records/none",
            "/atest/registers/corrective/records/none/edit",
            "/atest/registers/corrective.exe",
            "/atest/registers/corrective/blank/exe",
            "/nobody/registers",
            "/nobody/registers/corrective/new",
        ],
    )
    .await;
    // What only the system writes has no form.
    let refused = site.get("/atest/registers/approval/new").await;
    assert!(
        [403, 422].contains(&refused.status.as_u16()),
        "{}",
        refused.status
    );
}

#[tokio::test]
async fn a_record_is_entered_shown_changed_and_withdrawn() {
    let site = one().await;
    let empty = site.get(LIST).await.text();
    assert!(
        empty.contains("還沒有紀錄") && empty.contains("新增第一筆"),
        "{empty}"
    );
    let record = corrective(&site, "115-CA-001", &[("f-due", "民國115年6月30日")]).await;
    let page = site.get(&record).await;
    strict(&record, &page);
    let text = page.text();
    for part in [
        "115-CA-001",
        "115/05/20",
        "內部稽核",
        "未填：",
        "待補正",
        "第 1 版",
        "歷程",
        "登錄",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        text.contains("這筆紀錄證明了什麼") && text.contains("尚未辦結"),
        "{text}"
    );

    let edit = format!("{record}/edit");
    let form = site.get(&edit).await;
    strict(&edit, &form);
    let form = form.text();
    assert!(
        form.contains("value=\"115/06/30\"") && form.contains("name=\"seen\" value=\"1\""),
        "{form}"
    );
    assert!(form.contains("<details open>") && form.contains("value=\"internal_audit\" selected"));
    let token = site.token(&edit).await;
    let fields = [
        ("token", token.as_str()),
        ("seen", "1"),
        ("f-number", "115-CA-001"),
        ("f-origin", "internal_audit"),
        ("f-found_on", "115/05/20"),
        ("f-class", "nonconformity"),
        ("f-finding", "三名離職人員之帳號未停用。\r\n已通知。"),
        ("f-effective", "true"),
        ("f-due", ""),
    ];
    let files: [(&str, &[u8]); 1] = [("改善前.png", b"\x89PNG\r\n\x1a\nx")];
    let saved = site.upload(&edit, &fields, &files).await;
    assert_eq!(saved.header("location"), format!("{record}?done=saved"));
    let text = site.get(saved.header("location")).await.text();
    assert!(
        text.contains("已儲存修改") && text.contains("三名離職人員") && text.contains("改善前.png"),
        "{text}"
    );
    assert!(text.contains("二名離職人員之帳號未停用。</span> →"), "{text}");
    assert!(text.contains("/preview\">預覽"), "{text}");

    // Files stay where they are ticked, and go where they aren't.
    let form = site.get(&edit).await.text();
    let line = form.split("name=\"f-evidence\" value=\"").nth(1).unwrap();
    let line = line.split('"').next().unwrap().to_owned();
    let mut kept = fields.to_vec();
    kept[1] = ("seen", "2");
    kept.push(("f-evidence", &line));
    let second: [(&str, &[u8]); 1] = [("改善後.txt", "完成".as_bytes())];
    assert_eq!(site.upload(&edit, &kept, &second).await.status, 303);
    let text = site.get(&record).await.text();
    assert!(
        text.contains("改善前.png") && text.contains("改善後.txt"),
        "{text}"
    );
    kept.pop();
    kept[1] = ("seen", "3");
    assert_eq!(site.upload(&edit, &kept, &[]).await.status, 303);
    let text = site.get(&record).await.text();
    assert!(!text.contains("/preview\">預覽"), "{text}");

    let bare = site
        .post(&format!("{record}/withdraw"), &[("token", &token), ("seen", "4")])
        .await;
    assert_eq!(bare.status, 422);
    strict("withdraw", &bare);
    assert!(bare.text().contains("註銷須有理由") && bare.text().contains("href=\"#withdraw\""));
    let reason = [("token", token.as_str()), ("seen", "4"), ("reason", "重複登錄")];
    let gone = site.post(&format!("{record}/withdraw"), &reason).await;
    assert_eq!(
        gone.header("location"),
        format!("{LIST}?done=withdrawn"),
        "{}",
        gone.text()
    );
    assert!(site.get(gone.header("location")).await.text().contains("已註銷"));
    // It is still to be looked up, and nothing more can be done to it.
    let listed = site.get(&format!("{LIST}?withdrawn=true")).await;
    strict("withdrawn list", &listed);
    assert!(listed.text().contains(record.as_str()), "{}", listed.text());
    assert!(!site.get(LIST).await.text().contains(record.as_str()));
    let page = site.get(&record).await;
    assert_eq!(page.status, 200);
    strict("withdrawn", &page);
    let text = page.text();
    assert!(
        text.contains("已註銷") && text.contains("註銷：重複登錄"),
        "{text}"
    );
    for act in ["/edit\"", "/withdraw\"", "/comment\"", "/submit\""] {
        assert!(!text.contains(act), "{act}");
    }
    let edit = site.get(&format!("{record}/edit")).await;
    assert_eq!(edit.status, 409);
    assert!(edit.text().contains("已註銷，不能修改"));
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_entered() {
    let site = one().await;
    let new = format!("{LIST}/new");
    let token = site.token(&new).await;
    let fields = [
        ("token", token.as_str()),
        ("f-number", "<b>\"115\"</b>"),
        ("f-found_on", "昨天下午"),
        ("f-class", "nonconformity"),
        ("f-finding", "</textarea><script>alert(1)</script>"),
        ("f-effective", "true"),
    ];
    let answer = site.upload(&new, &fields, &[("a.txt", b"x")]).await;
    assert_eq!(answer.status, 422);
    strict("refused", &answer);
    let text = answer.text();
    for part in [
        "有資料需要更正",
        "<title>錯誤：",
        "href=\"#f-found_on\"",
        "aria-invalid=\"true\"",
        "value=\"昨天下午\"",
        "&#60;/textarea&#62;&#60;script&#62;",
        "value=\"nonconformity\" selected",
        "value=\"true\" checked",
        "請重新選取",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for without in ["", "0000"] {
        let mut forged = fields.to_vec();
        forged[0] = ("token", without);
        assert_eq!(site.upload(&new, &forged, &[]).await.status, 403);
    }
    assert!(site.get(LIST).await.text().contains("還沒有紀錄"));
}

/// The agency adopts a plan that says more than the law.
async fn adopt(site: &Site) {
    let new = "/atest/registers/adoption/new";
    let token = site.token(new).await;
    let fields = [
        ("token", token.as_str()),
        ("f-instrument", "information-bureau-plan"),
    ];
    let answer = site.upload(new, &fields, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test]
async fn the_law_refuses_with_its_clause() {
    let site = one().await;
    adopt(&site).await;
    let new = "/atest/registers/remote_permit/new";
    let token = site.token(new).await;
    let more = [
        ("token", token.as_str()),
        ("f-number", "115-RA-001"),
        ("f-purpose", "修復"),
        ("f-until", "116/03/02"),
    ];
    let fields = [&PERMIT[..], &more[..]].concat();
    let answer = site.upload(new, &fields, &[]).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert!(answer.text().contains("（依據："), "{}", answer.text());
}

#[tokio::test]
async fn whoever_saves_second_sees_what_the_first_wrote() {
    let site = one().await;
    let record = corrective(&site, "115-CA-001", &[]).await;
    let edit = format!("{record}/edit");
    let token = site.token(&edit).await;
    let with = |seen: &'static str, cause: &'static str| {
        vec![
            ("token", token.clone()),
            ("seen", seen.to_owned()),
            ("f-number", "115-CA-001".to_owned()),
            ("f-origin", "internal_audit".to_owned()),
            ("f-found_on", "115/05/20".to_owned()),
            ("f-class", "nonconformity".to_owned()),
            ("f-finding", "帳號未停用".to_owned()),
            ("f-cause", cause.to_owned()),
        ]
    };
    let send = async |fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        site.upload(&edit, &fields, &[]).await
    };
    assert_eq!(send(with("1", "沒有會辦")).await.status, 303);
    let second = send(with("1", "我的原因")).await;
    assert_eq!(second.status, 409);
    strict("stale", &second);
    let text = second.text();
    for part in [
        "已被別人更新為第 2 版",
        "我的原因",
        "目前已存：<span class=\"lines\">沒有會辦",
        "name=\"seen\" value=\"2\"",
        &format!("href=\"{record}\""),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(site.get(&record).await.text().contains("沒有會辦"));
    assert_eq!(send(with("2", "我的原因")).await.status, 303);
    assert_eq!(send(with("x", "我的原因")).await.status, 400);
}

#[tokio::test]
async fn lists_are_narrowed_paged_and_downloaded() {
    let site = one().await;
    let hostile = "<script>alert(1)</script>";
    for number in 1..=52 {
        let class = if number % 2 == 0 {
            "suggestion"
        } else {
            "nonconformity"
        };
        let number = format!("115-CA-{number:03}{hostile}");
        corrective(&site, &number, &[("f-class", class)]).await;
    }
    let first = site.get(LIST).await;
    strict("list", &first);
    let text = first.text();
    assert!(text.contains("共 52 筆") && text.contains("下一頁"), "{text}");
    assert_eq!(text.matches("role=\"rowheader\"").count(), 50);
    // Which fifty is chance: their ids are of one moment.
    let shown = text.matches("&#60;script").count();
    assert!(!text.contains(hostile) && shown >= 50, "{shown}");
    let next = next_page(&text);
    let second = site.get(&next).await.text();
    assert_eq!(second.matches("role=\"rowheader\"").count(), 2);
    assert!(second.contains("回第一頁"));

    let narrowed = site.get(&format!("{LIST}?q=CA-007&class=nonconformity")).await;
    strict("narrowed", &narrowed);
    let text = narrowed.text();
    assert!(
        text.contains("符合 1 筆")
            && text.contains("value=\"CA-007\"")
            && text.contains("value=\"nonconformity\" selected"),
        "{text}"
    );
    assert!(
        text.contains("/corrective.csv?q=CA-007&#38;class=nonconformity\""),
        "{text}"
    );
    let none = site.get(&format!("{LIST}?q=nowhere")).await.text();
    assert!(
        none.contains("沒有符合的紀錄") && none.contains("清除篩選"),
        "{none}"
    );
    let unknown = site.get(&format!("{LIST}?nofield=1")).await;
    assert_eq!(unknown.status, 422);
    strict("unknown", &unknown);

    let csv = site.get(&format!("{LIST}.csv?q=CA-007")).await;
    assert_eq!(csv.status, 200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("x-content-type-options"), "nosniff");
    let disposition = csv.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; ") && disposition.contains("filename*=UTF-8''%E7%9F%AF"),
        "{disposition}"
    );
    assert!(csv.text().contains("115-CA-007") && !csv.text().contains("115-CA-008"));
    for (ending, magic) in [("ods", b"PK"), ("xlsx", b"PK")] {
        let file = site.get(&format!("{LIST}.{ending}")).await;
        assert_eq!(file.status, 200, "{ending}");
        assert!(file.bytes.starts_with(magic), "{ending}");
    }
    let blank = site.get(&format!("{LIST}/blank/csv")).await;
    assert!(blank.text().contains("編號") && !blank.text().contains("115-CA-007"));
}

#[tokio::test]
async fn another_agencys_records_and_files_are_not_there() {
    let site = Site::with(&[("atest", NAME), ("btest", "示範市政府人事處")]).await;
    let record = corrective(&site, "115-CA-001", &[]).await;
    let token = site.token(&format!("{record}/edit")).await;
    let files: [(&str, &[u8]); 1] = [("佐證.pdf", b"%PDF-1.4 test")];
    let fields = [
        ("token", token.as_str()),
        ("seen", "1"),
        ("f-number", "115-CA-001"),
        ("f-origin", "internal_audit"),
        ("f-found_on", "115/05/20"),
        ("f-class", "nonconformity"),
        ("f-finding", "帳號未停用"),
    ];
    site.upload(&format!("{record}/edit"), &fields, &files).await;
    let foreign = record.replace("/atest/", "/btest/");
    for path in [foreign.clone(), format!("{foreign}/edit")] {
        assert_eq!(site.get(&path).await.status, 404, "{path}");
    }
    let form = [
        ("token", token.as_str()),
        ("seen", "2"),
        ("text", "x"),
        ("reason", "x"),
        ("verdict", "agree"),
    ];
    for act in ["submit", "recall", "decide", "comment", "withdraw", "nothing"] {
        let answer = site.post(&format!("{foreign}/{act}"), &form).await;
        assert_eq!(answer.status, 404, "{act}");
    }
    assert_eq!(
        site.upload(&format!("{foreign}/edit"), &fields, &[]).await.status,
        404
    );
    let hash = ledger::hex(&ledger::sha256(b"%PDF-1.4 test"));
    for (path, status) in [
        (format!("/atest/evidence/{hash}/preview"), 200),
        (format!("/btest/evidence/{hash}/preview"), 404),
        (format!("/btest/files/{hash}"), 404),
        ("/atest/evidence/00/preview".to_owned(), 404),
    ] {
        assert_eq!(site.get(&path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn evidence_is_shown_by_what_its_bytes_are() {
    let site = one().await;
    let cases: [(&str, &[u8], &str, &str); 4] = [
        ("a.txt", b"\x89PNG\r\n\x1a\n1", "image/png", "inline"),
        (
            "b.png",
            b"<script>alert(1)</script>",
            "text/plain; charset=utf-8",
            "inline",
        ),
        // No browser shows a PDF in a sandbox: it is handed over to be kept.
        ("c.pdf", b"%PDF-1.7 1", "application/octet-stream", "attachment; "),
        (
            "d.pdf",
            b"PK\x03\x04\xff",
            "application/octet-stream",
            "attachment; ",
        ),
    ];
    for (n, (name, bytes, kind, how)) in cases.into_iter().enumerate() {
        let record = corrective(&site, &format!("115-{n}"), &[]).await;
        let token = site.token(&format!("{record}/edit")).await;
        let number = format!("115-{n}");
        let fields = [
            ("token", token.as_str()),
            ("seen", "1"),
            ("f-number", number.as_str()),
            ("f-origin", "internal_audit"),
            ("f-found_on", "115/05/20"),
            ("f-class", "nonconformity"),
            ("f-finding", "帳號未停用"),
        ];
        let saved = site
            .upload(&format!("{record}/edit"), &fields, &[(name, bytes)])
            .await;
        assert_eq!(saved.status, 303, "{name}");
        let hash = ledger::hex(&ledger::sha256(bytes));
        let shown = site.get(&format!("/atest/evidence/{hash}/preview")).await;
        assert_eq!(
            (shown.status.as_u16(), shown.bytes.as_slice()),
            (200, bytes),
            "{name}"
        );
        assert_eq!(shown.header("content-type"), kind, "{name}");
        assert!(shown.header("content-disposition").starts_with(how), "{name}");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        let policy = shown.header("content-security-policy");
        assert!(
            policy.contains("sandbox") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert_eq!(shown.header("x-frame-options"), "DENY", "{name}");
        let page = site.get(&record).await.text();
        let is_pdf = ["c.pdf", "d.pdf"].contains(&name);
        assert_eq!(
            page.contains(&format!("/evidence/{hash}/preview")),
            !is_pdf,
            "{name}"
        );
        assert_eq!(page.contains("PDF 請下載後以閱讀器開啟"), is_pdf, "{name}");
    }
}

#[tokio::test]
async fn a_duty_names_the_registers_that_prove_it() {
    let site = one().await;
    adopt(&site).await;
    let record = corrective(&site, "115-CA-001", &[]).await;
    let text = site.get(&record).await.text();
    assert!(
        text.contains("href=\"/atest/duties/improvement.correct\""),
        "{text}"
    );
    let page = site.get("/atest/duties/improvement.correct").await;
    strict("duty", &page);
    let text = page.text();
    assert!(
        text.contains("由登記簿證明：<a href=\"/atest/registers/corrective\">矯正措施")
            && text.contains("href=\"/atest/registers/corrective/new\""),
        "{text}"
    );
}
