//! The allocator: mimalloc.
//!
//! A compile makes hundreds of thousands of small values; a fifth of it was the system's allocator. The crate `mimalloc` asks
//! for each block by size and alignment, which is a longer way in it than by size alone, and takes blocks of odd sizes from the
//! next larger kind. Values need no more alignment than any block has.

#![allow(
    unsafe_code,
    reason = "an allocator cannot be declared otherwise; what it promises is passed on to mimalloc, which promises the same"
)]

use std::alloc::{GlobalAlloc, Layout};

/// mimalloc.
pub(crate) struct Allocator;

/// The alignment that every block has, whatever its size.
const ANY: usize = align_of::<usize>();

// SAFETY: mimalloc's blocks are as large and as aligned as was asked for (`ANY` without asking), stay where they are until they are
// freed or grown by it, and null says that there is no memory, as the trait wants.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match layout.align() <= ANY {
            true => unsafe { libmimalloc_sys::mi_malloc(layout.size()) }.cast(),
            false => unsafe { libmimalloc_sys::mi_malloc_aligned(layout.size(), layout.align()) }.cast(),
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match layout.align() <= ANY {
            true => unsafe { libmimalloc_sys::mi_zalloc(layout.size()) }.cast(),
            false => unsafe { libmimalloc_sys::mi_zalloc_aligned(layout.size(), layout.align()) }.cast(),
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        unsafe { libmimalloc_sys::mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match layout.align() <= ANY {
            true => unsafe { libmimalloc_sys::mi_realloc(block.cast(), size) }.cast(),
            false => {
                unsafe { libmimalloc_sys::mi_realloc_aligned(block.cast(), size, layout.align()) }.cast()
            }
        }
    }
}
