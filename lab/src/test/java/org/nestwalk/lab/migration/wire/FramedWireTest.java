package org.nestwalk.lab.migration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmSettings;

/// Messages become bytes, and the same messages again, or nothing.
class FramedWireTest {
    /// How often something is tried: `usual`, or with `nestwalk.long` as often as is promised.
    private static int tries(int usual, int full) {
        return Boolean.getBoolean("nestwalk.long") ? full : usual;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096, 1 << 20})
    void everyMessageArrivesAsItWasSent(int piece) {
        List<Message> source = Wires.source(new Random(1), 3, 64);
        List<Message> target = Wires.target();

        for (Role role : Role.values()) {
            List<Message> messages = role == Role.SOURCE ? source : target;
            byte[] bytes = Wires.bytes(role, messages, Wires.ALL);
            if (bytes.length / piece < 100_000) {
                Wires.Heard heard = Wires.hear(role, bytes, Wires.ALL, piece);
                assertThat(heard.messages()).isEqualTo(Wires.texts(messages));
                assertThat(heard.end()).isEqualTo("the other side has closed the connection");
            }
        }
        Set<Class<?>> kinds = new HashSet<>();
        source.forEach(message -> kinds.add(message.getClass()));
        target.forEach(message -> kinds.add(message.getClass()));
        assertThat(kinds).containsExactlyInAnyOrder(Message.class.getPermittedSubclasses());
    }

    @Test
    void everyKindOfVirtualMachineCanBeOffered() {
        List<Message> offers = new ArrayList<>();
        for (TranslationMode mode : TranslationMode.values()) {
            for (Protection protection : Protection.values()) {
                offers.add(
                        new Message.Offer(
                                7, new VmSettings("", 2 << 20, 256, mode, protection), "kvm"));
            }
        }
        byte[] bytes = Wires.bytes(Role.SOURCE, offers, Set.of());

        assertThat(Wires.hear(Role.SOURCE, bytes, Set.of(), 100).messages())
                .isEqualTo(Wires.texts(offers));
    }

    @Test
    void longTextsAreCutBetweenCharactersAndControlCharactersAreNotPassedOn() {
        byte[] bytes =
                Wires.bytes(
                        Role.TARGET,
                        List.of(
                                new Message.Refused("\u001b[2Jgone"),
                                new Message.Refused("a" + "ä".repeat(600))),
                        Set.of());

        assertThat(Wires.hear(Role.TARGET, bytes, Set.of(), 100).messages())
                .containsExactly(
                        "Refused[reason=?[2Jgone]", "Refused[reason=a" + "ä".repeat(499) + "]");
    }

    @Test
    void pagesArriveInEveryEncodingAndAreShorterInSome() {
        List<PageEncoding> switches =
                List.of(PageEncoding.ZERO, PageEncoding.DELTA, PageEncoding.ZSTD);
        List<Message> messages = Wires.source(new Random(2), 20, 50);
        int plain = Wires.bytes(Role.SOURCE, messages, Set.of(PageEncoding.PLAIN)).length;
        for (int bits = 1; bits < 8; bits++) {
            Set<PageEncoding> encodings = EnumSet.of(PageEncoding.PLAIN);
            for (int i = 0; i < 3; i++) {
                if ((bits >> i & 1) != 0) {
                    encodings.add(switches.get(i));
                }
            }
            byte[] bytes = Wires.bytes(Role.SOURCE, messages, encodings);

            assertThat(Wires.hear(Role.SOURCE, bytes, encodings, 100_000).messages())
                    .as("%s", encodings)
                    .isEqualTo(Wires.texts(messages));
            assertThat(bytes.length).as("%s", encodings).isLessThan(plain * 9 / 10);
        }
    }

    @Test
    void pagesThatDoNotShrinkArePassedAsTheyAre() {
        PageBatch batch = new PageBatch();
        Random random = new Random(3);
        for (int i = 0; i < 64; i++) {
            long[] words = new long[512];
            for (int word = 0; word < 512; word++) {
                words[word] = i % 2 == 0 ? random.nextLong() : word & 3;
            }
            batch.copyFrom(words, batch.add(i * 4096L, i));
        }
        BytesCarrier carrier = new BytesCarrier();
        try (FramedWire wire =
                new FramedWire(carrier, Wires.agreed(Role.SOURCE, Wires.ALL), Wires.LIMITS)) {
            wire.send(new Message.Pages(batch));
            wire.send(new Message.Pages(batch));
            PageCounts counts = wire.sentPages();

            assertThat(counts.plain()).isEqualTo(32);
            assertThat(counts.zstd()).isEqualTo(32);
            assertThat(counts.delta()).as("that have not changed at all").isEqualTo(64);
            assertThat(wire.sentBytes()).isEqualTo(carrier.written().length);
        }
    }

    @Test
    void aStreamThatIsCutAnywhereIsHeardUpToTheCutAndNoFurther() {
        for (Role role : Role.values()) {
            List<Message> messages =
                    role == Role.SOURCE ? Wires.source(new Random(4), 2, 3) : Wires.target();
            List<String> said = Wires.texts(messages);
            byte[] bytes = Wires.bytes(role, messages, Wires.ALL);
            int heardBefore = 0;
            for (int cut = 0; cut <= bytes.length; cut++) {
                Wires.Heard heard =
                        Wires.hear(role, Arrays.copyOf(bytes, cut), Wires.ALL, Integer.MAX_VALUE);
                int count = heard.messages().size();
                assertThat(heard.messages()).isEqualTo(said.subList(0, count));
                assertThat(count).isBetween(heardBefore, heardBefore + 1);
                assertThat(heard.end()).startsWith("the other side has closed the connection");
                heardBefore = count;
            }
            assertThat(heardBefore).isEqualTo(said.size());
        }
    }

    @Test
    void aStreamThatIsDamagedIsNeverHeardAsSomethingElse() {
        Random random = new Random(5);
        int count = tries(3_000, 100_000);
        List<List<Message>> said = List.of(Wires.source(new Random(6), 2, 4), Wires.target());
        List<byte[]> streams = new ArrayList<>();
        for (Role role : Role.values()) {
            streams.add(Wires.bytes(role, said.get(role.code()), Wires.ALL));
        }
        List<List<String>> texts = said.stream().map(Wires::texts).toList();
        for (int i = 0; i < count; i++) {
            Role role = i % 2 == 0 ? Role.SOURCE : Role.TARGET;
            byte[] bytes = streams.get(role.code()).clone();
            byte[] damaged = Mutations.of(bytes, random);
            Wires.Heard heard =
                    Wires.hear(role, damaged, Wires.ALL, 1 + random.nextInt(bytes.length));
            assertThat(heard.end()).as("try %d", i).matches("[a-z].*[^.]");
            List<String> whole = texts.get(role.code());
            for (String message : heard.messages()) {
                // Messages can be repeated and left out, but not be made up; contents of pages are
                // held against their checksums by whoever keeps them.
                assertThat(whole.contains(message) || message.contains("DAMAGED"))
                        .as("try %d: %s", i, message)
                        .isTrue();
            }
        }
    }

    @Test
    void aWireIsClosedWhileAnotherThreadPacksPages() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            FramedWire wire =
                    new FramedWire(
                            new BytesCarrier(), Wires.agreed(Role.SOURCE, Wires.ALL), Wires.LIMITS);
            Message pages = new Message.Pages(Wires.batch(new Random(i), 64));
            AtomicReference<Throwable> end = new AtomicReference<>();
            CountDownLatch begun = new CountDownLatch(1);
            Thread sender =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    while (true) {
                                        wire.send(pages);
                                        begun.countDown();
                                    }
                                } catch (RuntimeException e) {
                                    end.set(e);
                                }
                            });
            begun.await();
            wire.close();
            sender.join();
            assertThat(end.get())
                    .isInstanceOf(BrokenWireException.class)
                    .hasMessageContaining("was closed here");
        }
    }
}
