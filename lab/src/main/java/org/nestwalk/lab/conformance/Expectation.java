package org.nestwalk.lab.conformance;

import java.util.List;
import java.util.Map;

/// The expected answer to one access.
///
/// @param answer the fields of the answer by their name in the file: `r`, `hpa`, `gpa`, `gps`,
///   `nps`, `mt`, `ec`, `cr2`, `q`, `gla`; hexadecimal strings or decimal numbers as written
/// @param alternatives other legal answers
/// @param flags pairs of address and new value of every entry changed by accessed or dirty updates
/// @param log pairs of address and value written to the page-modification log
/// @param logIndex its index afterwards, or -1 if it is not used
/// @param area pairs of address and value written to the #VE information area
/// @param optional pairs of address and mask of bits that the architecture leaves open
record Expectation(
        Map<String, String> answer,
        List<Map<String, String>> alternatives,
        Words flags,
        Words log,
        int logIndex,
        Words area,
        Words optional) {}
