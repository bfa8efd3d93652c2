package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter;
import org.nestwalk.lab.progress.LivePages;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// Time, and pages by size as it goes on: up to a few dozen moments, evenly spaced.
@SuppressWarnings("EnumOrdinal") // a byte of a picture that lives no longer than its run
final class Timeline {
    private static final int MOST_MOMENTS = 64;
    private static final long MOST_CELLS = 1 << 20;

    private final VirtualMachine vm;
    private final GuestKernel kernel;
    private final LongSupplier made;
    private final Optional<DirtyRateMeter> meter;
    private final List<VmResult.Moment> moments = new ArrayList<>();
    private long spacing;
    private long next;

    /// @param made accesses made by all CPUs
    /// @param spacing accesses between two moments, at first
    /// @param meter of pages written, if there is one
    Timeline(
            VirtualMachine vm,
            GuestKernel kernel,
            LongSupplier made,
            long spacing,
            Optional<DirtyRateMeter> meter) {
        this.vm = vm;
        this.kernel = kernel;
        this.made = made;
        this.spacing = spacing;
        this.meter = meter;
    }

    /// Nanoseconds that the busiest CPU has run.
    long now() {
        return vm.cpus().stream().mapToLong(VirtualCpu::nanoseconds).max().orElse(0);
    }

    /// Accesses made by all CPUs.
    long accesses() {
        return made.getAsLong();
    }

    /// Keeps a moment if the last one is long enough ago.
    void sampleIfDue() {
        if (accesses() >= next) {
            sample();
        }
    }

    /// Keeps a moment.
    void sample() {
        if (moments.size() == MOST_MOMENTS) {
            thinOut();
        }
        vm.exclusively(() -> moments.add(moment()));
        next = accesses() + spacing;
    }

    List<VmResult.Moment> moments() {
        return moments;
    }

    /// The pages as they are now, as many to a cell as let a million cells show all.
    LivePages pages() {
        return pages(MOST_CELLS);
    }

    /// The pages as they are now, as many to a cell as let so many cells show all.
    LivePages pages(long most) {
        return vm.exclusively(() -> {
            long all = vm.settings().memoryBytes() / PageSize.SIZE_4K.bytes();
            int perCell = Math.toIntExact(Math.ceilDiv(all, most));
            byte[] cells = new byte[Math.toIntExact(Math.ceilDiv(all, perCell))];
            if (vm.settings().mode() != TranslationMode.NATIVE) {
                PageSet backed = new PageSet();
                vm.secondLevel().backedPages(vm.settings().memoryBytes(), backed);
                backed.forEach(gpa -> {
                    long page = gpa / PageSize.SIZE_4K.bytes();
                    if (page % perCell == 0) {
                        cells[(int) (page / perCell)] = (byte) state(gpa).ordinal();
                    }
                });
            }
            return new LivePages(
                    now(), accesses(), exits(), all, perCell, cells, markWritten(perCell, cells));
        });
    }

    /// Marks the pages that the meter found in its last period. It is not asked for what it has
    /// found since: to look costs the machine something, and a run must not depend on who watches.
    private LivePages.@Nullable Written markWritten(int perCell, byte[] cells) {
        PageSet written = meter.map(DirtyRateMeter::lastWritten).orElse(null);
        if (written == null) {
            return null;
        }
        written.forEach(gpa -> {
            long page = gpa / PageSize.SIZE_4K.bytes();
            if (page % perCell == 0) {
                cells[(int) (page / perCell)] |= LivePages.WRITTEN;
            }
        });
        DirtyRateMeter.Sample period = meter.orElseThrow().samples().getLast();
        return new LivePages.Written(period.from(), period.until(), period.written());
    }

    /// What a page is that is backed, or inherited.
    private LivePages.State state(long gpa) {
        SecondLevelMap map = vm.secondLevel();
        PageSize size = map.pageSize(gpa);
        if (size == null) {
            return LivePages.State.INHERITED;
        }
        if (map.owners(gpa) > 1) {
            return LivePages.State.SHARED;
        }
        if ((map.rights(gpa) & SecondLevelTranslation.WRITE) == 0) {
            return LivePages.State.PROTECTED;
        }
        return size == PageSize.SIZE_4K ? LivePages.State.SMALL : LivePages.State.LARGE;
    }

    private long exits() {
        return vm.cpus().stream().mapToLong(cpu -> cpu.account().exits()).sum();
    }

    /// Drops every other moment, and keeps fewer from now on.
    private void thinOut() {
        List<VmResult.Moment> kept = new ArrayList<>();
        for (int i = 0; i < moments.size(); i += 2) {
            kept.add(moments.get(i));
        }
        moments.clear();
        moments.addAll(kept);
        spacing = Math.max(2 * spacing, accesses() / (MOST_MOMENTS / 2));
    }

    private VmResult.Moment moment() {
        boolean isNative = vm.settings().mode() == TranslationMode.NATIVE;
        long small = 0;
        long large = 0;
        LongAdder onLarge = new LongAdder();
        for (GuestProcess process : kernel.processes()) {
            small += process.pages(PageSize.SIZE_4K) * PageSize.SIZE_4K.bytes();
            large += process.pages(PageSize.SIZE_2M) * PageSize.SIZE_2M.bytes();
            if (!isNative) {
                process.forEachLargePage(gpa -> {
                    if (vm.secondLevel().pageSize(gpa) == PageSize.SIZE_2M) {
                        onLarge.add(PageSize.SIZE_2M.bytes());
                    }
                });
            }
        }
        return new VmResult.Moment(
                now(),
                accesses(),
                exits(),
                small,
                large,
                isNative ? 0 : vm.secondLevel().backedBytes(PageSize.SIZE_4K),
                isNative ? 0 : vm.secondLevel().backedBytes(PageSize.SIZE_2M),
                onLarge.sum());
    }
}
