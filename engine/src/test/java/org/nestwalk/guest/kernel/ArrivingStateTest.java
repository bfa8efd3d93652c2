package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.VirtualMachine;

/// Tables of a guest that goes on before all of its memory is there are looked at as they arrive,
/// in whatever order.
class ArrivingStateTest {
    private static final long BYTES = 32 * Guest.MIB;
    private static final long PAGE = 4096;
    private static final Program PROGRAM = Guest.program("gups:footprint=4MiB,accesses=20k");

    /// Memory of which nothing has arrived but what [#arrive] has brought.
    private static final class Arriving implements ArrivingMemory {
        private final VirtualMachine machine;
        private final Set<Long> here = new HashSet<>();
        private @Nullable Visitor visitor;

        Arriving(VirtualMachine machine) {
            this.machine = machine;
        }

        @Override
        public boolean isMissing(long gpa) {
            return !here.contains(gpa);
        }

        @Override
        public void beforeArrival(Visitor whom) {
            visitor = whom;
        }

        long[] words(long gpa) {
            long[] words = new long[512];
            machine.memory().readPage(gpa, words);
            return words;
        }

        void arrive(long gpa, long[] words) {
            Objects.requireNonNull(visitor).page(gpa, words);
            here.add(gpa);
        }
    }

    private static GuestState saved() {
        try (Guest guest = new Guest(Machines.NESTED, BYTES, 1, Guest.settings(PagePolicy.SMALL))) {
            GuestProcess process =
                    guest.kernel.start(
                            0, "gups", List.of(Vma.around(PROGRAM.base(), PROGRAM.footprint())));
            Task task =
                    guest.kernel.run(process, TaskProgram.of(PROGRAM.spec()), ProgramSpec::open, 0);
            guest.slice(0, 5_000);
            guest.kernel.fork(0, task, PROGRAM.steps(), 0);
            guest.slice(0, 5_000);
            return GuestState.save(guest.kernel);
        }
    }

    private static Arriving restored(GuestState state) {
        VirtualMachine machine = Machines.NESTED.create(BYTES, 1).vm();
        state.vm().restore(machine);
        return new Arriving(machine);
    }

    private static List<Long> shuffled(long seed) {
        List<Long> pages = new ArrayList<>();
        for (long gpa = 0; gpa < BYTES; gpa += PAGE) {
            pages.add(gpa);
        }
        Collections.shuffle(pages, new Random(seed));
        return pages;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void pagesMayArriveInAnyOrder(long seed) {
        GuestState state = saved();
        Arriving arriving = restored(state);
        GuestKernel kernel =
                GuestKernel.restore(arriving.machine, state.kernel(), ProgramSpec::open, arriving);
        assertThat(arriving.visitor).isNotNull();
        shuffled(seed).forEach(gpa -> arriving.arrive(gpa, arriving.words(gpa)));
        List<Task> tasks =
                kernel.processes().stream().flatMap(one -> one.tasks().stream()).toList();
        assertThat(tasks).hasSize(2);
        while (kernel.slice(0, 5_000) instanceof Slice.More) {
            // To the end.
        }
        tasks.forEach(task -> Guest.assertPlain(task, PROGRAM));
        kernel.close();
        assertThat(kernel.isAllFree()).isTrue();
    }

    @Test
    void whatIsThereAtOnceIsNotAwaited() {
        GuestState state = saved();
        Arriving arriving = restored(state);
        arriving.here.addAll(shuffled(1));
        GuestKernel.restore(arriving.machine, state.kernel(), ProgramSpec::open, arriving);
        assertThat(arriving.visitor).isNull();
    }

    /// An entry of the last level that leads to another frame is refused, and so is all that comes
    /// after it.
    @Test
    void tablesThatMakeNoSenseDoNotArriveNorDoesAnythingAfterThem() {
        GuestState state = saved();
        Arriving arriving = restored(state);
        GuestKernel.restore(arriving.machine, state.kernel(), ProgramSpec::open, arriving);
        long root = state.kernel().processes().alive().getFirst().space().root();
        long[] words = arriving.words(root);
        for (int i = 0; i < words.length; i++) {
            if (PagingEntry.isPresent(words[i])) {
                // The kernel's own range.
                words[i] &= ~PagingEntry.ADDRESS;
            }
        }
        assertThatThrownBy(() -> arriving.arrive(root, words))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is a free frame, or another's");
        assertThatThrownBy(() -> arriving.arrive(PAGE, arriving.words(PAGE)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is a free frame, or another's");
    }

    /// What is wrong only in sum is found with the last table.
    @Test
    void countsAreHeldOnceTheLastTableIsThere() {
        GuestState state = saved();
        Arriving arriving = restored(state);
        GuestKernel.restore(arriving.machine, state.kernel(), ProgramSpec::open, arriving);
        long root = state.kernel().processes().alive().getFirst().space().root();
        assertThatThrownBy(
                        () -> {
                            for (long gpa : shuffled(4)) {
                                arriving.arrive(
                                        gpa, gpa == root ? new long[512] : arriving.words(gpa));
                            }
                        })
                .isInstanceOf(InputException.class)
                .hasMessageMatching("(frames are known to be mapped|process 1 has) .*");
    }
}
