package org.nestwalk.lab.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Conformance cases in a page, so that its walker can be held against the same answers.
public final class PageCases {
    private PageCases() {}

    /// What the cases in `lines` come to: `cases`, `accesses`, `mismatches` and `first`, the first
    /// of them in words.
    public static Map<String, Object> check(String lines) {
        CaseRunner runner = new CaseRunner();
        long cases = 0;
        long accesses = 0;
        List<Mismatch> wrong = new ArrayList<>();
        for (String line : lines.split("\n")) {
            if (line.isBlank()) {
                continue;
            }
            ConformanceCase test = CaseParser.parse(line.toCharArray(), 0, line.length());
            cases++;
            accesses += test.accesses().size();
            wrong.addAll(runner.run(test));
        }
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("cases", cases);
        found.put("accesses", accesses);
        found.put("mismatches", (long) wrong.size());
        found.put("first", wrong.isEmpty() ? null : wrong.getFirst().toString());
        return found;
    }
}
