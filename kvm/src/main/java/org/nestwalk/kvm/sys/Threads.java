package org.nestwalk.kvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/// Threads as the kernel knows them: their numbers, a signal that gets one out of a system call,
/// and the processors that they may run on.
///
/// **Hazard.** The Java machine uses signals for itself (SIGSEGV, SIGBUS, SIGUSR2, SIGQUIT and
/// others). [#INTERRUPT] is a real-time signal that it does not use; its action is a function of
/// the C library that does nothing of consequence, so that no Java code runs in a signal handler.
public final class Threads {
    /// The signal that interrupts system calls, within Linux's real-time range of 34 to 64.
    public static final int INTERRUPT = 40;

    private static final long SYS_GETPID = 39;
    private static final long SYS_GETTID = 186;
    private static final long SYS_TGKILL = 234;
    private static final int ACTION_BYTES = 152;
    private static final int MOST_CPUS = 1024;
    private static final ThreadLocal<Integer> ID =
            ThreadLocal.withInitial(() -> (int) Libc.syscall(SYS_GETTID, 0, 0, 0));

    private Threads() {}

    private static final class Action {
        static {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment action = arena.allocate(ACTION_BYTES, Long.BYTES);
                action.set(ValueLayout.ADDRESS, 0, Libc.address("abs"));
                Libc.sigaction(INTERRUPT, action);
            }
        }

        static void install() {}
    }

    /// Makes [#interrupt] harmless for the process: without this the signal would end it. Done
    /// once.
    public static void prepareInterrupts() {
        Action.install();
    }

    /// The calling thread's number.
    ///
    /// @throws IllegalStateException on a virtual thread, whose number changes
    public static int id() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual CPU needs a platform thread");
        }
        return ID.get();
    }

    /// Interrupts the system call that the thread with number `id` is in, if it is in one that can
    /// be. Nothing happens if the thread has ended.
    public static void interrupt(int id) {
        long self = Libc.syscall(SYS_GETPID, 0, 0, 0);
        long _ = Libc.syscall(SYS_TGKILL, self, id, INTERRUPT);
    }

    /// The processors that the calling thread may run on.
    ///
    /// @throws SystemCallException if it fails
    public static BitSet processors() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MOST_CPUS / Byte.SIZE, Long.BYTES);
            Libc.getAffinity(mask);
            return BitSet.valueOf(mask.asByteBuffer());
        }
    }

    /// Lets the calling thread run on `processors` only.
    ///
    /// @throws SystemCallException if there is none of them
    public static void runOn(BitSet processors) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MOST_CPUS / Byte.SIZE, Long.BYTES);
            processors.stream()
                    .forEach(cpu -> {
                        long at = cpu / Byte.SIZE;
                        byte old = mask.get(ValueLayout.JAVA_BYTE, at);
                        mask.set(ValueLayout.JAVA_BYTE, at, (byte) (old | 1 << cpu % Byte.SIZE));
                    });
            Libc.setAffinity(mask);
        }
    }
}
