package org.nestwalk.lab.snapshot;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import java.util.Arrays;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.machine.state.MemoryImage;
import org.nestwalk.memory.Longs;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// States as JSON, field by field as their records have them; of memory, which is kept elsewhere,
/// the addresses of 2-MiB pages only.
public final class StateText {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Longs.class, new LongsWriter())
                                    .addDeserializer(Longs.class, new LongsReader())
                                    .addSerializer(MemoryImage.class, new NoMemoryWriter())
                                    .addDeserializer(MemoryImage.class, new NoMemoryReader()))
                    .changeDefaultVisibility(checker ->
                            checker.withVisibility(PropertyAccessor.GETTER, Visibility.NONE)
                                    .withVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                                    .withVisibility(PropertyAccessor.FIELD, Visibility.ANY))
                    .enable(
                            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                            DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private StateText() {}

    /// The bytes of `state`, without its memory.
    public static byte[] write(GuestState state) {
        return MAPPER.writeValueAsBytes(state);
    }

    /// The state in `bytes`.
    ///
    /// @param name of what they are from, for messages
    /// @throws InputException if they are none
    public static GuestState read(byte[] bytes, String name) {
        return read(bytes, GuestState.class, name);
    }

    static byte[] write(SnapshotHead head) {
        return MAPPER.writeValueAsBytes(head);
    }

    static SnapshotHead head(byte[] bytes, String name) {
        return read(bytes, SnapshotHead.class, name);
    }

    private static <T> T read(byte[] bytes, Class<T> type, String name) {
        try {
            return MAPPER.readValue(bytes, type);
        } catch (JacksonException | NullPointerException e) {
            throw new InputException(
                    "%s: its state is none that this version of Nestwalk writes (%s)"
                            .formatted(
                                    name,
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                    e);
        }
    }

    private static final class LongsWriter extends ValueSerializer<Longs> {
        @Override
        public void serialize(Longs value, JsonGenerator out, SerializationContext context) {
            out.writeArray(value.toArray(), 0, value.size());
        }
    }

    private static final class LongsReader extends ValueDeserializer<Longs> {
        @Override
        public Longs deserialize(JsonParser in, DeserializationContext context) {
            return Longs.of(context.readValue(in, long[].class));
        }
    }

    private static final class NoMemoryWriter extends ValueSerializer<MemoryImage> {
        @Override
        public void serialize(MemoryImage value, JsonGenerator out, SerializationContext context) {
            // Of memory that is not kept elsewhere only the sizes of pages are said.
            long[] large = value.largePages().toArray();
            out.writeArray(large, 0, large.length);
        }
    }

    private static final class NoMemoryReader extends ValueDeserializer<MemoryImage> {
        @Override
        public MemoryImage deserialize(JsonParser in, DeserializationContext context) {
            MemoryImage.Builder image = new MemoryImage.Builder();
            Arrays.stream(context.readValue(in, long[].class)).forEach(image::largePage);
            return image.build();
        }
    }
}
