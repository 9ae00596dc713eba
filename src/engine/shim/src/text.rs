//! WebAssembly text of a binary.

use std::any::Any;
use std::ffi::{c_char, c_void};
use std::io::{self, BufWriter, Write};
use std::panic::{self, AssertUnwindSafe};
use wasmparser::{Parser, Payload};
use wasmprinter::{Config, PrintIoWrite};
use wasmtime::{Error, Result, bail};
use wasmtime_c_api::wasmtime_error_t;

const SKELETON: u32 = 1;
const OFFSETS: u32 = 2;
const NAMES: u32 = 4;

// As deep as the text's parser follows. The printer has no limit of its own, and keeps a few KiB for each level.
const MAX_NESTING: u32 = 100;
const PIECE: usize = 16 * 1024;

struct Callback {
    write: extern "C" fn(*mut c_void, *const c_char, usize) -> bool,
    env: *mut c_void,
    open: bool,
}

impl Write for Callback {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open = self.open && (self.write)(self.env, bytes.as_ptr().cast(), bytes.len());
        if self.open {
            Ok(bytes.len())
        } else {
            Err(io::Error::other("the text was not taken"))
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn check_nesting(wasm: &[u8]) -> Result<()> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(|e| Error::msg(e.to_string()))? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) if depth > 0 => depth -= 1,
            _ => continue,
        }
        if depth > MAX_NESTING {
            bail!("components are nested more than {MAX_NESTING} deep");
        }
    }
    Ok(())
}

fn print(wasm: &[u8], flags: u32, out: Callback) -> Result<()> {
    check_nesting(wasm)?;
    let mut out = PrintIoWrite(BufWriter::with_capacity(PIECE, out));
    let done = Config::new()
        .print_skeleton(flags & SKELETON != 0)
        .print_offsets(flags & OFFSETS != 0)
        .name_unnamed(flags & NAMES != 0)
        .print(wasm, &mut out);
    // What is written before an error helps to find it.
    let flushed = out.0.flush();
    done.map_err(|e| Error::msg(format!("{e:#}")))?;
    Ok(flushed?)
}

fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast::<&str>()
            .map_or("it is malformed".into(), |text| text.to_string()),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn weir_text_print(
    wasm: *const u8,
    wasm_len: usize,
    flags: u32,
    write: extern "C" fn(*mut c_void, *const c_char, usize) -> bool,
    env: *mut c_void,
) -> Option<Box<wasmtime_error_t>> {
    let wasm = if wasm_len == 0 {
        &[]
    } else {
        unsafe { std::slice::from_raw_parts(wasm, wasm_len) }
    };
    // The printer panics on some malformed modules. That is an error like others, not one to report on stderr.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let out = Callback {
        write,
        env,
        open: true,
    };
    let done = panic::catch_unwind(AssertUnwindSafe(|| print(wasm, flags, out)));
    panic::set_hook(hook);
    match done.unwrap_or_else(|panic| Err(Error::msg(message(panic)))) {
        Ok(()) => None,
        Err(error) => Some(Box::new(error.into())),
    }
}
