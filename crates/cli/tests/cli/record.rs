//! Registers from the command line, as an officer types them.

use crate::{Place, code, error, fazun, json};

struct Office {
    place: Place,
    agency: String,
    data: String,
}

impl Office {
    fn new() -> Self {
        let place = Place::new();
        let agency = place.agency(Some("108/08/01"));
        let data = place.data();
        Self { place, agency, data }
    }

    /// Arguments of a command on a register.
    fn on<'a>(&'a self, verb: &'a str, register: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let mut args = vec!["record", verb, "--agency", &self.agency, "--data", &self.data];
        if !register.is_empty() {
            args.extend(["--register", register]);
        }
        args.extend(more);
        args
    }

    fn run(&self, verb: &str, register: &str, more: &[&str]) -> String {
        let output = fazun(&self.on(verb, register, more));
        assert_eq!(code(&output), 0, "{verb} {register} {more:?}: {}", error(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn refused(&self, verb: &str, register: &str, more: &[&str]) -> String {
        let output = fazun(&self.on(verb, register, more));
        assert_eq!(code(&output), 2, "{verb} {register} {more:?}: {}", error(&output));
        error(&output) + &String::from_utf8_lossy(&output.stdout)
    }
}

#[test]
fn a_record_is_put_shown_changed_and_taken_back() {
    let office = Office::new();
    let id = office.run("put", "vendor", &["name=示範資訊股份有限公司"]);
    assert!(office.run("list", "vendor", &[]).contains("示範資訊股份有限公司"));
    office.run("put", "vendor", &["--id", &id, "note=統編待查"]);
    let shown = office.run("show", "vendor", &["--id", &id]);
    assert!(
        shown.contains("第 2 版") && shown.contains("備註： → 統編待查"),
        "{shown}"
    );
    let stale = fazun(&office.on("put", "vendor", &["--id", &id, "--version", "1", "note=x"]));
    assert_eq!(code(&stale), 1);
    assert!(error(&stale).contains("已被別人更新"), "{}", error(&stale));
    let early = fazun(&office.on("put", "vendor", &["--id", &id, "--version", "9", "note=x"]));
    assert!(error(&early).contains("還沒有第 9 版"), "{}", error(&early));
    assert!(
        office
            .refused("withdraw", "vendor", &["--id", &id, "--reason", " "])
            .contains("須有理由")
    );
    office.run("withdraw", "vendor", &["--id", &id, "--reason", "重複登錄"]);
    assert!(!office.run("list", "vendor", &[]).contains("示範資訊"));
    let verify = fazun(&["ledger", "verify", "--data", &office.data]);
    assert_eq!(code(&verify), 0, "{}", error(&verify));
}

#[test]
fn words_are_understood_and_mistakes_named() {
    let office = Office::new();
    office.run("put", "person", &["name=陳示範", "unit=資訊科"]);
    let id = office.run(
        "put",
        "certificate",
        &[
            "person=陳示範",
            "name=ISO 27001 主導稽核員",
            "class=資通安全專業證照",
            "issued_on=民國115年3月2日",
        ],
    );
    let shown = json(&office.on("show", "certificate", &["--id", &id, "--json"]));
    let field = |key: &str| {
        let fields = shown["fields"].as_array().unwrap();
        fields.iter().find(|f| f["key"] == key).unwrap()["shown"].clone()
    };
    assert_eq!(field("person"), "陳示範");
    for (given, says) in [
        (
            [
                "person=沒有這個人",
                "name=x",
                "class=資通安全專業證照",
                "issued_on=115/03/02",
            ],
            "沒有「沒有這個人」",
        ),
        (
            ["person=陳示範", "name=x", "class=不存在", "issued_on=115/03/02"],
            "請選一項",
        ),
        (
            [
                "person=陳示範",
                "name=x",
                "class=資通安全專業證照",
                "issued_on=115/02/30",
            ],
            "115/02/30",
        ),
        (
            ["person=陳示範", "name=x", "class=資通安全專業證照", "nosuch=1"],
            "沒有這個欄位",
        ),
    ] {
        let said = office.refused("put", "certificate", &given);
        assert!(said.contains(says), "{given:?}: {said}");
    }
    assert!(
        office
            .refused("put", "nosuch", &["name=x"])
            .contains("沒有登記簿")
    );
    assert!(
        office
            .refused("put", "vendor", &["name"])
            .contains("不是 欄位=值")
    );
    assert!(
        office
            .refused("list", "vendor", &["--where", "nosuch=1"])
            .contains("不能篩選")
    );
    assert!(
        office
            .refused("show", "vendor", &["--id", "nosuch"])
            .contains("沒有「nosuch」")
    );
}

#[test]
fn a_list_goes_out_and_comes_back_and_an_import_is_undone() {
    let office = Office::new();
    let big5 = {
        // 「廠商名稱」 and two names, in Big5.
        let mut bytes = b"\xbc\x74\xb0\xd3\xa6\x57\xba\xd9\r\n".to_vec();
        bytes.extend(b"\xa5\xd2\xa5\xdc\xbd\x64\r\n\xa4\x41\xa5\xdc\xbd\x64\r\n");
        office.place.file("vendors.csv", &bytes)
    };
    let preview = office.run("import", "vendor", &[&big5]);
    assert!(
        preview.contains("新增 2") && preview.contains("尚未寫入"),
        "{preview}"
    );
    assert!(!office.run("list", "vendor", &[]).contains("甲示範"));
    let report = json(&office.on("import", "vendor", &[&big5, "--commit", "--json"]));
    assert_eq!(
        (report["written"].as_u64(), report["encoding"].as_str()),
        (Some(2), Some("Big5"))
    );
    for ending in ["ods", "xlsx", "csv"] {
        let to = office
            .place
            .file("x", b"")
            .replace("/x", &format!("/vendors-out.{ending}"));
        office.run("export", "vendor", &[&to]);
        let again = office.run("import", "vendor", &[&to]);
        assert!(
            again.contains("不變 2") && again.contains("有誤 0"),
            "{ending}: {again}"
        );
        assert!(
            office.refused("export", "vendor", &[&to]).contains("無法寫入"),
            "never over another file"
        );
    }
    let other = office
        .place
        .file("other.csv", "申請單號,事由,來源位址\n1,2,3\n".as_bytes());
    let said = office.refused("import", "vendor", &[&other]);
    assert!(
        said.contains("找不到「委外廠商」的表頭") && said.contains("遠距連線許可"),
        "{said}"
    );
    let id = report["id"].as_str().unwrap();
    office.run("undo", "", &["--import", id]);
    assert!(!office.run("list", "vendor", &[]).contains("甲示範"));
}

#[test]
fn a_permit_beyond_the_agency_s_own_limit_is_refused_with_its_clause() {
    let office = Office::new();
    let permit = |until: &'static str, source: &'static str| {
        vec![
            "number=115-RA-001",
            "purpose=緊急修復",
            "applicant=陳示範",
            source,
            "destination=192.0.2.10",
            "port=3389",
            "protocol=TCP",
            "from_outside=是",
            "to_database=否",
            "from=115/11/01",
            until,
        ]
    };
    // Nothing limits it before the agency takes the plan on.
    let adopt = [
        "agency",
        "adopt",
        "--agency",
        &office.agency,
        "--instrument",
        "information-bureau-plan",
        "--from",
        "115/01/01",
        "--data",
        &office.data,
    ];
    assert_eq!(code(&fazun(&adopt)), 0);
    let said = office.refused(
        "put",
        "remote_permit",
        &permit("until=115/11/16", "source=203.0.113.7"),
    );
    assert!(
        said.contains("16 日，超過每次 15 日") && said.contains("玖、三、(二)1(1)"),
        "{said}"
    );
    let said = office.refused("put", "remote_permit", &permit("until=115/11/15", "source=ANY"));
    assert!(
        said.contains("不可開放為全部") && said.contains("玖、三、(二)1(2)"),
        "{said}"
    );
    let id = office.run(
        "put",
        "remote_permit",
        &permit("until=115/11/15", "source=203.0.113.7"),
    );
    assert!(
        office
            .run("submit", "remote_permit", &["--id", &id])
            .contains("待單位主管")
    );
    let scan = office.place.file("signed.pdf", b"%PDF-1.7 signed");
    let paper = [
        "--id",
        &id,
        "--signed-by",
        "王示範",
        "--on",
        "115/11/01",
        "--scan",
        &scan,
    ];
    let said = office.run("paper", "remote_permit", &paper);
    assert!(said.contains("已定版") && said.contains("-RA-001"), "{said}");
    let xray = fazun(&["xray", "--agency", &office.agency, "--data", &office.data]);
    assert_eq!(code(&xray), 0);
    let text = String::from_utf8_lossy(&xray.stdout).into_owned();
    assert!(text.contains("許可期間已過而未登錄關閉"), "{text}");
}

#[test]
fn a_token_is_shown_once_and_revoked() {
    let office = Office::new();
    let member = office.run(
        "put",
        "member",
        &["name=王示範", "role=資安專責人員", "from=115/01/01"],
    );
    let month = 30 * 24 * 3600 * 1_000_000;
    let soon = app::taipei_day(app::system_clock() + month).to_string();
    let create = |expires: &str| {
        fazun(&[
            "token",
            "create",
            "--agency",
            &office.agency,
            "--member",
            &member,
            "--label",
            "盤點程式",
            "--scope",
            "read",
            "--expires",
            expires,
            "--data",
            &office.data,
        ])
    };
    // Nothing lives for a hundred years.
    assert_eq!(code(&create("199/01/01")), 2);
    let made = create(&soon);
    assert_eq!(code(&made), 0, "{}", error(&made));
    let secret = String::from_utf8(made.stdout).unwrap();
    assert!(secret.starts_with("fazun_") && secret.len() > 80, "{secret}");
    let list = [
        "token",
        "list",
        "--agency",
        &office.agency,
        "--data",
        &office.data,
    ];
    let listed = String::from_utf8(fazun(&list).stdout).unwrap();
    let id = listed.split('　').next().unwrap();
    assert!(listed.contains("盤點程式") && !listed.contains(secret.trim().rsplit('_').next().unwrap()));
    let revoke = [
        "token",
        "revoke",
        "--agency",
        &office.agency,
        "--id",
        id,
        "--data",
        &office.data,
    ];
    assert_eq!(code(&fazun(&revoke)), 0);
    let nobody = [
        "token",
        "create",
        "--agency",
        &office.agency,
        "--member",
        "nobody",
        "--label",
        "x",
        "--scope",
        "read",
        "--expires",
        "199/01/01",
        "--data",
        &office.data,
    ];
    let refused = fazun(&nobody);
    assert_eq!(code(&refused), 2);
    // The way out that it names can be typed as it stands.
    let said = error(&refused);
    let hint = said.split("請以 fazun ").nth(1).unwrap();
    let hint = hint.split(" 查看").next().unwrap();
    let mut typed: Vec<&str> = hint.split(' ').collect();
    typed.extend(["--data", &office.data]);
    let listed = fazun(&typed);
    assert_eq!(code(&listed), 0, "{hint}: {}", error(&listed));
    assert!(String::from_utf8_lossy(&listed.stdout).contains(&member));
}
