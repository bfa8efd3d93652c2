package org.nestwalk.kvm.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.kvm.code.KernelStubs;
import org.nestwalk.kvm.code.MachineCode;
import org.nestwalk.kvm.code.ReplayLoop;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// What a control area holds before any CPU has used it, but for windows, in a file: written once
/// for a virtual machine and all that are forked from it.
final class ControlImage {
    /// Levels of its tables.
    static final int LEVELS = 4;

    static final int TASK_LIMIT = 0xff;

    private static final long PAGE = ControlLayout.PAGE;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int STACK_FIELD = 4;
    private static final int IO_MAP_FIELD = 0x66;
    private static final int IO_MAP_BASE = 0x68;
    private static final int GATE_PRESENT_INTERRUPT_USER = 0xee;
    private static final int CODE_ALIGNMENT = 64;

    private final ControlLayout layout;
    private final MemorySegment segment;
    private final PageTable table;
    private final int replayOffset;
    private final int rewriteOffset;
    private long nextFrame;

    private ControlImage(ControlLayout layout, MemorySegment segment) {
        this.layout = layout;
        this.segment = segment;
        nextFrame = layout.base() + layout.tables() * PAGE;
        table =
                new PageTable(
                        new SegmentMemory(() -> segment, layout.base()),
                        new Frames(),
                        TableFormat.X86,
                        LEVELS);
        byte[] exceptions = KernelStubs.exceptions().bytes();
        MachineCode replay = ReplayLoop.inGuest();
        byte[] rewrite = KernelStubs.rewriteEntries().bytes();
        replayOffset = aligned(exceptions.length);
        rewriteOffset = aligned(replayOffset + replay.bytes().length);
        writeCode(exceptions, 0);
        writeCode(replay.bytes(), replayOffset);
        writeCode(rewrite, rewriteOffset);
        writeGates();
        mapAll();
        for (int cpu = 0; cpu < layout.cpus(); cpu++) {
            writeSystemPage(cpu);
        }
    }

    /// Writes one to a file.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host cannot have it
    static Written write(ControlLayout layout) {
        long bytes = layout.bytesBeforeWindows();
        MemoryLayer layer = MemoryLayer.create(bytes);
        try (Arena arena = Arena.ofConfined()) {
            // Written at once: a mapping of the file would be a page fault for each of its pages.
            MemorySegment contents = arena.allocate(bytes, Long.BYTES);
            ControlImage image = new ControlImage(layout, contents);
            layer.file().write(contents.address(), bytes, 0);
            return new Written(
                    layout,
                    layer,
                    image.table.root(),
                    image.rootEntry(),
                    ControlLayout.linear(ControlLayout.CODE) + image.replayOffset,
                    ControlLayout.linear(ControlLayout.CODE) + image.rewriteOffset);
        } catch (RuntimeException e) {
            layer.close();
            throw e;
        }
    }

    /// A written one.
    ///
    /// @param layout where things are in it
    /// @param layer the file
    /// @param root guest-physical address of its root table
    /// @param rootEntry what entry [ControlArea#SLOT] of every root table has to be; its accessed
    ///   flag is set, so that using it changes no table of the guest's
    /// @param replayEntry linear address of the replay loop
    /// @param rewriteEntry linear address of the loop that writes entries back
    record Written(
            ControlLayout layout,
            MemoryLayer layer,
            long root,
            long rootEntry,
            long replayEntry,
            long rewriteEntry)
            implements AutoCloseable {
        /// The same for one more user.
        Written share() {
            layer.retain();
            return this;
        }

        @Override
        public void close() {
            layer.close();
        }
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

    private static int aligned(int offset) {
        return offset + CODE_ALIGNMENT - 1 & -CODE_ALIGNMENT;
    }

    private void writeCode(byte[] code, int offset) {
        MemorySegment.copy(
                code,
                0,
                segment,
                ValueLayout.JAVA_BYTE,
                ControlLayout.CODE * PAGE + offset,
                code.length);
    }

    private void mapAll() {
        for (int page = 0; page < layout.tables(); page++) {
            boolean code = page == ControlLayout.CODE;
            map(page, code, code);
        }
        for (int page = layout.window(0); page < layout.window(layout.cpus()); page++) {
            map(page, true, false);
        }
        for (long gpa = 0; gpa < layout.memoryBytes(); gpa += LARGE) {
            long linear = ControlLayout.DIRECT + gpa;
            table.map(linear, gpa, PageSize.SIZE_2M);
            table.protect(linear, PagingEntry.USER, PagingEntry.NO_EXECUTE);
        }
    }

    private void map(int page, boolean forUsers, boolean executable) {
        long linear = ControlLayout.linear(page);
        table.map(linear, layout.base() + page * PAGE, PageSize.SIZE_4K);
        if (!forUsers) {
            table.protect(linear, PagingEntry.USER, executable ? 0 : PagingEntry.NO_EXECUTE);
        }
    }

    private void writeGates() {
        for (int vector = 0; vector < KernelStubs.EXCEPTIONS; vector++) {
            writeGate(
                    vector,
                    ControlLayout.linear(ControlLayout.CODE)
                            + (long) vector * KernelStubs.STUB_BYTES);
        }
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
                        | (long) ControlArea.KERNEL_CODE << 16
                        | (long) GATE_PRESENT_INTERRUPT_USER << 40
                        | (entry >>> 16 & 0xffff) << 48;
        long at = ControlLayout.IDT * PAGE + 16L * vector;
        segment.set(ValueLayout.JAVA_LONG, at, low);
        segment.set(ValueLayout.JAVA_LONG, at + 8, entry >>> 32);
    }

    private void writeSystemPage(int cpu) {
        long at = layout.system(cpu) * PAGE;
        long task = layout.task(cpu);
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
        long stateAt = at + ControlLayout.TASK_OFFSET;
        long stackTop = ControlLayout.linear(layout.stack(cpu) + 1);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, stateAt + STACK_FIELD, stackTop);
        // Zero bits after it let user mode write to ports.
        segment.set(ValueLayout.JAVA_SHORT, stateAt + IO_MAP_FIELD, (short) IO_MAP_BASE);
    }

    private long rootEntry() {
        long root = table.root() - layout.base();
        return segment.get(ValueLayout.JAVA_LONG, root + (long) ControlArea.SLOT * Long.BYTES)
                | PagingEntry.ACCESSED;
    }
}
