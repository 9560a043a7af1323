//! What is kept of the chains outside the database: a folder of checkpoints, one file a day.
//!
//! Why a new file each time, never over another: what was kept once is not taken back by a later
//! one. Why compared before a new one is put there: the checkpoint of an exchanged database must
//! not become what the next one is compared with. What it can't know: who else can write to the
//! folder; it should lie where the database's administrator can't.

use crate::compiled::compiled_once;
use ledger::{Head, Heads, Kept};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use store::{Store, StoreError};

/// A folder of checkpoints.
#[derive(Debug, Clone)]
pub struct Folder {
    dir: PathBuf,
}

const ENDING: &str = "checkpoint";
/// Of an authority's answer beside it.
const TOKEN: &str = "tsr";
/// No token is longer: what is longer is none.
const TOKEN_MOST: u64 = 1024 * 1024;

impl Folder {
    /// A folder, which is made when the first one is put there.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder beside a database, where the operator named no other.
    pub fn beside(data: &Path) -> Self {
        Self::new(data.join("checkpoints"))
    }

    fn failed(path: &Path, error: &std::io::Error) -> String {
        format!(
            "檢查點無法存取：{}（{error}）。請確認資料夾存在、服務帳號可讀寫，且磁碟未滿",
            path.display()
        )
    }

    fn file(&self, at: i64, ending: &str) -> PathBuf {
        self.dir.join(format!("{at:020}.{ending}"))
    }

    /// Writes a file whole, or none of it.
    fn write(&self, at: i64, ending: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.file(at, ending);
        let write = || {
            fs::create_dir_all(&self.dir)?;
            let unfinished = self.file(at, &format!("{ending}.{}.new", std::process::id()));
            let mut file = fs::File::create(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            // That the name is there must last as well.
            fs::File::open(&self.dir)?.sync_all()
        };
        write().map_err(|e: std::io::Error| Self::failed(&path, &e))
    }

    /// Keeps the chains' ends; gives what is kept, with the line that vouches for them.
    ///
    /// # Errors
    /// Where they can't be written.
    pub fn put(&self, at: i64, heads: Vec<Head>) -> Result<Kept, String> {
        let heads = Heads::new(heads).map_err(|e| e.to_string())?;
        let kept = Kept::over(heads, at);
        self.write(at, ENDING, kept.to_string().as_bytes())?;
        Ok(kept)
    }

    /// The line of the checkpoint that was made then.
    ///
    /// # Errors
    /// Where it isn't there, or is none of ours.
    pub(super) fn line(&self, at: i64) -> Result<String, String> {
        let path = self.file(at, ENDING);
        let text = fs::read_to_string(&path).map_err(|e| Self::failed(&path, &e))?;
        let kept: Kept = text.parse().map_err(|e| format!("{}：{e}", path.display()))?;
        Ok(kept.checkpoint.to_string())
    }

    /// Keeps an authority's answer beside the checkpoint that was made then.
    pub(super) fn put_token(&self, at: i64, bytes: &[u8]) -> Result<(), String> {
        self.write(at, TOKEN, bytes)
    }

    /// The answer that lies beside a checkpoint; none where there is none.
    pub(super) fn token(&self, at: i64) -> Result<Option<Vec<u8>>, String> {
        token_beside(&self.file(at, ENDING))
    }

    /// The chains' ends that were kept last; none where none were.
    ///
    /// # Errors
    /// Where the folder can't be read, or what lies there is no checkpoint of ours.
    pub fn latest(&self) -> Result<Vec<Head>, String> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Self::failed(&self.dir, &e)),
        };
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let paths: Vec<PathBuf> = paths
            .collect::<Result<_, _>>()
            .map_err(|e| Self::failed(&self.dir, &e))?;
        let ours = paths
            .into_iter()
            .filter(|path| path.extension().is_some_and(|e| e == ENDING));
        let Some(path) = ours.max() else {
            return Ok(Vec::new());
        };
        let text = fs::read_to_string(&path).map_err(|e| Self::failed(&path, &e))?;
        let kept: Kept = text.parse().map_err(|e| format!("{}：{e}", path.display()))?;
        Ok(kept.heads.map(|h| h.as_slice().to_vec()).unwrap_or_default())
    }
}

/// The authority's answer that lies beside a checkpoint's file, under the same name; none where there
/// is none.
///
/// # Errors
/// Where it can't be read, or is longer than any.
pub fn token_beside(checkpoint: &Path) -> Result<Option<Vec<u8>>, String> {
    let path = checkpoint.with_extension(TOKEN);
    match fs::metadata(&path) {
        Ok(found) if found.len() <= TOKEN_MOST => {}
        Ok(_) => return Err(format!("{} 過大，不是時戳", path.display())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Folder::failed(&path, &e)),
    }
    fs::read(&path).map(Some).map_err(|e| Folder::failed(&path, &e))
}

/// How a database differs from what was kept of it: each kept entry must be there with its hash.
///
/// # Errors
/// Where the database can't be read.
#[compiled_once]
pub async fn differs(store: &Store, kept: &[Head]) -> Result<Option<String>, StoreError> {
    for head in kept.iter().filter(|head| head.seq > 0) {
        let entries = store.reading(&head.agency).await?.entries(head.seq, 1).await?;
        let same = |e: &store::StoredEntry| e.entry.seq == head.seq && e.hash == head.hash;
        if !entries.first().is_some_and(same) {
            return Ok(Some(format!(
                "{} 的帳本第 {} 筆與資料庫外所存的檢查點不符：資料庫可能被換成另一份，或由較舊的備份還原",
                head.agency, head.seq
            )));
        }
    }
    Ok(None)
}
