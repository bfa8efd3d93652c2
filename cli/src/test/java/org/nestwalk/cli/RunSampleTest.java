package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RunSampleTest {
    private static final String SMALL =
            "--machine=skylake-sp:caches.L2.size=64KiB,caches.LLC.size=352KiB,tlb.l2.entries=192";
    private static final String GUPS = "gups:footprint=64MiB,accesses=1M";

    @Test
    void intervalsAreShownWithWhatWasSimulated() {
        Nestwalk.Result result =
                run("run", "--sample", SMALL, GUPS, "--setups", "native:4K,nested:4K/4K");
        assertThat(result.status()).isZero();
        assertThat(result.out().replaceAll("\\s+", " "))
                .contains("share of translation")
                .contains("20 units at random places")
                .contains("With 95 % confidence")
                .contains("Every interval is as narrow as asked for, 2 % of the share, or 0.05 %");
    }

    @Test
    void jsonAndCsvHoldTheIntervals() {
        JsonNode sample =
                run("run", "--sample", SMALL, GUPS, "--setups=nested:4K/4K", "--json", "-")
                        .json()
                        .at("/runs/0/sample");
        JsonNode setup = sample.at("/setups/0");
        assertThat(sample.get("reached").asBoolean()).isTrue();
        assertThat(sample.get("detailed").asLong())
                .isBetween(sample.get("measured").asLong(), 1_000_000L);
        assertThat(setup.get("share").asDouble())
                .isBetween(setup.get("low").asDouble(), setup.get("high").asDouble());
        String csv = run("run", "--sample", SMALL, GUPS, "--setups=native:2M", "--csv", "-").out();
        assertThat(csv.lines().findFirst().orElse(""))
                .endsWith("translationShareLow,translationShareHigh");
    }

    @Test
    void aRunThatIsTooShortIsExact() {
        Nestwalk.Result result =
                run("run", "--sample", "gups:footprint=4MiB,accesses=5k", "--setups=native:4K");
        assertThat(result.out()).contains("Too short to be sampled");
    }

    @Test
    void whatGoesWithNoSampleIsRefused() {
        refuses("--interval", "run", "--sample", GUPS, "--interval=1k", "--json=-");
        refuses("--map", "run", "--sample", GUPS, "--map", "--json=-");
        refuses("--sample", "run", "-", "--sample");
        refuses("--precision", "run", GUPS, "--precision=0.1");
        refuses("--confidence", "run", "--sample", GUPS, "--confidence=1");
        refuses("--warmup", "run", "--sample", GUPS, "--warmup=2M");
        refuses("--timing", "run", "--sample", GUPS, "--timing=overlap");
    }

    private static void refuses(String named, String... line) {
        Nestwalk.Result result = run(line);
        assertThat(result.status()).as(result.out()).isEqualTo(2);
        assertThat(result.err()).contains(named).doesNotContain("\tat ");
    }
}
