package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nestwalk.Release;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual page of a command, made of what its help is made of, in the `man` macros of
/// groff_man(7).
final class ManPage {
    private static final String STATUSES =
            """
            .TP
            .B 0
            Success.
            .TP
            .B 1
            A check found differences, or what ran ended badly.
            .TP
            .B 2
            Bad input: one message on standard error says what is wrong and what would be right.
            .TP
            .B 130
            Interrupted; what there was so far has been written.
            """;

    private final CommandSpec spec;

    /// The page of the command that `spec` declares.
    ManPage(CommandSpec spec) {
        this.spec = spec;
    }

    /// Its name without a section, such as `nestwalk-vm-run`.
    String name() {
        return spec.qualifiedName("-");
    }

    /// The pages of `spec` and all commands below it, each before those below it.
    static List<ManPage> all(CommandSpec spec) {
        List<ManPage> pages = new ArrayList<>();
        pages.add(new ManPage(spec));
        below(spec).forEach(one -> pages.addAll(all(one)));
        return pages;
    }

    /// The commands below `spec` that people are told of.
    private static List<CommandSpec> below(CommandSpec spec) {
        return spec.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(one -> !one.usageMessage().hidden())
                .toList();
    }

    /// The options that it tells of.
    List<OptionSpec> options() {
        return spec.options().stream().filter(one -> !one.hidden()).toList();
    }

    /// The page as groff reads it.
    String text() {
        List<String> description = sentences(spec.usageMessage().description());
        StringBuilder page = new StringBuilder();
        page.append(
                ".TH \"%s\" 1 \"\" \"Nestwalk %s\" \"Nestwalk manual\"\n"
                        .formatted(name().toUpperCase(Locale.ROOT), Release.VERSION));
        section(page, "NAME");
        page.append(escaped(name()))
                .append(" \\- ")
                .append(text(headline(description)))
                .append('\n');
        section(page, "SYNOPSIS");
        page.append(".nh\n").append(text(synopsis())).append("\n.hy\n.ad l\n");
        section(page, "DESCRIPTION");
        page.append(description.stream().map(ManPage::text).collect(Collectors.joining("\n.PP\n")))
                .append('\n');
        arguments(page);
        options(page);
        commands(page);
        section(page, "EXIT STATUS");
        page.append(STATUSES);
        seeAlso(page);
        return page.toString();
    }

    /// The first sentence, without its full stop, as NAME wants it.
    private static String headline(List<String> description) {
        if (description.isEmpty()) {
            return "";
        }
        String first = description.getFirst();
        int end = first.indexOf(". ");
        String sentence = end < 0 ? first : first.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private String synopsis() {
        return new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF))
                .synopsis(0)
                .strip()
                .replaceAll("\\s+", " ");
    }

    private void arguments(StringBuilder page) {
        List<PositionalParamSpec> shown =
                spec.positionalParameters().stream().filter(one -> !one.hidden()).toList();
        if (shown.isEmpty()) {
            return;
        }
        section(page, "ARGUMENTS");
        for (PositionalParamSpec one : shown) {
            entry(page, ".I " + text(one.paramLabel()), one);
        }
    }

    private void options(StringBuilder page) {
        List<OptionSpec> shown = options();
        if (shown.isEmpty()) {
            return;
        }
        section(page, "OPTIONS");
        for (OptionSpec one : shown) {
            String names = String.join(", ", one.names());
            String value = one.arity().max() == 0 ? "" : "=" + one.paramLabel();
            entry(page, ".B " + text(names + value), one);
        }
    }

    private static void entry(StringBuilder page, String heading, ArgSpec argument) {
        page.append(".TP\n")
                .append(heading)
                .append('\n')
                .append(text(String.join(" ", sentences(argument.description()))))
                .append('\n');
    }

    private void commands(StringBuilder page) {
        List<CommandSpec> below = below(spec);
        if (below.isEmpty()) {
            return;
        }
        section(page, "COMMANDS");
        for (CommandSpec one : below) {
            page.append(".TP\n.BR ")
                    .append(escaped(one.qualifiedName("-")))
                    .append(" (1)\n")
                    .append(text(headline(sentences(one.usageMessage().description()))))
                    .append('\n');
        }
    }

    private void seeAlso(StringBuilder page) {
        CommandSpec above = spec.parent();
        if (above != null) {
            section(page, "SEE ALSO");
            page.append(".BR ").append(escaped(above.qualifiedName("-"))).append(" (1)\n");
        }
    }

    private static void section(StringBuilder page, String name) {
        page.append(".SH ").append(name).append('\n');
    }

    /// What picocli would print of each, which takes them as formats.
    private static List<String> sentences(String... formats) {
        List<String> lines = new ArrayList<>();
        for (String format : formats) {
            lines.add(format.replace("%n", " ").replace("%%", "%").strip());
        }
        return lines;
    }

    /// A line of text in which nothing is taken for a request.
    private static String text(String line) {
        String escaped = escaped(line);
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    /// With hyphens that can be searched for and copied, and lists without spaces that can be
    /// broken.
    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replaceAll(",(?=\\S)", ",\\\\:");
    }
}
