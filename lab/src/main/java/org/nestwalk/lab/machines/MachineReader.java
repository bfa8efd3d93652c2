package org.nestwalk.lab.machines;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.yaml.YamlNode;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.OverlapModel;
import org.nestwalk.mmu.model.PageWalkCacheModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;

/// Reads a machine from its YAML file: the fields of [ProcessorModel] by their names.
///
/// A structure's shape is given by `entries`, `ways` (a number or `all`) and `replacement`; a cache
/// has a `size` in bytes instead of entries, of 64-byte lines. Lists and the nested TLB may be
/// missing; the cycles of what is missing, too, and the page walk cache. A machine without `window`
/// and `outstandingMisses` is a blocking one.
final class MachineReader {
    private static final int MAX_ENTRIES = 1 << 24;
    private static final int LINE = 64;
    private static final String FIRST_LEVEL = "firstLevelTlbs";
    private static final String WINDOW = "window";
    private static final String MISSES = "outstandingMisses";
    private static final String PAGE_WALK_CACHE = "pageWalkCache";

    private MachineReader() {}

    static MachineFile read(String fileName, byte[] yaml) {
        return read(fileName, YamlNode.parse(fileName, yaml));
    }

    /// The machine whose fields `fields` are.
    static MachineFile read(String fileName, YamlNode fields) {
        List<MachineFile.Parameter> parameters = new ArrayList<>();
        FieldReader root = FieldReader.of(fileName, fields, parameters);
        String name = root.label("name");
        String description = root.has("description") ? root.label("description") : "";
        double frequency = root.number("frequencyGHz", 0.001, 100, "GHz");
        SecondLevelFormat secondLevel = root.choice("secondLevel", SecondLevelFormat.class);
        List<TlbModel> firstLevelTlbs = tlbs(root, FIRST_LEVEL);
        if (firstLevelTlbs.isEmpty()) {
            throw root.error(FIRST_LEVEL, "a machine has at least one first-level TLB");
        }
        List<TlbModel> secondLevelTlbs = tlbs(root, "secondLevelTlbs");
        List<StructureCacheModel> guest = structureCaches(root, "guestStructureCaches");
        List<StructureCacheModel> second = structureCaches(root, "secondStructureCaches");
        Geometry nested = nestedTlb(root);
        boolean hasCaches = !guest.isEmpty() || !second.isEmpty();
        int structureCacheCycles = cyclesIf(root, "structureCacheCycles", hasCaches);
        int nestedTlbCycles = cyclesIf(root, "nestedTlbCycles", nested != null);
        MemoryModel memory = memory(root);
        int accessCycles = root.cycles("accessCycles");
        int walkers = root.integer("walkers", 1, 64, "walkers");
        CostModel costs =
                new CostModel(
                        frequency,
                        accessCycles,
                        root.cycles("assistCycles"),
                        root.cycles("exitCycles"));
        WalkCacheModel walkCaches =
                new WalkCacheModel(guest, second, nested, structureCacheCycles, nestedTlbCycles);
        TranslationModel translation =
                new TranslationModel(
                        secondLevel, firstLevelTlbs, secondLevelTlbs, walkCaches, walkers);
        ProcessorModel model =
                new ProcessorModel(name, description, translation, memory, costs, overlap(root));
        root.finish();
        return new MachineFile(model, parameters);
    }

    private static List<TlbModel> tlbs(FieldReader root, String field) {
        List<TlbModel> tlbs = new ArrayList<>();
        for (FieldReader tlb : root.list(field)) {
            String name = tlb.label("name");
            TlbModel.Serves serves = tlb.choice("serves", TlbModel.Serves.class);
            Set<PageSize> sizes = Set.copyOf(tlb.words("sizes", PageSize::parse));
            Geometry geometry = geometry(tlb);
            int hitCycles = tlb.cycles("hitCycles");
            if (hitCycles != 0 && field.equals(FIRST_LEVEL)) {
                throw tlb.error(
                        "hitCycles",
                        "a first-level TLB is looked up beside the cache and adds no cycles; write"
                                + " 0");
            }
            tlbs.add(new TlbModel(name, serves, sizes, geometry, hitCycles));
            tlb.finish();
        }
        return tlbs;
    }

    private static List<StructureCacheModel> structureCaches(FieldReader root, String field) {
        List<StructureCacheModel> caches = new ArrayList<>();
        Set<Integer> levels = new HashSet<>();
        for (FieldReader cache : root.list(field)) {
            int level = cache.integer("level", 2, 5, "paging-structure levels");
            if (!levels.add(level)) {
                throw cache.error("level", "there is another cache of level " + level);
            }
            caches.add(new StructureCacheModel(level, geometry(cache)));
            cache.finish();
        }
        return caches;
    }

    private static MemoryModel memory(FieldReader root) {
        List<CacheModel> caches = caches(root);
        int memoryCycles = root.cycles("memoryCycles");
        boolean dataThroughCaches = root.bool("dataThroughCaches");
        PageWalkCacheModel cache = pageWalkCache(root);
        if (cache != null && caches.isEmpty()) {
            throw root.error(PAGE_WALK_CACHE, "there are no caches, in the place of the first");
        }
        return new MemoryModel(caches, memoryCycles, dataThroughCaches, cache);
    }

    private static @Nullable PageWalkCacheModel pageWalkCache(FieldReader root) {
        if (!root.has(PAGE_WALK_CACHE)) {
            return null;
        }
        FieldReader cache = root.group(PAGE_WALK_CACHE);
        Geometry geometry = geometry(cache);
        boolean nested = cache.bool("nested");
        int hitCycles = cache.cycles("hitCycles");
        cache.finish();
        return new PageWalkCacheModel(geometry, nested, hitCycles);
    }

    /// What there is of overlap: both fields, or neither for a blocking machine.
    private static @Nullable OverlapModel overlap(FieldReader root) {
        if (!root.has(WINDOW) && !root.has(MISSES)) {
            return null;
        }
        return new OverlapModel(
                root.integer(WINDOW, 1, OverlapModel.MOST, "data accesses"),
                root.integer(MISSES, 1, OverlapModel.MOST, "misses"));
    }

    private static @Nullable Geometry nestedTlb(FieldReader root) {
        if (!root.has("nestedTlb")) {
            return null;
        }
        FieldReader nested = root.group("nestedTlb");
        Geometry geometry = geometry(nested);
        nested.finish();
        return geometry;
    }

    private static List<CacheModel> caches(FieldReader root) {
        List<CacheModel> caches = new ArrayList<>();
        for (FieldReader cache : root.list("caches")) {
            String name = cache.label("name");
            long size = cache.size("size");
            if (size < LINE || size % LINE != 0 || size / LINE > MAX_ENTRIES) {
                throw cache.error("size", "not a multiple of 64 bytes from 64 to 1GiB");
            }
            int lines = (int) (size / LINE);
            int ways = cache.ways("ways", lines);
            Replacement replacement = cache.choice("replacement", Replacement.class);
            int latency = cache.cycles("latencyCycles");
            caches.add(new CacheModel(name, new Geometry(lines, ways, replacement), latency));
            cache.finish();
        }
        return caches;
    }

    private static Geometry geometry(FieldReader fields) {
        int entries = fields.integer("entries", 1, MAX_ENTRIES, "entries");
        int ways = fields.ways("ways", entries);
        return new Geometry(entries, ways, fields.choice("replacement", Replacement.class));
    }

    private static int cyclesIf(FieldReader root, String field, boolean needed) {
        return needed || root.has(field) ? root.cycles(field) : 0;
    }
}
