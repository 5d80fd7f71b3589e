#include "../http/req.h"
#include "account.h"

const struct route account_routes[] = {
    ROUTE_END,
};
