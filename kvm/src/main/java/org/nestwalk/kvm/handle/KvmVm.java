package org.nestwalk.kvm.handle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.SystemCallException;

/// A virtual machine of KVM.
///
/// **Hazard.** Slots may be changed while processors are in the guest as far as the kernel is
/// concerned; what the guest then sees depends on when. Users stop them first.
public final class KvmVm implements AutoCloseable {
    /// Flag of a slot: writes to its pages are logged.
    public static final int LOG_DIRTY_PAGES = 1;

    /// Flag of a slot: writes exit.
    public static final int READ_ONLY = 2;

    private static final int SET_USER_MEMORY_REGION = 0x4020ae46;
    private static final int SET_NR_MMU_PAGES = 0xae44;
    private static final int CREATE_VCPU = 0xae41;
    private static final int GET_DIRTY_LOG = 0x4010ae42;
    private static final long CLEAR_DIRTY_LOG = 0xc018aec0L;
    private static final int ENABLE_CAP = 0x4068aea3;
    private static final int RESET_DIRTY_RINGS = 0xaec7;
    private static final long GET_CLOCK = 0x8030ae7cL;
    private static final long SET_CLOCK = 0x4030ae7bL;
    private static final int GET_STATS_FD = 0xaece;
    private static final int CLOCK_BYTES = 48;
    private static final int CAP_BYTES = 104;

    private final Kvm kvm;
    private final FileDescriptor file;

    KvmVm(Kvm kvm, FileDescriptor file) {
        this.kvm = kvm;
        this.file = file;
    }

    /// What it was made by.
    public Kvm kvm() {
        return kvm;
    }

    /// `KVM_SET_USER_MEMORY_REGION`: backs guest-physical memory from `gpa` by this process's
    /// memory from `address`; no bytes take the slot away. All multiples of 4096.
    ///
    /// @param flags constants of this class
    /// @throws SystemCallException if it fails
    public void setMemory(int slot, int flags, long gpa, long bytes, long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment region = arena.allocate(32, 8);
            region.set(ValueLayout.JAVA_INT, 0, slot);
            region.set(ValueLayout.JAVA_INT, 4, flags);
            region.set(ValueLayout.JAVA_LONG, 8, gpa);
            region.set(ValueLayout.JAVA_LONG, 16, bytes);
            region.set(ValueLayout.JAVA_LONG, 24, address);
            file.ioctl("KVM_SET_USER_MEMORY_REGION", SET_USER_MEMORY_REGION, region);
        }
    }

    /// `KVM_SET_NR_MMU_PAGES`: where KVM shadows the guest's tables, up to how many pages its own
    /// may take. Beyond that it forgets some, and finds out again what they mapped: as writable,
    /// and therefore as written, even if it is only read. Without effect elsewhere.
    public void setMostShadowPages(int pages) {
        int _ = file.tryIoctl(SET_NR_MMU_PAGES, pages);
    }

    /// `KVM_CREATE_VCPU`, with what of CPUID KVM needs to check its registers.
    ///
    /// @param ringBytes size of its dirty ring, or 0; see [#enable]
    /// @throws SystemCallException if it fails
    public KvmVcpu createCpu(int index, int ringBytes) {
        int fd = file.ioctl("KVM_CREATE_VCPU", CREATE_VCPU, index);
        return KvmVcpu.open(kvm, FileDescriptor.of("virtual CPU " + index, fd), ringBytes);
    }

    /// `KVM_ENABLE_CAP`.
    ///
    /// @throws SystemCallException if it fails
    public void enable(Extension extension, long argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cap = arena.allocate(CAP_BYTES, 8);
            cap.set(ValueLayout.JAVA_INT, 0, extension.number());
            cap.set(ValueLayout.JAVA_LONG, 8, argument);
            file.ioctl("KVM_ENABLE_CAP " + extension, ENABLE_CAP, cap);
        }
    }

    /// `KVM_GET_DIRTY_LOG` of a slot: a bit for each of its pages that was written since the last
    /// call; with [Extension#MANUAL_DIRTY_PROTECT] since it was cleared.
    ///
    /// @param bitmap a bit a page, in whole longs, of native memory
    /// @throws SystemCallException if it fails
    public void dirtyLog(int slot, MemorySegment bitmap) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment log = arena.allocate(16, 8);
            log.set(ValueLayout.JAVA_INT, 0, slot);
            log.set(ValueLayout.JAVA_LONG, 8, bitmap.address());
            file.ioctl("KVM_GET_DIRTY_LOG", GET_DIRTY_LOG, log);
        }
    }

    /// `KVM_CLEAR_DIRTY_LOG`: the pages whose bits are set are logged again at their next write.
    ///
    /// @param firstPage of the slot, a multiple of 64
    /// @param pages a multiple of 64, unless they end with the slot
    /// @throws SystemCallException if it fails
    public void clearDirtyLog(int slot, long firstPage, int pages, MemorySegment bitmap) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment log = arena.allocate(24, 8);
            log.set(ValueLayout.JAVA_INT, 0, slot);
            log.set(ValueLayout.JAVA_INT, 4, pages);
            log.set(ValueLayout.JAVA_LONG, 8, firstPage);
            log.set(ValueLayout.JAVA_LONG, 16, bitmap.address());
            file.ioctl("KVM_CLEAR_DIRTY_LOG", CLEAR_DIRTY_LOG, log);
        }
    }

    /// `KVM_RESET_DIRTY_RINGS`: entries harvested from all rings may be used again, and their pages
    /// are logged at their next write.
    ///
    /// @return how many
    /// @throws SystemCallException if it fails
    public int resetDirtyRings() {
        return file.ioctl("KVM_RESET_DIRTY_RINGS", RESET_DIRTY_RINGS, 0);
    }

    /// `KVM_GET_CLOCK`: the guest's clock, to be given to another virtual machine.
    ///
    /// @throws SystemCallException if it fails
    public byte[] clock() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(CLOCK_BYTES, 8);
            file.ioctl("KVM_GET_CLOCK", GET_CLOCK, clock);
            return clock.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// `KVM_SET_CLOCK`, with what [#clock] returned.
    ///
    /// @throws SystemCallException if it fails
    public void setClock(byte[] clock) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(CLOCK_BYTES, 8);
            MemorySegment.copy(clock, 0, copy, ValueLayout.JAVA_BYTE, 0, CLOCK_BYTES);
            copy.set(ValueLayout.JAVA_INT, 8, 0);
            file.ioctl("KVM_SET_CLOCK", SET_CLOCK, copy);
        }
    }

    /// `KVM_GET_STATS_FD`: its counters.
    ///
    /// @throws SystemCallException if it fails, as where there is no [Extension#BINARY_STATISTICS]
    public Statistics statistics() {
        int fd = file.ioctl("KVM_GET_STATS_FD", GET_STATS_FD, 0);
        return Statistics.of(FileDescriptor.of("statistics of a virtual machine", fd));
    }

    /// Whether an error means that something ran out: memory, mappings or descriptors.
    public static boolean isExhaustion(SystemCallException e) {
        return e.errno() == Errno.ENOMEM || e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE;
    }

    @Override
    public void close() {
        file.close();
    }
}
