package org.nestwalk.parameter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.Names;

/// Values of parameters as one text: `key=value,key=value`.
public final class Assignments {
    private Assignments() {}

    /// What `text` says.
    ///
    /// @param owner what has the parameters, such as `program gups`
    /// @param parameters those that there are
    /// @return texts by the names of their parameters
    /// @throws InputException if it is something else, or names a parameter twice or one that there
    ///   is not
    public static Map<String, List<String>> read(
            String text, String owner, List<Parameter> parameters) {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        String all =
                names.isEmpty() ? "it has none" : "its parameters are " + String.join(", ", names);
        Map<String, List<String>> given = new HashMap<>();
        for (String assignment : text.split(",", -1)) {
            int equals = assignment.indexOf('=');
            if (equals < 0) {
                throw new InputException(
                        "%s: '%s' is not key=value; %s".formatted(owner, assignment, all));
            }
            String key = assignment.substring(0, equals).strip();
            if (!names.contains(key)) {
                throw new InputException(
                        "%s has no parameter '%s'%s; %s"
                                .formatted(owner, key, Names.suggestion(key, names), all));
            }
            if (given.put(key, List.of(assignment.substring(equals + 1).strip())) != null) {
                throw new InputException("%s: parameter '%s' is given twice".formatted(owner, key));
            }
        }
        return given;
    }
}
