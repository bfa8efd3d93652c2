/// What people and programs read of programs in a virtual machine: text and JSON.
@NullMarked
package org.nestwalk.report.vm;

import org.jspecify.annotations.NullMarked;
