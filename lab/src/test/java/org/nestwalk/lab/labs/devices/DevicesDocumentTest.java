package org.nestwalk.lab.labs.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.devices.DevicesResult.GuestIommu;
import org.nestwalk.lab.labs.devices.DevicesResult.Misses;
import org.nestwalk.lab.labs.devices.DevicesResult.Move;
import org.nestwalk.lab.labs.devices.DevicesResult.Throughput;

/// Sentences about planted figures: each turns when the figures do.
class DevicesDocumentTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deferred | 0.9 | 5 | 100 | deferred comes out at 90 % of the line's rate, where"
                        + " 91",
                "deferred | 0.5 | 5 | 100 | not near the published 91 %",
                "deferred | 0.99 | 5 | 100 | not near the published 91 %",
                "deferred | 0.9 | 5 | 100 | Deferred exposes up to 100 pages at once",
                "deferred | 0.9 | 5 | 1 | Deferred exposes up to 1 page at once",
                "deferred | 0.9 | 5 | 300 | does not keep to its bound",
                "deferred | 0.9 | 0 | 0 | does not keep to its bound",
                "optimistic | 1 | 5 | 100 | Optimistic comes out at 100 %, where 100 % are",
                "optimistic | 0.9 | 5 | 100 | and not at the published 100 %",
                "strict | 0.43 | 0 | 0 | Strict exposes nothing.",
                "strict | 0.43 | 7 | 1 | Strict exposes pages for 7"
            })
    void throughputAndExposureAreJudged(
            String mode, double share, long exposed, long pages, String said) {
        Throughput row =
                new Throughput(mode, 1500, share, 1, 1, 1, 1, 1, 1, exposed, pages, exposed, 0);
        assertThat(text(List.of(row), List.of(), List.of(), List.of())).contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 0 | 8 | 1 | costs the unit 1.00 walks a packet by 4K pages, and 0.00 by 2M",
                "1 | 1 | 8 | 1 | Large pages spare the unit no walks",
                "1 | 0 | 8 | 1 | leaves the unit 1.00 requests a packet instead of 8.00",
                "1 | 0 | 8 | 8 | spares the unit nothing"
            })
    void missesAreJudged(double small, double large, double without, double with, String said) {
        List<Misses> misses =
                List.of(
                        new Misses(64, "4K", 0, without, small),
                        new Misses(64, "2M", 0, 8, large),
                        new Misses(64, "4K", 16, with, 0));
        assertThat(text(List.of(), misses, List.of(), List.of())).contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | 1 | takes 2 exits a packet if it is emulated and 1 if translation is nested",
                "2 | 2 | takes 2.00 exits a packet if it is emulated and 2.00 if translation"
            })
    void exitsAreJudged(double emulated, double nested, String said) {
        List<GuestIommu> guests =
                List.of(
                        new GuestIommu("emulated", emulated, 0, 1, 1, 0.1),
                        new GuestIommu("nested", nested, 0, 1, 1, 1));
        assertThat(text(List.of(), List.of(), guests, List.of())).contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | 0 | 5 | without more, 3 pages of the target are wrong",
                "1 | 0 | 5 | without more, 1 page of the target",
                "0 | 0 | 5 | was lost in 0 pages of this run",
                "3 | 0 | 5 | all is right, and the device stands for 5",
                "3 | 2 | 5 | 2 pages are wrong",
                "3 | 0 | 5000 | 0 pages are wrong"
            })
    void movesAreJudged(long lost, long wrong, long paused, String said) {
        List<Move> moves =
                List.of(
                        new Move(MovingGuest.Tracking.NONE.label(), 3, 10, 0, lost),
                        new Move(MovingGuest.Tracking.PAUSED.label(), 3, 10, 1_000, 0),
                        new Move(MovingGuest.Tracking.IOMMU.label(), 3, 10, paused, wrong));
        assertThat(text(List.of(), List.of(), List.of(), moves)).contains(said);
    }

    private static String text(
            List<Throughput> throughput,
            List<Misses> misses,
            List<GuestIommu> guests,
            List<Move> moves) {
        return OneLine.of(
                DevicesDocument.of(
                        new DevicesResult(
                                "a machine",
                                10,
                                2.93,
                                1_800,
                                0.43,
                                4_600,
                                throughput,
                                misses,
                                guests,
                                moves)));
    }
}
