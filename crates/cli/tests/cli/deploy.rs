//! The examples that operators copy: units that systemd reads, a compose file that is YAML,
//! both asking of the program only what it knows, and both hardened.

use crate::{fazun, root};
use saphyr_parser::{Event, Parser};
use std::collections::BTreeMap;
use std::process::Command;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join("deploy").join(path)).expect("is there")
}

/// The settings of a unit: section and name, with all the values that are given.
fn unit(text: &str) -> BTreeMap<(String, String), Vec<String>> {
    let mut settings: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut section = String::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            name.clone_into(&mut section);
            continue;
        }
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
        assert!(!name.contains(' ') && !section.is_empty(), "{line}");
        let key = (section.clone(), name.to_owned());
        settings.entry(key).or_default().push(value.to_owned());
    }
    settings
}

/// What every unit of ours takes from the process.
const HARDENED: &[(&str, &str)] = &[
    ("DynamicUser", "yes"),
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("ProtectProc", "invisible"),
    ("ProtectClock", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateTmp", "yes"),
    ("PrivateUsers", "yes"),
    ("LockPersonality", "yes"),
    ("MemoryDenyWriteExecute", "yes"),
    ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("SystemCallArchitectures", "native"),
    ("StateDirectoryMode", "0700"),
    ("UMask", "0077"),
    ("LimitCORE", "0"),
    ("MemoryMax", "1G"),
];

#[test]
fn units_are_hardened() {
    for name in ["systemd/fazun.service", "systemd/fazun-worker.service"] {
        let unit = unit(&read(name));
        let get = |name: &str| unit.get(&("Service".to_owned(), name.to_owned()));
        for (key, value) in HARDENED {
            let found = get(key).unwrap_or_else(|| panic!("{name}: {key}"));
            assert_eq!(found, &[(*value).to_owned()], "{name}: {key}");
        }
        let calls = get("SystemCallFilter").unwrap();
        assert_eq!(
            calls,
            &["@system-service".to_owned(), "~@privileged @resources".to_owned()],
            "{name}"
        );
        let stop: u32 = get("TimeoutStopSec").unwrap()[0].parse().unwrap();
        assert!(
            stop >= 25,
            "{name}: the program itself takes up to 20 seconds to stop"
        );
    }
}

/// Every option of a command that an example gives.
fn known_options(command: &str, given: &[&str]) {
    let help = fazun(&[command, "--help"]);
    assert!(help.status.success(), "{command}");
    let help = String::from_utf8(help.stdout).unwrap();
    for option in given.iter().filter(|word| word.starts_with("--")) {
        assert!(help.contains(&format!("{option} ")), "{command} {option}");
    }
}

#[test]
fn the_server_s_unit_asks_what_the_program_knows() {
    let unit = unit(&read("systemd/fazun.service"));
    let get = |name: &str| unit[&("Service".to_owned(), name.to_owned())][0].clone();
    let start = get("ExecStart");
    let words: Vec<&str> = start.split(' ').collect();
    assert_eq!(words[..2], ["/usr/bin/fazun", "serve"]);
    known_options("serve", &words);
    let folder = |key: &str| get(key);
    assert_eq!(
        get("Environment"),
        format!("FAZUN_DATA=/var/lib/{}", folder("StateDirectory"))
    );
    let log = words.iter().skip_while(|w| **w != "--access-log").nth(1).unwrap();
    assert!(
        log.starts_with(&format!("/var/log/{}/", folder("LogsDirectory"))),
        "{log}"
    );
}

/// Where systemd is, it has the last word.
#[test]
fn systemd_reads_the_units() {
    let there = Command::new("systemd-analyze").arg("--version").output();
    if !there.is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no systemd-analyze");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for name in ["fazun.service", "fazun-worker.service"] {
        let text = read(&format!("systemd/{name}"));
        // It wants to see the program.
        let text = text.replace("/usr/bin/fazun", env!("CARGO_BIN_EXE_fazun"));
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let output = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // Units of the machine itself are not ours to mend.
        let ours: Vec<&str> = said.lines().filter(|line| line.contains(name)).collect();
        assert!(output.status.success() && ours.is_empty(), "{said}");
    }
}

/// The scalars of a YAML document by their path: `services.fazun.read_only`, `….cap_drop.0`.
fn scalars(text: &str) -> BTreeMap<String, String> {
    enum Open {
        Map(Option<String>),
        List(usize),
    }
    let mut out = BTreeMap::new();
    let mut open: Vec<Open> = Vec::new();
    let path = |open: &[Open]| {
        let parts = open.iter().map(|o| match o {
            Open::Map(key) => key.clone().unwrap_or_default(),
            Open::List(n) => n.to_string(),
        });
        parts.collect::<Vec<_>>().join(".")
    };
    let done = |open: &mut Vec<Open>| match open.last_mut() {
        Some(Open::Map(key)) => *key = None,
        Some(Open::List(n)) => *n += 1,
        None => {}
    };
    for event in Parser::new_from_str(text) {
        let (event, _) = event.expect("is YAML");
        match event {
            Event::Scalar(value, ..) => {
                if let Some(Open::Map(key @ None)) = open.last_mut() {
                    *key = Some(value.into_owned());
                } else {
                    out.insert(path(&open), value.into_owned());
                    done(&mut open);
                }
            }
            Event::MappingStart(..) => open.push(Open::Map(None)),
            Event::SequenceStart(..) => open.push(Open::List(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                done(&mut open);
            }
            _ => {}
        }
    }
    out
}

#[test]
fn the_compose_file_is_closed_to_others() {
    let found = scalars(&read("compose.yaml"));
    for (path, value) in [
        ("services.postgres.ports.0", "127.0.0.1:5432:5432"),
        (
            "services.postgres.environment.POSTGRES_PASSWORD_FILE",
            "/run/secrets/postgres-password",
        ),
        ("services.postgres.security_opt.0", "no-new-privileges:true"),
        ("services.fazun.command.0", "serve"),
        ("services.fazun.command.2", "127.0.0.1:8080"),
        ("services.fazun.depends_on.postgres.condition", "service_healthy"),
        ("services.fazun.read_only", "true"),
        ("services.fazun.cap_drop.0", "ALL"),
        ("services.fazun.security_opt.0", "no-new-privileges:true"),
        ("services.fazun.user", "65532:65532"),
        ("services.fazun.mem_limit", "1g"),
        ("services.fazun.env_file", "secrets/fazun.env"),
        ("secrets.postgres-password.file", "secrets/postgres-password"),
    ] {
        assert_eq!(
            found.get(path).map(String::as_str),
            Some(value),
            "{path}: {found:#?}"
        );
    }
    let commands = found
        .iter()
        .filter(|(path, _)| path.starts_with("services.fazun.command."));
    let words: Vec<&str> = commands.map(|(_, word)| word.as_str()).collect();
    known_options("serve", &words);
    // No password stands in the file itself.
    assert!(found.keys().all(|path| !path.ends_with("PASSWORD")));
}
