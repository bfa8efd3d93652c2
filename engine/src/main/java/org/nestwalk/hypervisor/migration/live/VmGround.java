package org.nestwalk.hypervisor.migration.live;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.hypervisor.migration.MigrationGround;
import org.nestwalk.hypervisor.migration.Slowing;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// A guest of the seam that runs here, and the other side of a wire.
///
/// A page that is to be sent is taken off the list before it is read, and written pages are looked
/// for only between batches: what is written while a page is read, or later, is found by the next
/// look, because a look has protected the page before it returned (`kvm_get_dirty_log_protect` in
/// Linux's `virt/kvm/kvm_main.c` has the same order, and says why).
class VmGround implements MigrationGround {
    /// Bytes of a page on the wire, with its address and checksum, if nothing makes it smaller.
    static final long PAGE_BYTES = PageSize.SIZE_4K.bytes() + 2 * Long.BYTES;

    private static final long PAGE = PageSize.SIZE_4K.bytes();

    // A guest that may write so many pages a second is looked at when it may have written these,
    // and so often at least, in nanoseconds.
    private static final double LOOK_PAGES = 64;
    private static final double LOOK = 10_000_000;

    // Until the link has been measured: an assumption, 1 Gbit/s.
    private static final double UNKNOWN_BANDWIDTH = 125e6;

    private final GuestDrive drive;
    private final VirtualMachine vm;
    private final DirtySource source;
    private final LongSupplier clock;
    private final Counterpart other;
    private final PageSums sums;
    private final PageBatch batch = new PageBatch();
    private final PageSet found = new PageSet();
    private final long began;
    private @Nullable DirtyPages tracking;
    private double bandwidth = UNKNOWN_BANDWIDTH;
    private double pagesPerSecond = Double.POSITIVE_INFINITY;
    private long looked;

    // From when on the guest has to pay for pages that it has written since the last collection.
    private long paid;
    private long cursor;

    /// The other side, as the ground sees it. What fails there ends the migration
    /// ([org.nestwalk.hypervisor.migration.GroundFailure]).
    interface Counterpart {
        /// Offers the guest, which the other side takes when this returns.
        void open();

        /// Sends pages; afterwards the batch may be filled again.
        void send(PageBatch batch);

        /// All pages of a round have been sent.
        void roundEnded();

        /// Whether the other side has something against it.
        void poll();

        /// Bytes that have been sent.
        long sentBytes();

        /// As [MigrationGround#handOver].
        long handOver(PageSet missing);

        /// As [MigrationGround#pull].
        Pulled pull(PageSet missing);
    }

    VmGround(
            GuestDrive drive,
            DirtySource source,
            LongSupplier clock,
            PageSums sums,
            Counterpart other) {
        this.drive = drive;
        this.vm = drive.vm();
        this.source = source;
        this.clock = clock;
        this.sums = sums;
        this.other = other;
        began = clock.getAsLong();
        paid = began;
    }

    @Override
    public long now() {
        return clock.getAsLong() - began;
    }

    @Override
    public long memoryBytes() {
        return vm.settings().memoryBytes();
    }

    /// Pages that are backed: others hold zeroes, as they do over there, too.
    @Override
    public PageSet begin() {
        other.open();
        drive.passTo(clock.getAsLong());
        vm.bringBackMemory();
        tracking = Splitting.LAZY.track(vm, source);
        PageSet backed = new PageSet();
        vm.exclusively(() -> vm.secondLevel().backedPages(memoryBytes(), backed));
        paid = clock.getAsLong();
        return backed;
    }

    @Override
    public long bytesOf(PageSet pages) {
        return pages.size() * PAGE_BYTES;
    }

    @Override
    public long send(PageSet left, long until, long nanoseconds) {
        long start = clock.getAsLong();
        long before = other.sentBytes();
        long wanted = left.size() - until / PAGE_BYTES;
        long now = start;
        while (wanted > 0 && now - start < nanoseconds) {
            wanted -= fill(left, (int) Math.min(wanted, PageBatch.PAGES));
            if (batch.size() > 0) {
                other.send(batch);
                now = clock.getAsLong();
                drive.passTo(now);
                sent(batch);
                govern(now);
            }
            other.poll();
        }
        long bytes = other.sentBytes() - before;
        if (bytes > 0 && now > start) {
            bandwidth = bytes * 1e9 / (now - start);
        }
        return bytes;
    }

    /// A batch has gone over, and the guest has run meanwhile.
    void sent(PageBatch batch) {}

    /// Moves up to `most` pages from the list to the batch, from where it was left. Returns how
    /// many are off the list.
    private int fill(PageSet left, int most) {
        batch.clear();
        int count = 0;
        while (count < most) {
            long page = left.first(cursor);
            if (page == -1) {
                if (cursor == 0) {
                    break;
                }
                cursor = 0;
            } else {
                left.remove(page, PAGE);
                batch.add(page, 0);
                cursor = page + PAGE;
                count++;
            }
        }
        read(batch);
        return count;
    }

    /// Reads the pages of a batch, and leaves those out that the other side knows to be zero.
    void read(PageBatch batch) {
        vm.beside(() -> batch.read(vm.memory()));
        batch.retain(index -> !isKnownZero(batch, index));
        for (int i = 0; i < batch.size(); i++) {
            sums.put(batch.address(i), batch.checksum(i));
        }
    }

    /// Whether a page holds zeroes, and always has over there.
    boolean isKnownZero(PageBatch batch, int index) {
        return batch.isZero(index) && !sums.has(batch.address(index));
    }

    /// A guest that may write so many pages a second stands still until it may have written those
    /// that it has.
    private void govern(long now) {
        if (Double.isInfinite(pagesPerSecond)
                || now - looked < Math.min(LOOK, LOOK_PAGES / pagesPerSecond * 1e9)) {
            return;
        }
        looked = now;
        found.clear();
        tracking().peek(found);
        drive.holdUntil(due(found.size()));
    }

    /// When the guest may have written so many pages since the last collection.
    private long due(long pages) {
        return paid + Math.round(pages / pagesPerSecond * 1e9);
    }

    private DirtyPages tracking() {
        if (tracking == null) {
            throw new IllegalStateException("the migration has not begun");
        }
        return tracking;
    }

    @Override
    public long collect(PageSet into) {
        other.roundEnded();
        found.clear();
        collect(tracking(), found);
        paid = Math.max(clock.getAsLong(), due(found.size()));
        into.addAll(found);
        return found.size();
    }

    /// Takes what tracking has found.
    void collect(DirtyPages tracking, PageSet into) {
        tracking.collect(into);
    }

    @Override
    public double bandwidth() {
        return bandwidth;
    }

    @Override
    public void slow(Slowing slowing) {
        long now = clock.getAsLong();
        drive.passTo(now);
        drive.withhold(slowing.withheld());
        pagesPerSecond = slowing.pagesPerSecond();
        if (Double.isInfinite(pagesPerSecond)) {
            drive.holdUntil(now);
        }
    }

    @Override
    public void stop() {
        drive.stop();
    }

    @Override
    public long handOver(PageSet missing) {
        return other.handOver(missing);
    }

    @Override
    public Pulled pull(PageSet missing) {
        return other.pull(missing);
    }

    @Override
    public long longestWait() {
        return drive.longestWait();
    }

    @Override
    public long lost() {
        return drive.lost();
    }

    /// Ends tracking.
    void close() {
        if (tracking != null) {
            tracking.close();
        }
    }
}
