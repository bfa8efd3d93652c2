/// Conformance cases: an exact oracle for translation, in a line-by-line JSON format.
@NullMarked
package org.nestwalk.lab.conformance;

import org.jspecify.annotations.NullMarked;
