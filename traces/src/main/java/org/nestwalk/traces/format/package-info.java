/// Readers of other tools' trace formats, and of compressed files.
@NullMarked
package org.nestwalk.traces.format;

import org.jspecify.annotations.NullMarked;
