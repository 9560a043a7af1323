//! `fazun serve`.

use crate::args::{Data, ServeArgs, TlsArgs};
use crate::commands::{note_law, open, outside, running};
use crate::{logs, out};
use app::AppError;
use server::{AccessLog, AppState, Reach, Tls};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked whether the certificate was renewed.
const RENEWED: Duration = Duration::from_secs(30);

pub async fn run(law: Option<&Path>, args: ServeArgs) -> Result<ExitCode, AppError> {
    let address = resolved(&args.listen)?;
    let tls = tls(&args.tls)?;
    let reach = Reach::default()
        .with_public(args.public_url)
        .with_proxies(args.trusted_proxy)
        .with_tls(tls.clone());
    reach.allows(&address).map_err(refused)?;
    logs::start(args.log_format);
    let access_log = args.access_log.as_deref().map(access_log).transpose()?;
    let hanging_up = tokio::spawn(at_hangup(access_log.clone(), tls.clone()));
    let data = Data {
        data: args.data.unwrap_or_else(|| {
            if args.demo {
                "fazun-demo".into()
            } else {
                "fazun-data".into()
            }
        }),
        database: args.database,
    };
    app::exposed(&data.data)?;
    if !args.no_worker {
        // Said now, and not when the work begins beside the pages.
        outside::of(&args.work.outside, app::jobs::Folder::new(&data.data))?;
    }
    let mut app = open(law, &data, true).await?;
    if args.demo {
        app = app.as_demo();
    }
    if args.demo && app.agencies().await?.is_empty() {
        for refused in app::demo::make(&app).await? {
            tracing::warn!(refused, "a record of the demonstration was refused");
        }
    }
    note_law(&app).await;
    let app = Arc::new(app);
    let mut state = AppState::new(Arc::clone(&app)).with_reach(reach);
    if args.demo {
        state = state.with_roles_shown();
    }
    if !server::is_loopback(&address) {
        server::may_listen_beyond(&state).map_err(refused)?;
    }
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|e| {
        AppError::failed(
            format!("無法使用 {address}（{e}）"),
            "請換一個連接埠，例如 --listen 127.0.0.1:8081",
        )
    })?;
    let bound = listener.local_addr().unwrap_or(address);
    let stopped = running::stopped();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let mut base = format!("{scheme}://{bound}");
    out::line(&format!("{base}/"));
    if let Some(public) = state.public_url() {
        base = public.origin();
        out::line(&format!("{base}/"));
    }
    let renewing = tls.map(|tls| tokio::spawn(tls.watch(RENEWED)));
    if let Some(log) = access_log {
        state = state.with_access_log(log);
    }
    match app.form_key().await {
        Ok(key) => state = state.with_form_key(key),
        // What only can be read has no forms to speak of.
        Err(error) => tracing::warn!("forms end with this process: {}", app::causes(&error)),
    }
    if !args.demo {
        match app.first_link().await {
            Ok(Some(link)) => out::line(&format!("第一次使用，請開啟：{base}{}", link.path)),
            Ok(None) => {}
            // What only can be read is served all the same.
            Err(error) => tracing::warn!("no link for a first account: {}", app::causes(&error)),
        }
    }
    app.learn_trust().await?;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = (!args.no_worker).then(|| {
        let (app, data, work) = (Arc::clone(&app), data.data.clone(), args.work.clone());
        let stop = running::told(stopping.clone());
        tokio::spawn(async move { running::work(&app, &data, &work, stop).await })
    });
    let watching = tokio::spawn({
        let (app, stop) = (Arc::clone(&app), running::told(stopping.clone()));
        async move {
            app.watch_trust(app::jobs::WATCH, running::trust_log(), stop)
                .await;
        }
    });
    // What opening didn't verify is verified beside the pages.
    let looking = tokio::spawn({
        let (app, outside) = (Arc::clone(&app), running::checkpoints(&data.data, &args.work));
        async move {
            match app.look_through(Some(&outside)).await {
                Ok(damages) => {
                    for damage in damages {
                        tracing::error!(target: "fazun::ledger", "{damage}");
                    }
                }
                Err(error) => tracing::warn!(target: "fazun::ledger", "{}", app::causes(&error)),
            }
        }
    });
    let served = server::serve(state, listener, stopped).await;
    looking.abort();
    hanging_up.abort();
    if let Some(renewing) = renewing {
        renewing.abort();
    }
    let _ = stop.send(true);
    let _ = watching.await;
    if let Some(worker) = worker {
        match worker.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => out::error(&format!("背景工作中斷：{error}")),
            Err(error) => out::error(&format!("背景工作中斷：{error}")),
        }
    }
    served.map_err(|e| AppError::failed(format!("服務中斷（{e}）"), "請查看訊息後重新啟動"))?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Opens the access log anew and looks at the certificate again whenever SIGHUP comes; without
/// either, the signal does nothing. From the
/// call on, and not only once it is waited for, the signal no longer ends the process.
#[cfg(unix)]
fn at_hangup(log: Option<Arc<AccessLog>>, tls: Option<Arc<Tls>>) -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let hangups = signal(SignalKind::hangup());
    async move {
        let Ok(mut hangups) = hangups else {
            return;
        };
        while hangups.recv().await.is_some() {
            if let Some(tls) = tls.clone() {
                let _ = tokio::task::spawn_blocking(move || tls.refresh()).await;
            }
            let Some(log) = log.clone() else {
                continue;
            };
            match tokio::task::spawn_blocking(move || log.reopen()).await {
                Ok(Ok(())) => tracing::info!("the access log is opened anew"),
                Ok(Err(error)) => tracing::error!(%error, "the access log can't be opened anew"),
                Err(error) => tracing::error!(%error, "the access log can't be opened anew"),
            }
        }
    }
}

#[cfg(not(unix))]
async fn at_hangup(_: Option<Arc<AccessLog>>, _: Option<Arc<Tls>>) {}

/// Where every request leaves a line.
fn access_log(path: &Path) -> Result<Arc<AccessLog>, AppError> {
    if path == Path::new("-") {
        return Ok(Arc::new(AccessLog::to(std::io::stderr())));
    }
    AccessLog::file(path).map(Arc::new).map_err(|e| {
        AppError::failed(
            format!("不能寫入存取紀錄 {}（{e}）", path.display()),
            "請確認資料夾存在且服務的帳號可寫入，或以 --access-log 換一個檔案",
        )
    })
}

/// The certificate, where the server has its own.
fn tls(args: &TlsArgs) -> Result<Option<Arc<Tls>>, AppError> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else {
        return Ok(None);
    };
    match Tls::load(certificate, key, app::system_clock) {
        Ok(tls) => Ok(Some(Arc::new(tls))),
        Err(refusal) => Err(AppError::bad_input(refusal.message, refusal.remedy)),
    }
}

/// What the server says of an address that it won't listen on.
fn refused(why: String) -> AppError {
    AppError::bad_input(why, "說明見 docs/operations.md")
}

/// The address to listen on; where a name has several, one that others reach counts.
fn resolved(text: &str) -> Result<SocketAddr, AppError> {
    let bad = |why: String| AppError::bad_input(why, "例如 127.0.0.1:8080");
    let addresses: Vec<SocketAddr> = text
        .to_socket_addrs()
        .map_err(|e| bad(format!("「{text}」不是位址（{e}）")))?
        .collect();
    let beyond = addresses.iter().find(|address| !server::is_loopback(address));
    beyond
        .or(addresses.first())
        .copied()
        .ok_or_else(|| bad(format!("「{text}」沒有對應的位址")))
}
