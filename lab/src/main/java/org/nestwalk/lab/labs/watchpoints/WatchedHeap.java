package org.nestwalk.lab.labs.watchpoints;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.watchpoints.CallSites;
import org.nestwalk.hypervisor.watchpoints.PageChoice;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.hypervisor.watchpoints.WatchedAccess;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.Xoshiro256;

/// A guest whose CPUs work on one heap in turn, with a hypervisor that judges what its watchpoints
/// see, and a twin without a machine that knows what memory holds. Behind the heap are as many
/// pages that nobody accesses.
final class WatchedHeap implements AutoCloseable {
    static final long BASE = 0x40_0000_0000L;

    /// The pages with most accesses that count as hot are one of so many.
    static final int TENTH = 10;

    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final Machine machine;
    private final MappedGuest guest;
    private final HeapClock clock;
    private final HeapMap heap;
    private final List<HeapProgram> programs = new ArrayList<>();
    private final Xoshiro256 random;
    private final Permutation heat;
    private final long[] memory;
    private final long[] checksums;
    private final List<Report> reports = new ArrayList<>();
    private long[] block = new long[64];

    /// What the hypervisor says of an access.
    record Report(WatchedAccess access, Suspicion suspicion) {}

    /// Where the armed pages are.
    enum Region {
        /// On the heap.
        HEAP,
        /// In its first half.
        FIRST_HALF,
        /// In its second half.
        SECOND_HALF,
        /// Where nobody goes.
        UNUSED
    }

    /// What a guest's CPUs do.
    ///
    /// @param pages of the heap
    /// @param cpus 1 to [HeapMap#MOST_CPUS]
    /// @param skew exponent of the distribution of accesses over pages; 0 for an even one
    /// @param stores part of the accesses of each CPU that are stores; the last is that of all
    ///   others
    record Load(int pages, int cpus, double skew, List<Double> stores) {}

    /// @param machine which is closed with this
    WatchedHeap(Machine machine, HeapClock clock, Load load, long seed) {
        this.machine = machine;
        this.clock = clock;
        this.random = new Xoshiro256(seed);
        this.heap = new HeapMap(load.pages, load.cpus, random);
        this.memory = new long[Math.toIntExact(load.pages * PAGE / Long.BYTES)];
        this.checksums = new long[load.cpus];
        this.heat = new Permutation(load.pages, random.nextLong());
        for (int cpu = 0; cpu < load.cpus; cpu++) {
            double stores = load.stores.get(Math.min(cpu, load.stores.size() - 1));
            programs.add(
                    new HeapProgram(heap, cpu, BASE, heat, load.skew, stores, random.nextLong()));
            checksums[cpu] = Checksum.START;
        }
        try {
            guest =
                    new MappedGuest(
                            machine,
                            load.cpus,
                            BASE,
                            2L * load.pages * PAGE,
                            PageSize.SIZE_4K,
                            new Eager(PageSize.SIZE_4K));
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    /// Bytes of guest memory with a heap of `pages` pages.
    static long memoryFor(int pages) {
        return MappedGuest.memoryFor(BASE, 2L * pages * PAGE);
    }

    /// Arms pages; what its observer finds suspicious is in [#reports].
    RotatingWatchpoints arm(int count, Trap trap, PageChoice choice, Region region) {
        long pages = heap.pages();
        PageSet watched = new PageSet();
        long half = pages / 2;
        long first =
                switch (region) {
                    case HEAP, FIRST_HALF -> 0;
                    case SECOND_HALF -> half;
                    case UNUSED -> pages;
                };
        boolean isHalf = region == Region.FIRST_HALF || region == Region.SECOND_HALF;
        watched.add(guest.dataStart() + first * PAGE, (isHalf ? half : pages) * PAGE);
        return RotatingWatchpoints.open(
                guest.vm(), watched, count, trap, choice, sites(), this::judge);
    }

    private CallSites sites() {
        return new CallSites() {
            @Override
            public long instruction(VirtualCpu cpu) {
                return programs.get(cpu.index()).instruction(cpu.position());
            }

            @Override
            public long caller(VirtualCpu cpu) {
                return programs.get(cpu.index()).caller(cpu.position());
            }
        };
    }

    /// Accesses by the kernel, of which there are none here, and by walks are nobody's fault.
    private void judge(WatchedAccess access) {
        if (access.gva() != -1 && !access.table()) {
            Suspicion suspicion =
                    heap.judge(
                            access.gva() - BASE >> 3,
                            access.cpu(),
                            HeapProgram.classOf(access.instruction()));
            if (suspicion != Suspicion.NONE) {
                reports.add(new Report(access, suspicion));
            }
        }
    }

    /// The allocator changes something.
    void change() {
        heap.change(random);
    }

    /// The page with the most accesses but for `rank` others.
    int ofRank(int rank) {
        return (int) heat.apply(rank);
    }

    /// How many of the hottest tenth of pages are among `pages`.
    int hottest(PageSet pages) {
        int count = 0;
        for (int rank = 0; rank < heap.pages() / TENTH; rank++) {
            count += pages.contains(guest.dataStart() + ofRank(rank) * PAGE) ? 1 : 0;
        }
        return count;
    }

    HeapProgram program(int cpu) {
        return programs.get(cpu);
    }

    int cpus() {
        return programs.size();
    }

    int pages() {
        return heap.pages();
    }

    /// Random numbers of this run, for who drives it.
    Xoshiro256 random() {
        return random;
    }

    MappedGuest guest() {
        return guest;
    }

    /// Makes what the program of a CPU has planned.
    ///
    /// @return how long it took
    /// @throws IllegalStateException if the guest does not get to the end
    long run(int cpu) {
        HeapProgram program = programs.get(cpu);
        VirtualCpu runs = guest.vm().cpus().get(cpu);
        int count = program.planned();
        if (block.length < count) {
            block = new long[count];
        }
        int filled = program.next(block);
        long before = clock.of(runs);
        VmExit end = runs.run(block, 0, filled);
        if (!(end instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("the guest ended with " + end);
        }
        long time = clock.of(runs) - before;
        remember(cpu, filled);
        program.made(filled);
        return time;
    }

    /// The twin does the same.
    private void remember(int cpu, int count) {
        HeapProgram program = programs.get(cpu);
        for (int i = 0; i < count; i++) {
            int word = (int) (program.address(i) - BASE >> 3);
            if (Access.isWrite(block[i])) {
                memory[word] = program.value(i);
            } else {
                checksums[cpu] = Checksum.fold(checksums[cpu], memory[word]);
            }
        }
    }

    /// Whether all CPUs have loaded what the twin says.
    boolean isRight() {
        for (int cpu = 0; cpu < checksums.length; cpu++) {
            CpuState state = guest.vm().cpus().get(cpu).state();
            if (state.checksum() != checksums[cpu]
                    || state.cursor() != programs.get(cpu).cursor(0)) {
                return false;
            }
        }
        return true;
    }

    /// What was found suspicious since this was last asked.
    List<Report> reports() {
        List<Report> all = List.copyOf(reports);
        reports.clear();
        return all;
    }

    /// What a report must say of the bad access that a CPU has planned; null if it has none.
    ///
    /// @return asked before [#run]
    @Nullable WatchedAccess truth(int cpu) {
        HeapProgram program = programs.get(cpu);
        int bad = program.bad();
        if (bad < 0) {
            return null;
        }
        long gva = program.address(bad);
        return new WatchedAccess(
                cpu,
                program.instruction(bad),
                program.caller(bad),
                gva,
                guest.dataStart() + gva - BASE,
                true,
                false,
                program.value(bad),
                program.cursor(bad));
    }

    @Override
    public void close() {
        machine.close();
    }
}
