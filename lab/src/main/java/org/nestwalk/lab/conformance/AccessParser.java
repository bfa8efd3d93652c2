package org.nestwalk.lab.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.lab.conformance.ConformanceCase.TestAccess;
import org.nestwalk.paging.AccessType;

/// Reads the accesses of a case and the answers expected.
final class AccessParser {
    private static final Words NONE = new Words(new long[0]);

    private AccessParser() {}

    static List<TestAccess> accesses(LineReader in) {
        List<TestAccess> accesses = new ArrayList<>();
        in.beginArray();
        while (in.nextObject()) {
            accesses.add(access(in));
        }
        return accesses;
    }

    private static TestAccess access(LineReader in) {
        boolean addressed = false;
        long gva = 0;
        int operation = 0;
        int level = -1;
        boolean alignmentCheck = false;
        while (in.nextField()) {
            switch (in.name()) {
                case "gva" -> {
                    gva = in.hex();
                    addressed = true;
                }
                case "op" -> operation = operation(in.text());
                case "pl" -> level = level(in.text());
                case "ac" -> alignmentCheck = in.flag();
                default -> in.skip();
            }
        }
        if (!addressed || operation == 0 || level == -1) {
            throw new InputException(
                    "'%s' is missing in an access"
                            .formatted(!addressed ? "gva" : operation == 0 ? "op" : "pl"));
        }
        int type = operation | level | (alignmentCheck ? AccessType.ALIGNMENT_CHECK : 0);
        return new TestAccess(gva, type);
    }

    private static int operation(String text) {
        return switch (text) {
            case "r" -> AccessType.READ;
            case "w" -> AccessType.WRITE;
            case "x" -> AccessType.FETCH;
            default -> throw new InputException("op is r, w or x, not '" + text + "'");
        };
    }

    private static int level(String text) {
        return switch (text) {
            case "u" -> AccessType.USER;
            case "s" -> 0;
            case "i" -> AccessType.IMPLICIT;
            default -> throw new InputException("pl is u, s or i, not '" + text + "'");
        };
    }

    static List<Expectation> expectations(LineReader in) {
        List<Expectation> expectations = new ArrayList<>();
        in.beginArray();
        while (in.nextObject()) {
            expectations.add(expectation(in));
        }
        return expectations;
    }

    private static Expectation expectation(LineReader in) {
        Map<String, String> answer = new LinkedHashMap<>();
        List<Map<String, String>> alternatives = List.of();
        Words flags = NONE;
        Words log = NONE;
        int logIndex = -1;
        Words area = NONE;
        Words optional = NONE;
        while (in.nextField()) {
            switch (in.name()) {
                case "ad" -> flags = in.words();
                case "pml" -> log = in.words();
                case "pmli" -> logIndex = in.hexBelow(1 << 16);
                case "vem" -> area = in.words();
                case "opt" -> optional = in.words();
                case "alt" -> alternatives = alternatives(in);
                default -> answer.put(in.name(), in.scalar());
            }
        }
        if (!answer.containsKey("r")) {
            throw new InputException("'r' is missing in an answer");
        }
        return new Expectation(answer, alternatives, flags, log, logIndex, area, optional);
    }

    private static List<Map<String, String>> alternatives(LineReader in) {
        List<Map<String, String>> alternatives = new ArrayList<>();
        in.beginArray();
        while (in.nextObject()) {
            Map<String, String> answer = new LinkedHashMap<>();
            while (in.nextField()) {
                switch (in.name()) {
                    case "ad", "pml", "pmli", "vem", "opt", "alt" -> in.skip();
                    default -> answer.put(in.name(), in.scalar());
                }
            }
            alternatives.add(answer);
        }
        return alternatives;
    }
}
