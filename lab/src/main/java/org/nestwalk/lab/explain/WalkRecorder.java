package org.nestwalk.lab.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.explain.WalkCache.Kind;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.walk.WalkObserver;
import org.nestwalk.paging.WalkVisitor;

/// Collects the steps of a walk as the processor makes it.
final class WalkRecorder implements WalkObserver {
    private final ProcessorModel machine;
    private final boolean twoDimensional;
    private final List<WalkStep> steps = new ArrayList<>();
    private final Map<Long, Long> values = new HashMap<>();
    private int references;
    private long total;
    private int forLevel = -1;
    private final long[] gpaOfLevel = new long[6];

    WalkRecorder(ProcessorModel machine, boolean twoDimensional) {
        this.machine = machine;
        this.twoDimensional = twoDimensional;
        Arrays.fill(gpaOfLevel, TableEntry.NO_GPA);
    }

    List<WalkStep> steps() {
        return steps;
    }

    long total() {
        return total;
    }

    /// A walk that caches shortened has failed, and is made again: the one from the root shows why.
    @Override
    public void restarts() {
        steps.clear();
        values.clear();
        references = 0;
        total = 0;
    }

    @Override
    public void secondLevelBegins(long gpa, int guestLevel) {
        forLevel = guestLevel;
        gpaOfLevel[guestLevel] = gpa;
    }

    @Override
    public void structureCacheLookup(int dimension, int found, int cycles) {
        Kind kind = dimension == WalkVisitor.GUEST ? Kind.GUEST_STRUCTURE : Kind.SECOND_STRUCTURE;
        lookedUp(new WalkCache(kind, found), found != 0, cycles);
    }

    @Override
    public void nestedTlbLookup(boolean found, int cycles) {
        lookedUp(new WalkCache(Kind.NESTED_TLB, 0), found, cycles);
    }

    private void lookedUp(WalkCache cache, boolean found, int cycles) {
        total += cycles;
        steps.add(new WalkStep.Lookup(cache, forLevel, found, cycles, total));
    }

    @Override
    public void reference(int dimension, int level, long hpa, long entry, int server, int cycles) {
        total += cycles;
        values.put(hpa, entry);
        String servedBy = machine.memory().walkServer(server);
        steps.add(
                new WalkStep.Reference(
                        ++references, at(dimension, level, hpa, entry), cycles, servedBy, total));
    }

    @Override
    public void flagUpdate(int dimension, int level, long hpa, long entry, int cycles) {
        total += cycles;
        long before = values.getOrDefault(hpa, entry);
        values.put(hpa, entry);
        steps.add(new WalkStep.FlagUpdate(at(dimension, level, hpa, entry), before, cycles, total));
    }

    /// The guest-physical address of a guest entry is known here only if it has been translated.
    private TableEntry at(int dimension, int level, long hpa, long entry) {
        boolean guest = dimension == WalkVisitor.GUEST;
        return new TableEntry(
                dimension,
                guest ? level : forLevel,
                level,
                hpa,
                guest && twoDimensional ? gpaOfLevel[level] : TableEntry.NO_GPA,
                entry);
    }
}
