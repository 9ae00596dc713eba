//! Turns C into WebAssembly components, in two steps around clang:
//!
//! ```text
//! weir-c-helper bindgen --wit DIR --world WORLD --out DIR
//! weir-c-helper component new CORE.wasm -o COMPONENT.wasm
//! ```
//!
//! `bindgen` writes `WORLD.c`, `WORLD.h` and `WORLD_component_type.o`. `component new` wraps a core
//! module that was linked with them; if it imports `wasi_snapshot_preview1`, the reactor adapter
//! is added. Output files replace older ones in one step.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_bindgen_core::Files;
use wit_component::ComponentEncoder;
use wit_parser::Resolve;

const USAGE: &str = "usage:
  weir-c-helper bindgen --wit DIR --world WORLD --out DIR
  weir-c-helper component new CORE.wasm -o COMPONENT.wasm";

/// The command line: words, and the values of the options that it may have.
struct Arguments {
    words: Vec<String>,
    options: HashMap<String, String>,
}

impl Arguments {
    fn parse(allowed: &[&str]) -> Result<Arguments> {
        let mut words = Vec::new();
        let mut options = HashMap::new();
        let mut rest = env::args().skip(1);
        while let Some(argument) = rest.next() {
            if !argument.starts_with('-') {
                words.push(argument);
                continue;
            }
            if !allowed.contains(&argument.as_str()) {
                bail!("unknown option {argument}\n{USAGE}");
            }
            let Some(value) = rest.next() else {
                bail!("option {argument} needs a value\n{USAGE}");
            };
            options.insert(argument, value);
        }
        Ok(Arguments { words, options })
    }

    fn option(&self, name: &str) -> Result<&str> {
        match self.options.get(name) {
            Some(value) => Ok(value),
            None => bail!("option {name} is missing\n{USAGE}"),
        }
    }
}

/// Writes beside the target and renames, so that nobody sees half a file.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".part");
    let temporary = PathBuf::from(temporary);
    fs::write(&temporary, bytes)
        .with_context(|| format!("cannot write {}", temporary.display()))?;
    fs::rename(&temporary, path).with_context(|| format!("cannot write {}", path.display()))
}

fn bindgen(arguments: &Arguments) -> Result<()> {
    let wit = Path::new(arguments.option("--wit")?);
    let world_name = arguments.option("--world")?;
    let out = Path::new(arguments.option("--out")?);

    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_path(wit)
        .with_context(|| format!("cannot read the WIT in {}", wit.display()))?;
    let world = resolve.select_world(&[package], Some(world_name))?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default()
        .build()
        .generate(&mut resolve, world, &mut files)?;

    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    for (name, bytes) in files.iter() {
        replace(&out.join(name), bytes)?;
    }
    Ok(())
}

fn component_new(arguments: &Arguments) -> Result<()> {
    let [_, _, core] = arguments.words.as_slice() else {
        bail!("component new takes one core module\n{USAGE}");
    };
    let bytes = fs::read(core).with_context(|| format!("cannot read {core}"))?;
    let component = ComponentEncoder::default()
        .module(&bytes)?
        .adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .validate(true)
        .encode()
        .with_context(|| format!("{core} does not make a component"))?;
    replace(Path::new(arguments.option("-o")?), &component)
}

fn main() -> Result<()> {
    let arguments = Arguments::parse(&["--wit", "--world", "--out", "-o"])?;
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["bindgen"] => bindgen(&arguments),
        ["component", "new", ..] => component_new(&arguments),
        _ => bail!("{USAGE}"),
    }
}
