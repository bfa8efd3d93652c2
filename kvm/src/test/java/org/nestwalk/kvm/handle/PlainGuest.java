package org.nestwalk.kvm.handle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.code.ReplayLoop;
import org.nestwalk.kvm.handle.GeneralRegisters.Name;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.machine.Checksum;

/// A guest made of the handles alone: the replay loop in user mode, its accesses, and data in a
/// slot of its own, mapped by 4-KiB pages whose flags are all set. There is no IDT: any exception
/// is a triple fault.
final class PlainGuest implements AutoCloseable {
    static final int DATA_SLOT = 1;
    static final long DATA = 64L << 20;

    private static final long PAGE = 4096;
    private static final long LARGE = 2L << 20;
    private static final long CONTROL = 2 * LARGE;
    private static final long CODE = 0x6000;
    private static final long STREAM = 0x8000;

    final KvmVm vm;
    final KvmVcpu cpu;
    final MappedMemory control = MappedMemory.anonymous(CONTROL, PAGE);
    final MappedMemory data;

    /// @param flags of the data's slot
    /// @param ringBytes of the dirty ring, or 0
    PlainGuest(Kvm kvm, long dataBytes, int flags, int ringBytes) {
        data = MappedMemory.anonymous(dataBytes, PAGE);
        vm = kvm.createVm();
        if (ringBytes > 0) {
            vm.enable(Extension.DIRTY_RING, ringBytes);
        } else if (flags == KvmVm.LOG_DIRTY_PAGES) {
            vm.enable(Extension.MANUAL_DIRTY_PROTECT, 1);
        }
        write(0x1000, 0x2007);
        write(0x2000, 0x3007);
        write(0x3000, 0xe7);
        for (long gpa = DATA; gpa < DATA + dataBytes; gpa += PAGE) {
            long table = LARGE + gpa / LARGE * PAGE;
            write(0x3000 + gpa / LARGE * Long.BYTES, table | 0x27);
            write(table + gpa % LARGE / PAGE * Long.BYTES, gpa | 0x67);
        }
        write(0x4018, 0x00cf_f300_0000_ffffL, 0x00af_fb00_0000_ffffL, 0x0000_8900_5000_00ffL);
        control.segment().set(ValueLayout.JAVA_SHORT, 0x5066, (short) 0x68);
        byte[] code = ReplayLoop.inGuest().bytes();
        MemorySegment.copy(code, 0, control.segment(), ValueLayout.JAVA_BYTE, CODE, code.length);
        vm.setMemory(0, 0, 0, CONTROL, control.address());
        vm.setMemory(DATA_SLOT, flags, DATA, dataBytes, data.address());
        cpu = vm.createCpu(0, ringBytes);
        SystemRegisters system = cpu.system();
        system.setUserSegments(0x23, 0x1b);
        system.setTask(0x5000, 0xff, 0x28);
        system.setGdt(0x4000, 55);
        system.setIdt(0, 0);
        system.setModes(0x8005_0033L, 0x620, 0xd01);
        system.setCr3(0x1000);
        cpu.systemChanged();
    }

    private void write(long gpa, long... words) {
        MemorySegment.copy(words, 0, control.segment(), ValueLayout.JAVA_LONG, gpa, words.length);
    }

    /// A store to each of `pages` of the data.
    static long[] stores(int... pages) {
        long[] accesses = new long[pages.length];
        for (int i = 0; i < pages.length; i++) {
            accesses[i] = Access.pack(Access.STORE, DATA + pages[i] * PAGE);
        }
        return accesses;
    }

    /// Makes it ready to make accesses.
    void start(long... accesses) {
        write(STREAM, accesses);
        GeneralRegisters general = cpu.general();
        general.set(Name.RIP, CODE);
        general.set(Name.RFLAGS, 2);
        general.set(Name.RSI, STREAM);
        general.set(Name.RCX, accesses.length);
        general.set(Name.RBX, Checksum.START);
        general.set(Name.R8, Checksum.value(0));
        general.set(Name.R9, Checksum.STEP);
        cpu.generalChanged();
    }

    /// Whether the last exit was the end of all accesses.
    boolean isDone() {
        return cpu.exit() == Exit.IO && cpu.port() == ReplayLoop.DONE_PORT;
    }

    long checksum() {
        return cpu.general().get(Name.RBX);
    }

    @Override
    public void close() {
        cpu.close();
        vm.close();
        data.close();
        control.close();
    }
}
