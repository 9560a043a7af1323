//! What PostgreSQL says, sorted by what has to be done about it.

use crate::StoreError;
use sqlx::Error;
use sqlx::postgres::PgDatabaseError;

/// What somebody has to do about an error of PostgreSQL; nothing where it is none of its own.
pub(crate) fn sorted(doing: &'static str, place: &str, error: Error) -> Result<StoreError, Error> {
    if let Error::Tls(_) = error {
        return Ok(StoreError::Unencrypted {
            place: place.to_owned(),
            detail: error.to_string(),
        });
    }
    let Some(said) = said(&error) else {
        return Err(error);
    };
    let (code, message) = (said.code().to_owned(), said.message().to_owned());
    let place = place.to_owned();
    Ok(match code.as_str() {
        "28P01" | "28000" => StoreError::WrongPassword { place },
        "3D000" => StoreError::NoDatabase { place },
        "42501" => StoreError::NoRights {
            place,
            detail: message,
        },
        // Another one may have been faster with the lock; a limit of time was reached.
        "40001" | "40P01" | "55P03" => StoreError::Busy { doing },
        "57014" | "25P03" => StoreError::Slow { doing, place },
        "53300" => StoreError::TooMany { place },
        "53100" => StoreError::Full { doing },
        "25006" => StoreError::ReadOnly { doing },
        "XX001" | "XX002" => StoreError::Corrupt {
            path: place.into(),
            detail: message,
        },
        _ if code.starts_with("08") || code.starts_with("57P") => StoreError::Unreachable {
            doing,
            place,
            source: Box::new(error),
        },
        _ => return Err(error),
    })
}

fn said(error: &Error) -> Option<&PgDatabaseError> {
    error
        .as_database_error()
        .and_then(|e| e.try_downcast_ref::<PgDatabaseError>())
}

/// Whether the connection is gone, and another one, perhaps to another server, may do.
pub(crate) fn is_lost(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Protocol(_) | Error::WorkerCrashed | Error::BeginFailed => true,
        _ => said(error).is_some_and(|said| {
            let code = said.code();
            // A server that goes down, comes up, or was the primary.
            code.starts_with("08") || code.starts_with("57P") || code == "25006"
        }),
    }
}
