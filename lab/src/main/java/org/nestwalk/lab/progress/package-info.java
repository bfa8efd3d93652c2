/// How far long work has come: one kind of event, whoever shows it.
@NullMarked
package org.nestwalk.lab.progress;

import org.jspecify.annotations.NullMarked;
