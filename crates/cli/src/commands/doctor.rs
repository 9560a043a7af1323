//! `fazun doctor`: what is wrong with this installation, and how to mend it.

use crate::args::{DoctorArgs, TlsArgs};
use crate::out;
use app::{AppError, Finding, Severity};
use server::Tls;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// How long a server that is there may take to say so.
const PATIENCE: Duration = Duration::from_secs(2);
/// A certificate with fewer days left is worth a look.
const RENEW_DAYS: i64 = 30;
const TLS: (&str, &str) = ("tls", "憑證");
const PORT: (&str, &str) = ("port", "連接埠");

pub async fn run(law: Option<&Path>, args: &DoctorArgs) -> Result<ExitCode, AppError> {
    let at = args.data.location()?;
    let mut findings = app::examine(&args.data.data, &at, law, app::system_clock()).await;
    findings.extend(certificate(&args.tls));
    findings.push(port(&args.listen));
    let is_sound = findings.iter().all(|f| f.severity != Severity::Problem);
    if args.json {
        out::json(&serde_json::json!({ "sound": is_sound, "findings": findings }))?;
    } else {
        for finding in &findings {
            out::line(&told(finding));
        }
        out::line(if is_sound {
            "沒有發現問題"
        } else {
            "有問題待處理：請依各項「下一步」辦理，再執行一次 fazun doctor"
        });
    }
    Ok(ExitCode::from(u8::from(!is_sound)))
}

fn told(finding: &Finding) -> String {
    let mark = match finding.severity {
        Severity::Sound => "正常",
        Severity::Notice => "注意",
        Severity::Problem => "異常",
    };
    let mut line = format!("{mark}　{}：{}", finding.title, finding.message);
    if !finding.remedy.is_empty() {
        line.push_str("。下一步：");
        line.push_str(&finding.remedy);
    }
    line
}

/// Whether the certificate can be used, and for how long.
fn certificate(args: &TlsArgs) -> Option<Finding> {
    let (certificate, key) = (args.tls_cert.as_ref()?, args.tls_key.as_ref()?);
    Some(match Tls::load(certificate, key, app::system_clock) {
        Err(refusal) => Finding::problem(TLS, refusal.message, refusal.remedy),
        Ok(tls) => {
            let (days, ends) = (tls.days_left(), period::roc_long(app::taipei_day(tls.ends())));
            let mut finding = Finding::sound(TLS, format!("有效，{ends}到期，剩 {days} 天"));
            if days < RENEW_DAYS {
                finding.severity = Severity::Notice;
                finding.remedy = "請換發憑證並取代原檔；服務會自行讀取新憑證，不必重新啟動".to_owned();
            }
            finding
        }
    })
}

/// Whether the address can be listened on, or our own server already does.
fn port(listen: &str) -> Finding {
    let addresses: Vec<SocketAddr> = listen.to_socket_addrs().into_iter().flatten().collect();
    let Some(address) = addresses.first().copied() else {
        return Finding::problem(PORT, format!("「{listen}」不是位址"), "請改為例如 127.0.0.1:8080");
    };
    match TcpListener::bind(address) {
        Ok(_) => Finding::sound(PORT, format!("{address} 可使用")),
        Err(_) if is_ours(address) => Finding::sound(PORT, format!("{address} 服務執行中")),
        Err(error) => Finding::problem(
            PORT,
            format!("{address} 不能使用（{error}）"),
            "請停止占用它的程式，或以 fazun serve --listen 換一個連接埠",
        ),
    }
}

/// Whether whoever listens there answers as our server does.
fn is_ours(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(16 * 1024).read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| {
        let encrypted = answer.starts_with("HTTP/1.1 400") && answer.ends_with(server::HTTPS_ONLY);
        encrypted
            || answer.starts_with("HTTP/1.1 200")
                && answer.contains("x-request-id:")
                && answer.ends_with("ok\n")
    })
}
