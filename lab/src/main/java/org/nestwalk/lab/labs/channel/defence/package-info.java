/// Defences against timing page walks, one a file.
@NullMarked
package org.nestwalk.lab.labs.channel.defence;

import org.jspecify.annotations.NullMarked;
