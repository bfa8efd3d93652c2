package org.nestwalk.traces.format;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// How much memory decompressing one stream may take: dictionaries and windows can be gigabytes,
/// and a file of a few kilobytes can ask for them.
final class DecoderMemory {
    /// The environment variable that allows more or less, such as `512MiB`.
    static final String VARIABLE = "NESTWALK_DECODER_MEMORY";

    private static final long DEFAULT = 256L << 20;
    private static final long MEBIBYTE = 1L << 20;

    private DecoderMemory() {}

    /// The bytes allowed: what [#VARIABLE] says, or 256 MiB.
    static long allowed() {
        String text = System.getenv(VARIABLE);
        return allowed(text);
    }

    /// What `text` allows, the value of [#VARIABLE]; null or blank is the default.
    static long allowed(@Nullable String text) {
        return text == null || text.isBlank() ? DEFAULT : Quantities.size(text.strip(), VARIABLE);
    }

    /// Says that `decoder` needs `needed` bytes for the file called `name`, more than `allowed`.
    static InputException refused(String name, String decoder, long needed, long allowed) {
        String amount = Quantities.formatSize(-(-needed & -MEBIBYTE));
        return new InputException(
                ("%s: decompressing it (%s) needs %s of memory, and %s are allowed; set the"
                                + " environment variable %s=%s to allow it")
                        .formatted(
                                name,
                                decoder,
                                amount,
                                Quantities.formatSize(allowed),
                                VARIABLE,
                                amount));
    }
}
