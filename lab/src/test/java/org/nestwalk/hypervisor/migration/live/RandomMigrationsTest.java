package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.live.link.Cut;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.lab.migration.Policies;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// Random guests over random links that are cut at random places, under all policies: memory is the
/// same on both sides when the guest is handed over, and it ends right on exactly one of them.
class RandomMigrationsTest {
    private static final int SCHEDULES = Boolean.getBoolean("nestwalk.long") ? 10_000 : 300;

    private static final List<String> PROGRAMS =
            List.of(
                    "gups",
                    "zipf",
                    "pointer-chase",
                    "stream",
                    "arena",
                    "btree",
                    "hash-join",
                    "sequential");

    private static final List<String> LARGE = List.of("zipf", "btree", "hash-join");

    private final Set<String> met = new HashSet<>();
    private int ranThere;
    private int reconnected;
    private final Map<SourceState, Integer> ends = new EnumMap<>(SourceState.class);

    @Test
    void everyScheduleEndsWithTheGuestOnOneSide() {
        for (int seed = 1; seed <= SCHEDULES; seed++) {
            try {
                migrate(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(ends.keySet()).contains(SourceState.GONE, SourceState.KEPT);
        assertThat(ends.keySet()).isSubsetOf(SourceState.GONE, SourceState.KEPT);
        assertThat(ranThere).isGreaterThan(SCHEDULES / 4);
        assertThat(reconnected).isGreaterThan(SCHEDULES / 10);
        assertThat(met).contains("IN_DOUBT READY", "IN_DOUBT RUNNING", "SERVING RUNNING");
    }

    private void migrate(long seed) {
        Xoshiro256 random = new Xoshiro256(seed);
        Migrant.Setting setting = setting(random, seed);
        MigrationPolicy policy = policy(random);
        long cancelled = random.nextBelow(20) == 0 ? random.nextBelow(6) : Long.MAX_VALUE;
        try (Migrant migrant = new Migrant(setting)) {
            int[] steps = {0};
            var _ =
                    migrant.run(
                            policy,
                            _ -> {
                                // Whoever looks on takes a while.
                                migrant.time.sleep(random.nextBelow(5_000));
                                return steps[0]++ < cancelled;
                            });
            migrant.finish();
            ends.merge(migrant.source.state(), 1, Integer::sum);
            met.addAll(migrant.states);
            ranThere += migrant.hasRunThere() ? 1 : 0;
            reconnected += migrant.network.connections() > 1 ? 1 : 0;
        }
    }

    private static Migrant.Setting setting(Xoshiro256 random, long seed) {
        String program = pick(random, PROGRAMS);
        String text =
                "%s:footprint=%dKiB,accesses=%d,seed=%d"
                        .formatted(
                                program,
                                LARGE.contains(program) ? 1024 : 128 << random.nextBelow(3),
                                3_000 + random.nextBelow(12_000),
                                seed);
        SecondLevelFormat from = pick(random, List.of(SecondLevelFormat.values()));
        boolean shadow = from == SecondLevelFormat.EPT && random.nextBelow(2) == 0;
        return new Migrant.Setting(
                text,
                1 + (int) random.nextBelow(4),
                (int) random.nextBelow(1_500),
                from,
                pick(random, List.of(SecondLevelFormat.values())),
                shadow ? TranslationMode.SHADOW : TranslationMode.NESTED,
                random.nextBelow(3) == 0 ? PageSize.SIZE_2M : PageSize.SIZE_4K,
                random.nextBelow(3) == 0 ? PagePolicy.TRANSPARENT_HUGE : PagePolicy.SMALL,
                null,
                link(random, seed),
                cuts(random),
                seed);
    }

    private static LinkSettings link(Xoshiro256 random, long seed) {
        return new LinkSettings(
                100e6 * (1L << random.nextBelow(6)),
                1_000 * (1L << random.nextBelow(7)),
                random.nextBelow(2) * random.nextBelow(50_000),
                random.nextBelow(2) * 0.9,
                seed);
    }

    private static List<Cut> cuts(Xoshiro256 random) {
        List<Cut> cuts = new ArrayList<>();
        long most = random.nextBelow(3) == 0 ? 0 : 1 + random.nextBelow(4);
        for (int i = 0; i < most; i++) {
            boolean byBytes = random.nextBelow(2) == 0;
            cuts.add(
                    new Cut(
                            byBytes ? Long.MAX_VALUE : random.nextBelow(i == 0 ? 60 : 6),
                            byBytes
                                    ? random.nextBelow(1L << 12 + random.nextBelow(10))
                                    : Long.MAX_VALUE,
                            random.nextBelow(2) * random.nextBelow(30_000_000),
                            random.nextBelow(2) * random.nextBelow(30_000_000),
                            random.nextBelow(2) * random.nextBelow(60_000_000)));
        }
        return cuts;
    }

    private static MigrationPolicy policy(Xoshiro256 random) {
        String name = pick(random, Policies.names());
        double downtime = 0.02 * (1L << random.nextBelow(6));
        String text =
                switch (name) {
                    case "fixed-rounds" -> "%s:rounds=%d".formatted(name, 1 + random.nextBelow(5));
                    case "downtime-limit", "auto-converge", "foresight", "stall-detection" ->
                            "%s:downtime=%s".formatted(name, downtime);
                    case "ramping-limit" ->
                            "%s:from=%s,to=%s,step=%s"
                                    .formatted(name, downtime, 8 * downtime, downtime);
                    case "deadline" ->
                            "%s:downtime=%s,timeout=%s,strategy=%s"
                                    .formatted(
                                            name,
                                            downtime,
                                            downtime / 100,
                                            random.nextBelow(2) == 0 ? "cancel" : "force");
                    case "dirty-limit" ->
                            "%s:downtime=%s,limit=%dMiB"
                                    .formatted(name, downtime, 1 << random.nextBelow(8));
                    case "hybrid" -> "%s:rounds=%d".formatted(name, 1 + random.nextBelow(3));
                    default -> name;
                };
        return Policies.read(List.of(text)).getFirst().start();
    }

    private static <T> T pick(Xoshiro256 random, List<T> all) {
        return all.get((int) random.nextBelow(all.size()));
    }
}
