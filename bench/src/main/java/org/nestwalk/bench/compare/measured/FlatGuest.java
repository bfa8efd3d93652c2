package org.nestwalk.bench.compare.measured;

import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RFLAGS;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RIP;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.MachineCode;
import org.nestwalk.kvm.handle.Exit;
import org.nestwalk.kvm.handle.GeneralRegisters;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.KvmVm;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.MappedMemory;

/// A guest with nothing but code in user mode, which ends in OUT to a port, and up to 1 GiB of
/// memory at linear addresses equal to guest-physical ones. `bench/kvm/exits.c` has the same one.
///
/// ```text
/// guest-physical and linear address
/// 00'1000           root table, and below it the next two
/// 00'4000           GDT
/// 00'5000           TSS, whose zero bits let user mode write to ports
/// 00'6000           the code
/// 20'0000           tables of 4-KiB pages
/// ```
final class FlatGuest implements AutoCloseable {
    /// The port that its code writes to.
    static final int PORT = 0xf2;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long ROOT = 0x1000;
    private static final long DIRECTORY_POINTERS = 0x2000;
    private static final long DIRECTORY = 0x3000;
    private static final long DESCRIPTORS = 0x4000;
    private static final long TASK = 0x5000;
    private static final long CODE = 0x6000;
    private static final long TABLES = LARGE;
    private static final int TABLE = 7;
    private static final int SMALL_LEAF = 0x67;
    private static final int LARGE_LEAF = 0xe7;
    private static final int USER_CODE = 0x23;
    private static final int USER_DATA = 0x1b;
    private static final int TASK_SELECTOR = 0x28;

    private final Kvm kvm = Kvm.open();
    private final KvmVm vm = kvm.createVm();
    private final MappedMemory memory;
    private final KvmVcpu cpu;

    /// With `bytes` of memory, a multiple of 2 MiB, all mapped by 2-MiB pages.
    FlatGuest(long bytes, MachineCode code) {
        memory = MappedMemory.anonymous(bytes, LARGE);
        write(ROOT, DIRECTORY_POINTERS | TABLE);
        write(DIRECTORY_POINTERS, DIRECTORY | TABLE);
        for (long gpa = 0; gpa < bytes; gpa += LARGE) {
            write(directoryEntry(gpa), gpa | LARGE_LEAF);
        }
        write(
                DESCRIPTORS,
                0,
                0x00af_9b00_0000_ffffL,
                0x00cf_9300_0000_ffffL,
                0x00cf_f300_0000_ffffL,
                0x00af_fb00_0000_ffffL,
                0x0000_8900_5000_00ffL,
                0);
        memory.segment().set(ValueLayout.JAVA_SHORT, TASK + 0x66, (short) 0x68);
        byte[] bytesOfCode = code.bytes();
        MemorySegment.copy(
                bytesOfCode, 0, memory.segment(), ValueLayout.JAVA_BYTE, CODE, bytesOfCode.length);
        vm.setMemory(0, 0, 0, bytes, memory.address());
        cpu = vm.createCpu(0, 0);
        cpu.system().setUserSegments(USER_CODE, USER_DATA);
        cpu.system().setTask(TASK, 0xff, TASK_SELECTOR);
        cpu.system().setGdt(DESCRIPTORS, 55);
        cpu.system().setModes(0x8005_0033L, 0x620, 0xd01);
        cpu.system().setCr3(ROOT);
        cpu.systemChanged();
        start();
    }

    private static long directoryEntry(long gpa) {
        return DIRECTORY + gpa / LARGE * Long.BYTES;
    }

    private void write(long gpa, long... words) {
        MemorySegment.copy(words, 0, memory.segment(), ValueLayout.JAVA_LONG, gpa, words.length);
    }

    /// Maps a range, of multiples of 2 MiB, by pages of 4 KiB. Before the guest has run.
    void mapSmall(long from, long bytes) {
        for (long gpa = from; gpa < from + bytes; gpa += PAGE) {
            long table = TABLES + gpa / LARGE * PAGE;
            write(directoryEntry(gpa), table | TABLE);
            write(table + gpa % LARGE / PAGE * Long.BYTES, gpa | SMALL_LEAF);
        }
    }

    /// Its memory.
    MappedMemory memory() {
        return memory;
    }

    /// Its registers, which go with the next entry.
    GeneralRegisters start() {
        cpu.general().set(RIP, CODE);
        cpu.general().set(RFLAGS, 2);
        cpu.generalChanged();
        return cpu.general();
    }

    /// Lets it run until it exits by OUT.
    void enter() {
        int error;
        do {
            error = cpu.enter();
        } while (error == Errno.EINTR);
        if (error != 0 || cpu.exit() != Exit.IO || cpu.port() != PORT) {
            throw new IllegalStateException("exit %d, error %d".formatted(cpu.exitNumber(), error));
        }
    }

    @Override
    public void close() {
        cpu.close();
        vm.close();
        memory.close();
        kvm.close();
    }
}
