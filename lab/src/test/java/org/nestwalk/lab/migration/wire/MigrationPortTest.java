package org.nestwalk.lab.migration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// Connections over TCP and TLS, and who gets one.
@Timeout(60)
class MigrationPortTest {
    private static final long SECOND = 1_000_000_000;
    private static final WireLimits QUICK =
            Wires.LIMITS.withTimes(Duration.ofMillis(300), Duration.ofMillis(300));

    @TempDir static Path folder = Path.of("");

    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();

    private static WireSettings settings(@Nullable TlsFiles tls) {
        return new WireSettings(Wires.ALL, 256, tls == null ? null : tls.open(), WireLimits.USUAL);
    }

    private MigrationPort port(@Nullable TlsFiles tls) {
        return new MigrationPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                settings(tls),
                problems::add);
    }

    private static WireConnector to(MigrationPort port, @Nullable TlsFiles tls) {
        Endpoint end = new Endpoint("127.0.0.1", port.port());
        return new WireConnector(end, end.address("to"), settings(tls), false);
    }

    private static Message.Offer offer(long id) {
        Message first = Wires.source(new Random(1), 0, 0).getFirst();
        return new Message.Offer(id, ((Message.Offer) first).settings(), "simulated");
    }

    private static Wire accept(MigrationPort port) {
        return Objects.requireNonNull(port.accept(10 * SECOND), "a connection");
    }

    private static Message hear(Wire wire) {
        return Objects.requireNonNull(wire.receive(10 * SECOND), "a message");
    }

    private static void leave(Wire wire) {
        wire.close();
    }

    private String problem() {
        long end = System.nanoTime() + 10 * SECOND;
        while (problems.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        return String.valueOf(problems.poll());
    }

    private static void talk(MigrationPort port, WireConnector connector) {
        try (Wire source = connector.connect(10 * SECOND)) {
            source.send(offer(3));
            try (Wire target = accept(port)) {
                assertThat(hear(target)).isEqualTo(offer(3));
                target.send(new Message.Accepted());
                assertThat(hear(source)).isEqualTo(new Message.Accepted());
                Random random = new Random(1);
                for (int i = 0; i < 40; i++) {
                    Message pages = new Message.Pages(Wires.batch(random, 64));
                    String said = Wires.text(pages);
                    source.send(pages);
                    assertThat(Wires.text(hear(target))).isEqualTo(said);
                }
                target.send(new Message.Want(4096, 7));
                assertThat(hear(source)).isEqualTo(new Message.Want(4096, 7));
                leave(source);
                assertThatThrownBy(() -> hear(target))
                        .isInstanceOf(BrokenWireException.class)
                        .hasMessageContaining("has closed the connection");
            }
        }
    }

    @Test
    void portForOneMigrationTakesNoOther() {
        try (MigrationPort port =
                new MigrationPort(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        settings(null),
                        problems::add,
                        7L)) {
            try (Wire stranger = to(port, null).connect(SECOND)) {
                stranger.send(offer(8));
                assertThat(stranger.receive(SECOND))
                        .isEqualTo(new Message.Refused("another guest is expected here"));
            }
            try (Wire mine = to(port, null).connect(SECOND)) {
                mine.send(offer(7));
                try (Wire taken = Objects.requireNonNull(port.accept(SECOND))) {
                    assertThat(taken.receive(SECOND)).isEqualTo(offer(7));
                }
            }
        }
    }

    @Test
    void bothSidesTalkOverTcp() {
        try (MigrationPort port = port(null)) {
            talk(port, to(port, null));
        }
    }

    @Test
    void bothSidesTalkOverTlsWithCertificatesOfOneAuthority() {
        for (String name : List.of("good", "elsewhere")) {
            // Where a source is does not matter.
            try (MigrationPort port = port(Certificates.of("good"))) {
                talk(port, to(port, Certificates.of(name)));
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void certificatesThatProveNothingAreRefusedAndBothSidesSayWhy() {
        TlsFiles good = Certificates.of("good");
        String told = "does not accept the certificate of this side";
        assertRefused(Certificates.of("expired"), good, "has expired", told);
        assertRefused(Certificates.of("early"), good, "is not valid yet", told);
        assertRefused(Certificates.of("elsewhere"), good, "is of another host", told);
        assertRefused(
                Certificates.of("foreign"), good, "by no authority that this side trusts", told);
        assertRefused(good, Certificates.of("expired"), told, "has expired");
        assertRefused(
                good,
                Certificates.of("foreign"),
                "does not accept",
                "no certificate of an authority that");
        assertRefused(
                Certificates.of("good", "stranger"),
                good,
                "does not accept",
                "no certificate of an authority that");
    }

    private void assertRefused(TlsFiles target, TlsFiles source, String there, String here) {
        problems.clear();
        try (MigrationPort port = port(target)) {
            assertThatThrownBy(
                            () -> {
                                try (Wire wire = to(port, source).connect(10 * SECOND)) {
                                    wire.send(offer(1));
                                    hear(wire);
                                }
                            })
                    .isInstanceOf(BrokenWireException.class)
                    .hasMessageContaining(there);
            assertThat(problem()).contains(here);
        }
    }

    @Test
    void aSideWithoutTlsIsToldThatTheOtherHasIt() {
        TlsFiles tls = Certificates.of("good");
        try (MigrationPort port = port(tls)) {
            assertThatThrownBy(() -> to(port, null).connect(10 * SECOND))
                    .hasMessageContaining("speaks TLS, and this side does not");
            assertThat(problem()).contains("does not speak TLS, and this side does");
        }
        try (MigrationPort port = port(null)) {
            assertThatThrownBy(() -> to(port, tls).connect(10 * SECOND))
                    .hasMessageContaining("does not speak TLS, and this side does");
            assertThat(problem()).contains("speaks TLS, and this side does not");
        }
    }

    @Test
    void filesThatAreNoCertificatesOrKeysAreNamed() throws IOException {
        TlsFiles good = Certificates.of("good");
        Path text = Files.writeString(folder.resolve("text.pem"), "hello\n");
        Path rsa =
                Files.writeString(
                        folder.resolve("rsa.pem"),
                        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        Path broken =
                Files.writeString(
                        folder.resolve("broken.pem"),
                        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Path missing = folder.resolve("nowhere.pem");

        assertBad(new TlsFiles(text, good.key(), good.authority()), "has no certificate in PEM");
        assertBad(new TlsFiles(missing, good.key(), good.authority()), "cannot be read");
        assertBad(new TlsFiles(good.certificate(), good.key(), text), "has no certificate in PEM");
        assertBad(new TlsFiles(good.certificate(), rsa, good.authority()), "openssl pkcs8");
        assertBad(new TlsFiles(good.certificate(), text, good.authority()), "no private key");
        assertBad(new TlsFiles(good.certificate(), broken, good.authority()), "RSA, EC nor EdDSA");
    }

    private static void assertBad(TlsFiles files, String why) {
        assertThatThrownBy(files::open)
                .isInstanceOf(InputException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aSecondSenderIsRefusedWhileOneIsMovingAndTheFirstCanComeBack() {
        try (MigrationPort port = port(null);
                Wire first = to(port, null).connect(10 * SECOND)) {
            first.send(offer(1));
            Wire target = accept(port);
            assertThat(hear(target)).isEqualTo(offer(1));
            try (Wire second = to(port, null).connect(10 * SECOND)) {
                second.send(offer(2));
                assertThat(hear(second))
                        .isEqualTo(new Message.Refused("another guest is on its way here already"));
            }
            try (Wire stranger = to(port, null).connect(10 * SECOND)) {
                stranger.send(new Message.Resume(2));
                assertThat(hear(stranger)).isEqualTo(new Message.Unknown());
            }
            first.send(new Message.EndOfRound(1));
            assertThat(hear(target)).isEqualTo(new Message.EndOfRound(1));
            try (Wire again = to(port, null).connect(10 * SECOND)) {
                again.send(new Message.Resume(1));
                try (Wire renewed = accept(port)) {
                    assertThat(hear(renewed)).isEqualTo(new Message.Resume(1));
                    assertThatThrownBy(() -> hear(target)).isInstanceOf(BrokenWireException.class);
                }
            }
        }
    }

    @Test
    void aSenderMayComeWhenTheOneBeforeWasNotTaken() {
        try (MigrationPort port = port(null)) {
            for (int i = 0; i < 3; i++) {
                try (Wire source = to(port, null).connect(10 * SECOND)) {
                    source.send(offer(i));
                    try (Wire target = accept(port)) {
                        assertThat(hear(target)).isEqualTo(offer(i));
                        target.send(new Message.Refused("too large"));
                    }
                    assertThat(hear(source)).isEqualTo(new Message.Refused("too large"));
                }
            }
        }
    }

    @Test
    void strangersAreToldApartAndDoNotStandInTheWay() throws IOException {
        WireSettings quick = new WireSettings(Wires.ALL, 0, null, QUICK);
        try (MigrationPort port =
                new MigrationPort(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        quick,
                        problems::add)) {
            byte[] newer = new byte[Greeting.BYTES];
            ByteBuffer greeting = WireFormat.direct(Greeting.BYTES);
            new Greeting(Role.SOURCE, false, Wires.ALL, 0).put(greeting);
            greeting.flip().get(newer);
            newer[8] = 9;
            assertThat(says(port, newer)).contains("speaks version 9 of the protocol");
            assertThat(
                            says(
                                    port,
                                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                                            .getBytes(StandardCharsets.US_ASCII)))
                    .contains("is no Nestwalk that migrates");
            newer[8] = WireFormat.VERSION;
            newer[16] ^= (byte) 1;
            assertThat(says(port, newer)).contains("is damaged");
            greeting.clear();
            new Greeting(Role.TARGET, false, Wires.ALL, 0).put(greeting);
            greeting.flip().get(newer);
            assertThat(says(port, newer)).contains("waits for a guest, too");
            assertThat(says(port, new byte[3])).contains("has not said what it is");
            assertThat(List.copyOf(problems)).isEmpty();
            talk(port, to(port, null));
        }
    }

    /// The port's problem with a client that says `bytes`, and then nothing.
    private String says(MigrationPort port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
            socket.getOutputStream().write(bytes);
            return problem();
        }
    }

    @Test
    void aPortInUseAndAnAddressOfAnotherHostAreRefused() {
        try (MigrationPort port = port(null)) {
            InetSocketAddress same =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port.port());
            assertThatThrownBy(() -> new MigrationPort(same, settings(null), problems::add))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("is in use; choose another port");
        }
        InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.7", 0);
        assertThatThrownBy(() -> new MigrationPort(elsewhere, settings(null), problems::add))
                .hasMessageContaining("is no address of this host");
    }

    @Test
    void aTargetThatIsNotThereIsTriedForAsLongAsIsAsked() {
        MigrationPort port = port(null);
        WireConnector connector = to(port, null);
        port.close();
        long start = System.nanoTime();
        assertThatThrownBy(() -> connector.connect(SECOND / 2))
                .isInstanceOf(BrokenWireException.class)
                .hasMessageContaining("cannot be reached (Connection refused");
        assertThat(System.nanoTime() - start).isBetween(SECOND / 4, 5 * SECOND);
    }

    @Test
    void aPeerThatTakesNothingIsLeftAfterTheTimeForAMessage() {
        try (MigrationPort port = port(null)) {
            Endpoint end = new Endpoint("127.0.0.1", port.port());
            WireSettings quick = new WireSettings(Wires.ALL, 0, null, QUICK);
            try (Wire source =
                    new WireConnector(end, end.address("to"), quick, false).connect(10 * SECOND)) {
                source.send(offer(1));
                try (Wire _ = accept(port)) {
                    Message noise = new Message.Pages(Wires.batch(new Random(1), 64));
                    assertThatThrownBy(
                                    () -> {
                                        for (int i = 0; i < 10_000; i++) {
                                            source.send(noise);
                                        }
                                    })
                            .isInstanceOf(BrokenWireException.class)
                            .hasMessageContaining("has not taken a message for 300 ms");
                }
            }
        }
    }

    @Test
    void placesAreReadAndOthersRefused() {
        assertThat(Endpoint.read("[::1]:4444", "to")).isEqualTo(new Endpoint("::1", 4444));
        assertThat(Endpoint.read("host:0", "to").toString()).isEqualTo("host:0");
        assertThat(new Endpoint("::1", 1)).hasToString("[::1]:1");
        for (String bad :
                List.of("", "host", "host:", ":1", "host:65536", "a:b:1", "[::1]", "x:-1")) {
            assertThatThrownBy(() -> Endpoint.read(bad, "to"))
                    .as(bad)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("is no HOST:PORT");
        }
    }
}
