//! The access log: one line of JSON for each request, refusals too.
//!
//! Why apart from the program's log: it says who asked for what, so it is for the eyes of
//! whoever may know that; the file is made for its owner alone. Why written when the answer
//! is gone: only then is known how much of it was sent. What it can't know: what the answer
//! said; and it has no query, which may hold what an officer typed.

use crate::body::Watch;
use crate::context::Context;
use crate::metrics::Metrics;
use axum::http::{Method, StatusCode};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Where the lines go.
pub struct AccessLog {
    out: Mutex<Box<dyn Write + Send>>,
    /// The file of that name, where it is one.
    path: Option<PathBuf>,
}

impl std::fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessLog")
    }
}

impl AccessLog {
    /// To the end of a file, which is made readable by its owner only.
    ///
    /// # Errors
    /// Where it can't be opened.
    pub fn file(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: Some(path.to_owned()),
            ..Self::to(opened(path)?)
        })
    }

    /// To wherever.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        Self {
            out: Mutex::new(Box::new(out)),
            path: None,
        }
    }

    /// Opens the file of its name anew, after somebody put the one that it wrote to aside. Of what is
    /// no file nothing changes; nor where it can't be opened: lines go on to the one that was open.
    ///
    /// # Errors
    /// Where it can't be opened.
    pub fn reopen(&self) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let file = opened(path)?;
        // Whoever writes a line ends it first: none is parted between the two files.
        *self.out.lock().map_err(|_| broke_off())? = Box::new(file);
        Ok(())
    }

    fn line(&self, line: &str) -> io::Result<()> {
        let mut out = self.out.lock().map_err(|_| broke_off())?;
        // One call, so that lines of several processes don't run into each other.
        out.write_all(line.as_bytes())?;
        out.flush()
    }
}

fn broke_off() -> io::Error {
    io::Error::other("the access log broke off")
}

/// A file to append to, made for its owner alone.
fn opened(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The part of an address that stands for a name in its route's template.
fn part<'p>(route: &str, path: &'p str, names: &[&str]) -> Option<&'p str> {
    let at = route.split('/').position(|part| names.contains(&part))?;
    path.split('/').nth(at)
}

/// One request, from its head to the end of its answer; dropped, it is over.
pub(crate) struct Visit {
    log: Option<Arc<AccessLog>>,
    metrics: Arc<Metrics>,
    context: Arc<Context>,
    started: Instant,
    address: Option<IpAddr>,
    method: Method,
    route: String,
    path: String,
    status: Option<StatusCode>,
    code: Option<&'static str>,
    bytes: u64,
    is_whole: bool,
}

impl Visit {
    /// Begins.
    pub fn new(
        (log, metrics): (Option<Arc<AccessLog>>, Arc<Metrics>),
        context: Arc<Context>,
        address: Option<IpAddr>,
        (method, route, path): (Method, String, String),
    ) -> Self {
        metrics.in_flight.fetch_add(1, Ordering::Relaxed);
        Self {
            log,
            metrics,
            context,
            started: Instant::now(),
            address,
            method,
            route,
            path,
            status: None,
            code: None,
            bytes: 0,
            is_whole: false,
        }
    }

    /// When it began.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The route's template.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// How it was answered.
    pub fn answered(&mut self, status: StatusCode, code: Option<&'static str>) {
        self.status = Some(status);
        self.code = code;
        self.metrics
            .answered(&self.route, &self.method, status, self.started.elapsed());
        // An answer to HEAD has no body that anybody could read to its end.
        self.is_whole = self.method == Method::HEAD;
    }

    fn outcome(&self) -> &'static str {
        match (self.context.outcome.get(), self.code, self.status) {
            (_, _, None) => "abandoned",
            (Some(said), _, _) => said,
            (None, Some(code), _) => code,
            (None, None, Some(_)) if !self.is_whole => "broken_off",
            (None, None, Some(_)) => "ok",
        }
    }

    fn written(&self) -> String {
        let mut line = json!({
            "time": app::utc(app::system_clock()),
            "request": self.context.id,
            "principal": self.context.who.get().map_or("-", String::as_str),
            "address": self.address.map(|a| a.to_string()),
            "method": self.method.as_str(),
            "route": self.route,
            "agency": part(&self.route, &self.path, &["{org}", "{agency}"]),
            "register": part(&self.route, &self.path, &["{key}", "{register}"]),
            "status": self.status.map(|s| s.as_u16()),
            "outcome": self.outcome(),
            "ms": u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "bytes": self.bytes,
        })
        .to_string();
        line.push('\n');
        line
    }
}

impl Watch for Visit {
    fn sent(&mut self, bytes: usize) {
        self.bytes += u64::try_from(bytes).unwrap_or(0);
    }

    fn whole(&mut self) {
        self.is_whole = true;
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.metrics.in_flight.fetch_sub(1, Ordering::Relaxed);
        let Some(log) = &self.log else {
            return;
        };
        if let Err(error) = log.line(&self.written()) {
            // The first loss is said; a full disk must not fill the other log as well.
            if self.metrics.log_lost.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::error!(%error, "the access log can't be written");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessLog, part};

    #[test]
    fn a_file_put_aside_keeps_its_lines_and_a_new_one_is_begun() {
        let dir = tempfile::tempdir().unwrap();
        let (now, aside) = (dir.path().join("access.log"), dir.path().join("access.log.1"));
        let log = AccessLog::file(&now).unwrap();
        log.line("one\n").unwrap();
        std::fs::rename(&now, &aside).unwrap();
        log.line("two\n").unwrap();
        log.reopen().unwrap();
        log.line("three\n").unwrap();
        assert_eq!(std::fs::read_to_string(&aside).unwrap(), "one\ntwo\n");
        assert_eq!(std::fs::read_to_string(&now).unwrap(), "three\n");
        // What is there already is gone on with.
        log.reopen().unwrap();
        log.line("four\n").unwrap();
        assert_eq!(std::fs::read_to_string(&now).unwrap(), "three\nfour\n");
    }

    #[test]
    fn where_no_new_one_can_be_opened_lines_go_on_to_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, aside) = (dir.path().join("logs"), dir.path().join("aside"));
        std::fs::create_dir(&folder).unwrap();
        let log = AccessLog::file(&folder.join("access.log")).unwrap();
        std::fs::rename(&folder, &aside).unwrap();
        assert!(log.reopen().is_err());
        log.line("kept\n").unwrap();
        assert_eq!(
            std::fs::read_to_string(aside.join("access.log")).unwrap(),
            "kept\n"
        );
        assert!(AccessLog::to(Vec::new()).reopen().is_ok());
    }

    #[test]
    fn agency_and_register_are_found_by_the_template() {
        let route = "/api/v1/agencies/{agency}/registers/{register}/export/{format}";
        let path = "/api/v1/agencies/atest/registers/asset/export/ods";
        assert_eq!(part(route, path, &["{org}", "{agency}"]), Some("atest"));
        assert_eq!(part(route, path, &["{key}", "{register}"]), Some("asset"));
        assert_eq!(part("/laws/{slug}", "/laws/x", &["{org}", "{agency}"]), None);
    }
}
