#include "../http/req.h"
#include "assessment.h"

const struct route assessment_routes[] = {
    ROUTE_END,
};
