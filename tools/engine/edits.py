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

And what they add, for a store that serves many requests one after the other, each with instances as good as new:

5. Giving an instance the memories, tables, globals and segments that it had when it was made. What an instance starts
   with is written by one function of the crate, which is cut in two: what a guest may change is written again. What
   compiled startup functions do to globals and tables is noted once and copied back. Not reset are instances whose startup
   functions fill memories, and those with passive elements, a collector's heap or tables of anything but functions.
6. Knowing the dirty pages without a scan. A page becomes dirty by a page fault, which the kernel counts for each thread.
   Where a thread has had none since the pages of a memory were last listed, the list still holds. A huge page made
   behind the thread's back would be an exception, so memories are excluded from those.

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
    # 5. Instances that are as they were made.
    (
        "src/runtime/vm/instance.rs",
        """\
        // Initialize the defined tables
        //
        // SAFETY: it's safe to initialize these tables during initialization
        // here and the various types of pointers and such here should all be
        // valid.
        unsafe {
            let offsets = instance.runtime_info.offsets();
            let mut ptr = instance.vmctx_plus_offset_raw(offsets.vmctx_tables_begin());
""",
        """\
        instance.weir_initialize_state();
    }

    /// Initializes what a running guest can change of this instance's `VMContext`. Its tables and memories are as they
    /// were allocated.
    fn weir_initialize_state(self: Pin<&mut Self>) {
        let (module, mut instance) = self.module_and_self();

        // Initialize the defined tables
        //
        // SAFETY: it's safe to initialize these tables during initialization
        // here and the various types of pointers and such here should all be
        // valid.
        unsafe {
            let offsets = instance.runtime_info.offsets();
            let mut ptr = instance.vmctx_plus_offset_raw(offsets.vmctx_tables_begin());
""",
    ),
    (
        "src/runtime/vm/instance.rs",
        """\
    pub(crate) fn needs_startup(&self) -> bool {
""",
        """\
    /// Whether `weir_reset` makes this instance what it was before any code ran in it.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_can_reset(&self) -> bool {
        (!self.needs_startup() || (self.weir_start.is_some() && !self.weir_fills_memories()))
            && self.passive_elements.is_empty()
            && !self.env_module().needs_gc_heap
            && self.memories.iter().all(|(_, (_, memory))| memory.weir_can_reset())
            && self.tables.iter().all(|(_, (_, table))| table.weir_can_reset())
    }

    /// Whether this instance's startup function writes to memories.
    #[cfg(feature = "pooling-allocator")]
    fn weir_fills_memories(&self) -> bool {
        let module = self.env_module();
        match &module.memory_initialization {
            MemoryInitialization::Segmented => !module.runtime_data.is_empty(),
            MemoryInitialization::Static { map } => map.iter().any(|(memory, init)| {
                init.is_some()
                    && module
                        .defined_memory_index(memory)
                        .is_none_or(|memory| self.memories[memory].1.needs_init())
            }),
        }
    }

    /// Notes the globals, tables and segments that startup functions have left, for `weir_reset`. No code of a guest has
    /// run.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_note_start(mut self: Pin<&mut Self>) {
        let (module, mut instance) = self.as_mut().module_and_self();
        if !instance.tables.iter().all(|(_, (_, table))| table.weir_can_reset()) {
            return;
        }
        let globals = (0..module.num_defined_globals())
            // SAFETY: all are initialized, and nothing else uses them now.
            .map(|i| unsafe { instance.as_mut().global_ptr(DefinedGlobalIndex::new(i)).read() })
            .collect();
        let tables = instance
            .as_mut()
            .tables_mut()
            .iter_mut()
            .map(|(_, (_, table))| table.weir_elements())
            .collect();
        let first = instance.runtime_info.offsets().vmctx_runtime_data_lengths_begin();
        let lengths = (0..module.runtime_data.len())
            // SAFETY: as above.
            .map(|i| unsafe { instance.vmctx_plus_offset_raw::<u32>(first).add(i).read() })
            .collect();
        // SAFETY: nothing that a pin protects is moved.
        let start = unsafe { &mut instance.get_unchecked_mut().weir_start };
        *start = Some(Box::new(WeirStart { globals, tables, lengths }));
    }

    /// Makes this instance, which `weir_can_reset`, what it was before any code ran in it. Gives the bytes of its
    /// memories. After an error it must not be used.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_reset(
        mut self: Pin<&mut Self>,
        pool: &crate::runtime::vm::PoolingInstanceAllocator,
        faults: u64,
    ) -> Result<usize> {
        let (module, mut instance) = self.as_mut().module_and_self();
        let mut bytes = 0;
        for (_, (_, memory)) in instance.as_mut().memories_mut().iter_mut() {
            bytes += pool.weir_reset_memory(memory, faults)?;
        }
        for (index, (_, table)) in instance.as_mut().tables_mut().iter_mut() {
            let ty = &module.tables[module.table_index(index)];
            table.weir_reset(usize::try_from(ty.limits.min).unwrap());
        }
        instance.as_mut().weir_initialize_state();
        // SAFETY: nothing that a pin protects is moved.
        let start = unsafe { instance.as_mut().get_unchecked_mut().weir_start.take() };
        if let Some(start) = &start {
            for ((_, (_, table)), elements) in
                instance.as_mut().tables_mut().iter_mut().zip(&start.tables)
            {
                table.weir_set_elements(elements);
            }
            // SAFETY: what is written was read from the same places of the same instance.
            unsafe {
                for (i, global) in start.globals.iter().enumerate() {
                    let place = instance.as_mut().global_ptr(DefinedGlobalIndex::new(i));
                    core::ptr::copy_nonoverlapping(global, place.as_ptr(), 1);
                }
                let first = instance.runtime_info.offsets().vmctx_runtime_data_lengths_begin();
                for (i, length) in start.lengths.iter().enumerate() {
                    instance.vmctx_plus_offset_raw::<u32>(first).add(i).write(*length);
                }
            }
        }
        unsafe { instance.get_unchecked_mut().weir_start = start };
        Ok(bytes)
    }

    pub(crate) fn needs_startup(&self) -> bool {
""",
    ),
    (
        "src/runtime/vm/instance.rs",
        """\
    /// Additional context used by compiled wasm code. This field is last, and
""",
        """\
    /// What `weir_note_start` noted.
    #[cfg(feature = "pooling-allocator")]
    weir_start: Option<Box<WeirStart>>,

    /// Additional context used by compiled wasm code. This field is last, and
""",
    ),
    (
        "src/runtime/vm/instance.rs",
        """\
            store: None,
            vmctx: OwnedVMContext::new(),
""",
        """\
            store: None,
            #[cfg(feature = "pooling-allocator")]
            weir_start: None,
            vmctx: OwnedVMContext::new(),
""",
    ),
    (
        "src/runtime/vm/instance.rs",
        """\
impl Instance {
    /// Creates a new owned instance handle from `req`.
""",
        """\
/// What an instance had when its startup function was over and no code of a guest had run: its own globals, the
/// elements of its own tables, the lengths of its data segments.
#[cfg(feature = "pooling-allocator")]
struct WeirStart {
    globals: Vec<VMGlobalDefinition>,
    tables: Vec<super::table::WeirElements>,
    lengths: Vec<u32>,
}

impl Instance {
    /// Creates a new owned instance handle from `req`.
""",
    ),
    (
        "src/runtime/vm/table.rs",
        """\
    pub fn debug_assert_all_zero(&self) {
""",
        """\
    pub(crate) fn weir_can_reset(&self) -> bool {
        matches!(self, Self::Static(StaticTable::Func(_)))
    }

    /// Makes this table, which `weir_can_reset`, what it was when it was allocated with `size` elements.
    pub(crate) fn weir_reset(&mut self, size: usize) {
        // Pages that were never touched stay that way.
        for part in self.funcrefs_mut().0.chunks_mut(512) {
            if part.iter().any(|element| element.0.is_some()) {
                part.fill(MaybeTaggedFuncRef(None));
            }
        }
        if let Self::Static(StaticTable::Func(table)) = self {
            table.size = size;
        }
    }

    /// A copy of all elements of this table, which `weir_can_reset`.
    pub(crate) fn weir_elements(&mut self) -> WeirElements {
        WeirElements(self.funcrefs_mut().0.to_vec())
    }

    /// Sets the first elements; `weir_elements` gave them for this table.
    pub(crate) fn weir_set_elements(&mut self, elements: &WeirElements) {
        self.funcrefs_mut().0[..elements.0.len()].copy_from_slice(&elements.0);
    }

    pub fn debug_assert_all_zero(&self) {
""",
    ),
    (
        "src/runtime/vm/table.rs",
        """\
impl Table {
    /// Create a new dynamic (movable) table instance for the specified table plan.
""",
        """\
/// Elements of a table of functions. They point into instances of the table's store.
pub(crate) struct WeirElements(Vec<MaybeTaggedFuncRef>);

impl Table {
    /// Create a new dynamic (movable) table instance for the specified table plan.
""",
    ),
    (
        "src/runtime/vm/memory.rs",
        """\
    /// Grow memory by the specified amount of wasm pages.
    ///
    /// Returns `None` if memory can't be grown by the specified amount
""",
        """\
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_can_reset(&self) -> bool {
        matches!(self, Memory::Local(memory) if memory.memory_image.is_some() && !memory.memory_may_move)
    }

    /// Gives this memory, which `weir_can_reset`, the size it was allocated with, once `reset` has done the same for its
    /// slot. Gives that size.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_reset(
        &mut self,
        reset: impl FnOnce(&mut MemoryImageSlot, usize) -> Result<()>,
    ) -> Result<usize> {
        let Memory::Local(memory) = self else {
            bail!("a shared memory cannot be reset");
        };
        let size = usize::try_from(memory.ty.minimum_byte_size()?)?;
        reset(memory.memory_image.as_mut().unwrap(), size)?;
        memory.alloc.set_byte_size(size);
        Ok(size)
    }

    /// Grow memory by the specified amount of wasm pages.
    ///
    /// Returns `None` if memory can't be grown by the specified amount
""",
    ),
    (
        "src/runtime/vm/instance/allocator/pooling/decommit_queue.rs",
        "    fn decommit_all_raw(&mut self) -> io::Result<()> {\n",
        "    pub(super) fn decommit_all_raw(&mut self) -> io::Result<()> {\n",
    ),
    (
        "src/runtime/vm/instance/allocator/pooling.rs",
        """\
unsafe impl InstanceAllocator for PoolingInstanceAllocator {
""",
        """\
impl PoolingInstanceAllocator {
    /// Gives `memory`, which is of this pool and which nothing uses, the content and size that it was allocated with.
    pub(crate) fn weir_reset_memory(&self, memory: &mut Memory, faults: u64) -> Result<usize> {
        memory.weir_reset(|slot, size| {
            let mut queue = DecommitQueue::default();
            // SAFETY: nothing uses the memory, and the queue ends here.
            let decommit = |ptr, len| unsafe { queue.push_raw(ptr, len) };
            slot.weir_clear(self.pagemap.as_ref(), self.memories.keep_resident, faults, decommit);
            if queue.raw_len() > 0 {
                queue.decommit_all_raw()?;
            }
            slot.weir_shrink(size)
        })
    }
}

unsafe impl InstanceAllocator for PoolingInstanceAllocator {
""",
    ),
    (
        "src/runtime/store.rs",
        """\
    pub fn module_for_instance(&self, instance: StoreInstanceId) -> Option<&'_ Module> {
""",
        """\
    /// Notes for `weir_reset` what startup functions have done, if there are any. No code of a guest has run.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_note_start(&mut self) {
        let real = |instance: &StoreInstance| matches!(instance.kind, StoreInstanceKind::Real { .. });
        // One's startup function may fill the tables of others.
        if self.instances.iter().any(|(_, i)| real(i) && i.handle.get().needs_startup()) {
            for (_, instance) in self.instances.iter_mut() {
                if let StoreInstanceKind::Real { .. } = instance.kind {
                    instance.handle.get_mut().weir_note_start();
                }
            }
        }
    }

    /// Makes every instance what it was before any code ran in it. Gives the bytes of their memories together, or `None`
    /// when that cannot be done, which leaves everything as it is. After an error none of them may be used.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_reset(&mut self, faults: u64) -> Result<Option<usize>> {
        let Some(pool) = self.engine.allocator().as_pooling() else {
            return Ok(None);
        };
        let resettable = |instance: &StoreInstance| match instance.kind {
            StoreInstanceKind::Dummy => true,
            StoreInstanceKind::Real { .. } => instance.handle.get().weir_can_reset(),
        };
        // Host globals and the heap of the collector hold values of guests.
        if self.gc_store.is_some()
            || !self.host_globals.is_empty()
            || !self.instances.iter().all(|(_, instance)| resettable(instance))
        {
            return Ok(None);
        }
        let mut bytes = 0;
        for (_, instance) in self.instances.iter_mut() {
            if let StoreInstanceKind::Real { .. } = instance.kind {
                bytes += instance.handle.get_mut().weir_reset(pool, faults)?;
            }
        }
        Ok(Some(bytes))
    }

    pub fn module_for_instance(&self, instance: StoreInstanceId) -> Option<&'_ Module> {
""",
    ),
    (
        "src/runtime/fiber.rs",
        """\
    /// The lowest address of the stack of the fiber that this store's future is running on.
""",
        """\
    /// `StoreOpaque::weir_note_start`.
    #[cfg(feature = "pooling-allocator")]
    pub fn weir_note_start(self) {
        self.0.weir_note_start();
    }

    /// `StoreOpaque::weir_reset`.
    #[cfg(feature = "pooling-allocator")]
    pub fn weir_reset(self, faults: u64) -> Result<Option<usize>> {
        self.0.weir_reset(faults)
    }

    /// The lowest address of the stack of the fiber that this store's future is running on.
""",
    ),
    # 6. Dirty pages without a scan.
    (
        "src/runtime/vm/cow.rs",
        """\
    pkey: Option<ProtectionKey>,
}

impl fmt::Debug for MemoryImageSlot {
""",
        """\
    pkey: Option<ProtectionKey>,

    /// Which pages could be dirty when `weir_clear` last listed them: where each run begins, and its bytes.
    weir_dirty: Vec<(usize, usize)>,
    /// How many page faults the thread had had then; 0 when there is no list.
    weir_faults: u64,
    /// What was accessible then.
    weir_accessible: HostAlignedByteCount,
}

impl fmt::Debug for MemoryImageSlot {
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
            image: None,
            dirty: false,
            pkey,
        }
""",
        """\
            image: None,
            dirty: false,
            pkey,
            weir_dirty: Vec::new(),
            weir_faults: 0,
            weir_accessible: HostAlignedByteCount::ZERO,
        }
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
    ) -> Result<usize> {
        assert!(self.dirty);

        let bytes_resident =
""",
        """\
    ) -> Result<usize> {
        assert!(self.dirty);
        self.weir_faults = 0;

        let bytes_resident =
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
    #[allow(dead_code, reason = "only used in some cfgs")]
    unsafe fn reset_all_memory_contents(
""",
        """\
    /// Gives the accessible part of this slot, which is in use and stays so, its original content. `faults`: how many
    /// page faults this thread has had, which is the one that wrote here; 0 when that is not known.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_clear(
        &mut self,
        pagemap: Option<&PageMap>,
        keep_resident: HostAlignedByteCount,
        faults: u64,
        mut decommit: impl FnMut(*mut u8, usize),
    ) {
        assert!(self.dirty);
        let base = self.base.as_mut_ptr();
        let image = self.image.as_deref();
        let reset = |region: &mut [u8]| match image {
            Some(image) => Self::manually_reset_region(base.addr(), image, region),
            None => region.fill(0),
        };
        let listed = faults != 0
            && faults == self.weir_faults
            && self.accessible == self.weir_accessible;
        if listed {
            for (offset, len) in &self.weir_dirty {
                // SAFETY: the list was made within what was accessible, which is accessible now.
                reset(unsafe { core::slice::from_raw_parts_mut(base.add(*offset), *len) });
            }
            return;
        }
        self.weir_dirty.clear();
        let list = &mut self.weir_dirty;
        let mut complete = pagemap.is_some();
        // SAFETY: as in `reset_with_original_mapping`.
        unsafe {
            reset_with_pagemap(
                pagemap,
                base,
                self.accessible,
                keep_resident,
                |region| {
                    list.push((region.as_ptr().addr() - base.addr(), region.len()));
                    reset(region);
                },
                |ptr, len| {
                    if len > 0 {
                        complete = false;
                        decommit(ptr, len);
                    }
                },
            );
        }
        self.weir_faults = if complete { faults } else { 0 };
        self.weir_accessible = self.accessible;
    }

    /// Makes no more than `size_bytes` accessible.
    #[cfg(feature = "pooling-allocator")]
    pub(crate) fn weir_shrink(&mut self, size_bytes: usize) -> Result<()> {
        let size = HostAlignedByteCount::new_rounded_up(size_bytes)?;
        if size < self.accessible {
            self.set_protection(size..self.accessible, false)?;
            self.accessible = size;
        }
        Ok(())
    }

    #[allow(dead_code, reason = "only used in some cfgs")]
    unsafe fn reset_all_memory_contents(
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        "                    |region| manually_reset_region(self.base.as_mut_ptr().addr(), image, region),\n",
        "                    |region| Self::manually_reset_region(self.base.as_mut_ptr().addr(), image, region),\n",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
        /// Manually resets `region` back to its original contents as specified
""",
        """\
    }

        /// Manually resets `region` back to its original contents as specified
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
            // 3. Zero out the part after the image.
            region.fill(0);
        }
    }
""",
        """\
            // 3. Zero out the part after the image.
            region.fill(0);
        }
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
                image.remap_as_zeros_at(self.base.as_mut_ptr())?;
            }
""",
        """\
                image.remap_as_zeros_at(self.base.as_mut_ptr())?;
            }
            weir_without_huge_pages(self.base.as_mut_ptr(), self.static_size);
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
            vm::erase_existing_mapping(self.base.as_mut_ptr(), self.static_size)?;
        }
""",
        """\
            vm::erase_existing_mapping(self.base.as_mut_ptr(), self.static_size)?;
        }
        weir_without_huge_pages(self.base.as_mut_ptr(), self.static_size);
""",
    ),
    (
        "src/runtime/vm/cow.rs",
        """\
impl MemoryImageSlot {
    /// Create a new MemoryImageSlot. Assumes that there is an anonymous
""",
        """\
/// Keeps the kernel from making pages of `len` bytes at `ptr` writable that nobody has written to. Kernels without huge
/// pages refuse, and need no asking.
pub(crate) fn weir_without_huge_pages(ptr: *mut u8, len: usize) {
    // SAFETY: changes nothing that a program can see.
    #[cfg(target_os = "linux")]
    unsafe {
        libc::madvise(ptr.cast(), len, libc::MADV_NOHUGEPAGE);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (ptr, len);
}

impl MemoryImageSlot {
    /// Create a new MemoryImageSlot. Assumes that there is an anonymous
""",
    ),
    (
        "src/runtime/vm/instance/allocator/pooling/memory_pool.rs",
        """\
        let pool = Self {
            stripes,
            mapping: Arc::new(mapping),
            image_slots,
""",
        """\
        crate::runtime::vm::weir_without_huge_pages(mapping.as_mut_ptr(), mapping.len());
        let pool = Self {
            stripes,
            mapping: Arc::new(mapping),
            image_slots,
""",
    ),
    (
        "src/runtime/vm.rs",
        "        pub use self::cow::{MemoryImage, MemoryImageSlot, ModuleMemoryImages};\n",
        "        pub use self::cow::{MemoryImage, MemoryImageSlot, ModuleMemoryImages};\n"
        "        pub(crate) use self::cow::weir_without_huge_pages;\n",
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
