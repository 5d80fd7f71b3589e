#include "../http/req.h"
#include "screening.h"

const struct route screening_routes[] = {
    ROUTE_END,
};
