// spec/schema/config.schema.json, as bytes. spec/schema.cpp
        .section .rodata
        .global berth_config_schema, berth_config_schema_end
berth_config_schema:
        .incbin BERTH_CONFIG_SCHEMA
berth_config_schema_end:
        .section .note.GNU-stack, "", %progbits
