package org.nestwalk.lab.labs.encryption;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.cache.EncryptionScope;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.count.MmuCounts;

/// What encryption costs a program.
///
/// @param program that ran
/// @param pages of guest and host
/// @param scope which references are encrypted
/// @param adder cycles that it adds to each of them that memory serves
/// @param walks of the run
/// @param guestTables encrypted references to the guest's tables that memory served
/// @param secondLevelTables likewise, to the nested tables
/// @param data likewise, to the program's data
/// @param cycles all, without encryption
/// @param extra cycles more that references take with it, one after the other, measured
/// @param expected the adder times the encrypted references that memory served
/// @param walkOverhead share that the cycles of walks grew by
/// @param overhead share that all cycles grew by
public record TimingRow(
        String program,
        String pages,
        String scope,
        int adder,
        long walks,
        long guestTables,
        long secondLevelTables,
        long data,
        long cycles,
        long extra,
        long expected,
        double walkOverhead,
        double overhead) {

    /// Encrypted references that memory served.
    long served() {
        return guestTables + secondLevelTables + data;
    }

    /// The program's name in reports: without its parameters, or the folder of a trace.
    String name() {
        return program.replaceFirst(":.*", "").replaceFirst(".*/", "");
    }

    /// Runs a program with every adder, and both scopes.
    ///
    /// @param meter told of each run
    /// @throws EndedEarly if `meter` says so
    static List<TimingRow> all(
            TimedProgram timed, String program, String pages, List<Integer> adders, Meter meter) {
        MmuCounts plain = timed.run(null);
        int runs = 1 + EncryptionScope.values().length * adders.size();
        meter.begin(runs * plain.accesses());
        tell(meter, plain);
        List<TimingRow> rows = new ArrayList<>();
        for (EncryptionScope scope : EncryptionScope.values()) {
            for (int adder : adders) {
                EncryptionDelay delay = new EncryptionDelay(adder, scope, 0);
                MmuCounts counts = timed.run(delay);
                tell(meter, counts);
                rows.add(row(timed, program, pages, scope, adder, plain, counts, delay));
            }
        }
        return List.copyOf(rows);
    }

    private static void tell(Meter meter, MmuCounts counts) {
        if (!meter.add(counts.accesses())) {
            throw new EndedEarly();
        }
    }

    private static TimingRow row(
            TimedProgram timed,
            String program,
            String pages,
            EncryptionScope scope,
            int adder,
            MmuCounts plain,
            MmuCounts counts,
            EncryptionDelay delay) {
        long guestTables = delay.references(MemoryDelay.GUEST_TABLE);
        long secondLevelTables = delay.references(MemoryDelay.SECOND_LEVEL_TABLE);
        long data = delay.references(MemoryDelay.DATA);
        long cycles = timed.cycles(plain);
        long extra = timed.blockingCycles(counts) - timed.blockingCycles(plain);
        return new TimingRow(
                program,
                pages,
                scope.label(),
                adder,
                counts.walks.walks,
                guestTables,
                secondLevelTables,
                data,
                cycles,
                extra,
                adder * (guestTables + secondLevelTables + data),
                (double) (counts.walkCycles - plain.walkCycles) / Math.max(1, plain.walkCycles),
                (double) (timed.cycles(counts) - cycles) / Math.max(1, cycles));
    }
}
