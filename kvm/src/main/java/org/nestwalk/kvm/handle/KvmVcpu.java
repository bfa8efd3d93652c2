package org.nestwalk.kvm.handle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.kvm.sys.Threads;

/// A virtual CPU of KVM, and the memory that it shares with its user (`struct kvm_run`): why it
/// exited, and its registers, which come with every exit and go with the next entry.
///
/// **Hazard.** All but [#kick] is called by one thread at a time, the one that runs it: a request
/// by another would wait until the guest is left, and find state that has changed meanwhile.
public final class KvmVcpu implements AutoCloseable {
    private static final int RUN = 0xae80;
    private static final long SET_CPUID2 = 0x4008ae90L;
    private static final long PRE_FAULT_MEMORY = 0xc040aed5L;
    private static final long PRE_FAULT_BYTES = 64;
    private static final int GET_TSC_KHZ = 0xaea3;
    private static final double KILO = 1e3;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final int IMMEDIATE_EXIT = 1;
    private static final int EXIT_REASON = 8;
    private static final int IO_PORT = 34;
    private static final int MMIO_ADDRESS = 32;
    private static final int MMIO_DATA = 40;
    private static final int MMIO_IS_WRITE = 52;
    private static final int VALID_REGISTERS = 288;
    private static final int DIRTY_REGISTERS = 296;
    private static final int GENERAL = 304;
    private static final int SYSTEM = GENERAL + GeneralRegisters.BYTES;
    private static final int SYNC_GENERAL = 1;
    private static final int SYNC_SYSTEM = 2;
    private static final int RING_PAGE_OFFSET = 64;

    private volatile FileDescriptor file;
    private final MappedMemory memory;
    private final MemorySegment run;
    private final GeneralRegisters general;
    private final SystemRegisters system;
    private @Nullable DirtyRing ring;
    private final Object threadLock = new Object();
    private int thread;
    private double tscFrequency;

    private KvmVcpu(FileDescriptor file, MappedMemory memory, @Nullable DirtyRing ring) {
        this.file = file;
        this.memory = memory;
        this.run = memory.segment();
        this.ring = ring;
        this.general = new GeneralRegisters(run.asSlice(GENERAL, GeneralRegisters.BYTES));
        this.system = new SystemRegisters(run.asSlice(SYSTEM, SystemRegisters.BYTES));
        run.set(ValueLayout.JAVA_LONG, VALID_REGISTERS, SYNC_GENERAL | SYNC_SYSTEM);
    }

    static KvmVcpu open(Kvm kvm, FileDescriptor file, int ringBytes) {
        Threads.prepareInterrupts();
        MappedMemory memory = null;
        DirtyRing ring = null;
        try {
            file.ioctl("KVM_SET_CPUID2", SET_CPUID2, kvm.cpuid());
            memory = MappedMemory.shared(file, 0, kvm.runBytes());
            if (ringBytes > 0) {
                ring =
                        new DirtyRing(
                                MappedMemory.shared(
                                        file, RING_PAGE_OFFSET * MappedMemory.PAGE, ringBytes));
            }
            KvmVcpu cpu = new KvmVcpu(file, memory, ring);
            cpu.loadSystemRegisters();
            return cpu;
        } catch (RuntimeException e) {
            if (ring != null) {
                ring.close();
            }
            if (memory != null) {
                memory.close();
            }
            file.close();
            throw e;
        }
    }

    /// Enters the guest with the registers as they are in [#general] and [#system], and returns
    /// when it is left.
    ///
    /// @return 0 if [#exit] says why; [Errno#EINTR] if a kick or another signal did it;
    ///   [Errno#EFAULT] if memory could not be reached, and nothing is said of where
    /// @throws SystemCallException for other errors
    public int enter() {
        synchronized (threadLock) {
            thread = Threads.id();
        }
        int result;
        try {
            result = file.tryIoctl(RUN, 0);
        } finally {
            synchronized (threadLock) {
                thread = 0;
            }
        }
        if (result >= 0) {
            return 0;
        }
        if (result == -Errno.EAGAIN) {
            return Errno.EINTR;
        }
        if (result != -Errno.EINTR && result != -Errno.EFAULT) {
            throw new SystemCallException("KVM_RUN", -result);
        }
        return -result;
    }

    /// Makes [#enter] return soon, from any thread; until [#clearKick] it returns at once.
    public void kick() {
        immediateExit(1);
        synchronized (threadLock) {
            if (thread != 0) {
                Threads.interrupt(thread);
            }
        }
    }

    /// Undoes [#kick].
    public void clearKick() {
        immediateExit(0);
    }

    /// Volatile, so that whoever clears it and then looks who else wants the guest to be left, and
    /// whoever wants that and then sets it, cannot miss each other.
    private void immediateExit(int value) {
        BYTE.setVolatile(run, (long) IMMEDIATE_EXIT, (byte) value);
    }

    /// Completes what the last exit left half done, without running the guest: state may be saved
    /// then.
    public void complete() {
        immediateExit(1);
        int _ = file.tryIoctl(RUN, 0);
        clearKick();
    }

    /// Why the guest was left.
    public Exit exit() {
        return Exit.of(run.get(ValueLayout.JAVA_INT, EXIT_REASON));
    }

    /// The number of [#exit], for messages.
    public int exitNumber() {
        return run.get(ValueLayout.JAVA_INT, EXIT_REASON);
    }

    /// The port of an [Exit#IO].
    public int port() {
        return run.get(ValueLayout.JAVA_SHORT, IO_PORT) & 0xffff;
    }

    /// The guest-physical address of an [Exit#MMIO].
    public long mmioAddress() {
        return run.get(ValueLayout.JAVA_LONG, MMIO_ADDRESS);
    }

    /// The bytes of an [Exit#MMIO], the first in the lowest bits.
    public long mmioData() {
        return run.get(ValueLayout.JAVA_LONG_UNALIGNED, MMIO_DATA);
    }

    /// What a load that is an [Exit#MMIO] gets.
    public void setMmioData(long data) {
        run.set(ValueLayout.JAVA_LONG_UNALIGNED, MMIO_DATA, data);
    }

    /// Whether they are written.
    public boolean isMmioWrite() {
        return run.get(ValueLayout.JAVA_BYTE, MMIO_IS_WRITE) != 0;
    }

    /// Its general registers, as of the last exit.
    public GeneralRegisters general() {
        return general;
    }

    /// [#general] has been changed, and goes with the next entry.
    public void generalChanged() {
        changed(SYNC_GENERAL);
    }

    /// Its system registers, as of the last exit.
    public SystemRegisters system() {
        return system;
    }

    /// [#system] has been changed, and goes with the next entry.
    public void systemChanged() {
        changed(SYNC_SYSTEM);
    }

    private void changed(int bit) {
        // At once: one part may be changed by whoever has stopped the guest, the other by its user.
        long _ = (long) LONG.getAndBitwiseOr(run, (long) DIRTY_REGISTERS, (long) bit);
    }

    /// Its dirty ring.
    ///
    /// @throws IllegalStateException if it has none
    public DirtyRing ring() {
        if (ring == null) {
            throw new IllegalStateException("the virtual CPU has no dirty ring");
        }
        return ring;
    }

    /// Reads the system registers by a request of their own: before the first exit nothing has come
    /// by shared memory.
    private void loadSystemRegisters() {
        file.ioctl("KVM_GET_SREGS", VcpuState.Part.SYSTEM.get(), system.segment());
    }

    /// The frequency of the guest's time-stamp counter, in Hz; 1 GHz if KVM does not know it.
    public double tscFrequency() {
        if (tscFrequency == 0) {
            int kilohertz = file.tryIoctl(GET_TSC_KHZ, 0);
            tscFrequency = kilohertz > 0 ? kilohertz * KILO : KILO * KILO * KILO;
        }
        return tscFrequency;
    }

    /// `KVM_PRE_FAULT_MEMORY`: has KVM map a range of guest-physical addresses before it is touched
    /// (Linux `Documentation/virt/kvm/api.rst`, section 4.143), with [Extension#PRE_FAULT_MEMORY].
    /// Each call maps one page or more, and is made again for the rest.
    ///
    /// @return how many calls it took
    /// @throws SystemCallException if it fails
    public int preFault(long gpa, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(PRE_FAULT_BYTES, 8);
            range.set(ValueLayout.JAVA_LONG, 0, gpa);
            range.set(ValueLayout.JAVA_LONG, 8, bytes);
            int calls = 0;
            do {
                file.ioctl("KVM_PRE_FAULT_MEMORY", PRE_FAULT_MEMORY, range);
                calls++;
            } while (range.get(ValueLayout.JAVA_LONG, 8) > 0);
            return calls;
        }
    }

    /// Goes on as `next`, a virtual CPU of another virtual machine that has not run and is used up
    /// by this. Its registers stay where they are. By the thread that runs it, between entries.
    ///
    /// Registers are all there is to bring along for guests that use no vector state, interrupts or
    /// model-specific registers: a fault that was being delivered is raised again by the same
    /// instruction. For others there are [#save] and [#restore].
    ///
    /// @return what is left of this one, in the virtual machine that it was of
    /// @throws SystemCallException if it fails, with nothing changed
    public AutoCloseable moveTo(KvmVcpu next) {
        complete();
        MemorySegment.copy(run, EXIT_REASON, next.run, EXIT_REASON, VALID_REGISTERS - EXIT_REASON);
        MemorySegment.copy(run, GENERAL, next.run, GENERAL, GeneralRegisters.BYTES);
        MemorySegment.copy(run, SYSTEM, next.run, SYSTEM, SystemRegisters.BYTES);
        next.changed(SYNC_GENERAL | SYNC_SYSTEM);
        memory.takeOver(next.memory);
        FileDescriptor oldFile = file;
        DirtyRing oldRing = ring;
        file = next.file;
        ring = next.ring;
        return () -> {
            if (oldRing != null) {
                oldRing.close();
            }
            oldFile.close();
        };
    }

    /// Everything that has to be brought to another virtual CPU for it to go on. Called between
    /// entries.
    ///
    /// @throws SystemCallException if it fails
    public VcpuState save() {
        complete();
        return VcpuState.save(file);
    }

    /// Replaces the state.
    ///
    /// @throws SystemCallException if it fails
    public void restore(VcpuState state) {
        state.restore(file);
        file.ioctl("KVM_GET_SREGS", VcpuState.Part.SYSTEM.get(), system.segment());
        file.ioctl("KVM_GET_REGS", VcpuState.Part.GENERAL.get(), general.segment());
        run.set(ValueLayout.JAVA_LONG, DIRTY_REGISTERS, 0);
    }

    @Override
    public void close() {
        if (ring != null) {
            ring.close();
        }
        memory.close();
        file.close();
    }
}
