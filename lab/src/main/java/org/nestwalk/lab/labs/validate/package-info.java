/// What the model says of programs on this host beside what they take there.
@NullMarked
package org.nestwalk.lab.labs.validate;

import org.jspecify.annotations.NullMarked;
