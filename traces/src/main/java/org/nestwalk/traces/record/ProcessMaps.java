package org.nestwalk.traces.record;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.traces.Mapping;

/// The text of `/proc/PID/maps`, turned into mappings.
final class ProcessMaps {
    private static final Pattern LINE =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) \\S+ \\S+ \\S+ \\S+ *(.*)");

    private ProcessMaps() {}

    /// The mappings in `after` that do not touch one in `before`, neighbours of one name joined.
    static List<Mapping> added(String before, String after) {
        List<Mapping> known = parse(before);
        List<Mapping> added = new ArrayList<>();
        for (Mapping mapping : parse(after)) {
            if (known.stream().anyMatch(k -> overlap(k, mapping))) {
                continue;
            }
            Mapping last = added.isEmpty() ? null : added.getLast();
            if (last != null
                    && last.end() == mapping.start()
                    && last.name().equals(mapping.name())) {
                added.removeLast();
                added.add(new Mapping(last.start(), mapping.end(), last.name()));
            } else {
                added.add(mapping);
            }
        }
        return added;
    }

    private static boolean overlap(Mapping a, Mapping b) {
        return a.contains(b.start()) || b.contains(a.start());
    }

    private static List<Mapping> parse(String maps) {
        List<Mapping> mappings = new ArrayList<>();
        for (String line : maps.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                mappings.add(
                        new Mapping(
                                Long.parseUnsignedLong(matcher.group(1), 16),
                                Long.parseUnsignedLong(matcher.group(2), 16),
                                matcher.group(3)));
            }
        }
        return mappings;
    }
}
