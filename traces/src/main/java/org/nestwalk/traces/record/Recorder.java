package org.nestwalk.traces.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.nwt.NwtWriter;

/// Runs a program and writes its accesses to a `.nwt` file while it runs.
///
/// The program has our standard input, output and error, and our environment. A program that
/// executes another one in its place is followed; child processes are not recorded. When the
/// virtual machine is asked to end, such as by Ctrl-C, the program is stopped and the file
/// finished, so that it is whole.
public final class Recorder {
    private static final String MISSING =
            "recording needs QEMU's user mode and a C compiler, or valgrind; install the packages"
                    + " qemu-user, gcc and libc6-dev, or valgrind";
    private static final String STOPPED =
            "nothing was recorded: it was stopped before the program accessed memory";
    private static final long SECONDS_TO_STOP = 2;
    private static final long SECONDS_TO_FINISH = 30;

    private final RecordRequest request;
    private final LongConsumer progress;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile @Nullable Process process;

    private Recorder(RecordRequest request, LongConsumer progress) {
        this.request = request;
        this.progress = progress;
    }

    /// Records as `request` says; `progress` hears the number of accesses from time to time. An
    /// [InputException] says what is missing or wrong.
    public static Recording record(RecordRequest request, LongConsumer progress) {
        request.command().forEach(Recorder::requireText);
        List<String> program = Programs.resolve(request.command());
        Launcher launcher = choose(request, program);
        return new Recorder(request, progress).run(launcher, program);
    }

    /// Bytes that are no text arrive as replacement characters: the program would get others.
    private static void requireText(String argument) {
        if (argument.indexOf('\uFFFD') >= 0) {
            throw new InputException(
                    "'%s' is not text in this locale's encoding, and could not be given to the program"
                            .formatted(argument));
        }
    }

    private static Launcher choose(RecordRequest request, List<String> program) {
        boolean x8664 = Programs.isX8664(Path.of(program.getFirst()));
        Launcher qemu = QemuLauncher.find(request.dataOnly());
        Launcher lackey = LackeyLauncher.find();
        return switch (request.tool()) {
            case QEMU -> {
                if (!x8664) {
                    throw new InputException(
                            program.getFirst()
                                    + ": this is not a 64-bit x86 program, which recording through"
                                    + " QEMU needs; lackey records programs of the host");
                }
                yield required(
                        qemu,
                        "recording with qemu needs the packages qemu-user, gcc and libc6-dev");
            }
            case LACKEY -> required(lackey, "recording with lackey needs the package valgrind");
            case AUTO -> required(qemu != null && x8664 ? qemu : lackey, MISSING);
        };
    }

    private static Launcher required(@Nullable Launcher launcher, String otherwise) {
        if (launcher == null) {
            throw new InputException(otherwise);
        }
        return launcher;
    }

    private Recording run(Launcher launcher, List<String> program) {
        Thread hook = new Thread(this::stopAndWait, "nestwalk-record-stop");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new InputException(STOPPED, e);
        }
        try (Workspace workspace = new Workspace()) {
            List<String> command = launcher.command(workspace, program);
            try (RecordedFile file =
                    new RecordedFile(request.output(), launcher, request.command())) {
                return run(launcher, workspace, command, file);
            }
        } catch (IOException e) {
            throw new InputException("the program cannot be run: " + e.getMessage(), e);
        } catch (InputException e) {
            // Ctrl-C reaches the compiler, too, whose end is not what is the matter.
            throw stopped && process == null ? new InputException(STOPPED, e) : e;
        } finally {
            done.countDown();
            removeHook(hook);
        }
    }

    private Recording run(
            Launcher launcher, Workspace workspace, List<String> command, RecordedFile file)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        OriginalEnvironment.restore(builder.environment());
        if (stopped) {
            throw new InputException(STOPPED);
        }
        Process started = builder.start();
        process = started;
        if (stopped) {
            // By somebody who saw no process yet.
            stop(started);
        }
        try (AccessStream stream = launcher.open(workspace, workspace.open(started))) {
            pump(stream, file);
            AddressSpace addresses = stream.addresses();
            if (addresses != null) {
                file.writer().mappings(addresses.mappings());
            }
            stop(started);
            file.writer().finish();
            int status = started.onExit().join().exitValue();
            return result(launcher, workspace, file, addresses, status);
        } finally {
            stop(started);
        }
    }

    /// Writes accesses until the program ends or the limit is reached.
    private void pump(AccessStream stream, RecordedFile file) {
        TraceBlock block = new TraceBlock();
        while (stream.read(block) > 0) {
            follow(stream, file);
            if (request.dataOnly()) {
                removeFetches(block);
            }
            NwtWriter writer = file.writer();
            long room = request.limit() - writer.accesses();
            if (block.count >= room) {
                writer.write(block, (int) room);
                stopped = true;
                return;
            }
            writer.write(block);
            progress.accept(writer.accesses());
        }
        follow(stream, file);
    }

    private static void follow(AccessStream stream, RecordedFile file) {
        List<String> executed = stream.executed();
        if (executed != null) {
            file.restart(executed);
        }
    }

    private static void removeFetches(TraceBlock block) {
        int kept = 0;
        for (int i = 0; i < block.count; i++) {
            if (AccessInfo.kind(block.info[i]) != Access.FETCH) {
                block.address[kept] = block.address[i];
                block.distance[kept] = block.distance[i];
                block.info[kept++] = block.info[i];
            }
        }
        block.count = kept;
    }

    private Recording result(
            Launcher launcher,
            Workspace workspace,
            RecordedFile file,
            @Nullable AddressSpace addresses,
            int exitStatus)
            throws IOException {
        NwtWriter writer = file.writer();
        if (writer.accesses() == 0 && stopped) {
            throw new InputException(STOPPED);
        }
        if (writer.accesses() == 0) {
            throw new InputException(
                    "nothing was recorded: "
                            + launcher.tool()
                            + " ended with status "
                            + exitStatus
                            + " before the program accessed memory");
        }
        Notes notes = Notes.read(workspace.notes());
        return new Recording(
                launcher.name(),
                launcher.derivesDependence(),
                file.program(),
                writer.accesses(),
                writer.bytes(),
                stopped,
                exitStatus,
                notes.children(),
                notes.left(),
                addresses == null ? 0 : addresses.mapped(),
                addresses == null ? 0 : addresses.most());
    }

    /// Ends the program, if it still runs, and what it started.
    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroyForcibly();
    }

    /// Runs when the virtual machine ends early: the pipe's end then lets [#pump] finish the file.
    private void stopAndWait() {
        stopped = true;
        Process running = process;
        try {
            if (running != null) {
                running.destroy();
                if (!running.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                    running.destroyForcibly();
                }
            }
            if (!done.await(SECONDS_TO_FINISH, TimeUnit.SECONDS)) {
                System.err.println("nestwalk: the recording could not be finished in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook is running already.
        }
    }
}
