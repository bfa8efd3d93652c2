package org.nestwalk.kvm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.kvm.code.RandomLoads;
import org.nestwalk.kvm.sys.NativeFunction;

class LoadPatternTest {
    @ParameterizedTest
    @ValueSource(longs = {64, 4096})
    void loadsReadOneLineOfEachUnit(long stride) {
        LoadPattern pattern = new LoadPattern(37 * stride, stride);
        Map<Long, Long> lines = new HashMap<>();
        long state = 1;
        for (int i = 0; i < 2_000; i++) {
            state = LoadPattern.next(state);
            long offset = pattern.offset(state);
            assertThat(offset).isBetween(0L, pattern.bytes() - 8).isEqualTo(offset & -64);
            Long before = lines.put(offset / stride, offset);
            assertThat(before == null || before == offset).isTrue();
        }
        assertThat(lines).hasSize(37);
    }

    @Test
    void linesOfPagesAreSpreadOverCacheSets() {
        LoadPattern pattern = new LoadPattern(1 << 22, 4096);
        Set<Long> lines = new HashSet<>();
        for (long unit = 0; unit < pattern.bytes(); unit += 4096) {
            lines.add(pattern.line(unit));
        }
        assertThat(lines).hasSize(64);
    }

    @Test
    void machineCodeReadsWhatThePatternSays() {
        LoadPattern pattern = new LoadPattern(40 * 4096, 4096);
        try (Arena arena = Arena.ofConfined();
                NativeFunction function = NativeFunction.of(RandomLoads.asFunction().bytes())) {
            MemorySegment memory = arena.allocate(pattern.bytes(), 4096);
            for (long at = 0; at < pattern.bytes(); at += 8) {
                memory.set(ValueLayout.JAVA_LONG, at, at);
            }
            LoadBlock block = new LoadBlock(arena.allocate(RandomLoads.BLOCK_BYTES, 64));
            long state = block.segment().get(ValueLayout.JAVA_LONG, RandomLoads.STATE);
            for (int i = 0; i < 100; i++) {
                block.prepare(memory.address(), pattern, 1, 1, 1);
                function.call(block.segment().address());
                state = LoadPattern.next(LoadPattern.next(LoadPattern.next(state)));
                assertThat(block.segment().get(ValueLayout.JAVA_LONG, RandomLoads.VALUE))
                        .isEqualTo(pattern.offset(state));
            }
        }
    }

    @Test
    void loadsInOrderReachEveryPage() {
        LoadPattern pattern = new LoadPattern(48 * 4096, 4096);
        long state = 0;
        Set<Long> units = new HashSet<>();
        long increment = Long.divideUnsigned(-1, pattern.units()) + 1;
        for (int i = 0; i < 48; i++) {
            state += increment;
            units.add(pattern.offset(state) / 4096);
        }
        assertThat(units).hasSize(48);
    }

    @Test
    void patternsOfLessThanTwoUnitsAreRefused() {
        assertThatThrownBy(() -> new LoadPattern(4096, 4096))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LoadPattern(4096, 96))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
