//! The product as these tests ask it: by ids as text, each question a visit of its own.

use app::{
    ActivityInput, AgencyId, App, AppError, Chosen, ImportOptions, ImportReport, InitOptions, Initialised,
    ListFile, ListFormat, ListQuery, Principal, Progress, PutRecord, RecordPage, Saved, Surface, Visit,
    agencies, commands, duties, health, impact, records, register, standards, today, xray,
};
use period::Date;
use serde_json::Value;
use views::{
    AgencyHead, AgencyView, DutyView, ImpactView, OwnStandardHead, OwnStandardView, PlanHealthView,
    StandardImport, TodayView, Xray,
};

type Done<T> = Result<T, AppError>;

/// Whoever sits at the machine, by the test's name for them.
pub fn local(actor: &str) -> Principal {
    Principal::local(actor)
}

/// A visit of today.
pub async fn visit<'a>(app: &'a App, who: &Principal, id: &str) -> Done<Visit<'a>> {
    visit_on(app, who, id, app.today()).await
}

/// A visit of another day.
pub async fn visit_on<'a>(app: &'a App, who: &Principal, id: &str, day: Date) -> Done<Visit<'a>> {
    app.visit(who, &AgencyId::parse(id)?, day, Surface::Job).await
}

/// What tests ask of an agency, by its id.
pub trait Ways {
    async fn init_from_plan(
        &self,
        actor: &str,
        name: &str,
        bytes: Vec<u8>,
        options: InitOptions,
    ) -> Done<Initialised>;
    async fn duties(&self, id: &str, day: Date) -> Done<Vec<DutyView>>;
    async fn today_view(&self, id: &str, day: Date) -> Done<TodayView>;
    async fn agency_head(&self, id: &str, day: Date) -> Done<AgencyHead>;
    async fn agency_view(&self, id: &str, day: Date) -> Done<AgencyView>;
    async fn plan_health(&self, id: &str, day: Date) -> Done<PlanHealthView>;
    async fn impact(&self, id: &str, from: Date, to: Date) -> Done<ImpactView>;
    async fn xray(&self, who: &Principal, id: &str) -> Done<Xray>;
    async fn file(&self, id: &str, sha256: &str) -> Done<(String, Vec<u8>)>;
    async fn record_activity(&self, actor: &str, id: &str, input: ActivityInput) -> Done<String>;
    async fn designate(&self, actor: &str, id: &str, level: &str, on: Option<Date>, no: &str) -> Done<Saved>;
    async fn amend_agency(&self, actor: &str, id: &str, changes: Value) -> Done<Saved>;
    async fn amend_agency_typed(&self, actor: &str, id: &str, typed: &[(String, String)]) -> Done<Saved>;
    async fn adopt(
        &self,
        actor: &str,
        id: &str,
        what: (&str, &str),
        days: (Option<Date>, Option<Date>),
    ) -> Done<Saved>;
    async fn record_contract(&self, actor: &str, id: &str, contract: Value) -> Done<String>;
    async fn put_record(&self, who: &Principal, id: &str, key: &str, put: PutRecord) -> Done<Saved>;
    async fn list_records(&self, who: &Principal, id: &str, key: &str, query: &ListQuery)
    -> Done<RecordPage>;
    async fn export_records(
        &self,
        who: &Principal,
        id: &str,
        key: &str,
        query: &ListQuery,
        format: ListFormat,
    ) -> Done<ListFile>;
    async fn preview_import(
        &self,
        who: &Principal,
        id: &str,
        key: &str,
        file: (&str, Vec<u8>),
        options: ImportOptions,
        progress: Progress<'_>,
    ) -> Done<ImportReport>;
    async fn preview_again(
        &self,
        who: &Principal,
        id: &str,
        job: &str,
        options: ImportOptions,
        progress: Progress<'_>,
    ) -> Done<ImportReport>;
    async fn commit_import(
        &self,
        who: &Principal,
        id: &str,
        job: &str,
        chosen: &Chosen,
        progress: Progress<'_>,
    ) -> Done<ImportReport>;
    async fn undo_import(&self, who: &Principal, id: &str, job: &str) -> Done<ImportReport>;
    async fn discard_import(&self, who: &Principal, id: &str, job: &str) -> Done<ImportReport>;
    async fn import_report(&self, who: &Principal, id: &str, job: &str) -> Done<ImportReport>;
    async fn import_standard(
        &self,
        actor: &str,
        name: &str,
        bytes: Vec<u8>,
        slug: Option<&str>,
    ) -> Done<StandardImport>;
    async fn own_standards(&self) -> Done<Vec<OwnStandardHead>>;
    async fn own_standard(&self, slug: &str) -> Done<OwnStandardView>;
}

impl Ways for App {
    async fn init_from_plan(
        &self,
        actor: &str,
        name: &str,
        bytes: Vec<u8>,
        options: InitOptions,
    ) -> Done<Initialised> {
        commands::init_from_plan(self, &local(actor), name, bytes, options).await
    }
    async fn duties(&self, id: &str, day: Date) -> Done<Vec<DutyView>> {
        duties::all(&visit_on(self, &local("test"), id, day).await?).await
    }
    async fn today_view(&self, id: &str, day: Date) -> Done<TodayView> {
        let view = today::view(&visit_on(self, &local("test"), id, day).await?).await?;
        Ok(TodayView::clone(&view))
    }
    async fn agency_head(&self, id: &str, day: Date) -> Done<AgencyHead> {
        agencies::head(&visit_on(self, &local("test"), id, day).await?)
    }
    async fn agency_view(&self, id: &str, day: Date) -> Done<AgencyView> {
        agencies::view(&visit_on(self, &local("test"), id, day).await?).await
    }
    async fn plan_health(&self, id: &str, day: Date) -> Done<PlanHealthView> {
        health::view(&visit_on(self, &local("test"), id, day).await?).await
    }
    async fn impact(&self, id: &str, from: Date, to: Date) -> Done<ImpactView> {
        impact::impact(&visit_on(self, &local("test"), id, to).await?, from).await
    }
    async fn xray(&self, who: &Principal, id: &str) -> Done<Xray> {
        xray::xray(&visit(self, who, id).await?).await
    }
    async fn file(&self, id: &str, sha256: &str) -> Done<(String, Vec<u8>)> {
        records::file(&visit(self, &local("test"), id).await?, sha256).await
    }
    async fn record_activity(&self, actor: &str, id: &str, input: ActivityInput) -> Done<String> {
        commands::record_activity(&visit(self, &local(actor), id).await?, input).await
    }
    async fn designate(&self, actor: &str, id: &str, level: &str, on: Option<Date>, no: &str) -> Done<Saved> {
        commands::designate(&visit(self, &local(actor), id).await?, level, on, no).await
    }
    async fn amend_agency(&self, actor: &str, id: &str, changes: Value) -> Done<Saved> {
        commands::amend_agency(&visit(self, &local(actor), id).await?, changes).await
    }
    async fn amend_agency_typed(&self, actor: &str, id: &str, typed: &[(String, String)]) -> Done<Saved> {
        commands::amend_agency_typed(&visit(self, &local(actor), id).await?, typed).await
    }
    async fn adopt(
        &self,
        actor: &str,
        id: &str,
        what: (&str, &str),
        days: (Option<Date>, Option<Date>),
    ) -> Done<Saved> {
        commands::adopt(&visit(self, &local(actor), id).await?, what, days).await
    }
    async fn record_contract(&self, actor: &str, id: &str, contract: Value) -> Done<String> {
        commands::record_contract(&visit(self, &local(actor), id).await?, contract).await
    }
    async fn put_record(&self, who: &Principal, id: &str, key: &str, put: PutRecord) -> Done<Saved> {
        records::put(&visit(self, who, id).await?, register(key)?, put).await
    }
    async fn list_records(
        &self,
        who: &Principal,
        id: &str,
        key: &str,
        query: &ListQuery,
    ) -> Done<RecordPage> {
        records::list(&visit(self, who, id).await?, register(key)?, query).await
    }
    async fn export_records(
        &self,
        who: &Principal,
        id: &str,
        key: &str,
        query: &ListQuery,
        format: ListFormat,
    ) -> Done<ListFile> {
        records::export_records(&visit(self, who, id).await?, register(key)?, query, format).await
    }
    async fn preview_import(
        &self,
        who: &Principal,
        id: &str,
        key: &str,
        file: (&str, Vec<u8>),
        options: ImportOptions,
        progress: Progress<'_>,
    ) -> Done<ImportReport> {
        let visit = visit(self, who, id).await?;
        records::preview_import(&visit, register(key)?, file, options, progress).await
    }
    async fn preview_again(
        &self,
        who: &Principal,
        id: &str,
        job: &str,
        options: ImportOptions,
        progress: Progress<'_>,
    ) -> Done<ImportReport> {
        records::preview_again(&visit(self, who, id).await?, job, options, progress).await
    }
    async fn commit_import(
        &self,
        who: &Principal,
        id: &str,
        job: &str,
        chosen: &Chosen,
        progress: Progress<'_>,
    ) -> Done<ImportReport> {
        records::commit_import(&visit(self, who, id).await?, job, chosen, progress).await
    }
    async fn undo_import(&self, who: &Principal, id: &str, job: &str) -> Done<ImportReport> {
        records::undo_import(&visit(self, who, id).await?, job).await
    }
    async fn discard_import(&self, who: &Principal, id: &str, job: &str) -> Done<ImportReport> {
        records::discard_import(&visit(self, who, id).await?, job).await
    }
    async fn import_report(&self, who: &Principal, id: &str, job: &str) -> Done<ImportReport> {
        records::import_report(&visit(self, who, id).await?, job).await
    }
    async fn import_standard(
        &self,
        actor: &str,
        name: &str,
        bytes: Vec<u8>,
        slug: Option<&str>,
    ) -> Done<StandardImport> {
        standards::import(self, &local(actor), name, bytes, slug).await
    }
    async fn own_standards(&self) -> Done<Vec<OwnStandardHead>> {
        standards::own_list(self).await
    }
    async fn own_standard(&self, slug: &str) -> Done<OwnStandardView> {
        standards::own(self, slug).await
    }
}
