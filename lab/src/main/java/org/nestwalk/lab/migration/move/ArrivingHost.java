package org.nestwalk.lab.migration.move;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.migration.live.GuestDrive;
import org.nestwalk.hypervisor.migration.live.GuestHost;
import org.nestwalk.hypervisor.migration.live.ThreadDrive;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.migration.GuestLimits;
import org.nestwalk.lab.migration.MachineHost;
import org.nestwalk.lab.snapshot.SavedPrograms;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// Opens a machine for a guest when one is offered.
final class ArrivingHost implements GuestHost, AutoCloseable {
    private final SnapshotHost host;
    private final GuestLimits limits;
    private final BooleanSupplier postCopy;
    private @Nullable Machine machine;
    private @Nullable VirtualMachine vm;
    private @Nullable MachineHost taker;
    private @Nullable String source;
    private List<Task> tasks = List.of();

    /// @param limits of a guest that is taken
    /// @param postCopy whether the guest that is offered may go on before its memory is there
    ArrivingHost(SnapshotHost host, GuestLimits limits, BooleanSupplier postCopy) {
        this.host = host;
        this.limits = limits;
        this.postCopy = postCopy;
    }

    @Override
    public VirtualMachine create(VmSettings settings, String from) {
        limits.check(settings);
        close();
        try {
            Machine opened =
                    host.open(
                            settings.memoryBytes(),
                            postCopy.getAsBoolean() ? KvmSettings.LAZY : KvmSettings.PLAIN);
            machine = opened;
            MachineHost made =
                    new MachineHost(
                            opened,
                            host.isSimulated() ? settings.mode() : TranslationMode.NESTED,
                            new FirstTouch(PageSize.SIZE_4K),
                            SavedPrograms::open,
                            ThreadDrive::new);
            VirtualMachine created = made.create(settings, from);
            taker = made;
            vm = created;
            source = from;
            return created;
        } catch (OutOfMemoryError e) {
            throw new InputException(
                    "there is no memory here for a guest of %,d bytes"
                            .formatted(settings.memoryBytes()),
                    e);
        }
    }

    @Override
    public GuestDrive resume(VirtualMachine made, byte[] state, ArrivingMemory arriving) {
        MachineHost to = taker;
        if (to == null) {
            throw new IllegalStateException("nothing was offered");
        }
        try {
            GuestDrive drive = to.resume(made, state, arriving);
            GuestKernel kernel = to.kernel();
            tasks = kernel == null ? List.of() : GuestEnd.tasks(kernel);
            return drive;
        } catch (OutOfMemoryError e) {
            throw new InputException("there is no memory here to go on with the guest", e);
        }
    }

    /// The machine of the guest that was taken last.
    @Nullable Machine machine() {
        return machine;
    }

    /// The virtual machine of the guest that was taken last.
    @Nullable VirtualMachine vm() {
        return vm;
    }

    /// The kernel of the guest that has arrived.
    @Nullable GuestKernel kernel() {
        MachineHost to = taker;
        return to == null ? null : to.kernel();
    }

    /// The tasks of the guest that has arrived.
    List<Task> tasks() {
        return tasks;
    }

    /// The machine that the guest comes from.
    @Nullable String source() {
        return source;
    }

    /// What guests arrive on, as reports name it.
    String name() {
        Machine opened = machine;
        return opened != null ? opened.name() : host.isSimulated() ? "simulated" : "kvm";
    }

    @Override
    public void close() {
        Machine opened = machine;
        if (opened != null) {
            opened.close();
            machine = null;
        }
    }
}
