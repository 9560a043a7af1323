//! A machine that fails: a disk that is full, or can only be read; a clock that goes back.

use crate::site::{Server, Site, free_port, send};
use crate::writers::{Writers, page};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system in memory, of the test's own.
pub struct Disk(tempfile::TempDir);

/// Writes a file until nothing goes in any more.
pub fn fill(filler: &Path) {
    let mut file = fs::File::create(filler).unwrap();
    for block in [vec![0; 1 << 16], vec![0; 64]] {
        while file.write_all(&block).is_ok() {}
    }
}

impl Disk {
    /// None where this user may not mount.
    pub fn mounted(megabytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m,mode=755");
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "fazun-test"])
            .arg(dir.path())
            .output();
        if !done.is_ok_and(|done| done.status.success()) {
            println!("skipped: this user may not mount a file system");
            return None;
        }
        Some(Self(dir))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_disk_that_is_full_under_a_running_server() {
    let Some(disk) = Disk::mounted(24) else { return };
    let site = Site::new(&disk.path().join("data"), None);
    let port = free_port();
    let _server = Server::start(&site, port);
    let writers = Writers::start(site, &[port], 2);
    writers.go_on(5);
    for _ in 0..2 {
        let filler = disk.path().join("filler");
        fill(&filler);
        writers.are_told(507, "disk_full");
        let wrong = writers.site.wrong();
        assert!(wrong.iter().any(|check| check == "disk"), "{wrong:?}");
        // Nothing that is there is lost to readers.
        assert_eq!(page(&writers.site, port).0, 200);
        fs::remove_file(filler).unwrap();
        writers.go_on(5);
    }
    writers.end(false);
}

#[test]
fn a_file_that_is_moved_away_under_a_running_server() {
    let dir = tempfile::tempdir().unwrap();
    let (data, elsewhere) = (dir.path().join("data"), dir.path().join("elsewhere"));
    fs::create_dir(&elsewhere).unwrap();
    let site = Site::new(&data, None);
    let port = free_port();
    let _server = Server::start(&site, port);
    let writers = Writers::start(site, &[port], 2);
    writers.go_on(5);
    let backup = dir.path().join("monday.db").display().to_string();
    let made = writers.site.run(&["backup", "--to", &backup]);
    assert!(made.status.success(), "{made:?}");
    let moved = |from: &Path, to: &Path| {
        for ending in ["", "-wal", "-shm"] {
            let name = format!("fazun.db{ending}");
            fs::rename(from.join(&name), to.join(&name)).unwrap();
        }
    };
    let is_away = || {
        writers.are_told(503, "database_away");
        assert_eq!(page(&writers.site, port).0, 503);
        let ready = send(port, ("GET", "/readyz"), &[], &[]).unwrap();
        assert_eq!(ready.status, 503, "{}", ready.text);
        assert_eq!(send(port, ("GET", "/healthz"), &[], &[]).unwrap().status, 200);
    };
    moved(&data, &elsewhere);
    is_away();
    let restored = writers.site.run(&["restore", "--from", &backup]);
    assert!(restored.status.success(), "{restored:?}");
    is_away();
    let twice = writers.site.run(&["restore", "--from", &backup]);
    let said = String::from_utf8_lossy(&twice.stderr).into_owned();
    assert!(said.contains("先停止服務"), "{said}");
    fs::remove_file(data.join("fazun.db")).unwrap();
    moved(&elsewhere, &data);
    writers.go_on(5);
    assert_eq!(page(&writers.site, port).0, 200);
    let ready = send(port, ("GET", "/readyz"), &[], &[]).unwrap();
    assert_eq!(ready.status, 200, "{}", ready.text);
    writers.end(false);
}

#[test]
fn a_disk_that_can_only_be_read() {
    let Some(disk) = Disk::mounted(24) else { return };
    let site = Site::new(&disk.path().join("data"), None);
    let again = |how: &str| {
        let done = Command::new("mount").args(["-o", how]).arg(disk.path()).status();
        assert!(done.unwrap().success());
    };
    again("remount,ro");
    let output = site.run(&["serve", "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("唯讀") && said.contains('請'), "{said}");
    let wrong = site.wrong();
    assert!(wrong.iter().any(|check| check == "disk"), "{wrong:?}");
    again("remount,rw");
    let port = free_port();
    let _server = Server::start(&site, port);
    let writers = Writers::start(site, &[port], 1);
    writers.go_on(3);
    writers.end(false);
}

/// A disk of its own kind, which the kernel makes readable only when it finds something wrong with it.
struct Failing(tempfile::TempDir);

impl Failing {
    /// None where this user may not mount, or there is nothing to make such a disk with.
    fn mounted() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let disk = Self(dir);
        fs::create_dir(disk.path()).unwrap();
        fs::File::create(disk.image()).unwrap().set_len(48 << 20).unwrap();
        let made = Command::new("mkfs.ext4").arg("-q").arg(disk.image()).output();
        if !made.is_ok_and(|made| made.status.success()) || !disk.mount("loop") {
            println!("skipped: no disk can be made and mounted in a file");
            return None;
        }
        Some(disk)
    }

    fn image(&self) -> PathBuf {
        self.0.path().join("image")
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("disk")
    }

    fn mount(&self, how: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", how]);
        if how == "loop" {
            mount.arg(self.image());
        }
        mount
            .arg(self.path())
            .output()
            .is_ok_and(|done| done.status.success())
    }

    fn unmount(&self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

impl Drop for Failing {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

#[test]
fn a_disk_that_fails_under_a_running_server() {
    let Some(disk) = Failing::mounted() else { return };
    let site = Site::new(&disk.path().join("data"), None);
    let port = free_port();
    let server = Server::start(&site, port);
    let writers = Writers::start(site, &[port], 2);
    writers.go_on(5);
    // Between two writes: what the kernel is told to give up amid a flush it throws away and says that
    // it was flushed (6.18; a loop of `write` and `fdatasync` shows it), so that nobody could tell.
    assert!(writers.between(|| disk.mount("remount,abort")));
    writers.are_told(503, "read_only");
    let wrong = writers.site.wrong();
    assert!(wrong.iter().any(|check| check == "disk"), "{wrong:?}");
    // What is there can be read.
    assert_eq!(page(&writers.site, port).0, 200);
    // Whoever has the disk mended starts anew; nothing that was acknowledged is missing.
    drop(server);
    disk.unmount();
    assert!(disk.mount("loop"));
    let _server = Server::start(&writers.site, port);
    writers.go_on(5);
    writers.end(false);
}

/// The library that tells a program another time.
fn faketime() -> Option<String> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    let mut found = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    let found = found.find(|path| path.exists());
    if found.is_none() {
        println!("skipped: there is no libfaketime (type: sudo apt-get install faketime)");
    }
    found.map(|path| path.display().to_string())
}

#[test]
fn a_clock_that_is_set_back_under_a_running_server() {
    let Some(library) = faketime() else { return };
    let dir = tempfile::tempdir().unwrap();
    let clock = dir.path().join("clock");
    let set = |by: &str| fs::write(&clock, by).unwrap();
    set("+0");
    let mut site = Site::new(&dir.path().join("data"), None);
    site.environment = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        // How long something takes is no clock's business.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .to_vec();
    let port = free_port();
    let _server = Server::start(&site, port);
    let writers = Writers::start(site, &[port], 2);
    writers.go_on(5);
    assert_eq!(writers.site.wrong(), [""; 0]);
    set("-3h");
    writers.go_on(5);
    assert_eq!(writers.site.wrong(), ["clock"]);
    set("+0");
    writers.go_on(5);
    assert_eq!(writers.site.wrong(), [""; 0]);
    writers.end(false);
}
