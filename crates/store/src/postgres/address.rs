//! Where a PostgreSQL is, and how it is spoken to; never shown with its password.
//!
//! Why an own reading of the address: what is ours in it (sizes of pools, limits of time, several
//! servers of which one is the primary) is no other program's, and the password must not travel
//! into a message by way of a parser's error. What it can't know: whether anybody listens there.

use crate::StoreError;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::str::FromStr;
use std::time::Duration;

/// The address of a PostgreSQL database, with its password. It is shown without.
#[derive(Clone)]
pub struct Address {
    shown: String,
    hosts: Vec<Host>,
    user: Option<String>,
    password: Option<String>,
    database: Option<String>,
    /// What the driver is told, in the words of an address.
    told: Vec<(String, String)>,
    pub(crate) settings: Settings,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    /// A name, a number, or a folder with a socket.
    name: String,
    port: Option<u16>,
}

/// How the database is used; each can be said in the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `readers`: how many transactions read at once.
    pub readers: u32,
    /// `writers`: how many transactions write at once.
    pub writers: u32,
    /// `connect_timeout`, in seconds: how long somebody waits for a connection.
    pub connect: Duration,
    /// `statement_timeout`, in seconds: how long a statement may take.
    pub statement: Duration,
    /// `idle_timeout`, in seconds: how long a transaction may wait for its program.
    pub idle: Duration,
    /// `partitions`: over how many parts of a table its rows are spread, when the tables are made.
    pub partitions: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            readers: 16,
            writers: 8,
            connect: Duration::from_secs(10),
            statement: Duration::from_mins(1),
            idle: Duration::from_mins(1),
            partitions: 0,
        }
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

/// What of an address goes to the driver and to PostgreSQL's own tools.
const TOLD: &[(&str, &str)] = &[
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

fn bad(what: impl Into<String>) -> StoreError {
    StoreError::BadAddress { what: what.into() }
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?sslmode=verify-full`. Several hosts are
    /// separated by commas; the one that takes writes is used.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let rest = ["postgres://", "postgresql://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or_else(|| bad("不是以 postgres:// 開頭"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold a slash that nobody encoded; a host never holds an `@`.
        let (account, place) = match rest.rsplit_once('@') {
            Some((account, place)) => (Some(account), place),
            None => (None, rest),
        };
        let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
        let (user, password) = match account.map(|a| a.split_once(':').unwrap_or((a, ""))) {
            Some((user, password)) => (decoded(user)?, decoded(password)?),
            None => (String::new(), String::new()),
        };
        let some = |text: String| (!text.is_empty()).then_some(text);
        let mut address = Self {
            shown: String::new(),
            hosts: hosts
                .split(',')
                .filter(|h| !h.is_empty())
                .map(host)
                .collect::<Result<_, _>>()?,
            user: some(user),
            password: some(password),
            database: some(decoded(database)?),
            told: Vec::new(),
            settings: Settings::default(),
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            address.set(key, decoded(value)?)?;
        }
        address.shown = address.without_password();
        Ok(address)
    }

    fn set(&mut self, key: &str, value: String) -> Result<(), StoreError> {
        let number = |most: u32| {
            let number = value.parse::<u32>().ok().filter(|n| (1..=most).contains(n));
            number.ok_or_else(|| bad(format!("「{key}」須是 1 至 {most} 的整數")))
        };
        let settings = &mut self.settings;
        match key {
            "readers" => settings.readers = number(1_000)?,
            "writers" => settings.writers = number(1_000)?,
            "connect_timeout" => settings.connect = Duration::from_secs(number(600)?.into()),
            "statement_timeout" => settings.statement = Duration::from_secs(number(86_400)?.into()),
            "idle_timeout" => settings.idle = Duration::from_secs(number(86_400)?.into()),
            "partitions" => settings.partitions = number(1_024)?,
            "user" => self.user = Some(value),
            "password" => self.password = Some(value),
            "dbname" => self.database = Some(value),
            "host" => {
                self.hosts = vec![Host {
                    name: value,
                    port: None,
                }];
            }
            "port" => {
                let port = value.parse().map_err(|_| bad("「port」須是連接埠號碼"))?;
                self.hosts.iter_mut().for_each(|host| host.port = Some(port));
            }
            "sslmode" => {
                if PgSslMode::from_str(&value).is_err() {
                    return Err(bad(
                        "「sslmode」須是 disable、allow、prefer、require、verify-ca、verify-full 之一",
                    ));
                }
                self.told.push((key.to_owned(), value));
            }
            _ if TOLD.iter().any(|(known, _)| *known == key) => self.told.push((key.to_owned(), value)),
            _ => return Err(bad(format!("不認得參數「{key}」"))),
        }
        Ok(())
    }

    fn without_password(&self) -> String {
        let user = self
            .user
            .as_ref()
            .map(|user| format!("{user}@"))
            .unwrap_or_default();
        let hosts: Vec<String> = self
            .hosts
            .iter()
            .map(|host| match host.port {
                Some(port) => format!("{}:{port}", host.name),
                None => host.name.clone(),
            })
            .collect();
        let database = self.database.as_deref().unwrap_or_default();
        format!("postgres://{user}{}/{database}", hosts.join(","))
    }

    /// The same database, its tables spread over parts when they are made.
    #[must_use]
    pub fn spread(mut self, partitions: u32) -> Self {
        self.settings.partitions = partitions;
        self
    }

    /// The database's name; empty where none was said.
    pub(crate) fn database_name(&self) -> &str {
        self.database.as_deref().unwrap_or_default()
    }

    /// How to connect to each of its hosts.
    pub(crate) fn options(&self) -> Vec<PgConnectOptions> {
        let limits = [
            ("statement_timeout", millis(self.settings.statement)),
            ("idle_in_transaction_session_timeout", millis(self.settings.idle)),
            ("standard_conforming_strings", "on".to_owned()),
            ("client_min_messages", "warning".to_owned()),
        ];
        let mut options = PgConnectOptions::new()
            .application_name("fazun")
            .statement_cache_capacity(256)
            .options(limits);
        if let Some(user) = &self.user {
            options = options.username(user);
        }
        if let Some(password) = &self.password {
            options = options.password(password);
        }
        if let Some(database) = &self.database {
            options = options.database(database);
        }
        for (key, value) in &self.told {
            options = match key.as_str() {
                "sslmode" => match PgSslMode::from_str(value) {
                    Ok(mode) => options.ssl_mode(mode),
                    Err(_) => options,
                },
                "sslrootcert" => options.ssl_root_cert(value),
                "sslcert" => options.ssl_client_cert(value),
                "sslkey" => options.ssl_client_key(value),
                _ => options,
            };
        }
        let all: Vec<PgConnectOptions> = self
            .hosts
            .iter()
            .map(|host| {
                let options = match host.port {
                    Some(port) => options.clone().port(port),
                    None => options.clone(),
                };
                if host.name.starts_with('/') {
                    options.socket(&host.name)
                } else {
                    options.host(&host.name)
                }
            })
            .collect();
        if all.is_empty() { vec![options] } else { all }
    }

    /// What PostgreSQL's own tools are told: by their environment, where no list of processes shows it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("PGAPPNAME", "fazun".to_owned()),
            ("PGCONNECT_TIMEOUT", self.settings.connect.as_secs().to_string()),
        ];
        let names: Vec<String> = self.hosts.iter().map(|host| host.name.clone()).collect();
        if !names.is_empty() {
            all.push(("PGHOST", names.join(",")));
            let port = |host: &Host| host.port.map(|port| port.to_string()).unwrap_or_default();
            let ports: Vec<String> = self.hosts.iter().map(port).collect();
            if ports.iter().any(|port| !port.is_empty()) {
                all.push(("PGPORT", ports.join(",")));
            }
            if names.len() > 1 {
                all.push(("PGTARGETSESSIONATTRS", "read-write".to_owned()));
            }
        }
        let own = [
            ("PGUSER", &self.user),
            ("PGPASSWORD", &self.password),
            ("PGDATABASE", &self.database),
        ];
        all.extend(
            own.iter()
                .filter_map(|(key, value)| Some((*key, (*value).clone()?))),
        );
        for (key, value) in &self.told {
            if let Some((_, name)) = TOLD.iter().find(|(known, _)| known == key) {
                all.push((name, value.clone()));
            }
        }
        all
    }
}

fn millis(time: Duration) -> String {
    time.as_millis().to_string()
}

fn host(text: &str) -> Result<Host, StoreError> {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        // An address of IPv6.
        Some((name, port)) => (name, port.strip_prefix(':')),
        None => match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        },
    };
    let port = match port {
        None | Some("") => None,
        // What stands there may be a part of a password.
        Some(port) => Some(
            port.parse()
                .map_err(|_| bad("主機後的連接埠不是號碼；密碼裡若有特殊字元，請以 %XX 表示"))?,
        ),
    };
    Ok(Host {
        name: decoded(name)?,
        port,
    })
}

/// A text with its `%XX` read.
fn decoded(text: &str) -> Result<String, StoreError> {
    let wrong = || bad("網址中的 %XX 寫錯了；密碼裡的百分號須寫成 %25");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            let digit = rest.next().and_then(|b| char::from(b).to_digit(16));
            digit.and_then(|d| u8::try_from(d).ok()).ok_or_else(wrong)
        };
        let (high, low) = (digit()?, digit()?);
        bytes.push(high << 4 | low);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown_without_its_password() {
        let text = "postgres://fazun:s%40cret/x:y@db1:5433,db2/agency?sslmode=verify-full&readers=3\
                    &statement_timeout=5&partitions=4";
        let address = Address::parse(text).unwrap();
        assert_eq!(address.to_string(), "postgres://fazun@db1:5433,db2/agency");
        assert!(!format!("{address:?}").contains("cret"));
        assert_eq!(address.password.as_deref(), Some("s@cret/x:y"));
        assert_eq!((address.settings.readers, address.settings.partitions), (3, 4));
        assert_eq!(address.settings.statement, Duration::from_secs(5));
        let options = address.options();
        assert_eq!(options.len(), 2);
        assert_eq!((options[0].get_host(), options[0].get_port()), ("db1", 5433));
        assert!(matches!(options[1].get_ssl_mode(), PgSslMode::VerifyFull));
        let environment = address.environment();
        for told in [
            ("PGHOST", "db1,db2"),
            ("PGPORT", "5433,"),
            ("PGPASSWORD", "s@cret/x:y"),
            ("PGSSLMODE", "verify-full"),
        ] {
            let (key, value) = told;
            assert!(environment.contains(&(key, value.to_owned())), "{key}");
        }
    }

    #[test]
    fn what_stands_behind_the_question_mark_is_of_the_address_too() {
        let text = "postgres://db1/one?user=fazun&password=s%40cret&dbname=agency&host=db2&port=5440";
        let address = Address::parse(text).unwrap();
        assert_eq!(address.user.as_deref(), Some("fazun"));
        assert_eq!(address.password.as_deref(), Some("s@cret"));
        assert_eq!(address.database_name(), "agency");
        let options = address.options();
        assert_eq!((options[0].get_host(), options[0].get_port()), ("db2", 5440));
        assert!(!address.to_string().contains("cret"));
    }

    #[test]
    fn sockets_and_numbers_are_hosts_too() {
        let address = Address::parse("postgresql://%2Frun%2Fpostgresql/fazun").unwrap();
        assert_eq!(
            address.options()[0].get_socket().map(|p| p.display().to_string()),
            Some("/run/postgresql".to_owned())
        );
        let address = Address::parse("postgres://u@[::1]:5440/fazun").unwrap();
        assert_eq!(address.options()[0].get_host(), "::1");
        assert_eq!(address.options()[0].get_port(), 5440);
    }

    #[test]
    fn what_is_wrong_in_an_address_is_said_without_repeating_it() {
        for (text, said) in [
            ("mysql://u:secret@h/d", "postgres://"),
            ("postgres://u:secret@h:secret/d", "連接埠"),
            ("postgres://u:sec%zzret@h/d", "%25"),
            ("postgres://u:secret@h/d?sslmode=secret", "verify-full"),
            ("postgres://u:secret@h/d?readers=0", "readers"),
            ("postgres://u:secret@h/d?pool=3", "pool"),
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
