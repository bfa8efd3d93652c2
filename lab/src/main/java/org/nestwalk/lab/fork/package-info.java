/// Virtual machines frozen and forked: what it costs, and what their memory is shared by then.
@NullMarked
package org.nestwalk.lab.fork;

import org.jspecify.annotations.NullMarked;
