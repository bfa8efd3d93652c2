package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepCommandTest {
    private static final String STUDY =
            "sweep gups:footprint=4MiB,accesses=5k --machine skylake-sp,zen4 --setups"
                    + " native:4K,nested:4K/4K --set tlb.l2.ways=4,8 --set program.seed=1..2"
                    + " --skip-impossible --into {folder}/";

    @TempDir private Path folder = Path.of("");

    private Nestwalk.Result command(String line) {
        return run(
                Stream.of(line.replace("{folder}", folder.toString()).split(" "))
                        .map(word -> word.replace('+', ' '))
                        .toArray(String[]::new));
    }

    private void assertRuns(String line) {
        Nestwalk.Result result = command(line);
        assertThat(result.status()).as(line + ": " + result.err()).isZero();
    }

    @Test
    void shardsAndOneProcessWriteTheSameFiles() throws IOException {
        assertRuns(STUDY + "whole --threads 1");
        assertRuns(STUDY + "parts --shard 2/2");
        assertRuns(STUDY + "parts --shard 1/2");

        for (String file : new String[] {"study.json", "results.jsonl", "results.csv"}) {
            assertThat(folder.resolve("parts").resolve(file))
                    .hasSameTextualContentAs(folder.resolve("whole").resolve(file));
        }
        assertThat(Files.readString(folder.resolve("whole/results.schema.json")))
                .contains("\"name\":\"pageTableBytes\",\"unit\":\"bytes\"");
    }

    @Test
    void resultsAreThereOnlyWhenAllAre() {
        Nestwalk.Result part = command(STUDY + "a --shard 1/2");

        assertThat(part.out()).contains("the last shard to end writes the results");
        assertThat(folder.resolve("a/results.csv")).doesNotExist();
        assertThat(command("sweep gather {folder}/a").status()).isEqualTo(1);
        assertThat(folder.resolve("a/results.csv")).exists();
    }

    @Test
    void aFigureIsShownInRowsAndColumns() {
        assertRuns(STUDY + "a");

        assertThat(command("sweep show {folder}/a --figure walks --columns setups").out())
                .contains("native:4K", "nested:4K/4K", "means over program.seed");
        assertThat(command("sweep show {folder}/a").out()).contains("Figures that vary");
        assertRuns(
                "sweep show {folder}/a --figure walks --html {folder}/a.html --csv {folder}/a.csv"
                        + " --json {folder}/a.json");
        assertThat(command("sweep show {folder}/a --figure walks --against pageTableBytes").out())
                .contains("with no other that has less of both walks and pageTableBytes");
    }

    @Test
    void studiesAreCompared() {
        assertRuns(STUDY + "a");
        assertRuns(STUDY.replace("accesses=5k", "accesses=5k,base=0x100000000") + "b");
        assertRuns(STUDY.replace("--set program.seed=1..2", "--set program.seed=1..1") + "c");

        assertThat(command("diff {folder}/a {folder}/a").out()).contains("0 differ");
        assertThat(command("diff {folder}/a {folder}/c").out())
                .contains("; 8 only in the first, 0 only in the second");
        assertThat(command("diff {folder}/a {folder}/b").err())
                .contains("have no combination of values in common");
    }

    @Test
    void whatATallyDoesNotNameCountsAsNone() throws IOException {
        assertRuns(
                "sweep gups:footprint=4MiB,accesses=1k --setups native:4K,native:2M --into"
                        + " {folder}/a");

        // Of 2M pages no walk starts at the cache of PDEs, which only small ones have.
        assertThat(command("sweep show {folder}/a --figure walkStarts+PDE").out())
                .containsPattern("native:2M +0\\n");
        assertThat(Files.readString(folder.resolve("a/results.schema.json")))
                .contains("\"name\":\"walkCycles\",\"unit\":\"cycles\"");
    }

    @Test
    void aReportHasTheCommandsQuestionAsPeopleReadIt() throws IOException {
        assertRuns("sweep gups:footprint=1MiB,accesses=1k --into {folder}/a");
        assertRuns("sweep show {folder}/a --figure walks --html {folder}/a.html");

        assertThat(Files.readString(folder.resolve("a.html")))
                .contains("with 95 % confidence intervals")
                .doesNotContain("%%");
    }

    @Test
    void aMissingTraceThatIsLeftOutIsNamed() {
        Nestwalk.Result result =
                command(
                        "sweep gups:footprint=1MiB,accesses=1k no.nwt --limit 1k --skip-impossible"
                                + " --into {folder}/a");

        assertThat(result.out())
                .contains("because they cannot be: 1")
                .contains("the first that cannot be is program=no.nwt")
                .contains("no such file: no.nwt");
    }

    @Test
    void aStudyIsShownWhereItsTraceIsNot() throws IOException {
        Path trace = folder.resolve("a.trace");
        Files.writeString(trace, " L 1000,8\n S 2000,8\n");
        assertRuns("sweep {folder}/a.trace --setups native:4K,nested:4K/4K --into {folder}/a");
        String before = command("sweep show {folder}/a --figure walks").out();
        Files.delete(trace);

        assertThat(before).contains("nested:4K/4K");
        assertThat(command("sweep show {folder}/a --figure walks").out()).isEqualTo(before);
        assertRuns("sweep gather {folder}/a");
        assertRuns("diff {folder}/a {folder}/a");
    }

    @Test
    void aTraceThatHasChangedBetweenStudiesIsNamed() throws IOException {
        Path trace = folder.resolve("a.trace");
        String sweep = "sweep {folder}/a.trace --setups native:4K,nested:4K/4K,shadow:4K --into ";
        Files.writeString(trace, " L 1000,8\n");
        assertRuns(sweep + "{folder}/a");
        Files.writeString(trace, " L 1000,8\n S 2000,8\n");
        assertRuns(sweep + "{folder}/b");

        assertThat(command("diff {folder}/a {folder}/b").out().replaceAll("\\s+", " "))
                .contains("3 combinations of values in both")
                .contains("1 file that both read has other contents in the second: " + trace);
    }

    @Test
    void studiesWithoutACommonValueSayWhereTheyPart() {
        assertRuns("sweep gups:footprint=1MiB,accesses=1k --limit 100 --into {folder}/a");
        assertRuns("sweep gups:footprint=1MiB,accesses=1k --limit 200 --into {folder}/b");

        assertThat(command("diff {folder}/a {folder}/b").err())
                .contains("limit is 100 in the first, 200 in the second");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sweep gups | name a folder for the results by --into",
                "sweep --into {folder}/x | a study sets something",
                "sweep gups --set walkrs=1 --into {folder}/x | did you mean walkers?",
                "sweep gups --set walkers --into {folder}/x | is not NAME=VALUES",
                "sweep gups --seed 1..20k --into {folder}/x | give --yes if all of them are meant",
                "sweep gups --seed 1,1 --into {folder}/x | names a value twice",
                "sweep gups --shard 3/2 --into {folder}/x | 3/2' is not I/N",
                "sweep gups --seeds 0 --into {folder}/x | 0 is not 1 or more",
                "sweep gups --experiment nunma --into {folder}/x | no experiment 'nunma'",
                "sweep gups --experiment permissions --into {folder}/x | takes no programs",
                "sweep gups --skip a=1 --into {folder}/x | names a, which the study does not set",
                "sweep gups --skip program=gusp --into {folder}/x | has program=gusp, which the"
                        + " study does not set; it sets gups",
                "sweep gups --skip program=a,program=b --into {folder}/x | names program twice",
                "sweep gups --seed 3 --seeds 2 --into {folder}/x | leave one of them out",
                "sweep gups no.nwt --into {folder}/x | no such file: no.nwt",
                "sweep gups s.yaml --into {folder}/x | is run by itself, and not with gups",
                "sweep slurm {folder} --shards 2 --into {folder}/x | is a folder; name a study's",
                "sweep no.yaml --into {folder}/x | no such file: no.yaml",
                "sweep no.yaml --seeds 2 --into {folder}/x | is a study, which says itself",
                "sweep - --into {folder}/x | standard input can be read once",
                "sweep show {folder} | holds no study",
                "sweep slurm s.yaml --shards 0 --into x | 0 is not 1 to 100000",
                "sweep slurm no.yaml --shards 2 --into {folder}/x | no such file: no.yaml",
                "sweep gups --on spark --into {folder}/x | in a job that spark-submit starts",
                "diff {folder} {folder} | holds no study",
            })
    void whatIsWrongIsSaid(String line, String problem) {
        Nestwalk.Result result = command(line.strip());

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains(problem.strip());
        assertThat(folder.resolve("x")).doesNotExist();
    }
}
