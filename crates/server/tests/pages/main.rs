//! Every page, every form, every refusal, over a made-up agency.

#[cfg(test)]
mod forms;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod reach;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod show;
