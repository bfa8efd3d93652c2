package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.report.Figures;

/// The last paragraph of a story: sentences, each chosen by the figures of the run that it is
/// about. There is no sentence that every run has.
final class Conclusion {
    private static final String HEADING = "What to conclude: ";

    private final List<String> sentences = new ArrayList<>();

    /// One more sentence, formatted as [Figures#format] does.
    Conclusion say(String sentence, Object... figures) {
        sentences.add(Figures.format(sentence, figures));
        return this;
    }

    /// The paragraph, in lines.
    String text() {
        return HEADING + String.join(" ", sentences);
    }
}
