package org.nestwalk.kvm.machine;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.machine.exit.ExitChain;

/// Guest memory as the hypervisor sees it.
final class KvmGuestMemory implements GuestMemory {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final GuestRam memory;
    private final RootTables roots;
    private final KvmSecondLevel secondLevel;
    private final DirtyTrackers trackers;
    private final ExitChain parts;

    KvmGuestMemory(
            GuestRam memory,
            RootTables roots,
            KvmSecondLevel secondLevel,
            DirtyTrackers trackers,
            ExitChain parts) {
        this.parts = parts;
        this.memory = memory;
        this.roots = roots;
        this.secondLevel = secondLevel;
        this.trackers = trackers;
    }

    @Override
    public long bytes() {
        return memory.bytes();
    }

    @Override
    public long read(long gpa) {
        Objects.checkFromIndexSize(gpa, Long.BYTES, memory.bytes());
        bringBack(gpa);
        return roots.hides(gpa) ? 0 : memory.read(gpa);
    }

    @Override
    public void write(long gpa, long value) {
        Objects.checkFromIndexSize(gpa, Long.BYTES, memory.bytes());
        back(gpa);
        if (!roots.hides(gpa)) {
            memory.write(gpa, value);
        }
        trackers.written(gpa & -PAGE, PAGE);
    }

    @Override
    public void readPage(long gpa, long[] words) {
        readPage(gpa, MemorySegment.ofArray(words), 0);
    }

    @Override
    public void readPage(long gpa, MemorySegment bytes, long offset) {
        Objects.checkFromIndexSize(gpa, PAGE, memory.bytes());
        bringBack(gpa);
        if (!memory.isBacked(gpa)) {
            bytes.asSlice(offset, PAGE).fill((byte) 0);
            return;
        }
        MemorySegment.copy(memory.segment(), gpa, bytes, offset, PAGE);
        if (roots.hides(gpa + RootTables.OFFSET)) {
            bytes.set(WORD, offset + RootTables.OFFSET, 0);
        }
    }

    @Override
    public void writePage(long gpa, long[] words) {
        writePage(gpa, MemorySegment.ofArray(words), 0);
    }

    @Override
    public void writePage(long gpa, MemorySegment bytes, long offset) {
        Objects.checkFromIndexSize(gpa, PAGE, memory.bytes());
        back(gpa);
        boolean hides = roots.hides(gpa + RootTables.OFFSET);
        long hidden = hides ? memory.read(gpa + RootTables.OFFSET) : 0;
        MemorySegment.copy(bytes, offset, memory.segment(), gpa, PAGE);
        if (hides) {
            memory.write(gpa + RootTables.OFFSET, hidden);
        }
        trackers.written(gpa, PAGE);
    }

    @Override
    public void copy(long from, long to, long bytes) {
        Objects.checkFromIndexSize(from, bytes, memory.bytes());
        Objects.checkFromIndexSize(to, bytes, memory.bytes());
        for (long page = from & -PAGE; page < from + bytes; page += PAGE) {
            back(page);
        }
        for (long page = to & -PAGE; page < to + bytes; page += PAGE) {
            back(page);
            trackers.written(page, PAGE);
        }
        MemorySegment.copy(memory.segment(), from, memory.segment(), to, bytes);
    }

    /// A part of the hypervisor may keep the page of `gpa` elsewhere.
    private void bringBack(long gpa) {
        if (!memory.isBacked(gpa)) {
            parts.bringBack(gpa & -PAGE);
        }
    }

    private void back(long gpa) {
        bringBack(gpa);
        if (!memory.isBacked(gpa) && !secondLevel.populate(gpa & -PAGE, PageSize.SIZE_4K)) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY, "the host has no memory left to back a page");
        }
    }
}
