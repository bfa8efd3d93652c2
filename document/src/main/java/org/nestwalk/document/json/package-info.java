/// Results as JSON for other programs.
@NullMarked
package org.nestwalk.document.json;

import org.jspecify.annotations.NullMarked;
