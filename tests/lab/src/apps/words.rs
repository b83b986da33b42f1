//! The words that titles, descriptions and data are made of.

use rand::Rng;

/// What an app is about.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) department: &'static str,
    pub(super) about: &'static str,
}

const fn subject(name: &'static str, department: &'static str, about: &'static str) -> Subject {
    Subject { name, department, about }
}

pub(super) const SUBJECTS: &[Subject] = &[
    subject("Sales", "Sales", "Orders, revenue and margin"),
    subject("Claims", "Claims", "Open and settled claims"),
    subject("Pipeline", "Sales", "Opportunities by stage"),
    subject("Budget", "Finance", "Plan against actual"),
    subject("Receivables", "Finance", "Open invoices by age"),
    subject("Cash Flow", "Treasury", "In and out by week"),
    subject("Liquidity", "Treasury", "Positions and limits"),
    subject("Headcount", "People", "Staff, joiners and leavers"),
    subject("Absence", "People", "Days lost by cause"),
    subject("Stock", "Logistics", "Levels and reach by warehouse"),
    subject("Deliveries", "Logistics", "On time and in full"),
    subject("Freight", "Logistics", "Cost by carrier and lane"),
    subject("Purchasing", "Procurement", "Spend by supplier"),
    subject("Contracts", "Procurement", "Terms that end soon"),
    subject("Output", "Production", "Pieces, scrap and rework"),
    subject("Downtime", "Production", "Stops by machine and cause"),
    subject("Complaints", "Quality", "Complaints by product"),
    subject("Audits", "Quality", "Findings and their state"),
    subject("Campaigns", "Marketing", "Reach, clicks and cost"),
    subject("Web Traffic", "Marketing", "Visits and conversions"),
    subject("Tickets", "Service", "Calls by priority and age"),
    subject("Field Service", "Service", "Visits and first-time fixes"),
    subject("Licences", "IT", "Seats used and paid"),
    subject("Incidents", "IT", "Outages by system"),
    subject("Premiums", "Claims", "Written and earned premium"),
    subject("Exposure", "Treasury", "Limits and concentration"),
];

pub(super) const PLACES: &[&str] = &[
    "North",
    "South",
    "East",
    "West",
    "Iberia",
    "Nordics",
    "Alps",
    "Benelux",
    "France",
    "Italy",
    "Baltics",
    "Balkans",
    "Britain",
    "Retail",
    "Wholesale",
    "Online",
];

pub(super) const RHYTHMS: &[&str] = &["every hour", "every night", "every Monday", "at month end"];

pub(super) const PRODUCTS: &[&str] = &[
    "Aurora", "Beacon", "Cobalt", "Delta", "Ember", "Fjord", "Garnet", "Harbor", "Indigo", "Juniper",
    "Krona", "Lumen", "Meridian", "Nimbus", "Onyx", "Prairie", "Quartz", "Ridge", "Summit", "Tundra",
];

pub(super) const SALESPEOPLE: &[&str] = &[
    "Ada Lind",
    "Bruno Costa",
    "Carla Font",
    "Dario Levi",
    "Elsa Berg",
    "Franz Huber",
    "Gina Rossi",
    "Hugo Martin",
    "Iris Novak",
    "Jan de Vries",
    "Karin Holm",
    "Luis Vega",
];

pub(super) const MONTHS: &[&str] =
    &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) const AREAS: &[&str] = &["City", "Coast", "Valley", "Highland", "Border", "Lakes", "Harbour"];

pub(super) fn pick<T: Copy>(from: &[T], rng: &mut impl Rng) -> T {
    from[rng.random_range(0..from.len())]
}
