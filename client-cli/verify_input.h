/* verify_input.h - what people hand to a verifier: text, pictures, PDF pages, signed files. */
#ifndef NORIA_CLIENT_VERIFY_INPUT_H
#define NORIA_CLIENT_VERIFY_INPUT_H

#include "../lib/base/text.h"
#include "../lib/sw1/code.h"
#include "commands.h"

/* Why an input holds no document (exit status 3). */
enum input_fault {
    INPUT_FINE,
    INPUT_NO_FILE,      /* cannot be opened or is empty */
    INPUT_NO_SIGNATURE, /* a signed act whose signature file was not found */
    INPUT_BAD_IMAGE,    /* broken or too large picture or PDF, or no text at all */
    INPUT_NO_QR,        /* a picture without a QR code */
    INPUT_SEVERAL_QR,   /* several in a picture, or different ones in a PDF: which is meant? */
    INPUT_FAULTS
};

/* "NO_QR", and what to do about it. */
const char *input_fault_name(enum input_fault fault);
const char *input_fault_sentence(enum input_fault fault, enum sw1_lang lang);

/* A document's text and the line of the file that it stands on (0: it is the only one). */
struct input_text {
    struct span text;
    int line;
};

struct input {
    enum input_fault fault;
    bool act;                 /* JSON: a signed act, to be verified with its signature file */
    struct span content;      /* of the file */
    struct input_text *texts; /* one a line, or that of the QR code */
    int count;
};

/* Reads a file ("-" is standard input), or takes an argument that begins with "SW1:" as the text
 * itself. */
void input_read(struct cli *cli, const char *name, struct input *input);

#endif
