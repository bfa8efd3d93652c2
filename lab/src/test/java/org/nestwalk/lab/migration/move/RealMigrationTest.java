package org.nestwalk.lab.migration.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.migration.wire.PageCounts;
import org.nestwalk.lab.snapshot.RestoreExperiment;
import org.nestwalk.lab.snapshot.RestoreMethod;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.lab.snapshot.SnapshotParameters;

/// Guests that run and move over TCP, on the simulated machine and on KVM.
@Timeout(3600)
class RealMigrationTest {
    private static final List<String> PROGRAMS =
            List.of(
                    "gups:footprint=4MiB,accesses=",
                    "zipf:footprint=4MiB,accesses=",
                    "stream:footprint=4MiB,accesses=");
    private static final List<String> POLICIES =
            List.of(
                    "foresight",
                    "fixed-rounds:rounds=2",
                    "downtime-limit",
                    "auto-converge",
                    "post-copy",
                    "hybrid",
                    "stop-and-copy");
    private static final List<String> ENCODINGS =
            List.of("plain", "zero", "zero,delta", "zero,zstd", "zero,delta,zstd");

    @TempDir private Path folder = Path.of("");

    private static IntToLongFunction onceAfter(long cut) {
        return number -> number == 0 ? cut : Long.MAX_VALUE;
    }

    private static void assumeKvm() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "/dev/kvm is needed");
    }

    /// How often something is tried: `usual`, or with `nestwalk.long` as often as is promised.
    private static int tries(int usual, int full) {
        return Boolean.getBoolean("nestwalk.long") ? full : usual;
    }

    private static String pick(List<String> words, Random random) {
        return words.get(random.nextInt(words.size()));
    }

    /// A guest that moves as `random` says from one kind of machine to another.
    private static void move(Random random, String from, String to) {
        // Enough to do that it does not end before it has moved.
        String program = pick(PROGRAMS, random) + (from.equals("kvm") ? "30M" : "1500k");
        String policy = pick(POLICIES, random);
        String encodings = pick(ENCODINGS, random);
        Moves.Waiting target = Moves.receive("on=" + to);
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "on=" + from,
                                "memory=16MiB",
                                "after=" + random.nextInt(200_000),
                                "policy=" + policy,
                                "encodings=" + encodings));
        if (random.nextInt(4) == 0) {
            words.add("cpus=2");
        }
        if (random.nextInt(3) == 0) {
            words.add("channels=" + (2 + random.nextInt(4)));
        }
        String what = "%s, %s".formatted(program, words);
        MoveResult moved = Moves.migrate(target.port(), program, words.toArray(String[]::new));
        assertThat(moved.fate()).as(what + moved.reason()).isEqualTo(MoveResult.Fate.MOVED);
        ArrivalResult arrived = target.result().join();
        assertThat(arrived.fate()).as(what).isEqualTo(ArrivalResult.Fate.ARRIVED);
        assertThat(arrived.isVerified()).as(what + arrived.programs()).isTrue();
        assertThat(arrived.programs().size() + moved.programs().size())
                .as(what)
                .isEqualTo(moved.cpus());
        assertThat(moved.isVerified()).as(what + moved.programs()).isTrue();
    }

    @Test
    void guestsMoveBetweenSimulatedMachines() {
        Random random = new Random(1);
        for (int i = 0; i < tries(6, 200); i++) {
            move(random, "sim", "sim");
        }
    }

    @Test
    void guestsMoveOnKvm() {
        assumeKvm();
        Random random = new Random(2);
        for (int i = 0; i < tries(6, 200); i++) {
            move(random, "kvm", "kvm");
        }
    }

    @Test
    void guestsMoveFromASimulatedMachineToKvmAndBack() {
        assumeKvm();
        Random random = new Random(3);
        for (int i = 0; i < tries(1, 50); i++) {
            move(random, "sim", "kvm");
            move(random, "kvm", "sim");
        }
    }

    @Test
    void whatHasMovedIsToldByThePage() {
        Moves.Waiting target = Moves.receive();
        MoveResult moved =
                Moves.migrate(
                        target.port(),
                        "gups:footprint=8MiB,accesses=3M",
                        "memory=16MiB",
                        "policy=fixed-rounds:rounds=2,pages=0",
                        "encodings=zero,delta,zstd");
        PageCounts pages = moved.pages();
        ArrivalResult arrived = target.result().join();

        assertThat(arrived.isVerified()).isTrue();
        assertThat(pages.pages()).isEqualTo(arrived.pages()).isGreaterThan(2_000);
        assertThat(pages.delta() + pages.zstd()).isGreaterThan(1_000);
        assertThat(moved.bytes()).isLessThan(pages.pages() * 4096 / 2);
        assertThat(moved.rounds()).isNotEmpty();
        assertThat(moved.downtimeHandOver()).isPositive();
        assertThat(target.events())
                .extracting(MoveEvent::event)
                .containsExactly("listening", "connected", "arrived", "ended");
    }

    @Test
    void pagesThatTheGuestHasWaitedForAreCountedOnBothSides() {
        Moves.Waiting target = Moves.receive();
        MoveResult moved =
                Moves.migrate(
                        target.port(),
                        "gups:footprint=4MiB,accesses=600k",
                        "memory=16MiB",
                        "policy=post-copy");
        ArrivalResult arrived = target.result().join();
        assertThat(arrived.isVerified()).isTrue();
        // A page that came in a batch, too, may lie unread where the guest's pages come in the end.
        long sent = moved.pages().pages();
        assertThat(sent).isGreaterThan(1_000);
        assertThat(arrived.pages()).isBetween(sent - 2, sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "target"})
    void aMigrationThatIsCancelledLeavesTheGuestRunningToItsEnd(String side) {
        AtomicBoolean ended = new AtomicBoolean();
        boolean atSource = side.equals("source");
        Moves.Waiting target = Moves.receive(_ -> atSource || !ended.get());
        MoveResult result =
                Moves.migrate(
                        event -> {
                            ended.compareAndSet(false, event.done() > 0);
                            return !atSource || !ended.get();
                        },
                        target.port(),
                        "gups:footprint=8MiB,accesses=3M",
                        "memory=16MiB",
                        // It never stops by itself.
                        "policy=fixed-rounds:rounds=100000,factor=1000000,pages=0");

        assertThat(result.fate()).isEqualTo(MoveResult.Fate.STAYED);
        assertThat(result.cancelled()).isEqualTo(atSource);
        assertThat(result.programs()).hasSize(1);
        assertThat(result.isVerified()).isTrue();
        ArrivalResult nothing = target.result().join();
        assertThat(nothing.fate()).isEqualTo(ArrivalResult.Fate.NOT_ARRIVED);
        assertThat(nothing.reason()).contains(atSource ? "cancelled" : "the user has ended it");
    }

    @Test
    void aGuestThatDoesNotFitIsRefusedAndTheNextOneIsTaken() {
        Moves.Waiting target = Moves.receive("memory=16MiB", "cpus=1");
        MoveResult large =
                Moves.migrate(target.port(), "gups:footprint=4MiB,accesses=300k", "memory=32MiB");
        assertThat(large.fate()).isEqualTo(MoveResult.Fate.STAYED);
        assertThat(large.reason())
                .contains("has 33,554,432 bytes of memory; here are at most 16,777,216 taken");
        assertThat(large.isVerified()).isTrue();

        MoveResult wide =
                Moves.migrate(
                        target.port(),
                        "gups:footprint=4MiB,accesses=300k",
                        "memory=16MiB",
                        "cpus=2");
        assertThat(wide.reason()).contains("has 2 virtual CPUs; here are at most 1 taken");

        MoveResult small =
                Moves.migrate(target.port(), "gups:footprint=4MiB,accesses=1M", "memory=16MiB");
        assertThat(small.fate()).isEqualTo(MoveResult.Fate.MOVED);
        assertThat(target.result().join().isVerified()).isTrue();
    }

    /// Every connection is cut somewhere in the pages.
    @Test
    void aTargetThatGoesBeforeItIsReadyLeavesTheGuestAtItsSource() throws IOException {
        Random random = new Random(4);
        for (int i = 0; i < tries(8, 200); i++) {
            long cut = 100L + random.nextInt(3_000_000);
            Moves.Waiting target = Moves.receive();
            try (CuttingProxy proxy =
                    new CuttingProxy(target.port(), _ -> cut, CuttingProxy.NEVER)) {
                MoveResult result =
                        Moves.migrate(
                                proxy.port(),
                                "gups:footprint=4MiB,accesses=600k",
                                "memory=16MiB",
                                "policy=stop-and-copy",
                                "patience=0.5");
                assertThat(result.fate()).as("%d", cut).isEqualTo(MoveResult.Fate.STAYED);
                assertThat(result.isVerified()).isTrue();
                // The target has not been offered anything, or has thrown it away.
                if (cut > 1_000) {
                    assertThat(target.result().join().fate())
                            .isEqualTo(ArrivalResult.Fate.NOT_ARRIVED);
                }
            }
        }
    }

    /// A way to `target` on which connection `which`, from 0, is cut after so many bytes of one
    /// direction.
    private static CuttingProxy cutting(Moves.Waiting target, int which, boolean forth, long cut)
            throws IOException {
        IntToLongFunction cuts = number -> number == which ? cut : Long.MAX_VALUE;
        return new CuttingProxy(
                target.port(),
                forth ? cuts : CuttingProxy.NEVER,
                forth ? CuttingProxy.NEVER : cuts);
    }

    /// The first connection and three for pages: one of them breaks somewhere in the pages.
    @Test
    void aChannelThatBreaksLeavesTheGuestAtItsSource() throws IOException {
        Random random = new Random(6);
        for (int i = 0; i < tries(1, 200); i++) {
            int which = 1 + random.nextInt(3);
            boolean forth = random.nextBoolean();
            long cut = forth ? 100L + random.nextInt(1_000_000) : 28L + random.nextInt(30);
            Moves.Waiting target = Moves.receive();
            try (CuttingProxy proxy = cutting(target, which, forth, cut)) {
                MoveResult result =
                        Moves.migrate(
                                proxy.port(),
                                "gups:footprint=4MiB,accesses=600k",
                                "memory=16MiB",
                                "channels=3",
                                "policy=stop-and-copy");
                String what = "channel %d cut after %d bytes: %s".formatted(which, cut, result);
                ArrivalResult arrived = target.result().join();
                assertThat(result.isVerified()).as(what).isTrue();
                // Where one channel had less to carry than that, there was no cut.
                if (result.fate() == MoveResult.Fate.MOVED && cut > 60) {
                    assertThat(arrived.isVerified()).as(what).isTrue();
                } else {
                    assertThat(result.fate()).as(what).isEqualTo(MoveResult.Fate.STAYED);
                    assertThat(arrived.fate()).as(what).isEqualTo(ArrivalResult.Fate.NOT_ARRIVED);
                }
            }
        }
    }

    @Test
    void aConnectionThatBreaksAnywhereIsReplacedOnceTheGuestIsGivenAway() throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < tries(10, 200); i++) {
            boolean postCopy = i % 2 == 0;
            // The answers of a target are some bytes each; those of post-copy many.
            long cut = 28L + random.nextInt(postCopy ? 3_000 : 80);
            Moves.Waiting target = Moves.receive();
            try (CuttingProxy proxy =
                    new CuttingProxy(target.port(), CuttingProxy.NEVER, onceAfter(cut))) {
                MoveResult result =
                        Moves.migrate(
                                proxy.port(),
                                "gups:footprint=4MiB,accesses=600k",
                                "memory=16MiB",
                                "policy=" + (postCopy ? "post-copy" : "stop-and-copy"));
                String what = "cut after %d bytes: %s".formatted(cut, result);
                switch (result.fate()) {
                    case MOVED -> assertThat(target.result().join().isVerified()).as(what).isTrue();
                    case STAYED -> {
                        assertThat(result.isVerified()).as(what).isTrue();
                        if (cut > 60) {
                            assertThat(target.result().join().fate())
                                    .as(what)
                                    .isEqualTo(ArrivalResult.Fate.NOT_ARRIVED);
                        }
                    }
                    case IN_DOUBT -> assertThat(result.fate()).as(what).isNull();
                }
            }
        }
    }

    /// Of the two connections of post-copy the one for pages that the guest waits for, cut
    /// somewhere in what it carries, in either direction.
    @Test
    void aWayForUrgentPagesThatBreaksIsReplacedWithTheConnectionBesideIt() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < tries(2, 200); i++) {
            boolean forth = i % 2 == 0;
            long cut = 60L + random.nextInt(forth ? 40_000 : 300);
            Moves.Waiting target = Moves.receive();
            try (CuttingProxy proxy = cutting(target, 1, forth, cut)) {
                MoveResult result =
                        Moves.migrate(
                                proxy.port(),
                                "gups:footprint=4MiB,accesses=600k",
                                "memory=16MiB",
                                "policy=post-copy");
                String what = "cut after %d bytes: %s".formatted(cut, result);
                assertThat(result.fate()).as(what).isEqualTo(MoveResult.Fate.MOVED);
                assertThat(target.result().join().isVerified()).as(what).isTrue();
            }
        }
    }

    @Test
    void aGuestOfWhichTheSourceDoesNotKnowWhoHasItIsKeptInAFile() throws IOException {
        Path here = folder.resolve("here.nws");
        Path there = folder.resolve("there.nws");
        Moves.Waiting target = Moves.receive("keep=" + there, "reconnect=1", "patience=1");
        // Accepted and Ready come, of Running the beginning; over other connections no answer.
        long greeting = 28;
        long running = greeting + 16 + 16 + 3;
        try (CuttingProxy proxy =
                new CuttingProxy(
                        target.port(),
                        CuttingProxy.NEVER,
                        number -> number == 0 ? running : greeting + 3)) {
            MoveResult result =
                    Moves.migrate(
                            proxy.port(),
                            "gups:footprint=4MiB,accesses=600k",
                            "memory=16MiB",
                            "policy=stop-and-copy",
                            "keep=" + here,
                            "reconnect=1",
                            "patience=1");
            ArrivalResult arrived = target.result().join();

            // Ready was heard, Go sent, and Running lost on the way.
            assertThat(result.fate()).isEqualTo(MoveResult.Fate.IN_DOUBT);
            assertThat(result.kept()).isEqualTo(here.toString());
            assertThat(arrived.fate()).isEqualTo(ArrivalResult.Fate.ARRIVED);
            assertThat(arrived.isVerified()).isTrue();
        }
        SnapshotHost host =
                SnapshotParameters.host(Moves.arguments(SnapshotParameters.restore(), List.of()));
        assertThat(RestoreExperiment.run(here, host, RestoreMethod.EAGER, false).isVerified())
                .isTrue();
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> Moves.receive("listen=192.0.2.1:4444"))
                .hasRootCauseInstanceOf(InputException.class)
                .hasStackTraceContaining("is not the loopback address");
        assertThatThrownBy(() -> Moves.migrate(1, "gups", "to=192.0.2.1:4444"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is not the loopback address");
        assertThatThrownBy(() -> Moves.migrate(1, "gups", "tls-cert=x.pem"))
                .hasMessageContaining("TLS takes tls-cert, tls-key and tls-ca");
        assertThatThrownBy(() -> Moves.migrate(1, "gups", "policy=all"))
                .hasMessageContaining("names several policies");
        assertThatThrownBy(() -> Moves.migrate(1, "gups", "keep=/no/where.nws"))
                .hasMessageContaining("no file can be made at /no/where.nws");
        assertThatThrownBy(() -> Moves.migrate(1, "gups", "delta-cache=8KiB"))
                .hasMessageContaining("only with delta");
        assertThatThrownBy(() -> Moves.migrate(1, "gups", "encodings=delta", "delta-cache=12KiB"))
                .hasMessageContaining("is no power of two");
        assertThatThrownBy(() -> Moves.migrate(1, "gups:footprint=2MiB,accesses=10", "after=11"))
                .hasMessageContaining("ends after 10 accesses");
    }
}
