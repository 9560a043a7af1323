//! From where this server is reached, by which names, and who asks where others stand between.
//!
//! Why one place: a name that is answered to, an origin that is believed, an address that is counted
//! and whether the way is encrypted hang together; decided apart they contradict each other. Why only
//! named proxies are believed: anybody can write `X-Forwarded-For`. What it can't know: whether a
//! proxy that is named does its work.

use crate::context::Peer;
use crate::tls::Tls;
use axum::http::{HeaderMap, Uri, header};
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

/// More proxies than this one behind the other nobody has.
const HOPS: usize = 32;

/// Headers by which a proxy says that somebody else asks.
const FORWARDED: [&str; 5] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
];

/// The address under which users know this server: `https://`, a name, perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    host: String,
    port: u16,
}

/// Whether an address can be reached from this machine only.
pub fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "請寫成 https://fazun.city.gov.tw，不加路徑";
        let refuse = |why: &str| format!("「{text}」不能作為對外網址：{why}。{EXAMPLE}");
        let uri: Uri = text.parse().map_err(|_| refuse("看不懂"))?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") => return Err(refuse("密碼不得以未加密的 http 傳送")),
            _ => return Err(refuse("應以 https:// 開頭")),
        }
        let authority = uri.authority().ok_or_else(|| refuse("沒有主機名稱"))?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(refuse("主機名稱有誤"));
        }
        // What follows the name is a port, or it is refused: `Authority` takes any digits.
        let after = authority
            .as_str()
            .strip_prefix(authority.host())
            .unwrap_or_default();
        if !after.is_empty() && authority.port_u16().is_none() {
            return Err(refuse("連接埠有誤"));
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || text.contains('#') {
            return Err(refuse("有路徑"));
        }
        Ok(Self {
            host: authority.host().to_ascii_lowercase(),
            port: authority.port_u16().unwrap_or(443),
        })
    }
}

impl PublicUrl {
    /// The name alone.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// As browsers write it in `Origin`.
    pub fn origin(&self) -> String {
        match self.port {
            443 => format!("https://{}", self.host),
            port => format!("https://{}:{port}", self.host),
        }
    }

    fn is_named(&self, authority: &str) -> bool {
        split(authority).is_some_and(|(name, port)| {
            name.eq_ignore_ascii_case(&self.host) && port.unwrap_or(443) == self.port
        })
    }
}

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether an address is of it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let same = |a: u128, b: u128, width: u8| {
            let cut = u32::from(width - self.bits);
            a.checked_shr(cut).unwrap_or(0) == b.checked_shr(cut).unwrap_or(0)
        };
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("「{text}」不是網段，例如 10.1.2.3 或 10.1.0.0/24");
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u8>().map_err(|_| refuse())?)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| refuse())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(refuse());
        }
        if bits == 0 {
            return Err(format!(
                "「{text}」包含所有位址，等於相信任何人自稱的來源；請只列代理主機"
            ));
        }
        Ok(Self { base, bits })
    }
}

/// From where and by which names a server is reached.
#[derive(Debug, Clone)]
pub struct Reach {
    public: Option<PublicUrl>,
    proxies: Vec<Network>,
    pub(crate) tls: Option<Arc<Tls>>,
    is_near: bool,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            public: None,
            proxies: Vec::new(),
            tls: None,
            is_near: true,
        }
    }
}

/// Who asks, as far as it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    /// From where; nothing where there is no connection.
    pub address: Option<IpAddr>,
    /// Whether the request came by way of somebody else.
    pub is_forwarded: bool,
    /// Whether a proxy that is believed says that the user's part of the way is not encrypted.
    pub is_bare: bool,
}

impl Reach {
    /// With the address that users know.
    #[must_use]
    pub fn with_public(mut self, public: Option<PublicUrl>) -> Self {
        self.public = public;
        self
    }

    /// Behind proxies whose word is taken.
    #[must_use]
    pub fn with_proxies(mut self, proxies: Vec<Network>) -> Self {
        self.proxies = proxies;
        self
    }

    /// With a certificate of its own.
    #[must_use]
    pub fn with_tls(mut self, tls: Option<Arc<Tls>>) -> Self {
        self.tls = tls;
        self
    }

    /// The address that users know.
    pub fn public(&self) -> Option<&PublicUrl> {
        self.public.as_ref()
    }

    /// Whether an address may be listened on, by what is said of the way to it.
    ///
    /// # Errors
    /// What to do, where it may not.
    pub fn allows(&self, address: &SocketAddr) -> Result<(), String> {
        if is_loopback(address) {
            return Ok(());
        }
        let what = match (&self.public, &self.tls, self.proxies.is_empty()) {
            (None, ..) => "請加上 --public-url https://（使用者輸入的主機名稱）",
            (Some(_), None, true) => {
                "請加上 --tls-cert 與 --tls-key，或在代理主機之後加上 --trusted-proxy（代理主機的位址）"
            }
            _ => return Ok(()),
        };
        Err(format!(
            "拒絕監聽 {address}：其他主機連得到的位址必須加密。{what}；只供本機使用請改用 127.0.0.1"
        ))
    }

    /// For an address that is listened on.
    pub(crate) fn at(mut self, address: &SocketAddr) -> Self {
        self.is_near = is_loopback(address);
        self
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(address))
    }

    /// Whether connections of an address are those of many.
    pub(crate) fn stands_for_many(&self, peer: IpAddr) -> bool {
        self.is_proxy(peer)
    }

    /// Whether somebody may ask at all: what isn't encrypted and leaves the machine comes from a proxy.
    pub(crate) fn may_ask(&self, peer: Option<IpAddr>) -> bool {
        let near = |peer: IpAddr| peer.to_canonical().is_loopback() || self.is_proxy(peer);
        self.is_near || self.tls.is_some() || peer.is_some_and(near)
    }

    /// Who asks.
    pub(crate) fn client(&self, peer: Option<Peer>, headers: &HeaderMap) -> Client {
        let peer = peer.map(|peer| peer.0.ip().to_canonical());
        let is_forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        let Some(proxy) = peer.filter(|peer| self.is_proxy(*peer)) else {
            return Client {
                address: peer,
                is_forwarded,
                is_bare: false,
            };
        };
        let plain = elements(headers, "x-forwarded-for")
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let standard = elements(headers, "forwarded")
            .map(|element| parameter(element, "for").unwrap_or_default())
            .collect::<Vec<_>>();
        let of = |hops: &[String]| (!hops.is_empty()).then(|| self.client_of(proxy, hops));
        let address = match (of(&plain), of(&standard)) {
            // A proxy writes one of the two and passes on what a client wrote into the other.
            (Some(a), Some(b)) if a != b => proxy,
            (Some(address), _) | (None, Some(address)) => address,
            (None, None) => proxy,
        };
        let said = [
            elements(headers, "x-forwarded-proto").last().map(str::to_owned),
            elements(headers, "forwarded")
                .last()
                .and_then(|element| parameter(element, "proto")),
        ];
        let is_bare = said
            .iter()
            .flatten()
            .any(|scheme| scheme.eq_ignore_ascii_case("http"));
        Client {
            address: Some(address),
            is_forwarded,
            is_bare,
        }
    }

    /// The right-most hop that is no proxy of ours; what can't be read ends the search.
    fn client_of(&self, proxy: IpAddr, hops: &[String]) -> IpAddr {
        let mut last = proxy;
        for hop in hops.iter().rev().take(HOPS) {
            let Some(address) = address(hop) else {
                return last;
            };
            last = address;
            if !self.is_proxy(address) {
                break;
            }
        }
        last
    }

    /// Whether this server answers to a name: of the machine where only it can ask, or the public one.
    pub(crate) fn answers_to(&self, authority: &str, client: &Client) -> bool {
        let by_itself = client.address.is_some_and(|a| a.is_loopback()) && !client.is_forwarded;
        ((self.is_near || by_itself) && is_local(authority))
            || self
                .public
                .as_ref()
                .is_some_and(|public| public.is_named(authority))
    }

    /// Whether the way that a request of that name took is encrypted.
    pub(crate) fn is_encrypted(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
        let is_public = |host| self.public.as_ref().is_some_and(|public| public.is_named(host));
        self.tls.is_some() || host.is_some_and(is_public)
    }

    /// Whether an origin is that of the page at this authority.
    pub(crate) fn is_same_origin(&self, origin: &str, authority: &str) -> bool {
        if let Some(public) = self.public.as_ref().filter(|public| public.is_named(authority)) {
            return origin.eq_ignore_ascii_case(&public.origin());
        }
        let scheme = if self.tls.is_some() { "https://" } else { "http://" };
        origin
            .strip_prefix(scheme)
            .is_some_and(|o| o.eq_ignore_ascii_case(authority))
    }
}

/// Name and port of an authority, where it is one.
fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let at = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (name, port) = authority.split_at_checked(at)?;
    if port.is_empty() {
        return Some((name, None));
    }
    let digits = port.strip_prefix(':')?;
    let is_port = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_port
        .then(|| digits.parse().ok())
        .flatten()
        .map(|port| (name, Some(port)))
}

/// Whether an authority names this machine, on whatever port.
pub(crate) fn is_local(authority: &str) -> bool {
    split(authority).is_some_and(|(name, _)| {
        name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]"
    })
}

/// The elements of a header that is a list, over all its lines.
fn elements<'h>(headers: &'h HeaderMap, name: &'static str) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(name)
        .iter()
        // What is no text is an element that nobody can read.
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(str::trim)
}

/// A parameter of an element of `Forwarded`.
fn parameter(element: &str, name: &str) -> Option<String> {
    element
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_matches('"').to_owned())
}

/// An address as proxies write it, with or without a port.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop
        .strip_prefix('[')
        .and_then(|h| h.strip_suffix(']'))
        .unwrap_or(hop);
    let found = bare
        .parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    found.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(proxies: &[&str]) -> Reach {
        Reach::default()
            .with_public(Some("https://fazun.city.gov.tw".parse().unwrap()))
            .with_proxies(proxies.iter().map(|p| p.parse().unwrap()).collect())
    }

    fn asks(reach: &Reach, peer: &str, headers: &[(&'static str, &str)]) -> (String, bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let client = reach.client(Some(Peer(SocketAddr::new(peer.parse().unwrap(), 9))), &map);
        (client.address.unwrap().to_string(), client.is_bare)
    }

    #[test]
    fn only_named_proxies_are_believed_and_the_right_most_stranger_is_the_client() {
        let reach = behind(&["10.0.0.0/24", "2001:db8::/32"]);
        let from = |peer: &str, list: &str| asks(&reach, peer, &[("x-forwarded-for", list)]).0;
        assert_eq!(
            from("192.0.2.9", "198.51.100.1"),
            "192.0.2.9",
            "a stranger's word"
        );
        assert_eq!(from("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(from("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(
            from("10.0.0.1", "127.0.0.1, 198.51.100.1"),
            "198.51.100.1",
            "spoofed"
        );
        assert_eq!(
            from("10.0.0.1", "203.0.113.7, 198.51.100.1, 10.0.0.2"),
            "198.51.100.1"
        );
        assert_eq!(from("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3", "all ours");
        assert_eq!(from("10.0.0.1", "198.51.100.1, unknown, 10.0.0.2"), "10.0.0.2");
        assert_eq!(from("10.0.0.1", "rubbish"), "10.0.0.1");
        assert_eq!(from("10.0.0.1", "198.51.100.1:5678"), "198.51.100.1");
        assert_eq!(from("2001:db8::1", "[2001:db9::5]:1"), "2001:db9::5");
        let lines = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(asks(&reach, "10.0.0.1", &lines).0, "198.51.100.1");
    }

    #[test]
    fn the_standard_header_is_read_too_and_contradictions_are_not_believed() {
        let reach = behind(&["10.0.0.1"]);
        let standard = (
            "forwarded",
            "for=127.0.0.1, for=\"[2001:db8::7]:44\";proto=http;by=10.0.0.1",
        );
        assert_eq!(
            asks(&reach, "10.0.0.1", &[standard]),
            ("2001:db8::7".to_owned(), true)
        );
        let both = [
            ("forwarded", "for=127.0.0.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(asks(&reach, "10.0.0.1", &both).0, "10.0.0.1");
        let scheme = |value| asks(&reach, "10.0.0.1", &[("x-forwarded-proto", value)]).1;
        assert!(scheme("http") && scheme("https, http") && !scheme("https"));
        assert!(!asks(&reach, "10.0.0.2", &[("x-forwarded-proto", "http")]).1);
    }

    #[test]
    fn networks() {
        for (network, address, expected) in [
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("10.1.0.0/16", "10.1.255.1", true),
            ("10.1.0.0/16", "10.2.0.1", false),
            ("10.1.0.0/16", "::1", false),
            ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe00::1", false),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(
                network.contains(address.parse().unwrap()),
                expected,
                "{network:?} {address}"
            );
        }
        for wrong in [
            "",
            "10.1",
            "10.0.0.0/33",
            "10.0.0.0/x",
            "proxy",
            "0.0.0.0/0",
            "::/0",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn public_addresses() {
        let url: PublicUrl = "https://Fazun.City.gov.tw/".parse().unwrap();
        assert_eq!(
            (url.host(), url.origin().as_str()),
            ("fazun.city.gov.tw", "https://fazun.city.gov.tw")
        );
        for (host, expected) in [
            ("fazun.city.gov.tw", true),
            ("FAZUN.city.gov.tw:443", true),
            ("fazun.city.gov.tw:8443", false),
            ("fazun.city.gov.tw.evil.example", false),
            ("a@fazun.city.gov.tw", false),
            ("fazun.city.gov.tw:", false),
            ("", false),
        ] {
            assert_eq!(url.is_named(host), expected, "{host}");
        }
        let odd: PublicUrl = "https://fazun.example:8443".parse().unwrap();
        assert_eq!(odd.origin(), "https://fazun.example:8443");
        assert!(odd.is_named("fazun.example:8443") && !odd.is_named("fazun.example"));
        for wrong in [
            "",
            "fazun.city.gov.tw",
            "http://fazun.city.gov.tw",
            "https://a@fazun.city.gov.tw",
            "https://fazun.city.gov.tw/app",
            "https://fazun.city.gov.tw/?q",
            "https://fazun.city.gov.tw:99999",
            "https://",
        ] {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn local_names() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:8080",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "example.tw",
            "localhost.example.tw",
            "127.0.0.1.example.tw",
            "127.0.0.1:",
            "127.0.0.1:8x",
            "[::1]x",
            "[",
            "[]",
            "::1",
            "127.0.0.2",
            "a@localhost",
            "localhost:80@evil",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn beyond_the_machine_only_encrypted() {
        let (far, near) = ("0.0.0.0:443".parse().unwrap(), "[::1]:80".parse().unwrap());
        let bare = Reach::default();
        assert_eq!(bare.allows(&near), Ok(()));
        assert!(bare.allows(&far).unwrap_err().contains("--public-url"));
        let named = behind(&[]);
        assert!(named.allows(&far).unwrap_err().contains("--tls-cert"));
        let reach = behind(&["10.0.0.1"]);
        assert_eq!(reach.allows(&far), Ok(()));
        let reach = reach.at(&far);
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert!(reach.may_ask(ip("10.0.0.1")) && reach.may_ask(ip("127.0.0.1")));
        assert!(!reach.may_ask(ip("10.0.0.2")) && !reach.may_ask(None));
    }

    #[test]
    fn names_of_the_machine_are_for_the_machine() {
        let reach = behind(&["127.0.0.1"]).at(&"0.0.0.0:8080".parse().unwrap());
        let client = |address: &str, is_forwarded| Client {
            address: Some(address.parse().unwrap()),
            is_forwarded,
            is_bare: false,
        };
        assert!(reach.answers_to("localhost:8080", &client("127.0.0.1", false)));
        assert!(!reach.answers_to("localhost:8080", &client("127.0.0.1", true)));
        assert!(!reach.answers_to("localhost:8080", &client("192.0.2.1", false)));
        assert!(reach.answers_to("fazun.city.gov.tw", &client("192.0.2.1", true)));
        assert!(!reach.answers_to("192.0.2.7:8080", &client("192.0.2.1", false)));
    }
}
