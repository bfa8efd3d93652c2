package org.nestwalk.kvm.measure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.MachineCode;
import org.nestwalk.kvm.code.RandomLoads;
import org.nestwalk.kvm.handle.Exit;
import org.nestwalk.kvm.handle.GeneralRegisters;
import org.nestwalk.kvm.handle.GeneralRegisters.Name;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.handle.SystemRegisters;
import org.nestwalk.kvm.machine.SegmentMemory;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// The least guest that makes loads in user mode: code, a block of parameters, and tables that map
/// everything to the guest-physical address that is its own. It has no kernel; an exception ends
/// it.
///
/// ```text
/// guest-physical and linear
/// 0         GDT and task state
/// 4 KiB     code
/// 8 KiB     block of parameters
/// 12 KiB    page tables, and after them a list, if there is one
/// 4 GiB     data, with pages of the size that is measured
/// ```
final class LoadGuest implements AutoCloseable {
    /// Where data begins.
    static final long DATA = 4L << 30;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long CODE = PAGE;
    private static final long BLOCK = 2 * PAGE;
    private static final long TABLES = 3 * PAGE;
    private static final long TASK = 0x100;
    private static final int TASK_LIMIT = 0xff;
    private static final int IO_MAP_FIELD = 0x66;
    private static final int IO_MAP_BASE = 0x68;
    private static final int USER_DATA = 0x1b;
    private static final int USER_CODE = 0x23;
    private static final int TASK_SELECTOR = 0x28;
    private static final int GDT_LIMIT = 55;
    private static final int LEVELS = 4;
    private static final int CONTROL_SLOT = 0;
    private static final int DATA_SLOT = 1;
    // Paging, protection and write-protect; physical-address extension; long mode, no-execute.
    private static final long CR0 = 0x8005_0033L;
    private static final long CR4 = 0x620;
    private static final long EFER = 0xd01;

    // Bit 1 is always set.
    private static final long FLAGS = 2;

    private final MappedMemory control;
    private final PageTable table;
    private final long list;
    private long nextTable = TABLES;

    /// The control structures of a guest that makes random loads from the data of `memory`.
    LoadGuest(PagedMemory memory) {
        this(memory.bytes(), memory.pages(), RandomLoads.inGuest(), 0);
    }

    /// The control structures of a guest with `bytes` of data.
    ///
    /// @param pages of its tables
    /// @param program what it runs, of which RDI is the address of the block of parameters
    /// @param listBytes of a list that the program can read and write
    LoadGuest(long bytes, PageSize pages, MachineCode program, long listBytes) {
        long leaves = bytes / pages.bytes() + listBytes / PAGE;
        list = TABLES + (leaves / 256 + 16) * PAGE;
        control = MappedMemory.anonymous(list + (listBytes + PAGE - 1 & -PAGE) + PAGE, PAGE);
        MemorySegment segment = control.segment();
        table =
                new PageTable(
                        new SegmentMemory(() -> segment, 0), new Frames(), TableFormat.X86, LEVELS);
        for (long page = 0; page < TABLES; page += PAGE) {
            table.map(page, page, PageSize.SIZE_4K);
        }
        for (long page = list; page < list + listBytes; page += PAGE) {
            table.map(page, page, PageSize.SIZE_4K);
        }
        for (long at = DATA; at < DATA + bytes; at += pages.bytes()) {
            table.map(at, at, pages);
        }
        byte[] code = program.bytes();
        MemorySegment.copy(code, 0, segment, ValueLayout.JAVA_BYTE, CODE, code.length);
        writeDescriptors(segment);
    }

    private final class Frames implements TableFrames {
        @Override
        public long allocate() {
            long frame = nextTable;
            nextTable += PAGE;
            return frame;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }
    }

    /// Flat segments (Intel SDM volume 3A, section 3.4.5), and a task whose I/O map allows all
    /// ports that are used.
    private static void writeDescriptors(MemorySegment segment) {
        long[] descriptors = {
            0,
            0x00af_9b00_0000_ffffL, // kernel code, 64 bits
            0x00cf_9300_0000_ffffL, // kernel data
            0x00cf_f300_0000_ffffL, // user data
            0x00af_fb00_0000_ffffL, // user code, 64 bits
            0x0000_8900_0000_0000L | TASK_LIMIT | TASK << 16, // available 64-bit TSS
            0
        };
        for (int i = 0; i < descriptors.length; i++) {
            segment.set(ValueLayout.JAVA_LONG, 8L * i, descriptors[i]);
        }
        segment.set(ValueLayout.JAVA_SHORT, TASK + IO_MAP_FIELD, (short) IO_MAP_BASE);
    }

    /// Gives a virtual machine its memory.
    ///
    /// @param address of its data in this process, and `bytes` how many there are
    void attach(KvmVm vm, long bytes, long address) {
        vm.setMemory(CONTROL_SLOT, 0, 0, control.bytes(), control.address());
        vm.setMemory(DATA_SLOT, 0, DATA, bytes, address);
    }

    /// The linear address of the list.
    long listAddress() {
        return list;
    }

    /// The list as this process reads and writes it.
    MemorySegment list() {
        return control.segment().asSlice(list);
    }

    /// Prepares a virtual CPU's system registers.
    void prepare(SystemRegisters registers) {
        registers.setUserSegments(USER_CODE, USER_DATA);
        registers.setTask(TASK, TASK_LIMIT, TASK_SELECTOR);
        registers.setGdt(0, GDT_LIMIT);
        registers.setIdt(0, 0);
        registers.setModes(CR0, CR4, EFER);
        registers.setCr3(table.root());
    }

    /// Runs the guest of `cpu` from the beginning of its code to where it says that it is done.
    ///
    /// @param donePort at which it says so
    /// @throws InputException if it ends otherwise
    static void run(KvmVcpu cpu, int donePort) {
        GeneralRegisters registers = cpu.general();
        registers.set(Name.RFLAGS, FLAGS);
        registers.set(Name.RIP, CODE);
        registers.set(Name.RDI, BLOCK);
        cpu.generalChanged();
        int result;
        do {
            result = cpu.enter();
        } while (result == Errno.EINTR);
        if (result != 0 || cpu.exit() != Exit.IO || cpu.port() != donePort) {
            throw new InputException(
                    "the guest to measure ended with %s at 0x%x"
                            .formatted(
                                    result != 0 ? Errno.text(result) : cpu.exit(),
                                    cpu.general().get(Name.RIP)));
        }
    }

    /// The linear address of the parameters.
    static long parametersAddress() {
        return BLOCK;
    }

    /// A page for the parameters of other programs than random loads.
    MemorySegment parameters() {
        return control.segment().asSlice(BLOCK, PAGE);
    }

    /// The block of parameters.
    LoadBlock block() {
        return new LoadBlock(control.segment().asSlice(BLOCK, RandomLoads.BLOCK_BYTES));
    }

    @Override
    public void close() {
        control.close();
    }
}
