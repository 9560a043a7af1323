//! `fazun law coverage`: a list of requirements, joined with what carries each.

use crate::args::LawCoverageArgs;
use crate::commands::read_file;
use crate::out;
use app::{AppError, CoverageStatus, CoverageWay};
use std::path::Path;
use std::process::ExitCode;

const LIMIT: u64 = 4 << 20;

pub fn run(law: Option<&Path>, args: &LawCoverageArgs) -> Result<ExitCode, AppError> {
    let corpus = app::load_law(law)?;
    let (name, bytes) = read_file(&args.clauses, LIMIT)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| AppError::bad_input(format!("{name} 不是 UTF-8"), "請另存為 UTF-8 的 TSV"))?;
    let list = app::read_requirements(&name, &text)?;
    let mut rows = app::coverage(&corpus, &list);
    let missing = rows
        .iter()
        .filter(|r| r.status == CoverageStatus::Missing)
        .count();
    if args.all {
        rows.extend(app::beyond(&corpus, &list));
    }
    if args.json {
        out::json(&rows)?;
    } else {
        for r in &rows {
            let status = match r.status {
                CoverageStatus::Carried => "已承載",
                CoverageStatus::Scope => "非要求",
                CoverageStatus::Planned => "規劃中",
                CoverageStatus::Missing => "缺漏",
            };
            let way = r.way.map_or("", word);
            out::line(&format!(
                "{}　{status}{way}　{}{}　{}",
                r.id,
                r.carried_by.join("、"),
                r.why,
                r.clause
            ));
        }
        let count = |s: CoverageStatus| rows.iter().filter(|r| r.status == s).count();
        out::line(&format!(
            "共 {} 條：已承載 {}，非要求 {}，規劃中 {}，缺漏 {}",
            rows.len(),
            count(CoverageStatus::Carried),
            count(CoverageStatus::Scope),
            count(CoverageStatus::Planned),
            count(CoverageStatus::Missing)
        ));
        let ways = |way: CoverageWay| rows.iter().filter(|r| r.way == Some(way)).count();
        out::line(&format!(
            "登錄時即要求 {}，依登錄紀錄檢核 {}，以有效期內之佐證證明 {}，待機器佐證 {}",
            ways(CoverageWay::Enforced),
            ways(CoverageWay::Checked),
            ways(CoverageWay::Shown),
            ways(CoverageWay::Machine)
        ));
    }
    if missing > 0 {
        out::error(&format!(
            "有 {missing} 條缺漏。下一步：在該法規資料夾的 clauses.toml 補上，或更正編號"
        ));
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}

fn word(way: CoverageWay) -> &'static str {
    match way {
        CoverageWay::Enforced => "（登錄時即要求）",
        CoverageWay::Checked => "（依登錄紀錄檢核）",
        CoverageWay::Shown => "（以有效期內之佐證證明）",
        CoverageWay::Machine => "（待機器佐證）",
    }
}
