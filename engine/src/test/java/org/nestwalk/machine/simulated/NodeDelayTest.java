package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.machine.simulated.host.NodeDelay;
import org.nestwalk.machine.simulated.host.NodeLoads;
import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Latencies are multiples of the 100 cycles of local idle memory.
class NodeDelayTest {
    private static final long NODE = 16L << 20;

    private final SimulatedSettings settings =
            SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 4 * NODE)
                    .withTopology(new Topology(4, 1.5, 60));
    private final NodeLoads loads =
            new NodeLoads(
                    settings.topology(),
                    settings.nodeBytes(),
                    settings.model().memory().memoryCycles());
    private final NodeDelay delay = new NodeDelay(loads);

    @Test
    void idleMemoryCostsTheWayToIt() {
        assertThat(data(0)).isZero();
        assertThat(data(NODE - 1)).isZero();
        assertThat(data(NODE)).isEqualTo(50);
        assertThat(data(4 * NODE - 1)).isEqualTo(50);
    }

    @Test
    void loadedMemoryIsWaitedForOnItsOwnNodeToo() {
        loads.set(0, 3.5);
        loads.set(2, 2);
        assertThat(data(0)).isEqualTo(200);
        assertThat(data(2 * NODE)).isEqualTo(50 + 50);
        assertThat(data(NODE)).isEqualTo(50);
        delay.moveTo(2);
        assertThat(data(0)).isEqualTo(50 + 200);
        assertThat(data(2 * NODE)).isEqualTo(50);
        loads.set(2, 1.5);
        assertThat(data(2 * NODE)).as("idle again").isZero();
    }

    @Test
    void everyReferenceIsCountedByKindAndNode() {
        loads.set(0, 2.5);
        delay.cycles(MemoryDelay.DATA, 0);
        delay.cycles(MemoryDelay.DATA, 3 * NODE);
        delay.cycles(0, 3 * NODE);
        delay.moveTo(3);
        delay.cycles(0, 3 * NODE);
        NodeCounts counts = delay.counts();
        assertThat(counts.references(MemoryDelay.DATA, 0)).isEqualTo(1);
        assertThat(counts.references(MemoryDelay.DATA, 3)).isEqualTo(1);
        assertThat(counts.references(0, 3)).isEqualTo(2);
        assertThat(counts.remote(0)).isEqualTo(1);
        assertThat(counts.remote(MemoryDelay.DATA)).isEqualTo(1);
        assertThat(counts.delayCycles()).isEqualTo(100 + 50 + 50);
    }

    private int data(long hpa) {
        return delay.cycles(MemoryDelay.DATA, hpa);
    }
}
