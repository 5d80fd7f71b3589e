/* report.h - what the demo found, on the terminal and in report.json. */
#ifndef NORIA_CLIENT_DEMO_REPORT_H
#define NORIA_CLIENT_DEMO_REPORT_H

#include "demo.h"

/* Prints planted and caught, and writes out/report.json (counts and seconds a stage, balance,
 * planted and caught) and out/logins.txt. */
Err CHECKED report_write(struct demo *demo);

#endif
