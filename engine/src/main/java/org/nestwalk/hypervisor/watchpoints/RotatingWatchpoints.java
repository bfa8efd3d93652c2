package org.nestwalk.hypervisor.watchpoints;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// Watchpoints on k of M pages of a guest, moved from time to time: what GWP-ASan does for
/// allocations (LLVM, "GWP-ASan") and DataCollider for instructions (Erickson et al., "Effective
/// data-race detection for the kernel", OSDI 2010), done for pages from below the guest.
///
/// An armed page lacks rights, by a claim of this part's own. An access to it exits, is shown to an
/// observer, and is performed alone ([Verdict#PERFORM]): the page is open to that CPU for this one
/// access, and to no other CPU, and stays armed. Whether the access has a right to be made is for
/// the observer to judge. An access that exits again for the sake of others is shown once.
public final class RotatingWatchpoints implements ExitPart, AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final long[] pages;
    private final int[] chosen;
    private final Trap trap;
    private final PageChoice choice;
    private final CallSites sites;
    private final Consumer<WatchedAccess> observer;
    private final RightsClaim claim;
    private final long[] lastCursor;
    private final long[] lastGva;
    private PageSet armed = new PageSet();
    private long accesses;
    private long rotations;

    private RotatingWatchpoints(
            VirtualMachine vm,
            PageSet watched,
            int count,
            Trap trap,
            PageChoice choice,
            CallSites sites,
            Consumer<WatchedAccess> observer) {
        this.vm = vm;
        this.pages = addresses(watched);
        this.chosen = new int[count];
        this.trap = trap;
        this.choice = choice;
        this.sites = sites;
        this.observer = observer;
        this.lastCursor = new long[vm.cpus().size()];
        this.lastGva = new long[vm.cpus().size()];
        Arrays.fill(lastCursor, -1);
        this.claim = vm.claim(this);
    }

    /// Arms the first pages.
    ///
    /// @param watched pages of 4 KiB, of which some are armed at a time
    /// @param count how many
    /// @param observer is shown each access to an armed page, while no CPU is in the guest
    /// @throws InputException if there are fewer pages than that, some are outside the guest's
    ///   memory, or the machine cannot withhold what `trap` takes
    public static RotatingWatchpoints open(
            VirtualMachine vm,
            PageSet watched,
            int count,
            Trap trap,
            PageChoice choice,
            CallSites sites,
            Consumer<WatchedAccess> observer) {
        if (count < 1 || count > watched.size()) {
            throw new InputException(
                    "%d watchpoint(s) on %d page(s) of %s; there must be at least one, and at most as many as pages"
                            .formatted(count, watched.size(), vm.settings().name()));
        }
        long memory = vm.settings().memoryBytes();
        if (watched.count(0, memory) != watched.size()) {
            throw new InputException(
                    "%d of the pages to watch are outside the %d bytes of memory of %s; only pages that exist can be watched"
                            .formatted(
                                    watched.size() - watched.count(0, memory),
                                    memory,
                                    vm.settings().name()));
        }
        return vm.exclusively(() -> {
            RotatingWatchpoints made =
                    new RotatingWatchpoints(vm, watched, count, trap, choice, sites, observer);
            try {
                made.rotate();
            } catch (UnsupportedOperationException e) {
                made.close();
                throw new InputException(
                        "watchpoints on %s accesses take rights away that this machine cannot withhold: %s"
                                .formatted(trap.label(), e.getMessage()),
                        e);
            }
            return made;
        });
    }

    private static long[] addresses(PageSet watched) {
        LongStream.Builder addresses = LongStream.builder();
        watched.forEach(addresses::add);
        return addresses.build().toArray();
    }

    /// Disarms the armed pages and arms others, as the choice says. A page that is chosen again
    /// stays as it is.
    public void rotate() {
        vm.exclusively(() -> {
            choice.next(pages.length, chosen);
            PageSet next = new PageSet();
            PageSet added = new PageSet();
            for (int number : chosen) {
                next.add(pages[number], PAGE);
                if (!armed.contains(pages[number])) {
                    added.add(pages[number], PAGE);
                }
            }
            PageSet released = new PageSet();
            armed.forEach(page -> {
                if (!next.contains(page)) {
                    released.add(page, PAGE);
                }
            });
            claim.allow(released, SecondLevelMap.ALL);
            claim.allow(added, trap.rights());
            armed = next;
            rotations++;
        });
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        return switch (exit) {
            case VmExit.WriteTrap(long gpa, long gva, boolean table) ->
                    watched(cpu, gpa, gva, true, table);
            case VmExit.Violation violation when violation.mapped() ->
                    watched(
                            cpu,
                            violation.gpa(),
                            violation.gva(),
                            (violation.access() & SecondLevelMap.WRITE) != 0,
                            violation.table());
            default -> Verdict.NOT_MINE;
        };
    }

    private Verdict watched(VirtualCpu cpu, long gpa, long gva, boolean write, boolean table) {
        if (!armed.contains(gpa & -PAGE)) {
            return Verdict.NOT_MINE;
        }
        long cursor = cpu.state().cursor();
        if (isNew(cpu.index(), cursor, gva)) {
            accesses++;
            choice.accessed(Arrays.binarySearch(pages, gpa & -PAGE));
            observer.accept(
                    new WatchedAccess(
                            cpu.index(),
                            sites.instruction(cpu),
                            sites.caller(cpu),
                            gva,
                            gpa,
                            write,
                            table,
                            gva == -1 ? 0 : value(gpa, write, cursor),
                            cursor));
        }
        return Verdict.PERFORM;
    }

    /// Whether an access is another than the last one of its CPU. What has no linear address is
    /// always taken for one.
    private boolean isNew(int cpu, long cursor, long gva) {
        boolean same = gva != -1 && lastCursor[cpu] == cursor && lastGva[cpu] == gva;
        lastCursor[cpu] = cursor;
        lastGva[cpu] = gva;
        return !same;
    }

    private long value(long gpa, boolean write, long cursor) {
        return write ? Checksum.value(cursor) : vm.memory().read(gpa & -Long.BYTES);
    }

    /// Adds the pages that are armed now to `into`.
    public void armed(PageSet into) {
        into.addAll(armed);
    }

    /// Accesses to armed pages so far.
    public long accesses() {
        return accesses;
    }

    /// How often pages have been chosen.
    public long rotations() {
        return rotations;
    }

    /// Disarms all pages. May be called twice.
    @Override
    public void close() {
        vm.exclusively(() -> {
            armed = new PageSet();
            claim.close();
        });
    }
}
