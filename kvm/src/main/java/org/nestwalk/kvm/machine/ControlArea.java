package org.nestwalk.kvm.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.kvm.code.KernelStubs;
import org.nestwalk.kvm.code.MachineCode;
import org.nestwalk.kvm.code.ReplayLoop;
import org.nestwalk.kvm.handle.SystemRegisters;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// What a guest needs besides its memory: code, descriptor tables, stacks, the windows that
/// accesses pass through, and the page tables that map all that. It lies beyond guest memory, in a
/// slot of its own, and in one entry of each root table, so that no program or kernel sees it.
///
/// ```text
/// linear address                                    entry 511 of the root table
/// ffff'ff80'0000'0000  IDT                          kernel
///                      code                         user
///                      CPU 0: GDT and TSS           kernel
///                             kernel stack          kernel
///                             list of entries       kernel
///                             window of accesses    user
///                      CPU 1: ...
///                      the entry writer's, as a CPU's
/// ffff'ffc0'0000'0000  all guest memory             kernel, by 2-MiB pages
/// ```
final class ControlArea implements AutoCloseable {
    /// Accesses that a window holds.
    static final int WINDOW = 1 << 16;

    /// Entries that a list holds.
    static final int LIST = 512;

    /// The entry of each root table that belongs to it.
    static final int SLOT = 511;

    /// The most guest memory that its mapping of all of it has room for.
    static final long MOST_MEMORY = 256L << 30;

    static final int KERNEL_CODE = 0x08;
    static final int KERNEL_DATA = 0x10;
    static final int USER_DATA = 0x1b;
    static final int USER_CODE = 0x23;

    private static final int TASK = 0x28;
    private static final int GDT_LIMIT = 55;
    private static final int TASK_LIMIT = 0xff;
    private static final int IDT_LIMIT = 48 * 16 - 1;
    private static final long CR0 = 0x8005_0033L;
    private static final long CR4 = 0x620;
    private static final long EFER = 0xd01;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long LINEAR = 0xffff_ff80_0000_0000L;
    private static final long DIRECT = LINEAR + MOST_MEMORY;
    private static final int LEVELS = 4;

    private static final int IDT_PAGE = 0;
    private static final int CODE_PAGE = 1;
    private static final int FIRST_CPU_PAGE = 2;
    private static final int SYSTEM_PAGE = 0;
    private static final int STACK_PAGE = 1;
    private static final int LIST_PAGE = 2;
    private static final int WINDOW_PAGE = 3;
    private static final int CPU_PAGES = WINDOW_PAGE + (int) (WINDOW * Long.BYTES / PAGE);

    private static final int TASK_OFFSET = 0x100;
    private static final int STACK_FIELD = 4;
    private static final int IO_MAP_FIELD = 0x66;
    private static final int IO_MAP_BASE = 0x68;
    private static final int GATE_PRESENT_INTERRUPT_USER = 0xee;

    private final long base;
    private final MappedMemory memory;
    private final MemorySegment segment;
    private final PageTable table;
    private final MachineCode replay = ReplayLoop.inGuest();
    private final MachineCode rewrite = KernelStubs.rewriteEntries();
    private final int rewriteOffset;
    private long nextFrame;

    /// The area of a guest with these CPUs and this memory, from guest-physical address `base`.
    ControlArea(long base, int cpus, long memoryBytes) {
        this.base = base;
        int pages = FIRST_CPU_PAGE + cpus * CPU_PAGES;
        long tables =
                4 + pages / PageTableBounds.ENTRIES + (memoryBytes / PageSize.SIZE_1G.bytes() + 2);
        memory = MappedMemory.anonymous((pages + tables) * PAGE, PAGE);
        segment = memory.segment();
        nextFrame = base + pages * PAGE;
        table =
                new PageTable(
                        new SegmentMemory(segment, base), new Frames(), TableFormat.X86, LEVELS);
        rewriteOffset = writeCode();
        for (int page = 0; page < pages; page++) {
            table.map(linear(page), base + page * PAGE, PageSize.SIZE_4K);
            if (!isForUsers(page)) {
                table.protect(
                        linear(page), PagingEntry.USER, PagingEntry.NO_EXECUTE & -codeBit(page));
            }
        }
        for (long gpa = 0; gpa < memoryBytes; gpa += LARGE) {
            table.map(DIRECT + gpa, gpa, PageSize.SIZE_2M);
            table.protect(DIRECT + gpa, PagingEntry.USER, PagingEntry.NO_EXECUTE);
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            writeSystemPage(cpu);
        }
    }

    /// Entries of a table, for bounds.
    private static final class PageTableBounds {
        static final int ENTRIES = 512;
    }

    private final class Frames implements TableFrames {
        @Override
        public long allocate() {
            long frame = nextFrame;
            nextFrame += PAGE;
            return frame;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }
    }

    private static boolean isForUsers(int page) {
        return page == CODE_PAGE
                || (page >= FIRST_CPU_PAGE && (page - FIRST_CPU_PAGE) % CPU_PAGES >= WINDOW_PAGE);
    }

    private static long codeBit(int page) {
        return page == CODE_PAGE ? 0 : 1;
    }

    private int writeCode() {
        byte[] exceptions = KernelStubs.exceptions().bytes();
        byte[] program = replay.bytes();
        int at = (int) (CODE_PAGE * PAGE);
        copy(exceptions, at);
        int programAt = exceptions.length + 63 & -64;
        copy(program, at + programAt);
        int rewriteAt = programAt + program.length + 63 & -64;
        copy(rewrite.bytes(), at + rewriteAt);
        for (int vector = 0; vector < KernelStubs.EXCEPTIONS; vector++) {
            writeGate(vector, linear(CODE_PAGE) + (long) vector * KernelStubs.STUB_BYTES);
        }
        return rewriteAt;
    }

    private void copy(byte[] code, int at) {
        MemorySegment.copy(code, 0, segment, ValueLayout.JAVA_BYTE, at, code.length);
    }

    /// An interrupt gate (Intel SDM volume 3A, figure 6-8).
    ///
    /// ```text
    ///  127            96 95            64 63          48 47    40 39 32 31      16 15         0
    /// +-----------------+----------------+--------------+--------+-----+----------+------------+
    /// |        0        | offset 63:32   | offset 31:16 | type   | IST | selector | offset 15:0|
    /// +-----------------+----------------+--------------+--------+-----+----------+------------+
    /// ```
    private void writeGate(int vector, long entry) {
        long low =
                (entry & 0xffff)
                        | (long) KERNEL_CODE << 16
                        | (long) GATE_PRESENT_INTERRUPT_USER << 40
                        | (entry >>> 16 & 0xffff) << 48;
        long at = IDT_PAGE * PAGE + 16L * vector;
        segment.set(ValueLayout.JAVA_LONG, at, low);
        segment.set(ValueLayout.JAVA_LONG, at + 8, entry >>> 32);
    }

    private void writeSystemPage(int cpu) {
        long at = cpuPage(cpu, SYSTEM_PAGE) * PAGE;
        long task = taskLinear(cpu);
        long[] descriptors = {
            0,
            0x00af_9b00_0000_ffffL, // kernel code, 64 bits
            0x00cf_9300_0000_ffffL, // kernel data
            0x00cf_f300_0000_ffffL, // user data
            0x00af_fb00_0000_ffffL, // user code, 64 bits
            // Available 64-bit TSS: base in bits 39:16 and 63:56, and in the next word.
            0x0000_8900_0000_0000L
                    | TASK_LIMIT
                    | (task & 0xff_ffff) << 16
                    | (task >>> 24 & 0xff) << 56,
            task >>> 32
        };
        for (int i = 0; i < descriptors.length; i++) {
            segment.set(ValueLayout.JAVA_LONG, at + 8L * i, descriptors[i]);
        }
        long stateAt = at + TASK_OFFSET;
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, stateAt + STACK_FIELD, stackTop(cpu));
        // Zero bits after it let user mode write to ports.
        segment.set(ValueLayout.JAVA_SHORT, stateAt + IO_MAP_FIELD, (short) IO_MAP_BASE);
    }

    private static int cpuPage(int cpu, int page) {
        return FIRST_CPU_PAGE + cpu * CPU_PAGES + page;
    }

    private static long linear(int page) {
        return LINEAR + page * PAGE;
    }

    /// Where it begins in guest-physical memory.
    long base() {
        return base;
    }

    /// The memory behind it.
    MappedMemory memory() {
        return memory;
    }

    /// Its own root table, which a CPU uses until its kernel loads one.
    long root() {
        return table.root();
    }

    /// What entry [#SLOT] of every root table has to be. Its accessed flag is set, so that using it
    /// changes no table of the guest's.
    long rootEntry() {
        return segment.get(ValueLayout.JAVA_LONG, table.root() - base + (long) SLOT * Long.BYTES)
                | PagingEntry.ACCESSED;
    }

    /// Whether a linear address is in its part of the address space.
    static boolean contains(long linear) {
        return LinearAddress.index(linear, LEVELS) == SLOT && linear < 0;
    }

    /// Where the replay loop begins.
    long replayEntry() {
        int exceptions = KernelStubs.exceptions().size();
        return linear(CODE_PAGE) + (exceptions + 63 & -64);
    }

    /// Where the loop that writes entries back begins.
    long rewriteEntry() {
        return linear(CODE_PAGE) + rewriteOffset;
    }

    /// Sets up a CPU's descriptor tables, its modes, and [#root]; its segments are left.
    void prepare(SystemRegisters system, int cpu) {
        system.setTask(taskLinear(cpu), TASK_LIMIT, TASK);
        system.setGdt(linear(cpuPage(cpu, SYSTEM_PAGE)), GDT_LIMIT);
        system.setIdt(linear(IDT_PAGE), IDT_LIMIT);
        system.setModes(CR0, CR4, EFER);
        system.setCr3(root());
    }

    private static long taskLinear(int cpu) {
        return linear(cpuPage(cpu, SYSTEM_PAGE)) + TASK_OFFSET;
    }

    /// The first address after the kernel stack.
    long stackTop(int cpu) {
        return linear(cpuPage(cpu, STACK_PAGE)) + PAGE;
    }

    /// The word `bytes` below the top of the kernel stack.
    long stackWord(int cpu, int bytes) {
        return segment.get(ValueLayout.JAVA_LONG, (cpuPage(cpu, STACK_PAGE) + 1) * PAGE - bytes);
    }

    long windowLinear(int cpu) {
        return linear(cpuPage(cpu, WINDOW_PAGE));
    }

    /// The window as Java fills it.
    MemorySegment window(int cpu) {
        return segment.asSlice(cpuPage(cpu, WINDOW_PAGE) * PAGE, WINDOW * (long) Long.BYTES);
    }

    long listLinear(int cpu) {
        return linear(cpuPage(cpu, LIST_PAGE));
    }

    /// Puts an entry of the guest's tables into the list of those to be written back.
    void list(int cpu, int place, long gpa) {
        segment.set(
                ValueLayout.JAVA_LONG,
                cpuPage(cpu, LIST_PAGE) * PAGE + (long) place * Long.BYTES,
                DIRECT + gpa);
    }

    @Override
    public void close() {
        memory.close();
    }
}
