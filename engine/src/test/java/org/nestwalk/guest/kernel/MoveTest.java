package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.guest.program.Program;

class MoveTest {
    private static final long BYTES = 32 * Guest.MIB;

    @Test
    void tasksGoOnWhereMemoryAndCpuStateAreBrought() {
        FlatMachine from = new FlatMachine(BYTES, 2);
        FlatMachine to = new FlatMachine(BYTES, 2);
        Program program = Guest.program("gups:footprint=4MiB,accesses=20k");
        try (GuestKernel kernel =
                new GuestKernel(from, Guest.settings(PagePolicy.TRANSPARENT_HUGE))) {
            Task first = Guest.start(kernel, program, 0);
            Task second = Guest.start(kernel, program, 1);
            assertThat(kernel.slice(0, 5000)).isEqualTo(Slice.MORE);
            assertThat(kernel.slice(1, 9000)).isEqualTo(Slice.MORE);
            for (long gpa = 0; gpa < BYTES; gpa += 8) {
                to.memory.write(gpa, from.memory.read(gpa));
            }
            for (int cpu = 0; cpu < 2; cpu++) {
                to.cpus().get(cpu).restore(from.cpus().get(cpu).state());
            }
            kernel.moveTo(to);
            assertThat(kernel.slice(0, 20_000)).isEqualTo(Slice.IDLE);
            assertThat(kernel.slice(1, 20_000)).isEqualTo(Slice.IDLE);
            Guest.assertPlain(first, program);
            Guest.assertPlain(second, program);
        }
    }

    @Test
    void machineOfAnotherSizeIsRefused() {
        GuestKernel kernel =
                new GuestKernel(new FlatMachine(BYTES, 2), Guest.settings(PagePolicy.SMALL));
        assertThatThrownBy(() -> kernel.moveTo(new FlatMachine(BYTES, 1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("as many CPUs");
    }
}
