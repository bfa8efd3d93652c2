/// The host for people and for programs: what it offers, and what loads on it cost.
@NullMarked
package org.nestwalk.report.host;

import org.jspecify.annotations.NullMarked;
