/// Work that is done beside the thread that decodes or encodes.
@NullMarked
package org.nestwalk.traces.tasks;

import org.jspecify.annotations.NullMarked;
