package org.nestwalk.lab.labs.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Claim;
import org.nestwalk.document.Document;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.labs.validate.ValidateResult.Ratio;
import org.nestwalk.lab.labs.validate.ValidateResult.Time;

class ValidateDocumentTest {
    private static Ratio ratio(String kind, String program, double deviation) {
        return new Ratio(kind, program, "a/b", 2, 1.9, 2.1, 2 * (1 + deviation), deviation);
    }

    private static ValidateResult result(double others, List<Ratio> ratios) {
        return result(true, 3, others, ratios);
    }

    private static ValidateResult result(
            boolean here, int rounds, double others, List<Ratio> ratios) {
        return new ValidateResult(
                "host",
                "calibrated",
                true,
                here,
                "a processor",
                "6.18",
                null,
                false,
                rounds,
                4096,
                others,
                0,
                List.of(new Time("host", "gups", 1 << 20, "4K", 10, 9, 11, 12)),
                ratios);
    }

    /// Of `all` ratios, `within` are.
    private static List<Ratio> ratios(String kind, int within, int all) {
        List<Ratio> ratios = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            ratios.add(ratio(kind, "gups", i < within ? -0.2 : 0.21));
        }
        return ratios;
    }

    private static String text(ValidateResult result) {
        return new TextRenderer(100).text(ValidateDocument.of(result)).replaceAll("\\s+", " ");
    }

    private static boolean held(ValidateResult result, String claim) {
        Document document = ValidateDocument.of(result);
        return document.claims().stream()
                .filter(one -> one.name().equals(claim))
                .map(Claim::held)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void fourFifthsWithinAFifthAreEnough() {
        ValidateResult enough = result(0, ratios(Ratios.PAGES, 4, 5));
        assertThat(held(enough, "most-ratios-are-predicted")).isTrue();
        assertThat(text(enough)).contains("80 % of 5 ratios of times are predicted within 20 %.");
        ValidateResult few = result(0, ratios(Ratios.PAGES, 3, 5));
        assertThat(held(few, "most-ratios-are-predicted")).isFalse();
        assertThat(text(few)).contains("Only 60 % of 5 ratios");
    }

    @Test
    void busyHostGivesNoVerdict() {
        assertThat(held(result(0.1, ratios(Ratios.SIZE, 1, 1)), "host-was-quiet")).isTrue();
        ValidateResult busy = result(0.11, ratios(Ratios.SIZE, 1, 1));
        assertThat(held(busy, "host-was-quiet")).isFalse();
        assertThat(text(busy)).contains("no verdict on the model");
        assertThat(text(busy)).contains("gups 1 1 100 % none");
    }

    @Test
    void hostThatDoesNotSayIsNeitherQuietNorBusy() {
        assertThat(text(result(-1, ratios(Ratios.SIZE, 1, 1))))
                .contains("Whether the host was quiet, it does not say.");
    }

    @Test
    void oneRoundTellsNoInterval() {
        assertThat(text(result(0, List.of()))).contains("between the least and the most");
        assertThat(text(result(true, 1, 0, List.of())))
                .contains("1 round of 4,096 accesses of each case, which tells no interval")
                .doesNotContain("median");
    }

    @Test
    void machineOfAnotherHostIsSaidToBeOne() {
        String sentence = "what it predicts is of another host";
        assertThat(text(result(false, 3, 0, List.of()))).contains(sentence);
        assertThat(text(result(true, 3, 0, List.of()))).doesNotContain(sentence);
    }

    @Test
    void guestsThatAreSimulatedAsTheHostAreNotCounted() {
        List<Ratio> ratios = new ArrayList<>(ratios(Ratios.PAGES, 1, 4));
        ratios.add(new Ratio(Ratios.GUEST, "gups", "a/b", 1.1, 1, 1.2, 1, 1 / 1.1 - 1));
        assertThat(text(result(0, ratios)))
                .contains("The latter are 1 in the model whatever the program")
                .contains("of the 4 others, 25 % are.");
        ratios.add(new Ratio(Ratios.GUEST, "gups", "a/b", 1.1, 1, 1.2, 1.05, 1.05 / 1.1 - 1));
        assertThat(text(result(0, ratios))).doesNotContain("The latter");
    }

    @Test
    void kindsOfRatiosAreJudgedOnTheirOwn() {
        List<Ratio> ratios = new ArrayList<>(ratios(Ratios.PAGES, 5, 5));
        ratios.addAll(ratios(Ratios.SIZE, 1, 5));
        ratios.addAll(ratios(Ratios.GUEST, 5, 5));
        ValidateResult result = result(0, ratios);
        assertThat(held(result, "large-pages-are-predicted")).isTrue();
        assertThat(held(result, "sizes-are-predicted")).isFalse();
        assertThat(held(result, "guests-are-predicted")).isTrue();
    }

    @Test
    void programsHaveTheirOwnVerdicts() {
        List<Ratio> ratios = new ArrayList<>(ratios(Ratios.PAGES, 4, 4));
        ratios.add(ratio(Ratios.PAGES, "btree", 1.5));
        String text = text(result(0, ratios));
        assertThat(text).contains("gups 4 4 100 % predicted");
        assertThat(text).contains("btree 1 0 0.0 % missed");
        assertThat(text).contains("Farthest off is btree, a/b: measured 2.00, predicted 5.00.");
    }

    @Test
    void resultWithoutRatiosIsNotJudged() {
        assertThat(text(result(0, List.of()))).contains("There is no ratio to judge");
    }
}
