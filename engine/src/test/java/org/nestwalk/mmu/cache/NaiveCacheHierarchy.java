package org.nestwalk.mmu.cache;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.mmu.model.CacheModel;

/// The slow, obvious twin of [CacheHierarchy] under LRU: a map in access order for every set.
final class NaiveCacheHierarchy {
    private final List<CacheModel> models;
    private final List<List<Map<Long, Boolean>>> levels = new ArrayList<>();

    NaiveCacheHierarchy(List<CacheModel> models) {
        this.models = models;
        for (CacheModel model : models) {
            List<Map<Long, Boolean>> sets = new ArrayList<>();
            for (int set = 0; set < model.geometry().sets(); set++) {
                sets.add(new LinkedHashMap<>(16, 0.75f, true));
            }
            levels.add(sets);
        }
    }

    int access(long hpa) {
        long line = hpa / 64;
        for (int level = 0; level < models.size(); level++) {
            List<Map<Long, Boolean>> sets = levels.get(level);
            Map<Long, Boolean> set = sets.get((int) (line % sets.size()));
            boolean hit = set.get(line) != null;
            if (hit) {
                return level;
            }
            if (set.size() == models.get(level).geometry().ways()) {
                set.remove(set.keySet().iterator().next());
            }
            set.put(line, true);
        }
        return models.size();
    }
}
