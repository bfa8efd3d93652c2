package org.nestwalk;

/// Which Nestwalk this is.
public final class Release {
    /// The version, part of every manifest.
    public static final String VERSION = "0.1.0";

    private Release() {}
}
