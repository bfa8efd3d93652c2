package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.migration.Rehearsal;

/// What a process does before it moves its first guest.
class RehearsalTest {
    @Test
    void guestsMoveInARehearsal() {
        assertThatCode(() -> Rehearsal.run(TestMachines.plain(), 2)).doesNotThrowAnyException();
    }
}
