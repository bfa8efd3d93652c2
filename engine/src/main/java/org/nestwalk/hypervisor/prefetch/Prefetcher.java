package org.nestwalk.hypervisor.prefetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;

/// The host's side of [Hypercalls#PREFETCH_PAGES]: backs a range of the guest's memory before it is
/// touched, a chunk a call, as KVM's `KVM_PRE_FAULT_MEMORY` does for its user (Linux
/// `Documentation/virt/kvm/api.rst`, section 4.143): a call returns after one page or more and says
/// how far it came, and is made again for the rest. Or the range waits in a queue, and is backed
/// beside the guest, on another CPU, in simulated time ([#tick]).
///
/// What software can do before an access is to fill the second level, and to bring its entries into
/// data caches; it cannot fill TLBs.
///
/// A hint grants nothing: pages get the rights that claims allow, and what is backed already stays
/// as it is. What it can cost is bounded by [PrefetchSettings]: each call by its chunk, all of them
/// by an allowance of pages.
public final class Prefetcher implements Hypervisor.HypercallService, BackgroundWork {
    private static final PageSize SMALL = PageSize.SIZE_4K;
    private static final PageSize LARGE = PageSize.SIZE_2M;
    private static final long LARGE_PAGES = LARGE.bytes() / SMALL.bytes();

    private final VirtualMachine vm;
    private final PrefetchSettings settings;
    private final @Nullable HostMemory host;
    private final long pageNanos;
    private final PageAllowance allowance;
    private final Deque<Range> queue = new ArrayDeque<>();
    private long now;
    private long freeAt;
    private long calls;
    private long refused;
    private long capped;
    private long looked;
    private long backed;
    private long beside;
    private long there;
    private long lost;
    private long lastFailure;
    private long retried;

    private record Range(long gpa, long end, boolean large) {
        /// Whether a large page at its beginning lies within it.
        boolean fitsLarge() {
            return large && (gpa & LARGE.offsetMask()) == 0 && gpa + LARGE.bytes() <= end;
        }
    }

    /// Hints of `vm`.
    ///
    /// @param host whose frames are taken for what is backed beside the guest; null where the
    ///   host's kernel takes them
    /// @param pageNanos simulated nanoseconds that backing a page takes a CPU beside the guest, 1
    ///   or more
    public Prefetcher(
            VirtualMachine vm,
            @Nullable HostMemory host,
            PrefetchSettings settings,
            long pageNanos) {
        this.vm = vm;
        this.host = host;
        this.settings = settings;
        this.pageNanos = Math.max(1, pageNanos);
        this.allowance = new PageAllowance(settings.burstPages(), settings.pagesPerSecond());
    }

    /// Takes a hint.
    ///
    /// @param first guest-physical address of the range
    /// @param second its length in bytes
    /// @param third flags of [Hypercalls]
    /// @return bytes of the range, from its beginning, that are done with; or an error, less than 0
    @Override
    public long answer(VirtualCpu cpu, long first, long second, long third) {
        calls++;
        long memory = vm.settings().memoryBytes();
        boolean whole = ((first | second) & SMALL.offsetMask()) == 0;
        boolean inside = first >= 0 && second > 0 && second <= memory - first;
        if (!whole || !inside || (third & ~Hypercalls.PREFETCH_FLAGS) != 0) {
            refused++;
            return Hypercalls.INVALID;
        }
        boolean large = (third & Hypercalls.PREFETCH_LARGE) != 0;
        if ((third & Hypercalls.PREFETCH_BESIDE) != 0) {
            return enqueue(new Range(first, first + second, large));
        }
        long end = first + Math.min(second, settings.chunkPages() * SMALL.bytes());
        long done = back(new Range(first, first + second, large), end);
        if (done > first && (third & Hypercalls.PREFETCH_WARM) != 0) {
            vm.secondLevel().warm(first, done - first);
        }
        if (done == first) {
            return lastFailure;
        }
        return Math.min(done, first + second) - first;
    }

    private long enqueue(Range range) {
        if (queue.size() >= settings.mostQueued()) {
            capped++;
            return Hypercalls.TRY_AGAIN;
        }
        if (queue.isEmpty()) {
            freeAt = Math.max(freeAt, now);
        }
        queue.add(range);
        return range.end - range.gpa;
    }

    /// Backs pages of a range from its beginning until `end`, or until there is no memory, or no
    /// allowance is left.
    ///
    /// @return the first address that was not reached; a large page may reach beyond `end`
    private long back(Range range, long end) {
        long page = range.gpa;
        while (page < end) {
            long next = backOne(page, range);
            if (next == page) {
                return page;
            }
            page = next;
        }
        return page;
    }

    /// Backs the page at `page`, or finds that it is. A large page lies within the range.
    ///
    /// @return the first address after the page, or `page` if it could not be
    private long backOne(long page, Range range) {
        looked++;
        vm.scanned(1, 0);
        long behind = behind(page);
        if (behind > page) {
            there++;
            return behind;
        }
        SecondLevelMap map = vm.secondLevel();
        if (mayBeLarge(page, range) && allowance.take(LARGE_PAGES)) {
            if (map.populate(page, LARGE)) {
                backed += LARGE_PAGES;
                return page + LARGE.bytes();
            }
            allowance.giveBack(LARGE_PAGES);
        }
        if (!allowance.take()) {
            capped++;
            lastFailure = Hypercalls.TRY_AGAIN;
            return page;
        }
        if (!bringBack(page) && !map.populate(page, SMALL)) {
            allowance.giveBack(1);
            lost++;
            lastFailure = Hypercalls.NO_MEMORY;
            return page;
        }
        backed++;
        return page + SMALL.bytes();
    }

    /// The first address after the page that is there at `page`, or inherited; `page` if none is.
    private long behind(long page) {
        PageSize size = vm.secondLevel().pageSize(page);
        if (size != null) {
            return (page & -size.bytes()) + size.bytes();
        }
        return vm.secondLevel().isInherited(page) ? page + SMALL.bytes() : page;
    }

    /// Whether the page at `page` came back from where another part keeps what it holds, which is
    /// what reading it comes to.
    private boolean bringBack(long page) {
        long _ = vm.memory().read(page);
        return vm.secondLevel().pageSize(page) != null;
    }

    /// Whether a large page at `page` is within the range, and nothing of it is there or kept
    /// elsewhere. What is kept comes back.
    private boolean mayBeLarge(long page, Range range) {
        if (!new Range(page, range.end, range.large).fitsLarge()) {
            return false;
        }
        for (long small = page; small < page + LARGE.bytes(); small += SMALL.bytes()) {
            if (behind(small) > small || bringBack(small)) {
                return false;
            }
        }
        return true;
    }

    /// Backs as much of what waits as a CPU beside the guest has had time for.
    @Override
    public void tick(long nanos) {
        vm.exclusively(() -> {
            now = Math.max(now, nanos);
            allowance.tick(nanos);
        });
        Turn turn = new Turn();
        while (turn.begin()) {
            turn.end();
        }
    }

    /// One page of what waits: a frame is taken for it first, and it is mapped later, if it has not
    /// been invalidated meanwhile. Between the two others run, where CPUs have threads of their
    /// own.
    private final class Turn {
        private long page;
        private long frame;
        private long seen;
        private PageSize size = SMALL;

        /// Whether there is a page to [end][#end] with.
        boolean begin() {
            return vm.exclusively(this::prepare);
        }

        private boolean prepare() {
            while (!queue.isEmpty() && freeAt + pageNanos <= now) {
                Range range = queue.getFirst();
                page = range.gpa;
                if (host == null) {
                    long before = backed;
                    long next = backOne(page, range);
                    count(backed - before);
                    advance(next > page ? next : range.end);
                } else if (take(range)) {
                    return true;
                }
            }
            return false;
        }

        private boolean take(Range range) {
            looked++;
            vm.scanned(1, 0);
            long behind = behind(page);
            if (behind == page && bringBack(page)) {
                behind = behind(page);
            }
            if (behind > page) {
                there++;
                advance(behind);
                return false;
            }
            seen = vm.secondLevel().invalidations().sequence();
            size = mayBeLarge(page, range) && allowance.take(LARGE_PAGES) ? LARGE : SMALL;
            frame = size == LARGE ? host().reserve(LARGE) : -1;
            if (size == LARGE && frame == -1) {
                allowance.giveBack(LARGE_PAGES);
                size = SMALL;
            }
            if (size == SMALL) {
                if (!allowance.take()) {
                    capped++;
                    queue.removeFirst();
                    return false;
                }
                frame = host().reserve(SMALL);
            }
            if (frame == -1) {
                allowance.giveBack(1);
                lost++;
                queue.removeFirst();
            }
            return frame != -1;
        }

        void end() {
            vm.exclusively(this::map);
        }

        private void map() {
            long pages = size.bytes() / SMALL.bytes();
            Range range = queue.getFirst();
            if (vm.secondLevel().invalidations().mustRetry(seen, page)) {
                retried++;
            } else if (vm.secondLevel().map(page, frame, size)) {
                backed += pages;
                count(pages);
                advance(page + size.bytes());
                return;
            } else if (size == LARGE) {
                // Claims allow different things on parts of it, or somebody was faster.
                queue.removeFirst();
                if (page + LARGE.bytes() < range.end) {
                    queue.addFirst(new Range(page + LARGE.bytes(), range.end, true));
                }
                queue.addFirst(new Range(page, page + LARGE.bytes(), false));
            } else if (behind(page) == page) {
                lost++;
                advance(page + SMALL.bytes());
            }
            host().release(frame, size);
            allowance.giveBack(pages);
        }

        private HostMemory host() {
            return Objects.requireNonNull(host);
        }
    }

    /// A CPU beside the guest has backed pages. A look at one that is there is as good as free.
    private void count(long pages) {
        beside += pages;
        freeAt += pages == 0 ? 0 : pageNanos;
    }

    /// What waits longest begins at `next`, or is done with.
    private void advance(long next) {
        Range range = queue.removeFirst();
        if (next < range.end) {
            queue.addFirst(new Range(next, range.end, range.large));
        }
    }

    @Override
    public long nextNanos() {
        return queue.isEmpty() ? Long.MAX_VALUE : freeAt + pageNanos;
    }

    /// Ranges, or what is left of them, that wait to be backed beside the guest.
    public int queued() {
        return queue.size();
    }

    /// How often a page was looked at again because of an invalidation meanwhile.
    public long retried() {
        return retried;
    }

    /// What came of hints so far.
    public PrefetchCounts counts() {
        return new PrefetchCounts(calls, refused, capped, looked, backed, beside, there, lost);
    }

    /// Makes the calls that have a range backed, as a guest's kernel does: again and again for what
    /// is left.
    ///
    /// @return bytes from the beginning that are done with
    public static long call(VirtualCpu cpu, long gpa, long bytes, long flags) {
        long done = 0;
        while (done < bytes) {
            long answer =
                    cpu.kernel()
                            .hypercall(Hypercalls.PREFETCH_PAGES, gpa + done, bytes - done, flags);
            if (answer <= 0) {
                return done;
            }
            done += answer;
        }
        return done;
    }
}
