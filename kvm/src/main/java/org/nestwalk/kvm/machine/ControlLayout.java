package org.nestwalk.kvm.machine;

import org.nestwalk.bits.PageSize;

/// Where things are in the control area of a guest, in pages of 4 KiB from its beginning.
///
/// ```text
/// linear address                                    entry 511 of the root table
/// ffff'ff80'0000'0000  IDT                          kernel
///                      code                         user
///                      CPU 0: GDT and TSS           kernel
///                             kernel stack          kernel
///                             list of entries       kernel
///                      CPU 1: ...
///                      the entry writer's, as a CPU's
///                      (page tables, not mapped)
///                      CPU 0: window of accesses    user
///                      CPU 1: ...
/// ffff'ffc0'0000'0000  all guest memory             kernel, by 2-MiB pages
/// ```
///
/// @param memoryBytes of the guest
/// @param cpus of the guest, and the entry writer's
record ControlLayout(long memoryBytes, int cpus) {
    static final long PAGE = PageSize.SIZE_4K.bytes();

    static final int IDT = 0;
    static final int CODE = 1;

    /// Where all guest memory is, by linear address.
    static final long DIRECT = 0xffff_ff80_0000_0000L + ControlArea.MOST_MEMORY;

    static final int TASK_OFFSET = 0x100;

    private static final long LINEAR = 0xffff_ff80_0000_0000L;
    private static final long GAP = PageSize.SIZE_1G.bytes();
    private static final int FIRST_CPU = 2;
    private static final int PAGES_OF_CPU = 3;
    private static final int ENTRIES = 512;

    /// Where it begins in guest-physical memory.
    long base() {
        return (memoryBytes + GAP - 1 & -GAP) + GAP;
    }

    /// The page with the descriptors of a CPU and its task state.
    int system(int cpu) {
        return FIRST_CPU + cpu * PAGES_OF_CPU;
    }

    int stack(int cpu) {
        return system(cpu) + 1;
    }

    int list(int cpu) {
        return system(cpu) + 2;
    }

    /// The first page of the tables that map it all.
    int tables() {
        return system(cpus);
    }

    /// The first page of the window of a CPU.
    int window(int cpu) {
        return tables() + tablePages() + cpu * windowPages();
    }

    private int tablePages() {
        // A root, those above the leaves twice, and the leaves.
        int mapped = tables() + cpus * windowPages();
        return 5 + mapped / ENTRIES + 2 + (int) (memoryBytes / PageSize.SIZE_1G.bytes());
    }

    private static int windowPages() {
        return (int) (ControlArea.WINDOW * Long.BYTES / PAGE);
    }

    /// Bytes of all before the windows.
    long bytesBeforeWindows() {
        return window(0) * PAGE;
    }

    /// Bytes of it all.
    long bytes() {
        return window(cpus) * PAGE;
    }

    /// The linear address of a page.
    static long linear(int page) {
        return LINEAR + page * PAGE;
    }

    /// The linear address of a CPU's task state.
    long task(int cpu) {
        return linear(system(cpu)) + TASK_OFFSET;
    }
}
