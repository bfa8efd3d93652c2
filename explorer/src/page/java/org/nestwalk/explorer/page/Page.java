package org.nestwalk.explorer.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nestwalk.InputException;
import org.nestwalk.lab.conformance.PageCases;
import org.nestwalk.lab.explain.WalkExplainer;
import org.nestwalk.lab.explain.WalkParameters;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.walk.WalkListing;
import org.nestwalk.report.walk.WalkView;
import org.teavm.jso.JSExport;

/// What a page can ask its engine: the one function that is compiled to JavaScript with all that it
/// needs.
public final class Page {
    private Page() {}

    /// The answer to `question`, both in JSON. An answer with the field `error` says what is wrong
    /// with the question.
    ///
    /// | field of the question | what it asks |
    /// |---|---|
    /// | `machines` | nothing; machines by their names, which walks can have afterwards |
    /// | `walk` | the view of a walk: lists of texts by the names of parameters |
    /// | `cases` | how many of these lines of conformance cases the walker gets wrong |
    @JSExport
    public static String nestwalk(String question) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            ((Map<?, ?>) Json.read(question)).forEach((field, value) -> {
                switch ((String) field) {
                    case "machines" -> Machines.add((Map<?, ?>) value);
                    case "walk" -> answer.put("walk", walk((Map<?, ?>) value));
                    case "cases" -> answer.put("cases", PageCases.check((String) value));
                    default -> throw new InputException("cannot be asked: " + field);
                }
            });
        } catch (InputException e) {
            answer.put("error", e.getMessage());
        }
        return Json.write(answer);
    }

    private static Map<String, Object> walk(Map<?, ?> values) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        values.forEach(
                (name, texts) -> {
                    List<String> list = new ArrayList<>();
                    ((List<?>) texts).forEach(text -> list.add((String) text));
                    given.put((String) name, list);
                });
        Arguments arguments =
                Arguments.of(WalkParameters.spec().all(), given, UnaryOperator.identity());
        return WalkView.of(WalkExplainer.explain(WalkParameters.question(arguments)));
    }

    /// Where compiling begins; nothing is to be done before a question is asked.
    public static void main(String[] arguments) {}
}
