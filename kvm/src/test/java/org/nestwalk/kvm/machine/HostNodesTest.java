package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.kvm.sys.Threads;

/// Hosts made of files; and this one, which has a node 0.
class HostNodesTest {
    private static final long GIB = 1L << 30;

    @TempDir private Path sys;

    private void write(String file, String text) throws IOException {
        Path path = sys.resolve("devices/system/node").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private HostNodes twoNodes() throws IOException {
        write("online", "0,2\n");
        write("node0/cpulist", "0-3,8-11\n");
        write("node0/meminfo", "Node 0 MemTotal: 9 kB\nNode 0 MemFree:      1048576 kB\n");
        write("node2/cpulist", "4-7\n");
        write("node2/meminfo", "Node 2 MemFree:      4194304 kB\n");
        return HostNodes.in(sys);
    }

    private static BitSet processors(int... numbers) {
        BitSet set = new BitSet();
        for (int number : numbers) {
            set.set(number);
        }
        return set;
    }

    @Test
    void nodesAreAsTheKernelListsThem() throws IOException {
        HostNodes nodes = twoNodes();
        assertThat(nodes.nodes()).extracting(HostNodes.Node::number).containsExactly(0, 2);
        assertThat(nodes.node(0).processors()).isEqualTo(processors(0, 1, 2, 3, 8, 9, 10, 11));
        assertThat(nodes.node(2).freeBytes()).isEqualTo(4 * GIB);
    }

    @Test
    void aKernelThatListsNoneHasOne() {
        assertThat(HostNodes.in(sys).nodes())
                .extracting(HostNodes.Node::number)
                .isEqualTo(List.of(0));
        assertThat(HostNodes.in(sys).check(0, processors(5), GIB)).isEqualTo(processors(5));
    }

    @Test
    void threadsRunWhereBothAllow() throws IOException {
        assertThat(twoNodes().check(0, processors(3, 4, 8), GIB)).isEqualTo(processors(3, 8));
    }

    @Test
    void whatCannotBeIsSaid() throws IOException {
        HostNodes nodes = twoNodes();
        assertThatThrownBy(() -> nodes.check(1, processors(0), GIB))
                .isInstanceOf(InputException.class)
                .hasMessage("no node 1; this host has nodes 0, 2");
        assertThatThrownBy(() -> nodes.check(0, processors(0), 2 * GIB))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("node 0 has 1073741824 bytes free");
        assertThatThrownBy(() -> nodes.check(2, processors(0), GIB))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("may not run on the processors of node 2");
        assertThatThrownBy(() -> HostNodes.in(sys.resolve("none")).node(1))
                .hasMessage("no node 1; this host has node 0 only");
    }

    @Test
    void aGuestGoesWhereItsThreadsMayRunAndItsMemoryIs() throws IOException {
        HostNodes nodes = twoNodes();
        assertThat(nodes.choose(processors(0, 4), GIB)).hasValue(0);
        assertThat(nodes.choose(processors(0, 4), 2 * GIB)).hasValue(2);
        assertThat(nodes.choose(processors(0), 2 * GIB)).isEmpty();
        assertThat(HostNodes.in(sys.resolve("none")).choose(processors(0), 1))
                .isEqualTo(OptionalInt.empty());
    }

    @Test
    void memoryOfThisHostIsBoundToItsNodeAndToNoOther() {
        try (MappedMemory memory = MappedMemory.anonymous(1 << 20, 4096)) {
            int node = HostNodes.running().nodes().getFirst().number();
            memory.bind(node);
            memory.segment().fill((byte) 1);
            assertThatThrownBy(() -> memory.bind(MappedMemory.MOST_NODE))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("mbind to node 1023");
        }
    }

    @Test
    void threadsOfThisHostMayRunOnItsNodes() {
        BitSet allowed = Threads.processors();
        BitSet any = new BitSet();
        for (HostNodes.Node node : HostNodes.running().nodes()) {
            any.or(node.processors());
        }
        assertThat(any.isEmpty() || any.intersects(allowed)).isTrue();
    }
}
