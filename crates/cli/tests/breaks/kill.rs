//! kill -9 of servers at any moment, while others write, import and have jobs done.

use crate::site::{Server, Site, free_port, now};
use crate::writers::Writers;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::testing::{Place, SERVER};

/// How often, where more is wanted than a test of every day has.
pub const KILLS: &str = "FAZUN_KILLS";

fn kills() -> u32 {
    std::env::var(KILLS).map_or(4, |n| n.parse().unwrap())
}

fn is_long() -> bool {
    std::env::var(KILLS).is_ok()
}

/// As random as a moment needs to be.
fn moment() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let nanos = u64::from(now.subsec_nanos());
    sleep(Duration::from_millis(nanos / 1_000 % 300));
}

fn killed(place: &Place, postgres: bool, count: usize) {
    let data = place.dir().join("data");
    let site = Site::new(&data, postgres.then(|| place.address()));
    let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
    let mut servers: Vec<Server> = ports.iter().map(|port| Server::start(&site, *port)).collect();
    let writers = Writers::start(site, &ports, 4);
    for n in 0..kills() {
        writers.go_on(3);
        moment();
        let one = n as usize % count;
        servers[one].kill();
        servers[one] = Server::start(&writers.site, ports[one]);
    }
    writers.go_on(10);
    println!("{} kills of {count}", kills());
    writers.end(is_long());
}

fn on_postgres(count: usize) {
    if std::env::var(SERVER).is_err() {
        println!("skipped: {SERVER} names no server");
        return;
    }
    let place = now(Place::of(true, false));
    killed(&place, true, count);
}

#[test]
fn a_server_on_sqlite() {
    killed(&now(Place::of(false, false)), false, 1);
}

#[test]
fn two_servers_on_one_sqlite_folder() {
    killed(&now(Place::of(false, false)), false, 2);
}

#[test]
fn a_server_on_postgres() {
    on_postgres(1);
}

#[test]
fn two_servers_on_one_postgres() {
    on_postgres(2);
}
