package org.nestwalk.mmu.walk;

import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkVisitor;

/// [WalkHardware] that tells an observer what it does and what that costs.
public final class ObservedHardware implements WalkVisitor, WalkCaches {
    private final WalkHardware hardware;
    private final MmuCounts counts;
    private final WalkObserver observer;

    public ObservedHardware(WalkHardware hardware, MmuCounts counts, WalkObserver observer) {
        this.hardware = hardware;
        this.counts = counts;
        this.observer = observer;
    }

    private int cyclesSince(long before) {
        return (int) (counts.walkCycles - before);
    }

    @Override
    public void restarts() {
        observer.restarts();
    }

    @Override
    public void secondLevelBegins(long gpa, int guestLevel) {
        observer.secondLevelBegins(gpa, guestLevel);
    }

    @Override
    public void reference(int dimension, int level, long hpa, long entry) {
        int server = hardware.peek(dimension, level, hpa);
        long before = counts.walkCycles;
        hardware.reference(dimension, level, hpa, entry);
        observer.reference(dimension, level, hpa, entry, server, cyclesSince(before));
    }

    @Override
    public void flagUpdate(int dimension, int level, long hpa, long entry) {
        long before = counts.walkCycles;
        hardware.flagUpdate(dimension, level, hpa, entry);
        observer.flagUpdate(dimension, level, hpa, entry, cyclesSince(before));
    }

    @Override
    public int guestStart(long gva) {
        long before = counts.walkCycles;
        int start = hardware.guestStart(gva);
        if (hardware.hasGuestCaches()) {
            observer.structureCacheLookup(GUEST, found(start), cyclesSince(before));
        }
        return start;
    }

    @Override
    public long guestTable() {
        return hardware.guestTable();
    }

    @Override
    public void guestTableFound(int level, long gva, long table) {
        hardware.guestTableFound(level, gva, table);
    }

    @Override
    public long nested(long gpa, long needed) {
        long before = counts.walkCycles;
        long translation = hardware.nested(gpa, needed);
        if (hardware.hasNestedTlb()) {
            observer.nestedTlbLookup(translation != 0, cyclesSince(before));
        }
        return translation;
    }

    @Override
    public void nestedFound(long gpa, long translation) {
        hardware.nestedFound(gpa, translation);
    }

    @Override
    public int secondStart(long gpa) {
        long before = counts.walkCycles;
        int start = hardware.secondStart(gpa);
        if (hardware.hasSecondCaches()) {
            observer.structureCacheLookup(SECOND, found(start), cyclesSince(before));
        }
        return start;
    }

    @Override
    public long secondTable() {
        return hardware.secondTable();
    }

    @Override
    public void secondTableFound(int level, long gpa, long table) {
        hardware.secondTableFound(level, gpa, table);
    }

    private static int found(int start) {
        return start == 0 ? 0 : start + 1;
    }
}
