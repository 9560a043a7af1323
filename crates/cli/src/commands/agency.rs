//! `fazun agency …` and `fazun activity`.

use crate::args::{
    ActivityArgs, AdoptArgs, AgencyInitArgs, ContractArgs, DesignateArgs, ListArgs, OnDayArgs, SetArgs,
};
use crate::commands::plan::PLAN_LIMIT;
use crate::commands::{day, enter, maybe_day, open, operator, read_file, tell_undone};
use crate::out;
use app::{ActivityInput, AppError, DutyKey, EvidenceFile, InitOptions, commands};
use std::path::Path;
use std::process::ExitCode;

pub async fn init(law: Option<&Path>, args: AgencyInitArgs) -> Result<ExitCode, AppError> {
    let options = InitOptions {
        approved_on: maybe_day(args.approved_on.as_deref())?,
        records_from: maybe_day(args.records_from.as_deref())?,
        effective_from: maybe_day(args.effective_from.as_deref())?,
        ..InitOptions::default()
    };
    let (name, bytes) = read_file(&args.from_plan, PLAN_LIMIT)?;
    // Read first: a file that can't be read leaves no data directory behind.
    commands::check_plan(&name, &bytes)?;
    let app = open(law, &args.data, true).await?;
    let made = commands::init_from_plan(&app, &operator(), &name, bytes, options).await?;
    app.close().await;
    if args.json {
        out::json(&made)?;
    } else {
        for notice in &made.notices {
            out::error(&format!("注意　{notice}"));
        }
        out::line(&made.id);
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn list(law: Option<&Path>, args: &ListArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let agencies = app.agencies().await?;
    if args.json {
        out::json(&agencies)?;
    } else {
        for agency in &agencies {
            out::line(&format!(
                "{}　{}　{}",
                agency.id,
                agency.level.as_deref().unwrap_or("?"),
                agency.name
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn show(law: Option<&Path>, args: &OnDayArgs) -> Result<ExitCode, AppError> {
    let at = day(args.at.as_deref())?;
    let app = open(law, &args.whose.data, false).await?;
    let view = app::agencies::view(&enter(&app, &args.whose, at).await?).await?;
    if args.json {
        out::json(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&format!(
        "{}　{}　{}",
        view.agency.name,
        view.body,
        view.agency.level.as_deref().unwrap_or("等級不明")
    ));
    out::line(&format!("核心資通系統　{}", view.core_systems));
    out::line(&format!(
        "業務　{}　系統　{}",
        view.businesses.len(),
        view.systems.len()
    ));
    for (key, label, who) in &view.missing {
        out::line(&format!("缺　{label}（{key}）　{who}"));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn designate(law: Option<&Path>, args: &DesignateArgs) -> Result<ExitCode, AppError> {
    let approved_on = maybe_day(args.approved_on.as_deref())?;
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    commands::designate(&visit, &args.level, approved_on, &args.document_no).await?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

pub async fn set(law: Option<&Path>, args: &SetArgs) -> Result<ExitCode, AppError> {
    let mut typed = Vec::new();
    for change in &args.changes {
        let Some((key, value)) = change.split_once('=') else {
            return Err(AppError::bad_input(
                format!("「{change}」不是 欄位=值"),
                "例如 has_mail_server=true 或 records_from=114/01/01",
            ));
        };
        typed.push((key.trim().to_owned(), value.trim().to_owned()));
    }
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    tell_undone(&commands::amend_agency_typed(&visit, &typed).await?);
    for (_, city) in typed
        .iter()
        .filter(|(key, city)| key == "jurisdiction" && !city.is_empty())
    {
        let known = app.cities();
        if !known
            .iter()
            .any(|k| k.replace('台', "臺") == city.replace('台', "臺"))
        {
            out::error(&format!(
                "注意　法規資料沒有「{city}」自訂之規定，不會列入任何縣市規定（目前有：{}）",
                known.join("、")
            ));
        }
    }
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

pub async fn adopt(law: Option<&Path>, args: &AdoptArgs) -> Result<ExitCode, AppError> {
    let days = (
        maybe_day(args.from.as_deref())?,
        maybe_day(args.until.as_deref())?,
    );
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    commands::adopt(&visit, (&args.instrument, &args.document_no), days).await?;
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

pub async fn contract(law: Option<&Path>, args: ContractArgs) -> Result<ExitCode, AppError> {
    let body = serde_json::json!({
        "name": args.name, "vendor": args.vendor, "baselines": args.baseline,
        "from": maybe_day(args.from.as_deref())?, "until": maybe_day(args.until.as_deref())?,
    });
    let app = open(law, &args.whose.data, false).await?;
    let visit = enter(&app, &args.whose, app.today()).await?;
    let id = commands::record_contract(&visit, body).await?;
    app.close().await;
    out::line(&id);
    Ok(ExitCode::SUCCESS)
}

pub async fn activity(law: Option<&Path>, args: ActivityArgs) -> Result<ExitCode, AppError> {
    let on = ::period::parse_date(&args.on)?;
    let mut evidence = Vec::new();
    for path in &args.evidence {
        let (name, bytes) = read_file(path, 25 << 20)?;
        evidence.push(EvidenceFile {
            name,
            bytes,
            media_type: "application/octet-stream".into(),
        });
    }
    let app = open(law, &args.whose.data, false).await?;
    let input = ActivityInput {
        duty: DutyKey::parse(&args.duty)?,
        system: args.system,
        on,
        title: args.title,
        note: String::new(),
        evidence,
        valid_until: maybe_day(args.valid_until.as_deref())?,
        parts: args.part,
        stated_by: args.stated_by,
        event: args.event,
    };
    let visit = enter(&app, &args.whose, app.today()).await?;
    let id = commands::record_activity(&visit, input).await?;
    app.close().await;
    out::line(&id);
    Ok(ExitCode::SUCCESS)
}
