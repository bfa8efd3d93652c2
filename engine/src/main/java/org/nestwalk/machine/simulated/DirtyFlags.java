package org.nestwalk.machine.simulated;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.dirty.DirtyTrackers;
import org.nestwalk.machine.simulated.shootdown.TranslatingCpu;
import org.nestwalk.memory.PageSet;
import org.nestwalk.paging.PageModificationLog;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;

/// Finds written pages by the dirty flags of the second level: by looking at all of them, or at
/// those alone that processors have logged.
///
/// A page is logged when its flag is set, so the flags of pages that were logged have to be cleared
/// before they are logged again; and a large page with a set flag that is split, or small ones that
/// are collapsed, will not be: what was logged counts as the page that maps it now, and a page is
/// noted as a whole when it is split.
final class DirtyFlags implements DirtyTrackers.Hardware {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VmContext vm;
    private final PageTable table;
    private final TableFormat format;
    private final DirtyTrackers trackers;
    private final boolean flags;
    private final PageSet logged = new PageSet();
    private final Set<DirtySource> used = EnumSet.noneOf(DirtySource.class);

    /// @param flags whether processors set dirty flags
    /// @param exclusively does work while no CPU is in a guest
    DirtyFlags(
            VmContext vm,
            PageTable table,
            TableFormat format,
            boolean flags,
            Consumer<Runnable> exclusively) {
        this.vm = vm;
        this.table = table;
        this.format = format;
        this.flags = flags;
        this.trackers = new DirtyTrackers(this, exclusively);
    }

    /// Who wants to know which pages are written.
    DirtyTrackers trackers() {
        return trackers;
    }

    /// The sources that there are.
    Set<DirtySource> sources() {
        Set<DirtySource> sources = EnumSet.noneOf(DirtySource.class);
        if (flags) {
            sources.add(DirtySource.FLAGS);
        }
        if (flags && vm.cpus().haveLogs()) {
            sources.add(DirtySource.LOG);
        }
        return sources;
    }

    /// Whether processors set dirty flags.
    boolean areSet() {
        return flags;
    }

    /// Whether processors log pages whose flags they set.
    boolean isLogging() {
        return used.contains(DirtySource.LOG);
    }

    @Override
    public void begin(DirtySource source) {
        if (!sources().contains(source)) {
            throw new UnsupportedOperationException(
                    "this machine finds no written pages by its " + source.label());
        }
        harvest(true);
        used.add(source);
        if (source == DirtySource.LOG) {
            logs().forEach(log -> log.enable(true));
        }
    }

    @Override
    public void end(DirtySource source) {
        used.remove(source);
        if (source == DirtySource.LOG) {
            logs().forEach(this::drain);
            logs().forEach(log -> log.enable(false));
            logged.clear();
        }
    }

    private Stream<PageModificationLog> logs() {
        return vm.cpus().all().stream().map(TranslatingCpu::log).map(Objects::requireNonNull);
    }

    /// Empties the log of a CPU.
    void drain(PageModificationLog log) {
        int last = (log.index() + 1) & 0xffff;
        for (int i = PageModificationLog.ENTRIES - 1; i >= last; i--) {
            logged.add(log.entry(i) & -PAGE, PAGE);
        }
        log.setIndex(PageModificationLog.ENTRIES - 1);
    }

    /// The large page of `size` at `first` is about to be split.
    void splits(long first, PageSize size) {
        if (used.contains(DirtySource.LOG) && isDirty(table.entry(first))) {
            logged.add(first, size.bytes());
        }
    }

    @Override
    public void fetch(boolean forget) {
        if (used.contains(DirtySource.LOG)) {
            logs().forEach(this::drain);
        }
        boolean all = used.contains(DirtySource.FLAGS);
        reportLogged(forget && !all);
        if (all) {
            harvest(forget);
        }
        if (forget) {
            logged.clear();
        }
    }

    /// Reports what was logged, as pages of the size that maps them now.
    ///
    /// @param clear whether their flags are to be cleared
    private void reportLogged(boolean clear) {
        if (logged.isEmpty()) {
            return;
        }
        if (clear) {
            vm.interruptTransactions();
        }
        logged.forEach(gpa -> {
            int level = table.leafLevel(gpa);
            PageSize size = PageSize.ofLevel(Math.max(level, 1));
            long first = gpa & ~size.offsetMask();
            trackers.found(first, size.bytes());
            if (clear && level != 0) {
                long entry = table.entry(gpa);
                if (isDirty(entry)) {
                    table.setEntry(gpa, level, entry & ~dirtyBit());
                }
            }
        });
        vm.chargeScan(logged.size(), 0);
        if (clear) {
            vm.flush(0, vm.settings().memoryBytes());
        }
    }

    /// Looks at all flags.
    ///
    /// @param clear whether they are to be cleared
    private void harvest(boolean clear) {
        long bytes = vm.settings().memoryBytes();
        if (clear) {
            vm.interruptTransactions();
        }
        boolean stale = false;
        for (long page = 0; page < bytes; page = table.after(page)) {
            int level = table.leafLevel(page);
            long entry = level == 0 ? 0 : table.entry(page);
            if (isDirty(entry)) {
                trackers.found(page, PageSize.ofLevel(level).bytes());
                if (clear) {
                    table.setEntry(page, level, entry & ~dirtyBit());
                    stale = true;
                }
            }
        }
        vm.chargeScan(bytes >> 12, 0);
        if (stale) {
            vm.flush(0, bytes);
        }
    }

    private boolean isDirty(long entry) {
        return format.isPresent(entry) && (entry & dirtyBit()) != 0;
    }

    private long dirtyBit() {
        return format.dirty();
    }
}
