//! The command line as a user meets it: output, JSON, exit codes, refusals.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used
)]

#[path = "cli/database.rs"]
mod database;
#[path = "cli/deploy.rs"]
mod deploy;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/law.rs"]
mod law;
#[path = "cli/plan.rs"]
mod plan;
#[path = "cli/record.rs"]
mod record;
#[path = "cli/serve.rs"]
mod serve;
#[path = "cli/stamps.rs"]
mod stamps;
#[path = "cli/standards.rs"]
mod standards;
#[path = "cli/upkeep.rs"]
mod upkeep;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use store::testing;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fazun(args: &[&str]) -> Output {
    command(args).output().expect("runs")
}

/// The databases of data directories, where they are elsewhere.
static DATABASES: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// A command, over the database that belongs to its data directory where that is elsewhere.
fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fazun"));
    command
        .args(args)
        .env_remove("FAZUN_DATA")
        .env_remove("FAZUN_DATABASE");
    let data = args.windows(2).find(|pair| pair[0] == "--data");
    let databases = DATABASES.lock().expect("no test failed in here");
    let database = data.and_then(|pair| databases.get(pair[1]));
    if let Some(database) = database {
        command.env("FAZUN_DATABASE", database);
    }
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(args: &[&str]) -> Value {
    let output = fazun(args);
    assert_eq!(code(&output), 0, "{args:?}: {}", error(&output));
    serde_json::from_slice(&output.stdout).expect("is JSON")
}

fn sample(name: &str) -> String {
    root()
        .join("samples/plan")
        .join(name)
        .to_string_lossy()
        .into_owned()
}

/// A directory, with a PostgreSQL database where this run of the tests is about such.
struct Place(testing::Place);

impl Place {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let place = Self(runtime.expect("runs").block_on(testing::Place::bare()));
        if testing::on_postgres() {
            let mut databases = DATABASES.lock().expect("no test failed in here");
            databases.insert(place.data(), place.0.address().to_owned());
        }
        place
    }

    fn data(&self) -> String {
        self.0.dir().join("data").to_string_lossy().into_owned()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.dir().join(name);
        std::fs::write(&path, bytes).expect("written");
        path.to_string_lossy().into_owned()
    }

    fn agency(&self, approved: Option<&str>) -> String {
        let (plan, data) = (sample("demo.pass.txt"), self.data());
        let mut args = vec!["agency", "init", "--from-plan", &plan, "--data", &data];
        if let Some(day) = approved {
            args.extend(["--approved-on", day]);
        }
        let output = fazun(&args);
        assert_eq!(code(&output), 0, "{}", error(&output));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }
}

#[test]
fn the_main_line() {
    let place = Place::new();
    let (id, data) = (place.agency(Some("民國108年8月1日")), place.data());
    let duties = json(&[
        "duties",
        "--agency",
        &id,
        "--data",
        &data,
        "--at",
        "2026-11-21",
        "--json",
    ]);
    let duties = duties.as_array().expect("a list");
    let verdicts = ["met", "not_met", "not_yet_due", "unknown", "not_applicable"];
    for duty in duties {
        for key in [
            "key",
            "title",
            "subject",
            "verdict",
            "reason",
            "reason_code",
            "due",
            "due_basis",
            "shape",
            "binding",
            "losers",
            "facts",
            "steps",
            "readings",
        ] {
            assert!(duty.get(key).is_some(), "{key} is missing in {duty}");
        }
        assert!(
            verdicts.contains(&duty["verdict"].as_str().expect("a word")),
            "{duty}"
        );
        // The reason is for people, its code for machines.
        let reason = duty["reason"].as_str().expect("a text");
        let code = duty["reason_code"].as_str().expect("a text");
        let words = |c: char| c.is_ascii_lowercase() || c == ' ';
        assert!(!code.is_empty() && code.chars().all(words), "{duty}");
        assert!(
            !reason.starts_with(code) && reason.chars().any(|c| c > '\u{2e80}'),
            "{duty}"
        );
        for clause in duty["binding"].as_array().expect("a list") {
            assert!(
                clause["instrument"].is_string()
                    && clause["version"].is_string()
                    && clause["article"].is_string()
            );
        }
        for loser in duty["losers"].as_array().expect("a list") {
            assert!(
                loser["outcome"].is_string() && loser["reason"].is_string(),
                "{loser}"
            );
        }
    }
    let vans = duties
        .iter()
        .find(|d| d["key"] == "vulnerability.notice")
        .expect("there");
    assert_eq!(vans["due"], "2023-08-23");
    let audit = json(&[
        "law",
        "resolve",
        "audit.interval",
        "--agency",
        &id,
        "--data",
        &data,
        "--at",
        "2026-11-21",
        "--json",
    ]);
    assert_eq!(audit[0]["key"], "audit.internal");
    let verified = json(&["ledger", "verify", "--data", &data, "--json"]);
    assert_eq!(verified["sound"], true);
}

#[test]
fn a_plan_is_read_with_every_field_of_the_contract() {
    let plan = json(&[
        "plan",
        "read",
        &sample("demo.pass.txt"),
        "--json",
        "--at",
        "2026-11-21",
    ]);
    for key in [
        "agency",
        "level",
        "chapters",
        "core_business",
        "non_core_business",
        "objectives",
        "parameters",
        "documents",
        "citations",
        "problems",
    ] {
        assert!(plan.get(key).is_some(), "{key} is missing");
    }
    for citation in plan["citations"].as_array().expect("a list") {
        assert!(
            citation["status"].is_string() && citation.get("now").is_some(),
            "{citation}"
        );
    }
    assert_eq!(plan["judged_by"]["at"], "2026-11-21");
}

#[test]
fn bad_input_ends_with_two_and_says_what_to_do() {
    let place = Place::new();
    let data = place.data();
    let text = place.file("notes.txt", "隨手筆記，不是計畫。".as_bytes());
    let big5 = place.file("big5.txt", &[0xb0, 0xaa, 0xb6, 0xaf, 0xa5, 0xab]);
    let key = place.file("duties.toml", b"[[duty]]\nkey = \"x\"\nno_such_key = 1\n");
    let cases: &[&[&str]] = &[
        &["plan", "read", "/no/such/file.txt", "--json"],
        &["plan", "read", &text, "--json"],
        &["plan", "read", &big5, "--json"],
        &["plan", "read", &sample("demo.pass.txt"), "--at", "115/02/30"],
        &["plan", "read", &sample("truncated.fail.docx")],
        &["plan", "read", &sample("bomb.fail.docx")],
        &["agency", "init", "--from-plan", &text, "--data", &data],
        &[
            "agency",
            "init",
            "--from-plan",
            &sample("demo.pass.txt"),
            "--approved-on",
            "130/01/01",
            "--data",
            &data,
        ],
        &[
            "period",
            "--from",
            "115/02/30",
            "--add",
            "1 month",
            "--counting",
            "apa_48",
        ],
        &[
            "period",
            "--from",
            "2026-02-13",
            "--add",
            "1 fortnight",
            "--counting",
            "apa_48",
        ],
        &[
            "period",
            "--from",
            "2026-02-13",
            "--add",
            "1 month",
            "--counting",
            "lunar",
        ],
        &[
            "period",
            "--from",
            "2026-02-13",
            "--add",
            "72 hours",
            "--counting",
            "hours",
        ],
        &["law", "lint", &key],
        &["law", "show", "no-such-law"],
        &["law", "show", "cyber-security-management-act", "99"],
        &["law", "baseline", "--edition", "1999"],
        &["law", "baseline", "--grade", "特高"],
        &["law", "baseline", "--at", "109/01/01"],
        &["law", "baseline", "--at", "115/02/30"],
        &["law", "baseline", "--edition", "2026", "--at", "115/11/21"],
        &["law", "baseline", "--carry", "2021", "2026"],
        &["law", "baseline", "--carry", "2026", "2021", "--grade", "中"],
        &["law", "baseline", "--carry", "2021", "--grade", "中"],
        &["serve", "--listen", "0.0.0.0:8080", "--data", &data],
        &["no-such-command"],
    ];
    for args in cases {
        let output = fazun(args);
        assert_eq!(code(&output), 2, "{args:?}: {}", error(&output));
        assert!(!error(&output).trim().is_empty(), "{args:?} says nothing");
        assert!(
            output.stdout.is_empty(),
            "{args:?} prints {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    assert!(
        !Path::new(&data).exists() || std::fs::read_dir(&data).expect("reads").next().is_none() || {
            // The directory may be made before a date is found wrong; it then holds an empty, sound ledger.
            json(&["ledger", "verify", "--data", &data, "--json"])["entries"] == 0
        }
    );
}

#[test]
fn the_baseline_is_shown_for_an_edition_a_day_and_a_grade() {
    let ids = |value: &Value| -> Vec<String> {
        let rows = value["groups"].as_array().expect("groups").iter();
        let rows = rows.flat_map(|g| g["rows"].as_array().expect("rows"));
        rows.map(|r| r["id"].as_str().expect("id").to_owned()).collect()
    };
    let named = json(&["law", "baseline", "--edition", "2021", "--grade", "普", "--json"]);
    let dated = json(&["law", "baseline", "--at", "115/01/06", "--grade", "普", "--json"]);
    assert_eq!(ids(&named), ids(&dated));
    assert_eq!(ids(&named).len(), 35);
    let later = json(&["law", "baseline", "--at", "115/01/07", "--grade", "普", "--json"]);
    assert_eq!(later["edition"], "2026");
    assert!(ids(&later).contains(&"AC1-2".to_owned()) && !ids(&named).contains(&"AC1-2".to_owned()));
    assert!(later["caution"].as_str().expect("text").contains("二手資料"));

    let output = fazun(&["law", "baseline", "--edition", "2026", "--grade", "普"]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("AC　存取控制") && text.contains("［原為中起］") && text.contains("佐證　"));

    let carry = json(&[
        "law", "baseline", "--carry", "2021", "2026", "--grade", "高", "--json",
    ]);
    let rows = |key: &str| carry[key].as_array().expect("rows").clone();
    assert_eq!(
        rows("carried").len() + rows("new").len(),
        ids(&json(&["law", "baseline", "--edition", "2026", "--json"])).len()
    );
    assert_eq!(rows("gone")[0]["id"], "SC1-3");
    let output = fazun(&["law", "baseline", "--carry", "2021", "2026", "--grade", "中"]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(
        text.contains("承接 CP1-2") && text.contains("原本較高等級才要求"),
        "{text}"
    );
}

#[test]
fn a_law_file_s_error_names_file_line_and_remedy() {
    let place = Place::new();
    let file = place.file("duties.toml", b"[[duty]]\nkey = \"x\"\nno_such_key = 1\n");
    let output = fazun(&["law", "lint", &file]);
    let text = error(&output);
    assert!(
        text.contains("duties.toml:") && text.contains("格式不符：unknown field `no_such_key`"),
        "{text}"
    );
    let file = place.file("controls.toml", b"[[control]]\nid = \"AC1-1\"\nno_such_key = 1\n");
    let text = error(&fazun(&["law", "lint", &file]));
    assert!(
        text.contains("controls.toml:3") && text.contains("格式不符：unknown field `no_such_key`"),
        "{text}"
    );
    let output = fazun(&["law", "lint", &root().join("law").to_string_lossy()]);
    assert_eq!(code(&output), 0, "{}", error(&output));
}

#[test]
fn a_document_is_checked_and_corrected() {
    let place = Place::new();
    let text = "\u{FEFF}本府依資通安全管理法第10條訂定維護計畫。\r\n".as_bytes();
    let file = place.file("rule.txt", text);
    let out = place.0.dir().join("out.txt").to_string_lossy().into_owned();
    let lint = |more: &[&str]| {
        let mut args = vec!["law", "lint", file.as_str(), "--at", "115/11/21"];
        args.extend(more);
        fazun(&args)
    };
    let printed = lint(&[]);
    assert_eq!(code(&printed), 1, "{}", error(&printed));
    let text_out = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(
        text_out.contains("第 1 行")
            && text_out.contains("→ 資通安全管理法第13條")
            && text_out.contains("1 個可自動更正"),
        "{text_out}"
    );
    let view: Value = serde_json::from_slice(&lint(&["--json"]).stdout).expect("is JSON");
    let finding = &view["groups"][0]["findings"][0];
    assert_eq!(finding["kind"], "old_number");
    assert_eq!(finding["now"], "資通安全管理法第13條");
    assert_eq!(view["fixable"], 1);
    // Before the act was rewritten the number was right.
    assert_eq!(code(&fazun(&["law", "lint", &file, "--at", "112/06/30"])), 0);

    assert_eq!(code(&lint(&["--fix", &out])), 1);
    let want = "\u{FEFF}本府依資通安全管理法第13條訂定維護計畫。\r\n";
    assert_eq!(std::fs::read_to_string(&out).expect("written"), want);
    assert_eq!(code(&fazun(&["law", "lint", &out, "--at", "115/11/21"])), 0);
    // Neither the original nor another file is lost.
    for (to, more) in [(&file, "--force"), (&out, "--json")] {
        let refused = lint(&["--fix", to, more]);
        assert_eq!(code(&refused), 2, "{to}");
        assert!(refused.stdout.is_empty());
    }
    assert_eq!(std::fs::read(&file).expect("still there"), text);
    assert_eq!(code(&lint(&["--fix", &out, "--force"])), 1);
    assert_eq!(std::fs::read_to_string(&out).expect("written"), want);
    // Not readable, or not what it is said to be.
    let pdf = place.file("a.pdf", b"%PDF-1.7\n");
    assert_eq!(code(&fazun(&["law", "lint", &pdf])), 2);
    assert_eq!(code(&lint(&["--kind", "plan"])), 2);
    assert_eq!(
        code(&fazun(&[
            "law",
            "lint",
            &place.0.dir().join("none.txt").to_string_lossy()
        ])),
        2
    );
}

#[test]
fn a_word_document_is_corrected_over_its_runs() {
    let place = Place::new();
    let file = root()
        .join("samples/lint/split-runs.pass.docx")
        .to_string_lossy()
        .into_owned();
    let out = place.0.dir().join("out.docx").to_string_lossy().into_owned();
    let output = fazun(&["law", "lint", &file, "--at", "115/11/21", "--fix", &out]);
    assert_eq!(code(&output), 1, "{}", error(&output));
    let again = fazun(&["law", "lint", &out, "--at", "115/11/21"]);
    assert_eq!(code(&again), 0, "{}", String::from_utf8_lossy(&again.stdout));
}

#[test]
fn a_law_folder_takes_the_place_of_the_embedded_one() {
    let place = Place::new();
    let law = root().join("law").to_string_lossy().into_owned();
    let list = json(&["law", "list", "--json", "--law", &law]);
    assert_eq!(list, json(&["law", "list", "--json"]));
    let empty = place.0.dir().join("empty");
    std::fs::create_dir(&empty).expect("made");
    assert_eq!(
        code(&fazun(&["law", "list", "--law", &empty.to_string_lossy()])),
        2
    );
}

#[test]
fn a_missing_or_broken_database_ends_with_one() {
    if !store::testing::has_folder() {
        return;
    }
    let place = Place::new();
    let data = place.data();
    let missing = fazun(&["duties", "--agency", "x", "--data", &data]);
    assert_eq!(code(&missing), 1, "{}", error(&missing));
    let id = place.agency(None);
    let path = Path::new(&data).join("fazun.db");
    let mut bytes = std::fs::read(&path).expect("there");
    let needle = b"core_business";
    let at = bytes
        .windows(needle.len())
        .position(|w| w == needle)
        .expect("the plan's row is in the file");
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).expect("written");
    for args in [
        &["duties", "--agency", &id, "--data", &data][..],
        &["ledger", "verify", "--data", &data],
    ] {
        let output = fazun(args);
        assert_eq!(code(&output), 1, "{args:?}: {}", error(&output));
        assert!(error(&output).contains("還原"), "{}", error(&output));
    }
}

#[test]
fn a_period_shows_its_steps() {
    let value = json(&[
        "period",
        "--from",
        "2019-08-01",
        "--add",
        "1 year",
        "--counting",
        "apa_48",
        "--json",
    ]);
    assert_eq!(
        (&value["end"], &value["part_of_day"]),
        (&"2020-08-03".into(), &"morning".into())
    );
    assert_eq!(value["steps"].as_array().expect("steps").len(), 3);
    assert!(
        value["steps"][0]["cite"]
            .as_str()
            .expect("a clause")
            .contains("行政程序法")
    );
    let unknown = json(&[
        "period",
        "--from",
        "2027-06-01",
        "--add",
        "1 year",
        "--counting",
        "apa_48",
        "--json",
    ]);
    assert_eq!(unknown["end"], Value::Null);
    assert_eq!(unknown["unknown"]["missing_year"], 2028);
}

#[test]
fn the_law_s_change_is_shown() {
    let act = "cyber-security-management-act";
    let diff = json(&["law", "diff", act, "2018", "2025", "--json"]);
    let moved = diff["duties"].as_array().expect("a list");
    let plan = moved
        .iter()
        .find(|d| d["key"] == "plan.establish")
        .expect("listed");
    assert_eq!(plan["change"], "moved");
    assert_eq!(plan["before"][0]["at"], format!("{act}@2018/10"));
    assert_eq!(plan["after"][0]["at"], format!("{act}@2025/13"));
    assert_eq!(
        diff,
        json(&["law", "diff", act, "114/11/30", "2025-12-01", "--json"])
    );
    for args in [&["law", "diff", act, "2018", "2025"][..], &["law", "open"]] {
        let output = fazun(args);
        assert_eq!(code(&output), 0, "{args:?}: {}", error(&output));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("訂定、修正並實施資通安全維護計畫"), "{text}");
        assert!(text.contains("二手資料，待核對"), "{text}");
    }
    let open = json(&["law", "open", "--json"]);
    assert!(open.as_array().is_some_and(|list| list.len() > 100));
    for bad in [
        &["law", "diff", act, "2018", "2026-13-01"][..],
        &["law", "diff", act, "1999", "2025"],
        &["law", "diff", act, "2018-01-01", "2025"],
    ] {
        let output = fazun(bad);
        assert_eq!(code(&output), 2, "{bad:?}");
        let text = error(&output);
        assert!(
            text.contains("2018") && text.contains("2025"),
            "{bad:?} doesn't name the versions: {text}"
        );
        assert!(output.stdout.is_empty());
    }
    assert_eq!(code(&fazun(&["law", "diff", "no-such-law", "2018", "2025"])), 2);
}

#[test]
fn the_law_s_change_reaches_an_agency() {
    let place = Place::new();
    let (id, data) = (place.agency(Some("108/08/01")), place.data());
    let args = |from: &'static str, to: &'static str| {
        let words = [
            "law", "impact", "--agency", &id, "--data", &data, "--from", from, "--to", to,
        ];
        words.map(str::to_owned)
    };
    let run = |args: &[String]| fazun(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let output = run(&args("114/11/30", "115/11/21"));
    assert_eq!(code(&output), 0, "{}", error(&output));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for words in [
        "新增（",
        "啟用入侵偵測及防禦機制",
        "要求加嚴",
        "條號變更",
        "計畫要改的地方",
        "第 83 行",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let mut with_json = args("114/11/30", "115/11/21").to_vec();
    with_json.push("--json".to_owned());
    let view: Value = serde_json::from_slice(&run(&with_json).stdout).expect("is JSON");
    assert_eq!(view["from"], "2025-11-30");
    assert!(view["duties"].as_array().is_some_and(|list| !list.is_empty()));
    for (from, to) in [
        ("115/11/21", "114/11/30"),
        ("115/13/01", "115/11/21"),
        ("114/11/30", "tomorrow"),
    ] {
        assert_eq!(code(&run(&args(from, to))), 2, "{from} {to}");
    }
}
