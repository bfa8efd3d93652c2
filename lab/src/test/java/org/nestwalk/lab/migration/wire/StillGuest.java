package org.nestwalk.lab.migration.wire;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.live.Connector;
import org.nestwalk.hypervisor.migration.live.GuestCpus;
import org.nestwalk.hypervisor.migration.live.GuestDrive;
import org.nestwalk.hypervisor.migration.live.GuestHost;
import org.nestwalk.hypervisor.migration.live.Patience;
import org.nestwalk.hypervisor.migration.live.SourceSide;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.migration.GuestLimits;
import org.nestwalk.lab.migration.KernelGuest;
import org.nestwalk.lab.migration.MachineHost;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A guest that has run for a while, and stands still whoever has it run: so that what it holds is
/// the same after any number of migrations.
final class StillGuest implements AutoCloseable {
    static final long MEMORY = 4L << 20;
    static final Patience PATIENCE = new Patience(1_000_000, 2_000_000, 100_000, 2_000_000);
    static final long ID = 77;

    // Those of `vm receive` unless it is told otherwise.
    private static final GuestLimits GUESTS = new GuestLimits(4L << 30, 16);

    private final SimulatedMachine machine = machine();
    private final VirtualMachine vm;
    private final byte[] state;
    final Drive drive;
    final PageSet pages = new PageSet();

    /// Drives nothing.
    static final class Drive implements GuestDrive {
        private final VirtualMachine vm;
        private final byte[] state;
        private UnaryOperator<byte[]> told = UnaryOperator.identity();
        boolean runs;
        boolean closed;

        Drive(VirtualMachine vm, byte[] state) {
            this.vm = vm;
            this.state = state;
        }

        @Override
        public VirtualMachine vm() {
            return vm;
        }

        @Override
        public byte[] state() {
            return told.apply(state.clone());
        }

        @Override
        public void start() {
            runs = true;
        }

        @Override
        public void stop() {
            runs = false;
        }

        @Override
        public void passTo(long now) {
            // It stands still.
        }

        @Override
        public void withhold(double part) {
            // It has nothing to lose.
        }

        @Override
        public void holdUntil(long time) {
            // It stands still.
        }

        @Override
        public long lost() {
            return 0;
        }

        @Override
        public long longestWait() {
            return 0;
        }

        @Override
        public void awaitEnd() {
            // It never does more.
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    StillGuest() {
        vm = machine.create(new VmSettings("the guest", MEMORY, 1, TranslationMode.NESTED));
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        GuestKernel kernel =
                new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, SoftwareCosts.NONE));
        Program program = ProgramSpec.parse("gups:footprint=64KiB,accesses=100k");
        var _ =
                kernel.run(
                        kernel.start(
                                0, "p", List.of(Vma.around(program.base(), program.footprint()))),
                        TaskProgram.of(program.spec()),
                        ProgramSpec::open,
                        0);
        kernel.slice(0, 500);
        state = new KernelGuest(kernel).state();
        drive = new Drive(vm, state);
        vm.secondLevel().backedPages(MEMORY, pages);
    }

    private static SimulatedMachine machine() {
        return new SimulatedMachine(
                SimulatedSettings.of(
                        TestMachines.of(SecondLevelFormat.EPT_AD, List.of(), List.of(), null),
                        4 * MEMORY));
    }

    /// A place for it to arrive, on a machine of its own.
    static GuestHost host(List<Drive> arrived) {
        GuestHost host =
                new MachineHost(
                        machine(),
                        TranslationMode.NESTED,
                        new FirstTouch(PageSize.SIZE_4K),
                        ProgramSpec::open,
                        (there, cpus) -> arrive(there, cpus, arrived));
        return new GuestHost() {
            @Override
            public VirtualMachine create(VmSettings settings, String from) {
                GUESTS.check(settings);
                return host.create(settings, from);
            }

            @Override
            public GuestDrive resume(VirtualMachine made, byte[] told, ArrivingMemory arriving) {
                return host.resume(made, told, arriving);
            }
        };
    }

    private static GuestDrive arrive(VirtualMachine there, GuestCpus cpus, List<Drive> arrived) {
        arrived.add(new Drive(there, cpus.state()));
        return arrived.getLast();
    }

    /// The source that it would leave.
    SourceSide source(Connector connector) {
        drive.start();
        return new SourceSide(
                drive, DirtySource.LOG, connector, System::nanoTime, PATIENCE, ID, "simulated");
    }

    /// The frames of a migration by `policy` that goes well, of a guest whose state is told as
    /// `told` says.
    List<byte[]> record(MigrationPolicy policy, UnaryOperator<byte[]> told) {
        drive.told = told;
        ScriptedTarget target = new ScriptedTarget(ScriptedTarget::honest);
        var _ = source(_ -> target.wire()).run(policy, _ -> true);
        drive.told = UnaryOperator.identity();
        return target.frames();
    }

    /// What it holds, page by page.
    static List<String> contents(VirtualMachine vm, PageSet pages) {
        List<String> contents = new ArrayList<>();
        long[] words = new long[GuestMemory.PAGE_WORDS];
        pages.forEach(page -> {
            vm.memory().readPage(page, words);
            contents.add("%x %x".formatted(page, Arrays.hashCode(words)));
        });
        return contents;
    }

    List<String> contents() {
        return contents(vm, pages);
    }

    /// The words of a frame's head, little-endian.
    static String tag(byte[] frame) {
        return new String(frame, 0, 4, StandardCharsets.US_ASCII);
    }

    /// A frame with right checksums of its payload as it is.
    static byte[] repaired(byte[] frame) {
        ByteBuffer bytes = WireFormat.direct(frame.length).put(frame);
        CRC32C crc = new CRC32C();
        int checked = frame.length;
        if (tag(frame).equals("PAGE") && frame.length >= WireFormat.HEAD_BYTES + Long.BYTES) {
            long count = bytes.getLong(WireFormat.HEAD_BYTES);
            long end = WireFormat.HEAD_BYTES + Long.BYTES + count * WireFormat.ENTRY_BYTES;
            checked = Math.clamp(end, WireFormat.HEAD_BYTES, frame.length);
        }
        bytes.putInt(4, frame.length - WireFormat.HEAD_BYTES);
        bytes.putInt(8, WireFormat.crc(crc, bytes, WireFormat.HEAD_BYTES, checked));
        bytes.putInt(12, WireFormat.crc(crc, bytes, 0, 12));
        byte[] result = new byte[frame.length];
        bytes.get(0, result);
        return result;
    }

    VirtualMachine vm() {
        return requireNonNull(vm);
    }

    @Override
    public void close() {
        machine.close();
    }
}
