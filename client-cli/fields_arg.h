/* fields_arg.h - command-line fields: `name=text` and `name:=json`, into a query or a JSON body. */
#ifndef NORIA_CLIENT_FIELDS_ARG_H
#define NORIA_CLIENT_FIELDS_ARG_H

#include "commands.h"
#include "http.h"

/* Reads the arguments from `first` on, and --file FILE (the raw body, its media type by the name's
 * end: .csv, .json, .pdf, .png, .txt), into the call. ERR_INVALID_INPUT when an argument is neither
 * form, or not JSON after ":="; ERR_IO when the file cannot be read. */
Err CHECKED fields_arg(struct cli *cli, int first, struct call *call);

#endif
