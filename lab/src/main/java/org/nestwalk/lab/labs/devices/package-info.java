/// What protection from devices costs, and what a device does to guests that move.
@NullMarked
package org.nestwalk.lab.labs.devices;

import org.jspecify.annotations.NullMarked;
