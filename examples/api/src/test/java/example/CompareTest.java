package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.SetupCounts;

class CompareTest {
    private static SetupCounts setup(ComparisonResult result, String name) {
        return result.setups().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSegmentMakesWalksAsShortAsWithoutAVirtualMachine() {
        ComparisonResult result = Compare.run("transpose:footprint=64MiB,accesses=200k");

        SetupCounts bare = setup(result, "native:4K");
        SetupCounts segment = setup(result, "segment:4K");
        SetupCounts nested = setup(result, "nested:4K/4K");
        assertEquals(bare.counts().walks.walks, segment.counts().walks.walks);
        assertEquals(bare.referencesPerWalk(), segment.referencesPerWalk());
        assertTrue(nested.referencesPerWalk() > segment.referencesPerWalk());
    }

    @Test
    void tilesNeedFewerWalks() {
        List<Long> walks =
                List.of("", ",tile=32").stream()
                        .map(tile -> "transpose:footprint=64MiB,accesses=1M" + tile)
                        .map(program -> setup(Compare.run(program), "segment:4K"))
                        .map(segment -> segment.counts().walks.walks)
                        .toList();

        assertTrue(walks.get(0) > 10 * walks.get(1), walks::toString);
    }
}
