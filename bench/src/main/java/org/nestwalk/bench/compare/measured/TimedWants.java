package org.nestwalk.bench.compare.measured;

import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.Listener;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// Tells how long pages take that a guest waits for, from when they are asked for until they have
/// come: microseconds, as `fault`.
final class TimedWants implements Listener {
    private static final double MICROSECOND = 1e3;

    private final Listener listener;
    private final Values values;

    TimedWants(Listener listener, Values values) {
        this.listener = listener;
        this.values = values;
    }

    @Override
    public @Nullable Wire accept(long nanoseconds) {
        Wire wire = listener.accept(nanoseconds);
        return wire == null ? null : new Timed(wire);
    }

    private final class Timed implements Wire {
        private final Wire wire;
        private volatile long wanted = -1;
        private volatile long since;
        private volatile @Nullable Timed urgent;

        Timed(Wire wire) {
            this.wire = wire;
        }

        @Override
        public void send(Message message) {
            if (message instanceof Message.Want(long gpa, int pages) && pages == 1) {
                since = System.nanoTime();
                wanted = gpa;
            }
            wire.send(message);
        }

        @Override
        public @Nullable Message receive(long nanoseconds) {
            Message message = wire.receive(nanoseconds);
            if (message instanceof Message.Pages(var batch)
                    && batch.size() == 1
                    && batch.address(0) == wanted) {
                values.add("fault", (System.nanoTime() - since) / MICROSECOND);
                wanted = -1;
            }
            return message;
        }

        @Override
        public @Nullable Wire urgent() {
            Wire beside = wire.urgent();
            if (beside == null) {
                return null;
            }
            Timed known = urgent;
            if (known == null) {
                known = new Timed(beside);
                urgent = known;
            }
            return known;
        }

        @Override
        public long sentBytes() {
            return wire.sentBytes();
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
