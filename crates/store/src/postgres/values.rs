//! Statements and values as the driver takes and gives them.

use crate::value::{Arg, Cell, Cells};
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Error, Row, TypeInfo, ValueRef};

/// What a statement gives.
pub(crate) async fn ask(
    c: &mut PgConnection,
    sql: &str,
    args: Vec<Arg>,
    keep: bool,
) -> Result<Vec<Cells>, Error> {
    #[cfg(any(test, feature = "testing"))]
    let sql = &*super::alone::put(sql);
    let rows = sqlx::query_with(AssertSqlSafe(sql.to_owned()), bound(args)?)
        .persistent(keep)
        .fetch_all(c)
        .await?;
    rows.iter().map(cells).collect()
}

/// Carries a statement out; gives how many rows it touched.
pub(crate) async fn execute(
    c: &mut PgConnection,
    sql: &str,
    args: Vec<Arg>,
    keep: bool,
) -> Result<u64, Error> {
    #[cfg(any(test, feature = "testing"))]
    let sql = &*super::alone::put(sql);
    let done = sqlx::query_with(AssertSqlSafe(sql.to_owned()), bound(args)?)
        .persistent(keep)
        .execute(c)
        .await?;
    Ok(done.rows_affected())
}

fn bound(args: Vec<Arg>) -> Result<PgArguments, Error> {
    let mut bound = PgArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Text(text) => bound.add(without_nul(text)),
            Arg::Int(number) => bound.add(number),
            Arg::Bytes(bytes) => bound.add(bytes),
            Arg::Texts(texts) => bound.add(texts.into_iter().map(without_nul).collect::<Vec<_>>()),
            Arg::Ints(numbers) => bound.add(numbers),
            Arg::Null => bound.add(None::<String>),
        };
        added.map_err(Error::Encode)?;
    }
    Ok(bound)
}

/// PostgreSQL's texts hold no NUL. None that is written has one (`commit::complete`); one that is
/// looked for is found nowhere.
fn without_nul(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text
    }
}

fn cells(row: &PgRow) -> Result<Cells, Error> {
    let mut cells = Vec::with_capacity(row.len());
    for column in row.columns() {
        let at = column.ordinal();
        let value = row.try_get_raw(at)?;
        cells.push(if value.is_null() {
            Cell::Null
        } else {
            match value.type_info().name() {
                "INT8" => Cell::Int(row.try_get_unchecked(at)?),
                "INT4" => Cell::Int(row.try_get_unchecked::<i32, _>(at)?.into()),
                "BYTEA" => Cell::Bytes(row.try_get_unchecked(at)?),
                "INT8[]" => Cell::Ints(row.try_get_unchecked(at)?),
                _ => Cell::Text(row.try_get_unchecked(at)?),
            }
        });
    }
    Ok(Cells(cells))
}
