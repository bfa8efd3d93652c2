package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.machine.state.MemoryImage;
import org.nestwalk.memory.Longs;

/// A state holds nothing but records, lists and maps of them, numbers, texts and names of
/// constants: so it could be written down.
class StateIsDataTest {
    private static final Set<Class<?>> PLAIN =
            Set.of(
                    int.class,
                    long.class,
                    boolean.class,
                    Long.class,
                    Integer.class,
                    String.class,
                    Longs.class,
                    MemoryImage.class);

    private final Set<Type> seen = new HashSet<>();

    @Test
    void everyComponentIsData() {
        check(GuestState.class);
        assertThat(seen).hasSizeGreaterThan(20);
    }

    private void check(Type type) {
        if (!seen.add(type)) {
            return;
        }
        if (type instanceof ParameterizedType generic) {
            assertThat(generic.getRawType()).isIn(List.of(List.class, Map.class));
            for (Type argument : generic.getActualTypeArguments()) {
                check(argument);
            }
        } else if (type instanceof Class<?> raw && raw.isRecord()) {
            for (RecordComponent component : raw.getRecordComponents()) {
                check(component.getGenericType());
            }
        } else {
            assertThat(type)
                    .satisfiesAnyOf(
                            plain -> assertThat(PLAIN).contains((Class<?>) plain),
                            constant -> assertThat(((Class<?>) constant).isEnum()).isTrue());
        }
    }
}
