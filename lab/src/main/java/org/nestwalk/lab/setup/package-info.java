/// Translation setups that a comparison runs side by side: native, nested, shadow and others, each
/// with its tables built as the program touches its pages. A setup scheme is one file, registered
/// in [org.nestwalk.lab.setup.Setups].
@NullMarked
package org.nestwalk.lab.setup;

import org.jspecify.annotations.NullMarked;
