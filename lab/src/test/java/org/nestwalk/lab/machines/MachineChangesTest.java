package org.nestwalk.lab.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;

class MachineChangesTest {
    @Test
    void aFieldHasTheValueBehindTheMachinesName() {
        MachineFile changed = Machines.named("skylake-sp:tlb.l2.entries=3072,walkers=4");

        var translation = changed.model().translation();
        assertThat(translation.secondLevelTlbs().getFirst().geometry().entries()).isEqualTo(3072);
        assertThat(translation.walkers()).isEqualTo(4);
        assertThat(changed.model().name()).isEqualTo("skylake-sp:tlb.l2.entries=3072,walkers=4");
    }

    @Test
    void allElseStaysAsItWas() {
        MachineFile changed = Machines.named("skylake-sp:walkers=4");
        MachineFile plain = Machines.named("skylake-sp");

        assertThat(changed.model().memory()).isEqualTo(plain.model().memory());
        assertThat(changed.model().costs()).isEqualTo(plain.model().costs());
        assertThat(changed.parameters()).hasSameSizeAs(plain.parameters());
    }

    @Test
    void theSourceOfAChangedFieldSaysThatItWasSet() {
        MachineFile changed = Machines.named("skylake-sp:walkers=4");

        assertThat(changed.parameters())
                .filteredOn(parameter -> parameter.path().equals("walkers"))
                .singleElement()
                .satisfies(parameter ->
                        assertThat(parameter.source()).startsWith("set beside the machine's name"));
    }

    @ParameterizedTest
    @CsvSource({
        "firstLevelTlbs[1].entries, 1",
        "firstLevelTlbs.1.entries, 1",
        "firstLevelTlbs.L1D-2M.entries, 1",
        "tlb.l1.entries, 0"
    })
    void anElementOfAListIsNamedByNumberOrName(String path, int index) {
        MachineFile changed = Machines.named("skylake-sp:" + path + "=128");

        assertThat(changed.model().translation().firstLevelTlbs().get(index).geometry().entries())
                .isEqualTo(128);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "skylake-sp:tlb.l2.entires=3072 | has no field 'entires' (did you mean entries?)",
                "skylake-sp:wakers=3 | a machine has no field 'wakers' (did you mean walkers?)",
                "skylake-sp:tlb.l2.entries | changes nothing; write FIELD=VALUE",
                "skylake-sp:tlb.l2.entries= | changes nothing; write FIELD=VALUE",
                "skylake-sp: | changes nothing; write FIELD=VALUE",
                "skylake-sp:walkers=4,walkers=5 | walkers is given twice",
                "skylake-sp:caches=5 | is no single value",
                "skylake-sp:caches.9.size=1MiB | has no field '9'",
                "skylake-sp:walkers.x=5 | it is a value",
                "skylake-sp:tlb.l2.entries=1000 | 12 does not divide 1000",
                "skylake-sp:walkers=0 | 0 is not from 1 to 64",
                "no-such:walkers=4 | unknown machine",
            })
    void whatCannotBeChangedIsSaid(String text, String problem) {
        assertThatThrownBy(() -> Machines.named(text))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aFileOfAUserCanBeChangedToo(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("my.yaml");
        Files.writeString(file, Machines.text("zen4"));

        MachineFile changed = Machines.named(file + ":walkers=1");

        assertThat(changed.model().translation().walkers()).isEqualTo(1);
        assertThat(changed.model().name()).isEqualTo("my.yaml:walkers=1");
    }

    @Test
    void theFileOfAChangedMachineIsNotWritten() {
        assertThatThrownBy(() -> Machines.text("zen4:walkers=1"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("leave out what follows its name");
    }
}
