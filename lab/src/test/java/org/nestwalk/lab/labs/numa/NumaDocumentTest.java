package org.nestwalk.lab.labs.numa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.numa.NumaResult.Placed;
import org.nestwalk.lab.labs.numa.NumaResult.Row;
import org.nestwalk.machine.topology.Topology;

/// Sentences about planted figures: each turns when the figures do.
class NumaDocumentTest {
    private static final Measurement NOTHING = new Measurement(1, 1, 1, 1, 2, 0, 0, 0, 0);
    private static final long CACHE = 36L << 20;

    private @Nullable Double publishedShare;
    private double remote = 1.65;
    private double loaded = 3.5;
    private double remotePerWalk = 1;
    private double protectCycles = 240;
    private double largeRatio = 1.02;
    private boolean comparable = true;
    private Map<String, Double> published = Map.of();

    private String text(double second, double guest, double both, double busy, double moved) {
        List<Double> ratios = List.of(1.0, second, guest, both, 2.0, 2.0, busy, moved, moved);
        List<Placed> cells = new ArrayList<>();
        Iterator<Double> ratio = ratios.iterator();
        for (Placement placement : Placement.values()) {
            cells.add(cell(placement, ratio.next()));
        }
        Row row = new Row("gups", "gups", "4K", 64L << 20, comparable, 0.9, publishedShare, cells);
        Row large =
                new Row(
                        "gups",
                        "gups",
                        "2M",
                        256L << 10,
                        comparable,
                        0.1,
                        null,
                        List.of(cell(Placement.LL, 1), cell(Placement.RRI, largeRatio)));
        NumaOptions options =
                new NumaOptions(
                        List.of("gups"), Topology.of(2, remote), 1L << 30, 0, 1, loaded, 12.0, 1);
        List<ReplicationCosts.Row> costs =
                List.of(
                        new ReplicationCosts.Row("map", 1, 3, 1539, 1720, 1677),
                        new ReplicationCosts.Row("protect", 1, 3, 60, protectCycles, 257));
        return OneLine.of(
                NumaDocument.of(
                        new NumaResult(
                                "a machine", options, CACHE, null, List.of(row), large, costs)));
    }

    private Placed cell(Placement placement, double ratio) {
        Double source = published.get(placement.label());
        return new Placed(
                placement.label(),
                ratio,
                source,
                source == null ? null : ratio / source - 1,
                placement.label().startsWith("R") ? remotePerWalk : 0,
                NOTHING);
    }

    @Test
    void dimensionsMatterAlikeWhereTheyDo() {
        assertThat(text(1.26, 1.27, 1.52, 2.99, 1))
                .contains("gups takes 1.52 times as long with both tables remote.")
                .contains("With its second-level tables alone it is 1.26 times")
                .contains("both dimensions matter alike. The two add up.")
                .contains("If the remote node is busy it is 2.99 times.")
                .contains("cost no more than local ones (at most 1.00 and 1.00)");
    }

    @Test
    void theDimensionThatMattersMoreIsNamed() {
        assertThat(text(1.1, 1.4, 1.5, 2, 1)).contains("the guest's tables matter more");
        assertThat(text(1.4, 1.1, 1.5, 2, 1)).contains("the second level matters more");
    }

    @Test
    void dimensionsThatDoNotAddUpAreNotSaidTo() {
        assertThat(text(1.3, 1.3, 1.3, 2, 1)).contains("Both cost less than their sum");
        assertThat(text(1.3, 1.3, 1.9, 2, 1)).contains("Both cost more than their sum");
    }

    @Test
    void aBusyNodeThatAddsNothingIsSaidToAddNothing() {
        assertThat(text(1.3, 1.3, 1.6, 1.6, 1)).contains("is busy adds nothing (1.60)");
        assertThat(text(1, 1, 1, 1.6, 1))
                .contains("are remote costs nothing (1.00). If the remote node is busy it is 1.60");
    }

    @Test
    void wherePlacementMakesNoDifferenceTheReasonIsNamed() {
        remote = 1;
        loaded = 1;
        assertThat(text(1, 1, 1, 1, 1))
                .contains("Where the tables of gups are makes no difference")
                .contains("remote memory is as fast as local", "has nothing to win here")
                .doesNotContain("alike", "add up", "is not enough", "cost no more");
        remote = 1.65;
        loaded = 3.5;
        remotePerWalk = 0.01;
        assertThat(text(1, 1, 1, 1, 1)).contains("caches serve its walks", "0.01 times each");
    }

    @Test
    void remediesThatDoNotHelpAreNotPraised() {
        assertThat(text(1.3, 1.3, 1.6, 2, 1.2))
                .contains("cost more than local ones (at most 1.20 and 1.20)");
    }

    @Test
    void copiesThatCostNothingAreSaidToCostNothing() {
        assertThat(text(1.3, 1.3, 1.6, 2, 1)).contains("protecting a page takes 4.0 times");
        protectCycles = 60;
        assertThat(text(1.3, 1.3, 1.6, 2, 1)).contains("Copies cost nothing when tables change");
    }

    @Test
    void largePagesThatStillSufferAreSaidTo() {
        assertThat(text(1.3, 1.3, 1.6, 2, 1)).contains("it hardly matters", "fit in the");
        largeRatio = 1.4;
        assertThat(text(1.3, 1.3, 1.6, 2, 1)).contains("it still matters", "1.40 times");
    }

    @Test
    void publishedEffectsThatDidNotShowAreNamed() {
        published = Map.of("RR", 1.68, "LR", 1.35);
        assertThat(text(1.36, 1.3, 1.65, 2, 1))
                .contains("All 2 published ratios are met within 10 %")
                .doesNotContain("Not half");
        assertThat(text(1.36, 1.1, 1.1, 2, 1))
                .contains("1 of 2 published ratios", "furthest off is gups RR, -35 %")
                .contains("Not half of a published effect showed for: gups RR 1.68, here 1.10.");
        published = Map.of();
        assertThat(text(1.36, 1.3, 1.65, 2, 1)).contains("Nothing here can be compared");
    }

    @Test
    void aProgramWhoseTablesTheCacheHoldsIsSaidToBeIncomparable() {
        assertThat(text(1.3, 1.3, 1.6, 2, 1)).doesNotContain("nothing can be compared");
        comparable = false;
        assertThat(text(1.3, 1.3, 1.6, 2, 1))
                .contains("fit in the last-level cache, 36.0 MiB")
                .contains(String.format(Locale.ROOT, "Use a footprint above %.1f GiB.", 9.0));
    }

    @Test
    void dataAloneIsEnoughBelowTheLeastThatIsPublished() {
        assertThat(text(1.05, 1.05, 1.1, 1.11, 1))
                .contains("is enough here: remote tables cost up to 11 %, less than")
                .contains("the least that is published, 12 %");
        assertThat(text(1.05, 1.05, 1.1, 1.13, 1))
                .contains("is not enough: remote tables cost up to 13 %");
    }

    @Test
    void translationThatTakesMoreThanPublishedIsAdmitted() {
        published = Map.of("RR", 1.68);
        publishedShare = 0.43;
        assertThat(text(1.3, 1.3, 1.6, 2, 1))
                .contains("is not the published one: gups 90 %, published 43 %.");
        publishedShare = 0.83;
        assertThat(text(1.3, 1.3, 1.6, 2, 1)).contains("is the published one within 10 points");
    }
}
