//! `fazun serve`.

use crate::args::{Data, ServeArgs};
use crate::commands::open;
use crate::out;
use ::period::Date;
use app::{AppError, InitOptions};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// The demo agency's plan: of our own making, with the usual defects.
const DEMO: &str = include_str!("../../../../samples/plan/demo.pass.txt");

pub async fn run(law: Option<&Path>, args: ServeArgs) -> Result<ExitCode, AppError> {
    let address = loopback(&args.listen)?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    let data = Data {
        data: args.data.unwrap_or_else(|| {
            if args.demo {
                "fazun-demo".into()
            } else {
                "fazun-data".into()
            }
        }),
    };
    let app = open(law, &data, true).await?;
    if args.demo && app.agencies().await?.is_empty() {
        let options = InitOptions {
            approved_on: Date::new(2019, 8, 1).ok(),
            ..InitOptions::default()
        };
        let who = app::Principal::local("demo");
        let plan = DEMO.as_bytes().to_vec();
        app::commands::init_from_plan(&app, &who, "demo.pass.txt", plan, options).await?;
    }
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|e| {
        AppError::failed(
            format!("無法使用 {address}（{e}）"),
            "請換一個連接埠，例如 --listen 127.0.0.1:8081",
        )
    })?;
    let bound = listener.local_addr().unwrap_or(address);
    out::line(&format!("http://{bound}/"));
    let app = Arc::new(app);
    server::serve(Arc::clone(&app), listener, stopped())
        .await
        .map_err(|e| AppError::failed(format!("服務中斷（{e}）"), "請查看訊息後重新啟動"))?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

/// An address of this machine; any other is refused until sign-in exists.
fn loopback(text: &str) -> Result<SocketAddr, AppError> {
    let addresses: Vec<SocketAddr> = text
        .to_socket_addrs()
        .map_err(|e| AppError::bad_input(format!("「{text}」不是位址（{e}）"), "例如 127.0.0.1:8080"))?
        .collect();
    match addresses.first() {
        Some(first) if addresses.iter().all(|a| a.ip().is_loopback()) => Ok(*first),
        _ => Err(AppError::bad_input(
            format!("拒絕監聽 {text}：目前還沒有登入功能，任何連得到的人都看得到本機關的弱點"),
            "請只用本機位址，例如 127.0.0.1:8080",
        )),
    }
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
