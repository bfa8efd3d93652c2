package org.nestwalk.lab.labs.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;

/// Moving a large guest takes long: who watches is told of it, and can end it.
class ScatteredGuestTest {
    private static final long BYTES = 8L << 20;

    private static ScatteredGuest guest(Meter meter) {
        return new ScatteredGuest(
                Machines.named("skylake-sp").model(),
                Granule.SMALL,
                BYTES,
                PageSize.SIZE_4K,
                1,
                meter);
    }

    @Test
    void movedPagesAreTold() {
        AtomicLong told = new AtomicLong();
        Laboratory watched =
                Laboratory.watchedBy(event -> {
                    told.set(event.done());
                    return true;
                });
        try (ScatteredGuest guest = guest(watched.meter(1))) {
            long _ = guest.move();
        }
        assertThat(told.get()).isGreaterThan(BYTES / 4096 / 2);
    }

    @Test
    void moveIsEndedByWhoWatches() {
        try (ScatteredGuest guest = guest(Laboratory.watchedBy(_ -> false).meter(1))) {
            assertThatThrownBy(guest::move).isInstanceOf(EndedEarly.class);
        }
    }
}
