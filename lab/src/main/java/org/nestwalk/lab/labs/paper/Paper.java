package org.nestwalk.lab.labs.paper;

import java.util.List;
import org.nestwalk.lab.labs.paper.Figure.Measure;
import org.nestwalk.lab.labs.paper.Trial.Caches;
import org.nestwalk.lab.labs.paper.Trial.Remote;

/// A paper and the figures of it that are made here. No parameter of a machine or program is chosen
/// for a row: all rows of a paper have the same.
///
/// @param name how users call it: first author or system, and year
/// @param cite authors, title, venue and year
/// @param machine the preset that stands for its machine
/// @param programs that stand for its own
/// @param figures in order
record Paper(
        String name, String cite, String machine, List<String> programs, List<Figure> figures) {
    private static final String NESTED = "nested:4K/4K";
    private static final String NESTED_LARGE = "nested:2M/2M";
    private static final String SHADOW = "shadow:4K";
    private static final String AGILE = "agile:4K";
    static final String NATIVE = "native:4K";
    private static final String NATIVE_LARGE = "native:2M";
    private static final String ABSTRACT = "abstract";
    private static final String WALKS = "the walk described";
    private static final String SKYLAKE = "skylake-sp";
    private static final List<String> MIX =
            List.of("gups", "btree", "xsbench", "hash-join", "graph-bfs");
    private static final List<String> LARGE = List.of("gups", "btree", "xsbench");

    static final String BLOCKING =
            "our programs do nothing but access memory, one access after the other, where real ones"
                    + " compute between accesses and have several under way";
    private static final String WARM =
            "the preset's paging-structure caches spare radix walks nearly all upper entries, so"
                    + " that a warm one makes few references more than this scheme's";
    private static final String PROGRAMS =
            "other programs stand for those of the study, and caches for its machine's";
    private static final String NODES =
            "remote memory is taken as 1.65 times local; where tables' upper levels are is not"
                    + " known of the study";

    /// All, in order of years.
    static List<Paper> all() {
        return List.of(
                bhargava(),
                ahn(),
                pham(),
                gandhi(),
                yaniv(),
                mitosis(),
                vmitosis(),
                nestedEcpt(),
                dmt());
    }

    private static Paper bhargava() {
        Rows rows = new Rows("opteron-pwc", MIX);
        rows.gain(
                "nested entries in the walk cache",
                ABSTRACT,
                1.15,
                1.38,
                trial -> trial.in(NESTED).with(Caches.GUEST_STRUCTURE),
                trial -> trial.in(NESTED).with(Caches.STRUCTURE),
                PROGRAMS);
        rows.gain(
                "a nested TLB more",
                ABSTRACT,
                1.03,
                1.07,
                trial -> trial.in(NESTED).with(Caches.STRUCTURE),
                trial -> trial.in(NESTED),
                PROGRAMS);
        rows.gain(
                "large pages of the host more",
                ABSTRACT,
                1.03,
                1.22,
                trial -> trial.in(NESTED),
                trial -> trial.in("nested:4K/2M"),
                PROGRAMS);
        rows.steps("two-dimensional walk", "the walk described", 24, NESTED);
        return rows.paper(
                "bhargava-2008",
                "Bhargava et al., \"Accelerating two-dimensional page walks for virtualized"
                        + " systems\", ASPLOS 2008");
    }

    private static Paper ahn() {
        Rows rows = new Rows(SKYLAKE, MIX);
        rows.steps("flat nested walk", WALKS, 9, "flat:4K");
        rows.gain(
                "flat nested table",
                ABSTRACT,
                1.07,
                1.07,
                trial -> trial.in(NESTED),
                trial -> trial.in("flat:4K"),
                WARM);
        return rows.paper(
                "ahn-2012",
                "Ahn, Jin and Huh, \"Revisiting hardware-assisted page walks for virtualized"
                        + " systems\", ISCA 2012");
    }

    private static Paper pham() {
        Rows rows = new Rows(SKYLAKE, MIX);
        rows.steps("splintered walk, 2M on 4K", "its levels", 19, "nested:2M/4K");
        rows.ratio(
                Measure.MISSES,
                "TLB misses, 2M on 4K over 4K on 4K",
                "a splintered page is cached as 4K pages",
                1,
                1,
                trial -> trial.in("nested:2M/4K"),
                trial -> trial.in(NESTED),
                PROGRAMS);
        return rows.paper(
                "pham-2015",
                "Pham et al., \"Large pages and lightweight memory management in virtualized"
                        + " environments: can you have it both ways?\", MICRO 2015");
    }

    private static Paper gandhi() {
        Rows rows = new Rows(SKYLAKE, MIX);
        rows.steps("shadow walk", WALKS, 4, SHADOW);
        rows.steps("walk with nested leaf tables", WALKS, 8, AGILE);
        rows.steps("nested walk", WALKS, 24, NESTED);
        rows.gainOverBest(
                "agile paging over the better of nested and shadow, more than",
                ABSTRACT,
                1.12,
                List.of(NESTED, SHADOW),
                AGILE,
                "programs here touch memory for the first time, which costs agile paging an exit"
                    + " for each new leaf table, shadow paging one for each page and nested paging"
                    + " none");
        rows.ratio(
                Measure.TIME,
                "agile paging over native",
                ABSTRACT,
                1,
                1.04,
                trial -> trial.in(AGILE),
                trial -> trial.in(NATIVE),
                "leaf tables are nested throughout here, where the paper's policy returns to the"
                    + " shadow what the guest no longer writes, and each new one costs an exit");
        return rows.paper(
                "gandhi-2016",
                "Gandhi, Hill and Swift, \"Agile paging: exceeding the best of nested and shadow"
                        + " paging\", ISCA 2016");
    }

    private static Paper yaniv() {
        Rows rows = new Rows(SKYLAKE, MIX);
        rows.steps("hashed walk", WALKS, 1, "hashed:4K");
        rows.steps("hashed walk in two dimensions", WALKS, 3, "hashed2d:4K");
        rows.ratio(
                Measure.BEST_GAIN,
                "hashed over radix, at most",
                ABSTRACT,
                1.27,
                1.27,
                trial -> trial.in(NATIVE),
                trial -> trial.in("hashed:4K"),
                WARM);
        rows.ratio(
                Measure.BEST_GAIN,
                "the same in a virtual machine, at most",
                ABSTRACT,
                1.32,
                1.32,
                trial -> trial.in(NESTED),
                trial -> trial.in("hashed2d:4K"),
                WARM);
        return rows.paper(
                "yaniv-2016",
                "Yaniv and Tsafrir, \"Hash, don't cache (the page table)\", SIGMETRICS 2016");
    }

    private static Paper mitosis() {
        Rows rows = new Rows(SKYLAKE, LARGE);
        double[] shares = {0.83, 0.43, 0.35};
        double[] times = {1.53, 1.30, 1.09};
        for (int i = 0; i < LARGE.size(); i++) {
            String program = LARGE.get(i);
            rows.of(program)
                    .ratio(
                            Measure.SHARE,
                            program + ", walks' part of cycles, local",
                            "tables of the artefact",
                            shares[i],
                            shares[i],
                            trial -> trial.in(NATIVE),
                            null,
                            BLOCKING);
            rows.of(program)
                    .ratio(
                            Measure.TIME,
                            program + ", time with remote tables over local",
                            "tables of the artefact",
                            times[i],
                            times[i],
                            trial -> trial.in(NATIVE).with(Remote.GUEST),
                            trial -> trial.in(NATIVE),
                            NODES);
        }
        return rows.paper(
                "mitosis-2020",
                "Achermann et al., \"Mitosis: transparently self-replicating page-tables for"
                        + " large-memory machines\", ASPLOS 2020");
    }

    private static Paper vmitosis() {
        Rows rows = new Rows("cascade-lake-6252", LARGE);
        String logs = "logs of the artefact";
        double[] virtual = {1.94, 1.45, 1.40};
        double[][] remote = {{1.35, 1.36, 1.68}, {1.28, 1.29, 1.55}, {1.12, 1.12, 1.25}};
        List<Remote> where = List.of(Remote.GUEST, Remote.HOST, Remote.BOTH);
        List<String> named =
                List.of("guest's tables remote", "host's tables remote", "both remote");
        for (int i = 0; i < LARGE.size(); i++) {
            String program = LARGE.get(i);
            rows.of(program)
                    .time(program + ", virtual over native, 4K", logs, virtual[i], NESTED, NATIVE);
            for (int k = 0; k < where.size(); k++) {
                Remote tables = where.get(k);
                rows.of(program)
                        .ratio(
                                Measure.TIME,
                                program + ", " + named.get(k),
                                logs,
                                remote[i][k],
                                remote[i][k],
                                trial -> trial.in(NESTED).with(tables),
                                trial -> trial.in(NESTED),
                                NODES);
            }
        }
        rows.of("gups")
                .time("gups, virtual over native, 2M", logs, 1.20, NESTED_LARGE, NATIVE_LARGE);
        rows.of("gups").time("gups, virtual 4K over 2M", logs, 3.29, NESTED, NESTED_LARGE);
        rows.of("xsbench").time("xsbench, virtual 4K over 2M", logs, 1.67, NESTED, NESTED_LARGE);
        return rows.paper(
                "vmitosis-2021",
                "Panwar et al., \"Fast local page-tables for virtualized NUMA servers with"
                        + " vMitosis\", ASPLOS 2021");
    }

    private static Paper nestedEcpt() {
        Rows rows = new Rows(SKYLAKE, MIX);
        rows.steps("radix steps", ABSTRACT, 24, NESTED);
        rows.steps("nested elastic cuckoo steps", ABSTRACT, 3, "cuckoo2d:4K");
        rows.gain(
                "nested elastic cuckoo tables",
                ABSTRACT,
                1.19,
                1.19,
                trial -> trial.in(NESTED),
                trial -> trial.in("cuckoo2d:4K"),
                "we have no walk caches for cuckoo tables, which spare most of the references that"
                        + " are made at once and push data out of caches");
        return rows.paper(
                "nested-ecpt-2022",
                "Stojkovic et al., \"Parallel virtualized memory translation with nested elastic"
                        + " cuckoo page tables\", ASPLOS 2022");
    }

    private static Paper dmt() {
        Rows rows = new Rows(SKYLAKE, MIX);
        rows.steps("direct walk", ABSTRACT, 1, "direct:4K");
        rows.steps("direct walk in a virtual machine", ABSTRACT, 2, "direct2d:4K");
        rows.ratio(
                Measure.WALK_GAIN,
                "walks in a virtual machine",
                ABSTRACT,
                1.58,
                1.58,
                trial -> trial.in(NESTED),
                trial -> trial.in("direct2d:4K"),
                WARM);
        rows.gain(
                "programs in a virtual machine",
                ABSTRACT,
                1.20,
                1.20,
                trial -> trial.in(NESTED),
                trial -> trial.in("direct2d:4K"),
                WARM);
        return rows.paper(
                "dmt-2024",
                "Zhang et al., \"Direct memory translation for virtualized clouds\", ASPLOS 2024");
    }
}
