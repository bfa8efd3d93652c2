package org.nestwalk.lab.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.hypervisor.lazy.StorageCosts;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;

/// Snapshots in files on the simulated machine: written while the guest runs on, restored in every
/// way, refused when they are damaged.
class SnapshotsTest {
    private static final long MEMORY = 32L << 20;
    private static final SoftwareCosts COSTS = SoftwareCosts.assumed(1000);
    private static final String GUPS = "gups:footprint=4MiB,accesses=20k,seed=3";

    @TempDir Path folder;

    private record Guest(Machine machine, VirtualMachine vm, GuestKernel kernel) {
        Slice slice(int accesses) {
            return kernel.slice(0, accesses);
        }

        List<Long> finish() {
            List<Task> tasks = new ArrayList<>();
            for (GuestProcess process : kernel.processes()) {
                tasks.addAll(process.tasks());
            }
            Slice slice;
            do {
                slice = slice(1000);
            } while (slice instanceof Slice.More);
            assertThat(slice).isInstanceOf(Slice.Idle.class);
            return tasks.stream().map(Task::checksum).toList();
        }

        void closeAndVerify() {
            SimulatedMachine simulated = (SimulatedMachine) machine;
            simulated.checkInvariants();
            vm.close();
            simulated.closeAndVerify();
        }
    }

    private static SimulatedMachine machine() {
        return new SimulatedMachine(
                SimulatedSettings.of(Machines.named("skylake-sp").model(), 4 * MEMORY));
    }

    private static VirtualMachine vm(Machine machine) {
        return machine.create(new VmSettings("the guest", MEMORY, 1, TranslationMode.NESTED));
    }

    private static Guest start(String text) {
        return start(text, PageSize.SIZE_4K);
    }

    private static Guest start(String text, PageSize backing) {
        Machine machine = machine();
        VirtualMachine vm = vm(machine);
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(backing));
        GuestKernel kernel = new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, COSTS));
        Program program = ProgramSpec.parse(text);
        List<Vma> areas =
                program.makesCalls()
                        ? List.of()
                        : List.of(Vma.around(program.base(), program.footprint()));
        GuestProcess process = kernel.start(0, "p", areas);
        kernel.run(process, TaskProgram.of(program.spec()), ProgramSpec::open, 0);
        return new Guest(machine, vm, kernel);
    }

    private static long expected(String text) {
        return PlainExecution.of(ProgramSpec.parse(text).steps()).checksum();
    }

    private void save(Guest guest, Path file, @Nullable SnapshotFile base) {
        try (FrozenGuest frozen = FrozenGuest.of(guest.machine, guest.vm, guest.kernel)) {
            guest.slice(500);
            String digest = frozen.write(file, base);
            try (SnapshotFile written = SnapshotFile.open(file)) {
                assertThat(written.sha256()).isEqualTo(digest);
                written.verify();
            }
        }
    }

    private record Restored(Guest guest, LazyMemory memory) {}

    private static Restored lazily(SnapshotFile file) {
        Machine machine = machine();
        VirtualMachine vm = vm(machine);
        LazyMemory memory = new LazyMemory(vm, file, StorageCosts.ASSUMED);
        GuestKernel kernel = Restores.lazily(file, vm, memory, ProgramSpec::open);
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        return new Restored(new Guest(machine, vm, kernel), memory);
    }

    private static Guest eagerly(SnapshotFile file, PageSize backing) {
        Machine machine = machine();
        VirtualMachine vm = vm(machine);
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(backing));
        return new Guest(machine, vm, Restores.eagerly(file, vm, ProgramSpec::open));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GUPS,
                "sequential:footprint=2MiB,accesses=20k",
                "pointer-chase:footprint=2MiB,accesses=20k",
                "arena:footprint=1MiB,arena=64KiB,accesses=20k"
            })
    void everyWayOfRestoringEndsAsTheProgramHasTo(String text) {
        Path file = folder.resolve("a.nws");
        Guest guest = start(text);
        guest.slice(7000);
        save(guest, file, null);
        assertThat(guest.finish()).containsExactly(expected(text));
        guest.closeAndVerify();
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            Guest eager = eagerly(snapshot, PageSize.SIZE_4K);
            assertThat(eager.finish()).containsExactly(expected(text));
            eager.closeAndVerify();
            Restored lazy = lazily(snapshot);
            assertThat(lazy.guest.finish()).containsExactly(expected(text));
            assertThat(lazy.memory.counts().faultPages()).isPositive();
            lazy.guest.closeAndVerify();
        }
    }

    @Test
    void guestThatIsNotAllLoadedIsSavedWhole() {
        Path file = folder.resolve("a.nws");
        Guest guest = start(GUPS);
        guest.slice(7000);
        save(guest, file, null);
        guest.vm.close();
        Path again = folder.resolve("b.nws");
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            Restored lazy = lazily(snapshot);
            save(lazy.guest, again, null);
            assertThat(lazy.guest.finish()).containsExactly(expected(GUPS));
            lazy.guest.closeAndVerify();
        }
        try (SnapshotFile second = SnapshotFile.open(again)) {
            Guest eager = eagerly(second, PageSize.SIZE_4K);
            assertThat(eager.finish()).containsExactly(expected(GUPS));
            eager.closeAndVerify();
        }
    }

    @Test
    void largePagesAreLargeAgain() {
        Path file = folder.resolve("a.nws");
        Guest guest = start(GUPS, PageSize.SIZE_2M);
        guest.slice(7000);
        save(guest, file, null);
        guest.vm.close();
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(snapshot.state().vm().memory().largePages().size()).isPositive();
            Guest eager = eagerly(snapshot, PageSize.SIZE_2M);
            assertThat(eager.vm.secondLevel().backedBytes(PageSize.SIZE_2M)).isPositive();
            assertThat(eager.finish()).containsExactly(expected(GUPS));
            eager.closeAndVerify();
        }
    }

    @Test
    void differencesHoldWhatDiffersAndAllOfTheChainIsRead() {
        Guest guest = start(GUPS);
        guest.slice(15000);
        save(guest, folder.resolve("0.nws"), null);
        for (int i = 1; i < 4; i++) {
            guest.slice(40);
            try (SnapshotFile base = SnapshotFile.open(folder.resolve(i - 1 + ".nws"))) {
                save(guest, folder.resolve(i + ".nws"), base);
            }
        }
        guest.vm.close();
        try (SnapshotFile last = SnapshotFile.open(folder.resolve("3.nws"))) {
            assertThat(last.ownPages()).isBetween(1L, 600L);
            Guest eager = eagerly(last, PageSize.SIZE_4K);
            assertThat(eager.finish()).containsExactly(expected(GUPS));
            eager.closeAndVerify();
        }
    }

    @Test
    void workingSetLeavesHardlyAFaultAndIsThreeTimesFaster() throws IOException {
        Path file = folder.resolve("a.nws");
        Guest guest = start(GUPS);
        guest.slice(10000);
        save(guest, file, null);
        guest.vm.close();
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            Restored first = lazily(snapshot);
            assertThat(first.guest.finish()).containsExactly(expected(GUPS));
            PageSet faulted = new PageSet();
            first.memory.faulted(faulted);
            Restores.keepWorkingSet(snapshot, faulted);
            first.guest.closeAndVerify();
            try (SnapshotFile again = SnapshotFile.open(file);
                    SnapshotFile set = SnapshotFile.open(Restores.workingSetOf(file))) {
                Machine machine = machine();
                VirtualMachine vm = vm(machine);
                LazyMemory memory = new LazyMemory(vm, again, StorageCosts.ASSUMED);
                memory.prefetch(set);
                GuestKernel kernel = Restores.lazily(again, vm, memory, ProgramSpec::open);
                Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
                Guest second = new Guest(machine, vm, kernel);
                assertThat(second.finish()).containsExactly(expected(GUPS));
                assertThat(memory.counts().faultPages()).isLessThanOrEqualTo(faulted.size() / 20);
                assertThat(memory.counts().prefetchPages()).isEqualTo(faulted.size());
                assertThat(3 * memory.counts().waitedNanos())
                        .isLessThan(first.memory.counts().waitedNanos());
                second.closeAndVerify();
            }
        }
    }

    @Test
    void whatIsLoadedInTheBackgroundNobodyWaitsFor() {
        Path file = folder.resolve("a.nws");
        Guest guest = start(GUPS);
        guest.slice(10000);
        save(guest, file, null);
        guest.vm.close();
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            Restored lazy = lazily(snapshot);
            lazy.memory.tick(1_000_000_000);
            assertThat(lazy.memory.counts().backgroundPages()).isPositive();
            long before = lazy.memory.counts().faultPages();
            assertThat(lazy.guest.finish()).containsExactly(expected(GUPS));
            assertThat(lazy.memory.counts().faultPages()).isEqualTo(before);
            assertThat(lazy.memory.nextNanos()).isEqualTo(Long.MAX_VALUE);
            lazy.guest.closeAndVerify();
        }
    }

    @Test
    void unreadableFileStopsItsGuestAndNoOther() throws IOException {
        Path file = folder.resolve("a.nws");
        Guest guest = start(GUPS);
        guest.slice(10000);
        save(guest, file, null);
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            Restored lazy = lazily(snapshot);
            Slice _ = lazy.guest.slice(10);
            byte[] contents = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(contents, 1000));
            Slice slice;
            do {
                slice = lazy.guest.slice(1000);
            } while (slice instanceof Slice.More);
            assertThat(slice.toString()).contains("memory that it needs cannot be loaded", "a.nws");
            lazy.guest.closeAndVerify();
        }
        assertThat(guest.finish()).containsExactly(expected(GUPS));
        guest.closeAndVerify();
    }

    @Test
    void filesCutShortOrWithAFlippedBitAreRefused() throws IOException {
        Path file = folder.resolve("a.nws");
        Guest guest = start("sequential:footprint=256KiB,accesses=3k");
        guest.slice(1500);
        save(guest, file, null);
        guest.vm.close();
        byte[] contents = Files.readAllBytes(file);
        List<Integer> cuts = new ArrayList<>(List.of(0, 7, 8, 20, contents.length - 1));
        for (int i = 0; i + 4 < contents.length; i++) {
            String tag = new String(contents, i, 4, StandardCharsets.ISO_8859_1);
            if (List.of("HEAD", "BLOK", "STAT", "INDX").contains(tag)) {
                cuts.add(i);
                cuts.add(i + 12);
            }
        }
        assertThat(cuts).hasSizeGreaterThan(12);
        Path damaged = folder.resolve("b.nws");
        for (int cut : cuts) {
            Files.write(damaged, Arrays.copyOf(contents, cut));
            assertRefused(damaged, "cut at " + cut);
        }
        Random random = new Random(5);
        int flips = Boolean.getBoolean("nestwalk.long") ? 10_000 : 400;
        for (int i = 0; i < flips; i++) {
            byte[] changed = contents.clone();
            int bit = random.nextInt(8 * contents.length);
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(damaged, changed);
            assertRefused(damaged, "bit " + bit);
        }
    }

    private static void assertRefused(Path file, String what) {
        assertThatThrownBy(
                        () -> {
                            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                                snapshot.verify();
                            }
                        })
                .as(what)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("b.nws");
    }

    @Test
    void missingOrOtherBaseIsRefused() throws IOException {
        Guest guest = start(GUPS);
        guest.slice(5000);
        Path first = folder.resolve("0.nws");
        Path second = folder.resolve("1.nws");
        save(guest, first, null);
        try (SnapshotFile base = SnapshotFile.open(first)) {
            save(guest, second, base);
            try (FrozenGuest frozen = FrozenGuest.of(guest.machine, guest.vm, guest.kernel)) {
                assertThatThrownBy(() -> frozen.write(first, base))
                        .isInstanceOf(InputException.class)
                        .hasMessageContaining("cannot take the place of its base");
            }
        }
        guest.slice(100);
        save(guest, first, null);
        guest.vm.close();
        assertThatThrownBy(() -> SnapshotFile.open(second))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("its base is another snapshot");
        Files.delete(first);
        assertThatThrownBy(() -> SnapshotFile.open(second))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("its base is missing");
    }

    @Test
    void fullDiskLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.nws");
        Guest guest = start(GUPS);
        guest.slice(5000);
        save(guest, file, null);
        byte[] old = Files.readAllBytes(file);
        try (FrozenGuest frozen = FrozenGuest.of(guest.machine, guest.vm, guest.kernel)) {
            assertThatThrownBy(() -> frozen.write(Path.of("/dev/full"), null))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("cannot be written");
            for (int room = 0; room < old.length; room += old.length / 7) {
                int most = room;
                assertThatThrownBy(() -> frozen.writeTo(new SmallDisk(most), "small"))
                        .isInstanceOf(InputException.class)
                        .hasMessageContaining("No space left");
            }
            assertThatThrownBy(() -> frozen.write(folder.resolve("no/a.nws"), null))
                    .isInstanceOf(InputException.class);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(old);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(guest.finish()).containsExactly(expected(GUPS));
        guest.closeAndVerify();
    }
}
