/* linkage_weights.c - how often parts agree between records of one person and of two.
 *
 * Counted with `noria linkage --fit` on FEBRL's first data set (1,000 records, 500 pairs), rounded
 * and with floors; the other sets were only measured on. Father's name, document number and phone
 * are not in FEBRL: theirs are estimates until cases settled by persons are counted. The same
 * figures are in the table linkage_weight of the database, with their source; a test compares the
 * two. */
#include "linkage.h"

const struct link_weights link_weights_default = {
    .m =
        {
            [LINK_GIVEN] = {0.780, 0.085, 0.040, 0.095},
            [LINK_SURNAME] = {0.760, 0.120, 0.060, 0.060},
            [LINK_FATHER] = {0.750, 0.130, 0.050, 0.070},
            [LINK_BIRTH] = {0.930, 0.015, 0.005, 0.050},
            [LINK_PLACE] = {0.760, 0.160, 0.015, 0.065},
            [LINK_POSTCODE] = {0.830, 0.150, 0.005, 0.015},
            [LINK_REGION] = {0.955, 0.005, 0.020, 0.020},
            [LINK_NUMBER] = {0.840, 0.010, 0.055, 0.095},
            [LINK_STREET] = {0.740, 0.220, 0.010, 0.030},
            [LINK_STREET_2] = {0.760, 0.215, 0.010, 0.015},
            [LINK_ID] = {0.900, 0.050, 0.005, 0.045},
            [LINK_DOCUMENT] = {0.500, 0.050, 0.010, 0.440},
            [LINK_PHONE] = {0.700, 0.050, 0.010, 0.240},
        },
    .u =
        {
            [LINK_GIVEN] = {0.0050, 0.0030, 0.0220, 0.9700},
            [LINK_SURNAME] = {0.0040, 0.0020, 0.0140, 0.9800},
            [LINK_FATHER] = {0.0050, 0.0030, 0.0220, 0.9700},
            [LINK_BIRTH] = {0.0001, 0.0012, 0.0147, 0.9840},
            [LINK_PLACE] = {0.0010, 0.0005, 0.0025, 0.9960},
            [LINK_POSTCODE] = {0.0010, 0.0130, 0.0010, 0.9850},
            [LINK_REGION] = {0.2300, 0.0005, 0.0095, 0.7600},
            [LINK_NUMBER] = {0.0140, 0.0115, 0.2145, 0.7600},
            [LINK_STREET] = {0.0005, 0.0005, 0.0270, 0.9720},
            [LINK_STREET_2] = {0.0010, 0.0005, 0.0025, 0.9960},
            [LINK_ID] = {0.0001, 0.0001, 0.0002, 0.9996},
            [LINK_DOCUMENT] = {0.0001, 0.0002, 0.0010, 0.9987},
            [LINK_PHONE] = {0.0001, 0.0002, 0.0010, 0.9987},
        },
    .swapped = 4,
};
