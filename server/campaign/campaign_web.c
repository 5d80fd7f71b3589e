#include "../http/req.h"
#include "campaign.h"

const struct route campaign_routes[] = {
    ROUTE_END,
};
