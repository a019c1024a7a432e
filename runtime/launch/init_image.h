// The program berth-init, as bytes inside berth (init_image.S). The launcher writes them to a
// sealed memfd.
#pragma once

/// The first byte of the ELF file, and the one after its last.
extern "C" const unsigned char berth_init_image[], berth_init_image_end[];
