/// Files that people write, as YAML, with the line of each value for what is to be said of it.
@NullMarked
package org.nestwalk.lab.yaml;

import org.jspecify.annotations.NullMarked;
