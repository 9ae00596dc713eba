//! Fibers: a C function on a stack of its own, which can wait in the middle of guest code. They stand on the engine's
//! own way to run async calls, which tools/engine/edits.py makes public, without the values and types of such a call.

use std::ffi::c_void;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use wasmtime::Result;
use wasmtime_c_api::{WasmtimeStoreContextMut, wasmtime_error_t};

type Body = extern "C" fn(*mut c_void);

/// What C holds: the start of a `Whole`, whose future has a type without a name.
#[allow(non_camel_case_types)]
pub struct weir_fiber_t {
    poll: unsafe fn(*mut weir_fiber_t, &mut Context<'_>) -> Poll<Result<()>>,
    delete: unsafe fn(*mut weir_fiber_t),
}

#[repr(C)]
struct Whole<F> {
    head: weir_fiber_t,
    future: F,
}

impl<F: Future<Output = Result<()>>> Whole<F> {
    fn new(future: F) -> *mut weir_fiber_t {
        Box::into_raw(Box::new(Whole {
            head: weir_fiber_t {
                poll: Self::poll,
                delete: Self::delete,
            },
            future,
        }))
        .cast()
    }
    unsafe fn poll(this: *mut weir_fiber_t, context: &mut Context<'_>) -> Poll<Result<()>> {
        unsafe { Pin::new_unchecked(&mut (*this.cast::<Self>()).future) }.poll(context)
    }
    unsafe fn delete(this: *mut weir_fiber_t) {
        drop(unsafe { Box::from_raw(this.cast::<Self>()) });
    }
}

// The pointer stays on its thread, as the header demands.
struct Env(*mut c_void);
unsafe impl Send for Env {}
unsafe impl Sync for Env {}

impl Env {
    fn run(self, body: Body) {
        body(self.0)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn weir_fiber_new(
    context: WasmtimeStoreContextMut<'static>,
    body: Body,
    env: *mut c_void,
) -> *mut weir_fiber_t {
    let env = Env(env);
    Whole::new(async move {
        let mut context = context;
        context.on_fiber(move |_| env.run(body)).await
    })
}

pub const WEIR_FIBER_SUSPENDED: u8 = 0;
pub const WEIR_FIBER_DONE: u8 = 1;
pub const WEIR_FIBER_FAILED: u8 = 2;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn weir_fiber_resume(
    fiber: *mut weir_fiber_t,
    error: &mut *mut wasmtime_error_t,
) -> u8 {
    let mut context = Context::from_waker(Waker::noop());
    match unsafe { ((*fiber).poll)(fiber, &mut context) } {
        Poll::Pending => WEIR_FIBER_SUSPENDED,
        Poll::Ready(Ok(())) => WEIR_FIBER_DONE,
        Poll::Ready(Err(e)) => {
            *error = Box::into_raw(Box::new(e.into()));
            WEIR_FIBER_FAILED
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn weir_fiber_delete(fiber: *mut weir_fiber_t) {
    if !fiber.is_null() {
        unsafe { ((*fiber).delete)(fiber) };
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_fiber_suspend(context: WasmtimeStoreContextMut<'_>) -> bool {
    // The error of a deleted fiber says nothing more.
    matches!(context.weir_suspend(), Some(Ok(())))
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_fiber_stack_bottom(context: WasmtimeStoreContextMut<'_>) -> *mut u8 {
    context.weir_fiber_stack_bottom()
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_store_note_start(context: WasmtimeStoreContextMut<'_>) {
    context.weir_note_start();
}

#[unsafe(no_mangle)]
pub extern "C" fn weir_store_reset(
    context: WasmtimeStoreContextMut<'_>,
    faults: u64,
    memory_bytes: &mut u64,
) -> bool {
    match context.weir_reset(faults) {
        Ok(Some(bytes)) => {
            *memory_bytes = bytes as u64;
            true
        }
        // The caller gives the store up, whatever the reason.
        Ok(None) | Err(_) => false,
    }
}
