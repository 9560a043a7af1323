//! 委外: vendors, checks, subcontracts, deliveries, exchanges and the end of contracts.

pub mod acceptance;
pub mod data_return;
pub mod exchange;
pub mod subcontract;
pub mod vendor;
pub mod vendor_check;

use crate::core::RegisterSpec;

/// The registers of this group, in the order in which a page lists them.
pub const ALL: &[RegisterSpec] = &[
    vendor::SPEC,
    vendor_check::SPEC,
    subcontract::SPEC,
    acceptance::SPEC,
    data_return::SPEC,
    exchange::SPEC,
];
