#include "../http/req.h"
#include "matching.h"

const struct route matching_routes[] = {
    ROUTE_END,
};
