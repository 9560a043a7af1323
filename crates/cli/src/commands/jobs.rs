//! `fazun jobs`: what waits, runs or was given up, over all agencies.

use crate::args::jobs::JobsArgs;
use crate::commands::open;
use crate::out;
use app::jobs::{JobLine, job_title};
use app::{App, AppError};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// How many jobs are listed at most.
const MOST: u32 = 1_000;

pub async fn run(law: Option<&Path>, args: &JobsArgs) -> Result<ExitCode, AppError> {
    let app = open(law, &args.data, false).await?;
    let done = match &args.retry {
        Some(id) => retry(&app, args, id).await,
        None => list(&app, args).await,
    };
    app.close().await;
    done
}

fn is_asked(args: &JobsArgs, job: &JobLine) -> bool {
    args.agency.as_ref().is_none_or(|agency| *agency == job.agency)
}

async fn retry(app: &App, args: &JobsArgs, id: &str) -> Result<ExitCode, AppError> {
    let found = app.jobs_called(id).await?;
    let found: Vec<JobLine> = found.into_iter().filter(|job| is_asked(args, job)).collect();
    let job = match found.as_slice() {
        [] => {
            return Err(AppError::not_found(
                format!("沒有工作「{id}」"),
                "請執行 fazun jobs --dead 查看待處理的工作",
            ));
        }
        [one] => one,
        several => {
            let agencies: Vec<&str> = several.iter().map(|job| job.agency.as_str()).collect();
            return Err(AppError::bad_input(
                format!("有多個機關都有工作「{id}」：{}", agencies.join("、")),
                "請加上 --agency 指定機關",
            ));
        }
    };
    app.retry_job(job).await?;
    out::line(&format!(
        "已重新排入：{}　{}（{}）",
        job.agency,
        job_title(&job.kind),
        job.id
    ));
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, args: &JobsArgs) -> Result<ExitCode, AppError> {
    let jobs = app.jobs_of_all(args.dead, MOST).await?;
    let jobs: Vec<JobLine> = jobs.into_iter().filter(|job| is_asked(args, job)).collect();
    if args.json {
        let lines: Vec<_> = jobs
            .iter()
            .map(|job| {
                json!({
                    "agency": job.agency, "id": job.id, "kind": job.kind, "state": job.state.word(),
                    "title": job_title(&job.kind), "attempts": job.attempts,
                    "most_attempts": job.most_attempts, "asked_at": app::utc(job.created_at),
                    "due_at": app::utc(job.due_at), "error": job.error,
                })
            })
            .collect();
        out::json(&json!({ "jobs": lines }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if jobs.is_empty() {
        out::line(if args.dead {
            "沒有待處理的工作"
        } else {
            "沒有等候、執行中或待處理的工作"
        });
    }
    for job in &jobs {
        let state = match job.state.word() {
            "queued" => "等候中",
            "running" => "執行中",
            _ => "待處理",
        };
        out::line(&format!(
            "{state}　{}　{}　{}　已執行 {}／{} 次　{}",
            job.agency,
            job_title(&job.kind),
            period::roc_short(app::taipei_day(job.created_at)),
            job.attempts,
            job.most_attempts,
            job.id,
        ));
        if !job.error.is_empty() {
            out::line(&format!("　　原因：{}", job.error));
        }
    }
    Ok(ExitCode::SUCCESS)
}
