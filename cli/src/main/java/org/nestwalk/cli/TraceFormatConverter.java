package org.nestwalk.cli;

import java.util.Arrays;
import java.util.Iterator;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Takes a trace format by its label, and lists the labels in help.
final class TraceFormatConverter implements ITypeConverter<TraceFormat>, Iterable<String> {
    @Override
    public TraceFormat convert(String label) {
        try {
            return TraceFormat.parse(label);
        } catch (InputException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(TraceFormat.values()).map(TraceFormat::label).iterator();
    }
}
