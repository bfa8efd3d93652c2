package org.nestwalk.lab.compare;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.Walker;

/// One setup in a comparison, with the marks at which its account is read.
public final class Contender {
    private final String name;
    private final Setup setup;
    private final @Nullable LookupCounter lookups;
    private final List<SetupCounts> intervals = new ArrayList<>();
    private MmuCounts counted = new MmuCounts();
    private long countedExits;
    private MmuCounts intervalStart = counted;
    private long intervalExits;
    private @Nullable FootprintMap map;

    private Contender(String name, Setup setup, @Nullable LookupCounter lookups) {
        this.name = name;
        this.setup = setup;
        this.lookups = lookups;
        if (lookups != null) {
            setup.mmu().observe(lookups);
        }
    }

    /// All setups that `options` name, at their beginning.
    ///
    /// @throws org.nestwalk.InputException if a setup or layout does not exist
    public static List<Contender> all(CompareOptions options) {
        return all(options, List.of());
    }

    /// As the other, with look-ups counted.
    ///
    /// @param counters of look-ups, one a setup, or none
    static List<Contender> all(CompareOptions options, List<? extends LookupCounter> counters) {
        SetupContext context =
                new SetupContext(
                        options.machine(),
                        options.guestLayout(),
                        options.hostLayout(),
                        options.seed(),
                        options.guestLevels(),
                        options.hostLevels());
        List<Contender> all = new ArrayList<>();
        for (String name : options.setups()) {
            LookupCounter counter = counters.isEmpty() ? null : counters.get(all.size());
            all.add(new Contender(name, Setups.parse(name).apply(context), counter));
        }
        return all;
    }

    /// Its name.
    public String name() {
        return name;
    }

    /// Counts, from now on, by page and time, too.
    void map() {
        map = new FootprintMap();
    }

    /// What was counted by page and time; null if nothing was.
    @Nullable Footprint footprint() {
        return map == null ? null : map.footprint();
    }

    /// Makes accesses of `block`, from index `from` to `to`.
    public void run(long[] block, int from, int to) {
        if (map == null) {
            setup.mmu().run(block, from, to);
            return;
        }
        MmuCounts counts = setup.mmu().counts();
        for (int i = from; i < to; ) {
            int next = Access.skip(block, i, to, 1);
            long walks = counts.walks.walks;
            long splintered = counts.splinteredFills;
            setup.mmu().run(block, i, next);
            map.add(
                    Access.address(block[i]),
                    counts.walks.walks - walks,
                    counts.splinteredFills - splintered);
            i = next;
        }
    }

    /// Does to the tables what accesses do to them, and nothing to the processor: maps their pages,
    /// and sets their flags.
    public void prepare(long[] accesses) {
        Walker walker = setup.mmu().walkerBeside(null);
        for (long access : accesses) {
            long gva = Access.address(access);
            int type = AccessType.ofUser(access);
            setup.touch(gva, type);
            if (walker.walk(gva, type) != Outcome.OK) {
                throw new TranslationFault(walker.result());
            }
        }
    }

    /// Forgets what was counted until now: the warm-up is over.
    public void beginCounting() {
        counted = setup.mmu().counts().copy();
        countedExits = setup.exits();
        intervalStart = counted;
        intervalExits = countedExits;
        if (lookups != null) {
            lookups.beginCounting();
        }
        if (map != null) {
            map.clear();
        }
    }

    /// Begins an interval here.
    public void beginInterval() {
        intervalStart = setup.mmu().counts().copy();
        intervalExits = setup.exits();
    }

    /// Keeps the account since the last call as an interval.
    public void endInterval() {
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
    public boolean hasOpenInterval() {
        return setup.mmu().counts().accesses() > intervalStart.accesses();
    }

    /// What was kept so far, in order.
    public List<SetupCounts> intervals() {
        return List.copyOf(intervals);
    }

    /// The account from the end of the warm-up.
    public SetupCounts total() {
        return new SetupCounts(
                name,
                setup.mmu().counts().since(counted),
                setup.exits() - countedExits,
                setup.pageTableBytes());
    }
}
