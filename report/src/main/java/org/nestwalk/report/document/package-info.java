/// What a result has to say, whatever shows it: paragraphs, tables whose columns have a name, a
/// unit, an alignment and a group, and drawings.
@NullMarked
package org.nestwalk.report.document;

import org.jspecify.annotations.NullMarked;
