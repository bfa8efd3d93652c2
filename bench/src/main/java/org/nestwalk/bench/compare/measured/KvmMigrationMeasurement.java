package org.nestwalk.bench.compare.measured;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.lazy.LazyCounts;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.hypervisor.migration.live.GuestDrive;
import org.nestwalk.hypervisor.migration.live.GuestHost;
import org.nestwalk.hypervisor.migration.live.Patience;
import org.nestwalk.hypervisor.migration.live.SourceSide;
import org.nestwalk.hypervisor.migration.live.TargetSide;
import org.nestwalk.hypervisor.migration.live.ThreadDrive;
import org.nestwalk.hypervisor.migration.policy.Foresight;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.migration.KernelGuest;
import org.nestwalk.lab.migration.MachineHost;
import org.nestwalk.lab.migration.wire.Endpoint;
import org.nestwalk.lab.migration.wire.MigrationPort;
import org.nestwalk.lab.migration.wire.PageEncoding;
import org.nestwalk.lab.migration.wire.WireConnector;
import org.nestwalk.lab.migration.wire.WireLimits;
import org.nestwalk.lab.migration.wire.WireSettings;
import org.nestwalk.lab.snapshot.SavedPrograms;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// A guest of 512 MiB on KVM, all of them in use, whose program writes to few of them, moves to
/// another virtual machine of this process over a TCP connection of the loopback; and a C program
/// copies as many bytes through such a connection while that guest runs, in turns. The first round,
/// which sends all memory, gives the rate.
///
/// In post-copy the program writes to more, so that it waits for thousands of pages: `fault` is
/// each of their ways, from the request to the page, and `handled` the mean of a move from the exit
/// of the guest to the page in its memory. `trip` is a round trip of as many bytes in C, while the
/// guest runs, before each move.
public final class KvmMigrationMeasurement {
    private static final long MEMORY = 512L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final String FEW_WRITES = "gups:footprint=2MiB,accesses=50G";
    private static final String MANY_PAGES = "gups:footprint=64MiB,accesses=50G";

    // By then the program has touched its memory: what it touches for the first time over there
    // would have to be made by its kernel, too.
    private static final long USED = 1_000_000_000;
    private static final KvmSettings LOGGED =
            new KvmSettings(KvmSettings.Backing.ANONYMOUS, false, false, KvmSettings.Dirty.BITMAP);
    private static final int WARMING = 6;
    private static final int PAIRS = 7;
    private static final double MICROSECOND = 1e3;
    private static final double MILLION = 1e6;

    private KvmMigrationMeasurement() {}

    /// Measures; `args[0]` is the C program, without which Java is measured alone.
    public static void main(String[] args) throws IOException {
        Values values = new Values();
        try (CProgram program = args.length == 0 ? null : new CProgram(args[0])) {
            for (int i = 0; i < WARMING; i++) {
                measure(null, new Values(), i % 2 == 1);
            }
            for (int i = 0; i < PAIRS; i++) {
                measure(program, values, false);
            }
            for (int i = 0; i < PAIRS; i++) {
                measure(program, values, true);
            }
        }
        System.out.print(values.text());
    }

    private static void measure(@Nullable CProgram program, Values values, boolean postCopy)
            throws IOException {
        try (KvmMachine machine = KvmMachine.open(LOGGED);
                VirtualMachine vm =
                        machine.create(
                                new VmSettings("guest", MEMORY, 1, TranslationMode.NESTED))) {
            fill(vm);
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            GuestKernel kernel =
                    new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, SoftwareCosts.NONE));
            GuestProgram guest = SavedPrograms.named(postCopy ? MANY_PAGES : FEW_WRITES);
            GuestProcess process = kernel.start(0, guest.name(), guest.areas());
            var _ = kernel.run(process, guest.task(0), _ -> guest.openCopy(0), 0);
            try (ThreadDrive drive = new ThreadDrive(vm, new KernelGuest(kernel))) {
                drive.start();
                if (postCopy) {
                    LockSupport.parkNanos(USED);
                }
                if (program != null) {
                    double[] answer = program.ask(1);
                    values.add(postCopy ? "trip" : "c", answer[postCopy ? 1 : 0]);
                }
                move(drive, values, postCopy);
            }
        }
    }

    /// A host that remembers what loads the memory of the guest that arrives.
    private static final class Host implements GuestHost {
        private final GuestHost host;
        private @Nullable LazyMemory memory;

        Host(GuestHost host) {
            this.host = host;
        }

        @Override
        public VirtualMachine create(VmSettings settings, String from) {
            return host.create(settings, from);
        }

        @Override
        public GuestDrive resume(VirtualMachine vm, byte[] state, ArrivingMemory arriving) {
            memory = arriving instanceof LazyMemory lazy ? lazy : null;
            return host.resume(vm, state, arriving);
        }

        LazyCounts counts() {
            return Objects.requireNonNull(memory).counts();
        }
    }

    private static void fill(VirtualMachine vm) {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        for (long gpa = 0; gpa < MEMORY; gpa += PAGE) {
            Arrays.fill(words, gpa + 1);
            vm.memory().writePage(gpa, words);
        }
    }

    private static void move(ThreadDrive drive, Values values, boolean postCopy) {
        WireSettings settings =
                new WireSettings(Set.of(PageEncoding.ZERO), 0, null, WireLimits.USUAL);
        try (MigrationPort port =
                        new MigrationPort(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                settings,
                                _ -> {});
                KvmMachine there =
                        KvmMachine.open(postCopy ? KvmSettings.LAZY : KvmSettings.PLAIN)) {
            Host host =
                    new Host(
                            new MachineHost(
                                    there,
                                    TranslationMode.NESTED,
                                    new FirstTouch(PageSize.SIZE_4K),
                                    SavedPrograms::open,
                                    ThreadDrive::new));
            TimedWants wants = new TimedWants(port, values);
            TargetSide target =
                    new TargetSide(host, postCopy ? wants : port, System::nanoTime, Patience.USUAL);
            CompletableFuture<Void> arrival = CompletableFuture.runAsync(target::run);
            Endpoint end = new Endpoint("127.0.0.1", port.port());
            SourceSide source =
                    new SourceSide(
                            drive,
                            DirtySource.HOST_BITMAP,
                            new WireConnector(end, end.address("to"), settings, postCopy),
                            System::nanoTime,
                            Patience.USUAL,
                            1,
                            "kvm");
            MigrationPolicy policy =
                    postCopy ? new PostCopyAfter(0) : new Foresight(0.05, 10_000_000);
            MigrationOutcome outcome = source.run(policy, _ -> true);
            arrival.join();
            target.close();
            if (!outcome.succeeded()) {
                throw new IllegalStateException(outcome.failure());
            }
            if (postCopy) {
                LazyCounts counts = host.counts();
                values.add(
                        "handled",
                        counts.faultNanos() / MICROSECOND / Math.max(1, counts.faultPages()));
            } else {
                MigrationRound first = outcome.rounds().getFirst();
                values.add("java", first.bytes() * 1e3 / first.nanoseconds());
                values.add("downtime", outcome.downtime().all() / MILLION);
                values.add("memory", outcome.downtime().memory() / MILLION);
                values.add("rounds", outcome.rounds().size());
            }
        }
    }
}
