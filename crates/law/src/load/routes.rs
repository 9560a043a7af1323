//! The form of `routes.toml`, how it is read, and what is refused.
//!
//! What it can't know: whether a register of that key exists.

use super::file::File;
use super::loader::Loader;
use crate::route::{Route, Step};
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRoutes {
    #[serde(default)]
    route: Vec<RawRoute>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRoute {
    register: Spanned<String>,
    prefix: String,
    steps: Vec<Step>,
    #[serde(default)]
    cites: Vec<Spanned<String>>,
}

super::parse::listed!(RawRoutes: route);

impl Loader {
    pub(crate) fn read_routes(&mut self, file: &File<'_>) {
        let Some(raw) = self.take_entries::<RawRoutes>(file, "route") else {
            return;
        };
        for r in raw.route {
            let line = file.line(r.register.span().start);
            let register = r.register.into_inner();
            if self.routes.iter().any(|known| known.register == register) {
                let message = format!("`{register}` 的簽核流程重複出現");
                self.clash(
                    (&file.path, line),
                    &format!("route {register}"),
                    message,
                    "請只留一個",
                );
            }
            self.keep_place(format!("route {register}"), file, line);
            if !self.has_register(&register) {
                let message = format!("沒有 `{register}` 這種清冊");
                self.problem(
                    &file.path,
                    line,
                    message,
                    "請使用 fazun record registers 所列的代號",
                );
            }
            if let Some(problem) = Route::problem(&r.steps) {
                let message = format!("`{register}` 的簽核流程{problem}");
                self.problem(
                    &file.path,
                    line,
                    message,
                    "請寫審核、會辦各步，最後一步為核定（approves）",
                );
            }
            let plain = |c: char| c.is_ascii_uppercase();
            if r.prefix.is_empty() || !r.prefix.chars().all(plain) {
                let message = format!("`{register}` 的字號「{}」不能用", r.prefix);
                self.problem(&file.path, line, message, "請寫大寫英文字母，例如 RA");
            }
            let cites = r
                .cites
                .iter()
                .filter_map(|c| self.cite(file, None, c, None))
                .collect();
            self.routes.push(Route {
                register,
                prefix: r.prefix,
                steps: r.steps,
                cites,
            });
        }
    }
}
