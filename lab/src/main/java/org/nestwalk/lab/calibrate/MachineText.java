package org.nestwalk.lab.calibrate;

import java.util.Locale;
import org.nestwalk.kvm.code.DeclaredAccesses;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.mmu.model.OverlapModel;

/// A fitted machine as a file in the form of the presets, with the source of every value.
final class MachineText {
    private static final String UNTOLD = "assumption: random loads do not tell";
    private static final String NOT_MEASURED = "assumption: not measured";
    private static final String NOT_REACHED =
            "assumption: the footprints that were measured do not tell";
    private static final int CACHE_WAYS = 16;
    private static final int TLB_WAYS = 8;
    private static final int LEAST_SETS = 16;
    private static final int LINE = 64;
    private static final int MOST_WALKERS = 64;
    private static final String[] CACHES = {"L1D", "L2", "LLC"};

    private final Fit fit;
    private final Overlap overlap;
    private final Structures sizes;
    private final double frequencyGHz;
    private final String source;
    private final StringBuilder text = new StringBuilder();

    private MachineText(Fit fit, Overlap overlap, double frequencyGHz, String host) {
        this.fit = fit;
        this.overlap = overlap;
        this.sizes = fit.structures();
        this.frequencyGHz = frequencyGHz;
        this.source = "measured by nestwalk calibrate on " + host;
    }

    /// The file.
    ///
    /// @param frequencyGHz of the core's clock, measured
    /// @param host the processor's name, and when it was measured
    /// @param secondLevel NPT or EPT_AD, after the processor's maker
    static String of(
            Fit fit, Overlap overlap, double frequencyGHz, String host, String secondLevel) {
        MachineText machine =
                new MachineText(
                        fit, overlap, frequencyGHz, host.replaceAll("[\"\\\\\\p{Cntrl}]", " "));
        machine.head(secondLevel);
        machine.tlbs();
        machine.walkCaches();
        machine.caches();
        machine.rest();
        return machine.text.toString();
    }

    private void head(String secondLevel) {
        line(
                "# Sizes are what random loads can make use of: less than what is built in where"
                        + " others");
        line("# share it. See designs/009-calibration.md for what cannot be known.");
        line("name: calibrated");
        line("description: \"%s\"", source);
        value(
                "frequencyGHz",
                String.format(Locale.ROOT, "%.3f", frequencyGHz),
                source + ": dependent multiplications, taken to be of 3 cycles");
        value("secondLevel", secondLevel, "assumption: the newest format of the processor's maker");
    }

    private void tlbs() {
        String small = ": loads from 4K pages";
        String large = ": loads from 2M pages; that it holds 1G pages is an assumption";
        int hit = cycles(fit.secondTlb());
        line("firstLevelTlbs:");
        tlb("L1D 4K", "DATA", "4K", sizes.firstSmall(), 0);
        from(Structures.FIRST_SMALL, small);
        tlb("L1D 2M", "DATA", "2M, 1G", sizes.firstLarge(), 0);
        from(Structures.FIRST_LARGE, large);
        tlb("L1I", "INSTRUCTION", "4K, 2M, 1G", sizes.firstSmall(), 0);
        line("    source: \"assumption: as for data\"");
        line("secondLevelTlbs:");
        tlb("L2 4K", "BOTH", "4K", sizes.secondSmall(), hit);
        from(Structures.SECOND_SMALL, small);
        tlb("L2 2M", "BOTH", "2M, 1G", sizes.secondLarge(), hit);
        from(Structures.SECOND_LARGE, large);
    }

    private void tlb(String name, String serves, String pages, long entries, int cycles) {
        line("  - name: %s", name);
        line("    serves: %s", serves);
        line("    sizes: [%s]", pages);
        if (entries >= (long) TLB_WAYS * LEAST_SETS) {
            line("    entries: %d", entries / TLB_WAYS * TLB_WAYS);
            value("    ways", "" + TLB_WAYS, UNTOLD);
        } else {
            line("    entries: %d", entries);
            value("    ways", "all", UNTOLD);
        }
        line("    hitCycles: %d", cycles);
        value("    replacement", "LRU", UNTOLD);
    }

    /// The source of a size that is measured, if it is one that the measured times tell.
    private void from(int size, String by) {
        line("    source: \"%s\"", fit.tells(size) ? source + by : NOT_REACHED);
    }

    private void walkCaches() {
        line("guestStructureCaches:");
        structureCache(4, 16);
        line("    source: \"%s\"", NOT_REACHED);
        structureCache(3, 16);
        line("    source: \"%s\"", NOT_REACHED);
        structureCache(2, sizes.directoryEntries());
        from(Structures.DIRECTORY, ": loads from 4K pages");
        line("secondStructureCaches:");
        for (int level = 4; level >= 3; level--) {
            structureCache(level, 16);
            line("    source: \"%s\"", NOT_MEASURED);
        }
        structureCache(2, sizes.directoryEntries());
        line("    source: \"assumption: as many as of the other dimension\"");
        line("nestedTlb:");
        line("  entries: %d", Expectation.NESTED_TLB);
        line("  ways: all");
        line("  replacement: LRU");
        line("  source: \"%s\"", NOT_MEASURED);
        value(
                "structureCacheCycles",
                "" + cycles(fit.walk()),
                source + ": what a walk takes beside its references");
        value("nestedTlbCycles", "1", NOT_MEASURED);
    }

    private void structureCache(int level, long entries) {
        line("  - level: %d", level);
        line("    entries: %d", entries);
        value("    ways", "all", UNTOLD);
        value("    replacement", "LRU", UNTOLD);
    }

    private void caches() {
        line("caches:");
        for (int level = 0; level < Structures.CACHES; level++) {
            long lines = sizes.cacheLines().get(level) / CACHE_WAYS * CACHE_WAYS;
            line("  - name: %s", CACHES[level]);
            line("    size: %d", lines * LINE);
            value("    ways", "" + CACHE_WAYS, UNTOLD);
            line("    latencyCycles: %d", cycles(fit.cache(level)));
            value("    replacement", "LRU", UNTOLD);
            from(level, ": loads from lines");
        }
        value(
                "memoryCycles",
                "" + cycles(fit.cache(Structures.CACHES)),
                source + ": loads from lines");
    }

    private void rest() {
        value(
                "dataThroughCaches",
                "true",
                "choice of the model: the program's data and the tables share the caches");
        value(
                "accessCycles",
                "" + Math.round(overlap.issueCycles().value()),
                source
                        + ": accesses of "
                        + DeclaredAccesses.INSTRUCTIONS
                        + " instructions each that hit all caches");
        if (overlap.tellsWalkers()) {
            bound("walkers", overlap.walkers(), MOST_WALKERS, "4K pages");
        } else {
            value("walkers", "1", NOT_REACHED);
        }
        bound(
                "window",
                overlap.window(),
                OverlapModel.MOST,
                DeclaredAccesses.INSTRUCTIONS + " instructions each");
        bound("outstandingMisses", overlap.misses(), OverlapModel.MOST, "memory");
        value("assistCycles", "300", NOT_MEASURED);
        value("exitCycles", "3500", NOT_MEASURED);
    }

    private void bound(String name, Estimate measured, int most, String by) {
        value(
                name,
                "" + Math.clamp(Math.round(measured.value()), 1, most),
                String.format(
                        Locale.ROOT,
                        "%s: independent beside dependent loads, %s; %.1f, of repeats %.1f to %.1f",
                        source,
                        by,
                        measured.value(),
                        measured.least(),
                        measured.most()));
    }

    private int cycles(double nanoseconds) {
        return Math.toIntExact(Math.round(nanoseconds * frequencyGHz));
    }

    private void value(String name, String value, String from) {
        line("%s: {value: %s, source: \"%s\"}", name, value, from);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
