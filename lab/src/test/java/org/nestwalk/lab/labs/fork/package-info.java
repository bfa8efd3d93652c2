@NullMarked
package org.nestwalk.lab.labs.fork;

import org.jspecify.annotations.NullMarked;
