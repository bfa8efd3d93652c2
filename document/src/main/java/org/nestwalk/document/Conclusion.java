package org.nestwalk.document;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/// What to conclude from a run: sentences, each chosen by the figures of the run that it is about.
/// There is no sentence that every run has, and no two effects have the same name.
public final class Conclusion {
    private final List<Claim> claims = new ArrayList<>();

    /// One more sentence about the run that is no expectation, formatted as [Figures#format] does.
    public Conclusion say(String sentence, Object... figures) {
        claims.add(new Claim("", Figures.format(sentence, figures), List.of()));
        return this;
    }

    /// An effect that is expected if `condition` is true.
    ///
    /// @param name of the effect, as no other one here has it
    /// @throws IllegalStateException if one has
    public Expectation expect(String name, Condition... conditions) {
        Claim.requireOwnName(claims, name);
        return new Expectation(name, List.of(conditions));
    }

    /// What was said so far.
    public List<Claim> claims() {
        return Collections.unmodifiableList(claims);
    }

    /// The sentences as one paragraph.
    public String text() {
        return claims.stream().map(Claim::sentence).collect(Collectors.joining(" "));
    }

    /// An effect that waits for what to say of it.
    public final class Expectation {
        private final String name;
        private final List<Condition> conditions;

        private Expectation(String name, List<Condition> conditions) {
            this.name = name;
            this.conditions = conditions;
        }

        /// What to say if it showed, and what if not; each formatted as [Figures#format] does, with
        /// the same figures.
        public Conclusion say(String shown, String notShown, Object... figures) {
            Claim claim = new Claim(name, "", conditions);
            String sentence = Figures.format(claim.held() ? shown : notShown, figures);
            claims.add(new Claim(name, sentence, conditions));
            return Conclusion.this;
        }
    }
}
