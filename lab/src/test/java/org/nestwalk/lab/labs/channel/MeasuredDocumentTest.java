package org.nestwalk.lab.labs.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.labs.channel.estimate.Judgement;
import org.nestwalk.lab.labs.channel.measured.BurstRow;
import org.nestwalk.lab.labs.channel.measured.MeasuredResult;

class MeasuredDocumentTest {
    private static List<Double> around(double middle) {
        return DoubleStream.iterate(middle - 9, t -> t <= middle + 9, t -> t + 2).boxed().toList();
    }

    private boolean meansTurned;

    private BurstRow row(int loads, double small, double large, double area, double control) {
        return new BurstRow(
                loads,
                1_000,
                small,
                large,
                meansTurned ? small - large : large - small,
                10,
                (small - large) / 10,
                new Judgement(large > small, area, List.of(), 0.25, 0.2, 0.3, 0.01),
                control,
                0.033,
                7,
                around(small),
                around(large));
    }

    private static String text(int cutPages, boolean complete, BurstRow... rows) {
        return new TextRenderer(100)
                .text(
                        MeasuredDocument.of(
                                new MeasuredResult(
                                        Place.GUEST,
                                        "A Processor",
                                        "6.1",
                                        KvmKind.PVM,
                                        512L << 20,
                                        cutPages,
                                        512,
                                        complete,
                                        List.of(rows))));
    }

    private static String oneLine(int cutPages, boolean complete, BurstRow... rows) {
        return text(cutPages, complete, rows).replaceAll("\\s+", " ");
    }

    @Test
    void resolvedChannelIsSaidToTellMappingsApart() {
        assertThat(oneLine(0, true, row(1, 230, 220, 0.7, 0.5), row(2_000, 230, 150, 0.99, 0.5)))
                .contains("in a guest of KVM, shadow paging", "A Processor, Linux 6.1", "512.0 MiB")
                .contains(
                        "tells 4K from 2M mappings here, of which those by 4K take longer (AUC"
                                + " 0.990")
                .contains("averaging is what tells")
                .contains("Single loads leave an AUC of 0.700")
                .doesNotContain("does not resolve", "is off by more", "Interrupted", "way round");
    }

    @Test
    void averagingThatTellsNoMoreIsNotPraised() {
        assertThat(oneLine(0, true, row(1, 230, 150, 0.99, 0.5), row(2_000, 230, 150, 0.99, 0.5)))
                .contains("averaging over longer bursts tells no more")
                .doesNotContain("averaging is what tells");
    }

    @Test
    void mappingThatTakesLongerIsNamed() {
        assertThat(oneLine(0, true, row(2_000, 150, 230, 0.99, 0.5)))
                .contains("of which those by 2M take longer", "longest bursts: 2M");
    }

    @Test
    void meansThatOutliersHaveTurnedAreNamed() {
        meansTurned = true;
        assertThat(oneLine(0, true, row(2_000, 230, 150, 0.99, 0.5)))
                .contains("those by 4K take longer")
                .contains("The means are the other way round, 80.0 ns apart");
    }

    @Test
    void unresolvedChannelIsSaidToBeAndWhy() {
        assertThat(oneLine(200, true, row(2_000, 201, 200, 0.55, 0.5)))
                .contains("This host does not resolve it", "AUC of 0.550")
                .contains("200 of 256 large pages take as many TLB entries as small ones")
                .contains("medians are 1.0 ns apart, and bursts scatter by 10.0 ns")
                .contains("shadow tables");
    }

    @Test
    void hostThatChangedMeanwhileIsNamed() {
        assertThat(oneLine(0, true, row(2_000, 230, 150, 0.99, 0.6)))
                .contains("The control, 0.600, is off by more than chance");
    }

    @Test
    void interruptionIsSaid() {
        assertThat(oneLine(0, false, row(1, 230, 220, 0.7, 0.5)))
                .contains("Interrupted: longer bursts were not measured.");
    }

    @Test
    void burstsAreDrawnOnOneScale() {
        List<String> lines = text(0, true, row(100, 230, 150, 0.99, 0.5)).lines().toList();
        List<String> strips =
                lines.stream().filter(line -> line.matches(" +[24][KM]  [ .=]*\\|.*")).toList();
        String small = line(strips, "4K");
        String large = line(strips, "2M");
        assertThat(small.indexOf('|')).isGreaterThan(large.indexOf('|'));
        assertThat(large).matches("  2M  \\.+=+\\|=+\\.+");
        assertThat(line(lines, "141.0 ns")).contains("239.0 ns");
    }

    private static String line(List<String> lines, String part) {
        return lines.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }
}
