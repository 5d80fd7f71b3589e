#include "../http/req.h"
#include "placement.h"

const struct route placement_routes[] = {
    ROUTE_END,
};
