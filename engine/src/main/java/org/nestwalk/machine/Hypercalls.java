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

    /// A range of the guest's memory is about to be used: the hypervisor backs it now, so that
    /// first touches need no exit. What it does not get done is asked for again.
    ///
    /// First argument: its guest-physical address. Second: its bytes. Both are multiples of 4 KiB.
    /// Third: [#PREFETCH_BESIDE], [#PREFETCH_LARGE], [#PREFETCH_WARM], or none. Answer: bytes from
    /// the beginning that are done with, at least 4 KiB; [#INVALID], [#TRY_AGAIN] or [#NO_MEMORY]
    /// if there are none.
    public static final int PREFETCH_PAGES = 70;

    /// A request to the guest's disk, as a virtio device is told of one: read pages of a file.
    ///
    /// First argument: the file's number. Second: the first page. Third: how many. Answer: as many,
    /// or [#INVALID] if the file does not have them.
    public static final int READ_DISK = 71;

    /// The range is backed beside the guest, by another CPU; the call returns at once.
    public static final long PREFETCH_BESIDE = 1;

    /// By 2-MiB pages where they fit.
    public static final long PREFETCH_LARGE = 1 << 1;

    /// The entries of the second level are brought into the data caches of the calling CPU, too.
    public static final long PREFETCH_WARM = 1 << 2;

    /// All flags that there are.
    public static final long PREFETCH_FLAGS = PREFETCH_BESIDE | PREFETCH_LARGE | PREFETCH_WARM;

    /// What is asked for makes no sense (as EINVAL).
    public static final long INVALID = -22;

    /// The guest has had as much as it may; later perhaps (as EAGAIN).
    public static final long TRY_AGAIN = -11;

    /// The host has no memory left (as ENOMEM).
    public static final long NO_MEMORY = -12;

    private Hypercalls() {}
}
