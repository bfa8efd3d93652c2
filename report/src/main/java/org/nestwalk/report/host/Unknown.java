package org.nestwalk.report.host;

import org.nestwalk.document.Document;

/// What a calibration does not tell.
final class Unknown {
    private Unknown() {}

    /// All of it.
    static Document document() {
        return new Document()
                .paragraph(
                        """
                        The machine is fitted to the native curves only; those of a guest are what it
                        predicts. What this does not tell:
                        """)
                .items(
                        "Associativity and replacement: loads at random hit as often under any of"
                                + " them.",
                        "What is built in, where others use it too: sizes are what was left over"
                                + " while measuring.",
                        "Dimensions below: on a host that is itself a guest, native walks may have"
                                + " two. That is found if the one below is of small pages; else"
                                + " they are modelled as walks of one that take longer.",
                        "Parts of a walk: the model charges what a walk takes beside its"
                                + " references to every look-up of the paging-structure caches, of"
                                + " which a nested walk has several.",
                        "Second-level structures, exits and flag updates: their values are"
                                + " assumptions.",
                        "Fetches and stores: only loads were made.")
                .paragraph("Times are no counts: there is no performance counter behind them.");
    }
}
