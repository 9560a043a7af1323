//! What can go wrong, in the words of whoever has to put it right.
//!
//! Why so many variants: a damaged file, a foreign file, a newer file and a full disk ask
//! for different things of the administrator, and none of them may be repaired silently.

use crate::verification::Verification;
use std::path::PathBuf;

/// Why the store refused.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No database where one must be.
    #[error("在 {path} 找不到資料庫。請確認資料目錄是否正確；若資料遺失，請由備份還原")]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The database is gone but its write-ahead log is still there.
    #[error(
        "{path} 不見了，但它的預寫檔（-wal）還在：資料庫可能被誤刪或移走。請先停止服務，將預寫檔移到他處保存，再由備份還原；不要另建新資料庫"
    )]
    Leftover {
        /// The database that is missing.
        path: PathBuf,
    },
    /// Not an SQLite database, or cut to nothing.
    #[error("{path} 不是資料庫檔（{detail}）。請將它移到他處保存，再由備份還原")]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// An SQLite database of some other program.
    #[error("{path} 是資料庫，但不是本系統的。請確認資料目錄是否正確")]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A PostgreSQL that some other program keeps its tables in.
    #[error(
        "資料庫（{place}）裡有其他程式的資料表（{table}）。請另建一個空的資料庫給本系統使用，或確認網址是否正確"
    )]
    Foreign {
        /// The database.
        place: String,
        /// One of its tables.
        table: String,
    },
    /// A PostgreSQL without our tables.
    #[error(
        "資料庫（{place}）是空的，沒有本系統的資料。請確認網址是否正確；新裝時請先執行初始化，若資料遺失，請由備份還原"
    )]
    Empty {
        /// The database.
        place: String,
    },
    /// The database must be empty for what is asked, and isn't.
    #[error("資料庫（{place}）已有資料，不覆寫。請改用空的資料庫")]
    NotEmpty {
        /// The database.
        place: String,
    },
    /// An address that can't be read.
    #[error("資料庫網址有誤：{what}。應寫成 postgres://帳號:密碼@主機:5432/資料庫?sslmode=verify-full")]
    BadAddress {
        /// What is wrong, without the password.
        what: String,
    },
    /// The server takes neither account nor password, or not from here.
    #[error(
        "資料庫（{place}）不接受這個帳號或密碼。請檢查網址中的帳號與密碼（特殊字元須以 %XX 表示），以及伺服器的 pg_hba.conf 是否准許由本機連線"
    )]
    WrongPassword {
        /// The database.
        place: String,
    },
    /// The server has no such database.
    #[error(
        "伺服器上沒有這個資料庫（{place}）。請由管理者建立：CREATE DATABASE 名稱 OWNER 帳號 ENCODING 'UTF8' TEMPLATE template0"
    )]
    NoDatabase {
        /// The database.
        place: String,
    },
    /// The account may not do what is needed.
    #[error(
        "資料庫帳號的權限不足（{place}：{detail}）。請由管理者執行：ALTER DATABASE 名稱 OWNER TO 帳號；並確認資料表的擁有者也是這個帳號"
    )]
    NoRights {
        /// The database.
        place: String,
        /// What the server said.
        detail: String,
    },
    /// The database keeps text otherwise than in UTF-8.
    #[error(
        "資料庫（{place}）的編碼是 {found}，無法保存所有文字或依位元組排序。請另建資料庫：CREATE DATABASE 名稱 ENCODING 'UTF8' TEMPLATE template0"
    )]
    WrongEncoding {
        /// The database.
        place: String,
        /// Its encoding.
        found: String,
    },
    /// The server is older than what we know.
    #[error("資料庫（{place}）是 PostgreSQL {found}，太舊。支援 15 以上的版本，請先升級資料庫伺服器")]
    TooOld {
        /// The database.
        place: String,
        /// Its version.
        found: String,
    },
    /// Only servers that take no writes could be reached.
    #[error("資料庫（{place}）是唯讀的備援，不接受寫入。請改連主要伺服器，或將備援升為主要（pg_promote）")]
    Standby {
        /// The database.
        place: String,
    },
    /// The server has no connection left.
    #[error(
        "資料庫（{place}）的連線數已滿。請稍後再試；若持續發生，請調高伺服器的 max_connections，或調低網址中的 readers 與 writers"
    )]
    TooMany {
        /// The database.
        place: String,
    },
    /// No answer in time.
    #[error("{doing}時資料庫（{place}）沒有在時限內回應，未寫入任何資料。請檢查資料庫的負載與網路，稍後再試")]
    Slow {
        /// What we were doing.
        doing: &'static str,
        /// The database.
        place: String,
    },
    /// The connection can't be encrypted as the address asks.
    #[error(
        "與資料庫（{place}）的加密連線無法建立（{detail}）。請檢查網址的 sslmode 與 sslrootcert，以及憑證上的主機名稱與期限"
    )]
    Unencrypted {
        /// The database.
        place: String,
        /// Why.
        detail: String,
    },
    /// The connection was lost at the end of a write, and it can't be asked what became of it.
    #[error(
        "{doing}時與資料庫（{place}）的連線中斷，無法確定是否已寫入。請待連線恢復後重新載入，確認結果再決定是否重做"
    )]
    Uncertain {
        /// What we were doing.
        doing: &'static str,
        /// The database.
        place: String,
    },
    /// A program that is needed isn't installed.
    #[error(
        "找不到程式 {tool}。請安裝 PostgreSQL 的用戶端工具（Debian：apt install postgresql-client），版本不得比伺服器舊"
    )]
    MissingTool {
        /// Its name.
        tool: &'static str,
    },
    /// A program that is needed failed.
    #[error("{tool} 執行失敗：{detail}。請依所述原因處理後再試")]
    FailedTool {
        /// Its name.
        tool: &'static str,
        /// What it said.
        detail: String,
    },
    /// Where something is to be copied to, other things were written.
    #[error("目的地已有 {agency} 的其他資料（兩邊的帳本在第 {seq} 筆不同），沒有複製。請改用空的目的地")]
    Diverged {
        /// Whose chain.
        agency: String,
        /// Up to where the target has entries.
        seq: u64,
    },
    /// A copy into the database was not finished.
    #[error(
        "{place} 是尚未複製完成的資料庫，內容不完整，不能使用。請再執行 fazun store copy --from {from} --to {to}（網址的密碼請自行補上），由中斷處接續；要重來，請改用空的目的地"
    )]
    UnfinishedCopy {
        /// The database.
        place: String,
        /// Where the copy comes from, as it is typed but for the password.
        from: String,
        /// The database, as it is typed but for the password.
        to: String,
    },
    /// Pages of the file are damaged.
    #[error("{path} 已損壞（{detail}）。請停止服務，將檔案移到他處保存，由最近的備份還原")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What the check said.
        detail: String,
    },
    /// Written by a newer version of the program.
    #[error("{path} 的資料結構是第 {found} 版，本程式只認得到第 {known} 版。請改用較新的程式開啟；不要降版")]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
        /// The newest version known.
        known: u32,
    },
    /// Written by a program of before the first release.
    #[error(
        "{place} 是早期開發版所建，資料結構已不相容，不能開啟。請換一個空的資料目錄重新建立；原檔請保留，勿刪除"
    )]
    EarlierForm {
        /// The database.
        place: String,
    },
    /// A migration was applied that is not the one this program holds.
    #[error(
        "{path} 的資料結構第 {version} 版與本程式的不同（檢核碼不符）。請改用建立它的程式版本，或由備份還原"
    )]
    AlteredSchema {
        /// The file.
        path: PathBuf,
        /// The version that differs.
        version: u32,
    },
    /// A migration that the database doesn't take.
    #[error(
        "{place} 的資料結構無法升級到第 {version} 版。請停止服務、保留原資料庫，再由備份還原（fazun restore）；沒有備份時，請洽程式提供者"
    )]
    Unmigrated {
        /// The database.
        place: String,
        /// The version that it was to get.
        version: u32,
        /// Why it doesn't.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The ledger and the rows don't agree.
    #[error(
        "{path} 的帳本驗證不通過：{}。資料可能被竄改。請執行 fazun ledger verify 查看全部，保存現場，再由備份還原",
        .verification.summary()
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong.
        verification: Box<Verification>,
    },
    /// Someone else wrote the row in between.
    #[error(
        "{register} 的 {row} 已被他人更新（您看到的是第 {expected} 版，現在是第 {found} 版）。請重新載入，再改一次"
    )]
    Conflict {
        /// Register key.
        register: String,
        /// Row id.
        row: String,
        /// The version that the writer had seen; 0 for a new row.
        expected: u32,
        /// The version that is there; 0 for none.
        found: u32,
    },
    /// Someone else wrote to a register that the writer had looked at.
    #[error("「{register}」的資料在檢查之後又有變動，沒有寫入任何資料。請重新載入，再做一次")]
    Moved {
        /// Register key.
        register: String,
    },
    /// The same request came before, or at the same time, and was written.
    #[error("同一個請求已經處理過，沒有再寫入一次。請重新載入，查看先前的結果")]
    Repeated,
    /// A commit without rows, or without an actor, an agency, a register or a row id.
    #[error("無法寫入：{what}。這是程式的錯誤，請回報")]
    Incomplete {
        /// What is missing.
        what: &'static str,
    },
    /// A worker that has a job or a message no more said something of it.
    #[error(
        "工作「{id}」已由別的程式接手或已經結束，這一次的結果沒有寫入。不必處理：接手的程式會完成；請在工作清單查看進度"
    )]
    LeaseLost {
        /// The job's or message's id.
        id: String,
    },
    /// A body names a file that is neither stored nor part of the commit.
    #[error("{register} 的 {row} 引用了檔案 {sha256}，但檔案不在系統內。請連同檔案一起送出")]
    UnknownBlob {
        /// Register key.
        register: String,
        /// Row id.
        row: String,
        /// The file's hash.
        sha256: String,
    },
    /// A stored file is not the one that was stored.
    #[error(
        "檔案 {sha256} 的內容與其雜湊不符，已損壞或被竄改。請由備份取回這個檔案，並執行 fazun ledger verify"
    )]
    AlteredBlob {
        /// The file's hash.
        sha256: String,
    },
    /// A stored body can't be read.
    #[error(
        "{register} 的 {row} 第 {version} 版內容讀不出來，已損壞或被竄改。請執行 fazun ledger verify，再由備份還原"
    )]
    UnreadableBody {
        /// Register key.
        register: String,
        /// Row id.
        row: String,
        /// Row version.
        version: u32,
    },
    /// Where a file is to be written, there is one already.
    #[error("{path} 已經存在，不覆寫。請換一個檔名，或自行移走它")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is no such file to restore.
    #[error("找不到備份檔 {path}。請確認 --from 的路徑與檔名")]
    MissingBackup {
        /// The file.
        path: PathBuf,
    },
    /// What is to be restored isn't a backup of ours.
    #[error("{path} 不是本系統的備份。請以 --from 指定由 fazun backup 產生的檔案")]
    NoBackup {
        /// The file.
        path: PathBuf,
    },
    /// What is to be restored isn't whole.
    #[error("備份檔 {path} 不完整或已損壞（{detail}），沒有還原。請以 --from 改用其他備份")]
    BadBackup {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A backup of the other kind of database.
    #[error(
        "{path} 是 {of} 資料庫的備份，不能還原成 {to}。請先還原到空的 {of} 資料庫（{place}），再以 fazun store copy 轉到 {to}"
    )]
    OtherBackup {
        /// The file.
        path: PathBuf,
        /// Of which kind it is.
        of: &'static str,
        /// Where it was to go.
        to: &'static str,
        /// How the place for it is named.
        place: &'static str,
    },
    /// Where a backup is to be restored to, there is a database already.
    #[error(
        "{path} 已經存在，不覆寫。請還原到另一個資料目錄；要還原到這裡，請先停止服務，再將它連同旁邊的 -wal、-shm 檔移到他處保存"
    )]
    Occupied {
        /// The database.
        path: PathBuf,
    },
    /// A backup that was copied from a running database file.
    #[error(
        "{path} 旁邊有未併入的預寫檔（-wal）：它是直接複製運作中的資料庫，不完整。請改用備份指令產生的檔案"
    )]
    RawCopy {
        /// The file.
        path: PathBuf,
    },
    /// Another process holds the database.
    #[error("{doing}時資料庫忙碌中，等候逾時。請稍後再試；若持續發生，請檢查是否有其他程式占用")]
    Busy {
        /// What we were doing.
        doing: &'static str,
    },
    /// No space left.
    #[error("{doing}時磁碟已滿，未寫入任何資料。請清出空間後再試")]
    Full {
        /// What we were doing.
        doing: &'static str,
    },
    /// The file, or the directory it is in, can only be read.
    #[error(
        "{doing}時資料庫或磁碟是唯讀的，未寫入任何資料。請檢查檔案權限與掛載方式（唯讀掛載常因磁碟錯誤），再重新啟動"
    )]
    ReadOnly {
        /// What we were doing.
        doing: &'static str,
    },
    /// The database can't be reached, or went away.
    #[error("{doing}時連不上資料庫（{place}），未寫入任何資料。請確認資料庫服務與網路，系統會自行重新連線")]
    Unreachable {
        /// What we were doing.
        doing: &'static str,
        /// The database.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file of an SQLite database was moved away or replaced while it was open.
    #[error(
        "{doing}時發現資料庫檔 {path} 已不在原處，或換成了另一個檔案，未寫入任何資料。請將原來的檔案放回原處，系統會自行接續；要改用換上的檔案（例如還原的備份），請停止服務後重新啟動"
    )]
    FileAway {
        /// What we were doing.
        doing: &'static str,
        /// Where the file was opened.
        path: PathBuf,
    },
    /// The store is closed, or its writer is gone.
    #[error("{doing}時資料庫（{place}）已關閉，未寫入任何資料。請重新啟動服務後再試")]
    Closed {
        /// What we were doing.
        doing: &'static str,
        /// The database.
        place: String,
    },
    /// What lies beside an agency's bodies was derived by other forms.
    #[error(
        "「{agency}」的清單與搜尋索引正依新版程式重新整理，完成前不提供查閱與寫入。請稍候再試；久候未完成時，請系統管理者確認背景工作正在執行，或執行 fazun upgrade"
    )]
    Underived {
        /// Which.
        agency: String,
    },
    /// The database was found damaged: it is read, not written.
    #[error(
        "資料庫驗證不通過，已停止寫入：{why}。請執行 fazun doctor 與 fazun ledger verify，保存現場，再由備份還原"
    )]
    Distrusted {
        /// What was found.
        why: String,
    },
    /// A file could not be read or written.
    #[error("{doing}失敗：{path}。請檢查路徑、權限與磁碟")]
    Io {
        /// What we were doing.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The database said something else.
    #[error("{doing}失敗。請執行 fazun doctor 查明原因")]
    Database {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    pub(crate) fn underived(agency: &str) -> Self {
        Self::Underived {
            agency: agency.to_owned(),
        }
    }

    pub(crate) fn io(doing: &'static str, path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }
}
