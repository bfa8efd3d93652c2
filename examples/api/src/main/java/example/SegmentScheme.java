package example;

import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.SetupScheme;

/// The guest's tables over one segment: `segment:4K`, `segment:2M`, `segment:1G`.
///
/// After Gandhi, Basu, Hill and Swift, "Efficient memory virtualization: reducing dimensionality of
/// nested page walks", MICRO 2014: in the mode "VMM direct", guest-physical addresses are
/// host-physical ones but for an offset in a register, as long as they lie between two others. The
/// second dimension of a walk makes no reference then, and a walk of 24 has 4.
public final class SegmentScheme implements SetupScheme {
    @Override
    public String name() {
        return "segment";
    }

    @Override
    public int sizes() {
        return 1;
    }

    @Override
    public String description() {
        return "the guest's tables over one segment (Gandhi et al., MICRO 2014)";
    }

    @Override
    public Setup make(List<PageSize> sizes, SetupContext context) {
        return new SegmentSetup(sizes.getFirst(), context);
    }
}
