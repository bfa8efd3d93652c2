package org.nestwalk.traces.format;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.traces.AccessInfo;

/// Numbers a trace's thread identifiers from 0 in order of appearance.
final class ThreadNumbers {
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final String name;

    /// The numbers of the trace called `name`.
    ThreadNumbers(String name) {
        this.name = name;
    }

    /// The index of the thread called `id`; an input exception beyond the 16384th thread.
    int indexOf(long id) {
        Integer known = numbers.get(id);
        if (known != null) {
            return known;
        }
        int index = numbers.size();
        if (index > AccessInfo.MAX_THREAD) {
            throw new InputException(
                    name + ": more than " + (AccessInfo.MAX_THREAD + 1) + " threads");
        }
        numbers.put(id, index);
        return index;
    }
}
