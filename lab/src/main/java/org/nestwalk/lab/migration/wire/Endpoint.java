package org.nestwalk.lab.migration.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;

/// Where a side listens, or is connected to: `HOST:PORT`, an address of IPv6 in brackets.
///
/// @param host a name or an address
/// @param port 0 to 65535
public record Endpoint(String host, int port) {
    private static final Pattern TEXT =
            Pattern.compile("(?:\\[([^\\]]+)]|([^:\\[\\]]+)):(\\d{1,5})");
    private static final int MOST = 65_535;

    /// Reads it.
    ///
    /// @throws InputException of `parameter` if it is none
    public static Endpoint read(String text, String parameter) {
        Matcher parts = TEXT.matcher(text);
        int port = parts.matches() ? Integer.parseInt(parts.group(3)) : MOST + 1;
        if (port > MOST) {
            throw InputException.of(
                    parameter,
                    "'%s' is no HOST:PORT, such as 127.0.0.1:4444 or [::1]:4444".formatted(text));
        }
        return new Endpoint(parts.group(1) == null ? parts.group(2) : parts.group(1), port);
    }

    /// Its address.
    ///
    /// @throws InputException of `parameter` if there is no such host
    public InetSocketAddress address(String parameter) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw InputException.of(parameter, "there is no host '%s' to be found".formatted(host));
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
