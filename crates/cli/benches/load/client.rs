//! A client that keeps its connection, as a browser and a program do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One connection to a server.
pub struct Client {
    address: String,
    head: String,
    connection: BufReader<TcpStream>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub tag: String,
    pub body: Vec<u8>,
}

impl Client {
    /// Connects; `token` goes along with every request, where there is one.
    pub fn new(address: &str, token: Option<&str>) -> Self {
        let authorised = token.map_or(String::new(), |t| format!("Authorization: Bearer {t}\r\n"));
        Self {
            address: address.to_owned(),
            head: format!("Host: {address}\r\n{authorised}"),
            connection: connect(address),
        }
    }

    /// Goes on with another token over the same connection.
    pub fn with(&mut self, token: &str) -> &mut Self {
        self.head = format!("Host: {}\r\nAuthorization: Bearer {token}\r\n", self.address);
        self
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "", "")
    }

    /// Sends a request with a JSON body and further headers.
    pub fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\n{}{headers}", self.head);
        if !body.is_empty() {
            request.push_str("Content-Type: application/json\r\n");
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        let stream = self.connection.get_mut();
        stream.write_all(request.as_bytes()).expect("sends");
        self.answer()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.connection.read_line(&mut line).expect("answers");
        assert!(read > 0, "{} closed the connection", self.address);
        line.trim_end().to_owned()
    }

    fn answer(&mut self) -> Answer {
        let status = self.line();
        let status = status.split(' ').nth(1).and_then(|s| s.parse().ok());
        let (mut length, mut chunked, mut tag) = (0, false, String::new());
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().expect("a length"),
                "transfer-encoding" => chunked = true,
                "etag" => value.trim().clone_into(&mut tag),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let size = usize::from_str_radix(&self.line(), 16).expect("a chunk");
                self.part(size, &mut body);
                self.line();
                if size == 0 {
                    break;
                }
            }
        } else {
            self.part(length, &mut body);
        }
        Answer {
            status: status.expect("a status"),
            tag,
            body,
        }
    }

    fn part(&mut self, size: usize, body: &mut Vec<u8>) {
        let from = body.len();
        body.resize(from + size, 0);
        self.connection.read_exact(&mut body[from..]).expect("a body");
    }
}

fn connect(address: &str) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).expect("connects");
    stream.set_nodelay(true).expect("sends at once");
    BufReader::with_capacity(1 << 16, stream)
}

/// What several clients measured.
#[derive(Default)]
pub struct Measured {
    /// Milliseconds of each request.
    pub each: Vec<f64>,
    /// Over how many seconds.
    pub seconds: f64,
}

impl Measured {
    pub fn rate(&self) -> f64 {
        self.each.len() as f64 / self.seconds
    }

    /// The time that so many of a hundred requests stayed below.
    pub fn percentile(&self, of: f64) -> f64 {
        let mut sorted = self.each.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (sorted.len() as f64 * of / 100.0) as usize;
        sorted
            .get(at.min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or(f64::NAN)
    }
}

/// Lets some clients do one thing after the other for a time; each is told its number.
pub fn together(
    clients: usize,
    time: Duration,
    work: impl Fn(usize, &dyn Fn() -> bool) -> Vec<f64> + Sync,
) -> Measured {
    let start = Instant::now();
    let goes_on = || start.elapsed() < time;
    let mut each = Vec::new();
    std::thread::scope(|scope| {
        let work = &work;
        let all: Vec<_> = (0..clients)
            .map(|n| scope.spawn(move || work(n, &goes_on)))
            .collect();
        for one in all {
            each.extend(one.join().expect("works"));
        }
    });
    Measured {
        each,
        seconds: start.elapsed().as_secs_f64(),
    }
}

/// Milliseconds that something takes.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64() * 1000.0)
}
