//! `fazun`: the one binary. Commands print to standard output, errors to standard error.
//!
//! Exit codes: 0 done, 1 the operation failed, 2 what was given can't be used. Every
//! query also speaks JSON (`--json`).

mod args;
mod commands;
mod logs;
mod out;

use app::AppError;
use args::account::AccountCommand;
use args::record::{RecordCommand, TokenCommand};
use args::{
    AgencyCommand, Cli, Command, ExportCommand, IncidentCommand, LawCommand, LedgerCommand, PlanCommand,
    StandardCommand, StoreCommand,
};
use clap::{CommandFactory, FromArgMatches};
use std::process::ExitCode;
use std::time::Duration;

/// How long work beside the threads may keep the program from ending. What it has not committed
/// by then is not written.
const LAST: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let given = args::help::in_chinese(Cli::command()).try_get_matches();
    let cli = match given.and_then(|given| Cli::from_arg_matches(&given)) {
        Ok(cli) => cli,
        Err(error) => {
            match args::refusal::told(&error) {
                Some(text) => out::error(&text),
                None => drop(error.print()),
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            out::error(&format!(
                "無法啟動執行環境（{error}）。下一步：請檢查系統資源後再試"
            ));
            return ExitCode::from(1);
        }
    };
    let code = match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            if let Some(cause) = app::beneath(&error) {
                tracing::error!(cause, "ended by an error");
            }
            out::error(&app::in_short(&error));
            ExitCode::from(error.exit_code())
        }
    };
    runtime.shutdown_timeout(LAST);
    code
}

async fn run(cli: Cli) -> Result<ExitCode, AppError> {
    let law = cli.law.as_deref();
    match cli.command {
        Command::Serve(args) => commands::serve::run(law, args).await,
        Command::Plan(PlanCommand::Read(args)) => commands::plan::read(law, &args),
        Command::Plan(PlanCommand::Adopt(args)) => commands::plan::adopt(law, &args).await,
        Command::Agency(command) => match command {
            AgencyCommand::Init(args) => commands::agency::init(law, args).await,
            AgencyCommand::List(args) => commands::agency::list(law, &args).await,
            AgencyCommand::Show(args) => commands::agency::show(law, &args).await,
            AgencyCommand::Designate(args) => commands::agency::designate(law, &args).await,
            AgencyCommand::Set(args) => commands::agency::set(law, &args).await,
            AgencyCommand::Adopt(args) => commands::agency::adopt(law, &args).await,
            AgencyCommand::Contract(args) => commands::agency::contract(law, args).await,
        },
        Command::Activity(args) => commands::agency::activity(law, args).await,
        Command::Record(command) => match command {
            RecordCommand::Registers(args) => commands::record::registers(law, &args).await,
            RecordCommand::Fields(args) => commands::record::fields(&args),
            RecordCommand::List(args) => commands::record::list(law, &args).await,
            RecordCommand::Show(args) => commands::record::show(law, &args).await,
            RecordCommand::Put(args) => commands::record::put(law, &args).await,
            RecordCommand::Withdraw(args) => commands::record::withdraw(law, &args).await,
            RecordCommand::Submit(args) => commands::record::submit(law, &args).await,
            RecordCommand::Recall(args) => commands::record::recall(law, &args).await,
            RecordCommand::Confirm(args) => commands::record::confirm(law, &args).await,
            RecordCommand::Paper(args) => commands::record::paper(law, &args).await,
            RecordCommand::Import(args) => commands::record::import(law, &args).await,
            RecordCommand::Undo(args) => commands::record::undo(law, &args).await,
            RecordCommand::Export(args) => commands::record::export(law, &args).await,
        },
        Command::Xray(args) => commands::record::xray(law, &args).await,
        Command::Account(command) => match command {
            AccountCommand::List(args) => commands::account::list(law, &args).await,
            AccountCommand::ResetLink(args) => commands::account::reset_link(law, &args).await,
            AccountCommand::Invite(args) => commands::account::invite(law, &args).await,
            AccountCommand::OperatorLink(args) => commands::account::operator_link(law, &args).await,
        },
        Command::Token(command) => match command {
            TokenCommand::Create(args) => commands::token::create(law, &args).await,
            TokenCommand::List(args) => commands::token::list(law, &args).await,
            TokenCommand::Revoke(args) => commands::token::revoke(law, &args).await,
        },
        Command::Duties(args) => commands::duties::run(law, &args).await,
        Command::Law(command) => match command {
            LawCommand::List(args) => commands::law::list(law, &args),
            LawCommand::Show(args) => commands::law::show(law, &args),
            LawCommand::Resolve(args) => commands::law::resolve(law, &args).await,
            LawCommand::Diff(args) => commands::change::diff(law, &args),
            LawCommand::Impact(args) => commands::change::impact(law, &args).await,
            LawCommand::Open(args) => commands::change::doubts(law, &args),
            LawCommand::Baseline(args) => commands::baseline::run(law, &args),
            LawCommand::Standard(args) => commands::standard::of_law(law, &args),
            LawCommand::Export(ExportCommand::Oscal(args)) => commands::export::oscal(law, &args),
            LawCommand::Test(args) => commands::lawtest::run(&args),
            LawCommand::Coverage(args) => commands::coverage::run(law, &args),
            LawCommand::Lint(args) => commands::lint::run(law, &args),
        },
        Command::Standard(command) => match command {
            StandardCommand::Import(args) => commands::standard::import(law, args).await,
            StandardCommand::List(args) => commands::standard::list(law, &args).await,
            StandardCommand::Show(args) => commands::standard::show(law, &args).await,
        },
        Command::Incident(IncidentCommand::Deadlines(args)) => commands::incident::deadlines(law, &args),
        Command::Incident(IncidentCommand::Level(args)) => commands::incident::level(law, &args),
        Command::Period(args) => commands::period::run(law, &args),
        Command::Ledger(LedgerCommand::Verify(args)) => commands::ledger::verify(&args).await,
        Command::Ledger(LedgerCommand::Head(args)) => commands::ledger::head(&args).await,
        Command::Ledger(LedgerCommand::Checkpoint(args)) => commands::ledger::checkpoint(&args).await,
        Command::Ledger(LedgerCommand::Export(args)) => commands::ledger::export(&args).await,
        Command::Worker(args) => commands::worker::run(law, args).await,
        Command::Jobs(args) => commands::jobs::run(law, &args).await,
        Command::Store(StoreCommand::Copy(args)) => commands::store::copy(&args).await,
        Command::Upgrade(args) => commands::upgrade::run(&args).await,
        Command::Backup(args) => commands::ledger::backup(law, &args).await,
        Command::Restore(args) => commands::ledger::restore(&args).await,
        Command::Doctor(args) => commands::doctor::run(law, &args).await,
    }
}
