//! What of personal or restricted data is taken away: an entry before the first byte leaves.
//!
//! Why before: what can't be recorded isn't handed out. Why by the register's own declaration: which
//! registers these are follows from their fields and their reach, and no list elsewhere can lag
//! behind. What it can't know: what became of what left; and lists that are only looked at leave
//! nothing here.

use super::access::ListQuery;
use crate::clock::taipei;
use crate::commit::Draft;
use crate::compiled::compiled_once;
use crate::ids::register;
use crate::new_ids::latest_first_id;
use crate::principal::Principal;
use crate::visit::{Surface, Visit, act};
use crate::{App, AppError, commit};
use period::DateTime;
use registers::RegisterSpec;
use registers::basics::disclosure::{KINDS, SURFACES};
use serde::Serialize;
use store::NewRow;
use views::{Disclosure, DisclosurePage};

/// The register of what left.
const OWN: &str = "disclosure";

/// What is taken away, as its row tells it.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Taken<'a> {
    /// A list as a file.
    Export {
        /// How many rows.
        rows: u64,
    },
    /// A file that a record names.
    Download {
        /// By its hash.
        file_hash: &'a str,
    },
    /// An agency's whole chain, with its bodies and files.
    Package,
    /// The whole database.
    Backup,
}

/// The body of such a row.
#[derive(Debug, Serialize)]
struct Body<'a> {
    v: u32,
    #[serde(flatten)]
    taken: Taken<'a>,
    register: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    masked: Vec<&'static str>,
    surface: &'static str,
    by: &'a str,
    at: String,
}

fn word(surface: Surface) -> &'static str {
    match surface {
        Surface::Web => "web",
        Surface::Api => "api",
        Surface::Cli => "cli",
        Surface::Job => "job",
    }
}

/// Records that a visitor takes something of a register away, where the register holds personal or
/// restricted data; what is masked in it is told by the columns' labels.
///
/// # Errors
/// Where it can't be recorded: then nothing may be handed out.
pub(crate) async fn disclose(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    taken: Taken<'_>,
    masked: Vec<&'static str>,
) -> Result<(), AppError> {
    if !spec.is_sensitive() {
        return Ok(());
    }
    let (chain, by) = (
        visit.agency().as_str(),
        (visit.surface(), visit.who().name.as_str()),
    );
    commit::note(visit, row(chain, visit.now(), (taken, spec.key), masked, by)?).await
}

/// What is taken away, as a row of a chain.
fn row(
    chain: &str,
    now: i64,
    (taken, register): (Taken<'_>, &'static str),
    masked: Vec<&'static str>,
    (surface, by): (Surface, &str),
) -> Result<NewRow, AppError> {
    let body = Body {
        v: crate::register(OWN)?.v,
        taken,
        register,
        masked,
        surface: word(surface),
        by,
        at: taipei(now),
    };
    let body = serde_json::to_value(body)
        .map_err(|e| AppError::failed(format!("無法寫成 JSON（{e}）"), "這是程式的錯誤，請回報"))?;
    // The installation's own chain has a name that no row may have.
    let prefix = chain.trim_start_matches('@');
    Ok(NewRow {
        register: OWN.to_owned(),
        row: latest_first_id(&format!("{prefix}-d"), now),
        expected_version: 0,
        body,
    })
}

/// Records in a chain that all of it, or all of the database, is taken away by whoever keeps the
/// machine. What that is stands in place of a register.
///
/// # Errors
/// Where it can't be recorded.
pub(crate) async fn disclose_whole(
    app: &App,
    who: &Principal,
    chain: &str,
    taken: Taken<'_>,
) -> Result<(), AppError> {
    let whole = match taken {
        Taken::Backup => "database",
        _ => "ledger",
    };
    let row = row(
        chain,
        app.now(),
        (taken, whole),
        Vec::new(),
        (Surface::Cli, who.name.as_str()),
    )?;
    commit::write(app, who, chain, Draft::of("disclose", vec![row])).await
}

/// The word of a choice as it is shown.
fn shown(choices: &[(&str, &str)], word: &str) -> String {
    let found = choices.iter().find(|(key, _)| *key == word);
    found.map_or_else(|| word.to_owned(), |(_, shown)| (*shown).to_owned())
}

/// What left of a register, the latest first, for those who may read the agency's record of it.
///
/// # Errors
/// Where the visitor may not.
#[compiled_once]
pub async fn disclosures(
    visit: &Visit<'_>,
    spec: &'static RegisterSpec,
    after: &str,
) -> Result<DisclosurePage, AppError> {
    let query = ListQuery {
        equal: vec![("register".to_owned(), spec.key.to_owned())],
        after: after.to_owned(),
        ..ListQuery::default()
    };
    let own = register(OWN)?;
    let page = visit.may(act::Read, own)?.list(&query).await?;
    let disclosures = page.rows.iter().map(|row| {
        let record = registers::Record::new(own, &row.id, &row.body);
        let at = record.moment("at").and_then(|at| at.parse::<DateTime>().ok());
        Disclosure {
            at: at.map_or_else(String::new, period::roc_instant),
            by: record.text("by").to_owned(),
            what: shown(KINDS, record.text("kind")),
            rows: record.number("rows"),
            file_hash: record.text("file_hash").to_owned(),
            masked: record.list("masked").into_iter().map(str::to_owned).collect(),
            surface: shown(SURFACES, record.text("surface")),
        }
    });
    Ok(DisclosurePage {
        register: spec.title.to_owned(),
        disclosures: disclosures.collect(),
        total: page.total,
        next: page.next,
    })
}

/// Whether a register has such a list, and the visitor may read it.
pub fn shows_disclosures(visit: &Visit<'_>, spec: &RegisterSpec) -> bool {
    spec.is_sensitive() && register(OWN).is_ok_and(|own| visit.can(crate::Action::Read, own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{ListFormat, export_records, file};
    use crate::{AgencyId, InitOptions};

    /// 2026-11-21 10:00 in Taipei.
    fn clock() -> i64 {
        1_795_226_400_000_000
    }

    #[tokio::test]
    async fn what_can_t_be_recorded_isn_t_handed_out() {
        let dir = tempfile::tempdir().unwrap();
        let law = crate::load_law(None).unwrap();
        let app = App::open(dir.path(), true, law, clock).await.unwrap();
        let who = Principal::local("test");
        let plan = std::fs::read(testkit::root().join("samples/plan/demo.pass.txt")).unwrap();
        let made = crate::commands::init_from_plan(&app, &who, "demo.pass.txt", plan, InitOptions::default());
        let id = AgencyId::parse(&made.await.unwrap().id).unwrap();
        let visit = app.visit(&who, &id, app.today(), Surface::Cli).await.unwrap();
        let export = async |key: &str| {
            let query = ListQuery::default();
            export_records(&visit, register(key).unwrap(), &query, ListFormat::Csv).await
        };
        export("person").await.unwrap();
        let person = register("person").unwrap();
        let left = disclosures(&visit.again().await.unwrap(), person, "")
            .await
            .unwrap();
        assert_eq!((left.total, left.register.as_str()), (1, person.title));
        let one = &left.disclosures[0];
        assert_eq!(
            (one.at.as_str(), one.surface.as_str()),
            ("115/11/21 10:00", "命令列")
        );
        assert_eq!((one.what.as_str(), one.rows), ("匯出清單", Some(0)));
        assert_eq!(one.by, "本機操作者");

        app.store.distrust("測試");
        let position = app
            .visit(&who, &id, app.today(), Surface::Cli)
            .await
            .unwrap()
            .reads()
            .position();
        let error = export("person").await.unwrap_err();
        assert!(error.to_string().contains("測試"), "{error}");
        let plan = visit.rows().there("plan", &format!("{id}-plan"));
        let plan = plan.or_else(|| visit.rows().standing("plan").next()).unwrap();
        let hash = plan.body["sha256"].as_str().unwrap();
        let taken = file(&visit, hash).await;
        assert_eq!(taken.is_err(), register("plan").unwrap().is_sensitive());
        // What holds neither personal nor restricted data is handed out all the same.
        let open = registers::catalogue()
            .iter()
            .find(|spec| !spec.is_sensitive() && spec.reach == registers::Reach::Agency)
            .unwrap();
        export(open.key).await.unwrap();
        let after = app
            .visit(&who, &id, app.today(), Surface::Cli)
            .await
            .unwrap()
            .reads()
            .position();
        assert_eq!(after, position);
    }

    #[tokio::test]
    async fn a_chain_and_a_backup_leave_with_an_entry_that_is_in_them() {
        let dir = tempfile::tempdir().unwrap();
        let law = crate::load_law(None).unwrap();
        let app = App::open(&dir.path().join("data"), true, law, clock)
            .await
            .unwrap();
        let who = Principal::local("cli");
        let plan = std::fs::read(testkit::root().join("samples/plan/demo.pass.txt")).unwrap();
        let made = crate::commands::init_from_plan(&app, &who, "demo.pass.txt", plan, InitOptions::default());
        let id = AgencyId::parse(&made.await.unwrap().id).unwrap();
        let chain = async |name: &str| app.store.reading(name).await.unwrap();
        let before = chain(id.as_str()).await.head().seq;

        let package = dir.path().join("one.package");
        let entries = app.export_chain(&who, &id, &package).await.unwrap();
        assert_eq!(entries, before + 1);
        let checked = crate::verify_package(&package, &crate::KeptLines::default(), clock()).unwrap();
        assert_eq!(checked.report.entries, entries);
        let mut reading = chain(id.as_str()).await;
        let (last, body) = reading.entries_with_bodies(entries, 1).await.unwrap().remove(0);
        assert_eq!(
            (last.entry.action.as_str(), last.entry.actor.as_str()),
            ("disclose", "cli")
        );
        for part in ["package", "ledger", "本機操作者"] {
            assert!(body.contains(part), "{part}: {body}");
        }
        drop(reading);
        // What isn't made leaves no entry.
        assert!(app.export_chain(&who, &id, &package).await.is_err());
        assert_eq!(chain(id.as_str()).await.head().seq, entries);

        app.note_backup(&who).await.unwrap();
        let copy = dir.path().join("copy.db");
        app.backup(&copy).await.unwrap();
        let restored = dir.path().join("restored");
        crate::restore(&copy, &restored, &crate::KeptLines::default())
            .await
            .unwrap();
        let law = crate::load_law(None).unwrap();
        let other = App::open(&restored, false, law, clock).await.unwrap();
        let mut reading = other.store.reading(store::INSTALLATION).await.unwrap();
        let (_, body) = reading.entries_with_bodies(1, 1).await.unwrap().remove(0);
        assert!(body.contains("backup") && body.contains("database"), "{body}");

        // Where it can't be recorded, no chain leaves, and no empty file is left of it.
        app.store.distrust("測試");
        let refused = dir.path().join("two.package");
        assert!(app.export_chain(&who, &id, &refused).await.is_err());
        assert!(!refused.exists());
        assert!(app.note_backup(&who).await.is_err());
        app.backup(&dir.path().join("again.db")).await.unwrap();
    }

    #[test]
    fn the_latest_comes_first_in_the_order_of_ids() {
        let at = |micros| latest_first_id("a-d", micros);
        assert!(at(clock() + 1) < at(clock()));
        assert!(at(clock() + 365 * 86_400_000_000) < at(clock()));
        assert!(at(clock()) < at(0));
    }

    #[test]
    fn every_surface_has_its_words() {
        for surface in [Surface::Web, Surface::Api, Surface::Cli, Surface::Job] {
            assert_ne!(shown(SURFACES, word(surface)), word(surface));
        }
        assert_eq!(shown(KINDS, "unknown"), "unknown");
    }
}
