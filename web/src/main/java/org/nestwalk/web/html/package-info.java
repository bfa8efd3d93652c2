/// Documents as pages of HTML, in which every figure can be read without a script.
@NullMarked
package org.nestwalk.web.html;

import org.jspecify.annotations.NullMarked;
