package org.nestwalk.machine.invalidation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.machine.invalidation.Encounter.Before;
import org.openjdk.jcstress.annotations.JCStressTest;

/// The protocol's own classes: the orders of two threads' steps, one by one, as Lincheck finds
/// them, and millions of runs on the processor, as jcstress makes them. Both find nothing, and
/// elements that are left out.
@EnabledIfSystemProperty(
        named = "nestwalk.long",
        matches = "true",
        disabledReason = "takes minutes: nestwalk.long")
class EncounterTest {
    private static final int ORDERS = 2_000;
    private static final Path SOURCES =
            Path.of(
                    System.getProperty("nestwalk.root", ".."),
                    "engine/src/test/java/org/nestwalk/machine/invalidation");

    @TempDir Path folder;

    /// What Lincheck finds wrong.
    private static @Nullable Throwable search(Element missing, Before before) {
        return catchThrowable(
                () -> Lincheck.runConcurrentTest(ORDERS, () -> Encounter.meet(missing, before)));
    }

    @Test
    void noOrderOfStepsUsesAnythingStale() {
        for (Before before : Encounter.ALL) {
            assertThat(search(Element.NONE, before)).as(before.name()).isNull();
        }
    }

    // Without deferred freeing an order of steps is wrong that Lincheck 3.7 does not find;
    // jcstress,
    // Spin and the storm do.
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "DEFERRED_FREE"})
    void withoutAnElementAnOrderOfStepsUsesSomethingStale(Element missing) {
        assertThat(Encounter.ALL.reversed())
                .anySatisfy(before ->
                        assertThat(search(missing, before))
                                .isInstanceOf(LincheckAssertionError.class)
                                .hasMessageContaining("page"));
    }

    @Test
    void noRunOnTheProcessorUsesAnythingStale() throws Exception {
        assertThat(stress(Element.NONE))
                // How many there are depends on the modes of compilation that jcstress plans here.
                .containsPattern("planned; [1-9]\\d* passed, 0 failed, 0 soft errs, 0 hard errs")
                .doesNotContain("forbidden");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void withoutAnElementRunsOnTheProcessorUseSomethingStale(Element missing) throws Exception {
        assertThat(stress(missing)).contains("Observed forbidden state: 1");
    }

    /// What jcstress says.
    private String stress(Element missing) throws Exception {
        String needed = needed();
        compile(needed);
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                folder + File.pathSeparator + needed,
                                "org.openjdk.jcstress.Main",
                                "-m",
                                "quick",
                                "-sc",
                                "false",
                                "-f",
                                "1",
                                "-iters",
                                "2",
                                "-time",
                                "400",
                                "-jvmArgs",
                                "-D%s=%s".formatted(EncounterStress.MISSING, missing))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return output;
    }

    /// The class path of jcstress and of what it runs.
    private static String needed() throws Exception {
        List<Class<?>> parts =
                List.of(
                        JCStressTest.class,
                        Class.forName("joptsimple.OptionParser"),
                        Class.forName("com.sun.jna.Native"),
                        Class.forName("com.sun.jna.platform.FileUtils"),
                        Nullable.class,
                        CpuRequests.class);
        List<String> paths = new ArrayList<>();
        for (Class<?> part : parts) {
            paths.add(
                    Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI())
                            .toString());
        }
        return String.join(File.pathSeparator, paths);
    }

    /// Compiles the test for jcstress, whose processor writes what runs it.
    private void compile(String needed) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-nowarn",
                                "-d",
                                folder.toString(),
                                "-processorpath",
                                needed,
                                "-cp",
                                needed));
        for (Class<?> one :
                List.of(
                        Element.class,
                        Mapping.class,
                        ContestedMemory.class,
                        Encounter.class,
                        EncounterStress.class)) {
            arguments.add(SOURCES.resolve(one.getSimpleName() + ".java").toString());
        }
        assertThat(
                        ToolProvider.getSystemJavaCompiler()
                                .run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        assertThat(folder.resolve("META-INF/TestList")).exists();
    }
}
