/// Misses of second-level TLBs of every size in one pass: stacks of pages in order of use.
@NullMarked
package org.nestwalk.lab.curve;

import org.jspecify.annotations.NullMarked;
