package org.nestwalk.report.story;

import org.nestwalk.document.Document;
import org.nestwalk.document.text.TextRenderer;

/// Texts without their lines, in which sentences can be looked for.
final class OneLine {
    private static final int WIDE = 200;

    private OneLine() {}

    static String of(Document document) {
        return String.join(" ", new TextRenderer(WIDE).text(document).split("\\s+"));
    }
}
