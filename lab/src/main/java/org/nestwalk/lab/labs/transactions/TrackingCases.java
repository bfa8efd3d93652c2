package org.nestwalk.lab.labs.transactions;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.transactions.SuppressedExit;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A hypervisor looks for written pages while each transaction writes one page of backed memory.
public final class TrackingCases {
    static final String PROTECT_4K = "write-protect, 4K";
    static final String LOG_4K = "logging, 4K";

    /// The pass before which tracking is not armed.
    static final int NOT_ARMED = 3;

    private static final long BASE = 0x40_0000_0000L;
    private static final long PAGES = 2_048;
    private static final int WRITES = 8;

    private final ProcessorModel model;
    private final TransactionSettings settings;

    /// One pass over all pages.
    ///
    /// @param name what people call the way of tracking
    /// @param suppressed what becomes of exits that abort
    /// @param pass which: 1 is the first since tracking began, 2 after it was armed again, 3
    ///   without that
    /// @param transactions of the pass
    /// @param abortedFirst share of them whose first attempt was aborted
    /// @param dirtyPages that tracking found, tables included
    /// @param aborts of the pass
    /// @param abortsPerPage of those
    /// @param fallbacks share of transactions that took the lock
    /// @param cycles of the pass
    public record Row(
            String name,
            String suppressed,
            int pass,
            long transactions,
            double abortedFirst,
            long dirtyPages,
            long aborts,
            double abortsPerPage,
            double fallbacks,
            long cycles)
            implements CaseRow {}

    private TrackingCases(ProcessorModel model, TransactionSettings settings) {
        this.model = model;
        this.settings = settings;
    }

    /// All ways of tracking that the processor has, one after the other.
    static List<Function<Meter, List<Row>>> parts(
            ProcessorModel model, TransactionSettings settings) {
        TrackingCases cases = new TrackingCases(model, settings);
        List<Function<Meter, List<Row>>> parts = new ArrayList<>();
        PageSize small = PageSize.SIZE_4K;
        parts.add(cases.protect(PROTECT_4K, small, SuppressedExit.DROPPED));
        parts.add(cases.protect(PROTECT_4K, small, SuppressedExit.DELIVERED));
        parts.add(cases.protect("write-protect, 2M", PageSize.SIZE_2M, SuppressedExit.DELIVERED));
        if (model.translation().secondLevel() == SecondLevelFormat.EPT_AD) {
            parts.add(cases.log(SuppressedExit.DROPPED));
            parts.add(cases.log(SuppressedExit.DELIVERED));
        }
        return parts;
    }

    /// How many accesses that takes: three passes of each.
    static long accesses(ProcessorModel model) {
        long ways = model.translation().secondLevel() == SecondLevelFormat.EPT_AD ? 5 : 3;
        return ways * 3 * PAGES * WRITES;
    }

    private Function<Meter, List<Row>> protect(
            String name, PageSize size, SuppressedExit suppressed) {
        return meter -> passes(size, DirtySource.TRAPS, name, suppressed, meter);
    }

    private Function<Meter, List<Row>> log(SuppressedExit suppressed) {
        return meter -> passes(PageSize.SIZE_4K, DirtySource.LOG, LOG_4K, suppressed, meter);
    }

    private List<Row> passes(
            PageSize size,
            DirtySource source,
            String name,
            SuppressedExit suppressed,
            Meter meter) {
        try (PreparedGuest guest = guest(size);
                DirtyPages tracking = guest.vm().trackDirty(source)) {
            return passes(guest, tracking, name, suppressed, meter);
        }
    }

    private PreparedGuest guest(PageSize size) {
        return new PreparedGuest(
                model,
                1,
                BASE,
                PAGES * PageSize.SIZE_4K.bytes(),
                size,
                new Eager(size),
                settings.seed());
    }

    private List<Row> passes(
            PreparedGuest guest,
            DirtyPages tracking,
            String name,
            SuppressedExit suppressed,
            Meter meter) {
        guest.useTransactions(
                new TransactionSettings(
                        WRITES,
                        settings.retries(),
                        0,
                        suppressed,
                        settings.beginCycles(),
                        settings.commitCycles(),
                        settings.abortCycles(),
                        settings.seed()));
        tracking.collect(new PageSet());
        Row first = pass(guest, tracking, name, suppressed, 1, meter);
        tracking.collect(new PageSet());
        return List.of(
                first,
                pass(guest, tracking, name, suppressed, 2, meter),
                pass(guest, tracking, name, suppressed, 3, meter));
    }

    private Row pass(
            PreparedGuest guest,
            DirtyPages tracking,
            String name,
            SuppressedExit suppressed,
            int number,
            Meter meter) {
        TransactionCounts before = guest.counts();
        long cycles = guest.cycles();
        guest.run(new Repeated(PAGES * WRITES, TrackingCases::store), meter);
        TransactionCounts counts = guest.counts().since(before);
        long dirty = dirtyPages(guest.vm(), tracking);
        return new Row(
                name,
                suppressed.label(),
                number,
                counts.transactions,
                (double) counts.abortedFirst / counts.transactions,
                dirty,
                counts.aborts(),
                (double) counts.aborts() / Math.max(1, dirty),
                (double) counts.fallbacks / counts.transactions,
                guest.cycles() - cycles);
    }

    /// Pages found written so far, each once, by the size of their mapping.
    private static long dirtyPages(VirtualMachine vm, DirtyPages tracking) {
        PageSet found = new PageSet();
        tracking.peek(found);
        LongAdder pages = new LongAdder();
        found.forEach(gpa -> {
            PageSize size = vm.secondLevel().pageSize(gpa);
            pages.add(size == null || (gpa & size.offsetMask()) == 0 ? 1 : 0);
        });
        return pages.sum();
    }

    private static long store(long number) {
        long page = number / WRITES;
        return Access.pack(
                Access.STORE, BASE + page * PageSize.SIZE_4K.bytes() + number % WRITES * 8);
    }
}
