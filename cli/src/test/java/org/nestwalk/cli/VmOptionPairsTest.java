package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.cli.Nestwalk.Result;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every option of `vm run`, alone and beside every other one, changes what comes out, or is
/// refused by name: none is taken and ignored.
class VmOptionPairsTest {
    private static final List<String> PROGRAMS =
            List.of("gups:footprint=4MiB,accesses=8k", "zipf:footprint=3MiB,accesses=8k");

    private static final List<String> OPTIONS =
            List.of(
                    "--memory 48MiB",
                    "--host-memory 128MiB",
                    "--vcpus 2",
                    "--guest-pages thp",
                    "--guest-khugepaged 1000000",
                    "--no-pcid",
                    "--backing 2M",
                    "--khugepaged 1000000",
                    "--fragmentation 0.9:random",
                    "--hint",
                    "--parallel",
                    "--quantum 512",
                    "--no-contents",
                    "--limit 3k",
                    "--warmup 1k",
                    "--dirty-rate 2ms",
                    "--machine zen4",
                    "--seed 5");

    // They say how much there may be, and change nothing as long as there is enough; or what
    // threads do, which results should not depend on.
    private static final Set<String> BOUNDS = Set.of("--memory", "--host-memory", "--parallel");

    private final Map<String, Result> results = new HashMap<>();

    private Result result(String mode, String... options) {
        List<String> sorted = Stream.of(options).sorted().toList();
        String text = (mode + " " + String.join(" ", sorted)).strip();
        return results.computeIfAbsent(text, VmOptionPairsTest::runWith);
    }

    private static Result runWith(String options) {
        List<String> line = new ArrayList<>(List.of("vm", "run"));
        line.addAll(PROGRAMS);
        if (!options.contains("--memory")) {
            line.addAll(List.of("--memory", "64MiB"));
        }
        // Turns are short, so that there are context switches and time for background work.
        if (!options.contains("--quantum")) {
            line.addAll(List.of("--quantum", "2k"));
        }
        if (!options.isEmpty()) {
            line.addAll(List.of(options.split(" ")));
        }
        line.addAll(List.of("--json", "-"));
        return run(line.toArray(String[]::new));
    }

    /// What came out, but for what was asked; null if the run was refused.
    private static @Nullable JsonNode outcome(Result result) {
        if (result.status() != 0) {
            return null;
        }
        JsonNode json = JsonMapper.shared().readTree(result.out());
        ((ObjectNode) json).remove("manifest");
        return json;
    }

    private static String name(String option) {
        return option.replaceAll(" .*", "");
    }

    /// Checks that `option` beside `others` changes what comes out without it, or is refused.
    private void check(String mode, String option, String... others) {
        List<String> all = new ArrayList<>(List.of(others));
        all.add(option);
        String what = mode + " " + String.join(" ", all);
        Result with = result(mode, all.toArray(String[]::new));
        if (with.status() == 2) {
            assertThat(with.err()).as(what).hasLineCount(1);
            assertThat(all.stream().map(VmOptionPairsTest::name))
                    .as(what + ": " + with.err())
                    .anyMatch(named -> with.err().contains(named));
        } else if (!BOUNDS.contains(name(option))) {
            assertThat(with.status()).as(what + ": " + with.err()).isZero();
            assertThat(outcome(with)).as(what).isNotEqualTo(outcome(result(mode, others)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--mode shadow", "--mode native"})
    void everyOptionHasAnEffectOrIsRefused(String mode) {
        for (String option : OPTIONS) {
            // Where no hypervisor backs pages of 4 KiB it does not matter where they are.
            boolean needsLarge = mode.contains("native") && option.startsWith("--fragmentation");
            check(mode, option, needsLarge ? new String[] {"--guest-pages thp"} : new String[0]);
        }
    }

    @Test
    void everyOptionHasAnEffectBesideEveryOtherOrIsRefused() {
        for (String option : OPTIONS) {
            for (String other : OPTIONS) {
                if (!name(option).equals(name(other))) {
                    check("", option, other);
                }
            }
        }
    }

    @Test
    void whatTwoOptionsNeedOfEachOtherHasAnEffect() {
        check("", "--khugepaged 1000000", "--backing khugepaged", "--vcpus 2");
        check("", "--seed 5", "--fragmentation 0.9:random");
        check("", "--hint", "--guest-pages thp", "--fragmentation 0.9:random");
        check("--mode native", "--guest-khugepaged 1000000");
    }
}
