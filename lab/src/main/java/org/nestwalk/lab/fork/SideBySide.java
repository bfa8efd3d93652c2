package org.nestwalk.lab.fork;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Guests that run on threads side by side, each thread with its share of them in turns.
final class SideBySide {
    private static final int QUANTUM = 1 << 15;
    private static final long MILLISECONDS = 100;

    private final List<List<ForkedGuest>> shares = new ArrayList<>();
    private final ForkHost host;
    private volatile boolean stopped;

    SideBySide(List<ForkedGuest> guests, ForkHost host, int threads) {
        this.host = host;
        for (int i = 0; i < Math.min(threads, guests.size()); i++) {
            shares.add(new ArrayList<>());
        }
        for (int i = 0; i < guests.size(); i++) {
            shares.get(i % shares.size()).add(guests.get(i));
        }
    }

    /// Runs all to their end.
    ///
    /// @param watch is called a few times a second on this thread; what it throws ends the run
    void run(Runnable watch) {
        try (ExecutorService executor = Executors.newFixedThreadPool(shares.size())) {
            List<Future<?>> work = new ArrayList<>();
            shares.forEach(share -> work.add(executor.submit(() -> run(share))));
            try {
                for (Future<?> one : work) {
                    await(one, watch);
                }
            } finally {
                stopped = true;
            }
        }
    }

    private static void await(Future<?> work, Runnable watch) {
        while (true) {
            try {
                var _ = work.get(MILLISECONDS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                watch.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause
                        ? cause
                        : new IllegalStateException(e.getCause());
            }
        }
    }

    private void run(List<ForkedGuest> share) {
        boolean more = true;
        while (more && !stopped) {
            more = false;
            for (ForkedGuest guest : share) {
                guest.turn(QUANTUM, host);
                more |= !guest.hasEnded();
            }
        }
    }
}
