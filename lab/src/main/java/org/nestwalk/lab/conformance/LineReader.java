package org.nestwalk.lab.conformance;

import java.util.Arrays;
import org.nestwalk.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// Reads one line of JSON value by value, in the notation of the case format.
///
/// Methods that read a value take that of the field last named by [#nextField], or the element last
/// reached by [#nextObject]; an [org.nestwalk.InputException] names the field if it is of the wrong
/// kind.
final class LineReader implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int HEX_DIGITS = 16;
    private static final byte[] DIGITS = new byte[128];
    private static final Words NO_WORDS = new Words(new long[0]);

    static {
        for (int i = 0; i < DIGITS.length; i++) {
            DIGITS[i] = (byte) Character.digit(i, 16);
        }
    }

    private final JsonParser parser;
    private String name = "";
    private long[] pairs = new long[32];

    /// Reads `length` characters of `text` from index `from`.
    LineReader(char[] text, int from, int length) {
        parser = JSON.createParser(ObjectReadContext.empty(), text, from, length);
    }

    @Override
    public void close() {
        parser.close();
    }

    /// Enters the only value of the line, which must be an object.
    void beginLine() {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new InputException("a case is a JSON object");
        }
    }

    /// Makes sure that nothing follows that value.
    void endLine() {
        if (parser.nextToken() != null) {
            throw new InputException("something follows the case on its line");
        }
    }

    /// Moves to the next field of an object and its value; false at the object's end.
    boolean nextField() {
        if (parser.nextToken() == JsonToken.END_OBJECT) {
            return false;
        }
        name = parser.currentName();
        parser.nextToken();
        return true;
    }

    /// The name of the field last reached.
    String name() {
        return name;
    }

    /// Enters an array.
    void beginArray() {
        require(JsonToken.START_ARRAY, "an array");
    }

    /// Moves to the next element of an array of objects, and enters it; false at the array's end.
    boolean nextObject() {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.END_ARRAY) {
            return false;
        }
        require(JsonToken.START_OBJECT, "an array of objects");
        return true;
    }

    String text() {
        require(JsonToken.VALUE_STRING, "a string");
        return parser.getString();
    }

    int number() {
        require(JsonToken.VALUE_NUMBER_INT, "an integer");
        String text = parser.getString();
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InputException("'%s' holds %s, which is too large".formatted(name, text), e);
        }
    }

    boolean flag() {
        int value = number();
        if (value != 0 && value != 1) {
            throw new InputException("'%s' is 0 or 1, not %d".formatted(name, value));
        }
        return value == 1;
    }

    /// A string or a number as text.
    String scalar() {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            require(JsonToken.VALUE_STRING, "a string or an integer");
        }
        return parser.getString();
    }

    long hex() {
        require(JsonToken.VALUE_STRING, "a string");
        char[] text = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int length = parser.getStringLength();
        long value = 0;
        boolean valid = length > 0 && length <= HEX_DIGITS;
        for (int i = from; valid && i < from + length; i++) {
            int digit = text[i] < DIGITS.length ? DIGITS[text[i]] : -1;
            valid = digit >= 0;
            value = value << 4 | digit;
        }
        if (!valid) {
            throw new InputException(
                    "'%s' holds '%s', which is not a hexadecimal number of 64 bits"
                            .formatted(name, parser.getString()));
        }
        return value;
    }

    /// A hexadecimal number from 0 up to, not including, `bound`.
    int hexBelow(int bound) {
        long value = hex();
        if (value < 0 || value >= bound) {
            throw new InputException(
                    "'%s' holds '%x'; it is from 0 to %x".formatted(name, value, bound - 1));
        }
        return (int) value;
    }

    /// What is wrong with a line on which the JSON parser gave up.
    static InputException notJson(JacksonException e) {
        // What follows names places in the parser's source, of which it knows nothing here.
        String reason =
                e.getOriginalMessage().replaceAll("(?s)\\s*(\\(start marker|\\[Source).*", "");
        TokenStreamLocation at = e.getLocation();
        String where = at == null ? "" : " at character " + Math.max(1, at.getColumnNr());
        return new InputException("not JSON%s: %s".formatted(where, reason), e);
    }

    /// Pairs of the address of a 64-bit word, a multiple of 8, and a word.
    Words words() {
        String pairsOfStrings = "an array of pairs of strings";
        require(JsonToken.START_ARRAY, pairsOfStrings);
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(JsonToken.START_ARRAY, pairsOfStrings);
            if (count == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * count);
            }
            parser.nextToken();
            long address = hex();
            if ((address & 7) != 0) {
                throw new InputException(
                        "'%s' holds address %x, which is not a multiple of 8"
                                .formatted(name, address));
            }
            pairs[count++] = address;
            parser.nextToken();
            pairs[count++] = hex();
            if (parser.nextToken() != JsonToken.END_ARRAY) {
                throw wrong(pairsOfStrings);
            }
        }
        return count == 0 ? NO_WORDS : new Words(Arrays.copyOf(pairs, count));
    }

    /// Passes over a value.
    void skip() {
        parser.skipChildren();
    }

    private void require(JsonToken token, String what) {
        if (parser.currentToken() != token) {
            throw wrong(what);
        }
    }

    private InputException wrong(String what) {
        return new InputException("'" + name + "' is not " + what);
    }
}
