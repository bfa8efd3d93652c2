/// What large pages are worth where guest and host have to agree on them.
@NullMarked
package org.nestwalk.lab.labs.largepages;

import org.jspecify.annotations.NullMarked;
