package org.nestwalk.lab.labs.hint;

import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.hint.HintResult.Way;

/// What a run shows, and what it does not.
final class HintConclusion {
    // Shares and ratios of cycles that are nearer to each other than this are called the same.
    private static final double NOTHING = 0.01;

    private HintConclusion() {}

    static Conclusion of(HintResult result) {
        Conclusion conclusion = new Conclusion();
        Optional<Way> alone = way(result, HintExperiment.ALONE);
        Optional<Way> hint = way(result, HintExperiment.HINT);
        if (alone.isPresent() && hint.isPresent()) {
            hint(conclusion, alone.get(), hint.get());
            others(conclusion, result, hint.get());
        }
        return conclusion;
    }

    private static Optional<Way> way(HintResult result, String name) {
        return result.ways().stream().filter(way -> way.name().equals(name)).findFirst();
    }

    private static void hint(Conclusion conclusion, Way alone, Way hint) {
        conclusion
                .expect(
                        "hint-backs-large-pages",
                        Condition.above(
                                "share of 2M pages on 2M pages with the hint",
                                hint.share(),
                                "share without",
                                alone.share(),
                                NOTHING))
                .say(
                        "With the hint %s of the guest's 2M pages are on 2M pages, without it %s.",
                        "The hint gains nothing: %s of the guest's 2M pages are on 2M pages with"
                                + " it, and %s without.",
                        Figures.percent(hint.share()),
                        Figures.percent(alone.share()));
        double change = (double) hint.cycles() / alone.cycles() - 1;
        String moves =
                Figures.format(
                        "with the %,d that move %,d page{s}",
                        hint.movingCycles(), hint.pagesMoved());
        conclusion
                .expect(
                        "hint-pays",
                        Condition.below(
                                "cycles with the hint",
                                (double) hint.cycles(),
                                "cycles without",
                                (double) alone.cycles(),
                                NOTHING * alone.cycles()))
                .say(
                        "All in all it pays: %1$s fewer cycles, %2$s.",
                        Math.abs(change) < NOTHING
                                ? "All in all it changes cycles by less than %3$s, %2$s."
                                : "All in all it does not pay: %1$s more cycles, %2$s.",
                        Figures.percent(Math.abs(change)),
                        moves,
                        Figures.percent(NOTHING));
    }

    private static void others(Conclusion conclusion, HintResult result, Way hint) {
        for (Way way : result.ways()) {
            if (way.name().equals(HintExperiment.WHOLE)) {
                conclusion.say(
                        "On a host whose memory is whole the run takes %.2f times the cycles of"
                                + " that with the hint.",
                        (double) way.cycles() / hint.cycles());
            } else if (way.name().startsWith("khugepaged")) {
                conclusion
                        .expect(
                                way.name().equals(HintExperiment.KHUGEPAGED)
                                        ? "khugepaged-is-late"
                                        : "faster-khugepaged-is-late",
                                Condition.below(
                                        "share of 2M pages on 2M pages with " + way.name(),
                                        way.share(),
                                        "share with the hint",
                                        hint.share(),
                                        NOTHING))
                        .say(
                                "With %s: only %s, for %.2f times its cycles.",
                                "With %s: as many large pages as with the hint, %s, for %.2f times"
                                        + " its cycles.",
                                way.name(),
                                Figures.percent(way.share()),
                                (double) way.cycles() / hint.cycles());
            }
        }
    }
}
