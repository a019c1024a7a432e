/* Writes one JSON document, part by part; commas come by themselves. */
#ifndef PROBE_JSON_H
#define PROBE_JSON_H

#include <stddef.h>
#include <stdio.h>

/* Begins a document on `out`; the caller closes `out` afterwards. */
void json_to(FILE* out);
void json_open(char bracket);
void json_close(char bracket);
void json_key(const char* name);
void json_text(const char* text, size_t length);
void json_string(const char* text);
void json_integer(long long number);
void json_unsigned(unsigned long long number);
void json_boolean(int value);

void json_key_string(const char* name, const char* text);
void json_key_integer(const char* name, long long number);

#endif
