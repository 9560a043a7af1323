//! What is large is done as a job, once, by whoever takes it up.

use crate::ways::{local, visit};
use crate::{agency, product, sample};
use app::jobs::{self, Asked, LARGE_BYTES, LARGE_ROWS};
use app::{App, Chosen, ImportOptions, ImportReport, Kind, ListFormat, ListQuery, records, register};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use store::testing::Place;
use tokio::time::{sleep, timeout};
use views::{JobMade, JobState, JobView};

async fn office() -> (Place, Arc<App>, String) {
    let (dir, app) = product().await;
    let id = agency(&app, "demo.pass.txt", sample("demo.pass.txt"), Some("2019-08-01")).await;
    (dir, Arc::new(app), id)
}

/// A list of so many assets, each with a remark of so many characters.
fn assets(rows: u64, remark: usize) -> Vec<u8> {
    let mut csv = "資產編號,資產名稱,資產類別,備註\n".to_owned();
    for n in 0..rows {
        let _ = writeln!(csv, "HW-{n},主機{n},實體,{}", "備".repeat(remark));
    }
    csv.into_bytes()
}

fn later<T: std::fmt::Debug>(asked: Asked<T>) -> JobView {
    match asked {
        Asked::Later(job) => *job,
        Asked::Done(done) => panic!("done at once: {done:?}"),
    }
}

async fn work(app: &Arc<App>) {
    let report: jobs::Report = Arc::new(|what: &str| panic!("{what}"));
    let settings = jobs::Settings {
        idle: Duration::from_millis(20),
        ..jobs::Settings::of("w")
    };
    let done = async {
        let open = |jobs: &[jobs::JobLine]| jobs.iter().any(|j| j.finished_at == 0);
        while open(&app.jobs_of_all(false, 99).await.expect("read")) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let working = app.worker(settings, None, report).run(done);
    timeout(Duration::from_mins(2), working).await.expect("in time");
}

async fn shown(app: &App, id: &str, job: &JobView) -> JobView {
    let visit = visit(app, &local("local"), id).await.expect("let in");
    jobs::show(&visit, &job.id).await.expect("there")
}

async fn previewed(app: &App, id: &str, bytes: Vec<u8>) -> ImportReport {
    let visit = visit(app, &local("local"), id).await.expect("let in");
    let spec = register("asset").expect("known");
    let options = ImportOptions::default();
    records::preview_import(&visit, spec, ("清冊.csv", bytes), options, &mut |_| {})
        .await
        .expect("read")
}

async fn total(app: &App, id: &str) -> u64 {
    let visit = visit(app, &local("local"), id).await.expect("let in");
    let spec = register("asset").expect("known");
    let page = records::list(&visit, spec, &ListQuery::default()).await;
    page.expect("listed").total
}

#[tokio::test]
async fn what_is_small_is_answered_at_once_and_what_is_large_later() {
    let (_dir, app, id) = office().await;
    let who = local("local");
    let before = total(&app, &id).await;
    let spec = register("asset").expect("known");
    let read = async |bytes: Vec<u8>| {
        let visit = visit(&app, &who, &id).await.expect("let in");
        jobs::read_import(&visit, spec, ("清冊.csv", bytes), ImportOptions::default())
            .await
            .expect("read")
    };
    let small = assets(LARGE_ROWS, 0);
    assert!(small.len() < LARGE_BYTES);
    let Asked::Done(report) = read(small).await else {
        panic!("a small file is read at once")
    };
    assert_eq!(report.counts.new, LARGE_ROWS);
    let large = assets(LARGE_ROWS + 1, 80);
    assert!(large.len() > LARGE_BYTES);
    let job = later(read(large).await);
    assert_eq!(
        (job.state, job.title.as_str()),
        (JobState::Queued, "讀取匯入的檔案")
    );
    assert!(job.about.ends_with("・清冊.csv") && job.may_cancel, "{job:?}");
    work(&app).await;
    let job = shown(&app, &id, &job).await;
    let Some(JobMade::Import { id: import, .. }) = job.made.clone() else {
        panic!("{job:?}")
    };
    // The wrong choice is refused at once, and not as a job.
    let again = async |options: ImportOptions| {
        let visit = visit(&app, &who, &id).await.expect("let in");
        jobs::read_import_again(&visit, &import, options).await
    };
    let odd = ImportOptions {
        columns: [("備註".to_owned(), "no_such".to_owned())].into(),
        ..ImportOptions::default()
    };
    assert_eq!(
        again(odd).await.expect_err("no such field").kind(),
        Kind::BadInput
    );
    let mapped = ImportOptions {
        columns: [("備註".to_owned(), String::new())].into(),
        ..ImportOptions::default()
    };
    let reread = later(again(mapped).await.expect("asked"));
    work(&app).await;
    let Some(JobMade::Import { id: import, .. }) = shown(&app, &id, &reread).await.made else {
        panic!("it has a preview of its own")
    };
    let write = async || {
        let visit = visit(&app, &who, &id).await.expect("let in");
        jobs::write_import(&visit, &import, &Chosen::default()).await
    };
    let first = later(write().await.expect("asked"));
    // Asked for twice, it is one.
    assert_eq!(later(write().await.expect("asked")).id, first.id);
    assert_eq!(total(&app, &id).await, before);
    work(&app).await;
    let done = shown(&app, &id, &first).await;
    assert_eq!(done.outcome, format!("已寫入 {} 筆", LARGE_ROWS + 1));
    assert_eq!(done.state, JobState::Done);
    assert_eq!(total(&app, &id).await, before + LARGE_ROWS + 1);
    assert_eq!(write().await.expect_err("once").kind(), Kind::Conflict);

    let back = async || {
        let visit = visit(&app, &who, &id).await.expect("let in");
        jobs::take_import_back(&visit, &import).await
    };
    let undone = later(back().await.expect("asked"));
    work(&app).await;
    assert!(shown(&app, &id, &undone).await.outcome.contains("已復原"));
    assert_eq!(total(&app, &id).await, before);
    let visit = visit(&app, &who, &id).await.expect("let in");
    let about = jobs::of_import(&visit, &import)
        .await
        .expect("read")
        .expect("a job");
    assert_eq!(about.id, undone.id);
    let list = jobs::list(&visit).await.expect("listed");
    assert_eq!((list.done.len(), list.open.len(), list.dead.len()), (4, 0, 0));
    assert!(list.everybodys);
}

#[tokio::test]
async fn whoever_dies_on_the_way_an_import_is_written_once() {
    let (place, app, id) = office().await;
    let who = local("local");
    let before = total(&app, &id).await;
    let report = previewed(&app, &id, assets(LARGE_ROWS + 5, 0)).await;
    let asked = {
        let visit = visit(&app, &who, &id).await.expect("let in");
        later(
            jobs::write_import(&visit, &report.id, &Chosen::default())
                .await
                .expect("asked"),
        )
    };
    // One takes it up, and is killed before anything is written.
    let other = store::Store::open_at(place.location(), store::OpenMode::MustExist, app::forms())
        .await
        .expect("opens");
    let killed = other
        .claim("killed", &["import"], app.now() - 10, 5)
        .await
        .expect("claimed");
    assert!(killed.is_none(), "nobody takes it up before its time");
    let killed = other
        .claim("killed", &["import"], app.now(), 1)
        .await
        .expect("claimed");
    assert_eq!(killed.expect("a job").lease.id(), asked.id);
    assert_eq!(shown(&app, &id, &asked).await.state, JobState::Running);
    // Another one writes it, and is killed before it says so.
    {
        let visit = visit(&app, &who, &id).await.expect("let in");
        let chosen = Chosen::default();
        let written = records::commit_import(&visit, &report.id, &chosen, &mut |_| {}).await;
        assert_eq!(written.expect("written").written, LARGE_ROWS + 5);
    }
    // The lease of the first one has to end; the clock of these tests stands still.
    let lease = other
        .claim("third", &["import"], app.now() + 1, 1)
        .await
        .expect("claimed");
    other
        .give_back(&lease.expect("a job").lease, app.now())
        .await
        .expect("given back");
    work(&app).await;
    let done = shown(&app, &id, &asked).await;
    assert_eq!(done.state, JobState::Done);
    assert_eq!(done.outcome, format!("已寫入 {} 筆", LARGE_ROWS + 5));
    assert_eq!(total(&app, &id).await, before + LARGE_ROWS + 5);
    other.close().await;
}

#[tokio::test]
async fn what_comes_to_nothing_says_why_and_is_tried_again_or_called_off() {
    let (_dir, app, id) = office().await;
    let who = local("local");
    let report = previewed(&app, &id, assets(LARGE_ROWS + 1, 0)).await;
    let write = async || {
        let visit = visit(&app, &who, &id).await.expect("let in");
        later(
            jobs::write_import(&visit, &report.id, &Chosen::default())
                .await
                .expect("asked"),
        )
    };
    let called_off = write().await;
    {
        let visit = visit(&app, &who, &id).await.expect("let in");
        let done = jobs::cancel(&visit, &called_off.id).await.expect("called off");
        assert_eq!(done.state, JobState::Cancelled);
        let twice = jobs::cancel(&visit, &called_off.id).await.expect_err("once");
        assert_eq!(twice.kind(), Kind::Conflict);
        assert_eq!(
            jobs::retry(&visit, &called_off.id)
                .await
                .expect_err("not dead")
                .kind(),
            Kind::Conflict
        );
    }
    let dead = write().await;
    assert_ne!(dead.id, called_off.id);
    // The preview is put aside before the job is taken up.
    {
        let visit = visit(&app, &who, &id).await.expect("let in");
        records::discard_import(&visit, &report.id)
            .await
            .expect("put aside");
    }
    work(&app).await;
    let gone = shown(&app, &id, &dead).await;
    assert_eq!(gone.state, JobState::Dead);
    assert!(gone.problem.contains("已經取消") && gone.may_retry, "{gone:?}");
    let visit = visit(&app, &who, &id).await.expect("let in");
    assert_eq!(jobs::list(&visit).await.expect("listed").dead.len(), 1);
    let again = jobs::retry(&visit, &dead.id).await.expect("once more");
    assert_eq!(again.state, JobState::Queued);
    work(&app).await;
    assert_eq!(shown(&app, &id, &dead).await.state, JobState::Dead);
    // Whoever keeps the machine sees it, and what stands still.
    let lines = app.jobs_of_all(true, 9).await.expect("read");
    assert_eq!((lines.len(), lines[0].id.as_str()), (1, dead.id.as_str()));
    app.retry_job(&lines[0]).await.expect("once more");
    assert!(app.retry_job(&lines[0]).await.is_err(), "it waits already");
}

#[tokio::test]
async fn a_long_list_is_made_into_a_file_and_fetched() {
    let (_dir, app, id) = office().await;
    let who = local("local");
    let report = previewed(&app, &id, assets(LARGE_ROWS + 1, 0)).await;
    let spec = register("asset").expect("known");
    let export = async |query: &ListQuery, format| {
        let visit = visit(&app, &who, &id).await.expect("let in");
        jobs::export_list(&visit, spec, query, format)
            .await
            .expect("asked")
    };
    let all = ListQuery::default();
    assert!(matches!(export(&all, ListFormat::Csv).await, Asked::Done(_)));
    {
        let visit = visit(&app, &who, &id).await.expect("let in");
        let chosen = Chosen::default();
        records::commit_import(&visit, &report.id, &chosen, &mut |_| {})
            .await
            .expect("written");
    }
    let some = ListQuery {
        contains: "HW-77".to_owned(),
        ..ListQuery::default()
    };
    assert!(matches!(export(&some, ListFormat::Csv).await, Asked::Done(_)));
    let job = later(export(&all, ListFormat::Csv).await);
    {
        let visit = visit(&app, &who, &id).await.expect("let in");
        let early = jobs::file(&visit, &job.id).await.expect_err("not there yet");
        assert_eq!(early.kind(), Kind::NotFound);
    }
    work(&app).await;
    let made = shown(&app, &id, &job).await;
    assert!(made.may_fetch && made.kept_until.is_some(), "{made:?}");
    let mine = visit(&app, &who, &id).await.expect("let in");
    let file = jobs::file(&mine, &job.id).await.expect("fetched");
    assert_eq!(file.media_type, ListFormat::Csv.media_type());
    let text = String::from_utf8_lossy(&file.bytes);
    let lines = u64::try_from(text.lines().count()).expect("few");
    assert!(lines > LARGE_ROWS + 1 && text.contains("HW-2000"), "{lines}");
    let Some(JobMade::File { bytes, .. }) = made.made else {
        panic!("{made:?}")
    };
    assert_eq!(usize::try_from(bytes).expect("fits"), file.bytes.len());
    // Another one at this machine sees that it was made, and gets his own by asking for it.
    let other = visit(&app, &local("cli"), &id).await.expect("let in");
    assert!(!jobs::show(&other, &job.id).await.expect("seen").may_fetch);
    let refused = jobs::file(&other, &job.id).await.expect_err("not theirs");
    assert_eq!(refused.kind(), Kind::Forbidden);
}
