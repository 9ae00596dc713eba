//! The engine as Weir links it: Wasmtime's C API, re-exported whole, and the functions of `weir_engine_shim.h`, which
//! documents them. They reach what the C API has no function for.

// Every function here is called from C; the header states the contract of each pointer.
#![allow(clippy::missing_safety_doc)]

mod config;
mod exports;
mod facts;
mod fiber;
mod host_func;
mod limiter;
mod text;

pub use wasmtime_c_api::*;
