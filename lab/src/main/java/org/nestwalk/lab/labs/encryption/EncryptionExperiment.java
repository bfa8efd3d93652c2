package org.nestwalk.lab.labs.encryption;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.encryption.EncryptionResult.AttackRow;
import org.nestwalk.lab.labs.encryption.EncryptionResult.InCache;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// Memory encryption: what it costs walks and programs, and what it hides from a hypervisor, and
/// what not.
public final class EncryptionExperiment implements Experiment<EncryptionResult> {
    private static final String MODEL =
            "memory encryption: a constant number of cycles is added to each encrypted reference"
                + " that misses all caches (an assumption, to be swept); write-backs, checks of the"
                + " reverse map table and PVALIDATE cost nothing; AES-128-XTS by physical address"
                + " of 64-byte lines, keys from the seed; privilege levels (VMPL) are not modelled";

    /// Page sizes of guest and host that programs run with.
    private static final List<String> PAGES = List.of("4K/4K", "2M/2M");

    private static final String ATTACKS = "attacks";
    private static final String SEED = "seed";

    private static final Spec SPEC =
            new Spec(
                    "encryption",
                    "What memory encryption costs page walks and programs, and what it hides from"
                            + " a hypervisor.",
                    VmRun.MODEL + "; " + MODEL,
                    Workloads.programsAndTraces(
                            "what to time",
                            "gups:footprint=8GiB,accesses=200k",
                            "btree:footprint=4GiB,accesses=200k",
                            "xsbench:footprint=4GiB,accesses=200k"),
                    List.of(
                            Machines.parameter("zen4"),
                            Timing.parameter(),
                            Adder.parameter(),
                            Parameter.count(
                                    ATTACKS, "of each kind on each protection", 500, 1, 1_000_000),
                            Parameter.seed("of memory, keys and attacks")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public EncryptionResult run(Laboratory laboratory, Arguments given) {
        ProcessorModel model = Timing.machine(given).model();
        return run(
                laboratory,
                model,
                given.texts(Workloads.PROGRAM),
                Adder.cycles(given, model.costs().frequencyGHz()),
                given.whole(ATTACKS),
                given.seed(SEED));
    }

    /// With `adders` in cycles, one or more, and so many attempts of each attack.
    ///
    /// @throws InputException if there is no such program, or the machine has no nested page tables
    static EncryptionResult run(
            Laboratory laboratory,
            ProcessorModel model,
            List<String> programs,
            List<Integer> adders,
            int attempts,
            long seed) {
        if (model.translation().secondLevel() != SecondLevelFormat.NPT) {
            throw new InputException(
                    "machine %s has no nested page tables of AMD's format, with which encrypted virtual machines are modelled; use zen3, zen4 or zen5"
                            .formatted(model.name()));
        }
        int most = adders.stream().mapToInt(Integer::intValue).max().orElseThrow();
        List<Function<Meter, Part>> parts = new ArrayList<>();
        for (String program : programs) {
            for (String pages : PAGES) {
                TimedProgram timed = new TimedProgram(model, program, pages, seed);
                parts.add(meter ->
                        Part.of(TimingRow.all(timed, program, pages, adders, meter), List.of()));
            }
        }
        parts.add(meter ->
                new Part(
                        ColdWalk.all(model, most, seed),
                        List.of(),
                        List.of(CachedProgram.run(model, most, seed, meter)),
                        List.of()));
        for (Protection protection : Protection.values()) {
            parts.add(
                    meter -> Part.of(List.of(), attacks(model, protection, attempts, seed, meter)));
        }
        List<Part> done = laboratory.inOrder(parts);
        List<InCache> inCache = done.stream().flatMap(part -> part.inCache.stream()).toList();
        return new EncryptionResult(
                model.name(),
                model.memory().memoryCycles(),
                adders,
                attempts,
                done.stream().flatMap(part -> part.cold.stream()).toList(),
                done.stream().flatMap(part -> part.timing.stream()).toList(),
                inCache.isEmpty() ? null : inCache.getFirst(),
                done.stream().flatMap(part -> part.attacks.stream()).toList());
    }

    /// What came of a part of the work.
    private record Part(
            List<ColdWalk> cold,
            List<TimingRow> timing,
            List<InCache> inCache,
            List<AttackRow> attacks) {
        static Part of(List<TimingRow> timing, List<AttackRow> attacks) {
            return new Part(List.of(), timing, List.of(), attacks);
        }
    }

    private static List<AttackRow> attacks(
            ProcessorModel model, Protection protection, int attempts, long seed, Meter meter) {
        meter.begin((long) Attack.values().length * attempts);
        List<AttackRow> rows = new ArrayList<>();
        try (HostileHypervisor hypervisor = new HostileHypervisor(model, protection, seed)) {
            for (Attack attack : Attack.values()) {
                rows.add(
                        new AttackRow(
                                protection.label(),
                                attack.label(),
                                Verdict.labelled(hypervisor.attack(attack, attempts, meter))));
            }
        }
        return rows;
    }

    @Override
    public Document document(EncryptionResult result) {
        return EncryptionDocument.of(result);
    }
}
