//! More ways in which agencies write what the reader looks for, and sentences that only look alike.

use super::variants::plan;
use super::{read, values};

#[test]
fn the_same_promise_is_found_in_other_words() {
    let mut missed = Vec::new();
    for (chapter, sentence, key, want) in [
        (
            9,
            "設備上安裝之軟體，每6個月應由管理人員清點一次。",
            "software.review_interval",
            6,
        ),
        (
            9,
            "資訊單位每半年抽查個人電腦有無未經授權之軟體。",
            "software.review_interval",
            6,
        ),
        (
            9,
            "一、軟體控管\n（一）每季辦理一次合法軟體之查核。",
            "software.review_interval",
            3,
        ),
        (
            9,
            "應每年至少二次檢查電腦安裝之軟體是否合法。",
            "software.review_interval",
            6,
        ),
        (
            9,
            "個人電腦軟體安裝情形之稽查，一年兩次。",
            "software.review_interval",
            6,
        ),
        (
            9,
            "使用者電腦所安裝之應用程式，每半年清查一次。",
            "software.review_interval",
            6,
        ),
        (9, "軟體資產應按季盤點。", "software.review_interval", 3),
        (
            9,
            "一、特權帳號\n1.管理者應按季確認其必要性。",
            "account.privileged_review_interval",
            3,
        ),
        (
            9,
            "具系統管理權限之帳號，每三個月檢討一次是否仍有必要。",
            "account.privileged_review_interval",
            3,
        ),
        (
            9,
            "最高權限帳號應每季複查。",
            "account.privileged_review_interval",
            3,
        ),
        (
            9,
            "Administrator、root 等帳號每半年盤點一次。",
            "account.privileged_review_interval",
            6,
        ),
        (
            9,
            "每季應由資安人員確認特權帳號之使用人及必要性。",
            "account.privileged_review_interval",
            3,
        ),
        (
            9,
            "特權帳號清冊每半年更新並經主管確認。",
            "account.privileged_review_interval",
            6,
        ),
        (
            9,
            "系統管理員帳號至少每半年審視一次。",
            "account.privileged_review_interval",
            6,
        ),
        (
            9,
            "遠端維護之連線，單次開放以七日為限。",
            "remote_access.max_duration",
            7,
        ),
        (
            9,
            "VPN 帳號之有效期間不得逾三個月。",
            "remote_access.max_duration",
            3,
        ),
        (
            9,
            "廠商遠端連線權限每次最多開放 5 個工作天，逾期自動關閉。",
            "remote_access.max_duration",
            5,
        ),
        (
            9,
            "遠距連線申請一經核准，有效期限為 14 日，期滿應重新申請。",
            "remote_access.max_duration",
            14,
        ),
        (
            9,
            "防火牆遠端連線規則之開放時間至多 10 天。",
            "remote_access.max_duration",
            10,
        ),
        (
            9,
            "遠端存取之核准期間最長一個月。",
            "remote_access.max_duration",
            1,
        ),
        (
            9,
            "一、遠端存取\n1.每次申請之使用期限不超過30日。",
            "remote_access.max_duration",
            30,
        ),
        (
            9,
            "遠端桌面連線於核准後 2 週內有效。",
            "remote_access.max_duration",
            2,
        ),
        (15, "稽核前應於 14 日以前以書面告知受稽單位。", "audit.notice", 14),
        (
            15,
            "稽核計畫應於實施稽核之二週前送達受稽單位。",
            "audit.notice",
            2,
        ),
        (15, "受稽單位應於十日前收到稽核通知。", "audit.notice", 10),
        (
            15,
            "應提前 7 個工作天將稽核時程通知受稽核單位。",
            "audit.notice",
            7,
        ),
        (15, "內部稽核應事先（至少一個月）通知各單位。", "audit.notice", 1),
        (15, "稽核日期應於 30 天前公告。", "audit.notice", 30),
        (
            15,
            "稽核人員於稽核日前五個工作日，函知受稽單位。",
            "audit.notice",
            5,
        ),
        (15, "稽核期程應至少提前兩週通知。", "audit.notice", 2),
    ] {
        let found = values(&read(&plan(&[(chapter, sentence)])), key);
        if found.len() != 1 || found[0].0 != want {
            missed.push(format!("{sentence}: {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_level_that_only_a_sentence_tells_is_found() {
    let mut missed = Vec::new();
    for (chapter, sentence, want) in [
        (7, "本處經核定之資通安全責任等級為 B 級。", "B"),
        (7, "本處業經數位發展部核定屬資安責任等級Ｃ級之公務機關。", "C"),
        (7, "依分級辦法，本處列為 D 級。", "D"),
        (
            7,
            "本處維運自行或委外開發之資通系統，依規定應列為丙級（C）機關。",
            "C",
        ),
        (
            7,
            "本處未維運自行或委外開發之資通系統，責任等級核定為第 D 級。",
            "D",
        ),
        (7, "責任等級：Ａ", "A"),
        (7, "上級機關核定本處為 C 級機關在案。", "C"),
        (6, "本處為C級機關，應置專職人員一人。", "C"),
        (7, "本處資通安全等級，經市府核定為「C」。", "C"),
        (13, "身為 B 級機關，本處同仁每年受訓。", "B"),
    ] {
        let reading = read(&plan(&[(chapter, sentence)]));
        if reading["level"]["value"] != want {
            missed.push(format!("{sentence}: {}", reading["level"]));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_only_looks_alike_is_not_taken_for_it() {
    for (chapter, sentence, key) in [
        (9, "防毒系統應每日檢查惡意軟體。", "software.review_interval"),
        (9, "每月檢查軟體漏洞並更新。", "software.review_interval"),
        (
            9,
            "特權帳號授權前應審查其必要性。",
            "account.privileged_review_interval",
        ),
        (9, "遠端連線紀錄應保存六個月。", "remote_access.max_duration"),
        (15, "稽核結果應於一個月內通知受稽單位。", "audit.notice"),
    ] {
        let found = values(&read(&plan(&[(chapter, sentence)])), key);
        assert!(found.is_empty(), "{sentence}: {found:?}");
    }
    for sentence in [
        "A 級機關、B 級機關及 C 級機關之應辦事項各不相同。",
        "本處委託之廠商應通過相關驗證。",
        "本處資通系統防護需求等級為中級。",
    ] {
        let reading = read(&plan(&[(7, sentence)]));
        assert!(reading["level"].is_null(), "{sentence}: {}", reading["level"]);
    }
}
