//! What is wrong with an installation, and how to mend it.
//!
//! Why apart from opening it: whoever is called at night needs all that is wrong at once, not
//! the first refusal. It changes nothing. What it can't know: whether a port is free and who
//! listens (the command line's), and what an older copy of the whole database would look like
//! (only a checkpoint kept elsewhere tells that).

mod chains;
mod finding;
mod server;

pub use finding::{Finding, Severity};

use crate::AppError;
use crate::compiled::compiled_once;
use crate::error::{because, what_and_next};
use crate::jobs::Folder;
use crate::lawuse::{LawUse, laws_used};
use finding::{LAST, LEDGER, MB, unread};
use std::fs;
use std::path::{Path, PathBuf};
use store::{DATABASE, INSTALLATION, Location, OpenMode, Store, WorkState};

/// Below this much free space nothing more can be promised.
const TOO_LITTLE: u64 = 200 * MB;
/// Below this much it should be seen to.
const LITTLE: u64 = 1024 * MB;

/// How many of the laws that were used are told, the last ones.
const LAWS: usize = 3;

const DIRECTORY: (&str, &str) = ("directory", "資料目錄");
const PERMISSIONS: (&str, &str) = ("permissions", "權限");
const DISK: (&str, &str) = ("disk", "磁碟");
const LEFTOVERS: (&str, &str) = ("leftovers", "未完成的檔案");
const DATABASE_OPENS: (&str, &str) = ("database", "資料庫");
const LAW: (&str, &str) = ("law", "法規資料");
const WORK: (&str, &str) = ("work", "背景工作與寄送");
const LAW_USED: (&str, &str) = ("law_used", "採用的法規資料");

/// Looks at a data directory, at the database, which may be elsewhere, and at the law that would be
/// used over them; `now` is the clock.
#[compiled_once]
pub async fn examine(dir: &Path, at: &Location, law: Option<&Path>, now: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let kept = Folder::beside(dir);
    if let Location::Postgres(address) = at {
        // What lies in the directory are copies: of the law, of checkpoints.
        if dir.is_dir() {
            findings.extend(permissions(dir));
            findings.extend(disk(dir));
        }
        findings.extend(server::examine(address).await);
        findings.extend(database(at, &kept, now).await);
    } else if dir.is_dir() {
        findings.push(Finding::sound(DIRECTORY, dir.display().to_string()));
        findings.extend(permissions(dir));
        findings.extend(disk(dir));
        findings.extend(leftovers(dir));
        findings.extend(database(at, &kept, now).await);
    } else {
        findings.push(Finding::problem(
            DIRECTORY,
            format!("找不到 {}", dir.display()),
            "請以 --data 指定正確的資料目錄；第一次使用者，請先執行 fazun serve 或 fazun agency init",
        ));
    }
    findings.push(law_of(law, dir));
    findings
}

/// The database and what lies beside it.
fn files(dir: &Path) -> Vec<PathBuf> {
    ["", "-wal", "-shm"]
        .iter()
        .map(|ending| dir.join(format!("{DATABASE}{ending}")))
        .filter(|path| path.exists())
        .collect()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).map_or(0, |m| m.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_: &Path) -> u32 {
    0
}

/// What of a data directory anybody on the machine can change, or read.
fn open_to_all(dir: &Path, bits: u32) -> Vec<PathBuf> {
    let mut open = Vec::new();
    if mode(dir) & bits != 0 {
        open.push(dir.to_owned());
    }
    // Who may not enter the directory doesn't reach what is in it.
    if mode(dir) & 0o001 != 0 {
        open.extend(files(dir).into_iter().filter(|path| mode(path) & bits != 0));
    }
    open
}

fn named(paths: &[PathBuf]) -> String {
    let names = paths.iter().map(|path| path.display().to_string());
    names.collect::<Vec<_>>().join("、")
}

/// Refuses a data directory that anybody on the machine can write to: what is in it proves
/// nothing.
///
/// # Errors
/// Where directory or database are writable by everybody.
pub fn exposed(dir: &Path) -> Result<(), AppError> {
    let open = open_to_all(dir, 0o002);
    if open.is_empty() {
        return Ok(());
    }
    Err(AppError::failed(
        format!("本機任何人都能改寫 {}，其中的紀錄不足以為憑", named(&open)),
        format!(
            "請執行 chmod -R o-rwx {}，並以 fazun ledger verify 確認資料未遭竄改，再啟動",
            dir.display()
        ),
    ))
}

fn permissions(dir: &Path) -> Vec<Finding> {
    let remedy = format!("請執行 chmod -R o-rwx {}", dir.display());
    let (written, read) = (open_to_all(dir, 0o002), open_to_all(dir, 0o004));
    let mut findings = Vec::new();
    if !written.is_empty() {
        findings.push(Finding::problem(
            PERMISSIONS,
            format!("本機任何人都能改寫 {}", named(&written)),
            format!("{remedy}，再以 fazun ledger verify 確認資料未遭竄改"),
        ));
    }
    if !read.is_empty() {
        findings.push(Finding::problem(
            PERMISSIONS,
            format!("本機任何人都能讀取 {}", named(&read)),
            remedy,
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::sound(PERMISSIONS, "只有擁有者（及其群組）能讀寫"));
    }
    findings
}

fn disk(dir: &Path) -> Vec<Finding> {
    let state = match rustix::fs::statvfs(dir) {
        Ok(state) => state,
        Err(error) => {
            let remedy = "請檢查磁碟與掛載";
            return vec![Finding::problem(
                DISK,
                format!("查不到剩餘空間（{error}）"),
                remedy,
            )];
        }
    };
    let mut findings = Vec::new();
    if state.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
        findings.push(Finding::problem(
            DISK,
            "磁碟是唯讀的，無法寫入任何資料",
            "請檢查磁碟是否故障，修復後重新掛載為可寫",
        ));
    } else if rustix::fs::access(dir, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_err() {
        findings.push(Finding::problem(
            DISK,
            "執行本指令的使用者不能寫入資料目錄",
            "請以服務的帳號執行，或更正資料目錄的擁有者（chown）",
        ));
    }
    findings.push(room(state.f_bavail.saturating_mul(state.f_frsize)));
    findings
}

fn room(free: u64) -> Finding {
    let message = format!("剩餘 {} MB", free / MB);
    let remedy = "請清出空間或擴充磁碟；磁碟滿時不會寫入任何資料";
    if free < TOO_LITTLE {
        Finding::problem(DISK, message, remedy)
    } else if free < LITTLE {
        Finding::problem(DISK, message, remedy).notice()
    } else {
        Finding::sound(DISK, message)
    }
}

/// The process that was writing an unfinished file, by the file's name.
fn writer(name: &str) -> Option<u32> {
    let (_, process) = name.rsplit_once(".new-")?;
    // A process may have several under way: they are counted.
    process.split('-').next()?.parse().ok()
}

fn leftovers(dir: &Path) -> Vec<Finding> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let left: Vec<PathBuf> = entries
        .filter(|entry| {
            let process = writer(&entry.file_name().to_string_lossy());
            process.is_some_and(|process| !Path::new("/proc").join(process.to_string()).exists())
        })
        .map(|entry| entry.path())
        .collect();
    if left.is_empty() {
        return vec![Finding::sound(LEFTOVERS, "沒有")];
    }
    let size: u64 = left
        .iter()
        .filter_map(|p| fs::metadata(p).ok())
        .map(|m| m.len())
        .sum();
    vec![Finding::problem(
        LEFTOVERS,
        format!("備份或還原中斷所留下：{}（共 {} MB）", named(&left), size / MB),
        "確認沒有備份正在執行後，請刪除這些檔案，並重新備份",
    )]
}

async fn database(at: &Location, kept: &Folder, now: i64) -> Vec<Finding> {
    let store = match Store::open_at(at, OpenMode::MustExist, crate::forms()).await {
        Ok(store) => store,
        Err(error) => {
            let what = match error {
                store::StoreError::Broken { .. } => LEDGER,
                _ => DATABASE_OPENS,
            };
            let (message, next) = what_and_next(&error);
            let message = because(message, &error);
            // The sentence of an error that nobody knows leads to this very command.
            let is_unknown = matches!(error, store::StoreError::Database { .. });
            let error = AppError::from(error);
            let remedy = match error.code() {
                "ledger_broken" => "請停止服務、保存現場，執行 fazun ledger verify 查看全部，再由備份還原",
                "disk_full" => "請清出磁碟空間後再試",
                "read_only" => "請檢查磁碟是否唯讀與檔案權限",
                "database_busy" => "請確認沒有其他程式占用資料庫後再試",
                _ if !is_unknown && !next.is_empty() => &next,
                _ if matches!(at, Location::Postgres(_)) => "請依訊息處理後，再執行一次 fazun doctor",
                _ => "請停止服務、保存現場，確認資料目錄正確，必要時由備份還原（fazun restore）",
            };
            return vec![Finding::problem(what, message, remedy)];
        }
    };
    let times = chains::times(&store).await;
    let trust = chains::trust(&store, kept).await;
    let laws = laws_used(&store).await;
    let given_up = given_up(&store).await;
    let counts = store.work_counts().await;
    store.close().await;
    let mut findings = vec![Finding::sound(DATABASE_OPENS, "可開啟"), trust];
    findings.push(match times {
        Ok(times) => times.clock(now),
        Err(error) => unread(LEDGER, &error),
    });
    findings.push(match given_up {
        Ok(given_up) => work(&given_up),
        Err(error) => unread(WORK, &error),
    });
    if counts.is_ok_and(|counts| crate::jobs::stands_still(&counts, now)) {
        findings.push(still());
    }
    findings.push(match laws {
        Ok(laws) => Finding::sound(LAW_USED, used(&laws)),
        Err(error) => unread(LAW_USED, &error),
    });
    findings
}

/// What was given up: the installation's own jobs and messages (checkpoints, timestamps, mail), and
/// jobs of agencies.
async fn given_up(store: &Store) -> Result<Vec<String>, store::StoreError> {
    let jobs = store.jobs_of_all(true, LAST).await?;
    let messages = store.messages(INSTALLATION, LAST).await?;
    let jobs = jobs.into_iter().map(|job| (job.kind, job.error));
    let messages = messages.into_iter().filter(|m| m.state == WorkState::Dead);
    let all = jobs.chain(messages.map(|message| (message.kind, message.error)));
    Ok(all
        .map(|(kind, error)| format!("{}：{error}", called(&kind)))
        .collect())
}

/// What an operator calls a kind of job or message.
fn called(kind: &str) -> &str {
    match kind {
        "checkpoint" => "檢查點",
        "timestamp" => "時戳",
        "mail" => "信件",
        "verify" => "全部驗證",
        "clean-up" => "清理",
        "nightly" => "夜間排程",
        _ => crate::jobs::job_title(kind),
    }
}

fn work(given_up: &[String]) -> Finding {
    let Some(first) = given_up.first() else {
        return Finding::sound(WORK, "沒有放棄的工作或信件");
    };
    let message = format!("有 {} 項多次失敗而放棄；最近一項：{first}", given_up.len());
    let remedy = "請依訊息更正設定（寄信、時戳、檢查點資料夾），之後每日的檢查點會照新的設定送出；機關的工作請以 fazun jobs --dead 查看";
    Finding::problem(WORK, message, remedy).notice()
}

/// That work waits and nobody does any. No reason to stop: a service that was stopped on purpose
/// looks the same.
fn still() -> Finding {
    let message = "有工作等候逾 1 分鐘，目前沒有程式在執行";
    let remedy = "請啟動 fazun worker，或以不加 --no-worker 的 fazun serve 提供服務；已啟動者，請查看其紀錄";
    Finding::problem(WORK, message, remedy).notice()
}

/// The last laws that were used, in words.
fn used(laws: &[LawUse]) -> String {
    if laws.is_empty() {
        return "帳本尚未記載；服務啟動後即記載".to_owned();
    }
    let last: Vec<String> = laws.iter().rev().take(LAWS).map(LawUse::words).collect();
    match laws.len().saturating_sub(LAWS) {
        0 => last.join("；"),
        more => format!("{}；更早者 {more} 次，請見 fazun ledger verify", last.join("；")),
    }
}

fn law_of(law: Option<&Path>, dir: &Path) -> Finding {
    match crate::law_for(law, dir) {
        Ok(used) => match used.refused.first() {
            None => Finding::sound(LAW, "已載入"),
            Some(first) => Finding::problem(
                LAW,
                format!(
                    "指定的法規資料有 {} 處錯誤，沿用前一次可用者。第一處：{first}",
                    used.refused.len()
                ),
                "請依訊息更正；全部錯誤請執行 fazun law lint",
            ),
        },
        Err(error) => Finding::problem(
            LAW,
            error.to_string(),
            "請更正法規資料夾，或不指定 --law 改用內建者",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_judged_by_what_is_left() {
        for (mb, severity) in [
            (10, Severity::Problem),
            (199, Severity::Problem),
            (200, Severity::Notice),
            (1023, Severity::Notice),
            (1024, Severity::Sound),
        ] {
            assert_eq!(room(mb * MB).severity, severity, "{mb}");
        }
    }

    #[test]
    fn what_was_given_up_is_told_and_is_no_reason_to_stop() {
        assert_eq!(work(&[]).severity, Severity::Sound);
        let nobody = still();
        assert_eq!(nobody.severity, Severity::Notice);
        assert!(nobody.remedy.contains("fazun worker"), "{nobody:?}");
        let found = work(&["信件：550".to_owned(), "時戳：拒絕".to_owned()]);
        assert_eq!(found.severity, Severity::Notice);
        assert!(found.message.contains("2 項") && found.message.contains("信件：550"));
    }

    #[test]
    fn unfinished_files_tell_their_writer() {
        assert_eq!(writer("fazun.db.new-123"), Some(123));
        for other in ["fazun.db", "fazun.db.new", "fazun.db.new-", "x.new-12a"] {
            assert_eq!(writer(other), None, "{other}");
        }
    }
}
