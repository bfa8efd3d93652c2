package org.nestwalk.lab.migration.move;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.migration.live.GuestDrive;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.TargetSide;
import org.nestwalk.hypervisor.migration.live.TargetState;
import org.nestwalk.hypervisor.migration.live.Wire;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.migration.GuestLimits;
import org.nestwalk.lab.migration.wire.MigrationPort;
import org.nestwalk.lab.migration.wire.WireLimits;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.lab.snapshot.SnapshotParameters;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.parameter.Arguments;

/// A guest arrives from another process, and runs to its end.
public final class Reception {
    // For who waits to see that it is ended.
    private static final long MOMENT = 100_000_000;

    private final Path keep;
    private final MoveWatcher watcher;
    private final @Nullable Within within;
    private final IntConsumer listening;
    private final MigrationPort port;
    private final ArrivingHost host;
    private final TargetSide side;
    private final AtomicLong pages = new AtomicLong();
    private boolean postCopy;
    private boolean told;
    private volatile boolean ended;

    private Reception(
            Arguments given,
            Path keep,
            MoveWatcher watcher,
            IntConsumer listening,
            @Nullable Within within) {
        this.keep = keep;
        this.watcher = watcher;
        this.within = within;
        this.listening = listening;
        long most = given.size(SnapshotParameters.MEMORY);
        KeptGuest.check(keep);
        InetSocketAddress address =
                MoveParameters.endpoint(given, MoveParameters.LISTEN)
                        .address(MoveParameters.LISTEN);
        SnapshotHost onWhat = SnapshotParameters.host(given);
        port =
                new MigrationPort(
                        address,
                        MoveParameters.wire(
                                given,
                                MoveParameters.LISTEN,
                                address,
                                WireLimits.USUAL.withMemory(most)),
                        problem -> watcher.tellWhy(MoveEvent.PROBLEM, problem),
                        within == null ? null : within.id());
        host =
                new ArrivingHost(
                        onWhat,
                        new GuestLimits(most, MoveParameters.cpus(given)),
                        port::expectsPostCopy);
        side = new TargetSide(host, this::accept, System::nanoTime, MoveParameters.patience(given));
    }

    /// Waits for a guest and runs it.
    ///
    /// @param given of [MoveParameters#receive]
    /// @param keep the file for the guest if it is not known whose it is
    /// @param progress is told how far it is, and ends it by returning false as long as the guest
    ///   is not this side's
    /// @param events is told what happens, problems of connections included
    /// @param listening is told the port when connections are taken
    /// @throws InputException if it is asked for something that cannot be
    public static ArrivalResult run(
            Arguments given,
            Path keep,
            ProgressListener progress,
            Consumer<MoveEvent> events,
            IntConsumer listening) {
        return new Reception(given, keep, new MoveWatcher(progress, events), listening, null).run();
    }

    /// The same from a source in this process.
    static ArrivalResult run(
            Arguments given,
            Path keep,
            ProgressListener progress,
            IntConsumer listening,
            Within within) {
        MoveWatcher watcher = new MoveWatcher(progress, _ -> {});
        return new Reception(given, keep, watcher, listening, within).run();
    }

    private ArrivalResult run() {
        try (MigrationPort open = port;
                ArrivingHost taking = host;
                TargetSide target = side) {
            FirstMove.rehearse();
            listening.accept(open.port());
            watcher.listening(open.port());
            try {
                target.run();
            } catch (EndedEarly e) {
                return nothing(taking, "the user has ended it");
            }
            return switch (target.state()) {
                case RUNNING, SETTLED -> arrived(taking, target);
                case READY -> inDoubt(taking);
                case WAITING, RECEIVING, LOST -> nothing(taking, target.reason());
            };
        }
    }

    private @Nullable Wire accept(long nanoseconds) {
        long end = System.nanoTime() + nanoseconds;
        Wire wire = null;
        for (long left = nanoseconds;
                wire == null && left > 0 && !Thread.currentThread().isInterrupted();
                left = end - System.nanoTime()) {
            update();
            if (ended && side.state() == TargetState.WAITING) {
                throw new EndedEarly();
            }
            wire = port.accept(Math.min(left, MOMENT));
        }
        return wire == null
                ? null
                : new WatchedWire(
                        wire,
                        () -> ended && side.state() == TargetState.RECEIVING,
                        this::heard,
                        this::count);
    }

    private void count(Message message) {
        if (message instanceof Message.Pages(var batch)) {
            pages.addAndGet(batch.size());
        }
    }

    private void heard(Message message) {
        count(message);
        switch (message) {
            case Message.Offer offer -> watcher.tellWhy("connected", "from " + offer.machine());
            case Message.State state -> postCopy = state.missing().length > 0;
            default -> {
                // Nothing to count.
            }
        }
        update();
    }

    private void update() {
        TargetState state = side.state();
        if (!told && (state == TargetState.RUNNING || state == TargetState.SETTLED)) {
            told = true;
            watcher.tell("arrived");
        }
        if (!watcher.update("received", pages.get(), OptionalLong.empty(), "pages", Map.of())) {
            ended = true;
        }
    }

    private ArrivalResult arrived(ArrivingHost taking, TargetSide target) {
        GuestDrive drive = target.guest();
        String failure = null;
        try {
            if (drive != null) {
                awaitEnd(drive, taking.tasks());
            }
        } catch (InputException | GuestFailure e) {
            failure = e.getMessage();
        }
        update();
        watcher.tellWhy("ended", failure);
        return result(
                taking,
                failure == null ? ArrivalResult.Fate.ARRIVED : ArrivalResult.Fate.LOST,
                failure,
                null,
                failure == null ? GuestEnd.of(ended(taking.tasks())) : List.of());
    }

    private void awaitEnd(GuestDrive drive, List<Task> tasks) {
        Within both = within;
        if (both == null) {
            drive.awaitEnd();
        } else {
            GuestWatch.awaitEnd(
                    drive,
                    () ->
                            both.runs(
                                    "ran at the target",
                                    tasks.stream().mapToLong(Task::made).sum()));
        }
    }

    /// Those of `tasks` that are to be judged.
    private List<Task> ended(List<Task> tasks) {
        return within == null ? tasks : tasks.stream().filter(GuestEnd::hasEnded).toList();
    }

    private ArrivalResult inDoubt(ArrivingHost taking) {
        Machine machine = taking.machine();
        VirtualMachine vm = taking.vm();
        GuestKernel kernel = taking.kernel();
        String file = null;
        if (machine != null && vm != null && kernel != null && !postCopy) {
            file = KeptGuest.write(machine, vm, kernel, keep);
        }
        String reason = "it is not known whether the source runs the guest, and it cannot be asked";
        watcher.tellWhy("in-doubt", reason);
        return result(taking, ArrivalResult.Fate.IN_DOUBT, reason, file, List.of());
    }

    private ArrivalResult nothing(ArrivingHost taking, String reason) {
        watcher.tellWhy("not-arrived", reason);
        return result(taking, ArrivalResult.Fate.NOT_ARRIVED, reason, null, List.of());
    }

    private ArrivalResult result(
            ArrivingHost taking,
            ArrivalResult.Fate fate,
            @Nullable String reason,
            @Nullable String file,
            List<GuestEnd> programs) {
        VirtualMachine vm = taking.vm();
        VmSettings settings = vm == null ? null : vm.settings();
        return new ArrivalResult(
                taking.name(),
                taking.source(),
                fate,
                reason,
                settings == null ? 0 : settings.memoryBytes(),
                settings == null ? 0 : settings.cpus(),
                pages.get(),
                postCopy,
                file,
                programs);
    }
}
