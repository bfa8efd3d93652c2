package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// What first touches cost: tables are made with the flags that Linux and KVM set, and what is left
/// is told apart.
class FirstTouchCostsTest {
    private static final int PAGES = 700;
    private static final long BASE = 0x10_0000_0000L;

    @TempDir private Path folder = Path.of("");

    /// One access a page, `count` of them.
    private static String accesses(String kind, int count) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, count)
                .forEach(
                        page -> text.append("%s %x,8\n".formatted(kind, BASE + page * 4096L + 64)));
        return text.toString();
    }

    private ComparisonResult run(String accesses, String machine) throws IOException {
        Path trace = folder.resolve("touches.lackey");
        Files.writeString(trace, "==1== Lackey\n" + accesses);
        ProcessorModel model = Machines.named(machine).model();
        return Comparisons.run(
                trace.toString(), Comparisons.options(model, Setups.all().toArray(String[]::new)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"skylake-sp", "zen4", "yardstick", "textbook"})
    void mappingsMadeForAnAccessNeedNoFlagUpdate(String machine) throws IOException {
        for (String kind : new String[] {" L", " S", " M", "I "}) {
            ComparisonResult result = run(accesses(kind, PAGES), machine);
            assertThat(result.setups())
                    .allSatisfy(setup -> {
                        assertThat(setup.counts().flagUpdates).as(setup.name()).isZero();
                        assertThat(setup.counts().flagCycles).isZero();
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"skylake-sp", "zen4"})
    void firstWriteToAPageMappedForAReadUpdatesItsDirtyFlag(String machine) throws IOException {
        ComparisonResult result =
                run(accesses(" L", PAGES) + accesses(" S", PAGES).repeat(2), machine);
        ProcessorModel model = Machines.named(machine).model();
        assertThat(result.setups())
                .filteredOn(setup -> !setup.name().equals("tlb:4K"))
                .allSatisfy(setup -> {
                    MmuCounts counts = setup.counts();
                    long updates =
                            setup.name().contains("4K")
                                            && !setup.name().matches("(nested|shadow):[2M1G/]+4K")
                                    ? PAGES
                                    : counts.flagUpdates;
                    assertThat(counts.flagUpdates).as(setup.name()).isEqualTo(updates).isPositive();
                    assertThat(counts.flagCycles).isEqualTo(updates * model.costs().assistCycles());
                });
        assertThat(result.setups())
                .filteredOn(setup -> setup.name().matches("(native|nested|flat):2M.*"))
                .isNotEmpty()
                .allSatisfy(setup -> assertThat(setup.counts().flagUpdates).isEqualTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"native:4K", "nested:4K/4K", "shadow:4K"})
    void eachLineOfTablesIsColdOnce(String setup) {
        ProcessorModel model = Machines.named("skylake-sp").model();
        String program = "sequential:footprint=8MiB,stride=4096,accesses=%d";
        MmuCounts once = counts(program.formatted(2048), model, setup);
        MmuCounts often = counts(program.formatted(20 * 2048), model, setup);
        assertThat(once.coldReferences).isGreaterThanOrEqualTo(2048 / 8);
        assertThat(often.coldReferences).isEqualTo(once.coldReferences);
        assertThat(often.coldCycles)
                .isEqualTo(once.coldCycles)
                .isEqualTo(once.coldReferences * model.memory().memoryCycles());
        assertThat(once.coldCycles).isLessThanOrEqualTo(once.walkCycles);
        assertThat(often.walkCycles).isGreaterThan(once.walkCycles);
    }

    private static MmuCounts counts(String program, ProcessorModel model, String setup) {
        return Comparisons.run(program, Comparisons.options(model, setup))
                .setups()
                .getFirst()
                .counts();
    }
}
