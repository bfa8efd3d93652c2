/// Files, the disk that they are on, and caches of their pages: used by a guest's kernel and by the
/// host under it alike.
@NullMarked
package org.nestwalk.storage;

import org.jspecify.annotations.NullMarked;
