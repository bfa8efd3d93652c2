package org.nestwalk.hypervisor.monitor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.KernelStore;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// Write-protects code, and the guest's page tables that lead to it, too: so that a linear address
/// of code cannot be made to lead elsewhere, nor code be made writable. What hardware has for this
/// is the paging-write flag of EPT entries with HLAT (Intel SDM volume 3A, section 4.5, of 2021).
///
/// The rules, for entries of the kernel's half of the linear addresses:
///
/// - An entry that lets a page be executed leads to guarded code, and does not let it be written,
///   unless it is mixed with data.
/// - A page of the kernel's own image is executed at its own linear address only, and there is no
///   other there, nor part of a large one.
/// - A table that comes to be used is judged entry by entry, and guarded from then on. One that is
///   refused is not, nor is any below it; and no page of guarded code is a table.
/// - Pages are given back when no entry lets them be executed any more.
///
/// What is written elsewhere in these tables goes on, as do the processor's accessed and dirty
/// flags, at the price of an exit each (Lutas et al., 2015, find that most exits of introspection
/// are these). With these flags in EPT every walk is a write to the tables, and exits.
public final class TableGuard extends WriteProtection {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int ENTRIES = 512;
    private static final int FIRST_ENTRY = ENTRIES / 2;
    private static final int LEVELS = 4;
    private static final long FLAGS = PagingEntry.ACCESSED | PagingEntry.DIRTY;

    private final long image;
    private final boolean flagsPass;
    private final Map<Long, Table> tables = new HashMap<>();
    private final PageSet tablePages = new PageSet();
    private long codeStart = -1;
    private long codeBytes;

    /// A table of the guest's.
    ///
    /// @param level of its entries
    /// @param base the linear address of its first one
    private record Table(int level, long base) {}

    /// @param image linear address of the kernel's first page of code
    /// @param flagsPass whether processors set flags in guarded tables without an exit, with
    ///   [org.nestwalk.machine.Capability#PAGING_WRITE]
    public TableGuard(
            VirtualMachine vm,
            CodeFiles files,
            Alarm.Listener listener,
            Verdict allowed,
            long image,
            boolean flagsPass) {
        super(vm, files, listener, allowed);
        this.flagsPass = flagsPass;
        this.image = image;
    }

    @Override
    protected void guard(long gpa, long bytes) {
        super.guard(gpa, bytes);
        if (codeStart == -1) {
            codeStart = gpa;
            codeBytes = bytes;
            long root = vm().cpus().getFirst().kernel().cr3() & PagingEntry.ADDRESS;
            if (!adopt(root, new Table(LEVELS, 0))) {
                raise(new Alarm(Alarm.Kind.TABLE, false, -1, root, null));
            }
        }
    }

    /// What is no code any more may be a table still.
    @Override
    protected void release(long gpa, long bytes) {
        super.release(gpa, bytes);
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            if (tablePages.contains(page)) {
                protect(page);
            }
        }
    }

    @Override
    protected boolean mayGiveBack(long gpa, long bytes) {
        for (Map.Entry<Long, Table> table : tables.entrySet()) {
            if (table.getValue().level == 1 && executes(table.getKey(), gpa, bytes)) {
                raise(new Alarm(Alarm.Kind.TABLE, true, -1, gpa, null));
                return false;
            }
        }
        return true;
    }

    /// Whether an entry of the last-level table at `table` lets a page of a range be executed.
    private boolean executes(long table, long gpa, long bytes) {
        vm().scanned(1, 1);
        for (int i = 0; i < ENTRIES; i++) {
            long entry = vm().memory().read(table + (long) i * Long.BYTES);
            long page = PagingEntry.page(entry, 1);
            if (PagingEntry.isPresent(entry)
                    && (entry & PagingEntry.NO_EXECUTE) == 0
                    && page >= gpa
                    && page < gpa + bytes) {
                return true;
            }
        }
        return false;
    }

    private void protect(long page) {
        claim().allow(page, PAGE, READ_ONLY);
        if (flagsPass) {
            claim().allowFlags(page, PAGE);
        }
    }

    /// Guards a table and all below it if every entry in them is right; otherwise none of them.
    /// Returns whether that is so.
    private boolean adopt(long gpa, Table table) {
        List<Long> adopted = new ArrayList<>();
        boolean right = adopt(gpa, table, adopted);
        if (!right) {
            adopted.forEach(this::leave);
        }
        return right;
    }

    private boolean adopt(long gpa, Table table, List<Long> adopted) {
        if (gpa >= vm().settings().memoryBytes() || guarded().contains(gpa)) {
            return false;
        }
        if (tables.putIfAbsent(gpa, table) != null) {
            return tables.get(gpa).equals(table);
        }
        adopted.add(gpa);
        tablePages.add(gpa, PAGE);
        protect(gpa);
        vm().scanned(1, 1);
        for (int i = table.level == LEVELS ? FIRST_ENTRY : 0; i < ENTRIES; i++) {
            long entry = vm().memory().read(gpa + (long) i * Long.BYTES);
            if (entry != 0 && !judge(table, i, entry, adopted)) {
                return false;
            }
        }
        return true;
    }

    private void leave(long gpa) {
        tables.remove(gpa);
        tablePages.remove(gpa, PAGE);
        claim().allow(gpa, PAGE, guarded().contains(gpa) ? READ_ONLY : SecondLevelMap.ALL);
    }

    private static long linear(Table table, int index) {
        long gva = table.base + ((long) index << PageSize.shiftOfLevel(table.level));
        return table.level == LEVELS ? gva << 16 >> 16 : gva;
    }

    /// Whether `entry` may be entry `index` of a guarded table. Tables to which it leads are
    /// guarded from then on, and added to `adopted` if they were not before.
    private boolean judge(Table table, int index, long entry, List<Long> adopted) {
        if (!PagingEntry.isPresent(entry)) {
            return true;
        }
        long gva = linear(table, index);
        if (!PagingEntry.isLeaf(entry, table.level)) {
            return adopt(PagingEntry.table(entry), new Table(table.level - 1, gva), adopted);
        }
        long bytes = 1L << PageSize.shiftOfLevel(table.level);
        if (table.level > 1 && gva < image + codeBytes && image < gva + bytes) {
            return false;
        }
        boolean executable = (entry & PagingEntry.NO_EXECUTE) == 0;
        boolean writable = (entry & PagingEntry.WRITE) != 0;
        long gpa = PagingEntry.page(entry, 1);
        long home = table.level == 1 ? home(gva) : -1;
        if (home != -1) {
            return gpa == home
                    && executable == guarded().isExecutable(home)
                    && (!writable || guarded().isMixed(home));
        }
        return !executable
                || (table.level == 1
                        && !writable
                        && guarded().contains(gpa)
                        && guarded().file(gpa) != 0);
    }

    /// The guest-physical page of the kernel's image that belongs at a linear address, or -1.
    private long home(long gva) {
        long gpa = gva - image + codeStart;
        return gva >= image && guarded().contains(gpa) && guarded().file(gpa) == 0 ? gpa : -1;
    }

    @Override
    protected Verdict judge(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.WriteTrap trap) || !tablePages.contains(trap.gpa())) {
            return super.judge(cpu, exit);
        }
        KernelStore store = cpu.kernel().storing();
        if (trap.table() || (store == null && trap.gva() != -1)) {
            return trap.table() ? Verdict.EMULATE : refuse(cpu, trap, store);
        }
        return store != null && judgeEntry(trap.gpa(), store.value())
                ? allowed()
                : refuse(cpu, trap, store);
    }

    private Verdict refuse(VirtualCpu cpu, VmExit.WriteTrap trap, @Nullable KernelStore store) {
        raise(new Alarm(Alarm.Kind.TABLE, true, cpu.index(), trap.gpa(), store));
        return Verdict.STOP;
    }

    private boolean judgeEntry(long gpa, long entry) {
        Table table = Objects.requireNonNull(tables.get(gpa & -PAGE));
        int index = (int) (gpa & PAGE - 1) / Long.BYTES;
        long old = vm().memory().read(gpa);
        if (((old ^ entry) & ~FLAGS) == 0 || (table.level == LEVELS && index < FIRST_ENTRY)) {
            return true;
        }
        // The new table may lead to those that the old one leads to.
        long below = PagingEntry.table(old);
        Table before = isTable(old, table.level) ? tables.get(below) : null;
        if (before != null) {
            forget(below);
        }
        List<Long> adopted = new ArrayList<>();
        boolean right = judge(table, index, entry, adopted);
        if (!right) {
            adopted.forEach(this::leave);
            if (before != null) {
                boolean _ = adopt(below, before);
            }
        }
        return right;
    }

    private static boolean isTable(long entry, int level) {
        return PagingEntry.isPresent(entry) && !PagingEntry.isLeaf(entry, level);
    }

    /// Nothing leads to a table any more, nor to those below.
    private void forget(long gpa) {
        Table table = tables.get(gpa);
        if (table == null) {
            return;
        }
        leave(gpa);
        for (int i = 0; table.level > 1 && i < ENTRIES; i++) {
            long entry = vm().memory().read(gpa + (long) i * Long.BYTES);
            if (isTable(entry, table.level)) {
                forget(PagingEntry.table(entry));
            }
        }
    }

    @Override
    protected void end() {
        super.end();
        vm().exclusively(() -> {
            tables.clear();
            tablePages.clear();
        });
    }

    /// Guest tables that are guarded, in pages.
    public long guardedTables() {
        return tablePages.size();
    }
}
