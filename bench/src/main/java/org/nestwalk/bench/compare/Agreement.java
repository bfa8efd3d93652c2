package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

    /// Parts of `served` that each level of the hierarchy has, in words.
    static String parts(List<Double> served) {
        double all = served.stream().mapToDouble(Double::doubleValue).sum();
        return String.format(
                Locale.ROOT,
                "%.2f %.2f %.2f %.2f %%",
                100 * served.get(0) / all,
                100 * served.get(1) / all,
                100 * served.get(2) / all,
                100 * served.get(3) / all);
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
