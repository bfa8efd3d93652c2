package org.nestwalk.lab.compare;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.mmu.count.MmuCounts;

/// One setup in a comparison, with the marks at which its account is read.
final class Contender {
    private final String name;
    private final Setup setup;
    private final @Nullable LookupCounter lookups;
    private final List<SetupCounts> intervals = new ArrayList<>();
    private MmuCounts counted = new MmuCounts();
    private long countedExits;
    private MmuCounts intervalStart = counted;
    private long intervalExits;

    Contender(String name, Setup setup, @Nullable LookupCounter lookups) {
        this.name = name;
        this.setup = setup;
        this.lookups = lookups;
        if (lookups != null) {
            setup.mmu().observe(lookups);
        }
    }

    void run(long[] block, int from, int to) {
        setup.mmu().run(block, from, to);
    }

    /// Forgets what was counted until now: the warm-up is over.
    void beginCounting() {
        counted = setup.mmu().counts().copy();
        countedExits = setup.exits();
        intervalStart = counted;
        intervalExits = countedExits;
        if (lookups != null) {
            lookups.beginCounting();
        }
    }

    /// Keeps the account since the last call as an interval.
    void endInterval() {
        MmuCounts now = setup.mmu().counts().copy();
        long exits = setup.exits();
        intervals.add(
                new SetupCounts(
                        name,
                        now.since(intervalStart),
                        exits - intervalExits,
                        setup.pageTableBytes()));
        intervalStart = now;
        intervalExits = exits;
    }

    /// Whether anything was counted since the last interval ended.
    boolean hasOpenInterval() {
        return setup.mmu().counts().accesses() > intervalStart.accesses();
    }

    List<SetupCounts> intervals() {
        return List.copyOf(intervals);
    }

    /// The account from the end of the warm-up.
    SetupCounts total() {
        return new SetupCounts(
                name,
                setup.mmu().counts().since(counted),
                setup.exits() - countedExits,
                setup.pageTableBytes());
    }
}
