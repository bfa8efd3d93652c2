package org.nestwalk.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.lab.yaml.YamlNode;

/// What clusters are given to run, run here: the scripts by a shell with the variables that the
/// cluster sets, and the command lines that they come to in this process.
class SweepOnClusterTest {
    private static final List<String> FILES =
            List.of("study.json", "results.jsonl", "results.csv", "results.schema.json");
    private static final String STUDY =
            """
            set:
              program: [gups:accesses=2k, zipf:accesses=2k, stream:accesses=2k]
              program.footprint: 1MiB
              machine: [skylake-sp, zen4]
              setups: [native:4K, "nested:4K/4K"]
              tlb.l2.ways: [5, 12]
            """;

    @TempDir private Path folder = Path.of("");

    /// In names that a shell would take apart.
    private Path study = Path.of("");

    private Path results = Path.of("");

    @BeforeEach
    void writeStudy() throws IOException {
        study = Files.writeString(folder.resolve("it's $HOME `a` \"study\".yaml"), STUDY);
        results = folder.resolve("its 'results' $1");
    }

    private Path script(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/bash\n" + text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    /// Runs `command` with `environment`, and in its place every command line of the program that
    /// the variable `NESTWALK`, or the path, names.
    private void runInShell(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path lines = folder.resolve("lines");
        Path program =
                script("nestwalk", "{ for a; do echo \"$a\"; done; echo; } >>'" + lines + "'\n");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("NESTWALK", program.toString());
        builder.environment().merge("PATH", folder.toString(), (path, here) -> here + ":" + path);
        builder.environment().putAll(environment);
        Process shell = builder.start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
        for (String line : Files.readString(lines).strip().split("\n\n", -1)) {
            Nestwalk.Result result = run(line.split("\n"));
            assertThat(result.status()).as(line + result.err()).isZero();
        }
        Files.delete(lines);
    }

    private void assertResultsAreThoseOfOneProcess() throws IOException {
        Path whole = folder.resolve("whole");
        Nestwalk.Result result =
                run("sweep", study.toString(), "--into", whole.toString(), "--skip-impossible");
        assertThat(result.status()).as(result.err()).isZero();
        for (String file : FILES) {
            assertThat(results.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
    }

    @Test
    void anArrayOfSlurmMakesTheBytesOfOneProcess() throws IOException, InterruptedException {
        Nestwalk.Result written =
                run(
                        "sweep",
                        "slurm",
                        study.toString(),
                        "--shards",
                        "3",
                        "--into",
                        results.toString(),
                        "--skip-impossible");
        assertThat(written.status()).as(written.err()).isZero();
        Path job = Files.writeString(folder.resolve("job.sh"), written.out());
        // Runs the tasks of an array at once, the last one first; and other jobs after them.
        script(
                "sbatch",
                """
                for option; do
                  case $option in
                    --array=1-*) tasks=${option#--array=1-} ;;
                    --dependency=afterany:*) after=${option#*:} ;;
                  esac
                done
                job=$(mktemp)
                cat >"$job"
                if [ -n "${tasks:-}" ]; then
                  for ((i = tasks; i >= 1; i--)); do
                    SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=$tasks bash "$job"
                  done
                  echo "17;cluster"
                else
                  [ "$after" = 17 ] || exit 1
                  bash "$job"
                fi
                rm "$job"
                """);

        runInShell(Map.of(), "bash", job.toString());

        assertResultsAreThoseOfOneProcess();
    }

    @Test
    void anArrayHasNoMoreTasksThanHaveSomethingToDo() {
        Nestwalk.Result written =
                run(
                        "sweep",
                        "slurm",
                        study.toString(),
                        "--shards",
                        "30",
                        "--into",
                        results.toString(),
                        "--skip-impossible");

        assertThat(written.out()).contains("--array=1-3 ", "$SLURM_ARRAY_TASK_ID/3");
        assertThat(written.err()).contains("the study has no more than 3 parts");
    }

    @Test
    void aStudyThatCannotBeIsSaidBeforeItWaitsInAQueue() {
        Nestwalk.Result written =
                run(
                        "sweep",
                        "slurm",
                        study.toString(),
                        "--shards",
                        "3",
                        "--into",
                        results.toString());

        assertThat(written.status()).isEqualTo(2);
        assertThat(written.out()).isEmpty();
        assertThat(written.err()).contains("cannot be; the first is program=gups");
    }

    @Test
    void anIndexedJobOfKubernetesMakesTheBytesOfOneProcess()
            throws IOException, InterruptedException {
        Path file = Nestwalk.ROOT.resolve("examples/studies/kubernetes-job.yaml");
        YamlNode spec = field(YamlNode.parse("job", Files.readAllBytes(file)), "spec");
        assertThat(field(spec, "completionMode").scalar()).isEqualTo("Indexed");
        String completions = String.valueOf(field(spec, "completions").scalar());
        YamlNode container =
                items(field(field(field(spec, "template"), "spec"), "containers")).getFirst();
        List<String> command = new ArrayList<>();
        for (String part : List.of("command", "args")) {
            items(field(container, part))
                    .forEach(item -> command.add(String.valueOf(item.scalar())));
        }
        String study = "study.yaml --into results";
        assertThat(command.getLast()).contains(study, "/" + completions);
        command.add(
                command.removeLast()
                        .replace(study, "\"$STUDY\" --skip-impossible --into \"$RESULTS\""));

        for (int i = Integer.parseInt(completions) - 1; i >= 0; i--) {
            runInShell(
                    Map.of(
                            "JOB_COMPLETION_INDEX",
                            String.valueOf(i),
                            "STUDY",
                            this.study.toString(),
                            "RESULTS",
                            results.toString()),
                    command.toArray(String[]::new));
        }

        assertResultsAreThoseOfOneProcess();
    }

    private static YamlNode field(YamlNode node, String name) {
        return requireNonNull(requireNonNull(node.fields()).get(name), name);
    }

    private static List<YamlNode> items(YamlNode node) {
        return requireNonNull(node.items());
    }
}
