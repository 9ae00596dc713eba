#!/usr/bin/env python3
"""Edits a copy of the source of the crate `wasmtime` 48.0.8. Usage: edits.py FOLDER

What they mend in the scan that finds the pages a guest has dirtied (PAGEMAP_SCAN):

1. As shipped, the scan asks for pages that are written AND present. A dirty page that is in swap, or being migrated, is
   written but not present: it is neither reset nor given back, and the next instance in the slot reads it. Asking
   instead for written pages that are present OR swapped (which is what the kernel calls everything in a page table
   that is neither present nor empty) finds them, and still leaves out pages never touched.
2. As shipped, the scan ends after 32 separate dirty regions, and the rest of the memory is given back by madvise, to be
   faulted in again by the next instance. Here it lists 128 at a time and goes on from where it stopped, until the end
   of the memory or the budget of pages to keep.
3. A constant that the shim exports, so that a library built without these edits does not compile.

And what they open, for the fibers of the shim:

4. The crate's own way to run a closure on a fiber, and to suspend that fiber.

Each edit must match exactly once; otherwise nothing is written, and the build stops.
"""

import pathlib
import sys

PAGEMAP = "src/runtime/vm/sys/unix/pagemap.rs"

EDITS = [
    # 1. Which pages count as dirty.
    (
        PAGEMAP,
        """\
        .category_mask(
            Categories::WRITTEN | Categories::PRESENT | Categories::PFNZERO | Categories::FILE,
        )
""",
        """\
        .category_mask(Categories::WRITTEN | Categories::PFNZERO | Categories::FILE)
        .category_anyof_mask(Categories::PRESENT | Categories::SWAPPED)
""",
    ),
    (
        PAGEMAP,
        """\
        #[expect(dead_code, reason = "bindings for the future if we need them")]
        pub fn category_anyof_mask(""",
        """\
        pub fn category_anyof_mask(""",
    ),
    # 2. How far the scan goes.
    (PAGEMAP, "const MAX_REGIONS: usize = 32;", "const MAX_REGIONS: usize = 128;"),
    (
        PAGEMAP,
        """\
    let scan_arg = PageMapScanBuilder::new(ptr::slice_from_raw_parts(ptr, len.byte_count()))
        .max_pages(keep_resident.byte_count() / host_page_size)
""",
        """\
    let end = ptr.addr() + len.byte_count();
    let mut scan_start = ptr;
    let mut pages_left = keep_resident.byte_count() / host_page_size;
    let mut bytes_resident = 0;
    loop {
    let scan_arg = PageMapScanBuilder::new(ptr::slice_from_raw_parts(
        scan_start,
        end - scan_start.addr(),
    ))
        .max_pages(pages_left)
""",
    ),
    (
        PAGEMAP,
        """\
    let mut bytes_resident = 0;
    for region in result.regions() {
""",
        """\
    for region in result.regions() {
""",
    ),
    (
        PAGEMAP,
        """\
        bytes_resident += region.len();
    }
""",
        """\
        bytes_resident += region.len();
        pages_left = pages_left.saturating_sub(region.len() / host_page_size);
    }

    // The list was full: go on from there. A budget of 0 would mean no limit to the kernel, so it ends the scan.
    let walk_end = result.walk_end().cast_mut();
    if pages_left > 0 && walk_end.addr() < end && walk_end.addr() > scan_start.addr() {
        scan_start = walk_end;
        continue;
    }
""",
    ),
    (
        PAGEMAP,
        """\
    let scan_size = result.walk_end().addr() - ptr.addr();
    decommit(result.walk_end().cast_mut(), len.byte_count() - scan_size);

    bytes_resident
}
""",
        """\
    decommit(walk_end, end - walk_end.addr());

    return bytes_resident;
    }
}
""",
    ),
    # 4. Fibers.
    (
        "src/runtime/store/async_.rs",
        "    pub(crate) async fn on_fiber<R: Send + Sync>(\n",
        "    pub async fn on_fiber<R: Send + Sync>(\n",
    ),
    (
        "src/runtime/fiber.rs",
        """\
        BlockingContext::with(self.0, |store, cx| f(StoreContextMut(store), cx))
    }
""",
        """\
        BlockingContext::with(self.0, |store, cx| f(StoreContextMut(store), cx))
    }

    /// Suspends the fiber that this store's future is running on, until that future is polled again (`Ok`) or dropped
    /// (`Err`). `None` when there is nothing to suspend: no such fiber, or its future has been dropped.
    pub fn weir_suspend(self) -> Option<Result<()>> {
        let state = self.0.fiber_async_state_mut();
        if !state.can_block() || state.current_suspend.is_none() {
            return None;
        }
        Some(self.with_blocking(|_, cx| cx.suspend(StoreFiberYield::KeepStore)))
    }

    /// The lowest address of the stack of the fiber that this store's future is running on.
    pub fn weir_fiber_stack_bottom(self) -> *mut u8 {
        self.0.vm_store_context_mut().async_guard_range.end
    }
""",
    ),
    # 3. The mark.
    (
        "src/lib.rs",
        "pub use crate::engine::*;\n",
        "pub use crate::engine::*;\n\n"
        "/// The edits of Weir's that this copy carries.\n"
        "pub const WEIR_PAGEMAP_MEND: u32 = 1;\n",
    ),
]


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    texts: dict[str, str] = {}
    for number, (file, old, new) in enumerate(EDITS, 1):
        text = texts.get(file) or (folder / file).read_text()
        count = text.count(old)
        if count != 1:
            print(
                f"error: edit {number} of the engine's source matches {count} times in {file}, not once; "
                "the edits in tools/engine/edits.py belong to another version of the crate. It looks for:\n" + old,
                file=sys.stderr,
            )
            return 1
        texts[file] = text.replace(old, new)
    for file, text in texts.items():
        (folder / file).write_text(text)
    print(f"{len(EDITS)} edits made in {len(texts)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
