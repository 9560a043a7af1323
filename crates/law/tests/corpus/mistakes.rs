//! Mistakes in law files: each is told once, with its file, its line and what to do; all of them at once.

use super::{DUTIES, REGULATION};
use law::{Corpus, LawError, SourceFile};

const CITY: &str = "local/taipei/information-security-rules";

fn city(name: &str) -> String {
    format!("{CITY}/{name}")
}

/// The law of the repository, with its files at hand.
struct Law(Vec<SourceFile>);

impl Law {
    fn new() -> Self {
        Self(testkit::law_files(&testkit::root().join("law")))
    }

    fn text(&mut self, path: &str) -> &mut String {
        let file = self.0.iter_mut().find(|f| f.path == path);
        &mut file.unwrap_or_else(|| panic!("{path} is there")).text
    }

    fn change(mut self, path: &str, from: &str, to: &str) -> Self {
        let text = self.text(path);
        assert!(text.contains(from), "{path} holds `{from}`");
        *text = text.replacen(from, to, 1);
        self
    }

    /// Changes the first value of the first parameter of a kind.
    fn value(mut self, path: &str, kind: &str, to: &str) -> Self {
        let text = self.text(path);
        let kind = text.find(&format!("kind = \"{kind}\"")).expect("of that kind");
        let at = kind + text[kind..].find("value = ").expect("has a value") + "value = ".len();
        let end = at
            + text[at..]
                .find(if text[at..].starts_with('{') { " }, " } else { ", " })
                .expect("ends");
        let end = if text[at..].starts_with('{') { end + 2 } else { end };
        text.replace_range(at..end, to);
        self
    }

    fn add(mut self, path: &str, text: &str) -> Self {
        self.text(path).push_str(text);
        self
    }

    fn set(mut self, path: &str, text: &str) -> Self {
        text.clone_into(self.text(path));
        self
    }

    fn without(mut self, path: &str) -> Self {
        let before = self.0.len();
        self.0.retain(|f| f.path != path);
        assert_eq!(self.0.len(), before - 1, "{path}");
        self
    }

    /// Takes away the entry of a list that has a line.
    fn without_entry(mut self, path: &str, list: &str, line: &str) -> Self {
        let head = format!("[[{list}]]\n");
        let text = self.text(path);
        let kept: Vec<&str> = text.split(&head).collect();
        let of: Vec<&str> = kept
            .iter()
            .copied()
            .filter(|e| !e.lines().any(|l| l == line))
            .collect();
        assert!(of.len() < kept.len(), "{path} has {line}");
        *text = of.join(&head);
        self
    }

    fn line(&mut self, path: &str, line: &str) -> usize {
        let text = self.text(path);
        1 + text.lines().position(|l| l == line).expect("the line")
    }

    fn errors(self) -> Vec<LawError> {
        let errors = Corpus::load(self.0).expect_err("must be refused");
        assert!(errors.is_sorted(), "by file and line");
        for error in &errors {
            assert!(!error.message.is_empty() && !error.remedy.is_empty(), "{error}");
            assert!(!error.file.is_empty(), "{error}");
        }
        errors
    }

    /// The one error: its file and line, what it says and what it advises.
    fn one(self, file: &str, says: &str, advises: &str) -> LawError {
        let mut errors = self.errors();
        assert_eq!(errors.len(), 1, "{errors:#?}");
        let error = errors.remove(0);
        assert_eq!(error.file, file, "{error}");
        assert!(error.message.contains(says), "{error}");
        assert!(error.remedy.contains(advises), "{error}");
        error
    }
}

#[test]
fn a_value_of_another_kind_is_refused() {
    for (kind, value, says, advises) in [
        (
            "number",
            "\"4\"",
            "種類是數值（number），值卻是文字「4」",
            "value = 4",
        ),
        ("number", "[\"4\"]", "值卻是清單", "value = 3"),
        (
            "interval",
            "3",
            "種類是週期（interval），值卻是數值 3",
            "every = 1",
        ),
        (
            "span",
            "\"半年\"",
            "種類是期間（span），值卻是文字「半年」",
            "within = 1",
        ),
    ] {
        let error = Law::new().value(DUTIES, kind, value).one(DUTIES, says, advises);
        assert!(error.line > 1, "{error}");
    }
    let error = Law::new().value(DUTIES, "interval", "true");
    let error = error.one(DUTIES, "值須為數、文字", "請更正該行");
    assert!(error.line > 1 && !error.message.contains("RawValue"), "{error}");
}

#[test]
fn a_direction_that_compares_nothing_is_refused() {
    let law = Law::new().change(
        DUTIES,
        "kind = \"interval\"\nstricter = \"lower\"",
        "kind = \"interval\"\nstricter = \"higher\"",
    );
    let errors = law.errors();
    assert!(
        errors
            .iter()
            .any(|e| e.message.contains("不能用這個從嚴方向比較")),
        "{errors:#?}"
    );
}

#[test]
fn a_rule_of_a_city_that_is_none_is_refused() {
    let file = city("instrument.toml");
    for place in ["national", "新台北市", "臺北"] {
        let law = Law::new().change(
            &file,
            "jurisdiction = \"臺北市\"",
            &format!("jurisdiction = \"{place}\""),
        );
        let error = law.one(&file, place, "直轄市或縣（市）之全名");
        assert_eq!(error.line, 3);
    }
    let other = Law::new().change(&file, "jurisdiction = \"臺北市\"", "jurisdiction = \"台北市\"");
    Corpus::load(other.0).expect("the other spelling of the same city");
    let law = Law::new().change(
        REGULATION,
        "jurisdiction = \"national\"",
        "jurisdiction = \"臺北市\"",
    );
    law.one(REGULATION, "卻拘束所有機關", "jurisdiction = \"national\"");
}

#[test]
fn a_missing_file_of_articles_is_one_error() {
    let instrument = city("instrument.toml");
    let error = Law::new().without(&city("articles/2019.toml"));
    let error = error.one(&instrument, &city("articles/2019.toml"), "modelled = false");
    assert!(error.line > 1);
    let file = "national/classification-regulation/articles/2026.toml";
    Law::new().without(file).one(REGULATION, file, "請補上該檔");
    let head = Law::new().set(&city("articles/2019.toml"), "version = \"2019\"\n");
    head.one(&city("articles/2019.toml"), "沒有任何條文", "[[article]]");
    let wrong = Law::new().change(
        &city("articles/2019.toml"),
        "version = \"2019\"",
        "version = \"2091\"",
    );
    wrong.one(&city("articles/2019.toml"), "沒有版本 `2091`", "更正版本名稱");
}

#[test]
fn any_missing_file_is_one_error_that_says_how_much_hangs_on_it() {
    for (path, told) in [
        ("national/classification-regulation/duties.toml", "處引用其內容"),
        (
            "national/classification-regulation/baseline/controls.toml",
            "處引用其內容",
        ),
        (
            "national/administrative-procedure-act/articles/2001.toml",
            "處引用其內容",
        ),
        (
            "local/taipei/information-security-rules/duties.toml",
            "處引用其內容",
        ),
        (
            "local/taipei/information-security-rules/readings.toml",
            "處引用其內容",
        ),
        (
            "local/taipei/information-security-rules/instrument.toml",
            "引用其內容者",
        ),
        ("plan/duties.toml", "處引用其內容"),
        ("readings.toml", "處引用其內容"),
        ("routes.toml", "處引用其內容"),
        ("standards/iso-27001-2022/controls.toml", "處引用其內容"),
    ] {
        Law::new().without(path).one(path, told, "請補上該檔");
    }
    // Of articles that duties rest on it is told at the version, with how much hangs on them.
    let error = Law::new().without(&city("articles/2019.toml"));
    error.one(&city("instrument.toml"), "處引用其內容", "請補上該檔");
    // Two files are two errors, and what is wrong besides is told as before.
    let both = Law::new().without("plan/duties.toml").without("readings.toml");
    let both = both.change(&city("instrument.toml"), "authority = ", "authorithy = ");
    let errors = Corpus::load(both.0).expect_err("three mistakes");
    let mut of: Vec<&str> = errors.iter().map(|e| e.file.as_str()).collect();
    of.dedup();
    assert_eq!(
        of,
        [&city("instrument.toml"), "plan/duties.toml", "readings.toml"],
        "{errors:#?}"
    );
}

#[test]
fn no_file_may_say_nothing() {
    for path in [
        city("duties.toml"),
        city("clauses.toml"),
        city("articles/2019.toml"),
        city("readings.toml"),
        city("instrument.toml"),
        "coverage.toml".into(),
        "routes.toml".into(),
        "proof.toml".into(),
        "counting.toml".into(),
        "readings.toml".into(),
        "plan/duties.toml".into(),
        "calendars/tw/2026.toml".into(),
        "calendars/fixed.toml".into(),
        "national/classification-regulation/baseline/controls.toml".into(),
        "national/classification-regulation/baseline/dimensions.toml".into(),
        "national/incident-regulation/levels.toml".into(),
        "standards/iso-27001-2022/standard.toml".into(),
        "standards/iso-27001-2022/controls.toml".into(),
        "standards/iso-27001-2022/crosswalk.toml".into(),
    ] {
        Law::new()
            .set(&path, "\n# 待補\n")
            .one(&path, "檔案沒有內容", "移除此檔");
    }
    for (path, text, list) in [
        (city("duties.toml"), "duty = []\n", "duty"),
        (city("readings.toml"), "reading = []\n", "reading"),
        (city("clauses.toml"), "version = \"2019\"\n", "clause"),
        ("coverage.toml".into(), "cover = []\n", "cover"),
        ("counting.toml".into(), "rule = []\n", "rule"),
        ("routes.toml".into(), "route = []\n", "route"),
    ] {
        Law::new()
            .set(&path, text)
            .one(&path, &format!("沒有任何一筆（[[{list}]]）"), "移除此檔");
    }
    for text in ["", "# 案例\n\n待補。\n"] {
        let path = city("cases.md");
        Law::new()
            .set(&path, text)
            .one(&path, "沒有任何案例", "至少一個案例");
    }
}

#[test]
fn an_empty_folder_is_no_law() {
    let errors = Corpus::load(Vec::new()).expect_err("nothing is no law");
    let said: Vec<&str> = errors.iter().map(|e| e.file.as_str()).collect();
    assert_eq!(said, ["calendars", "counting.toml", "national", "proof.toml"]);
    let mut law = Law::new();
    law.0.retain(|f| !f.path.starts_with("calendars/"));
    law.one("calendars", "缺辦公日曆", "補上");
}

#[test]
fn what_stands_twice_is_told_of_both_places() {
    let entry = |law: &mut Law, list: &str| {
        let text = law.text(DUTIES).clone();
        let head = format!("[[{list}]]\n");
        let entry = text
            .split(&head)
            .nth(1)
            .expect("an entry")
            .split("\n[[")
            .next()
            .expect("whole");
        format!(
            "\n{head}{}\n",
            entry.replace("cite = \"", "cite = \"classification-regulation@2026/")
        )
    };
    let mut law = Law::new();
    let duty = entry(&mut law, "duty");
    let first = law.line(DUTIES, "[[duty]]") + 1;
    // A folder that comes before the national one is to blame all the same, and one that comes after.
    for path in [city("duties.toml"), "plan/duties.toml".into()] {
        let mut law = Law::new().add(&path, &duty);
        let second = law.text(&path).matches('\n').count() + 2 - duty.matches('\n').count() + 1;
        let errors = law.errors();
        let twice: Vec<&LawError> = errors.iter().filter(|e| e.message.contains("重複出現")).collect();
        assert_eq!(twice.len(), 1, "{errors:#?}");
        assert_eq!((twice[0].file.as_str(), twice[0].line), (path.as_str(), second));
        assert_eq!(twice[0].also, Some((DUTIES.to_owned(), first)));
    }
    let mut law = Law::new();
    let parameter = entry(&mut law, "parameter").replace("unit = \"", "unit = \"deka");
    let other = "\n[[parameter]]\nkey = \"staff.dedicated\"\ntitle = \"人數\"\nkind = \"set\"\nstricter = \"superset\"\nvalues = []\n";
    assert!(parameter.contains("key = "));
    let path = "local/hualien/vendor-security-requirements/duties.toml";
    let errors = Law::new().add(path, other).errors();
    let unlike: Vec<&LawError> = errors
        .iter()
        .filter(|e| e.message.contains("與他處不一致"))
        .collect();
    assert_eq!(unlike.len(), 1, "{errors:#?}");
    assert_eq!(unlike[0].file, path);
    assert_eq!(
        unlike[0].also.as_ref().map(|(file, _)| file.as_str()),
        Some(DUTIES)
    );
}

#[test]
fn an_article_and_a_reading_that_stand_twice_are_refused() {
    let path = city("articles/2019.toml");
    let mut law = Law::new();
    let text = law.text(&path).clone();
    let entry = text.split("[[article]]\n").nth(1).expect("an article").to_owned();
    let at = law.line(&path, "[[article]]") + 1;
    let error = law
        .add(&path, &format!("\n[[article]]\n{entry}"))
        .one(&path, "重複出現", "只留一個");
    assert_eq!(error.also, Some((path, at)));
    let path = city("readings.toml");
    let text = Law::new().text(&path).clone();
    let head = text.find("[[reading]]").expect("a reading");
    let error = Law::new().add("readings.toml", &format!("\n{}", &text[head..]));
    let errors = error.errors();
    assert!(
        errors
            .iter()
            .all(|e| e.also.is_some() && e.message.contains("重複出現")),
        "{errors:#?}"
    );
}

#[test]
fn a_parameter_that_nobody_asks_for_is_refused() {
    let path = city("duties.toml");
    let text = "\n[[parameter]]\nkey = \"nobody.needs\"\ntitle = \"無人\"\nkind = \"number\"\nunit = \"day\"\nstricter = \"lower\"\nvalues = [{ from = 2019-05-02, value = 3, cite = \"1\" }]\n";
    let mut law = Law::new();
    let line = law.text(&path).matches('\n').count() + 3;
    let error = law
        .add(&path, text)
        .one(&path, "`nobody.needs` 不屬於任何應辦事項", "requires");
    assert_eq!(error.line, line);
    let read = text.replace("kind = ", "read_by = \"某功能\"\nkind = ");
    Corpus::load(Law::new().add(&path, &read).0).expect("something else reads it");
    let asked = "\n[[basis]]\nduty = \"nobody.does\"\nfrom = 2019-05-02\ncite = \"1\"\n";
    let errors = Law::new().add(&path, asked).errors();
    assert_eq!(errors.len(), 1, "{errors:#?}");
}

#[test]
fn a_point_left_out_with_its_clause_is_told() {
    let (articles, clauses) = (city("articles/2019.toml"), city("clauses.toml"));
    let left = || {
        Law::new()
            .without_entry(&articles, "article", "id = \"24.5\"")
            .without_entry(&clauses, "clause", "article = \"24.5\"")
    };
    let errors = left().errors();
    let told = errors.iter().find(|e| e.file == clauses && e.line == 2);
    let told = told.unwrap_or_else(|| panic!("{errors:#?}"));
    assert!(
        told.message.contains("載明共 125 點，條文檔列出 124 點"),
        "{told}"
    );
    // Without a count, a skipped number is told.
    let uncounted = left().change(&clauses, "points = 125\n", "");
    let errors = uncounted.errors();
    let told = errors.iter().find(|e| e.message.contains("編號不連續"));
    assert!(told.is_some_and(|e| e.message.contains("24.5")), "{errors:#?}");
    Corpus::load(Law::new().change(&clauses, "points = 125\n", "").0).expect("no number is skipped");
    // A version that says how many articles it has lists them.
    let path = "national/personnel-regulation/articles/2026.toml";
    let errors = Law::new().without_entry(path, "article", "id = \"22\"").errors();
    let told = errors.iter().find(|e| e.message.contains("缺第 22 條（點）"));
    assert!(
        told.is_some_and(|e| e.file.ends_with("personnel-regulation/instrument.toml")),
        "{errors:#?}"
    );
}

#[test]
fn a_register_that_there_is_not_is_told_where_registers_are_known() {
    let path = city("clauses.toml");
    let mut law = Law::new();
    let text = law.text(&path);
    let at = text.find("\"register:").expect("a register");
    let end = at + 1 + text[at + 1..].find('"').expect("ends");
    text.replace_range(at..=end, "\"register:no_such_list\"");
    Corpus::load(law.0.clone()).expect("whoever doesn't know the registers can't tell");
    let known = |files: &[SourceFile]| -> Vec<String> {
        let words = files.iter().flat_map(|f| f.text.split('"'));
        let carriers = words
            .clone()
            .filter_map(|w| w.strip_prefix("register:"))
            .map(|w| w.split('/').next().unwrap_or_default());
        let routes = files.iter().filter(|f| f.path == "routes.toml");
        let routes = routes.flat_map(|f| {
            f.text
                .split("register = \"")
                .skip(1)
                .filter_map(|r| r.split('"').next())
        });
        carriers.chain(routes).map(str::to_owned).collect()
    };
    let all = known(&Law::new().0);
    Corpus::load_for(Law::new().0, all.iter().map(String::as_str)).expect("all are known");
    let errors = Corpus::load_for(law.0, all.iter().map(String::as_str)).expect_err("one is not");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].file == path && errors[0].line > 1);
    assert!(
        errors[0].message.contains("`register:no_such_list` 不存在"),
        "{}",
        errors[0]
    );
    let few = all.iter().filter(|r| *r != "risk_assessment").map(String::as_str);
    let errors = Corpus::load_for(Law::new().0, few).expect_err("a route has none");
    assert!(
        errors
            .iter()
            .any(|e| e.file == "routes.toml" && e.line > 1 && e.message.contains("risk_assessment")),
        "{errors:#?}"
    );
}

#[test]
fn a_check_and_a_field_that_there_are_not_are_told_where_they_are_known() {
    let path = city("clauses.toml");
    let names = [
        "account",
        "mobile_app",
        "mobile_app/permissions",
        "check:account.leavers",
        "check:control_check/",
        "refuses:change",
    ];
    let errors = |law: Law| {
        let found = Corpus::load_for(law.0, names).expect_err("many are not known");
        found
            .into_iter()
            .filter(|e| e.file == path)
            .map(|e| e.message)
            .collect::<Vec<_>>()
    };
    let told = |law: Law, carrier: &str| {
        let carrier = format!("`{carrier}`");
        errors(law)
            .iter()
            .any(|m| m.contains(&carrier) && m.contains("不存在"))
    };
    let same = "check:account.leavers";
    assert!(!told(Law::new(), same));
    assert!(told(
        Law::new().change(&path, same, "check:account.leaver"),
        "check:account.leaver"
    ));
    let same = "register:mobile_app/permissions";
    assert!(!told(Law::new(), same));
    let other = "register:mobile_app/permission";
    assert!(told(Law::new().change(&path, same, other), other));
    let same = "check:control_check/AC2-1";
    assert!(!told(Law::new(), same));
    let other = "check:control_check/AC99-1";
    assert!(told(Law::new().change(&path, same, other), other));
    let other = "refuses:no_such";
    assert!(!told(Law::new(), "refuses:change"));
    assert!(told(Law::new().change(&path, "refuses:change", other), other));
}

#[test]
fn a_file_that_is_no_text_is_one_error() {
    for path in [
        city("duties.toml"),
        city("articles/2019.toml"),
        city("instrument.toml"),
        city("cases.md"),
        "national/classification-regulation/duties.toml".into(),
        "national/classification-regulation/articles/2021.toml".into(),
        "national/classification-regulation/instrument.toml".into(),
        "national/classification-regulation/baseline/controls.toml".into(),
        "calendars/tw/2026.toml".into(),
        "readings.toml".into(),
    ] {
        let mut law = Law::new().without(&path);
        law.0.push(SourceFile::unread(
            path.as_str(),
            "檔案是 Big5 編碼",
            "請轉存為 UTF-8",
        ));
        law.one(&path, "Big5", "UTF-8");
    }
}

#[test]
fn all_mistakes_of_all_files_are_told_at_once_and_nothing_else() {
    let errors = Law::new()
        .change(DUTIES, "aspect =", "aspekt =")
        .change(DUTIES, "cite = \"annex-1.isms\"", "cite = \"annex-1.ismz\"")
        .value(DUTIES, "number", "\"4\"")
        .change(REGULATION, "until = 2026-01-07", "until = 2026-02-07")
        .change(&city("duties.toml"), "title =", "titel =")
        .change(&city("clauses.toml"), "\"duty:", "\"dutty:")
        .set(&city("cases.md"), "")
        .change("routes.toml", "prefix = \"", "prefix = \"a")
        .errors();
    let told: Vec<(String, bool, String)> = errors
        .iter()
        .map(|e| {
            let words: String = e.message.chars().take(80).collect();
            (e.file.clone(), e.line > 0, words)
        })
        .collect();
    let has = |file: &str, says: &str| {
        let found = told
            .iter()
            .filter(|(f, line, m)| f == file && *line && m.contains(says));
        assert_eq!(found.count(), 1, "{file}: {says}: {errors:#?}");
    };
    has(DUTIES, "unknown field `aspekt`");
    has(DUTIES, "annex-1.ismz");
    has(DUTIES, "值卻是文字「4」");
    has(REGULATION, "兩個版本同時有效");
    has(&city("duties.toml"), "unknown field `titel`");
    has(&city("clauses.toml"), "`dutty:");
    has(&city("cases.md"), "沒有任何案例");
    has("routes.toml", "字號");
    assert_eq!(errors.len(), 8, "{errors:#?}");
}

#[test]
fn a_day_of_a_calendar_is_told_with_its_file_and_line() {
    let path = "calendars/tw/2026.toml";
    let mut law = Law::new();
    let text = law.text(path);
    let line = text
        .lines()
        .position(|l| l.contains("2026-01-01"))
        .expect("new year");
    let entry = text.lines().nth(line).expect("the entry").to_owned();
    *text = text.replacen(&entry, &format!("{entry}\n{entry}"), 1);
    let error = law.one(path, "2026-01-01", "更正");
    assert_eq!(error.line, line + 2, "the later of the two");
    let mut law = Law::new();
    let text = law.text(path).clone();
    law.0.push(SourceFile::new("calendars/other/2026.toml", text));
    let error = law.one(path, "2026 年的辦公日曆重複出現", "只留一份");
    assert_eq!(error.also, Some(("calendars/other/2026.toml".into(), 1)));
}

#[test]
fn an_entry_that_is_lost_is_told_once_and_not_at_what_leads_to_it() {
    for path in [
        REGULATION,
        "national/personnel-regulation/instrument.toml",
        "national/classification-regulation/baseline/grading.toml",
        "national/classification-regulation/baseline/controls.toml",
        "national/classification-regulation/articles/2026.toml",
        "national/incident-regulation/levels.toml",
        "standards/iso-27001-2022/standard.toml",
        "readings.toml",
        "routes.toml",
        "coverage.toml",
        "counting.toml",
        DUTIES,
    ] {
        for slip in ["zzz = 1", "zzz = = 1"] {
            let mut law = Law::new();
            let text = law.text(path);
            let heads: Vec<usize> = text.match_indices("\n[[").map(|(at, _)| at).collect();
            let head = heads[heads.len() / 2] + 1;
            let end = head + text[head..].find('\n').expect("a line");
            let line = text[..=end].matches('\n').count() + 1;
            text.insert_str(end, &format!("\n{slip}"));
            let error = law.one(path, "格式不符", "請");
            assert_eq!(error.line, line, "{error}");
        }
    }
    Law::new()
        .without("coverage.toml")
        .one("coverage.toml", "缺 coverage.toml", "補上");
    // A form that is one whole is told as such.
    let path = "calendars/fixed.toml";
    let law = Law::new().change(path, "longest_rest =", "longest =");
    law.one(path, "格式不符", "請");
}
