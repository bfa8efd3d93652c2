package org.nestwalk.hypervisor.intrusion;

/// Learns from samples of guests that nobody has broken into, and says how suspicious others are.
public interface Detector {
    /// Its name in reports.
    String name();

    /// Learns from a sample; those of one guest come in order.
    void train(WriteSample sample);

    /// Another guest begins, in training or after it.
    default void reset() {}

    /// Has learned all there is.
    ///
    /// @throws org.nestwalk.InputException if that is nothing
    void trained();

    /// How suspicious a sample is: more is more suspicious. The samples of a guest come in order.
    double score(WriteSample sample);
}
