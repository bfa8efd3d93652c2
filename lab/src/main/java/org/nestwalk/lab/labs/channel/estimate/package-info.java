/// What can be learnt from noisy timings of two classes: estimators that know nothing of walks.
@NullMarked
package org.nestwalk.lab.labs.channel.estimate;

import org.jspecify.annotations.NullMarked;
