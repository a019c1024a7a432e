// The bytes of berth-init (runtime/init), as an array; see init_image.h.
  .section .rodata
  .balign 16
  .global berth_init_image, berth_init_image_end
berth_init_image:
  .incbin BERTH_INIT
berth_init_image_end:
  .if berth_init_image_end - berth_init_image > BERTH_INIT_KIB * 1024
  .error "berth-init has outgrown its limit, BERTH_INIT_KIB"
  .endif

  .section .note.GNU-stack, "", %progbits
