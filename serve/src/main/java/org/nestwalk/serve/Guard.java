package org.nestwalk.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who may ask for what. A page of another site can send requests here from the user's browser, and
/// a name that such a site owns can be made to lead here (DNS rebinding); so requests have to name
/// this server as their host, and what changes anything has to come from a page of this server's
/// and bring the token that stands in those.
final class Guard {
    /// The header that brings the token.
    static final String TOKEN = "X-Nestwalk-Token";

    /// Most bytes of a body that is not an upload.
    static final int MOST_BODY = 64 << 10;

    private static final int TOKEN_BYTES = 16;
    private static final int DRAINED = 1 << 20;
    private static final int MOST_QUERY = 2_000;

    private final Set<String> hosts;
    private final String token;

    /// Guards what listens at `address`.
    Guard(InetSocketAddress address) {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        token = HexFormat.of().formatHex(random);
        hosts =
                names(address.getAddress()).stream()
                        .map(name -> name + ":" + address.getPort())
                        .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> names(InetAddress address) {
        Set<String> names = new LinkedHashSet<>(List.of("127.0.0.1", "localhost", "[::1]"));
        if (address.isAnyLocalAddress()) {
            try {
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .forEach(one -> names.add(literal(one)));
                names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
            } catch (IOException e) {
                // Without a name of its own it is reached by addresses.
                return names;
            }
        } else {
            names.add(literal(address));
        }
        return names;
    }

    /// An address as it stands in a URL.
    static String literal(InetAddress address) {
        String text = address.getHostAddress().replaceFirst("%.*", "");
        return text.contains(":") ? "[" + text + "]" : text;
    }

    /// What a page of this server's has to bring.
    String token() {
        return token;
    }

    /// Refuses requests that are not meant for this server, or made by pages of others.
    ///
    /// @throws Refusal with status 403, 414 or 421
    void checkHost(HttpExchange exchange) {
        List<String> named = exchange.getRequestHeaders().getOrDefault("Host", List.of());
        if (named.size() != 1 || !hosts.contains(named.getFirst().toLowerCase(Locale.ROOT))) {
            throw new Refusal(
                    421,
                    "this server is reached as http://127.0.0.1:%d, not by another host's name"
                            .formatted(exchange.getLocalAddress().getPort()));
        }
        // Browsers say it of requests that pages of other sites make, links that are followed
        // apart.
        if (!List.of("same-origin", "none").contains(header(exchange, "Sec-Fetch-Site", "none"))
                && !header(exchange, "Sec-Fetch-Mode", "").equals("navigate")) {
            throw new Refusal(403, "pages of other sites ask for nothing here");
        }
        if (Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "").length()
                > MOST_QUERY) {
            throw new Refusal(414, "the address is too long");
        }
    }

    private static String header(HttpExchange exchange, String name, String otherwise) {
        return Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(name), otherwise);
    }

    /// Refuses what would change something and does not come from a page of this server's.
    ///
    /// @throws Refusal with status 403
    void checkWrite(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        List<String> origins = exchange.getRequestHeaders().getOrDefault("Origin", List.of());
        if (origins.stream().anyMatch(origin -> !origin.equalsIgnoreCase("http://" + host))) {
            throw new Refusal(403, "pages of other sites start nothing here");
        }
        if (!isToken(exchange.getRequestHeaders().getFirst(TOKEN))) {
            throw new Refusal(
                    403,
                    "this page is of an earlier start of the server, or none of it: load it again");
        }
    }

    private boolean isToken(@Nullable String given) {
        return given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }

    /// The body of a request, which is not an upload.
    ///
    /// @throws Refusal with status 413 if it is too large
    static byte[] body(HttpExchange exchange) throws IOException {
        InputStream in = exchange.getRequestBody();
        byte[] body = in.readNBytes(MOST_BODY + 1);
        if (body.length > MOST_BODY) {
            // As much as lets most clients read the answer.
            var _ = in.skip(DRAINED);
            throw new Refusal(413, "the body of a request has at most 64 KiB here");
        }
        return body;
    }
}
