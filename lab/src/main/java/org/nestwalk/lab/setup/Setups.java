package org.nestwalk.lab.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;

/// The setup schemes there are, and how users name a setup: `native:4K`, `nested:2M/4K`, ...
public final class Setups {
    /// What `run` compares unless told otherwise.
    public static final List<String> DEFAULT =
            List.of(
                    "native:4K",
                    "native:2M",
                    "nested:4K/4K",
                    "nested:4K/2M",
                    "nested:2M/4K",
                    "nested:2M/2M",
                    "shadow:4K");

    /// A scheme: its name, what follows the colon, one line about it, and how to make it.
    ///
    /// @param name before the colon
    /// @param sizes number of page sizes after the colon: 1, or 2 (guest and host)
    /// @param description one line
    private record Scheme(
            String name,
            int sizes,
            String description,
            BiFunction<List<PageSize>, SetupContext, Setup> factory) {
        String syntax() {
            return name + (sizes == 1 ? ":SIZE" : ":GUEST/HOST");
        }
    }

    private static final List<Scheme> SCHEMES =
            List.of(
                    new Scheme(
                            "native",
                            1,
                            "no virtual machine",
                            (sizes, context) -> new NativeSetup(sizes.get(0), context)),
                    new Scheme(
                            "nested",
                            2,
                            "the guest's tables under EPT or AMD's nested tables",
                            (sizes, context) ->
                                    new NestedSetup(sizes.get(0), sizes.get(1), context)),
                    new Scheme(
                            "shadow",
                            1,
                            "one table composed by the hypervisor; guest table writes exit",
                            (sizes, context) -> new ShadowSetup(sizes.get(0), context)),
                    new Scheme(
                            "flat",
                            1,
                            "the guest's tables under a flat array (Ahn et al., ISCA 2012)",
                            (sizes, context) -> new FlatNestedSetup(sizes.get(0), context)));

    private Setups() {}

    /// Every setup that schemes and page sizes make: what `--setups all` means.
    public static List<String> all() {
        List<String> all = new ArrayList<>();
        for (Scheme scheme : SCHEMES) {
            for (PageSize guest : PageSize.values()) {
                if (scheme.sizes == 1) {
                    all.add(scheme.name + ":" + guest.label());
                    continue;
                }
                for (PageSize host : PageSize.values()) {
                    all.add(scheme.name + ":" + guest.label() + "/" + host.label());
                }
            }
        }
        return all;
    }

    /// How setups are written, one line a scheme, for help texts.
    public static List<String> help() {
        return SCHEMES.stream()
                .map(scheme -> "%-18s %s".formatted(scheme.syntax(), scheme.description))
                .toList();
    }

    /// What makes the setup called `name`.
    ///
    /// @throws InputException saying what is wrong with the name and what would be right
    public static Function<SetupContext, Setup> parse(String name) {
        int colon = name.indexOf(':');
        for (Scheme scheme : SCHEMES) {
            if (colon > 0 && scheme.name.equals(name.substring(0, colon))) {
                String[] parts = name.substring(colon + 1).split("/", -1);
                if (parts.length != scheme.sizes) {
                    throw new InputException(
                            "setup '%s': write %s, with sizes 4K, 2M or 1G"
                                    .formatted(name, scheme.syntax()));
                }
                List<PageSize> sizes = new ArrayList<>();
                for (String part : parts) {
                    sizes.add(size(name, part));
                }
                return context -> scheme.factory.apply(sizes, context);
            }
        }
        throw new InputException(
                "unknown setup '%s'; write %s, with sizes 4K, 2M or 1G"
                        .formatted(
                                name,
                                String.join(", ", SCHEMES.stream().map(Scheme::syntax).toList())));
    }

    private static PageSize size(String name, String part) {
        try {
            return PageSize.parse(part);
        } catch (InputException e) {
            throw new InputException("setup '" + name + "': " + e.getMessage(), e);
        }
    }
}
