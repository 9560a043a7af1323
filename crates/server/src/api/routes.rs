//! Every route of the API, each beside what is said of it: a new one is one line here.
//!
//! Why one list: the router and the description are made of it, so neither can have what the
//! other hasn't. What it can't know: what a handler answers; every answer that the tests get is
//! held against what is said here.

use super::answers::{Agencies, Duties, History, Me, RecordsPage, Registers, SavedRecord, Waiting};
use super::described::Described;
use super::operation::{
    AT, Body, Content, EXPORT, Head, LIST, Operation, Tag, Who, delete, get, patch, post, put,
};
use super::{approvals as approval, imports, jobs, openapi, overview, parts, records as record};
use crate::limits::BODY_LIMIT;
use crate::web::upload::REQUEST_LIMIT;
use app::{Action, ImportReport, RecordView, Scope, Standing};
use axum::http::HeaderMap;
use axum::response::Response;
use views::{JobList, JobView, Xray};

/// A path of an agency, of one of its registers, of one of their records.
macro_rules! of {
    (agency $($end:literal)?) => { concat!("/agencies/{agency}", $($end)?) };
    (register $($end:literal)?) => { concat!("/agencies/{agency}/registers/{register}", $($end)?) };
    (record $($end:literal)?) => { concat!("/agencies/{agency}/registers/{register}/records/{id}", $($end)?) };
}

/// Every route.
pub(super) fn all() -> Described {
    let small = caller()
        .and(duties())
        .and(records())
        .and(approvals())
        .and(files())
        .and(work());
    // Files come in whole; what is too large is refused after it was read to its end.
    small.carrying(BODY_LIMIT).and(uploads().carrying(REQUEST_LIMIT))
}

/// What is said of every route.
fn operations() -> Vec<Operation> {
    all().operations()
}

/// GET /openapi.json
async fn document(headers: HeaderMap) -> Response {
    openapi::document(operations, &headers)
}

/// The API itself and who calls.
fn caller() -> Described {
    Described::about(Tag::Caller)
        .route(
            get("/openapi.json", ("getDescription", "本說明"), Who::Anybody)
                .gives(200, "OpenAPI 3.1", Content::Description)
                .with(&[Head::Tag])
                .unless_known(),
            document,
        )
        .route(
            get("/me", ("getMe", "權杖所屬之使用者與角色"), Who::Holder).answers::<Me>(),
            overview::me,
        )
        .route(
            get(
                "/agencies",
                ("listAgencies", "可存取之機關"),
                Who::For(Scope::Read),
            )
            .answers::<Agencies>(),
            overview::agencies,
        )
}

/// What the law asks, and what is missing.
fn duties() -> Described {
    let read = Who::For(Scope::Read);
    let whole = "角色須可閱覽全部之「辦理紀錄」與「資安事件」。";
    Described::about(Tag::Duties)
        .route(
            get(of!(agency "/duties"), ("listDuties", "應辦事項與判定"), read)
                .note(whole)
                .query(AT)
                .answers::<Duties>(),
            overview::duties,
        )
        .route(
            get(of!(agency "/duties/{key}"), ("getDuty", "一項應辦事項"), read)
                .note(whole)
                .query(AT)
                .answers::<Duties>(),
            overview::duty,
        )
        .route(
            get(of!(agency "/xray"), ("getXray", "體檢：缺漏與不一致"), read).answers::<Xray>(),
            overview::xray,
        )
}

/// What comes of a change that changes nothing.
const SAME: &str = "內容與現有版本相同時不寫入，答 200、現有之紀錄與 ETag；If-Match 與權限仍照常核對。";

/// A record that was written, whether it is new or not.
fn written(operation: Operation) -> Operation {
    let heads = &[Head::Tag, Head::Location];
    operation
        .answers_with::<SavedRecord>(200, "已更新；或同一 Idempotency-Key 先前已登錄之紀錄")
        .with(heads)
        .answers_with::<SavedRecord>(202, "待第二人確認，尚未生效")
        .with(heads)
}

/// A record that is new.
fn made(operation: Operation) -> Operation {
    written(operation)
        .answers_with::<SavedRecord>(201, "已登錄")
        .with(&[Head::Tag, Head::Location])
        .once()
}

/// Records of registers.
fn records() -> Described {
    let may = Who::May;
    Described::about(Tag::Records)
        .route(
            get(
                of!(agency "/registers"),
                ("listRegisters", "登記簿清單"),
                Who::For(Scope::Read),
            )
            .answers::<Registers>(),
            record::registers,
        )
        .route(
            get(
                of!(register "/records"),
                ("listRecords", "紀錄清單（欄位為篩選條件）"),
                may(Action::Read),
            )
            .query(LIST)
            .refuses(&[422])
            .answers::<RecordsPage>()
            .with(&[Head::Link]),
            record::list,
        )
        .route(
            made(post(
                of!(register "/records"),
                ("createRecord", "登錄"),
                may(Action::Create),
            ))
            .takes_body(Body::Record),
            record::create,
        )
        .route(
            get(of!(record), ("getRecord", "一筆紀錄"), may(Action::Read))
                .answers::<RecordView>()
                .with(&[Head::Tag])
                .unless_known(),
            record::show,
        )
        .route(
            written(put(
                of!(record),
                ("replaceRecord", "更新整筆"),
                may(Action::Amend),
            ))
            .takes_body(Body::Record)
            .note(SAME)
            .sees()
            .once(),
            record::replace,
        )
        .route(
            written(patch(
                of!(record),
                ("amendRecord", "更新部分欄位"),
                may(Action::Amend),
            ))
            .takes_body(Body::Part)
            .note(SAME)
            .sees()
            .once(),
            record::amend,
        )
        .route(
            delete(of!(record), ("withdrawRecord", "註銷"), may(Action::Withdraw))
                .takes::<record::Reason>()
                .gives(204, "已註銷", Content::Nothing)
                .sees()
                .once(),
            record::withdraw,
        )
        .route(
            get(of!(record "/history"), ("getHistory", "歷程"), may(Action::Read)).answers::<History>(),
            record::history,
        )
}

/// The way of a record to being final.
fn approvals() -> Described {
    let waits = "列出等候呼叫者簽核之紀錄，以及等候其確認之權限或上級機關變更；看不到之登記簿不列。";
    Described::about(Tag::Approvals)
        .route(
            get(of!(agency "/approvals"), ("listApprovals", "待簽核"), Who::Holder)
                .note(waits)
                .answers::<Waiting>(),
            approval::waiting,
        )
        .route(
            post(
                of!(record "/submit"),
                ("submitRecord", "送簽"),
                Who::May(Action::Submit),
            )
            .takes::<approval::Seen>()
            .answers::<Standing>()
            .once(),
            approval::submit,
        )
        .route(
            post(
                of!(record "/recall"),
                ("recallRecord", "撤回送簽"),
                Who::May(Action::Submit),
            )
            .answers::<Standing>()
            .once(),
            approval::recall,
        )
        .route(
            post(
                of!(record "/decision"),
                ("decideRecord", "簽核"),
                Who::May(Action::Decide),
            )
            .note("須輪到呼叫者之步驟；待第二人確認之變更，由可確認之另一人辦理。")
            .takes::<approval::Decided>()
            .answers::<Standing>()
            .once(),
            approval::decide,
        )
        .route(
            post(
                of!(record "/comments"),
                ("commentRecord", "意見"),
                Who::May(Action::Comment),
            )
            .takes::<approval::Remark>()
            .gives(204, "已記下", Content::Nothing)
            .once(),
            approval::comment,
        )
}

/// Many records as a file, and files of records.
fn files() -> Described {
    let (import, job) = (Who::May(Action::Import), "該次匯入之登記簿，須為呼叫者可匯入者。");
    let chosen = "該次匯入之登記簿，須為呼叫者可匯入者。已排隊而尚未完成者：選擇相同時得到同一項工作，\
        選擇不同時答 409。";
    Described::about(Tag::Files)
        .route(
            get(
                of!(agency "/files/{sha256}"),
                ("getFile", "佐證檔案"),
                Who::For(Scope::Read),
            )
            .note("須可閱覽任一引用該檔案之紀錄。")
            .gives(200, "檔案內容", Content::File),
            overview::file,
        )
        .route(
            large(
                get(
                    of!(register "/export/{format}"),
                    ("exportRecords", "匯出"),
                    Who::May(Action::Export),
                )
                .query(EXPORT)
                .refuses(&[422])
                .gives(200, "試算表", Content::Sheet),
            ),
            record::export,
        )
        .route(
            get(
                of!(register "/template/{format}"),
                ("getTemplate", "空白表"),
                import,
            )
            .gives(200, "試算表", Content::Sheet),
            imports::template,
        )
        .route(
            get(of!(agency "/imports/{job}"), ("getImport", "匯入作業"), import)
                .note(job)
                .answers::<ImportReport>(),
            imports::show,
        )
        .route(
            delete(
                of!(agency "/imports/{job}"),
                ("discardImport", "取消匯入：捨棄預覽，不寫入"),
                import,
            )
            .note(job)
            .answers::<ImportReport>(),
            imports::discard,
        )
        .route(
            get(
                of!(agency "/imports/{job}/wrong.ods"),
                ("getWrongLines", "待更正的列"),
                import,
            )
            .note(job)
            // The file is read again; that of a preview that was put aside is not there any more.
            .refuses(&[422])
            .gives(200, "試算表", Content::Sheet),
            imports::wrong,
        )
        .route(
            large(
                post(
                    of!(agency "/imports/{job}/commit"),
                    ("commitImport", "確認匯入"),
                    import,
                )
                .note(chosen)
                .takes::<imports::Take>()
                .answers::<ImportReport>(),
            ),
            imports::commit,
        )
        .route(
            large(
                post(
                    of!(agency "/imports/{job}/undo"),
                    ("undoImport", "復原匯入"),
                    import,
                )
                .note(job)
                .answers::<ImportReport>(),
            ),
            imports::undo,
        )
}

/// What is done as a job where it is large.
fn large(operation: Operation) -> Operation {
    operation
        .answers_with::<JobView>(202, "量大，改為排隊處理；Location 為該項工作")
        .with(&[Head::Location])
}

/// Work that goes on by itself.
fn work() -> Described {
    let who = "自己提出之工作；資安專責人員與平臺管理者可看全部。";
    let scope = "可辦理者同上；權杖範圍另須含原工作所需：匯入為 import，匯出為 read，其他為 write。";
    Described::about(Tag::Jobs)
        .route(
            get(
                of!(agency "/jobs"),
                ("listJobs", "工作清單"),
                Who::For(Scope::Read),
            )
            .note(who)
            .answers::<JobList>(),
            jobs::list,
        )
        .route(
            get(
                of!(agency "/jobs/{id}"),
                ("getJob", "一項工作之情形"),
                Who::For(Scope::Read),
            )
            .note(who)
            .answers::<JobView>(),
            jobs::show,
        )
        .route(
            get(
                of!(agency "/jobs/{id}/file"),
                ("getJobFile", "工作製作之檔案"),
                Who::For(Scope::Read),
            )
            .note("提出者，且權限與製作時相同。")
            .gives(200, "試算表", Content::Sheet),
            jobs::file,
        )
        .route(
            post(
                of!(agency "/jobs/{id}/retry"),
                ("retryJob", "重試待處理之工作"),
                Who::For(Scope::Read),
            )
            .note(scope)
            .answers_with::<JobView>(202, "已重新排入")
            .with(&[Head::Location]),
            jobs::retry,
        )
        .route(
            post(
                of!(agency "/jobs/{id}/cancel"),
                ("cancelJob", "取消等候中之工作"),
                Who::For(Scope::Read),
            )
            .note(scope)
            .answers::<JobView>(),
            jobs::cancel,
        )
}

/// Forms with files.
fn uploads() -> Described {
    let paper = Who::MayAnd(Action::Submit, Scope::Approve);
    let upload = made(post(
        of!(register "/uploads"),
        ("uploadRecord", "登錄並附檔案"),
        Who::May(Action::Create),
    ));
    Described::about(Tag::Files)
        .route(
            upload
                .note("附 id 時為更新該筆，角色須可修改；內容相同且未附檔案時不寫入。")
                .takes_body(Body::Parts(parts::UPLOAD))
                .refuses(&[412, 428]),
            record::upload,
        )
        .route(
            large(
                post(
                    of!(register "/imports"),
                    ("previewImport", "匯入預覽"),
                    Who::May(Action::Import),
                )
                .takes_body(Body::Parts(parts::IMPORT))
                .answers_with::<ImportReport>(201, "已預覽，尚未寫入")
                .with(&[Head::Location]),
            ),
            imports::preview,
        )
        .route(
            post(of!(record "/paper"), ("approveOnPaper", "登錄紙本核定"), paper)
                .about(Tag::Approvals)
                .takes_body(Body::Parts(parts::PAPER))
                .answers::<Standing>()
                .once(),
            approval::paper,
        )
}
