package org.nestwalk.lab.explain;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.nestwalk.InputException;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.lab.setup.ProcessorState;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;

/// Changes entries of a setup's tables before a walk.
///
/// Where the entries are, a walk of an unchanged twin of the setup tells: tables are built alike
/// for the same seed, and a walk sets flags.
final class ChangedTables {
    private ChangedTables() {}

    /// Maps the page of the question in `setup`, changes the entries, and says which.
    ///
    /// @param twin the same setup, on a processor in its usual state, not used before
    /// @throws InputException if the walk comes by no such entry
    static List<ChangedEntry> change(WalkQuestion question, Setup setup, Supplier<Setup> twin) {
        ProcessorState state = question.state();
        boolean modes = state.modeBasedExecute() && question.mode() == WalkMode.EPT;
        if (question.changes().isEmpty() && !modes) {
            return List.of();
        }
        List<TableEntry> entries = entries(question, twin.get());
        setup.touch(question.gva(), question.access());
        PhysicalMemory memory = setup.tableMemory();
        if (modes) {
            grantUserExecution(entries, memory);
        }
        boolean amd = question.mode() == WalkMode.NPT;
        List<ChangedEntry> changed = new ArrayList<>();
        for (EntryChange change : question.changes()) {
            TableEntry entry = find(change, entries);
            long before = memory.read(entry.hpa());
            long now =
                    change.apply(
                            before, state.features(amd), state.noExecute(change.place().isGuest()));
            memory.write(entry.hpa(), now);
            changed.add(new ChangedEntry(entry.withValue(now), before, change.text()));
        }
        return changed;
    }

    /// Tables are built without the permission that mode-based execute control adds.
    private static void grantUserExecution(List<TableEntry> entries, PhysicalMemory memory) {
        for (TableEntry entry : entries) {
            if (!entry.isGuest()) {
                memory.write(entry.hpa(), memory.read(entry.hpa()) | EptEntry.USER_EXECUTE);
            }
        }
    }

    private static List<TableEntry> entries(WalkQuestion question, Setup twin) {
        FullWalk walk = new FullWalk(question.mode().hasSecondLevel());
        twin.touch(question.gva(), AccessType.READ);
        int access = AccessType.READ | AccessType.USER;
        Outcome outcome = twin.mmu().walkerBeside(walk).find(question.gva(), access).outcome();
        if (outcome != Outcome.OK && !question.changes().isEmpty()) {
            throw new InputException(
                    "%s: the address is not canonical, so that the walk reads no entry at all"
                            .formatted(question.changes().getFirst().text()));
        }
        return walk.entries();
    }

    private static TableEntry find(EntryChange change, List<TableEntry> entries) {
        for (TableEntry entry : entries) {
            if (change.place().isOf(entry)) {
                return entry;
            }
        }
        Set<String> places = new LinkedHashSet<>();
        for (TableEntry entry : entries) {
            if (entry.isGuest() == change.place().isGuest()) {
                places.add(entry.place().text());
            }
        }
        throw new InputException(
                "%s: this walk reads no entry %s; it reads %s"
                        .formatted(
                                change.text(),
                                change.place().text(),
                                places.stream().collect(Collectors.joining(", "))));
    }
}
