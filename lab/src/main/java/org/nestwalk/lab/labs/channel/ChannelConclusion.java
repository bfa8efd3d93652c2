package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.channel.DefenceRow.Left;
import org.nestwalk.lab.labs.channel.defence.Defence.Kind;

/// What a run shows, and what it does not. Nothing is said of what was not finished.
final class ChannelConclusion {
    private static final double FOUR_TIMES = 4;
    private static final double NEARLY = 0.1;
    private static final double NO_SLOWER = 1.005;

    private final SimulatedResult result;
    private final Conclusion conclusion = new Conclusion();

    private ChannelConclusion(SimulatedResult result) {
        this.result = result;
    }

    static Conclusion of(SimulatedResult result) {
        ChannelConclusion made = new ChannelConclusion(result);
        made.noise();
        made.ofKind(Kind.NONE).forEach(made::delays);
        made.timers();
        made.promises(Kind.FLUSH, "regions", left -> !isPageSize(left));
        made.promises(Kind.SMALL_PAGES, "page sizes", ChannelConclusion::isPageSize);
        made.promises(Kind.PADDING, "both secrets", left -> true);
        made.all();
        return made.conclusion;
    }

    private List<DefenceRow> ofKind(Kind kind) {
        return result.defences().stream().filter(row -> row.kind() == kind).toList();
    }

    private void noise() {
        Doubling doubling = result.doubling();
        if (doubling != null) {
            conclusion
                    .expect(
                            "noise-only-sets-the-price",
                            Condition.alike(
                                    "samples at twice the noise over samples",
                                    doubling.factor(),
                                    "4",
                                    FOUR_TIMES,
                                    NEARLY * FOUR_TIMES))
                    .say(
                            "Noise only sets the price: twice the noise takes %.2f times the"
                                    + " samples, about 4 as (2 z s / d)^2 says.",
                            "Twice the noise takes %.2f times the samples, not 4 as (2 z s / d)^2"
                                    + " says.",
                            doubling.factor());
        }
        if (!result.curve().isEmpty()) {
            long outside = result.curve().stream().filter(point -> !point.inside()).count();
            conclusion
                    .expect(
                            "averaging-errs-as-predicted",
                            Condition.alike(
                                    "counts outside the interval of the prediction",
                                    (double) outside,
                                    "none",
                                    0,
                                    0))
                    .say(
                            "The averaging attacker errs as predicted at all of %2$d count{s}.",
                            "The averaging attacker errs otherwise than predicted at %1$d of %2$d"
                                    + " counts.",
                            outside,
                            result.curve().size());
        }
    }

    private void delays(DefenceRow none) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        long hidden = 0;
        long cells = 0;
        double slowdown = 1;
        for (DefenceRow row : ofKind(Kind.DELAY)) {
            slowdown = Math.max(slowdown, slowdown(row));
            for (int i = 0; i < row.left().size(); i++) {
                Left left = row.left().get(i);
                Left before = none.left().get(i);
                if (!before.tellsAveraged()) {
                    continue;
                }
                cells++;
                if (left.tellsAveraged()) {
                    least = Math.min(least, left.samples() / before.samples());
                    most = Math.max(most, left.samples() / before.samples());
                } else {
                    hidden++;
                }
            }
        }
        if (cells == 0) {
            return;
        }
        conclusion
                .expect(
                        "delays-leave-secrets-to-averages",
                        Condition.alike(
                                "cells that delays hide from averages",
                                (double) hidden,
                                "none",
                                0,
                                0))
                .say(
                        "Random delays leave every secret to whoever averages%1$s, at up to %2$.2f"
                                + " times a program's cycles.",
                        "Random delays hide %3$d of %4$d cell{s} from averages%1$s, at up to %2$.2f"
                                + " times a program's cycles.",
                        most == 0
                                ? ""
                                : Figures.format(
                                        " %s%.1f to %.1f times as many samples",
                                        hidden > 0 ? "and leave the others at " : "", least, most),
                        slowdown,
                        hidden,
                        cells);
    }

    private void timers() {
        for (DefenceRow coarse : ofKind(Kind.TIMER)) {
            long single = coarse.left().stream().filter(Left::tellsSingly).count();
            long averaged = coarse.left().stream().filter(Left::tellsAveraged).count();
            conclusion
                    .expect(
                            "a-coarse-timer-stops-single-measurements",
                            Condition.alike(
                                    "cells that single measurements tell",
                                    (double) single,
                                    "none",
                                    0,
                                    0))
                    .say(
                            "With the %1$s single measurements tell nothing in %3$d cell{s}, and"
                                    + " averages something in %4$d.",
                            "With the %1$s single measurements still tell something in %2$d of %3$d"
                                    + " cells, and averages in %4$d.",
                            coarse.name(),
                            single,
                            coarse.left().size(),
                            averaged);
            ofKind(Kind.DITHERED_TIMER).forEach(dithered -> dithering(coarse, dithered));
        }
    }

    /// Whether dithering makes averages dearer or cheaper than the same timer without it.
    private void dithering(DefenceRow coarse, DefenceRow dithered) {
        List<String> dearer = new ArrayList<>();
        List<String> cheaper = new ArrayList<>();
        for (int i = 0; i < coarse.left().size(); i++) {
            Left without = coarse.left().get(i);
            Left with = dithered.left().get(i);
            String change = Figures.format("%s to %s", samples(without), samples(with));
            if (order(with) > order(without)) {
                dearer.add(change);
            } else if (order(with) < order(without)) {
                cheaper.add(change);
            }
        }
        conclusion
                .expect(
                        "dithering-undoes-a-coarse-timer",
                        Condition.above(
                                "cells where averages become cheaper",
                                cheaper.size(),
                                "none",
                                0,
                                0),
                        Condition.alike(
                                "cells where they become dearer", dearer.size(), "none", 0, 0))
                .say(
                        "Dithering it undoes it: averages become cheaper (%2$s samples).",
                        dearer.isEmpty()
                                ? "Dithering it changes nothing for averages."
                                : cheaper.isEmpty()
                                        ? "Dithering it does not undo it: averages become dearer"
                                                + " (%4$s samples)."
                                        : "Dithering it does not undo it for all: averages become"
                                                + " dearer in %3$d cell{s} (%4$s samples), and"
                                                + " cheaper in %1$d (%2$s).",
                        cheaper.size(),
                        String.join(", ", cheaper),
                        dearer.size(),
                        String.join(", ", dearer));
    }

    private static double order(Left left) {
        return left.tellsAveraged() ? left.samples() : Double.POSITIVE_INFINITY;
    }

    private static String samples(Left left) {
        return left.tellsAveraged()
                ? Figures.format("%,.0f", left.samples())
                : "more than there are";
    }

    /// Whether a kind of defence hides what it is for, and what it leaves of the rest.
    private void promises(Kind kind, String secrets, Predicate<Left> isFor) {
        for (DefenceRow row : ofKind(kind)) {
            List<Left> told = row.left().stream().filter(left -> !isHidden(left)).toList();
            List<Left> hidden = row.left().stream().filter(ChannelConclusion::isHidden).toList();
            double slowdown = slowdown(row);
            conclusion
                    .expect(
                            kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-hides",
                            Condition.alike(
                                    "cells of " + secrets + " that are told",
                                    (double) told.stream().filter(isFor).count(),
                                    "none",
                                    0,
                                    0))
                    .say(
                            "The defence '%1$s' hides %2$s from both attackers%4$s, %5$s.",
                            hidden.isEmpty()
                                    ? "The defence '%1$s' hides nothing%4$s, %5$s."
                                    : "The defence '%1$s' does not hide %2$s from both attackers:"
                                            + " it hides %3$s%4$s, %5$s.",
                            row.name(),
                            secrets,
                            list(hidden, left -> name(left, "from")),
                            told.isEmpty()
                                    ? ""
                                    : ", and leaves "
                                            + list(told, left -> name(left, "to") + after(left)),
                            slowdown < NO_SLOWER
                                    ? "at no price to speak of"
                                    : Figures.format(
                                            "at up to %.2f times a program's cycles", slowdown));
        }
    }

    private void all() {
        if (result.defences().isEmpty()) {
            return;
        }
        List<String> all =
                result.defences().stream()
                        .filter(row -> row.left().stream().allMatch(ChannelConclusion::isHidden))
                        .map(DefenceRow::name)
                        .toList();
        if (all.isEmpty()) {
            conclusion.say(
                    "Of %d defence{s} none hides both secrets from both attackers.",
                    result.defences().size());
        } else {
            conclusion.say(
                    "Both secrets are hidden from both attackers by: %s.", String.join(", ", all));
        }
    }

    private static String list(List<Left> some, Function<Left, String> describe) {
        return some.stream().map(describe).collect(Collectors.joining(", "));
    }

    private static String after(Left left) {
        return left.tellsAveraged()
                ? Figures.format(
                        " (%s)", left.samples() == 1 ? "1 sample" : samples(left) + " samples")
                : " (single measurements)";
    }

    /// Whether neither single measurements nor averages tell it.
    private static boolean isHidden(Left left) {
        return !left.tellsSingly() && !left.tellsAveraged();
    }

    private static boolean isPageSize(Left left) {
        return left.secret().equals(Secret.PAGE_SIZE.label());
    }

    private static String name(Left left, String preposition) {
        return "%s %s the %s"
                .formatted(
                        isPageSize(left) ? "page sizes" : "regions",
                        preposition,
                        left.threat().equals(ThreatModel.PROCESS.label())
                                ? "process"
                                : "hypervisor");
    }

    private static double slowdown(DefenceRow row) {
        return row.slowdown().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    }
}
