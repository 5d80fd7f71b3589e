#include "../http/req.h"
#include "report.h"

const struct route report_routes[] = {
    ROUTE_END,
};
