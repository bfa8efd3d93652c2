package org.nestwalk.hypervisor.layout;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualMachine;

/// Backs a guest's memory by a permutation of the host's that a key chooses, granule by granule,
/// and moves all of it to another one when it is told to.
///
/// All host memory but a part for tables is taken first, so that a granule can be at any place with
/// the same probability, and guest-physical addresses tell nothing of host-physical ones but the
/// bits within a granule. The key has 64 bits, which bounds what can be hidden; the generator
/// behind it is no cipher, and whoever has seen enough of a layout may find the key: good for
/// measuring what layouts hide, and not for relying on.
///
/// What others do with pages goes before: granules of which a page is shared, kept elsewhere, or
/// was taken away, split or backed by somebody else, stay where they are.
public final class RandomLayout implements BackingPolicy, AutoCloseable {
    private static final int FREE = -1;

    // One page in so many is left for tables and for what others back.
    private static final int LEFT = 16;

    private final HostMemory host;
    private final Granule granule;
    private final long key;
    private final boolean eager;
    private @Nullable VirtualMachine vm;
    private @Nullable BlockPool pool;
    private int[] blockOf = {};
    private int[] granuleIn = {};
    private State[] states = {};
    private long period;
    private long moved;
    private long stayed;

    /// What has become of a granule.
    private enum State {
        /// It is not backed; its block is reserved.
        UNUSED,
        /// Its block backs it, or did until others changed that.
        BACKED,
        /// Others back it; its block is reserved.
        ELSEWHERE
    }

    /// The same key makes the same layouts of the same memory.
    ///
    /// @param host of the virtual machine that this will back
    /// @param eager whether everything is backed before it runs; otherwise a granule is when it is
    ///   touched first, unless the hypervisor has stored to a page of it before
    public RandomLayout(HostMemory host, Granule granule, long key, boolean eager) {
        this.host = host;
        this.granule = granule;
        this.key = key;
        this.eager = eager;
    }

    @Override
    public void prepare(VirtualMachine prepared) {
        int count = Math.toIntExact(prepared.settings().memoryBytes() / granule.bytes());
        prepared.exclusively(() -> {
            vm = prepared;
            BlockPool blocks = new BlockPool(host, granule, count + 1, host.freeBytes() / LEFT);
            pool = blocks;
            int[] first = KeyedOrder.of(blocks.size(), key, period);
            blockOf = new int[count];
            granuleIn = new int[blocks.size()];
            Arrays.fill(granuleIn, FREE);
            states = new State[count];
            Arrays.fill(states, State.UNUSED);
            for (int i = 0; i < count; i++) {
                put(i, first[i]);
                states[i] = eager && map(i) ? State.BACKED : State.UNUSED;
            }
        });
    }

    private void put(int number, int block) {
        blockOf[number] = block;
        granuleIn[block] = number;
    }

    private VirtualMachine vm() {
        if (vm == null) {
            throw new IllegalStateException("the layout backs nobody yet");
        }
        return vm;
    }

    private BlockPool pool() {
        if (pool == null) {
            throw new IllegalStateException("the layout backs nobody yet");
        }
        return pool;
    }

    @Override
    public boolean back(VirtualMachine backed, long gpa) {
        int number = (int) (gpa / granule.bytes());
        if (states[number] == State.UNUSED) {
            states[number] = map(number) ? State.BACKED : State.ELSEWHERE;
        }
        SecondLevelMap map = backed.secondLevel();
        return map.pageSize(gpa) != null || map.populate(gpa, PageSize.SIZE_4K);
    }

    /// Maps a granule to its block. Returns false, with nothing changed, if it cannot be as a
    /// whole.
    private boolean map(int number) {
        SecondLevelMap map = vm().secondLevel();
        long bytes = granule.page().bytes();
        long gpa = number * granule.bytes();
        for (int i = 0; i < granule.pages(); i++) {
            if (map.pageSize(gpa + i * bytes) != null || map.isInherited(gpa + i * bytes)) {
                return false;
            }
        }
        for (long page = gpa; page < gpa + granule.bytes(); page += PageSize.SIZE_4K.bytes()) {
            if (map.isKept(page)) {
                return false;
            }
        }
        long hpa = pool().address(blockOf[number]);
        for (int i = 0; i < granule.pages(); i++) {
            boolean mapped = map.map(gpa + i * bytes, hpa + i * bytes, granule.page());
            if (!mapped && granule.pages() > 1) {
                throw new IllegalStateException("a page that nobody backs cannot be backed");
            }
            if (!mapped) {
                return false;
            }
        }
        return true;
    }

    /// Moves every granule that can be moved to where the next permutation has it, at the cost of
    /// copying it and of having CPUs forget where it was.
    ///
    /// @return pages moved, of the size of the granule's
    public long rerandomise() {
        return vm().exclusively(() -> {
            long before = moved;
            period++;
            int[] targets = targets();
            int[] wants = new int[granuleIn.length];
            Arrays.fill(wants, FREE);
            Deque<Integer> ready = new ArrayDeque<>();
            for (int i = 0; i < targets.length; i++) {
                if (targets[i] != blockOf[i]) {
                    wants[targets[i]] = i;
                    if (granuleIn[targets[i]] == FREE) {
                        ready.add(i);
                    }
                }
            }
            moveAll(ready, targets, wants);
            // What is left goes round in circles, each of which one has to leave first.
            int free = 0;
            for (int i = 0; i < targets.length; i++) {
                if (targets[i] != blockOf[i]) {
                    while (granuleIn[free] != FREE) {
                        free++;
                    }
                    int from = blockOf[i];
                    move(i, free);
                    ready.add(wants[from]);
                    moveAll(ready, targets, wants);
                }
            }
            return moved - before;
        });
    }

    private void moveAll(Deque<Integer> ready, int[] targets, int[] wants) {
        while (!ready.isEmpty()) {
            int number = ready.remove();
            int from = blockOf[number];
            move(number, targets[number]);
            if (wants[from] != FREE && blockOf[wants[from]] != from) {
                ready.add(wants[from]);
            }
        }
    }

    /// Where each granule goes: those that cannot be moved stay, and those that would go there go
    /// where the permutation has nobody.
    private int[] targets() {
        int[] next = KeyedOrder.of(pool().size(), key, period);
        int[] targets = new int[blockOf.length];
        boolean[] taken = new boolean[granuleIn.length];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = FREE;
            if (!isMovable(i)) {
                targets[i] = blockOf[i];
                taken[blockOf[i]] = true;
                stayed++;
            }
        }
        int more = targets.length;
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] == FREE) {
                int target = next[i];
                while (taken[target]) {
                    target = next[more];
                    more++;
                }
                targets[i] = target;
            }
        }
        return targets;
    }

    private boolean isMovable(int number) {
        if (states[number] != State.BACKED) {
            return states[number] == State.UNUSED;
        }
        SecondLevelMap map = vm().secondLevel();
        long gpa = number * granule.bytes();
        long hpa = pool().address(blockOf[number]);
        boolean plain = vm().settings().protection() == Protection.NONE;
        for (int i = 0; i < granule.pages() && plain; i++) {
            long offset = i * granule.page().bytes();
            plain =
                    map.pageSize(gpa + offset) == granule.page()
                            && map.hostAddress(gpa + offset) == hpa + offset
                            && map.owners(gpa + offset) == 1;
        }
        return plain;
    }

    private void move(int number, int block) {
        if (states[number] == State.BACKED) {
            long gpa = number * granule.bytes();
            long to = pool().address(block);
            for (int i = 0; i < granule.pages(); i++) {
                long offset = i * granule.page().bytes();
                if (vm().secondLevel().exchange(gpa + offset, to + offset, granule.page()) == -1) {
                    throw new IllegalStateException(
                            "page 0x%x cannot be moved".formatted(gpa + offset));
                }
                moved++;
            }
        }
        granuleIn[blockOf[number]] = FREE;
        put(number, block);
    }

    /// Blocks of host memory over which granules are scattered.
    public int blocks() {
        return pool().size();
    }

    /// Pages moved so far, of the size of the granule's.
    public long moved() {
        return moved;
    }

    /// Granules that stayed where they were, added up over all times that others were moved.
    public long stayed() {
        return stayed;
    }

    /// Gives back what backs nothing. What is backed stays so. May be called twice.
    @Override
    public void close() {
        BlockPool reserved = pool;
        if (reserved != null && vm != null) {
            pool = null;
            vm.exclusively(() -> {
                for (int block = 0; block < granuleIn.length; block++) {
                    if (granuleIn[block] == FREE || states[granuleIn[block]] != State.BACKED) {
                        reserved.release(block);
                    }
                }
            });
        }
    }
}
