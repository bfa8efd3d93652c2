package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;

/// What the yardstick printed in one run.
///
/// @param rates million accesses a second of processor time, of each repetition
/// @param l1MissRatio first-level misses an access in the first repetition, to four decimals
/// @param walkRatio walks an access in the first repetition, to four decimals
/// @param starts walks of the first repetition that began at the root, and after a hit in the
///   caches of PDEs, PDPTEs and PML4Es
/// @param served references of the first repetition that L1, L2, LLC and memory served; empty but
///   in mode 4
record YardstickRun(
        List<Double> rates,
        String l1MissRatio,
        String walkRatio,
        List<Long> starts,
        List<Long> served) {
    private static final Pattern REPETITION =
            Pattern.compile(
                    "mode \\d: n=\\d+ \\S+ s +(\\S+) M acc/s +L1miss (\\S+) +walks (\\S+) .*"
                            + "none/pde/pdpte/pml4e (\\d+)/(\\d+)/(\\d+)/(\\d+) ");
    private static final Pattern SERVED =
            Pattern.compile("by level L1 (\\d+) L2 (\\d+) LLC (\\d+) MEM (\\d+)");

    /// Reads what it printed.
    static YardstickRun parse(String output) {
        List<MatchResult> repetitions = REPETITION.matcher(output).results().toList();
        if (repetitions.isEmpty()) {
            throw new InputException("the yardstick printed no rate: " + output);
        }
        MatchResult first = repetitions.getFirst();
        List<Double> rates = new ArrayList<>();
        repetitions.forEach(repetition -> rates.add(Double.parseDouble(repetition.group(1))));
        Matcher served = SERVED.matcher(output);
        return new YardstickRun(
                rates,
                first.group(2),
                first.group(3),
                numbers(first, 4),
                served.find() ? numbers(served, 1) : List.of());
    }

    private static List<Long> numbers(MatchResult match, int from) {
        List<Long> numbers = new ArrayList<>();
        for (int i = from; i < from + 4; i++) {
            numbers.add(Long.parseLong(match.group(i)));
        }
        return numbers;
    }

    /// References of all walks of the first repetition: 5 of each level of the guest's table and 4
    /// for its root, where a walk begins there.
    long references() {
        return 24 * starts.get(0) + 5 * starts.get(1) + 10 * starts.get(2) + 15 * starts.get(3);
    }
}
