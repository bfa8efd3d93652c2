package org.nestwalk.kvm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.MappedMemory;

/// The host itself, as far as it can be told without a clock.
class HostLoadsTest {
    private static final long BYTES = 16 << 20;
    private static final LoadPattern PATTERN = new LoadPattern(BYTES, 4096);

    private static PagedMemory memory(PageSize pages) {
        try {
            return PagedMemory.of(pages, BYTES, _ -> {});
        } catch (InputException e) {
            return abort(String.valueOf(e.getMessage()));
        }
    }

    private static Kvm kvm() {
        try {
            return Kvm.open();
        } catch (InputException e) {
            return abort(String.valueOf(e.getMessage()));
        }
    }

    @Test
    void clocksRun() {
        Clocks clocks = Clocks.measure();
        assertThat(clocks.ticksPerNanosecond()).isBetween(0.1, 10.0);
        assertThat(clocks.coreGHz()).isBetween(0.1, 20.0);
    }

    @Test
    void smallPagesAreSmall() {
        try (PagedMemory memory = memory(PageSize.SIZE_4K)) {
            assertThat(memory.largeBytes()).isZero();
        }
    }

    @Test
    void largePagesAreLarge() {
        try (PagedMemory memory = memory(PageSize.SIZE_2M)) {
            assertThat(memory.largeBytes()).isEqualTo(BYTES);
        }
    }

    @Test
    void nativeLoadsTakeTime() {
        try (PagedMemory memory = memory(PageSize.SIZE_4K);
                NativeLoads loads = new NativeLoads(memory)) {
            assertThat(loads.chase(PATTERN, 1000, 2000)).isPositive();
        }
    }

    @Test
    void guestLoadsTakeTimeAndLeaveNothingBehind() {
        int files = FileDescriptor.open();
        int mappings = MappedMemory.open();
        try (PagedMemory memory = memory(PageSize.SIZE_4K);
                Kvm kvm = kvm();
                GuestLoads loads = GuestLoads.of(kvm, memory, _ -> {})) {
            assertThat(loads.chase(PATTERN, 1000, 2000)).isPositive();
            assertThat(loads.chase(new LoadPattern(65536, 64), 1, 1)).isPositive();
        }
        assertThat(FileDescriptor.open()).isEqualTo(files);
        assertThat(MappedMemory.open()).isEqualTo(mappings);
    }

    private static long[] accesses() {
        long[] accesses = new long[4 * 512];
        for (int i = 0; i < accesses.length; i++) {
            accesses[i] = Access.pack(i % 2, i * 64L);
        }
        return accesses;
    }

    @Test
    void replayedAccessesTakeTimeNatively() {
        try (PagedMemory memory = memory(PageSize.SIZE_4K);
                NativeReplay replay = new NativeReplay(memory, 4096)) {
            assertThat(LongStream.of(replay.times(accesses(), 512, BYTES)).boxed())
                    .hasSize(4)
                    .allSatisfy(ticks -> assertThat(ticks).isPositive());
        }
    }

    @Test
    void replayedAccessesTakeTimeInAGuestAndLeaveNothingBehind() {
        int files = FileDescriptor.open();
        int mappings = MappedMemory.open();
        try (PagedMemory memory = memory(PageSize.SIZE_4K);
                Kvm kvm = kvm();
                GuestReplay replay = GuestReplay.of(kvm, memory, PageSize.SIZE_4K, 4096, _ -> {})) {
            assertThat(LongStream.of(replay.times(accesses(), 512, BYTES)).boxed())
                    .hasSize(4)
                    .allSatisfy(ticks -> assertThat(ticks).isPositive());
        }
        assertThat(FileDescriptor.open()).isEqualTo(files);
        assertThat(MappedMemory.open()).isEqualTo(mappings);
    }

    @Test
    void independentLoadsTakeTime() {
        try (PagedMemory memory = memory(PageSize.SIZE_4K);
                NativeLoads loads = new NativeLoads(memory)) {
            assertThat(loads.flood(PATTERN, 2000)).isPositive();
        }
    }
}
