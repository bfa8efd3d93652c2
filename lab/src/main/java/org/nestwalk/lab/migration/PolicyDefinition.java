package org.nestwalk.lab.migration;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// A policy of live migration, and what it can be told.
///
/// @param name as users write it
/// @param meaning one phrase
/// @param source who has it
/// @param parameters with the defaults of the source
/// @param maker makes one for one migration
public record PolicyDefinition(
        String name,
        String meaning,
        String source,
        List<Parameter> parameters,
        Function<Arguments, MigrationPolicy> maker) {
    /// Copies the list.
    public PolicyDefinition {
        parameters = List.copyOf(parameters);
    }

    /// The policy with what it is told.
    Policy with(String text, Map<String, List<String>> given) {
        Arguments arguments =
                Arguments.of(parameters, given, parameter -> "policy " + name + ": " + parameter);
        return new Policy(text, this, arguments);
    }

    /// A policy that is told everything, of which migrations can be made.
    ///
    /// @param text as users wrote it
    public record Policy(String text, PolicyDefinition definition, Arguments arguments) {
        /// One for one migration.
        public MigrationPolicy start() {
            return definition.maker.apply(arguments);
        }
    }
}
