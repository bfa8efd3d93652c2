package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher, on a tree of its own whose Maven and JDK are small scripts.
@Timeout(120)
class LauncherTest {
    @TempDir private Path tree = Path.of("");

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void copyTheLauncher() throws IOException {
        Files.createDirectory(tree.resolve(".mvn"));
        for (String file : List.of("nestwalk", ".mvn/find-jdk.sh", ".mvn/lock.sh")) {
            Files.copy(Nestwalk.ROOT.resolve(file), tree.resolve(file));
        }
        Files.createFile(tree.resolve("pom.xml"));
        // A build that notices another one at the same time, and takes its time.
        script(
                "mvnw",
                """
                . ./.mvn/lock.sh
                nestwalk_lock .
                mkdir building || { echo two builds at once; exit 1; }
                echo built >>builds
                sleep 1
                mkdir -p cli/target
                echo jar >cli/target/nestwalk.jar
                rmdir building
                """);
        // The newest of all JDKs: it runs our classes instead of the jar, and makes a cache slowly.
        Files.createDirectories(tree.resolve("jdk/bin"));
        Files.writeString(tree.resolve("jdk/release"), "JAVA_VERSION=\"99.0.0\"\n");
        script("jdk/bin/javac", "exit 1\n");
        script(
                "jdk/bin/java",
                """
                for word; do
                  case $word in
                    -XX:AOTCacheOutput=*)
                      file=${word#*=}
                      printf half >"$file"; sleep 0.5; printf done >>"$file"
                      exit ;;
                    -XX:AOTCache=*)
                      [ "$(cat "${word#*=}")" = halfdone ] || echo "a cache that is not whole" >&2 ;;
                  esac
                done
                options=
                while [ "$1" != -jar ]; do
                  case $1 in -Dsun.* | -Dstd*) options="$options $1" ;; esac
                  shift
                done
                shift 2
                [ "$1" != --version ] || { echo nestwalk 1; exit; }
                exec %s $options -cp '%s' org.nestwalk.cli.Main "$@"
                """
                        .formatted(
                                ProcessHandle.current().info().command().orElse("java"),
                                System.getProperty("java.class.path")));
    }

    private Path script(String name, String text) throws IOException {
        Path file = Files.writeString(tree.resolve(name), "#!/bin/sh\n" + text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Ended(int status, String out, String err) {}

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(tree.resolve("nestwalk").toString()));
        command.addAll(List.of(arguments));
        int number = started.size();
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(tree.toFile())
                        .redirectOutput(tree.resolve("out" + number).toFile())
                        .redirectError(tree.resolve("err" + number).toFile());
        builder.environment().remove("NESTWALK_BUILDING");
        builder.environment().put("JAVA_HOME", tree.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Ended end(int number) throws IOException {
        int status = started.get(number).onExit().join().exitValue();
        return new Ended(
                status,
                Files.readString(tree.resolve("out" + number), StandardCharsets.UTF_8),
                Files.readString(tree.resolve("err" + number), StandardCharsets.UTF_8));
    }

    private Ended run(Map<String, String> environment, String... arguments) throws IOException {
        start(environment, arguments);
        return end(started.size() - 1);
    }

    /// A `PATH` with the programs of a small system; without flock there, the lock is a directory.
    private String path(boolean flock) throws IOException {
        Path bin = Files.createDirectories(tree.resolve("bin"));
        List<String> names =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "cat",
                                "mkdir",
                                "rmdir",
                                "rm",
                                "mv",
                                "sleep",
                                "ps",
                                "find",
                                "head",
                                "tail",
                                "grep",
                                "sed",
                                "readlink",
                                "dirname",
                                "locale"));
        if (flock) {
            names.add("flock");
        }
        for (String name : names) {
            for (String folder : List.of("/usr/bin/", "/bin/")) {
                if (Files.exists(Path.of(folder + name)) && !Files.exists(bin.resolve(name))) {
                    script("bin/" + name, "exec " + folder + name + " \"$@\"\n");
                }
            }
        }
        assumeTrue(!flock || Files.exists(bin.resolve("flock")), "flock is not installed");
        assumeTrue(Files.exists(bin.resolve("ps")), "ps is not installed");
        return bin.toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startsAtTheSameTimeBuildOnce(boolean flock) throws IOException {
        Map<String, String> environment = Map.of("PATH", path(flock));
        for (int i = 0; i < 3; i++) {
            start(environment, "--version");
        }
        List<Ended> ends = List.of(end(0), end(1), end(2));

        assertThat(ends).extracting(Ended::status).containsOnly(0);
        assertThat(ends).extracting(Ended::out).allMatch(out -> out.startsWith("nestwalk "));
        assertThat(tree.resolve("builds")).hasContent("built");
        String said = String.join("", ends.stream().map(Ended::err).toList());
        assertThat(said).containsOnlyOnce("nestwalk: building");
        assertThat(said.split("waiting for it to end", -1)).hasSize(3);
        assertThat(said).doesNotContain("not whole");
        assertThat(Files.exists(tree.resolve(".mvn/build.lock.d"))).isFalse();

        assertThat(run(environment, "--version").err()).as("nothing is stale").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999", ""})
    void theLockOfAProcessThatIsGoneIsTakenOver(String holder) throws IOException {
        assumeTrue(
                !holder.isEmpty() || Boolean.getBoolean("nestwalk.long"),
                "one that nobody has signed is left alone for ten seconds: nestwalk.long");
        Path lock = Files.createDirectory(tree.resolve(".mvn/build.lock.d"));
        if (!holder.isEmpty()) {
            Files.writeString(lock.resolve("pid"), holder + "\n");
        }
        Ended ended = run(Map.of("PATH", path(false)), "--version");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(tree.resolve("builds")).hasContent("built");
    }

    @Test
    void sourcesThatChangeDuringABuildAreBuiltNextTime() throws IOException, InterruptedException {
        start(Map.of(), "--version");
        while (!Files.exists(tree.resolve("building"))) {
            Thread.sleep(20);
        }
        Files.writeString(tree.resolve("pom.xml"), "changed");
        end(0);
        run(Map.of(), "--version");

        assertThat(tree.resolve("builds")).hasContent("built\nbuilt");
    }

    @Test
    void aBuildThatFailsIsSaidAndTriedAgain() throws IOException {
        Path builder = tree.resolve("mvnw");
        String works = Files.readString(builder);
        script("mvnw", "echo what went wrong; exit 1\n");
        Ended failed = run(Map.of(), "--version");
        assertThat(failed.status()).isEqualTo(2);
        assertThat(failed.err()).contains("what went wrong", "the build failed");

        Files.writeString(builder, works);
        assertThat(run(Map.of(), "--version").status()).isZero();
    }

    private static final Map<String, String> POSIX =
            Map.of("LC_ALL", "C", "LANG", "C", "LC_CTYPE", "C");

    /// What the JDK opens must not get the number of a descriptor that was closed, since writing to
    /// /dev/stdout would then empty it. The JDK here only says what its descriptors are.
    @ParameterizedTest
    @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"})
    void descriptorsThatAreClosedAreTaken(String closed) throws IOException, InterruptedException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        Path said = tree.resolve("said");
        script(
                "jdk/bin/java",
                """
                closed=
                for fd in 0 1 2; do
                  [ -e /proc/$$/fd/$fd ] || closed="$closed $fd"
                done
                printf %%s "$closed" >'%s'
                """
                        .formatted(said));
        ProcessBuilder builder =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "exec '" + tree.resolve("nestwalk") + "' --version " + closed)
                        .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", tree.resolve("jdk").toString());
        Process process = builder.start();
        process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        assertThat(said).isEmptyFile();
    }

    /// The JDK here only says what it is to run.
    @Test
    void whatOthersAddIsOnTheClassPathWithWhatTheJarAllows() throws IOException {
        script("jdk/bin/java", "printf '%s\\n' \"$@\"\n");
        Path jar = Files.createFile(tree.resolve("their scheme.jar"));
        Ended ended = run(Map.of("NESTWALK_CLASSPATH", jar + ":" + tree + "/*"), "--version");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().lines())
                .contains("--enable-native-access=ALL-UNNAMED")
                .anyMatch(word ->
                        word.endsWith("/cli/target/nestwalk.jar:" + jar + ":" + tree + "/*"));
    }

    @Test
    void whatIsAddedToTheClassPathAndIsNotThereIsSaid() throws IOException {
        Ended ended = run(Map.of("NESTWALK_CLASSPATH", tree + ":/no/where.jar"), "--version");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .endsWith("nestwalk: NESTWALK_CLASSPATH names /no/where.jar, which is not there\n");
    }

    @Test
    void namesAreRightInThePosixLocale() throws IOException {
        for (String name : List.of("spür-测试.lackey", "naïve.lackey", "🐢 ü.lackey")) {
            Files.copy(Path.of(Nestwalk.LACKEY), tree.resolve(name));
            Ended head = run(POSIX, "trace", "convert", name, name + ".nwt", "--limit", "1k");
            assertThat(head.status()).as(head.err()).isZero();
            assertThat(head.err()).contains("wrote 1,000 to " + name + ".nwt");
            assertThat(tree.resolve(name + ".nwt")).isNotEmptyFile();
        }
        Ended missing = run(POSIX, "trace", "info", "fehlt-ü");
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.err()).contains("fehlt-ü").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "xx_YY.UTF-8"})
    void recordedProgramsGetTheirArgumentsAndEnvironmentInThePosixLocale(String locale)
            throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/valgrind")), "valgrind is not installed");
        String script = "echo \"$1|$LC_ALL|$JAVA_HOME|$X|${NESTWALK_LC_ALL-none}\"";
        Ended recorded =
                run(
                        Map.of("LC_ALL", locale, "X", "grün"),
                        "record",
                        "--tool",
                        "lackey",
                        "--data-only",
                        "-o",
                        "spür.nwt",
                        "--",
                        "/bin/sh",
                        "-c",
                        script,
                        "sh",
                        "测试 ü");
        assertThat(recorded.status()).as(recorded.err()).isZero();
        assertThat(recorded.out())
                .isEqualTo("测试 ü|" + locale + "|" + tree.resolve("jdk") + "|grün|none\n");
        assertThat(Files.readString(tree.resolve("spür.nwt"), StandardCharsets.ISO_8859_1))
                .contains(
                        new String(
                                "测试 ü".getBytes(StandardCharsets.UTF_8),
                                StandardCharsets.ISO_8859_1));
    }
}
