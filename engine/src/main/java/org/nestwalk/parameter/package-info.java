/// What something can be asked for: parameters, declared once, and the arguments that they are
/// given. Programs, experiments and machines declare theirs; the command line's options and help,
/// the manifest of a result and the text that makes it again come from the declarations.
@NullMarked
package org.nestwalk.parameter;

import org.jspecify.annotations.NullMarked;
