package org.nestwalk.lab.labs.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.InputException;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.labs.channel.defence.Defence;
import org.nestwalk.lab.labs.channel.defence.FlushAtSwitches;
import org.nestwalk.lab.labs.channel.defence.NoDefence;
import org.nestwalk.lab.labs.channel.defence.PadToWorst;
import org.nestwalk.lab.labs.channel.defence.ProgramCosts;
import org.nestwalk.lab.labs.channel.defence.SmallPagesOnly;
import org.nestwalk.lab.labs.channel.defence.UniformDelay;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

class TimingChannelTest {
    private static final long SEED = 1;
    private static final double NOISE = 1_000;
    private static final ProcessorModel MACHINE = Machines.named("skylake-sp").model();
    private static final Map<ThreatModel, SimulatedLatencies> SOURCES = sources();

    private static Map<ThreatModel, SimulatedLatencies> sources() {
        Map<ThreatModel, SimulatedLatencies> sources = new EnumMap<>(ThreatModel.class);
        for (ThreatModel threat : ThreatModel.values()) {
            sources.put(threat, new SimulatedLatencies(MACHINE, threat, SEED));
        }
        return sources;
    }

    private static SimulatedLatencies source(ThreatModel threat) {
        return Objects.requireNonNull(SOURCES.get(threat));
    }

    private static DefenceRow row(Defence defence) {
        return DefenceRow.of(defence, SOURCES, List.of(), NOISE, SEED);
    }

    private static DefenceRow.Left left(Defence defence, ThreatModel threat, Secret secret) {
        return row(defence).left().stream()
                .filter(left ->
                        left.threat().equals(threat.label())
                                && left.secret().equals(secret.label()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void averagingAttackersErrorIsThePredictedOne() {
        AveragingAttack attack = AveragingAttack.on(source(ThreatModel.HYPERVISOR), SEED);
        assertThat(attack.curve(25)).hasSize(9).allMatch(AveragingAttack.Point::inside);
    }

    @Test
    void doublingTheNoiseNeedsFourTimesTheSamples() {
        Doubling doubling =
                AveragingAttack.on(source(ThreatModel.HYPERVISOR), SEED).doubling(2, 60_000);
        assertThat(doubling.factor()).as("seed " + SEED).isCloseTo(4.0, Offset.offset(0.2));
        assertThat(doubling.single()).isCloseTo(doubling.predicted(), Percentage.withPercentage(5));
    }

    @ParameterizedTest
    @EnumSource
    void paddingLeavesLessThanAThousandthOfABit(ThreatModel threat) {
        Defence padding = new PadToWorst(WorstCase.cycles(MACHINE));
        DefenceRow.Left size = left(padding, threat, Secret.PAGE_SIZE);
        assertThat(size.bits()).isLessThan(0.001);
        assertThat(size.probability()).as("seed " + SEED).isGreaterThan(0.05);
        assertThat(size.samples()).isEqualTo(-1);
        assertThat(left(padding, threat, Secret.REGION).bits()).isLessThan(0.001);
    }

    @ParameterizedTest
    @EnumSource
    void noWalkTakesLongerThanTheWorstCase(ThreatModel threat) {
        for (Secret secret : Secret.values()) {
            for (boolean one : new boolean[] {false, true}) {
                double[] cycles = source(threat).sample(secret, one, true, false);
                assertThat(Arrays.stream(cycles).max().orElseThrow())
                        .isLessThanOrEqualTo(WorstCase.cycles(MACHINE));
            }
        }
    }

    @Test
    void smallPagesHideThePageSizeAndNotTheRegion() {
        DefenceRow small = row(new SmallPagesOnly());
        assertThat(small.left().get(0).bits()).isLessThan(0.001);
        assertThat(small.left().get(1).bits()).isGreaterThan(0.1);
    }

    @Test
    void flushingHidesTheRegionAndNotThePageSize() {
        DefenceRow flushed = row(new FlushAtSwitches());
        assertThat(flushed.left().get(0).bits()).isGreaterThan(0.1);
        assertThat(flushed.left().get(1).bits()).isLessThan(0.001);
    }

    @Test
    void delayOfThreeTimesTheNoiseNeedsTenTimesTheSamples() {
        double none = left(new NoDefence(), ThreatModel.PROCESS, Secret.PAGE_SIZE).samples();
        double delayed =
                left(new UniformDelay(3 * NOISE), ThreatModel.PROCESS, Secret.PAGE_SIZE).samples();
        assertThat(delayed / none).as("seed " + SEED).isBetween(7.0, 14.0);
    }

    @ParameterizedTest
    @EnumSource
    void largePagesWalkFaster(ThreatModel threat) {
        SingleMeasurement single =
                SingleMeasurement.of(threat, Secret.PAGE_SIZE, source(threat), NOISE, SEED);
        assertThat(single.difference()).isNegative();
        assertThat(single.judgement().area()).isGreaterThan(0.5);
        assertThat(single.judgement().thresholdError()).isLessThan(0.5);
        assertThat(single)
                .isEqualTo(
                        SingleMeasurement.of(
                                threat,
                                Secret.PAGE_SIZE,
                                new SimulatedLatencies(MACHINE, threat, SEED),
                                NOISE,
                                SEED));
    }

    /// 24 references against 15 (Bhargava et al., ASPLOS 2008).
    @Test
    void withoutCachesPageSizesDifferByNineReferences() {
        ProcessorModel textbook = Machines.named("textbook").model();
        SingleMeasurement single =
                SingleMeasurement.of(
                        ThreatModel.HYPERVISOR,
                        Secret.PAGE_SIZE,
                        new SimulatedLatencies(textbook, ThreatModel.HYPERVISOR, SEED),
                        NOISE,
                        SEED);
        assertThat(single.difference()).isEqualTo(-9.0 * textbook.memory().memoryCycles());
        assertThat(single.spread()).isZero();
    }

    @Test
    void walksTakeLongerTheHigherTheyBegin() {
        List<SkippedLevels> rows =
                SkippedLevels.of(
                        ThreatModel.HYPERVISOR, source(ThreatModel.HYPERVISOR), NOISE, SEED);
        assertThat(rows).hasSizeGreaterThan(1);
        for (int i = 1; i < rows.size(); i++) {
            assertThat(rows.get(i).mean()).isGreaterThan(rows.get(i - 1).mean());
        }
    }

    private static ProgramRuns runs(long limit) {
        return new ProgramRuns(MACHINE, limit, SEED, new Meter(ProgressListener.NONE, 1));
    }

    /// What is claimed of defences, two real rows each: the same attack, another parameter.
    private static List<String> notShown(Defence... defences) {
        SimulatedResult result =
                new SimulatedResult(
                        MACHINE.name(),
                        new ChannelOptions(List.of(), 1_000, NOISE, NOISE, NOISE, SEED),
                        List.of(),
                        List.of(),
                        1,
                        List.of(),
                        null,
                        Arrays.stream(defences).map(TimingChannelTest::row).toList());
        return new ChannelExperiment()
                .document(new ChannelResult(result, null)).claims().stream()
                        .filter(claim -> claim.isExpectation() && !claim.held())
                        .map(Claim::name)
                        .toList();
    }

    @Test
    void delaysLeaveSecretsToAveragesUnlessTheyAreHuge() {
        assertThat(notShown(new NoDefence(), new UniformDelay(1_000))).isEmpty();
        assertThat(notShown(new NoDefence(), new UniformDelay(1e6)))
                .containsExactly("delays-leave-secrets-to-averages");
    }

    @Test
    void smallPagesCostAProgramMoreThanLargeOnes() {
        ProgramCosts costs = runs(50_000).of("gups:footprint=1GiB,accesses=50k");
        assertThat(costs.small().cycles()).isGreaterThan(costs.plain().cycles());
        assertThat(costs.small().walks()).isGreaterThan(costs.plain().walks());
        assertThat(costs.flushed().cycles()).isGreaterThanOrEqualTo(costs.plain().cycles());
        assertThat(costs.plain().cyclesOfWalks()).isLessThanOrEqualTo(costs.plain().cycles());
    }

    @Test
    void tracesAreVictimsToo() {
        ProgramCosts costs = runs(20_000).of("../examples/sort.nwt");
        assertThat(costs.plain().cycles()).isPositive();
    }

    @Test
    void hugeProgramIsNamed() {
        assertThatThrownBy(() -> runs(1_000).of("gups:footprint=64GiB"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a footprint of 64GiB is not 16GiB or less");
    }

    @Test
    void deviationIsThatOfBothClasses() {
        assertThat(Sensitivity.of(new double[] {0, 2}, new double[] {10, 14}))
                .isEqualTo(new Sensitivity(11, Math.sqrt(5)));
    }
}
