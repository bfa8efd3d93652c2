package org.nestwalk.cli;

import java.util.Arrays;
import java.util.Iterator;
import org.nestwalk.traces.TraceFormat;
import picocli.CommandLine.ITypeConverter;

/// Takes a trace format by its label, and lists the labels in help.
final class TraceFormatConverter implements ITypeConverter<TraceFormat>, Iterable<String> {
    @Override
    public TraceFormat convert(String label) {
        return TraceFormat.parse(label);
    }

    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(TraceFormat.values()).map(TraceFormat::label).iterator();
    }
}
