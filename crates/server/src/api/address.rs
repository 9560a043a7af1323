//! Where the API is.
//!
//! What it can't know: which routes lie under it.

/// Where every address of the API begins.
pub(crate) const PREFIX: &str = "/api/v1";

/// Whether an address is of the API, in whatever version: one that isn't there is told to a program
/// too.
pub(crate) fn is_of_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::{PREFIX, is_of_api};

    #[test]
    fn every_version_is_of_the_api_and_no_agency_is() {
        for path in [PREFIX, "/api/v1/me", "/api/v2", "/api/v2/me", "/api"] {
            assert!(is_of_api(path), "{path}");
        }
        for path in ["/", "/apis", "/api-test/today", "/atest/api/"] {
            assert!(!is_of_api(path), "{path}");
        }
    }
}
