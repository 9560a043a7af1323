//! The pages. One file per page; this one is the table of all routes.

pub(crate) mod accounts;
pub(crate) mod agency;
pub(crate) mod approvals;
pub(crate) mod baseline;
pub(crate) mod calendar;
pub(crate) mod detail;
pub(crate) mod disclosures;
pub(crate) mod drafts;
pub(crate) mod duties;
pub(crate) mod edit;
pub(crate) mod entry;
pub(crate) mod files;
pub(crate) mod firstday;
pub(crate) mod forms;
pub(crate) mod gate;
pub(crate) mod home;
pub(crate) mod imports;
pub(crate) mod jobs;
pub(crate) mod labels;
pub(crate) mod laws;
pub(crate) mod me;
pub(crate) mod page;
pub(crate) mod places;
pub(crate) mod plan;
pub(crate) mod record;
pub(crate) mod registers;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod standard;
pub(crate) mod stocktake;
pub(crate) mod subjects;
pub(crate) mod today;
pub(crate) mod upload;
pub(crate) mod xray;
pub(crate) mod year;

use crate::error::Problem;
use crate::limits::FORM_LIMIT;
use crate::{AppState, assets, probes};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Every route, with the permission that it needs.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        // public
        .route("/healthz", get(probes::alive))
        .route("/readyz", get(probes::ready))
        // this machine
        .route("/metrics", get(probes::metrics))
        // public
        .route("/assets/{version}/{name}", get(assets::asset))
        // before signing in
        .route("/sign-in", get(sign_in::ask).post(sign_in::sign_in))
        .route("/sign-in/role", post(sign_in::role))
        .route("/sign-in/code", get(sign_in::ask_code).post(sign_in::show_code))
        .route("/link/{secret}", get(sign_in::link).post(sign_in::join))
        .route("/link/{secret}/mine", post(sign_in::join_with))
        // whoever has the address
        .route("/calendar/{name}", get(calendar::feed))
        // signed in
        .route("/sign-out", post(sign_in::sign_out))
        .route("/me", get(me::me))
        .route("/me/password", get(me::password).post(me::change_password))
        .route("/me/again", post(me::again))
        .route("/me/device", post(me::take_device))
        .route("/me/device/new", post(me::new_device))
        .route("/me/device/end", post(me::end_device))
        .route("/me/recovery", post(me::recovery))
        .route("/me/sessions/{id}/end", post(me::end_session))
        .route("/me/calendar", get(calendar::calendars).post(calendar::make))
        .route("/me/calendar/end", post(calendar::end))
        .route("/drafts/{id}", get(drafts::draft))
        // whoever keeps the installation
        .route("/accounts", get(accounts::accounts))
        .route("/accounts/{id}/{act}", post(accounts::act))
        // an agency's 使用者
        .route("/{org}/people", get(accounts::people))
        .route("/{org}/people/{member}/invite", post(accounts::invite))
        .route("/", get(home::home))
        .route("/laws", get(laws::list))
        .route("/laws/baseline", get(baseline::baseline))
        .route("/laws/standards/{slug}", get(standard::standard))
        .route("/laws/{slug}", get(laws::instrument))
        .route("/laws/{slug}/{version}/{article}", get(laws::article))
        // agency:read
        .route("/{org}", get(home::agency))
        .route("/{org}/today", get(today::today))
        .route("/{org}/answers", post(today::answer))
        .route("/{org}/mine", get(places::mine))
        .route("/{org}/year", get(places::year))
        .route("/{org}/inventory", get(places::inventory))
        .route("/{org}/matters", get(places::matters))
        .route("/{org}/papers", get(places::papers))
        .route("/{org}/settings", get(places::settings))
        .route("/{org}/duties", get(duties::list))
        .route("/{org}/duties/{key}", get(duties::duty))
        .route("/{org}/year/months", get(year::year))
        .route("/{org}/year/figures", get(year::figures))
        .route("/{org}/plan", get(plan::plan))
        .route("/{org}/agency", get(agency::agency))
        // signed in at the agency; what is found is what may be read
        .route("/{org}/search", get(search::search))
        // evidence:read
        .route("/{org}/files/{sha256}", get(files::file))
        .route("/{org}/evidence/{sha256}/preview", get(files::preview))
        // records: the application decides, register by register
        .merge(registers())
        .merge(first_day())
        // one's own; everybody's: officer, administrator
        .route("/{org}/jobs", get(jobs::list))
        .route("/{org}/jobs/{id}", get(jobs::one))
        .route("/{org}/jobs/{id}/retry", post(jobs::retry))
        .route("/{org}/jobs/{id}/cancel", post(jobs::cancel))
        .route("/{org}/jobs/{id}/file", get(jobs::file))
        // activity:write
        .route(
            "/{org}/activities",
            post(record::record).layer(DefaultBodyLimit::max(upload::REQUEST_LIMIT)),
        )
        // agency:write
        .route("/{org}/designation", post(agency::designate))
        .route("/{org}/ciso", post(agency::appoint))
        .route("/{org}/facts", post(agency::amend))
        .fallback(async || Problem::not_found())
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
}

/// The first day: a plan in, the stocktake.
fn first_day() -> Router<AppState> {
    let files = || DefaultBodyLimit::max(upload::REQUEST_LIMIT);
    Router::new()
        // this machine
        .route(
            "/new",
            get(firstday::choose).post(firstday::upload).layer(files()),
        )
        .route("/new/bare", post(firstday::bare))
        .route("/new/{id}", get(firstday::preview).post(firstday::confirm))
        .route("/new/{id}/discard", post(firstday::discard))
        .route("/new/{id}/corrected", get(firstday::corrected))
        .route("/{org}/plan/revision", post(firstday::revise).layer(files()))
        .route(
            "/{org}/plan/revision/{id}",
            get(firstday::revision).post(firstday::adopt),
        )
        .route(
            "/{org}/plan/revision/{id}/discard",
            post(firstday::discard_revision),
        )
        // activity:write
        .route("/{org}/stocktake", get(stocktake::page).post(stocktake::answer))
        .route("/{org}/stocktake/sheet", get(stocktake::sheet))
}

/// Registers, their records, files in and out, approvals.
fn registers() -> Router<AppState> {
    let files = || DefaultBodyLimit::max(upload::REQUEST_LIMIT);
    Router::new()
        .route("/{org}/registers", get(registers::index))
        .route("/{org}/registers/asset/labels", get(labels::labels))
        .route("/{org}/registers/{key}", get(registers::list))
        .route(
            "/{org}/registers/{key}/new",
            get(edit::new).post(edit::create).layer(files()),
        )
        .route("/{org}/registers/{key}/records/{id}", get(detail::record))
        .route(
            "/{org}/registers/{key}/records/{id}/edit",
            get(edit::edit).post(edit::amend).layer(files()),
        )
        .route(
            "/{org}/registers/{key}/records/{id}/paper",
            post(detail::paper).layer(files()),
        )
        .route("/{org}/registers/{key}/records/{id}/{act}", post(detail::act))
        .route(
            "/{org}/registers/{key}/import",
            get(imports::choose).post(imports::upload).layer(files()),
        )
        .route(
            "/{org}/registers/{key}/import/{job}",
            get(imports::preview).post(imports::again),
        )
        .route(
            "/{org}/registers/{key}/import/{job}/commit",
            post(imports::commit),
        )
        .route(
            "/{org}/registers/{key}/import/{job}/discard",
            post(imports::discard),
        )
        .route("/{org}/registers/{key}/import/{job}/undo", post(imports::undo))
        .route("/{org}/registers/{key}/import/{job}/wrong", get(imports::wrong))
        .route("/{org}/registers/{key}/disclosures", get(disclosures::list))
        .route("/{org}/registers/{key}/blank/{format}", get(imports::blank))
        .route("/{org}/registers/{key}/export", post(registers::export))
        .route("/{org}/systems/{id}", get(subjects::system))
        .route("/{org}/persons/{id}", get(subjects::person))
        .route("/{org}/contracts/{id}", get(subjects::contract))
        .route("/{org}/approvals", get(approvals::approvals))
        .route("/{org}/xray", get(xray::xray))
}
