/// The stories of [org.nestwalk.lab.vm], as tables for people and as JSON.
@NullMarked
package org.nestwalk.report.story;

import org.jspecify.annotations.NullMarked;
