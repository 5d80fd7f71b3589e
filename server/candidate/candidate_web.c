#include "../http/req.h"
#include "candidate.h"

const struct route candidate_routes[] = {
    ROUTE_END,
};
