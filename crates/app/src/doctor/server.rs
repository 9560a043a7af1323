//! What is wrong with a server of PostgreSQL, and how to mend it.
//!
//! What it can't know: how full the server's disk is, which PostgreSQL tells nobody.

use super::finding::{Finding, MB, SLACK_MICROS};
use store::{Address, ServerState};

const SERVER: (&str, &str) = ("server", "資料庫伺服器");
const ENCODING: (&str, &str) = ("encoding", "編碼與定序");
const ACCOUNT: (&str, &str) = ("account", "資料庫帳號");
const WALLS: (&str, &str) = ("walls", "機關隔離");
const SERVER_CLOCK: (&str, &str) = ("server_clock", "資料庫時鐘");
const LIMITS: (&str, &str) = ("limits", "時限與連線");
const DURABILITY: (&str, &str) = ("durability", "寫入保存");
const STANDBYS: (&str, &str) = ("standbys", "備援");
const SIZE: (&str, &str) = ("size", "資料庫大小");

/// A standby that lags so many milliseconds should be seen to.
const LAG: i64 = 30_000;
/// So many connections should be left to others.
const LEFT: i64 = 10;

/// Everything of a server that can be told without opening what is in the database. One that can't
/// be reached is told of by whoever opens it.
pub(super) async fn examine(address: &Address) -> Vec<Finding> {
    match store::server_state(address).await {
        Ok(state) => told(&state, crate::system_clock()),
        Err(_) => Vec::new(),
    }
}

fn told(state: &ServerState, now: i64) -> Vec<Finding> {
    let mut findings = vec![
        Finding::sound(SERVER, format!("PostgreSQL {}", state.version)),
        encoding(state),
        account(state),
    ];
    // Where there is no table of ours, none is walled or unwalled.
    findings.extend(state.is_ours.then(|| walls(state)));
    findings.extend([
        clock(state.now.saturating_sub(now)),
        limits(state),
        durability(state),
    ]);
    findings.extend(standbys(state));
    let size = u64::try_from(state.bytes).unwrap_or(0) / MB;
    findings.push(Finding::sound(
        SIZE,
        format!("{size} MB；剩餘空間須在資料庫主機上查看"),
    ));
    findings
}

fn encoding(state: &ServerState) -> Finding {
    let message = format!("編碼 {}，定序 {}", state.encoding, state.collation);
    if state.encoding == "UTF8" {
        return Finding::sound(
            ENCODING,
            format!("{message}（本系統一律依位元組排序，不受其影響）"),
        );
    }
    Finding::problem(
        ENCODING,
        message,
        "請另建資料庫：CREATE DATABASE 名稱 OWNER 帳號 ENCODING 'UTF8' TEMPLATE template0",
    )
}

fn account(state: &ServerState) -> Finding {
    let owner = "請由管理者執行：ALTER DATABASE 名稱 OWNER TO 帳號；並使資料表的擁有者也是這個帳號";
    if state.is_above_walls {
        return Finding::problem(
            ACCOUNT,
            "是超級使用者或可略過資料列安全（BYPASSRLS），機關之間的第二道隔離沒有作用",
            "請改用一般帳號（ALTER ROLE 帳號 NOSUPERUSER NOBYPASSRLS），並使它成為資料庫的擁有者",
        );
    }
    if !state.of_others.is_empty() {
        let tables = state.of_others.join("、");
        return Finding::problem(ACCOUNT, format!("不是這些資料表的擁有者：{tables}"), owner);
    }
    if !state.may_build {
        return Finding::problem(ACCOUNT, "不能建立資料表", owner);
    }
    Finding::sound(ACCOUNT, "一般帳號，能建立及更新資料表")
}

fn walls(state: &ServerState) -> Finding {
    if state.unwalled.is_empty() {
        return Finding::sound(WALLS, "每個資料表都強制資料列安全");
    }
    Finding::problem(
        WALLS,
        format!("資料列安全未啟用或未及於擁有者：{}", state.unwalled.join("、")),
        "請由管理者逐一執行：ALTER TABLE 資料表 ENABLE ROW LEVEL SECURITY; ALTER TABLE 資料表 FORCE ROW LEVEL SECURITY；\
         並以 fazun ledger verify 查明有無其他更動",
    )
}

fn clock(off: i64) -> Finding {
    // In tenths of a second.
    let tenths = off.unsigned_abs() / 100_000;
    let message = format!("與本機相差 {}.{} 秒", tenths / 10, tenths % 10);
    if off.abs() > SLACK_MICROS {
        return Finding::problem(
            SERVER_CLOCK,
            message,
            "請校正資料庫主機與本機的時間（建議啟用 NTP 校時）",
        );
    }
    Finding::sound(SERVER_CLOCK, message)
}

fn limits(state: &ServerState) -> Finding {
    let (used, most) = state.connections;
    let message = format!(
        "單一指令時限 {}，連線 {used}／{most}",
        match state.statement_timeout.as_str() {
            "0" => "未設",
            limit => limit,
        }
    );
    if state.statement_timeout == "0" {
        return Finding::problem(
            LIMITS,
            message,
            "連線集中器（pooler）略過了本系統的設定；請讓它放行 options，或以 ALTER ROLE 帳號 SET statement_timeout = '60s' 設定",
        );
    }
    if most.saturating_sub(used) < LEFT {
        return Finding::problem(
            LIMITS,
            message,
            "請調高伺服器的 max_connections，或調低網址中的 readers 與 writers",
        )
        .notice();
    }
    Finding::sound(LIMITS, message)
}

fn durability(state: &ServerState) -> Finding {
    if state.lossy.is_empty() {
        return Finding::sound(DURABILITY, "確認寫入的資料，停電或當機後仍在");
    }
    Finding::problem(
        DURABILITY,
        format!(
            "{} 是 off，停電或當機時，已確認寫入的資料可能遺失",
            state.lossy.join("、")
        ),
        "請設為 on，並重新載入設定（pg_reload_conf）",
    )
}

fn standbys(state: &ServerState) -> Vec<Finding> {
    if state.standbys.is_empty() {
        return vec![Finding::sound(STANDBYS, "沒有連線中的備援")];
    }
    let one = |standby: &store::StandbyState| {
        if standby.name.is_empty() && standby.waited_for.is_empty() {
            return Finding::sound(
                STANDBYS,
                "有一部備援；這個帳號看不到落後多少（要看請由管理者執行 GRANT pg_monitor TO 帳號）",
            );
        }
        let lag = standby.lag.unwrap_or(0);
        let waited = if matches!(standby.waited_for.as_str(), "sync" | "quorum") {
            "同步"
        } else {
            "非同步"
        };
        let message = format!("{}（{waited}）落後 {} 秒", standby.name, lag / 1_000);
        if lag > LAG {
            let remedy = "請檢查備援主機與網路；落後期間若主要伺服器損壞，非同步備援會缺少最近的資料";
            return Finding::problem(STANDBYS, message, remedy).notice();
        }
        Finding::sound(STANDBYS, message)
    };
    state.standbys.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::*;
    use store::StandbyState;

    fn sound() -> ServerState {
        ServerState {
            version: "15.14".into(),
            encoding: "UTF8".into(),
            collation: "C.UTF-8".into(),
            is_above_walls: false,
            may_build: true,
            of_others: Vec::new(),
            unwalled: Vec::new(),
            is_ours: true,
            now: 1,
            statement_timeout: "1min".into(),
            lossy: Vec::new(),
            standbys: Vec::new(),
            bytes: 5 << 20,
            connections: (3, 100),
        }
    }

    /// What of a server is not as it must be.
    fn wrong(change: impl Fn(&mut ServerState)) -> Vec<(&'static str, Severity)> {
        let mut state = sound();
        change(&mut state);
        let told = told(&state, 1);
        for finding in &told {
            assert_eq!(
                finding.severity == Severity::Sound,
                finding.remedy.is_empty(),
                "{finding:?}"
            );
        }
        told.iter()
            .filter(|f| f.severity != Severity::Sound)
            .map(|f| (f.check, f.severity))
            .collect()
    }

    fn standby(name: &str, lag: Option<i64>) -> StandbyState {
        StandbyState {
            name: name.into(),
            waited_for: if name.is_empty() { "" } else { "sync" }.into(),
            lag,
        }
    }

    #[test]
    fn each_wrong_thing_is_told_and_nothing_else() {
        use Severity::{Notice, Problem};
        assert_eq!(wrong(|_| {}), []);
        assert_eq!(wrong(|s| s.encoding = "LATIN1".into()), [("encoding", Problem)]);
        assert_eq!(wrong(|s| s.is_above_walls = true), [("account", Problem)]);
        assert_eq!(wrong(|s| s.may_build = false), [("account", Problem)]);
        assert_eq!(
            wrong(|s| s.of_others = vec!["job".into()]),
            [("account", Problem)]
        );
        assert_eq!(wrong(|s| s.unwalled = vec!["job".into()]), [("walls", Problem)]);
        assert_eq!(wrong(|s| s.now = SLACK_MICROS + 2), [("server_clock", Problem)]);
        assert_eq!(wrong(|s| s.now = SLACK_MICROS + 1), []);
        assert_eq!(wrong(|s| s.now = -SLACK_MICROS), [("server_clock", Problem)]);
        assert_eq!(wrong(|s| s.statement_timeout = "0".into()), [("limits", Problem)]);
        assert_eq!(wrong(|s| s.connections = (91, 100)), [("limits", Notice)]);
        assert_eq!(wrong(|s| s.connections = (90, 100)), []);
        assert_eq!(
            wrong(|s| s.lossy = vec!["fsync".into()]),
            [("durability", Problem)]
        );
        assert_eq!(
            wrong(|s| s.standbys = vec![standby("b", Some(LAG + 1)), standby("c", Some(LAG))]),
            [("standbys", Notice)]
        );
        assert_eq!(
            wrong(|s| s.standbys = vec![standby("", None), standby("b", None)]),
            []
        );
    }

    #[test]
    fn nothing_is_said_of_walls_where_no_table_is_ours() {
        let is_told = |is_ours| {
            let state = ServerState { is_ours, ..sound() };
            told(&state, 1).iter().any(|f| f.check == "walls")
        };
        assert!(is_told(true) && !is_told(false));
    }

    #[test]
    fn what_is_told_is_in_numbers_of_the_officer() {
        let clock = clock(-1_260_000).message;
        assert_eq!(clock, "與本機相差 1.2 秒");
        let mut state = sound();
        state.standbys = vec![standby("b", Some(2_400))];
        assert_eq!(standbys(&state)[0].message, "b（同步）落後 2 秒");
        state.standbys = vec![standby("", None)];
        assert!(standbys(&state)[0].message.contains("pg_monitor"));
        assert!(told(&state, 1).iter().any(|f| f.message.starts_with("5 MB")));
    }
}
