/// Finding intruders by which pages a guest writes.
@NullMarked
package org.nestwalk.lab.labs.intrusion;

import org.jspecify.annotations.NullMarked;
