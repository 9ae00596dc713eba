//! Host functions without the C API's caller object: the callback gets the store's data.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use wasmtime::{AsContext, Error, FuncType, Linker, ValRaw, ValType};
use wasmtime_c_api::{WasmtimeStoreData, wasmtime_context_get_data, wasmtime_error_t, wasmtime_linker_t};

// A `repr(C)` structure of just this one field, which is private to its crate.
const _: () = assert!(size_of::<wasmtime_linker_t>() == size_of::<Linker<WasmtimeStoreData>>());

type Callback = extern "C" fn(*const c_void, *mut c_void, *mut ValRaw, usize) -> bool;

// The functions are shared by all threads, and so is what they are given, as the header demands.
struct Env(*const c_void);
unsafe impl Send for Env {}
unsafe impl Sync for Env {}

impl Env {
    fn get(&self) -> *const c_void {
        self.0
    }
}

fn types(kinds: *const u8, count: usize) -> impl Iterator<Item = ValType> {
    let kinds = if count == 0 {
        &[]
    } else {
        unsafe { std::slice::from_raw_parts(kinds, count) }
    };
    kinds.iter().map(|kind| match kind {
        0 => ValType::I32,
        1 => ValType::I64,
        2 => ValType::F32,
        3 => ValType::F64,
        4 => ValType::V128,
        5 => ValType::FUNCREF,
        _ => ValType::EXTERNREF,
    })
}

fn text<'a>(data: *const u8, size: usize) -> Option<&'a str> {
    if size == 0 {
        return Some("");
    }
    std::str::from_utf8(unsafe { std::slice::from_raw_parts(data, size) }).ok()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn weir_linker_define_func(
    linker: &mut wasmtime_linker_t,
    module: *const u8,
    module_len: usize,
    name: *const u8,
    name_len: usize,
    params: *const u8,
    param_count: usize,
    results: *const u8,
    result_count: usize,
    callback: Callback,
    env: *const c_void,
) -> Option<Box<wasmtime_error_t>> {
    let linker: &mut Linker<WasmtimeStoreData> =
        unsafe { &mut *(linker as *mut wasmtime_linker_t).cast() };
    let (Some(module), Some(name)) = (text(module, module_len), text(name, name_len)) else {
        return Some(Box::new(Error::msg("a name is not UTF-8").into()));
    };
    let ty = FuncType::new(
        linker.engine(),
        types(params, param_count),
        types(results, result_count),
    );
    let env = Env(env);
    let function = move |caller: wasmtime::Caller<'_, WasmtimeStoreData>,
                         values: &mut [MaybeUninit<ValRaw>]| {
        let data = wasmtime_context_get_data(caller.as_context());
        if callback(env.get(), data, values.as_mut_ptr().cast(), values.len()) {
            Ok(())
        } else {
            Err(Error::msg("a host function ended the guest"))
        }
    };
    match unsafe { linker.func_new_unchecked(module, name, ty, function) } {
        Ok(_) => None,
        Err(error) => Some(Box::new(error.into())),
    }
}
