//! Exports by index: the name is looked up once for a module, not once for an instance.

use std::mem::MaybeUninit;
use wasmtime::{Instance, Module, ModuleExport};
use wasmtime_c_api::{WasmtimeStoreContextMut, wasmtime_error_t, wasmtime_extern_t, wasmtime_module_t};

// The C type has one field, which is private to its crate; as sizes are equal, it begins at the same address.
const _: () = assert!(size_of::<wasmtime_module_t>() == size_of::<Module>());
const _: () = assert!(align_of::<wasmtime_module_t>() == align_of::<Module>());

fn module(module: &wasmtime_module_t) -> &Module {
    unsafe { &*(module as *const wasmtime_module_t).cast() }
}

#[allow(non_camel_case_types)]
pub struct weir_module_export_t(ModuleExport);

#[unsafe(no_mangle)]
pub unsafe extern "C" fn weir_module_export_new(
    m: &wasmtime_module_t,
    name: *const u8,
    name_len: usize,
) -> Option<Box<weir_module_export_t>> {
    let name = if name_len == 0 {
        &[]
    } else {
        unsafe { std::slice::from_raw_parts(name, name_len) }
    };
    let index = module(m).get_export_index(std::str::from_utf8(name).ok()?)?;
    Some(Box::new(weir_module_export_t(index)))
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_module_export_delete(_export: Option<Box<weir_module_export_t>>) {}

#[unsafe(no_mangle)]
pub extern "C" fn weir_instance_export_at(
    context: WasmtimeStoreContextMut<'_>,
    instance: &Instance,
    export: &weir_module_export_t,
    item: &mut MaybeUninit<wasmtime_extern_t>,
) -> bool {
    match instance.get_module_export(context, &export.0) {
        Some(found) => {
            item.write(found.into());
            true
        }
        None => false,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_module_prepare_image(
    m: &wasmtime_module_t,
) -> Option<Box<wasmtime_error_t>> {
    match module(m).initialize_copy_on_write_image() {
        Ok(()) => None,
        Err(error) => Some(Box::new(error.into())),
    }
}
