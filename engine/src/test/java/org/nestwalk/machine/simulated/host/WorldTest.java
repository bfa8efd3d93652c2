package org.nestwalk.machine.simulated.host;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.nestwalk.machine.Account;

class WorldTest {
    private final World world = new World(new Ledger());

    @Test
    void othersGoOnAfterWorkAlone() throws Exception {
        boolean[] done = new boolean[1];
        world.alone(null, new Account(), () -> done[0] = true);
        assertThat(done[0]).isTrue();
        sliceOfAnother();
    }

    @Test
    void othersGoOnAfterWorkThatFailed() throws Exception {
        Runnable failing =
                () -> {
                    throw new IllegalStateException("failed");
                };
        assertThatThrownBy(() -> world.alone(null, new Account(), failing)).hasMessage("failed");
        sliceOfAnother();
    }

    private void sliceOfAnother() throws Exception {
        CompletableFuture.runAsync(
                        () -> {
                            world.beginSlice();
                            world.endSlice();
                        })
                .get(3, SECONDS);
    }
}
