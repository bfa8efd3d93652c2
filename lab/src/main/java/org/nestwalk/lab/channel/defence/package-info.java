/// Defences against timing page walks, one a file.
@NullMarked
package org.nestwalk.lab.channel.defence;

import org.jspecify.annotations.NullMarked;
