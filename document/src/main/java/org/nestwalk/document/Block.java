package org.nestwalk.document;

import java.util.List;

/// A part of a [Document].
public sealed interface Block
        permits Block.Paragraph,
                Block.Lines,
                Block.Items,
                Block.Heading,
                Block.Claims,
                Block.Sources,
                Block.Tabular,
                Block.Picture,
                Bars,
                Series,
                Distribution,
                Grid {
    /// Sentences. White space, line ends included, only separates words.
    ///
    /// @param text the sentences
    record Paragraph(String text) implements Block {}

    /// Sentences each of which begins a line.
    ///
    /// @param texts in order
    record Lines(List<String> texts) implements Block {
        /// Copies the list.
        public Lines {
            texts = List.copyOf(texts);
        }
    }

    /// Sentences marked as items of a list.
    ///
    /// @param texts in order
    record Items(List<String> texts) implements Block {
        /// Copies the list.
        public Items {
            texts = List.copyOf(texts);
        }
    }

    /// What a part of the document is about, in a few words.
    ///
    /// @param text the words
    record Heading(String text) implements Block {}

    /// What to conclude.
    ///
    /// @param claims in order
    record Claims(List<Claim> claims) implements Block {
        /// Copies the list.
        public Claims {
            claims = List.copyOf(claims);
        }
    }

    /// Where published figures and rules come from.
    ///
    /// @param texts one for each source
    record Sources(List<String> texts) implements Block {
        /// Copies the list.
        public Sources {
            texts = List.copyOf(texts);
        }
    }

    /// A table.
    ///
    /// @param table its columns and rows
    record Tabular(Table table) implements Block {}

    /// A chart for where there is more than characters to draw with: its figures are in the result,
    /// and text and CSV say in tables what matters of them.
    ///
    /// @param chart a series, a distribution, a grid or bars
    record Picture(Block chart) implements Block {}
}
