package org.nestwalk.machine.simulated;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.exit.ExitChain;
import org.nestwalk.memory.FlatMemory;

/// A virtual machine's memory, from outside.
final class SimulatedGuestMemory implements GuestMemory {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VmContext vm;
    private final @Nullable SecondLevelTables tables;
    private final ExitChain parts;
    private final FlatMemory contents;

    /// @param tables the second level; null in native mode
    /// @param parts of the hypervisor, which may keep pages elsewhere
    SimulatedGuestMemory(VmContext vm, @Nullable SecondLevelTables tables, ExitChain parts) {
        this.parts = parts;
        this.vm = vm;
        this.tables = tables;
        this.contents = vm.host().memory();
    }

    @Override
    public long bytes() {
        return vm.settings().memoryBytes();
    }

    @Override
    public long read(long gpa) {
        Objects.checkIndex(gpa, bytes());
        long hpa = reach(gpa);
        return hpa == -1 ? 0 : contents.read(hpa);
    }

    @Override
    public void readPage(long gpa, long[] words) {
        Objects.checkFromIndexSize(gpa, PAGE, bytes());
        long hpa = reach(gpa);
        for (int i = 0; i < PAGE_WORDS; i++) {
            words[i] = wordAt(hpa, i);
        }
    }

    @Override
    public void readPage(long gpa, MemorySegment bytes, long offset) {
        Objects.checkFromIndexSize(gpa, PAGE, bytes());
        long hpa = reach(gpa);
        for (int i = 0; i < PAGE_WORDS; i++) {
            bytes.set(WORD, offset + (long) i * Long.BYTES, wordAt(hpa, i));
        }
    }

    /// Word `index` of the page at `hpa`; 0 if that is -1.
    private long wordAt(long hpa, int index) {
        return hpa == -1 ? 0 : contents.read(hpa + (long) index * Long.BYTES);
    }

    @Override
    public void writePage(long gpa, long[] words) {
        Objects.checkFromIndexSize(gpa, PAGE, bytes());
        writePage(gpa, index -> words[index]);
    }

    @Override
    public void writePage(long gpa, MemorySegment bytes, long offset) {
        Objects.checkFromIndexSize(gpa, PAGE, bytes());
        writePage(gpa, index -> bytes.get(WORD, offset + (long) index * Long.BYTES));
    }

    private void writePage(long gpa, IntToLongFunction words) {
        long hpa = reach(gpa);
        int first = 0;
        while (first < PAGE_WORDS && words.applyAsLong(first) == wordAt(hpa, first)) {
            first++;
        }
        if (first == PAGE_WORDS) {
            return;
        }
        long at = writable(gpa);
        for (int i = first; i < PAGE_WORDS; i++) {
            contents.write(at + (long) i * Long.BYTES, words.applyAsLong(i));
        }
    }

    @Override
    public void write(long gpa, long value) {
        Objects.checkIndex(gpa, bytes());
        contents.write(writable(gpa & -PAGE) + (gpa & PAGE - 1), value);
    }

    /// Makes the page at `gpa` ready to be written to. Returns its host-physical address.
    private long writable(long gpa) {
        SecondLevelTables tables = this.tables;
        if (tables == null) {
            requireUnowned(gpa);
        } else {
            long _ = reach(gpa);
            if (!tables.isMapped(gpa) && !tables.populate(gpa, PageSize.SIZE_4K)) {
                throw new GuestFailure(
                        VmExit.Cause.HOST_OUT_OF_MEMORY,
                        "the host has no memory left to back a page");
            }
            requireUnowned(tables.hostAddress(gpa));
            tables.shared().requirePrivate(gpa);
            tables.trackers().written(gpa, PAGE);
        }
        return lookup(gpa);
    }

    private void requireUnowned(long hpa) {
        if (vm.host().isAssigned(hpa)) {
            throw new IllegalStateException(
                    "frame %x is a guest's, and cannot be written".formatted(hpa));
        }
    }

    /// As [#lookup], of a page that a part of the hypervisor may keep elsewhere.
    private long reach(long gpa) {
        long hpa = lookup(gpa);
        if (hpa == -1) {
            parts.bringBack(gpa & -PAGE);
            hpa = lookup(gpa);
        }
        return hpa;
    }

    /// The host-physical address of `gpa`, or -1 if it is not backed.
    long lookup(long gpa) {
        if (tables == null) {
            return gpa;
        }
        long hpa = tables.hostAddress(gpa);
        return hpa == -1 ? tables.inherited().lookup(gpa) : hpa;
    }

    @Override
    public void copy(long from, long to, long bytes) {
        Objects.checkFromIndexSize(from, bytes, bytes());
        Objects.checkFromIndexSize(to, bytes, bytes());
        for (long offset = 0; offset < bytes; offset += Long.BYTES) {
            write(to + offset, read(from + offset));
        }
    }
}
