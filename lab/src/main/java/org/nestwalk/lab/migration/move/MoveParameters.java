package org.nestwalk.lab.migration.move;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.migration.live.Patience;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.migration.Policies;
import org.nestwalk.lab.migration.PolicyDefinition;
import org.nestwalk.lab.migration.wire.Endpoint;
import org.nestwalk.lab.migration.wire.Greeting;
import org.nestwalk.lab.migration.wire.PageEncoding;
import org.nestwalk.lab.migration.wire.TlsFiles;
import org.nestwalk.lab.migration.wire.WireLimits;
import org.nestwalk.lab.migration.wire.WireSettings;
import org.nestwalk.lab.snapshot.SnapshotParameters;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What moving a guest can be asked, at both sides.
public final class MoveParameters {
    /// Where the target listens.
    public static final String TO = "to";

    /// The policy.
    public static final String POLICY = "policy";

    /// Where to listen.
    public static final String LISTEN = "listen";

    /// The file for a guest of which it is not known whose it is.
    public static final String KEEP = "keep";

    private static final String ENCODINGS = "encodings";
    private static final String CACHE = "delta-cache";
    private static final String CHANNELS = "channels";
    private static final String INSECURE = "insecure";
    private static final String PATIENCE = "patience";
    private static final String RECONNECT = "reconnect";
    private static final String CPUS = "cpus";
    private static final long MOST_MEMORY = 4L << 40;
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private MoveParameters() {}

    /// Of the side that a guest leaves.
    public static Experiment.Spec migrate() {
        return new Experiment.Spec(
                "vm-migrate",
                "A running virtual machine goes to another process.",
                "",
                Workloads.programsAndTraces("a program, see nestwalk programs, or a trace file"),
                List.of(
                        text(TO, "where vm receive listens", "HOST:PORT", TO),
                        SnapshotParameters.where().getFirst(),
                        SnapshotParameters.where().getLast(),
                        Parameter.count(
                                SnapshotParameters.AFTER,
                                "accesses of each CPU before",
                                100_000,
                                0,
                                Long.MAX_VALUE),
                        SnapshotParameters.memory(256L << 20),
                        Parameter.count(CPUS, "virtual CPUs, each with the program", 1, 1, 16),
                        Parameter.of(
                                POLICY,
                                "when to stop the guest: a policy, with what it is told:"
                                        + " NAME:key=value,key=value",
                                new Domain.Text(
                                        "POLICY",
                                        String.join(", ", Policies.names()),
                                        text -> text),
                                "foresight"),
                        encodings(PageEncoding.ZERO.label()),
                        cache(),
                        Parameter.count(
                                CHANNELS,
                                "connections that pages go over side by side",
                                1,
                                1,
                                Greeting.MOST_CHANNELS),
                        tls(TlsFiles.CERTIFICATE, "certificate of this side, PEM"),
                        tls(TlsFiles.KEY, "its private key, PEM of PKCS #8"),
                        tls(TlsFiles.AUTHORITY, "whoever has signed the other side's, PEM"),
                        insecure(),
                        patience(),
                        reconnect()));
    }

    /// Of the side that a guest goes to.
    public static Experiment.Spec receive() {
        return new Experiment.Spec(
                "vm-receive",
                "A virtual machine comes from another process.",
                "",
                null,
                List.of(
                        text(LISTEN, "where vm migrate connects to", "HOST:PORT", LISTEN)
                                .by("127.0.0.1:4444"),
                        SnapshotParameters.where().getFirst(),
                        SnapshotParameters.where().getLast(),
                        Parameter.multiple(
                                SnapshotParameters.MEMORY,
                                "the most memory of a guest that is taken",
                                4L << 30,
                                PageSize.SIZE_2M.bytes(),
                                PageSize.SIZE_2M.bytes(),
                                MOST_MEMORY),
                        Parameter.count(
                                CPUS,
                                "the most virtual CPUs of a guest that is taken",
                                16,
                                1,
                                VmSettings.MOST_CPUS),
                        encodings(
                                PageEncoding.ZERO.label(),
                                PageEncoding.DELTA.label(),
                                PageEncoding.ZSTD.label()),
                        cache(),
                        tls(TlsFiles.CERTIFICATE, "certificate of this side, PEM"),
                        tls(TlsFiles.KEY, "its private key, PEM of PKCS #8"),
                        tls(TlsFiles.AUTHORITY, "whoever has signed the other side's, PEM"),
                        insecure(),
                        patience(),
                        reconnect()));
    }

    /// Of a move between two machines of one process, beside its program: those of both sides that
    /// name no place, no file and no certificate.
    public static List<Parameter> loopback() {
        Set<String> elsewhere =
                Set.of(
                        TO,
                        TlsFiles.CERTIFICATE,
                        TlsFiles.KEY,
                        TlsFiles.AUTHORITY,
                        INSECURE,
                        RECONNECT);
        return migrate().parameters().stream()
                .filter(parameter -> !elsewhere.contains(parameter.name()))
                .toList();
    }

    private static Parameter text(String name, String meaning, String symbol, String parameter) {
        return Parameter.optional(
                name,
                meaning,
                new Domain.Text(symbol, "", text -> Endpoint.read(text, parameter).toString()));
    }

    private static Parameter tls(String name, String meaning) {
        return Parameter.optional(name, meaning, new Domain.Text("FILE", "", text -> text));
    }

    private static Parameter encodings(String... usual) {
        return Parameter.of(
                        ENCODINGS,
                        "what pages may be written as beside plain, if the other side wants it,"
                                + " too",
                        new Domain.Choice(
                                List.of(PageEncoding.values()).stream()
                                        .map(PageEncoding::label)
                                        .toList()),
                        "")
                .by(usual)
                .several();
    }

    private static Parameter cache() {
        return Parameter.multiple(
                CACHE,
                "memory for the last versions of pages, a power of two; for delta",
                WireSettings.USUAL_CACHE * PAGE,
                PAGE,
                PAGE,
                256L << 20);
    }

    private static Parameter insecure() {
        return Parameter.flag(INSECURE, "without TLS, though it is not the loopback address");
    }

    private static Parameter patience() {
        return Parameter.number(
                PATIENCE, "in which the other side has to answer", 10, 0.01, 3_600, "s");
    }

    private static Parameter reconnect() {
        return Parameter.number(
                RECONNECT, "to try for another connection after one has broken", 60, 0, 1e6, "s");
    }

    /// Where the other side is, or this one listens.
    ///
    /// @param parameter [#TO] or [#LISTEN]
    /// @throws InputException if it is not given
    static Endpoint endpoint(Arguments given, String parameter) {
        if (!given.has(parameter)) {
            throw InputException.of(
                    parameter, "name where vm receive listens, such as 127.0.0.1:4444");
        }
        return Endpoint.read(given.text(parameter), parameter);
    }

    /// What is wanted of connections to or at `address`.
    ///
    /// @param parameter that the address is of
    /// @throws InputException if they would be open to everybody and that was not asked for
    static WireSettings wire(
            Arguments given, String parameter, InetSocketAddress address, WireLimits limits) {
        SSLContext tls = tls(given);
        boolean insecure = given.flag(INSECURE);
        if (tls == null && !insecure && !address.getAddress().isLoopbackAddress()) {
            throw InputException.of(
                    parameter,
                    "%s is not the loopback address, and what a guest holds would cross the network in the clear; give %s, %s and %s, or %s"
                            .formatted(
                                    address.getHostString(),
                                    given.called(TlsFiles.CERTIFICATE),
                                    given.called(TlsFiles.KEY),
                                    given.called(TlsFiles.AUTHORITY),
                                    given.called(INSECURE)));
        }
        Set<PageEncoding> encodings = EnumSet.of(PageEncoding.PLAIN);
        for (PageEncoding encoding : PageEncoding.values()) {
            if (given.texts(ENCODINGS).contains(encoding.label())) {
                encodings.add(encoding);
            }
        }
        boolean deltas = encodings.contains(PageEncoding.DELTA);
        if (!deltas && given.isGiven(CACHE)) {
            throw given.bad(CACHE, "has a meaning only with delta among the encodings");
        }
        long pages = deltas ? given.size(CACHE) / PAGE : 0;
        if ((pages & pages - 1) != 0) {
            throw given.bad(CACHE, "is no power of two");
        }
        Duration message = Duration.ofNanos(nanos(given, PATIENCE));
        return new WireSettings(
                encodings,
                (int) pages,
                // The source says how many; who waits takes any.
                parameter.equals(LISTEN) ? Greeting.MOST_CHANNELS : (int) given.count(CHANNELS),
                tls,
                limits.withTimes(message.multipliedBy(3), message.multipliedBy(6)));
    }

    private static @Nullable SSLContext tls(Arguments given) {
        List<String> names = List.of(TlsFiles.CERTIFICATE, TlsFiles.KEY, TlsFiles.AUTHORITY);
        if (names.stream().noneMatch(given::has)) {
            return null;
        }
        for (String name : names) {
            if (!given.has(name)) {
                throw InputException.of(
                        name,
                        "is missing: TLS takes %s, %s and %s"
                                .formatted(
                                        given.called(TlsFiles.CERTIFICATE),
                                        given.called(TlsFiles.KEY),
                                        given.called(TlsFiles.AUTHORITY)));
            }
        }
        return new TlsFiles(
                        Path.of(given.text(TlsFiles.CERTIFICATE)),
                        Path.of(given.text(TlsFiles.KEY)),
                        Path.of(given.text(TlsFiles.AUTHORITY)))
                .open();
    }

    private static long nanos(Arguments given, String name) {
        return Math.round(given.number(name) * 1e9);
    }

    /// How long a side waits.
    static Patience patience(Arguments given) {
        return new Patience(
                nanos(given, PATIENCE),
                Math.max(1, nanos(given, RECONNECT)),
                Patience.USUAL.slice(),
                Patience.USUAL.offer());
    }

    /// The policy.
    ///
    /// @throws InputException if there is none of that name, or several
    static PolicyDefinition.Policy policy(Arguments given) {
        if (given.text(POLICY).equals(Policies.ALL)) {
            throw given.bad(POLICY, "names several policies; a guest moves by one");
        }
        try {
            return Policies.one(given.text(POLICY));
        } catch (InputException e) {
            throw InputException.of(POLICY, String.valueOf(e.getMessage()));
        }
    }

    /// Virtual CPUs.
    static int cpus(Arguments given) {
        return (int) given.count(CPUS);
    }
}
