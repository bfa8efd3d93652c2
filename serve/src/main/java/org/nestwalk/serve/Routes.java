package org.nestwalk.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.web.Asset;
import org.nestwalk.web.html.ReportPage;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is served under which path: exact paths only, none of which leads into a folder.
final class Routes {
    private static final String GET = "GET";
    private static final String POST = "POST";
    private static final String EVENTS = "/api/runs/events";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private final Settings settings;
    private final Runs runs;
    private final Results results;
    private final Uploads uploads;
    private final Events events = new Events();
    private final Map<String, Route> routes = new HashMap<>();

    /// Answers requests.
    @FunctionalInterface
    private interface Handler {
        Answer answer(HttpExchange exchange) throws IOException;
    }

    /// What is under a path.
    ///
    /// @param path the path
    /// @param method that it is asked by
    /// @param handler answers it
    record Route(String path, String method, Handler handler) {
        /// Whether it changes anything.
        boolean writes() {
            return method.equals(POST);
        }

        /// Whether [Routes#stream] answers it.
        boolean isStream() {
            return path.equals(EVENTS);
        }

        Answer answer(HttpExchange exchange) throws IOException {
            return handler.answer(exchange);
        }
    }

    /// @param guard which has the token of the start page
    Routes(Settings settings, Guard guard, Runs runs, Results results, Uploads uploads) {
        this.settings = settings;
        this.runs = runs;
        this.results = results;
        this.uploads = uploads;
        fixed("/", Answer.page(Pages.start(guard.token(), settings.version())));
        fixed("/serve.js", Answer.file(SCRIPT, Asset.SERVE_SCRIPT.text()));
        fixed("/report.js", Answer.file(SCRIPT, Asset.REPORT_SCRIPT.text()));
        fixed("/serve.css", Answer.file(STYLE, Asset.SERVE_STYLE.text()));
        fixed("/report.css", Answer.file(STYLE, Asset.REPORT_STYLE.text()));
        fixed("/favicon.ico", new Answer(204, "image/x-icon", new byte[0], Map.of()));
        fixed("/explorer", Answer.explorer());
        fixed(
                "/api/experiments",
                Answer.json(
                        200,
                        settings.experiments().stream()
                                .map(one -> Form.of(one, settings.names()))
                                .toList()));
        add("/api/runs", GET, _ -> Answer.json(200, runs.states()));
        add("/api/results", GET, _ -> Answer.json(200, results.list()));
        add(
                "/api/runs/pages",
                GET,
                exchange ->
                        new Answer(
                                200,
                                "application/octet-stream",
                                runs.find(query(exchange, "id")).cells(),
                                Map.of()));
        add(
                "/api/runs/charts",
                GET,
                exchange -> Answer.file(Answer.HTML, runs.find(query(exchange, "id")).charts()));
        add("/report", GET, this::report);
        add("/download", GET, this::download);
        add(EVENTS, GET, _ -> new Refusal(404, "events are told otherwise").answer());
        add("/api/start", POST, this::start);
        add("/api/cancel", POST, this::cancel);
        add("/api/upload", POST, this::upload);
    }

    private void fixed(String path, Answer answer) {
        add(path, GET, _ -> answer);
    }

    private void add(String path, String method, Handler handler) {
        routes.put(path, new Route(path, method, handler));
    }

    int listeners() {
        return events.listeners();
    }

    /// What is under the path that is asked for.
    ///
    /// @throws Refusal with status 404 or 405
    Route find(HttpExchange exchange) {
        Route route = routes.get(exchange.getRequestURI().getRawPath());
        if (route == null) {
            throw new Refusal(404, "there is nothing of that name here");
        }
        if (!route.method().equals(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", route.method());
            throw new Refusal(405, "this is asked for by " + route.method() + " only");
        }
        return route;
    }

    /// Answers a request for events, until they end.
    void stream(HttpExchange exchange) throws IOException {
        events.tell(exchange, runs.find(query(exchange, "id")));
    }

    private static String query(HttpExchange exchange, String name) {
        String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
        for (String part : query.split("&", -1)) {
            if (part.startsWith(name + "=")) {
                try {
                    return URLDecoder.decode(
                            part.substring(name.length() + 1), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException e) {
                    throw new Refusal(400, "the address has a % that is no character");
                }
            }
        }
        return "";
    }

    private static JsonNode object(HttpExchange exchange) throws IOException {
        byte[] body = Guard.body(exchange);
        try {
            JsonNode read = JsonMapper.shared().readTree(body);
            if (read.isObject()) {
                return read;
            }
        } catch (JacksonException e) {
            throw new Refusal(400, "the body of the request is not JSON");
        }
        throw new Refusal(400, "the body of the request is not an object of JSON");
    }

    private Answer start(HttpExchange exchange) throws IOException {
        JsonNode request = object(exchange);
        String name = request.path("experiment").asString("");
        Experiment<?> experiment =
                settings.experiments().stream()
                        .filter(one -> one.spec().name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new Refusal(404, "there is no experiment " + name));
        Asked<?> asked = Asked.of(experiment, request.path("values"), uploads, settings.names());
        return Answer.json(202, runs.start(asked).state());
    }

    private Answer cancel(HttpExchange exchange) throws IOException {
        Run run = runs.find(object(exchange).path("id").asString(""));
        runs.cancel(run);
        return Answer.json(200, run.state());
    }

    private Answer upload(HttpExchange exchange) throws IOException {
        String announced = exchange.getRequestHeaders().getFirst("Content-Length");
        return Answer.json(
                200,
                uploads.take(
                        query(exchange, "name"),
                        exchange.getRequestBody(),
                        announced == null ? -1 : Long.parseLong(announced)));
    }

    private Answer report(HttpExchange exchange) throws IOException {
        Path file = results.find(query(exchange, "id"));
        String text = Results.text(file);
        return Answer.report(
                Results.isPage(file)
                        ? text
                        : Pages.saved(Results.stem(file), text, settings.version()));
    }

    private Answer download(HttpExchange exchange) throws IOException {
        Path file = results.find(query(exchange, "id"));
        String name = Results.stem(file).replaceAll("[^A-Za-z0-9._-]", "_");
        String form = query(exchange, "as");
        return switch (form) {
            case "html" ->
                    Answer.download(
                            name + ".html",
                            Answer.HTML,
                            new String(report(exchange).body(), StandardCharsets.UTF_8));
            case "json" -> {
                String text = Results.text(file);
                yield Answer.download(
                        name + ".json", "application/json", ReportPage.json(text).orElse(text));
            }
            case "csv" ->
                    Answer.download(
                            name + ".csv",
                            "text/csv; charset=utf-8",
                            Files.readString(
                                    Results.csv(file)
                                            .orElseThrow(() ->
                                                    new Refusal(
                                                            404,
                                                            "this result was saved without CSV"))));
            default -> throw new Refusal(404, "results are had as html, json or csv");
        };
    }
}
