package org.nestwalk.cli;

import static org.nestwalk.cli.Nestwalk.run;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An option that would change nothing is refused in a sentence that says where it is for.
class IgnoredOptionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run gups:accesses=1k --map | --map shows in reports and JSON only; add --html or"
                        + " --json",
                "run gups:accesses=1k --interval 500 | --interval shows in reports, JSON and CSV"
                        + " only",
                "run gups:accesses=1k --format lackey | --format is for traces",
                "run gups zipf --limit 1k --format raw | --format is for traces",
                "run gups:accesses=1k --setups native:4K,shadow:4K --host-levels 5 | --host-levels",
                "run gups:accesses=1k --setups native:4K --host-levels 4 | --host-levels",
                "run gups:accesses=1k --setups native:4K,native:2M --guest-layout scattered"
                        + " | --guest-layout is for setups with a guest",
                "walk 0x1000 --seed 7 | --seed is of a scattered layout",
                "walk 0x1000 --mode native --host 4K | --host: mode native has no second-level"
                        + " tree",
                "walk 0x1000 --mode flat --host 4K | --host: mode flat has no second-level tree",
                "walk 0x1000 --mode native --host-levels 4 | --host-levels: mode native has no",
                "lab numa --tenant-cpus 4 | --tenant-cpus is for --tenant",
                "lab numa --bandwidth 50 | --bandwidth is for --tenant",
                "lab timing-channel --burst 5 | --burst is for --on host or kvm, not for --on sim",
                "lab timing-channel --on host --noise 5 | --noise is for --on sim, not for --on"
                        + " host",
                "calibrate --force | --force is for --output"
            })
    void optionThatWouldBeIgnoredIsRefused(String line, String sentence) {
        BadInputTest.assertBad(run(line.split(" ", -1)), sentence);
    }
}
