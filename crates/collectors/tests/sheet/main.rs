//! Reading spreadsheets.
