package org.nestwalk.report.walk;

import static org.nestwalk.bits.SecondLevelTranslation.EXECUTE;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkQuestion;
import org.nestwalk.lab.explain.WalkStep;
import org.nestwalk.lab.setup.ProcessorState;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.paging.AccessType;

/// Why a walk failed: which entries refuse and by which rule, found again from what it read and
/// what was asked.
///
/// Sources: Intel SDM volume 3A, sections 4.6 and 4.7; volume 3C, sections 28.2.3 and 28.2.4; AMD
/// APM volume 2, sections 15.25.5 and 15.25.6.
final class FaultReasons {
    private final WalkQuestion question;
    private final WalkMode mode;
    private final ProcessorState state;
    private final List<TableEntry> read;
    private final long gpa;
    private final long code;
    private final List<String> reasons = new ArrayList<>();

    private FaultReasons(WalkExplanation walk) {
        question = walk.question();
        mode = question.mode();
        state = question.state();
        read = walk.references().stream().map(WalkStep.Reference::entry).toList();
        gpa = walk.result().guestPhysicalAddress();
        code = walk.result().code();
    }

    /// A sentence for each reason; none for an outcome that explains itself.
    static List<String> of(WalkExplanation walk) {
        FaultReasons found = new FaultReasons(walk);
        switch (walk.result().outcome()) {
            case PAGE_FAULT -> found.pageFault();
            case EPT_VIOLATION, VIRTUALIZATION_EXCEPTION -> found.violation();
            case EPT_MISCONFIGURATION ->
                    found.reasons.addAll(
                            EptForm.faults(found.last(), found.name(found.last()), found.state));
            case NESTED_PAGE_FAULT -> found.nestedPageFault();
            default -> {}
        }
        return found.reasons;
    }

    private @Nullable TableEntry lastOrNone() {
        return read.isEmpty() ? null : read.getLast();
    }

    private TableEntry last() {
        return read.getLast();
    }

    /// `guest PDE at 0x...`; a second-level entry also by what it translates.
    private String name(TableEntry entry) {
        String target = entry.isGuest() ? "" : " for the " + EntryNames.target(entry.forLevel());
        return EntryNames.of(entry, mode) + target + " at " + Hex.of(entry.hpa());
    }

    /// The entries of the guest's dimension, or of the second-level translation that failed.
    private List<TableEntry> path(boolean guest) {
        List<TableEntry> path = new ArrayList<>();
        for (TableEntry entry : read) {
            if (guest ? entry.isGuest() : isPartOfLastTranslation(entry)) {
                path.removeIf(other -> other.place().equals(entry.place()));
                path.add(entry);
            }
        }
        return path;
    }

    private boolean isPartOfLastTranslation(TableEntry entry) {
        return !entry.isGuest() && entry.forLevel() == last().forLevel();
    }

    /// Notes each entry of `path` that `refuses`, as having `flag`.
    private boolean note(List<TableEntry> path, LongPredicate refuses, String flag, String why) {
        boolean any = false;
        for (TableEntry entry : path) {
            if (refuses.test(entry.value())) {
                reasons.add("%s has %s%s".formatted(name(entry), flag, why));
                any = true;
            }
        }
        return any;
    }

    private static LongPredicate isClear(long bit) {
        return value -> (value & bit) == 0;
    }

    private static LongPredicate isSet(long bit) {
        return value -> (value & bit) != 0;
    }

    private boolean has(long bit) {
        return (code & bit) != 0;
    }

    private boolean asks(int type) {
        return (question.access() & type) != 0;
    }

    private void pageFault() {
        if (!has(PageFaultCode.PROTECTION)) {
            reasons.add(name(last()) + " has P = 0: it is not present, whatever its other bits");
            return;
        }
        if (has(PageFaultCode.RESERVED)) {
            reserved(last(), state.efer());
            return;
        }
        List<TableEntry> path = path(true);
        if (asks(AccessType.FETCH)) {
            fetch(path);
        } else {
            data(path);
        }
    }

    private void reserved(TableEntry entry, long efer) {
        boolean noExecute = (efer & ControlRegisters.EFER_NXE) != 0;
        long bits =
                entry.value()
                        & PagingEntry.reservedBits(
                                entry.level(),
                                entry.isLeaf(),
                                state.physicalBits(),
                                noExecute,
                                true,
                                mode == WalkMode.NPT);
        ReservedBits.describe(bits, entry.level(), state.physicalBits())
                .forEach(text -> reasons.add("%s has %s".formatted(name(entry), text)));
    }

    private void fetch(List<TableEntry> path) {
        note(path, isSet(PagingEntry.NO_EXECUTE), "NX = 1", ": no fetch from below it");
        if (asks(AccessType.USER)) {
            userMode(path);
        } else if ((state.cr4() & ControlRegisters.CR4_SMEP) != 0 && isUserPage(path)) {
            reasons.add(
                    "every entry has U = 1, which makes it a user page, and CR4.SMEP = 1 keeps"
                            + " supervisor mode from fetching there");
        }
    }

    private static boolean isUserPage(List<TableEntry> path) {
        return path.stream().allMatch(entry -> (entry.value() & PagingEntry.USER) != 0);
    }

    private void userMode(List<TableEntry> path) {
        note(path, isClear(PagingEntry.USER), "U = 0", ": user mode has no access below it");
    }

    private void data(List<TableEntry> path) {
        boolean user = asks(AccessType.USER);
        boolean writeProtect = (state.cr0() & ControlRegisters.CR0_WP) != 0;
        if (asks(AccessType.WRITE) && (user || writeProtect)) {
            String why = user ? ": no write below it" : ": no write below it, as CR0.WP = 1";
            note(path, isClear(PagingEntry.WRITE), "W = 0", why);
        }
        boolean userPage = isUserPage(path);
        if (user) {
            userMode(path);
        } else if (userPage && (state.cr4() & ControlRegisters.CR4_SMAP) != 0) {
            boolean implicit = asks(AccessType.IMPLICIT);
            if (implicit || !asks(AccessType.ALIGNMENT_CHECK)) {
                reasons.add(
                        "every entry has U = 1, which makes it a user page, and CR4.SMAP = 1 keeps "
                                + (implicit
                                        ? "implicit accesses away, whatever EFLAGS.AC"
                                        : "supervisor mode from its data while EFLAGS.AC = 0"));
            }
        }
        if (has(PageFaultCode.PROTECTION_KEY)) {
            int key = PagingEntry.protectionKey(path.getLast().value());
            long rights = (userPage ? state.pkru() : state.pkrs()) >>> 2 * key;
            boolean all = (rights & 1) != 0;
            reasons.add(
                    "%s has protection key %d, and %s has %s%d = 1: no %s"
                            .formatted(
                                    name(path.getLast()),
                                    key,
                                    userPage ? "PKRU" : "IA32_PKRS",
                                    all ? "AD" : "WD",
                                    key,
                                    all ? "data access" : "write"));
        }
    }

    private boolean isTooWide() {
        return question.hostLevels() == 4 && gpa >>> 48 != 0;
    }

    private void tooWide() {
        reasons.add(
                "guest-physical address %s has bits above 47, and 4 levels translate 48 bits"
                        .formatted(Hex.of(gpa)));
    }

    private void nestedPageFault() {
        TableEntry last = lastOrNone();
        if (isTooWide() || last == null) {
            tooWide();
        } else if (!has(PageFaultCode.PROTECTION)) {
            reasons.add(name(last) + " has P = 0: it is not present, whatever its other bits");
        } else if (has(PageFaultCode.RESERVED)) {
            reserved(last, state.hostEfer());
        } else {
            List<TableEntry> path = path(false);
            boolean table = has(PageFaultCode.NESTED_TABLE);
            note(
                    path,
                    isClear(PagingEntry.USER),
                    "U = 0",
                    ", and nested accesses are user-mode ones, whoever makes them");
            if (table || asks(AccessType.WRITE)) {
                note(
                        path,
                        isClear(PagingEntry.WRITE),
                        "W = 0",
                        table
                                ? ", and every step of a guest's walk is a write to the table"
                                : ": no write below it");
            }
            if (!table && asks(AccessType.FETCH)) {
                note(path, isSet(PagingEntry.NO_EXECUTE), "NX = 1", ": no fetch from below it");
            }
        }
    }

    private void violation() {
        TableEntry last = lastOrNone();
        if (mode == WalkMode.FLAT) {
            reasons.add("the flat entry of %s maps nothing".formatted(Hex.of(gpa)));
            return;
        }
        if (isTooWide() || last == null) {
            tooWide();
            return;
        }
        if (!EptForm.isPresent(last.value(), state.modeBasedExecute())) {
            reasons.add(
                    "%s has %s: it is not present, whatever its other bits"
                            .formatted(
                                    name(last),
                                    state.modeBasedExecute()
                                            ? "R = W = X = XU = 0"
                                            : "R = W = X = 0"));
            return;
        }
        List<TableEntry> path = path(false);
        if (last.forLevel() != 0) {
            note(path, isClear(1), "R = 0", ", and the guest's table cannot be read");
            note(path, isClear(2), "W = 0", writeOfTable(last.forLevel()));
        } else if (asks(AccessType.FETCH)) {
            boolean byUserPage = state.modeBasedExecute() && isUserPage(path(true));
            note(
                    path,
                    isClear(byUserPage ? 1L << 10 : EXECUTE),
                    byUserPage ? "XU = 0" : "X = 0",
                    byUserPage
                            ? ": no fetch from user-mode addresses below it"
                            : ": no fetch from below it");
        } else if (asks(AccessType.WRITE)) {
            note(path, isClear(2), "W = 0", ": no write below it");
        } else {
            note(path, isClear(1), "R = 0", ": no read below it");
        }
    }

    private String writeOfTable(int level) {
        return question.machine().translation().secondLevel() == SecondLevelFormat.EPT_AD
                ? ", and with EPT's accessed and dirty flags on (EPTP bit 6) every step of a"
                        + " guest's walk is a write to the table"
                : ", and the processor has to set accessed or dirty flags in the guest "
                        + EntryNames.ofLevel(level);
    }
}
