#include "../http/req.h"
#include "returns.h"

const struct route returns_routes[] = {
    ROUTE_END,
};
