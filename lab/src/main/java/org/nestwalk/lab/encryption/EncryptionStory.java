package org.nestwalk.lab.encryption;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.MachineModel;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

/// Memory encryption: what it costs walks and programs, and what it hides from a hypervisor, and
/// what not.
public final class EncryptionStory {
    /// What every figure stands on, beside the machine.
    public static final String MODEL =
            "memory encryption: a constant number of cycles is added to each encrypted reference"
                + " that misses all caches (an assumption, to be swept); write-backs, checks of the"
                + " reverse map table and PVALIDATE cost nothing; AES-128-XTS by physical address"
                + " of 64-byte lines, keys from the seed; privilege levels (VMPL) are not modelled";

    /// What is timed unless asked otherwise.
    public static final List<String> PROGRAMS =
            List.of(
                    "gups:footprint=8GiB,accesses=200k",
                    "btree:footprint=4GiB,accesses=200k",
                    "xsbench:footprint=4GiB,accesses=200k");

    /// Page sizes of guest and host that programs run with.
    private static final List<String> PAGES = List.of("4K/4K", "2M/2M");

    private static final double SHARE_OF_CACHE = 0.75;
    private static final int LINE = 64;
    private static final int MOST_ATTACKS = 1_000_000;

    /// What the story is told with.
    ///
    /// @param programs to time
    /// @param adders cycles, one or more, each 0 to 1,000
    /// @param attacks of each kind, 1 to 1,000,000
    /// @param seed of memory, keys and attacks
    public record Options(List<String> programs, List<Integer> adders, int attacks, long seed) {
        /// Checks the bounds above.
        ///
        /// @throws InputException if one is violated
        public Options {
            programs = List.copyOf(programs);
            adders = List.copyOf(adders);
            if (adders.isEmpty()) {
                throw new InputException("--adder: give one or more cycles or nanoseconds");
            }
            for (int adder : adders) {
                if (adder < 0 || adder > MemoryEncryption.MOST_CYCLES) {
                    throw new InputException(
                            "--adder: %,d cycles are not 0 to %,d"
                                    .formatted(adder, MemoryEncryption.MOST_CYCLES));
                }
            }
            if (attacks < 1 || attacks > MOST_ATTACKS) {
                throw new InputException(
                        "--attacks: %,d is not 1 to %,d".formatted(attacks, MOST_ATTACKS));
            }
        }

        /// The largest adder.
        public int mostAdder() {
            return adders.stream().mapToInt(Integer::intValue).max().orElseThrow();
        }
    }

    /// A program that the caches hold.
    ///
    /// @param program that ran twice
    /// @param references of the second run's walks
    /// @param served encrypted references that memory served in it
    /// @param extra cycles more in it, with the largest adder
    public record InCache(String program, long references, long served, long extra) {}

    /// What came of an attack.
    ///
    /// @param attack what people call it
    /// @param verdicts by protection, then by what came of it, how often
    public record AttackRow(String attack, Map<String, Map<String, Long>> verdicts) {}

    /// All that came of it.
    ///
    /// @param options how
    /// @param memoryCycles of a reference to memory without encryption
    /// @param cold walks with the largest adder
    /// @param timing of programs
    /// @param inCache a program that the caches hold
    /// @param attacks on protected and unprotected memory
    public record Result(
            Options options,
            int memoryCycles,
            List<ColdWalk> cold,
            List<TimingRow> timing,
            InCache inCache,
            List<AttackRow> attacks) {}

    private EncryptionStory() {}

    /// Tells it.
    ///
    /// @throws InputException if there is no such program, or the machine has no nested page tables
    public static Result run(MachineModel model, Options options, ProgressListener progress) {
        if (model.translation().secondLevel() != SecondLevelFormat.NPT) {
            throw new InputException(
                    "machine %s has no nested page tables of AMD's format, with which encrypted virtual machines are modelled; use zen3, zen4 or zen5"
                            .formatted(model.name()));
        }
        Meter meter = new Meter(progress, options.programs().size() * PAGES.size() + 1);
        List<TimingRow> timing = new ArrayList<>();
        for (String program : options.programs()) {
            for (String pages : PAGES) {
                TimedProgram timed = new TimedProgram(model, program, pages, options.seed());
                timing.addAll(TimingRow.all(timed, program, pages, options.adders(), meter));
            }
        }
        List<ColdWalk> cold = ColdWalk.all(model, options.mostAdder(), options.seed());
        InCache inCache = inCache(model, options);
        return new Result(
                options,
                model.memory().memoryCycles(),
                cold,
                List.copyOf(timing),
                inCache,
                attacks(model, options, meter));
    }

    /// A pass over memory for most of the last-level cache, which is more than TLBs reach: every
    /// page is walked for again.
    private static InCache inCache(MachineModel model, Options options) {
        long lastLevel =
                model.memory().caches().isEmpty()
                        ? LINE
                        : (long) model.memory().caches().getLast().geometry().entries() * LINE;
        long lines = Math.max(LINE, (long) (lastLevel * SHARE_OF_CACHE) / LINE);
        String program =
                "sequential:footprint=%d,stride=%d,accesses=%d"
                        .formatted(lines * LINE, LINE, lines);
        TimedProgram timed = new TimedProgram(model, program, "4K/4K", options.seed());
        MmuCounts plain = timed.runAgain(null);
        EncryptionDelay delay =
                new EncryptionDelay(options.mostAdder(), EncryptionScope.WHOLE_MEMORY, 0);
        MmuCounts counts = timed.runAgain(delay);
        return new InCache(
                program,
                counts.walks.references(),
                memoryReferences(counts, model),
                timed.cycles(counts) - timed.cycles(plain));
    }

    private static long memoryReferences(MmuCounts counts, MachineModel model) {
        int memory = model.memory().caches().size();
        return counts.walks.guestServed[memory] + counts.walks.secondServed[memory];
    }

    private static List<AttackRow> attacks(MachineModel model, Options options, Meter meter) {
        int kinds = Protection.values().length * Attack.values().length;
        meter.begin((long) kinds * options.attacks());
        Map<Attack, Map<String, Map<String, Long>>> all = new EnumMap<>(Attack.class);
        for (Protection protection : Protection.values()) {
            try (HostileHypervisor hypervisor =
                    new HostileHypervisor(model, protection, options.seed())) {
                for (Attack attack : Attack.values()) {
                    Map<String, Long> verdicts = new LinkedHashMap<>();
                    hypervisor
                            .attack(attack, options.attacks())
                            .forEach((verdict, count) -> verdicts.put(verdict.label(), count));
                    all.computeIfAbsent(attack, _ -> new LinkedHashMap<>())
                            .put(protection.label(), verdicts);
                    meter.add(options.attacks());
                }
            }
        }
        return all.entrySet().stream()
                .map(row -> new AttackRow(row.getKey().label(), row.getValue()))
                .toList();
    }
}
