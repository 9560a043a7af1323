//! Every page, every form, every refusal, over a made-up agency.

#[cfg(test)]
mod approvals;
#[cfg(test)]
mod attacks;
mod disclosures;
#[cfg(test)]
mod firstday;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod imports;
mod jobs;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod places;
#[cfg(test)]
mod reach;
#[cfg(test)]
mod registers;
#[cfg(test)]
mod search;
#[cfg(test)]
mod session;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod show;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
#[path = "../common/statements.rs"]
mod statements;
#[cfg(test)]
mod structure;
#[cfg(test)]
mod subjects;
#[cfg(test)]
mod twice;
#[cfg(test)]
mod xray;
#[cfg(test)]
mod year;
