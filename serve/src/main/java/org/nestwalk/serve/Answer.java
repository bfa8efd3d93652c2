package org.nestwalk.serve;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.nestwalk.document.json.Json;
import org.nestwalk.explorer.ExplorerPage;
import org.nestwalk.web.Asset;

/// What a request is answered with.
///
/// @param status of HTTP
/// @param type the media type
/// @param body its bytes
/// @param headers others that it has, by name
@SuppressWarnings("ArrayRecordComponent") // bytes as they are sent
record Answer(int status, String type, byte[] body, Map<String, String> headers) {
    static final String HTML = "text/html; charset=utf-8";

    private static final String JSON = "application/json";
    private static final String POLICY = "Content-Security-Policy";
    private static final int OK = 200;

    /// Scripts, styles and requests of this server only (CSP Level 3).
    static final String OWN_PAGES =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src"
                    + " 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    Answer {
        headers = Map.copyOf(headers);
    }

    private static Answer text(int status, String type, String text, Map<String, String> headers) {
        return new Answer(status, type, text.getBytes(StandardCharsets.UTF_8), headers);
    }

    /// `value`, a record, a map or a list, as JSON.
    static Answer json(int status, Object value) {
        return text(status, JSON, Json.line(value), Map.of());
    }

    /// A page of this server's.
    static Answer page(String html) {
        return text(OK, HTML, html, Map.of(POLICY, OWN_PAGES));
    }

    /// A report: no script runs in it but the one of reports, whoever has written the file.
    static Answer report(String html) {
        return text(
                OK,
                HTML,
                html,
                Map.of(
                        POLICY,
                        "default-src 'none'; script-src %s; style-src 'unsafe-inline'; img-src data:;"
                                        .formatted(Asset.hash(Asset.REPORT_SCRIPT.text()))
                                + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
    }

    /// The walk explorer, in which its own script runs.
    static Answer explorer() {
        return text(
                OK,
                HTML,
                ExplorerPage.html(),
                Map.of(POLICY, ExplorerPage.policy() + "; frame-ancestors 'none'"));
    }

    /// A file of this server's pages.
    static Answer file(String type, String text) {
        return text(OK, type, text, Map.of());
    }

    /// A file to keep.
    static Answer download(String name, String type, String text) {
        return text(
                OK,
                type,
                text,
                Map.of("Content-Disposition", "attachment; filename=\"" + name + "\""));
    }
}
