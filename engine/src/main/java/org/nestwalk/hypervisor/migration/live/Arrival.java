package org.nestwalk.hypervisor.migration.live;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// A guest that arrives: its virtual machine, which can be thrown away until it runs, and what is
/// known of its pages.
final class Arrival implements AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final GuestHost host;
    private final long id;
    private final LongSupplier clock;
    private final PulledPages.Line line;
    private final Steps steps;
    private final VirtualMachine vm;
    private final PageSums sums;
    private volatile @Nullable GuestDrive drive;
    private volatile @Nullable PulledPages pulled;
    private boolean complete;

    /// Steps of putting a guest together, which tests leave out or change.
    interface Steps {
        /// What both sides must agree on.
        default long digest(PageSums sums, byte[] told, long[] missing) {
            return sums.digest(told, missing);
        }

        /// Throws away what came of pages in earlier rounds that are missing now.
        default void discard(VirtualMachine vm, long gpa, long bytes) {
            vm.secondLevel().unmap(gpa, bytes);
        }

        /// Pages that come later.
        default PulledPages pull(
                VirtualMachine vm, long[] missing, PulledPages.Line line, LongSupplier clock) {
            return new PulledPages(vm, missing, line, clock);
        }
    }

    /// Makes the virtual machine.
    ///
    /// @throws InputException if there is none to be had
    Arrival(
            GuestHost host,
            Message.Offer offer,
            LongSupplier clock,
            PulledPages.Line line,
            Steps steps) {
        this.steps = steps;
        this.host = host;
        this.id = offer.id();
        this.clock = clock;
        this.line = line;
        this.vm = host.create(offer.settings(), offer.machine());
        this.sums = new PageSums(offer.settings());
    }

    long id() {
        return id;
    }

    @Nullable GuestDrive drive() {
        return drive;
    }

    /// Takes pages of a guest that runs at the source.
    ///
    /// @throws InputException if they are damaged, or no pages of this guest
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory left
    void take(PageBatch batch) {
        check(batch);
        vm.exclusively(() -> {
            backNew(batch);
            for (int i = 0; i < batch.size(); i++) {
                batch.write(i, vm.memory());
                sums.put(batch.address(i), batch.checksum(i));
            }
        });
    }

    /// Backs pages that come for the first time, those beside each other at once: one by one costs
    /// the host a fault for each. Where there is not enough memory, writing them says so.
    private void backNew(PageBatch batch) {
        int first = 0;
        for (int i = 1; i <= batch.size(); i++) {
            long gpa = batch.address(first);
            boolean goesOn =
                    i < batch.size()
                            && batch.address(i) == gpa + (i - first) * PAGE
                            && sums.has(batch.address(i)) == sums.has(gpa);
            if (!goesOn) {
                if (i - first > 1 && !sums.has(gpa)) {
                    boolean _ = vm.secondLevel().populateAll(gpa, (i - first) * PAGE);
                }
                first = i;
            }
        }
    }

    private void check(PageBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            requireInside(batch.address(i), PAGE);
            if (!batch.isIntact(i)) {
                throw new InputException(
                        "the page at 0x%x has come damaged".formatted(batch.address(i)));
            }
        }
    }

    private void requireInside(long gpa, long bytes) {
        VmSettings settings = vm.settings();
        if (gpa < 0
                || bytes <= 0
                || gpa % PAGE != 0
                || bytes % PAGE != 0
                || gpa > settings.memoryBytes() - bytes) {
            throw new InputException(
                    "%,d bytes at 0x%x are no pages of %s, which has %,d bytes"
                            .formatted(bytes, gpa, settings.name(), settings.memoryBytes()));
        }
    }

    /// Takes pages that the guest, which runs here, was waiting for.
    ///
    /// @throws InputException if they are damaged
    void come(PageBatch batch) {
        check(batch);
        PulledPages missing = pulled;
        if (missing != null) {
            missing.come(batch);
        }
    }

    /// Puts the guest together, and runs nothing.
    ///
    /// @throws InputException if it is not what the source has sent
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory left
    void assemble(Message.State told) {
        long[] missing = told.missing();
        if (missing.length % 2 != 0) {
            throw new InputException("half a run of missing pages");
        }
        long end = 0;
        for (int i = 0; i < missing.length; i += 2) {
            requireInside(missing[i], missing[i + 1]);
            if (missing[i] < end) {
                throw new InputException("runs of missing pages that are not in order");
            }
            end = missing[i] + missing[i + 1];
        }
        if (steps.digest(sums, told.state(), missing) != told.digest()) {
            throw new InputException("what has come is not what was sent");
        }
        ArrivingMemory arriving = ArrivingMemory.ALL_THERE;
        if (missing.length > 0) {
            vm.exclusively(() -> {
                for (int i = 0; i < missing.length; i += 2) {
                    steps.discard(vm, missing[i], missing[i + 1]);
                }
            });
            PulledPages pages = steps.pull(vm, missing, line, clock);
            vm.attach(pages.memory());
            pulled = pages;
            arriving = pages.memory();
        }
        drive = host.resume(vm, told.state(), arriving);
    }

    /// Has the guest run.
    void start() {
        GuestDrive here = drive;
        if (here != null) {
            here.start();
        }
    }

    /// Does what is to be done beside the guest: brings pages into memory, and asks for more.
    void attend(long now) {
        GuestDrive here = drive;
        PulledPages missing = pulled;
        if (missing != null && !complete) {
            missing.install();
            missing.askAhead();
        }
        if (here != null) {
            here.passTo(now);
        }
    }

    /// Whether all of the guest's memory has come since this was asked before.
    boolean completesNow() {
        boolean before = complete;
        complete = isComplete();
        return complete && !before && pulled != null;
    }

    /// Whether all of the guest's memory is there.
    boolean isComplete() {
        PulledPages missing = pulled;
        return missing == null || missing.isComplete();
    }

    Message.Done counts() {
        PulledPages missing = pulled;
        return missing == null ? new Message.Done(0, 0) : missing.counts();
    }

    /// There is a new connection.
    void askAgain() {
        PulledPages missing = pulled;
        if (missing != null) {
            missing.askAgain();
        }
    }

    /// Throws the guest away.
    @Override
    public void close() {
        GuestDrive here = drive;
        if (here != null) {
            here.close();
        }
        vm.close();
    }
}
