package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Whether this process may use certain parts of the kernel, found by trying.
public interface KernelFeatures {
    /// Those of the running kernel.
    KernelFeatures RUNNING = new Running();

    /// Features of `userfaultfd(2)`, as `UFFDIO_API` gives them (`linux/userfaultfd.h`).
    ///
    /// @param userModeOnly whether for faults of user mode only, which any process may ask for;
    ///   those of the kernel, and so of KVM, need a privilege
    /// @return bits `UFFD_FEATURE_*`, not negative; or the error number negated
    long userFaults(boolean userModeOnly);

    /// `perf_event_open(2)` for the processor cycles of this process in user mode.
    ///
    /// @return 0, or the error number negated: EACCES or EPERM where that is not permitted, ENOENT
    ///   where the processor, or the virtual machine this is, has no counters
    int cycleCounter();

    /// By system calls.
    final class Running implements KernelFeatures {
        private static final long SYS_USERFAULTFD = 323;
        private static final long SYS_PERF_EVENT_OPEN = 298;
        private static final int CLOEXEC = 0x80000;
        private static final int USER_MODE_ONLY = 1;
        private static final long UFFDIO_API = 0xc018aa3fL;
        private static final long API = 0xaa;
        private static final int ATTRIBUTE_BYTES = 128;
        private static final long EXCLUDE_KERNEL_AND_HYPERVISOR = 3L << 5;

        private Running() {}

        @Override
        public long userFaults(boolean userModeOnly) {
            int flags = CLOEXEC | (userModeOnly ? USER_MODE_ONLY : 0);
            long fd = Libc.syscall(SYS_USERFAULTFD, flags, 0, 0);
            if (fd < 0) {
                return fd;
            }
            try (FileDescriptor file = FileDescriptor.of("userfaultfd", (int) fd);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment api = arena.allocate(24, Long.BYTES);
                api.set(ValueLayout.JAVA_LONG, 0, API);
                int result = file.tryIoctl(UFFDIO_API, api.address());
                return result < 0 ? result : api.get(ValueLayout.JAVA_LONG, Long.BYTES);
            }
        }

        @Override
        public int cycleCounter() {
            try (Arena arena = Arena.ofConfined()) {
                // struct perf_event_attr: type 0 is hardware, config 0 is cycles.
                MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
                attributes.set(ValueLayout.JAVA_INT, 4, ATTRIBUTE_BYTES);
                attributes.set(ValueLayout.JAVA_LONG, 40, EXCLUDE_KERNEL_AND_HYPERVISOR);
                long fd = Libc.syscall(SYS_PERF_EVENT_OPEN, attributes.address(), 0, -1, -1, 0);
                if (fd < 0) {
                    return (int) fd;
                }
                FileDescriptor.of("cycle counter", (int) fd).close();
                return 0;
            }
        }
    }
}
