package org.nestwalk.lab.labs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.mmu.count.MmuCounts;

/// The text says what went wrong, and draws what changed.
class VmDocumentTest {
    private static final MachineFile MACHINE = Machines.named("textbook");
    private static final long MIB = 1L << 20;

    private static VmResult.TaskResult task(@Nullable Long expected, @Nullable String failure) {
        return new VmResult.TaskResult("prog", 0, 1000, 0x1234, expected, failure);
    }

    private static VmReport report(VmResult.TaskResult task) {
        return report(task, false, MACHINE);
    }

    private static VmReport report(
            VmResult.TaskResult task, boolean ofUnknownDependence, MachineFile machine) {
        Account account = new Account();
        account.spend(Cost.HOST_ZEROING, 3_000);
        account.countExit(ExitReason.VIOLATION, 3_000);
        Account background = new Account();
        background.spend(Cost.HOST_COPYING, 1_000);
        return VmReport.of(
                new VmResult(
                        VmOptions.of("prog", 64 * MIB),
                        new VmResult.Ran(
                                true,
                                List.of(task),
                                2,
                                List.of("program prog"),
                                List.of("prog: 2 accesses were left out"),
                                ofUnknownDependence),
                        new VmResult.Elapsed(
                                1_000, 0, 1_000, MACHINE.model().costs().frequencyGHz()),
                        new VmResult.Software(
                                account,
                                Map.of(
                                        ExitReason.VIOLATION,
                                        new VmResult.Percentiles(1, 2, 3, 3_000)),
                                new VmResult.Guest(9, 8, 7, 6, 5, 4),
                                List.of(
                                        new VmResult.Moment(0, 0, 0, 0, 0, 0, 0, 0),
                                        new VmResult.Moment(
                                                500, 500, 1, 2 * MIB, 6 * MIB, 0, 8 * MIB, 3 * MIB),
                                        new VmResult.Moment(1_000, 1_000, 1, 0, 0, 0, 8 * MIB, 0)),
                                null,
                                List.of()),
                        new VmResult.Simulated(
                                "textbook",
                                SoftwareCosts.assumed(1_200),
                                new MmuCounts(),
                                4_000,
                                background,
                                new VmResult.Host(0, 0, 0.25, 0.5, 0, 0, 0, 0, 17)),
                        null),
                machine);
    }

    private static String text(VmResult.TaskResult task) {
        return new TextRenderer(100).text(VmDocument.of(report(task)));
    }

    @Test
    void cyclesOfATraceWithoutDependenceAreSaidToBeTheLeast() {
        MachineFile overlapping = Machines.named("skylake-sp");
        MachineFile blocking =
                new MachineFile(overlapping.model().withOverlap(null), overlapping.parameters());
        String sentence = "and the cycles are those if none does, the least";
        assertThat(report(task(1L, null), true, overlapping).manifest().model()).contains(sentence);
        assertThat(report(task(1L, null), false, overlapping).manifest().model())
                .doesNotContain(sentence);
        assertThat(report(task(1L, null), true, blocking).manifest().model())
                .doesNotContain(sentence);
    }

    @Test
    void everyEndingIsNamed() {
        assertThat(text(task(0x1234L, null))).contains("0x0000000000001234  verified\n");
        assertThat(text(task(0x99L, null)))
                .contains("NOT VERIFIED: it has to be 0x0000000000000099\n");
        assertThat(text(task(null, null))).contains("not checked\n");
        assertThat(text(task(0x1234L, "no memory"))).contains("FAILED: no memory\n");
    }

    @Test
    void whatWasLeftOutIsSaid() {
        assertThat(text(task(null, null))).contains("\nprog: 2 accesses were left out\n");
    }

    @Test
    void theConclusionHasTheRunsOwnFigures() {
        assertThat(text(task(null, null)).replace('\n', ' '))
                .contains(
                        "Translation takes 0.0 % of the cycles, and exits and software 50 %, most"
                                + " of it host zeroing (38 % of all).",
                        "costs more than translating its addresses: 9 page faults and 1 exit,",
                        "Of the guest's 2M pages, only 50 % lie on 2M pages of the host");
    }

    @Test
    void onlyWrongAndFailedTasksAreFlaws() {
        assertThat(report(task(0x1234L, null)).isFlawless()).isTrue();
        assertThat(report(task(null, null)).isFlawless()).isTrue();
        assertThat(report(task(0x99L, null)).isFlawless()).isFalse();
        assertThat(report(task(0x1234L, "no memory")).isFlawless()).isFalse();
    }

    @Test
    void sharesAddUpOverCpusAndBackground() {
        assertThat(text(task(null, null)).lines().map(line -> line.strip().replaceAll(" +", " ")))
                .contains(
                        "accesses 4,000 50 %",
                        "host zeroing 3,000 38 %",
                        "host copying, in background 1,000 13 %",
                        "all 8,000 100 %");
    }

    @Test
    void latenciesAreInCyclesAndNanoseconds() {
        double clock = MACHINE.model().costs().frequencyGHz();
        ExitReport exit = report(task(null, null)).exits().getFirst();
        assertThat(exit.latencyCycles().max()).isEqualTo(3_000);
        assertThat(exit.latencyNanoseconds().max()).isEqualTo(Math.round(3_000 / clock));
    }

    @Test
    void pagesAreThoseAtTheGuestsMost() {
        PageReport pages = report(task(null, null)).pages();
        assertThat(pages.nanoseconds()).isEqualTo(500);
        assertThat(text(task(null, null)))
                .contains("of the guest's 2M pages, 50 % are on 2M pages");
    }

    @Test
    void chartRisesAndFalls() {
        List<String> rows =
                text(task(null, null)).lines().filter(line -> line.endsWith("MiB")).toList();
        String guest =
                rows.stream().filter(line -> line.contains("guest 2M")).findFirst().orElseThrow();
        String drawn = guest.substring(guest.indexOf('|') + 1, guest.lastIndexOf('|'));
        assertThat(drawn).hasSize(63).matches("[ .]+:+-+=+\\++\\*+#+\\*+\\++=+-+:+\\.+ *");
        assertThat(drawn.charAt(31)).isEqualTo('#');
        assertThat(rows.stream().filter(line -> line.contains("host 4K"))).isEmpty();
    }

    @Test
    void linesFitAScreen() {
        assertThat(text(task(0x1234L, null)).lines()).allMatch(line -> line.length() <= 100);
    }
}
