package org.nestwalk.lab.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.Services;
import org.nestwalk.bits.PageSize;

/// The setup schemes there are, those of others included ([SetupScheme]), and how users name a
/// setup: `native:4K`, `nested:2M/4K`, ...
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

    /// A scheme of this library.
    private record Scheme(
            String name,
            int sizes,
            String description,
            BiFunction<List<PageSize>, SetupContext, Setup> factory)
            implements SetupScheme {
        @Override
        public Setup make(List<PageSize> sizes, SetupContext context) {
            return factory.apply(sizes, context);
        }
    }

    private static final List<SetupScheme> OWN =
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

    private static final Services<SetupScheme> SCHEMES =
            new Services<>(SetupScheme.class, SetupScheme::name, OWN);

    private Setups() {}

    /// Every setup that schemes and page sizes make: what `--setups all` means.
    public static List<String> all() {
        List<String> all = new ArrayList<>();
        for (SetupScheme scheme : SCHEMES.all()) {
            for (PageSize guest : PageSize.values()) {
                if (scheme.sizes() == 1) {
                    all.add(scheme.name() + ":" + guest.label());
                    continue;
                }
                for (PageSize host : PageSize.values()) {
                    all.add(scheme.name() + ":" + guest.label() + "/" + host.label());
                }
            }
        }
        return all;
    }

    /// How setups are written, one line a scheme, for help texts.
    public static List<String> help() {
        return SCHEMES.all().stream()
                .map(scheme -> "%-18s %s".formatted(scheme.syntax(), scheme.description()))
                .toList();
    }

    /// What makes the setup called `name`.
    ///
    /// @throws InputException saying what is wrong with the name and what would be right
    public static Function<SetupContext, Setup> parse(String name) {
        int colon = name.indexOf(':');
        for (SetupScheme scheme : SCHEMES.all()) {
            if (colon > 0 && scheme.name().equals(name.substring(0, colon))) {
                String[] parts = name.substring(colon + 1).split("/", -1);
                if (parts.length != scheme.sizes()) {
                    throw new InputException(
                            "setup '%s': write %s, with sizes 4K, 2M or 1G"
                                    .formatted(name, scheme.syntax()));
                }
                List<PageSize> sizes = new ArrayList<>();
                for (String part : parts) {
                    sizes.add(size(name, part));
                }
                return context -> scheme.make(sizes, context);
            }
        }
        throw new InputException(
                "unknown setup '%s'; write %s, with sizes 4K, 2M or 1G"
                        .formatted(
                                name,
                                String.join(
                                        ", ",
                                        SCHEMES.all().stream().map(SetupScheme::syntax).toList())));
    }

    private static PageSize size(String name, String part) {
        try {
            return PageSize.parse(part);
        } catch (InputException e) {
            throw new InputException("setup '" + name + "': " + e.getMessage(), e);
        }
    }
}
