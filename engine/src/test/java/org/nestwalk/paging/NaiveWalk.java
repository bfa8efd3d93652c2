package org.nestwalk.paging;

import static org.nestwalk.paging.Outcome.EPT_MISCONFIGURATION;
import static org.nestwalk.paging.Outcome.EPT_VIOLATION;
import static org.nestwalk.paging.Outcome.GENERAL_PROTECTION;
import static org.nestwalk.paging.Outcome.NESTED_PAGE_FAULT;
import static org.nestwalk.paging.Outcome.OK;
import static org.nestwalk.paging.Outcome.PAGE_FAULT;
import static org.nestwalk.paging.Outcome.PML_FULL;
import static org.nestwalk.paging.Outcome.VIRTUALIZATION_EXCEPTION;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.TestMachine.Kind;

/// A second opinion on translation, written from the manuals' rules and not from the walker: it
/// descends by recursion, keeps every entry it meets as a record, and judges the list of them
/// afterwards, bit number by bit number. Slow; shares no code with the walker.
///
/// Sources: Intel SDM volume 3A, chapter 4; volume 3C, chapters 25, 27 and 28; AMD APM volume 2,
/// section 15.25.
final class NaiveWalk {
    /// How a translation ended; which fields hold something depends on the outcome.
    record Answer(
            Outcome outcome, long code, long gpa, long hpa, int memoryType, int guest, int second) {
        static Answer failed(Outcome outcome, long code, long gpa) {
            return new Answer(outcome, code, gpa, 0, 0, 0, 0);
        }
    }

    /// A paging-structure entry that was read.
    private record Entry(long address, long value, int level, boolean leaf) {
        boolean bit(int number) {
            return (value >>> number & 1) == 1;
        }

        boolean anyBit(int from, int to) {
            for (int number = from; number <= to; number++) {
                if (bit(number)) {
                    return true;
                }
            }
            return false;
        }

        long page() {
            long address = 0;
            for (int number = 3 + 9 * level; number < 52; number++) {
                address |= bit(number) ? 1L << number : 0;
            }
            return address;
        }

        long table() {
            return (value << 12 >>> 12) / 4096 * 4096;
        }
    }

    /// What the second level makes of a guest-physical address.
    private record Host(long hpa, boolean writable, int level, int type, boolean ignorePat) {}

    /// Why the second level is asked; `page` is that of the access itself.
    private record Purpose(
            boolean read, boolean write, boolean fetch, boolean table, @Nullable Page page) {
        static final Purpose TABLE_READ = new Purpose(true, false, false, true, null);
        static final Purpose TABLE_UPDATE = new Purpose(true, true, false, true, null);
    }

    /// What the guest's entries say together.
    private record Page(boolean user, boolean writable, boolean executable) {}

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Answer answer;

        Stopped(Answer answer) {
            super(null, null, false, false);
            this.answer = answer;
        }
    }

    private final TestMachine machine;
    private final PhysicalMemory memory;
    private int logIndex;

    /// Judges accesses of `machine` as it is configured, on `memory` instead of the machine's own.
    NaiveWalk(TestMachine machine, PhysicalMemory memory, int logIndex) {
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

    /// The same facts of a walk's result.
    static Answer answerOf(WalkResult result, Kind kind) {
        return switch (result.outcome()) {
            case OK ->
                    new Answer(
                            OK,
                            0,
                            result.guestPhysicalAddress(),
                            result.hostPhysicalAddress(),
                            kind == Kind.NPT ? 0 : result.memoryType(),
                            result.guestPageLevel(),
                            kind == Kind.NATIVE ? 0 : result.secondPageSize().level());
            case GENERAL_PROTECTION -> Answer.failed(GENERAL_PROTECTION, 0, 0);
            case PAGE_FAULT -> Answer.failed(PAGE_FAULT, result.code(), 0);
            case PML_FULL, EPT_MISCONFIGURATION ->
                    Answer.failed(result.outcome(), 0, result.guestPhysicalAddress());
            case EPT_VIOLATION, VIRTUALIZATION_EXCEPTION, NESTED_PAGE_FAULT ->
                    Answer.failed(result.outcome(), result.code(), result.guestPhysicalAddress());
        };
    }

    Answer access(long linear, int type) {
        try {
            return cr0(31) ? paged(linear, type) : unpaged(linear, type);
        } catch (Stopped stopped) {
            return stopped.answer;
        }
    }

    private boolean cr0(int number) {
        return (machine.cr0 >>> number & 1) == 1;
    }

    private boolean cr4(int number) {
        return (machine.cr4 >>> number & 1) == 1;
    }

    private boolean noExecuteEnabled() {
        return (machine.efer >>> 11 & 1) == 1;
    }

    private static boolean all(List<Entry> path, int number) {
        for (Entry entry : path) {
            if (!entry.bit(number)) {
                return false;
            }
        }
        return true;
    }

    private static boolean none(List<Entry> path, int number) {
        for (Entry entry : path) {
            if (entry.bit(number)) {
                return false;
            }
        }
        return true;
    }

    // ---- the guest

    private Answer unpaged(long linear, int type) {
        return last(linear, linear, type, new Page(true, true, true), 1, 6);
    }

    private Answer paged(long linear, int type) {
        int width = cr4(12) ? 57 : 48;
        long top = linear >> (width - 1);
        if (top != 0 && top != -1) {
            throw stop(GENERAL_PROTECTION, 0, 0);
        }
        List<Entry> path = new ArrayList<>();
        List<Long> addresses = new ArrayList<>();
        descend(machine.guest.root(), cr4(12) ? 5 : 4, linear, type, path, addresses);
        Entry leaf = path.getLast();
        Page page = new Page(all(path, 2), all(path, 1), none(path, 63));
        judge(type, page, (int) (leaf.value >>> 59 & 0xf));
        for (int i = 0; i < path.size(); i++) {
            Entry entry = path.get(i);
            boolean dirties = entry.leaf && writes(type) && !entry.bit(6);
            if (!entry.bit(5) || dirties) {
                Host host = second(addresses.get(i), linear, Purpose.TABLE_UPDATE);
                long flags = 0x20 | (dirties ? 0x40 : 0);
                memory.write(host.hpa, memory.read(host.hpa) | flags);
            }
        }
        long offset = linear - (linear >> (3 + 9 * leaf.level) << (3 + 9 * leaf.level));
        int pat = (leaf.bit(3) ? 1 : 0) + (leaf.bit(4) ? 2 : 0);
        pat += leaf.bit(leaf.level == 1 ? 7 : 12) ? 4 : 0;
        int patType = (int) (machine.pat >>> 8 * pat & 7);
        return last(leaf.page() + offset, linear, type, page, leaf.level, patType);
    }

    private void descend(
            long table, int level, long linear, int type, List<Entry> path, List<Long> addresses) {
        long gpa = table + (linear >>> (3 + 9 * level)) % 512 * 8;
        Host host = second(gpa, linear, Purpose.TABLE_READ);
        long value = memory.read(host.hpa);
        boolean leaf = level == 1 || (level < 4 && (value & 0x80) != 0);
        Entry entry = new Entry(host.hpa, value, level, leaf);
        if (!entry.bit(0)) {
            throw pageFault(type, 0);
        }
        if (isReserved(entry, noExecuteEnabled(), machine.features.guestOneGiB())) {
            throw pageFault(type, 1 + 8);
        }
        path.add(entry);
        addresses.add(gpa);
        if (!leaf) {
            descend(entry.table(), level - 1, linear, type, path, addresses);
        }
    }

    /// Tables 4-14 to 4-20 of volume 3A; bit 8 of high entries as the APM has it.
    private boolean isReserved(Entry entry, boolean noExecute, boolean gibPages) {
        if (entry.anyBit(machine.features.physicalBits(), 51) || (entry.bit(63) && !noExecute)) {
            return true;
        }
        return switch (entry.level) {
            case 5, 4 -> entry.bit(7) || (machine.features.amd() && entry.bit(8));
            case 3 -> entry.leaf && (!gibPages || entry.anyBit(13, 29));
            case 2 -> entry.leaf && entry.anyBit(13, 20);
            default -> false;
        };
    }

    private static boolean writes(int type) {
        return (type & 2) != 0;
    }

    /// Section 4.6, the list of access rights in its order.
    private void judge(int type, Page page, int key) {
        boolean user = (type & 8) != 0;
        boolean keyDenies = false;
        boolean allowed;
        if ((type & 4) != 0) {
            if (user) {
                allowed = page.user && page.executable;
            } else if (page.user) {
                allowed = page.executable && !cr4(20);
            } else {
                allowed = page.executable;
            }
        } else {
            boolean keysApply = page.user ? cr4(22) : cr4(24);
            long keys = page.user ? machine.pkru : machine.pkrs;
            boolean accessDisable = (keys >>> 2 * key & 1) == 1;
            boolean writeDisable = (keys >>> (2 * key + 1) & 1) == 1;
            boolean writeProtected = user || cr0(16);
            keyDenies =
                    keysApply
                            && (accessDisable || (writeDisable && writes(type) && writeProtected));
            if (user) {
                allowed = page.user && (page.writable || !writes(type));
            } else {
                boolean explicitWithAc = (type & 16) == 0 && (type & 32) != 0;
                boolean smapLets = !page.user || !cr4(21) || explicitWithAc;
                allowed = smapLets && (!writes(type) || page.writable || !cr0(16));
            }
        }
        if (keyDenies) {
            throw pageFault(type, 1 + 32);
        }
        if (!allowed) {
            throw pageFault(type, 1);
        }
    }

    private Stopped pageFault(int type, long cause) {
        long code = cause;
        code += writes(type) ? 2 : 0;
        code += (type & 8) != 0 ? 4 : 0;
        code += (type & 4) != 0 && (noExecuteEnabled() || cr4(20)) ? 16 : 0;
        return stop(PAGE_FAULT, code, 0);
    }

    private Answer last(long gpa, long linear, int type, Page page, int level, int patType) {
        Purpose purpose = new Purpose((type & 1) != 0, writes(type), (type & 4) != 0, false, page);
        Host host = second(gpa, linear, purpose);
        int memoryType =
                switch (machine.kind) {
                    case NATIVE -> patType;
                    case NPT -> 0;
                    case EPT -> {
                        if (cr0(30)) {
                            yield 0;
                        }
                        yield host.ignorePat ? host.type : combine(host.type, patType);
                    }
                };
        return new Answer(OK, 0, gpa, host.hpa, memoryType, level, host.level);
    }

    /// Volume 3A, table 11-7: a line for each of UC, WC, WT, WP, WB below; a column for each PAT
    /// type UC, UC-, WC, WT, WB, WP.
    private static int combine(int under, int pat) {
        String row =
                switch (under) {
                    case 0 -> "001000";
                    case 1 -> "011010";
                    case 4 -> "001445";
                    case 5 -> "011455";
                    default -> "001465";
                };
        int column =
                switch (pat) {
                    case 0 -> 0;
                    case 7 -> 1;
                    case 1 -> 2;
                    case 4 -> 3;
                    case 6 -> 4;
                    case 5 -> 5;
                    default -> -1;
                };
        return column < 0 ? under : row.charAt(column) - '0';
    }

    // ---- the second level

    private Host second(long gpa, long linear, Purpose purpose) {
        return switch (machine.kind) {
            case NATIVE -> new Host(gpa, true, 0, 6, false);
            case EPT -> ept(gpa, linear, purpose);
            case NPT -> npt(gpa, purpose);
        };
    }

    private Host ept(long gpa, long linear, Purpose asked) {
        // With accessed and dirty flags, reads of guest tables count as writes.
        Purpose purpose = asked.table && machine.accessedDirty ? Purpose.TABLE_UPDATE : asked;
        List<Entry> path = new ArrayList<>();
        if (machine.secondLevels == 4 && gpa >>> 48 != 0) {
            throw violation(gpa, linear, purpose, List.of(), false);
        }
        descendEpt(machine.second.root(), machine.secondLevels, gpa, linear, purpose, path);
        boolean readable = all(path, 0);
        boolean writable = all(path, 1);
        int executeBit =
                machine.modeBasedExecute && purpose.page != null && purpose.page.user ? 10 : 2;
        boolean executable = all(path, executeBit);
        if ((purpose.read && !readable)
                || (purpose.write && !writable)
                || (purpose.fetch && !executable)) {
            throw violation(gpa, linear, purpose, path, path.getLast().bit(63));
        }
        Entry leaf = path.getLast();
        if (machine.accessedDirty) {
            setEptFlags(gpa, purpose.write, path);
        }
        long offset = gpa % (1L << (3 + 9 * leaf.level));
        return new Host(
                leaf.page() + offset,
                writable,
                leaf.level,
                (int) (leaf.value >>> 3 & 7),
                leaf.bit(6));
    }

    private void descendEpt(
            long table, int level, long gpa, long linear, Purpose purpose, List<Entry> path) {
        long address = table + (gpa >>> (3 + 9 * level)) % 512 * 8;
        long value = memory.read(address);
        boolean leaf = level == 1 || (level < 4 && (value & 0x80) != 0);
        Entry entry = new Entry(address, value, level, leaf);
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
    private boolean isIllFormed(Entry entry) {
        if (!entry.leaf) {
            return entry.level > 3 ? entry.anyBit(3, 7) : entry.anyBit(3, 6);
        }
        int type = (int) (entry.value >>> 3 & 7);
        if (type == 2 || type == 3 || type == 7) {
            return true;
        }
        return switch (entry.level) {
            case 3 -> !machine.features.secondOneGiB() || entry.anyBit(12, 29);
            case 2 -> entry.anyBit(12, 20);
            default -> false;
        };
    }

    private void setEptFlags(long gpa, boolean write, List<Entry> path) {
        boolean accessed = all(path, 8);
        boolean dirties = write && !path.getLast().bit(9);
        if (accessed && !dirties) {
            return;
        }
        if (machine.log != null && (logIndex < 0 || logIndex > 511)) {
            throw stop(PML_FULL, 0, gpa);
        }
        for (Entry entry : path) {
            memory.write(entry.address, memory.read(entry.address) | 0x100);
        }
        if (dirties) {
            Entry leaf = path.getLast();
            memory.write(leaf.address, memory.read(leaf.address) | 0x200);
            if (machine.log != null) {
                memory.write(TestMachine.LOG + 8L * logIndex, gpa / 4096 * 4096);
                logIndex = logIndex == 0 ? 0xffff : logIndex - 1;
            }
        }
    }

    private Stopped violation(
            long gpa, long linear, Purpose purpose, List<Entry> path, boolean suppressed) {
        String bits = "";
        for (int number : new int[] {0, 1, 2, 10}) {
            boolean counts = number < 10 || machine.modeBasedExecute;
            boolean all = !path.isEmpty() && all(path, number);
            bits = (counts && all ? "1" : "0") + bits;
        }
        bits += purpose.fetch ? "1" : "0";
        bits += purpose.write ? "1" : "0";
        bits += purpose.read ? "1" : "0";
        long code = 0x80 + Long.parseLong(bits, 2);
        Page page = purpose.page;
        if (page != null) {
            code += 0x100;
            if (machine.features.advancedExitInformation()) {
                code += page.user ? 0x200 : 0;
                code += page.writable ? 0x400 : 0;
                code += page.executable ? 0 : 0x800;
            }
        }
        long area = TestMachine.EXCEPTIONS;
        if (machine.exceptions == null || suppressed || !cr0(0) || memory.read(area) >>> 32 != 0) {
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
        Purpose purpose = asked.table ? Purpose.TABLE_UPDATE : asked;
        int levels = (machine.hostCr4 >>> 12 & 1) == 1 ? 5 : 4;
        if (levels == 4 && gpa >>> 48 != 0) {
            throw nestedFault(gpa, purpose, 0);
        }
        List<Entry> path = new ArrayList<>();
        descendNpt(machine.second.root(), levels, gpa, purpose, path);
        boolean user = all(path, 2);
        boolean writable = all(path, 1);
        boolean executable = none(path, 63);
        if (!user || (purpose.write && !writable) || (purpose.fetch && !executable)) {
            throw nestedFault(gpa, purpose, 1);
        }
        for (Entry entry : path) {
            long flags = entry.leaf && purpose.write ? 0x60 : 0x20;
            memory.write(entry.address, memory.read(entry.address) | flags);
        }
        Entry leaf = path.getLast();
        long offset = gpa % (1L << (3 + 9 * leaf.level));
        return new Host(leaf.page() + offset, writable, leaf.level, 6, false);
    }

    private void descendNpt(long table, int level, long gpa, Purpose purpose, List<Entry> path) {
        long address = table + (gpa >>> (3 + 9 * level)) % 512 * 8;
        long value = memory.read(address);
        boolean leaf = level == 1 || (level < 4 && (value & 0x80) != 0);
        Entry entry = new Entry(address, value, level, leaf);
        if (!entry.bit(0)) {
            throw nestedFault(gpa, purpose, 0);
        }
        boolean noExecute = (machine.hostEfer >>> 11 & 1) == 1;
        if (isReserved(entry, noExecute, machine.features.secondOneGiB())) {
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
        code += purpose.write ? 2 : 0;
        code += purpose.fetch && reports ? 16 : 0;
        code += purpose.table ? 1L << 33 : 1L << 32;
        return stop(NESTED_PAGE_FAULT, code, gpa);
    }

    private static Stopped stop(Outcome outcome, long code, long gpa) {
        return new Stopped(Answer.failed(outcome, code, gpa));
    }
}
