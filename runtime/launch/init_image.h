// The program berth-init, as bytes inside berth (init_image.S): what the launcher writes to a
// sealed memfd. Nothing here knows what the bytes do.
#pragma once

/// First byte of the ELF file, and the one after its last.
extern "C" const unsigned char berth_init_image[], berth_init_image_end[];
