package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An experiment is one class and one registration: options, help, checks, text, CSV and JSON come
/// from what it declares.
class ToyExperimentTest {
    private record Toss(long number, boolean heads) {}

    private record Tosses(List<Toss> tosses) {}

    private static final class Coin implements Experiment<Tosses> {
        @Override
        public Spec spec() {
            return new Spec(
                    "coin",
                    "Whether a coin that always falls alternately is fair.",
                    "a coin without a rim",
                    null,
                    List.of(
                            Parameter.count("tosses", "how often it is tossed", 4, 1, 1_000),
                            Parameter.choice("first", "what comes first", "heads", "tails"),
                            Parameter.number("bias", "beyond which it is unfair", 0.1, 0, 1)
                                    .onlyWith("first", "heads"),
                            Parameter.flag("again", "begins again at each toss")));
        }

        @Override
        public Tosses run(Laboratory laboratory, Arguments given) {
            boolean first = given.text("first").equals("heads");
            return new Tosses(
                    LongStream.range(0, given.count("tosses"))
                            .mapToObj(
                                    i -> new Toss(i, (i % 2 == 0 || given.flag("again")) == first))
                            .toList());
        }

        @Override
        public Document document(Tosses result) {
            Table table = new Table(Column.label("toss"), Column.number("heads").meaning("1 or 0"));
            for (Toss toss : result.tosses()) {
                table.row(
                        Cell.number("%d", toss.number()), Cell.number("%d", toss.heads() ? 1 : 0));
            }
            long heads = result.tosses().stream().filter(Toss::heads).count();
            long tails = result.tosses().size() - heads;
            Conclusion conclusion = new Conclusion();
            conclusion
                    .expect(
                            "fair",
                            Condition.alike("heads", (double) heads, "tails", (double) tails, 0))
                    .say("It is fair.", "It is not fair: %d heads.", heads);
            return new Document().table(table).conclusion(conclusion);
        }
    }

    private static Nestwalk.Result coin(String... line) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine lab = Main.commandLine("lab");
        Objects.requireNonNull(lab.getSubcommands().get("lab"))
                .addSubcommand("coin", LabRun.command(new Coin()));
        lab.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] words = new String[line.length + 2];
        words[0] = "lab";
        words[1] = "coin";
        System.arraycopy(line, 0, words, 2, line.length);
        int status = Main.execute(lab, words);
        return new Nestwalk.Result(status, out.toString(), err.toString());
    }

    @Test
    void optionsAndHelpComeFromTheParameters() {
        assertThat(coin("--help").out())
                .contains("Whether a coin that always falls alternately is fair.")
                .contains("--tosses=N")
                .contains("How often it is tossed: 1 to 1k (default: 4).")
                .contains("--first=heads|tails")
                .containsPattern("--again +Begins again at each toss\\.");
    }

    @Test
    void valuesOutOfBoundsAreRefusedByTheOptionsName() {
        assertThat(coin("--tosses", "0").err())
                .isEqualTo("nestwalk: --tosses: '0' is not 1 to 1k\n");
        assertThat(coin("--first", "rim").err())
                .isEqualTo("nestwalk: --first: 'rim' is not one of heads, tails\n");
        assertThat(coin("--first", "tails", "--bias", "0.2").err())
                .isEqualTo("nestwalk: --bias is for --first heads, not for --first tails\n");
        assertThat(coin("--tosses", "0").status()).isEqualTo(2);
    }

    @Test
    void conclusionFollowsFromTheFigures() {
        assertThat(coin().out()).contains("What to conclude: It is fair.");
        assertThat(coin("--tosses", "3").out())
                .contains("What to conclude: It is not fair: 2 heads.");
    }

    /// Where `run` and `vm run` say it, too.
    @Test
    void interruptionIsSaidAtTheHeadOfTheResult() {
        Document document = new Document().paragraph("Heads and tails");
        assertThat(new TextRenderer(80).text(Written.shown(document, false)))
                .isEqualTo("interrupted: this is what there was so far\n\nHeads and tails\n");
        assertThat(Written.shown(document, true)).isSameAs(document);
    }

    @Test
    void flagTakesNoValue() {
        assertThat(coin("--again", "--tosses", "3").out()).contains("It is not fair: 3 heads.");
        assertThat(coin("--again", "3").status()).isEqualTo(2);
    }

    @Test
    void csvHasTheFiguresOfTheTables() {
        assertThat(coin("--tosses", "2", "--csv", "-").out())
                .isEqualTo("toss,heads\r\n0,1\r\n1,0\r\n");
    }

    @Test
    void jsonHasResultClaimsAndWhatMakesItAgain() {
        JsonNode json = JsonMapper.shared().readTree(coin("--tosses", "3", "--json", "-").out());
        assertThat(json.get("experiment").asString()).isEqualTo("coin");
        assertThat(json.get("result").get("tosses")).hasSize(3);
        JsonNode claim = json.get("claims").get(0);
        assertThat(claim.get("effect").asString()).isEqualTo("fair");
        assertThat(claim.get("held").asBoolean()).isFalse();
        assertThat(json.get("manifest").get("arguments").get("tosses").get(0).asString())
                .isEqualTo("3");
        assertThat(json.get("manifest").has("machine")).isFalse();
    }
}
