#include "json.h"

#include <string.h>

static FILE* out;
static int needs_comma;

void json_to(FILE* stream) {
  out = stream;
  needs_comma = 0;
}

static void begin_value(void) {
  if (needs_comma) {
    fputc(',', out);
  }
  needs_comma = 1;
}

void json_open(char bracket) {
  begin_value();
  fputc(bracket, out);
  needs_comma = 0;
}

void json_close(char bracket) {
  fputc(bracket, out);
  needs_comma = 1;
}

void json_text(const char* text, size_t length) {
  begin_value();
  fputc('"', out);
  for (size_t i = 0; i < length; ++i) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') {
      fprintf(out, "\\%c", c);
    } else if (c < 0x20) {
      fprintf(out, "\\u%04x", c);
    } else {
      fputc(c, out);
    }
  }
  fputc('"', out);
}

void json_string(const char* text) { json_text(text, strlen(text)); }

void json_key(const char* name) {
  json_string(name);
  fputc(':', out);
  needs_comma = 0;
}

void json_integer(long long number) {
  begin_value();
  fprintf(out, "%lld", number);
}

void json_unsigned(unsigned long long number) {
  begin_value();
  fprintf(out, "%llu", number);
}

void json_boolean(int value) {
  begin_value();
  fputs(value ? "true" : "false", out);
}

void json_key_string(const char* name, const char* text) {
  json_key(name);
  json_string(text);
}

void json_key_integer(const char* name, long long number) {
  json_key(name);
  json_integer(number);
}
