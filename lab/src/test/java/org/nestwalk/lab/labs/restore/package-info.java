@NullMarked
package org.nestwalk.lab.labs.restore;

import org.jspecify.annotations.NullMarked;
