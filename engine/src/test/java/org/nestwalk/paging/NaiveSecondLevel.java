package org.nestwalk.paging;

import static org.nestwalk.paging.NaiveEntry.all;
import static org.nestwalk.paging.NaiveEntry.none;
import static org.nestwalk.paging.NaiveWalk.Stopped.stop;
import static org.nestwalk.paging.Outcome.EPT_MISCONFIGURATION;
import static org.nestwalk.paging.Outcome.EPT_VIOLATION;
import static org.nestwalk.paging.Outcome.NESTED_PAGE_FAULT;
import static org.nestwalk.paging.Outcome.PML_FULL;
import static org.nestwalk.paging.Outcome.VIRTUALIZATION_EXCEPTION;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.NaiveWalk.Page;
import org.nestwalk.paging.NaiveWalk.Stopped;

/// The second level of a [NaiveWalk]: EPT and AMD's nested paging.
///
/// Sources: Intel SDM volume 3C, chapters 25, 27 and 28; AMD APM volume 2, section 15.25.
final class NaiveSecondLevel {
    /// What the second level makes of a guest-physical address.
    record Host(long hpa, boolean writable, int level, int type, boolean ignorePat) {}

    /// Why the second level is asked; `page` is that of the access itself.
    record Purpose(boolean read, boolean write, boolean fetch, boolean table, @Nullable Page page) {
        static final Purpose TABLE_READ = new Purpose(true, false, false, true, null);
        static final Purpose TABLE_UPDATE = new Purpose(true, true, false, true, null);
    }

    private final TestMachine machine;
    private final PhysicalMemory memory;
    private int logIndex;

    NaiveSecondLevel(TestMachine machine, PhysicalMemory memory, int logIndex) {
        this.machine = machine;
        this.memory = memory;
        this.logIndex = logIndex;
    }

    int logIndex() {
        return logIndex;
    }

    void setLogIndex(int index) {
        logIndex = index;
    }

    Host translate(long gpa, long linear, Purpose purpose) {
        return switch (machine.kind) {
            case NATIVE -> new Host(gpa, true, 0, 6, false);
            case EPT -> ept(gpa, linear, purpose);
            case NPT -> npt(gpa, purpose);
        };
    }

    private Host ept(long gpa, long linear, Purpose asked) {
        // With accessed and dirty flags, reads of guest tables count as writes.
        Purpose purpose = asked.table() && machine.accessedDirty ? Purpose.TABLE_UPDATE : asked;
        List<NaiveEntry> path = new ArrayList<>();
        if (machine.secondLevels == 4 && gpa >>> 48 != 0) {
            throw violation(gpa, linear, purpose, List.of(), false);
        }
        descendEpt(machine.second.root(), machine.secondLevels, gpa, linear, purpose, path);
        boolean readable = all(path, 0);
        boolean writable = all(path, 1);
        int executeBit =
                machine.modeBasedExecute && purpose.page() != null && purpose.page().user()
                        ? 10
                        : 2;
        boolean executable = all(path, executeBit);
        if ((purpose.read() && !readable)
                || (purpose.write() && !writable)
                || (purpose.fetch() && !executable)) {
            throw violation(gpa, linear, purpose, path, path.getLast().bit(63));
        }
        NaiveEntry leaf = path.getLast();
        if (machine.accessedDirty) {
            setEptFlags(gpa, purpose.write(), path);
        }
        long offset = gpa % (1L << (3 + 9 * leaf.level()));
        return new Host(
                leaf.page() + offset,
                writable,
                leaf.level(),
                (int) (leaf.value() >>> 3 & 7),
                leaf.bit(6));
    }

    private void descendEpt(
            long table, int level, long gpa, long linear, Purpose purpose, List<NaiveEntry> path) {
        long address = table + (gpa >>> (3 + 9 * level)) % 512 * 8;
        long value = memory.read(address);
        boolean leaf = level == 1 || (level < 4 && (value & 0x80) != 0);
        NaiveEntry entry = new NaiveEntry(address, value, level, leaf);
        boolean userExecute = machine.modeBasedExecute && entry.bit(10);
        if (!entry.anyBit(0, 2) && !userExecute) {
            throw violation(gpa, linear, purpose, List.of(), entry.bit(63));
        }
        boolean executeOnly = !entry.bit(0) && (entry.bit(2) || userExecute);
        if ((!entry.bit(0) && entry.bit(1))
                || (executeOnly && !machine.features.executeOnly())
                || entry.anyBit(machine.features.physicalBits(), 51)
                || isIllFormed(entry)) {
            throw stop(EPT_MISCONFIGURATION, 0, gpa);
        }
        path.add(entry);
        if (!leaf) {
            descendEpt(entry.table(), level - 1, gpa, linear, purpose, path);
        }
    }

    /// Tables 28-1 to 28-6 of volume 3C, and the memory types of 28.2.3.1.
    private boolean isIllFormed(NaiveEntry entry) {
        if (!entry.leaf()) {
            return entry.level() > 3 ? entry.anyBit(3, 7) : entry.anyBit(3, 6);
        }
        int type = (int) (entry.value() >>> 3 & 7);
        if (type == 2 || type == 3 || type == 7) {
            return true;
        }
        return switch (entry.level()) {
            case 3 -> !machine.features.secondOneGiB() || entry.anyBit(12, 29);
            case 2 -> entry.anyBit(12, 20);
            default -> false;
        };
    }

    private void setEptFlags(long gpa, boolean write, List<NaiveEntry> path) {
        boolean accessed = all(path, 8);
        boolean dirties = write && !path.getLast().bit(9);
        if (accessed && !dirties) {
            return;
        }
        if (machine.log != null && (logIndex < 0 || logIndex > 511)) {
            throw stop(PML_FULL, 0, gpa);
        }
        for (NaiveEntry entry : path) {
            memory.write(entry.address(), memory.read(entry.address()) | 0x100);
        }
        if (dirties) {
            NaiveEntry leaf = path.getLast();
            memory.write(leaf.address(), memory.read(leaf.address()) | 0x200);
            if (machine.log != null) {
                memory.write(TestMachine.LOG + 8L * logIndex, gpa / 4096 * 4096);
                logIndex = logIndex == 0 ? 0xffff : logIndex - 1;
            }
        }
    }

    private Stopped violation(
            long gpa, long linear, Purpose purpose, List<NaiveEntry> path, boolean suppressed) {
        String bits = "";
        for (int number : new int[] {0, 1, 2, 10}) {
            boolean counts = number < 10 || machine.modeBasedExecute;
            boolean all = !path.isEmpty() && all(path, number);
            bits = (counts && all ? "1" : "0") + bits;
        }
        bits += purpose.fetch() ? "1" : "0";
        bits += purpose.write() ? "1" : "0";
        bits += purpose.read() ? "1" : "0";
        long code = 0x80 + Long.parseLong(bits, 2);
        Page page = purpose.page();
        if (page != null) {
            code += 0x100;
            if (machine.features.advancedExitInformation()) {
                code += page.user() ? 0x200 : 0;
                code += page.writable() ? 0x400 : 0;
                code += page.executable() ? 0 : 0x800;
            }
        }
        long area = TestMachine.EXCEPTIONS;
        if (machine.exceptions == null
                || suppressed
                || (machine.cr0 & 1) == 0
                || memory.read(area) >>> 32 != 0) {
            return stop(EPT_VIOLATION, code, gpa);
        }
        memory.write(area, 0xffff_ffff_0000_0030L);
        memory.write(area + 8, code);
        memory.write(area + 16, linear);
        memory.write(area + 24, gpa);
        memory.write(area + 32, TestMachine.EPTP_INDEX);
        return stop(VIRTUALIZATION_EXCEPTION, code, gpa);
    }

    private Host npt(long gpa, Purpose asked) {
        // Every access to a guest table is a write; every nested access is a user one.
        Purpose purpose = asked.table() ? Purpose.TABLE_UPDATE : asked;
        int levels = (machine.hostCr4 >>> 12 & 1) == 1 ? 5 : 4;
        if (levels == 4 && gpa >>> 48 != 0) {
            throw nestedFault(gpa, purpose, 0);
        }
        List<NaiveEntry> path = new ArrayList<>();
        descendNpt(machine.second.root(), levels, gpa, purpose, path);
        boolean user = all(path, 2);
        boolean writable = all(path, 1);
        boolean executable = none(path, 63);
        if (!user || (purpose.write() && !writable) || (purpose.fetch() && !executable)) {
            throw nestedFault(gpa, purpose, 1);
        }
        for (NaiveEntry entry : path) {
            long flags = entry.leaf() && purpose.write() ? 0x60 : 0x20;
            memory.write(entry.address(), memory.read(entry.address()) | flags);
        }
        NaiveEntry leaf = path.getLast();
        long offset = gpa % (1L << (3 + 9 * leaf.level()));
        return new Host(leaf.page() + offset, writable, leaf.level(), 6, false);
    }

    private void descendNpt(
            long table, int level, long gpa, Purpose purpose, List<NaiveEntry> path) {
        long address = table + (gpa >>> (3 + 9 * level)) % 512 * 8;
        long value = memory.read(address);
        boolean leaf = level == 1 || (level < 4 && (value & 0x80) != 0);
        NaiveEntry entry = new NaiveEntry(address, value, level, leaf);
        if (!entry.bit(0)) {
            throw nestedFault(gpa, purpose, 0);
        }
        boolean noExecute = (machine.hostEfer >>> 11 & 1) == 1;
        if (entry.isReserved(machine.features, noExecute, machine.features.secondOneGiB())) {
            throw nestedFault(gpa, purpose, 1 + 8);
        }
        path.add(entry);
        if (!leaf) {
            descendNpt(entry.table(), level - 1, gpa, purpose, path);
        }
    }

    private Stopped nestedFault(long gpa, Purpose purpose, long cause) {
        boolean reports = (machine.hostEfer >>> 11 & 1) == 1 || (machine.hostCr4 >>> 20 & 1) == 1;
        long code = cause + 4;
        code += purpose.write() ? 2 : 0;
        code += purpose.fetch() && reports ? 16 : 0;
        code += purpose.table() ? 1L << 33 : 1L << 32;
        return stop(NESTED_PAGE_FAULT, code, gpa);
    }
}
