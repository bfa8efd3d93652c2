package org.nestwalk.traces.record;

import org.nestwalk.bits.Access;

/// Follows what a thread loads through its registers, and finds for each data access from which
/// load before it its address comes.
///
/// Each register remembers the latest load that its value comes from, by the number of that access
/// in the thread. What is stored takes that along: a load of the same eight bytes, if their place
/// in a small table is not taken by others in between, waits for the load that the stored value
/// came from, as it does on a processor. Several loads that a value comes from are not told apart:
/// the latest stands for all. `flow.h` describes the words, `designs/047` why this is enough.
final class RegisterFlow {
    private static final int STORES = 1 << 12;
    private static final int STORE_SHIFT = 3;

    // Of each register the number of the latest load that its value comes from; 0 for none.
    private final long[] registers = new long[Long.SIZE];
    // Which eight bytes were stored, and the latest load that what was stored comes from.
    private final long[] stored = new long[STORES];
    private final long[] storedFrom = new long[STORES];
    private BlockFlow flow = BlockFlow.UNKNOWN;
    private int instruction;
    private long loaded;
    private long accesses;
    private long known;

    /// Forgets nothing, but lets no later access depend on one before: others come in between.
    void interrupted() {
        known = accesses;
    }

    /// A block begins; the one before is executed to its end.
    void begin(BlockFlow next) {
        execute(flow.instructions());
        flow = next;
        instruction = 0;
        loaded = 0;
    }

    /// The instruction with index `at` in the block makes a data access; all before it have been
    /// executed.
    ///
    /// @return how many data accesses back the one is that this one depends on, or 0
    int access(int at, boolean store, long address, int size) {
        execute(at);
        long number = ++accesses;
        boolean described = at < flow.instructions();
        int addresses = store ? BlockFlow.FOR_STORES : BlockFlow.FOR_LOADS;
        long from = described ? latest(at, addresses) : 0;
        long first = address >>> STORE_SHIFT;
        long last = address + size - 1 >>> STORE_SHIFT;
        if (store) {
            long value = described ? Math.max(latest(at, BlockFlow.SOURCES), loaded) : loaded;
            for (long eight = first; eight <= last; eight++) {
                int slot = (int) eight & STORES - 1;
                stored[slot] = eight;
                storedFrom[slot] = value;
            }
        } else {
            for (long eight = first; eight <= last; eight++) {
                int slot = (int) eight & STORES - 1;
                from = stored[slot] == eight ? Math.max(from, storedFrom[slot]) : from;
            }
            loaded = number;
        }
        long distance = number - from;
        return from > known && distance <= Access.FARTHEST ? (int) distance : 0;
    }

    /// Executes instructions up to, not including, the one with index `end`; what was loaded
    /// belongs to the first of them.
    private void execute(int end) {
        int last = Math.min(end, flow.instructions());
        int at = instruction;
        if (at < last) {
            write(at, loaded);
            loaded = 0;
            for (at = flow.nextWriter(at + 1); at < last; at = flow.nextWriter(at + 1)) {
                write(at, 0);
            }
        }
        instruction = Math.max(instruction, end);
    }

    /// What the instruction at `at` writes comes from its sources, and from the access `from`.
    private void write(int at, long from) {
        int effect = flow.effect(at);
        long[] all = registers;
        if (effect != BlockFlow.LARGE) {
            long sources = Math.max(all[BlockFlow.first(effect)], all[BlockFlow.second(effect)]);
            long value = Math.max(sources, from);
            all[BlockFlow.third(effect)] = value;
            all[BlockFlow.fourth(effect)] = value;
            return;
        }
        long value = Math.max(latest(at, BlockFlow.SOURCES), from);
        for (long left = flow.set(at, BlockFlow.WRITTEN); left != 0; left &= left - 1) {
            all[Long.numberOfTrailingZeros(left)] = value;
        }
    }

    /// The latest load that registers of a set come from.
    private long latest(int at, int set) {
        int pair = flow.pair(at, set);
        if (pair != BlockFlow.LARGE) {
            return Math.max(registers[BlockFlow.first(pair)], registers[BlockFlow.second(pair)]);
        }
        long latest = 0;
        for (long left = flow.set(at, set); left != 0; left &= left - 1) {
            latest = Math.max(latest, registers[Long.numberOfTrailingZeros(left)]);
        }
        return latest;
    }
}
