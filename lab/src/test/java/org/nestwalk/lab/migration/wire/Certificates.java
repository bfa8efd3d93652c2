package org.nestwalk.lab.migration.wire;

import java.nio.file.Path;

/// Certificates that are kept for tests (`certificates/README.md` beside them).
public final class Certificates {
    private static final Path FOLDER =
            Path.of(
                    System.getProperty("nestwalk.root", ".."),
                    "lab/src/test/resources/org/nestwalk/lab/migration/wire/certificates");

    private Certificates() {}

    /// The certificate called `name` and its key, with an authority that its side trusts.
    public static TlsFiles of(String name, String authority) {
        return new TlsFiles(file(name + ".pem"), file(name + ".key"), file(authority + ".pem"));
    }

    /// One that the authority of most has signed, whom its side trusts.
    public static TlsFiles of(String name) {
        return of(name, "authority");
    }

    private static Path file(String name) {
        return FOLDER.resolve(name);
    }
}
