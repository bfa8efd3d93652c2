package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.guest.SystemCall.Advice;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.Hypervisor.HypercallService;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What a kernel asks its hypervisor for when a program wants its memory beforehand.
class PrefetchCallsTest {
    private static final long MIB = 1 << 20;
    private static final long PAGE = 4096;
    private static final long BASE = 0x7f00_0000_0000L;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 64 * MIB));

    private record Asked(long gpa, long bytes) {}

    /// A kernel whose hypervisor answers calls for memory by `service`.
    private GuestKernel kernel(PagePolicy pages, HypercallService service) {
        VirtualMachine vm =
                machine.create(new VmSettings("vm", 32 * MIB, 1, TranslationMode.NESTED));
        Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K))
                .serve(Hypercalls.PREFETCH_PAGES, service);
        return new GuestKernel(vm, Guest.settings(pages));
    }

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    /// Every frame of the range is asked for once, those that the program has touched already, too:
    /// by ranges as long as frames follow one another, and again for what an answer leaves.
    ///
    /// @param touched how many pages the program stores to before, every third
    /// @param answer bytes that the hypervisor gives a call, at most
    @ParameterizedTest
    @CsvSource({
        "SMALL, 0, 0, 16, 1024",
        "SMALL, 0, 0, 16, 3",
        "SMALL, 10, 0, 16, 1024",
        "SMALL, 10, 5, 700, 1024",
        "SMALL, 300, 1, 1500, 7",
        "TRANSPARENT_HUGE, 0, 0, 1024, 1024",
        "TRANSPARENT_HUGE, 0, 100, 1030, 1024",
        "TRANSPARENT_HUGE, 200, 3, 1030, 100",
        "SMALL, 0, 0, 512, 1024",
        "SMALL, 0, 0, 513, 1024",
    })
    void everyFrameIsAskedForOnce(PagePolicy pages, int touched, long from, long to, long answer) {
        List<Asked> asked = new ArrayList<>();
        List<Asked> begun = new ArrayList<>();
        GuestKernel kernel =
                kernel(
                        pages,
                        (_, gpa, bytes, flags) -> {
                            long given = Math.min(answer * PAGE, bytes);
                            if (flags != 0) {
                                // For a large page that is about to be zeroed, or its rest.
                                assertThat((gpa + bytes) % (2 * MIB)).isZero();
                                return given;
                            }
                            Asked last = asked.isEmpty() ? new Asked(-1, 0) : asked.getLast();
                            boolean isRest =
                                    last.bytes() > answer * PAGE
                                            && gpa == last.gpa() + answer * PAGE
                                            && bytes == last.bytes() - answer * PAGE;
                            asked.add(new Asked(gpa, bytes));
                            if (!isRest) {
                                begun.add(new Asked(gpa, bytes));
                            }
                            return given;
                        });
        List<Object> steps = new ArrayList<>();
        steps.add(new SystemCall.Map(BASE, 8 * MIB));
        for (int i = 0; i < touched; i++) {
            steps.add(Guest.store(BASE + 3L * i * PAGE));
        }
        steps.add(new SystemCall.Advise(Advice.PREFETCH, BASE + from * PAGE, (to - from) * PAGE));
        steps.add(Guest.load(BASE));
        GuestProcess process = kernel.start(0, "p", List.of());
        kernel.run(process, SystemCallsTest.steps(steps.toArray()), 0);
        kernel.slice(0, touched + 2);

        AddressSpace space = process.space();
        PageSet expected = new PageSet();
        for (long page = from; page < to; page++) {
            assertThat(space.leafLevel(BASE + page * PAGE)).isPositive();
            int level = space.leafLevel(BASE + page * PAGE);
            long bytes = PageSize.ofLevel(level).bytes();
            long start = BASE + page * PAGE & -bytes;
            expected.add(space.translate(start), bytes);
        }
        PageSet seen = new PageSet();
        long sum = 0;
        for (Asked one : begun) {
            seen.add(one.gpa(), one.bytes());
            sum += one.bytes();
        }
        assertThat(seen.size()).as("%s", begun).isEqualTo(expected.size());
        expected.forEach(gpa -> assertThat(seen.contains(gpa)).isTrue());
        assertThat(sum).as("nothing twice").isEqualTo(expected.size() * PAGE);
        for (Asked one : begun) {
            long calls = (one.bytes() + answer * PAGE - 1) / (answer * PAGE);
            assertThat(asked.stream().filter(call -> isOf(call, one))).hasSize((int) calls);
        }
        // Frames that were free at the beginning follow one another.
        if (touched == 0) {
            assertThat(begun).hasSizeLessThanOrEqualTo(1 + (int) ((to - from) / 512) + 1);
        }
        kernel.close();
        assertThat(kernel.isAllFree()).isTrue();
    }

    private static boolean isOf(Asked call, Asked range) {
        return call.gpa() >= range.gpa()
                && call.gpa() + call.bytes() == range.gpa() + range.bytes();
    }

    /// A hypervisor that gives nothing is not asked again.
    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void anAnswerOfNothingEndsIt(long answer) {
        List<Asked> asked = new ArrayList<>();
        GuestKernel kernel =
                kernel(
                        PagePolicy.SMALL,
                        (_, gpa, bytes, _) -> {
                            asked.add(new Asked(gpa, bytes));
                            return answer;
                        });
        GuestProcess process = kernel.start(0, "p", List.of());
        kernel.run(
                process,
                SystemCallsTest.steps(
                        new SystemCall.Map(BASE, MIB),
                        new SystemCall.Advise(Advice.PREFETCH, BASE, 16 * PAGE)),
                0);
        while (kernel.slice(0, 100) instanceof Slice.More) {
            // To the end.
        }
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().bytes()).isEqualTo(16 * PAGE);
        kernel.close();
    }
}
