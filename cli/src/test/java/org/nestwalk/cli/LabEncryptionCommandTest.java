package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.document.json.Json;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.labs.vm.VmReport;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.EncryptionOptions;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.mmu.cache.EncryptionScope;
import tools.jackson.databind.JsonNode;

class LabEncryptionCommandTest {
    private static final String PROGRAM = "gups:footprint=64MiB,accesses=5k";

    @Test
    void jsonSaysHowItWasToldAndIsTheSameEachTime() {
        Nestwalk.Result first = tell();
        JsonNode json = first.json();
        assertThat(json.path("experiment").asString()).isEqualTo("encryption");
        JsonNode row = json.path("result");
        assertThat(row.path("timing").size()).isEqualTo(2 * 2 * 2);
        for (JsonNode timing : row.path("timing")) {
            assertThat(timing.path("extra").asLong()).isEqualTo(timing.path("expected").asLong());
        }
        assertThat(row.path("cold").path(0).path("wholeMemory").asLong()).isEqualTo(24 * 24);
        JsonNode manifest = json.path("manifest");
        assertThat(manifest.path("model").asString()).contains("assumption", "AES-128-XTS");
        assertThat(manifest.path("arguments").toString()).contains("adder", "\"10ns\"", "seed");
        assertThat(tell().out()).isEqualTo(first.out());
    }

    /// 10 ns are 24 cycles at 2.4 GHz.
    private static Nestwalk.Result tell() {
        return run(
                "lab", "encryption", PROGRAM, "--adder", "0,10ns", "--attacks", "5", "--json", "-");
    }

    @Test
    void textConcludes() {
        Nestwalk.Result result =
                run("lab", "encryption", PROGRAM, "--adder", "7", "--attacks", "5");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("24E", "15E", "in 4 of 4 runs", "access stopped", "What to conclude");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--adder=-1 | --adder: '-1' is no number of cycles, 0 to 1000",
                "--adder=1001 | --adder: '1001' is 1,001 cycles, not 0 to 1,000",
                "--adder=0,9999ns | --adder: '9999ns' is 23,998 cycles, not 0 to 1,000",
                "--adder=-5ns | --adder: '-5ns' is no number",
                "--adder=1e9ns | --adder: '1e9ns' is 2,400,000,000 cycles",
                "--adder=NaNns | --adder: 'NaNns' is no number",
                "--adder=ns | --adder: 'ns' is no number",
                "--adder=7us | --adder: '7us' is no number of cycles, 0 to 1000",
                "--attacks 0 | --attacks: '0' is not 1 to 1M",
                "--attacks=-3 | --attacks: '-3' is not",
                "--seed x | --seed: 'x'",
                "--machine skylake-sp | machine skylake-sp has no nested page tables",
                "--json /nowhere/x | --json: /nowhere/x cannot be written"
            })
    void badOptionIsNamed(String options, String named) {
        List<String> line = new ArrayList<>(List.of("lab", "encryption", PROGRAM));
        line.addAll(List.of(options.split(" ")));
        BadInputTest.assertBad(run(line.toArray(String[]::new)), named);
    }

    @Test
    void unknownProgramIsNamed() {
        BadInputTest.assertBad(run("lab", "encryption", "nonesuch"), "nonesuch");
    }

    /// Encryption that costs nothing leaves every byte of a run as it was.
    @Test
    void adderOfZeroLeavesTheResultOfARunAsItWas() {
        MachineFile machine = Machines.named("zen4");
        for (EncryptionScope scope : EncryptionScope.values()) {
            assertThat(json(machine, new MemoryEncryption(51, 0, scope)))
                    .isEqualTo(json(machine, null));
        }
    }

    private static String json(MachineFile machine, @Nullable MemoryEncryption encryption) {
        VmOptions options =
                VmOptions.of("gups:footprint=8MiB,accesses=20k", 64L << 20)
                        .with(new EncryptionOptions(encryption, Protection.NONE));
        VmResult result = VmRun.simulated(options, machine.model()).run(ProgressListener.NONE);
        Map<String, Object> fields = new LinkedHashMap<>(Json.fields(VmReport.of(result, machine)));
        // It says how memory was encrypted.
        fields.remove("manifest");
        return Json.text(JsonFormat.VM, fields);
    }
}
