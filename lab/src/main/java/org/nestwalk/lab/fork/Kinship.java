package org.nestwalk.lab.fork;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.fork.ForkedGuest.PageUse;
import org.nestwalk.memory.PageSet;

/// What guests of one family have in common, and what each has for itself.
final class Kinship {
    private static final int MOST_SHOWN = 32;

    private Kinship() {}

    /// The first of `guests`, each with the pages that it has now.
    ///
    /// @param before accesses that children had made when they were forked
    /// @param measured whether pages that were not touched cannot be told
    static List<ForkResult.Relative> family(
            List<ForkedGuest> guests, long before, boolean measured) {
        List<ForkResult.Relative> family = new ArrayList<>();
        for (ForkedGuest guest : guests.subList(0, Math.min(MOST_SHOWN, guests.size()))) {
            boolean isParent = family.isEmpty();
            PageUse use =
                    guest.failure().isEmpty()
                            ? guest.vm.exclusively(() -> guest.use(new PageSet(), measured))
                            : PageUse.NONE;
            family.add(
                    new ForkResult.Relative(
                            guest.vm.settings().name(),
                            isParent ? null : family.getFirst().name(),
                            guest.made() - (isParent ? 0 : before),
                            use.own(),
                            use.shared(),
                            measured ? null : (Long) use.untouched()));
        }
        return family;
    }

    /// How many different generations guests have, or random numbers their kernels draw, if those
    /// are fewer.
    static int single(List<ForkedGuest> guests) {
        List<ForkedGuest> alive =
                guests.stream().filter(guest -> guest.failure().isEmpty()).toList();
        long generations =
                alive.stream().mapToLong(guest -> guest.vm.generation()).distinct().count();
        long numbers = alive.stream().mapToLong(guest -> guest.kernel.random()).distinct().count();
        return (int) Math.min(generations, numbers);
    }

    /// The Jaccard index of what children next to each other touch, on average.
    ///
    /// @param measured whether only what they write can be told
    static double overlap(List<ForkedGuest> children, boolean measured) {
        double sum = 0;
        PageSet before = new PageSet();
        int pairs = 0;
        for (ForkedGuest child : children) {
            PageSet touched = new PageSet();
            PageUse _ = child.use(touched, measured);
            if (!before.isEmpty()) {
                PageSet both = new PageSet();
                both.addAll(before);
                both.addAll(touched);
                long common = before.size() + touched.size() - both.size();
                sum += (double) common / both.size();
                pairs++;
            }
            before = touched;
        }
        return pairs == 0 ? 1 : sum / pairs;
    }
}
