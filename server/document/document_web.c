#include "../http/req.h"
#include "document.h"

const struct route document_routes[] = {
    ROUTE_END,
};
