package org.nestwalk.lab.sweep;

import java.io.Serializable;

/// What came of a cell.
///
/// @param cell its number in its group, from 0
/// @param line of its file; empty if it failed
/// @param failure why it failed, in words; empty if it did not
public record CellEnd(int cell, String line, String failure) implements Serializable {}
