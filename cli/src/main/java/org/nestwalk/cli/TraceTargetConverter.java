package org.nestwalk.cli;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.nestwalk.traces.Conversion;
import org.nestwalk.traces.TraceFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Takes the label of a format that traces can be converted to.
final class TraceTargetConverter implements ITypeConverter<TraceFormat>, Iterable<String> {
    @Override
    public TraceFormat convert(String label) {
        return targets()
                .filter(format -> format.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new TypeConversionException(
                                "traces can be converted to %s, not to '%s'"
                                        .formatted(String.join(", ", labels()), label)));
    }

    @Override
    public Iterator<String> iterator() {
        return labels().iterator();
    }

    private static List<String> labels() {
        return targets().map(TraceFormat::label).toList();
    }

    private static Stream<TraceFormat> targets() {
        return Stream.of(TraceFormat.values()).filter(Conversion::isTarget);
    }
}
