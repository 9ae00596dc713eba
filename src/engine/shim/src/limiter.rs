//! Limits that the host computes itself.

use std::ffi::c_void;
use wasmtime::{PoolConcurrencyLimitError, ResourceLimiter, Result, Store};
use wasmtime_c_api::{WasmtimeStoreData, wasmtime_error_t, wasmtime_store_t};

// `repr(C)` structures of just this one field, which is private to their crate.
const _: () = assert!(size_of::<wasmtime_store_t>() == size_of::<Store<WasmtimeStoreData>>());
const _: () = assert!(size_of::<wasmtime_error_t>() == size_of::<wasmtime::Error>());

#[allow(non_camel_case_types)]
#[repr(C)]
pub struct weir_limiter_t {
    env: *mut c_void,
    memory_growing: extern "C" fn(*mut c_void, usize, usize, usize) -> bool,
    memory_grow_failed: extern "C" fn(*mut c_void),
}

unsafe impl Send for weir_limiter_t {}

impl ResourceLimiter for weir_limiter_t {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        let maximum = maximum.unwrap_or(usize::MAX);
        Ok((self.memory_growing)(self.env, current, desired, maximum))
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> Result<()> {
        (self.memory_grow_failed)(self.env);
        Ok(())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }
}

struct Place(*mut weir_limiter_t);
unsafe impl Send for Place {}
unsafe impl Sync for Place {}

impl Place {
    fn get<'a>(&self) -> &'a mut weir_limiter_t {
        unsafe { &mut *self.0 }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn weir_store_limiter_set(
    store: &mut wasmtime_store_t,
    limiter: *mut weir_limiter_t,
) {
    let store: &mut Store<WasmtimeStoreData> =
        unsafe { &mut *(store as *mut wasmtime_store_t).cast() };
    let place = Place(limiter);
    store.limiter(move |_| place.get());
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_error_is_pool_limit(error: &wasmtime_error_t) -> bool {
    let error: &wasmtime::Error = unsafe { &*(error as *const wasmtime_error_t).cast() };
    error.is::<PoolConcurrencyLimitError>()
}
