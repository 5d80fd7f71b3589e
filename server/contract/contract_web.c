#include "../http/req.h"
#include "contract.h"

const struct route contract_routes[] = {
    ROUTE_END,
};
