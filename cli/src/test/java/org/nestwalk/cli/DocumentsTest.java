package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every command that README.md, examples/README.md and docs/ show can be run as it stands there,
/// and puts out what is shown of it.
///
/// Commands whose comment says how long they take (`# 25 s`) are run with `-Dnestwalk.long=true`
/// only; of the others, those whose output is not shown are cut to [#FEW] accesses or attacks. With
/// `-Dnestwalk.documents=rewrite` what is shown is brought up to date instead of compared.
class DocumentsTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final boolean REWRITE =
            System.getProperty("nestwalk.documents", "").equals("rewrite");
    private static final String EXAMPLE = "examples/api/target/direct-segments-1.jar";
    private static final int FEW = 50_000;
    private static final int NOT_FOUND = 127;
    private static final Pattern CUT =
            Pattern.compile("(accesses=|--accesses |--limit )([0-9]+[kM]?)|(--attacks )([0-9]+)");
    private static final Map<Path, TreeMap<Integer, DocumentedCommand.Output>> OLD =
            new HashMap<>();
    private static final Map<DocumentedCommand.Output, List<String>> NEW = new HashMap<>();

    @TempDir private static Path folder;

    private record Ended(int status, String out, String err) {}

    /// A folder like the project's, in which commands may leave files.
    @BeforeAll
    static void prepare() throws IOException {
        try (Stream<Path> files = Files.list(Nestwalk.ROOT)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("nestwalk")) {
                    Files.createSymbolicLink(folder.resolve(file.getFileName()), file.toRealPath());
                }
            }
        }
        String classes =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Path launcher = folder.resolve("nestwalk");
        Files.writeString(
                launcher,
                """
                #!/bin/sh
                exec '%s/bin/java' -XX:+UseSerialGC -XX:MaxRAMPercentage=60 ${NESTWALK_TEST_JIT:-} \\
                  --enable-native-access=ALL-UNNAMED \\
                  -cp '%s'"${NESTWALK_CLASSPATH:+:$NESTWALK_CLASSPATH}" org.nestwalk.cli.Main "$@"
                """
                        .formatted(System.getProperty("java.home"), classes));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        documents.add(Nestwalk.ROOT.resolve("README.md"));
        documents.add(Nestwalk.ROOT.resolve("examples/README.md"));
        try (Stream<Path> files = Files.walk(Nestwalk.ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        return documents;
    }

    @TestFactory
    Stream<DynamicTest> commandsRunAndPutOutWhatIsShown() throws IOException {
        Map<String, Ended> ended = new HashMap<>();
        List<DocumentedCommand> commands = new ArrayList<>();
        for (Path document : documents()) {
            commands.addAll(DocumentedCommand.of(document));
        }
        assertThat(commands).hasSizeGreaterThan(10);
        return commands.stream()
                .map(command ->
                        DynamicTest.dynamicTest(command.toString(), () -> check(command, ended)));
    }

    private static void check(DocumentedCommand command, Map<String, Ended> earlier)
            throws IOException, InterruptedException {
        String script = command.script();
        assumeTrue(!script.matches("\\./(check|mvnw|bench/).*"), "builds and tests everything");
        assumeTrue(LONG || !command.isLong(), "long: run with -Dnestwalk.long=true");
        boolean needsKvm = script.contains("--on kvm");
        assumeTrue(!needsKvm || Files.isWritable(Path.of("/dev/kvm")), "/dev/kvm is needed");
        assumeTrue(!script.contains("record ") || canRecord(), "qemu-user or valgrind is needed");
        assumeTrue(
                !script.contains(EXAMPLE) || Files.exists(Nestwalk.ROOT.resolve(EXAMPLE)),
                "the example is built with all modules");
        DocumentedCommand.Output shown = command.output();
        String cut = LONG || shown != null ? script : cut(script);
        Ended end = earlier.get(cut);
        if (end == null) {
            end = run(cut, command.document().endsWith("README.md"));
            earlier.put(cut, end);
        }
        assumeTrue(end.status() != NOT_FOUND, end.err());
        assertThat(end.status()).as(cut + "\n" + end.err()).isZero();
        if (shown != null && !shown.varies()) {
            if (REWRITE) {
                OLD.computeIfAbsent(command.document(), _ -> new TreeMap<>())
                        .put(shown.first(), shown);
                NEW.put(shown, Excerpt.renewed(shown.lines(), end.out()));
            } else {
                Excerpt.assertShows(shown.lines(), end.out());
            }
        }
    }

    private static boolean canRecord() {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder ->
                        Files.isExecutable(Path.of(folder, "valgrind"))
                                || Files.isExecutable(Path.of(folder, "qemu-x86_64")));
    }

    /// Fewer accesses and attacks; what the NUMA lab refuses is left.
    private static String cut(String script) {
        return script.contains("lab numa")
                ? script
                : CUT.matcher(script)
                        .replaceAll(found ->
                                Matcher.quoteReplacement(
                                        found.group(1) == null
                                                ? found.group(3) + 10
                                                : found.group(1) + FEW));
    }

    /// @param large whether it is worth while to optimise what it runs
    private static Ended run(String script, boolean large)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-e", "-c", script);
        builder.directory(folder.toFile()).redirectInput(new File("/dev/null"));
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("COLUMNS", "80");
        builder.environment().put("NESTWALK_TEST_JIT", large ? "" : "-XX:TieredStopAtLevel=1");
        builder.environment().merge("PATH", folder.toString(), (old, first) -> first + ":" + old);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(script).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /// From the last to the first, so that the numbers of lines before stay right.
    @AfterAll
    static void rewrite() throws IOException {
        for (var document : OLD.entrySet()) {
            List<String> lines = new ArrayList<>(Files.readAllLines(document.getKey()));
            for (var shown : document.getValue().descendingMap().entrySet()) {
                List<String> old =
                        lines.subList(
                                shown.getKey(), shown.getKey() + shown.getValue().lines().size());
                old.clear();
                old.addAll(NEW.get(shown.getValue()));
            }
            Files.writeString(document.getKey(), String.join("\n", lines) + "\n");
        }
    }
}
