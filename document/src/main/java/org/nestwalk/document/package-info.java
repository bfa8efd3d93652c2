/// What a result has to say, whatever shows it: paragraphs, tables whose columns have a name, a
/// unit, a meaning, an alignment and a group, drawings, and claims with the figures they stand on.
@NullMarked
package org.nestwalk.document;

import org.jspecify.annotations.NullMarked;
