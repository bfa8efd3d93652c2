package org.nestwalk.serve;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.traces.Traces;
import tools.jackson.databind.JsonNode;

/// What a page asks an experiment: its values, checked as the command line checks them.
///
/// @param experiment the experiment
/// @param arguments the values
/// @param words what was given, as the words of a command line
record Asked<R>(Experiment<R> experiment, Arguments arguments, List<String> words) {
    private static final int MOST_VALUES = 256;

    Asked {
        words = List.copyOf(words);
    }

    /// Reads `values`, an object of texts or lists of texts by the names of parameters.
    ///
    /// @throws Refusal with status 422 that says what is wrong, and with which parameter
    static <R> Asked<R> of(
            Experiment<R> experiment, JsonNode values, Uploads uploads, Names names) {
        Experiment.Spec spec = experiment.spec();
        if (!values.isObject() && !values.isMissingNode()) {
            throw new Refusal(400, "values are an object, with a text or a list of texts for each");
        }
        Map<String, List<String>> given = new LinkedHashMap<>();
        List<String> words = new ArrayList<>();
        for (Map.Entry<String, JsonNode> value : values.properties()) {
            Parameter parameter = parameter(spec, value.getKey());
            List<String> texts = texts(parameter, value.getValue());
            words.addAll(words(spec, parameter, texts, names));
            given.put(parameter.name(), checked(spec, parameter, texts, uploads, names));
        }
        checkSubject(spec, given, names);
        try {
            Arguments arguments =
                    Arguments.of(spec.all(), given, name -> names.parameter(spec, name));
            return new Asked<>(experiment, arguments, words);
        } catch (InputException e) {
            throw refusal(spec, e, names);
        }
    }

    private static Parameter parameter(Experiment.Spec spec, String name) {
        return spec.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new Refusal(422, spec.name() + " has no such parameter: " + name));
    }

    private static List<String> texts(Parameter parameter, JsonNode value) {
        List<JsonNode> nodes = value.isArray() ? value.valueStream().toList() : List.of(value);
        if (!nodes.stream().allMatch(node -> node.isValueNode() && !node.isNull())) {
            throw new Refusal(400, "a value is a text or a list of texts here", parameter.name());
        }
        List<String> texts = nodes.stream().map(JsonNode::asString).toList();
        if (texts.size() > MOST_VALUES) {
            throw new Refusal(422, "a parameter has at most %d values here".formatted(MOST_VALUES));
        }
        return texts;
    }

    /// What a run needs, and has no default.
    private static void checkSubject(
            Experiment.Spec spec, Map<String, List<String>> given, Names names) {
        Parameter subject = spec.subject();
        if (subject != null
                && subject.defaults().isEmpty()
                && given.getOrDefault(subject.name(), List.of()).isEmpty()) {
            throw new Refusal(
                    422,
                    "Missing required parameter: '%s'"
                            .formatted(names.parameter(spec, subject.name())),
                    subject.name());
        }
    }

    /// As on a command line, where a page may name no file but those that it uploaded.
    private static List<String> checked(
            Experiment.Spec spec,
            Parameter parameter,
            List<String> texts,
            Uploads uploads,
            Names names) {
        try {
            List<String> values = new ArrayList<>();
            for (String text : texts) {
                Optional<Path> upload = uploads.find(text);
                if (upload.isEmpty() && parameter.domain() instanceof Domain.Text) {
                    checkNamesNoFile(text, names.parameter(spec, parameter.name()));
                }
                values.add(upload.map(Path::toString).orElse(text));
            }
            values.forEach(text -> {
                var _ = parameter.domain().canonical(text, names.parameter(spec, parameter.name()));
            });
            return values;
        } catch (InputException e) {
            throw new Refusal(422, String.valueOf(e.getMessage()), parameter.name());
        }
    }

    private static void checkNamesNoFile(String text, String called) {
        Stream<String> parts = Stream.concat(Stream.of(text), Stream.of(text.split("[:=,@]", -1)));
        if (text.strip().equals(Traces.STANDARD_INPUT) || parts.anyMatch(Asked::isFile)) {
            throw new InputException(
                    "%s: '%s' is a file of this machine; a page opens no files, so upload it"
                            .formatted(called, text));
        }
    }

    private static boolean isFile(String text) {
        try {
            return !text.isBlank() && Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /// What a problem with values is, as the command line says it, and where it belongs in a form.
    static Refusal refusal(Experiment.Spec spec, InputException problem, Names names) {
        Optional<Parameter> named =
                spec.all().stream()
                        .filter(one -> one.name().equals(problem.parameter()))
                        .findFirst();
        if (named.isPresent()) {
            String name = named.get().name();
            return new Refusal(
                    422, names.parameter(spec, name) + ": " + problem.messageWithParameter(), name);
        }
        String message = String.valueOf(problem.getMessage());
        @Nullable String begins =
                spec.all().stream()
                        .map(Parameter::name)
                        .filter(name -> begins(message, names.parameter(spec, name)))
                        .max(Comparator.comparingInt(String::length))
                        .orElse(null);
        return new Refusal(422, message, begins);
    }

    private static boolean begins(String message, String called) {
        return message.startsWith(called + ":") || message.startsWith(called + " ");
    }

    private static List<String> words(
            Experiment.Spec spec, Parameter parameter, List<String> texts, Names names) {
        if (parameter.equals(spec.subject())) {
            return texts;
        }
        String option = names.parameter(spec, parameter.name());
        if (parameter.domain() instanceof Domain.Flag) {
            return texts.equals(List.of(Domain.Flag.SET)) ? List.of(option) : List.of();
        }
        return List.of(option, String.join(",", texts));
    }
}
