//! The ledger: its chains, what vouches for them, backups and restoring.

use crate::compiled::compiled_once;
use crate::lawuse::{LawUse, laws_used};
use crate::principal::Principal;
use crate::records::disclosure::{Taken, disclose_whole};
use crate::{App, AppError, forms};
use ledger::{Checked, Head, Heads, Kept, PackageCheck, PackageWriter};
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::str::FromStr;
use store::{INSTALLATION, Location, OpenMode, Store, Verification};

/// What a verification found.
#[derive(Debug, Clone)]
pub struct LedgerReport {
    /// Whether nothing is damaged.
    pub sound: bool,
    /// How many entries there are.
    pub entries: u64,
    /// How many chains.
    pub chains: usize,
    /// What vouches for where the chains end: keep this line elsewhere.
    pub head: String,
    /// What is damaged, in words.
    pub damages: Vec<String>,
    /// What is worth a look and no damage, in words.
    pub notices: Vec<String>,
    /// Which law was in use since when, of a whole database.
    pub laws: Vec<LawUse>,
}

/// What somebody kept of a ledger, to compare it with.
#[derive(Debug, Clone, Default)]
pub struct KeptLines {
    /// Where chains ended.
    pub heads: Vec<Head>,
    /// The checkpoint that says so, where it was one: over all chains of an installation.
    pub checkpoint: Option<Kept>,
}

impl KeptLines {
    /// What stands in a line of `fazun ledger head`, or in a file of `fazun ledger checkpoint`.
    ///
    /// # Errors
    /// Where it is neither, or names no heads.
    pub fn read(text: &str) -> Result<Self, AppError> {
        let remedy =
            "請貼上 fazun ledger head --agency 機關代號 印出的整行，或指定 fazun ledger checkpoint 存的檔案";
        let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
        if let (Some(line), None) = (lines.next(), lines.next())
            && line.starts_with(ledger::DOMAIN)
        {
            let head = Head::from_str(line).map_err(|e| AppError::bad_input(e.to_string(), remedy))?;
            return Ok(Self {
                heads: vec![head],
                checkpoint: None,
            });
        }
        let kept = Kept::from_str(text).map_err(|e| AppError::bad_input(e.to_string(), remedy))?;
        let heads = kept.heads.as_ref().map(|heads| heads.as_slice().to_vec());
        Ok(Self {
            heads: heads.unwrap_or_default(),
            checkpoint: Some(kept),
        })
    }

    /// What the service kept last beside a database, of one agency or of all; nothing where it kept
    /// nothing.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn beside(data: &Path, agency: Option<&str>) -> Result<Self, AppError> {
        let mut heads = crate::jobs::kept_by(Some(&crate::jobs::Folder::beside(data)))?;
        heads.retain(|head| agency.is_none_or(|agency| head.agency == agency));
        Ok(Self {
            heads,
            checkpoint: None,
        })
    }

    /// A line without heads vouches for one state only: chains that went on can't be compared
    /// with it.
    fn vouches_for(&self, heads: Option<&[Head]>) -> Result<(), AppError> {
        let Some(bare) = self.checkpoint.as_ref().filter(|kept| kept.heads.is_none()) else {
            return Ok(());
        };
        if let Some(heads) = heads {
            let now = kept(heads.to_vec(), 0)?.checkpoint;
            if (now.root, now.leaves) == (bare.checkpoint.root, bare.checkpoint.leaves) {
                return Ok(());
            }
        }
        Err(AppError::bad_input(
            "資料與這一行檢查點不同：此後有新的紀錄，或資料被更動。這一行沒有附各機關帳本的結尾，分不出是何者",
            "請改用 fazun ledger checkpoint --to 檔案（或 fazun backup 另存的 .checkpoint 檔）比對",
        ))
    }
}

/// As [`verify_ledger_at`], of a data directory.
///
/// # Errors
/// Where there is no database or it can't be read at all.
#[compiled_once]
pub async fn verify_ledger(
    dir: &Path,
    agency: Option<&str>,
    kept: &KeptLines,
) -> Result<LedgerReport, AppError> {
    verify_ledger_at(&Location::Sqlite(dir.to_owned()), agency, kept).await
}

/// Verifies the ledger, every row and every file of a database, or of one agency in it; changes
/// nothing.
///
/// # Errors
/// Where there is no database or it can't be read at all.
#[compiled_once]
pub async fn verify_ledger_at(
    location: &Location,
    agency: Option<&str>,
    kept: &KeptLines,
) -> Result<LedgerReport, AppError> {
    let store = Store::open_at_unverified(location, OpenMode::MustExist, forms()).await?;
    let verification = match agency {
        None => store.verify(&kept.heads).await,
        Some(agency) => store.verify_agency(agency, &kept.heads).await,
    };
    // Of a damaged database, what can still be read of it.
    let laws = match agency {
        None => laws_used(&store).await.unwrap_or_default(),
        Some(_) => Vec::new(),
    };
    store.close().await;
    let verification = verification?;
    let heads = verification.heads();
    if verification.is_sound() {
        kept.vouches_for(agency.is_none().then_some(heads.as_slice()))?;
    }
    Ok(LedgerReport {
        laws,
        ..report(&verification)?
    })
}

fn report(found: &Verification) -> Result<LedgerReport, AppError> {
    Ok(LedgerReport {
        sound: found.is_sound(),
        entries: found.entries(),
        chains: found.chains.len(),
        head: line(found.heads())?,
        damages: found.damages(),
        notices: found.notices(),
        laws: Vec::new(),
    })
}

/// One line for the ends of all chains. It tells of no time: the same chains give the same line.
fn line(heads: Vec<Head>) -> Result<String, AppError> {
    match heads.as_slice() {
        [one] => Ok(one.to_string()),
        _ => Ok(kept(heads, 0)?.checkpoint.to_string()),
    }
}

fn kept(heads: Vec<Head>, at: i64) -> Result<Kept, AppError> {
    let heads = Heads::new(heads)
        .map_err(|e| AppError::failed(e.to_string(), "請執行 fazun ledger verify 查看帳本"))?;
    Ok(Kept::over(heads, at))
}

/// Puts a checked backup into a data directory that has no database.
///
/// # Errors
/// Where the backup is unsound or the directory has a database.
#[compiled_once]
pub async fn restore(backup: &Path, dir: &Path, kept: &KeptLines) -> Result<String, AppError> {
    restore_at(backup, &Location::Sqlite(dir.to_owned()), kept).await
}

/// Puts a checked backup into a place that has no database.
///
/// # Errors
/// Where the backup is unsound or there is a database.
#[compiled_once]
pub async fn restore_at(backup: &Path, to: &Location, kept: &KeptLines) -> Result<String, AppError> {
    let heads = Store::restore_at(backup, to, &kept.heads, forms()).await?;
    kept.vouches_for(Some(&heads)).map_err(|error| {
        AppError::failed(
            format!("備份完整，已還原到 {}，但{error}", to.place()),
            "請勿直接使用還原的資料；請以附有各機關帳本結尾的檢查點檔查明",
        )
    })?;
    line(heads)
}

/// Copies everything of one database into another and verifies it there, agency by agency; what is
/// there already is not carried over again. Tells of each agency, with how many entries came over.
///
/// # Errors
/// Where one of them can't be opened or written, or holds something else.
#[compiled_once]
pub async fn copy(
    from: &Location,
    to: &Location,
    told: &(dyn Fn(&str, u64) + Send + Sync),
) -> Result<String, AppError> {
    let from = Store::open_at(from, OpenMode::MustExist, forms()).await?;
    let to = Store::open_to_copy(to, forms()).await?;
    let copied = Store::copy(&from, &to, &|one| told(&one.head.agency, one.entries)).await;
    from.close().await;
    to.close().await;
    line(copied?.into_iter().map(|one| one.head).collect())
}

/// Verifies a package of one agency's chain that was exported elsewhere.
///
/// # Errors
/// Where the file can't be read to its end.
pub fn verify_package(file: &Path, kept: &KeptLines, now: i64) -> Result<Checked, AppError> {
    let opened = std::fs::File::open(file).map_err(|e| unreadable(file, &e))?;
    // Of a checkpoint, the head of this chain alone; a line of another chain is the asker's mistake.
    let check = PackageCheck {
        heads: if kept.checkpoint.is_none() {
            &kept.heads
        } else {
            &[]
        },
        kept: kept.checkpoint.as_slice(),
        now: Some(now),
    };
    ledger::verify_package(BufReader::new(opened), &check, &mut |body| {
        store::files_named(&serde_json::from_slice(body).unwrap_or_default())
    })
    .map_err(|e| AppError::bad_input(e.to_string(), "請向交付的機關重新索取封裝檔"))
}

fn unreadable(file: &Path, error: &std::io::Error) -> AppError {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return AppError::bad_input(
            format!("{} 已經存在，不覆寫", file.display()),
            "請換一個檔名，或自行移走它",
        );
    }
    AppError::bad_input(
        format!("無法讀寫 {}（{error}）", file.display()),
        "請確認路徑與權限",
    )
}

/// Entries that are read at once for a package.
const AT_ONCE: u32 = 500;

impl App {
    /// What vouches for where all chains end, as one line; the same until something is written.
    ///
    /// # Errors
    /// Where the store can't be read.
    #[compiled_once]
    pub async fn ledger_head(&self) -> Result<String, AppError> {
        line(self.store.heads().await?)
    }

    /// Where one chain ends, as one line to keep elsewhere.
    ///
    /// # Errors
    /// Where the store can't be read.
    #[compiled_once]
    pub async fn chain_head(&self, chain: &crate::AgencyId) -> Result<String, AppError> {
        Ok(self.store.reading(chain.as_str()).await?.head().to_string())
    }

    /// A checkpoint over all chains, with their heads: what is kept outside.
    ///
    /// # Errors
    /// Where the store can't be read.
    #[compiled_once]
    pub async fn checkpoint(&self) -> Result<Kept, AppError> {
        kept(self.store.heads().await?, self.now())
    }

    /// Writes one agency's chain with its bodies and files to a new file, so that it can be
    /// verified elsewhere; gives how many entries there are. That it was taken is the last of them.
    ///
    /// # Errors
    /// Where the file is there already, or can't be written; where it can't be recorded that the
    /// chain leaves.
    #[compiled_once]
    pub async fn export_chain(
        &self,
        who: &Principal,
        chain: &crate::AgencyId,
        file: &Path,
    ) -> Result<u64, AppError> {
        if self.store.reading(chain.as_str()).await?.head().seq == 0 {
            return Err(AppError::not_found(
                format!("沒有機關「{chain}」的帳本"),
                "請以 fazun agency list 查看機關代號",
            ));
        }
        let opened = std::fs::File::create_new(file).map_err(|e| unreadable(file, &e))?;
        let noted = disclose_whole(self, who, chain.as_str(), Taken::Package).await;
        if let Err(error) = noted {
            drop(opened);
            // Nothing is in it yet, and the same name must do the next time.
            let _ = std::fs::remove_file(file);
            return Err(error);
        }
        let checkpoint = self.checkpoint().await?;
        let mut reading = self.store.reading(chain.as_str()).await?;
        let head = reading.head().clone();
        let packed = |e: ledger::PackageError| {
            AppError::failed(e.to_string(), "請確認磁碟空間後再試；未完成的檔案請刪除")
        };
        let mut package = PackageWriter::new(BufWriter::new(opened), &head).map_err(packed)?;
        if let Some(vouched) = checkpoint.vouched(chain.as_str()).filter(|v| v.head == head) {
            package.vouch(&vouched).map_err(packed)?;
        }
        for sha256 in reading.files().await? {
            if let Some(blob) = reading.blob(&sha256).await? {
                let meta = ledger::FileMeta {
                    sha256: ledger::sha256(&blob.bytes),
                    media_type: blob.media_type,
                    name: blob.name,
                };
                let length = blob.bytes.len() as u64;
                package
                    .file(&meta, length, &mut blob.bytes.as_slice())
                    .map_err(packed)?;
            }
        }
        let mut from = 1;
        loop {
            let page = reading.entries_with_bodies(from, AT_ONCE).await?;
            let Some((last, _)) = page.last() else {
                break;
            };
            from = last.entry.seq.saturating_add(1);
            for (stored, body) in &page {
                package.entry(&stored.entry, body.as_bytes()).map_err(packed)?;
            }
        }
        package.finish().map_err(packed)?;
        Ok(head.seq)
    }

    /// Records in the installation's chain that a backup is taken. Apart from the taking of it: of a
    /// database that can't be written any more, a backup is needed most.
    ///
    /// # Errors
    /// Where it can't be recorded.
    #[compiled_once]
    pub async fn note_backup(&self, who: &Principal) -> Result<(), AppError> {
        disclose_whole(self, who, INSTALLATION, Taken::Backup).await
    }

    /// Writes a verified copy to a new file; gives its size and what vouches for it.
    ///
    /// # Errors
    /// Where the file is there already or can't be written.
    #[compiled_once]
    pub async fn backup(&self, to: &Path) -> Result<(u64, Kept), AppError> {
        let made = self.store.backup(to).await?;
        Ok((made.bytes, kept(made.heads, self.now())?))
    }
}
