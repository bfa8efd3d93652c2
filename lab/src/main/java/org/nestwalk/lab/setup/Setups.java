package org.nestwalk.lab.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.Services;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.PhysicalMemory;

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
            List<PageSize> pages,
            String description,
            BiFunction<List<PageSize>, SetupContext, Setup> factory)
            implements SetupScheme {
        Scheme(
                String name,
                int sizes,
                String description,
                BiFunction<List<PageSize>, SetupContext, Setup> factory) {
            this(name, sizes, List.of(PageSize.values()), description, factory);
        }

        /// A scheme of tables that are no radix trees, for 4-KiB pages.
        static Scheme ofTable(
                String name, String description, OwnTableSetup.Kind kind, TableFactory tables) {
            return new Scheme(
                    name,
                    1,
                    List.of(PageSize.SIZE_4K),
                    description,
                    (_, context) ->
                            new OwnTableSetup(
                                    context,
                                    kind,
                                    (space, memory) -> tables.make(space, memory, context.seed())));
        }

        @Override
        public Setup make(List<PageSize> sizes, SetupContext context) {
            return factory.apply(sizes, context);
        }
    }

    private static final Set<String> WITHOUT_GUEST =
            Set.of("native", "tlb", "hashed", "cuckoo", "direct");

    private interface TableFactory {
        EntryTable make(EntryTable.Space space, PhysicalMemory memory, long seed);
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
                            (sizes, context) -> new FlatNestedSetup(sizes.get(0), context)),
                    new Scheme(
                            "tlb",
                            1,
                            List.of(PageSize.SIZE_4K),
                            "TLBs alone, as TLB simulators have them: misses take no walk and no"
                                    + " time",
                            (_, context) -> new TlbSetup(context)),
                    new Scheme(
                            "agile",
                            1,
                            List.of(PageSize.SIZE_4K),
                            "shadow tables above the guest's leaf tables under the second level"
                                    + " (Gandhi et al., ISCA 2016)",
                            (_, context) -> new AgileSetup(context)),
                    Scheme.ofTable(
                            "hashed",
                            "no virtual machine, a hashed table (Yaniv and Tsafrir, SIGMETRICS"
                                    + " 2016)",
                            OwnTableSetup.Kind.NONE,
                            HashedTable::new),
                    Scheme.ofTable(
                            "hashed2d",
                            "a hashed table of the guest's under one of the host's",
                            OwnTableSetup.Kind.OWN_MEMORY,
                            HashedTable::new),
                    Scheme.ofTable(
                            "cuckoo",
                            "no virtual machine, an elastic cuckoo table (Skarlatos et al., ASPLOS"
                                    + " 2020)",
                            OwnTableSetup.Kind.NONE,
                            CuckooTable::new),
                    Scheme.ofTable(
                            "cuckoo2d",
                            "one of the guest's under one of the host's (Stojkovic et al., ASPLOS"
                                    + " 2022)",
                            OwnTableSetup.Kind.OWN_MEMORY,
                            CuckooTable::new),
                    Scheme.ofTable(
                            "direct",
                            "no virtual machine, leaf entries in arrays (Zhang et al., ASPLOS"
                                    + " 2024)",
                            OwnTableSetup.Kind.NONE,
                            (space, memory, _) -> new DirectTable(space, memory)),
                    Scheme.ofTable(
                            "direct2d",
                            "such arrays of the guest's, in a row in host memory, and of the"
                                    + " host's",
                            OwnTableSetup.Kind.HOST_MEMORY,
                            (space, memory, _) -> new DirectTable(space, memory)));

    private static final Services<SetupScheme> SCHEMES =
            new Services<>(
                    () -> ServiceLoader.load(SetupScheme.class, SetupScheme.class.getClassLoader()),
                    SetupScheme::name,
                    OWN);

    private Setups() {}

    /// Schemes that others add, by the class path.
    public static List<SetupScheme> added() {
        return SCHEMES.added();
    }

    /// Every setup that schemes and page sizes make: what `--setups all` means.
    public static List<String> all() {
        List<String> all = new ArrayList<>();
        for (SetupScheme scheme : SCHEMES.all()) {
            for (PageSize guest : scheme.pages()) {
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

    /// Whether the setup called `name` has a guest, with a physical memory of its own.
    public static boolean hasGuest(String name) {
        return !WITHOUT_GUEST.contains(name.replaceFirst(":.*", ""));
    }

    /// Setups whose pages can have 4 KiB only.
    public static List<String> ofSmallPages() {
        return SCHEMES.all().stream()
                .filter(scheme -> scheme.pages().size() == 1)
                .map(SetupScheme::syntax)
                .toList();
    }

    /// What figures of `names` leave out that those of other setups have, as the end of a sentence;
    /// empty if nothing.
    public static String limits(List<String> names) {
        return names.stream()
                .filter(name -> name.startsWith("tlb:"))
                .findFirst()
                .map("; under %s misses take no walk and no time"::formatted)
                .orElse("");
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
                if (!scheme.pages().containsAll(sizes)) {
                    throw new InputException(
                            "setup '%s': its pages have 4 KiB; write %s"
                                    .formatted(name, scheme.syntax()));
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
