package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.Disk;
import org.nestwalk.storage.DiskModel;
import org.nestwalk.storage.SimulatedTime;

/// Nothing can be asked for a process that has ended.
class EndedProcessesTest {
    private static final Vma AREA = Vma.around(0x7f00_0000_0000L, 4096);

    private static Named<BiConsumer<GuestKernel, GuestProcess>> named(
            String name, BiConsumer<GuestKernel, GuestProcess> operation) {
        return Named.of(name, operation);
    }

    static Stream<Named<BiConsumer<GuestKernel, GuestProcess>>> operations() {
        return Stream.of(
                named("run", (kernel, process) -> kernel.run(process, Guest.source(), 0)),
                named("map", (kernel, process) -> kernel.map(0, process, AREA)),
                named(
                        "unmap",
                        (kernel, process) -> kernel.unmap(0, process, AREA.start(), AREA.end())),
                named("protect", (kernel, process) -> kernel.protect(0, process, AREA)),
                named("fork", (kernel, process) -> kernel.fork(0, process)),
                named("exit", (kernel, process) -> kernel.exit(0, process)),
                named("mapFile", (kernel, process) -> kernel.mapFile(0, process, AREA, 1, 0)));
    }

    /// Numbers of address spaces are given again, those of processes are not.
    @Test
    void manyMoreProcessesCanComeAndGoThanThereAreAddressSpaces() {
        try (Guest guest =
                new Guest(Machines.FLAT, 16 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL))) {
            List<GuestProcess> seen = new ArrayList<>();
            guest.kernel.observeEnds(seen::add);
            GuestProcess last = guest.kernel.start(0, "p", List.of());
            for (int i = 0; i < 5_000; i++) {
                guest.kernel.exit(0, last);
                last = guest.kernel.start(0, "p", List.of());
            }
            assertThat(last.id()).isEqualTo(5_001);
            assertThat(last.space().pcid).isEqualTo(1);
            assertThat(seen).hasSize(5_000).doesNotHaveDuplicates();
            assertThat(guest.kernel.processes()).containsExactly(last);
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void operationIsRefused(BiConsumer<GuestKernel, GuestProcess> operation) {
        try (Guest guest =
                new Guest(Machines.FLAT, 16 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL))) {
            Disk disk = new Disk(DiskModel.NVME.withCapacity(2000), new SimulatedTime(), 5);
            guest.kernel.mount(disk, CacheSettings.of(4));
            GuestProcess process = guest.kernel.start(0, "p", List.of());
            guest.kernel.exit(0, process);
            long free = guest.kernel.allocator().freeFrames();
            assertThatThrownBy(() -> operation.accept(guest.kernel, process))
                    .isInstanceOf(InputException.class)
                    .hasMessage("process 1 (p) has ended");
            assertThat(guest.kernel.allocator().freeFrames()).isEqualTo(free);
            assertThatThrownBy(() -> guest.kernel.mount(disk, CacheSettings.of(4)))
                    .hasMessage("a disk is mounted already");
        }
    }
}
