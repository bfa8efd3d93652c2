package org.nestwalk.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A command that a document shows: a line of a block of `sh`, or the whole block if it is a
/// script; or code at the beginning of a paragraph, if output follows. The block of `text` after
/// it, before the next command or heading, is its output.
///
/// @param document where it stands
/// @param line its number, from 1
/// @param script for a shell
/// @param isLong whether a comment beside it says how many seconds or minutes it takes
/// @param output what is shown of its output, or null
record DocumentedCommand(
        Path document, int line, String script, boolean isLong, @Nullable Output output) {
    private static final Pattern LONG = Pattern.compile("\\s#.*(\\b\\d+ (s|min)\\b|minute).*");
    private static final Pattern COMMENT = Pattern.compile("(^|\\s+)#.*");
    private static final Pattern SIMPLE =
            Pattern.compile("(\\./)?(nestwalk|check|mvnw|bench/\\w+)( [^'\"$|<>;]*)?");
    private static final Pattern INLINE =
            Pattern.compile("^`(\\./nestwalk [^`]*)`", Pattern.DOTALL);

    /// What a document shows of an output: lines, of which one that is `...` stands for paragraphs
    /// left out.
    ///
    /// @param first the number of the first line, from 0
    /// @param lines as shown
    /// @param varies whether a comment before it, `<!-- varies -->`, says that it depends on the
    ///   host
    record Output(int first, List<String> lines, boolean varies) {}

    /// The commands of `document`, in order.
    static List<DocumentedCommand> of(Path document) throws IOException {
        return new Reader(document).commands();
    }

    private DocumentedCommand showing(Output shown) {
        return new DocumentedCommand(document, line, script, isLong, shown);
    }

    @Override
    public String toString() {
        return document.getFileName() + ":" + line + ": " + script.lines().findFirst().orElse("");
    }

    private static final class Reader {
        private final Path document;
        private final List<String> lines;
        private final List<DocumentedCommand> commands = new ArrayList<>();
        // What may have output, in a block or in a paragraph.
        private @Nullable DocumentedCommand last;
        private boolean inParagraph;
        private boolean varies;

        Reader(Path document) throws IOException {
            this.document = document;
            this.lines = Files.readAllLines(document);
        }

        List<DocumentedCommand> commands() {
            List<String> paragraph = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.startsWith("```")) {
                    paragraph(paragraph, i);
                    int end = i + 1;
                    while (!lines.get(end).startsWith("```")) {
                        end++;
                    }
                    block(line.substring(3).strip(), i + 1, lines.subList(i + 1, end));
                    i = end;
                } else if (line.isBlank() || line.startsWith("#") || line.startsWith("<!--")) {
                    paragraph(paragraph, i);
                    varies |= line.startsWith("<!-- varies");
                    last = line.startsWith("#") ? null : last;
                } else {
                    paragraph.add(line);
                }
            }
            return commands;
        }

        private void paragraph(List<String> paragraph, int end) {
            Matcher inline = INLINE.matcher(String.join("\n", paragraph));
            if (inline.find()) {
                String script = inline.group(1).replaceAll("\\s+", " ");
                int line = end - paragraph.size() + 1;
                last = new DocumentedCommand(document, line, script, false, null);
                inParagraph = true;
            }
            paragraph.clear();
        }

        private void block(String language, int first, List<String> block) {
            if (language.equals("sh")) {
                script(first, block);
            } else if (language.equals("text") && last != null) {
                Output output = new Output(first, List.copyOf(block), varies);
                if (!inParagraph) {
                    commands.removeLast();
                }
                commands.add(last.showing(output));
                last = null;
            }
            varies = false;
        }

        private void script(int first, List<String> block) {
            List<String> bare =
                    block.stream().map(line -> COMMENT.matcher(line).replaceAll("")).toList();
            if (bare.stream().allMatch(line -> line.isEmpty() || SIMPLE.matcher(line).matches())) {
                for (int i = 0; i < block.size(); i++) {
                    if (!bare.get(i).isEmpty()) {
                        boolean isLong = LONG.matcher(block.get(i)).find();
                        add(first + i + 1, bare.get(i), isLong);
                    }
                }
            } else {
                add(
                        first + 1,
                        block.stream().collect(Collectors.joining("\n")),
                        block.stream().anyMatch(line -> LONG.matcher(line).find()));
            }
        }

        private void add(int line, String script, boolean isLong) {
            last = new DocumentedCommand(document, line, script, isLong, null);
            inParagraph = false;
            commands.add(last);
        }
    }
}
