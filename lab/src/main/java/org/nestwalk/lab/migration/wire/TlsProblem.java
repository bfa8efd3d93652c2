package org.nestwalk.lab.migration.wire;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// Why TLS has failed, in a sentence.
final class TlsProblem {
    private static final String ALERT = "fatal alert: ";

    private TlsProblem() {}

    /// The sentence, without its full stop.
    static String of(SSLException problem, String peer) {
        boolean path = false;
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return "the certificate of %s has expired (%s)".formatted(peer, cause.getMessage());
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "the certificate of %s is not valid yet (%s)"
                        .formatted(peer, cause.getMessage());
            }
            path |=
                    cause instanceof CertPathBuilderException
                            || cause instanceof CertPathValidatorException;
            if (cause instanceof CertificateException && cause.getCause() == null) {
                return "the certificate of %s is of another host (%s)"
                        .formatted(peer, cause.getMessage());
            }
        }
        if (path) {
            return "the certificate of %s is by no authority that this side trusts".formatted(peer);
        }
        String message = String.valueOf(problem.getMessage());
        int alert = message.indexOf(ALERT);
        if (alert >= 0) {
            String name =
                    message.substring(alert + ALERT.length())
                            .replaceFirst("\\).*", "")
                            .replace('_', ' ')
                            .toLowerCase(Locale.ROOT);
            return name.contains("certificate") || name.contains("ca")
                    ? "%s does not accept the certificate of this side: %s".formatted(peer, name)
                    : "%s has refused TLS: %s".formatted(peer, name);
        }
        if (message.contains("Empty client certificate chain")) {
            return "%s shows no certificate of an authority that this side trusts".formatted(peer);
        }
        return message.contains("plaintext") || message.contains("Unsupported or unrecognized")
                ? "%s does not speak TLS, and this side does; give both or neither certificates"
                        .formatted(peer)
                : "TLS with %s has failed: %s".formatted(peer, message);
    }
}
