package org.nestwalk.report;

import java.util.List;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.Programs;

/// A program as people and programs read it; the components are the fields of its JSON form.
///
/// @param name how users call it
/// @param description one line
/// @param source where it is published
/// @param parameters in order
public record ProgramListing(
        String name, String description, String source, List<Parameter> parameters) {

    /// One parameter.
    ///
    /// @param name as users write it
    /// @param meaning one phrase
    /// @param defaultValue if it is not given
    /// @param bounds what values are allowed, in words
    public record Parameter(String name, String meaning, String defaultValue, String bounds) {}

    /// All programs.
    public static List<ProgramListing> all() {
        return Programs.all().stream().map(ProgramListing::of).toList();
    }

    private static ProgramListing of(Program program) {
        List<Parameter> parameters =
                program.parameters().stream()
                        .map(parameter ->
                                new Parameter(
                                        parameter.name(),
                                        parameter.meaning(),
                                        String.join(",", parameter.defaults()),
                                        parameter.bounds()))
                        .toList();
        return new ProgramListing(
                program.name(), program.description(), program.source(), parameters);
    }

    /// A paragraph for each program: name and description, source, and a line for each parameter.
    public static Document document(List<ProgramListing> listings) {
        Document document = new Document();
        document.paragraph(
                "Give a program as NAME or NAME:key=value,key=value, for example"
                        + " gups:footprint=64GiB,accesses=50M.");
        for (ProgramListing listing : listings) {
            document.lines(
                    listing.name() + ": " + listing.description(), "source: " + listing.source());
            Table table =
                    new Table(
                            Column.label("parameter"),
                            Column.text("default"),
                            Column.text("values"),
                            Column.text("meaning"));
            for (Parameter parameter : listing.parameters()) {
                table.row(
                        parameter.name(),
                        parameter.defaultValue(),
                        parameter.bounds(),
                        parameter.meaning());
            }
            document.table(table);
        }
        return document;
    }
}
