package org.nestwalk.lab.calibrate;

import java.util.Locale;
import org.nestwalk.bits.PageSize;

/// A fitted machine as a file in the form of the presets, with the source of every value.
public final class MachineText {
    private static final String POLICY =
            "    replacement: {value: LRU, source: \"assumption: random loads do not tell\"}\n";
    private static final String UNKNOWN_WAYS =
            "{value: %s, source: \"assumption: random loads do not tell\"}";
    private static final int CACHE_WAYS = 16;
    private static final int LINE = 64;
    private static final String[] CACHES = {"L1D", "L2", "LLC"};

    private final Fit fit;
    private final double frequencyGHz;
    private final String source;
    private final StringBuilder text = new StringBuilder();

    private MachineText(Fit fit, double frequencyGHz, String host) {
        this.fit = fit;
        this.frequencyGHz = frequencyGHz;
        this.source = "measured by nestwalk calibrate on " + host;
    }

    /// The file.
    ///
    /// @param frequencyGHz of the core's clock, measured
    /// @param host the processor's name, and when it was measured
    /// @param secondLevel NPT or EPT_AD, after the processor's maker
    public static String of(Fit fit, double frequencyGHz, String host, String secondLevel) {
        MachineText machine = new MachineText(fit, frequencyGHz, host.replace('"', '\''));
        machine.head(secondLevel);
        machine.tlbs();
        machine.walkCaches();
        machine.caches();
        machine.rest();
        return machine.text.toString();
    }

    private void head(String secondLevel) {
        line("# Written by nestwalk calibrate. Sizes are what random loads can make use of, which is");
        line("# less than what is built in where others share it; see designs/009-calibration.md.");
        line("name: calibrated");
        line("description: \"%s\"", source);
        line(
                "frequencyGHz: {value: %.3f, source: \"%s: dependent multiplications, 3 cycles"
                        + " each\"}",
                frequencyGHz, source);
        line("secondLevel: {value: %s, source: \"the processor's maker\"}", secondLevel);
    }

    private void tlbs() {
        Structures sizes = fit.structures();
        line("firstLevelTlbs:");
        tlb("L1D 4K", "DATA", "4K", sizes.firstSmall(), 0, true);
        tlb("L1D 2M", "DATA", "2M, 1G", sizes.firstLarge(), 0, true);
        tlb("L1I", "INSTRUCTION", "4K, 2M, 1G", sizes.firstSmall(), 0, false);
        line("secondLevelTlbs:");
        int hit = cycles(fit.secondTlb());
        tlb("L2 4K", "BOTH", "4K", sizes.secondSmall(), hit, true);
        tlb("L2 2M", "BOTH", "2M, 1G", sizes.secondLarge(), hit, true);
    }

    private void tlb(
            String name, String serves, String sizes, long entries, int cycles, boolean measured) {
        line("  - name: %s", name);
        line("    serves: %s", serves);
        line("    sizes: [%s]", sizes);
        line("    entries: %d", entries);
        line("    ways: " + UNKNOWN_WAYS, "all");
        line("    hitCycles: %d", cycles);
        text.append(POLICY);
        if (!measured) {
            line("    source: \"assumption: as for data\"");
        } else if (sizes.contains("1G")) {
            line("    source: \"%s: loads from %s pages; 1G is an assumption\"", source, "2M");
        } else {
            line("    source: \"%s: loads from %s pages\"", source, PageSize.SIZE_4K.label());
        }
    }

    private void walkCaches() {
        line("guestStructureCaches:");
        structureCache(4, 16, "assumption: larger than any footprint measured");
        structureCache(3, 16, "assumption: larger than any footprint measured");
        structureCache(2, fit.structures().directoryEntries(), source + ": loads from 4K pages");
        line("secondStructureCaches:");
        for (int level = 4; level >= 2; level--) {
            structureCache(level, 16, "assumption: measured loads do not tell");
        }
        line("nestedTlb:");
        line("    entries: 16");
        line("    ways: all");
        text.append(POLICY);
        line("    source: \"assumption: measured loads do not tell\"");
        line(
                "structureCacheCycles: {value: %d, source: \"%s: what a walk takes beside its"
                        + " references\"}",
                cycles(fit.walk()), source);
        line("nestedTlbCycles: {value: 1, source: \"assumption: measured loads do not tell\"}");
    }

    private void structureCache(int level, long entries, String from) {
        line("  - level: %d", level);
        line("    entries: %d", entries);
        line("    ways: " + UNKNOWN_WAYS, "all");
        text.append(POLICY);
        line("    source: \"%s\"", from);
    }

    private void caches() {
        line("caches:");
        for (int level = 0; level < Structures.CACHES; level++) {
            long lines = fit.structures().cacheLines().get(level) / CACHE_WAYS * CACHE_WAYS;
            line("  - name: %s", CACHES[level]);
            line("    size: %dKiB", lines * LINE >> 10);
            line("    ways: " + UNKNOWN_WAYS, CACHE_WAYS);
            line("    latencyCycles: %d", cycles(fit.cache(level)));
            text.append(POLICY);
            line("    source: \"%s: loads from lines\"", source);
        }
        line(
                "memoryCycles: {value: %d, source: \"%s: loads from lines\"}",
                cycles(fit.cache(Structures.CACHES)), source);
    }

    private void rest() {
        line(
                "dataThroughCaches: {value: true, source: \"choice of the model: the program's data"
                        + " and the tables share the caches\"}");
        line(
                "accessCycles: {value: 0, source: \"choice of the model: only translation and memory"
                        + " are charged\"}");
        line("walkers: {value: 1, source: \"assumption: dependent loads use one at a time\"}");
        line("assistCycles: {value: 300, source: \"assumption: not measured\"}");
        line("exitCycles: {value: 3500, source: \"assumption: not measured\"}");
    }

    private int cycles(double nanoseconds) {
        return (int) Math.round(nanoseconds * frequencyGHz);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
