/* crops.h - what an American crop or farm activity is called here: a crop and a ROME occupation. */
#ifndef NORIA_CLIENT_DEMO_CROPS_H
#define NORIA_CLIENT_DEMO_CROPS_H

#include "../../lib/base/text.h"

struct crop {
    const char *name; /* French */
    const char *rome; /* ROME 3 code of family A, or of packing */
    const char *task; /* French, one sentence */
};

/* The crop for an activity of the H-2A file. An activity that the table does not name goes by the
 * words in it, then to general farm work (A1416). Never NULL. */
const struct crop *crop_of(struct span activity);

#endif
