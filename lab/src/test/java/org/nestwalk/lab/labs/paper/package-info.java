/// Tests of published figures beside ours.
@NullMarked
package org.nestwalk.lab.labs.paper;

import org.jspecify.annotations.NullMarked;
