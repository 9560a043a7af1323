//! What the server counts of itself, in Prometheus' text format.
//!
//! Why by hand: a dozen lines of a format that doesn't change spare a registry and an exporter.
//! Why route templates: an address holds the agency and the record; here nobody reads of either.
//! What it can't know: what happens in other processes over the same database.

use axum::http::{Method, StatusCode};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the latency buckets, in milliseconds.
const BUCKETS: [u64; 11] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 30_000];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// The name of what has no route.
pub(crate) const NO_ROUTE: &str = "unmatched";

/// Why something was refused before a handler saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Too many connections at all.
    Connections,
    /// Too many from one address.
    Address,
    /// No agreement on how to encrypt.
    Handshake,
    /// No room for the body.
    Room,
    /// The body came too slowly.
    Slow,
    /// A token that doesn't hold.
    Token,
    /// A form that may not be ours.
    Form,
}

impl Refusal {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Connections, "connections"),
        (Self::Address, "address"),
        (Self::Handshake, "handshake"),
        (Self::Room, "no_room"),
        (Self::Slow, "slow_body"),
        (Self::Token, "bad_token"),
        (Self::Form, "forged_form"),
    ];
}

#[derive(Debug, Default)]
struct Route {
    classes: [u64; CLASSES.len()],
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

/// Every number.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    routes: Mutex<BTreeMap<(String, &'static str), Route>>,
    /// Requests under way.
    pub in_flight: AtomicI64,
    /// Open connections.
    pub connections: AtomicI64,
    refused: [AtomicU64; Refusal::ALL.len()],
    /// Lines that the access log could not take.
    pub log_lost: AtomicU64,
}

/// Methods that are counted under their name.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

impl Metrics {
    /// A request that was answered.
    pub fn answered(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let Ok(mut routes) = self.routes.lock() else {
            return;
        };
        let key = (route.to_owned(), method_name(method));
        let route = routes.entry(key).or_default();
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(class) = route.classes.get_mut(class) {
            *class += 1;
        }
        let ms = took.as_millis();
        for (bucket, bound) in route.buckets.iter_mut().zip(BUCKETS) {
            if ms <= u128::from(bound) {
                *bucket += 1;
            }
        }
        route.count += 1;
        route.seconds += took.as_secs_f64();
    }

    /// Something that was refused.
    pub fn refuse(&self, why: Refusal) {
        for ((refusal, _), count) in Refusal::ALL.iter().zip(&self.refused) {
            if *refusal == why {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// As text; `held` are the bytes of bodies in memory now.
    pub fn text(&self, held: u64) -> String {
        let mut out = String::new();
        let begin = |out: &mut String, name: &str, kind: &str, help: &str| {
            let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        };
        if let Ok(routes) = self.routes.lock() {
            let name = "fazun_http_requests_total";
            begin(&mut out, name, "counter", "Requests answered.");
            for ((route, method), stats) in routes.iter() {
                for (class, count) in CLASSES.iter().zip(stats.classes).filter(|(_, n)| *n > 0) {
                    let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{class}\"");
                    let _ = writeln!(out, "{name}{{{labels}}} {count}");
                }
            }
            let name = "fazun_http_request_seconds";
            begin(&mut out, name, "histogram", "Time from head to answer.");
            for ((route, method), stats) in routes.iter() {
                let labels = format!("route=\"{route}\",method=\"{method}\"");
                for (bound, count) in BUCKETS.iter().zip(stats.buckets) {
                    let bound = Duration::from_millis(*bound).as_secs_f64();
                    let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {count}");
                }
                let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", stats.count);
                let _ = writeln!(out, "{name}_sum{{{labels}}} {}", stats.seconds);
                let _ = writeln!(out, "{name}_count{{{labels}}} {}", stats.count);
            }
        }
        for (name, value, help) in [
            (
                "fazun_http_requests_in_flight",
                self.in_flight.load(Ordering::Relaxed),
                "Requests under way.",
            ),
            (
                "fazun_http_connections",
                self.connections.load(Ordering::Relaxed),
                "Open connections.",
            ),
            (
                "fazun_http_body_bytes",
                i64::try_from(held).unwrap_or(i64::MAX),
                "Bytes of request bodies held in memory.",
            ),
        ] {
            begin(&mut out, name, "gauge", help);
            let _ = writeln!(out, "{name} {value}");
        }
        let name = "fazun_http_refused_total";
        begin(&mut out, name, "counter", "Refused before a handler saw it.");
        for ((_, why), count) in Refusal::ALL.iter().zip(&self.refused) {
            let _ = writeln!(out, "{name}{{why=\"{why}\"}} {}", count.load(Ordering::Relaxed));
        }
        let name = "fazun_access_log_lost_total";
        begin(&mut out, name, "counter", "Lines the access log could not take.");
        let _ = writeln!(out, "{name} {}", self.log_lost.load(Ordering::Relaxed));
        begin(&mut out, "fazun_build_info", "gauge", "The program.");
        let version = env!("CARGO_PKG_VERSION");
        let _ = writeln!(out, "fazun_build_info{{version=\"{version}\"}} 1");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_class_and_time() {
        let metrics = Metrics::default();
        let ms = Duration::from_millis;
        metrics.answered("/{org}/today", &Method::GET, StatusCode::OK, ms(3));
        metrics.answered("/{org}/today", &Method::GET, StatusCode::NOT_FOUND, ms(70));
        metrics.refuse(Refusal::Token);
        let text = metrics.text(7);
        for line in [
            "fazun_http_requests_total{route=\"/{org}/today\",method=\"GET\",status=\"2xx\"} 1",
            "fazun_http_requests_total{route=\"/{org}/today\",method=\"GET\",status=\"4xx\"} 1",
            "fazun_http_request_seconds_bucket{route=\"/{org}/today\",method=\"GET\",le=\"0.002\"} 0",
            "fazun_http_request_seconds_bucket{route=\"/{org}/today\",method=\"GET\",le=\"0.005\"} 1",
            "fazun_http_request_seconds_bucket{route=\"/{org}/today\",method=\"GET\",le=\"0.1\"} 2",
            "fazun_http_request_seconds_bucket{route=\"/{org}/today\",method=\"GET\",le=\"+Inf\"} 2",
            "fazun_http_request_seconds_count{route=\"/{org}/today\",method=\"GET\"} 2",
            "fazun_http_body_bytes 7",
            "fazun_http_refused_total{why=\"bad_token\"} 1",
            "fazun_http_refused_total{why=\"address\"} 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert!(!text.contains("3xx"), "what never happened has no line");
    }
}
