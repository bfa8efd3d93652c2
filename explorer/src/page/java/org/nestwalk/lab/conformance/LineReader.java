package org.nestwalk.lab.conformance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.explorer.page.Json;
import tools.jackson.core.JacksonException;

/// The lab's class of this name, for pages: over values that are read already.
final class LineReader implements AutoCloseable {
    private final Object root;
    private final Deque<Iterator<?>> inside = new ArrayDeque<>();
    private String name = "";
    private Object value;

    LineReader(char[] text, int from, int length) {
        root = Json.read(new String(text, from, length));
    }

    @Override
    public void close() {}

    void beginLine() {
        inside.push(((Map<?, ?>) root).entrySet().iterator());
    }

    void endLine() {}

    boolean nextField() {
        if (!inside.getFirst().hasNext()) {
            inside.pop();
            return false;
        }
        Map.Entry<?, ?> field = (Map.Entry<?, ?>) inside.getFirst().next();
        name = (String) field.getKey();
        value = field.getValue();
        return true;
    }

    String name() {
        return name;
    }

    void beginArray() {
        inside.push(((List<?>) value).iterator());
    }

    boolean nextObject() {
        if (!inside.getFirst().hasNext()) {
            inside.pop();
            return false;
        }
        inside.push(((Map<?, ?>) inside.getFirst().next()).entrySet().iterator());
        return true;
    }

    String text() {
        return (String) value;
    }

    int number() {
        return ((Long) value).intValue();
    }

    boolean flag() {
        return number() == 1;
    }

    String scalar() {
        return value.toString();
    }

    long hex() {
        return hex(value);
    }

    private static long hex(Object text) {
        long bits = 0;
        for (char digit : ((String) text).toCharArray()) {
            bits = bits << 4 | Character.digit(digit, 16);
        }
        return bits;
    }

    int hexBelow(int bound) {
        return (int) hex();
    }

    /// There is no parser that gives up in its own words.
    static InputException notJson(JacksonException e) {
        return new InputException(String.valueOf(e.getMessage()), e);
    }

    Words words() {
        List<?> pairs = (List<?>) value;
        long[] words = new long[2 * pairs.size()];
        int count = 0;
        for (Object pair : pairs) {
            for (Object word : (List<?>) pair) {
                words[count++] = hex(word);
            }
        }
        return new Words(words);
    }

    void skip() {}
}
