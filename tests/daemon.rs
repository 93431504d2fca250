//! The daemon as a service manager runs it: signals, reloads, monitors, clients that mean no good.

#![cfg(unix)]

#[path = "daemon/house.rs"]
mod house;
#[path = "daemon/life.rs"]
mod life;
#[path = "daemon/monitor.rs"]
mod monitor;
#[path = "daemon/web.rs"]
mod web;
