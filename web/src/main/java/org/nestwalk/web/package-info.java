/// What pages are made of that browsers show: scripts, bundled, and a style sheet.
@NullMarked
package org.nestwalk.web;

import org.jspecify.annotations.NullMarked;
