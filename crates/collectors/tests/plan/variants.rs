//! Ways in which other agencies write the same thing.

use super::{read, value};
use serde_json::{Value, json as j};

/// A short plan with the given bodies of some chapters.
pub(crate) fn plan(bodies: &[(usize, &str)]) -> String {
    const TITLES: [&str; 17] = [
        "依據及目的",
        "適用範圍",
        "核心業務及重要性",
        "資通安全政策及目標",
        "資通安全推動組織",
        "專責人力及經費配置",
        "資訊及資通系統之盤點",
        "資通安全風險評估",
        "資通安全防護及控制措施",
        "資通安全事件通報、應變及演練相關機制",
        "資通安全情資之評估及因應",
        "資通系統或服務委外辦理之管理",
        "資通安全教育訓練",
        "所屬人員之考核機制",
        "持續精進及績效管理機制",
        "資通安全維護計畫實施情形之提出",
        "相關法規、程序及表單",
    ];
    const LABELS: [&str; 17] = [
        "壹", "貳", "參", "肆", "伍", "陸", "柒", "捌", "玖", "拾", "拾壹", "拾貳", "拾參", "拾肆", "拾伍",
        "拾陸", "拾柒",
    ];
    let mut out = String::from("測試縣政府農業處資通安全維護計畫\n");
    for (at, (label, title)) in LABELS.iter().zip(TITLES).enumerate() {
        out += &format!("{label}、{title}\n");
        let body = bodies
            .iter()
            .find(|(n, _)| *n == at + 1)
            .map_or("依規定辦理。", |(_, body)| *body);
        out += body;
        out.push('\n');
    }
    out
}

fn number(reading: &Value, key: &str) -> Option<(Value, String)> {
    value(reading, key)
}

#[test]
fn promises_in_other_words() {
    for (chapter, sentence, key, want, unit) in [
        (
            9,
            "密碼長度不得少於十碼。",
            "password.min_length",
            j!(10),
            "character",
        ),
        (
            9,
            "使用者密碼至少每三個月變更一次。",
            "password.max_age",
            j!(3),
            "month",
        ),
        (9, "通行碼應每九十日更換一次。", "password.max_age", j!(90), "day"),
        (
            9,
            "密碼應包含大寫字母、小寫字母、數字、特殊符號四類中至少三類。",
            "password.classes",
            j!(3),
            "class",
        ),
        (9, "密碼不可與前三代相同。", "password.history", j!(3), "count"),
        (
            9,
            "電腦於１５分鐘內無操作者，應啟動螢幕保護。",
            "session.idle",
            j!(15),
            "minute",
        ),
        (
            9,
            "個人電腦閒置十分鐘自動鎖定。",
            "session.idle",
            j!(10),
            "minute",
        ),
        (
            9,
            "遠端連線之開放期間最長以三十日為限。",
            "remote_access.max_duration",
            j!(30),
            "day",
        ),
        (
            9,
            "管理者每6個月定期進行軟體盤點。",
            "software.review_interval",
            j!(6),
            "month",
        ),
        (
            9,
            "使用者帳號權限應每半年審查一次。",
            "account.review_interval",
            j!(6),
            "month",
        ),
        (9, "至少每年執行一次弱點掃描。", "scan.interval", j!(1), "year"),
        (9, "系統滲透測試：每兩年一次。", "pentest.interval", j!(2), "year"),
        (
            9,
            "備份媒體應每季實施還原測試。",
            "backup.test_interval",
            j!(3),
            "month",
        ),
        (9, "伺服器日誌應留存至少六個月。", "log.retention", j!(6), "month"),
        (
            10,
            "知悉資安事件後一小時內，應至指定平臺通報。",
            "incident.report_limit",
            j!(1),
            "hour",
        ),
        (
            12,
            "受託者應於知悉事件後四小時內通知本處。",
            "vendor.notify_limit",
            j!(4),
            "hour",
        ),
        (
            13,
            "資安專職人員每人每年應接受十二小時以上之資安專業課程。",
            "training.professional_hours",
            j!(12),
            "hour",
        ),
        (
            13,
            "資安專職人員每人每年應接受十二小時以上之資安專業課程。",
            "training.professional_coverage",
            j!("each"),
            "coverage",
        ),
        (
            15,
            "本處每二年至少辦理一次內稽作業。",
            "audit.interval",
            j!(2),
            "year",
        ),
        (
            15,
            "稽核小組應於稽核日前一個月通知受稽單位。",
            "audit.notice",
            j!(1),
            "month",
        ),
        (
            15,
            "每年十一月召開管理審查會議。",
            "management_review.month",
            j!(11),
            "month_of_year",
        ),
        (
            6,
            "本處置資通安全專責人員二名。",
            "staff.dedicated",
            j!(2),
            "person",
        ),
        (
            7,
            "每年至少辦理一次資通系統資產盤點。",
            "inventory.interval",
            j!(1),
            "year",
        ),
        (8, "每二年執行風險評鑑。", "risk.interval", j!(2), "year"),
        (
            16,
            "每年向縣政府提報維護計畫實施情形。",
            "report.interval",
            j!(1),
            "year",
        ),
    ] {
        let r = read(&plan(&[(chapter, sentence)]));
        assert_eq!(number(&r, key), Some((want, unit.to_owned())), "{sentence}");
    }
}

#[test]
fn what_is_not_a_promise() {
    let r = read(&plan(&[
        (
            9,
            "密碼應定期更換。\n本處應定期辦理弱點掃描。\n資料庫主機 15 台每日巡檢。",
        ),
        (13, "應於每年年初擬定教育訓練計畫。"),
        (15, "應將前次稽核結果納入，並每年檢討委外廠商稽核報告。"),
    ]));
    let found: Vec<&Value> = r["parameters"].as_array().expect("parameters").iter().collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn quoted_duties_are_not_promises() {
    let table = "本處應辦事項如下表：\n制度面向\t辦理項目\t辦理內容\n技術面\t弱點掃描\t全部核心資通系統每二年辦理一次\n技術面\t滲透測試\t全部核心資通系統每二年辦理一次\n認知與訓練\t專職人員\t每人每年至少接受十二小時以上之資通安全專業課程訓練\n";
    let r = read(&plan(&[(9, table)]));
    assert!(
        r["parameters"].as_array().expect("parameters").is_empty(),
        "{}",
        r["parameters"]
    );
    assert_eq!(r["quoted"].as_array().expect("quoted").len(), 1);
}

#[test]
fn contradictions_are_kept_and_reported() {
    let r = read(&plan(&[(9, "密碼長度至少8碼。\n一般帳號密碼長度至少12碼。")]));
    let lengths = super::values(&r, "password.min_length");
    assert_eq!(lengths.len(), 2);
    assert!(
        r["problems"]
            .as_array()
            .expect("problems")
            .iter()
            .any(|p| p["kind"] == "conflicting_values")
    );
}

#[test]
fn tables_in_every_layout_read_alike() {
    let want = [("戶政", Some("戶役政系統"), 4), ("地政", None, 24)];
    for (name, table) in [
        (
            "tabs",
            "核心業務\t核心資通系統\t重要性說明\t業務失效影響說明\t最大可容忍中斷時間\n戶政\t戶役政系統\t法定\t停擺\t4小時\n地政\t無\t法定\t延後\t24小時\n",
        ),
        (
            "pipes",
            "|核心業務|核心資通系統|重要性說明|業務失效影響說明|最大可容忍中斷時間|\n|---|---|---|---|---|\n|戶政|戶役政系統|法定|停擺|4小時|\n|地政|無|法定|延後|24小時|\n",
        ),
        (
            "one cell per line",
            "核心業務\n核心資通系統\n重要性說明\n業務失效影響說明\n最大可容忍中斷時間\n戶政\n戶役政系統\n法定\n停擺\n4小時\n地政\n無\n法定\n延後\n24小時\n",
        ),
        (
            "a pipe after each cell",
            "核心業務 |\n核心資通系統 |\n重要性說明 |\n業務失效影響說明 |\n最大可容忍中斷時間 |\n戶政 |\n戶役政系統 |\n法定 |\n停擺 |\n4小時 |\n地政 |\n無 |\n法定 |\n延後 |\n24小時 |\n",
        ),
        (
            "blanks",
            "核心業務    核心資通系統    重要性說明    業務失效影響說明    最大可容忍中斷時間\n戶政        戶役政系統      法定          停擺                4小時\n地政        無              法定          延後                24小時\n",
        ),
        (
            "wrapped blanks",
            "核心業務    核心資通系統    重要性說明    業務失效影響說明    最大可容忍中斷時間\n戶政        戶役政          法定          停擺                4小時\n            系統\n地政        無              法定          延後                24小時\n",
        ),
        (
            "single blanks",
            "核心業務 核心資通系統 重要性說明 業務失效影響說明 最大可容忍中斷時間\n戶政 戶役政系統 法定 停擺 4小時\n地政 無 法定 延後 24 小時\n",
        ),
        (
            "wrapped tabs",
            "核心業務\t核心資通系統\t重要性說明\t業務失效影響說明\t最大可容忍中斷時間\n戶政\t戶役政\n系統\t法定\t停擺\t4小時\n地政\t無\t法定\t延\n後\t24小時\n",
        ),
        (
            "hours in the title",
            "核心業務\t核心資通系統\t重要性說明\t業務失效影響說明\t最大可容忍中斷時間(小時)\n戶政\t戶役政系統\t法定\t停擺\t4\n地政\t無\t法定\t延後\t24\n",
        ),
    ] {
        let r = read(&plan(&[(3, table)]));
        let rows = r["core_business"].as_array().expect("rows");
        let got: Vec<(&str, Option<&str>, u64)> = rows
            .iter()
            .map(|b| {
                (
                    b["name"].as_str().unwrap_or_default(),
                    b["system"].as_str(),
                    b["mtpd"]["hours"].as_u64().unwrap_or(0),
                )
            })
            .collect();
        assert_eq!(got, want, "{name}: {}", r["problems"]);
        assert_eq!(r["core_systems"]["value"], true, "{name}");
        let odd = r["problems"]
            .as_array()
            .expect("problems")
            .iter()
            .any(|p| p["kind"] != "no_level");
        assert!(!odd, "{name}: {}", r["problems"]);
    }
}

/// Rows broken by pages, columns and line ends; a name may carry more than 戶政 and 地政.
#[test]
fn broken_rows_are_put_together() {
    for (name, table) in [
        (
            "wrapped header",
            "核心業務\t核心資通系統\t重要性說明\t業務失效影響說明\t最大可容忍\n中斷時間\n戶政\t戶役政系統\t法定\t停擺\t4小時\n地政\t無\t法定\t延後\t24小時",
        ),
        (
            "page header mid",
            "核心業務\t核心資通系統\t重要性說明\t業務失效影響說明\t最大可容忍中斷時間\n戶政\t戶役政系統\t法定\t停擺\t4小時\n測試縣政府農業處資通安全維護計畫\n第 3 頁，共 20 頁\n核心業務\t核心資通系統\t重要性說明\t業務失效影響說明\t最大可容忍中斷時間\n地政\t無\t法定\t延後\t24小時",
        ),
        (
            "spaces wrapped mid page",
            "核心業務      核心資通系統        重要性說明        業務失效影響說明      最大可容忍中斷時間\n\n戶政業務      戶役政資訊系統      為本處法定        民眾無法申辦          4小時\n受理                              職掌\n\n地政業務      無                  為本處法定        申請案件延後          24小時\n                                  職掌",
        ),
        (
            "centered spaces",
            "核心業務      核心資通系統        重要性說明        業務失效影響說明      最大可容忍中斷時間\n              戶役政資訊          為本處法定\n戶政業務                                            民眾無法申辦          4小時\n              系統                職掌\n\n                                  為本處法定\n地政業務      無                                    申請案件延後          24小時\n                                  職掌",
        ),
        (
            "pipes wrapped",
            "| 核心業務 | 核心資通系統 | 重要性說明 | 業務失效影響說明 | 最大可容忍中斷時間 |\n| --- | --- | --- | --- | --- |\n| 戶政 | 戶役政 | 法定 | 停擺 | 4小時 |\n|  | 系統 |  |  |  |\n| 地政 | 無 | 法定 | 延後 | 24小時 |",
        ),
        (
            "box",
            "┌────┬────┐\n│核心業務│核心資通系統│重要性說明│業務失效影響說明│最大可容忍中斷時間│\n├────┼────┤\n│戶政│戶役政系統│法定│停擺│4小時│\n├────┼────┤\n│地政│無│法定│延後│24小時│\n└────┴────┘",
        ),
        (
            "cells per line wrapped trailing",
            "核心業務 \n核心資通系統 \n重要性說明 \n業務失效影響說明 \n最大可容忍中斷時間 \n戶政 \n戶役政\n系統 \n法定 \n停擺 \n4小時 \n地政 \n無 \n法定 \n延後 \n24小時 ",
        ),
        (
            "per line blank blocks",
            "核心業務\n\n核心資通系統\n\n重要性說明\n\n業務失效影響說明\n\n最大可容忍中斷時間\n\n戶政\n\n戶役政資訊\n整合系統\n\n法定\n\n停擺\n\n4小時\n\n地政\n\n無\n\n法定\n\n延後\n\n24小時",
        ),
        (
            "kv",
            "核心業務：戶政\n核心資通系統：戶役政系統\n重要性說明：法定\n業務失效影響說明：停擺\n最大可容忍中斷時間：4小時\n核心業務：地政\n核心資通系統：無\n重要性說明：法定\n業務失效影響說明：延後\n最大可容忍中斷時間：24小時",
        ),
        (
            "tab header split 3",
            "核心\n業務\t核心資通\n系統\t重要性\n說明\t業務失效影響\n說明\t最大可容忍\n中斷時間\n戶政\t戶役政系統\t法定\t停擺\t4小時\n地政\t無\t法定\t延後\t24小時",
        ),
        (
            "unordered",
            "業務名稱\t最大可容忍中斷時間\t核心資通系統\t業務失效影響說明\n戶政\t4小時\t戶役政系統\t停擺\n地政\t24小時\t無\t延後",
        ),
    ] {
        let r = read(&plan(&[(3, table)]));
        let rows = r["core_business"].as_array().expect("rows");
        assert_eq!(rows.len(), 2, "{name}: {rows:?}");
        let hours: Vec<u64> = rows.iter().filter_map(|b| b["mtpd"]["hours"].as_u64()).collect();
        assert_eq!(hours, [4, 24], "{name}");
        let named = |at: usize, word: &str| rows[at]["name"].as_str().is_some_and(|n| n.starts_with(word));
        assert!(named(0, "戶政") && named(1, "地政"), "{name}: {rows:?}");
        assert!(
            rows[0]["system"]
                .as_str()
                .is_some_and(|s| s.starts_with("戶役政") && s.ends_with("系統")),
            "{name}"
        );
        assert!(rows[1]["system"].is_null(), "{name}");
        let odd = r["problems"]
            .as_array()
            .expect("problems")
            .iter()
            .any(|p| p["kind"] != "no_level");
        assert!(!odd, "{name}: {}", r["problems"]);
    }
}

#[test]
fn citations_in_every_form() {
    let body = "一、資通安全管理法（以下簡稱本法）第十三條第一項及其施行細則第九條。\n二、依同法第14條、第15條之1辦理。\n三、「資通安全責任等級分級辦法」附表十。\n四、施行細則§12。";
    let r = read(&plan(&[(1, body)]));
    let got: Vec<(String, Value, Value)> = r["citations"]
        .as_array()
        .expect("citations")
        .iter()
        .map(|c| {
            (
                c["instrument"].as_str().unwrap_or_default().to_owned(),
                c["article"].clone(),
                c["paragraph"].clone(),
            )
        })
        .collect();
    let act = "資通安全管理法";
    for want in [
        (act, j!("13"), j!(1)),
        ("資通安全管理法施行細則", j!("9"), Value::Null),
        (act, j!("14"), Value::Null),
        (act, j!("15-1"), Value::Null),
        ("資通安全責任等級分級辦法", j!("附表十"), Value::Null),
        ("資通安全管理法施行細則", j!("12"), Value::Null),
    ] {
        assert!(
            got.contains(&(want.0.to_owned(), want.1.clone(), want.2.clone())),
            "{want:?} in {got:?}"
        );
    }
}

#[test]
fn a_missing_chapter_is_missing_and_the_gap_is_reported() {
    let text = plan(&[])
        .lines()
        .filter(|l| !l.contains("情資"))
        .collect::<Vec<_>>()
        .join("\n");
    let r = read(&text);
    let chapters = r["chapters"].as_array().expect("chapters");
    assert_eq!(chapters.len(), 16);
    assert!(
        r["problems"]
            .as_array()
            .expect("problems")
            .iter()
            .any(|p| p["kind"] == "chapter_numbering")
    );
}
