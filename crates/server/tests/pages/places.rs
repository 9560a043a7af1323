//! Five places, 今天, and what stands around every page.

use crate::setup::{Site, one, strict, target};

/// An incident of which somebody knew half an hour ago, and its address.
async fn incident(site: &Site, more: &[(&str, &str)]) -> String {
    let new = "/atest/registers/incident/new";
    let token = site.token(new).await;
    let mut fields = vec![
        ("token", token.as_str()),
        ("f-number", "115-IN-1"),
        ("f-title", "官網首頁遭置換"),
        ("f-known_at", "115/11/21 07:30"),
        ("f-situation", "首頁內容與平日不同。"),
        ("f-level", "1"),
    ];
    fields.extend(more);
    target(&site.upload(new, &fields, &[]).await)
}

/// The links of the menu, by name.
fn menu(page: &str) -> Vec<String> {
    let (_, rest) = page.split_once("<ul class=\"menu\">").expect("a menu");
    let (menu, _) = rest.split_once("</ul>").unwrap();
    let links = menu.split("<a ").skip(1);
    links
        .map(|link| {
            let (_, name) = link.split_once('>').unwrap();
            name.split('<').next().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn the_menu_is_five_places_and_every_page_belongs_to_one() {
    let site = one().await;
    let today = site.get("/atest/today").await.text();
    assert_eq!(menu(&today), ["今天", "年度", "清冊", "稽核與事件", "文件"]);
    assert!(
        today.contains("<a href=\"/laws\">法規</a>"),
        "the law is at the foot"
    );
    for (path, place) in [
        ("/atest/today", "今天"),
        ("/atest/duties", "年度"),
        ("/atest/duties/audit.internal", "年度"),
        ("/atest/year", "年度"),
        ("/atest/registers/risk", "年度"),
        ("/atest/registers/system", "清冊"),
        ("/atest/registers/person/new", "清冊"),
        ("/atest/xray", "清冊"),
        ("/atest/registers/corrective", "稽核與事件"),
        ("/atest/matters", "稽核與事件"),
        ("/atest/registers/document", "文件"),
        ("/atest/plan", "文件"),
        ("/atest/jobs", "文件"),
    ] {
        let page = site.get(path).await.text();
        assert!(
            page.contains(&format!("aria-current=\"page\">{place}</a>")),
            "{path} belongs to {place}"
        );
    }
    for path in [
        "/atest/agency",
        "/atest/registers",
        "/atest/registers/member",
        "/atest/people",
    ] {
        let page = site.get(path).await.text();
        assert!(
            page.contains("href=\"/atest/settings\" aria-current=\"true\""),
            "{path} belongs to the settings"
        );
    }
}

#[tokio::test]
async fn every_register_is_reached_from_its_place_or_the_settings() {
    let site = one().await;
    let mut pages = String::new();
    for path in [
        "year",
        "inventory",
        "inventory?of=people",
        "inventory?of=vendors",
        "matters",
        "papers",
    ] {
        pages.push_str(&site.get(&format!("/atest/{path}")).await.text());
    }
    let all = site.get("/atest/registers").await.text();
    for spec in registers::catalogue() {
        let href = format!("href=\"/atest/registers/{}\"", spec.key);
        if all.contains(&href) && app::frame::place_of(spec) != app::frame::Place::Settings {
            assert!(pages.contains(&href), "{} is in no place", spec.key);
        }
    }
    // What holds records, or what a duty rests on, stands before the others.
    let group = site.get("/atest/inventory").await.text();
    let (first, folded) = group.split_once("<details>").expect("some are folded");
    assert!(first.contains("href=\"/atest/registers/system\""));
    assert!(folded.contains("目前用不到的"));
    let narrowed = site.get("/atest/registers?part=演練").await.text();
    assert!(narrowed.contains("href=\"/atest/registers/drill\""));
    assert!(!narrowed.contains("href=\"/atest/registers/system\""));
}

#[tokio::test]
async fn an_open_incident_burns_on_every_page_until_it_is_over() {
    let site = one().await;
    let bar = "aria-label=\"進行中的資安事件\"";
    for path in ["/atest/inventory", "/atest/registers/system"] {
        assert!(
            !site.get(path).await.text().contains(bar),
            "{path}: nothing burns"
        );
    }
    let record = incident(&site, &[]).await;
    // Before anything was assessed again it is told without its clock.
    let before = site.get("/atest/inventory").await.text();
    assert!(before.contains(bar) && before.contains("處理中"), "{before}");
    let today = site.get("/atest/today").await;
    strict("today", &today);
    let today = today.text();
    assert!(today.contains("1 件事件進行中") && today.contains("通報資通安全事件，115/11/21 08:30 前"));
    assert!(today.contains("還有 30 分鐘"), "{today}");
    assert!(!today.contains(bar), "今天 tells of it by itself");
    for path in [
        "/atest/inventory",
        "/atest/registers/system/new",
        "/atest/approvals",
        "/atest/duties",
    ] {
        let page = site.get(path).await;
        strict(path, &page);
        let page = page.text();
        assert!(page.contains(bar) && page.contains("還有 30 分鐘"), "{path}");
        assert!(
            page.contains("官網首頁遭置換") && page.contains("第一級"),
            "{path}"
        );
    }
    // Its clocks are no next steps a second time.
    let (_, steps) = today.split_once("id=\"h-steps\"").unwrap();
    let (steps, _) = steps.split_once("</section>").unwrap();
    assert!(!steps.contains("官網首頁遭置換"));
    let token = site.token(&format!("{record}/edit")).await;
    let closed = [
        ("token", token.as_str()),
        ("seen", "1"),
        ("f-number", "115-IN-1"),
        ("f-title", "官網首頁遭置換"),
        ("f-known_at", "115/11/21 07:30"),
        ("f-situation", "首頁內容與平日不同。"),
        ("f-level", "1"),
        ("f-reported_at", "115/11/21 07:40"),
        ("f-measures", "改以靜態頁服務。"),
        ("f-support", "無"),
        ("f-contained_at", "115/11/21 07:50"),
        ("f-contain_notified_at", "115/11/21 07:55"),
        ("f-report_sent_on", "115/11/21"),
        ("f-closed_on", "115/11/21"),
    ];
    let saved = site.upload(&format!("{record}/edit"), &closed, &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let after = site.get("/atest/inventory").await.text();
    assert!(!after.contains(bar), "it is over");
}

#[tokio::test]
async fn four_questions_are_answered_where_they_are_asked() {
    let site = one().await;
    let unknown = |page: &str| -> usize {
        let (_, rest) = page.split_once("待查明 ").unwrap_or(("", "0<"));
        rest.split('<').next().unwrap().trim().parse().unwrap()
    };
    let page = site.get("/atest/today").await.text();
    let asked = page.matches("<li id=\"q-").count();
    assert!((1..=4).contains(&asked), "{asked} questions");
    assert!(page.contains("本機關有郵件伺服器嗎？") && page.contains("本機關現在的責任等級是哪一天核定的？"));
    let before = unknown(&page);
    assert!(before > asked, "few questions stand for many duties: {before}");
    let token = site.token("/atest/today").await;
    let say = |fact: &'static str, said: &'static str| {
        let token = token.clone();
        let site = &site;
        async move {
            let fields = [("token", token.as_str()), ("fact", fact), ("said", said)];
            site.post("/atest/answers", &fields).await
        }
    };
    for (fact, said, why) in [
        ("level_approved_on", "", "還沒有填答案"),
        ("level_approved_on", "116/01/01", "核定日期在今天之後"),
        ("level_approved_on", "去年", "看不懂"),
        ("has_plan", "是", "這一題不是在這裡回答"),
    ] {
        let refused = say(fact, said).await;
        assert_eq!(refused.status, 422, "{fact}={said}");
        strict(fact, &refused);
        let text = refused.text();
        assert!(
            text.contains(why) && text.contains("<title>錯誤："),
            "{fact}={said}: {text}"
        );
    }
    let answered = say("has_mail_server", "否").await;
    assert_eq!(answered.status, 303, "{}", answered.text());
    let back = site
        .get(answered.header("location").split('#').next().unwrap())
        .await
        .text();
    assert!(back.contains("已登錄您的回答"), "{back}");
    assert!(!back.contains("本機關有郵件伺服器嗎？"));
    assert_eq!(say("level_approved_on", "112/03/15").await.status, 303);
    let after = unknown(&site.get("/atest/today").await.text());
    assert!(after < before, "{before} → {after}");
}

#[tokio::test]
async fn the_year_leads_from_a_month_to_what_is_due_in_it() {
    let site = one().await;
    let today = site.get("/atest/today").await.text();
    assert_eq!(today.matches("href=\"/atest/year?month=115-").count(), 12);
    let token = site.token("/atest/agency").await;
    let level = [
        ("token", token.as_str()),
        ("level", "C"),
        ("approved_on", "112/03/15"),
    ];
    assert_eq!(site.post("/atest/designation", &level).await.status, 303);
    // The first month of which the strip says that something is open in it.
    let strip = site.get("/atest/year?at=113/06/30").await.text();
    let months = strip.split("href=\"/atest/year?month=").skip(1);
    let said = months.filter_map(|m| {
        let (key, rest) = m.split_once('&')?;
        let (_, open) = rest.split_once("<span class=\"m-open")?;
        let (_, open) = open.split_once('>')?;
        let open: usize = open.split(' ').next()?.parse().ok()?;
        Some((key.to_owned(), open))
    });
    let (key, open) = said.min().expect("something is open in some month");
    let month = site
        .get(&format!("/atest/year?month={key}&at=113/06/30"))
        .await
        .text();
    let (_, part) = month.split_once("id=\"h-month\"").unwrap();
    let (part, _) = part.split_once("</section>").unwrap();
    assert!(
        part.contains(&format!("到期而未辦完<span class=\"n\">（{open}）")),
        "{part}"
    );
    assert!(part.contains(&key.replace('-', "/")), "{part}");
    assert_eq!(site.get("/atest/year?month=115-13").await.status, 400);
}
