package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nestwalk.bench.compare.measured.Mode;
import org.nestwalk.bench.compare.measured.Values;

/// Whether Nestwalk and the yardstick counted the same: speed counts only for equal work.
final class Agreement {
    private Agreement() {}

    /// What differs in the first passes over `accesses` accesses, in words; empty if nothing does.
    ///
    /// The yardstick prints misses to four decimals of their ratio, so that they are compared no
    /// further; where walks begin, and with it their references, is compared exactly.
    static List<String> differences(Mode mode, int accesses, Values ours, YardstickRun theirs) {
        List<String> differences = new ArrayList<>();
        compare(differences, "L1 misses", ratio(ours, "l1-misses", accesses), theirs.l1MissRatio());
        compare(differences, "walks", ratio(ours, "walks", accesses), theirs.walkRatio());
        if (mode != Mode.TLBS) {
            compare(
                    differences,
                    "starts of walks",
                    whole(ours.all("starts")).toString(),
                    theirs.starts().toString());
            compare(
                    differences,
                    "references",
                    Long.toString((long) ours.one("references")),
                    Long.toString(theirs.references()));
        }
        return differences;
    }

    /// What differs in the levels of the hierarchy that served the references, for tables at the
    /// yardstick's addresses.
    static List<String> servers(Values ours, YardstickRun theirs) {
        List<String> differences = new ArrayList<>();
        compare(
                differences,
                "served by L1, L2, LLC, memory",
                whole(ours.all("served")).toString(),
                theirs.served().toString());
        return differences;
    }

    /// What part of the references each level of the hierarchy served.
    static String parts(Values values) {
        double[] served = values.all("served");
        double all = Arrays.stream(served).sum();
        return Arrays.stream(served)
                .mapToObj(part -> String.format(Locale.ROOT, "%.1f", 100 * part / all))
                .collect(Collectors.joining(" ", "", " %"));
    }

    private static String ratio(Values values, String name, int accesses) {
        return String.format(Locale.ROOT, "%.4f", values.one(name) / accesses);
    }

    private static List<Long> whole(double[] values) {
        return Arrays.stream(values).mapToObj(value -> (long) value).toList();
    }

    private static void compare(List<String> to, String what, String ours, String theirs) {
        if (!ours.equals(theirs)) {
            to.add(what + " " + ours + ", yardstick " + theirs);
        }
    }
}
