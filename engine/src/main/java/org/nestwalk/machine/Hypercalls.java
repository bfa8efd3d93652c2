package org.nestwalk.machine;

/// The numbers of the hypercalls by which guests' kernels and hypervisors of this project talk, and
/// what their arguments mean. They begin beyond those of Linux
/// (`Documentation/virt/kvm/x86/hypercalls.rst`).
///
/// @see KernelCpu#hypercall
public final class Hypercalls {
    /// The guest's kernel is about to use a large page of its own, and would profit from a large
    /// page behind it: before it touches any of it.
    ///
    /// First argument: its guest-physical address, aligned to the second. Second: its bytes, 2 MiB.
    /// Third: 0. Answer: how many of the bytes are, or will at their first use be, backed by one
    /// large page; 0 if none.
    public static final int HINT_LARGE_PAGES = 64;

    /// On which node of the host the calling CPU is. Answer: its number.
    public static final int NODE_OF_CPU = 65;

    /// The guest's kernel wants single pages, such as those of page tables, on a node of the host.
    ///
    /// First argument: their guest-physical address. Second: their bytes, a multiple of 4 KiB up to
    /// 2 MiB. Third: the node. Answer: how many of the bytes are there.
    public static final int PLACE_PAGES = 66;

    /// The guest's kernel has written code that it is about to execute, or does not execute any
    /// more: a module, or what a just-in-time compiler has made. A hypervisor that guards code
    /// answers.
    ///
    /// First argument: guest-physical address of the first page. Second: bytes, a multiple of 4
    /// KiB. Third: the number of the file that it was made from, or [#NO_FILE] to give the pages
    /// back. Answer: 1 if that may be; 0 if not, and the kernel must not execute it.
    public static final int EXECUTE_PAGES = 67;

    /// The third argument of [#EXECUTE_PAGES] for pages that hold no code any more.
    public static final long NO_FILE = -1;

    private Hypercalls() {}
}
