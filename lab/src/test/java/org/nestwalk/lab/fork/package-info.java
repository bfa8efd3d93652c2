@NullMarked
package org.nestwalk.lab.fork;

import org.jspecify.annotations.NullMarked;
