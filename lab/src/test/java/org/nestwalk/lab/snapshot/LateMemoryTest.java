package org.nestwalk.lab.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.lazy.LazyMemory;
import org.nestwalk.hypervisor.lazy.PageStore;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;

/// What holds of memory that has not been loaded yet, on both machines: the hypervisor finds it,
/// can change it and take it away, and no table of the guest is used that does not fit its state.
class LateMemoryTest {
    private static final long MEMORY = 32L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final String PROGRAM = "gups:footprint=4MiB,accesses=20k,seed=4";

    @TempDir Path folder;

    static Stream<SnapshotHost> hosts() {
        SnapshotHost simulated = new SnapshotHost(Machines.named("skylake-sp").model());
        return Files.isWritable(Path.of("/dev/kvm"))
                ? Stream.of(simulated, new SnapshotHost(null))
                : Stream.of(simulated);
    }

    /// A snapshot that differs from the one in the file by words of its pages.
    private record Changed(SnapshotFile file, long gpa, int index, long word) implements PageStore {
        @Override
        public boolean has(long page) {
            return file.has(page);
        }

        @Override
        public long read(long page, long[] words) {
            long read = file.read(page, words);
            if (page == gpa) {
                words[index] = word;
            }
            return read;
        }

        @Override
        public void pages(PageSet into) {
            file.pages(into);
        }
    }

    private record Guest(VirtualMachine vm, LazyMemory memory, GuestKernel kernel) {
        Slice finish() {
            Slice slice;
            do {
                slice = kernel.slice(0, 1000);
            } while (slice instanceof Slice.More);
            return slice;
        }
    }

    private SnapshotFile take(SnapshotHost host) {
        Path file = folder.resolve("a.nws");
        SnapshotExperiment.Result _ =
                SnapshotExperiment.run(PROGRAM, host, MEMORY, 10_000, file, null);
        return SnapshotFile.open(file);
    }

    private static Guest restore(Machine machine, SnapshotFile file, PageStore store) {
        VirtualMachine vm =
                machine.create(new VmSettings("the guest", MEMORY, 1, TranslationMode.NESTED));
        LazyMemory memory = new LazyMemory(vm, store, null);
        vm.attach(memory);
        GuestKernel kernel = file.state().resume(vm, ProgramSpec::open, memory);
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        return new Guest(vm, memory, kernel);
    }

    private static List<Long> missing(SnapshotFile file, LazyMemory memory) {
        PageSet pages = new PageSet();
        file.pages(pages);
        List<Long> missing = new ArrayList<>();
        pages.forEach(page -> {
            if (memory.isMissing(page)) {
                missing.add(page);
            }
        });
        return missing;
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void hypervisorFindsWhatIsNotLoadedAndKeepsTheRestOfAPageThatItWrites(SnapshotHost host) {
        try (SnapshotFile file = take(host);
                Machine machine = host.openToLoad(MEMORY)) {
            Guest guest = restore(machine, file, file);
            List<Long> missing = missing(file, guest.memory);
            assertThat(missing).hasSizeGreaterThan(100);
            long[] there = new long[GuestMemory.PAGE_WORDS];
            long[] found = new long[GuestMemory.PAGE_WORDS];
            for (int i = 0; i < 4; i++) {
                long page = missing.get(20 * i);
                long _ = file.read(page, there);
                guest.vm.exclusively(() -> {
                    GuestMemory memory = guest.vm.memory();
                    memory.write(page + 8, 77);
                    memory.readPage(page, found);
                });
                there[1] = 77;
                assertThat(found).isEqualTo(there);
                long other = missing.get(20 * i + 1);
                long _ = file.read(other, there);
                assertThat(guest.vm.<Long>exclusively(() -> guest.vm.memory().read(other + 16)))
                        .isEqualTo(there[2]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void pageTakenAwayBeforeItIsLoadedHoldsZeroes(SnapshotHost host) {
        try (SnapshotFile file = take(host);
                Machine machine = host.openToLoad(MEMORY)) {
            Guest guest = restore(machine, file, file);
            long page = missing(file, guest.memory).get(30);
            guest.vm.exclusively(() -> {
                guest.vm.secondLevel().unmap(page, PAGE);
                long[] words = new long[GuestMemory.PAGE_WORDS];
                guest.vm.memory().readPage(page, words);
                assertThat(words).containsOnly(0);
                guest.vm.cpus().getFirst().kernel().store(page, 5);
                guest.vm.memory().readPage(page, words);
                assertThat(words[0]).isEqualTo(5);
                words[0] = 0;
                assertThat(words).containsOnly(0);
            });
            assertThat(guest.memory.isMissing(page)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void tableThatDoesNotFitItsStateStopsTheGuestBeforeItIsUsed(SnapshotHost host) {
        try (SnapshotFile file = take(host)) {
            long root = file.state().kernel().processes().alive().getFirst().space().root();
            long[] words = new long[GuestMemory.PAGE_WORDS];
            long table = root;
            int index = 0;
            for (int level = 4; level >= 1; level--) {
                long _ = file.read(table, words);
                index = 0;
                while (!PagingEntry.isPresent(words[index])) {
                    index++;
                }
                if (level > 1) {
                    table = PagingEntry.table(words[index]);
                }
            }
            long entry = words[index];
            List<Long> wrong =
                    List.of(
                            entry & ~PagingEntry.ADDRESS | root,
                            entry & ~PagingEntry.ADDRESS | table,
                            entry & ~PagingEntry.ADDRESS | MEMORY + PAGE,
                            entry & ~PagingEntry.ADDRESS | MEMORY - PAGE,
                            entry & ~PagingEntry.ADDRESS | PAGE,
                            entry & ~PagingEntry.ADDRESS | words[index + 1] & PagingEntry.ADDRESS);
            for (long word : wrong) {
                try (Machine machine = host.openToLoad(MEMORY)) {
                    Guest guest = restore(machine, file, new Changed(file, table, index, word));
                    assertThat(guest.memory.isMissing(table)).isTrue();
                    assertThat(guest.finish().toString())
                            .contains("memory that it needs cannot be loaded: the frame at 0x");
                    assertThat(guest.memory.isMissing(table)).isTrue();
                }
                try (Machine machine = host.openToLoad(MEMORY)) {
                    VirtualMachine vm =
                            machine.create(
                                    new VmSettings("the guest", MEMORY, 1, TranslationMode.NESTED));
                    LazyMemory memory =
                            new LazyMemory(vm, new Changed(file, table, index, word), null);
                    vm.attach(memory);
                    memory.prefetch(new Changed(file, table, index, word));
                    assertThatThrownBy(() -> file.state().resume(vm, ProgramSpec::open, memory))
                            .isInstanceOf(InputException.class)
                            .hasMessageContaining("the frame at 0x");
                }
            }
        }
    }
}
