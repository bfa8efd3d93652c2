/// Published figures of papers beside ours.
@NullMarked
package org.nestwalk.lab.labs.paper;

import org.jspecify.annotations.NullMarked;
