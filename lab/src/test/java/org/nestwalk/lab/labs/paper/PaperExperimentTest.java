package org.nestwalk.lab.labs.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.labs.paper.Figure.Measure;
import org.nestwalk.lab.labs.paper.PaperResult.Row;
import org.nestwalk.lab.labs.paper.Trial.Outcome;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.setup.Setups;

class PaperExperimentTest {
    private static final Trial FIRST = Trial.of("skylake-sp", "gups", "nested:4K/4K");
    private static final Trial SECOND = Trial.of("skylake-sp", "gups", "hashed2d:4K");
    private static final Trial THIRD = Trial.of("skylake-sp", "btree", "nested:4K/4K");
    private static final Trial FOURTH = Trial.of("skylake-sp", "btree", "hashed2d:4K");
    private static final Map<Trial, Outcome> DONE =
            Map.of(
                    FIRST, new Outcome(300, 100, 0.5, 0.2),
                    SECOND, new Outcome(200, 50, 0.25, 0.2),
                    THIRD, new Outcome(480, 80, 0.1, 0.1),
                    FOURTH, new Outcome(400, 80, 0.1, 0.1));

    private static Figure figure(Measure measure, List<Trial> over, List<Trial> under) {
        return new Figure("it", "here", 1.3, 1.4, measure, over, under, "because");
    }

    private static double here(Measure measure, List<Trial> over, List<Trial> under) {
        Row row = figure(measure, over, under).row(DONE);
        assertThat(row).isNotNull();
        return row == null ? 0 : row.here();
    }

    @Test
    void gainsAreMeansOfQuotientsOrTheGreatest() {
        List<Trial> over = List.of(FIRST, THIRD);
        List<Trial> under = List.of(SECOND, FOURTH);
        assertThat(here(Measure.GAIN, over, under)).isCloseTo(Math.sqrt(1.5 * 1.2), near());
        assertThat(here(Measure.BEST_GAIN, over, under)).isEqualTo(1.5);
        assertThat(here(Measure.WALK_GAIN, List.of(FIRST), List.of(SECOND))).isEqualTo(2);
        assertThat(here(Measure.SHARE, List.of(FIRST), List.of())).isEqualTo(0.5);
    }

    @Test
    void ofAlternativesTheBetterCounts() {
        List<Trial> over = List.of(FIRST, FOURTH, THIRD, SECOND);
        assertThat(here(Measure.GAIN, over, List.of(SECOND, FOURTH)))
                .as("the least of 300 and 480, and of 400 and 200")
                .isCloseTo(Math.sqrt(1.5 * 0.5), near());
    }

    @Test
    void aPaperOfWhichNothingWasFinishedHasNoTable() {
        PaperResult.Reproduced none =
                new PaperResult.Reproduced("doe-2020", "Doe", "skylake-sp", List.of(), List.of());
        String text =
                new TextRenderer(80).text(PaperDocument.of(new PaperResult(1, 1, List.of(none))));
        assertThat(text)
                .contains("Nothing of doe-2020 was finished.")
                .doesNotContain("published in");
    }

    private static org.assertj.core.data.Offset<Double> near() {
        return org.assertj.core.data.Offset.offset(1e-9);
    }

    @Test
    void whyIsSaidOfFiguresThatAreMissedOnly() {
        Row close = figure(Measure.GAIN, List.of(FIRST), List.of(SECOND)).row(DONE);
        Row far = figure(Measure.WALK_GAIN, List.of(FIRST), List.of(SECOND)).row(DONE);
        assertThat(close).extracting(Row::why).isNull();
        assertThat(far).extracting(Row::why).isEqualTo("because");
    }

    @Test
    void figuresOfWhichATrialIsMissingAreLeftOut() {
        Trial missing = FIRST.in("native:4K");
        assertThat(figure(Measure.GAIN, List.of(FIRST), List.of(missing)).row(DONE)).isNull();
    }

    @Test
    void papersHaveFiguresOfPresetsAndSetupsThatThereAre() {
        List<Paper> papers = Paper.all();
        assertThat(papers).hasSizeGreaterThanOrEqualTo(7);
        assertThat(papers.stream().map(Paper::name).collect(Collectors.toSet()))
                .hasSameSizeAs(papers);
        for (Paper paper : papers) {
            assertThat(paper.figures()).isNotEmpty();
            for (Figure figure : paper.figures()) {
                Stream.concat(figure.over().stream(), figure.under().stream())
                        .forEach(trial -> {
                            assertThat(trial.machine()).isEqualTo(paper.machine());
                            assertThat(Machines.named(trial.machine())).isNotNull();
                            assertThat(Setups.parse(trial.setup())).isNotNull();
                            assertThat(paper.programs()).contains(trial.program());
                        });
                if (!figure.under().isEmpty()) {
                    assertThat(figure.over().size() % figure.under().size()).isZero();
                }
            }
        }
    }

    @Test
    void stepsAreThoseOfThePapers() {
        for (Paper paper : Paper.all()) {
            for (Figure figure : paper.figures()) {
                if (figure.measure() == Measure.STEPS) {
                    assertThat(figure.over().getFirst().steps())
                            .as(paper.name() + ": " + figure.what())
                            .isEqualTo(figure.least());
                }
            }
        }
    }

    @Test
    void remoteTablesCostWhatRemoteMemoryDoes() {
        PaperOptions options = new PaperOptions(64L << 20, 20_000, 1);
        Outcome local = run(FIRST, options);
        Outcome guest = run(FIRST.with(Trial.Remote.GUEST), options);
        Outcome host = run(FIRST.with(Trial.Remote.HOST), options);
        Outcome both = run(FIRST.with(Trial.Remote.BOTH), options);
        assertThat(guest.walkCycles()).isGreaterThan(local.walkCycles());
        assertThat(host.walkCycles()).isGreaterThan(local.walkCycles());
        assertThat(both.walkCycles() - local.walkCycles())
                .as("effects add")
                .isCloseTo(
                        guest.walkCycles() + host.walkCycles() - 2 * local.walkCycles(),
                        org.assertj.core.data.Offset.offset(1e-6 * both.walkCycles()));
    }

    private static Outcome run(Trial trial, PaperOptions options) {
        return trial.run(options, new Meter(ProgressListener.NONE, 1));
    }
}
