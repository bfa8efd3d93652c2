package org.nestwalk.lab.migration.move;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.nestwalk.hypervisor.migration.live.GuestDrive;

/// Waits for the end of a guest that somebody may end before.
final class GuestWatch {
    private static final long MOMENT = 100_000_000;

    private GuestWatch() {}

    /// Returns when no CPU has more to do, or the guest stands still as `goesOn` says so.
    ///
    /// @param goesOn is asked a few times a second, by another thread
    static void awaitEnd(GuestDrive drive, BooleanSupplier goesOn) {
        AtomicBoolean over = new AtomicBoolean();
        Thread watch =
                Thread.ofPlatform()
                        .daemon()
                        .name("guest watch")
                        .start(() -> watch(drive, goesOn, over));
        try {
            drive.awaitEnd();
        } finally {
            over.set(true);
            LockSupport.unpark(watch);
            await(watch);
        }
    }

    private static void watch(GuestDrive drive, BooleanSupplier goesOn, AtomicBoolean over) {
        boolean more = true;
        while (!over.get() && more) {
            LockSupport.parkNanos(MOMENT);
            more = goesOn.getAsBoolean();
        }
        if (!over.get()) {
            try {
                drive.stop();
            } catch (RuntimeException e) {
                // It could not go on: whoever waits for its end is told.
            }
        }
    }

    private static void await(Thread watch) {
        try {
            watch.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
