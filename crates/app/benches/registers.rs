//! What large registers cost: import, one page, export and the X-ray, at two sizes.
//!
//! `cargo bench -p app --bench registers` prints times and how they grow with the rows;
//! a ratio near two for twice the rows is linear, near one doesn't depend on them.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use app::{
    AgencyId, App, Chosen, ImportOptions, InitOptions, ListFormat, ListQuery, Principal, Surface, commands,
    records,
};
use std::fmt::Write as _;
use std::time::Instant;

fn inventory(rows: usize) -> Vec<u8> {
    let mut text =
        String::from("資產編號,資產名稱,資產類別,擁有者,管理者,存放位置,防護需求等級,財產編號,廠牌,型號\r\n");
    for n in 0..rows {
        let _ = write!(
            text,
            "AS-{n:06},主機{n},實體,資訊科,王示範,機房{}櫃,中,314-{n},示範牌,X-{}\r\n",
            n % 20,
            n % 300
        );
    }
    text.into_bytes()
}

/// Milliseconds of each step: preview, commit, first page, export, X-ray, duties.
async fn measure(rows: usize) -> [f64; 6] {
    let dir = tempfile::tempdir().unwrap();
    let law = app::load_law(None).unwrap();
    let app = App::open(dir.path(), true, law, app::system_clock).await.unwrap();
    let plan = std::fs::read(testkit::root().join("samples/plan/demo.pass.txt")).unwrap();
    let who = Principal::local("bench");
    let made = commands::init_from_plan(&app, &who, "demo.pass.txt", plan, InitOptions::default())
        .await
        .unwrap();
    let agency = AgencyId::parse(&made.id).unwrap();
    let enter = || app.visit(&who, &agency, app.today(), Surface::Job);
    let assets = app::register("asset").unwrap();
    let since = |start: Instant| start.elapsed().as_secs_f64() * 1000.0;
    let start = Instant::now();
    let file = ("assets.csv", inventory(rows));
    let visit = enter().await.unwrap();
    let report = records::preview_import(&visit, assets, file, ImportOptions::default(), &mut |_| {})
        .await
        .unwrap();
    let preview = since(start);
    assert_eq!(report.counts.new, rows as u64);
    let start = Instant::now();
    let visit = enter().await.unwrap();
    records::commit_import(&visit, &report.id, &Chosen::default(), &mut |_| {})
        .await
        .unwrap();
    let commit = since(start);
    let start = Instant::now();
    let visit = enter().await.unwrap();
    let page = records::record_list(&visit, assets, &ListQuery::default())
        .await
        .unwrap();
    let first = since(start);
    assert_eq!(page.total, rows as u64);
    let start = Instant::now();
    records::export_records(&visit, assets, &ListQuery::default(), ListFormat::Ods)
        .await
        .unwrap();
    let export = since(start);
    let start = Instant::now();
    let xray = app::xray::xray(&visit).await.unwrap();
    let xrayed = since(start);
    assert!(xray.looked_at >= rows as u64);
    let start = Instant::now();
    app::duties::all(&visit).await.unwrap();
    [preview, commit, first, export, xrayed, since(start)]
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let names = ["preview", "commit", "one page", "export ODS", "X-ray", "duties"];
    let (small, large) = (25_000, 50_000);
    let (a, b) = runtime.block_on(async { (measure(small).await, measure(large).await) });
    println!("{:<12} {small:>10} {large:>10}   twice the rows", "rows");
    for ((name, a), b) in names.iter().zip(a).zip(b) {
        println!("{name:<12} {a:>7.0} ms {b:>7.0} ms   {:.1} times", b / a);
    }
}
