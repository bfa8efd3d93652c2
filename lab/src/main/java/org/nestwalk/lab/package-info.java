/// Experiments: the comparison of translation setups, machine presets, conformance, results.
@NullMarked
package org.nestwalk.lab;

import org.jspecify.annotations.NullMarked;
