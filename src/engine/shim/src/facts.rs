//! What the engine is and how full it is.

use std::ffi::c_char;
use std::hash::{Hash, Hasher};
use wasmtime::Engine;
use wasmtime_c_api::wasm_engine_t;

// A `repr(C)` structure of just this one field, which is private to its crate.
const _: () = assert!(size_of::<wasm_engine_t>() == size_of::<Engine>());

fn engine(engine: &wasm_engine_t) -> &Engine {
    unsafe { &*(engine as *const wasm_engine_t).cast() }
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_engine_version() -> *const c_char {
    // The exact version that Cargo.toml names; tools/engine/build.sh checks that the two are the same.
    c"48.0.8".as_ptr()
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_engine_pagemap_mend() -> u32 {
    wasmtime::WEIR_PAGEMAP_MEND
}

// FNV-1a, 64 bits: the same on every machine and with every compiler.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_engine_compatibility_hash(e: &wasm_engine_t) -> u64 {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    engine(e).precompile_compatibility_hash().hash(&mut hasher);
    hasher.finish()
}

#[allow(non_camel_case_types)]
#[repr(C)]
pub struct weir_pool_metrics_t {
    core_instances: u64,
    memories: u64,
    tables: u64,
    stacks: u64,
    gc_heaps: u64,
    unused_warm_memories: u64,
    unused_memory_bytes_resident: u64,
    unused_warm_tables: u64,
    unused_table_bytes_resident: u64,
    unused_warm_stacks: u64,
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_engine_pool_metrics(
    e: &wasm_engine_t,
    out: &mut weir_pool_metrics_t,
) -> bool {
    let Some(metrics) = engine(e).pooling_allocator_metrics() else {
        return false;
    };
    *out = weir_pool_metrics_t {
        core_instances: metrics.core_instances(),
        memories: metrics.memories() as u64,
        tables: metrics.tables() as u64,
        stacks: metrics.stacks() as u64,
        gc_heaps: metrics.gc_heaps() as u64,
        unused_warm_memories: metrics.unused_warm_memories().into(),
        unused_memory_bytes_resident: metrics.unused_memory_bytes_resident() as u64,
        unused_warm_tables: metrics.unused_warm_tables().into(),
        unused_table_bytes_resident: metrics.unused_table_bytes_resident() as u64,
        unused_warm_stacks: metrics.unused_warm_stacks().into(),
    };
    true
}
