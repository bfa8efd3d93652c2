package org.nestwalk.explorer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.json.Json;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.explain.WalkParameters;
import org.nestwalk.lab.explain.WalkSettings;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.web.Asset;
import org.nestwalk.web.html.ReportPage;

/// The walk explorer: one file that a browser opens from disk, or that a server gives. Its walker
/// is Nestwalk's own engine, compiled to JavaScript, so that it needs neither network nor server.
public final class ExplorerPage {
    private static final String USUAL = "0x7f1234567123";

    /// A parameter with its values, the usual one first.
    private record Choice(String name, String meaning, List<String> words) {}

    private ExplorerPage() {}

    /// The page, which opens with a 4x4 walk unless the address in the browser asks for another.
    public static String html() {
        List<Parameter> parameters = WalkParameters.spec().all();
        return html(Arguments.of(parameters, Map.of("gva", List.of(USUAL)), name -> name), null);
    }

    /// The page.
    ///
    /// @param walk values of the parameters of a walk, with which the page opens
    /// @param report that says the same without scripts, and has the result in it; or null
    public static String html(Arguments walk, @Nullable ReportPage report) {
        Map<String, Object> content = new LinkedHashMap<>();
        Map<String, List<String>> given = new LinkedHashMap<>(walk.values());
        given.keySet().removeIf(name -> !walk.isGiven(name));
        content.put("walk", given);
        content.put("form", form());
        content.put("settings", WalkSettings.help());
        content.put("machines", machines(walk.text(Experiment.MACHINE)));
        String json = Json.line(content).replace("<", "\\u003c");
        return text("explorer.html")
                .replace("@POLICY@", policy())
                .replace("@STYLE@", Asset.REPORT_STYLE.text() + text("explorer.css"))
                .replace("@REPORT@", report == null ? "" : report.content())
                .replace("@DATA@", json)
                .replace("@SCRIPT@", script());
    }

    /// The content security policy of the page, which names the hash of its one script: what a
    /// server may say in a header, too.
    public static String policy() {
        return "default-src 'none'; script-src "
                + Asset.hash(script())
                + "; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
    }

    private static String script() {
        return text("engine.js") + text("explorer.js");
    }

    /// The one that a walk is on unless told otherwise, which the page takes to be the first; the
    /// other presets, and the machine of the walk if it is a file.
    private static Map<String, Object> machines(String asked) {
        Map<String, Object> machines = new LinkedHashMap<>();
        Stream.of(usualMachine(), Machines.presets(), List.of(asked))
                .flatMap(List::stream)
                .forEach(name -> machines.put(name, Machines.fields(name)));
        return machines;
    }

    private static List<String> usualMachine() {
        return WalkParameters.spec().all().stream()
                .filter(parameter -> parameter.name().equals(Experiment.MACHINE))
                .flatMap(parameter -> parameter.defaults().stream())
                .toList();
    }

    /// The parameters that have a few values to choose from, each with them.
    private static List<Choice> form() {
        List<Choice> form = new ArrayList<>();
        for (Parameter parameter : WalkParameters.spec().parameters()) {
            List<String> words =
                    switch (parameter.domain()) {
                        case Domain.Choice choice -> choice.words();
                        case Domain.Text text when text.symbol().equals("SIZE") ->
                                Stream.of(PageSize.values()).map(PageSize::label).toList();
                        default -> List.of();
                    };
            if (!words.isEmpty()) {
                form.add(new Choice(parameter.name(), parameter.meaning(), words));
            }
        }
        return form;
    }

    private static String text(String file) {
        try (InputStream in = ExplorerPage.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not beside this class");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
