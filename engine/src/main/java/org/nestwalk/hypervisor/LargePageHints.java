package org.nestwalk.hypervisor;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;

/// The host's side of a paravirtual hint: the guest announces by a hypercall that it is going to
/// use large pages in a range of its memory, and the host sees to it that these are backed by large
/// pages, too, so that walks are short and TLB entries large.
///
/// For every 2-MiB block of the range the host reserves an aligned block of its own, compacting
/// memory within limits. If the block is backed by small pages they are collapsed into it at once;
/// if nothing of it is backed, the reservation is a promise, kept when the block is first touched,
/// and withdrawn when it has not been touched for too long. A hint is advice from somebody who is
/// not trusted: it grants no permission and backs nothing outside the guest's memory; it may only
/// spend what its limits allow.
///
/// That only large on large pages help is the argument of Gemini (Jia et al., EuroSys 2023), which
/// makes the sizes of both sides agree without a hint.
public final class LargePageHints
        implements BackingPolicy, Hypervisor.HypercallService, BackgroundWork {
    private static final PageSize LARGE = PageSize.SIZE_2M;

    private final VirtualMachine vm;
    private final HostMemory host;
    private final HintSettings settings;
    private final BackingPolicy otherwise;
    private final Map<Long, Promise> promises = new HashMap<>();
    private long now;
    private long backedAtOnce;
    private long kept;
    private long expired;
    private long refused;
    private long moved;

    private record Promise(long hpa, long expires) {}

    /// Hints of `vm`.
    ///
    /// @param otherwise backs what no hint covers
    public LargePageHints(
            VirtualMachine vm, HostMemory host, HintSettings settings, BackingPolicy otherwise) {
        this.vm = vm;
        this.host = host;
        this.settings = settings;
        this.otherwise = otherwise;
    }

    @Override
    public void prepare(VirtualMachine machine) {
        otherwise.prepare(machine);
    }

    /// Takes a hint.
    ///
    /// @param first guest-physical address of the range
    /// @param second its length in bytes
    /// @return bytes of the range that are, or are promised to be, on large pages
    @Override
    public long answer(VirtualCpu cpu, long first, long second, long third) {
        long memory = vm.settings().memoryBytes();
        if (first < 0 || second < 0 || second > memory - first) {
            return 0;
        }
        long bytes = 0;
        int budget = settings.movesPerCall();
        long page = first + LARGE.offsetMask() & ~LARGE.offsetMask();
        for (; page + LARGE.bytes() <= first + second; page += LARGE.bytes()) {
            long before = moved;
            if (isLarge(page) || promises.containsKey(page) || serve(page, budget)) {
                bytes += LARGE.bytes();
            } else {
                refused++;
            }
            budget -= (int) (moved - before);
        }
        return bytes;
    }

    private boolean isLarge(long gpa) {
        return vm.secondLevel().pageSize(gpa) == LARGE;
    }

    private boolean serve(long page, int budget) {
        if (promises.size() >= settings.mostPromises()) {
            return false;
        }
        long hpa = reserve(Math.min(budget, settings.movesPerBlock()));
        if (hpa == -1) {
            return false;
        }
        if (vm.secondLevel().collapse(page, hpa) >= 0) {
            backedAtOnce++;
            return true;
        }
        if (isPartlyBacked(page)) {
            host.release(hpa, LARGE);
            return false;
        }
        promises.put(page, new Promise(hpa, now + settings.lifeNanos()));
        return true;
    }

    private long reserve(int mostMoves) {
        long hpa = host.reserve(LARGE);
        if (hpa != -1 || mostMoves <= 0) {
            return hpa;
        }
        int moves = host.compact(LARGE, mostMoves);
        if (moves < 0) {
            return -1;
        }
        moved += moves;
        return host.reserve(LARGE);
    }

    private boolean isPartlyBacked(long page) {
        SecondLevelMap map = vm.secondLevel();
        for (long gpa = page; gpa < page + LARGE.bytes(); gpa += PageSize.SIZE_4K.bytes()) {
            vm.scanned(1, 0);
            if (map.pageSize(gpa) != null) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean back(VirtualMachine machine, long gpa) {
        Promise promise = promises.remove(gpa & ~LARGE.offsetMask());
        if (promise == null) {
            return otherwise.back(machine, gpa);
        }
        if (vm.secondLevel().map(gpa, promise.hpa, LARGE)) {
            kept++;
            return true;
        }
        host.release(promise.hpa, LARGE);
        return otherwise.back(machine, gpa);
    }

    @Override
    public void tick(long nanos) {
        now = nanos;
        vm.exclusively(this::expire);
    }

    private void expire() {
        for (Iterator<Promise> all = promises.values().iterator(); all.hasNext(); ) {
            Promise promise = all.next();
            if (promise.expires <= now) {
                host.release(promise.hpa, LARGE);
                all.remove();
                expired++;
            }
        }
    }

    /// Withdraws all promises, as before the virtual machine is closed.
    public void withdraw() {
        vm.exclusively(() -> {
            promises.values().forEach(promise -> host.release(promise.hpa, LARGE));
            promises.clear();
        });
    }

    @Override
    public long nextNanos() {
        return promises.values().stream().mapToLong(Promise::expires).min().orElse(Long.MAX_VALUE);
    }

    /// Blocks whose small pages were collapsed by a hint.
    public long backedAtOnce() {
        return backedAtOnce;
    }

    /// Promises that a first touch has redeemed.
    public long kept() {
        return kept;
    }

    /// Promises withdrawn because nothing was touched in time.
    public long expired() {
        return expired;
    }

    /// Blocks for which there was no memory, or that exceeded a limit.
    public long refused() {
        return refused;
    }

    /// Pages moved to make room.
    public long moved() {
        return moved;
    }
}
