package org.nestwalk.memory;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;

/// Where the frames of a physical address space, guest-physical or host-physical, come from: an
/// allocator that never takes back, and whose answers follow from its seed alone.
///
/// No two answers overlap, whatever the mix of sizes. Memory use does not grow with what was
/// allocated. Not for several threads.
public sealed interface FrameLayout
        permits AscendingLayout, ContiguousLayout, ScatteredLayout, FragmentedLayout {
    /// The base address of a fresh page of `size`, naturally aligned, or -1 if the layout cannot
    /// give one now, because memory is fragmented or full; the caller then tries a smaller size. A
    /// later request of the same size may succeed.
    long allocate(PageSize size);

    /// The same for the page around `address`, of the address space that the frames are to be
    /// mapped in; each is asked for once, unless with a smaller size after -1.
    default long allocate(long address, PageSize size) {
        return allocate(size);
    }

    /// Whether the pages that it gives frames for have been written before.
    default boolean isWritten() {
        return false;
    }

    /// The text that [#parse] makes this layout from, without zone and seed.
    String spec();

    /// The layout that `spec` names, over [PhysicalZone#DEFAULT].
    static FrameLayout parse(String spec, long seed) {
        return parse(spec, PhysicalZone.DEFAULT, seed);
    }

    /// The layout that `spec` names, over `zone`: `contiguous`, `ascending`, `scattered` or
    /// `fragmented:D` with D from 0 to 1. An [InputException] says what else was given.
    static FrameLayout parse(String spec, PhysicalZone zone, long seed) {
        int colon = spec.indexOf(':');
        String name = colon < 0 ? spec : spec.substring(0, colon);
        String rest = colon < 0 ? "" : spec.substring(colon + 1);
        return switch (name) {
            case "contiguous" -> {
                requireBare(spec, colon);
                yield new ContiguousLayout(zone);
            }
            case "ascending" -> {
                requireBare(spec, colon);
                yield new AscendingLayout(zone);
            }
            case "scattered" -> {
                requireBare(spec, colon);
                yield new ScatteredLayout(zone, seed);
            }
            case "fragmented" -> new FragmentedLayout(zone, degree(spec, rest), seed);
            default ->
                    throw new InputException(
                            "unknown frame layout '"
                                    + spec
                                    + "'; use contiguous, ascending, scattered or fragmented:D"
                                    + " with D from 0 to 1");
        };
    }

    private static void requireBare(String spec, int colon) {
        if (colon >= 0) {
            throw new InputException(
                    "frame layout '"
                            + spec
                            + "': "
                            + spec.substring(0, colon)
                            + " takes no parameter");
        }
    }

    private static double degree(String spec, String text) {
        try {
            double degree = Double.parseDouble(text);
            if (degree >= 0 && degree <= 1) {
                return degree;
            }
        } catch (NumberFormatException e) {
            throw badDegree(spec, e);
        }
        throw badDegree(spec, null);
    }

    private static InputException badDegree(String spec, @Nullable NumberFormatException cause) {
        String message =
                "frame layout '"
                        + spec
                        + "': the degree of fragmentation is a number from 0 to 1, as in"
                        + " fragmented:0.3";
        return cause == null ? new InputException(message) : new InputException(message, cause);
    }
}
