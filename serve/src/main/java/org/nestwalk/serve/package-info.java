/// The page in a browser: a server for this machine's own user, on which experiments are started,
/// watched and opened as reports.
@NullMarked
package org.nestwalk.serve;

import org.jspecify.annotations.NullMarked;
