package org.nestwalk.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.serve.Started.Reply;
import tools.jackson.databind.JsonNode;

/// A folder's results are listed and opened by number; other files are not there for a page.
class ResultsTest {
    private static final String PAGE =
            "<!doctype html><meta name=\"generator\" content=\"Nestwalk 1\"><title>%s</title>";

    @TempDir private Path folder = Path.of("");

    @Test
    void resultsOfAFolderAreListedAndOthersAreNot() throws IOException {
        Files.writeString(folder.resolve("a.html"), PAGE.formatted("nestwalk run: a &amp; b"));
        Files.writeString(
                folder.resolve("b.json"), "{\"format\": \"nestwalk-walk\", \"version\": 1}");
        Files.writeString(folder.resolve("c.html"), "<title>of another program</title>");
        Files.writeString(folder.resolve("d.json"), "{\"format\": \"other\"}");
        Files.writeString(folder.resolve("e.txt"), "nestwalk-walk");
        Path secret = Files.createTempFile("secret", ".html");
        Files.writeString(secret, PAGE.formatted("elsewhere"));
        Files.createSymbolicLink(folder.resolve("f.html"), secret);
        try (Started started = new Started(folder)) {
            JsonNode listed = started.get("/api/results").json();
            assertThat(listed.valueStream().map(one -> one.get("title").asString()))
                    .containsExactlyInAnyOrder("nestwalk run: a & b", "nestwalk-walk");
            assertThat(listed.toString()).doesNotContain(folder.toString());
            for (JsonNode one : listed) {
                assertThat(started.get("/report?id=" + one.get("id").asString()).status())
                        .isEqualTo(200);
                assertThat(started.get("/download?as=csv&id=" + one.get("id").asString()).status())
                        .isEqualTo(404);
            }
        } finally {
            Files.delete(secret);
        }
    }

    @Test
    void damagedResultIsSaidToBe() throws IOException {
        Files.writeString(folder.resolve("a.json"), "{\"format\": \"nestwalk-run\", \"runs\": [");
        Files.write(
                folder.resolve("b.html"),
                (PAGE.formatted("nestwalk run") + "\u00e9").getBytes(StandardCharsets.ISO_8859_1));
        try (Started started = new Started(folder)) {
            for (JsonNode one : started.get("/api/results").json()) {
                Reply reply = started.get("/report?id=" + one.get("id").asString());
                if (one.get("name").asString().equals("a.json")) {
                    assertThat(reply.status()).isEqualTo(422);
                    assertThat(reply.message()).isEqualTo("a is damaged: it is not JSON");
                } else {
                    assertThat(reply.status()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void noResultTakesThePlaceOfAnother() throws IOException {
        Results results = new Results(folder);
        for (int i = 0; i < 5; i++) {
            results.keep("run", PAGE.formatted("run"), "a\r\n");
        }
        assertThat(results.list()).hasSize(5);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(10);
        }
    }

    @Test
    void uploadThatIsTooLargeLeavesNothing() throws IOException {
        Uploads uploads = new Uploads(folder, 1_000);
        assertThatThrownBy(() -> uploads.take("a", new ByteArrayInputStream(new byte[1_001]), -1))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> {
                            assertThat(refusal.status()).isEqualTo(413);
                            assertThat(refusal.sentence()).contains("at most");
                        });
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }
}
