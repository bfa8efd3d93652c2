package org.nestwalk.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;

/// Machines as people and programs read them; the components are the fields of its JSON form.
///
/// @param name how users call it
/// @param description one line
/// @param parameters every parameter with its source; null in the list of all machines
public record MachineListing(
        String name, String description, @Nullable List<MachineFile.Parameter> parameters) {

    /// The presets, without parameters.
    public static List<MachineListing> presets() {
        List<MachineListing> listings = new ArrayList<>();
        for (String name : Machines.presets()) {
            String description = Machines.named(name).model().description();
            listings.add(new MachineListing(name, description, null));
        }
        return listings;
    }

    /// One machine with its parameters.
    public static MachineListing of(MachineFile file) {
        return new MachineListing(
                file.model().name(), file.model().description(), file.parameters());
    }

    /// A line for each machine.
    public static Document document(List<MachineListing> listings) {
        Table table = Table.facts();
        listings.forEach(listing -> table.row(listing.name(), listing.description()));
        return new Document().table(table);
    }

    /// The name and description and a line for each parameter: path, value, source.
    public Document document() {
        Table table =
                new Table(Column.label("parameter"), Column.text("value"), Column.text("source"));
        if (parameters != null) {
            for (MachineFile.Parameter parameter : parameters) {
                String source = parameter.source() == null ? "not stated" : parameter.source();
                table.row(parameter.path(), parameter.value(), source);
            }
        }
        String title = description.isEmpty() ? name : name + ": " + description;
        return new Document().paragraph(title).table(table);
    }
}
