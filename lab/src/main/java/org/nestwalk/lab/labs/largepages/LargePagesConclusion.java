package org.nestwalk.lab.labs.largepages;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.largepages.LargePagesResult.Combination;

/// What a run shows, and what it does not.
final class LargePagesConclusion {
    // Less than this is called no saving.
    private static final double SAVING = 0.01;

    private final @Nullable Combination base;
    private final @Nullable Combination host;
    private final @Nullable Combination guest;
    private final @Nullable Combination both;
    private final @Nullable Combination apart;
    private final Conclusion conclusion = new Conclusion();

    private LargePagesConclusion(LargePagesResult result) {
        base = find(result, "4K", "4K");
        host = find(result, "4K", "2M");
        guest = find(result, "2M", "4K");
        both = find(result, "2M", "2M");
        apart = find(result, "2M", "misaligned");
    }

    private static @Nullable Combination find(LargePagesResult result, String guest, String host) {
        for (Combination one : result.combinations()) {
            if (one.guest().equals(guest) && one.host().equals(host)) {
                return one;
            }
        }
        return null;
    }

    static Conclusion of(LargePagesResult result) {
        LargePagesConclusion made = new LargePagesConclusion(result);
        made.each();
        made.step();
        made.reach();
        made.splinters();
        return made.conclusion;
    }

    /// What each combination that there is saves.
    private void each() {
        if (base == null) {
            return;
        }
        List<String> parts = new ArrayList<>();
        add(parts, "on the host's side alone", base, host);
        add(parts, "on the guest's side alone", base, guest);
        add(parts, "on both sides in step", base, both);
        add(parts, "on both sides but out of step", base, apart);
        if (!parts.isEmpty()) {
            conclusion.say(
                    "2M pages %s, of %,d cycle{s} with 4K pages, of which translation is %.2f an"
                            + " access.",
                    String.join("; ", parts), base.cycles(), base.translationCycles());
        }
    }

    private static void add(
            List<String> parts, String where, Combination base, @Nullable Combination one) {
        if (one != null) {
            double saved = saved(base, one);
            parts.add(
                    Figures.format(
                            "%s %s (translation: %.2f an access)",
                            where,
                            saved <= -SAVING
                                    ? "cost " + Figures.percent(-saved) + " more"
                                    : "save " + Figures.percent(Math.max(0, saved)),
                            one.translationCycles()));
        }
    }

    /// The part of all cycles with small pages that is saved.
    private static double saved(Combination base, Combination one) {
        return 1 - (double) one.cycles() / base.cycles();
    }

    private void step() {
        if (base == null || host == null || guest == null || both == null || apart == null) {
            return;
        }
        double oneSided = Math.max(saved(base, host), saved(base, guest));
        double others = Math.max(oneSided, saved(base, apart));
        boolean none = Math.max(others, saved(base, both)) < SAVING;
        conclusion
                .expect(
                        "one-side-alone-pays",
                        Condition.atLeast(
                                "share of cycles saved by the better side alone", oneSided, SAVING))
                .say("On one side alone they pay.", "On one side alone they do not pay.");
        conclusion
                .expect(
                        "in-step-pays-most",
                        Condition.above(
                                "share of cycles saved in step",
                                saved(base, both),
                                "largest share saved otherwise",
                                Math.max(0, others),
                                SAVING))
                .say(
                        "In step on both sides they pay most.",
                        Math.max(others, saved(base, both)) <= -SAVING
                                ? "They cost more than they save, wherever they are: making pages"
                                      + " of 2M ready takes more than %2$,d walk{s} with small ones"
                                      + " do."
                                : none
                                        ? "They save less than %1$s of this program's cycles,"
                                                + " whichever side has them: it takes %2$,d walk{s}"
                                                + " in all with small ones."
                                        : "In step on both sides they gain nothing over the best of"
                                                + " the others.",
                        Figures.percent(SAVING),
                        base.walks());
    }

    private void reach() {
        if (base == null || host == null || guest == null || both == null) {
            return;
        }
        long others = Math.max(base.reachBytes(), Math.max(host.reachBytes(), guest.reachBytes()));
        if (apart != null) {
            others = Math.max(others, apart.reachBytes());
        }
        conclusion
                .expect(
                        "reach-grows-in-step",
                        Condition.above(
                                "bytes of TLB reach in step",
                                (double) both.reachBytes(),
                                "largest reach otherwise",
                                (double) others,
                                0))
                .say(
                        "Only in step do they extend the TLB's reach, from %2$s to %1$s.",
                        "In step they do not extend the TLB's reach here (%s, others up to %s).",
                        Figures.bytes(both.reachBytes()),
                        Figures.bytes(others));
    }

    private void splinters() {
        splinters("splintered-over-small-pages", "small pages of the host", guest);
        splinters("splintered-out-of-step", "large pages out of step", apart);
    }

    private void splinters(String effect, String what, @Nullable Combination one) {
        if (one != null) {
            conclusion
                    .expect(
                            effect,
                            Condition.above(
                                    "fills smaller than the guest's page over " + what,
                                    (double) one.splinteredFills(),
                                    "none",
                                    0,
                                    0))
                    .say(
                            "Over %2$s the guest's large pages are splintered: %1$,d fill{s} of a"
                                    + " piece.",
                            "Over %2$s no large page of the guest is splintered.",
                            one.splinteredFills(),
                            what);
        }
    }
}
