package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.channel.AveragingAttack;
import org.nestwalk.lab.channel.ChannelStory.Result;
import org.nestwalk.lab.channel.DefenceRow;
import org.nestwalk.lab.channel.DefenceRow.Left;
import org.nestwalk.lab.channel.Secret;
import org.nestwalk.lab.channel.ThreatModel;
import org.nestwalk.lab.channel.defence.Defence.Kind;

/// What a run of [org.nestwalk.lab.channel.ChannelStory] shows, and what it does not.
final class ChannelConclusion {
    private static final double FOUR_TIMES = 4;
    private static final double NEARLY = 0.1;
    private static final double NO_SLOWER = 1.005;

    private final Result result;
    private final DefenceRow none;
    private final Conclusion conclusion = new Conclusion();

    private ChannelConclusion(Result result) {
        this.result = result;
        this.none = ofKind(Kind.NONE).getFirst();
    }

    static Conclusion of(Result result) {
        return new ChannelConclusion(result).told();
    }

    private List<DefenceRow> ofKind(Kind kind) {
        return result.defences().stream().filter(row -> row.kind() == kind).toList();
    }

    private Conclusion told() {
        noise();
        delays();
        timers();
        for (Kind kind : List.of(Kind.FLUSH, Kind.SMALL_PAGES, Kind.PADDING)) {
            ofKind(kind).forEach(this::hides);
        }
        List<String> all =
                result.defences().stream()
                        .filter(row -> hidden(row).size() == row.left().size())
                        .map(DefenceRow::name)
                        .toList();
        if (all.isEmpty()) {
            conclusion.say("No defence here hides both secrets from both attackers.");
        } else {
            conclusion.say(
                    "Both secrets are hidden from both attackers by: %s.", String.join(", ", all));
        }
        return conclusion;
    }

    private void noise() {
        AveragingAttack.Doubling doubling = result.doubling();
        if (Math.abs(doubling.factor() / FOUR_TIMES - 1) <= NEARLY) {
            conclusion.say(
                    "Noise only sets the price: twice the noise takes %.2f times the samples, about"
                            + " 4 as (2 z s / d)^2 says.",
                    doubling.factor());
        } else {
            conclusion.say(
                    "Twice the noise takes %.2f times the samples, not 4 as (2 z s / d)^2 says.",
                    doubling.factor());
        }
        long outside = result.curve().stream().filter(point -> !point.inside()).count();
        if (outside > 0) {
            conclusion.say(
                    "The averaging attacker errs otherwise than predicted at %d of %d counts.",
                    outside, result.curve().size());
        }
    }

    private void delays() {
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
        conclusion.say(
                hidden == 0
                        ? "Random delays leave every secret to whoever averages%s, at up to %.2f"
                                + " times a program's cycles."
                        : "Random delays hide "
                                + hidden
                                + " of "
                                + cells
                                + " cells from averages%s, at up to %.2f times a program's cycles.",
                most == 0 ? "" : Figures.format(" %.1f to %.1f times as many samples", least, most),
                slowdown);
    }

    private void timers() {
        for (DefenceRow coarse : ofKind(Kind.TIMER)) {
            long single = coarse.left().stream().filter(Left::tellsSingly).count();
            long averaged = coarse.left().stream().filter(Left::tellsAveraged).count();
            conclusion.say(
                    "With the %s single measurements still tell something in %d of %d cells, and"
                            + " averages in %d.",
                    coarse.name(), single, coarse.left().size(), averaged);
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
        if (dearer.isEmpty() && cheaper.isEmpty()) {
            conclusion.say("Dithering it changes nothing for averages.");
        } else if (cheaper.isEmpty()) {
            conclusion.say(
                    "Dithering it makes averages dearer (%s samples).", String.join(", ", dearer));
        } else if (dearer.isEmpty()) {
            conclusion.say(
                    "Dithering it makes averages cheaper (%s samples).",
                    String.join(", ", cheaper));
        } else {
            conclusion.say(
                    "Dithering it makes averages dearer in %d cells (%s samples), and cheaper in %d"
                            + " (%s).",
                    dearer.size(),
                    String.join(", ", dearer),
                    cheaper.size(),
                    String.join(", ", cheaper));
        }
    }

    private static double order(Left left) {
        return left.tellsAveraged() ? left.samples() : Double.POSITIVE_INFINITY;
    }

    private static String samples(Left left) {
        return left.tellsAveraged()
                ? Figures.format("%,.0f", left.samples())
                : "more than there are";
    }

    private void hides(DefenceRow row) {
        List<Left> hidden = hidden(row);
        List<Left> told = row.left().stream().filter(left -> !hidden.contains(left)).toList();
        double slowdown = slowdown(row);
        String price =
                slowdown < NO_SLOWER
                        ? "at no price to speak of"
                        : Figures.format("at up to %.2f times a program's cycles", slowdown);
        String hides =
                hidden.isEmpty()
                        ? "hides nothing"
                        : "hides "
                                + String.join(
                                        ", ",
                                        hidden.stream().map(left -> name(left, "from")).toList());
        String leaves =
                told.isEmpty()
                        ? ""
                        : ", and leaves "
                                + String.join(
                                        ", ",
                                        told.stream()
                                                .map(left -> name(left, "to") + after(left))
                                                .toList());
        conclusion.say("The defence '%s' %s%s, %s.", row.name(), hides, leaves, price);
    }

    private static String after(Left left) {
        return left.tellsAveraged()
                ? Figures.format(
                        " (%s)", left.samples() == 1 ? "1 sample" : samples(left) + " samples")
                : " (single measurements)";
    }

    /// What neither single measurements nor averages tell.
    private static List<Left> hidden(DefenceRow row) {
        return row.left().stream()
                .filter(left -> !left.tellsSingly() && !left.tellsAveraged())
                .toList();
    }

    private static String name(Left left, String preposition) {
        return "%s %s the %s"
                .formatted(
                        left.secret().equals(Secret.PAGE_SIZE.label()) ? "page sizes" : "regions",
                        preposition,
                        left.threat().equals(ThreatModel.PROCESS.label())
                                ? "process"
                                : "hypervisor");
    }

    private static double slowdown(DefenceRow row) {
        return row.slowdown().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    }
}
