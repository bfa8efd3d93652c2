package org.nestwalk.report.walk;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nestwalk.lab.explain.WalkExplanation;

/// stub
public final class WalkView {
    private WalkView() {}

    /// stub
    public static Map<String, Object> of(WalkExplanation walk) {
        WalkListing listing = WalkListing.of(walk);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("totalCycles", listing.totalCycles());
        view.put("totalReferences", listing.totalReferences());
        view.put("outcome", listing.outcome());
        view.put("fault", String.valueOf(listing.fault()));
        return view;
    }
}
