package org.nestwalk.kvm.handle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.MovablePages;
import org.nestwalk.machine.Checksum;

/// A guest on KVM that stores and loads without a pause, while one thread moves its pages to other
/// frames and takes them away, and another changes its slot. Frames are poisoned before they go, so
/// that a stale translation has the guest load poison, or lose a store: its checksum says so.
final class RunningStorm {
    private static final int PAGES = 32;
    private static final long PAGE = MappedMemory.PAGE;
    private static final int WORDS = (int) (PAGE / Long.BYTES);
    private static final int BLOCK = 2_000;
    private static final int MOST_BLOCKS = 5_000;
    private static final byte POISON = -1;

    private final SplittableRandom random;
    private final boolean careless;
    private final int wanted;
    private final ReentrantLock lock = new ReentrantLock();
    private final boolean[] away = new boolean[PAGES];
    private final long[][] kept = new long[PAGES][WORDS];
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicInteger moves = new AtomicInteger();
    private long faults;

    /// @param careless whether a page is copied before it is taken away, which loses what is stored
    ///   in between
    /// @param wanted pages moved or taken away before the guest ends
    RunningStorm(long seed, boolean careless, int wanted) {
        this.random = new SplittableRandom(seed);
        this.careless = careless;
        this.wanted = wanted;
    }

    /// Pages moved or taken away.
    int moves() {
        return moves.get();
    }

    /// Times that the guest found a page gone.
    long faults() {
        return faults;
    }

    /// Lets it rage. Returns what went wrong, null if nothing did.
    @SuppressWarnings("ThreadPriorityCheck") // another order is all that it is for
    @Nullable String run(Kvm kvm) throws InterruptedException {
        try (PlainGuest guest = new PlainGuest(kvm, PAGES * PAGE, 0, 0);
                MappedMemory spare = MappedMemory.anonymous(PAGE, PAGE);
                MappedMemory staged = MappedMemory.anonymous(PAGE, PAGE);
                MovablePages movable = new MovablePages()) {
            guest.data.advise(0, PAGES * PAGE, MappedMemory.NO_HUGE_PAGE);
            for (int page = 0; page < PAGES; page++) {
                guest.data.segment().set(ValueLayout.JAVA_LONG, page * PAGE, 0L);
            }
            movable.register(guest.data);
            movable.register(spare);
            long seed = random.nextLong();
            Thread mover =
                    new Thread(() -> {
                        SplittableRandom own = new SplittableRandom(seed);
                        while (running.get()) {
                            take(guest, movable, spare, staged, own);
                            Thread.yield();
                        }
                    });
            Thread slots =
                    new Thread(() -> {
                        for (int i = 1; running.get(); i++) {
                            guest.vm.setMemory(
                                    PlainGuest.DATA_SLOT,
                                    i % 2 * KvmVm.LOG_DIRTY_PAGES,
                                    PlainGuest.DATA,
                                    PAGES * PAGE,
                                    guest.data.address());
                            Thread.onSpinWait();
                        }
                    });
            mover.start();
            slots.start();
            try {
                return accesses(guest, movable, staged);
            } finally {
                running.set(false);
                mover.join();
                slots.join();
            }
        }
    }

    private @Nullable String accesses(PlainGuest guest, MovablePages movable, MappedMemory staged) {
        long[][] twin = new long[PAGES][WORDS];
        for (int block = 0; block < MOST_BLOCKS && moves.get() < wanted; block++) {
            long[] accesses = new long[BLOCK];
            long checksum = Checksum.START;
            for (int i = 0; i < BLOCK; i++) {
                int page = random.nextInt(PAGES);
                int word = random.nextInt(WORDS);
                boolean store = random.nextBoolean();
                long address = PlainGuest.DATA + page * PAGE + word * (long) Long.BYTES;
                accesses[i] = Access.pack(store ? Access.STORE : Access.LOAD, address);
                if (store) {
                    twin[page][word] = Checksum.value(i);
                } else {
                    checksum = Checksum.fold(checksum, twin[page][word]);
                }
            }
            guest.start(accesses);
            int result = guest.cpu.enter();
            while (!(result == 0 && guest.isDone())) {
                if (result != 0 && result != Errno.EFAULT && result != Errno.EINTR) {
                    return "the guest ended with " + result;
                }
                if (result == 0 && guest.cpu.exit() != Exit.MEMORY_FAULT) {
                    return "the guest ended with " + guest.cpu.exit();
                }
                faults++;
                bringBack(guest, movable, staged);
                result = guest.cpu.enter();
            }
            if (guest.checksum() != checksum) {
                return "block %d: what the guest loaded is not what it stored".formatted(block);
            }
        }
        return null;
    }

    /// Takes a page away, or gives it another frame.
    private void take(
            PlainGuest guest,
            MovablePages movable,
            MappedMemory spare,
            MappedMemory staged,
            SplittableRandom own) {
        lock.lock();
        try {
            int page = own.nextInt(PAGES);
            if (away[page]) {
                put(guest, movable, staged, page);
                return;
            }
            long address = guest.data.address() + page * PAGE;
            if (careless) {
                read(guest.data, page, kept[page]);
                for (int i = own.nextInt(2_000); i > 0; i--) {
                    Thread.onSpinWait();
                }
                guest.data.advise(page * PAGE, PAGE, MappedMemory.DONT_NEED);
            } else {
                if (!movable.move(spare.address(), address)) {
                    return;
                }
                read(spare, 0, kept[page]);
                spare.segment().asSlice(0, PAGE).fill(POISON);
                spare.advise(0, PAGE, MappedMemory.DONT_NEED);
            }
            away[page] = true;
            moves.incrementAndGet();
            if (own.nextBoolean()) {
                put(guest, movable, staged, page);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void read(MappedMemory from, int page, long[] words) {
        MemorySegment.copy(
                from.segment(), ValueLayout.JAVA_LONG, page * PAGE, words, 0, words.length);
    }

    /// With the lock.
    private void put(PlainGuest guest, MovablePages movable, MappedMemory staged, int page) {
        MemorySegment.copy(kept[page], 0, staged.segment(), ValueLayout.JAVA_LONG, 0, WORDS);
        away[page] = !movable.copy(guest.data.address() + page * PAGE, staged.address());
    }

    private void bringBack(PlainGuest guest, MovablePages movable, MappedMemory staged) {
        lock.lock();
        try {
            for (int page = 0; page < PAGES; page++) {
                if (away[page]) {
                    put(guest, movable, staged, page);
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
