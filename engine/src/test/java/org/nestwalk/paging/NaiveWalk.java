package org.nestwalk.paging;

import static org.nestwalk.paging.NaiveEntry.all;
import static org.nestwalk.paging.NaiveEntry.none;
import static org.nestwalk.paging.NaiveWalk.Stopped.stop;
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
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.NaiveSecondLevel.Host;
import org.nestwalk.paging.NaiveSecondLevel.Purpose;
import org.nestwalk.paging.TestMachine.Kind;

/// A second opinion on translation, written from the manuals' rules and not from the walker: it
/// descends by recursion, keeps every entry it meets as a record, and judges the list of them
/// afterwards, bit number by bit number. Slow; shares no code with the walker.
///
/// Source: Intel SDM volume 3A, chapter 4; [NaiveSecondLevel] has the second level.
final class NaiveWalk {
    /// How a translation ended; which fields hold something depends on the outcome.
    record Answer(
            Outcome outcome, long code, long gpa, long hpa, int memoryType, int guest, int second) {
        static Answer failed(Outcome outcome, long code, long gpa) {
            return new Answer(outcome, code, gpa, 0, 0, 0, 0);
        }
    }

    /// What the guest's entries say together.
    record Page(boolean user, boolean writable, boolean executable) {}

    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
        final transient Answer answer;

        Stopped(Answer answer) {
            super(null, null, false, false);
            this.answer = answer;
        }

        static Stopped stop(Outcome outcome, long code, long gpa) {
            return new Stopped(Answer.failed(outcome, code, gpa));
        }
    }

    private final TestMachine machine;
    private final PhysicalMemory memory;
    private final NaiveSecondLevel second;

    /// Judges accesses of `machine` as it is configured, on `memory` instead of the machine's own.
    NaiveWalk(TestMachine machine, PhysicalMemory memory, int logIndex) {
        this.machine = machine;
        this.memory = memory;
        this.second = new NaiveSecondLevel(machine, memory, logIndex);
    }

    int logIndex() {
        return second.logIndex();
    }

    void setLogIndex(int index) {
        second.setLogIndex(index);
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
            case PML_FULL, EPT_MISCONFIGURATION, VMM_COMMUNICATION, DEVICE_REFUSED ->
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

    private Answer unpaged(long linear, int type) {
        return last(linear, linear, type, new Page(true, true, true), 1, 6);
    }

    private Answer paged(long linear, int type) {
        int width = cr4(12) ? 57 : 48;
        long top = linear >> (width - 1);
        if (top != 0 && top != -1) {
            throw stop(GENERAL_PROTECTION, 0, 0);
        }
        List<NaiveEntry> path = new ArrayList<>();
        List<Long> addresses = new ArrayList<>();
        descend(machine.guest.root(), cr4(12) ? 5 : 4, linear, type, path, addresses);
        NaiveEntry leaf = path.getLast();
        Page page = new Page(all(path, 2), all(path, 1), none(path, 63));
        judge(type, page, (int) (leaf.value() >>> 59 & 0xf));
        for (int i = 0; i < path.size(); i++) {
            NaiveEntry entry = path.get(i);
            boolean dirties = entry.leaf() && writes(type) && !entry.bit(6);
            if (!entry.bit(5) || dirties) {
                Host host = second.translate(addresses.get(i), linear, Purpose.TABLE_UPDATE);
                long flags = 0x20 | (dirties ? 0x40 : 0);
                memory.write(host.hpa(), memory.read(host.hpa()) | flags);
            }
        }
        long offset = linear - (linear >> (3 + 9 * leaf.level()) << (3 + 9 * leaf.level()));
        int pat = (leaf.bit(3) ? 1 : 0) + (leaf.bit(4) ? 2 : 0);
        pat += leaf.bit(leaf.level() == 1 ? 7 : 12) ? 4 : 0;
        int patType = (int) (machine.pat >>> 8 * pat & 7);
        return last(leaf.page() + offset, linear, type, page, leaf.level(), patType);
    }

    private void descend(
            long table,
            int level,
            long linear,
            int type,
            List<NaiveEntry> path,
            List<Long> addresses) {
        long gpa = table + (linear >>> (3 + 9 * level)) % 512 * 8;
        Host host = second.translate(gpa, linear, Purpose.TABLE_READ);
        long value = memory.read(host.hpa());
        boolean leaf = level == 1 || (level < 4 && (value & 0x80) != 0);
        NaiveEntry entry = new NaiveEntry(host.hpa(), value, level, leaf);
        if (!entry.bit(0)) {
            throw pageFault(type, 0);
        }
        if (entry.isReserved(
                machine.features, noExecuteEnabled(), machine.features.guestOneGiB())) {
            throw pageFault(type, 1 + 8);
        }
        path.add(entry);
        addresses.add(gpa);
        if (!leaf) {
            descend(entry.table(), level - 1, linear, type, path, addresses);
        }
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
                allowed = page.user() && page.executable();
            } else if (page.user()) {
                allowed = page.executable() && !cr4(20);
            } else {
                allowed = page.executable();
            }
        } else {
            keyDenies =
                    page.user()
                            ? cr4(22) && userKeyDenies(key, writes(type), user)
                            : cr4(24) && supervisorKeyDenies(key, writes(type));
            if (user) {
                allowed = page.user() && (page.writable() || !writes(type));
            } else {
                boolean explicitWithAc = (type & 16) == 0 && (type & 32) != 0;
                boolean smapLets = !page.user() || !cr4(21) || explicitWithAc;
                allowed = smapLets && (!writes(type) || page.writable() || !cr0(16));
            }
        }
        if (keyDenies) {
            throw pageFault(type, 1 + 32);
        }
        if (!allowed) {
            throw pageFault(type, 1);
        }
    }

    /// Section 4.6.2, what PKRU says of user-mode addresses.
    private boolean userKeyDenies(int key, boolean write, boolean userMode) {
        boolean accessDisable = (machine.pkru >>> 2 * key & 1) == 1;
        boolean writeDisable = (machine.pkru >>> (2 * key + 1) & 1) == 1;
        if (accessDisable) {
            return true;
        }
        if (!writeDisable || !write) {
            return false;
        }
        return userMode || cr0(16);
    }

    /// Section 4.6.2, what IA32_PKRS says of supervisor-mode addresses, whoever accesses them.
    private boolean supervisorKeyDenies(int key, boolean write) {
        long pair = machine.pkrs >>> 2 * key & 3;
        if (pair == 0) {
            return false;
        }
        if (pair == 2) {
            return write && cr0(16);
        }
        return true;
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
        Host host = second.translate(gpa, linear, purpose);
        int memoryType =
                switch (machine.kind) {
                    case NATIVE -> patType;
                    case NPT -> 0;
                    case EPT -> {
                        if (cr0(30)) {
                            yield 0;
                        }
                        yield host.ignorePat() ? host.type() : combine(host.type(), patType);
                    }
                };
        return new Answer(OK, 0, gpa, host.hpa(), memoryType, level, host.level());
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
}
