package org.nestwalk.lab.labs.validate;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.validate.ValidateResult.Ratio;

/// What follows from [ValidateResult].
final class ValidateConclusion {
    /// The part of the ratios that have to be within 20 %.
    static final double ENOUGH = 0.8;

    private ValidateConclusion() {}

    static Conclusion of(ValidateResult result) {
        Conclusion conclusion = new Conclusion();
        quiet(result, conclusion);
        List<Ratio> all = result.ratios();
        if (all.isEmpty()) {
            return conclusion.say("There is no ratio to judge: one case has been predicted.");
        }
        double within = ValidateResult.within(all);
        conclusion
                .expect(
                        "most-ratios-are-predicted",
                        Condition.atLeast("part of the ratios within 20 %", within, ENOUGH))
                .say(
                        "%1$s of %2$,d ratio{s} of times are predicted within 20 %%.",
                        "Only %1$s of %2$,d ratio{s} of times are predicted within 20 %%.",
                        Figures.percent(within),
                        all.size());
        kind(conclusion, all, Ratios.PAGES, "large-pages-are-predicted", "4K over 2M pages");
        kind(conclusion, all, Ratios.SIZE, "sizes-are-predicted", "one size over another");
        kind(conclusion, all, Ratios.GUEST, "guests-are-predicted", "guest over host");
        withoutGuests(conclusion, all);
        Optional<Ratio> worst =
                all.stream()
                        .max(
                                Comparator.comparingDouble(
                                        ratio -> Math.abs(Math.log1p(ratio.deviation()))));
        worst.ifPresent(ratio ->
                conclusion.say(
                        "Farthest off is %s, %s: measured %.2f, predicted %.2f.",
                        ratio.program(), ratio.what(), ratio.measured(), ratio.predicted()));
        return conclusion;
    }

    /// Where a guest and its host are simulated alike, their ratios say nothing of the model.
    private static void withoutGuests(Conclusion conclusion, List<Ratio> all) {
        List<Ratio> guests = all.stream().filter(ValidateConclusion::isOfGuest).toList();
        List<Ratio> rest = all.stream().filter(ratio -> !isOfGuest(ratio)).toList();
        if (!guests.isEmpty()
                && !rest.isEmpty()
                && guests.stream().allMatch(ratio -> ratio.predicted() == 1)) {
            conclusion.say(
                    "The latter are 1 in the model whatever the program, since both are translated"
                            + " alike here; of the %2$,d other%3$s, %1$s are.",
                    Figures.percent(ValidateResult.within(rest)),
                    rest.size(),
                    rest.size() == 1 ? "" : "s");
        }
    }

    private static boolean isOfGuest(Ratio ratio) {
        return ratio.kind().equals(Ratios.GUEST);
    }

    private static void quiet(ValidateResult result, Conclusion conclusion) {
        if (result.others() < 0) {
            conclusion.say("Whether the host was quiet, it does not say.");
            return;
        }
        conclusion
                .expect(
                        "host-was-quiet",
                        Condition.atMost(
                                "part of the processors that others used",
                                Math.max(result.others(), result.stolen()),
                                "what disturbs",
                                ValidateResult.BUSY))
                .say(
                        "The host was quiet: others used %s of its processors, and %s were taken"
                                + " from it.",
                        "The host was busy: others used %s of its processors, and %s were taken"
                                + " from it; what follows is no verdict on the model.",
                        Figures.percent(result.others()),
                        Figures.percent(Math.max(0, result.stolen())));
    }

    private static void kind(
            Conclusion conclusion, List<Ratio> all, String kind, String name, String what) {
        List<Ratio> some = all.stream().filter(ratio -> ratio.kind().equals(kind)).toList();
        if (some.isEmpty()) {
            return;
        }
        double within = ValidateResult.within(some);
        conclusion
                .expect(name, Condition.atLeast("part of them within 20 %", within, ENOUGH))
                .say(
                        "Of %2$,d of %3$s, %1$s are.",
                        "Of %2$,d of %3$s, only %1$s are.",
                        Figures.percent(within),
                        some.size(),
                        what);
    }
}
