package org.nestwalk.kvm.handle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.SystemCallException;

/// The host's KVM: `/dev/kvm`.
public final class Kvm implements AutoCloseable {
    /// Where it is.
    public static final String DEVICE = "/dev/kvm";

    /// The only version of its API there has been since 2007.
    public static final int API_VERSION = 12;

    private static final int GET_API_VERSION = 0xae00;
    private static final int CREATE_VM = 0xae01;
    private static final int CHECK_EXTENSION = 0xae03;
    private static final int GET_VCPU_MMAP_SIZE = 0xae04;
    private static final long GET_SUPPORTED_CPUID = 0xc008ae05L;
    private static final int CPUID_ENTRY_BYTES = 40;
    private static final int CPUID_HEADER_BYTES = 8;
    private static final int MOST_CPUID_ENTRIES = 512;
    private static final int VENDOR = 0;
    private static final int HIGHEST_EXTENDED = 0x8000_0000;
    private static final int LONG_MODE = 0x8000_0001;
    private static final int ADDRESS_SIZES = 0x8000_0008;
    private static final Set<Integer> CHECKED_BY_KVM =
            Set.of(VENDOR, HIGHEST_EXTENDED, LONG_MODE, ADDRESS_SIZES);

    // What the host's KVM supports, asked once in a process: it takes a third of a millisecond.
    private static @Nullable MemorySegment supported;

    private final FileDescriptor file;
    private final MemorySegment cpuid;
    private final int runBytes;

    private Kvm(FileDescriptor file) {
        this.file = file;
        runBytes = file.ioctl("KVM_GET_VCPU_MMAP_SIZE", GET_VCPU_MMAP_SIZE, 0);
        cpuid = supported(file);
    }

    private static synchronized MemorySegment supported(FileDescriptor file) {
        if (supported == null) {
            MemorySegment asked =
                    Arena.global()
                            .allocate(
                                    CPUID_HEADER_BYTES
                                            + (long) MOST_CPUID_ENTRIES * CPUID_ENTRY_BYTES,
                                    8);
            asked.set(ValueLayout.JAVA_INT, 0, MOST_CPUID_ENTRIES);
            file.ioctl("KVM_GET_SUPPORTED_CPUID", GET_SUPPORTED_CPUID, asked);
            keepWhatKvmChecks(asked);
            supported = asked;
        }
        return supported;
    }

    /// Leaves of CPUID only what KVM itself looks up when it checks registers: which modes there
    /// are, and how wide addresses. Code in our guests is our own and never asks; leaf 1 has KVM
    /// work out the sizes of vector state for each CPU, and takes ten times as long as all of
    /// these.
    private static void keepWhatKvmChecks(MemorySegment cpuid) {
        int kept = 0;
        for (int i = 0; i < entries(cpuid); i++) {
            if (CHECKED_BY_KVM.contains(leaf(cpuid, i))) {
                MemorySegment.copy(cpuid, entry(i), cpuid, entry(kept), CPUID_ENTRY_BYTES);
                kept++;
            }
        }
        cpuid.set(ValueLayout.JAVA_INT, 0, kept);
    }

    private static int entries(MemorySegment cpuid) {
        return cpuid.get(ValueLayout.JAVA_INT, 0);
    }

    private static int leaf(MemorySegment cpuid, int index) {
        return cpuid.get(ValueLayout.JAVA_INT, entry(index));
    }

    private static long entry(int index) {
        return CPUID_HEADER_BYTES + (long) index * CPUID_ENTRY_BYTES;
    }

    /// Opens it.
    ///
    /// @throws KvmAbsent with one sentence, if the host has none or does not let us
    public static Kvm open() {
        return open(DEVICE);
    }

    /// Opens `device` instead of [#DEVICE].
    ///
    /// @throws KvmAbsent if it cannot be opened, or is not KVM
    public static Kvm open(String device) {
        FileDescriptor file;
        try {
            file = FileDescriptor.open(device, FileDescriptor.READ_WRITE);
        } catch (SystemCallException e) {
            KvmAbsent absent = KvmAbsent.of(device, e.errno(), String.valueOf(e.getMessage()));
            absent.initCause(e);
            throw absent;
        }
        try {
            int version = file.tryIoctl(GET_API_VERSION, 0);
            if (version != API_VERSION) {
                throw KvmAbsent.notKvm(device, API_VERSION);
            }
            return new Kvm(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// The value of an extension: 0 if it is absent.
    public int extension(Extension extension) {
        return Math.max(0, file.tryIoctl(CHECK_EXTENSION, extension.number()));
    }

    /// Whether there is an extension.
    public boolean has(Extension extension) {
        return extension(extension) > 0;
    }

    /// `KVM_CREATE_VM`.
    ///
    /// @throws SystemCallException if it fails
    public KvmVm createVm() {
        int fd;
        do {
            // Creating one takes a while, and gives up on any signal.
            fd = file.tryIoctl(CREATE_VM, 0);
        } while (fd == -Errno.EINTR);
        if (fd < 0) {
            throw new SystemCallException("KVM_CREATE_VM", -fd);
        }
        return new KvmVm(this, FileDescriptor.of("a virtual machine", fd));
    }

    /// What guests are given of CPUID: `struct kvm_cpuid2`.
    MemorySegment cpuid() {
        return cpuid;
    }

    /// Bits of a guest-physical address, from leaf 0x80000008.
    public int physicalAddressBits() {
        for (int i = 0; i < entries(cpuid); i++) {
            if (leaf(cpuid, i) == ADDRESS_SIZES) {
                return cpuid.get(ValueLayout.JAVA_INT, entry(i) + 12) & 0xff;
            }
        }
        return 36;
    }

    /// Size of the memory that a virtual CPU shares with its user.
    int runBytes() {
        return runBytes;
    }

    @Override
    public void close() {
        file.close();
    }
}
