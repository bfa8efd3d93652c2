package org.nestwalk.web.html;

/// Text as HTML has it.
final class Markup {
    private Markup() {}

    /// `text` as the content of an element or the value of an attribute in double quotes.
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /// An element with text in it.
    static String element(String name, String text) {
        return "<" + name + ">" + escaped(text) + "</" + name + ">\n";
    }

    /// A block of data that no browser runs, found by its `id` or class. No text in it can end it:
    /// JSON has `<` only within strings, where it is escaped.
    ///
    /// @param attribute `id="..."` or `class="..."`
    static String data(String attribute, String json) {
        return "<script type=\"application/json\" "
                + attribute
                + ">"
                + json.replace("<", "\\u003c")
                + "</script>\n";
    }
}
