//! Settings that the C API lacks.

use std::num::NonZeroUsize;
use wasmtime::{Config, Enabled, PoolingAllocationConfig};
use wasmtime_c_api::{wasm_config_t, wasmtime_pooling_allocation_config_t};

// Both C types are `repr(C)` structures of just this one field, which is private to their crate.
const _: () = assert!(size_of::<wasm_config_t>() == size_of::<Config>());
const _: () = assert!(
    size_of::<wasmtime_pooling_allocation_config_t>() == size_of::<PoolingAllocationConfig>()
);

fn config(config: &mut wasm_config_t) -> &mut Config {
    unsafe { &mut *(config as *mut wasm_config_t).cast() }
}

fn pooling(config: &mut wasmtime_pooling_allocation_config_t) -> &mut PoolingAllocationConfig {
    unsafe { &mut *(config as *mut wasmtime_pooling_allocation_config_t).cast() }
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_config_backtrace_max_frames_set(c: &mut wasm_config_t, frames: usize) {
    config(c).wasm_backtrace_max_frames(NonZeroUsize::new(frames));
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_config_async_stack_zeroing_set(c: &mut wasm_config_t, on: bool) {
    config(c).async_stack_zeroing(on);
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_config_memory_guaranteed_dense_image_size_set(
    c: &mut wasm_config_t,
    bytes: u64,
) {
    config(c).memory_guaranteed_dense_image_size(bytes);
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_pooling_pagemap_scan_set(
    c: &mut wasmtime_pooling_allocation_config_t,
    choice: u8,
) {
    pooling(c).pagemap_scan(match choice {
        0 => Enabled::No,
        1 => Enabled::Yes,
        _ => Enabled::Auto,
    });
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_pagemap_scan_available() -> bool {
    PoolingAllocationConfig::is_pagemap_scan_available()
}
