package org.nestwalk.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// A file that browsers are given: the committed result of bundling `src/main/typescript`, or a
/// style sheet.
public enum Asset {
    /// Draws the charts of a report.
    REPORT_SCRIPT("report.js"),
    /// How reports look.
    REPORT_STYLE("report.css"),
    /// Starts and watches experiments on the page of a server.
    SERVE_SCRIPT("serve.js"),
    /// How that page looks, beside the style of reports.
    SERVE_STYLE("serve.css");

    private final String file;

    Asset(String file) {
        this.file = file;
    }

    /// Its text.
    public String text() {
        try (InputStream in = Asset.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not beside this class");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a content security policy calls a script or style whose text is `text`, so that a
    /// browser runs that and no other (CSP Level 3, section 2.3.1).
    public static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
