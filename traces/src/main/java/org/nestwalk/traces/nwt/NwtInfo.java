package org.nestwalk.traces.nwt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.traces.AccessCounts;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceInfo;

/// Reads a [TraceInfo] out of a file's header, footer and index.
final class NwtInfo {
    static final String CUT_OFF =
            "the index is missing: the recording was cut off; the whole blocks before can be read";

    private NwtInfo() {}

    static TraceInfo of(
            String source, KeyValues pairs, @Nullable List<BlockEntry> index, boolean complete) {
        return new TraceInfo(
                TraceFormat.NWT,
                source,
                pairs.get("program"),
                pairs.all("argument"),
                pairs.get("recorder"),
                pairs.get("architecture"),
                index == null ? null : counts(index, pairs.get(NwtFile.THREADS)),
                mappings(pairs),
                complete ? null : CUT_OFF,
                pageSize(pairs),
                List.of(),
                warnings(pairs),
                NwtHeader.saysDependence(pairs));
    }

    private static long pageSize(KeyValues pairs) {
        String text = pairs.get("page-size");
        return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private static List<String> warnings(KeyValues pairs) {
        Set<String> warnings =
                new LinkedHashSet<>(
                        TraceInfo.foreignMachine(pairs.get("architecture"), pageSize(pairs)));
        warnings.addAll(pairs.all(NwtFile.WARNING));
        return List.copyOf(warnings);
    }

    private static AccessCounts counts(List<BlockEntry> index, @Nullable String threads) {
        return new AccessCounts(
                index.stream().mapToLong(BlockEntry::loads).sum(),
                index.stream().mapToLong(BlockEntry::stores).sum(),
                index.stream().mapToLong(BlockEntry::fetches).sum(),
                index.stream().mapToLong(BlockEntry::modifies).sum(),
                number(threads));
    }

    private static int number(@Nullable String text) {
        return text != null && text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }

    /// Values that are no mappings are left out: nothing but a table for people needs them.
    private static List<Mapping> mappings(KeyValues pairs) {
        List<Mapping> mappings = new ArrayList<>();
        for (String line : pairs.all(NwtFile.MAPPING)) {
            if (line.matches("(?s)[0-9a-f]{1,16}-[0-9a-f]{1,16} .*")) {
                int dash = line.indexOf('-');
                int space = line.indexOf(' ');
                mappings.add(
                        new Mapping(
                                Long.parseUnsignedLong(line, 0, dash, 16),
                                Long.parseUnsignedLong(line, dash + 1, space, 16),
                                line.substring(space + 1)));
            }
        }
        return mappings;
    }
}
