//! The program's own log: for people on a terminal, JSON lines for machines elsewhere.

use crate::args::worker::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Sends what the program says of itself to standard error, filtered by `RUST_LOG`.
pub fn start(format: Option<LogFormat>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let is_terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if is_terminal {
        LogFormat::Text
    } else {
        LogFormat::Json
    });
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A log that was started before, as in tests, stays.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(is_terminal).try_init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init(),
    };
}
