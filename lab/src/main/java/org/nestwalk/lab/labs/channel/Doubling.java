package org.nestwalk.lab.labs.channel;

/// Samples for an error of 1 %, when noise doubles.
///
/// @param ratio of noise to the difference of the means in `single`
/// @param predicted (2 z ratio)^2
/// @param single by attacks
/// @param doubled by attacks with twice the noise
/// @param factor of both
public record Doubling(
        double ratio, double predicted, double single, double doubled, double factor) {}
