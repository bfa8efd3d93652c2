package org.nestwalk.report.story;

import java.util.List;
import org.nestwalk.lab.vm.HintStory.Way;
import org.nestwalk.report.Figures;

/// What a run of [org.nestwalk.lab.vm.HintStory] shows, and what it does not.
final class HintConclusion {
    private static final double NOTHING = 0.01;

    private HintConclusion() {}

    static String of(List<Way> ways) {
        Way whole = ways.getFirst();
        Way alone = ways.get(1);
        Way hint = ways.getLast();
        Conclusion conclusion = new Conclusion();
        if (hint.share() - alone.share() < NOTHING) {
            conclusion.say(
                    "The hint gains nothing: %s of the guest's 2M pages are on 2M pages with it,"
                            + " and %s without.",
                    Figures.percent(hint.share()), Figures.percent(alone.share()));
        } else {
            conclusion.say(
                    "With the hint %s of the guest's 2M pages are on 2M pages, without it %s.",
                    Figures.percent(hint.share()), Figures.percent(alone.share()));
        }
        double change = (double) hint.cycles() / alone.cycles() - 1;
        String total =
                Math.abs(change) < NOTHING
                        ? "All in all it changes cycles by less than " + Figures.percent(NOTHING)
                        : change < 0
                                ? "All in all it pays: "
                                        + Figures.percent(-change)
                                        + " fewer cycles"
                                : "All in all it does not pay: "
                                        + Figures.percent(change)
                                        + " more cycles";
        conclusion.say(
                "%s, with the %,d that move %,d pages.",
                total, hint.movingCycles(), hint.pagesMoved());
        conclusion.say(
                "On a host whose memory is whole the run takes %.2f times the cycles of that with"
                        + " the hint.",
                (double) whole.cycles() / hint.cycles());
        for (Way way : ways.subList(2, ways.size() - 1)) {
            boolean asMany = way.share() > hint.share() - NOTHING;
            conclusion.say(
                    "With %s: %s, for %.2f times its cycles.",
                    way.name(),
                    asMany
                            ? "as many large pages as with the hint, "
                                    + Figures.percent(way.share())
                            : "only " + Figures.percent(way.share()),
                    (double) way.cycles() / hint.cycles());
        }
        return conclusion.text();
    }
}
